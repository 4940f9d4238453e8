"""The pages of agreements: a new one with its plan and signatures, later signatures and consents.

The forms refuse only what they cannot read; what must be there is said by the rules, all at once.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FieldList, FormField
from wtforms import Form as Rows

from mediation.forms.base import Area, BaseForm, Day, DocumentLine, Line, NumberLine, Sum, spoken, today
from mediation.forms.cases.moves import Chips, Pick, Ticks, Whole, row_id
from mediation.forms.money.clauses import ClausePart
from mediation.forms.money.sharing import SharePart
from mediation.models import Case, Party
from mediation.queries.cases.choices import party_label
from mediation.queries.law import ways
from mediation.rules import words
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.money import agreement_checks, amounts, due_terms, plans
from mediation.rules.money.due_terms import Term
from mediation.rules.papers.clauses import offered
from mediation.rules.people import kin
from mediation.services.money.agreements import Entry, Item, Plan, Sign, Step, Terms
from mediation.services.people.name_respondent import Named, unnamed

NO_WAY = Text("写了哪天，还没选怎么签的", "There is a day but no way of signing")
NOT_YET = "none"  # of a signature: surely not signed, whatever is ticked for all
NO_FIRST = Text("请填写第一期哪天付", "Give the day of the first instalment")
NO_FIRST_DAY = Text("分几期付的，第一期要有日期；没有日期的，一期一期写",
                    "A rhythm needs a day to start from; write instalments without a day one by one")
ONE_WAY = Text("付款计划写成一行一笔的，第一期、分期和连带付款的不再填，也不能当场付清",
               "With plans as lines, leave first day, instalments, joint payers empty; they are not paid on the spot")
OTHER_TOTAL = Text("付款计划合计{lines}元，与总额不同", "The lines sum to {lines} yuan, which is not the total")
PAYER_CHIPS = 5


def put_today(field: Day) -> None:
    """The day that is nearly always meant, in the word that is read again."""
    field.data, field.typed = today(), Text("今天", "today").say(spoken())


def choices(table: Mapping[str, Word], codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """A vocabulary as choices in the reader's language."""
    return [(code, table[code].say(spoken())) for code in codes or table]


class Heading(NamedTuple):
    """A line of the agreement's sums: one worker's claim under one head."""

    key: str
    party: Party
    head: str
    claimed_fen: int | None
    is_about: bool = False  # one of its sums is only told as about so much


def headings(case: Case) -> list[Heading]:
    """Who may get money under which head: the claims in cash, and workers who have claimed nothing yet."""
    people = {p.id: p for p in case.parties if p.side == "applicant" and p.removed_on is None and p.part != "agent"}
    found: dict[str, Heading] = {}
    for claim in case.claims:
        if claim.dropped_on is None and claim.party_id in people and claim.head not in words.NON_CASH_HEADS:
            key = f"{claim.party_id}-{claim.head}"
            before = found.get(key) or Heading(key, people[claim.party_id], claim.head, None)
            sums = [fen for fen in (before.claimed_fen, claim.amount_fen) if fen is not None]
            found[key] = before._replace(claimed_fen=sum(sums) if sums else None,
                                         is_about=before.is_about or claim.precision == "about")
    named = {line.party.id for line in found.values()}
    head = case.main_head if case.main_head not in ("", *words.NON_CASH_HEADS) else "other"
    for party in people.values():
        if party.id not in named and party.part == "worker":
            found[f"{party.id}-{head}"] = Heading(f"{party.id}-{head}", party, head, None)
    return sorted(found.values(), key=lambda line: line.party.id)


class Signer(NamedTuple):
    """Somebody who may sign the agreement."""

    key: str
    signer: str
    party: Party | None
    usual: str  # the way that is taken when all are said to have signed

    @property
    def label(self) -> Text | str:
        word = words.SIGNERS[self.signer]
        if self.party is None:
            return Text(word.zh, word.en)
        return Text(f"{word.zh} {self.party.name}", f"{word.en} {self.party.name}")


def signers(case: Case) -> list[Signer]:
    """Who signs: representatives or every applicant, the other side, mediator and seal, the court where it is its."""
    here = [p for p in case.parties if p.removed_on is None and p.side in ("applicant", "respondent")
            and not kin.is_dead(p)]
    speak = {p.id for p in here if p.is_representative or p.part == "representative"}
    rows = [Signer(f"{p.side}-{p.id}", p.side, p, _usual(case, p)) for p in here
            if p.side == "respondent" or not speak or p.id in speak]
    rows += [Signer("mediator", "mediator", None, "sign"), Signer("seal", "seal", None, "stamp")]
    return rows + ([Signer("court", "court", None, "stamp")] if case.channel in "FG" else [])


def _usual(case: Case, party: Party) -> str:
    if party.side == "applicant":
        return case.request_sign_way or "sign"
    return "sign" if party.is_person and not party.employer_id else "stamp"


def represented(case: Case) -> list[Party]:
    """Workers for whom representatives speak, whose consent is asked for one by one."""
    workers = [p for p in case.parties if p.side == "applicant" and p.removed_on is None
               and p.part in ("worker", "next_of_kin")]
    speaking = any(p.is_representative or p.part == "representative" for p in case.parties if p.removed_on is None)
    return [p for p in workers if not p.is_representative] if speaking else []


class DueDay(Day):
    """A day, or words (春节前, 竣工后); ``data`` is the latest day that was meant, None where none was."""

    def __init__(self, label="", **kwargs):
        super().__init__(label, prefer="due", needs_exact=False, **kwargs)

    def read(self, typed: str) -> date | None:
        return due_terms.read_term(typed, today()).due_on

    def term(self, made_on: date | None) -> Term | None:
        """What was meant, seen from the day of the agreement; None where nothing was said or nothing can be read."""
        if not self.typed or self.fault:
            return Term(self.data) if self.data else None
        found = due_terms.read_term(self.typed, made_on or today())
        return found if found.told else Term(self.data)

    def lay(self, term: Term) -> None:
        """Show a term as it would be typed."""
        self.data, self.typed, self.fault = term.due_on, term.told, None


class StepRow(Rows):
    due = DueDay(_l("到期日"))
    fen = Sum(_l("金额"))


class SignPart:
    """What pages with signatures share: rows of way and day for everybody who may sign."""

    signers: tuple[Signer, ...] = ()

    def sign_fields(self) -> list[tuple[Signer, Field, Field]]:
        return [(row, self[f"way-{row.key}"], self[f"on-{row.key}"]) for row in self.signers]

    def signatures(self, otherwise: date | None, usual: bool = False) -> list[Sign]:
        """The signatures given; an empty day is ``otherwise``. ``usual``: an empty way is the usual one."""
        found = []
        for row, way, on in self.sign_fields():
            code = way.data or (row.usual if usual else "")
            day = on.data or otherwise
            if code and code != NOT_YET and day:
                found.append(Sign(row.signer, row.party.id if row.party else None, code, day, self.witness.data or ""))
        return found


    def validate(self, *args, **kwargs) -> bool:
        """A day beside no way would be lost without a word: it is asked back."""
        is_good = super().validate(*args, **kwargs)
        if "all_signed" in self and self.all_signed.data:
            return is_good
        halves = [way for _row, way, on in self.sign_fields() if on.data and not way.data]
        for way in halves:
            way.errors = [*way.errors, NO_WAY.say(spoken())]
        return is_good and not halves


def sign_rows(rows: Sequence[Signer], with_none: bool) -> dict[str, Field]:
    ways = [("", "—"), *choices(words.SIGN_WAYS), *([(NOT_YET, _("还没签"))] if with_none else [])]
    fields: dict[str, Field] = {}
    for row in rows:
        name = row.label.say(spoken())
        fields[f"way-{row.key}"] = Pick(_("%(who)s 怎么签的", who=name), choices=ways)
        fields[f"on-{row.key}"] = Day(_("%(who)s 哪天签的", who=name))
    return fields


class AgreementForm(SignPart, SharePart, ClausePart, BaseForm):
    """One page for all of an agreement; the parts for people are added by ``agreement_form``."""

    headings: tuple[Heading, ...] = ()
    payers: tuple[Party, ...] = ()
    represented: tuple[Party, ...] = ()
    is_unnamed = False  # nobody of the other side has a full name yet: the page asks for it
    made_on = Day(_l("哪天谈成的"))
    who_name = Line(_l("对方全称或本人姓名"), limit=200)
    who_code = NumberLine(_l("信用代码或证件号"), limit=60)
    who_reason = Line(_l("个人没有证件号，原因"), limit=200)
    total = Sum(_l("总额"))
    first_on = DueDay(_l("第一期哪天付"))
    count = Whole(_l("分几期"))
    steps = FieldList(FormField(StepRow), label=_l("分期"), max_entries=amounts.MOST_STEPS)
    is_undisclosed = BooleanField(_l("金额未公开"))
    lines = Area(_l("付款计划，一行一笔"), limit=20000)
    is_accelerated = BooleanField(_l("有一期没付，余款全部到期"))
    non_cash = Area(_l("不付钱的内容"), limit=500)
    terms_text = Area(_l("其他条款"), limit=4000)
    proof_note = DocumentLine(_l("凭证说明"), limit=200)
    all_signed = BooleanField(_l("都已签字盖章（个别不同的在下面改）"))
    witness = Line(_l("指印见证人"), limit=60)
    consent_on = Day(_l("哪天同意的"))
    reason = Line(_l("说明"), limit=300)

    def named(self) -> Named | None:
        """Who the other side is, where the page asked and something was written."""
        if not (self.is_unnamed and (self.who_name.data or self.who_code.data)):
            return None
        return Named(self.payer.data, self.who_is.data == "person", self.who_name.data or "", self.who_code.data or "",
                     self.who_reason.data or "")

    def item_fields(self) -> list[tuple[Heading, Field]]:
        return [(row, self[f"item-{row.key}"]) for row in self.headings] if len(self.headings) > 1 else []

    def items(self) -> list[Item]:
        """What each gets; where there is one line only, it is the total."""
        if len(self.headings) == 1:
            return [Item(self.headings[0].party.id, self.headings[0].head, self.total.data or 0)]
        return [Item(row.party.id, row.head, field.data or 0) for row, field in self.item_fields()]

    def planned(self, is_at_once: bool = False) -> list[Step]:
        """The instalments: the rows on the page, or the plan of the one line. Raises Refused by its fields."""
        rows = [(row.due.term(self.made_on.data), row.fen.data) for row in self.steps]
        rows = [(due, fen) for due, fen in rows if due or fen is not None]
        if is_at_once and not rows:
            return [Step(self.made_on.data, "", self.total.data)] if self.total.data else []
        return [Step(*(due or Term(None)), fen or 0) for due, fen in rows] or self.plan()

    def read_plans(self) -> list[Plan]:
        """The plans that were written as lines. Raises Refused by the lines."""
        workers = {row.party.id: row.party.name for row in self.headings}
        names = plans.Names(tuple(workers.items()), [(p.id, p.name) for p in self.payers], self.made_on.data or today())
        return plans.read_lines(self.lines.data, names) if self.lines.data else []

    def fill_from_lines(self) -> None:
        """Total and each one's sums as the lines give them, by head in proportion to the claims."""
        found = self.read_plans()
        if not found:
            return
        self.total.data, self.total.typed = sum(step.fen for plan in found for step in plan.steps), ""
        claims: dict[int, list[Heading]] = {}
        for row in self.headings:
            if row.head != "to_employer":
                claims.setdefault(row.party.id, []).append(row)
        sums = plans.wanted(found, {worker: sum(row.claimed_fen or 0 for row in rows)
                                    for worker, rows in claims.items()})
        for worker, rows in claims.items() if self.item_fields() else ():
            weights = [row.claimed_fen or 0 for row in rows]
            parts = amounts.share_out(sums[worker], weights if any(weights) else [1] * len(rows))
            for row, fen in zip(rows, parts, strict=True):
                field = self[f"item-{row.key}"]
                field.data, field.typed, field.errors = fen, "", []

    def _planned_in_parts(self, is_at_once: bool) -> tuple[list[Step], list[Plan]]:
        """The instalments of the one plan, or the plans: as lines, or of several who pay jointly."""
        found = self.read_plans()
        if not found:
            payer, steps = self.payer.data, self.planned(is_at_once)
            joint = [other for other in self.joint.data or () if other != payer]
            return ([], [Plan((payer, *joint), (), tuple(steps))]) if joint and payer else (steps, [])
        whole = sum(step.fen for plan in found for step in plan.steps)
        problems, rows = [], any(row.due.typed or row.fen.typed for row in self.steps)
        if is_at_once or rows or self.first_on.typed or self.joint.data:
            problems.append(Problem("lines", ONE_WAY))
        if self.total.data is not None and self.total.data != whole:
            problems.append(Problem("total", OTHER_TOTAL.fill(lines=amounts.print_yuan(whole))))
        if problems:
            raise Refused(problems)
        return [], found

    def plan(self) -> list[Step]:
        """The plan of the one line: total, first day or what was said of it, rhythm, number."""
        if not self.total.data:
            return []
        first, rhythm = self.first_on.term(self.made_on.data), self.rhythm.data or "once"
        count = self.count.data or (1 if rhythm == "once" else 0)
        if first and first.due_on is None and (rhythm, count) == ("once", 1):
            return [Step(None, first.told, self.total.data)]
        day = first.due_on if first else None
        problems = [] if day else [Problem("first_on", NO_FIRST_DAY if first else NO_FIRST)]
        try:
            rows = amounts.plan(self.total.data, day or today(), rhythm, count)
        except Refused as refusal:
            raise Refused([*problems, *refusal.problems]) from None
        if problems or first is None:
            raise Refused(problems)
        return [Step(row.due_on, first.told if row.seq == 1 else "", row.fen) for row in rows]

    def lay_out(self, steps: Sequence[Step]) -> None:
        """Put a plan into the rows."""
        while self.steps.entries:
            self.steps.pop_entry()
        self.steps.last_index = -1
        for step in steps:
            row = self.steps.append_entry({"fen": step.fen})
            row.form.due.lay(Term(step.due_on, step.due_told))

    def consented(self) -> dict[int, tuple[date | None, str]]:
        """The consents of the represented by the chosen way of telling."""
        everybody = {p.id for p in self.represented}
        ticked = set(self.consents.data or ()) if everybody else set()
        modes = {"all": everybody, "only": ticked, "all_but": everybody - ticked}
        given = modes.get(self.consent_mode.data or "", set())
        said = (self.consent_on.data or self.made_on.data, self.consent_way.data or "meeting")
        return {party: said if party in given else (None, "") for party in everybody}

    def terms(self, is_at_once: bool = False) -> Terms:
        is_settled = self.kind.data == "settled"
        made_on = self.made_on.data
        signed = self.signatures(made_on, bool(self.all_signed.data))
        if is_settled:
            signed = [row for row in signed if row.signer in ("applicant", "respondent")]
        steps, parts = self._planned_in_parts(is_at_once)
        return Terms(
            made_on=made_on, form=self.form.data or "written", kind=self.kind.data or "mediated",
            payer_party_id=self.payer.data or next((payer for plan in parts for payer in plan.payers), None),
            items=self.items(), steps=steps, plans=parts, signatures=signed,
            consents=self.consented(), is_accelerated=bool(self.is_accelerated.data),
            is_undisclosed=bool(self.is_undisclosed.data), terms=self.whole_terms(),
            non_cash=self.non_cash.data or "", way=self.way.data or "")

    def entry(self) -> Entry:
        """The payment of the whole on the spot."""
        return Entry(paid_on=self.made_on.data, amount_fen=self.total.data or 0, payer_party_id=self.payer.data,
                     way=self.way.data or "", proof=self.proof.data or "", proof_note=self.proof_note.data or "",
                     reason=self.reason.data or "")


def agreement_form(case: Case, kind: str = "mediated") -> AgreementForm:
    """The form of this case, filled from the request or from the claims."""
    rows, people, way = headings(case), represented(case), ways.of_case(case, today())
    forms = dict.fromkeys([*agreement_checks.forms_of("mediated", case.channel),
                           *agreement_checks.forms_of("settled", case.channel)])
    fields: dict[str, object] = {
        "kind": Chips(_l("怎么谈成的"), choices=[("mediated", _("调解达成")), ("settled", _("双方自行和解"))], default=kind),
        "form": Chips(_l("形式"), choices=choices(words.AGREEMENT_FORMS, forms), default="written"),
        "who_is": Chips(_l("对方是"), choices=[("employer", _("单位")), ("person", _("个人"))]),
        "payer": _payer(case), "joint": Ticks(_l("连带付款的"), choices=_joint(case), coerce=row_id),
        "rhythm": Chips(_l("怎么分"), choices=choices(words.RHYTHMS), default="once"),
        "way": Chips(_l("怎么付"), choices=choices(words.PAY_WAYS), default="transfer"),
        "clauses": Ticks(_l("常用条款"), choices=[(one.key, one.label.say(spoken())) for one in offered(way)]),
        "proof": Chips(_l("凭证"), choices=choices(words.LIVE_PROOFS)),
        "consent_mode": Chips(_l("被代表的人"), choices=[
            ("all", _("都同意了")), ("all_but", _("除打勾的，都同意了")), ("only", _("打勾的同意了")), ("none", _("都还没问"))]),
        "consents": Ticks(_l("名单"), choices=[(p.id, p.name) for p in people], coerce=row_id),
        "consent_way": Pick(_l("怎么同意的"), choices=choices(words.CONTACT_WAYS)),
        **{f"item-{row.key}": Sum(f"{row.party.name} {words.HEADS[row.head].say(spoken())}") for row in rows},
        **sign_rows(signers(case), True)}
    made = {"headings": tuple(rows), "payers": tuple(others(case)), "signers": tuple(signers(case)),
            "represented": tuple(people),
            "is_unnamed": bool(unnamed(case)), "law_way": way}
    form = type("BuiltAgreementForm", (AgreementForm,), {**fields, **made})()
    if not form.is_submitted():
        _prefill(form, rows, case)
    return form


def _prefill(form: AgreementForm, rows: Sequence[Heading], case: Case) -> None:
    form.version.data = str(case.version)
    put_today(form.made_on)
    told = unnamed(case)
    form.who_is.data = "person" if told and told[0].is_person else "employer"
    if any(claim.precision == "about" for claim in case.claims if claim.dropped_on is None):
        return  # what is agreed is exact: it is typed, not taken from a sum that was only told as about so much
    net = sum(-(row.claimed_fen or 0) if row.head == "to_employer" else row.claimed_fen or 0 for row in rows)
    form.total.data = net or None
    for row, field in form.item_fields():
        field.data = row.claimed_fen


def others(case: Case) -> list[Party]:
    """Who may pay: everybody but the applicants, the other side first."""
    return sorted((p for p in case.parties if p.side != "applicant" and p.removed_on is None),
                  key=lambda p: (p.side != "respondent", p.id))


def _joint(case: Case) -> list[tuple[int, str]]:
    """Who may be liable beside the payer; nobody where there is only one."""
    rows = [(p.id, party_label(p).say(spoken())) for p in others(case) if p.part != "agent"]
    return rows if len(rows) > 1 else []


def _payer(case: Case) -> Field:
    """Who pays: the other side first, the last contractor of the chain who answers for it among them."""
    rows = [(p.id, party_label(p).say(spoken())) for p in others(case)]
    default = rows[0][0] if len(rows) == 1 else None
    if len(rows) <= PAYER_CHIPS:
        return Chips(_l("由谁付"), choices=rows, coerce=row_id, default=default)
    return Pick(_l("由谁付"), choices=[("", _("请选")), *rows], coerce=row_id, default=default)


# Later signatures and consents ----------------------------------------------------------------------------------

class SignForm(SignPart, BaseForm):
    """Signatures that were missing, with one day for all where none is typed."""

    day = Day(_l("哪天"))
    witness = Line(_l("指印见证人"), limit=60)


def sign_form(missing: Sequence[Signer], is_sent: bool = False) -> SignForm:
    """``is_sent``: read what the request brings; otherwise a fresh form, also beside another that was sent."""
    made = type("BuiltSignForm", (SignForm,), {**sign_rows(missing, False), "signers": tuple(missing)})
    if is_sent:
        return made()
    form = made(formdata=None)
    put_today(form.day)
    return form


class ConsentForm(BaseForm):
    """Consents that were missing."""

    consented_on = Day(_l("哪天同意的"))

    def consents_of(self) -> dict[int, tuple[date, str]]:
        said = (self.consented_on.data, self.consent_way.data or "meeting")
        return {int(party): said for party in self.parties.data or ()}


def consent_form(people: Sequence[Party], is_sent: bool = False) -> ConsentForm:
    """As ``sign_form``, for the workers whose consent is missing."""
    fields = {"parties": Ticks(_l("谁同意了"), choices=[(p.id, p.name) for p in people], coerce=row_id),
              "consent_way": Pick(_l("怎么同意的"), choices=choices(words.CONTACT_WAYS))}
    made = type("BuiltConsentForm", (ConsentForm,), fields)
    if is_sent:
        return made()
    form = made(formdata=None)
    put_today(form.consented_on)
    return form
