"""One case and its rows as the database holds them: what a change is judged by, reckoned from and sealed over.

One prepared statement reads the case, its place and which kinds of rows it has; each of these kinds is read by one
prepared statement, when it is first asked for. Nothing goes through the mapper, which costs several times as much.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    select,
)
from sqlalchemy import inspect as inspected
from sqlalchemy.orm.attributes import set_committed_value

from mediation import vault
from mediation.extensions import READING, AnyModel, Model, db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    CaseFact,
    CaseMember,
    Claim,
    ClockChange,
    Commission,
    Consent,
    Consultation,
    ConsultationCase,
    Contact,
    Correction,
    Duty,
    ExternalNumber,
    Hearing,
    Instalment,
    InstalmentShare,
    Interruption,
    Paper,
    Party,
    Payment,
    PaymentShare,
    PlanPayer,
    ScopeCheck,
    SideProcedure,
    Signature,
    Station,
    User,
    Visit,
)
from mediation.queries.house import canonical

T = TypeVar("T")
COLUMNS = tuple(Case.__mapper__.column_attrs.keys())
RELATIONS = tuple(Case.__mapper__.relationships.keys())
CASE: BindParameter[int] = bindparam("case")
CASES: BindParameter[Sequence[int]] = bindparam("cases", expanding=True)
OWNER = "owner_of_row"
DAY: BindParameter[date] = bindparam("day")


def _source(model: type[Model]) -> tuple[FromClause, ColumnElement[int]]:
    """Where the rows of a model are read from, and the column that holds the id of their case."""
    table, parents, links = model.__table__, canonical.PARENTS, ConsultationCase.__table__
    if model in canonical.OF_CONSULTATION:
        key = table.c.id if model is Consultation else table.c.consultation_id
        return table.join(links, links.c.consultation_id == key), links.c.case_id
    if model is InstalmentShare:
        parent, owner = _source(Instalment)
        return table.join(parent, Instalment.__table__.c.id == table.c.instalment_id), owner
    if model in parents:
        above, name = parents[model]
        return table.join(above.__table__, above.__table__.c.id == table.c[name]), above.__table__.c.case_id
    return table, table.c.case_id


def _columns(model: type[Model]) -> Iterator[ColumnElement[Any]]:
    """The digested columns of a model under their names on it; of a sealed number its sealed form."""
    names, sealed = ["id", *canonical.FIELDS[model]], canonical.sealed_of(model)
    if sealed:
        names = ["uid", *(f"{name}_sealed" if name in sealed else name for name in names)]
    return (model.__mapper__.columns[name].label(name) for name in names)


def _rows_of(model: type[Model]) -> Select[Any]:
    source, owner = _source(model)
    return select(*_columns(model)).select_from(source).where(owner == CASE).order_by(model.__table__.c.id)


def _rows_of_many(model: type[Model]) -> Select[Any]:
    source, owner = _source(model)
    return select(*_columns(model), owner.label(OWNER)).select_from(source).where(owner.in_(CASES)).order_by(
        model.__table__.c.id)


def _head(is_one: bool, has_own: bool = True) -> Select[Any]:
    """The case's own columns where it ``has_own``, the place where it lies, the people who have to do with it today,
    which rows it has; of one case or of many."""
    case, station, duty, users = (model.__table__ for model in (Case, Station, Duty, User))
    union, handler, registrar, officer = station.alias(), users.alias(), users.alias(), users.alias()
    present = []
    for model in KINDS:
        source, owner = _source(model)
        theirs = owner == (CASE if is_one else case.c.id)
        present.append(exists().select_from(source).where(theirs).label(f"has_{model.__tablename__}"))
    own = (Case.__mapper__.columns[name].label(name) for name in COLUMNS if has_own)
    place = case.join(station, station.c.id == case.c.station_id).join(union, union.c.id == case.c.union_id)
    people = place.join(registrar, registrar.c.id == case.c.registered_by_id).outerjoin(
        handler, handler.c.id == case.c.handler_id).outerjoin(
        duty, and_(duty.c.station_id == case.c.station_id, duty.c.duty_on == DAY)).outerjoin(
        officer, officer.c.id == duty.c.account_id)
    return select(
        *own, station.c.path.label("station_path"), station.c.county.label("station_county"),
        station.c.currency.label("currency"),
        station.c.short_name.label("station_name"), union.c.code.label("union_code"),
        handler.c.name.label("handler_name"), registrar.c.name.label("registrar_name"),
        officer.c.id.label("duty_id"), officer.c.name.label("duty_name"), *present,
    ).select_from(people).where(case.c.id == CASE if is_one else case.c.id.in_(CASES))


KINDS = canonical.DIGESTED[1:]
HEAD, HEADS, BESIDE = _head(is_one=True), _head(is_one=False), _head(is_one=True, has_own=False)
ROWS = {model: _rows_of(model) for model in KINDS}
ROWS_OF_MANY = {model: _rows_of_many(model) for model in KINDS}
LOCK = select(Case.__table__.c.id).where(Case.__table__.c.id == CASE).with_for_update()
# Kinds of rows under the names that they have on Case, so that what reads a Case reads these as well.
NAMES: dict[str, type] = {
    "members": CaseMember, "parties": Party, "claims": Claim, "contacts": Contact, "hearings": Hearing,
    "clock_changes": ClockChange, "interruptions": Interruption, "side_procedures": SideProcedure,
    "case_facts": CaseFact, "agreements": Agreement, "items": AgreementItem, "consents": Consent,
    "instalments": Instalment, "instalment_shares": InstalmentShare, "plan_payers": PlanPayer, "payments": Payment,
    "payment_shares": PaymentShare, "visits": Visit, "commissions": Commission, "external_numbers": ExternalNumber,
    "papers": Paper, "signatures": Signature, "scope_checks": ScopeCheck, "corrections": Correction}


class CaseRows:
    """A case as it was stored when it was read: its columns, and its rows under the names of ``NAMES``, in the order
    of their ids. A kind of rows is read when it is first asked for; ``text`` reads what is left.

    It knows nothing of a change that comes afterwards, unless it is told: read it anew then.
    """

    def __init__(self, case_id: int, today: date, own: Mapping[str, Any] | None = None):
        """``own``: the case's columns, where they were read in this transaction."""
        self._connection = db.session.connection()
        self._given = {"case": case_id, "day": today}
        self._head = self._connection.execute(BESIDE if own else HEAD, self._given).one()._mapping
        if own:
            self._head = {**own, **self._head}  # type: ignore[assignment]
        self._kept: dict[type[Model], list[Any]] = {}
        self._reckoned: dict[object, Any] = {}
        self.owed: dict[str, object] = {}
        self.tell(**self._head)

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return self.of(NAMES[name])
        raise AttributeError(name)

    def of(self, model: type[Model]) -> list[Row[Any]]:
        """The rows of one kind."""
        if model not in self._kept:
            found = self._connection.execute(ROWS[model], self._given).all() if self.has(model) else ()
            self._kept[model] = list(found)
        return self._kept[model]

    def hold(self, model: type[Model], objects: Sequence[object]) -> None:
        """Take the session's objects for the rows of one kind, where they were read for a page anyway: they have the
        same names. Rows that are still to go under a digest must not be held so; ``text`` fails on them."""
        self._kept[model] = list(objects)

    def has(self, model: type[Model]) -> bool:
        """Whether there are rows of one kind."""
        return bool(self._head[f"has_{model.__tablename__}"])

    def tell(self, **known: object) -> None:
        """Columns of the case as they are written from here on, and what has been found out about it."""
        vars(self).update(known)
        self._reckoned.clear()

    def owe(self, **known: object) -> None:
        """Hints, which follow from the rows: columns that the writer of the case's next event writes with its version;
        they are under no digest."""
        vars(self).update(known)
        self.owed |= known

    def once(self, what: object, reckon: Callable[[], T]) -> T:
        """What is reckoned from the rows, once as long as nothing new is told of them."""
        if what not in self._reckoned:
            self._reckoned[what] = reckon()
        found: T = self._reckoned[what]
        return found

    def is_seen_by(self, connection: Connection, case_id: int, today: date) -> bool:
        """Whether these are the rows of a case as a transaction found them."""
        return self._connection is connection and self._given == {"case": case_id, "day": today}

    def text(self, version: int) -> str:
        """The canonical form of the case with the version that its next event gives it; the same text as
        ``canonical.canonical_case`` makes of its objects."""
        lines = [canonical.line(Case, self._head["id"], {**self._head, "version": version})]
        lines += [canonical.line(model, row.id, _plain(model, row)) for model in self.kinds() for row in self.of(model)]
        return "\n".join([f"v{canonical.VERSION}", *lines])

    def kinds(self) -> Iterator[AnyModel]:
        """The kinds of which there may be rows, in their order."""
        return iter(KINDS)

    def fill(self, case: Case) -> None:
        """Bring the object of the session to what is stored; its relations are read again when they are asked for."""
        kept, head = inspected(case).dict, self._head
        for name in COLUMNS:
            if name not in kept or kept[name] != head[name]:
                set_committed_value(case, name, head[name])
        db.session.expire(case, RELATIONS)


class KeptRows(CaseRows):
    """A case that was read together with others."""

    def __init__(self, head: Mapping[str, Any], kept: dict[type[Model], list[Any]]):
        self._head, self._kept = head, kept  # type: ignore[assignment]
        self._reckoned, self.owed = {}, {}
        self.tell(**head)

    def of(self, model: type[Model]) -> list[Row[Any]]:
        return self._kept.get(model, [])


def read_many(ids: Sequence[int], today: date) -> dict[int, CaseRows]:
    """Cases as they are stored, by their ids: as many statements for a hundred as for one. For looks; nothing that
    is pending in the session is written first."""
    connection, given = db.session.connection(), {"cases": list(ids), "day": today}
    heads: list[dict[str, Any]] = [{**row._mapping} for row in connection.execute(HEADS, given)]
    kept: dict[int, dict[type[Model], list[Any]]] = {head["id"]: {} for head in heads}
    for model in KINDS:
        if any(head[f"has_{model.__tablename__}"] for head in heads):
            for row in connection.execute(ROWS_OF_MANY[model], given):
                kept[row._mapping[OWNER]].setdefault(model, []).append(row)
    return {head["id"]: KeptRows(head, kept[head["id"]]) for head in heads}


class MadeRow:
    """A row that was made in memory: its columns as those of a row that was read, and in plain what is sealed."""

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, values: dict[str, Any]):
        self.__dict__ = values

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return self.__dict__


class MadeRows(CaseRows):
    """A case whose rows were made in memory and are stored as they stand here, with the ids that they have."""

    def __init__(self, case: Mapping[str, Any], kept: Mapping[type[Model], Sequence[dict[str, Any]]], county: str):
        self._head = {**case, "station_county": county}  # type: ignore[assignment]
        self._kept = {model: list(map(MadeRow, rows)) for model, rows in kept.items()}
        self._reckoned, self.owed = {}, {}
        vars(self).update(NO_ROWS)
        vars(self).update({NAME_OF[model]: rows for model, rows in self._kept.items()})
        vars(self).update(self._head)

    def has(self, model: type[Model]) -> bool:
        return bool(self._kept.get(model))

    def kinds(self) -> Iterator[AnyModel]:
        return (model for model in KINDS if model in self._kept)

    def tell(self, **known: object) -> None:
        self._head |= known  # type: ignore[operator]
        super().tell(**known)


NAME_OF = {model: name for name, model in NAMES.items()}
NO_ROWS: dict[str, tuple[Any, ...]] = dict.fromkeys(NAMES, ())


def _plain(model: type[Model], row: Row[Any] | MadeRow) -> Mapping[str, object]:
    if isinstance(row, MadeRow):
        return row._mapping
    return {**row._mapping, **{name: unsealed(row, name, model) for name in SEALED.get(model, ())}}


SEALED = {model: sealed for model in KINDS if (sealed := canonical.sealed_of(model))}


def unsealed(row: Row[Any] | MadeRow | Party, name: str, model: type[Model] = Party) -> str:
    """A sealed value of a row, mostly a number of a party, in plain; '' where there is none."""
    if isinstance(row, MadeRow):
        return row._mapping.get(name) or ""
    sealed = getattr(row, f"{name}_sealed")
    return vault.current().decrypt(sealed, f"{getattr(model, name).place}.{row.uid}") if sealed else ""


def read(case: Case, today: date = date.min, lock: bool = False) -> CaseRows:
    """The case as it is stored now, whatever is pending in the session first; the object follows.

    ``today`` asks for the duty officer of that day. ``lock`` holds other writers off until the end of the
    transaction; it is a statement of its own, since one that waits for a lock would go on to judge the other tables
    by what stood in them before.
    """
    db.session.flush()
    identity = inspected(case).identity
    assert identity is not None  # it is stored
    key = identity[0]
    if lock and db.engine.dialect.name != "sqlite":  # there a writing transaction holds the one lock from its start
        db.session.connection().execute(LOCK, {"case": key})
    rows = CaseRows(key, today)
    rows.fill(case)
    return rows


KEPT = "case_rows"


def keep(rows: CaseRows, version: int) -> None:
    """Remember the rows that went under the digest of a case's newest event, with the version it gave the case."""
    vars(rows).update(version=version)
    db.session.info[KEPT] = rows


def current(case: Case, today: date) -> CaseRows:
    """The rows of a case for a look: those under its newest digest where they are at hand, else as ``read`` finds
    them. What has changed a case since its newest event is a fault, which the next verification finds."""
    rows = db.session.info.get(KEPT)
    return rows if rows is not None and (rows.id, rows.version) == (case.id, case.version) else read(case, today)


SEEN = "seen_rows"


def seen(case: Case, today: date) -> CaseRows:
    """The rows of a case for a page: read once in a transaction that only reads, which sees one moment. Of the object
    that was found in it the columns are taken as they are."""
    connection, info = db.session.connection(), db.session.info
    if READING not in info:
        return CaseRows(case.id, today)
    rows: CaseRows | None = info.get(SEEN)
    if rows is None or not rows.is_seen_by(connection, case.id, today):
        kept = inspected(case).dict
        own = {name: kept[name] for name in COLUMNS if name in kept}
        rows = info[SEEN] = CaseRows(case.id, today, own if len(own) == len(COLUMNS) else None)
    return rows
