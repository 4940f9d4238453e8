"""What a payment must say: its shape, every problem of it at once, and how a slip is shared. Pure.

Sources: law.md A9 (wages to the worker personally); decisions.md, Money.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mediation.rules import words
from mediation.rules.language import Problem, Text
from mediation.rules.money import amounts
from mediation.rules.money.agreement_checks import NO_SUCH

GOODS = "goods"  # a way of paying that stands apart from all sums


@dataclass(frozen=True)
class Entry:
    """A payment before it is written. ``shares`` None: shared in proportion to what each worker is still owed,
    among those in ``among`` where it names any.

    ``paid_on`` None only in late entries, with ``paid_told``. ``payer_kind`` '' is taken from the payer's part.
    """

    paid_on: date | None
    amount_fen: int
    paid_told: str = ""
    shares: Mapping[int, int] | None = None
    payer_party_id: int | None = None
    payer_name: str = ""
    payer_kind: str = ""
    direction: str = "to_worker"
    way: str = "transfer"
    proof: str = "bank_slip"
    proof_note: str = ""
    reason: str = ""
    instalment_seq: int | None = None
    among: Collection[int] = ()

    @property
    def counts(self) -> bool:
        """Whether it can be more than what is owed: proved money that goes to workers."""
        return self.proof in words.PROVED and self.way != GOODS and self.direction == "to_worker"


def fill(total: int, steps: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """A slip shared over what is open of each instalment, the earliest first; what is too much stays out.

    ``steps``: for every instalment what each worker still has to get. A whole instalment gives everybody exactly his
    part of it, so no fen stays behind; a part is shared in proportion.
    """
    shares: dict[int, int] = {}
    for parts in steps:
        open_fen = sum(parts.values())
        take = min(total, open_fen)
        if take > 0:
            for party, fen in zip(parts, amounts.share_out(take, list(parts.values())), strict=True):
                shares[party] = shares.get(party, 0) + fen
            total -= take
    return shares


@dataclass(frozen=True)
class Account:
    """What the case says around a payment: the applicants' ids, what is owed to each, since when."""

    workers: frozenset[int]
    owed: Mapping[int, int]
    has_agreement: bool
    made_on: date | None = None
    is_late_entry: bool = False


def entry_problems(entry: Entry, account: Account) -> list[Problem]:
    """Everything that stands against a payment; the surplus is only asked back, with its reason."""
    found = [*_entry_sums(entry, account), *_entry_codes(entry)]
    if entry.paid_on is None and not account.is_late_entry:
        found.append(Problem("paid_on", Text("请填写哪天到账", "Give the day on which the money came")))
    if entry.proof in ("worker_word", "published") and not entry.proof_note:
        found.append(Problem("proof_note", PROOF_NOTES[entry.proof]))
    return found + _surplus(entry, account)


PROOF_NOTES = {
    "worker_word": Text("本人说收到：写明谁问的、哪天、怎么问的", "The worker's word: say who asked, when and how"),
    "published": Text("写明哪里公布的", "Say where it was published"),
}


def _entry_sums(entry: Entry, account: Account) -> Iterable[Problem]:
    shares = entry.shares or {}
    if entry.amount_fen <= 0:
        yield Problem("amount", Text("金额须大于零", "The amount must be above zero"))
    if any(fen < 0 for fen in shares.values()):
        yield Problem("shares", amounts.NEGATIVE)
    if sum(shares.values()) != entry.amount_fen:
        yield Problem("amount", Text("这笔{slip}元，各人合计{shares}元，须一致",
                                     "The slip says {slip} yuan, the workers' shares sum to {shares}").fill(
            slip=amounts.print_yuan(entry.amount_fen), shares=amounts.print_yuan(sum(shares.values()))))
    if any(party_id not in account.workers for party_id in shares):
        yield Problem("shares", Text("收款的须是本案的申请人", "Who gets money must be an applicant of this case"))


def _entry_codes(entry: Entry) -> Iterable[Problem]:
    tables = (("way", entry.way, words.PAY_WAYS), ("proof", entry.proof, words.PROOFS),
              ("payer_kind", entry.payer_kind, words.PAYER_KINDS), ("direction", entry.direction, words.DIRECTIONS))
    for name, code, table in tables:
        if code not in table:
            yield Problem(name, NO_SUCH)


def _surplus(entry: Entry, account: Account) -> list[Problem]:
    question = _question(entry, account) if entry.counts else None
    if question is None:
        return []
    asked = [Problem("amount", question, "confirm_over")]
    return asked if entry.reason else [*asked, Problem("reason", WHY)]


WHY = Text("请写明为什么", "Say why")


def _question(entry: Entry, account: Account) -> Text | None:
    if not account.has_agreement:
        return Text("还没有协议就到账，确实收到了吗？", "Money before any agreement: has it really come?")
    over = sum(max(fen - max(account.owed.get(party_id, 0), 0), 0) for party_id, fen in (entry.shares or {}).items())
    if over > 0:
        return Text("比还欠的多{over}元，没有写错吗？", "It is {over} yuan more than is owed: is it right?").fill(
            over=amounts.print_yuan(over))
    if entry.paid_on and account.made_on and entry.paid_on < account.made_on:
        return Text("到账日早于达成协议那天，没有写错吗？", "The money came before the agreement: is it right?")
    return None
