"""Facts to documents: what each printed paper says, as plain Chinese strings.

Papers are Chinese in both languages of the screen. A blank form is the same sheet without values. Notes of
concessions are never read here: they must not stand on any paper (law.md 3.6, no-prejudice rule).
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from mediation.models import Agency, Agreement, Case, Hearing, Party, Payment, Station, Visit
from mediation.rules import identity, money, words
from mediation.rules.paperwork import PAPERS, Paper

LONG_LIST = 3  # from here on names stand in a table of their own
BLANK_ROWS = 6


@dataclass(frozen=True)
class Sight:
    """Which numbers the reader may put on paper: telephones, and identity and account numbers in full."""

    phones: bool = False
    numbers: bool = False


@dataclass(frozen=True)
class Material:
    """The rows behind a sheet, read by queries/papers.py."""

    case: Case
    today: date
    agreement: Agreement | None = None
    hearing: Hearing | None = None
    payment: Payment | None = None
    visit: Visit | None = None
    next_door: Agency | None = None
    decide_by: date | None = None
    period: str = ""
    period_due: date | None = None
    arrived_fen: int = 0
    outstanding_fen: int = 0


@dataclass(frozen=True)
class Person:
    """A party as a paper names it; '' is a line to be written on."""

    name: str = ""
    part: str = ""
    is_person: bool = True
    sex: str = ""
    age: str = ""
    ethnicity: str = ""
    id_type: str = "居民身份证"
    identity: str = ""
    phone: str = ""
    address: str = ""
    code: str = ""
    legal_person: str = ""
    language: str = ""
    interpreter: str = ""
    acts_for: str = ""
    authority: frozenset[str] = frozenset()
    told: str = ""


@dataclass(frozen=True)
class Sum:
    """One line of money: whose, for what, how much in figures, and the words beside it."""

    name: str = ""
    what: str = ""
    figure: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Step:
    """One instalment of an agreement, with each worker's share."""

    seq: str = ""
    due: str = ""
    figure: str = ""
    capital: str = ""
    way: str = ""
    shares: tuple[Sum, ...] = ()


@dataclass(frozen=True)
class Deal:
    """What an agreement says."""

    number: str = ""
    made_on: str = ""
    payer: str = ""
    figure: str = ""
    capital: str = ""
    items: tuple[Sum, ...] = ()
    steps: tuple[Step, ...] = ()
    terms: str = ""
    non_cash: str = ""
    is_accelerated: bool = False


@dataclass(frozen=True)
class Session:
    """A mediation session as its record names it; what was conceded is not in it."""

    seq: str = ""
    day: str = ""
    place: str = ""
    way: str = ""
    present: str = ""
    others: str = ""
    said: str = ""
    next_day: str = ""


@dataclass(frozen=True)
class Money:
    """A payment as its receipt names it."""

    day: str = ""
    payer: str = ""
    figure: str = ""
    capital: str = ""
    way: str = ""
    rows: tuple[Sum, ...] = ()


@dataclass(frozen=True)
class Follow:
    """A follow-up visit as its note names it."""

    day: str = ""
    way: str = ""
    who: str = ""
    satisfaction: str = ""
    said: str = ""
    next_day: str = ""
    by: str = ""


@dataclass(frozen=True)
class Sheet:
    """One paper, ready to be printed."""

    paper: Paper
    is_blank: bool = True
    number: str = ""
    short_number: str = ""
    body: str = ""
    office_phone: str = ""
    office_address: str = ""
    channel: str = ""
    received: str = ""
    received_day: str = ""
    accepted_day: str = ""
    outcome: str = ""
    outcome_day: str = ""
    reason: str = ""
    made_on: str = ""
    decide_by: str = ""
    period: str = ""
    period_due: str = ""
    title: str = ""
    against: str = ""
    main_head: str = ""
    headcount: str = ""
    applicants: tuple[Person, ...] = (Person(),)
    agents: tuple[Person, ...] = (Person(),)
    respondents: tuple[Person, ...] = (Person(is_person=False),)
    representatives: tuple[Person, ...] = ()
    claims: tuple[Sum, ...] = (Sum(),) * 3
    claimed: str = ""
    claimed_capital: str = ""
    narrative: str = ""
    employment: str = ""
    contract: str = ""
    evidence: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    handler: str = ""
    recorder: str = ""
    interpreter: str = ""
    next_door: Agency | None = None
    deal: Deal = field(default=Deal(items=(Sum(),) * BLANK_ROWS, steps=(Step(shares=(Sum(),)),) * 2))
    session: Session = Session()
    money: Money = Money(rows=(Sum(),))
    visit: Follow = Follow()
    arrived: str = ""
    outstanding: str = ""

    @property
    def principal(self) -> Person:
        """Whom the first agent acts for; a line to write on where that is open."""
        named = [one for one in self.applicants if one.name == self.agents[0].acts_for]
        return named[0] if named else self.applicants[0] if len(self.applicants) == 1 else Person()

    @property
    def spokesmen(self) -> tuple[Person, ...]:
        """Those of the applicants who receive papers: the representatives of a group, or the first two."""
        return self.representatives or self.applicants[:2]

    @property
    def is_long(self) -> bool:
        """Whether the applicants are too many to be named in a line."""
        return len(self.applicants) > LONG_LIST


def day(value: date | None) -> str:
    """2026年11月20日; '' when it is not known."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def blank(kind: str, station: Station) -> Sheet:
    """An empty form for the road, in the name of the station's legal body."""
    return Sheet(PAPERS[kind], body=body_of(station), office_phone=station.phone, office_address=station.address)


def body_of(station: Station) -> str:
    """Whose name and seal the papers carry: the station's own legal body, its union's, or the union itself."""
    union = station.union
    return station.legal_body or (union.legal_body or union.name if union else "") or station.name


def fill(kind: str, found: Material, sight: Sight) -> Sheet:
    """A paper of a case, filled with what is known; the rest stays a line to write on."""
    case = found.case
    sheet = replace(
        blank(kind, case.station), is_blank=False, number=case.printed_number, channel=case.channel,
        short_number=case.number.removeprefix(f"{case.union.code}-"),
        received=_moment(case.received_on, case.received_time),
        received_day=day(case.received_on), accepted_day=day(case.accepted_on),
        outcome=words.OUTCOMES[case.outcome].zh if case.outcome else "", outcome_day=day(case.concluded_on),
        reason=reason_of(case), made_on=day(found.today), decide_by=day(found.decide_by), period=found.period,
        period_due=day(found.period_due), next_door=found.next_door, narrative=case.narrative,
        handler=case.handler.name if case.handler else "", recorder=case.registered_by.name,
        arrived=figure(found.arrived_fen), outstanding=figure(found.outstanding_fen))
    return replace(sheet, **_people(case, sight), **_matter(case), **_acts(found))


def _people(case: Case, sight: Sight) -> dict:
    rows = [p for p in case.parties if p.removed_on is None]
    people = {id(p): person_of(p, sight) for p in rows}
    asking = [p for p in rows if p.side == "applicant" and p.part != "agent"]
    first = asking[0] if asking else None
    return {
        "applicants": _some((people[id(p)] for p in asking), Person()),
        "agents": _some((people[id(p)] for p in rows if p.part == "agent"), Person()),
        "respondents": _some((people[id(p)] for p in rows if p.side == "respondent"), Person(is_person=False)),
        "representatives": tuple(people[id(p)] for p in rows if p.is_representative),
        "interpreter": first.interpreter if first and first.is_interpreter_needed else "",
        "title": case.title, "against": "、".join(people[id(p)].name for p in rows if p.side == "respondent"),
        "headcount": str(case.headcount),
    }


def _some(rows: Iterable, empty: object) -> tuple:
    return tuple(rows) or (empty,)


def person_of(party: Party, sight: Sight) -> Person:
    """A party on paper; numbers that the reader may not see stay lines to write on."""
    employer = party.employer
    born = party.born_on
    return Person(
        name=(employer.name if employer else "") or party.name or party.as_told,
        part=words.PARTS[party.part].zh if party.part in words.PARTS else "",
        is_person=party.is_person and not employer,
        sex={"M": "男", "F": "女"}.get(party.sex, ""),
        age=str(identity.age_on(born, party.case.received_on or born)) if born else "", ethnicity=party.ethnicity,
        id_type=words.ID_TYPES[party.id_type].zh if party.id_type in words.ID_TYPES else "居民身份证",
        identity=party.identity if sight.numbers else "", phone=_phone(party, sight),
        address=party.address or (employer.address if employer else ""),
        code=(employer.credit_code or "") if employer else "", legal_person=employer.legal_person if employer else "",
        language=words.LANGUAGES[party.language].zh if party.language in words.LANGUAGES else "",
        interpreter=party.interpreter, acts_for=party.acts_for.name if party.acts_for else "",
        authority=frozenset(party.authority or ()), told=party.as_told)


def _phone(party: Party, sight: Sight) -> str:
    if sight.phones or sight.numbers:
        return party.phone or (party.employer.phone if party.employer else "")
    return ""


def _matter(case: Case) -> dict:
    """What is asked, and the facts around it."""
    live = [c for c in case.claims if c.dropped_on is None]
    sums = [-c.amount_fen if c.head == "to_employer" else c.amount_fen for c in live if c.amount_fen is not None]
    total = sum(sums)
    names = {True: lambda c: c.party.name, False: lambda c: ""}[case.headcount > 1 or len(live) > 1]
    return {
        "claims": _some((Sum(names(c), words.HEADS[c.head].zh, _claimed(c), _span(c)) for c in live), Sum()),
        "claimed": figure(total) if sums else "", "claimed_capital": money.capital_yuan(total) if total > 0 else "",
        "main_head": words.HEADS[case.main_head].zh if case.main_head else "",
        "employment": _employment(case), "contract": words.YES_NO[case.contract].zh if case.contract else "",
        "evidence": frozenset(case.evidence), "tried": frozenset(case.tried),
    }


def _claimed(claim) -> str:
    if claim.amount_fen is None:
        return claim.as_told
    return ("约" if claim.precision == "about" else "") + figure(claim.amount_fen)


def _span(claim) -> str:
    said = "至".join(part for part in (claim.from_told, claim.to_told) if part)
    return said or claim.note


def _employment(case: Case) -> str:
    if not case.employment:
        return ""
    left = case.employment == "left"
    return f"已离开（{day(case.employment_ended_on)}）" if left and case.employment_ended_on else "已离开" if left else "仍在"


def _acts(found: Material) -> dict:
    """What was done: session, agreement, payment, visit; blanks where there is none."""
    acts = {"deal": deal_of(found.agreement) if found.agreement else _deal_to_write(found.case)}
    if found.hearing:
        acts["session"] = _session(found.hearing, found.case)
    acts["money"] = _payment(found.payment) if found.payment else Money(rows=acts["deal"].items)
    if found.visit:
        acts["visit"] = _visit(found.visit)
    return acts


def deal_of(row: Agreement) -> Deal:
    """An agreement in words: who pays whom how much and when."""
    return Deal(
        number=row.number, made_on=day(row.made_on), payer=_called(row.payer) if row.payer else "",
        figure=figure(row.total_fen), capital=capital(row.total_fen), terms=row.terms, non_cash=row.non_cash,
        is_accelerated=row.is_accelerated,
        items=tuple(Sum(i.party.name, words.HEADS[i.head].zh, figure(i.amount_fen), i.party.payee_name)
                    for i in row.items),
        steps=tuple(Step(str(s.seq), day(s.due_on) or s.due_told, figure(s.amount_fen), capital(s.amount_fen),
                         words.PAY_WAYS[s.way].zh if s.way in words.PAY_WAYS else "",
                         tuple(Sum(x.party.name, "", figure(x.amount_fen)) for x in s.shares))
                    for s in sorted(row.instalments, key=lambda s: s.seq)))


def _deal_to_write(case: Case) -> Deal:
    """Before anything is agreed: the workers' names, the sums left open."""
    names = [p.name for p in case.parties if p.side == "applicant" and p.part != "agent" and p.removed_on is None]
    return Deal(items=tuple(Sum(name) for name in names), steps=(Step(), Step()))


def _session(row: Hearing, case: Case) -> Session:
    names = [_called(p) for p in case.parties if p.id in row.present]
    return Session(str(row.seq), _moment(row.held_on, row.held_time), row.place,
                   words.SESSION_WAYS[row.way].zh if row.way in words.SESSION_WAYS else "", "、".join(names), row.others,
                   row.note.body if row.note else "", _moment(row.next_on, row.next_time))


def _payment(row: Payment) -> Money:
    return Money(day(row.paid_on) or row.paid_told, _called(row.payer) if row.payer else row.payer_name,
                 figure(row.amount_fen), capital(row.amount_fen),
                 words.PAY_WAYS[row.way].zh if row.way in words.PAY_WAYS else "",
                 tuple(Sum(s.party.name, "", figure(s.amount_fen)) for s in row.shares))


def _visit(row: Visit) -> Follow:
    return Follow(day(row.visited_on), words.CONTACT_WAYS[row.way].zh if row.way in words.CONTACT_WAYS else "",
                  row.party.name if row.party else "",
                  words.SATISFACTION[row.satisfaction].zh if row.satisfaction in words.SATISFACTION else "",
                  row.note.body if row.note else "", day(row.next_on), row.made_by.name)


def _called(party: Party) -> str:
    return (party.employer.name if party.employer else "") or party.name or party.as_told


def _moment(on: date | None, at: str) -> str:
    """2026年11月20日10时20分."""
    return day(on) + (f"{at.replace(':', '时')}分" if on and at else "")


def figure(fen: int) -> str:
    return money.print_yuan(fen)


def capital(fen: int) -> str:
    return money.capital_yuan(fen) if fen >= 0 else ""


REASONS = {
    "REFUSED_BY_PARTY": "经征询，对方当事人不愿意调解",
    "UNREACHABLE": "经多次联系，未能与对方当事人取得联系，无法征得其调解意愿",
    "WITHDRAWN": "申请人撤回调解申请",
    "TERMINATED_FRAUD": "发现本案涉嫌虚假调解",
}


def reason_of(case: Case) -> str:
    """Why mediation was not taken up or ended, as the notice says it; '' while there is no outcome."""
    if case.outcome == "NOT_ACCEPTED" and case.outcome_reason in words.DECLINE_GROUNDS:
        return words.DECLINE_GROUNDS[case.outcome_reason].zh
    if case.outcome == "FAILED" and case.outcome_reason in words.FAIL_REASONS:
        return f"经调解未能达成协议（{words.FAIL_REASONS[case.outcome_reason].zh}）"
    return REASONS.get(case.outcome, "")
