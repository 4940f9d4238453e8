"""Reminders on a case, the page of handing out, absence, the printed sheet, the calendar feed."""
import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Supervision
from mediation.services import cases
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
    assert all(number in page.text for number in numbers)
    to = user_id(app, "colleague")
    answer = above.submit(page, "form[action='/assign']", numbers=numbers, mediator=str(to), reason="分片负责")
    assert "3件" in above.get(answer.location).text
    assert [stored(app, n, "handler_id") for n in numbers] == [[to]] * 3


def test_all_or_each_on_the_page(app, made, client):
    good, bad = made("ACCEPTED")[0], made("REGISTERED")[0]
    above, to = client("lead"), str(user_id(app, "colleague"))
    page = above.get("/assign")
    refused = above.submit(page, "form[action='/assign']", status=422, numbers=[good, bad], mediator=to)
    assert bad in " ".join(refused.errors)
    assert stored(app, good, "handler_id") == [None]
    assert refused.soup.select_one(f"input[name=numbers][value='{good}']").has_attr("checked")
    answer = above.submit(refused, "form[action='/assign']", numbers=[good, bad], mediator=to, mode="each")
    assert bad in above.get(answer.location).text
    assert stored(app, good, "handler_id", "state") == [int(to), "ASSIGNED"]
    assert above.submit(above.get("/assign"), "form[action='/assign']", status=422, mediator=to).errors


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
        assert number in page.text or "乌中工调" in page.text
    for name in ("colleague", "mediator2", "supervisor2", "auditor", "admin", "liaison"):
        client(name).get("/desk/sheet/mediator", status=404)
    client("supervisor").get("/desk/sheet/nobody", status=404)


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
    assert number in body.html and "巴特尔" not in body.html and "李老板" not in body.html
    assert address not in visitor.get("/account/feed").html
    stranger.get("/feed/wrong.ics", status=404)
    visitor.post("/account/feed/end")
    stranger.get(path, status=404)


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
            assert cases.last_event(case).kind == "assigned"
