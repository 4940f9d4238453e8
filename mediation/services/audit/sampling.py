"""Samples of audits: drawn with a seed out of a filtered population, kept as drawn, each case marked as it is read."""
from __future__ import annotations

import hashlib

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Sample, SampleCase, Station
from mediation.queries.audit import sampling as queries
from mediation.queries.ledger.selection import Selection
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.audit import sampling
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases.moves import Forbidden

NO_MARK = Text("没有这个记号", "There is no such mark")


def draw(selection: Selection, seed: str, size: int | None, actor: Actor) -> Sample:
    """Draw cases and keep the list; raises Refused or Forbidden."""
    _require(actor)
    seed = seed.strip()[:sampling.LONGEST_SEED]
    if problems := sampling.draw_problems(seed, size):
        raise Refused(problems)
    assert size is not None  # refused above
    chosen, population = queries.draw(selection, seed, size, actor)
    if len(chosen) < size:
        raise Refused([Problem("size", sampling.TOO_FEW.fill(n=population.count, size=size))])
    row = Sample(station_id=actor.station_id, seed=seed, filters=selection.filters, size=size,
                 population=population.count, population_digest=population.digest, drawn_at=actor.now,
                 drawn_on=actor.today, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    ids = dict(db.session.execute(select(Case.number, Case.id).where(Case.number.in_(chosen))).tuples().all())
    db.session.add_all(SampleCase(sample_id=row.id, seq=n, case_id=ids[number], number=number)
                       for n, number in enumerate(chosen, 1))
    journal.record(actor, journal.HOUSE, "sample_drawn", {
        "sample": row.id, "seed": seed, "filter": row.filters, "population": row.population,
        "population_digest": row.population_digest, "size": size,
        "list_digest": hashlib.sha256("".join(f"{number}\n" for number in chosen).encode()).hexdigest()})
    return row


def mark(sample: Sample, seq: int, code: str, actor: Actor) -> None:
    """Mark one case of a sample as seen, with or without findings."""
    _require(actor, sample.station)
    row = next((row for row in sample.cases if row.seq == seq), None)
    if row is None or code not in sampling.MARKS:
        raise Refused([Problem("mark", NO_MARK)])
    if row.mark != code:
        row.mark, row.marked_on = code, actor.today
        journal.record(actor, journal.HOUSE, "sample_marked", {
            "sample": sample.id, "number": row.number, "mark": code or "none"})


def mark_found(sample: Sample, number: str, actor: Actor) -> None:
    """A finding was noted about a case of the sample."""
    for row in [row for row in sample.cases if row.number == number]:
        mark(sample, row.seq, "found", actor)


def _require(actor: Actor, station: Station | None = None) -> None:
    is_far = station is not None and not station.path.startswith(actor.station_path or "-")
    if is_far or not access.scope_of(actor.role, queries.DRAW):
        raise Forbidden(queries.DRAW)
