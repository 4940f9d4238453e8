"""What cannot be right in the books of a case, as a table: sums that contradict each other, days out of order, gaps.

A contradiction does not stop the work: it stands on a list, is put right or explained with a reason, and stays listed
as explained. Pure: the facts come in as ``Books``. Sources: decisions.md (Money), features.md (first places 4,
indicator 22), law.md A8, A13, A15, practice.md 3 (numbering).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.money import currencies
from mediation.rules.money.amounts import print_yuan
from mediation.rules.papers import numbering
from mediation.rules.papers.catalogue import PAPERS


class Worker(NamedTuple):
    """One worker's sums in fen: ``claimed_fen`` None where none is known, ``agreed_fen`` None where no agreement binds
    him; ``reason`` was given when money above what is owed was entered."""

    party_id: int
    claimed_fen: int | None = None
    agreed_fen: int | None = None
    arrived_fen: int = 0
    reason: str = ""


class Paid(NamedTuple):
    """An entry that counts as arrived and was not reversed; ``reason`` as it was given at entry."""

    seq: int
    paid_on: date | None
    fen: int
    reason: str = ""


class MoreBack(NamedTuple):
    """A worker from whom more went back than had come: by how much at most, in fen, and the day of the last return."""

    party_id: int
    fen: int
    on: date | None = None


class Twin(NamedTuple):
    """An entry just like an earlier one that was not recorded as another payment."""

    seq: int
    earlier_seq: int
    fen: int
    on: date | None = None


class Waiting(NamedTuple):
    """A change of who gets a worker's money, or on which account, that was made after signing and not confirmed."""

    correction: int
    made_on: date


class Unasked(NamedTuple):
    """A worker whose money came to somebody else after signing, which nobody was asked about: who, why, since when."""

    party: int
    why: str  # died | merged
    on: date | None


@dataclass(frozen=True)
class Books:
    """What a case says about its money and its days. ``days`` by the names of DAYS; ``agreed_first_on`` is the day of
    the first agreement; ``has_way_on``: closed with a recorded way for money that is still open."""

    today: date
    days: Mapping[str, date | None] = field(default_factory=dict)
    workers: tuple[Worker, ...] = ()
    paid: tuple[Paid, ...] = ()
    has_agreement: bool = False
    agreed_first_on: date | None = None
    is_closed: bool = False
    outstanding_fen: int = 0
    has_way_on: bool = False
    back: tuple[MoreBack, ...] = ()
    twins: tuple[Twin, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    currency: str = currencies.YUAN
    mergers: tuple[tuple[str, Text], ...] = ()  # what is wrong about its merger, by the rows of TABLE


class Found(NamedTuple):
    """One contradiction: which rule, about what in the case (``mark``), the values that contradict, the day by which
    it belongs to a period, the sentence, and the reason that was given when it was entered."""

    key: str
    mark: str
    figures: str
    on: date | None
    text: Text
    reason: str = ""


@dataclass(frozen=True)
class Contradiction:
    """A row of the table. ``find`` None: found over the numbers of a union and not in one case. ``cure``: what ends it,
    where no explanation does."""

    key: str
    label: Text
    compares: Text
    source: str
    find: Callable[[Books], Iterator[Found]] | None
    cure: Text | None = None


DAYS: dict[str, Text] = {
    "received": Text("收到", "received"), "accepted": Text("受理", "accepted"), "agreed": Text("达成协议", "agreed"),
    "effective": Text("生效", "in effect"), "concluded": Text("出结果", "concluded"), "closed": Text("结案", "closed"),
}
# What may not be later than a day. The outcome is reached when the parties agree, the effect may wait for the last
# signature: so "concluded" follows "agreed" and not "effective"; the case is closed after both.
BEFORE: dict[str, tuple[str, ...]] = {
    "accepted": ("received",), "agreed": ("received", "accepted"), "effective": ("agreed",),
    "concluded": ("received", "accepted", "agreed"), "closed": ("received", "effective", "concluded"),
}


def _arrived(books: Books) -> Iterator[Found]:
    for worker in books.workers:
        agreed = worker.agreed_fen or 0
        if books.has_agreement and worker.arrived_fen > agreed:
            yield Found("arrived_above_agreed", f"worker:{worker.party_id}", f"{worker.arrived_fen}>{agreed}",
                        _last_paid(books), OVER.fill(arrived=print_yuan(worker.arrived_fen), agreed=print_yuan(agreed),
                                                     over=print_yuan(worker.arrived_fen - agreed)), worker.reason)


OVER = Text("一名工人已到账{arrived}元，协议{agreed}元，多{over}元",
            "a worker got {arrived} yuan, {agreed} were agreed: {over} too much")


def _last_paid(books: Books) -> date | None:
    return max((row.paid_on for row in books.paid if row.paid_on), default=None)


def _agreed(books: Books) -> Iterator[Found]:
    for worker in books.workers:
        agreed, claimed = worker.agreed_fen, worker.claimed_fen
        if agreed is not None and claimed is not None and agreed > claimed:
            yield Found("agreed_above_claimed", f"worker:{worker.party_id}", f"{agreed}>{claimed}",
                        books.days.get("agreed"), MORE.fill(agreed=print_yuan(agreed), claimed=print_yuan(claimed)))


MORE = Text("一名工人协议{agreed}元，诉求只有{claimed}元", "a worker is to get {agreed} yuan and had claimed {claimed}")


def _closed(books: Books) -> Iterator[Found]:
    if books.is_closed and books.outstanding_fen > 0 and not books.has_way_on:
        yield Found("closed_with_money_open", "", str(books.outstanding_fen), books.days.get("closed"),
                    OPEN.fill(sum=print_yuan(books.outstanding_fen)))


OPEN = Text("已结案，还有{sum}元未到账，没有记后续途径", "closed with {sum} yuan outstanding and no way on recorded")


def _before(books: Books) -> Iterator[Found]:
    first = books.agreed_first_on
    for row in books.paid:
        if not books.has_agreement:
            yield Found("paid_before_agreed", f"payment:{row.seq}", f"{row.fen}", row.paid_on,
                        UNAGREED.fill(n=row.seq, sum=print_yuan(row.fen)), row.reason)
        elif first and row.paid_on and row.paid_on < first:
            yield Found("paid_before_agreed", f"payment:{row.seq}", f"{row.paid_on}<{first}", row.paid_on,
                        EARLY.fill(n=row.seq, paid=row.paid_on.isoformat(), agreed=first.isoformat()), row.reason)


UNAGREED = Text("第{n}笔{sum}元到账，还没有协议", "entry {n}: {sum} yuan arrived, and nothing is agreed")
EARLY = Text("第{n}笔{paid}到账，早于达成协议（{agreed}）", "entry {n} arrived on {paid}, before the agreement of {agreed}")


def _order(books: Books) -> Iterator[Found]:
    for later, earlier in BEFORE.items():
        on = books.days.get(later)
        wrong = [(day, name) for name in earlier if on and (day := books.days.get(name)) and day > on]
        if on and wrong:
            day, name = max(wrong)
            yield Found("days_out_of_order", later, f"{name} {day}>{on}", on, ORDER.fill(
                later=DAYS[later], on=on.isoformat(), name=DAYS[name], day=day.isoformat()))


ORDER = Text("{later}（{on}）早于{name}（{day}）", "{later} on {on}, before {name} on {day}")


def _future(books: Books) -> Iterator[Found]:
    for row in books.paid:
        if row.paid_on and row.paid_on > books.today:
            yield Found("paid_in_future", f"payment:{row.seq}", row.paid_on.isoformat(), row.paid_on,
                        AHEAD.fill(n=row.seq, day=row.paid_on.isoformat()))


def _back(books: Books) -> Iterator[Found]:
    for row in books.back:
        yield Found("more_back_than_came", f"worker:{row.party_id}", str(row.fen), row.on,
                    MORE_BACK.fill(sum=print_yuan(row.fen)))


MORE_BACK = Text("一名工人返还单位的比到账的多{sum}元", "{sum} yuan more went back from a worker than had come")


def _twice(books: Books) -> Iterator[Found]:
    for row in books.twins:
        yield Found("paid_twice", f"payment:{row.seq}", f"{row.earlier_seq}={row.fen}", row.on,
                    TWICE.fill(n=row.seq, earlier=row.earlier_seq, sum=print_yuan(row.fen)))


TWICE = Text("第{n}笔和第{earlier}笔一样，都是{sum}元，没有问过是不是同一笔",
             "entries {n} and {earlier} are alike, {sum} yuan each, and nobody was asked whether they are one payment")


def _payee(books: Books) -> Iterator[Found]:
    for row in books.waiting:
        yield Found("payee_unconfirmed", f"correction:{row.correction}", row.made_on.isoformat(), row.made_on,
                    UNCONFIRMED)


UNCONFIRMED = Text("签协议以后改了一名工人的钱给谁或打到哪里，还没有第二个人确认，也没有本人书面确认",
                   "who gets a worker's money, or on which account, was changed after signing; no second person and no "
                   "word of the worker in writing confirms it")


def _unasked(books: Books) -> Iterator[Found]:
    waits = {line.party_id for line in books.workers if (line.agreed_fen or 0) > line.arrived_fen}
    for row in (row for row in books.unasked if row.party in waits):
        yield Found("payee_unasked", f"worker:{row.party}", row.why, row.on, UNASKED[row.why])


UNASKED = {
    "died": Text("一名工人签协议以后去世，钱改由近亲属收，没有人核对过",
                 "a worker died after signing; the kin are paid in his place, and nobody compared it"),
    "merged": Text("签协议以后并案，从并入的案件补上了一名工人的收款人或账号，没有人核对过",
                   "a merger after signing filled in who gets a worker's money; nobody compared it"),
}
AHEAD = Text("第{n}笔的到账日{day}还没有到", "entry {n} is dated {day}, which has not come yet")


def _merger(key: str) -> Callable[[Books], Iterator[Found]]:
    def find(books: Books) -> Iterator[Found]:
        for name, text in books.mergers:
            if name == key:
                yield Found(key, "", text.zh[:100], books.days.get("closed") or books.days.get("concluded"), text)
    return find


_DECISION, _FIRST = "decisions.md, Money", "features.md, first places 4"

TABLE: dict[str, Contradiction] = {row.key: row for row in (
    Contradiction("arrived_above_agreed", Text("到账多于协议", "Arrived above agreed"),
                  Text("逐人：已到账 与 协议金额", "for each worker: arrived against agreed"), f"{_DECISION}; {_FIRST}", _arrived),
    Contradiction("agreed_above_claimed", Text("协议多于诉求", "Agreed above claimed"),
                  Text("逐人：协议金额 与 诉求金额，没有说明的", "for each worker: agreed against claimed, without a note"),
                  f"law.md A1; {_FIRST}", _agreed),
    Contradiction("closed_with_money_open", Text("有钱未到账就结案", "Closed with money open"),
                  Text("已结案的：未到账 与 后续途径（执行、仲裁、法院、监察、不再要求）",
                       "closed cases: outstanding against a recorded way on"), f"law.md A13; {_FIRST}", _closed),
    Contradiction("paid_before_agreed", Text("先到账后协议", "Paid before agreed"),
                  Text("逐笔：到账日 与 第一份协议的达成日", "for each entry: day of arrival against the first agreement"),
                  f"{_DECISION}; {_FIRST}", _before),
    Contradiction("days_out_of_order", Text("日期先后不对", "Days out of order"),
                  Text("收到 ≤ 受理 ≤ 达成协议 ≤ 生效、出结果 ≤ 结案",
                       "received ≤ accepted ≤ agreed ≤ in effect, concluded ≤ closed"),
                  "features.md, indicator 22", _order),
    Contradiction("paid_in_future", Text("到账日在今后", "Paid in the future"),
                  Text("逐笔：到账日 与 今天", "for each entry: day of arrival against today"), "features.md, indicator 22",
                  _future),
    Contradiction("more_back_than_came", Text("返还比到账多", "More back than came"),
                  Text("逐人：返还单位的 与 到账的", "for each worker: what went back against what came"), _DECISION, _back),
    Contradiction("paid_twice", Text("一笔钱可能记了两遍", "Perhaps recorded twice"),
                  Text("逐笔：同一天、同一金额，付款人或回单号相同", "for each entry: same day and sum, same payer or slip"),
                  _DECISION, _twice),
    Contradiction("payee_unconfirmed", Text("收款更正待确认", "Change of payee unconfirmed"),
                  Text("签协议以后改的收款人、账号 与 第二个人的确认或本人书面确认",
                       "payee and account changed after signing against a second person's or the worker's word"),
                  "law.md A9; safety rule R73", _payee,
                  Text("由改的人以外的人确认，或记下本人的书面确认", "Somebody else confirms it, or the worker's written word is recorded")),
    Contradiction("payee_unasked", Text("收款变了没人核对", "Payee changed, nobody asked"),
                  Text("签协议以后去世的、并案补上的收款人和账号 与 更正的记录",
                       "deaths after signing, payees and accounts filled in by a merger, against the corrections"),
                  "law.md A9; safety rule R73", _unasked),
    Contradiction("merged_in_a_ring", Text("并案绕成圈", "Merged in a ring"),
                  Text("并案：一件并入一件，最后要落在一件没有并走的案件上",
                       "mergers: the chain ends in a case that was not merged itself"), _FIRST,
                  _merger("merged_in_a_ring")),
    Contradiction("merged_left_rows", Text("并案没有并干净", "Merged and left something behind"),
                  Text("已并案的：不再有在场的当事人、诉求、到账，也已结案",
                       "merged cases hold no active party, claim or payment, and are closed"), _FIRST,
                  _merger("merged_left_rows")),
    Contradiction("numbers_missing", Text("编号有缺", "Numbers missing"),
                  Text("本工会当年的登记号、受理编号和各种文书编号，从1到用到的最后一个",
                       "register, printed and paper numbers of a union and year, from 1 to the last one drawn"),
                  "practice.md 3, numbering", None),
)}


def of_books(books: Books) -> list[Found]:
    """Everything that contradicts itself in one case, in the order of the table; sums with the word of its currency."""
    with currencies.used(books.currency):
        return [found for row in TABLE.values() if row.find for found in row.find(books)]


class Series(NamedTuple):
    """A gapless series of a union and year: the numbers that exist with their days, and the last one drawn."""

    name: str
    year: int
    numbers: Mapping[int, date | None]
    last: int


SERIES: dict[str, Text] = {
    "register": Text("登记号", "register number"), "accepted": Text("受理编号", "printed number"),
    **{numbering.series(kind): Text(f"{PAPERS[kind].title.zh}编号", f"number ({PAPERS[kind].title.en})")
       for kind in numbering.SERIES if kind in PAPERS}}
MISSING = Text("{year}年{series}缺 {numbers}", "{series} of {year}: {numbers} missing")


def missing(numbers: Iterable[int], last: int) -> list[tuple[int, int]]:
    """The gaps between 1 and ``last`` as (first, last) of each."""
    known = sorted({n for n in numbers if 1 <= n <= last})
    return [(a + 1, b - 1) for a, b in pairwise([0, *known, last + 1]) if b - a > 1]


def of_series(series: Series) -> list[Found]:
    """Every gap of a series up to the last number drawn; it belongs to the day of the number before it."""
    found = []
    for first, last in missing(series.numbers, series.last):
        said = str(first) if first == last else f"{first}–{last}"
        found.append(Found("numbers_missing", f"{series.name}:{series.year}", f"{first}-{last}",
                           series.numbers.get(first - 1) or date(series.year, 1, 1), MISSING.fill(
                               year=series.year, series=SERIES[series.name], numbers=said)))
    return found
