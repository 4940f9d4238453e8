"""Bringing a register in: the dry run writes no case, what is marked is taken block by block, a break leaves whole
blocks, the same file comes in once, an import is undone as a whole."""
from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select, update

from mediation import tables
from mediation.extensions import db
from mediation.models import Case, Employer, Event, ImportBatch, ImportRow, Party
from mediation.queries import imports as queries
from mediation.queries.figures import statistics
from mediation.queries.house import checks, digests
from mediation.rules import ledger
from mediation.rules.imports import mapping as mappings
from mediation.rules.imports import states
from mediation.rules.imports.fields import LEFT
from mediation.rules.imports.mapping import Mapping
from mediation.rules.language import Refused
from mediation.rules.people.identity import credit_check_digit
from mediation.services.cases import intake, moves
from mediation.services.cases.late_block import Block
from mediation.services.imports import back, judging, staging, taking
from mediation.services.imports.reading import Reader
from tests import house
from tests.imports import BAD, GOOD, HEAD, stage, table, take


def cases() -> list[Case]:
    return list(db.session.scalars(select(Case).order_by(Case.id)))


@pytest.fixture
def lead(actor):
    return actor("lead")


def test_the_dry_run_writes_no_case_and_marks_every_row(lead):
    batch = stage(lead, *GOOD, BAD)
    found = queries.counts(batch)
    assert cases() == []
    assert (found.good, found.hold, found.marks["left"]) == (2, 1, 3)
    assert {kind: n for kind, n in found.kinds.items() if kind != "case"} == {"title": 1, "heading": 1, "total": 1}
    assert (batch.tally["cases"], batch.tally["people"]) == (2, 28)
    said = [text.zh for _row, _place, text, stops in judging.problems(Reader(batch, lead.today), lead) if stops]
    assert said == ["看不懂这个金额，可以写 12000.50 或 1.2万"]


def test_what_is_good_is_taken_once_with_one_event_each_and_the_rest_stays(lead):
    batch = stage(lead, *GOOD, BAD)
    take(batch, lead)
    first, second = cases()
    assert (first.number, first.title, first.headcount) == ("urad-middle-2025-0001", "谭某等27人", 27)
    assert (first.received_on, first.accepted_on.isoformat(), first.is_late_entry) == (None, "2025-03-04", True)
    assert (first.claimed_fen, first.agreed_fen, first.arrived_fen) == (40000000, 30000000, 25000000)
    assert second.number == "urad-middle-2025-0002"
    assert (second.accepted_on, second.as_told["accepted_on"], second.outcome) == (None, "2025.5", "FAILED")
    assert {row.kind for row in db.session.scalars(select(Event).where(Event.stream.like("case:%")))} == {"imported"}
    assert (batch.state, queries.counts(batch).hold) == ("done", 1)
    assert next(p.phone_tail for p in first.parties if p.side == "applicant") == "2200"
    assert checks.run() == []
    assert digests.verify() == []


def test_a_corrected_row_is_read_anew_and_taken(lead):
    batch = stage(lead, BAD)
    with pytest.raises(Refused):
        taking.begin(batch, lead)
    columns = {one.heading: one.place for one in Reader(batch, lead.today).mapping.columns}
    staging.mend(batch, 3, {columns["受理日期"]: "2025-05-06", columns["联系电话"]: "13847862201",
                            columns["诉求金额（元）"]: "3000"}, lead)
    list(judging.judge(batch, lead))
    take(batch, lead)
    assert [(case.title, case.claimed_fen) for case in cases()] == [("巴特尔", 300000)]


def test_the_totals_of_rows_that_were_read_again_are_added_up_while_others_may_write(lead, monkeypatch):
    batch = stage(lead, *GOOD, BAD)
    staging.mend(batch, 5, {4: "13847862211"}, lead)
    db.session.commit()
    is_locked, readings = [], judging.readings
    monkeypatch.setattr(judging, "readings", lambda *given: is_locked.append(
        db.session().in_transaction()) or readings(*given))
    for _number in judging.judge(batch, lead):
        db.session.commit()
    assert is_locked == [False]
    assert (batch.tally["cases"], batch.tally["people"]) == (2, 28)


def test_a_corrected_row_has_only_its_part_of_the_file_added_up_again_and_who_stops_goes_on(lead, monkeypatch):
    monkeypatch.setattr(states, "PART", 2)
    batch = stage(lead, *GOOD, BAD, *GOOD)
    whole = dict(batch.tally)
    read, readings = [], judging.readings
    monkeypatch.setattr(judging, "readings", lambda reader, first: read.append(first) or readings(reader, first))
    staging.mend(batch, 5, {4: "13847862211", 0: "2025-05-06", 7: "3000"}, lead)
    list(judging.judge(batch, lead))
    assert read == [4]
    assert (batch.tally["cases"], batch.tally["sums"]["claimed_fen"][""]) == (
        whole["cases"] + 1, whole["sums"]["claimed_fen"][""] + 300_000)
    read.clear()
    batch.tally = {}
    db.session.commit()
    for _step in judging.judge(batch, lead):
        db.session.commit()
        if len(read) == 2:
            break
    assert not judging.is_judged(batch)
    list(judging.judge(batch, lead))
    assert (read, batch.tally["cases"]) == ([0, 2, 4, 6, 8], whole["cases"] + 1)


def test_rows_with_problems_go_out_as_a_workbook_and_come_back(lead):
    batch = stage(lead, *GOOD, BAD)
    data = back.workbook(Reader(batch, lead.today), lead)
    [sheet] = [one for one in tables.read(data, "问题.xlsx") if one.name == back.SHEET]
    rows = [row.texts() for row in sheet.rows]
    assert (rows[0][0], rows[1][0], rows[0][-1]) == ("行号", "5", "要看的")
    assert back.bring(batch, sheet, lead) == 0
    header, row = rows[0], rows[1]
    row[header.index("受理日期")], row[header.index("联系电话")] = "2025-05-06", ""
    row[header.index("诉求金额（元）")] = "3000"
    text = "\n".join(",".join(line) for line in (header, row)).encode()
    assert back.bring(batch, tables.read(text, "改好.csv")[0], lead) == 1
    list(judging.judge(batch, lead))
    assert queries.counts(batch).good == 3
    with pytest.raises(Refused):
        back.bring(batch, table(*GOOD)[1], lead)


def test_a_break_leaves_whole_blocks_and_it_goes_on_from_there(lead, monkeypatch):
    """R57: import of many rows."""
    monkeypatch.setattr(taking, "BLOCK", 2)
    store = Block.store
    rows = [f"2025-03-{n:02d},来访,工人{n}号,1,,第{n}公司,劳动报酬,{n}000,调解不成,,,2025-04-01," for n in range(1, 6)]
    batch = stage(lead, *rows)
    taking.begin(batch, lead)
    steps = taking.take(batch, lead)
    assert [next(steps), next(steps)] == [0, 2]
    db.session.commit()

    def broken(block):
        store(block)
        raise KeyboardInterrupt
    monkeypatch.setattr(Block, "store", broken)
    with pytest.raises(KeyboardInterrupt):
        next(steps)
    db.session.rollback()
    monkeypatch.setattr(Block, "store", store)
    batch = db.session.get_one(ImportBatch, batch.id)
    assert (batch.state, len(cases()), queries.counts(batch).taken) == ("running", 2, 2)
    list(taking.take(batch, lead))
    assert [case.number[-4:] for case in cases()] == ["0001", "0002", "0003", "0004", "0005"]
    assert (batch.state, checks.run(), digests.verify()) == ("done", [], [])


def test_of_a_block_that_no_longer_fits_no_more_is_taken_than_others_may_wait_for(lead, monkeypatch):
    monkeypatch.setattr(Block, "fits", lambda block: False)  # as where somebody registers a case each time
    monkeypatch.setattr(taking.Pace, "again", lambda pace, rows: min(rows, 2))
    batch = stage(lead, *(f"2025-03-{n:02d},来访,工人{n}号,1,,第{n}公司,劳动报酬,{n}000,调解不成,,,2025-04-01,"
                          for n in range(1, 6)))
    taking.begin(batch, lead)
    db.session.commit()
    found = []
    for taken in taking.take(batch, lead):
        db.session.commit()
        found.append(taken)
    assert found == [0, 2, 4, 5, 5]
    assert [case.number[-4:] for case in cases()] == ["0001", "0002", "0003", "0004", "0005"]
    assert (checks.run(), digests.verify()) == ([], [])


def test_undoing_that_is_broken_off_goes_on_from_there(lead, monkeypatch):
    monkeypatch.setattr(taking, "BLOCK", 2)
    batch = stage(lead, *(f"2025-03-{n:02d},来访,工人{n}号,1,,第{n}公司,劳动报酬,{n}000,调解不成,,,2025-04-01," for n in range(1, 6)))
    take(batch, lead)
    taking.undo(batch, "选错了台账", lead)
    steps = taking.void(batch, lead)
    next(steps)
    db.session.commit()
    steps.close()
    batch = db.session.get_one(ImportBatch, batch.id)
    voided = [case.voided_on is not None for case in cases()]
    assert (batch.state, voided) == ("undoing", [True, True, False, False, False])
    list(taking.void(batch, lead))
    assert (batch.state, all(case.voided_on for case in cases())) == ("undone", True)
    assert (checks.run(), digests.verify()) == ([], [])


def test_a_sheet_that_was_read_in_part_is_given_up_and_nothing_else(lead, monkeypatch):
    monkeypatch.setattr(staging, "BLOCK", 1)
    _data, sheet = table(*GOOD)
    batch = staging.stage(lead, sheet, "台账.csv", "0" * 64, house.get_station("practice").id)
    steps = staging.rows(batch, sheet)
    next(steps), next(steps)
    steps.close()
    _layout, mapping = staging.propose(batch)
    with pytest.raises(Refused) as refused:
        staging.settle(batch, mapping, lead)
    assert refused.value.problems[0].text.zh.startswith("这个文件只读入了一半就断了")
    list(staging.drop(batch, lead))
    assert queries.counts(batch).marks == {}


@pytest.mark.postgresql
def test_settled_anew_every_row_is_read_again(lead):
    batch = stage(lead, *GOOD)
    mapping = Reader(batch, lead.today).mapping
    place = next(one.place for one in mapping.columns if one.field == "claimed_fen")
    staging.settle(batch, mappings.choose(mapping, {place: LEFT}), lead)
    with pytest.raises(Refused):
        taking.begin(batch, lead)
    list(judging.judge(batch, lead))
    take(batch, lead)
    assert [case.claimed_fen for case in cases()] == [None, None]


@pytest.mark.postgresql
def test_an_import_that_was_given_up_in_part_can_only_be_given_up(lead):
    batch = stage(lead, *GOOD)
    steps = staging.drop(batch, lead)
    next(steps)
    db.session.commit()
    steps.close()
    for go_on in (lambda: taking.begin(batch, lead), lambda: staging.settle(batch, Reader(batch, lead.today).mapping, lead)):
        with pytest.raises(Refused):
            go_on()
    list(staging.drop(batch, lead))
    assert (batch.state, queries.counts(batch).marks) == ("dropped", {})


def test_the_same_file_comes_in_once(lead):
    """R57: import of many rows."""
    take(stage(lead, *GOOD), lead)
    with pytest.raises(Refused) as refused:
        stage(lead, *GOOD)
    assert "已导入过" in refused.value.problems[0].text.zh
    assert len(cases()) == 2


def test_two_who_read_the_same_file_take_it_once(lead, actor):
    mine, theirs = stage(lead, *GOOD), stage(actor("supervisor"), *GOOD)
    take(mine, lead)
    with pytest.raises(Refused):
        taking.begin(theirs, actor("supervisor"))
    assert len(cases()) == 2


def test_rows_that_are_there_already_are_held_until_wanted(lead):
    take(stage(lead, *GOOD), lead)
    batch = stage(lead, GOOD[0], GOOD[0].replace("分两次付", "一次付清"), "2025-07-01,来访,新人,1,,某厂,劳动报酬,100,调解不成,,,,")
    said = {row: text.zh for row, _place, text, stops in judging.problems(Reader(batch, lead.today), lead) if stops}
    assert "以前的导入里已有这一件（2025-0001）" in said[3]
    assert queries.counts(batch).good == 1
    staging.mend(batch, 3, {}, lead, is_wanted=True)
    list(judging.judge(batch, lead))
    assert queries.counts(batch).good == 2


def test_an_import_is_undone_as_a_whole_while_nobody_has_worked_on_it(lead):
    batch = stage(lead, *GOOD)
    take(batch, lead)
    before = statistics.summary(lead, "2025").get("accepted").value
    taking.undo(batch, "选错了年份", lead)
    list(taking.void(batch, lead))
    assert (before, statistics.summary(lead, "2025").get("accepted").value) == (1, 0)
    assert (batch.state, {case.void_reason for case in cases()}) == ("undone", {"选错了年份"})
    assert (checks.run(), digests.verify()) == ([], [])
    again = stage(lead, *GOOD)
    assert queries.counts(again).good == 2


def test_it_is_not_undone_once_somebody_has_worked_on_a_case(lead):
    batch = stage(lead, *GOOD)
    take(batch, lead)
    moves.move(cases()[0], "log_contact", {"happened_on": lead.today, "way": "phone", "reached": True}, lead)
    with pytest.raises(Refused) as refused:
        taking.undo(batch, "选错了年份", lead)
    assert "1件已有人办过" in refused.value.problems[0].text.zh
    assert batch.state == "done"


def test_rows_of_one_case_become_one_case_though_the_dry_run_broke_off(lead, monkeypatch):
    monkeypatch.setattr(judging, "BLOCK", 2)
    head = "number,line_number,employer_name,date_opened,amount_claimed,amount_assessed,amount_paid"
    mapping = Mapping.from_json('{"columns": [{"heading": "number", "field": "number"}, {"heading": "line_number", "field": '
                                '"line_number"}, {"heading": "employer_name", "field": "respondent"}, {"heading": '
                                '"date_opened", "field": "received_on"}, {"heading": "amount_claimed", "field": '
                                '"claimed_fen"}, {"heading": "amount_assessed", "field": "assessed_fen"}, {"heading": '
                                '"amount_paid", "field": "arrived_fen"}], "fold": "number", "currency": "USD"}')
    rows = ("A-000017,1,Acme Inc,2024-03-04,100,90,50", "A-000018,1,Other Inc,2024-03-05,10,,", "A-000017,2,Acme Inc,,20,5,5")
    data = "\n".join([head, *rows]).encode()
    sheet = tables.read(data, "us.csv")[0]
    batch = staging.stage(lead, sheet, "us.csv", hashlib.sha256(data).hexdigest(), house.get_station("practice").id)
    list(staging.rows(batch, sheet))
    layout, _proposed = staging.propose(batch)
    staging.settle(batch, mappings.fit(mapping, layout), lead)
    for until in (2, None):
        for number in judging.judge(batch, lead):
            db.session.commit()
            if number == until:
                break
    assert queries.counts(batch).marks == {"left": 1, "good": 2, "part": 1}
    take(batch, lead)
    assert [(case.claimed_fen, case.assessed_fen, case.arrived_fen) for case in cases()] == [
        (12000, 9500, 5500), (1000, None, 0)]
    assert house.get_station("urad-middle").currency == "USD"
    yuan = stage(lead, *GOOD)
    with pytest.raises(Refused) as refused:
        taking.begin(yuan, lead)
    assert "两种货币不能相加" in refused.value.problems[0].text.zh


def test_staged_numbers_are_sealed_and_a_given_up_import_leaves_none(lead):
    batch = stage(lead, *GOOD)
    sealed = db.session.scalars(select(ImportRow.cells_sealed)).all()
    assert all("13847862200" not in cells and "谭某" not in cells for cells in sealed)
    list(staging.drop(batch, lead))
    assert (batch.state, db.session.scalar(select(func.count()).select_from(ImportRow))) == ("dropped", 0)
    assert digests.verify() == []


def test_employers_of_a_credit_code_are_registered_once(lead):
    code = "91150824MA0N5KQY3" + credit_check_digit("91150824MA0N5KQY3")
    head = HEAD + ",统一社会信用代码,法定代表人"
    rows = [f"2025-03-{n:02d},来访,工人{n}号,1,,{name},劳动报酬,{n}000,调解不成,,,2025-04-01,,{code},王五"
            for n, name in enumerate(("宏远劳务公司", "宏远"), 1)]
    take(stage(lead, *rows, head=head), lead)
    employer = db.session.scalars(select(Employer)).one()
    assert (employer.name, employer.credit_code, employer.legal_person) == ("宏远劳务公司", code, "王五")
    others = [party for case in cases() for party in case.parties if party.side == "respondent"]
    assert [(party.name, party.as_told, party.employer_id) for party in others] == [
        ("宏远劳务公司", "宏远劳务公司", employer.id), ("宏远劳务公司", "宏远", employer.id)]
    assert (checks.run(), digests.verify()) == ([], [])


def test_only_who_may_import_there_does(actor):
    for username in ("mediator", "auditor", "liaison", "admin"):
        with pytest.raises(intake.moves.Forbidden):
            stage(actor(username), *GOOD)
    with pytest.raises(Refused):
        stage(actor("lead"), *GOOD, station="window")
    with pytest.raises(Refused):
        stage(actor("supervisor2"), *GOOD)
    assert stage(actor("supervisor"), *GOOD, station="window").union_id == house.get_station("urad-middle").id


def test_a_kept_mapping_and_explained_headings_are_offered_again(lead):
    head = HEAD.replace("被申请人", "老赖")
    _data, sheet = table(*GOOD, head=head)
    batch = staging.stage(lead, sheet, "台账.csv", "1" * 64, house.get_station("practice").id)
    list(staging.rows(batch, sheet))
    _layout, proposed = staging.propose(batch)
    place = next(one.place for one in proposed.columns if one.heading == "老赖")
    assert next(one.field for one in proposed.columns if one.place == place) == ""
    staging.settle(batch, mappings.choose(proposed, {place: "respondent"}), lead, keep_as="旗里的台账")
    other = staging.stage(lead, sheet, "台账二.csv", "2" * 64, house.get_station("practice").id)
    list(staging.rows(other, sheet))
    assert next(one.field for one in staging.propose(other)[1].columns if one.place == place) == "respondent"
    assert queries.words(batch.union_id) == {"老赖": "respondent"}


def test_names_of_the_list_become_people(lead):
    batch = stage(lead, GOOD[0].replace("谭某等27人", "甲某、乙某、丙某"))
    take(batch, lead)
    assert sorted(db.session.scalars(select(Party.name).where(Party.side == "applicant"))) == ["丙某", "乙某", "甲某"]
    assert cases()[0].headcount == 3


def test_what_an_authority_assessed_stands_beside_the_claim_in_the_ledger(lead):
    batch = stage(lead, "2025-03-04,巴特尔,城北公司,劳动报酬,5000,4200.50", head="受理日期,申请人,被申请人,争议类型,诉求金额（元）,核定金额（元）")
    take(batch, lead)
    [case] = cases()
    assert (case.claimed_fen, case.assessed_fen) == (500000, 420050)
    assert "assessed_fen" in [column.key for column in ledger.CASES]


@pytest.mark.parametrize("changed", [{"number": 99}, {"case_id": None}, {"case_id": 2}])
def test_a_row_that_leads_to_another_case_than_the_journal_says_is_found(lead, changed):
    """An import is undone by its rows: one that was changed by hand would void a case of somebody else."""
    batch = stage(lead, *GOOD)
    take(batch, lead)
    first, second = (case.number for case in cases())
    assert checks.run() == []
    db.session.execute(update(ImportRow).where(ImportRow.case_id == 1).values(changed))
    said = {fault.place for fault in checks.run() if "导入的行" in fault.zh}
    assert said == ({first, second} if changed.get("case_id") else {first})
