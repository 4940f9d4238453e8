"""What the entries that stand in a ledger say against one more: more would go back than came, or the same money would
be recorded twice. Pure.

Sources: decisions.md, Money (no sum is negative; what went back is subtracted worker by worker).
"""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.money.amounts import Payment, print_yuan
from mediation.rules.money.payment_checks import Entry
from mediation.rules.text_cleaning import fold


@dataclass(frozen=True)
class Slip:
    """An entry that stands: not reversed, and no reversal. ``is_another``: recorded as another payment than the one
    that it equals, after having been asked."""

    seq: int
    paid_on: date | None
    fen: int
    direction: str
    shares: Mapping[int, int]
    is_proved: bool = True
    paid_told: str = ""
    payer_party_id: int | None = None
    payer_name: str = ""
    proof_note: str = ""
    is_another: bool = False


# More back than came --------------------------------------------------------------------------------------------

def lowest(payments: Iterable[Payment]) -> int:
    """The lowest balance of one worker over time, in fen: what came less what went back, day by day; never above 0.

    Money of an unknown day came before all others, and went back after all others.
    """
    moved = sorted((_moment(p), p.is_return, -p.fen if p.is_return else p.fen)
                   for p in payments if p.is_proved and not p.is_goods)
    balance = found = 0
    days = [day for day, _is_return, _fen in moved]
    for place, (day, _is_return, fen) in enumerate(moved):
        balance += fen
        if place + 1 == len(moved) or days[place + 1] != day:
            found = min(found, balance)
    return found


def _moment(payment: Payment) -> date:
    if payment.paid_on in (None, date.min):
        return date.max if payment.is_return else date.min
    return payment.paid_on or date.min


class Worker(NamedTuple):
    """One worker's entries, and his name for the sentence."""

    name: str
    payments: Sequence[Payment]


def back_problems(entry: Entry, workers: Mapping[int, Worker]) -> list[Problem]:
    """What stands against money back to the employer: never more than came to that worker; asked, with a reason."""
    if entry.direction != "to_employer" or entry.way == "goods":
        return []
    found = [problem for party, fen in (entry.shares or {}).items()
             if (problem := _too_much(entry, fen, workers.get(party, NOBODY)))]
    if not found:
        question = BACK.fill(sum=print_yuan(entry.amount_fen))
        found = [Problem("amount", question, "confirm_back")]
    return found if entry.reason else [*found, Problem("reason", WHY_BACK)]


NOBODY = Worker("", ())
BACK = Text("这是劳动者返还单位的钱，{sum}元从已到账里减去。确实返还了吗？",
            "This is money back to the employer: {sum} yuan are taken off what arrived. Did it really go back?")
WHY_BACK = Text("请写明为什么返还", "Say why it went back")
MORE_BACK = Text("{name}到那天到账还没有返还的只有{left}元，不能返还{sum}元",
                 "By that day {name} had {left} yuan that came and had not gone back; {sum} cannot go back")


def _too_much(entry: Entry, fen: int, worker: Worker) -> Problem | None:
    back = Payment(entry.paid_on, fen, is_return=True)
    if fen <= 0 or lowest([*worker.payments, back]) >= min(lowest(worker.payments), 0):
        return None
    left = _most(worker.payments, entry.paid_on)
    return Problem("amount", MORE_BACK.fill(name=worker.name, left=print_yuan(left), sum=print_yuan(fen)))


def _most(payments: Sequence[Payment], on: date | None) -> int:
    """The most that can go back on a day: the lowest balance from then on."""
    days = [on or date.max, *(day for p in payments if on and (day := _moment(p)) > on)]
    balances = [sum(-p.fen if p.is_return else p.fen for p in payments
                    if p.is_proved and not p.is_goods and _moment(p) <= day) for day in days]
    return max(min(balances), 0)


def undoing_problems(payments: Mapping[int, Worker], undone: Mapping[int, Payment]) -> list[Problem]:
    """Why an entry cannot be reversed: what went back since would be more than what came. ``undone``: the entry's part
    of each worker, as the counter-entry takes it off."""
    for party, taken in undone.items():
        worker = payments.get(party, NOBODY)
        if lowest([*worker.payments, taken]) < lowest(worker.payments):
            return [Problem("", BACK_FIRST.fill(name=worker.name))]
    return []


BACK_FIRST = Text("{name}的钱已有返还单位的：冲销以后，返还的会比到账的多。请先冲销返还那笔",
                  "Money of {name} went back: without this entry more would have gone back than came. Reverse the "
                  "return first")


# The same money twice -------------------------------------------------------------------------------------------

def twin_of(slip: Slip, earlier: Iterable[Slip]) -> Slip | None:
    """The last of the entries that may be the same money: the same day and sum, the same way and proved alike, and the
    same slip, or the same payer to a worker who is in both.

    Equal sums to each of several workers on one day are usual and no twins, unless the slip is one.
    """
    return next((one for one in sorted(earlier, key=lambda one: -one.seq) if _is_alike(slip, one)), None)


def _is_alike(one: Slip, other: Slip) -> bool:
    same = ("paid_on", "paid_told", "fen", "direction", "is_proved")
    if any(getattr(one, name) != getattr(other, name) for name in same):
        return False
    if _numbers(one.proof_note) & _numbers(other.proof_note):
        return True
    payers = [(row.payer_party_id, "".join(fold(row.payer_name).split())) for row in (one, other)]
    return payers[0] == payers[1] and bool(set(one.shares) & set(other.shares))


_YEAR = re.compile(r"20[0-9]{2}(?:[01][0-9][0-3][0-9])?")


def _numbers(note: str) -> set[str]:
    """The numbers of slips and transfers that a note names: four digits or more, days and years left out."""
    return {found for found in re.findall("[0-9]{4,}", fold(note)) if not _YEAR.fullmatch(found)}


def unconfirmed(slips: Sequence[Slip]) -> list[tuple[Slip, Slip]]:
    """Entries that equal an earlier one and were not recorded as another payment, each with the earlier one."""
    pairs = [(slip, twin_of(slip, [one for one in slips if one.seq < slip.seq])) for slip in slips
             if not slip.is_another]
    return [(slip, twin) for slip, twin in pairs if twin is not None]


def twin_problems(twin: Slip | None) -> list[Problem]:
    """The question that is asked once."""
    if twin is None:
        return []
    text = SAME_BACK if twin.direction == "to_employer" else SAME
    day = Text(twin.paid_on.isoformat(), twin.paid_on.isoformat()) if twin.paid_on else Text(
        twin.paid_told or "日期不详", twin.paid_told or "on a day not known")
    return [Problem("amount", text.fill(n=twin.seq, day=day, sum=print_yuan(twin.fen)), TWIN)]


TWIN = "another_payment"
SAME = Text("第{n}笔（{day}，{sum}元）和这笔一样。这是另外一笔钱吗？",
            "Entry {n} ({day}, {sum} yuan) is just like this one. Is this another payment?")
SAME_BACK = Text("第{n}笔返还（{day}，{sum}元）和这笔一样。这是另外返还的一笔吗？",
                 "Return {n} ({day}, {sum} yuan) is just like this one. Did money go back once more?")


def is_told_apart(confirmed: Collection[str] | bool, twin: Slip | None) -> bool:
    """Whether the entry is kept as another payment than its twin: it has one, and the question was answered."""
    return twin is not None and (confirmed if isinstance(confirmed, bool) else TWIN in confirmed)
