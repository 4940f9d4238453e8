"""In what a union reckons: one currency for all its sums, so that no two are ever added (practice.md 2.1)."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from mediation.rules.language import UNIT, Text, Word, vocabulary
from mediation.rules.money.amounts import print_yuan

YUAN = "CNY"
CURRENCIES = vocabulary(
    Word("CNY", "人民币", "Chinese yuan"), Word("USD", "美元", "US dollars"), Word("EUR", "欧元", "euros"),
    Word("HKD", "港元", "Hong Kong dollars"), Word("RUB", "卢布", "Russian roubles"),
    Word("MNT", "图格里克", "Mongolian tugriks"), Word("JPY", "日元", "Japanese yen"))
SEVERAL = Text("这里的工会用几种货币（{codes}），金额不能相加：请选一个站点",
               "The unions here have several currencies ({codes}), which are never added: choose one station")
OTHER_UNIT = Text("这里的金额都是{unit}，写的是另一种货币：请换算后再填",
                  "Sums are in {unit} here, another currency is written: convert it first")
WORDS = re.compile("人民币|￥|¥|元|圆|块")
# How each is written beside a sum; the longer name goes before a shorter one in it: 美元 before 元, HK$ before $.
NAMES: dict[str, tuple[str, ...]] = {
    "CNY": ("人民币", "CNY", "RMB", "￥", "¥", "元", "圆", "块"), "USD": ("美元", "USD", "US$", "$"),
    "EUR": ("欧元", "EUR", "€"), "HKD": ("港元", "港币", "HKD", "HK$"), "RUB": ("卢布", "RUB", "₽"),
    "MNT": ("图格里克", "MNT", "₮"), "JPY": ("日元", "JPY", "円")}
_BY_NAME = {name: code for code, names in NAMES.items() for name in names}
ANY_NAME = "|".join(map(re.escape, sorted(_BY_NAME, key=len, reverse=True)))
_NAME = re.compile(ANY_NAME, re.I)


# The currency at hand --------------------------------------------------------------------------------------------


def use(code: str) -> None:
    """From here on, 元 in what is said is the word of this currency: the station of the reader, or of a case."""
    UNIT.set(None if code == YUAN else CURRENCIES.get(code))


def at_hand() -> str:
    unit = UNIT.get()
    return YUAN if unit is None else unit.code


@contextmanager
def used(code: str) -> Iterator[None]:
    """The same for as long as something is said of one station."""
    before = UNIT.get()
    use(code)
    try:
        yield
    finally:
        UNIT.set(before)


def unit() -> Text:
    """The word behind a sum."""
    word = UNIT.get()
    return Text("元", "yuan") if word is None else Text(word.zh, word.en)


def said(fen: int, code: str, language: str) -> str:
    """A sum in a list: of another currency than the one at hand with its word, and 元 for the yuan among others."""
    if code == at_hand():
        return print_yuan(fen)
    word = Text("元", "yuan") if code == YUAN else CURRENCIES.get(code, Word(code, code, code))
    return f"{print_yuan(fen)} {word.say(language)}"


def named(fen: int, code: str) -> str:
    """A sum with the word of its currency, in Chinese: 1,200.00元, 1,200.00美元."""
    return print_yuan(fen) + ("元" if code == YUAN or code not in CURRENCIES else CURRENCIES[code].zh)


class Purse(dict[str, int]):
    """Sums by currency: what is added stays with its own."""

    def say(self, language: str) -> str:
        """The others with their words, then the one at hand bare, so that whatever stands behind it is its unit."""
        here = at_hand()
        others = [said(fen, code, language) for code, fen in sorted(self.items()) if code != here and fen]
        own = self.get(here, 0)
        return ("、" if language == "zh" else ", ").join([*others, print_yuan(own)]) if others else print_yuan(own)


def purse(sums: Iterable[tuple[str, int]]) -> Purse:
    """Sums of cases added up, each to its currency."""
    found = Purse()
    for code, fen in sums:
        found[code] = found.get(code, 0) + fen
    return found


# Typed and on paper ----------------------------------------------------------------------------------------------


def bare(typed: str) -> str | None:
    """What was typed without the word or sign of the currency at hand; None where it names the yuan instead."""
    word = UNIT.get()
    if word is None:
        return typed
    rest = without_own(typed)
    return None if WORDS.search(rest) else rest.strip()


def without_own(words: str) -> str:
    """The same without the names of the currency at hand."""
    return _NAME.sub(lambda found: "" if _BY_NAME[found[0].upper()] == at_hand() else found[0], words)


def bare_of_names(words: str) -> str:
    """The same without the name of any currency."""
    return _NAME.sub("", words).strip()


def names_other(words: str) -> bool:
    """Whether words name another currency than the one at hand."""
    return any(_BY_NAME[found.upper()] != at_hand() for found in _NAME.findall(words))


def on_paper(text: str, code: str) -> str:
    """A wording for a station in another currency: its word for 元; capitals, which are the yuan's, left out."""
    if code == YUAN or code not in CURRENCIES:
        return text
    word = CURRENCIES[code].zh
    text = re.sub(r"（大写：\{+[^{}]*大写\}+）", "", text)
    text = re.sub(r"大写：\{+[^{}]*大写\}+|\{[^{}]*大写\}", "", text).replace("| 大写 |", "| |")
    return re.sub(r"(?<=[}_])元|(?<=（)元(?=）)", word, text.replace("人民币{", "{"))
