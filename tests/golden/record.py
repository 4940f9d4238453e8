"""Records what the product makes of the golden county; ``python -m tests.golden.record`` writes it anew.

Everything is asked for as a user asks: by commands and addresses, so that a record outlives whatever is inside. Five
files under ``recorded/``, each a table of readable JSON, sorted, one value a line. What is random or of the clock
(salts, keys, hashes that follow from them, the time of the run) is replaced by its name.
"""
from __future__ import annotations

import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from mediation.extensions import close_engines, db
from mediation.models import Case, Event
from mediation.queries.house import canonical
from tests import house
from tests.golden import clock, county

RECORDED = Path(__file__).parent / "recorded"
HASH = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b")
TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')
PLACES = ("", "urad-middle", "practice", "example")
PERIODS = ("", "2025", "2026", "2026Q1", "2026-09", "union-2026")
REPORTS = (
    *(("summary", period, place, "") for period in PERIODS for place in PLACES),
    ("summary", "2026", "", "2026-06-30"), ("indicators", "2026", "", ""), ("indicators", "2026Q1", "urad-middle", ""),
    ("indicators", "", "example", ""), ("union", "union-2026", "urad-middle", ""),
    ("mediation-return", "2026Q1", "", ""), ("mediation-return", "2026Q3", "urad-middle", ""), ("yearbook", "2026", "", ""))
SHEETS = ("cases", "persons", "claims", "instalments", "payments", "events")
ROWS = ("accepted", "settled", "arrivals", "agreements", "instalments_due", "open_today", "untouched", "stuck", "sound")
# Pages of numbers that no command gives, each as the one who reads it.
PAGES = (
    ("auditor", "/statistics?period=2026"), ("supervisor", "/statistics?period=2026Q1"),
    *(("supervisor", f"/statistics/indicators?period=2026&by={by}") for by in ("station", "kind")),
    *(("supervisor", f"/statistics/rows/{names}?period=2026") for names in ROWS),
    ("supervisor", "/statistics/loop?year=2026"), ("auditor", "/statistics/loop?year=2026"), ("supervisor", "/"),
    ("mediator", "/"), ("lead", "/"), ("auditor", "/"), ("liaison", "/"), ("supervisor", "/cases"), ("mediator2", "/cases"))
LEFT_OUT = ("script", "style", "nav", "select", "form", "template", "title")
Data = dict[str, object]


def collect(app: Flask) -> dict[str, Data]:
    """Every record of the county, by the name of its file, on the house's day."""
    with clock.standing(county.NOW):
        return {name: maker(app) for name, maker in MAKERS.items()}


# Figures


def _figures(app: Flask) -> Data:
    """Each report by its name, period, station and cut-off, each figure by its key; labels and formulas once."""
    formulas: Data = {}
    return {**{_title(*asked): _report(app, formulas, *asked) for asked in REPORTS}, "formulas": formulas}


def _title(name: str, period: str, station: str, cut_off: str) -> str:
    return " ".join(filter(None, (name, period or "always", station or "everywhere", cut_off and f"as of {cut_off}")))


def _report(app: Flask, formulas: Data, name: str, period: str, station: str, cut_off: str) -> Data:
    words = ["report", name, "--format", "json", "--period", period, "--station", station]
    made = json.loads(_said(app, *words, *(["--cut-off", cut_off] if cut_off else [])))
    figures = {one["key"]: one for one in made.pop("figures")}
    formulas |= {f"{name} {key}": f"{one['label']} = {one['formula']}" for key, one in figures.items()}
    return {**{key: _one_line(value) for key, value in made.items()},
            "figures": {key: _figure(**one) for key, one in figures.items()}}


def _figure(key: str, label: str, formula: str, value: object, unit: str, numerator: object, denominator: object,
            rows: str | None) -> str:
    """The parts of a figure's JSON, all of them; a new part is an error here, so that it is recorded too."""
    return f"{value} {unit} = {numerator} / {denominator}, {rows}"


def _one_line(value: object) -> object:
    """A small table as one line, which reads and compares better than ten."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, (dict, list)) else value


def _said(app: Flask, *words: str) -> str:
    done = app.test_cli_runner().invoke(args=list(words))
    if done.exit_code:
        raise RuntimeError(f"{' '.join(words)}: {done.output}")
    return done.stdout


# Ledgers


def _ledgers(app: Flask) -> Data:
    """Every row of every sheet: the words that people read, and of cases the codes and fen too."""
    found: Data = {sheet: _sheet(app, sheet) for sheet in SHEETS}
    return {**found, "cases with keys": _sheet(app, "cases", "--keys")}


def _sheet(app: Flask, sheet: str, *more: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        _said(app, "export", "--sheet", sheet, "--output", str(path), *more)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    kept = [row for row in rows if not _is_of_this_run(row)]
    return [" | ".join(_steady(cell) for cell in row) for row in kept]


def _is_of_this_run(row: list[str]) -> bool:
    """Entries that the recording itself writes into the journal."""
    return any(cell in ("export_begun", "export_finished") for cell in row)


def _steady(text: str) -> str:
    return HASH.sub("HASH", text)


# Cases


def _cases(app: Flask) -> Data:
    """Each case's canonical text with the digest of it, and its journal: kinds and fields in their order."""
    with app.app_context():
        found = {case.number: _case(case) for case in db.session.scalars(db.select(Case).order_by(Case.number))}
        db.session.remove()
    return found


def _case(case: Case) -> Data:
    text = _steady(canonical.canonical_case(case))
    entries = db.session.scalars(db.select(Event).where(Event.stream == f"case:{case.number}").order_by(Event.seq))
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "canonical": text.splitlines(),
            "journal": [f"{row.seq} {row.kind} {row.happened_on or ''} {_steady(row.data)}" for row in entries]}


# Pages


def _pages(app: Flask) -> Data:
    """The words of pages whose numbers no command gives."""
    clients: dict[str, FlaskClient] = {}
    found: Data = {}
    for who, address in PAGES:
        client = clients[who] = clients.get(who) or _log_in(app, who)
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        found[f"{who} {address}"] = _words(answer.get_data(as_text=True))
    return found


def _log_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    token = TOKEN.search(client.get("/login").get_data(as_text=True))[1]
    answer = client.post("/login", data={"csrf_token": token, "username": username, "password": house.PASSWORD})
    if answer.status_code != 303:
        raise RuntimeError(f"{username} could not log in")
    return client


def _words(html: str) -> list[str]:
    """What stands on the page, block by block: rows of tables in one line, without forms and navigation."""
    main = BeautifulSoup(html, "html.parser").find("main")
    for piece in main.find_all(LEFT_OUT):
        piece.decompose()
    for row in main.find_all("tr"):
        row.string = " | ".join(" ".join(cell.get_text(" ").split()) for cell in row.find_all(("th", "td")))
    return [_steady(" ".join(words.split())) for words in main.stripped_strings]


# Addresses and commands


def _addresses(app: Flask) -> Data:
    """Every address with its methods and the name of its view."""
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        found.setdefault(rule.rule, []).append(f"{methods} {rule.endpoint}")
    return {address: sorted(views) for address, views in found.items()}


def _commands(app: Flask) -> Data:
    """Every command of the product with its arguments and options."""
    return dict(_below("", app.cli))


def _below(name: str, group: click.Group):
    for word, command in group.commands.items():
        full = f"{name} {word}".strip()
        if isinstance(command, click.Group):
            yield from _below(full, command)
        elif command.callback is not None and not command.callback.__module__.startswith("flask."):
            yield full, sorted(_parameter(one) for one in command.params)


def _parameter(one: click.Parameter) -> str:
    choices = getattr(one.type, "choices", None)
    said = [", ".join(one.opts + one.secondary_opts), f"({', '.join(choices)})" if choices else one.type.name,
            "required" if one.required else "", "repeated" if one.multiple or one.nargs < 0 else ""]
    return " ".join(filter(None, said))


MAKERS: dict[str, Callable[[Flask], Data]] = {
    "figures": _figures, "pages": _pages, "cases": _cases, "ledgers": _ledgers, "addresses": _addresses,
    "commands": _commands}


# Writing and reading


def as_text(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(name: str) -> Data:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def make(folder: Path) -> dict[str, Data]:
    """Build the county in an empty folder and collect its records."""
    app = house.make_app(folder)
    county.build(app, folder)
    found = collect(app)
    with app.app_context():
        close_engines()
    return found


def main() -> None:
    """Write every record anew."""
    RECORDED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in make(Path(folder)).items():
            (RECORDED / f"{name}.json").write_text(as_text(data), encoding="utf-8")


if __name__ == "__main__":
    main()
