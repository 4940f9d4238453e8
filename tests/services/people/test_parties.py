"""Parties: the rows and what the case says of them; each act with its check and its one event."""
from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agreement, AgreementItem, Event, Party
from mediation.queries.cases import facts
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services import journal
from mediation.services.cases import moves
from mediation.services.money import claims
from mediation.services.people import employers, name_respondent, parties, worker_list
from tests import docket

CODE = "91350100M000100Y43"


def events(case) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.stream == journal.case_stream(case)).order_by(Event.seq)))


def last(case) -> dict:
    return json.loads(events(case)[-1].data)


def fields(refused) -> list[tuple[str, str]]:
    return [(p.field, p.confirm) for p in refused.value.problems]


def person(name: str = "苏日娜", **values) -> dict:
    return {"side": "applicant", "part": "worker", "name": name, **values}


@pytest.fixture
def case(inside):
    return docket.open_case()


def test_rows_and_titles(case):
    assert (case.title, case.respondent_title, case.headcount, case.main_head) == ("巴特尔", "李老板", 1, "wages")
    worker = parties.put_party(case, "applicant", "worker", "苏日娜", phone="（0478）5912345转801",
                               identity="11010519491231002X", headcount=9)
    assert (worker.phone, worker.phone_note, worker.phone_tail) == ("04785912345转801", "", "2345")
    assert (worker.sex, worker.born_on, worker.id_type) == ("F", date(1949, 12, 31), "resident")
    parties.put_claim(case, worker, "severance", 9900000)
    parties.retitle(case)
    assert (case.title, case.headcount, case.is_group, case.main_head) == ("巴特尔等10人", 10, True, "severance")


def test_nine_are_no_group_and_ten_without_a_common_request_neither(case):
    worker = parties.put_party(case, "applicant", "worker", "苏日娜", headcount=8)
    parties.retitle(case)
    assert case.headcount == 9 and not case.is_group
    worker.headcount, case.is_same_claim = 9, False
    parties.retitle(case)
    assert case.headcount == 10 and not case.is_group


def test_old_identity_number_is_found_as_the_new_one(case):
    old = parties.put_party(case, "applicant", "worker", "老王", identity="110105491231002")
    new = parties.put_party(case, "applicant", "worker", "王老", identity="11010519491231002X")
    assert old.identity == "110105491231002" and old.identity_index == new.identity_index


def test_unreadable_numbers_are_refused_together(case):
    with pytest.raises(Refused) as refused:
        parties.put_party(case, "applicant", "worker", "苏日娜", phone="1384786", identity="110105194912310021")
    assert [p.field for p in refused.value.problems] == ["phone", "identity"]


def test_long_name_is_short_in_the_title(case):
    parties.active(case, "applicant")[0].name = "长" * 200
    parties.put_party(case, "applicant", "worker", "苏日娜", headcount=4999)
    parties.retitle(case)
    assert case.title.endswith("…等5000人") and len(case.title) <= 120


def test_add_party_makes_one_event_without_names(case, actor):
    count = len(events(case))
    party = parties.add_party(case, person(language="mongolian", phone="13900001111", headcount=2), actor())
    assert len(events(case)) == count + 1 and case.version == count + 1
    assert {k: v for k, v in last(case).items() if k != "digest"} == {
        "party": party.id, "side": "applicant", "part": "worker", "headcount": 2}
    assert "苏日娜" not in events(case)[-1].data and case.title == "巴特尔等3人"
    assert not digests.verify()


def test_add_party_says_everything_at_once(case, actor):
    with pytest.raises(Refused) as refused:
        parties.add_party(case, person("", part="boss", headcount=0, phone="12", identity="12"), actor())
    assert [f for f, _ in fields(refused)] == ["name", "part", "headcount", "phone", "identity"]


def test_namesake_is_asked_back_once_and_one_identity_belongs_to_one(case, actor):
    with pytest.raises(Refused) as refused:
        parties.add_party(case, person("巴特尔"), actor())
    assert fields(refused) == [("name", "namesake")]
    parties.add_party(case, person("巴特尔", identity="11010519491231002X"), actor(), confirmed={"namesake"})
    with pytest.raises(Refused) as refused:
        parties.add_party(case, person("丁", identity="110105491231002"), actor())
    assert fields(refused) == [("identity", "")]


def test_next_of_kin_speak_for_the_one_worker(case, actor):
    worker = parties.workers(case)[0]
    kin = parties.add_party(case, person("其其格", part="next_of_kin", authority=["sign"]), actor())
    assert (kin.acts_for_id, kin.authority, case.headcount) == (worker.id, ["sign"], 1)
    parties.add_party(case, person("苏日娜"), actor())
    with pytest.raises(Refused) as refused:
        parties.add_party(case, person("赵律师", part="agent"), actor())
    assert fields(refused) == [("acts_for_id", "")]


def test_change_names_fields_never_values(case, actor):
    worker = parties.workers(case)[0]
    changed = parties.change_party(case, worker, {"phone": "13811112222", "address": "海流图镇"}, actor())
    assert changed == ["address", "phone"] and worker.phone == "13811112222"
    assert last(case)["fields"] == changed and "海流图" not in events(case)[-1].data
    count = len(events(case))
    assert parties.change_party(case, worker, {"address": "海流图镇"}, actor()) == [] and len(events(case)) == count
    assert parties.change_party(case, worker, {}, actor(), cleared={"phone"}) == ["phone"] and worker.phone == ""


def test_two_people_at_one_party(case, actor):
    worker, seen = parties.workers(case)[0], case.version
    parties.change_party(case, worker, {"address": "一"}, actor(), seen_version=seen)
    with pytest.raises(moves.Conflict) as conflict:
        parties.change_party(case, worker, {"address": "二"}, actor("lead"), seen_version=seen)
    assert conflict.value.event.kind == "party_changed" and worker.address == "一"


def test_a_colleague_may_not_and_an_archive_is_left_alone(case, actor):
    with pytest.raises(moves.Forbidden):
        parties.add_party(case, person(), actor("window"))
    case.state = "ARCHIVED"
    with pytest.raises(Refused):
        parties.add_party(case, person(), actor())


def test_resolving_keeps_the_told_words(case, actor):
    respondent = parties.active(case, "respondent")[0]
    respondent.as_told = ""
    firm = employers.register({"name": "宏远劳务有限公司", "short_name": "宏远劳务", "credit_code": CODE}, actor())
    parties.resolve_respondent(case, respondent, actor(), employer=firm, part="sub_contractor")
    assert (respondent.as_told, respondent.name, respondent.part) == ("李老板", "宏远劳务有限公司", "sub_contractor")
    assert case.respondent_title == "宏远劳务" and last(case)["employer"] == firm.id
    parties.resolve_respondent(case, respondent, actor(), person={"name": "李二", "identity": "11010519491231002X"})
    assert (respondent.as_told, respondent.employer_id, respondent.is_person) == ("李老板", None, True)
    assert case.respondent_title == "李二" and events(case)[-1].kind == "party_identified"


def test_resolving_to_a_person_needs_the_number_and_a_foreign_register_is_closed(case, actor):
    respondent = parties.active(case, "respondent")[0]
    with pytest.raises(Refused) as refused:
        parties.resolve_respondent(case, respondent, actor(), person={"name": "李二"})
    assert fields(refused) == [("identity", "")]
    foreign = employers.register({"name": "邻旗公司"}, actor("mediator2"))
    with pytest.raises(Refused) as refused:
        parties.resolve_respondent(case, respondent, actor(), employer=foreign)
    assert fields(refused) == [("employer", "")]


def test_striking_out(case, actor):
    worker = parties.workers(case)[0]
    other = parties.add_party(case, person(), actor())
    with pytest.raises(Refused) as refused:
        parties.remove_party(case, other, "", actor())
    assert fields(refused) == [("reason", "")]
    claims.add_claim(case, other, {"head": "wages", "amount_fen": 100}, actor())
    parties.remove_party(case, other, "登记重了", actor())
    assert other.removed_on == actor().today and case.title == "巴特尔" and case.claimed_fen == 1600000
    with pytest.raises(Refused):
        parties.remove_party(case, worker, "不要了", actor())
    assert not digests.verify()


def test_money_keeps_its_worker(case, actor):
    other = parties.add_party(case, person(), actor())
    agreement = Agreement(case_id=case.id, kind="mediated", form="written")
    db.session.add(agreement)
    db.session.flush()
    db.session.add(AgreementItem(agreement_id=agreement.id, party_id=other.id, head="wages", amount_fen=1))
    with pytest.raises(Refused) as refused:
        parties.remove_party(case, other, "登记重了", actor())
    assert refused.value.problems == [parties.Problem("", parties.HAS_MONEY)]


@pytest.mark.parametrize(("number", "is_asked"), [(2, True), (3, False), (4, False), (5, False), (6, True)])
def test_three_to_five_represent_a_group(case, actor, number, is_asked):
    worker_list.add_workers_from_lines(case, "\n".join(f"工人{c} 100" for c in "甲乙丙丁戊己庚辛壬"), actor())
    chosen = [p.id for p in parties.workers(case)[:number]]
    if is_asked:
        with pytest.raises(Refused) as refused:
            parties.set_representatives(case, chosen, actor())
        assert fields(refused) == [("representatives", "representatives")]
    parties.set_representatives(case, chosen, actor(), confirmed={"representatives"})
    assert [p.id for p in parties.workers(case) if p.is_representative] == chosen
    assert last(case)["count"] == number


# Lists ----------------------------------------------------------------------------------------------------------

LIST = "姓名\t金额\t电话\n巴特尔\t9000\t\n苏日娜\t12000\t13900001111\n其其格\t5000\t1390000111\n苏日娜\t12000\t13900001111\n合计\t33000"


def test_preview_tells_each_lines_fate(case, actor):
    shown = worker_list.preview_lines(case, LIST, "wages", actor().today)
    assert [line.fate for line in shown.lines] == ["twin", "new", "error", "twin"]
    assert shown.total_fen == 1200000 and [left.raw for left in shown.left_out] == ["姓名\t金额\t电话", "合计\t33000"]
    other_head = worker_list.preview_lines(case, LIST, "severance", actor().today)
    assert other_head.lines[0].fate == "claim"


def test_an_error_refuses_the_whole_list(case, actor):
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, LIST, actor())
    assert all(p.field == "lines" and p.text.zh.startswith("第4行") for p in refused.value.problems)
    assert len(case.parties) == 2


SITE = ("某工地欠薪明细\n序号\t姓名\t工日\t单价\t总工资\t已领生活费\t收款人\t卡号\n1\t张三\t50\t300\t15000\t5000\t张大\t6222021234567890128\n"
        "2\t李四\t40\t300\t12000\t2000\t李四\t无\n制表人：\n")


def test_a_column_that_is_not_clear_is_asked_and_kept_as_chosen(case, actor):
    """Wages and advances without a column of what is left: nothing says which of them is owed."""
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, SITE, actor())
    assert "哪一列是欠的钱" in refused.value.problems[0].text.zh
    shown = worker_list.preview_lines(case, SITE, "wages", actor().today)
    wage = next(choice.place for choice in shown.choices if choice.label.zh == "总工资")
    other = worker_list.preview_lines(case, SITE, "wages", actor().today, column=wage)
    assert shown.digest != other.digest and other.total_fen == 27000_00
    first, second = worker_list.add_workers_from_lines(case, SITE, actor(), column=wage)
    assert (first.payee_name, first.account, second.payee_name) == ("张大", "6222021234567890128", "")
    noted = {claim.party_id: (claim.amount_fen, claim.note) for claim in case.claims}
    assert noted[first.id] == (15000_00, "工日50 单价300 已领生活费5000")


def test_no_sum_is_asked_before_it_is_recorded(case, actor):
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, "苏和 无 13900001111\n娜仁 500", actor())
    assert [p.confirm for p in refused.value.problems] == ["no_sum"]
    worker_list.add_workers_from_lines(case, "苏和 无 13900001111\n娜仁 500", actor(), confirmed={"no_sum"})
    assert [c.amount_fen for c in case.claims if c.party.name == "苏和"] == [None]


def test_a_list_is_one_event(case, actor):
    text = "\n".join(f"{n} 工人{c} {n}000.5 139000011{n:02d}" for n, c in enumerate("甲乙丙丁戊己庚辛壬癸子", 1))
    added = worker_list.add_workers_from_lines(case, text, actor())
    assert len(added) == 11 and case.is_group and case.title == "巴特尔等12人"
    assert events(case)[-1].kind == "parties_added"
    assert (last(case)["count"], last(case)["claimed_fen"]) == (11, 6600550)
    assert case.claimed_fen == 1600000 + 6600550 and added[0].phone == "13900001101"
    assert not digests.verify()
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, text, actor())
    assert refused.value.problems[0].text == worker_list.NOTHING_NEW


def test_namesakes_can_be_told_apart(case, actor):
    worker_list.add_workers_from_lines(case, "巴特尔 500 13900001111", actor(), confirmed={"namesakes"})
    assert [p.name for p in parties.workers(case)] == ["巴特尔", "巴特尔"]


def test_unnamed_people_get_their_names(case, actor):
    first = parties.workers(case)[0]
    parties.change_party(case, first, {"headcount": 4}, actor())
    worker_list.add_workers_from_lines(case, "苏日娜 5000\n其其格 4000", actor(), out_of=first)
    assert (first.headcount, case.headcount, case.claimed_fen) == (2, 4, 1600000)
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, "甲甲 1\n乙乙 1", actor(), out_of=first)
    assert fields(refused) == [("out_of", "")]
    with pytest.raises(Refused) as refused:
        worker_list.add_workers_from_lines(case, "甲甲 8000", actor(), out_of=first)
    assert fields(refused) == [("out_of", "over_sum")]
    worker_list.add_workers_from_lines(case, "甲甲 8000", actor(), out_of=first, confirmed={"over_sum"})
    assert (first.headcount, case.headcount, case.claimed_fen) == (1, 4, 1700000)
    assert not digests.verify()


def test_empty_and_endless_lists(case, actor):
    for text in ("", "姓名 金额", "甲 1\n" * 2001):
        with pytest.raises(Refused) as refused:
            worker_list.add_workers_from_lines(case, text, actor())
        assert refused.value.problems[0].field == "lines"


# Claims ---------------------------------------------------------------------------------------------------------

def test_claims_come_change_and_go(case, actor):
    worker = parties.workers(case)[0]
    claim = claims.add_claim(case, worker, {"head": "severance", "amount_fen": 2000000, "note": "两年"}, actor())
    assert (last(case)["amount_fen"], case.claimed_fen, case.main_head) == (2000000, 3600000, "severance")
    claims.change_claim(case, claim, {"head": "severance", "amount_fen": 1000000}, "算错了", actor())
    assert (last(case)["before_fen"], last(case)["amount_fen"]) == (2000000, 1000000)
    claims.drop_claim(case, claim, "不要了", actor())
    assert case.claimed_fen == 1600000 and claim.dropped_reason == "不要了"
    with pytest.raises(Refused) as refused:
        claims.drop_claim(case, case.claims[0], "都不要了", actor())
    assert fields(refused) == [("", "last_claim")]


def test_claims_refused(case, actor):
    worker = parties.workers(case)[0]
    for values, expected in (
            ({"head": ""}, ("head", "")), ({"head": "wages", "amount_fen": 0}, ("amount_fen", "")),
            ({"head": "reinstatement", "amount_fen": 5}, ("amount_fen", "")),
            ({"head": "wages", "amount_fen": 5}, ("head", "same_head"))):
        with pytest.raises(Refused) as refused:
            claims.add_claim(case, worker, values, actor())
        assert fields(refused) == [expected]
    respondent = parties.active(case, "respondent")[0]
    with pytest.raises(Refused):
        claims.add_claim(case, respondent, {"head": "wages", "amount_fen": 5}, actor())


def test_in_a_group_giving_up_needs_the_worker(case, actor):
    worker_list.add_workers_from_lines(case, "\n".join(f"工人{c} 100" for c in "甲乙丙丁戊己庚辛壬"), actor())
    claim = case.claims[0]
    with pytest.raises(Refused) as refused:
        claims.change_claim(case, claim, {"head": "wages", "amount_fen": 1}, "让一点", actor())
    assert fields(refused) == [("", "consent")]
    claims.change_claim(case, claim, {"head": "wages", "amount_fen": 1700000}, "算少了", actor())
    claims.drop_claim(case, claim, "不要了", actor(), confirmed={"consent"})


def test_closed_cases_keep_their_claims(case, actor):
    case.is_open = 0
    with pytest.raises(Refused):
        claims.drop_claim(case, case.claims[0], "不要了", actor())


def test_sealed_numbers_are_not_in_the_rows(case):
    row = db.session.execute(select(Party.phone_sealed, Party.phone_tail).where(Party.case_id == case.id)).first()
    assert "13847862213" not in row.phone_sealed and row.phone_tail == "2213"


# People whose number is only roughly known


def test_some_dozens_keep_their_words_until_the_list_is_there(case, actor):
    person = case.parties[0]
    parties.change_party(case, person, {"headcount": 20, "headcount_told": "几十人"}, actor())
    assert (case.title, case.headcount, case.is_group, case.as_told) == ("巴特尔等几十人", 20, True, {"headcount": "几十人"})
    assert last(case)["fields"] == ["headcount"]
    ten = "\n".join(f"工人{sign} 100" for sign in "甲乙丙丁戊己庚辛壬癸")
    worker_list.add_workers_from_lines(case, ten, actor(), out_of=person)
    assert (case.headcount, case.title) == (20, "巴特尔等几十人")
    more = "\n".join(f"民工{a}{b} 100" for a in "甲乙丙丁" for b in "子丑寅卯辰")
    worker_list.add_workers_from_lines(case, more, actor(), out_of=person)  # more than the words were counted as
    assert (case.headcount, case.title, case.as_told) == (31, "巴特尔等31人", {})
    assert not digests.verify()


def test_an_exact_number_takes_the_words_away(case, actor):
    person = case.parties[0]
    parties.change_party(case, person, {"headcount": 20, "headcount_told": "几十人"}, actor())
    assert parties.change_party(case, person, {"headcount": 20, "headcount_told": "二十来人"}, actor()) == ["headcount"]
    assert case.title == "巴特尔等二十来人"
    parties.change_party(case, person, {"address": "城南"}, actor())
    parties.add_party(case, {"side": "applicant", "part": "worker", "name": "苏日娜", "headcount": 1,
                             "headcount_told": ""}, actor())
    assert (case.title, case.headcount) == ("巴特尔等二十来人", 21)
    assert parties.change_party(case, person, {"headcount": 20, "headcount_told": ""}, actor()) == ["headcount"]
    assert (case.title, case.headcount) == ("巴特尔等21人", 21)


def test_a_natural_person_pays_without_a_number_when_somebody_says_why(case, actor):
    boss = case.parties[1]
    with pytest.raises(Refused) as refused:
        parties.resolve_respondent(case, boss, actor(), person={"name": "李志强"})
    assert fields(refused) == [("identity", "")]
    parties.resolve_respondent(case, boss, actor(), person={"name": "李志强", "identity_note": "人在外地，只有电话"})
    assert (boss.name, boss.identity, boss.identity_note) == ("李志强", "", "人在外地，只有电话")
    assert facts.of(case, actor().today).has_named_respondent and name_respondent.unnamed(case) == []
    parties.resolve_respondent(case, boss, actor(), person={"name": "李志强", "identity": "11010519491231002X"})
    assert (boss.identity, boss.identity_note) == ("11010519491231002X", "")
    assert not digests.verify()
