"""The sheet of events: whole chains of the chosen cases, made so that ``data/checker.py`` can verify it offline.

Each row carries the hash of its own cells and of the row above; the last row tells how many entries and chains there
are, the digest of all heads, and the last seal.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from mediation import sheets
from mediation.data import checker
from mediation.models import Agency, Employer, Event, Seal, Station, User
from mediation.queries.cases import history
from mediation.rules.ledger import EVENTS
from mediation.rules.money import currencies

FIELDS = (Event.stream, Event.seq, Event.entered_at, Event.happened_on, Event.actor_id, Event.actor_label, Event.kind,
          Event.data, Event.prev, Event.hash)
Rows = list[Sequence[str]]


class Book(NamedTuple):
    """Names that the sentences say instead of ids: accounts, stations, bodies, employers; none says a party's."""

    names: Mapping[type[history.Named], Mapping[int, str]]


def batches(connection: Connection, entries: Select[Any], has_keys: bool, sizes: tuple[int, int],
            withheld: frozenset[str]) -> Iterator[list[Sequence[str]]]:
    """The columns of the sheet in batches, the last row in one of its own; ``entries`` asks for ``FIELDS``.

    Of the chains ``withheld`` every link is there and no content; the first batch has its own size.
    """
    above = checker.row_hash("", [sheets.heading(column, has_keys) for column in EVENTS])
    heads, say = checker.Heads(), speaker(connection)
    with connection.execution_options(stream_results=True).execute(entries) as cursor:
        size, more = sizes
        while events := cursor.fetchmany(size):
            made: Rows = []
            for event in events:
                heads.add(event.stream, event.seq, event.hash)
                made.append(_row(above, _cells(event, say, event.stream in withheld)))
                above = made[-1][-1]
            yield list(zip(*made, strict=True))
            size = more
    yield [[cell] for cell in _row(above, _end(connection, heads))]


def _cells(event: Row[Any], say: Callable[[str, str], str], is_withheld: bool) -> list[str]:
    """What the entry's own hash covers, exactly as it was hashed, the two hashes, and the sentence."""
    data = checker.WITHHELD if is_withheld else event.data
    return [event.stream, str(event.seq), event.entered_at.astimezone(UTC).isoformat(),
            event.happened_on.isoformat() if event.happened_on else "", f"{event.actor_id or ''}:{event.actor_label}",
            event.kind, data, event.prev, event.hash, checker.WITHHELD if is_withheld else say(event.kind, event.data)]


def _row(above: str, cells: list[str]) -> list[str]:
    written = [sheets.disarm(cell) for cell in cells]
    return [*written, checker.row_hash(above, written)]


def shown(connection: Connection, entries: Sequence[Row[Any]], withheld: frozenset[str]) -> list[tuple[str, ...]]:
    """Entries as the page shows them: chain, number, day, actor, sentence."""
    say = speaker(connection)
    return [(event.stream, str(event.seq), event.happened_on.isoformat() if event.happened_on else "",
             event.actor_label, checker.WITHHELD if event.stream in withheld else say(event.kind, event.data))
            for event in entries]


def _end(connection: Connection, heads: checker.Heads) -> list[str]:
    seal = connection.scalar(select(Seal.hash).order_by(Seal.id.desc()).limit(1)) or ""
    said = {"entries": heads.entries, "chains": heads.streams, "heads": heads.digest(), "seal": seal}
    return [checker.END, str(heads.entries), "", "", "", "", json.dumps(said, sort_keys=True), "", "",
            f"共{heads.entries}条，{heads.streams}条链"]


def read_book(connection: Connection) -> Book:
    return Book({table: dict(connection.execute(select(table.id, table.name)).tuples().all())
                 for table in (User, Station, Agency, Employer)})


def speaker(connection: Connection) -> Callable[[str, str], str]:
    """A function from kind and data to the sentence that the screen shows."""
    book = read_book(connection)
    money = currencies.at_hand()  # rows may be read after the request that asked for them

    def say(kind: str, data: str) -> str:
        with currencies.used(money):
            return history.sentence(kind, json.loads(data), book).zh
    return say
