"""The intake page: seven facts, bad input beside its field, nothing typed lost, one case for one press."""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Claim, Draft, Event, LoginSession
from tests.house import PASSWORD, TODAY, get_user

FORM = "form#intake"
TOLD = {
    "name": "巴特尔", "phone": "138 4786 2213", "respondents-0-told": "李老板，城南工地", "claims-0-head": "wages",
    "claims-0-amount": "15500", "narrative": "五月去的城南工地，干到九月，说好一天三百。",
}
SEVEN = ("received", "source", "name", "phone", "respondents-0-told", "claims-0-head", "narrative")


def count(app: Flask, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def newest(app: Flask, read):
    with app.app_context():
        return read(db.session.scalars(select(Case).order_by(Case.id.desc())).first())


# Who may


@pytest.mark.parametrize("username", ["supervisor", "liaison", "auditor", "admin"])
def test_others_do_not_register(client, username):
    visitor = client(username)
    assert visitor.get("/cases/new", status=403).status == 403
    for path in ("/cases/new", "/cases/new/reminders", "/drafts/intake", "/drafts/intake/drop"):
        visitor.post(path, TOLD, status=403)


def test_mediator2_registers_at_home_only(client, app):
    visitor = client("mediator2")
    answer = visitor.submit(visitor.get("/cases/new"), FORM, **TOLD)
    assert answer.location == "/cases/example-2026-0001"
    assert newest(app, lambda case: case.station.code) == "example-practice"


# The page


def test_two_stars_come_filled_in_and_seven_are_marked(client):
    page = client("mediator").get("/cases/new")
    _path, values = page.form(FORM)
    assert values["received"].startswith("今天 ")
    assert (values["source"], values["way"], values["part"]) == ("walk_in", "oral", "worker")
    assert len(page.soup.select(f"{FORM} .must")) == len(SEVEN)


def test_the_page_asks_in_the_order_of_telling(client):
    page = client("mediator").get("/cases/new")
    names = [e["name"] for e in page.soup.select(f"{FORM} [name]") if e["name"] in SEVEN]
    assert list(dict.fromkeys(names)) == ["received", "source", "name", "phone", "respondents-0-told", "claims-0-head",
                                          "narrative"]


def test_seven_facts_register(client, app):
    visitor = client("mediator")
    answer = visitor.submit(visitor.get("/cases/new"), FORM, action="register", **TOLD)
    assert answer.location == "/cases/urad-middle-2026-0001"
    found = newest(app, lambda c: (c.title, c.claimed_fen, c.received_on, c.state, len(c.received_time)))
    assert found == ("巴特尔", 1550000, TODAY, "REGISTERED", 5)


def test_the_flash_says_what_is_next_and_offers_the_papers(client):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD)
    page = visitor.get("/cases/new")
    assert "已登记，登记号 2026-0001。下一步：问对方愿不愿调解，11月23日前。" in page.text
    assert page.soup.select_one(".flash a")["href"] == "/cases/urad-middle-2026-0001/papers/registration"


def test_without_scripts_the_remarks_come_after_registering(client):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD, headcount="12")
    said = visitor.get("/cases/new").text
    assert "提醒：" in said
    assert "3至5名代表" in said
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD, reminded="1")
    assert "提醒：" not in visitor.get("/cases/new").text.replace("提醒 ", "")


def test_everything_else_is_kept_too(client, app):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **{
        **TOLD, "source": "governance", "external": "ZZ-7", "way": "written", "identity": "", "language": "mongolian",
        "interpreter_needed": "y", "interpreter": "其其格", "flags": ["rural", "injury"],
        "respondents-0-part": "labour_contractor",
        "respondents-0-phone": "0478-5912345", "claims-0-amount": "约1.5万", "claims-0-from_told": "5月",
        "employment": "left", "left": "9月", "contract": "no", "evidence": ["iou"], "tried": ["inspection"],
        "is_informed": "y", "wage_choice": "mediate", "may_tell": ["hr"], "sign_way": "sign_print", "witness": "赵强"})
    case = newest(app, lambda c: {
        "way": c.way, "number": c.external_numbers[0].number, "flags": c.flags, "interpreter": c.parties[0].interpreter,
        "part": c.parties[1].part, "sum": (c.claims[0].amount_fen, c.claims[0].precision, c.claims[0].as_told),
        "left": (c.employment, c.employment_ended_on, c.as_told["employment_ended_on"]), "choice": c.wage_choice,
        "tell": c.may_tell, "sign": c.request_sign_way})
    assert case == {
        "way": "written", "number": "ZZ-7", "flags": ["rural", "injury"], "interpreter": "其其格",
        "part": "labour_contractor",
        "sum": (1500000, "about", "约1.5万"), "left": ("left", None, "9月"), "choice": "mediate", "tell": ["hr"],
        "sign": "sign_print"}


def test_what_was_taken_back_stays_empty(client, app):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD, language=None)
    assert newest(app, lambda case: case.parties[0].language) == ""


# Bad input

BAD = [
    ("claims-0-amount", "12a00", "金额"),
    ("claims-0-amount", "0", "大于零"),
    ("claims-0-amount", "-5", "金额"),
    ("received", "2099-01-01", "今天之后"),
    ("received", "5月", "哪一天"),
    ("received", "没有这天", ""),
    ("left", "2099-01-01", "今天之后"),
    ("identity", "150824199005120011", "校验码"),
    ("phone", "1384786", "11位"),
    ("headcount", "很多", "人数"),
    ("headcount", "0", "人数"),
    ("name", "长" * 10_000, "最多200"),
    ("narrative", "长" * 30_000, "最多20,000"),
    ("respondents-0-told", "长" * 10_000, "最多300"),
    ("respondents-0-phone", "abc", "电话"),
    ("reply_due", "随便", ""),
    ("roster", "苏和 80a0", "第1行"),
]


@pytest.mark.parametrize(("field", "typed", "words"), BAD)
def test_bad_input_is_said_beside_its_field_and_kept(client, app, field, typed, words):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, field: typed})
    beside = page.soup.find(id=f"{field}-error")
    assert beside is not None
    assert words in beside.get_text()
    assert page.soup.select_one("#problems a") is not None
    _path, values = page.form(FORM)
    assert values[field] == typed
    assert values["narrative"] == (typed if field == "narrative" else TOLD["narrative"])
    assert count(app, Case) == 0


@pytest.mark.parametrize("field", SEVEN)
def test_a_missing_fact_is_asked_for(client, app, field):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, field: None})
    assert page.soup.find(id=f"{field}-error") is not None
    assert count(app, Case) == 0


def test_all_that_is_wrong_is_said_at_once(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, name="", phone="1384786", **{
        "respondents-0-told": "", "claims-0-amount": "abc", "left": "2099-01-01"})
    for field in ("name", "phone", "respondents-0-told", "claims-0-head", "claims-0-amount", "left", "narrative"):
        assert page.soup.find(id=f"{field}-error") is not None, field


def test_a_day_before_the_dispute_is_refused(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{
        **TOLD, "received": "2026-03-01", "claims-0-from_told": "5月"})
    assert "早于争议发生" in page.soup.find(id="received-error").get_text()


def test_the_reader_s_language(client):
    visitor = client("mediator")
    visitor.post("/language", {"language": "en", "next": "/cases/new"})
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, "claims-0-amount": "12a"})
    assert "letters" in page.soup.find(id="claims-0-amount-error").get_text()


def test_scripts_are_only_words(client, app):
    """R21: stored and reflected script in no field."""
    visitor = client("mediator")
    bad = "<script>alert(1)</script>"
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{
        **TOLD, "name": bad, "narrative": bad, "claims-0-amount": "x"})
    assert bad not in page.html
    assert page.form(FORM)[1]["name"] == bad
    visitor.submit(page, FORM, **{"claims-0-amount": "100"})
    assert newest(app, lambda case: case.parties[0].name) == bad


def test_control_characters_are_refused(client):
    """R38: junk bytes."""
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, "name": "巴\x00特尔"})
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, "name": "巴\x07特尔"})
    assert page.soup.find(id="name-error") is not None


def test_an_unknown_button_is_refused(client, app):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, status=400, action="steal", **TOLD)
    assert count(app, Case) == 0


# One press, one case


def test_a_double_click_makes_one_case(client, app):
    """R56: double click."""
    visitor = client("mediator")
    page = visitor.get("/cases/new")
    first = visitor.submit(page, FORM, **TOLD)
    second = visitor.submit(page, FORM, **TOLD)
    assert first.location == second.location
    assert count(app, Case) == 1


def test_a_page_that_outlived_its_log_in_keeps_its_words(client, app):
    visitor = client("mediator")
    page = visitor.get("/cases/new")
    _path, values = page.form(FORM)
    page = visitor.post("/cases/new", {**values, **TOLD, "csrf_token": "old"}, status=422)
    assert page.form(FORM)[1]["name"] == "巴特尔"
    assert "请再按一次" in page.text
    visitor.submit(page, FORM)
    assert count(app, Case) == 1


# Rows without scripts


def test_rows_are_added_and_taken_away_without_scripts(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="add_respondent", **TOLD)
    assert page.form(FORM)[1]["respondents-0-told"] == TOLD["respondents-0-told"]
    assert page.soup.select_one("[name=respondents-1-told]").has_attr("autofocus")
    page = visitor.submit(page, FORM, status=200, action="add_claim", **{"respondents-1-told": "宏远公司"})
    page = visitor.submit(page, FORM, status=200, action="drop:respondents-1", **{"claims-1-head": "severance"})
    visitor.submit(page, FORM, **{"claims-1-amount": "2000"})
    found = newest(app, lambda case: ([c.head for c in case.claims], case.respondent_title))
    assert found == (["wages", "severance"], "李老板，城南工地")


def test_rows_numbered_with_gaps_keep_their_errors(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{
        **TOLD, "claims-4-head": "severance", "claims-4-amount": "0"})
    assert page.soup.find(id="claims-1-amount-error") is not None


def test_an_empty_row_at_the_end_is_no_respondent(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="add_respondent", **TOLD)
    visitor.submit(page, FORM)
    assert newest(app, lambda case: len(case.parties)) == 2


def test_a_pasted_list_is_shown_before_it_counts(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="read_roster",
                          roster="苏和 8000 13847862214\n娜仁 90a0", **TOLD)
    assert "读懂2行，合计8,000.00元" in page.text
    assert count(app, Case) == 0
    visitor.submit(page, FORM, roster="苏和 8000\n娜仁 9000")
    assert newest(app, lambda case: (case.headcount, case.claimed_fen)) == (3, 1550000 + 800000 + 900000)


def test_people_who_stand_twice_are_asked_back_once(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, roster="苏和 8000\n苏和 9000", **TOLD)
    assert page.soup.select_one("input[name=confirmed][value=roster_twins]") is not None
    visitor.submit(page, FORM, confirmed="roster_twins")
    assert count(app, Case) == 1


# Sent by court


def test_a_court_letter_asks_which_kind(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, source="court", **TOLD)
    assert page.soup.find(id="channel-error") is not None
    page = visitor.submit(page, FORM, 422, channel="F", procedure="second", source_number="（2026）委12", reply_due="5天",
                          source_body="巴彦淖尔市中级人民法院")
    assert "来函的是哪个单位：乌拉特中旗人民法院" in page.text
    assert page.soup.select("input[name=confirmed][value=sender_unlisted]")
    visitor.submit(page, FORM, source_body="乌拉特中旗人民法院")
    found = newest(app, lambda case: (case.channel, case.commissions[0].reply_due_on))
    assert found == ("F", TODAY + timedelta(days=5))


# Taking it on at once

TAKEN = {"consent_happened_on": "今天 10:30", "consent_way": "phone", "accept_ground": "labour",
         "accept_identity_note": "没带"}


def test_one_press_takes_it_on(client, app):
    visitor = client("mediator")
    answer = visitor.submit(visitor.get("/cases/new"), FORM, action="take", **TOLD, **TAKEN)
    assert answer.location == "/cases/urad-middle-2026-0001"
    assert newest(app, lambda case: case.state) == "MEDIATING"
    assert count(app, Event) >= 4
    assert "乌中工调〔2026〕1号" in visitor.get("/cases/new").text


def test_taking_it_on_without_consent_opens_the_part_and_saves_nothing(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, action="take", **{**TOLD, "name": ""})
    for field in ("name", "consent_happened_on", "consent_way", "accept_ground", "accept_identity_note"):
        assert page.soup.find(id=f"{field}-error") is not None, field
    assert page.soup.select_one("#take details").has_attr("open")
    assert count(app, Case) == 0


def test_what_accepting_asks_back_is_answered_on_the_intake_page(client, app):
    visitor = client("mediator")
    civil = {**TAKEN, "accept_ground": "civil"}
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, action="take", **TOLD, **civil)
    assert page.soup.select("input[name=confirmed][value=civil_channel]")
    visitor.submit(page, FORM, action="take", confirmed="civil_channel")
    assert newest(app, lambda case: (case.state, case.is_civil)) == ("MEDIATING", True)


# Remarks and likeness


def remarks(visitor, **typed) -> str:
    """The piece of a page that scripts ask for; it is no page of its own."""
    _path, values = visitor.get("/cases/new").form(FORM)
    answer = visitor.raw.post("/cases/new/reminders", data={**values, **typed})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_remarks_while_typing(client):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD)
    said = remarks(visitor, **TOLD, headcount="12")
    for words in ("重复？很可能：同一电话", "/cases/urad-middle-2026-0001", "3至5名代表", 'name="reminded"'):
        assert words in said


def test_the_neighbour_sees_no_likeness(client):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), FORM, **TOLD)
    said = remarks(client("mediator2"), **TOLD)
    assert "重复？" not in said


# Drafts


def autosave(visitor, **typed):
    _path, values = visitor.get("/cases/new").form(FORM)
    return visitor.post("/drafts/intake", {**values, **typed}, status=200)


def test_a_draft_is_kept_and_offered(client):
    visitor = client("mediator")
    saved = autosave(visitor, **TOLD)
    assert saved.response.json["saved_at"]
    page = visitor.get("/cases/new")
    assert "接着填" in page.text
    link = page.soup.select_one("a[href*=from_draft]")["href"]
    assert visitor.get(link).form(FORM)[1]["phone"] == TOLD["phone"]
    assert visitor.get("/cases/new?from_draft=1").form(FORM)[1]["name"] == "巴特尔"
    assert "接着填" not in client("colleague").get("/cases/new").text


def test_an_empty_page_leaves_no_draft(client, app):
    visitor = client("mediator")
    assert autosave(visitor).response.json["saved_at"] == ""
    assert count(app, Draft) == 0


def test_each_page_has_its_own_draft(client, app):
    visitor = client("mediator")
    autosave(visitor, **TOLD)
    autosave(visitor, name="苏和")
    assert count(app, Draft) == 2


def test_a_draft_is_dropped_by_hand_or_by_registering(client, app):
    visitor = client("mediator")
    autosave(visitor, **TOLD)
    page = visitor.get("/cases/new")
    visitor.submit(page, "form[action='/drafts/intake/drop']")
    assert count(app, Draft) == 0
    autosave(visitor, **TOLD)
    visitor.submit(visitor.get("/cases/new?from_draft=1"), FORM)
    assert count(app, Draft) == 0


def test_a_late_autosave_does_not_bring_a_sent_page_back(client, app):
    visitor = client("mediator")
    page = visitor.get("/cases/new")
    visitor.submit(page, FORM, **TOLD)
    visitor.post("/drafts/intake", {**page.form(FORM)[1], **TOLD}, status=200)
    assert count(app, Draft) == 0


def test_the_draft_button(client):
    visitor = client("mediator")
    answer = visitor.submit(visitor.get("/cases/new"), FORM, action="draft", name="巴特尔")
    assert visitor.get(answer.location).form(FORM)[1]["name"] == "巴特尔"


def test_rows_come_back_from_a_draft(client):
    visitor = client("mediator")
    autosave(visitor, **{**TOLD, "claims-1-head": "severance", "claims-1-amount": "2000", "flags": ["rural", "injury"]})
    values = visitor.get("/cases/new?from_draft=1").form(FORM)[1]
    assert (values["claims-1-amount"], values["flags"]) == ("2000", ["rural", "injury"])


def idle_out(app: Flask, username: str) -> None:
    with app.app_context():
        account = get_user(username).id
        for session in db.session.scalars(select(LoginSession).where(LoginSession.account_id == account)):
            session.seen_at -= timedelta(minutes=20)
        db.session.commit()


def test_a_page_sent_after_the_time_out_is_offered_after_the_log_in(client, app):
    visitor = client("mediator")
    page = visitor.get("/cases/new")
    idle_out(app, "mediator")
    answer = visitor.submit(page, FORM, status=302, **TOLD)
    assert "/login" in answer.location
    assert count(app, Case) == 0
    visitor.log_in("mediator", PASSWORD)
    page = visitor.get("/cases/new")
    assert "巴特尔" in page.text
    assert visitor.get("/cases/new?from_draft=1").form(FORM)[1]["narrative"] == TOLD["narrative"]


def test_a_stranger_leaves_no_draft(client, app):
    client().post("/cases/new", TOLD, status=302)
    assert count(app, Draft) == 0


def test_yesterday_s_today_becomes_its_date(client, app):
    visitor = client("mediator")
    autosave(visitor, **TOLD, received="今天 09:15")
    app.config["MEDIATION"]["TODAY"] = "2026-11-20"
    values = client("mediator").get("/cases/new?from_draft=1").form(FORM)[1]
    assert values["received"] == "2026-11-18 09:15"


@pytest.mark.parametrize(("typed", "counted", "title"), [
    ("几十人", 20, "巴特尔等几十人"), ("十几人", 11, "巴特尔等十几人"), ("二十来人", 20, "巴特尔等二十来人"), ("廿人", 20, "巴特尔等20人")])
def test_people_are_counted_as_they_are_told_at_the_counter(client, app, typed, counted, title):
    visitor = client("mediator")
    answer = visitor.submit(visitor.get("/cases/new"), FORM, **TOLD, headcount=typed)
    assert newest(app, lambda case: (case.headcount, case.title, case.is_group)) == (counted, title, True)
    page = visitor.get(answer.location)
    assert title in page.text


def test_people_without_any_number_are_asked_about(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, **TOLD, headcount="很多人", status=422)
    assert "请估个人数" in page.text and page.form(FORM)[1]["headcount"] == "很多人"
    assert count(app, Case) == 0


def test_a_list_whose_sum_is_not_clear_is_asked_at_the_counter_too(app, client):
    visitor = client("mediator")
    text = "姓名\t总工资\t已领\n苏和\t9000\t3000\n娜仁\t8000\t1000"
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, roster=text, **{**TOLD, "claims-0-amount": ""})
    assert "看不出哪一列是欠的钱" in page.text
    wage = page.soup.find("option", string="总工资")["value"]
    done = visitor.submit(page, FORM, roster_column=wage)
    assert "9,000.00" in visitor.get(done.location + "/claims").text
    with app.app_context():
        assert {c.note for c in db.session.scalars(select(Claim)) if c.party.name == "娜仁"} == {"已领1000"}


def test_a_list_that_is_too_long_is_never_left_out_in_silence(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, roster="\n".join(f"工{n} 1" for n in range(2001)), **TOLD)
    assert "一次最多粘贴2000行" in page.text and page.form(FORM)[1]["roster"].startswith("工0 1")


def test_an_identity_number_in_the_story_is_refused_and_the_story_kept(client):
    visitor = client("mediator")
    story = "做饭半年，身份证11010519491231002X，只给过2000元"
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=422, **{**TOLD, "narrative": story})
    assert "原样印出来" in page.text and page.form(FORM)[1]["narrative"].strip() == story


# Pasted work orders

ORDER = """12351职工服务热线工单
工单号：12351-2026-07731
来电人：王芳 来电号码：15047812233
被反映单位：草原人家饭店
诉求内容：单位拖欠工资共计9600元。联系电话15047819999"""


def test_a_pasted_work_order_fills_what_is_empty_and_asks_where_two_values_compete(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="read_order", pasted=ORDER)
    _path, values = page.form(FORM)
    assert (values["name"], values["source"], values["external"], values["respondents-0-told"]) == (
        "王芳", "hotline", "12351-2026-07731", "草原人家饭店")
    assert (values["claims-0-head"], values["claims-0-amount"], values["narrative"]) == ("wages", "9600元", ORDER)
    assert values["phone"] == ""
    assert "来自粘贴的文字，请核对" in page.text
    page = visitor.submit(page, FORM, status=200, action="use:phone:15047812233")
    assert page.form(FORM)[1]["phone"] == "15047812233"
    assert visitor.submit(page, FORM, action="register").status == 303
    found = newest(app, lambda c: (c.title, c.source, c.external_numbers[0].number, c.claimed_fen, c.narrative))
    assert found == ("王芳", "hotline", "12351-2026-07731", 960000, ORDER)


def test_reading_never_overwrites_what_was_typed(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="read_order", pasted=ORDER, name="王芬",
                          narrative="她来过一次。", source="governance")
    _path, values = page.form(FORM)
    assert (values["name"], values["source"]) == ("王芬", "governance")
    assert values["narrative"] == f"她来过一次。\n\n{ORDER}"
    assert [b["value"] for b in page.soup.select("button[value^='use:name']")] == ["use:name:王芳"]
    page = visitor.submit(page, FORM, status=200, action="read_order")
    assert page.form(FORM)[1]["narrative"] == f"她来过一次。\n\n{ORDER}"
    page = visitor.submit(page, FORM, status=200, action="use:name:王芳")
    assert page.form(FORM)[1]["name"] == "王芳"


@pytest.mark.parametrize(("text", "said"), [
    ("今天天气不错", "没有读出可填的"), ("长" * 20_001, "最多20,000"), ("姓名：张\x07三", "控制字符")])
def test_what_cannot_be_read_out_of_a_text_is_said(client, text, said):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="read_order", pasted=text)
    assert said in page.text
    assert page.form(FORM)[1]["name"] == ""


def test_only_what_the_text_says_can_be_chosen_out_of_it(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), FORM, status=200, action="use:submit_token:x", pasted=ORDER)
    assert page.form(FORM)[1]["submit_token"] != "x"
