"""The case page and its pages: who gets in, what a press does, what is kept on a refusal, how many queries it costs."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy import event as sql_event

from mediation.extensions import db
from mediation.models import AccessLog, Agency, Case, Contact, Hearing, Party
from mediation.rules.cases.workflow import MOVES
from mediation.services.bodies import coordination
from mediation.services.cases import sessions
from mediation.services.people import reveals
from tests import casework, house, prepared

PAGES = ("", "/contacts", "/sessions", "/journal", "/coordination", "/moves/withdraw", "/moves/accept_and_take")


@pytest.fixture
def make(app):
    """``make(state)``: a case in a state, committed; gives its address."""
    def build(state: str = "REGISTERED", username: str = "mediator", **values) -> str:
        return f"/cases/{prepared.once(app, casework.store_case, state, username, **values)}"
    return build


@pytest.fixture
def read(app):
    """``read(query)``: what stands in the database now."""
    def fetch(query):
        with app.app_context():
            return db.session.scalars(query).all()
    return fetch


# Who gets in

@pytest.mark.parametrize("path", PAGES)
def test_beyond_the_wall_no_case_exists(client, make, path):
    base = make()
    for username in ("mediator2", "supervisor2"):
        assert client(username).get(base + path, status=404).status == 404


@pytest.mark.parametrize("path", ["/contacts", "/sessions", "/coordination", "/coordination/numbers",
                                  "/coordination/members", "/coordination/1/recall", "/coordination/1/answer",
                                  "/coordination/members/1/end", "/moves/withdraw", "/moves/visit_and_close", "/reveal"])
def test_beyond_the_wall_nothing_can_be_pressed(client, make, path, read):
    base = make()
    client("mediator2").post(base + path, {}, status=404)
    assert read(select(AccessLog.kind).where(AccessLog.kind == "refused"))


def test_a_stranger_is_led_to_the_log_in(client, make):
    assert client().get(make(), status=302).location.startswith("/login")


@pytest.mark.parametrize("username", ["admin", "liaison"])
def test_admin_and_uninvited_bodies_see_nothing(client, make, username):
    status = 403 if username == "admin" else 404
    assert client(username).get(make(), status=status).status == status


@pytest.mark.parametrize(("username", "path"), [
    ("auditor", "/moves/withdraw"), ("auditor", "/reveal?party=1&field=phone"), ("supervisor", "/moves/withdraw"),
    ("colleague", "/moves/withdraw"), ("mediator", "/moves/assign")])
def test_who_may_read_may_not_everything(client, make, username, path):
    base = make("MEDIATING")
    assert client(username).get(base).status == 200
    assert client(username).get(base + path, status=403).status == 403


def test_an_unknown_move_does_not_exist(client, make):
    base, mediator = make(), client("mediator")
    assert [mediator.get(f"{base}/moves/{key}", status=404).status for key in ("explode", "agree_and_pay")] == [404, 404]
    assert mediator.post(f"{base}/moves/agree", status=404).status == 404


def test_a_body_sees_only_what_is_shared(client, make, app):
    base = make("MEDIATING")
    with app.app_context():
        actor = house.actor("mediator")
        case = db.session.scalar(select(Case).where(Case.number == base.removeprefix("/cases/")))
        court = db.session.scalar(select(house.Agency.id).where(house.Agency.code == "court"))
        coordination.record(case, coordination.Request(court, "before_filing", shared_parts=["summary", "outcome"]), actor)
        db.session.commit()
    page = client("liaison").get(base)
    assert "巴特尔 ↔ 李老板" in page.text
    for hidden in ("138", "五月到八月", "10,000.00", "王调解", "记联系"):
        assert hidden not in page.text, hidden
    for path in ("/journal", "/contacts", "/sessions", "/coordination", "/moves/withdraw"):
        client("liaison").get(base + path, status=403)


# The page

def test_the_page_answers_who_what_how_much_where_and_next(client, make):
    page = client("mediator").get(make("MEDIATING"))
    for words in ("巴特尔 ↔ 李老板", "欠薪", "登记号 2026-0001", "乌中工调〔2026〕1号", "下一步： 约双方调解。", "10,000.00",
                  "138 4786 2200 拨", "139 1234 5617 拨", "调解期限（企业调委会）", "《企业劳动争议协商调解规定》", "还剩15天"):
        assert words in page.text, words
    assert page.all(".steps [aria-current=step]") == ["● 调解"]
    assert page.all(".next .btn") == ["记联系 Alt+G", "记调解", "达成协议", "调解不成"]
    assert page.all(".tabs a") == ["当事人", "诉求与金额", "调解记录", "协议与到账", "协办", "材料", "期限与程序", "经过"]


def test_numbers_stay_masked_for_others(client, make):
    """R39: masked."""
    base = make("MEDIATING")
    for username in ("colleague", "supervisor", "auditor"):
        page = client(username).get(base)
        assert "139 **** **17" in page.text and "1234 5617" not in page.html


def test_another_site_reads_and_sees_whose_turn_it_is(client, make):
    page = client("window").get(make("MEDIATING"))
    assert "待实践站 王调解办理。" in page.text
    assert page.all(".next .btn") == ["代记联系 Alt+G"]


def test_opening_is_logged_and_colleagues_see_who_looks(client, make, read):
    base = make("MEDIATING")
    client("colleague").get(base)
    assert read(select(AccessLog.object).where(AccessLog.kind == "open")) == [base.removeprefix("/cases/")]
    assert "正在看的人 李同事（刚才）" in client("mediator").get(base).text


def test_looking_makes_no_open_form_stale(client, make):
    base, mediator = make(), client("mediator")
    form = mediator.get(f"{base}/moves/withdraw")
    client("colleague").get(base)
    assert mediator.submit(form, f"form[action='{base}/moves/withdraw']", reason="不要了").location == base


def test_what_a_late_entry_does_not_know_is_said_so(client, make):
    page = client("mediator").get(make(is_late_entry=True, received_on=None))
    assert "补录" in page.text and "不详" in page.text and "补录案件，不计期限" in page.text


def test_nothing_that_was_typed_runs(client, make):
    evil = "<script>alert(1)</script>"
    base = make("MEDIATING", narrative=evil, title=evil, respondent_title=evil, place=evil)
    for path in ("", "/journal", "/sessions", "/contacts"):
        page = client("mediator").get(base + path)
        assert evil not in page.html and evil in page.text + page.title


def test_the_page_is_spoken_in_english_too(client, make):
    base, mediator = make("MEDIATING"), client("mediator")
    mediator.post("/language", {"language": "en", "next": base})
    page = mediator.get(base)
    assert "Arrange a session with both sides. Mediation period: until Thu 3 Dec, 15 days left." in page.text


def queries(app, client, path: str) -> int:
    count: list[int] = []

    def tick(*_args) -> None:
        count.append(1)

    sql_event.listen(Engine, "before_cursor_execute", tick)
    try:
        client.get(path)
    finally:
        sql_event.remove(Engine, "before_cursor_execute", tick)
    return len(count)


@pytest.mark.parametrize("path", ["", "/contacts", "/sessions", "/coordination"])
def test_sixty_workers_cost_as_many_queries_as_one(app, client, make, path):
    one, sixty = make("MEDIATING"), make("MEDIATING", workers=60)
    mediator = client("mediator")
    mediator.get(one)
    few = queries(app, mediator, one + path)
    assert queries(app, mediator, sixty + path) == few
    assert few < 60


# Moves

def test_a_move_from_its_page(client, make, read):
    base, mediator = make(), client("mediator")
    page = mediator.get(f"{base}/moves/ask_consent")
    assert page.title.startswith("巴特尔 ↔ 李老板 · 记对方意见")
    _path, values = page.form("form.form")
    assert (values["happened_on"], values["way"]) == ("今天", "phone")
    assert values["party"] == str(read(select(Party.id).where(Party.side == "respondent"))[0])
    done = mediator.submit(page, "form.form", answer="agrees", note="他说愿意谈")
    after = mediator.get(done.location)
    assert "已记对方意见。下一步：对方已同意调解，可以受理。决定是否受理11月23日 周一届满，还剩5天。" in after.text
    assert read(select(Contact.answer)) == ["agrees"]


def test_a_chain_is_one_press(client, make, read):
    base, mediator = make(wage_choice="mediate"), client("mediator")
    page = mediator.get(f"{base}/moves/accept_and_take")
    done = mediator.submit(page, "form.form")
    assert (done.location, read(select(Case.state))) == (base, ["MEDIATING"])
    assert "已由您承办。" in mediator.get(base).text


def test_a_refused_chain_keeps_what_was_typed_and_changes_nothing(client, make, read):
    base, mediator = make(), client("mediator")
    page = mediator.get(f"{base}/moves/accept_and_take")
    again = mediator.submit(page, "form.form", 422, **{"ask_consent-answer": "considers", "ask_consent-note": "他要想想"})
    assert "还没有同意调解" in again.text
    _path, values = again.form("form.form")
    assert (values["ask_consent-note"], values["ask_consent-answer"]) == ("他要想想", "considers")
    assert (read(select(Case.state)), read(select(Contact.id))) == (["REGISTERED"], [])


def test_everything_missing_is_said_at_once_and_kept(client, make):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/moves/fail")
    again = mediator.submit(page, "form.form", 422, happened_on="前天的前天的", note="谈不拢")
    assert again.form("form.form")[1]["note"] == "谈不拢"
    assert again.form("form.form")[1]["happened_on"] == "前天的前天的"
    assert len(again.soup.select(".field .error")) == 2


@pytest.mark.parametrize(("field", "typed"), [
    ("happened_on", "明天"), ("happened_on", "2020-01-01"), ("ground", "no such ground"), ("next_door", "999999")])
def test_what_cannot_be_is_refused_beside_its_field(client, make, read, field, typed):
    base, mediator = make(), client("mediator")
    page = mediator.get(f"{base}/moves/decline")
    again = mediator.submit(page, "form.form", 422, **{"ground": "not_labour", "next_door": "3", field: typed})
    assert again.soup.select_one(".field.bad .error")
    assert read(select(Case.outcome)) == [""]


def test_ten_thousand_characters_are_refused_with_a_sentence(client, make):
    base, mediator = make(), client("mediator")
    page = mediator.get(f"{base}/moves/withdraw")
    again = mediator.submit(page, "form.form", 422, reason="长" * 10000)
    assert again.soup.select_one(".field.bad .error")
    assert again.form("form.form")[1]["reason"] == "长" * 10000


def test_who_was_second_learns_who_was_first(client, make):
    base = make()
    first, second = client("mediator"), client("colleague")
    mine, theirs = first.get(f"{base}/moves/withdraw"), second.get(f"{base}/moves/ask_consent")
    second.submit(theirs, "form.form", answer="agrees")
    again = first.submit(mine, "form.form", 422, reason="不要了")
    assert "李同事在" in again.text and "先做了一步" in again.text
    assert again.form("form.form")[1]["reason"] == "不要了"
    assert first.submit(again, "form.form").location == base


def test_a_double_click_is_one_press(client, make, read):
    base, mediator = make(), client("mediator")
    page = mediator.get(f"{base}/moves/ask_consent")
    locations = {mediator.submit(page, "form.form", answer="considers").location for _n in range(2)}
    assert (locations, len(read(select(Contact.id)))) == ({base}, 1)


def test_what_the_state_does_not_admit_is_a_sentence_not_a_form(client, make):
    page = client("mediator").get(make() + "/moves/take")
    assert "现在是“已登记，待受理”，不能签收" in page.text
    assert not page.soup.select("form.form")


def test_moves_with_a_page_of_their_own_lead_there(client, make):
    base, mediator = make("MEDIATING"), client("mediator")
    for key, path in (("log_contact", "/contacts"), ("hold_session", "/sessions#hold"), ("record_payment", "/payments/new"),
                      ("agree", "/agreement/new"), ("settle", "/agreement/new?kind=settled")):
        assert mediator.get(f"{base}/moves/{key}", status=302).location == base + path


@pytest.mark.parametrize("key", [key for key, row in MOVES.items() if row.page == "move"])
def test_every_move_has_a_page_that_a_clerk_passes(client, make, key):
    source = next(s for s in casework.WAYS if s in MOVES[key].sources)
    assert client("lead").get(f"{make(source, 'lead')}/moves/{key}").status == 200


# Contacts and sessions

def test_a_contact_in_one_line(client, make, read):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/contacts")
    done = mediator.submit(page, "form.quick", note="没人接", next_step="再打一次", next_on="明天")
    assert "已记联系。下一步：明天再打一次（11-18 未接）。" in mediator.get(done.location).text
    row = read(select(Contact).order_by(Contact.id.desc()))[0]
    assert (row.is_reached, row.next_on) == (False, house.TODAY + timedelta(days=1))
    assert "没人接" in mediator.get(f"{base}/contacts").text


def test_a_contact_needs_somebody(client, make):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/contacts")
    again = mediator.submit(page, "form.quick", 422, party=None, note="打过")
    assert "跟谁联系的" in again.text and again.form("form.quick")[1]["note"] == "打过"


def test_a_colleague_logs_for_the_handler(client, make):
    base, window = make("MEDIATING"), client("window")
    page = window.get(f"{base}/contacts")
    assert "代他记联系" in page.text
    assert window.submit(page, "form.quick", reached="y").location == base


def test_a_session_with_its_concession_kept_apart(client, make, read):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/sessions")
    boss = read(select(Party.id).where(Party.side == "respondent"))[0]
    done = mediator.submit(page, "form.form", present=[str(boss)], said="各说一遍", concession="愿让到八千", next_on="11.20",
                           next_time="9:30")
    assert "已记第1次调解。" in mediator.get(done.location).text
    assert "愿让到八千" in mediator.get(f"{base}/sessions").text
    for username, path in (("auditor", "/sessions"), ("auditor", "/journal"), ("colleague", "/journal")):
        shown = client(username).get(base + path)
        assert "愿让到八千" not in shown.html and "另有让步记录" in shown.text, username
    assert read(select(Hearing.next_time)) == ["09:30"]


def test_a_refused_session_keeps_every_word(client, make, read):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/sessions")
    again = mediator.submit(page, "form.form", 422, said="各说一遍", concession="八千", held_time="下午", next_on="昨天")
    _path, values = again.form("form.form")
    assert (values["said"], values["concession"], values["held_time"]) == ("各说一遍", "八千", "下午")
    assert again.soup.select_one("#held_time-error")
    again = mediator.submit(page, "form.form", 422, said="各说一遍", held_time="下午两点半", next_on="昨天")
    assert again.soup.select_one("#next_on-error") and again.form("form.form")[1]["held_time"] == "下午两点半"
    assert read(select(Hearing.id)) == []


@pytest.mark.parametrize("typed", ["15：30", "１５：３０", "\u200e15:30", "下午3点半"])
def test_times_and_days_are_read_as_the_input_method_writes_them(client, make, read, typed):
    base, mediator = make("MEDIATING"), client("mediator")
    page, boss = mediator.get(f"{base}/sessions"), read(select(Party.id).where(Party.side == "respondent"))[0]
    mediator.submit(page, "form.form", present=[str(boss)], said="各说一遍", held_time=typed, happened_on="\u200e今天", minutes="９０")
    assert read(select(Hearing.held_time)) == ["15:30"] and read(select(Hearing.minutes)) == [90]


def test_the_journal_shows_sentences_and_hashes(client, make):
    page = client("auditor").get(make("MEDIATING") + "/journal")
    assert "由王调解承办" in page.text and "问对方意见（电话）：愿意调解 · 李老板" in page.text
    assert len(page.soup.select("code")) == 4


# Whole numbers

def test_a_reveal_is_one_press_on_a_reason(client, make, read):
    base, supervisor = make("MEDIATING"), client("supervisor")
    boss = read(select(Party.id).where(Party.side == "respondent"))[0]
    page = supervisor.get(base)
    form = f"details.reveal form:has(input[value='{boss}'])"
    shown = supervisor.submit(page, form, 200, reason="call")
    assert "139 1234 5617" in shown.text
    assert read(select(AccessLog.detail).where(AccessLog.kind == "reveal")) == [f"party {boss} phone: call"]


def test_without_its_entry_in_the_log_nothing_is_shown(client, make, read, monkeypatch):
    base, mediator = make("MEDIATING"), client("mediator")
    boss = read(select(Party.id).where(Party.side == "respondent"))[0]
    mediator.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_args):
        raise OSError("the disk is full")

    monkeypatch.setattr(reveals.journal, "log_access", broken)
    answer = mediator.post(f"{base}/reveal", {"party": boss, "field": "identity", "reason": "check"}, status=500)
    assert "5617" not in answer.html


def test_more_than_thirty_an_hour_are_refused(client, make, read, monkeypatch):
    monkeypatch.setattr(reveals, "PER_HOUR", 1)
    base, mediator = make("MEDIATING"), client("mediator")
    worker = read(select(Party.id).where(Party.side == "applicant"))[0]
    wanted = {"party": worker, "field": "identity", "reason": "check"}
    assert "152824199001011234" in mediator.post(f"{base}/reveal", wanted, status=200).text
    assert "152824199001011234" not in mediator.post(f"{base}/reveal", wanted, status=429).html


def test_a_reveal_needs_its_reason_and_its_party(client, make, read):
    base, mediator = make("MEDIATING"), client("mediator")
    worker = read(select(Party.id).where(Party.side == "applicant"))[0]
    assert "请选一个理由" in mediator.post(f"{base}/reveal", {"party": worker, "field": "identity"}, status=422).text
    mediator.post(f"{base}/reveal", {"party": worker, "field": "name", "reason": "call"}, status=404)
    assert "为了什么看" in mediator.get(f"{base}/reveal?party={worker}&field=identity").text


# Outside bodies

def test_a_letter_a_number_and_a_colleague(client, make, read):
    base, mediator = make("MEDIATING"), client("mediator")
    court = read(select(house.Agency.id).where(house.Agency.code == "court"))[0]
    page = mediator.get(f"{base}/coordination")
    letter = f"form[action='{base}/coordination']"
    page = mediator.get(mediator.submit(page, letter, **{"letter-agency": court, "letter-kind": "before_filing",
                                                         "letter-direction": "in", "letter-reply_due_on": "12.16"}).location)
    assert "已记来去函。" in page.text and "乌拉特中旗人民法院 法院委派 来函" in page.text
    numbers = f"form[action='{base}/coordination/numbers']"
    page = mediator.get(mediator.submit(page, numbers, **{"numbers-register": "governance", "numbers-number": "ZZ-1"}).location)
    colleague = read(select(house.User.id).where(house.User.username == "colleague"))[0]
    members = f"form[action='{base}/coordination/members']"
    page = mediator.get(mediator.submit(page, members, **{"members-member": colleague}).location)
    assert "李同事" in page.text
    shown = mediator.get(base).text
    assert "回复法院来函" in shown and "综治 ZZ-1" in shown and "协办 李同事" in shown
    assert client("colleague").get(f"{base}/moves/withdraw").status == 200


def test_a_refused_letter_keeps_what_was_typed(client, make):
    base, mediator = make("MEDIATING"), client("mediator")
    page = mediator.get(f"{base}/coordination")
    letter = f"form[action='{base}/coordination']"
    again = mediator.submit(page, letter, 422, **{"letter-document_number": "（2026）5号", "letter-purpose": "调解"})
    _path, values = again.form(letter)
    assert (values["letter-document_number"], values["letter-purpose"]) == ("（2026）5号", "调解")
    assert "请选本地的单位" in again.text


def test_recall_wants_a_reason(client, make, app, read):
    base, mediator = make("MEDIATING"), client("mediator")
    with app.app_context():
        case = db.session.scalar(select(Case))
        hr = db.session.scalar(select(house.Agency.id).where(house.Agency.code == "hr"))
        row = coordination.record(case, coordination.Request(hr, "task", "out"), house.actor("mediator"))
        sessions.hold(case, sessions.Held(house.TODAY, "face", present=[casework.respondent(case).id]),
                      house.actor("mediator"))
        db.session.commit()
        address = f"{base}/coordination/{row.id}"
    mediator.post(f"{address}/recall", {}, status=422)
    page = mediator.get(f"{base}/coordination")
    answer = f"form[action='{address}/answer']"
    field = next(name for name in page.form(answer)[1] if name.endswith("-result"))
    page = mediator.get(mediator.submit(page, answer, **{field: "保证金还有二十万"}).location)
    assert "答复：保证金还有二十万 （代录）" in page.text


def test_the_proof_of_identity_is_marked_where_it_is_demanded(client, app):
    number = casework.store_case(app, "CONSENT_PENDING")
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        for party in case.parties:
            party.identity = None
        db.session.commit()
    page = client("mediator").get(f"/cases/{number}/moves/accept")
    assert "*" in page.soup.select_one("label[for=identity_note]").get_text()


def test_a_case_can_be_sent_on_to_a_body_that_is_typed(client, app):
    number = casework.store_case(app, "REGISTERED")
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/moves/decline")
    mediator.submit(page, f"form[action='/cases/{number}/moves/decline']", ground="not_labour", note="不归我们管",
                    **{"next_door-typed": "乌拉特中旗交通运输局"})
    with app.app_context():
        body = db.session.scalars(select(Agency).where(Agency.is_provisional)).one()
        assert (body.name, db.session.scalars(select(Case)).one().outcome) == ("乌拉特中旗交通运输局", "NOT_ACCEPTED")


# Cases that meet

def test_a_merged_case_shows_where_it_goes_on_and_offers_nothing(client, make, read):
    first, second = make("MEDIATING"), make("REGISTERED", username="mediator")
    mediator, form = client("mediator"), f"form[action='{first}/moves/merge']"
    kept = second.removeprefix("/cases/urad-middle-")
    page = mediator.get(f"{first}/contacts")
    answer = mediator.submit(mediator.get(f"{first}/moves/merge"), form, into=kept, reason="同一件事")
    shown = mediator.get(answer.location)
    assert f"已并入{kept}。下一步：到那里接着办。" in shown.text
    assert shown.soup.select_one(f"main a[href='{second}']") is not None and shown.all(".next .btn") == []
    for path in ("/parties", "/claims", "/sessions", "/agreement", "/coordination", "/papers", "/clocks", "/journal",
                 "/contacts", "/visits"):
        other = mediator.get(first + path)
        assert f"已并入{kept}" in other.text, path
    late = mediator.submit(page, f"form[action='{first}/contacts']", 422, way="phone", note="说周五来")
    assert f"本案已并入{kept}，不再收登记和材料" in late.text and "说周五来" in late.html
    assert mediator.get(f"{second}/coordination").text.count("并入本案") == 1
    assert "诉求" in mediator.get(f"{second}/journal").text
    client("mediator2").get(first, status=404)


def test_what_a_chain_asks_back_is_answered_on_its_page(client, make, read):
    base, mediator = make("CONSENT_PENDING"), client("mediator")
    form = f"form[action='{base}/moves/accept_take']"
    page = mediator.submit(mediator.get(f"{base}/moves/accept_take"), form, 422, **{"accept-ground": "civil"})
    assert page.soup.select("input[name=confirmed][value=civil_channel]")
    mediator.submit(page, form, confirmed="civil_channel", **{"accept-ground": "civil"})
    assert read(select(Case.state)) == ["MEDIATING"]


def test_a_merged_case_counts_no_limits_and_says_the_merger_once(client, make):
    first, second = make("MEDIATING"), make("REGISTERED", username="mediator")
    mediator = client("mediator")
    done = mediator.submit(mediator.get(f"{first}/moves/merge"), f"form[action='{first}/moves/merge']",
                           into=second.removeprefix("/cases/urad-middle-"), reason="同一件事")
    mediator.get(done.location)  # with the sentence about what was done
    page, clocks = mediator.get(first), mediator.get(f"{first}/clocks")
    assert page.text.count("已并入") == 1 and page.soup.select_one(f".next a[href='{second}']")
    assert "0人" not in page.text and "已随案并过去" in page.text
    for shown in (page, clocks):
        assert "时效" not in " ".join(shown.all("#limits ~ ul, table.list tbody")) and "期限在并入的案件里算" in shown.text


# Numbers


def test_a_number_is_short_within_its_union_and_whole_above_it(client, make):
    address = make("MEDIATING")
    number = address.removeprefix("/cases/")
    for name in ("mediator", "lead", "supervisor"):
        for path in ("/cases", address, "/ledger?period="):
            page = client(name).get(path)
            assert house.short(number) in page.text and number not in page.text
            assert page.soup.select_one(f"a[href^='{address}']")
    for path in ("/cases", address, "/ledger?period="):
        assert number in client("auditor").get(path).text


def test_the_outside_number_is_the_same_on_every_page(app, client, make):
    address = make("MEDIATING")
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        case.source, case.source_case_number, case.source_number = "court", "（2026）内0824诉前调5号", "乌法函〔2026〕7号"
        case.source_body = "乌拉特中旗人民法院"
        db.session.commit()
    lead = client("lead")
    for path in (address, f"{address}/coordination", f"{address}/registers"):
        assert "（2026）内0824诉前调5号" in lead.get(path).text
    sheet = lead.get("/ledger/cases.csv?period=").response.get_data(as_text=True)
    assert "（2026）内0824诉前调5号" in sheet
    assert "还没有外部编号" not in lead.get(f"{address}/coordination").text
    assert "还缺编号" not in lead.get(f"{address}/registers").all("section[aria-labelledby=court]")[0]
    assert address not in lead.get("/registers?register=court").html
    assert "乌法函〔2026〕7号" in lead.get(address).text  # the number of the letter stands with the letter
