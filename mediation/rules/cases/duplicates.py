"""Whether two requests may be the same dispute: what speaks for it, how strongly, and how it is said.

A name alone proves nothing: 老张 stands in every register. A person is the same by identity number or telephone, or by
a full name together with the employer; two known identity numbers that differ make two people, whatever their names.
"""
from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.text_cleaning import fold

SAME_IDENTITY = Text("同一证件号", "the same identity number")
SAME_PHONE = Text("同一电话", "the same telephone")
SAME_NAME = Text("同名", "the same name")
SAME_EMPLOYER = Text("同一单位", "the same employer")
LIKE_EMPLOYER = Text("单位名相近", "a similar employer")
SAME_HEAD = Text("诉求种类相同", "the same kind of claim")
NEAR, SAME_DAY = Text("相隔{days}天", "apart by days: {days}"), Text("同一天", "the same day")
LIKELY, POSSIBLE = Text("很可能", "probably"), Text("可能", "possibly")

WINDOW, NEAR_DAYS = 366, 60
LEAST, SURE = 60, 100
# What people are called rather than their names: 老张, 小李, 张师傅, 李老板, 王某.
NICKNAME = re.compile(r"(?:[老小大阿][\u3400-\u9fff]|[\u3400-\u9fff]{1,2}(?:师傅|老板|工头|经理|大姐|大哥|某某?|总|工|姐|哥))")
# What many employers' names share says nothing about which one is meant.
COMMON = re.compile(r"有限责任公司|股份有限公司|有限公司|公司|工程|建筑|劳务|项目部|工地|集团|[（(].*?[）)]|[，,、。\s]")
PARTS = re.compile(r"[（(,，、\s]")
REGION = re.compile(r"^(?:内蒙古(?:自治区)?|[\u3400-\u9fff]{2,5}?(?:省|市|盟|旗|县|区))+")


@dataclass(frozen=True)
class Told:
    """One side of the comparison: keyed marks of the person, names and respondents as written, heads, the day."""

    identities: Collection[str] = ()
    phones: Collection[str] = ()
    names: Collection[str] = ()
    respondents: Collection[str] = ()
    employers: Collection[int] = ()  # resolved ones, by id
    heads: Collection[str] = ()
    on: date | None = None


class Match(NamedTuple):
    """How strongly two requests look like one, and why, the strongest ground first."""

    score: int
    reasons: tuple[Text, ...]

    @property
    def is_likely(self) -> bool:
        return self.score >= SURE

    @property
    def text(self) -> Text:
        grounds = Text("、".join(r.zh for r in self.reasons), ", ".join(r.en for r in self.reasons))
        word = LIKELY if self.is_likely else POSSIBLE
        return Text(f"{word.zh}：{grounds.zh}", f"{word.en}: {grounds.en}")


def compare(asked: Told, known: Told) -> Match | None:
    """The match of two requests; None where nothing but a common name speaks for it."""
    found = [*_person(asked, known), *_employer(asked, known)]
    days = abs((asked.on - known.on).days) if asked.on and known.on else None
    if days is not None and days > WINDOW and not _is(SAME_IDENTITY, found):
        return None
    if set(asked.heads) & set(known.heads):
        found.append((10, SAME_HEAD))
    if days is not None and days <= NEAR_DAYS:
        found.append((10, NEAR.fill(days=days) if days else SAME_DAY))
    score = sum(points for points, _text in found)
    is_person = any(_is(ground, found) for ground in (SAME_IDENTITY, SAME_PHONE, SAME_NAME))
    return Match(score, tuple(text for _points, text in found)) if is_person and score >= LEAST else None


def _is(ground: Text, found: list[tuple[int, Text]]) -> bool:
    return any(text == ground for _points, text in found)


def _person(asked: Told, known: Told) -> list[tuple[int, Text]]:
    if set(asked.identities) & set(known.identities):
        return [(100, SAME_IDENTITY)]
    found = [(70, SAME_PHONE)] if set(asked.phones) & set(known.phones) else []
    if asked.identities and known.identities:  # two people, one of whom may answer the other's telephone
        return found
    shared = {fold(name) for name in asked.names} & {fold(name) for name in known.names}
    return [*found, (30, SAME_NAME)] if any(not is_nickname(name) for name in shared) else found


def _employer(asked: Told, known: Told) -> list[tuple[int, Text]]:
    if set(asked.employers) & set(known.employers):
        return [(40, SAME_EMPLOYER)]
    likeness = max((alike(a, b) for a in asked.respondents for b in known.respondents), default=0)
    return [(likeness, SAME_EMPLOYER if likeness >= 40 else LIKE_EMPLOYER)] if likeness else []


def is_nickname(name: str) -> bool:
    """What stands for a name at the counter and belongs to many."""
    bare = fold(name)
    return len(bare) < 2 or NICKNAME.fullmatch(bare) is not None


def alike(a: str, b: str) -> int:
    """Points for two names of the other side: 40 the same, 30 one core holds the other, else 0."""
    whole_a, whole_b = fold(a), fold(b)
    if not whole_a or not whole_b:
        return 0
    first_a, first_b = (PARTS.split(whole)[0] for whole in (whole_a, whole_b))
    if is_nickname(first_a) or is_nickname(first_b):  # 老张 and 老张（包工头）: a hint; 老张 and 老张建材: none
        return 30 if first_a == first_b else 0
    core_a, core_b = core(whole_a), core(whole_b)
    if whole_a == whole_b or core_a == core_b:
        return 40
    return 30 if core_a in core_b or core_b in core_a else 0


def core(name: str) -> str:
    """What tells an employer from others: 乌拉特中旗宏远劳务有限公司 is 宏远."""
    bare = COMMON.sub("", fold(name))
    return REGION.sub("", bare) or bare


def have_in_common(one: Told, other: Told) -> bool:
    """Whether two requests share a person or an employer at all, on whatever day."""
    return bool(_person(one, other) or _employer(one, other))


class Known(NamedTuple):
    """One party of a case, to be found again among those of another: keyed marks, name as written, employer by id."""

    identity: str = ""
    phone: str = ""
    name: str = ""
    employer: int | None = None


def is_same(one: Known, other: Known) -> bool:
    """Whether two parties on the same side of two cases are one: by identity number or employer where both are known,
    else by name, unless both have telephones that differ; a nickname needs the same telephone."""
    for mark, theirs in ((one.identity, other.identity), (one.employer, other.employer)):
        if mark and theirs:
            return mark == theirs
    if fold(one.name) != fold(other.name) or not one.name:
        return False
    if one.phone and other.phone:
        return one.phone == other.phone
    return not is_nickname(one.name)
