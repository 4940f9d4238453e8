"""Sums in the words of speech and of cheques: 两万, 1万2, 九万八, 三千五, 一百零五块, 贰万壹仟元整.

A last digit without a unit counts the unit below: 九万八 is 98,000 and 三百二 is 320, as people say them; after 零 it
counts ones. What can be heard in two ways (1万25, 两三万) is not read.
"""
from __future__ import annotations

import re

_PLAIN = str.maketrans("〇○两壹贰叁肆伍陆柒捌玖拾佰仟萬億圆塊", "零零二一二三四五六七八九十百千万亿元块")
_DIGIT = "[0-9一二三四五六七八九]"
# Below ten thousand: 三千五百二十一, 三千零五, 十二; or two, three, four figures.
_BELOW = rf"(?:{_DIGIT}千)?零?(?:{_DIGIT}百)?零?(?:{_DIGIT}?十)?零?{_DIGIT}?"
_SUM = re.compile(rf"(?:(?P<yi>(?!亿){_BELOW}|[0-9]{{2,4}})亿)?(?:(?P<wan>(?!万)零?{_BELOW}|[0-9]{{2,4}})万)?"
                  rf"(?P<rest>{_BELOW}|[0-9]{{3,4}})"
                  rf"(?:元|块钱?)?零?(?:(?P<jiao>{_DIGIT})[角毛])?零?(?:(?P<fen>{_DIGIT})分)?[整正]?")
_TENS = (("千", 1000), ("百", 100), ("十", 10))


def spoken_fen(text: str) -> int | None:
    """The sum in fen that ``text`` says in words; None when it is none, or not certain."""
    said = text.translate(_PLAIN)
    found = _SUM.fullmatch(said)
    if not found or not re.search("[千百十万亿角毛]|[一二三四五六七八九][元分]|^零元", said):
        return None
    rest = found["rest"]
    over = {"亿": 10_000_000, "万": 1_000}.get(said[found.start("rest") - 1] if found.start("rest") else "", 0)
    if re.fullmatch(_DIGIT, rest) and over:
        yuan = _digit(rest) * over
    else:
        yuan = _below(rest)
    yuan += _below(found["yi"] or "") * 10**8 + _below(found["wan"] or "") * 10**4
    return yuan * 100 + _digit(found["jiao"]) * 10 + _digit(found["fen"])


def _below(word: str) -> int:
    """A number below ten thousand; a last digit right after a unit counts tenths of that unit."""
    if re.fullmatch("[0-9]+", word):
        return int(word)
    total, ones = 0, 1
    for unit, worth in _TENS:
        before, sign, after = word.rpartition(unit)
        if sign:
            total += (_digit(before.lstrip("零")) or 1) * worth
            word, ones = after, 1 if worth == 10 else worth // 10
    if word.startswith("零"):
        word, ones = word.lstrip("零"), 1
    return total + _digit(word) * ones


def _digit(character: str | None) -> int:
    return 0 if not character else int(character) if character.isascii() else "零一二三四五六七八九".index(character)
