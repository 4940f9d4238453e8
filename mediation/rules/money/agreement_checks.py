"""What an agreement and a payment must say: their shapes, and every problem of them at once. Pure.

Sources: law.md 3.4 (signatures), A9 (wages to the worker personally), A13 to A15 (instalments, whole sum, one share
per worker), R33 63 (consent of the represented), CPLJ 358 (vague terms are not confirmed); decisions.md, Money.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.language import Problem, Text
from mediation.rules.law import effect
from mediation.rules.law.laws import cite
from mediation.rules.money import amounts, plans
from mediation.rules.money.plans import Plan, Step
from mediation.rules.people.kin import NEXT_OF_KIN


class Item(NamedTuple):
    """What one worker gets under one head, in fen; the head ``to_employer`` is what he gives back."""

    party_id: int
    head: str
    fen: int


class Sign(NamedTuple):
    """One signature, stamp or seal (words.SIGNERS, words.SIGN_WAYS)."""

    signer: str
    party_id: int | None
    way: str
    signed_on: date
    witness: str = ""


@dataclass(frozen=True)
class Terms:
    """An agreement before it is written: what was agreed, by whom it was signed, who consented.

    ``steps``: the instalments of the one plan there usually is; ``plans`` where there are others.
    ``consents``: party id -> (day or None while missing, way); ``made_on`` None only in late entries.
    """

    made_on: date | None
    form: str = "written"
    kind: str = "mediated"
    payer_party_id: int | None = None
    items: Sequence[Item] = ()
    steps: Sequence[Step] = ()
    signatures: Sequence[Sign] = ()
    consents: Mapping[int, tuple[date | None, str]] = field(default_factory=dict)
    is_accelerated: bool = False
    terms: str = ""
    non_cash: str = ""
    way: str = ""
    plans: Sequence[Plan] = ()
    is_undisclosed: bool = False

    @property
    def all_plans(self) -> Sequence[Plan]:
        return self.plans or (Plan((), (), tuple(self.steps)),)

    @property
    def all_steps(self) -> list[Step]:
        """The instalments of all plans, in the order in which they are numbered."""
        return [step for plan in self.all_plans for step in plan.steps]

    @property
    def has_parts(self) -> bool:
        """Whether there are plans of some of the workers."""
        return any(plan.workers for plan in self.plans)

    @property
    def payers(self) -> set[int]:
        named = {payer for plan in self.plans for payer in plan.payers}
        return named | ({self.payer_party_id} if self.payer_party_id else set())


class Person(NamedTuple):
    """A party as the rules here need it."""

    id: int
    side: str
    part: str
    is_representative: bool = False
    acts_for_id: int | None = None
    headcount: int = 1
    is_dead: bool = False
    name: str = ""

    @property
    def signs_for(self) -> int:
        return self.acts_for_id or self.id


def stand_ins(worker: Person, people: Iterable[Person]) -> list[int]:
    """Whose signatures bind a worker: all next of kin of one who died, else any that is his own or given for him."""
    return [p.id for p in people if p.part == NEXT_OF_KIN and p.acts_for_id == worker.id] if worker.is_dead else []


def have_signed(workers: Mapping[int, Person], signers: Collection[int | None]) -> set[int]:
    """The workers whom these signatures of their side bind."""
    alive = {workers[key].signs_for for key in signers if key is not None and key in workers}
    dead = {key: set(stand_ins(p, workers.values())) for key, p in workers.items() if p.is_dead}
    return {key for key in alive if key not in dead} | {key for key, kin in dead.items() if kin and kin <= set(signers)}


@dataclass(frozen=True)
class Ground:
    """What the case says around the terms."""

    today: date
    channel: str = "A"
    accepted_on: date | None = None
    claimed_fen: int | None = None
    is_late_entry: bool = False
    people: tuple[Person, ...] = ()

    def on_side(self, side: str) -> dict[int, Person]:
        return {person.id: person for person in self.people if person.side == side}


NO_SUCH = Text("请选一项", "Choose one")


def tidy(terms: Terms) -> Terms:
    """The same terms with rows of their own shapes and without items of nothing."""
    items = tuple(item for item in (Item(*row) for row in terms.items) if item.fen)
    return replace(terms, items=items, steps=tuple(Step(*row) for row in terms.steps),
                   plans=tuple(Plan(*row) for row in terms.plans),
                   signatures=tuple(Sign(*row) for row in terms.signatures))


def totals(items: Iterable[Item]) -> dict[int, int]:
    """What each worker gets in all: what he gives back to the employer is taken off."""
    found: dict[int, int] = {}
    for item in items:
        found[item.party_id] = found.get(item.party_id, 0) + (-item.fen if item.head == "to_employer" else item.fen)
    return found


# The agreement --------------------------------------------------------------------------------------------------

def problems(terms: Terms, ground: Ground) -> list[Problem]:
    """Everything that stands against an agreement; those with ``confirm`` are only asked back."""
    checks = (_made_on, _form, _payer, _items, _sums, _plans, _steps, _signatures, _consents)
    return [problem for check in checks for problem in check(terms, ground)]


def _made_on(terms: Terms, ground: Ground) -> Iterable[Problem]:
    """The future and the day of the request are the procedure's own check (rules/cases/workflow.py)."""
    if terms.made_on is None:
        if not ground.is_late_entry:
            yield Problem("made_on", Text("请填写哪天达成的", "Give the day of the agreement"))
    elif ground.accepted_on and terms.made_on < ground.accepted_on:
        yield Problem("made_on", Text("不能早于受理日（{day}）", "Not before the case was accepted ({day})").fill(
            day=ground.accepted_on.isoformat()))


def _form(terms: Terms, ground: Ground) -> Iterable[Problem]:
    if terms.form not in forms_of(terms.kind, ground.channel) and not ground.is_late_entry:
        yield Problem("form", effect.NO_FORM.fill(article=cite("RMTJ 28")))


def forms_of(kind: str, channel: str) -> tuple[str, ...]:
    """The forms that an agreement of this kind may have on this channel."""
    if kind == "settled":
        return ("written", "oral")
    known = {form for rule in effect.EFFECTS if channel in rule.channels for form in rule.forms}
    return tuple(form for form in words.AGREEMENT_FORMS if form in known)


def _payer(terms: Terms, ground: Ground) -> Iterable[Problem]:
    payers = {person.id for person in ground.people if person.side != "applicant"}
    if terms.payer_party_id is None:
        if terms.items and not ground.is_late_entry:
            yield Problem("payer", Text("请选由谁付款", "Choose who pays"))
    elif not terms.payers <= payers:
        yield Problem("payer", Text("付款人须是本案的对方或其他人", "The payer must be the other side or another person"))


def _items(terms: Terms, ground: Ground) -> Iterable[Problem]:
    workers = ground.on_side("applicant")
    if any(item.fen < 0 for item in terms.items):
        yield Problem("items", amounts.NEGATIVE)
    if any(item.party_id not in workers for item in terms.items):
        yield Problem("items", Text("收款的须是本案的申请人", "Who gets money must be an applicant of this case"))
    if any(item.head not in words.HEADS for item in terms.items):
        yield Problem("items", Text("没有这个种类", "There is no such head"))
    if any(item.head in words.NON_CASH_HEADS for item in terms.items):
        yield Problem("non_cash", Text("社保补缴等不是付给本人的钱，请写进“不付钱的内容”",
                                       "Insurance arrears and the like are not paid to the worker: write them as acts"))
    if any(fen < 0 for fen in totals(terms.items).values()):
        yield Problem("items", Text("返还单位的比他应得的还多，请写进其他条款",
                                    "More goes back to the employer than he gets: write it into the other terms"))
    unnamed = sum(workers[i.party_id].headcount - 1 for i in terms.items if i.party_id in workers)
    if unnamed > 0 and not ground.is_late_entry:
        yield Problem("items", UNNAMED.fill(n=unnamed, article=cite("NMG 11")), "unnamed")


UNNAMED = Text("还有{n}人没有列出姓名。钱要付给本人（{article}），名单后补吗？",
               "{n} workers are not named yet. Money goes to each personally ({article}). Go on?")


def _sums(terms: Terms, ground: Ground) -> Iterable[Problem]:
    workers, planned = sum(totals(terms.items).values()), sum(step.fen for step in terms.all_steps)
    if workers != planned and not terms.has_parts:
        yield Problem("total", APART.fill(workers=amounts.print_yuan(workers), planned=amounts.print_yuan(planned),
                                          gap=amounts.print_yuan(abs(workers - planned))))
    if terms.is_undisclosed and (terms.items or not ground.is_late_entry):
        yield Problem("total", Text("“金额未公开”只用于补录，且不写金额", "“Sum not published” is for late entries without a sum"))
    if not terms.items and not terms.non_cash and not ground.is_late_entry:
        yield Problem("total", Text("没有金额，也没有不付钱的内容：至少写一样", "Neither a sum nor an act is agreed: give one"))
    if ground.claimed_fen is not None and workers > ground.claimed_fen:
        yield Problem("total", Text("协议{agreed}元，比诉求{claimed}元多，没有写错吗？",
                                    "{agreed} yuan agreed is more than the {claimed} claimed: is it right?").fill(
            agreed=amounts.print_yuan(workers), claimed=amounts.print_yuan(ground.claimed_fen)), "above_claim")


APART = Text("各人合计{workers}元，分期合计{planned}元，差{gap}元，须一致",
             "Workers sum to {workers} yuan, instalments to {planned}: {gap} apart; they must be equal")


def _plans(terms: Terms, ground: Ground) -> Iterable[Problem]:
    """Many plans add up worker by worker, and nobody stands in two of the same payer."""
    if not terms.has_parts:
        return
    names, wanted = {person.id: person.name for person in ground.people}, totals(terms.items)
    shares = plans.share(terms.plans, wanted)
    for worker, left in shares.left.items():
        if left:
            yield Problem("lines", SHORT.fill(name=names.get(worker, worker), wanted=amounts.print_yuan(wanted[worker]),
                                              planned=amounts.print_yuan(wanted[worker] - left)))
    for number, over in shares.over.items():
        yield Problem("lines", OVER.fill(n=number, over=amounts.print_yuan(over)))
    for worker in sorted(plans.twice_planned(terms.plans, terms.payer_party_id)):
        yield Problem("lines", TWICE.fill(name=names.get(worker, worker)))


SHORT = Text("{name}协议{wanted}元，付款计划里{planned}元，须一致",
             "{name} gets {wanted} yuan, {planned} in the plans: they must be equal")
OVER = Text("第{n}份付款计划比其中各人应得的多{over}元", "Plan {n} is {over} yuan above what its workers get")
TWICE = Text("{name}在同一付款人的两份付款计划里：请把他的几笔写成同一份（每行都只写他）",
             "{name} stands in two plans of one payer: write all his sums as lines of his own")


def _steps(terms: Terms, ground: Ground) -> Iterable[Problem]:
    if terms.way and terms.way not in words.PAY_WAYS:
        yield Problem("way", NO_SUCH)
    for seq, step in enumerate(terms.all_steps, 1):
        if step.fen <= 0:
            yield Problem("steps", Text("第{n}期的金额须大于零", "Instalment {n} must be above zero").fill(n=seq))
        if step.due_on and terms.made_on and step.due_on < terms.made_on and not ground.is_late_entry:
            yield Problem("steps", Text("第{n}期早于达成日", "Instalment {n} is due before the agreement").fill(n=seq))
    undated = {seq: f"（{step.due_told}）" if step.due_told else "" for seq, step in enumerate(terms.all_steps, 1)
               if step.due_on is None}
    if undated and not ground.is_late_entry:
        named = Text("、".join(f"第{seq}期{told}" for seq, told in undated.items()),
                     ", ".join(f"{seq}{told}" for seq, told in undated.items()))
        yield Problem("steps", UNDATED.fill(n=named, article=cite("CPLJ 358")), "undated")


UNDATED = Text("{n}没有日期：内容不明确，司法确认会被驳回（{article}）。就这样吗？",
               "Instalment {n} has no day: vague terms are not confirmed ({article}). Go on?")


def _signatures(terms: Terms, ground: Ground) -> Iterable[Problem]:
    return signature_problems(terms.signatures, terms.made_on, ground)


def signature_problems(signatures: Sequence[Sign], made_on: date | None, ground: Ground,
                       given: Collection[tuple[str, int | None]] = ()) -> list[Problem]:
    """Problems of signatures, beside those that stand already (``given``: signer and party)."""
    texts = dict.fromkeys(text for sign in signatures for text in _of_one(sign, made_on, ground))
    found = [Problem("signatures", text) for text in texts]
    keys = [(sign.signer, sign.party_id) for sign in signatures]
    if len(set(keys)) < len(keys) or set(keys) & set(given):
        found.append(Problem("signatures", Text("同一个人签了两次", "The same person signs twice")))
    return found


def _of_one(sign: Sign, made_on: date | None, ground: Ground) -> Iterable[Text]:
    if sign.signer not in words.SIGNERS or sign.way not in words.SIGN_WAYS:
        yield Text("没有这种签字方式", "There is no such signature")
    if sign.signed_on > ground.today:
        yield Text("签字日期不能在今天之后", "A signature cannot lie in the future")
    elif made_on and sign.signed_on < made_on:
        yield Text("签字日期不能早于达成日", "A signature cannot be earlier than the agreement")
    if (person := ground.on_side(sign.signer).get(sign.party_id or 0)) is not None and person.is_dead:
        yield Text("死者不能签字，由近亲属签", "A dead person does not sign; the next of kin do")
    if sign.party_id is not None and sign.party_id not in ground.on_side(sign.signer):
        yield Text("签字的不是这一方的人", "Who signs is not of that side")


def _consents(terms: Terms, ground: Ground) -> Iterable[Problem]:
    return consent_problems(terms.consents, ground)


def consent_problems(consents: Mapping[int, tuple[date | None, str]], ground: Ground) -> list[Problem]:
    """Problems of workers' consents; a missing one is none."""
    found, workers = [], ground.on_side("applicant")
    if any(party_id not in workers for party_id in consents):
        found.append(Problem("consents", Text("同意的须是本案的申请人", "Who consents must be an applicant of this case")))
    if any(on and on > ground.today for on, _way in consents.values()):
        found.append(Problem("consents", Text("同意的日期不能在今天之后", "A consent cannot lie in the future")))
    return found


def open_consents(terms: Terms, ground: Ground) -> dict[int, tuple[date | None, str]]:
    """The consents to write: represented workers without a signature of their own, and those told."""
    workers = ground.on_side("applicant")
    signed = have_signed(workers, [s.party_id for s in terms.signatures])
    speakers = {person.id for person in workers.values() if person.is_representative}
    represented = {item.party_id for item in terms.items} - speakers if speakers else set()
    return {party_id: terms.consents.get(party_id, (None, ""))
            for party_id in sorted({*represented, *terms.consents} - signed)}


# Who must sign, and from when it holds --------------------------------------------------------------------------

def must_sign(people: Sequence[Person], payers: Collection[int], receivers: Collection[int],
              consenting: Collection[int]) -> list[tuple[str, int]]:
    """Every (side, party) whose signature is needed.

    Applicants: the representatives of a group, otherwise everybody who receives and whose consent is not asked for
    separately; for one who died all next of kin. The other side: the payers who are of it, otherwise the only one
    there is.
    """
    workers = [p for p in people if p.side == "applicant"]
    speakers = [p.id for p in workers if p.is_representative]
    getters = [one for p in workers if p.id in receivers and p.id not in consenting
               for one in (stand_ins(p, workers) if p.is_dead else [p.id])]
    others = [p.id for p in people if p.side == "respondent"]
    bound = [one for one in others if one in payers] or (others if len(others) == 1 else [])
    return [("applicant", one) for one in speakers or getters] + [("respondent", one) for one in bound]


def effect_of(terms: Terms, channel: str, people: Sequence[Person],
              parties: Sequence[tuple[str, int]]) -> effect.Effect:
    """When the agreement takes effect, and what is missing (law.md 3.4).

    A settlement between the parties is their contract: it holds when the last of them has signed.
    """
    dead = {person.id for person in people if person.is_dead}  # their kin sign each for themselves
    signs_for = {person.id: person.id if person.acts_for_id in dead else person.signs_for for person in people}
    given = [effect.Signature(s.signer, s.way, s.signed_on, signs_for.get(s.party_id or 0)) for s in terms.signatures]
    if terms.form == "oral":
        made = terms.made_on
        spoken = [effect.Signature(side, "oral", made) for side in effect.PARTIES if made]
        return effect.effective_on("B", "oral", spoken)
    vague = {sign.signer for sign in given if sign.party is None}
    named = [(side, party) for side, party in parties if side not in vague]
    return effect.effective_on("E" if terms.kind == "settled" else channel, terms.form, given, named)
