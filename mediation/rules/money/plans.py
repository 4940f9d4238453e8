"""Who pays whom how much and when: the plans of an agreement, and the lines in which many are written. Pure.

Usually there is one plan: one payer, all workers. A worker or a group of workers may have a plan of its own, and there
may be several payers: several in one plan are jointly liable (连带, CC 518), each with a plan of his own owes his own
part (按份, CC 517).
"""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money import amounts, due_terms
from mediation.rules.text_cleaning import Unreadable, narrow


class Step(NamedTuple):
    """A sum promised for a day; ``due_told`` is what was agreed in words, ``due_on`` the latest day they mean."""

    due_on: date | None
    due_told: str
    fen: int


class Plan(NamedTuple):
    """``payers``: those jointly liable, none is the agreement's payer; ``workers``: none is all who get something."""

    payers: tuple[int, ...]
    workers: tuple[int, ...]
    steps: tuple[Step, ...]


class Shares(NamedTuple):
    """Every instalment of every plan shared among its workers, what then is left of each worker's sum, and by how much
    a plan (counted from 1) is above what its workers get."""

    of_plans: list[list[dict[int, int]]]
    left: dict[int, int]
    over: dict[int, int]


def share(plans: Sequence[Plan], totals: Mapping[int, int]) -> Shares:
    """Share each instalment in proportion to what remains of each worker of its plan, which never takes more than
    remains and leaves exactly the rest for the last one: both sums hold to the fen, where they can. Plans of few
    workers take their part before those of many, in which the same workers may stand."""
    found = Shares([[] for _plan in plans], dict(totals), {})
    for place in sorted(range(len(plans)), key=lambda place: len(plans[place].workers or totals)):
        for step in plans[place].steps:
            parts = _parts_of(step.fen, plans[place].workers or tuple(totals), found.left)
            found.of_plans[place].append(parts)
            if over := step.fen - sum(parts.values()):
                found.over[place + 1] = found.over.get(place + 1, 0) + over
    return found


def _parts_of(fen: int, group: Sequence[int], left: dict[int, int]) -> dict[int, int]:
    """One instalment shared in a group, and taken off what is left of each."""
    weights = [max(left.get(worker, 0), 0) for worker in group]
    fen = min(max(fen, 0), sum(weights))
    parts = dict(zip(group, amounts.share_out(fen, weights), strict=True)) if fen else {}
    for worker, part in parts.items():
        left[worker] -= part
    return {worker: part for worker, part in parts.items() if part}


def wanted(plans: Sequence[Plan], weights: Mapping[int, int]) -> dict[int, int]:
    """What each worker gets by the plans; the sum of several is shared by ``weights``, equally where there are none."""
    found = dict.fromkeys(weights, 0)
    for plan in plans:
        group = plan.workers or tuple(weights)
        known = [weights.get(worker, 0) for worker in group]
        parts = amounts.share_out(sum(step.fen for step in plan.steps), known if any(known) else [1] * len(group))
        for worker, part in zip(group, parts, strict=True):
            found[worker] = found.get(worker, 0) + part
    return found


def twice_planned(plans: Sequence[Plan], payer: int | None) -> set[int]:
    """Workers who stand in two plans of the same payer: his money could count to either."""
    found: set[int] = set()
    for one, other in combinations(plans, 2):
        if set(one.payers or (payer,)) & set(other.payers or (payer,)):
            found |= set(one.workers) & set(other.workers)
    return found


def is_one_for_all(plans: Sequence[Plan], payer: int | None) -> bool:
    """The usual case: one plan for everybody, and its payer is the agreement's."""
    return len(plans) == 1 and not plans[0].workers and plans[0].payers in ((), (payer,))


def has_own_payers(plans: Sequence[Plan], payer: int | None) -> bool:
    """Whether it must be kept plan by plan who pays."""
    return any(plan.payers not in ((), (payer,)) for plan in plans)


# Written as lines -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Names:
    """Who may be named in a line: workers and payers, each by name; ``made_on`` is the day from which words count."""

    workers: Sequence[tuple[int, str]]
    payers: Sequence[tuple[int, str]]
    made_on: date


NO_SUM = Text("第{n}行没有金额：写 姓名 金额 哪天付 谁付", "Line {n} has no sum: write name, sum, day, payer")
NO_TERM = Text("第{n}行没有写哪天付", "Line {n} does not say when it is paid")
NOBODY = Text("第{n}行：本案申请人里没有“{name}”", "Line {n}: no applicant of this case is called “{name}”")
NO_PAYER = Text("第{n}行：本案没有叫“{name}”的付款人", "Line {n}: nobody called “{name}” is among the other side")
TWO = Text("第{n}行：叫“{name}”的不止一个", "Line {n}: more than one is called “{name}”")
UNREAD = Text("第{n}行：{why}", "Line {n}: {why}")
EVERYBODY = frozenset({"全部", "全体", "所有人", "大家", "all"})
THE_REST = frozenset({"其余", "其他", "其他人", "其余人", "rest"})
_PARTS = re.compile(r"[、,，;；/＋+]")


def read_lines(text: str, names: Names) -> list[Plan]:
    """Plans from lines of name, sum, day and perhaps payer: 张三⇥8000⇥12.31⇥甲公司.

    A line may name several workers with their common sum (张三、李四), all (全部), or those no other line names (其余),
    and several payers, who are jointly liable. Lines of the same workers and payers are the instalments of one plan.
    Raises ``Refused`` with every line that cannot be read, in the field ``lines``.
    """
    lines = [(n, _cells(line)) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(n, cells) for n, cells in lines if not _is_heading(cells)]
    named = {worker for _n, cells in lines for part in _parts(cells[0]) for worker in _matching(part, names.workers)}
    plans: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Step]] = {}
    problems = []
    for n, cells in lines:
        try:
            who, payers, step = _line(n, cells, names, named)
            plans.setdefault((who, payers), []).append(step)
        except Refused as refusal:
            problems += refusal.problems
    if problems:
        raise Refused(problems)
    return [Plan(payers, who, tuple(steps)) for (who, payers), steps in plans.items()]


def _cells(line: str) -> list[str]:
    """The cells of a line; without tabs the first that is a sum parts the names from what follows."""
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    words = narrow(line).split()
    place = next((i for i, word in enumerate(words) if i and _sum(word) is not None), 1)
    return [" ".join(words[:place]), *words[place:]]


def _is_heading(cells: list[str]) -> bool:
    return cells[0] in ("姓名", "名字", "收款人", "工人") or cells[0].lower() == "name"


def _sum(word: str) -> int | None:
    try:
        return amounts.parse_yuan(word)
    except Unreadable:
        return None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _PARTS.split(cell) if part and part.strip()]


def _matching(name: str, people: Sequence[tuple[int, str]]) -> list[int]:
    """Those called so; else those whose name holds it, as 甲公司 is said for 乌拉特中旗甲公司."""
    bare = name.replace(" ", "")
    same = [key for key, called in people if called.replace(" ", "") == bare]
    return same or [key for key, called in people if len(bare) > 1 and bare in called.replace(" ", "")]


def _line(n: int, cells: list[str], names: Names, named: Collection[int]) -> tuple[
        tuple[int, ...], tuple[int, ...], Step]:
    if len(cells) < 2 or _sum(cells[1]) is None:
        raise Refused([Problem("lines", NO_SUM.fill(n=n))])
    if len(cells) < 3 or not cells[2]:
        raise Refused([Problem("lines", NO_TERM.fill(n=n))])
    try:
        term = due_terms.read_term(cells[2], names.made_on)
    except Unreadable as problem:
        raise Refused([Problem("lines", UNREAD.fill(n=n, why=problem.text))]) from None
    if cells[0] in EVERYBODY | THE_REST:
        who = tuple(key for key, _name in names.workers if cells[0] in EVERYBODY or key not in named)
    else:
        who = _all_of(n, cells[0], names.workers, NOBODY)
    if not who:
        raise Refused([Problem("lines", NOBODY.fill(n=n, name=cells[0]))])
    payers = _all_of(n, "、".join(cells[3:]), names.payers, NO_PAYER)
    return who, payers, Step(term.due_on, term.told, _sum(cells[1]) or 0)


def _all_of(n: int, cell: str, people: Sequence[tuple[int, str]], nobody: Text) -> tuple[int, ...]:
    found: list[int] = []
    for part in _parts(cell):
        keys = _matching(part, people)
        if len(keys) != 1:
            raise Refused([Problem("lines", (TWO if keys else nobody).fill(n=n, name=part))])
        found += keys
    return tuple(sorted(set(found)))

