"""The command that brings a register in: what it would make of each sheet, or the cases themselves, block by block."""
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import click

from mediation import tables
from mediation.cli.base import operator, plain_command
from mediation.extensions import db, read_and_write, read_only
from mediation.models import ImportBatch, Station
from mediation.queries import imports as queries
from mediation.rules.access import Actor
from mediation.rules.imports import headings, states
from mediation.rules.imports import mapping as mappings
from mediation.rules.imports.headings import Layout
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.sheet import Table
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.text_cleaning import Unreadable
from mediation.services.imports import judging, staging, taking
from mediation.services.imports.reading import Reader

MOST_SHOWN = 20  # problems told in words; as JSON all of them
ONE_STATION = Text("请用 --station 写明导入到哪个站点", "Name the station with --station")
NO_CASES = Text("表头下面没有一行是案件，请核对是不是传错了文件，或选错了表",
                "No row below the headings is a case; is it the right file, and the right sheet?")
NO_SHEET = Text("文件里没有叫这个名字的表", "There is no sheet of this name in the file")


@dataclass
class Outcome:
    """What became of one sheet."""

    sheet: str
    batch: int | None = None
    refused: list[str] = field(default_factory=list)
    questions: list[dict[str, object]] = field(default_factory=list)
    remarks: list[dict[str, object]] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    totals: dict[str, object] = field(default_factory=dict)
    problems: list[dict[str, object]] = field(default_factory=list)
    mapping: dict[str, object] = field(default_factory=dict)
    state: str = ""

    @property
    def is_good(self) -> bool:
        """Whether everything that could be taken was taken, or would be."""
        return not self.refused and not self.questions and (self.marks.get("good", 0) > 0 or self.state == "done")


@plain_command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--station", default="", help="code of the station where the cases lie; default: the only union")
@click.option("--sheet", default="", help="name of one sheet; default: every sheet with cases in it")
@click.option("--mapping", "said", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="where the columns go, as JSON; default: as kept for such headings, else as proposed")
@click.option("--dry-run", is_flag=True, help="say what would be taken, and take nothing")
@click.option("--json", "is_json", is_flag=True, help="as JSON")
@click.pass_context
def import_(context: click.Context, file: Path, station: str, sheet: str, said: Path | None, dry_run: bool,
            is_json: bool) -> None:
    """Bring the cases of an old register in; a file comes in once.

    The status is 0 when everything acceptable was taken, or would be; rows with problems are named and left out. One
    that was broken off goes on where it stopped.
    """
    actor = operator()
    found = _run(file, _station(station), sheet, said, dry_run, actor)
    click.echo(json.dumps({"file": file.name, "dry_run": dry_run, "sheets": [vars(one) for one in found]},
                          ensure_ascii=False, indent=1) if is_json else "\n".join(map(_said, found)))
    if not found or not all(one.is_good for one in found):
        context.exit(1)


def _run(file: Path, station: Station, sheet: str, said: Path | None, dry_run: bool, actor: Actor) -> list[Outcome]:
    data = file.read_bytes()
    given = said.read_text(encoding="utf-8") if said else ""
    try:
        read = tables.read(data, file.name)
        mapping = Mapping.from_json(given) if given else None
    except Unreadable as fault:
        raise Refused([Problem("file", fault.text)]) from fault
    wanted = [one for one in read if one.name == sheet] if sheet else [one for one in read if not one.is_hidden]
    if not wanted:
        raise Refused([Problem("sheet", NO_SHEET)])
    digest, key = hashlib.sha256(data).hexdigest(), station.id
    found = [_sheet(table, file.name, digest, key, mapping, dry_run, actor) for table in wanted]
    return [one for one in found if one.batch is not None or one.refused] or found


def _station(code: str) -> Station:
    rows = db.session.query(Station).filter(Station.code == code) if code else db.session.query(Station).filter(
        Station.kind == "union")
    found = rows.limit(2).all()
    if len(found) != 1:
        raise Refused([Problem("station", ONE_STATION)])
    return found[0]


def _sheet(table: Table, name: str, digest: str, station: int, given: Mapping | None, dry_run: bool,
           actor: Actor) -> Outcome:
    """One sheet from its rows to its cases; what is refused is said and leaves nothing behind."""
    made = Outcome(table.name)
    before = queries.unfinished(digest, table.name[:staging.NAME_LENGTH], station)
    if before is not None and not dry_run:
        made.batch, made.mapping, made.totals = before.id, json.loads(before.mapping), _totals(before)
        made.problems = problems_of(before, actor)
        return _take(before, actor, made)
    try:
        batch = staging.stage(actor, table, name, digest, station)
        db.session.commit()
        made.batch = batch.id
        _go(batch, table, given, dry_run, actor, made)
    except (Refused, Unreadable) as refusal:
        db.session.rollback()
        made.refused += [p.text.zh for p in refusal.problems] if isinstance(refusal, Refused) else [refusal.text.zh]
        _give_up(made.batch, actor)
    return made


def _go(batch: ImportBatch, table: Table, given: Mapping | None, dry_run: bool, actor: Actor, made: Outcome) -> None:
    for _staged in staging.rows(batch, table):
        db.session.commit()
    mapping = _mapped(batch, table, given, made)
    if mapping is None:
        _give_up(batch.id, actor)
        return
    staging.settle(batch, mapping, actor)
    db.session.commit()
    for _number in judging.judge(batch, actor):
        db.session.commit()
    made.totals, found = _totals(batch), queries.counts(batch)
    made.problems = problems_of(batch, actor)
    if not found.good and not found.hold and not found.taken:
        raise Refused([Problem("file", NO_CASES)])
    if not dry_run:
        taking.begin(batch, actor)
        _take(batch, actor, made)
        return
    made.marks, made.kinds, made.state = dict(found.marks), dict(found.kinds), batch.state
    _give_up(batch.id, actor)


def _mapped(batch: ImportBatch, table: Table, given: Mapping | None, made: Outcome) -> Mapping | None:
    """Where the columns go; None where that has to be said first, or the sheet only explains the one beside it."""
    layout, mapping = staging.propose(batch, given.heading if given else ())
    if layout.is_beside:
        made.batch = None
        return None
    if layout.is_list and given is None:
        raise Refused([Problem("file", headings.A_LIST)])
    if not layout.heading and layout.question and given is None:
        raise Refused([Problem("file", layout.question)])
    mapping = mappings.fit(given, layout) if given else mapping
    made.mapping = json.loads(mapping.to_json())
    made.questions, made.remarks = _questions(layout, mapping), _remarks(table, mapping)
    return None if made.questions else mapping


def _totals(batch: ImportBatch) -> dict[str, object]:
    return {name: value for name, value in batch.tally.items() if name not in (states.PARTS, "remarks_en")}


def _questions(layout: Layout, mapping: Mapping) -> list[dict[str, object]]:
    """What a mapping has to decide: which rows are the headings, and columns that could be several things."""
    found: list[dict[str, object]] = [
        {"column": one.heading, "place": one.place + 1, "question": (one.question or states.UNSETTLED.fill(n=1)).zh,
         "choices": list(one.choices)} for one in mapping.questions]
    if layout.candidates and layout.question:
        found.insert(0, {"column": "", "question": layout.question.zh, "choices": list(map(list, layout.candidates))})
    return found


def _remarks(table: Table, mapping: Mapping) -> list[dict[str, object]]:
    """What the reader of the file found odd, and columns that might be meant otherwise."""
    names = {one.place: one.heading for one in mapping.columns}
    found: list[dict[str, object]] = [
        {"row": note.row, "place": None if note.place is None else note.place + 1,
         "column": names.get(note.place, "") if note.place is not None else "", "text": note.text.zh}
        for note in table.notes]
    return found + [{"row": None, "place": one.place + 1, "column": one.heading, "text": one.question.zh}
                    for one in mapping.remarks if one.question]


def _take(batch: ImportBatch, actor: Actor, made: Outcome) -> Outcome:
    """Take what is good, or go on with it where it was broken off."""
    db.session.commit()
    for _taken in taking.take(batch, actor):
        db.session.commit()
    found = queries.counts(batch)
    made.marks, made.kinds, made.state = dict(found.marks), dict(found.kinds), batch.state
    return made


def _give_up(key: int | None, actor: Actor) -> None:
    batch = db.session.get(ImportBatch, key) if key is not None else None
    if batch is not None and batch.state == "draft":
        for _count in staging.drop(batch, actor):
            db.session.commit()


def problems_of(batch: ImportBatch, actor: Actor) -> list[dict[str, object]]:
    """Every problem of the sheet: row, column, sentence, and whether it keeps the row back; read without the write
    lock, as they may be many."""
    db.session.commit()
    read_only()
    try:
        reader = Reader(batch, actor.today)
        names = {target.place: target.heading for target in reader.mapping.columns}
        return [{"row": row, "column": names.get(place, "") if place is not None else "", "text": text.zh,
                 "stops": stops} for row, place, text, stops in judging.problems(reader, actor)]
    finally:
        read_and_write()


def _where(remark: dict[str, object]) -> str:
    said = "".join(f"第{n}{unit}" for n, unit in ((remark["row"], "行"), (remark["place"], "列")) if n)
    return f"{said}——" if said else ""


def _listed(said: object) -> list[object]:
    return said if isinstance(said, list) else []


# In words ---------------------------------------------------------------------------------------------------------

def _said(made: Outcome) -> str:
    lines = [f"【{made.sheet}】"] if made.sheet else []
    lines += [f"没有导入：{text}" for text in made.refused]
    lines += [f"要先说明：{one['column'] or '表头'}——{one['question']}" for one in made.questions]
    lines += [f"请看：{_where(one)}{one['text']}" for one in made.remarks]
    if made.marks:
        lines.append("，".join(f"{states.MARKS[mark].zh}{n}行" for mark, n in sorted(made.marks.items()) if mark))
    lines += [f"{label.zh} {value}" for label, value in judging.shown(made.totals)]
    lines += [f"请看：{said}" for said in _listed(made.totals.get("remarks"))]
    shown = made.problems[:MOST_SHOWN]
    lines += [f"第{one['row']}行 {one['column']}：{one['text']}" for one in shown]
    if len(made.problems) > len(shown):
        lines.append(f"……共{len(made.problems)}处，加 --json 看全部")
    return "\n".join(lines)
