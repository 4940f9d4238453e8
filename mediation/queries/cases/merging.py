"""Where merged cases lead: the end of their chain, what went into a case, and mergers that cannot be right."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select

from mediation.extensions import db
from mediation.models import Case, Claim, Event, Party, Payment
from mediation.queries import door
from mediation.queries.cases.intake import told_of
from mediation.rules.access import Actor
from mediation.rules.cases import duplicates, erasing, voiding
from mediation.rules.cases import merging as rules
from mediation.rules.language import Text

_CASE = Case.__table__.c


def end_of(case_id: int) -> int | None:
    """The id of the case in which a merged one goes on, along the whole chain; None where the chain is a ring."""
    seen: set[int] = set()
    into: int | None = case_id
    while into is not None:
        if into in seen:
            return None
        seen.add(into)
        case_id, into = into, db.session.scalar(select(_CASE.merged_into_id).where(_CASE.id == into))
    return case_id


def end_number(case_id: int) -> str:
    """The register number of that case; '' where the chain is a ring."""
    end = end_of(case_id)
    return str(db.session.scalar(select(_CASE.number).where(_CASE.id == end))) if end is not None else ""


def sentence_against(case: Case, permission: str) -> Text | None:
    """What a merged or voided case answers whatever would be written in it; None for another, and where reading is
    meant."""
    if case.erased_on is not None:
        return None if permission in erasing.LEFT else erasing.ERASED
    if case.voided_on is not None:
        return None if permission in voiding.LEFT else voiding.refusal(case.void_reason).text
    if case.merged_into_id is None or case.is_open or permission in rules.LEFT:
        return None
    return rules.refusal(end_number(case.id)).text


def find_end(case: Case, actor: Actor) -> Case | None:
    """That case, if the reader may see it."""
    end = end_of(case.id)
    return None if end is None else db.session.scalar(door.readable(actor).where(Case.id == end))


def along(case: Case) -> list[int]:
    """The ids of a case and of those in which it went on: what went over from it stands in one of these."""
    found, into = [case.id], case.merged_into_id
    while into is not None and into not in found:
        found.append(into)
        into = db.session.scalar(select(_CASE.merged_into_id).where(_CASE.id == into))
    return found


def sources(case_ids: Collection[int]) -> dict[int, set[str]]:
    """The numbers of all cases that went into each of these, through others too."""
    into: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for key, number, target in db.session.execute(select(_CASE.id, _CASE.number, _CASE.merged_into_id).where(
            _CASE.merged_into_id.is_not(None))):
        into[target].append((key, number))
    return {key: _into(key, into, {key}) for key in case_ids} if into else {}


def _into(key: int, into: Mapping[int, list[tuple[int, str]]], seen: set[int]) -> set[str]:
    found: set[str] = set()
    for source, number in into.get(key, ()):
        if source not in seen:
            seen.add(source)
            found |= {number} | _into(source, into, seen)
    return found


def came_from(case: Case) -> dict[str, dict[str, int]]:
    """What went over into a case, by the number of the case that it came from; empty for mergers of before."""
    rows = db.session.scalars(select(Event.data).where(
        Event.stream == f"case:{case.number}", Event.kind == "source_merged").order_by(Event.seq))
    return {data["source"]: data.get("carried", {}) for data in map(json.loads, rows)}


def have_in_common(one: Case, other: Case) -> bool:
    """Whether two cases share a person or an employer, under whatever name of it."""
    return duplicates.have_in_common(*(_told(case) for case in (one, other)))


def _told(case: Case) -> duplicates.Told:
    told = told_of(case)
    return replace(told, employers=[employer_of(party) or 0 for party in case.parties
                                    if party.side == "respondent" and party.employer_id and not party.removed_on])


def employer_of(party: Party) -> int | None:
    """The employer of a party, by the id under which it goes on where it was merged into another."""
    return (party.employer.merged_into_id or party.employer_id) if party.employer_id is not None else None


# What cannot be right -------------------------------------------------------------------------------------------

class Wrong(NamedTuple):
    """A merged case with what is wrong about it; ``key`` is a row of rules/audit/contradictions.py."""

    case_id: int
    number: str
    key: str
    text: Text


RING = Text("并案绕成了圈（{number}），哪一件都不在统计里", "the merger runs in a circle ({number}): none of them is counted")
LOST = Text("已并入{number}，还留着没有并过去的诉求或到账", "merged into {number}, and claims or payments were left behind here")
OPEN = Text("已并入{number}，还没有结案", "merged into {number} and still open")
DEAD_END = Text("并入的{number}记作“重复”，却没有并入哪一件",
                "{number}, into which it was merged, is called a duplicate and went into no case")


def wrong(rows: ColumnElement[bool]) -> Iterator[Wrong]:
    """Rings, merged cases that still hold rows or are open, and chains that end in no live case."""
    claims = exists().where(Claim.case_id == Case.id, Claim.dropped_on.is_(None))
    money = exists().where(Payment.case_id == Case.id)
    people = exists().where(Party.case_id == Case.id, Party.removed_on.is_(None))
    found = db.session.execute(select(
        Case.id, Case.number, Case.is_open, or_(claims, money, people)).where(
        rows, Case.merged_into_id.is_not(None)).order_by(Case.id)).all()
    steps = dict(db.session.execute(select(_CASE.id, _CASE.merged_into_id).where(
        _CASE.merged_into_id.is_not(None))).tuples().all()) if found else {}
    ends = {key: _end(key, steps) for key, *_rest in found}
    told = {row.id: row for row in db.session.execute(select(_CASE.id, _CASE.number, _CASE.outcome).where(
        _CASE.id.in_({end for end in ends.values() if end is not None})))} if found else {}
    for key, number, is_open, holds in found:
        end = ends[key]
        if end is None:
            yield Wrong(key, number, "merged_in_a_ring", RING.fill(number=number))
            continue
        faults = ((told[end].outcome == "DUPLICATE", DEAD_END), (holds, LOST), (is_open, OPEN))
        yield from (Wrong(key, number, "merged_left_rows", text.fill(number=told[end].number))
                    for is_so, text in faults if is_so)


def _end(key: int, steps: Mapping[int, int]) -> int | None:
    seen: set[int] = set()
    while key in steps:
        if key in seen:
            return None
        seen.add(key)
        key = steps[key]
    return key
