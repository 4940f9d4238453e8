"""Letters to and from bodies, their answers, files, joint consultations, merged sources and linked cases."""
from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, CaseLink
from mediation.queries import door
from mediation.queries.bodies import coordination as queries
from mediation.queries.bodies import registers
from mediation.queries.cases import links
from mediation.queries.desk import first_page
from mediation.queries.house import digests
from mediation.rules.bodies import commissions
from mediation.rules.language import Refused
from mediation.services.bodies import coordination
from mediation.services.bodies.coordination import Reply, Request
from mediation.services.cases import links as link_service
from mediation.services.cases import merging, moves
from mediation.services.house import admin
from mediation.services.papers import files
from tests import casework
from tests import house as people


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    return casework.bring(casework.make_case(mediator), "MEDIATING", mediator)


def agency_id(code: str) -> int:
    return db.session.scalar(select(Agency.id).where(Agency.code == code))


def to_court(case: Case, mediator, **values: object):
    given = {"shared_parts": ["summary"], "legal_basis": "申请人书面同意", "share_ground": "consent", **values}
    return coordination.record(case, Request(agency_id("court"), "task", "out", purpose="核对诉前调号", **given), mediator)


def fields(refusal) -> set[str]:
    return {problem.field for problem in refusal.value.problems}


# Letters

def test_the_day_of_the_reply_comes_from_the_rule_and_is_changed_with_a_reason(case, mediator):
    row = coordination.record(case, Request(agency_id("hr"), "task", "out"), mediator)
    assert (row.reply_due_on, row.task) == (date(2026, 11, 27), "consult")  # seven working days after 18 November
    with pytest.raises(Refused) as refusal:
        coordination.record(case, Request(agency_id("hr"), "task", "out", reply_due_on=date(2026, 12, 1)), mediator)
    assert fields(refusal) == {"due_reason"}
    row = coordination.record(case, Request(agency_id("hr"), "task", "out", reply_due_on=date(2026, 12, 1),
                                            due_reason="要查银行流水"), mediator)
    assert row.reply_due_on == date(2026, 12, 1)


def test_a_court_letter_brings_its_own_period_and_ground(case, mediator):
    row = coordination.record(case, Request(agency_id("court"), "before_filing", shared_parts=["outcome"]), mediator)
    assert row.reply_due_on == mediator.today + timedelta(30)
    assert row.share_ground == "law" and "第二十七条" in row.legal_basis


def test_sharing_wants_a_ground(case, mediator):
    with pytest.raises(Refused) as refusal:
        coordination.record(case, Request(agency_id("hr"), "task", "out", shared_parts=["summary"]), mediator)
    assert fields(refusal) == {"legal_basis"}
    case.may_tell = ["hr"]
    casework.rest(case, mediator)
    row = coordination.record(case, Request(agency_id("hr"), "task", "out", shared_parts=["summary"]), mediator)
    assert row.share_ground == "consent"


def test_every_rule_names_a_known_kind_and_source():
    for row in commissions.DUES:
        assert row.direction in commissions.DIRECTIONS and row.length > 0 and row.cites


# Answers

def test_a_body_takes_and_answers_for_itself(case, mediator, actor):
    row, liaison = to_court(case, mediator), actor("liaison")
    coordination.take(case, row.id, liaison)
    coordination.reply(case, row.id, Reply("（2026）内0824诉前调9号", number="法复3号"), liaison)
    assert (row.state, row.is_entered_for, row.reply_way, row.reply_number) == ("answered", False, "account", "法复3号")
    db.session.commit()
    assert digests.verify() == []


def test_of_two_answers_the_second_is_told_who_was_first(case, mediator, actor):
    row, liaison = to_court(case, mediator), actor("liaison")
    seen = row.version
    coordination.reply(case, row.id, Reply("已查"), liaison, seen)
    with pytest.raises(Refused) as refusal:
        coordination.answer(case, row.id, "另一个答复", None, mediator, seen_version=seen)
    assert "陈联络" in refusal.value.problems[0].text.zh
    assert row.result == "已查"


def test_a_closed_task_takes_no_reply(case, mediator, actor):
    row, liaison = to_court(case, mediator), actor("liaison")
    coordination.answer(case, row.id, "电话答复", None, mediator, "phone")
    for act in (lambda: coordination.reply(case, row.id, Reply("再答"), liaison),
                lambda: coordination.take(case, row.id, liaison),
                lambda: coordination.give_back(case, row.id, "不归我们", liaison)):
        with pytest.raises(Refused):
            act()


def test_a_return_wants_a_reason_and_ends_the_sight(case, mediator, actor):
    row, liaison = to_court(case, mediator), actor("liaison")
    with pytest.raises(Refused):
        coordination.give_back(case, row.id, "", liaison)
    coordination.give_back(case, row.id, "管辖在临河", liaison)
    assert row.state == "returned" and door.find_case(liaison, case.number) is None


def test_another_bodys_letter_is_out_of_reach(case, mediator, actor):
    to_court(case, mediator)
    other = coordination.record(case, Request(agency_id("hr"), "task", "out"), mediator)
    with pytest.raises(Refused):
        coordination.reply(case, other.id, Reply("x"), actor("liaison"))
    assert queries.find(case, other.id, actor("liaison")) is None


def test_an_answer_in_no_known_way_is_refused(case, mediator):
    row = to_court(case, mediator)
    with pytest.raises(Refused) as refusal:
        coordination.answer(case, row.id, "x", None, mediator, "account")
    assert fields(refusal) == {"way"}


def test_a_body_with_an_open_task_stays_in_the_register(case, mediator, actor):
    row = to_court(case, mediator)
    body = db.session.get(Agency, row.agency_id)
    values = {"kind": "court", "name": body.name, "is_active": False}
    union = people.get_station("urad-middle")
    with pytest.raises(Refused) as refusal:
        admin.save_agency(body, values, union, actor("admin"))
    assert fields(refusal) == {"is_active"}
    coordination.answer(case, row.id, "已答", None, mediator)
    admin.save_agency(body, values, union, actor("admin"))
    assert body.is_active is False


# Files

def office(*names: str, filler: bytes = b"<xml/>") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, filler)
    return made.getvalue()


@pytest.mark.parametrize(("name", "data", "kind"), [
    ("函.pdf", b"%PDF-1.7 x", "pdf"), ("照片.JPEG", b"\xff\xd8\xff\xe0..", "jpg"), ("a.png", b"\x89PNG\r\n\x1a\n..", "png"),
    ("a.txt", "说明".encode("gb18030"), "txt"), ("a.docx", office("word/document.xml"), "docx"),
    ("a.xlsx", office("xl/workbook.xml"), "xlsx")])
def test_what_is_what_it_says_is_taken(name, data, kind):
    assert files.check(name, data) == kind


@pytest.mark.parametrize(("name", "data"), [
    ("a.pdf", b"MZ\x90\0"), ("a.jpg", b"%PDF-1.7"), ("a.exe", b"MZ"), ("a.html", b"<script>"), ("", b"x"), ("a.pdf", b""),
    ("a.svg", b"<svg/>"), ("a.docx", office("xl/workbook.xml")), ("a.docx", b"PK\x03\x04broken"),
    ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
    ("a.docx", office("word/document.xml", "word/VBAPROJECT.BIN")), ("a.txt", b"\0\1\2"),
    ("a.pdf", b"%PDF-" + b"x" * files.MAX_BYTES), ("a.docx", office("word/document.xml", filler=b"0" * 70_000_000))])
def test_what_is_not_what_it_says_is_refused(name, data):
    with pytest.raises(Refused):
        files.check(name, data)


def test_a_file_is_kept_under_a_made_up_name_for_its_owner_only(case, mediator, tmp_path):
    row = files.add(case, "../../etc/\u202e考勤\r\n表.pdf", b"%PDF-1.7 x", tmp_path, mediator)
    path: Path = tmp_path / files.FOLDER / row.stored_name
    assert row.name == "考勤表.pdf" and "考勤" not in row.stored_name
    assert path.stat().st_mode & 0o777 == 0o600
    assert files.read(row, tmp_path) == b"%PDF-1.7 x"
    path.write_bytes(b"%PDF-1.7 changed")
    assert files.read(row, tmp_path) is None


def test_a_body_adds_to_its_own_open_letter_only(case, mediator, actor, tmp_path):
    row, liaison = to_court(case, mediator), actor("liaison")
    mine = files.add(case, "答复.pdf", b"%PDF-1.7", tmp_path, liaison, files.Place(row))
    ours = files.add(case, "内部.pdf", b"%PDF-1.7", tmp_path, mediator)
    assert files.find(case, mine.id, liaison) is mine and files.find(case, ours.id, liaison) is None
    with pytest.raises(moves.Forbidden):
        files.add(case, "a.pdf", b"%PDF-1.7", tmp_path, liaison)
    coordination.answer(case, row.id, "完", None, mediator)
    with pytest.raises(moves.Forbidden):
        files.add(case, "a.pdf", b"%PDF-1.7", tmp_path, liaison, files.Place(row))


def test_who_answered_adds_what_goes_with_the_answer_until_the_recall(case, mediator, actor, tmp_path):
    row, liaison = to_court(case, mediator), actor("liaison")
    coordination.reply(case, row.id, Reply("随函附上"), liaison)
    mine = files.add(case, "复函.pdf", b"%PDF-1.7", tmp_path, liaison, files.Place(row))
    assert files.find(case, mine.id, liaison) is mine
    to_court(case, mediator, shared_parts=())  # the case stays in sight, this letter's file does not
    coordination.recall(case, row.id, "不再需要", mediator)
    assert files.find(case, mine.id, liaison) is None
    assert files.find(case, mine.id, mediator) is mine
    with pytest.raises(moves.Forbidden):
        files.add(case, "a.pdf", b"%PDF-1.7", tmp_path, liaison, files.Place(row))


# Recall

def test_a_recall_leaves_what_another_letter_shares_and_says_so(case, mediator, actor):
    liaison = actor("liaison")
    first = to_court(case, mediator, shared_parts=["summary", "money"])
    second = to_court(case, mediator, shared_parts=["summary", "outcome"])
    left = queries.left_after(case, first)
    assert {part: [row.id for row in by] for part, by in left.parts.items()} == {
        "summary": [second.id], "outcome": [second.id]}
    coordination.recall(case, first.id, "钱的事不用看了", mediator)
    assert door.shared_parts(liaison, case) == {"summary", "outcome"}
    assert queries.find(case, first.id, liaison) is None and door.find_case(liaison, case.number) is case
    assert queries.left_after(case, second) is None
    coordination.recall(case, second.id, "办完", mediator)
    assert door.find_case(liaison, case.number) is None and queries.sharing(case) == []


def test_all_that_a_body_sees_is_recalled_in_one_act(case, mediator, actor):
    rows = [to_court(case, mediator), to_court(case, mediator, shared_parts=["money"])]
    other = coordination.record(case, Request(agency_id("hr"), "task", "out"), mediator)
    with pytest.raises(Refused) as refusal:
        coordination.recall_all(case, agency_id("court"), "", mediator)
    assert fields(refusal) == {"reason"}
    assert coordination.recall_all(case, agency_id("court"), "申请人不同意了", mediator) == rows
    assert door.find_case(actor("liaison"), case.number) is None
    assert [row.state for row in rows] == ["recalled", "recalled"] and other.state == "open"
    with pytest.raises(Refused):
        coordination.recall_all(case, agency_id("court"), "再收一次", mediator)
    db.session.commit()
    assert digests.verify() == []


def test_what_the_court_sent_us_is_still_to_be_answered_after_its_sight_was_recalled(case, mediator, actor):
    row = coordination.record(case, Request(agency_id("court"), "before_filing", shared_parts=["outcome"]), mediator)
    coordination.recall(case, row.id, "误发", mediator)
    assert door.find_case(actor("liaison"), case.number) is None
    assert queries.is_pending(row) and queries.state_of(row) == "open"
    coordination.answer(case, row.id, "调解成功，已书面反馈", None, mediator, "letter")
    assert (row.state, row.is_entered_for) == ("answered", False)


def test_a_removed_body_sees_nothing(case, mediator, actor):
    row = to_court(case, mediator)
    coordination.answer(case, row.id, "已答", None, mediator)
    row.agency.is_active = False
    db.session.flush()
    assert door.find_case(actor("liaison"), case.number) is None


def test_the_day_of_a_reply_is_changed_with_a_reason(case, mediator):
    row = to_court(case, mediator)
    with pytest.raises(Refused) as refusal:
        coordination.change_due(case, row.id, mediator.today - timedelta(1), "", mediator)
    assert fields(refusal) == {"reply_due_on", "due_reason"}
    coordination.change_due(case, row.id, date(2026, 12, 4), "电话商定", mediator)
    assert (row.reply_due_on, row.due_reason) == (date(2026, 12, 4), "电话商定")
    coordination.answer(case, row.id, "已答", None, mediator)
    with pytest.raises(Refused):
        coordination.change_due(case, row.id, date(2026, 12, 5), "再改", mediator)


# Groups and two channels

def merge(case: Case, into: Case, actor, *confirmed: str) -> None:
    merging.merge(case, {"into": into.number, "reason": "同一件事", "happened_on": actor.today,
                         "confirmed": confirmed}, actor)


def test_a_merge_keeps_both_sources(case, mediator):
    to_court(case, mediator, document_number="法函1号")
    casework.put_number(case, "court", "（2026）内0824诉前调5号", mediator)
    other = casework.make_case(mediator)
    merge(case, other, mediator, "sharing_comes")
    db.session.expire(other)
    assert [c.document_number for c in other.commissions] == ["法函1号"]
    assert [n.number for n in other.external_numbers] == ["（2026）内0824诉前调5号"]
    assert list(links.of(other, mediator).merged) == [case]
    db.session.commit()
    assert digests.verify() == []


def test_a_merge_asks_back_about_the_sharing_that_comes_along(case, mediator, actor):
    to_court(case, mediator)
    other = casework.make_case(mediator)
    with pytest.raises(Refused) as refusal:
        merge(case, other, mediator)
    [asked] = refusal.value.problems
    assert asked.confirm == "sharing_comes" and "法院（概况）" in asked.text.zh and "court" not in asked.text.zh
    assert door.find_case(actor("liaison"), other.number) is None
    to_court(other, mediator)  # it is seen there already: nothing new to ask
    merge(case, other, mediator)
    assert door.find_case(actor("liaison"), other.number) is other


def test_what_was_recalled_does_not_come_along(case, mediator, actor):
    row = to_court(case, mediator)
    coordination.recall(case, row.id, "不再需要", mediator)
    other = casework.make_case(mediator)
    merge(case, other, mediator)
    db.session.expire(other)
    assert other.commissions == [] and door.find_case(actor("liaison"), other.number) is None


def test_a_reply_that_is_due_is_waited_for_at_the_case_that_is_kept(case, mediator, actor):
    asked = to_court(case, mediator)
    done = to_court(case, mediator, document_number="法函2号")
    coordination.answer(case, done.id, "核对过了", mediator.today, mediator)
    ours = coordination.record(case, Request(agency_id("hr"), "transfer", "in", sent_on=mediator.today), mediator)
    other = casework.make_case(mediator)
    merge(case, other, mediator, "sharing_comes")
    db.session.expire_all()
    assert [row.state for row in (asked, done, ours)] == ["moved", "answered", "moved"]
    kept = {(row.kind, row.document_number): row for row in other.commissions}
    assert {key: row.state for key, row in kept.items()} == {
        ("task", ""): "open", ("task", "法函2号"): "answered", ("transfer", ""): "open"}
    assert kept["task", ""].reply_due_on == asked.reply_due_on and kept["transfer", ""].reply_due_on == date(2026, 11, 23)
    court = actor("liaison")
    assert [row.case_id for row in first_page.replies(court)] == [other.id]
    late = replace(actor("supervisor"), today=date(2026, 12, 20))
    assert {row.case_id for row in queries.late_replies(late)} == {other.id}
    with pytest.raises(Refused) as refusal:
        coordination.reply(case, asked.id, Reply("回这里"), court)
    assert other.number.removeprefix("urad-middle-") in refusal.value.problems[0].text.zh
    coordination.reply(other, kept["task", ""].id, Reply("核对过了"), court)
    assert first_page.replies(court) == []
    db.session.commit()
    assert digests.verify() == []


def test_no_two_letters_are_taken_for_one_because_neither_has_a_number(case, mediator):
    coordination.record(case, Request(agency_id("hr"), "task", "out", purpose="查工资表"), mediator)
    other = casework.make_case(mediator)
    coordination.record(other, Request(agency_id("hr"), "task", "out", purpose="查社保"), mediator)
    merge(case, other, mediator)
    db.session.expire(other)
    assert sorted(row.purpose for row in other.commissions) == ["查工资表", "查社保"]


def test_a_reply_of_ours_is_still_owed_after_the_recall_and_the_merge(case, mediator, actor):
    row = coordination.record(case, Request(agency_id("court"), "before_filing", "in", sent_on=mediator.today,
                                            shared_parts=["summary"]), mediator)
    coordination.recall(case, row.id, "不再需要", mediator)
    other = casework.make_case(mediator)
    merge(case, other, mediator)  # nothing is asked: no sight comes along
    db.session.expire(other)
    [kept] = other.commissions
    assert queries.is_pending(kept) and not queries.is_live(kept)
    assert door.find_case(actor("liaison"), other.number) is None


def test_a_merge_wants_the_right_on_both_cases(case, mediator, actor):
    other = casework.bring(casework.make_case(actor("window")), "MEDIATING", actor("window"))
    with pytest.raises(Refused) as refusal:
        merge(case, other, mediator, "sharing_comes")
    assert fields(refusal) == {"into"} and "不由您办" in refusal.value.problems[0].text.zh
    beyond = casework.make_case(actor("mediator2"))
    with pytest.raises(Refused) as refusal:
        merge(case, beyond, mediator)
    assert "没有这个登记号" in refusal.value.problems[0].text.zh


def test_a_batch_follows_one_lead_case(case, mediator):
    lead = casework.make_case(mediator)
    link_service.link(case, lead.number, "同一工地", mediator)
    assert links.of(case, mediator).lead is lead and list(links.of(lead, mediator).followers) == [case]
    third = casework.make_case(mediator)
    for row, target in ((third, case.number), (lead, third.number), (case, third.number), (third, third.number)):
        with pytest.raises(Refused):
            link_service.link(row, target, "", mediator)
    link_service.unlink(case, "", mediator)
    assert db.session.scalar(select(CaseLink.id)) is None


# Registers

def test_an_unusual_number_is_asked_back_once(case, mediator):
    with pytest.raises(Refused) as refusal:
        casework.put_number(case, "court", "随便", mediator)
    assert refusal.value.problems[0].confirm == "unusual_number"
    casework.put_number(case, "court", "随便", mediator, {"unusual_number"})
    assert case.external_numbers[0].number == "随便"


def test_a_number_is_kept_as_its_register_prints_it(case, mediator):
    casework.put_number(case, "court", " (２０２６)内0824 诉前调１２３号", mediator)
    casework.put_number(case, "procuratorate", "乌中检民支[2026]3号", mediator)
    assert {n.register: n.number for n in case.external_numbers} == {
        "court": "（2026）内0824诉前调123号", "procuratorate": "乌中检民支〔2026〕3号"}


def test_a_register_names_the_cases_it_lacks(case, mediator):
    found = registers.lacking(mediator, "governance")
    assert found.rows == [case] and found.counts["governance"] == 1 and found.counts["court"] == 0
    casework.put_number(case, "governance", "综治2026-1", mediator)
    assert registers.lacking(mediator, "governance").rows == [] == registers.lacking(mediator, "court").rows
    text = {one.register.key: one.text for one in registers.blocks(case, False, mediator)}["governance"]
    assert "申请人：巴特尔（" in text and "电话138 **** **" in text and "13847862200" not in text
