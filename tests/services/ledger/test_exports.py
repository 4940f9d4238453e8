"""Exports on record, whole numbers by two persons, and event sheets that prove themselves offline."""
from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text, update

from mediation import sheets
from mediation.data import checker
from mediation.extensions import db
from mediation.models import AccessLog, Case, Event, ExportRun
from mediation.queries.house import digests
from mediation.queries.ledger import export
from mediation.queries.ledger import exports as queries
from mediation.queries.ledger import selection as selections
from mediation.rules.language import Refused
from mediation.services import journal
from mediation.services import ledger as service
from mediation.services.cases import moves
from mediation.services.house import accounts
from mediation.services.house import admin as services
from mediation.services.house.admin import Place
from mediation.services.ledger import Result
from tests import exports, house, prepared

pytestmark = pytest.mark.postgresql

CASES = {"sheet": "cases"}
RESULT = Result(4, 67, "a" * 64, "b" * 64)


def told(kind: str) -> int:
    return db.session.scalars(select(Event.kind)).all().count(kind)


@pytest.fixture
def made(inside):
    return exports.cases_of(prepared.once(inside, exports.furnish_app))


def last_event() -> Event:
    return db.session.scalars(select(Event).where(Event.is_of_house()).order_by(Event.id.desc()).limit(1)).one()


# On record


def test_an_export_is_written_down_first_and_finished_at_the_end(made):
    actor = house.actor("auditor")
    row = service.begin(selections.read({**CASES, "period": "2026"}), "csv", actor)
    assert (row.is_complete, row.finished_at, row.filters) == (False, None, {"by": "accepted", "period": "2026"})
    look = db.session.scalars(select(AccessLog).where(AccessLog.kind == "export")).one()
    assert look.object == "cases.csv" and "period=2026" in look.detail
    service.finish(row.id, RESULT, actor, datetime.now(UTC))
    assert (row.is_complete, row.rows, row.columns, row.sha256) == (True, 4, 67, "a" * 64)
    event = last_event()
    assert event.kind == "exported" and '"is_masked":true' in event.data and '"rows":4' in event.data
    assert "a" * 64 in event.data and "b" * 64 in event.data
    assert list(digests.verify_chains()) == []


def test_an_export_is_finished_once(made):
    actor = house.actor("auditor")
    row = service.begin(selections.read(CASES), "csv", actor)
    service.finish(row.id, RESULT, actor, actor.now)
    service.finish(row.id, RESULT, actor, actor.now)  # the answer to the first was lost
    assert told("exported") == 1
    with pytest.raises(Refused):
        service.finish(row.id, replace(RESULT, sha256="0" * 64), actor, actor.now)


def test_one_at_a_time_for_each_account_in_all_processes(tmp_path):
    held = service.Running(tmp_path / "tmp")
    held.enter(1)
    held.enter(2)
    with pytest.raises(Refused):
        held.enter(1)
    held.leave(1)
    held.enter(1)
    held.enter(None)
    held.enter(None)
    code = ("import sys, pathlib; from mediation.services import ledger\nfrom mediation.rules.language import Refused\n"
            "other = ledger.Running(pathlib.Path(sys.argv[1]))\nother.enter(3)\n"
            "try:\n    other.enter(1)\nexcept Refused:\n    print('refused')")
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path / "tmp")], capture_output=True, text=True, check=True)
    assert told.stdout == "refused\n"
    held.enter(3)  # whoever held it has gone


def test_one_at_a_time_on_all_machines_of_a_database(made, tmp_path):
    """Two machines share no folder; on SQLite there is but one."""
    is_shared = db.engine.dialect.name == "postgresql"
    one, other = (service.Running(tmp_path / name, db.engine if is_shared else None) for name in ("one", "other"))
    one.enter(1)
    other.enter(2)
    if is_shared:
        with pytest.raises(Refused):
            other.enter(1)
        assert other.progress(1) is None
    one.leave(1)
    other.enter(1)
    for account in (1, 2):
        other.leave(account)


def test_an_unknown_form_is_refused(made):
    with pytest.raises(Refused):
        service.begin(selections.read(CASES), "pdf", house.actor("auditor"))


# Whole numbers


def test_whole_numbers_need_a_reason_and_the_right(made):
    selection = selections.read(CASES)
    with pytest.raises(Refused) as refusal:
        service.ask(selection, "csv", "  ", house.actor("supervisor"))
    assert refusal.value.problems[0].field == "reason"
    for name in ("mediator", "lead", "auditor", "liaison", "admin"):
        with pytest.raises(moves.Forbidden):
            service.ask(selection, "csv", "银行代发", house.actor(name))
    with pytest.raises(Refused):
        service.ask(selections.read({"sheet": "claims"}), "csv", "银行代发", house.actor("supervisor"))


def test_nobody_approves_himself_and_nobody_without_the_right_or_reach(made):
    row = service.ask(selections.read(CASES), "csv", "银行代发", house.actor("supervisor"))
    with pytest.raises(Refused):
        service.approve(row.id, house.actor("supervisor"))
    for name in ("mediator", "auditor", "admin", "supervisor2"):
        with pytest.raises(moves.Forbidden):
            service.approve(row.id, house.actor(name))
    with pytest.raises(Refused):
        service.begin_unmasked(row.id, house.actor("supervisor"))


def second() -> object:
    """A supervisor of the level above."""
    above = house.get_station("region")
    return replace(house.actor("supervisor2"), station_id=above.id, station_path=above.path)


def test_an_approved_one_is_taken_once_within_a_day_by_who_asked(made):
    asker = house.actor("supervisor")
    row = service.ask(selections.read(CASES), "csv", "银行代发", asker)
    service.approve(row.id, second())
    assert last_event().kind == "export_approved"
    with pytest.raises(moves.Forbidden):
        service.begin_unmasked(row.id, second())
    with pytest.raises(Refused):
        service.begin_unmasked(row.id, replace(asker, now=asker.now + timedelta(hours=25)))
    service.begin_unmasked(row.id, asker)
    with pytest.raises(Refused):
        service.begin_unmasked(row.id, asker)
    service.finish(row.id, RESULT, asker, asker.now)
    assert '"is_masked":false' in last_event().data and f'"approved_by":{row.approved_by_id}' in last_event().data


def test_a_masked_export_cannot_be_approved_into_an_open_one(made):
    row = service.begin(selections.read(CASES), "csv", house.actor("supervisor"))
    for act in (service.approve, service.begin_unmasked):
        with pytest.raises(Refused):
            act(row.id, second())


def test_an_approval_ends_with_the_place_of_the_asker(made):
    """Moved to another union and back in service, the asker does not carry the approval along."""
    asker = house.actor("supervisor")
    row = service.ask(selections.read(CASES), "csv", "银行代发", asker)
    service.approve(row.id, second())
    person, place = house.get_user("supervisor"), Place("supervisor", house.get_station("example"))
    services.change_user(person, person.name, place, house.actor("admin"))
    with pytest.raises(Refused) as refusal:
        service.approve(row.id, second())
    assert "重新确认" in refusal.value.problems[0].text.zh
    accounts.confirm(person, second())
    with pytest.raises(Refused):
        service.begin_unmasked(row.id, house.actor("supervisor"))


def test_nothing_is_approved_for_a_disabled_account(made):
    row = service.ask(selections.read(CASES), "csv", "银行代发", house.actor("supervisor"))
    accounts.disable(house.get_user("supervisor"), "停职", house.actor("admin"))
    with pytest.raises(Refused):
        service.approve(row.id, second())


def test_an_approved_file_is_found_however_many_followed(made):
    asker = house.actor("supervisor")
    row = service.ask(selections.read(CASES), "csv", "银行代发", asker)
    for _ in range(120):
        service.begin(selections.read(CASES), "csv", asker)
    assert queries.find_run(row.id, asker).id == row.id
    assert queries.find_run(row.id, house.actor("supervisor2")) is None


# Chains that prove themselves


@pytest.fixture
def events(made, tmp_path) -> list[list[str]]:
    """The cells of an exported sheet of events, heading and last row included."""
    journal.seal(house.actor("auditor"))
    db.session.commit()
    one = export.open_export(selections.read({"sheet": "events"}), house.actor("auditor"), tmp_path / "tmp")
    data = b"".join(one.csv())
    one.close()
    (tmp_path / "events.csv").write_bytes(data)
    assert one.rows == one.count == len(data.decode().splitlines()) - 2
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def written(rows: list[list[str]], path) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def run_checker(tmp_path, *words: str) -> subprocess.CompletedProcess:
    """The file as it is handed out, in a folder of its own, without the program."""
    alone = tmp_path / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "checker.py").write_bytes((sheets.DATA / "checker.py").read_bytes())
    return subprocess.run([sys.executable, "-I", "checker.py", *words], cwd=alone, capture_output=True, text=True,
                          encoding="utf-8")


def test_a_sound_sheet_is_found_sound(events, tmp_path):
    done = run_checker(tmp_path, str(tmp_path / "events.csv"))
    assert done.returncode == 0 and "完整" in done.stdout, done.stdout + done.stderr
    assert list(digests.verify_file(str(tmp_path / "events.csv"))) == []
    streams = [row[0] for row in events[1:-1]]
    assert streams == sorted(streams, key=streams.index) and len(set(streams)) == 4
    assert {row[9] for row in events[1:-1]} >= {"由王调解承办"}


def test_every_single_cell_that_is_changed_is_found(events):
    missed = []
    for n, row in enumerate(events):
        for place, cell in enumerate(row):
            for other in (cell + "0", cell[1:] if cell else "x"):
                changed = [*events[:n], [*row[:place], other, *row[place + 1:]], *events[n + 1:]]
                found = next(checker.check_rows(changed), None)
                if found is None or found.row > n + 2:
                    missed.append((n, place, found))
    assert missed == []


def test_every_row_that_is_deleted_or_doubled_is_found(events):
    for n in range(len(events)):
        assert list(checker.check_rows([*events[:n], *events[n + 1:]])), f"row {n + 1} deleted"
        assert list(checker.check_rows([*events[:n], events[n], *events[n:]])), f"row {n + 1} doubled"


def test_every_pair_of_rows_that_is_swapped_is_found(events):
    """R50: hash chain finds."""
    rows = events[1:]
    for a in range(len(rows)):
        for b in range(a + 1, len(rows)):
            swapped = [*rows]
            swapped[a], swapped[b] = rows[b], rows[a]
            assert list(checker.check_rows([events[0], *swapped])), (a, b)


def test_a_forger_who_reckons_the_rows_anew_breaks_the_chain(events):
    """With every row hash made to fit, a changed entry still does not fit its own hash, nor the next one."""
    forged = [list(row) for row in events]
    forged[3][6] = forged[3][6].replace("A", "B") + " "
    above = checker.row_hash("", forged[0])
    for row in forged[1:]:
        row[-1] = above = checker.row_hash(above, row[:-1])
    found = list(checker.check_rows(forged))
    assert [broken.row for broken in found] == [4] and "内容被改过" in found[0].zh


def test_a_whole_chain_that_is_taken_out_is_missed(events):
    gone = events[1][0]
    forged = [row for row in events if row[0] != gone]
    above = checker.row_hash("", forged[0])
    for row in forged[1:]:
        row[-1] = above = checker.row_hash(above, row[:-1])
    assert {broken.zh for broken in checker.check_rows(forged)} == {"条数与末行不符", "链数与末行不符", "链尾与末行不符"}


@pytest.mark.parametrize("keep", [0, 1, 5, -1])
def test_a_file_that_was_cut_is_told(events, tmp_path, keep):
    done = run_checker(tmp_path, written(events[:keep], tmp_path / "cut.csv"))
    assert done.returncode == 1 and "截断" in done.stdout


def test_the_checker_names_the_first_broken_link(events, tmp_path):
    changed = [list(row) for row in events]
    changed[4][9] = "别的话"
    done = run_checker(tmp_path, written(changed, tmp_path / "changed.csv"))
    assert done.returncode == 1 and "第5行 row 5" in done.stdout and f"{events[4][0]} #{events[4][1]}" in done.stdout


def test_the_checker_compares_digest_and_seal(events, tmp_path):
    path = str(tmp_path / "events.csv")
    good, seal = checker.file_sha256(path), checker.last_seal(path)
    assert seal and run_checker(tmp_path, path, "--sha256", good, "--seal", seal).returncode == 0
    assert run_checker(tmp_path, path, "--sha256", "0" * 64).returncode == 1
    assert run_checker(tmp_path, path, "--seal", "0" * 64).returncode == 1


@pytest.fixture
def workbook(events, tmp_path) -> Path:
    """The same sheet of events as an XLSX file."""
    one = export.open_export(selections.read({"sheet": "events"}), house.actor("auditor"), tmp_path / "tmp")
    one.write_xlsx(tmp_path / "events.xlsx")
    one.close()
    return tmp_path / "events.xlsx"


def test_the_checker_reads_the_workbook_as_it_reads_the_text(events, workbook, tmp_path):
    assert list(checker.read_rows(str(workbook))) == events
    done = run_checker(tmp_path, str(workbook), "--seal", checker.last_seal(str(tmp_path / "events.csv")))
    assert done.returncode == 0 and "完整" in done.stdout, done.stdout + done.stderr
    assert list(digests.verify_file(str(workbook))) == []


def edited(workbook: Path, edit, sheet: int = 0) -> Path:
    """What a spreadsheet program leaves behind after a change by hand."""
    book = load_workbook(workbook)
    edit(book.worksheets[sheet])
    book.save(workbook.with_name("edited.xlsx"))
    return workbook.with_name("edited.xlsx")


def test_a_change_in_the_workbook_is_found(events, workbook, tmp_path):
    assert run_checker(tmp_path, str(edited(workbook, lambda sheet: None))).returncode == 0  # opened and saved again
    done = run_checker(tmp_path, str(edited(workbook, lambda sheet: setattr(sheet["J5"], "value", "别的话"))))
    assert done.returncode == 1 and "第5行 row 5" in done.stdout
    assert run_checker(tmp_path, str(edited(workbook, lambda sheet: sheet.delete_rows(4)))).returncode == 1

    def swap(sheet):
        for one, other in zip(sheet[3], sheet[4], strict=True):
            one.value, other.value = other.value, one.value
    assert run_checker(tmp_path, str(edited(workbook, swap))).returncode == 1
    told = run_checker(tmp_path, str(edited(workbook, lambda sheet: [
        setattr(row[1], "value", "0" * 64) for row in sheet.iter_rows() if row[0].value == "SHA-256"], 1)))
    assert told.returncode == 1 and "说明页的 SHA-256" in told.stdout


def test_a_workbook_that_was_cut_is_told(workbook, tmp_path):
    (tmp_path / "cut.xlsx").write_bytes(workbook.read_bytes()[:-200])
    done = run_checker(tmp_path, str(tmp_path / "cut.xlsx"))
    assert done.returncode == 1 and "不是完整的 CSV 或 XLSX 文件" in done.stdout and "Traceback" not in done.stderr


def test_the_checker_reads_no_nonsense(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00a\n")
    (tmp_path / "quote.csv").write_bytes(b'"a,b')
    assert run_checker(tmp_path, str(tmp_path / "bytes.csv")).returncode == 1
    assert run_checker(tmp_path, str(tmp_path / "quote.csv")).returncode == 1
    assert run_checker(tmp_path, str(tmp_path / "nothing.csv")).returncode == 2


def test_a_sheet_of_another_database_is_not_ours(events, tmp_path):
    """Whole in itself, but its entries are not in the database."""
    db.session.execute(text("DROP TRIGGER IF EXISTS keep_event_update")) if db.engine.dialect.name == "sqlite" else (
        db.session.execute(text("DROP TRIGGER keep_event ON event")))
    db.session.execute(text("UPDATE event SET hash = 'x' || substr(hash, 2) WHERE id = (SELECT max(id) FROM event WHERE stream LIKE 'case:%')"))
    found = list(digests.verify_file(str(tmp_path / "events.csv")))
    assert found and "库中没有" in found[0].zh


# At the terminal


def test_the_command_writes_a_file_and_a_record(app, tmp_path):
    numbers = prepared.once(app, exports.furnish_app)
    runner = app.test_cli_runner()
    path = tmp_path / "cases.csv"
    done = runner.invoke(args=["export", "--sheet", "cases", "--period", "2026", "--by", "received", "--keys", "-o", str(path)])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    assert {row["number"] for row in rows} == {numbers[name] for name in ("one", "group", "fresh")}
    with app.app_context():
        run = db.session.scalars(select(ExportRun)).one()
        assert run.is_complete and run.rows == 3 and run.sha256 == checker.file_sha256(str(path))
        assert run.sha256 in last_event().data and last_event().actor_id is None


def test_the_command_writes_events_with_the_checker_beside_them(app, tmp_path):
    prepared.once(app, exports.furnish_app)
    runner = app.test_cli_runner()
    path = tmp_path / "events.csv"
    assert runner.invoke(args=["export", "--sheet", "events", "-o", str(path)]).exit_code == 0
    done = subprocess.run([sys.executable, "-I", str(tmp_path / "checker.py"), str(path)], capture_output=True)
    assert done.returncode == 0
    assert runner.invoke(args=["journal", "verify", "--file", str(path)]).exit_code == 0
    path.write_bytes(path.read_bytes().replace("登记案件".encode(), "登记案子".encode(), 1))
    broken = runner.invoke(args=["journal", "verify", "--file", str(path)])
    assert broken.exit_code == 1 and "第2行" in broken.output


def test_the_command_writes_xlsx(app, tmp_path):
    prepared.once(app, exports.furnish_app)
    path = tmp_path / "payments.xlsx"
    done = app.test_cli_runner().invoke(args=["export", "--sheet", "payments", "--format", "xlsx", "-o", str(path)])
    assert done.exit_code == 0 and path.read_bytes().startswith(b"PK") and list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("words", [
    ["--from", "2026-02-01", "--to", "2026-01-01"], ["--period", "nonsense"], ["--columns", "nonsense"],
    ["--station", "nowhere"], ["--channel", "Z"]])
def test_the_command_refuses_with_a_sentence_and_writes_nothing(app, tmp_path, words):
    path = tmp_path / "cases.csv"
    done = app.test_cli_runner().invoke(args=["export", "--sheet", "cases", *words, "-o", str(path)])
    assert done.exit_code == 1 and done.output.startswith("Error: ") and not path.exists()
    with app.app_context():
        assert db.session.scalars(select(ExportRun)).all() == []


def test_an_export_that_breaks_off_leaves_no_file_and_an_incomplete_mark(app, tmp_path, monkeypatch):
    prepared.once(app, exports.furnish_app)

    def broken(*_given):
        yield b"half"
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(sheets, "csv_blocks", broken)
    path = tmp_path / "cases.csv"
    done = app.test_cli_runner().invoke(args=["export", "--sheet", "cases", "-o", str(path)])
    assert done.exit_code != 0 and list(tmp_path.glob("cases*")) == []
    with app.app_context():
        run = db.session.scalars(select(ExportRun)).one()
        assert (run.is_complete, run.finished_at) == (False, None)


def test_the_command_takes_a_seal_kept_elsewhere_and_finds_a_row_changed_behind_it(app):
    """R52: head."""
    prepared.once(app, exports.furnish_app)
    runner = app.test_cli_runner()
    kept = runner.invoke(args=["journal", "seal"]).output.split()[1]
    assert len(kept) == 64 and runner.invoke(args=["journal", "verify", "--seal", kept]).exit_code == 0
    gone = runner.invoke(args=["journal", "verify", "--seal", "0" * 64])
    assert gone.exit_code != 0 and "封存码" in gone.output
    with app.app_context():
        case = db.session.scalars(select(Case).order_by(Case.id)).first()
        number = case.number
        db.session.execute(update(Case).where(Case.id == case.id).values(headcount=Case.headcount + 1))
        db.session.commit()
    broken = runner.invoke(args=["journal", "verify", "--seal", kept])
    assert broken.exit_code != 0 and number in broken.output


def test_a_crafted_file_is_broken_and_no_fault_of_the_checker(tmp_path):
    """A last row of a hundred thousand brackets, and a cell in a column that would fill the memory."""
    deep = tmp_path / "deep.csv"
    deep.write_text(f"{','.join('abcdefghijk')}\r\n{checker.END},1,,,,,{'[' * 100_000},,,,\r\n", encoding="utf-8")
    assert "条数与末行不符" in {broken.zh for broken in checker.check_file(str(deep))}
    assert checker.last_seal(str(deep)) == ""
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(far, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{checker.SPREADSHEET[1:-1]}"><row><c r="ZZZZZZZZ1"/></row>'
                                                  '</worksheet>')
    assert ["no cell: ZZZZZZZZ1" in broken.en for broken in checker.check_file(str(far))] == [True]
