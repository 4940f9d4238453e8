"""What an export holds: which rows of which sheet, whose, of when; read from one moment in one SELECT for each sheet.

The rows come through the door. Sums of the preview are asked of the database, sums of a file are added up while it is
written: they agree because both stand on the same expressions.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from mediation import sheets
from mediation.extensions import Expression
from mediation.models import (
    Agency,
    Agreement,
    CalendarDay,
    Case,
    Claim,
    Employer,
    Event,
    Instalment,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    Station,
    User,
)
from mediation.queries import door
from mediation.queries.law import clocks
from mediation.queries.ledger import chains, columns, formatters, snapshots
from mediation.queries.ledger.formatters import Cell, Desk
from mediation.queries.ledger.selection import Selection, in_one_currency
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.figures.periods import Span
from mediation.rules.law.workdays import Calendar
from mediation.rules.ledger import Column
from mediation.rules.money import currencies
from mediation.vault import Vault

FIRST_ROWS, MORE_ROWS = 100, 2000  # the first batch is small, so that the first byte leaves at once
BEIJING = ZoneInfo("Asia/Shanghai")


WIDE = frozenset({"keys", "columns"})  # what may be said of a selection that leaves out no row
DAYS = {"received": Case.received_on, "accepted": Case.accepted_on, "concluded": Case.concluded_on,
        "closed": Case.closed_on}


def cases_of(selection: Selection, actor: Actor) -> ColumnElement[bool]:
    """The cases of a selection that the actor may see. Days are looked for union by union, as an index holds them."""
    found = [door.filter_for(actor, "ledger.read"), *_within(selection)]
    if selection.has_period and access.scope_of(actor.role, "ledger.read") == "below":
        found.append(Case.union_id.in_(
            select(Station.union_id).where(Station.path.startswith(actor.station_path, autoescape=True))))
    if selection.stations:
        below = [Station.path.startswith(place.path, autoescape=True) for place in selection.stations]
        found.append(columns.held_at().in_(select(Station.id).where(or_(*below))))
    chosen = ((Case.channel, selection.channel), (Case.outcome, selection.outcome), (Case.main_head, selection.kind))
    return and_(*found, *(column == code for column, code in chosen if code))


def _within(selection: Selection) -> list[ColumnElement[bool]]:
    """The period, by the day that was chosen; without one, undated rows are in it too."""
    period = selection.period
    if not selection.has_period:
        return []
    if selection.by != "arrived":
        return _between(DAYS[selection.by], period)
    arrived = (Payment.case_id == Case.id, Payment.proof.in_(words.PROVED), *_between(Payment.paid_on, period))
    return [exists().where(*arrived).correlate(Case)]


def _own_rows(selection: Selection) -> list[ColumnElement[bool]]:
    """Of payments chosen by their arrival only those of the period, not all of their cases."""
    is_by_arrival = selection.sheet.key == "payments" and selection.by == "arrived" and selection.has_period
    return _between(Payment.paid_on, selection.period) if is_by_arrival else []


def _between(day: SQLColumnExpression[date | None], period: Span) -> list[ColumnElement[bool]]:
    found = [day >= period.first] if period.first else []
    return [*found, day <= period.last] if period.last else found


Join = tuple[Any, ColumnElement[bool]]  # a table or model, and what joins it


class Base(NamedTuple):
    """The tables of a sheet's rows, and the order that makes the same file every time."""

    joins: tuple[Join, ...]
    order: tuple[InstrumentedAttribute[int], ...]


def _first_party(person: type[Party], side: str) -> ColumnElement[bool]:
    first = select(func.min(Party.id)).where(Party.case_id == Case.id, Party.side == side, Party.removed_on.is_(None))
    return person.id == first.correlate(Case).scalar_subquery()


BASES: dict[str, Base] = {
    "cases": Base((), (Case.id,)),
    "persons": Base(((Party, Party.case_id == Case.id),), (Case.id, Party.id)),
    "claims": Base(((Claim, Claim.case_id == Case.id), (Party, Party.id == Claim.party_id)), (Case.id, Claim.id)),
    "instalments": Base((
        (Agreement, and_(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None))),
        (Instalment, Instalment.agreement_id == Agreement.id),
        (InstalmentShare, InstalmentShare.instalment_id == Instalment.id),
        (Party, Party.id == InstalmentShare.party_id),
    ), (Case.id, Instalment.seq, InstalmentShare.id)),
    "payments": Base((
        (Payment, Payment.case_id == Case.id), (PaymentShare, PaymentShare.payment_id == Payment.id),
        (Party, Party.id == PaymentShare.party_id)), (Case.id, Payment.seq, PaymentShare.id)),
    "events": Base(((Event, Event.stream == "case:" + Case.number),), (Case.id, Event.seq)),
}
# Tables that only some columns need, by the names that cells use.
EXTRAS: dict[str, tuple[Join, ...]] = {
    "applicant": ((columns.APPLICANT, _first_party(columns.APPLICANT, "applicant")),),
    "respondent": ((columns.RESPONDENT, _first_party(columns.RESPONDENT, "respondent")),
                   (Employer, Employer.id == columns.RESPONDENT.employer_id)),
    "agreement": ((columns.PRESENT, columns.PRESENT.id == select(func.max(Agreement.id)).where(
        Agreement.case_id == Case.id, Agreement.superseded_on.is_(None)).correlate(Case).scalar_subquery()),),
    "employer": ((Employer, Employer.id == Party.employer_id),),
    "payer": ((columns.PAYER, columns.PAYER.id == Payment.payer_party_id),),
    "instalment": ((Instalment, Instalment.id == PaymentShare.instalment_id),),
    "mark": ((columns.MARK, and_(columns.MARK.payment_id == Payment.id, columns.MARK.withdrawn_on.is_(None))),),
    "reversed": ((columns.REVERSED, columns.REVERSED.id == Payment.reverses_id),),
}


def _joined(rows: Select[Any], sheet: str, extras: Sequence[str], chosen: CTE | None = None) -> Select[Any]:
    rows = rows.select_from(Case) if chosen is None else rows.select_from(chosen).join(Case, Case.id == chosen.c.id)
    for target, on in BASES[sheet].joins:
        rows = rows.join(target, on)
    for name in extras:
        for target, on in EXTRAS[name]:
            rows = rows.outerjoin(target, on)
    return rows


class Plan(NamedTuple):
    """The SELECT of an export, and for each column its cell with the places of what it asked.

    ``bare`` asks for the same of the same rows in no order, for a page that adds its own.
    """

    statement: Select[Any]
    bare: Select[Any]
    cells: tuple[tuple[Column, Cell, tuple[int, ...]], ...]
    case_at: int  # where the id of the case stands


def plan(selection: Selection, actor: Actor, dialect: str, is_open: bool = False) -> Plan:
    """One SELECT for all chosen columns; each expression stands in it once. ``is_open`` asks for whole numbers."""
    known = columns.CELLS[selection.sheet.key](actor.today)
    asked: dict[int, tuple[int, Expression]] = {}
    found, extras = [], []
    for column in selection.columns:
        cell = known[column.key]
        if is_open and cell.open_asks:
            cell = Cell(cell.open_asks, cell.open_formatter, cell.joins)
        places = tuple(asked.setdefault(id(ask), (len(asked), ask))[0] for ask in cell.asks)
        found.append((column, cell, places))
        extras += [name for name in cell.joins if name not in extras]
    rows = select(*[ask for _place, ask in asked.values()], Case.id)
    return Plan(_in_order(rows, selection, actor, dialect, extras), chosen_rows(rows, selection, actor, extras),
                tuple(found), len(asked))


def chosen_rows(rows: Select[Any], selection: Selection, actor: Actor, extras: Sequence[str] = ()) -> Select[Any]:
    """The tables and the rows of a selection."""
    return _joined(rows, selection.sheet.key, extras).where(cases_of(selection, actor), *_own_rows(selection))


def _in_order(rows: Select[Any], selection: Selection, actor: Actor, dialect: str,
              extras: Sequence[str] = ()) -> Select[Any]:
    """The rows in an order that needs no sorting at the end: that would work out all of them before the first leaves.

    SQLite would look for the cases through an index and sort what it made of them. So where everything is asked for
    it reads the cases as they lie (a condition that ``IS`` true is used for no index); of few it sorts the ids first
    and keeps their order through the joins.
    """
    sheet, cases = selection.sheet.key, cases_of(selection, actor)
    is_sqlite, is_wide = dialect == "sqlite", set(selection.filters) <= WIDE
    if is_sqlite and not is_wide:
        chosen = select(Case.id.label("id")).where(cases).order_by(Case.id).cte("chosen").prefix_with("MATERIALIZED")
        return _joined(rows, sheet, extras, chosen).where(*_own_rows(selection))
    return _joined(rows, sheet, extras).where(cases.is_(True) if is_sqlite else cases, *_own_rows(selection)).order_by(
        *BASES[sheet].order)


def count(connection: Connection, selection: Selection, actor: Actor) -> int:
    """How many rows there are; of events, how many entries."""
    return connection.scalar(_counted(connection, select(func.count()), selection, actor)) or 0


def _counted(connection: Connection, rows: Select[Any], selection: Selection, actor: Actor,
             extras: Sequence[str] = ()) -> Select[Any]:
    """The rows of a selection to be counted.

    Everything of several unions SQLite counts in an index that holds all that is asked (a condition that ``IS`` true
    leads no search), ten times as fast as case by case through the index of the sites.
    """
    reach = select(Station.union_id).where(Station.path.startswith(actor.station_path)).distinct().limit(2)
    if connection.dialect.name == "sqlite" and set(selection.filters) <= WIDE and len(
            connection.scalars(reach).all()) > 1:
        return _joined(rows, selection.sheet.key, extras).where(cases_of(selection, actor).is_(True))
    return chosen_rows(rows, selection, actor, extras)


@dataclass(frozen=True)
class Reckoned:
    """Of all rows of a selection: how many, how many tell nothing because the case is sealed, and the asked sums."""

    count: int
    withheld: int
    sums: dict[str, int]


def reckon(connection: Connection, selection: Selection, actor: Actor, summed: Sequence[Column] = ()) -> Reckoned:
    """Count the rows of a selection and add up these columns of it."""
    known = columns.CELLS[selection.sheet.key](actor.today) if summed else {}
    extras = list(dict.fromkeys(name for column in summed for name in known[column.key].joins))
    sums = [func.coalesce(func.sum(_summed(known[column.key])), 0) for column in summed]
    found = connection.execute(_counted(connection, select(func.count(), *sums), selection, actor, extras)).one()
    return Reckoned(found[0], _count_withheld(connection, selection, actor), {
        column.key: int(value) for column, value in zip(summed, found[1:], strict=True)})


def _count_withheld(connection: Connection, selection: Selection, actor: Actor) -> int:
    """From the few sealed cases: asking it of every row would cost as much as the rows."""
    sealed = select(Case.id.label("id")).where(door.is_withheld(actor)).cte("sealed").prefix_with("MATERIALIZED")
    rows = _joined(select(func.count()), selection.sheet.key, (), sealed)
    return connection.scalar(rows.where(cases_of(selection, actor).is_(True), *_own_rows(selection))) or 0


def _summed(cell: Cell) -> Expression:
    return cell.asks[0] if cell.total is None else cell.total


def withheld_chains(connection: Connection, actor: Actor) -> frozenset[str]:
    """The chains of sealed cases whose content this reader is not told."""
    return frozenset(f"case:{number}" for number in connection.scalars(
        select(Case.number).where(door.is_withheld(actor))))


def make_desk(connection: Connection, actor: Actor, vault: Vault | None = None) -> Desk:
    """What the cells look up, read from the same moment."""
    stations = connection.execute(select(Station.id, Station.name, Station.county)).all()
    days = connection.execute(select(CalendarDay.on, CalendarDay.kind, CalendarDay.name, CalendarDay.county)).all()
    own = {local for _on, _kind, _name, local in days}
    return Desk(
        connection=connection, on=actor.today, stations={key: name for key, name, _county in stations},
        counties={key: county for key, _name, county in stations if county in own},
        accounts=dict(connection.execute(select(User.id, User.name)).tuples().all()),
        agencies=dict(connection.execute(select(Agency.id, Agency.name)).tuples().all()),
        calendars={county: _calendar(days, county) for county in {"", *own}}, vault=vault,
        withheld=frozenset(connection.scalars(select(Case.id).where(door.is_withheld(actor)))))


def _calendar(days: Sequence[Row[Any]], county: str) -> Calendar:
    found = clocks.as_rows(day for day in days if day.county in ("", county))
    return Calendar.from_rows(found) if found else sheets.shipped_calendar()


def batches(connection: Connection, selection: Selection, actor: Actor,
            vault: Vault | None = None) -> Iterator[list[formatters.Cells]]:
    """The rows, column by column, in batches from one cursor; with ``vault``, numbers are opened."""
    if selection.sheet.key == "events":
        entries = _in_order(select(*chains.FIELDS), selection, actor, connection.dialect.name)
        yield from chains.batches(connection, entries, selection.has_keys, (FIRST_ROWS, MORE_ROWS), withheld_chains(
            connection, actor))
        return
    made = plan(selection, actor, connection.dialect.name, vault is not None)
    desk = make_desk(connection, actor, vault)
    with streamed(connection, made.statement) as fetch:
        size = FIRST_ROWS
        while rows := fetch(size):
            yield formatter(made, desk, rows)
            desk.rows += len(rows)
            size = MORE_ROWS


def formatter(made: Plan, desk: Desk, rows: Sequence[Sequence[Any]]) -> list[formatters.Cells]:
    """What was asked, made into the columns that were chosen."""
    asked = list(zip(*rows, strict=True))
    hidden = [n for n, key in enumerate(asked[made.case_at]) if key in desk.withheld] if desk.withheld else []
    found = []
    for column, cell, places in made.cells:
        cooked = _cooked(desk, len(rows), column, cell, [asked[n] for n in places])
        found.append(formatters.withhold(cooked, hidden) if column.is_told else cooked)
    return found


@contextmanager
def streamed(connection: Connection, statement: Select[Any]) -> Iterator[Callable[[int], Sequence[Sequence[Any]]]]:
    """Rows by the handful, as bare as the driver gives them; from a cursor on the server where there is one."""
    if connection.dialect.name == "sqlite":
        with connection.execute(statement) as result:
            yield result.cursor.fetchmany
    else:
        with connection.execution_options(stream_results=True).execute(statement) as result:
            yield result.fetchmany


def _cooked(desk: Desk, size: int, column: Column, cell: Cell, asked: list[formatters.Cells]) -> formatters.Cells:
    found = cell.formatter(desk, size, *asked) if cell.formatter else asked[0]
    return formatters.scrub(found) if column.is_free and desk.vault is None else found


# A whole export


class Export:
    """One export that has been opened: its moment, how many rows it will have, and the rows. To be closed."""

    def __init__(self, selection: Selection, actor: Actor, moment: snapshots.Moment, taken_at: datetime,
                 vault: Vault | None = None):
        self.selection, self.actor, self.taken_at = selection, actor, taken_at
        self._moment, self._vault, self._money = moment, vault, currencies.at_hand()
        self.tally = sheets.Tally()
        self.watch: Callable[[int], object] | None = None  # told the rows of each batch
        found = reckon(moment.connection, selection, actor)
        self.count, self.withheld = found.count, found.withheld

    @property
    def is_masked(self) -> bool:
        return self._vault is None

    @property
    def rows(self) -> int:
        """Rows written so far; the last row of the events is none of them."""
        return min(self.tally.rows, self.count) if self.selection.sheet.key == "events" else self.tally.rows

    def batches(self) -> Iterator[list[formatters.Cells]]:
        with currencies.used(self._money):  # rows leave after the request that asked for them
            for batch in batches(self._moment.connection, self.selection, self.actor, self._vault):
                yield batch
                if self.watch is not None:
                    self.watch(len(batch[0]))

    def close(self) -> None:
        self._moment.close()

    def csv(self) -> Iterator[bytes]:
        """The CSV file in blocks; ``tally`` grows with it."""
        return sheets.csv_blocks(self.selection.columns, self.batches(), self.selection.has_keys, self.tally)

    def write_xlsx(self, path: Path) -> None:
        """The XLSX file; raises Refused when the rows are more than a sheet holds."""
        sheets.refuse_length(self.count)
        sheets.write_xlsx(path, self.selection.sheet.label.zh, self.selection.columns, self.batches(),
                          self.selection.has_keys, self.tally, self._define)

    def _define(self, tally: sheets.Tally) -> Iterator[tuple[str, object]]:
        return define(self, tally)


def open_export(selection: Selection, actor: Actor, folder: Path, vault: Vault | None = None) -> Export:
    """Take a moment and open an export of it; ``vault`` opens the numbers and is given only to an approved one."""
    selection = in_one_currency(selection, actor)
    moment = snapshots.take(folder)
    try:
        return Export(selection, actor, moment, datetime.now(UTC), vault)
    except BaseException:
        moment.close()
        raise


def define(export: Export, tally: sheets.Tally) -> Iterator[tuple[str, object]]:
    """The definition sheet: what the rows are, how the sums are reckoned, who made the file when, and its digest."""
    selection, actor = export.selection, export.actor
    yield "标题", f"劳动争议调解台账：{selection.sheet.label.zh}"
    yield "一行是", selection.sheet.row.zh
    yield "范围", selection.describe().zh
    yield "站点口径", "按受理时承办的站点，含全部下级；未受理的按现在所在站点"
    yield "截止", f"{actor.today.isoformat()}（数据取自 {export.taken_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S} 这一刻）"
    yield "行数", export.rows
    yield "列数", len(selection.columns)
    yield "制表人", f"{actor.name}（{actor.username}）"
    yield "号码", "证件号、电话已打码" if export.is_masked else "证件号、电话未打码，已经第二人同意"
    if export.withheld:
        yield "限定知悉", f"其中{export.withheld}行限定知悉：件数和金额照计，姓名、单位、摘要等不写"
    yield "合计行", "数据表最后一行，等于上面各行之和"
    for column in selection.columns:
        if column.meaning.zh:
            yield f"公式：{sheets.heading(column, selection.has_keys)}", column.meaning.zh
    for column in selection.columns:
        if column.is_summed:
            yield (f"合计：{sheets.heading(column, selection.has_keys)}",
                   _said(column, tally.sums.get(column.key, 0), selection.has_keys))
    yield "SHA-256", tally.rows_digest.hexdigest()
    yield "SHA-256 的算法", (
        "各数据行（不含表头和合计）按 CSV 写法相连，UTF-8 编码，行尾回车换行，空格子不写，金额两位小数，其他数不带小数，日期 年-月-日，"
        "时刻 年-月-日 时:分:秒+08:00，以公式符号开头的文字、12位以上或以0开头的纯数字文字前加 '；与同一范围导出的 CSV 去掉表头后的字节相同")


def _said(column: Column, total: int, has_keys: bool) -> object:
    return total / 100 if column.kind == "fen" and not has_keys else total
