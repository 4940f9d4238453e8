"""The facts of a case as the rules want them, gathered from its rows."""
from __future__ import annotations

from datetime import date

from mediation.models import RECUSED, Case, Party
from mediation.queries.cases import merging
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.law import clocks, ways
from mediation.queries.money import case_money
from mediation.rules.cases.guards import Facts, is_attempt
from mediation.rules.law.limitation import PAY_HEADS
from mediation.rules.law.procedures import OPEN_STATES


def of(case: Case | CaseRows, today: date, money: case_money.Position | None = None) -> Facts:
    """What the guards of rules/cases/workflow.py look at."""
    money = money or case_money.position(case, today)
    applicants = [p for p in case.parties if p.side == "applicant" and p.removed_on is None]
    others = {p.id for p in case.parties if p.side == "respondent"}
    answers = [c for c in case.contacts if c.answer]
    ours = clocks.period_rules(case)
    pauses = [c.kind for c in case.clock_changes if c.kind in ("pause", "resume") and c.rule in ours]
    return Facts(
        state=case.state, outcome=case.outcome, channel=case.channel, received_on=case.received_on,
        accepted_on=case.accepted_on, happened_on=case.happened_on, is_group=case.is_group,
        is_late_entry=case.is_late_entry, handler_id=case.handler_id,
        recused_ids=recused(case),
        other_side_agrees=bool(answers) and answers[-1].answer == "agrees",
        other_side_refuses=bool(answers) and answers[-1].answer == "refuses",
        attempt_days=tuple(c.contacted_on for c in case.contacts
                           if c.party_id in others and is_attempt(c.way, c.is_reached)),
        has_identity=any(p.identity_sealed for p in applicants) or bool(case.identity_note),
        is_rural_pay="rural" in (case.flags or ()) and any(
            c.head in PAY_HEADS for c in case.claims if c.dropped_on is None), wage_choice=case.wage_choice,
        has_named_respondent=any(_is_named(p) for p in case.parties),
        claims=sum(c.dropped_on is None for c in case.claims), hearings=len(case.hearings),
        open_instalments=sum(line.left_fen > 0 for line in money.instalments), owed_fen=money.outstanding_fen,
        arrived_fen=money.arrived_fen, has_visit=bool(case.visits), has_notice=case.notified_on is not None,
        is_paused=bool(pauses) and pauses[-1] == "pause", due_on=case.next_due_on, way=ways.of_case(case, today),
        merged_into=merging.end_number(case.id) if case.merged_into_id is not None else None,
        has_rest=case.merged_into_id is not None and _has_rest(case),
        void_reason=case.void_reason if case.voided_on is not None else None, proceeding=_proceeding(case))


def _has_rest(case: Case | CaseRows) -> bool:
    """Whether a merged case still holds what merging carries over (queries/cases/merging.wrong)."""
    return bool(case.payments) or any(c.dropped_on is None for c in case.claims) or any(
        p.removed_on is None for p in case.parties)


def _proceeding(case: Case | CaseRows) -> str:
    """What runs over the dispute (guards.PROCEEDINGS): enforcement, a suit, arbitration without its award; '' nothing.

    A day of a side procedure that has ended starts nothing.
    """
    over = {row.id for row in case.side_procedures if row.state not in OPEN_STATES}
    told = {row.fact for row in case.case_facts if row.dropped_on is None and row.procedure_id not in over}
    sent = case.channel if not case.outcome else ""
    if case.is_enforced or "enforcement_applied" in told:
        return "enforcement"
    if sent == "F" or "suit_filed" in told:
        return "court"
    is_awarded = told & {"award_received", "final_award_received"}
    is_asked = told & {"arbitration_applied", "arbitration_accepted"} and not is_awarded
    return "arbitration" if sent == "G" or is_asked else ""


def recused(case: Case | CaseRows) -> frozenset[int]:
    """Accounts that have stepped down from this case as partial; they cannot hold it again."""
    return frozenset(m.account_id for m in case.members if m.kind == RECUSED)


def _is_named(party: Party) -> bool:
    """A respondent resolved to an employer of the register, or to a natural person with an identity, or why there is
    none."""
    return party.side == "respondent" and party.removed_on is None and (
        party.employer_id is not None or bool(party.identity_sealed or party.identity_note))
