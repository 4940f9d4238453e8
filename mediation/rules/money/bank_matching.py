"""The lines of a bank's list beside what is owed: whose money each is, how sure that is, what is to be asked. Pure.

A pair is sure where the name is that of one worker or of his payee alone, the account is no other than the known one,
and the sum is what is open of one or more instalments, or all that is owed. Everything else is asked, line by line; a
line that went to another account than the known one is held until that account has been corrected and confirmed, as
every change of an account is (rules/people/corrections.py). Nothing that failed is ever offered.
Sources: law.md A9 (wages to the worker personally); decisions.md, Money.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.money.amounts import print_yuan, share_out
from mediation.rules.money.bank_lists import Transfer
from mediation.rules.text_cleaning import fold, narrow

Key = tuple[int, int]  # a case and one of its workers

# What becomes of a line.
FATES = vocabulary(
    Word("sure", "对上了", "matched"), Word("ask", "请看一眼", "please look"),
    Word("held", "先核对收款账号", "account to be confirmed first"), Word("known", "已经登记过", "recorded already"),
    Word("nobody", "没有对上的人", "nobody matches"), Word("failed", "失败、退票", "failed or sent back"),
    Word("pending", "银行还没付", "not carried out yet"), Word("in", "进账，不是付出去的", "came in, not paid out"),
    Word("unread", "看不懂", "cannot be read"),
)
TAKEN = ("sure", "ask")

BY_NAME = Text("姓名对上", "by name")
BY_PAYEE = Text("按收款人对上", "by the payee")
BY_ACCOUNT = Text("账号对上", "by the account")
SAME_ACCOUNT = Text("账号一致", "the same account")
OTHER_NAME = Text("账号是{name}的，户名写的是“{payee}”", "The account is that of {name}; the list says “{payee}”")
MASKED = Text("清单上的姓名有遮盖，只对上一部分", "The name in the list is masked; only part of it agrees")
NAMESAKES = Text("同名的有{n}人，请选是哪一个", "{n} people have this name; choose which")
SEVERAL = Text("一笔付了{n}人：{names}", "One payment for {n} people: {names}")
SEVERAL_PART = Text("一笔付了{n}人，比还欠的{owed}元少，按各人还欠的分",
                    "One payment for {n} people, less than the {owed} yuan owed; shared by what each is owed")
PART = Text("只是一部分：还欠{owed}元", "Only a part: {owed} yuan are owed")
OVER = Text("比还欠的{owed}元多{over}元，要写明为什么", "{over} yuan more than the {owed} owed; say why")
NO_AGREEMENT = Text("还没有协议，要写明为什么", "There is no agreement yet; say why")
OTHER_ACCOUNT = Text("清单上的账号（尾号{tail}）不是登记的（尾号{known}）：先更正收款账号，由第二个人核对或记下本人的书面确认",
                     "The list's account (ending {tail}) is not the known one (ending {known}): correct it first, and "
                     "have a second person or the worker's written word confirm it")
WAITING = Text("收款人或账号改过，还等第二个人核对或本人书面确认",
               "Payee or account were changed and wait for a second person or the worker's written word")
TWICE = Text("清单第{line}行和这一行一样，是另外一笔吗？", "Line {line} of the list is just like this one: is it another payment?")
LIKE_ENTRY = Text("第{seq}笔到账同一天、同样金额，是另外一笔吗？",
                  "Entry {seq} is of the same day and sum: is it another payment?")
KNOWN_AS = Text("第{seq}笔到账", "entry {seq}")


class Owed(NamedTuple):
    """What is owed to one worker. ``steps_fen``: what is open of each instalment, the earliest first.

    ``account`` is the payee's known account; ``is_waiting``: a change of payee or account that nobody has confirmed.
    """

    key: Key
    name: str
    payee: str = ""
    account: str = ""
    outstanding_fen: int = 0
    steps_fen: tuple[int, ...] = ()
    is_waiting: bool = False
    has_agreement: bool = True
    label: str = ""  # the case, where several are matched


class Recorded(NamedTuple):
    """A payment that stands in the ledger: the part of one worker. ``note`` names slip or reference."""

    key: Key
    seq: int
    day: date | None
    fen: int
    note: str = ""


class Found(NamedTuple):
    """Whose a line may be: the people, by what, what is to be asked; ``is_open``: one of them is to be chosen."""

    people: list[Owed]
    why: tuple[Text, ...] = ()
    asks: tuple[Text, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Proposal:
    """A line with what is proposed for it.

    ``shares`` is who gets how much (empty where it is not clear who), ``choices`` the people among whom to choose,
    ``asks`` what a person has to look at, ``why`` by what it was matched; ``needs_reason`` where the sum is above what
    is owed. ``seq`` is the entry that records it already.
    """

    line: Transfer
    fate: str
    shares: tuple[tuple[Key, int], ...] = ()
    why: tuple[Text, ...] = ()
    asks: tuple[Text, ...] = ()
    choices: tuple[Owed, ...] = ()
    needs_reason: bool = False
    seq: int = 0


def match(lines: Sequence[Transfer], owed: Sequence[Owed], recorded: Iterable[Recorded] = (),
          chosen: dict[int, Key] | None = None, day: date | None = None) -> list[Proposal]:
    """A proposal for every line, in order; what one line pays is no longer owed to the next.

    ``chosen``: line → whose it is, where a person has said so. ``day``: of lines without one.
    """
    book = _Book(owed, recorded)
    return [book.propose(replace(line, day=line.day or day), (chosen or {}).get(line.line)) for line in lines]


class _Book:
    """What is left to pay and what stands recorded, as the lines are gone through."""

    def __init__(self, owed: Sequence[Owed], recorded: Iterable[Recorded]):
        self.owed = {one.key: one for one in owed}
        self.recorded = list(recorded)
        self.seen: list[tuple[Transfer, tuple[Key, ...]]] = []
        self.used: Counter[Recorded] = Counter()

    def propose(self, line: Transfer, chosen: Key | None) -> Proposal:
        if line.fate != "paid":
            return Proposal(line, line.fate)
        found = self._whose(line, chosen)
        if not found.people:
            return Proposal(line, "nobody")
        if entry := self._entry(line, [one.key for one in found.people]):
            return Proposal(line, "known", ((entry.key, 0),), (KNOWN_AS.fill(seq=entry.seq),), seq=entry.seq)
        if found.is_open:
            return Proposal(line, "ask", why=found.why, asks=found.asks, choices=tuple(found.people))
        if held := _held(line, found.people):
            return Proposal(line, "held", tuple((one.key, 0) for one in found.people), found.why, (held,))
        return self._pay(line, *found[:3])

    def _pay(self, line: Transfer, people: list[Owed], why: tuple[Text, ...], asks: tuple[Text, ...]) -> Proposal:
        shares = _share(line.fen, people)
        question, needs_reason = _sum_question(line.fen, people)
        found = [*asks, *([question] if question else []), *self._twins(line, [one.key for one in people])]
        for key, fen in shares:
            self.owed[key] = _less(self.owed[key], fen)
        self.seen.append((line, tuple(key for key, _fen in shares)))
        same = [SAME_ACCOUNT] if why != (BY_ACCOUNT,) and _compare(line.account, people[0].account) == "same" else []
        return Proposal(line, "ask" if found else "sure", tuple(shares), (*why, *same), tuple(found),
                        needs_reason=needs_reason)

    # Whose it is -----------------------------------------------------------------------------------------------

    def _whose(self, line: Transfer, chosen: Key | None) -> Found:
        """By the worker's name, by his payee's, by several names, by the account, by what is shown of a name."""
        if chosen is not None and chosen in self.owed:
            return Found([self.owed[chosen]], (BY_NAME,))
        everybody = list(self.owed.values())
        for said in filter(None, (line.worker, line.payee)):
            if found := [one for one in everybody if _is_called(one.name, said)]:
                return _named(line, found)
        if found := [one for one in everybody if one.payee and _is_called(one.payee, line.payee)]:
            return Found(found, (BY_PAYEE,), _several(found))
        if several := _listed(everybody, line.payee):
            return Found(several, (BY_NAME,), _several(several))
        found = [one for one in everybody if line.account.isdigit() and _compare(line.account, one.account) == "same"]
        if found:
            return Found(found, (BY_ACCOUNT,), (OTHER_NAME.fill(name=found[0].name, payee=line.payee),))
        found = [one for one in everybody if _is_masked(line.payee, one.name)]
        return _named(line, found, (MASKED,)) if found else Found([])

    # What stands already ---------------------------------------------------------------------------------------

    def _entry(self, line: Transfer, keys: list[Key]) -> Recorded | None:
        """The entry of the ledger that is this line: the same day, worker, sum and reference, each for one line."""
        for one in self.recorded:
            if one.key not in keys or one.day != line.day or self.used[one]:
                continue
            whole = sum(other.fen for other in self.recorded if other.seq == one.seq and other.key in keys)
            if line.fen in (one.fen, whole) and _is_same_reference(line.reference, one.note):
                self.used[one] += 1
                return one
        return None

    def _twins(self, line: Transfer, keys: list[Key]) -> list[Text]:
        """An entry, or a line before this one, that may be the same money."""
        like = next((one for one in self.recorded if one.key in keys and one.day == line.day and one.fen == line.fen
                     and not self.used[one]), None)
        if like is not None:
            return [LIKE_ENTRY.fill(seq=like.seq)]
        before = next((seen for seen, whose in self.seen if (seen.fen, seen.day) == (line.fen, line.day)
                       and set(whose) & set(keys) and not (line.reference and seen.reference
                                                           and line.reference != seen.reference)), None)
        return [TWICE.fill(line=before.line)] if before else []


# Names ----------------------------------------------------------------------------------------------------------

class Sought:
    """The names and accounts of a list: by which its people are looked for before anything is read of their cases."""

    def __init__(self, lines: Iterable[Transfer]):
        told = [line for line in lines if line.fate == "paid"]
        said = [said for line in told for said in (line.worker, line.payee) if said]
        self._names = {_plain(name) for whole in said for name in (whole, *_parted(whole))}
        self._masked = [name for name in said if re.search("[*＊]|[xX]{2}", name)]
        self._tails = {tail.group()[-4:] for line in told if (tail := re.search("[0-9]{4,}$", line.account))}

    def finds(self, name: str, payee: str, account_tail: str) -> bool:
        """Whether a line may be this worker's."""
        return (_plain(name) in self._names or bool(payee and _plain(payee) in self._names)
                or account_tail in self._tails or any(_is_masked(said, name) for said in self._masked))


def _named(line: Transfer, found: list[Owed], asks: tuple[Text, ...] = ()) -> Found:
    """Of several people of one name the one whose account it is; else one is to be chosen."""
    by_account = [one for one in found if _compare(line.account, one.account) == "same"]
    if len(by_account) == 1:
        return Found(by_account, (BY_NAME,))
    if len(found) == 1:
        return Found(found, (BY_NAME,), asks)
    return Found(found, (BY_NAME,), (*asks, NAMESAKES.fill(n=len(found))), is_open=True)


@lru_cache(4096)
def _plain(name: str) -> str:
    return re.sub(r"[\s·]", "", fold(name))


def _is_called(name: str, said: str) -> bool:
    return bool(_plain(said)) and _plain(name) == _plain(said)


def _is_masked(said: str, name: str) -> bool:
    """张*, *三, 欧阳**: what is shown agrees, and it is as long."""
    pattern = re.sub("[*＊]|[xX](?=[xX])", "*", narrow(said).replace(" ", ""))
    if "*" not in pattern or not pattern.strip("*"):
        return False
    return bool(re.fullmatch("".join("." if sign == "*" else re.escape(sign) for sign in pattern), _plain(name)))


def _parted(said: str) -> list[str]:
    return [name for name in re.split("[、,，;；/ ]+", re.sub("等[0-9]*人?$", "", said)) if name]


def _listed(everybody: list[Owed], said: str) -> list[Owed]:
    """张三、李四 as the payees of one line: all of them known, each once; [] otherwise."""
    names = _parted(said)
    found = [[one for one in everybody if _is_called(one.name, name)] for name in names]
    return [ones[0] for ones in found] if len(names) > 1 and all(len(ones) == 1 for ones in found) else []


def _several(people: list[Owed]) -> tuple[Text, ...]:
    if len(people) < 2:
        return ()
    names = "、".join(one.name for one in people[:8])
    return (SEVERAL.fill(n=len(people), names=names),)


# Accounts -------------------------------------------------------------------------------------------------------

def _compare(told: str, known: str) -> str:
    """'same', 'other', or '' where one of the two is not told; of a masked number what is shown is compared."""
    shown = re.sub("^(?:尾号|末四位)[:：]?", "*", told)
    head, tail = (re.match("[0-9]*", shown), re.search("[0-9]+$", shown))
    if not known or head is None or tail is None:
        return ""
    if head.group() == shown:
        return "same" if shown == known else "other"
    return "same" if known.endswith(tail.group()) and known.startswith(head.group()) else "other"


def _held(line: Transfer, people: list[Owed]) -> Text | None:
    """Why a line must not be recorded yet: another account than the known one, or a change of it that waits."""
    if any(one.is_waiting for one in people):
        return WAITING
    other = next((one for one in people if _compare(line.account, one.account) == "other"), None)
    if other is None:
        return None
    return OTHER_ACCOUNT.fill(tail=re.sub("[^0-9]", "", line.account)[-4:], known=other.account[-4:])


def _is_same_reference(reference: str, note: str) -> bool:
    """Whether an entry's note may be of this reference: it names it, or one of the two names none."""
    told = fold(reference)
    if not told:
        return True
    named = re.search("流水号 ?([^，；]+)", note)
    return told in fold(note) or named is None


# Sums -----------------------------------------------------------------------------------------------------------

def _sum_question(fen: int, people: list[Owed]) -> tuple[Text | None, bool]:
    """What the sum leaves open, and whether a reason is needed."""
    owed = sum(one.outstanding_fen for one in people)
    if not all(one.has_agreement for one in people):
        return NO_AGREEMENT, True
    if fen > owed:
        return OVER.fill(owed=print_yuan(owed), over=print_yuan(fen - owed)), True
    if len(people) > 1:
        is_part = fen != owed and fen not in _until(people)
        return (SEVERAL_PART.fill(n=len(people), owed=print_yuan(owed)), False) if is_part else (None, False)
    return (None if fen == owed or fen in _until(people) else PART.fill(owed=print_yuan(owed))), False


def _until(people: list[Owed]) -> set[int]:
    """The sums that pay one instalment or more in full, the earliest first."""
    most = max((len(one.steps_fen) for one in people), default=0)
    return {sum(sum(one.steps_fen[:count]) for one in people) for count in range(1, most + 1)}


def _share(fen: int, people: list[Owed]) -> list[tuple[Key, int]]:
    """A line shared among its people: instalment by instalment where it pays them whole, else by what is owed."""
    most = max((len(one.steps_fen) for one in people), default=0)
    for count in range(1, most + 1):
        parts = [sum(one.steps_fen[:count]) for one in people]
        if sum(parts) == fen:
            return [(one.key, part) for one, part in zip(people, parts, strict=True) if part]
    weights = [max(one.outstanding_fen, 0) for one in people]
    parts = share_out(fen, weights if any(weights) else [1] * len(people))
    return [(one.key, part) for one, part in zip(people, parts, strict=True) if part]


def _less(one: Owed, fen: int) -> Owed:
    """What is owed after a payment of it."""
    steps, left = [], fen
    for step in one.steps_fen:
        taken = min(step, left)
        left -= taken
        steps += [step - taken] if step > taken else []
    return one._replace(outstanding_fen=one.outstanding_fen - fen, steps_fen=tuple(steps))
