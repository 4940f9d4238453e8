"""The measuring command says every figure with what it is made of, leaves nothing behind, and refuses clearly."""
from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime

import click
import pytest
from sqlalchemy import func, inspect, select, text

from mediation.cli.bench import bench, day, pages, papers, synthetic
from mediation.cli.bench.measures import Line
from mediation.models import Case, Claim, Party
from mediation.queries.cases import search
from mediation.queries.desk import tallies
from mediation.queries.figures import month_counts
from mediation.queries.house import checks, digests
from mediation.services.house import accounts, recomputed
from tests import house

EVERY = {
    "csv_twelve_ratio", "csv_twelve_memory_ratio", "csv_rate", "csv_first", "csv_whole_ratio", "csv_whole_memory_ratio",
    "xlsx_ratio", "xlsx_plain_ratio", "memory_csv", "memory_xlsx", "writer_held", "desk", "desk_supervisor",
    "backlog", "backlog_deep", "backlog_all", "any_deep", "filtered", "desk_auditor", "case", "statistics", "statistics_year", "ledger", "ledger_all", "search_name", "search_two",
    "search_rare", "search_tail", "search_initials", "create",
    "import_check", "import_ratio", "import_memory", "import_held",
    "paper_ratio", "workers_ratio", "most_workers_ratio", "volume_ratio", "volume_memory"}
ACTS = {"login", "list", "case", "case_rich", "desk_mediator", "desk_supervisor", "desk_auditor", "intake_form",
        "contact_form", "move", "register"}
JUDGED = {"csv_twelve_ratio", "csv_rate", "csv_whole_ratio", "xlsx_ratio", "memory_csv", "memory_xlsx", "writer_held"}
BY_COMMAND = {"csv", "acts"}
SHORT = [(day, "ROUNDS", 3), (day, "PAGES", 8), (pages, "MOST_TIMES", 1), (papers, "ROUNDS", 1), (papers, "WORKERS", 12),
         (papers, "MOST", 20), (papers, "SCANS", 12)]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where passing folders are made; empty at first."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(app, place):
    return lambda *words: app.test_cli_runner().invoke(args=["bench", *words])


def test_a_small_run_says_every_line_and_its_rows_are_sound(run, place, monkeypatch):
    """Two parts by the command, each in a process of its own; the others here, for as short as they can be."""
    kept = place / "kept"
    done = run("--cases", "200", "--json", "--keep", str(kept), "--only", ",".join(BY_COMMAND))
    assert done.exit_code == 0, done.output
    lines = json.loads(done.stdout)["lines"]
    assert {line["act"] for line in lines if _is_act(line)} == ACTS
    assert [path.name for path in place.iterdir()] == ["kept"]
    made = house.make_app(kept, TODAY=date.today().isoformat())
    with made.app_context():
        assert (checks.run(), digests.verify(), recomputed.faults(date.today())) == ([], [], [])
        house.db.session.remove()
        house.close_engines()
    monkeypatch.setenv("MEDIATION_INSTANCE", str(kept))
    for module, name, value in SHORT:
        monkeypatch.setattr(module, name, value)
    rest = [line for part in set(bench.USUAL) - BY_COMMAND for line in bench.PARTS[part](made)]
    assert {line["key"] for line in lines} | {line.key for line in rest} == EVERY | {f"act_{act}" for act in ACTS}
    assert all(line.above and line.below for line in rest) and all(line["above"] and line["below"] for line in lines)
    judged = {line["key"] for line in lines if line["is_met"] is not None} | {line.key for line in rest if line.is_met is not None}
    assert judged >= JUDGED
    found = {line.key: line for line in day.measure(made)}
    assert set(found) == {"day_1", "day_2", "day_3", "day_cost", "day_end", "day_growth"} and "500×" not in found["day_3"].note
    assert found["day_end"].value > 50 and found["day_end"].target == 250
    assert "--cases 200" in run("--cases", "300", "--keep", str(kept), "--only", "xlsx").output


@pytest.mark.postgresql
def test_copied_blocks_are_cases_of_their_own_that_are_found(inside, monkeypatch):
    monkeypatch.setattr(synthetic, "BLOCK", 40)
    house.db.session.execute(text("UPDATE account SET username = 'house-' || username"))  # the names are the bench's
    house.db.session.commit()
    before = _shape()
    synthetic.fill(accounts.operator("bench", datetime.now(UTC), house.TODAY), 130)
    assert _shape() == before
    assert tallies.wrong() == {} and list(month_counts.differing()) == []
    count = {table: house.db.session.scalar(select(func.count()).select_from(text(table))) for table in
             ("dispute", "search_text")}
    assert count["dispute"] == count["search_text"] == 131  # with the rich one
    rows = house.db.session.execute(select(Case.id, Case.number, Case.union_id, Case.respondent_title.label("firm")).order_by(Case.id)).all()
    first, copied = rows[6], rows[6 + 50]  # ten of no block stand between
    assert first.union_id == copied.union_id and first.firm != copied.firm
    reader = house.actor("supervisor01")
    assert search.find_exact(copied.number, reader) == copied.number
    page = search.page(search.read({}, copied.firm, reader), reader)
    assert copied.number in [row.number for row in page.rows]
    claims = select(func.count()).select_from(Claim).join(Party, Party.id == Claim.party_id).where(
        Claim.case_id == Party.case_id)
    assert house.db.session.scalar(claims) == house.db.session.scalar(select(func.count()).select_from(Claim))
    union, year = copied.union_id, int(copied.number.split("-")[1])
    numbers = [int(row.number.rpartition("-")[2]) for row in rows
               if row.union_id == union and row.number.split("-")[1] == str(year)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert house.db.session.scalar(select(func.count(Party.phone_index.distinct()))) == house.db.session.scalar(
        select(func.count(Party.phone_index)))


def _shape() -> list[object]:
    """Keys, what is unique, indexes and triggers of the cases' tables."""
    found, engine = inspect(house.db.session.connection()), house.db.engine.dialect.name
    triggers = {"sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
                "postgresql": "SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"}[engine]
    kept = [(table.name, found.get_pk_constraint(table.name)["constrained_columns"],
             sorted(str(one["column_names"]) for one in found.get_unique_constraints(table.name)),
             sorted(one["name"] for one in found.get_indexes(table.name))) for table in synthetic.TABLES]
    return [kept, sorted(map(tuple, house.db.session.execute(text(triggers))))]


def _is_act(line: dict) -> bool:
    """Whether it is the line of an act, with all its figures."""
    return {"act", "statements", "cpu_ms", "hellos", "goal"} <= set(line) and line["hellos"] > 0 and line["cpu_ms"] > 0


def test_nothing_is_left_behind(run, place):
    done = run("--cases", "100", "--only", "xlsx")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("100件，") and "XLSX（12列）" in done.output and "目标1项" in done.output
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("words, sentence", [
    (("--cases", "many"), "件数写成100到2000000的整数：many"),
    (("--cases", "5"), "件数写成100到2000000的整数：5"),
    (("--only", "csv,nonsense"), "没有“nonsense”这一项；可用：csv, xlsx"),
])
def test_what_cannot_be_measured_is_said(run, place, words, sentence):
    done = run(*words)
    assert done.exit_code == 2
    assert sentence in done.output
    assert list(place.iterdir()) == []


def test_a_full_disk_is_said_before_anything_is_written(run, place, monkeypatch):
    monkeypatch.setattr(bench.shutil, "disk_usage", lambda where: bench.shutil._ntuple_diskusage(9, 8, 10**9))
    done = run("--cases", "1000000")
    assert done.exit_code == 1
    assert "空间不够：1000000件约要 16.3 GB，只有 1.0 GB" in done.output
    assert list(place.iterdir()) == []


def test_an_interruption_leaves_nothing(run, place, monkeypatch):
    def interrupted(part, given):
        (given.folder / "gonghe.sqlite").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "_run", interrupted)
    assert run("--cases", "100").exit_code == 1
    assert list(place.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(run, place):
    office = place / "office"
    office.mkdir()
    (office / "gonghe.sqlite").write_bytes(b"an office")
    done = run("--cases", "100", "--keep", str(office))
    assert done.exit_code == 1
    assert "里有别的东西" in done.output
    assert (office / "gonghe.sqlite").read_bytes() == b"an office"


def test_a_part_that_fails_is_named(app, place):
    with pytest.raises(click.ClickException, match="“gossip”这一项没有做完"), app.app_context():
        list(bench._run("gossip", bench.Given(place, 100)))  # there is no such part


def test_a_target_is_met_or_missed_in_words():
    rate = Line("k", "速度", 59_999.0, "行/s", "1 行", "1 s", 60_000)
    held = Line("k", "等", 0.9, "s", "0.90 s", "0.10 s", 1, True)
    bare = Line("k", "页", 3.0, "×", "9.0 ms", "3.00 ms")
    assert bench._said(rate) == "速度  59,999 行/s ＝ 1 行 ÷ 1 s  未达到（目标≥ 60000 行/s）"
    assert bench._said(held) == "等  0.90 s ＝ 0.90 s ÷ 0.10 s  达到（目标≤ 1 s）"
    assert bench._said(bare) == "页  3.00 × ＝ 9.0 ms ÷ 3.00 ms"
    assert bench._summary([rate, held, bare]) == "目标2项，达到1项；未达到：速度。"
