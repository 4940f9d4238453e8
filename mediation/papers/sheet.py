"""Facts to documents: what each printed paper says, in Chinese.

Papers are Chinese in both languages of the screen. A blank form is the same sheet without values. Notes of
concessions are never read here: they must not stand on any paper (law.md 3.6, no-prejudice rule).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediation.models import (
    Agency,
    Agreement,
    AgreementItem,
    Case,
    Claim,
    Hearing,
    Instalment,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    Station,
    Visit,
)
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.law import channels, limitation, ways
from mediation.rules.law.way_words import WayWords
from mediation.rules.law.ways import Way
from mediation.rules.money import amounts
from mediation.rules.papers.catalogue import PAPERS, Paper
from mediation.rules.people import headcounts, identity, kin

LONG_LIST = 3  # from here on names stand in a table of their own
BLANK_ROWS = 6
COPIES = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Sight:
    """Which numbers the reader may put on paper: telephones, and identity and account numbers in full."""

    phones: bool = False
    numbers: bool = False


@dataclass(frozen=True)
class Material:
    """The rows behind a sheet, read by queries/papers/case_papers.py."""

    case: Case
    today: date
    way: Way
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


class View:
    """A row as a paper reads it: its own columns, days written out, sums in figures, '' for what is not known.

    What else it says is given by name, and stands before the columns. Sealed numbers, notes and other rows are not
    columns: they come onto a paper only when they are given. Without a row everything is '', a line to write on.
    """

    def __init__(self, row: object = None, /, **given: object):
        self._row, self._given, self._read = row, given, {}

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        self._read[name] = found = self._find(name)
        return found

    def _find(self, name: str) -> object:
        if name in self._given:
            return self._given[name]
        if self._row is not None and name not in self._row.__mapper__.columns:
            raise AttributeError(name)
        return _written(name, getattr(self._row, name, None))

    def facts(self) -> dict[str, object]:
        """What has been read of it so far, as plain values: the facts that a page was made from."""
        return {name: _plain(value) for name, value in sorted(self._read.items())}


def _plain(value: object) -> object:
    if isinstance(value, View):
        return value.facts()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value.key if isinstance(value, Paper) else value


def _written(name: str, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, date):
        return day(value)
    return figure(value) if name.endswith("_fen") else value


class Sheet(View):
    """One paper, ready to be printed: a view over the case, or an empty form."""

    @property
    def principal(self) -> View:
        """Whom the first agent acts for; a line to write on where that is open."""
        named = [one for one in self.applicants if one.name == self.agents[0].acts_for]
        return named[0] if named else self.applicants[0] if len(self.applicants) == 1 else PERSON

    @property
    def spokesmen(self) -> tuple[View, ...]:
        """Those of the applicants who receive papers: the representatives of a group, or the first two."""
        return self.representatives or self.applicants[:2]

    @property
    def is_listed(self) -> bool:
        """Whether the applicants are too many to be named in a line: they stand on a list behind the paper."""
        return not self.is_blank and (len(self.applicants) > LONG_LIST or self.is_group)

    @property
    def copies(self) -> str:
        """How many copies are signed: one for each party, a group's through its representatives, and the office's."""
        if self.is_blank:
            return ""
        asking = self.representatives or self.applicants
        number = len(asking) + len(self.respondents) + 1
        return COPIES[number] if number < len(COPIES) else str(number)


ID_CARD = "居民身份证"
PERSON, EMPLOYER, NOTHING = View(is_person=True, id_type=ID_CARD), View(is_person=False, id_type=ID_CARD), View()
# What stands on every empty form.
EMPTY: dict[str, object] = {
    "people": "", "asking": "", "deaths": (), "applicants": (PERSON,), "agents": (PERSON,), "respondents": (EMPLOYER,),
    "representatives": (),
    "claims": (NOTHING,) * 3, "deal": View(items=(NOTHING,) * BLANK_ROWS, steps=(View(shares=(NOTHING,)),) * 2),
    "session": NOTHING, "money": View(rows=(NOTHING,)), "visit": NOTHING, "next_door": None}


def day(value: date | None) -> str:
    """2026年11月20日; '' when it is not known."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def blank(kind: str, station: Station) -> Sheet:
    """An empty form for the road, in the name of the station's legal body."""
    channel = station.channel if station.channel in channels.OWN else "A"
    way = WayWords(ways.blank(channel))
    return Sheet(paper=PAPERS[kind], is_blank=True, way=way, declined=way.declined(""), channel=channel,
                 **_office(station), **EMPTY)


def _office(station: Station) -> dict[str, object]:
    """Whose name and seal the papers carry: the station's own legal body, its union's, or the union itself."""
    union = station.union
    body = station.legal_body or (union.legal_body or union.name if union else "") or station.name
    return {"body": body, "office_phone": station.phone, "office_address": station.address}


def fill(kind: str, found: Material, sight: Sight) -> Sheet:
    """A paper of a case, filled with what is known; the rest stays a line to write on."""
    case = found.case
    given = EMPTY | _office(case.station) | _people(case, sight) | _matter(case, found.today) | _acts(found)
    return Sheet(case, paper=PAPERS[kind], is_blank=False, **given | {
        "way": WayWords(found.way), "declined": _declined(case, found.way),
        "short_number": case.number.removeprefix(f"{case.union.code}-"), "reason": reason_of(case),
        "received": _moment(case.received_on, case.received_time), "decide_by": day(found.decide_by),
        "period": found.period, "period_due": day(found.period_due),
        "next_door": _next_door(found),
        "handler": case.handler.name if case.handler else "", "recorder": case.registered_by.name,
        "arrived": figure(found.arrived_fen), "outstanding": figure(found.outstanding_fen)})


def _next_door(found: Material) -> View | None:
    """Where to go next; a case that goes back to a body of another place names it as its letter did."""
    if found.next_door is None and found.way.goes_back and found.case.source_body:
        return View(name=found.case.source_body, address="", phone="")
    return View(found.next_door) if found.next_door else None


def _declined(case: Case, way: Way) -> list[str]:
    """Where to go after a no: by the ground on which the request was declined, else by the case's way."""
    reason = case.outcome_reason if case.outcome == "NOT_ACCEPTED" else ""
    is_unlike = reason == "not_labour" and way.goal_code in ("arbitration", "lawful")
    return WayWords(ways.blank(way.channel) if is_unlike else way).declined(reason)


def _word(table: dict[str, Text], code: str | None, otherwise: str = "") -> str:
    return table[code].zh if code in table else otherwise


def _people(case: Case, sight: Sight) -> dict[str, object]:
    rows = [(p, person_of(p, sight)) for p in case.parties if p.removed_on is None]
    asking = [p for p, _ in rows if _is_asking(p)]
    dead = [p for p in case.parties if p.removed_on is None and kin.is_dead(p)]
    respondents = tuple(one for p, one in rows if p.side == "respondent")
    return {
        "people": headcounts.say(case).zh,
        "applicants": tuple(one for p, one in rows if _is_asking(p)) or (PERSON,),
        "agents": tuple(one for p, one in rows if p.part == "agent") or (PERSON,),
        "respondents": respondents or (EMPLOYER,), "against": "、".join(one.name for one in respondents),
        "representatives": tuple(one for p, one in rows if p.is_representative), "asking": _asking(case, asking),
        "deaths": tuple(kin.death(p, kin.kin_of(p, case.parties)) for p in dead),
        "interpreter": asking[0].interpreter if asking and asking[0].is_interpreter_needed else "",
    }


def _asking(case: Case, people: list[Party]) -> str:
    """The applicants in a line: 斯琴、巴图, or 巴特尔等70人 by the first representative."""
    if len(people) <= LONG_LIST and all(p.headcount == 1 for p in people):
        return "、".join(_called(p) for p in people)
    first = next((p for p in people if p.is_representative), people[0])
    return headcounts.title(_called(first), max(case.headcount, len(people)), case.as_told.get("headcount", ""))


def _is_asking(party: Party) -> bool:
    """Those who ask: workers, and the kin of those who died."""
    return party.side == "applicant" and party.part != "agent" and not kin.is_dead(party)


def person_of(party: Party, sight: Sight) -> View:
    """A party on paper; numbers that the reader may not see stay lines to write on."""
    employer, born = party.employer, party.born_on
    return View(
        party, name=_called(party), is_person=party.is_person and not employer,
        sex=_word(words.SEXES, party.sex),
        age=identity.age_on(born, party.case.received_on or born) if born else "",
        id_type=_word(words.ID_TYPES, party.id_type, ID_CARD),
        identity=party.identity if sight.numbers else "", phone=_phone(party, sight),
        address=party.address or (employer.address if employer else ""),
        code=(employer.credit_code or "") if employer else "", legal_person=employer.legal_person if employer else "",
        language=_word(words.LANGUAGES, party.language), acts_for=_called(party.acts_for) if party.acts_for else "")


def _phone(party: Party, sight: Sight) -> str:
    if sight.phones or sight.numbers:
        return party.phone or (party.employer.phone if party.employer else "")
    return ""


def _matter(case: Case, today: date) -> dict[str, object]:
    """What is asked, and the facts around it."""
    live = [c for c in case.claims if c.dropped_on is None]
    sums = [-c.amount_fen if c.head == "to_employer" else c.amount_fen for c in live if c.amount_fen is not None]
    total, about = sum(sums), "约" if any(c.precision == "about" for c in live) else ""
    is_named = case.headcount > 1 or len(live) > 1
    return {
        "claims": tuple(View(c, name=c.party.name if is_named else "", what=words.HEADS[c.head].zh, figure=_claimed(c),
                             remark=_span(c)) for c in live) or (NOTHING,),
        "claimed": about + figure(total) if sums else "",
        "claimed_capital": about + amounts.capital_yuan(total) if total > 0 else "",
        "main_head": words.HEADS[case.main_head].zh if case.main_head else "", "employment": _employment(case, today),
        "contract": words.YES_NO[case.contract].zh if case.contract else "",
    }


def _claimed(claim: Claim) -> str:
    if claim.amount_fen is None:
        return claim.as_told
    return ("约" if claim.precision == "about" else "") + figure(claim.amount_fen)


def _span(claim: Claim) -> str:
    said = "至".join(part for part in (claim.from_told, claim.to_told) if part)
    return said or claim.note


def _employment(case: Case, today: date) -> str:
    """Whether the worker is gone, with the day or what was told of it."""
    told = str(case.as_told.get("employment_ended_on") or "")
    left = limitation.has_left(case.employment, case.employment_ended_on, told, today)
    since = day(case.employment_ended_on) if case.employment_ended_on else told
    return "" if left is None else "仍在" if not left else f"已离开（{since}）" if since else "已离开"


def _acts(found: Material) -> dict[str, object]:
    """What was done: session, agreement, payment, visit; blanks where there is none."""
    deal = deal_of(found.agreement) if found.agreement else _deal_to_write(found.case)
    acts = {"deal": deal, "money": _payment(found.payment) if found.payment else View(rows=deal.items)}
    if found.hearing:
        acts["session"] = _session(found.hearing, found.case)
    if found.visit:
        acts["visit"] = _visit(found.visit)
    return acts


def deal_of(row: Agreement) -> View:
    """An agreement in words: who pays whom how much and when."""
    return View(
        row, payer="、".join(dict.fromkeys(_called(one) for plan in row.plans or [0] for one in row.payers_of(plan))),
        capital=capital(row.total_fen), unnamed=_unnamed(row),
        plans=tuple(_one_plan(row, number) for number in row.plans),
        items=tuple(one for i, parts in zip(row.items, _by_kin(row.items), strict=True)
                    for one in _paid(i, parts, what=words.HEADS[i.head].zh, remark=i.party.payee_name,
                                     bound=_bound(row, i.party))),
        steps=tuple(View(s, due=due(s), capital=capital(s.amount_fen),
                         way=_word(words.PAY_WAYS, s.way), shares=shares)
                    for s, shares in _plan(sorted(row.instalments, key=lambda s: s.seq))))


def _bound(row: Agreement, party: Party) -> str:
    """How the agreement binds a worker already: by the own signature or a consent (R33 63); a blank to sign in."""
    told = next((c for c in row.consents if c.party_id == party.id), None)
    if told is not None:
        return f"{day(told.consented_on)}同意" if told.consented_on else ""
    heirs = {p.id for p in _heirs(party)} or {party.id}
    return "已签名" if heirs <= {s.party_id for s in row.signatures} else ""


def _unnamed(row: Agreement) -> int:
    """How many of those who get money are not named yet."""
    return sum(p.headcount - 1 for p in {i.party for i in row.items})


def _one_plan(row: Agreement, number: int) -> View:
    """One of several plans: its payers, its workers, its instalments."""
    steps = [step for step in sorted(row.instalments, key=lambda step: step.seq) if step.plan == number]
    payers = [_called(payer) for payer in row.payers_of(number)]
    names = dict.fromkeys(share.party.name for step in steps for share in step.shares)
    fen = sum(step.amount_fen for step in steps)
    return View(number=number, payers="、".join(payers), is_joint=len(payers) > 1, names="、".join(names),
                fen=figure(fen), first=steps[0].seq, last=steps[-1].seq)


def due(row: Instalment) -> str:
    """The day of an instalment as the paper names it: what was agreed in words, with the latest day it means."""
    return f"{row.due_told}（不晚于{day(row.due_on)}）" if row.due_told and row.due_on else row.due_told or day(row.due_on)


def _plan(steps: list[Instalment]) -> list[tuple[Instalment, tuple[View, ...]]]:
    """Each instalment with everybody's part; those of kin sum over the instalments to what their share is."""
    shares = [share for step in steps for share in step.shares]
    parts = dict(zip((id(share) for share in shares), _by_kin(shares), strict=True))
    return [(step, tuple(one for share in step.shares for one in _paid(share, parts[id(share)]))) for step in steps]


def _shares(row: Payment) -> tuple[View, ...]:
    return tuple(one for share, parts in zip(row.shares, _by_kin(row.shares), strict=True)
                 for one in _paid(share, parts))


def _by_kin(rows: Sequence[AgreementItem | InstalmentShare | PaymentShare]) -> list[list[int] | None]:
    """The sum of each row among the kin of a worker who died, so that each one's parts sum to the share of the whole;
    None for everybody else, and while the shares are not known."""
    parts: dict[int, list[int] | None] = {}
    for key in dict.fromkeys(row.party_id for row in rows):
        of_one = [n for n, row in enumerate(rows) if row.party_id == key]
        heirs, sums = _heirs(rows[of_one[0]].party), [rows[n].amount_fen for n in of_one]
        whole = kin.split(sum(sums), heirs) if heirs and min(sums) >= 0 else None
        split = amounts.divide(sums, whole) if whole else [None] * len(sums)
        parts |= dict(zip(of_one, split, strict=True))
    return [parts[n] for n in range(len(rows))]


def _heirs(party: Party) -> list[Party]:
    return kin.kin_of(party, party.case.parties) if kin.is_dead(party) else []


def _paid(row: AgreementItem | InstalmentShare | PaymentShare, parts: list[int] | None, **given: object) -> list[View]:
    """Who gets the money of a row: the worker, or each of the kin with the own part; while that is open, the kin."""
    if parts is None:
        name = f"死者{row.party.name}的近亲属" if kin.is_dead(row.party) else row.party.name
        return [View(row, name=name, **given)]
    return [View(row, **{**given, "name": _called(heir), "amount_fen": figure(fen), "remark": heir.payee_name})
            for heir, fen in zip(_heirs(row.party), parts, strict=True)]


def _deal_to_write(case: Case) -> View:
    """Before anything is agreed: the workers' names, the sums left open."""
    names = [_called(p) for p in case.parties if p.removed_on is None and _is_asking(p)]
    return View(items=tuple(View(name=name) for name in names), steps=(NOTHING, NOTHING))


def _session(row: Hearing, case: Case) -> View:
    """A mediation session as its record names it; what was conceded is not in it."""
    present = "、".join(_called(p) for p in case.parties if p.id in row.present)
    return View(row, held=_moment(row.held_on, row.held_time), next=_moment(row.next_on, row.next_time),
                way=_word(words.SESSION_WAYS, row.way), present=present, said=row.note.body if row.note else "")


def _payment(row: Payment) -> View:
    return View(row, paid=day(row.paid_on) or row.paid_told, payer=_called(row.payer) if row.payer else row.payer_name,
                capital=capital(row.amount_fen), way=_word(words.PAY_WAYS, row.way), rows=_shares(row))


def _visit(row: Visit) -> View:
    return View(row, way=_word(words.CONTACT_WAYS, row.way), who=_called(row.party) if row.party else "",
                satisfaction=_word(words.SATISFACTION, row.satisfaction), said=row.note.body if row.note else "",
                by=row.made_by.name)


def _called(party: Party) -> str:
    if party.side == "applicant":
        return kin.called(party, party.case.parties)
    return (party.employer.name if party.employer else "") or party.name or party.as_told


def _moment(on: date | None, at: str) -> str:
    """2026年11月20日10时20分."""
    return day(on) + (f"{at.replace(':', '时')}分" if on and at else "")


def figure(fen: int) -> str:
    return amounts.print_yuan(fen)


def capital(fen: int) -> str:
    return amounts.capital_yuan(fen) if fen >= 0 else ""


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
