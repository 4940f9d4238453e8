"""What a move changes besides the state: one small function per move, giving the fields of its event."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Insert, insert, select

from mediation.extensions import db
from mediation.models import RECUSED, Agency, Case, CaseMember, ClockChange, Contact, Interruption, Station, User, Visit
from mediation.queries.cases import facts
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.house import admin
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law import ways as way_queries
from mediation.queries.papers import volume
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.cases.guards import is_attempt, settles_plan
from mediation.rules.language import Problem, Text
from mediation.rules.law import clocks, jurisdiction, retention, ways
from mediation.rules.papers import catalogue as rules
from mediation.services import journal, numbers

AWAY = Text("{who}不在岗至{until}，由{stand_in}代办；已返岗的先登记返岗",
            "{who} is away until {until}, {stand_in} stands in; if back already, record the return first")
# what the form of a move gave, checked by rules/cases/workflow.py: text, number, day, codes
Answers = Mapping[str, Any]
Told = dict[str, object]  # the fields of its event
Effect = Callable[[Case, Answers, Actor], Told]

Row = TypeVar("Row")


def _day(answers: Answers, actor: Actor) -> date:
    day = answers.get("happened_on")
    return day if isinstance(day, date) else actor.today


def known_day(case: Case, answers: Answers, actor: Actor) -> date | None:
    """The day of a step; in a late entry it may be unknown, and stays so."""
    return answers.get("happened_on") if case.is_late_entry else _day(answers, actor)


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


RESTART, CONTACT = insert(Interruption.__table__), insert(Contact.__table__)


def _insert(statement: Insert, **columns: object) -> int:
    """Add a row of which nothing more is wanted than its id; whatever is pending in the session goes first."""
    db.session.flush()
    made = db.session.connection().execute(statement, columns).inserted_primary_key
    assert made is not None  # as of every single row that is inserted
    return int(made[0])


def interrupt(case: Case, kind: str, on: date, evidence: str = "") -> None:
    """Append a restart of the time bar (law.md 2.4) where the channel knows it; late entries start no clock."""
    if not case.is_late_entry and ways.restarts(case.channel, kind):
        _insert(RESTART, case_id=case.id, kind=kind, interrupted_on=on, evidence=evidence)


def _ask_consent(case: Case, answers: Answers, actor: Actor) -> Told:
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    answer = str(answers.get("answer") or "")
    _insert(CONTACT, case_id=case.id, party_id=answers["party"], way=answers["way"], is_reached=bool(answer),
            answer=answer, contacted_on=_day(answers, actor), note_id=note.id, next_on=answers.get("next_on"),
            made_by_id=actor.user_id)
    if answer == "agrees":
        case.consented_on = _day(answers, actor)
    if answer and not ways.restarts(case.channel, "request"):  # there what reaches the other side restarts the bar
        interrupt(case, "claim", _day(answers, actor))
    return {"party": answers["party"], "way": answers["way"], "answer": answer, "note": note.hash,
            "next_on": answers.get("next_on")}


def _accept(case: Case, answers: Answers, actor: Actor) -> Told:
    case.accepted_on = _day(answers, actor)
    case.accepted_station_id = case.station_id
    case.rules_on = case.accepted_on
    case.scope_ground = str(answers["ground"])
    case.is_civil = case.scope_ground == "civil"
    case.relation = str(answers.get("relation") or case.relation)
    case.identity_note = str(answers.get("identity_note") or case.identity_note)
    case.wage_choice = str(answers.get("wage_choice") or case.wage_choice)
    case.printed_number = numbers.printed_number(case)
    return {"printed_number": case.printed_number, "ground": case.scope_ground, "relation": case.relation,
            "wage_choice": case.wage_choice or None}


def _decline(case: Case, answers: Answers, actor: Actor) -> Told:
    case.outcome_reason = str(answers["ground"])
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"ground": answers["ground"], "next_door": answers["next_door"], "note": note.hash}


def _refuse(case: Case, answers: Answers, actor: Actor) -> Told:
    interrupt(case, "refused", _day(answers, actor))
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"next_door": answers.get("next_door"), "note": note.hash}


def _unreachable(case: Case, answers: Answers, actor: Actor) -> Told:
    attempts = sum(is_attempt(c.way, c.is_reached) for c in case.contacts)
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"attempts": attempts, "next_door": answers.get("next_door"), "note": note.hash}


def _hold(case: Case, user_id: int | None, answers: Answers, actor: Actor) -> None:
    case.handler_id = user_id
    case.assigned_on = _day(answers, actor)


def _take_up(case: Case, answers: Answers, actor: Actor) -> Told:
    _hold(case, actor.user_id, answers, actor)
    case.taken_on = _day(answers, actor)
    return {"handler": actor.user_id}


def _route(case: Case, answers: Answers, actor: Actor) -> Told:
    case.station_id = int(answers["station"])
    return {"station": case.station_id, "reason": answers.get("reason")}


def _assign(case: Case, answers: Answers, actor: Actor) -> Told:
    _hold(case, int(answers["mediator"]), answers, actor)
    return {"handler": case.handler_id, "reason": answers.get("reason")}


def _reassign(case: Case, answers: Answers, actor: Actor) -> Told:
    before = case.handler_id
    _hold(case, int(answers["mediator"]), answers, actor)
    return {"handler": case.handler_id, "before": before, "reason": answers.get("reason")}


def _take(case: Case, answers: Answers, actor: Actor) -> Told:
    case.taken_on = _day(answers, actor)
    return {"handler": actor.user_id}


def _release(case: Case, answers: Answers, actor: Actor) -> Told:
    before, case.handler_id, case.assigned_on = case.handler_id, None, None
    return {"handler": before, "reason": answers["reason"]}


def _recuse(case: Case, answers: Answers, actor: Actor) -> Told:
    """The mediator steps down for good: the row is over on the day it begins and bars from holding the case again."""
    day = _day(answers, actor)
    if case.handler_id:
        _add(CaseMember(case_id=case.id, account_id=case.handler_id, kind=RECUSED, from_on=day, until_on=day))
    return _release(case, answers, actor)


def _log_contact(case: Case, answers: Answers, actor: Actor) -> Told:
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    row = _add(Contact(
        case_id=case.id, party_id=answers.get("party"), whom=str(answers.get("whom") or ""), way=answers["way"],
        is_reached=bool(answers.get("reached")), contacted_on=_day(answers, actor),
        contacted_time=str(answers.get("time") or ""), note_id=note.id, next_step=str(answers.get("next_step") or ""),
        next_on=answers.get("next_on"), made_by_id=actor.user_id))
    planned = select(Contact).where(Contact.case_id == case.id, Contact.id != row.id, Contact.next_on <= actor.today,
                                    Contact.is_next_done.is_(False))
    if settles_plan(row.way, row.is_reached, row.next_on is not None):
        for earlier in db.session.scalars(planned):
            earlier.is_next_done = True
    return {"contact": row.id, "party": row.party_id, "way": row.way, "is_reached": row.is_reached, "note": note.hash,
            "next_on": row.next_on}


def _change_clock(kind: str) -> Effect:
    def effect(case: Case, answers: Answers, actor: Actor) -> Told:
        rule = clock_queries.main_rule(case)
        row = ClockChange(case_id=case.id, rule=rule, kind=kind, from_on=_day(answers, actor),
                          to_on=answers.get("to_on"), ground=str(answers.get("ground") or "") or None,
                          reason=str(answers.get("reason") or ""),
                          document=str(answers.get("document") or ""),
                          consents=list(answers.get("consents") or []), made_by_id=actor.user_id,
                          signed=_signed(answers, _day(answers, actor)))
        _add(row)
        data = {"rule": rule, "ground": row.ground, "reason": row.reason, "document": row.document, "to_on": row.to_on,
                "consents": row.consents}
        return {name: data[name] for name in CLOCK_FIELDS[kind]}
    return effect


def _signed(answers: Answers, day: date) -> dict[str, str]:
    """Who agreed on which day, in ISO form."""
    return {who: on.isoformat() for who, on in clock_queries.consent_days(answers, day).items()}


CLOCK_FIELDS = {"extend": ("rule", "to_on", "consents", "document", "reason"),
                "pause": ("rule", "ground", "document", "reason"), "resume": ("rule", "reason")}


def _fail(case: Case, answers: Answers, actor: Actor) -> Told:
    case.outcome_reason = str(answers["reason_code"])
    if case.outcome_reason == "expired":
        interrupt(case, "period_passed", _period_end(case, actor) or _day(answers, actor))
    else:
        interrupt(case, "refused_midway", _day(answers, actor))
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"reason_code": case.outcome_reason, "note": note.hash}


def _period_end(case: Case, actor: Actor) -> date | None:
    """The day on which the mediation period ended: it is that day which interrupts the time bar (R17 31)."""
    clock = clocks.find_clock(clock_queries.of_case(case, actor.today), clock_queries.main_rule(case))
    return clock.due if clock and clock.due and clock.due <= actor.today else None


def _with_reason(case: Case, answers: Answers, actor: Actor) -> Told:
    return {"reason": answers["reason"]}


def _refer(case: Case, answers: Answers, actor: Actor) -> Told:
    case.referred_to = str(answers["to"])
    return {"to": answers["to"], "agency": answers.get("agency"), "reason": answers.get("reason")}


def _stop_sham(case: Case, answers: Answers, actor: Actor) -> Told:
    return {"reason": answers["reason"], "reported_to": answers["reported_to"]}


def _notify(case: Case, answers: Answers, actor: Actor) -> Told:
    case.notified_on = known_day(case, answers, actor)
    return {"way": answers["way"], "to": answers.get("to")}


def _enforce(case: Case, answers: Answers, actor: Actor) -> Told:
    case.is_enforced = True
    return {"document": answers.get("document")}


def _visit(case: Case, answers: Answers, actor: Actor) -> Told:
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    row = _add(Visit(case_id=case.id, visited_on=_day(answers, actor), way=answers["way"],
                     party_id=answers.get("party"), satisfaction=answers["satisfaction"], note_id=note.id,
                     next_on=answers.get("next_on"), made_by_id=actor.user_id))
    return {"visit": row.id, "way": row.way, "satisfaction": row.satisfaction, "note": note.hash,
            "next_on": row.next_on}


def _close(case: Case, answers: Answers, actor: Actor) -> Told:
    case.closed_on = known_day(case, answers, actor)
    case.retention = _retention(case, answers)
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"way": answers["way"], "outcome": case.outcome, "arrived_fen": case.arrived_fen,
            "retention": case.retention, "note": note.hash}


def _reopen(case: Case, answers: Answers, actor: Actor) -> Told:
    before = case.outcome
    case.outcome, case.outcome_reason, case.concluded_on, case.closed_on = "", "", None, None
    case.notified_on = None
    return {"reason": answers["reason"], "before": before}


def _retention(case: Case | CaseRows, answers: Answers) -> str:
    """The class that was chosen, else the one that stands, else the default."""
    return str(answers.get("retention") or case.retention or retention.DEFAULT_CLASS)


def _archive(case: Case, answers: Answers, actor: Actor) -> Told:
    case.archived_on = known_day(case, answers, actor)
    case.archive_number = str(answers.get("archive_number") or "")
    case.pages = answers.get("pages")
    case.retention = _retention(case, answers)
    note = journal.write_note(actor, case, str(answers.get("note") or ""))
    return {"archive_number": case.archive_number, "pages": case.pages, "retention": case.retention, "note": note.hash}


EFFECTS: dict[str, Effect] = {
    "ask_consent": _ask_consent, "accept": _accept, "decline": _decline, "refuse": _refuse,
    "unreachable": _unreachable, "take_up": _take_up, "route": _route, "assign": _assign, "reassign": _reassign,
    "take": _take, "return": _release, "recuse": _recuse, "log_contact": _log_contact,
    "extend": _change_clock("extend"), "pause": _change_clock("pause"), "resume": _change_clock("resume"),
    "fail": _fail, "withdraw": _with_reason, "refer": _refer, "stop_sham": _stop_sham,
    "notify": _notify, "refer_on": _refer, "enforce": _enforce, "visit": _visit, "close": _close, "reopen": _reopen,
    "archive": _archive,
}


# What only the rows can tell ------------------------------------------------------------------------------------

def _party_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    party = next((p for p in case.parties if p.id == answers.get("party")), None)
    if answers.get("party") and (party is None or party.removed_on):
        return [Problem("party", Text("这件案子里没有这个人", "This person is not in the case"))]
    return []


def _respondent_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    party = next((p for p in case.parties if p.id == answers.get("party")), None)
    if party is not None and party.side != "respondent":
        return [Problem("party", Text("要问的是对方", "It is the other side that has to be asked"))]
    return _party_problems(case, answers, actor)


def _mediator_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    if not answers.get("mediator"):
        return []  # told by the move itself
    user = db.session.get(User, answers["mediator"])
    if user is None or not user.is_active or user.role not in ("mediator", "lead"):
        return [Problem("mediator", Text("请选一位在岗的调解员", "Choose an active mediator"))]
    if user.station.union_id != case.union_id:
        return [Problem("mediator", Text("只能指派本工会的调解员", "Only mediators of this union can be assigned"))]
    if user.id in facts.recused(case):
        return [Problem("mediator", Text("这位调解员在这件案子里已经回避", "This mediator has recused from this case"))]
    if access.scope_of(actor.role, "case.assign") == "site" and user.station_id != actor.station_id:
        return [Problem("mediator", Text("站长只能指派本站点的人", "A lead assigns within the site"))]
    if (row := admin.away(actor.today).get(user.id)) is not None:
        return [Problem("mediator", AWAY.fill(who=user.name, until=row.until_on, stand_in=row.stand_in.name))]
    return []


def _station_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    if not answers.get("station"):
        return []  # told by the move itself
    station = db.session.get(Station, answers["station"])
    if station is None or not station.is_active or station.union_id != case.union_id:
        return [Problem("station", Text("请选本工会的站点", "Choose a station of this union"))]
    return []


def _agency_problems(name: str) -> Callable[[CaseRows, Answers, Actor], list[Problem]]:
    def check(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
        agency = db.session.get(Agency, answers.get(name) or 0)
        if answers.get(name) and (agency is None or agency.union_id != case.union_id):
            return [Problem(name, Text("请选本地的单位", "Choose a local body"))]
        return []
    return check


def _extension_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    return clock_queries.extension_problems(case, answers, actor.today)


def _pause_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    return [p for p in clock_queries.pause_problems(case, answers, actor.today) if answers.get(p.field)
            or p.field not in ("ground", "document")]  # what was left empty is told by the move itself


def _fail_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    """到期未成 is said only of a period that is over; a rule that merely advises asks back."""
    clock = clocks.find_clock(clock_queries.of_case(case, actor.today), clock_queries.main_rule(case))
    if answers.get("reason_code") != "expired" or clock is None or (clock.due and clock.due < actor.today):
        return []
    return [Problem("reason_code", NOT_OVER.fill(label=clock.label, due=clock.due or "—", article=clock.article),
                    "" if clock.confidence == "H" else "early")]


NOT_OVER = Text("“{label}”{due}才届满，还不能按到期未成办（{article}）",
                "'{label}' ends only on {due}: it cannot be closed as over yet ({article})")


def _resume_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    ours = clock_queries.period_rules(case)
    last = max((c.from_on for c in case.clock_changes if c.kind == "pause" and c.rule in ours), default=None)
    if last and _day(answers, actor) < last:
        return [Problem("happened_on", Text("不能早于中止那天（{day}）", "Not before the day of the pause ({day})").fill(
            day=last.isoformat()))]
    return []


def _accept_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    """Whether the channel may take a civil matter, asked back (S5); whether Order No. 56 covers the claims."""
    ground = str(answers.get("ground") or "")
    if ground != "civil":
        relation = str(answers.get("relation") or case.relation)
        return ways.ground_problems(way_queries.basis(case, actor.today, relation, ground, False))
    return jurisdiction.channel_fit_problems(jurisdiction.RELATION_SCOPES["civil"], case.channel)


def _retention_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    has_award = any(row.fact == "award_received" and row.dropped_on is None for row in case.case_facts)
    return retention.retention_problems(_retention(case, answers), has_award)


def _archive_problems(case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    """The class of retention, and what the volume lacks; nobody chases that for a late entry."""
    found = _retention_problems(case, answers, actor)
    if case.is_late_entry:
        return found
    is_confirmed = "incomplete" in (answers.get("confirmed") or ())
    return found + rules.volume_problems(answers, volume.missing(case), is_confirmed)


EXTRA: dict[str, Callable[[CaseRows, Answers, Actor], list[Problem]]] = {
    "ask_consent": _respondent_problems, "log_contact": _party_problems, "visit": _party_problems,
    "assign": _mediator_problems, "reassign": _mediator_problems, "route": _station_problems,
    "decline": _agency_problems("next_door"), "refuse": _agency_problems("next_door"),
    "unreachable": _agency_problems("next_door"), "refer": _agency_problems("agency"),
    "refer_on": _agency_problems("agency"), "extend": _extension_problems,
    "fail": _fail_problems, "pause": _pause_problems, "resume": _resume_problems, "accept": _accept_problems,
    "archive": _archive_problems, "close": _retention_problems,
}


def extra_problems(key: str, case: CaseRows, answers: Answers, actor: Actor) -> list[Problem]:
    """Problems of a move that need the rows; the pure ones stand in rules/cases/workflow.py."""
    check = EXTRA.get(key)
    return check(case, answers, actor) if check else []


