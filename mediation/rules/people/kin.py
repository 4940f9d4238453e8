"""A worker who died: who asks in his place, each with what part of his money, and how papers call them.

Near kin are those of the Civil Code, art. 1045. The shares are what the kin themselves say, as fractions of what the
dead worker is due; together they are the whole, and what nobody said is asked about. The rows are parties of a case
or what reads like them.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from mediation.rules import words
from mediation.rules.date_phrases import numeral
from mediation.rules.language import Problem, Text
from mediation.rules.money import amounts
from mediation.rules.text_cleaning import Unreadable, narrow

NEXT_OF_KIN = "next_of_kin"
WORKER_PARTS = frozenset({"worker", "representative"})
NO_SHARE = Text("看不懂份额，可以写 1/3、三分之一、50%、一半", "This share cannot be read; write 1/3 or 50%")
DIED_LATER = Text("去世的日子不能在今天之后", "The day of death cannot lie in the future")
NOT_A_WORKER = Text("只有劳动者本人的行里记去世", "A death is recorded on the worker's own row")
NO_DEAD = Text("请写去世的劳动者叫什么", "Please name the worker who died")
ONLY_KIN = Text("劳动者已去世的，来人是家属", "Where the worker has died, the next of kin ask")
OVER_WHOLE = Text("近亲属的份额合计{sum}，超过了全部", "The shares of the kin sum to {sum}, more than the whole")
NO_KIN = Text("{name}已去世，还没有登记近亲属：先在当事人里加上",
              "{name} has died and no next of kin is entered: add them among the parties first")
SHARES_OPEN = Text("死者{name}的近亲属份额还没说全（{who}），合计{sum}：先问清写上，还是份额以后再定？",
                   "The shares of the kin of {name} are not all known ({who}), they sum to {sum}: ask and write them, "
                   "or leave them open?")
SHARES_APART = Text("死者{name}的近亲属份额合计{sum}，须等于全部：请问清再写",
                    "The shares of the kin of {name} sum to {sum} and must make up the whole: please ask")
_WORDS = {"一半": Fraction(1, 2), "全部": Fraction(1), "全": Fraction(1)}


def is_dead(row: Any) -> bool:
    return bool(row.died_on or row.died_told)


def kin_of(worker: Any, people: Iterable[Any]) -> list[Any]:
    """The next of kin who act for a worker, in order, those struck out left out."""
    return [p for p in people if p.part == NEXT_OF_KIN and p.acts_for_id == worker.id and p.removed_on is None]


def dead_of(row: Any, people: Iterable[Any]) -> Any | None:
    """The dead worker in whose place a next of kin asks; None for everybody else."""
    if row.part != NEXT_OF_KIN:
        return None
    return next((p for p in people if p.id == row.acts_for_id and is_dead(p)), None)


# Shares ---------------------------------------------------------------------------------------------------------

def read_share(text: str) -> str:
    """1/3, 三分之一, 33.5%, 一半 as a fraction in lowest terms: '1/3', '1' for the whole. Raises ``Unreadable``."""
    said = re.sub(r"\s", "", narrow(text))
    share = _WORDS.get(said)
    if found := re.fullmatch("([0-9]{1,4})/([0-9]{1,4})", said):
        share = _over(int(found[1]), int(found[2]))
    elif found := re.fullmatch("(.{1,4})分之(.{1,4})", said):
        share = _over(numeral(found[2]) or 0, 100 if found[1] == "百" else numeral(found[1]) or 0)
    elif re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,4})?%", said):
        share = Fraction(said[:-1]) / 100
    if share is None or not 0 < share <= 1:
        raise Unreadable(NO_SHARE)
    return str(share)


def _over(top: int, bottom: int) -> Fraction | None:
    return Fraction(top, bottom) if bottom else None


def total(shares: Iterable[str]) -> Fraction:
    return sum((Fraction(share) for share in shares if share), Fraction(0))


def split(fen: int, kin: Sequence[Any]) -> list[int] | None:
    """A dead worker's sum among the kin by their shares, to the fen; None while these do not make up the whole."""
    if not kin or not all(p.kin_share for p in kin) or total(p.kin_share for p in kin) != 1:
        return None
    shares = [Fraction(p.kin_share) for p in kin]
    whole = lcm(*(share.denominator for share in shares))
    return amounts.share_out(fen, [int(share * whole) for share in shares])


def share_problem(worker: Any, kin: Sequence[Any]) -> Problem | None:
    """What stands against paying in a dead worker's place; an unknown share is asked about once, never guessed."""
    if not kin:
        return Problem("items", NO_KIN.fill(name=worker.name))
    said = _say(total(p.kin_share for p in kin))
    if open_ones := [p.name for p in kin if not p.kin_share]:
        return Problem("items", SHARES_OPEN.fill(name=worker.name, who="、".join(open_ones), sum=said), "kin_shares")
    if total(p.kin_share for p in kin) != 1:
        return Problem("items", SHARES_APART.fill(name=worker.name, sum=said))
    return None


def _say(share: Fraction) -> str:
    return str(share) if share else "0"


# What is typed of them ------------------------------------------------------------------------------------------

def tidied(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a party with what belongs to another part taken away."""
    done = dict(values)
    if "kinship" in done and done.get("part") != NEXT_OF_KIN:
        done |= {"kinship": "", "kin_share": ""}
    return done


def problems(values: Mapping[str, object], party_id: int | None, people: Sequence[Any], today: date) -> list[Problem]:
    """What stands against a party's death, kinship and share, beside their fields."""
    died_on, found = values.get("died_on"), []
    if (died_on or values.get("died_told")) and values.get("part") not in WORKER_PARTS:
        found.append(Problem("died", NOT_A_WORKER))
    if isinstance(died_on, date) and died_on > today:
        found.append(Problem("died", DIED_LATER))
    others = [p.kin_share for p in people if p.part == NEXT_OF_KIN and p.id != party_id and p.removed_on is None
              and p.acts_for_id == values.get("acts_for_id")]
    whole = total([*others, str(values.get("kin_share") or "")])
    if values.get("kin_share") and whole > 1:
        found.append(Problem("kin_share", OVER_WHOLE.fill(sum=_say(whole))))
    return found


def told_problems(told: Any, today: date) -> list[Problem]:
    """What stands against a death as it is told at the counter: only kin ask in a dead worker's place, and he is
    named."""
    if not told.for_died_told:
        return []
    found = [] if told.for_name else [Problem("for_name", NO_DEAD)]
    if told.part != NEXT_OF_KIN:
        found.append(Problem("part", ONLY_KIN))
    if told.for_died_on and told.for_died_on > today:
        found.append(Problem("for_died", DIED_LATER))
    return found


# How they are called --------------------------------------------------------------------------------------------

def called(row: Any, people: Iterable[Any]) -> str:
    """斯琴（死者巴特尔之妻）; everybody else by the own name."""
    dead = dead_of(row, people)
    return f"{row.name}（死者{dead.name}{_relation(row.kinship)}）" if dead is not None else str(row.name)


def _relation(kinship: str) -> str:
    word = words.KINSHIPS[kinship].zh if kinship in words.KINSHIPS else "近亲属"
    return ("之" if len(word) == 1 else "的") + word


def heirs(worker: Any, people: Iterable[Any]) -> str:
    """斯琴 1/3、巴图 2/3: who gets a dead worker's money."""
    return "、".join(f"{p.name} {p.kin_share}".rstrip() for p in kin_of(worker, people))


def title(worker: Any, kin: Sequence[Any]) -> str:
    """斯琴等2人（死者巴特尔的近亲属): a case in which nobody else asks."""
    rest = f"等{len(kin)}人" if len(kin) > 1 else ""
    return f"{kin[0].name}{rest}（死者{worker.name}的近亲属）"


def death(worker: Any, kin: Sequence[Any]) -> str:
    """The sentence for the facts of a paper, in Chinese."""
    on = worker.died_on
    day = f"{on.year}年{on.month}月{on.day}日" if on else worker.died_told
    is_known = on or (re.search("[0-9年月号前后初底]", day) and not re.search("不[详知清明]", day))
    when = f"于{day}去世" if is_known else "已去世"
    who = "、".join(f"{p.name}（{words.KINSHIPS[p.kinship].zh if p.kinship in words.KINSHIPS else '近亲属'}）" for p in kin)
    return f"劳动者{worker.name}{when}" + (f"，由其近亲属{who}提出请求。" if kin else "。")
