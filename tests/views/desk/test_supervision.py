"""Reminders on a case, the page of handing out, absence, the printed sheet, the calendar feed."""
import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import AccessLog, Case, Event, Supervision
from mediation.services.cases import moves
from tests import casework, house


@pytest.fixture
def made(app):
    def make(state: str = "MEDIATING", count: int = 1, by: str = "mediator") -> list[str]:
        with app.app_context():
            actor = house.actor(by)
            numbers = [casework.bring(casework.make_case(actor), state, actor).number for _ in range(count)]
            db.session.commit()
            return numbers
    return make


def stored(app, number: str, *names: str) -> list:
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == number))
        return [getattr(case, name) for name in names]


def offered(page) -> list[str]:
    """The values of the ticks on the page of handing out."""
    return [box["value"] for box in page.soup.select("input[name=numbers]")]


def ticks(page) -> list[list[str]]:
    return [value.split("~") for value in offered(page)]


def user_id(app, username: str) -> int:
    with app.app_context():
        return house.get_user(username).id


# Who may


def test_outsiders_and_roles_without_the_right(made, client):
    number = made()[0]
    assert client("mediator2").get(f"/cases/{number}/supervision", status=404).status == 404
    client("supervisor2").post(f"/cases/{number}/supervision", status=404)
    client("mediator").post(f"/cases/{number}/supervision", status=403)
    client("auditor").post(f"/cases/{number}/supervision", status=403)
    for name in ("mediator", "auditor", "liaison", "admin"):
        client(name).get("/assign", status=403)
        client(name).post("/assign", status=403)
    client("mediator").post("/assign/absence", status=403)


def test_another_unions_supervisor_sees_none_of_our_cases(made, client):
    number = made("ACCEPTED")[0]
    page = client("supervisor2").get("/assign")
    assert number not in page.text
    refused = client("supervisor2").post("/assign", {"numbers": number, "mediator": "1", "mode": "each"}, status=422)
    assert "没有这件案子" in refused.text or refused.errors


# Reminders


def test_remind_supervise_and_answer(app, made, client):
    number = made()[0]
    base, above = f"/cases/{number}", client("supervisor")
    page = above.get(f"{base}/supervision")
    form = f"form[action='{base}/supervision']"
    refused = above.submit(page, form, status=422, **{"remind-kind": "supervise", "remind-note": "查清数额"})
    assert refused.errors
    above.submit(refused, form, **{"remind-kind": "supervise", "remind-note": "查清<b>数额</b>", "remind-due_on": "11.25"})
    handler = client("mediator")
    assert "督办" in handler.get(base).text and "查清<b>数额</b>" in handler.get(base).text
    page = handler.get(f"{base}/supervision")
    with app.app_context():
        row = db.session.scalar(select(Supervision.id))
    reply = f"form[action='{base}/supervision/{row}/answer']"
    assert handler.submit(page, reply, status=422).errors
    handler.submit(page, reply, **{f"reply-{row}-note": "已核对"})
    assert "已核对" in above.get(f"{base}/supervision").text
    assert "督办" not in handler.get(base).soup.select_one("main").get_text()
    handler.get(f"{base}/journal")
    client("window").post(f"{base}/supervision/{row}/answer", status=403)


def test_a_reminder_stands_on_the_desk(made, client):
    number = made()[0]
    above = client("lead")
    page = above.get(f"/cases/{number}/supervision")
    above.submit(page, f"form[action='/cases/{number}/supervision']", **{"remind-note": "今天打电话"})
    assert "今天打电话" in client("mediator").get("/").text
    assert "今天打电话" not in client("colleague").get("/").text


# Handing out


def test_ticked_cases_go_to_a_mediator(app, made, client):
    numbers = made("ACCEPTED", 2) + made("MEDIATING")
    above = client("supervisor")
    page = above.get("/assign")
    assert sorted(number for number, _held in ticks(page)) == sorted(numbers)
    to = user_id(app, "colleague")
    answer = above.submit(page, "form[action='/assign']", numbers=offered(page), mediator=str(to), reason="分片负责")
    assert "3件" in above.get(answer.location).text
    assert [stored(app, n, "handler_id") for n in numbers] == [[to]] * 3


def test_all_or_each_on_the_page(app, made, client):
    good, bad = made("ACCEPTED")[0], made("REGISTERED")[0]
    above, to = client("lead"), str(user_id(app, "colleague"))
    page = above.get("/assign")
    refused = above.submit(page, "form[action='/assign']", status=422, numbers=[good, bad], mediator=to)
    assert house.short(bad) in " ".join(refused.errors)
    assert stored(app, good, "handler_id") == [None]
    assert refused.soup.select_one(f"input[name=numbers][value^='{good}~']").has_attr("checked")
    answer = above.submit(refused, "form[action='/assign']", numbers=[good, bad], mediator=to, mode="each")
    assert house.short(bad) in above.get(answer.location).text
    assert stored(app, good, "handler_id", "state") == [int(to), "ASSIGNED"]
    assert above.submit(above.get("/assign"), "form[action='/assign']", status=422, mediator=to).errors


def test_a_case_that_moved_meanwhile_is_named_and_left(app, made, client):
    numbers = made("ACCEPTED", 2)
    above, to = client("supervisor"), str(user_id(app, "colleague"))
    page = above.get("/assign")
    other = client("lead")
    other.submit(other.get("/assign"), "form[action='/assign']", numbers=f"{numbers[0]}~0",
                 mediator=str(user_id(app, "lead")))
    refused = above.submit(page, "form[action='/assign']", status=422, numbers=offered(page), mediator=to)
    assert any(house.short(numbers[0]) in error and "张站长" in error for error in refused.errors)
    assert stored(app, numbers[1], "handler_id") == [None]
    answer = above.submit(page, "form[action='/assign']", numbers=offered(page), mediator=to, mode="each")
    assert "张站长" in above.get(answer.location).text
    assert stored(app, numbers[0], "handler_id") == [user_id(app, "lead")]
    assert stored(app, numbers[1], "handler_id") == [int(to)]


def test_what_cannot_be_assigned_yet_is_said_and_opened(made, client):
    early, ready = made("REGISTERED", 2), made("ACCEPTED")
    for name in ("supervisor", "lead"):
        visitor = client(name)
        page = visitor.get("/assign")
        assert [number for number, _held in ticks(page)] == ready
        [link] = [a for a in page.soup.select(".more-rows a") if "还没受理" in a.get_text()]
        assert "2件" in link.get_text()
        assert len(visitor.get(link["href"]).soup.select("table.list tbody tr")) == len(early)


@pytest.mark.parametrize("sent", [{"mediator": "x"}, {"mediator": "99999999"}, {"numbers": "~"}, {"mode": "perhaps"},
                                  {"numbers": "<b>~x"}])
def test_nonsense_moves_nothing(app, made, client, sent):
    number = made("ACCEPTED")[0]
    above = client("supervisor")
    values = {"numbers": f"{number}~0", "mediator": str(user_id(app, "colleague")), **sent}
    refused = above.submit(above.get("/assign"), "form[action='/assign']", status=422, **values)
    assert refused.errors
    assert stored(app, number, "handler_id") == [None]


def test_the_page_can_be_narrowed(app, made, client):
    first, second = made("MEDIATING")[0], made("MEDIATING", by="window")[0]
    above = client("supervisor")
    with app.app_context():
        site = house.get_station("window").id
    assert [n for n, _held in ticks(above.get(f"/assign?station={site}"))] == [second]
    assert [n for n, _held in ticks(above.get(f"/assign?handler={user_id(app, 'mediator')}"))] == [first]
    assert len(ticks(above.get("/assign?station=x&handler=y"))) == 2


def test_absence_goes_over_and_comes_back(app, made, client):
    number = made()[0]
    above, away, other = client("lead"), user_id(app, "mediator"), user_id(app, "colleague")
    page = above.get("/assign")
    form = "form[action='/assign/absence']"
    assert above.submit(page, form, status=422, **{"absence-account": str(away)}).errors
    answer = above.submit(page, form, **{"absence-account": str(away), "absence-stand_in": str(other),
                                         "absence-from_on": "今天", "absence-until_on": "2026-11-25"})
    page = above.get(answer.location)
    assert stored(app, number, "handler_id") == [other]
    back = page.soup.select_one("form[action$='/end']")["action"]
    above.post(back)
    assert stored(app, number, "handler_id") == [away]
    above.post(back, status=422)
    client("supervisor2").post(back, status=422)


# The sheet


def test_the_sheet_is_for_oneself_and_those_above(made, client):
    number = made()[0]
    for name in ("mediator", "lead", "supervisor"):
        page = client(name).get("/desk/sheet/mediator")
        assert house.short(number) in page.text or "乌中工调" in page.text
    for name in ("colleague", "mediator2", "supervisor2", "auditor", "admin", "liaison"):
        client(name).get("/desk/sheet/mediator", status=404)
    client("supervisor").get("/desk/sheet/nobody", status=404)


def test_all_sheets_at_once(made, client):
    number = made()[0]
    for name in ("lead", "supervisor"):
        page = client(name).get("/assign/sheets")
        assert len(page.soup.select("section.page")) == 1 and f"/cases/{number}" in page.html
    assert number not in client("supervisor2").get("/assign/sheets").html
    for name in ("mediator", "auditor", "liaison", "admin"):
        client(name).get("/assign/sheets", status=403)


# The feed


def test_a_feed_needs_its_secret_and_can_be_closed(app, made, client):
    number = made()[0]
    visitor = client("mediator")
    page = visitor.get("/account/feed")
    shown = visitor.submit(page, "form[action='/account/feed']", status=200)
    address = shown.soup.select_one("#feed-address")["value"]
    path = address[address.index("/feed/"):]
    stranger = client()
    body = stranger.get(path)
    assert body.response.mimetype == "text/calendar"
    assert house.short(number) in body.html and "巴特尔" not in body.html and "李老板" not in body.html
    assert address not in visitor.get("/account/feed").html
    stranger.get("/feed/wrong.ics", status=404)
    visitor.post("/account/feed/end")
    stranger.get(path, status=404)


def test_fetching_the_feed_is_noted_for_its_account_and_nowhere_the_secret(app, made, client, caplog):
    made()
    visitor = client("mediator")
    shown = visitor.submit(visitor.get("/account/feed"), "form[action='/account/feed']", status=200)
    secret = shown.soup.select_one("#feed-address")["value"].rpartition("/")[2].removesuffix(".ics")
    with caplog.at_level("DEBUG"):
        client().get(f"/feed/{secret}.ics")
        client().get(f"/feed/{secret[:-1]}.ics", status=404)
    with app.app_context():
        rows = list(db.session.scalars(select(AccessLog).where(AccessLog.kind == "feed")))
        assert [(r.account_id, r.role, r.object) for r in rows] == [
            (house.get_user("mediator").id, "mediator", "mediator")]
        kept = [value for row in db.session.scalars(select(AccessLog)) for value in vars(row).values()]
        kept += list(db.session.scalars(select(Event.data)))
    assert not any(secret[:12] in str(value) for value in kept)
    assert secret[:12] not in caplog.text


def test_accounts_without_cases_have_no_feed(client):
    for name in ("admin", "auditor", "liaison"):
        client(name).get("/account/feed")
        assert client(name).post("/account/feed", status=403).status == 403


def test_the_batch_is_one_event_each(app, made, client):
    numbers = made("ACCEPTED", 2)
    above = client("supervisor")
    above.submit(above.get("/assign"), "form[action='/assign']", numbers=numbers,
                 mediator=str(user_id(app, "mediator")))
    with app.app_context():
        for case in db.session.scalars(select(Case).where(Case.number.in_(numbers))):
            assert moves.last_event(case).kind == "assigned"
