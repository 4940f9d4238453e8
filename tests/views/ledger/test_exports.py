"""Files of the ledger through the pages: who may, what they hold, and a reader who goes away half-way."""
from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import sys

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from mediation import sheets
from mediation.data import checker
from mediation.extensions import db
from mediation.models import AccessLog, Event, ExportRun, Seal, User
from mediation.queries.ledger import export
from mediation.rules.ledger import SHEETS
from mediation.services import ledger as service
from tests import exports, house, prepared

FILES = [f"/ledger/{name}.{form}" for name in SHEETS for form in service.FORMS]


@pytest.fixture
def ledger(app) -> dict[str, str]:
    return prepared.once(app, exports.furnish_app)


def content(page) -> bytes:
    return page.response.get_data()


def rows(page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(page).decode("utf-8-sig"), newline="")))


def runs(app) -> list[tuple]:
    with app.app_context():
        found = [(r.is_complete, r.rows, r.sha256, r.is_unmasked) for r in db.session.scalars(
            select(ExportRun).order_by(ExportRun.id))]
        db.session.remove()
    return found


# Who may


@pytest.mark.parametrize("name", ["mediator", "lead", "supervisor", "auditor"])
def test_our_own_take_the_ledger(client, ledger, name):
    page = client(name).get("/ledger/cases.csv?keys=1")
    assert {row["number"] for row in rows(page)} == set(ledger.values())


def test_liaison_and_admin_take_nothing(client, ledger):
    for name in ("liaison", "admin"):
        visitor = client(name)
        for path in (*FILES[:3], "/ledger/checker.py", "/ledger/exports"):
            assert visitor.get(path, status=403).title.startswith("没有这个权限")
    assert "/login" in client().get("/ledger/cases.csv", status=302).location


def test_an_outsider_finds_none_of_it(client, ledger):
    for name in ("mediator2", "supervisor2"):
        visitor = client(name)
        for path in (f"/ledger/{sheet}.csv?keys=1" for sheet in SHEETS):
            data = content(visitor.get(path)).decode()
            assert not [number for number in ledger.values() if number in data], path
        assert not [number for number in ledger.values() if number in visitor.get("/ledger?period=").html]


def test_an_outsider_sees_no_export_of_ours(client, ledger):
    content(client("auditor").get("/ledger/cases.csv"))
    content(client("mediator").get("/ledger/claims.csv"))
    assert client("mediator2").get("/ledger/exports").all("tbody tr") == []
    assert len(client("mediator").get("/ledger/exports").all("tbody tr")) == 1
    assert len(client("auditor").get("/ledger/exports").all("tbody tr")) == 2


# What they hold


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_on_record_with_its_digest(client, app, ledger, path):
    """R41: export."""
    page = client("auditor").get(path)
    data, (is_complete, count, sha256, is_unmasked) = content(page), runs(app)[0]
    assert is_complete and not is_unmasked and sha256 == hashlib.sha256(data).hexdigest()
    assert page.response.headers["X-Rows"] == str(count)
    assert re.fullmatch(r'attachment; filename="[a-z]+-all-2026-11-18\.(csv|xlsx)"',
                        page.response.headers["Content-Disposition"])
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "exported")).one()
        assert sha256 in event.data and f'"rows":{count}' in event.data and '"is_masked":true' in event.data
        assert db.session.scalars(select(AccessLog.object).where(AccessLog.kind == "export")).one() == path[8:]
        db.session.remove()


def test_a_csv_begins_with_its_mark_and_holds_heading_and_rows_only(client, ledger):
    data = content(client("auditor").get("/ledger/cases.csv"))
    assert data.startswith(b"\xef\xbb\xbf\xe5\xba\x8f\xe5\x8f\xb7,") and data.count(b"\r\n") == len(ledger) + 1


@pytest.mark.parametrize("sheet", [name for name in SHEETS if name != "events"])
def test_the_totals_of_the_page_are_recomputed_from_both_files(client, ledger, sheet):
    visitor = client("auditor")
    page = visitor.get(f"/ledger?sheet={sheet}&period=")
    shown = SHEETS[sheet].choose(SHEETS[sheet].preview)
    totals = page.all("table.list tfoot td")
    of_page = {c.label.zh: total for c, total in zip(shown, totals, strict=True) if c.kind == "fen"}
    assert of_page
    plain = rows(visitor.get(f"/ledger/{sheet}.csv"))
    book = load_workbook(io.BytesIO(content(visitor.get(f"/ledger/{sheet}.xlsx")))).worksheets[0]
    head, *body = book.iter_rows(values_only=True)
    for label, total in of_page.items():
        fen = round(float(total.replace(",", "")) * 100)
        assert sum(round(float(row[f"{label}(元)"] or 0) * 100) for row in plain) == fen, label
        column = [row[head.index(f"{label}(元)")] or 0 for row in body]
        assert round(sum(column[:-1]) * 100) == round(column[-1] * 100) == fen, label


def test_the_links_of_the_page_give_its_rows(client, ledger):
    visitor = client("auditor")
    page = visitor.get("/ledger?sheet=cases&by=received&period=2025")
    links = [a["href"] for a in page.soup.select("a[download]")]
    assert [link.split("?")[0] for link in links] == ["/ledger/cases.xlsx", "/ledger/cases.csv"]
    assert [row["案件编号"] for row in rows(visitor.get(links[1]))] == page.all("table.list tbody td:first-child") == [
        ledger["failed"]]
    assert page.soup.select_one(f"a[href='/cases/{ledger['failed']}']")


def test_the_page_counts_this_year_by_acceptance_and_leads_on(client, ledger, monkeypatch):
    monkeypatch.setattr("mediation.queries.ledger.preview.SIZE", 2)
    visitor = client("auditor")
    page = visitor.get("/ledger")
    assert "3件 · 5人" in page.text and len(page.all("table.list tbody tr")) == 2
    more = visitor.get(page.soup.find("a", href=re.compile("after="))["href"])
    assert len(more.all("table.list tbody tr")) == 1


def test_a_very_long_sheet_is_added_up_when_somebody_asks(client, ledger, monkeypatch):
    monkeypatch.setattr("mediation.queries.ledger.preview.MOST_SUMMED", 2)
    visitor = client("auditor")
    page = visitor.get("/ledger?sheet=cases&period=")
    assert "共4行，合计要算一会儿" in page.text and not page.all("table.list tfoot td")
    asked = visitor.get(page.soup.find("a", string="算出合计")["href"])
    assert asked.all("table.list tfoot td") and "要算一会儿" not in asked.text
    assert len(asked.all("table.list tbody tr")) == 4


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_sheet_has_its_page_in_both_languages(client, ledger, sheet):
    visitor = client("supervisor")
    assert visitor.get(f"/ledger?sheet={sheet}&period=").all("table.list tbody tr")
    visitor.send("/language", {"language": "en", "next": f"/ledger?sheet={sheet}&period="})


@pytest.mark.parametrize("query", ["period=2026Q9", "from=2026-02-02&to=2026-02-01", "channel=Z", "station=nowhere",
                                   "columns=nonsense", "by=wish"])
def test_what_cannot_be_meant_is_a_sentence_and_nothing_is_written(client, app, ledger, query):
    page = client("auditor").get(f"/ledger/cases.csv?{query}", status=422)
    assert page.all("[role=alert]") and runs(app) == []


def test_the_page_tells_too(client, ledger):
    visitor = client("auditor")
    for query in ("period=2026Q9", "sheet=nothing", "channel=Z", "after=x-y&period="):
        assert visitor.get(f"/ledger?{query}", status=200 if "after" in query else 422).title
    visitor.get("/ledger/nothing.csv", status=404)
    visitor.get("/ledger/cases.pdf", status=404)


def test_more_rows_than_a_sheet_holds(client, app, ledger, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    visitor = client("auditor")
    assert "CSV" in visitor.get("/ledger/cases.xlsx", status=422).text
    assert runs(app) == [(False, None, "", False)]
    assert content(visitor.get("/ledger/cases.csv"))


def test_numbers_are_masked_in_every_file(client, ledger):
    visitor = client("supervisor")
    for path in FILES:
        data = content(visitor.get(path))
        told = data if path.endswith("csv") else " ".join(
            str(cell) for sheet in load_workbook(io.BytesIO(data)) for row in sheet.values for cell in row).encode()
        for number in (exports.PHONE, exports.IDENTITY, exports.BOSS_PHONE, "139-1234-5617"):
            assert number.encode() not in told, path


def test_a_probe_for_the_head_alone_exports_nothing(client, app, ledger):
    visitor = client("auditor")
    answer = visitor.raw.head("/ledger/cases.csv")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"] and runs(app) == []


# A reader who goes away


@pytest.mark.parametrize("path", ["/ledger/cases.csv", "/ledger/cases.xlsx", "/ledger/events.csv"])
@pytest.mark.parametrize("blocks", [0, 1])
def test_a_reader_who_goes_away_leaves_an_incomplete_mark_and_nothing_else(client, app, ledger, path, blocks, monkeypatch):
    monkeypatch.setattr("mediation.views.ledger.exports.BLOCK", 1000)
    visitor = client("auditor")
    answer = visitor.raw.get(path, buffered=False)
    taken = iter(answer.response)
    for _ in range(blocks):
        next(taken)
    answer.close()
    assert runs(app) == [(False, None, "", False)]
    with app.app_context():
        assert db.session.scalars(select(Event).where(Event.kind == "exported")).all() == []
        assert db.session.scalars(select(AccessLog).where(AccessLog.kind == "export")).all()
        assert db.engine.pool.checkedout() == 1  # this very look
        db.session.remove()
        folder = exports_folder(app)
        assert list(folder.glob("*")) == []
    content(visitor.get(path))  # nothing is held: the next one goes through, and so does a writer
    with app.app_context():
        service.journal.log_access(house.actor("auditor"), "open", "x")
        db.session.commit()
        db.session.remove()
    assert [run[0] for run in runs(app)] == [False, True]


def exports_folder(app):
    return export.Path(app.config["MEDIATION"]["INSTANCE"]) / "tmp"


@pytest.mark.postgresql
def test_a_second_one_waits_for_the_first(client, app, ledger):
    visitor = client("auditor")
    first = visitor.raw.get("/ledger/cases.csv", buffered=False)
    assert visitor.get("/ledger/persons.csv", status=422).all("[role=alert]")
    assert content(client("mediator").get("/ledger/persons.csv"))
    first.close()
    assert content(visitor.get("/ledger/persons.csv"))


@pytest.mark.postgresql
def test_somebody_writes_while_a_file_leaves(client, app, ledger):
    answer = client("auditor").raw.get("/ledger/cases.csv", buffered=False)
    taken = iter(answer.response)
    next(taken)
    with app.app_context():
        exports.furnish(house.actor("mediator"))
        db.session.commit()
        db.session.remove()
    data = b"".join(taken)
    answer.close()
    assert data.count(b"\r\n") == len(ledger) and runs(app)[0][:2] == (True, len(ledger))


# Whole numbers


def make_second(app) -> None:
    """Somebody above with the same right."""
    with app.app_context():
        row = db.session.scalars(select(User).where(User.username == "supervisor2")).one()
        row.station_id = house.get_station("region").id
        db.session.commit()
        db.session.remove()


def test_whole_numbers_by_two_persons(client, app, ledger):
    """R41: export."""
    make_second(app)
    asker, other = client("supervisor"), client("supervisor2")
    page = asker.get("/ledger/exports/ask?sheet=cases&period=2026")
    assert asker.submit(page, "main form", 422, reason="").errors
    asker.submit(page, "main form", reason="银行代发工资，核对账户")
    assert "待同意" in asker.get("/ledger/exports").text and not asker.get("/ledger/exports").soup.select("form[action$=approve]")
    asker.get("/ledger/exports/1/file", status=422)
    asker.post("/ledger/exports/1/approve", status=422)
    other.submit(other.get("/ledger/exports"), "form[action$=approve]")
    other.get("/ledger/exports/1/file", status=403)
    data = content(asker.get("/ledger/exports/1/file"))
    assert exports.PHONE.encode() in data and exports.IDENTITY.encode() in data
    assert runs(app) == [(True, 3, hashlib.sha256(data).hexdigest(), True)]
    asker.get("/ledger/exports/1/file", status=422)
    assert "未打码" in asker.get("/ledger/exports").text


def test_the_others_cannot_even_ask(client, ledger):
    for name in ("mediator", "lead", "auditor", "liaison", "admin", "mediator2"):
        visitor = client(name)
        visitor.get("/ledger/exports/ask?sheet=cases", status=403)
        visitor.post("/ledger/exports/1/approve", status=403)
        visitor.get("/ledger/exports/1/file", status=403)
    client("supervisor2").get("/ledger/exports/1/file", status=404)
    assert client("supervisor").get("/ledger/exports/ask?sheet=nothing", status=422).all("[role=alert]")


def test_what_another_union_asked_for_is_not_there(client, ledger):
    """A request of others and none at all: the same answer."""
    asker, stranger = client("supervisor"), client("supervisor2")
    asker.submit(asker.get("/ledger/exports/ask?sheet=cases&period=2026"), "main form", reason="银行代发工资，核对账户")
    for key in (1, 2):
        stranger.post(f"/ledger/exports/{key}/approve", status=404)
        stranger.get(f"/ledger/exports/{key}/file", status=404)
    assert "待同意" in asker.get("/ledger/exports").text


# Beside the files


def test_the_columns_are_explained(client, ledger):
    page = client("liaison").get("/help/columns")
    assert "outstanding_fen" in page.text and "逐人计算" in page.text and len(page.all("h2")) == len(SHEETS)
    assert "模板" not in page.text  # a register comes in by its own headings
    client("admin").get("/help/columns")


def test_the_checker_is_handed_out_and_runs_alone(client, ledger, tmp_path):
    visitor = client("auditor")
    (tmp_path / "checker.py").write_bytes(content(visitor.get("/ledger/checker.py")))
    (tmp_path / "events.csv").write_bytes(content(visitor.get("/ledger/events.csv")))
    done = subprocess.run([sys.executable, "-I", "checker.py", "events.csv"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.postgresql
def test_r52_what_leaves_of_the_journal_names_a_seal_that_covers_all_of_it(client, app, ledger, tmp_path):
    """R52: sealed before the file leaves, though nobody had sealed before."""
    with app.app_context():
        newest = db.session.scalar(select(func.max(Event.id)))
        db.session.remove()
    (tmp_path / "events.csv").write_bytes(content(client("auditor").get("/ledger/events.csv")))
    with app.app_context():
        seal = db.session.scalars(select(Seal).where(Seal.hash == checker.last_seal(str(tmp_path / "events.csv")))).one()
        assert seal.last_event_id >= newest
        db.session.remove()


def test_how_far_an_export_is_is_told_to_who_started_it(client, app, ledger):
    auditor = client("auditor")
    assert auditor.get("/ledger/exports/progress").response.get_json() == {}
    answer = auditor.raw.get("/ledger/cases.csv?period=", buffered=False)
    blocks = iter(answer.response)
    next(blocks)
    next(blocks)
    assert auditor.get("/ledger/exports/progress").response.get_json() == {"rows": 4, "of": 4}
    assert client("mediator").get("/ledger/exports/progress").response.get_json() == {}
    client("liaison").get("/ledger/exports/progress", status=403)
    for _block in blocks:
        pass
    answer.close()
    assert auditor.get("/ledger/exports/progress").response.get_json() == {}
