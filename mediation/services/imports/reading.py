"""What a staged row becomes: the facts of a late entry as the rules read them, and all that stands against it."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from typing import Any, NamedTuple, ParamSpec

from sqlalchemy import Connection, Row, select

from mediation import vault
from mediation.extensions import db, reading_engine
from mediation.models import ImportBatch, Station, User
from mediation.queries import imports as queries
from mediation.queries.imports import opened
from mediation.rules.cases import late_entry
from mediation.rules.cases.late_entry import Agreed, Late, Paid
from mediation.rules.imports import cells, entry, folding, headings
from mediation.rules.imports import rows as row_rules
from mediation.rules.imports.mapping import Mapping as Columns
from mediation.rules.imports.rows import Context, Fact, RowReading
from mediation.rules.language import Text
from mediation.rules.money import currencies
from mediation.services.imports import staging

Given = ParamSpec("Given")


class Trouble(NamedTuple):
    """What stands against a row: the column's place (None: the row), in words, and whether it keeps the row back."""

    place: int | None
    text: Text
    stops: bool


class Sheet(NamedTuple):
    """What reading needs of an import, kept from its row: a row asked again would take the write lock."""

    uid: str
    station_id: int
    made_by_id: int
    file_name: str
    sheet: str


@dataclass
class Reader:
    """What it takes to read the rows of one import: made once for many rows."""

    batch: ImportBatch
    today: date
    key: int = field(init=False)
    layout: headings.Layout = field(init=False)
    mapping: Columns = field(init=False)
    context: Context = field(init=False)
    sheet: Sheet = field(init=False)
    _keys: vault.Vault = field(init=False)

    def __post_init__(self) -> None:
        batch = self.batch
        self.key = batch.id
        self._keys = vault.current()  # looks by itself whether they were changed where it opens nothing with them
        self.sheet = Sheet(batch.uid, batch.station_id, batch.made_by_id, batch.file_name, batch.sheet)
        self.layout, self.mapping = staging.propose(self.batch)
        self.context = Context(self.today, self.layout, self.mapping)
        if self.mapping.currency:
            currencies.use(self.mapping.currency)  # the first sheet of a union says sums in what it will reckon in

    @cached_property
    def places(self) -> dict[str, int]:
        """The column of each fact."""
        return {target.field: target.place for target in reversed(self.mapping.columns) if target.field}

    @cached_property
    def handlers(self) -> dict[str, int]:
        """The people of the union who may have mediated, by their names; two of one name are nobody."""
        rows = db.session.execute(select(User.name, User.id).join(Station, Station.id == User.station_id).where(
            Station.union_id == self.batch.union_id, User.role.in_(("mediator", "lead")))).all()
        names = [name for name, _key in rows]
        return {name: key for name, key in rows if names.count(name) == 1}

    @cached_property
    def stations(self) -> dict[str, int]:
        """The sites of the union by their names."""
        rows = db.session.execute(select(Station.name, Station.short_name, Station.id).where(
            Station.union_id == self.batch.union_id)).all()
        return {name: key for whole, short, key in rows for name in (whole, short)}

    def prepare(self) -> None:
        """Ask now who works where, so that reading asks the database nothing more."""
        assert self.handlers is not None and self.stations is not None

    def read(self, row: Row[Any], parts: Sequence[Row[Any]] = ()) -> RowReading:
        """A staged row with those that are part of its case."""
        found = row_rules.read_row(opened(self.sheet, row, self._keys), self.context)
        for part in parts:
            found = folding.merge(found, row_rules.read_row(opened(self.sheet, part, self._keys), self.context))
        return found

    def facts(self, reading: RowReading) -> Late:
        """What the row says as a late entry."""
        given: dict[str, Any] = entry.arguments(reading, self.today)
        told = Late(**given)
        told.outcome, told.agreed, told.paid = _money(reading, told, self.sheet)
        told.columns |= _assessed(reading)
        handler, station = (reading.facts.get(name) for name in ("handler", "station"))
        told.station_id = self.stations.get(_said(station), self.sheet.station_id)
        told.registered_by_id, told.handler_id = self.sheet.made_by_id, self.handlers.get(_said(handler))
        told.confirmed |= late_entry.QUESTIONS
        return told

    def troubles(self, reading: RowReading, facts: Late | None) -> list[Trouble]:
        """Everything that stands against the row itself."""
        found = [Trouble(one.place if one.place >= 0 else None, one.text, one.stops) for one in reading.troubles]
        if facts is None:
            return found
        known = {one.text.zh for one in found}
        for problem in late_entry.questions_and_problems(facts, self.today):
            if problem.text.zh not in known:
                found.append(Trouble(self.place_of(problem.field), problem.text, not problem.confirm))
        return found

    def place_of(self, name: str) -> int | None:
        """The column of a problem's field."""
        key = "arrived_fen" if name.startswith("paid-") else FIELDS.get(name, name)
        return self.places.get(key)


FIELDS = {"agreed": "agreed_fen", "name": "applicant"}


def _said(fact: Fact | None) -> str:
    return (fact.words if fact else "").strip()


def _words(fact: Fact | None, length: int = 200) -> str:
    return fact.words.strip()[:length] if fact else ""


def _told(fact: Fact) -> str:
    """The words of what is not exact."""
    return "" if fact.precision == "exact" else fact.words[:100]


def _money(reading: RowReading, told: Late, sheet: Sheet) -> tuple[str, Agreed | None, tuple[Paid, ...]]:
    """The outcome, the agreement and the money that a row tells; a sum without an outcome is an agreement's."""
    facts = reading.facts
    sum_fact, came, unproved = (facts.get(name) for name in ("agreed_fen", "arrived_fen", "unverified_fen"))
    agreed_fen = _fen(sum_fact)
    outcome = told.outcome or ("AGREED" if agreed_fen else "")
    agreed = told.agreed
    if agreed is None and outcome in ("AGREED", "SETTLED"):
        due = facts.get("last_due_on")
        agreed = Agreed(
            agreed_fen or None, told=_told(sum_fact) if sum_fact else "", due_on=due.value if due and isinstance(
                due.value, date) else None, due_told=_words(due, 60), terms=_words(facts.get("payment_terms"), 500))
    paid = [_paid(fact, facts.get("paid_on"), proof, sheet, reading.number)
            for fact, proof in ((came, "register"), (unproved, "said")) if fact is not None and _fen(fact)]
    return outcome, agreed, told.paid or tuple(paid)


def _fen(fact: Fact | None) -> int | None:
    return fact.value if fact is not None and isinstance(fact.value, int) else None


def _paid(fact: Fact, on: Fact | None, proof: str, sheet: Sheet, row: int) -> Paid:
    day = on.value if on is not None and isinstance(on.value, date) else None
    return Paid(_fen(fact) or 0, day, "" if day else _words(on, 60), told=_told(fact), proof=proof,
                note=f"{sheet.file_name} {sheet.sheet} 第{row}行"[:200])


def _assessed(reading: RowReading) -> dict[str, object]:
    fen = _fen(reading.facts.get("assessed_fen"))
    return {} if fen is None else {"assessed_fen": fen}


def forgetting(act: Callable[Given, Iterator[int]]) -> Callable[Given, Iterator[int]]:
    """An act upon the rows of a register after which, also where it is broken off, no word of them stays in memory."""
    @wraps(act)
    def made(*given: Given.args, **named: Given.kwargs) -> Iterator[int]:
        try:
            yield from act(*given, **named)
        finally:
            cells.forget()
    return made


@contextmanager
def beside() -> Iterator[Connection]:
    """A connection that reads without the write lock; the session's own where a transaction is under way."""
    if db.session().in_transaction():
        yield db.session.connection()
    else:
        with reading_engine().connect() as connection:
            yield connection


def leads(rows: Iterable[Row[Any]]) -> list[int]:
    return [row.number for row in rows if row.lead is None]


def parts_by_lead(key: int, rows: Sequence[Row[Any]], mapping: Columns, connection: Connection | None = None
                  ) -> Mapping[int, list[Row[Any]]]:
    """The further rows of each case of an import, where rows are folded at all."""
    return queries.parts_of(connection or db.session.connection(), key, leads(rows)) if mapping.fold else {}
