"""Papers: the checklist of a case, printed pages with and without numbers, empty forms, and what was given."""
from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select

from mediation.extensions import db
from mediation.models import AccessLog, Case, Event, Paper
from mediation.papers import sheet as papers
from mediation.rules.papers import catalogue as rules
from mediation.services import journal
from mediation.services.cases import intake
from mediation.services.money import agreements
from mediation.services.money.agreements import Item, Sign, Step, Terms
from mediation.services.people import parties
from tests import casework, house, prepared


@pytest.fixture
def made(app):
    """Make a case of the mediator's in a state; gives its number."""
    def make(state: str = "REGISTERED", **values) -> str:
        return prepared.once(app, casework.store_case, state, **values)
    return make


def rows(app, query) -> list:
    with app.app_context():
        return list(db.session.scalars(query))


def agree(number: str) -> None:
    """180.50 yuan in two instalments, with a concession noted at the session before."""
    actor = house.actor("mediator")
    case = db.session.scalars(select(Case).where(Case.number == number)).one()
    worker, boss = case.parties[0], casework.respondent(case)
    boss.identity = "152824198001011234"
    case.as_told = {**case.as_told}
    casework.rest(case, actor)
    signs = [Sign("applicant", worker.id, "sign", actor.today), Sign("respondent", boss.id, "sign", actor.today),
             Sign("mediator", None, "sign", actor.today), Sign("seal", None, "stamp", actor.today)]
    steps = [Step(actor.today, "", 1000000), Step(actor.today + timedelta(days=30), "", 805000)]
    agreements.agree(case, Terms(made_on=actor.today, payer_party_id=boss.id, items=[Item(worker.id, "wages", 1805000)],
                                 steps=steps, signatures=signs, terms="互不追究"), actor, confirmed=True)


def test_every_paper_prints_filled_and_empty(client, made):
    number = made("MEDIATING")
    mediator = client("mediator")
    for kind, paper in rules.PRINTABLE.items():
        filled = mediator.get(f"/cases/{number}/papers/{kind}")
        heading = filled.soup.h1.get_text()
        assert heading.startswith(paper.title.zh) or (kind, heading) == ("cover", "调解卷宗")
        assert "巴特尔" in filled.text
        empty = mediator.get(f"/papers/{kind}")
        assert "巴特尔" not in empty.text
        assert "乌拉特中旗总工会" in empty.text or kind in ("address", "delegates", "allocation", "money_receipt",
                                                   "visit_note", "authorisation", "record", "oral_note", "workers_list")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_papers_and_lists_say_the_sex_in_words_and_never_by_a_letter(app, client, language):
    with app.app_context():
        told = intake.Intake(
            received_on=house.TODAY, source="walk_in", name="泄二", phone="13947862299",
            identity="11010519491231002X", respondents=[intake.Respondent("李老板")], claims=[intake.ClaimLine("wages", 900_000)], narrative="三个月没给。")
        number = intake.register(house.actor("mediator"), told).number
        db.session.commit()
        db.session.remove()
    visitor = client("mediator")
    visitor.send("/language", {"language": language, "next": "/"})
    printed = {kind: re.findall(r"性别[：:][\s_]*([^\s_：]+)(?![^\s_])", visitor.get(f"/cases/{number}/papers/{kind}").text)
               for kind in rules.PRINTABLE}
    assert {word for found in printed.values() for word in found} == {"女"}, printed
    sheet = visitor.get("/ledger/persons.csv").response.get_data().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert {line["性别"] for line in lines if line["姓名"] == "泄二"} == {"女"}
    assert {line["性别"] for line in lines} <= {"", "女"}


def test_papers_stay_chinese_on_an_english_screen(client, made):
    number = made()
    mediator = client("mediator")
    mediator.post("/language", {"language": "en", "next": "/papers"})
    page = mediator.get(f"/cases/{number}/papers/registration")
    assert page.soup.html["lang"] == "en"
    sheets = page.soup.select("article.paper")
    assert [sheet["lang"] for sheet in sheets] == ["zh-CN"] * 3
    assert [sheet.select_one("h1, .title").get_text() for sheet in sheets] == ["口头申请笔录", "权利义务告知书", "回执"]


def test_a_written_request_prints_the_application(client, made):
    page = client("mediator").get(f"/cases/{made(way='written')}/papers/registration")
    assert page.soup.h1.get_text() == "调解申请书"


def test_the_notice_names_number_body_period_and_mediator(client, made):
    text = client("mediator").get(f"/cases/{made('MEDIATING')}/papers/acceptance").text
    for part in ("乌中工调〔2026〕1号", "乌拉特中旗总工会", "2026年12月3日届满", "王调解", "不收取任何费用"):
        assert part in text


def test_the_notice_after_a_failure_names_arbitration_and_the_time_bar(client, made):
    text = client("mediator").get(f"/cases/{made('CLOSED')}/papers/termination").text
    for part in ("经调解未能达成协议（分歧太大）", "乌拉特中旗劳动人事争议仲裁委员会", "时效为一年", "法律援助"):
        assert part in text


def test_the_agreement_says_sums_in_figures_and_capitals(app, client, made):
    number = made("MEDIATING")
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        actor = house.actor("mediator")
        note = journal.write_note(actor, case, "他愿意少要两千", is_concession=True)
        casework.add_hearing(case, actor, concession_note_id=note.id)
        agree(number)
        db.session.commit()
    mediator = client("mediator")
    text = mediator.get(f"/cases/{number}/papers/agreement").text
    for part in ("18,050.00", "壹万捌仟零伍拾元整", "分 2 期付清", "2026年12月18日", "8,050.00", "互不追究", "盖章"):
        assert part in text
    for kind in rules.PRINTABLE:  # what was conceded stands on no paper
        assert "少要两千" not in mediator.get(f"/cases/{number}/papers/{kind}").text


def test_numbers_appear_only_by_a_reveal_that_is_written_down(app, client, made):
    number = made()
    mediator = client("mediator")
    plain = mediator.get(f"/cases/{number}/papers/oral_note")
    assert "152824199001011234" not in plain.html
    assert "13847862200" in plain.html  # the mediator's own open case
    full = mediator.post(f"/cases/{number}/papers/oral_note", status=200)
    assert "152824199001011234" in full.html
    kinds = [(log.kind, log.object) for log in rows(app, select(AccessLog).where(AccessLog.object == number))]
    assert ("print", number) in kinds and ("reveal", number) in kinds


def test_a_view_gives_the_columns_of_its_row_in_words_and_nothing_that_hangs_on_it(app, made):
    number = made("MEDIATING")
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        worker = papers.View(case.parties[0], name="有名")
        assert (worker.name, worker.side, papers.View(case).accepted_on) == ("有名", "applicant", papers.day(case.accepted_on))
        for hidden in ("phone", "identity", "account", "case", "employer"):
            assert not hasattr(worker, hidden), hidden
        assert papers.View().anything == ""


def test_others_of_the_union_print_without_telephones_and_may_not_reveal(client, made):
    number = made("MEDIATING")
    window = client("window")
    assert "13847862200" not in window.get(f"/cases/{number}/papers/oral_note").html
    window.post(f"/cases/{number}/papers/oral_note", status=403)
    auditor = client("auditor")
    assert "13847862200" not in auditor.get(f"/cases/{number}/papers/oral_note").html
    auditor.post(f"/cases/{number}/papers/oral_note", status=403)


def test_the_checklist_says_what_is_missing_and_how_the_rest_is_known(client, made):
    page = client("mediator").get(f"/cases/{made('ACCEPTED')}/papers")
    text = page.text
    assert "还缺" in text and "受理通知书" in text and "看过0人，共1人" in text
    assert page.soup.select_one("#record form")


def test_a_paper_given_is_recorded_once_with_its_event(app, client, made):
    number = made("ACCEPTED")
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers?kind=acceptance")
    assert page.form("#record form")[1]["kind"] == "acceptance"
    sent = mediator.submit(page, "#record form", given_way="hand")
    again = mediator.submit(page, "#record form", given_way="hand")
    assert sent.location == again.location == f"/cases/{number}/papers"
    [paper] = rows(app, select(Paper))
    assert (paper.kind, paper.number, paper.given_to) == ("acceptance", "乌中工调受〔2026〕1号", "巴特尔")
    [event] = rows(app, select(Event).where(Event.kind == "paper_recorded"))
    assert json.loads(event.data)["kind"] == "acceptance"
    assert "当面交 巴特尔" in mediator.get(f"/cases/{number}/papers").text


def test_the_three_of_registration_are_handed_over_in_one_press(app, client, made):
    number = made()
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers/registration")
    mediator.submit(page, "main form[action$=registration]:has(input[name=submit_token])")
    assert [paper.kind for paper in rows(app, select(Paper).order_by(Paper.id))] == [
        "oral_note", "rights_notice", "receipt"]
    assert len(rows(app, select(Event).where(Event.kind == "paper_recorded"))) == 3


def test_giving_the_notice_is_the_move_that_tells_the_applicant(app, client, made):
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        casework.step(case, "fail", actor)
        db.session.commit()
        number = case.number
    mediator = client("mediator")
    mediator.submit(mediator.get(f"/cases/{number}/papers?kind=termination"), "#record form", given_way="hand")
    [case] = rows(app, select(Case))
    assert case.notified_on == house.TODAY
    assert {"paper_recorded", "notified"} <= {e.kind for e in rows(app, select(Event))}


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"given_on": "2026-11-19"}, "日期不能在今天之后"), ({"given_on": "三十二号"}, "看不懂"), ({"given_on": ""}, "请填写"),
    ({"given_way": "post", "given_to": ""}, "请写交给了谁"), ({"given_way": "left"}, "留置送达要写见证人"),
    ({"given_way": "pigeon"}, "请选怎么送的"), ({"note": "长" * 10000}, "最多200个字")])
def test_bad_input_keeps_what_was_typed(app, client, made, typed, sentence):
    number = made()
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers")
    refused = mediator.submit(page, "#record form", status=422, **{"given_to": "<script>乌兰", **typed})
    assert any(sentence in error for error in refused.errors), refused.errors
    if typed.get("given_to") is None:
        assert refused.form("#record form")[1]["given_to"] == "<script>乌兰"
    assert rows(app, select(Paper)) == []


def test_strangers_to_the_case(client, made):
    number = made()
    outsider = client("mediator2")
    for path in ("papers", "papers/registration", "papers/agreement"):
        outsider.get(f"/cases/{number}/{path}", status=404)
    outsider.post(f"/cases/{number}/papers", {"kind": "receipt"}, status=404)
    for username, status in (("liaison", 404), ("admin", 403)):
        visitor = client(username)
        visitor.get(f"/cases/{number}/papers", status=status)
        visitor.get("/papers/agreement", status=403)
    auditor = client("auditor")
    assert not auditor.get(f"/cases/{number}/papers").soup.select_one("#record")
    auditor.post(f"/cases/{number}/papers", {"kind": "receipt"}, status=403)
    client("window").get(f"/cases/{number}/papers")


def test_unknown_papers_do_not_exist(client, made):
    number = made()
    mediator = client("mediator")
    mediator.get(f"/cases/{number}/papers/identity", status=404)
    mediator.get("/papers/nothing", status=404)
    assert "口头申请笔录" in mediator.get("/papers").text


@pytest.fixture
def asked(app):
    """The statements sent to the database while ``go`` runs."""
    def count(go) -> int:
        found = []

        def note(*arguments) -> None:
            found.append(arguments[2])

        event.listen(Engine, "before_cursor_execute", note)
        go()
        event.remove(Engine, "before_cursor_execute", note)
        return len(found)
    return count


def test_the_checklist_asks_a_fixed_number_of_questions(client, made, asked):
    few, many = made("ACCEPTED"), made("ACCEPTED", workers=12)
    mediator = client("mediator")
    mediator.get(f"/cases/{few}/papers")
    assert asked(lambda: mediator.get(f"/cases/{few}/papers")) == asked(lambda: mediator.get(f"/cases/{many}/papers"))


def agree_all(number: str, fen: int, told: tuple[int, ...] = ()) -> None:
    """Every worker gets ``fen``; the three representatives sign, ``told`` are the places of those who consented."""
    actor = house.actor("mediator")
    case = db.session.scalars(select(Case).where(Case.number == number)).one()
    asking, boss = [p for p in case.parties if p.side == "applicant"], casework.respondent(case)
    boss.identity = "152824198001011234"
    casework.rest(case, actor)
    parties.set_representatives(case, [p.id for p in asking[:3]], actor)
    signs = [*(Sign("applicant", p.id, "sign", actor.today) for p in asking[:3]),
             Sign("respondent", boss.id, "sign", actor.today), Sign("mediator", None, "sign", actor.today),
             Sign("seal", None, "stamp", actor.today)]
    agreements.agree(case, Terms(
        made_on=actor.today, payer_party_id=boss.id, items=[Item(p.id, "wages", fen) for p in asking],
        steps=[Step(actor.today, "", fen * len(asking))], signatures=signs,
        consents={asking[n].id: (actor.today, "phone") for n in told}), actor, confirmed=True)


def test_a_group_agreement_speaks_for_all_with_the_list_behind_it(app, client, made):
    number = made("MEDIATING", workers=12, amount_fen=600000)
    with app.app_context():
        agree_all(number, 500000, (3, 4))
        db.session.commit()
    page = client("mediator").get(f"/cases/{number}/papers/agreement")
    for part in ("巴特尔等12人", "职工代表", "名单附后", "须经被代表的申请人同意", "对名单中已签名或者已同意的申请人发生约束力",
                 "付给名单中的每一名申请人本人", "一式 五 份"):
        assert part in page.text, part
    assert "付给申请人本人" not in page.text
    rows = next(table for table in page.soup.select("table") if "同意（签名）" in table.get_text()).select("tbody tr")
    cells = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in rows]
    assert [(row[1], row[3], row[5]) for row in cells[:5]] == [
        ("巴特尔", "5,000.00", "已签名"), ("工人2", "5,000.00", "已签名"), ("工人3", "5,000.00", "已签名"),
        ("工人4", "5,000.00", "2026年11月18日同意"), ("工人5", "5,000.00", "2026年11月18日同意")]
    assert [row[5] for row in cells[5:12]] == [""] * 7
    assert cells[12][3] == "60,000.00"


@pytest.mark.parametrize(("workers", "copies"), [(1, "三"), (3, "五")])
def test_copies_are_one_for_each_party_and_the_office_s(client, made, workers, copies):
    page = client("mediator").get(f"/cases/{made('MEDIATING', workers=workers)}/papers/agreement")
    assert f"一式 {copies} 份" in page.text
