"""The rows of one case by prepared statements: the same text as through the objects, for rows of every kind."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import JSON, Boolean, Date, Integer, SmallInteger

from mediation.cli.bench.measures import counted
from mediation.extensions import db, read_and_write, read_only
from mediation.models import Case, CaseLink, ConsultationCase, Correction, Instant, Party, PaymentShare
from mediation.queries.cases import case_rows
from mediation.queries.house import canonical
from mediation.services.cases import moves
from tests import casework, house


@pytest.fixture
def mediator(actor):
    return actor("mediator")


def value_of(column, n: int) -> object:
    """A value that no column has by default."""
    kind = column.type
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, (Integer, SmallInteger)):
        return 1000 + n
    if isinstance(kind, Date):
        return date(2026, 3, 1) + timedelta(n)
    if isinstance(kind, Instant):
        return datetime(2026, 3, 1, 9, 30, n % 60, tzinfo=UTC)
    return ["甲", "b"] if isinstance(kind, JSON) else f"字{n}"[:kind.length]


class Filler:
    """Fills every column of rows of a case; a foreign key leads to a row that is there, or to one made for it."""

    def __init__(self, case: Case):
        self.case = case
        self.made: dict[str, int] = {"dispute": case.id, "station": case.station_id, "account": case.registered_by_id,
                                     "agency": db.session.scalar(db.select(house.Agency.id)),
                                     "party": case.parties[0].id}
        self.models = {mapper.local_table.name: mapper.class_ for mapper in db.Model.registry.mappers}
        self.count = 0

    def make(self, model: type) -> int:
        values = {}
        for column in model.__mapper__.column_attrs:
            inner = column.columns[0]
            if not inner.primary_key or model is ConsultationCase:
                self.count += 1
                values[column.key] = self._value(model, inner)
        row = model(**values)
        if isinstance(row, Party):
            row.phone, row.identity, row.account = f"1384786{self.count}", "152824199001011239", "6222020000000000001"
        if isinstance(row, Correction):
            row.old = "6222020000000000001"
        db.session.add(row)
        db.session.flush()
        key = getattr(row, "id", 0)
        self.made.setdefault(model.__tablename__, key)
        return key

    def _value(self, model: type, column) -> object:
        for key in column.foreign_keys:
            table = key.column.table.name
            if table == model.__tablename__:
                return None  # a row of its own kind: the first has none
            return self.made.get(table) or self.make(self.models[table])
        return value_of(column, self.count)


@pytest.fixture
def full(mediator) -> Case:
    """A case with two rows of every kind that is digested (a case has one link), every column of them filled."""
    case = casework.bring(casework.make_case(mediator, 3), "MEDIATING", mediator)
    filler = Filler(case)
    for n in range(2):
        for model in canonical.FIELDS:
            if model is not Case and not (n and model is CaseLink):
                filler.make(model)
        filler.made = {name: key for name, key in filler.made.items() if name in (
            "dispute", "station", "account", "agency", "party")}
    case.as_told, case.evidence, case.pages = {"received_on": "年底"}, ["iou", "photos"], 40
    db.session.commit()
    return case


def text_of(case: Case) -> str:
    rows = case_rows.read(case, house.TODAY)
    return rows.text(case.version)


def test_a_case_with_rows_of_every_kind_has_the_text_of_its_objects(full):
    made = text_of(full)
    assert made == canonical.canonical_cases([full])[full.id]
    assert {line.split(":")[0] for line in made.splitlines()[1:]} == {model.__tablename__ for model in canonical.FIELDS}


def test_every_field_of_every_kind_is_in_the_text(full):
    """A field that a statement forgets would be under no digest: each one is changed and must show."""
    lines = text_of(full).splitlines()
    for model, fields in canonical.FIELDS.items():
        said = " ".join(line for line in lines if line.startswith(f"{model.__tablename__}:"))
        wanted = [name for name in fields if model is not Case and name not in OWN_KIND]
        assert [name for name in wanted if f'"{name}":' not in said] == [], model


OWN_KIND = {"reverses_id", "acts_for_id", "replaces_id"}  # left empty by the filler, as the first of their kind


@pytest.mark.parametrize("state", casework.WAYS)
def test_a_case_in_each_state_has_the_text_of_its_objects(actor, state):
    lead = actor("lead")
    case = casework.bring(casework.make_case(lead, 2), state, lead)
    assert text_of(case) == canonical.canonical_case(case)
    db.session.commit()
    assert text_of(case) == canonical.canonical_case(case)


def test_rows_of_another_case_are_not_among_them(full, mediator):
    other = casework.make_case(mediator)
    assert f"party:{full.parties[0].id}:" not in text_of(other)
    assert case_rows.read(other, mediator.today).of(PaymentShare) == []


def test_what_is_pending_is_stored_first_and_the_object_follows_the_store(full, mediator):
    full.narrative = "又补了一句"
    rows = case_rows.read(full, mediator.today)
    assert rows.narrative == "又补了一句"
    db.session.execute(db.update(Case.__table__).values(narrative="别人写的", handler_id=house.get_user("colleague").id))
    rows = case_rows.read(full, mediator.today)
    assert (rows.narrative, full.narrative, full.handler.username) == ("别人写的", "别人写的", "colleague")
    assert full not in db.session.dirty


def test_only_the_kinds_that_a_case_has_are_asked_for(mediator):
    case = casework.make_case(mediator)
    db.session.commit()
    number = case.number
    db.session.expire_all()
    case = db.session.scalar(db.select(Case).where(Case.number == number))
    with counted() as said:
        text_of(case)
    assert len(said) == 3  # the case, its people, its claims


def test_a_reading_under_lock_sees_what_was_committed_before_it(full, mediator):
    rows = case_rows.read(full, mediator.today, lock=True)
    assert rows.version == full.version
    moves.act(full, "case_changed", {"fields": [], "reason": None}, mediator)
    assert case_rows.read(full, mediator.today).version == rows.version + 1


def test_what_is_reckoned_from_rows_is_reckoned_anew_once_something_is_told_of_them(full, mediator):
    rows, asked = case_rows.read(full, mediator.today), []
    for _time in range(2):
        assert rows.once("it", lambda: asked.append(1) or len(asked)) == 1
    rows.owe(next_due_rule="L1")  # follows from the rows
    assert rows.once("it", lambda: 5) == 1
    rows.tell(is_enforced=True)
    assert rows.once("it", lambda: 5) == 5


def test_rows_are_read_once_in_a_transaction_that_only_reads_and_anew_in_any_other(mediator):
    key = casework.make_case(mediator).id
    db.session.commit()
    case = db.session.get_one(Case, key)
    assert case_rows.seen(case, mediator.today) is not case_rows.seen(case, mediator.today)  # it might have written
    read_only()
    first = case_rows.seen(case, mediator.today)
    assert case_rows.seen(case, mediator.today) is first
    assert case_rows.seen(case, mediator.today + timedelta(1)) is not first  # another officer is on duty
    read_and_write()
    moves.act(case, "case_changed", {"fields": [], "reason": None}, mediator)
    assert case_rows.seen(case, mediator.today).version == first.version + 1
    db.session.commit()
    read_only()
    assert case_rows.seen(case, mediator.today).version == first.version + 1
    read_and_write()


def test_rows_beside_an_object_that_was_read_are_those_of_a_case_read_whole(full, mediator):
    key = full.id
    db.session.commit()
    read_only()
    for is_loaded in (False, True):
        case = db.session.get_one(Case, key, populate_existing=is_loaded)
        seen, whole = case_rows.seen(case, mediator.today), case_rows.CaseRows(key, mediator.today)
        assert {name: getattr(seen, name) for name in whole._head} == dict(whole._head)
        assert seen.text(seen.version) == whole.text(whole.version)
        db.session.rollback()
    read_and_write()


def test_a_hint_that_is_owed_is_on_the_object_at_once_and_in_the_store_with_the_event(mediator):
    case = casework.make_case(mediator)
    case.claims[0].amount_fen += 100
    moves.reckon(case, mediator)
    assert case.claimed_fen == sum(claim.amount_fen for claim in case.claims)
    stored = db.select(Case.__table__.c.claimed_fen).where(Case.__table__.c.id == case.id)
    assert db.session.scalar(stored) == case.claimed_fen - 100
    casework.rest(case, mediator)
    assert db.session.scalar(stored) == case.claimed_fen
