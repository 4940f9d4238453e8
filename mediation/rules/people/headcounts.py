"""How many people: numbers as people say them (27, 十几人, 百余人, 谭某等30余人) and as titles print them.

An approximate number is stored as the least that its words mean, with the words beside it, so that nothing is counted
that nobody said; it is known from the list of names in the end.
"""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from mediation.rules.date_phrases import numeral
from mediation.rules.language import Text
from mediation.rules.reading import ABOUT, APPROX, EXACT, NOT_KNOWN, NOTHING_SAID, UNKNOWN, Reading
from mediation.rules.text_cleaning import Unreadable, narrow

NO_PEOPLE = Text("看不懂人数，可以写 27、约20人、几十人、谭某等27人",
                 "The number of people cannot be read; write 27")
HOW_MANY = Text("请估个人数，可以写 几十人、约20人", "Please give a number of people, if only a rough one")
FEWER_THAN_NAMED = Text("写了{named}个人的名字，人数却是{count}",
                        "{named} people are named, but the number is {count}")
ONE = Text("1人", "1 person")
PEOPLE = Text("{count}人", "{count} people")
ABOUT_PEOPLE = Text("约{count}人", "about {count} people")
AT_LEAST = Text("{words}（先按{count}人计）", "“{words}” (counted as {count} for now)")
SOME_PEOPLE = Text("{names}等，人数未说明", "{names} and others, number not stated")
MOST_PEOPLE = 100_000

_DIGITS = "一二三四五六七八九"
_UNITS = {"": 1, "十": 10, "百": 100, "千": 1000}
_ROUGHLY = "大约|大概|将近|接近|不到|不足|超过|至少|差不多|约|近|逾|超"
_BEFORE = re.compile(rf"^(?:共计|一共|总共|共)?(?P<about>{_ROUGHLY})? *")
_AFTER = re.compile("(?:个|名|位|号|口|人)?(?:工人|农民工|农牧民工|职工|劳动者|员工|村民|骑手|人)?(?P<about>左右|以上|上下|开外)?$")
# What may stand between 等 and 人 in a title that this module made.
_SAID = f"[0-9{_DIGITS}十百千零两几数来余多约近好上成大不到超过将左右以下之至少概廿卅个名位号口-]"
_TITLE = re.compile(rf"(?P<name>.+?)(?P<rest>等{_SAID}+人(?:左右|以上|上下|开外)?)?", re.S)
_NO_NUMBER = re.compile("(?:很多|许多|好多|不少|好些|一些|若干|大量|众多|全体|全部|所有|一帮|一批|一群|全班|整个)"
                        "|.*(?:班组|小组|工班|班子|[工施]队|施工队|车间|工友|大家|大伙|们)$")
# Two and three said in one word, with who they are to each other before it, and families by their mouths.
_TOGETHER = re.compile("(?:夫妻|夫妇|父子|父女|母子|母女|兄弟|兄妹|姐妹|姐弟|弟兄|哥|姐|娘|爷|[我你他她咱]们?)?([俩仨])(?:个?人)?")
_FAMILY = re.compile(f"(?:[一全]家)([{_DIGITS}两十0-9]+)口(?:子|人)?")


def read_people(text: str) -> Reading[int]:
    """How many people a cell means: 27, 约20人, 几十人, 谭某等27人, 张三、李四 (counted), with the names given.

    Names are parted only at 、，, ; / and never at blanks or dots inside a name. Raises ``Unreadable``.
    """
    found = _read_or_why(text)
    if isinstance(found, Text):
        raise Unreadable(found)
    return found


@lru_cache(1024)  # a cell is read as names and as a number of people
def _read_or_why(text: str) -> Reading[int] | Text:
    """What the text says, or why it cannot be read; that is remembered as well, as most names are no number."""
    try:
        return _read(text)
    except Unreadable as why:
        return why.text


def _read(text: str) -> Reading[int]:
    said = narrow(text)
    if said.lower() in NOTHING_SAID:
        return Reading(None, UNKNOWN, text, NOT_KNOWN)
    if len(said) > 2000:
        raise Unreadable(NO_PEOPLE)
    before, others, number = said.rpartition("等")
    counted = _count(number)
    if counted:
        return _counted(text, _split_names(before) if others else (), number, *counted)
    if _NO_NUMBER.match(number):
        raise Unreadable(HOW_MANY)
    names = _split_names(re.sub("等人?$", "", said))
    if not names or re.search("[0-9]", said) or re.match(f"[数几{_DIGITS}两十百千]+(?:个|名|位|号|口|余|多|来|人)", number):
        raise Unreadable(NO_PEOPLE)
    if said.endswith(("等", "等人")):
        return Reading(None, ABOUT, text, SOME_PEOPLE.fill(names="、".join(names)), names=names)
    return Reading(len(names), EXACT, text, _people(len(names)), names=names)


def words_of(reading: Reading[int] | None) -> str:
    """The words of an approximate number, without the names before it; '' of an exact one."""
    if reading is None or reading.precision != APPROX:
        return ""
    about, core, after = _parts(narrow(reading.raw).rpartition("等")[2])
    return f"{about}{core}人{after}"


def title(name: str, count: int, words: str = "") -> str:
    """巴特尔, 巴特尔等12人, 巴特尔等几十人."""
    return name + (f"等{words or f'{count}人'}" if count > 1 else "")


def say(case: Any) -> Text:
    """How many workers a case, or a row of one, has: 12人; an approximate number in its own words."""
    words = case.as_told.get("headcount")
    if words:
        return Text(words, f"{ABOUT_PEOPLE.fill(count=case.headcount).en} ({words})")
    return _people(case.headcount)


def say_row(row: Any, case: Any) -> Text:
    """How many people one row of a case stands for; in the words in which it was said of this row."""
    told = case.as_told.get("headcount", "")
    if told and read_people(told).value == row.headcount:
        return Text(told, f"{ABOUT_PEOPLE.fill(count=row.headcount).en} ({told})")
    return _people(row.headcount)


def _people(count: int) -> Text:
    return ONE if count == 1 else PEOPLE.fill(count=count)


def split_title(said: str) -> tuple[str, str]:
    """The name in a title that ``title`` made, and 等… after it; a name may itself hold or be 等."""
    found = _TITLE.fullmatch(said)
    return (found["name"], found["rest"] or "") if found else (said, "")


def _counted(raw: str, names: tuple[str, ...], number: str, count: int, kind: str) -> Reading[int]:
    if not 1 <= count <= MOST_PEOPLE:
        raise Unreadable(NO_PEOPLE)
    if len(names) > count:
        raise Unreadable(FEWER_THAN_NAMED.fill(named=len(names), count=count))
    text = _people(count) if kind == EXACT else {APPROX: ABOUT_PEOPLE, ABOUT: AT_LEAST}[kind].fill(
        count=count, words=number)
    return Reading(count, EXACT if kind == EXACT else APPROX, raw, text, names=names)


def _count(said: str) -> tuple[int, str] | None:
    """The least number that the words mean, and whether they are exact, about a number, or only a range."""
    if len(said) > 40:
        return None
    if together := _TOGETHER.fullmatch(said):
        return {"俩": 2, "仨": 3}[together[1]], EXACT
    if family := _FAMILY.fullmatch(said):
        said = family[1]
    about, core, after = _parts(said)
    found = _least(core.replace("廿", "二十").replace("卅", "三十"))
    if found is None:
        return None
    count, kind = found
    return count, APPROX if kind == EXACT and (about or after) else kind


def _parts(said: str) -> tuple[str, str, str]:
    """约 before the number, the number, 左右 after it; what is counted (名工人) is left out."""
    before, after = _BEFORE.match(said), _AFTER.search(said)
    assert before and after  # both match the empty text
    core = said[before.end():after.start()].strip()
    return before["about"] or "", core, after["about"] or ""


def _least(core: str) -> tuple[int, str] | None:
    """27 · 30余, 二十来, 百余 · 十几, 几十, 上百 · 三四十, 七八 · 20-30."""
    if core in ("百十", "百十来"):
        return 100, ABOUT
    exact = _number(core)
    if exact is not None:
        return exact, EXACT
    if (found := re.fullmatch("(.+?) *[余多来]|[上成](.+)", core)) and (count := _number(found[1] or found[2])):
        return count, APPROX
    if found := re.fullmatch("(?:好|大)?[几数]([十百千]?)", core):
        return 2 * _UNITS[found[1]], ABOUT
    if (found := re.fullmatch("(.*[十百千])几(十?)", core)) and (count := _number(found[1])):
        return count + (20 if found[2] else 1), ABOUT
    if found := re.fullmatch(f"(.*十)?([{_DIGITS}两])([{_DIGITS}])([十百千]?)", core):
        return _between(*found.groups())
    if found := re.fullmatch("([0-9]{1,6})[-~～至到]([0-9]{1,6})", core):
        return (int(found[1]), ABOUT) if int(found[1]) < int(found[2]) else None
    return None


def _between(tens: str | None, low: str, high: str, unit: str) -> tuple[int, str] | None:
    """三四十 is 30 to 40, 十二三 12 to 13, 三五 3 to 5: two figures that follow one another, or nearly."""
    least, most = (numeral(one) or 0 for one in (low, high))
    base = _number(tens) if tens else 0
    if not 0 < most - least <= 2 or base is None or (tens and unit):
        return None
    return base + least * _UNITS[unit], ABOUT


def _number(said: str) -> int | None:
    """A numeral; a bare 百 or 千 is one of them."""
    count = numeral(re.sub("^(?=[百千])", "一", said)) if len(said) <= 8 else None
    return count if count else None


def _split_names(said: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split("[、,;/\n]", said) if name.strip())
