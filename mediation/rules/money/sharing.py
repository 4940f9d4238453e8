"""A total shared among people: by claim, by heads, or as a list says; always to the fen. Pure.

What does not divide goes, a fen each, to the largest fractions, the earlier line first (``amounts.share_out``).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.money.amounts import print_yuan, share_out
from mediation.rules.people import worker_list
from mediation.rules.people.list_cells import Row
from mediation.rules.text_cleaning import Unreadable, fold

REMAINDER = Text("分到分；除不尽的，一分一分给尾数最大的人，一样大的先列的先得",
                 "To the fen; what does not divide goes a fen each to the largest fractions, the earlier line first")
LINE = Text("第{line}行：{why}", "Line {line}: {why}")
NO_LINES = Text("请粘贴各人金额，一行一人", "Paste the sums, one person a line")
NO_SUM = Text("第{line}行没有金额", "Line {line} has no sum")
NOBODY = Text("第{line}行：本案申请人里没有“{name}”", "Line {line}: no applicant of this case is called “{name}”")
NAMESAKES = Text("第{line}行：叫“{name}”的不止一个，请在下面直接填", "Line {line}: several are called “{name}”; fill in below")
TWICE = Text("第{line}行：“{name}”前面已有一行", "Line {line}: “{name}” has a line before")
LEFT = Text("名单里没有{names}，先按0记", "Not in the list, 0 for now: {names}")
OTHER_TOTAL = Text("名单合计{listed}元，总额是{total}元", "The list sums to {listed} yuan, the total is {total}")


class Sharer(NamedTuple):
    """One who gets something: a worker, his name, how many people the row stands for."""

    key: int
    name: str
    heads: int = 1


class Listed(NamedTuple):
    """What a list says each gets, in fen, and everything that is to be looked at."""

    shares: Mapping[int, int]
    problems: list[Problem]


def by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """In proportion to what was claimed; equally where nothing is known of that."""
    return share_out(total, weights if any(weights) else [1] * len(weights)) if weights else []


def by_heads(total: int, people: Sequence[Sharer]) -> dict[int, int]:
    """Equally, a row of several people counted as many times."""
    parts = share_out(total, [max(one.heads, 1) for one in people]) if people else []
    return dict(zip([one.key for one in people], parts, strict=True))


def as_listed(text: str, people: Sequence[Sharer], total: int | None, today: date) -> Listed:
    """The sums of a pasted list by name; who is not in it gets 0, and that is said. ``total`` None: not told."""
    try:
        rows = worker_list.read_lines(text, today)
    except Unreadable as why:
        return Listed({}, [Problem("shares", why.text)])
    if not rows:
        return Listed({}, [Problem("shares", NO_LINES)])
    shares: dict[int, int] = {}
    problems = []
    for row in rows:
        whose = [one for one in people if fold(one.name) == fold(row.name)]
        if fault := _fault(row, whose, shares):
            problems.append(Problem("shares", fault))
        else:
            shares[whose[0].key] = row.fen or 0
    listed = sum(shares.values())
    if left := [one.name for one in people if one.key not in shares]:
        problems.append(Problem("shares", LEFT.fill(names="、".join(left))))
    if total is not None and total != listed:
        problems.append(Problem("shares", OTHER_TOTAL.fill(listed=print_yuan(listed), total=print_yuan(total))))
    return Listed({one.key: shares.get(one.key, 0) for one in people}, problems)


def _fault(row: Row, whose: Sequence[Sharer], shares: Mapping[int, int]) -> Text | None:
    """Why a line gives nobody a sum."""
    if row.errors:
        return LINE.fill(line=row.line, why=row.errors[0])
    if row.fen is None:
        return NO_SUM.fill(line=row.line)
    if len(whose) != 1:
        return (NAMESAKES if whose else NOBODY).fill(line=row.line, name=row.name)
    return TWICE.fill(line=row.line, name=row.name) if whose[0].key in shares else None
