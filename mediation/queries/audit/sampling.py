"""Samples of audits: the population of a filter, the samples in reach, and what their pages show of each case."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from mediation.extensions import db
from mediation.models import Case, Finding, FindingStep, Sample, SampleCase, Station
from mediation.queries import door
from mediation.queries.house import admin
from mediation.queries.ledger import export
from mediation.queries.ledger.selection import Selection
from mediation.rules.access import Actor
from mediation.rules.audit import sampling
from mediation.rules.audit.sampling import Population

DRAW = "audit.write"
SIZE = 50


class Line(NamedTuple):
    """One case of a sample; ``case`` is None where the reader may not open it."""

    row: SampleCase
    case: Case | None
    findings: Sequence[Finding]


def numbers(selection: Selection, actor: Actor) -> Iterator[str]:
    """The numbers of the cases of a selection, by character, from a cursor."""
    column = Case.number if db.engine.dialect.name == "sqlite" else Case.number.collate("C")
    rows = export.chosen_rows(select(Case.number), selection, actor).order_by(column)
    yield from db.session.execute(rows.execution_options(yield_per=2000)).scalars()


def count(selection: Selection, actor: Actor) -> int:
    """How many cases a sample of this selection would be drawn from."""
    return export.count(db.session.connection(), selection, actor)


def draw(selection: Selection, seed: str, size: int, actor: Actor) -> tuple[list[str], Population]:
    """The sample of a selection: the numbers in the order of the seed, and the population they come from."""
    return sampling.draw(seed, size, numbers(selection, actor))


def page(actor: Actor) -> Sequence[Sample]:
    """The newest samples in reach."""
    return db.session.scalars(select(Sample).where(Sample.station_id.in_(
        select(Station.id).where(admin.reach(actor, DRAW)))).order_by(Sample.id.desc()).limit(SIZE).options(
        joinedload(Sample.made_by))).all()


def marks(samples: Sequence[Sample]) -> dict[int, dict[str, int]]:
    """How many cases of each sample bear each mark."""
    found: dict[int, dict[str, int]] = {row.id: {} for row in samples}
    rows = select(SampleCase.sample_id, SampleCase.mark, func.count()).where(
        SampleCase.sample_id.in_(list(found))).group_by(SampleCase.sample_id, SampleCase.mark)
    for key, mark, n in db.session.execute(rows):
        found[key][mark] = n
    return found


def find(actor: Actor, key: int) -> Sample | None:
    """A sample in reach with its cases."""
    return db.session.scalar(select(Sample).where(Sample.id == key, Sample.station_id.in_(
        select(Station.id).where(admin.reach(actor, DRAW)))).options(
        selectinload(Sample.cases), joinedload(Sample.made_by), joinedload(Sample.station)))


def lines(sample: Sample, actor: Actor) -> list[Line]:
    """The cases of a sample in the order drawn, each with its findings; four statements however many there are."""
    ids = [row.case_id for row in sample.cases]
    known = {case.id: case for case in db.session.scalars(select(Case).where(
        Case.id.in_(ids), door.filter_for(actor)).options(joinedload(Case.station)))}
    noted: dict[int, list[Finding]] = {key: [] for key in ids}
    for finding in db.session.scalars(select(Finding).where(Finding.case_id.in_(list(known))).order_by(
            Finding.id).options(selectinload(Finding.steps).joinedload(FindingStep.note))):
        if finding.case_id is not None:  # as the condition has it
            noted[finding.case_id].append(finding)
    return [Line(row, known.get(row.case_id), noted[row.case_id]) for row in sample.cases]
