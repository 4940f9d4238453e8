"""Facts to documents: what each printed paper says, in Chinese.

Papers are Chinese in both languages of the screen. A blank form is the same sheet without values. Notes of
concessions are never read here: they must not stand on any paper (law.md 3.6, no-prejudice rule).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from mediation.models import (
    Agency,
    Agreement,
    Case,
    Claim,
    Consultation,
    Hearing,
    Party,
    Payment,
    Station,
    Visit,
)
from mediation.papers.agreement import deal_of, deal_to_write, shares_of
from mediation.papers.consulted import consult_of
from mediation.papers.view import NOTHING, View, called, capital, day, figure, is_asking, moment, word_of
from mediation.rules import words
from mediation.rules.language import Word
from mediation.rules.law import channels, limitation, ways
from mediation.rules.law.retention import RETENTIONS
from mediation.rules.law.way_words import WayWords
from mediation.rules.law.ways import Way
from mediation.rules.money import currencies
from mediation.rules.papers import numbering
from mediation.rules.papers.catalogue import PAPERS
from mediation.rules.papers.volume import Volume
from mediation.rules.people import headcounts, identity, kin

LONG_LIST = 3  # from here on names stand in a table of their own
BLANK_ROWS = 6
BEIJING = timedelta(hours=8)  # instants are UTC
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
    find_volume: Callable[[], Volume] = lambda: Volume([])  # as it stands, or as it is bound; read when asked for
    find_filer: Callable[[], str] = lambda: ""  # who filed the volume away
    list_served: Callable[[], list[tuple[str, str]]] = list  # title and number of the papers that were made
    numbers: Mapping[str, str] = field(default_factory=dict)  # kind -> the number under which it is issued
    find_consultation: Callable[[], Consultation | None] = lambda: None

    @cached_property
    def consultation(self) -> Consultation | None:
        """The joint consultation that a record is about; read when asked for."""
        return self.find_consultation()


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

    @property
    def commission(self) -> str:
        """How the body that sent the case did so: before it filed the case, or after."""
        return {"E": "委派", "F": "委托", "G": "委托"}.get(self.channel, "委派、委托")

    @property
    def principals(self) -> tuple[View, ...]:
        """Whom the first agent acts for, as a list."""
        return (self.principal,)

    @property
    def evidence_ticks(self) -> tuple[View, ...]:
        return _ticks(words.EVIDENCE, self.evidence)

    @property
    def tried_ticks(self) -> tuple[View, ...]:
        return _ticks(words.TRIED, self.tried)

    @property
    def power_ticks(self) -> tuple[View, ...]:
        """What the first agent may do; nothing is ticked that was not asked for."""
        return _ticks(words.AUTHORITIES, self.agents[0].authority)

    @property
    def step_count(self) -> int:
        """In how many instalments money comes; 0 while no sum is agreed."""
        return len(self.deal.steps) if self.deal.total_fen else 0

    @cached_property
    def volume(self) -> Volume:
        """The volume: its index, and why something is missing."""
        found: Volume = self._given["find_volume"]()
        return found

    @property
    def volume_lines(self) -> tuple[View, ...]:
        """What lies or must lie in the volume, in the order of the law, with its pages where they are counted."""
        items = tuple(View(name=item.title.zh, page=item.pages, remark=item.remark.zh, is_missing=item.is_missing)
                      for item in self.volume.items)
        return items or (NOTHING,) * 2 * BLANK_ROWS

    @property
    def volume_pages(self) -> str:
        """How many pages the volume has: as it was filed away, else as many as are bound."""
        return str(self.pages or ("" if self.volume.is_open else self.volume.pages or ""))

    @property
    def volume_note(self) -> str:
        """Why the volume is as it is."""
        return self.volume.explained

    @property
    def index_note(self) -> str:
        """The same under its index, where the reasons do not stand each at its line."""
        return "" if any(item.why for item in self.volume.items) else self.volume.explained

    @property
    def filer(self) -> str:
        """Who filed the volume away."""
        return str(self._given["find_filer"]())

    @cached_property
    def consult(self) -> View:
        """The joint consultation; lines to write on where there is none."""
        row = self._given["find_consultation"]()
        self._read["consult"] = made = consult_of(row, self._row) if row else View(
            voices=(NOTHING,) * 3, tasks=(NOTHING,) * 2, others="")
        return made

    @property
    def served_papers(self) -> tuple[View, ...]:
        """The papers that are served with one proof; lines to write on while none was made."""
        rows = tuple(View(name=name, number=number, on="", by="") for name, number in self._given["list_served"]())
        return rows or (NOTHING,) * 4

    @property
    def evidence_files(self) -> tuple[View, ...]:
        """The files that were handed in, in the order in which they came."""
        rows = sorted(self._row.attachments, key=lambda row: row.id) if self._row else ()
        return tuple(View(name=row.name, kind=row.kind.upper(), on=day((row.added_at + BEIJING).date()))
                     for row in rows) or (NOTHING,) * BLANK_ROWS

    @property
    def deal_summary(self) -> str:
        """The agreement in a sentence: who pays how much, in how many instalments, until when; what else is done."""
        deal = self.deal
        acts = f"{deal.payer}履行下列事项：{deal.non_cash}。" if deal.non_cash else ""
        if not deal.total_fen:
            return acts
        last = deal.steps[-1].due if deal.steps else ""
        how = f"分{len(deal.steps)}期，最后一期{last}付清" if len(deal.steps) > 1 else f"{last}一次付清"
        said = f"人民币{deal.total_fen}元（大写：{deal.capital}）" if deal.capital else f"{deal.total_fen}{currencies.unit().zh}"
        return f"{deal.payer}支付{self.asking}{said}，{how}。{acts}"


ID_CARD = "居民身份证"
PERSON, EMPLOYER = View(is_person=True, id_type=ID_CARD), View(is_person=False, id_type=ID_CARD)
# What stands on every empty form.
EMPTY: dict[str, object] = {
    "people": "", "asking": "", "deaths": (), "applicants": (PERSON,), "agents": (PERSON,), "respondents": (EMPLOYER,),
    "representatives": (),
    "claims": (NOTHING,) * 3, "deal": View(items=(NOTHING,) * BLANK_ROWS, steps=(View(shares=(NOTHING,)),) * 2),
    "paper_number": "", "source_word": "", "grade_word": "", "way_word": "", "hearing_count": "", "outcome_word": "",
    "owed": "", "retention_word": "", "receiver": "", "find_volume": lambda: Volume([]),
    "find_filer": lambda: "", "list_served": list,
    "find_consultation": lambda: None, "letter": NOTHING,
    "session": NOTHING, "money": View(rows=(NOTHING,)), "visit": NOTHING, "next_door": None}


def _ticks(table: dict[str, Word], chosen: object) -> tuple[View, ...]:
    """Every word of a vocabulary with its box."""
    codes = chosen or ()
    return tuple(View(box="☑" if word.code in codes else "☐", name=word.zh) for word in table.values())


def blank(kind: str, station: Station) -> Sheet:
    """An empty form for the road, in the name of the station's legal body."""
    channel = station.channel if station.channel in channels.OWN else "A"
    way = WayWords(ways.blank(channel))
    office = _office(station)
    if not PAPERS[kind].is_of_case and station.union:
        office["body"] = station.union.name
    return Sheet(paper=PAPERS[kind], is_blank=True, way=way, declined=way.declined(""), channel=channel, **office,
                 **EMPTY)


def _office(station: Station) -> dict[str, object]:
    """Whose name and seal the papers carry: the station's own legal body, its union's, or the union itself."""
    union = station.union
    body = station.legal_body or (union.legal_body or union.name if union else "") or station.name
    return {"body": body, "office_phone": station.phone, "office_address": station.address}


def fill(kind: str, found: Material, sight: Sight, number: str = "") -> Sheet:
    """A paper of a case, filled with what is known; the rest stays a line to write on. ``number``: the paper's own."""
    case = found.case
    currencies.use(case.station.currency)
    given = EMPTY | _office(case.station) | _people(case, sight) | _matter(case, found.today)
    given |= _acts(found) | _file(found)
    return Sheet(case, paper=PAPERS[kind], is_blank=False, **given | {
        "paper_number": number or _number(kind, found),
        "way": WayWords(found.way), "declined": declined_points(case, found.way),
        "short_number": case.number.removeprefix(f"{case.union.code}-"), "reason": reason_of(case),
        "received": moment(case.received_on, case.received_time), "decide_by": day(found.decide_by),
        "period": found.period, "period_due": day(found.period_due),
        "next_door": _next_door(found),
        "handler": case.handler.name if case.handler else "", "recorder": case.registered_by.name,
        "arrived": figure(found.arrived_fen), "outstanding": figure(found.outstanding_fen),
        "owed": figure(found.outstanding_fen) if found.outstanding_fen > 0 else ""})


def _number(kind: str, found: Material) -> str:
    """What stands at the head of a paper: its own number, the agreement's, else the case's."""
    case = found.case
    if own := numbering.UNISSUED if _is_unnumbered(kind, found) else found.numbers.get(kind):
        return own
    if named := named_number(kind, found):
        return named
    return case.printed_number or f"登记号{case.number.removeprefix(f'{case.union.code}-')}"


def named_number(kind: str, found: Material) -> str:
    """The number of the agreement or consultation whose paper it is; '' for any other."""
    of = PAPERS[kind].of
    row = found.agreement if of == "agreement" else found.consultation if of == "consultation" else None
    return row.number if row is not None else ""


def _file(found: Material) -> dict[str, object]:
    """What the file says of the case: how it came, how it ended, what lies in it."""
    case = found.case
    kept = RETENTIONS.get(case.retention)
    return {
        "source_word": word_of(words.SOURCES, case.source), "grade_word": word_of(words.GRADES, case.grade),
        "way_word": {"oral": "口头", "written": "书面"}.get(case.way, ""), "hearing_count": len(case.hearings),
        "outcome_word": word_of(words.OUTCOMES, case.outcome), "retention_word": kept.zh if kept else "",
        "find_volume": found.find_volume, "find_filer": found.find_filer, "list_served": found.list_served,
        "find_consultation": lambda: found.consultation}


def _is_unnumbered(kind: str, found: Material) -> bool:
    """Whether the paper gets its number only when it is issued."""
    return kind in numbering.SERIES and kind not in found.numbers and not found.case.is_late_entry


def _next_door(found: Material) -> View | None:
    """Where to go next; a case that goes back to a body of another place names it as its letter did."""
    if found.next_door is None and found.way.goes_back and found.case.source_body:
        return View(name=found.case.source_body, address="", phone="")
    return View(found.next_door) if found.next_door else None


def declined_points(case: Case, way: Way) -> list[str]:
    """Where to go after a no: by the ground on which the request was declined, else by the case's way."""
    reason = case.outcome_reason if case.outcome == "NOT_ACCEPTED" else ""
    is_unlike = reason == "not_labour" and way.goal_code in ("arbitration", "lawful")
    return WayWords(ways.blank(way.channel) if is_unlike else way).declined(reason)


def _people(case: Case, sight: Sight) -> dict[str, object]:
    rows = [(p, person_of(p, sight)) for p in case.parties if p.removed_on is None]
    asking = [p for p, _ in rows if is_asking(p)]
    dead = [p for p in case.parties if p.removed_on is None and kin.is_dead(p)]
    respondents = tuple(one for p, one in rows if p.side == "respondent")
    return {
        "people": headcounts.say(case).zh,
        "applicants": tuple(one for p, one in rows if is_asking(p)) or (PERSON,),
        "agents": tuple(one for p, one in rows if p.part == "agent") or (PERSON,),
        "respondents": respondents or (EMPLOYER,), "against": "、".join(one.name for one in respondents),
        "representatives": tuple(one for p, one in rows if p.is_representative), "asking": _asking(case, asking),
        "deaths": tuple(kin.death(p, kin.kin_of(p, case.parties)) for p in dead),
        "interpreter": asking[0].interpreter if asking and asking[0].is_interpreter_needed else "",
    }


def _asking(case: Case, people: list[Party]) -> str:
    """The applicants in a line: 斯琴、巴图, or 巴特尔等70人 by the first representative."""
    if len(people) <= LONG_LIST and all(p.headcount == 1 for p in people):
        return "、".join(called(p) for p in people)
    first = next((p for p in people if p.is_representative), people[0])
    return headcounts.title(called(first), max(case.headcount, len(people)), case.as_told.get("headcount", ""))


def person_of(party: Party, sight: Sight) -> View:
    """A party on paper; numbers that the reader may not see stay lines to write on."""
    employer, born = party.employer, party.born_on
    return View(
        party, name=called(party), is_person=party.is_person and not employer,
        sex=word_of(words.SEXES, party.sex),
        age=identity.age_on(born, party.case.received_on or born) if born else "",
        id_type=word_of(words.ID_TYPES, party.id_type, ID_CARD),
        identity=party.identity if sight.numbers else "", phone=_phone(party, sight),
        address=party.address or (employer.address if employer else ""),
        code=(employer.credit_code or "") if employer else "", legal_person=employer.legal_person if employer else "",
        language=word_of(words.LANGUAGES, party.language), acts_for=called(party.acts_for) if party.acts_for else "")


def _phone(party: Party, sight: Sight) -> str:
    if sight.phones or sight.numbers:
        return party.phone or (party.employer.phone if party.employer else "")
    return ""


def _matter(case: Case, today: date) -> dict[str, object]:
    """What is asked, and the facts around it."""
    live = [c for c in case.claims if c.dropped_on is None]
    sums = [-c.amount_fen if c.head == "to_employer" else c.amount_fen for c in live if c.amount_fen is not None]
    total, about = sum(sums), "约" if any(c.precision == "about" for c in live) else ""
    return {
        "claims": tuple(View(c, name=c.party.name, what=words.HEADS[c.head].zh, figure=_claimed(c),
                             remark=_span(c)) for c in live) or (NOTHING,),
        "claimed": about + figure(total) if sums else "",
        "claimed_capital": about + capital(total) if total > 0 else "",
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
    deal = deal_of(found.agreement) if found.agreement else deal_to_write(found.case)
    acts = {"deal": deal, "money": _payment(found.payment) if found.payment else View(rows=deal.items)}
    if found.hearing:
        acts["session"] = _session(found.hearing, found.case)
    if found.visit:
        acts["visit"] = _visit(found.visit)
    return acts


def _session(row: Hearing, case: Case) -> View:
    """A mediation session as its record names it; what was conceded is not in it."""
    came = sorted((p for p in case.parties if p.id in row.present), key=lambda p: p.side != "applicant")
    present = "、".join(called(p) for p in came)
    return View(row, held=moment(row.held_on, row.held_time), next=moment(row.next_on, row.next_time),
                way=word_of(words.SESSION_WAYS, row.way), present=present, said=row.note.body if row.note else "")


def _payment(row: Payment) -> View:
    return View(row, paid=day(row.paid_on) or row.paid_told, payer=called(row.payer) if row.payer else row.payer_name,
                capital=capital(row.amount_fen), way=word_of(words.PAY_WAYS, row.way), rows=shares_of(row))


def _visit(row: Visit) -> View:
    return View(row, way=word_of(words.CONTACT_WAYS, row.way), who=called(row.party) if row.party else "",
                satisfaction=word_of(words.SATISFACTION, row.satisfaction), said=row.note.body if row.note else "",
                by=row.made_by.name)


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
