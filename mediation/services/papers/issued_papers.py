"""Recording that a paper was made, given or served, and writing who puts full numbers on paper."""
from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event, Paper
from mediation.queries.cases import case_rows, facts
from mediation.queries.papers import case_papers as queries
from mediation.queries.papers import served
from mediation.rules import editions
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.editions import Made
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import ways
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers import numbering, service
from mediation.rules.papers.service import Entry
from mediation.services import journal, numbers
from mediation.services.cases import moves
from mediation.services.law import case_law
from mediation.services.numbers import Drawn
from mediation.services.papers import kept_pages, waiting

PERMISSION = "case.work"
NONE_MADE: Mapping[str, Made] = MappingProxyType({})
NONE_DRAWN: Mapping[str, Drawn] = MappingProxyType({})
NEWER = Text("后面已经出过新版，或已另有一份代替它", "A newer edition has been issued already, or another one stands in its place")
UNCHANGED = Text("内容和留存的一样，重印留存的这一份就行", "Nothing on it has changed; print the kept one again")


@dataclass(frozen=True)
class Given:
    """How a paper reached somebody. Without a way it was only made or received; ``on`` is then that day."""

    on: date | None
    way: str = ""
    to: str = ""
    note: str = ""
    party_id: int | None = None  # whom it was given to, where that is a party of the case
    result: str = ""
    witness: str = ""
    signer: str = ""

    @property
    def entry(self) -> Entry:
        """As the rules of service read it."""
        return Entry(self.way, self.result, self.to, self.witness, self.signer, self.note, self.on)


def draw(case: Case, kinds: Mapping[str, str], given: Given, actor: Actor, seen_version: int | None = None
         ) -> dict[str, Drawn]:
    """The numbers of those papers that are issued with this record for the first time, drawn before their pages are
    made. What is refused afterwards draws none: the transaction is undone. ``kinds``: which of several each one is.

    Raises Forbidden, Refused, or Conflict where somebody else has recorded one of them since the page was shown.
    """
    moves.require(case_rows.read(case, actor.today, lock=True), PERMISSION, actor)
    if found := problems(case, list(kinds), given, actor):
        raise Refused(found)
    if seen_version is not None and (first := _recorded_since(case, kinds, seen_version)) is not None:
        raise moves.Conflict(first, case.version)
    assert given.on is not None  # refused above
    return {kind: numbers.paper_number(case, kind, given.on.year) for kind, about in kinds.items()
            if kind in numbering.SERIES and not case.is_late_entry and queries.numbered(case, kind, about) is None}


def _recorded_since(case: Case, kinds: Container[str], seen_version: int) -> Event | None:
    """Somebody's record of one of these papers after a version of the case."""
    kinds_of_event = ("paper_recorded", "paper_served")
    rows = db.session.scalars(select(Event).where(
        Event.stream == journal.case_stream(case), Event.seq > seen_version,
        Event.kind.in_(kinds_of_event)).order_by(Event.seq))
    return next((row for row in rows if json.loads(row.data)["kind"] in kinds), None)


def record(case: Case, kinds: Sequence[str], given: Given, actor: Actor,
           made: Mapping[str, Made] = NONE_MADE, drawn: Mapping[str, Drawn] = NONE_DRAWN) -> list[Paper]:
    """Record one or several papers given at once, each with its event; gives their rows.

    ``made``: the pages of those that are printed here, by kind. A page is kept when its paper is first given; what is
    given once more is the same page, whatever the facts have become, until a new edition is issued. ``drawn``: the
    numbers that ``draw`` gave, which these pages carry.

    A notice of where to go without an agreement, given in writing, is the move 书面告知 too, if the case waits for it.
    Raises Forbidden, or Refused with all problems.
    """
    moves.require(case, PERMISSION, actor)
    if found := problems(case, kinds, given, actor):
        raise Refused(found)
    rows = [_write(case, kind, given, actor, made.get(kind), drawn.get(kind)) for kind in kinds]
    for row in rows:
        _start_clocks(case, row, given, actor)
    waiting.keep(case)
    return rows


def _start_clocks(case: Case, row: Paper, given: Given, actor: Actor) -> None:
    """What hangs on the service of this paper on this side: the written notice, a demand that arrived."""
    duty = service.TABLE.get(row.kind)
    if duty is None or not given.way or not service.is_served(given.way, given.result, given.witness):
        return
    side = served.side_of(case, row)
    if duty.tells and side in ("", duty.tells) and _waits_for_notice(case, actor):
        row.is_notice = True
        moves.move(case, "notify", {"happened_on": given.on, "way": given.way, "to": given.to}, actor)
    if duty.claims and side == duty.claims and _is_new_claim(case, given.on):
        case_law.interrupt(case, "claim", given.on, evidence_of(row), actor)


def evidence_of(row: Paper) -> str:
    """How the restart of a time bar that a demand sets names the paper: by this it is found again."""
    return row.number or papers.PAPERS[row.kind].title.zh


def _is_new_claim(case: Case, on: date | None) -> bool:
    """Whether a demand that arrived restarts the time bar here; where the request did so, it is on record already."""
    known = {one.on for one in case.interruptions if one.kind == "claim" and one.dropped_on is None}
    return on not in known and not case.is_late_entry and not ways.restarts(case.channel, "request")


def problems(case: Case, kinds: Sequence[str], given: Given, actor: Actor) -> list[Problem]:
    """What stands against recording these papers."""
    found = []
    if not kinds or any(kind not in papers.PAPERS for kind in kinds):
        found.append(Problem("kind", Text("请选一种材料", "Please choose a paper")))
    if given.on is None:
        found.append(Problem("given_on", Text("请填写哪天", "Please give the day")))
    elif given.on > actor.today:
        found.append(Problem("given_on", Text("日期不能在今天之后", "The day cannot lie in the future")))
    is_here = any(party.id == given.party_id and party.removed_on is None for party in case.parties)
    if given.party_id is not None and not is_here:
        found.append(Problem("party", Text("这件案子里没有这个人", "This person is not in the case")))
    return found + service.problems(given.entry, given.party_id is not None)


def _write(case: Case, kind: str, given: Given, actor: Actor, made: Made | None, drawn: Drawn | None) -> Paper:
    number = made.number if made else case.printed_number if kind in papers.PRINTABLE else ""
    row = Paper(case_id=case.id, kind=kind, number=number, made_on=given.on, given_on=given.on if given.way else None,
                given_way=given.way, given_to=_to(case, given), note=given.note,
                party_id=given.party_id if given.way else None,
                result=service.result_of(given.way, given.result) if given.party_id else given.result,
                witness=given.witness, signer=given.signer)
    if made is not None:
        last = queries.issued(case, kind, made.about)
        row.about, row.edition = made.about, last.edition if last else 1
        row.kept = last.kept if last else kept_pages.keep(made, actor)
        row.number = number = last.number if last else number
    elif drawn is None and (before := queries.numbered(case, kind, "")) is not None:
        row.number = number = before.number
    if drawn is not None:
        row.number = number = drawn.text
        row.serial_year, row.serial = drawn.year, drawn.n
    db.session.add(row)
    db.session.flush()
    told = {"paper": row.id, "kind": kind, "number": number, "given_way": given.way, "given_on": row.given_on}
    if row.party_id is not None:
        told |= {"party": row.party_id, "result": row.result}
    moves.act(case, "paper_served" if row.party_id else "paper_recorded", told, actor, happened_on=given.on)
    return row


def _to(case: Case, given: Given) -> str:
    """Whom a paper was given to, by name."""
    party = next((one for one in case.parties if one.id == given.party_id), None)
    return served.name_of(party)[:100] if party is not None and given.way else given.to


def reissue(case: Case, last: Paper, made: Made, note: str, actor: Actor) -> Paper:
    """A new edition of an issued paper, from the facts of today; the one before stays readable as it was.

    Raises Forbidden, or Refused when nothing on the paper has changed, or a newer edition is there already.
    """
    moves.require(case, PERMISSION, actor)
    before = queries.kept(last.kept)
    if queries.issued(case, last.kind, last.about) is not last or made.about != last.about:
        raise Refused([Problem("", NEWER)])
    if before is not None and before.lines(editions.SIGHTS[-1]) == made.lines(editions.SIGHTS[-1]):
        raise Refused([Problem("", UNCHANGED)])
    row = Paper(case_id=case.id, kind=last.kind, number=last.number, made_on=actor.today, note=note, about=last.about,
                edition=last.edition + 1, replaces_id=last.id, kept=kept_pages.keep(made, actor))
    db.session.add(row)
    db.session.flush()
    moves.act(case, "paper_reissued", {"paper": row.id, "kind": row.kind, "number": row.number,
                                       "edition": row.edition, "replaces": last.id}, actor)
    waiting.keep(case)
    return row


def spoil(case: Case, row: Paper, reason: str, actor: Actor) -> None:
    """Mark an issued paper as spoiled, with every entry about it: it keeps its number and page, and what is issued next
    is another paper; what its service set is taken back. Raises Forbidden, Refused."""
    moves.require(case_rows.read(case, actor.today, lock=True), PERMISSION, actor)
    rows = [one for one in case.papers if (one.kind, one.about, one.number) == (row.kind, row.about, row.number)
            and one.spoiled_on is None]
    found, notices = numbering.spoil_problems(row.spoiled_on is not None, reason), served.notices(case)
    if found := found + service.undo_problems(not case.is_open, any(one.id in notices for one in rows)):
        raise Refused(found)
    for one in rows:
        one.spoiled_on, one.spoiled_reason = actor.today, reason
    undone = _take_back(case, rows, notices, reason, actor)
    waiting.keep(case)
    moves.act(case, "paper_spoiled", {"paper": row.id, "kind": row.kind, "number": row.number, "reason": reason,
                                      **undone}, actor)


def strike(case: Case, row: Paper, reason: str, actor: Actor) -> None:
    """Strike out a mistyped entry of service: it stays readable, its paper stands as issued, and what it set (the
    written notice, a restart of the time bar) is taken back where no other entry holds it.

    Raises Forbidden, Refused.
    """
    moves.require(case_rows.read(case, actor.today, lock=True), PERMISSION, actor)
    found, notices = service.strike_problems(served.is_service(row), reason), served.notices(case)
    if found := found + service.undo_problems(not case.is_open, row.id in notices):
        raise Refused(found)
    row.struck_on, row.struck_reason = actor.today, reason
    undone = _take_back(case, [row], notices, reason, actor)
    waiting.keep(case)
    moves.act(case, "service_struck", {"paper": row.id, "kind": row.kind, "number": row.number, "reason": reason,
                                       **undone}, actor)


def _take_back(case: Case, rows: Sequence[Paper], notices: Container[int], reason: str, actor: Actor
               ) -> dict[str, object]:
    """Undo what entries set that no longer count; what another entry of service shows as well passes on to that one.
    Gives what the event tells: the day that stands as the notice, the restarts that were struck out."""
    notice, restarts = "", []
    if any(row.id in notices and row.given_on == case.notified_on for row in rows):
        heir = min(_showing(case, "tells"), key=lambda row: (row.given_on or actor.today, row.id), default=None)
        for row in case.papers:
            row.is_notice = row is heir
        case.notified_on = heir.given_on if heir else None
        notice = case.notified_on.isoformat() if case.notified_on else "none"
    shown = {(row.given_on, evidence_of(row)) for row in _showing(case, "claims")}
    lost = {(row.given_on, evidence_of(row)) for row in rows} - shown
    for one in case.interruptions:
        if one.kind == "claim" and one.dropped_on is None and (one.on, one.evidence) in lost:
            one.dropped_on, one.dropped_reason = actor.today, reason
            restarts.append(one.id)
    return {"notice": notice, "interruption": restarts or ""}


def _showing(case: Case, what: str) -> list[Paper]:
    """The standing entries that show that a paper got to the side on which this hangs (a column of service.TABLE)."""
    return [row for row in case.papers if served.is_service(row) and (duty := service.TABLE.get(row.kind))
            and (side := getattr(duty, what)) and service.is_served(row.given_way, row.result, row.witness)
            and served.side_of(case, row) in (("", side) if what == "tells" else (side,))]


def may_spoil(row: Paper) -> bool:
    """Whether an issued paper is one that carries a number of its own kind."""
    return row.kind in numbering.SERIES and row.spoiled_on is None


def _waits_for_notice(case: Case, actor: Actor) -> bool:
    move = workflow.MOVES["notify"]
    return case.notified_on is None and workflow.is_open(move, facts.of(case, actor.today))


def log_numbers(case: Case, kind: str, actor: Actor) -> None:
    """Write that full identity numbers go on a paper; the caller commits before it shows them."""
    moves.require(case, "party.reveal", actor)
    journal.log_access(actor, "reveal", case.number, f"paper {kind}: paper")
