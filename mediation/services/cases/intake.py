"""Taking a request down: number, people, claims, the first event; or all of it afterwards, as a late entry."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from mediation.extensions import db
from mediation.models import Case, ClockChange, Commission, ExternalNumber, Party
from mediation.queries.cases import case_rows
from mediation.queries.cases import intake as queries
from mediation.queries.cases.intake import Site
from mediation.queries.law import clocks as clock_queries
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.bodies import registers, senders
from mediation.rules.bodies.commissions import BACK_TO_SENDER
from mediation.rules.cases import intake as rules
from mediation.rules.cases import late_entry, workflow
from mediation.rules.cases.guards import GUARDS, Facts
from mediation.rules.cases.intake import ClaimLine, Intake, Respondent
from mediation.rules.cases.late_entry import Agreed, Late, Paid
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law.limitation import PAY_HEADS
from mediation.rules.people import kin
from mediation.rules.people.identity import age_on
from mediation.rules.people.list_cells import NOTE_LENGTH, Row
from mediation.services import journal, numbers
from mediation.services.cases import effects, late_money, moves
from mediation.services.people import employers, parties

PERMISSION = "case.register"
COMMISSIONS = {"E": "before_filing", "F": "after_filing", "G": "by_arbitration", "H": "arbitration_advice"}
NO_IDENTITY = Text("填证件号，或写明为什么没有看", "Enter the identity number, or say why it was not seen")

__all__ = ["Agreed", "ClaimLine", "Intake", "Late", "Origin", "Paid", "Respondent", "Row", "late_enter", "register",
           "register_and_take", "reminders"]


def register(actor: Actor, intake: Intake) -> Case:
    """Register a request at the actor's station: state REGISTERED, one event.

    Raises Forbidden, or Refused with all problems at once.
    """
    require(actor)
    found = rules.problems(intake, actor.today)
    sender, asked = _find_sender(intake, actor.union_id)
    found += [problem for problem in asked if problem.confirm not in intake.confirmed]
    if found:
        raise Refused(found)
    site = queries.find_site(actor.station_id)
    assert site is not None  # whoever may register belongs to one
    case = _open(actor, intake, site, actor.today.year)
    _put_people(case, intake, actor)
    assert intake.received_on is not None  # refused above
    effects.interrupt(case, "request", intake.received_on)
    _put_sender(case, intake, sender)
    rows = moves.reckon(case, actor)
    journal.record(actor, journal.case_stream(case), "registered", {
        "number": case.number, "channel": case.channel, "source": case.source, "way": case.way,
        "station": case.station_id, "claimed_fen": case.claimed_fen, "headcount": case.headcount,
    }, happened_on=intake.received_on, case=case, rows=rows)
    case_rows.keep(rows, case.version)
    return case


def require(actor: Actor) -> None:
    if not access.scope_of(actor.role, PERMISSION):
        raise moves.Forbidden(PERMISSION)


def reminders(actor: Actor, intake: Intake, case: Case | None = None) -> list[Text]:
    """What to remark while the page is filled in; nothing of it blocks. ``case``: the one that was made of it."""
    if case is not None:
        days = clock_queries.calendar_of(case_rows.current(case, actor.today))
    else:
        site = queries.find_site(actor.station_id)
        days = clock_queries.calendar(site.county if site else "")
    return rules.remarks(intake, actor.today, days, queries.doors(actor.union_id))


# Registering and taking it on in one press -----------------------------------------------------------------------

CHAIN = workflow.CHAINS["accept_and_take"][1]
PREFIXES = {"ask_consent": "consent_", "accept": "accept_", "take_up": ""}


def register_and_take(actor: Actor, intake: Intake, consent: Mapping[str, object],
                      accept: Mapping[str, object]) -> Case:
    """Register, record the other side's consent, accept and take it on: all or none, one event each.

    ``consent``: respondent (place in the list, from 0), happened_on, way, note. ``accept``: happened_on, ground,
    relation, identity_note. Problems come under ``consent_…`` and ``accept_…``.
    """
    require(actor)
    found = take_problems(intake, consent, accept, actor.today)
    if found:
        raise Refused(found)
    case = register(actor, intake)
    answers = _answers(consent, accept)
    answers["accept"]["confirmed"] = tuple(intake.confirmed)
    answers["ask_consent"]["party"] = _asked(case, consent.get("respondent")).id
    try:
        moves.chain(case, CHAIN, answers, actor, confirmed=intake.confirmed)
    except Refused as refusal:
        raise Refused(_prefixed(refusal.move, refusal.problems), refusal.move) from refusal
    return case


def take_problems(intake: Intake, consent: Mapping[str, object], accept: Mapping[str, object],
                  today: date) -> list[Problem]:
    """Everything that stands against registering and taking it on, as far as it shows before the first step."""
    answers = _answers(consent, accept)
    found = rules.problems(intake, today)
    for key in CHAIN[:2]:
        found += _prefixed(key, workflow.missing(workflow.MOVES[key], answers[key]))
    facts = Facts("REGISTERED", "", "", is_rural_pay="rural" in intake.flags and bool(intake.heads & PAY_HEADS))
    chosen = GUARDS["choice_made"](facts, {**accept, "wage_choice": intake.wage_choice})
    if chosen and (not chosen.confirm or chosen.confirm not in intake.confirmed):
        found.append(chosen)
    if not _has_identity(intake, accept):
        found.append(Problem("accept_identity_note", NO_IDENTITY))
    return found


def _answers(consent: Mapping[str, object], accept: Mapping[str, object]) -> dict[str, dict[str, object]]:
    day = consent.get("happened_on")
    return {"ask_consent": {**consent, "answer": "agrees", "party": consent.get("respondent")},
            "accept": {"happened_on": day, **accept}, "take_up": {"happened_on": accept.get("happened_on") or day}}


def _has_identity(intake: Intake, accept: Mapping[str, object]) -> bool:
    return bool(intake.identity or accept.get("identity_note") or any(row.identity for row in intake.roster))


def _asked(case: Case, place: object) -> Party:
    rows = [p for p in case.parties if p.side == "respondent"]
    return rows[place] if isinstance(place, int) and 0 <= place < len(rows) else rows[0]


def _prefixed(key: str, found: list[Problem]) -> list[Problem]:
    return [p._replace(field=PREFIXES[key] + p.field if p.field else "") for p in found
            if (key, p.field) != ("accept", "happened_on")]


# The rows --------------------------------------------------------------------------------------------------------

def _open(actor: Actor, intake: Intake, station: Site, year: int, **columns: object) -> Case:
    """The case's row with its number, not yet flushed; titles and hints follow from the rows put beside it."""
    case = Case(
        number=numbers.register_number(station.union, year), union_id=station.union_id, station_id=station.id,
        state="REGISTERED", registered_at=actor.now, touched_at=actor.now, title="",
        rules_on=intake.received_on or actor.today, channel=channel_of(intake, station), procedure=procedure_of(intake),
        registered_by_id=actor.user_id, is_same_claim=True, **told(intake))
    for name, value in columns.items():
        setattr(case, name, value)
    db.session.add(case)
    return case


def channel_of(intake: Intake, station: Site) -> str:
    """The channel of law by which it came: the station's own, unless another was told."""
    return station.channel if intake.channel in ("", rules.OWN_CHANNEL) else intake.channel


def procedure_of(intake: Intake) -> str:
    """The procedure of the court, where a court sent it after filing."""
    return intake.procedure if intake.channel == "F" else ""


SAME_NAMES = ("received_on", "received_time", "source", "way", "source_body", "source_number", "source_case_number",
              "employment", "contract", "narrative", "is_informed", "wage_choice")


def told(intake: Intake) -> dict[str, object]:
    """The case's columns that the page tells, part-known facts as they were said."""
    as_told = dict(intake.as_told)
    if intake.left_told is not None and intake.left_on is None:
        as_told["employment_ended_on"] = intake.left_told.raw
    if intake.witness:
        as_told["witness"] = intake.witness
    return {name: getattr(intake, name) for name in SAME_NAMES} | {
        "employment_ended_on": intake.left_on, "evidence": list(intake.evidence), "tried": list(intake.tried),
        "flags": _flags(intake), "may_tell": list(intake.may_tell), "request_sign_way": intake.sign_way,
        "as_told": as_told}


def _flags(intake: Intake) -> list[str]:
    """The flags that were ticked, and 'minor' where the identity number says so on the day of the request."""
    day = intake.received_on
    holder = rules.find_holder(intake, day) if day and not intake.for_name else None
    is_minor = bool(day and holder and holder.born_on and age_on(holder.born_on, day) < 18)
    return [*intake.flags, *(["minor"] if is_minor and "minor" not in intake.flags else [])]


def _put_people(case: Case, intake: Intake, actor: Actor) -> None:
    today = actor.today
    claimant = _put_applicants(case, intake, today)
    for row in intake.respondents:
        if row.credit_code:
            employer = employers.known_or_new(row.credit_code, row.name, row.legal_person, case.union_id, actor)
            parties.new_party(case, "respondent", row.part or "employer", employer.name, phone=row.phone, today=today,
                              as_told=row.told[:300], site=row.site, is_person=False, employer_id=employer.id)
        elif row.told or row.name:
            parties.new_party(case, "respondent", row.part or "unknown", (row.name or row.told)[:200], phone=row.phone,
                              today=today, as_told=row.told[:300], site=row.site, is_person=row.is_person)
    _put_claims(case, intake, claimant, today)
    parties.retitle(case)


def _put_applicants(case: Case, intake: Intake, today: date) -> Party:
    """The person who came, and the worker where that is somebody else; gives the one whose claims they are."""
    own = rules.find_own_row(intake)
    rest = max(intake.headcount - rules.named_people(intake), 0)
    worker = _put_worker(case, intake, today) if intake.for_name else None
    comer = parties.new_party(
        case, "applicant", intake.part or "worker", intake.name or late_entry.NOT_KNOWN,
        phone=intake.phone or (own.phone if own else ""), phone_note=intake.phone_note, id_type=intake.id_type,
        identity=intake.identity or (own.identity if own else ""), account=own.account if own else "", today=today,
        address=intake.address, language=intake.language, interpreter=intake.interpreter,
        is_interpreter_needed=intake.is_interpreter_needed, is_representative=intake.part == "representative",
        acts_for_id=worker.id if worker else None, **_as_kin(intake))
    claimant = worker or comer
    claimant.headcount = 1 + rest
    return claimant


def _put_worker(case: Case, intake: Intake, today: date) -> Party:
    """The worker for whom somebody else came; one who died is counted and claims all the same."""
    day = intake.for_died_on
    return parties.put_party(case, "applicant", "worker", intake.for_name, today=today, died_on=day,
                             died_told="" if day else intake.for_died_told[:60])


def _as_kin(intake: Intake) -> dict[str, object]:
    is_kin = intake.part == kin.NEXT_OF_KIN
    return {"kinship": intake.kinship if is_kin else "", "kin_share": intake.kin_share if is_kin else ""}


def _put_claims(case: Case, intake: Intake, claimant: Party, today: date) -> None:
    """Each worker's own sum under the first head; the further heads are the claimant's."""
    own, first = rules.find_own_row(intake), next((c for c in intake.claims if c.head), None)
    for line in intake.claims:
        if line.head:
            sum_fen = line.amount_fen
            if line is first and own is not None and own.fen is not None:
                sum_fen = own.fen
            _put_claim(case, claimant, line, sum_fen)
    head = first.head if first else ""
    for row in intake.roster:
        if row is not own and not row.errors:
            _put_listed(case, row, head, today)


def _put_claim(case: Case, party: Party, line: ClaimLine, amount_fen: int | None) -> None:
    parties.new_claim(case, party, line.head, amount_fen, "unknown" if amount_fen is None else line.precision,
                      as_told=line.as_told[:100], from_told=line.from_told[:40], to_told=line.to_told[:40])


def _put_listed(case: Case, row: Row, head: str, today: date) -> None:
    party = parties.new_party(case, "applicant", "worker", row.name, phone=row.phone, identity=row.identity,
                              account=row.account, today=today, payee_name=row.other_payee)
    if head:
        parties.new_claim(case, party, head, row.fen).note = row.note[:NOTE_LENGTH]


def _letter_kind(intake: Intake) -> str:
    """The kind of letter with which a court or an arbitration commission sent the case; '' where there is none."""
    return COMMISSIONS.get(intake.channel, "") if intake.channel in rules.SENT_CHANNELS.get(intake.source, ()) else ""


def _find_sender(intake: Intake, union_id: int | None) -> tuple[int | None, list[Problem]]:
    """The body that sent the letter, by the name that was told; what is asked back where it is none of ours."""
    if not _letter_kind(intake):
        return None, []
    known = queries.senders(union_id, intake.source)
    found = senders.match(intake.source_body, known)
    return found, senders.problems(found, (name for _key, name, _short in known))


def _put_sender(case: Case, intake: Intake, sender: int | None) -> None:
    """The outside number, and for a court or arbitration letter its commission with the time it gives. A body that is
    not known gets none and sees nothing; one that is not to be told yet is owed its reply and sees nothing."""
    if intake.external_number:
        register = rules.register_of(intake)
        db.session.add(ExternalNumber(case_id=case.id, register=register, number=registers.tidy(
            register, intake.external_number)))
    kind = _letter_kind(intake)
    if sender is not None:
        told = {"recalled_on": case.rules_on} if senders.is_withheld(intake.may_tell) else {
            "shared_parts": list(access.DEFAULT_SHARE), "share_ground": "law", "legal_basis": BACK_TO_SENDER[kind].zh}
        db.session.add(Commission(
            case_id=case.id, agency_id=sender, kind=kind, direction="in", document_number=intake.source_number,
            sent_on=intake.received_on, reply_due_on=intake.reply_due_on,
            state="answered" if case.outcome else "taken", **told))
    rule = clock_queries.main_rule(case)
    if kind and rule and intake.reply_due_on and not case.is_late_entry:
        db.session.add(ClockChange(
            case_id=case.id, rule=rule, kind="override", from_on=intake.received_on, to_on=intake.reply_due_on,
            reason="来函给的期限", document=intake.source_number or intake.source_body, consents=[],
            made_by_id=case.registered_by_id))
    db.session.flush()


# Late entries ----------------------------------------------------------------------------------------------------

NO_SITE = Problem("station", Text("请选本工会的站点", "Choose a station of this union"))


class Origin(NamedTuple):
    """The row of an import from which a late entry comes."""

    batch: int
    row: int


def late_enter(actor: Actor, facts: Late, origin: Origin | None = None) -> Case:
    """Enter a case afterwards, in the state, with the outcome and the money that it had reached; one event
    ``late_entered``, whose digest holds the agreement and the payments too; ``imported`` where it comes from a row of
    an import, whose right to bring cases in was asked there.

    The event's day is that of the dispute where it is known, its instant that of the entry. Raises Forbidden, or
    Refused with all problems; what is asked back and stands in ``facts.confirmed`` is none.
    """
    if actor.user_id is not None and origin is None:
        require(actor)
    station = queries.find_site(facts.station_id or actor.station_id)
    found = _late_problems(actor, facts, station, origin is not None)
    if found or station is None:
        raise Refused(found)
    dates = late_money.complete_dates(facts)
    known = [day for day in (facts.received_on, *(dates.get(name) for name in late_entry.ORDER[1:])) if day]
    case = _open(actor, facts, station, late_entry.year_of(facts, dates, actor.today),
                 **late_columns(actor, facts, dates))
    _put_people(case, facts, actor)
    if not facts.headcount:
        case.headcount = 0
    _put_sender(case, facts, _find_sender(facts, case.union_id)[0])
    late_money.put(case, facts, dates, actor)
    if not case.printed_number and case.accepted_on:
        case.printed_number = numbers.printed_number(case)
    rows = moves.reckon(case, actor)
    kind, mark = ("imported", {"import_batch": origin.batch, "row": origin.row}) if origin else ("late_entered", {})
    journal.record(actor, journal.case_stream(case), kind, {
        "number": case.number, "channel": case.channel, "source": case.source, "station": case.station_id,
        "state": case.state, "outcome": case.outcome, **mark}, happened_on=known[0] if known else None, case=case,
        rows=rows)
    return case


def late_columns(actor: Actor, facts: Late, dates: Mapping[str, date | None]) -> dict[str, object]:
    """The columns of a late entry beyond what the page of intake tells."""
    is_accepted = facts.state not in workflow.BEFORE_ACCEPTANCE and facts.outcome not in words.OUTSIDE_RATES
    return {
        "is_late_entry": True, "state": facts.state, "is_open": int(workflow.STATES[facts.state].is_open),
        "outcome": facts.outcome, "outcome_reason": facts.outcome_reason, "referred_to": facts.referred_to,
        "handler_id": facts.handler_id, "printed_number": facts.printed_number, "source": facts.source or "other",
        "registered_by_id": facts.registered_by_id or actor.user_id,
        "accepted_station_id": (facts.station_id or actor.station_id) if is_accepted else None,
        "rules_on": dates.get("accepted_on") or facts.received_on or actor.today,
        **dates, **facts.columns}


def _late_problems(actor: Actor, facts: Late, station: Site | None, is_import: bool = False) -> list[Problem]:
    """What stands against it; whether an import may bring cases to the station, the import has asked."""
    is_foreign = station is None or (actor.user_id is not None and station.union_id != actor.union_id)
    if station is None or (is_foreign and not is_import):
        return [NO_SITE]
    if not (facts.registered_by_id or actor.user_id):
        return [Problem("registered_by", Text("补录要写明由谁录入", "A late entry names the account that enters it"))]
    return late_entry.problems(facts, actor.today)
