"""Where the columns of rules/ledger.py come from: for each key of a sheet, what is asked of the database.

Everything stands in one SELECT: sums and lists of a case are sub-selects over indexed rows, so that the first row
comes at once however many follow.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from mediation.extensions import Expression
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    CaseFact,
    Claim,
    ClockChange,
    Commission,
    Employer,
    ExternalNumber,
    Hearing,
    Instalment,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    Reconciliation,
    SideProcedure,
    Visit,
)
from mediation.queries.audit import reconciling
from mediation.queries.ledger import formatters
from mediation.queries.ledger.formatters import Cell
from mediation.queries.money import balances, case_money
from mediation.rules.law import channels, clocks

APPLICANT, RESPONDENT, PAYER = aliased(Party), aliased(Party), aliased(Party)
PRESENT = aliased(Agreement)  # the agreement that counts
REVERSED = aliased(Payment)
MARK = aliased(Reconciliation)  # the mark that stands on an entry
PERIOD_FACTS = sorted(clocks.facts_of(channel.period for channel in channels.CHANNELS.values()))


def day(column: Expression) -> Expression:
    """A day or instant as the text that it is stored as."""
    return cast(column, String)


def _truth(condition: Expression) -> Expression:
    return cast(condition, Integer)


def _list(column: Expression, *where: Expression, by: str = ",") -> Expression:
    return select(func.aggregate_strings(column, by)).where(*where).scalar_subquery()


def _one(column: Expression, *where: Expression) -> Expression:
    return select(column).where(*where).scalar_subquery()


def _sum(column: Expression) -> ColumnElement[int]:
    """A sum as a whole number; PostgreSQL would give a decimal one."""
    return cast(func.sum(column), BigInteger)


def _has_flag(code: str) -> Expression:
    return _truth(cast(Case.flags, String).like(f'%"{code}"%'))


def held_at() -> ColumnElement[int]:
    """The station to which a case counts: the holder at acceptance, else where it lies (decisions.md, Figures)."""
    return func.coalesce(Case.accepted_station_id, Case.station_id)


def _counts(on: date) -> ColumnElement[bool]:
    """Payments that count as arrived by a day."""
    return and_(balances.counts(), or_(Payment.paid_on.is_(None), Payment.paid_on <= on))


def _came(party: Expression, on: date, *more: Expression) -> ColumnElement[int]:
    """What arrived for one worker by a day and did not go back."""
    net = func.coalesce(_sum(PaymentShare.amount_fen * balances.arrived_sign()), 0)
    return (select(balances.above_zero(net)).join(Payment, Payment.id == PaymentShare.payment_id)
            .where(PaymentShare.party_id == party, _counts(on), *more).scalar_subquery())


def _promised(on: date) -> FromClause:
    """One row for each worker of a case whom the present agreement binds: agreed, and due before the day."""
    late = case((Instalment.due_on < on, InstalmentShare.amount_fen), else_=0)
    return (
        select(InstalmentShare.party_id.label("party"), func.sum(InstalmentShare.amount_fen).label("agreed"),
               func.sum(late).label("late"))
        .join(Instalment, Instalment.id == InstalmentShare.instalment_id)
        .join(Agreement, Agreement.id == Instalment.agreement_id)
        .where(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None), balances.is_bound())
        .group_by(InstalmentShare.party_id).correlate(Case).subquery())


def _paid(on: date) -> FromClause:
    """One row for each worker of a case to whom money came: all of it, and without what a fund advanced."""
    signed = PaymentShare.amount_fen * balances.arrived_sign()
    arrived, performed = func.sum(signed), func.sum(case((Payment.payer_kind == "fund", 0), else_=signed))
    return (
        select(PaymentShare.party_id.label("party"), balances.above_zero(arrived).label("arrived"),
               balances.above_zero(performed).label("performed"))
        .join(Payment, Payment.id == PaymentShare.payment_id).where(Payment.case_id == Case.id, _counts(on))
        .group_by(PaymentShare.party_id).correlate(Case).subquery())


def _owed(on: date) -> Expression:
    """What all workers of a case together wait for with the state of performance, as 'sum|STATE'.

    The sum alone is kept with the case; the states are those of rules/money/amounts.py, for all bound workers together.
    """
    promised, paid = _promised(on), _paid(on)
    arrived, performed = func.coalesce(paid.c.arrived, 0), func.coalesce(paid.c.performed, 0)
    owed = func.coalesce(func.sum(balances.above_zero(promised.c.agreed - arrived)), 0)
    state = case((func.min(performed - promised.c.agreed) >= 0, "PERFORMED"), (func.max(performed) > 0, "PARTLY"),
                 (func.max(promised.c.late - performed) > 0, "BREACHED"), else_="NOT_DUE")
    rows = promised.outerjoin(paid, paid.c.party == promised.c.party)
    both = select(cast(owed, String) + "|" + state).select_from(rows).correlate(Case).scalar_subquery()
    return case((Case.agreed_fen > 0, both), else_=None)


def _encrypted(person: type[Party], name: str, length: int, *joins: str) -> Cell:
    return Cell((getattr(person, f"{name}_tail"),), formatters.mask_tail(length), joins,
                open_asks=(getattr(person, f"{name}_sealed"), person.uid), open_formatter=formatters.opened(name))


def plain(column: Expression, *joins: str) -> Cell:
    return Cell((column,), None, joins)


def _station(column: Expression) -> Cell:
    return Cell((column,), formatters.looked_up("stations"))


def of_a_case() -> dict[str, Cell]:
    """What stands at the beginning of every row."""
    return {"seq": Cell((), formatters.numbered), "number": plain(Case.number), "station": _station(held_at()),
            "accepted_on": plain(day(Case.accepted_on))}


def cases(on: date) -> dict[str, Cell]:
    return {**of_a_case(), **_arrival(), **_sides(), **_matter(), **_work(), **_money(on), **_after()}


def _arrival() -> dict[str, Cell]:
    as_they_are = ("printed_number", "state", "channel", "source", "source_body", "source_number", "headcount")
    return {
        **{key: plain(getattr(Case, key)) for key in as_they_are},
        "headcount_told": plain(func.coalesce(Case.as_told["headcount"].as_string(), "")),
        "station_now": _station(Case.station_id), "received_on": plain(day(Case.received_on)),
        "registered_at": Cell((day(Case.registered_at),), formatters.beijing), "applicant": plain(Case.title),
        "external_numbers": Cell((
            _list(ExternalNumber.register + "|" + ExternalNumber.number, ExternalNumber.case_id == Case.id, by="\n"),
            Case.source, Case.source_case_number), formatters.outside_numbers),
    }


def _sides() -> dict[str, Cell]:
    at, other = "applicant", "respondent"
    employer_phone = Cell((func.substr(Employer.phone, -2),), formatters.mask_tail(11), (other,),
                          open_asks=(Employer.phone,))
    return {
        "phone": _encrypted(APPLICANT, "phone", 11, at), "identity": _encrypted(APPLICANT, "identity", 18, at),
        "ethnicity": plain(APPLICANT.ethnicity, at), "language": plain(APPLICANT.language, at),
        "is_rural": plain(_has_flag("rural")), "is_new_form": plain(_has_flag("new_form")),
        "respondent": Cell((Employer.name, Case.respondent_title), formatters.either, (other,)),
        "credit_code": plain(Employer.credit_code, other), "legal_person": plain(Employer.legal_person, other),
        "employer_phone": employer_phone, "sector": plain(Employer.sector, other),
        "ownership": plain(Employer.ownership, other),
    }


def _matter() -> dict[str, Cell]:
    claimed = _list(Claim.head, Claim.case_id == Case.id, Claim.dropped_on.is_(None))
    as_they_are = ("relation", "main_head", "place", "narrative", "claimed_fen", "assessed_fen", "grade")
    return {
        **{key: plain(getattr(Case, key)) for key in as_they_are},
        "is_claim_about": plain(_truth(Case.is_claim_about)),
        "other_heads": Cell((claimed, Case.main_head), formatters.others), "happened_on": plain(day(Case.happened_on)),
        "is_group": plain(_truth(Case.is_group)),
    }


def _work() -> dict[str, Cell]:
    bodies = _list(cast(Commission.agency_id, String), Commission.case_id == Case.id, Commission.recalled_on.is_(None))
    days = func.coalesce(day(Case.received_on), "") + "|" + func.coalesce(day(Case.accepted_on), "") + "|" + (
        func.coalesce(day(Case.consented_on), ""))
    changed = _list(
        cast(ClockChange.id, String) + "|" + ClockChange.rule + "|" + ClockChange.kind + "|" + day(ClockChange.from_on)
        + "|" + func.coalesce(day(ClockChange.to_on), ""), ClockChange.case_id == Case.id, by=";")
    told = _list(CaseFact.fact + "|" + day(CaseFact.on), CaseFact.case_id == Case.id, CaseFact.dropped_on.is_(None),
                 CaseFact.fact.in_(PERIOD_FACTS), by=";")
    period = (Case.channel, Case.procedure, _truth(Case.is_late_entry), day(Case.rules_on), Case.station_id, days,
              changed, told)
    return {
        "handler": Cell((Case.handler_id,), formatters.looked_up("accounts")),
        "agencies": Cell((bodies,), formatters.all_names),
        "joint_count": plain(Case.joint_count),
        "hearings": plain(_one(func.count(Hearing.id), Hearing.case_id == Case.id)),
        "ways": Cell((_list(Hearing.way, Hearing.case_id == Case.id, Hearing.way != ""),), formatters.several),
        "due_on": Cell(period, formatters.period_ends), "outcome": plain(Case.outcome),
        "outcome_reason": plain(Case.outcome_reason),
        "concluded_on": plain(day(Case.concluded_on)), "closed_on": plain(day(Case.closed_on)),
    }


def _money(on: date) -> dict[str, Cell]:
    at = "agreement"
    ways = _list(Instalment.way, Instalment.agreement_id == PRESENT.id, Instalment.way != "")
    both = _owed(on)
    steps = _list(SideProcedure.kind + ":" + SideProcedure.state, SideProcedure.case_id == Case.id)
    return {
        "agreement_number": plain(PRESENT.number, at), "agreement_form": plain(PRESENT.form, at),
        "agreed_on": plain(day(Case.agreed_on)), "effective_on": plain(day(Case.effective_on)),
        "agreed_fen": plain(Case.agreed_fen), "is_undisclosed": plain(_truth(PRESENT.is_undisclosed), at),
        "pay_ways": Cell((ways,), formatters.several, (at,)),
        "last_due_on": plain(day(_one(func.max(Instalment.due_on), Instalment.agreement_id == PRESENT.id)), at),
        "arrived_fen": plain(Case.arrived_fen), "unverified_fen": plain(Case.unverified_fen),
        "outstanding_fen": Cell((both,), formatters.packed(0, 0, int), total=Case.outstanding_fen),
        "performance": Cell((both, _truth(Case.is_enforced), Case.agreed_fen, _planned()), _performance),
        "is_enforced": plain(_truth(Case.is_enforced)), "procedures": Cell((steps,), formatters.several),
    }


def _planned() -> Expression:
    """The case's id where its agreement has several plans, whose states are worked out plan by plan."""
    return (select(func.min(Agreement.case_id)).join(Instalment, Instalment.agreement_id == Agreement.id)
            .where(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None), Instalment.plan > 0)
            .correlate(Case).scalar_subquery())


def _performance(desk: formatters.Desk, _size: int, pairs: formatters.Cells, enforced: formatters.Cells,
                 agreed: formatters.Cells, planned: formatters.Cells) -> formatters.Cells:
    """Enforced; else as computed; nothing due where no money was agreed; '' before an agreement."""
    states = case_money.states_of([int(key) for key in planned if key], desk.on, desk.connection)
    return ["ENFORCED" if is_enforced else states[key] if key else pair.split("|")[1] if pair
            else "" if sum_ is None else "NOT_DUE"
            for pair, is_enforced, sum_, key in zip(pairs, enforced, agreed, planned, strict=True)]


def _after() -> dict[str, Cell]:
    latest = (select(Visit.satisfaction).where(Visit.case_id == Case.id)
              .order_by(Visit.visited_on.desc(), Visit.id.desc()).limit(1).scalar_subquery())
    return {
        "visited_on": plain(day(_one(func.max(Visit.visited_on), Visit.case_id == Case.id))),
        "satisfaction": plain(latest), "archive_number": plain(Case.archive_number), "pages": plain(Case.pages),
        "retention": plain(Case.retention), "is_late_entry": plain(_truth(Case.is_late_entry)),
        "remark": plain(Case.identity_note),
    }


def _person() -> dict[str, Cell]:
    return {**of_a_case(), "person": plain(Party.id), "name": plain(Party.name)}


def persons(on: date) -> dict[str, Cell]:
    as_they_are = ("side", "part", "name_other", "headcount", "died_told", "kinship", "kin_share", "id_type", "sex",
                   "ethnicity", "language")
    claimed = _one(_sum(_counted()), Claim.party_id == Party.id, Claim.dropped_on.is_(None))
    agreed = func.coalesce(
        select(_sum(InstalmentShare.amount_fen)).join(Instalment, Instalment.id == InstalmentShare.instalment_id)
        .join(Agreement, Agreement.id == Instalment.agreement_id)
        .where(InstalmentShare.party_id == Party.id, Agreement.superseded_on.is_(None), balances.is_bound())
        .correlate(Party).scalar_subquery(), 0)
    arrived = _came(Party.id, on)
    return {
        **_person(), **{key: plain(getattr(Party, key)) for key in as_they_are},
        "died_on": plain(day(Party.died_on)), "is_representative": plain(_truth(Party.is_representative)),
        "identity": _encrypted(Party, "identity", 18),
        "phone": _encrypted(Party, "phone", 11), "employer": plain(Employer.name, "employer"),
        "credit_code": plain(Employer.credit_code, "employer"), "claimed_fen": plain(claimed),
        "agreed_fen": plain(agreed), "arrived_fen": plain(arrived),
        "outstanding_fen": Cell((agreed, arrived), formatters.less, total=balances.above_zero(agreed - arrived)),
        "removed_on": plain(day(Party.removed_on)),
    }


def _counted() -> Expression:
    """A claim as it counts: sums owed to the employer are negative."""
    return Claim.amount_fen * case((Claim.head == "to_employer", -1), else_=1)


def claims(on: date) -> dict[str, Cell]:
    as_they_are = ("head", "amount_fen", "precision", "as_told", "from_told", "to_told", "dropped_reason")
    agreed = (select(_sum(AgreementItem.amount_fen)).join(Agreement, Agreement.id == AgreementItem.agreement_id)
              .where(AgreementItem.party_id == Claim.party_id, AgreementItem.head == Claim.head,
                     Agreement.superseded_on.is_(None)).scalar_subquery())
    return {
        **_person(), **{key: plain(getattr(Claim, key)) for key in as_they_are},
        "counted_fen": plain(case((Claim.dropped_on.is_not(None), 0), else_=func.coalesce(_counted(), 0))),
        "agreed_fen": plain(agreed), "dropped_on": plain(day(Claim.dropped_on)),
    }


def instalments(on: date) -> dict[str, Cell]:
    towards = _came(InstalmentShare.party_id, on, PaymentShare.instalment_id == Instalment.id)
    return {
        **_person(), "agreement_number": plain(Agreement.number), "instalment": plain(Instalment.seq),
        "plan": plain(func.nullif(Instalment.plan, 0)),
        "due_on": plain(day(Instalment.due_on)), "due_told": plain(Instalment.due_told),
        "amount_fen": plain(InstalmentShare.amount_fen), "is_bound": plain(_truth(balances.is_bound())),
        "bound_fen": plain(case((balances.is_bound(), InstalmentShare.amount_fen), else_=0)),
        "arrived_fen": plain(towards),
        "way": plain(Instalment.way),
    }


def payments(on: date) -> dict[str, Cell]:
    as_they_are = ("paid_told", "proof", "proof_note", "way", "direction", "payer_kind", "reason")
    gone = balances.went_back(on)
    back = func.coalesce(select(gone.c.fen).where(gone.c.share == PaymentShare.id).scalar_subquery(), 0)
    counted = case((and_(_counts(on), Payment.direction == "to_worker"), PaymentShare.amount_fen - back), else_=0)
    stands = case((~reconciling.needs_mark(), "none"), (MARK.id.is_not(None), "done"), else_="open")
    return {
        **_person(), **{key: plain(getattr(Payment, key)) for key in as_they_are},
        "slip": plain(Payment.seq), "paid_on": plain(day(Payment.paid_on)),
        "amount_fen": plain(PaymentShare.amount_fen), "counted_fen": plain(counted),
        "payer": Cell((Payment.payer_name, PAYER.name), formatters.either, ("payer",)),
        "instalment": plain(Instalment.seq, "instalment"), "reverses": plain(REVERSED.seq, "reversed"),
        "entered_on": plain(day(Payment.entered_on)),
        "reconciled": plain(stands, "mark"),
        "reconciled_on": plain(day(MARK.checked_on), "mark"),
        "made_by": Cell((Payment.made_by_id,), formatters.looked_up("accounts")),
    }


CELLS: dict[str, Callable[[date], dict[str, Cell]]] = {
    "cases": cases, "persons": persons, "claims": claims, "instalments": instalments, "payments": payments,
}
