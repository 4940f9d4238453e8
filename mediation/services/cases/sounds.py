"""How names are pronounced, as people type it into a search: 巴特尔 is found by bte and by bateer."""
from __future__ import annotations

import importlib
import itertools
import json
import os
import re
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

MOST_READINGS = 16  # of one name with several pronunciations
LONGEST_NAME = 12
SHORT_NAME = 6  # of longer ones the usual reading alone is spelled out
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
PHRASE = re.compile(r'"([^"]+)":\s*(\[(?:\s*\[[^\]]*\],?)*\s*\])')
BARE = {"PYPINYIN_NO_PHRASES": "1", "PYPINYIN_NO_DICT_COPY": "1"}  # as the library knows them while it is loaded


def initials(name: str) -> frozenset[str]:
    """First letters of the pronunciations of a name; each reading of a character counts."""
    return _sounds(_signs(name), "FIRST_LETTER", True)


def spelled(name: str) -> frozenset[str]:
    """A name as its sounds are written; of a short one each reading of a character counts."""
    signs = _signs(name)
    return _sounds(signs, "NORMAL", len(signs) <= SHORT_NAME)


def _signs(name: str) -> str:
    return "".join(HAN.findall(name))[:LONGEST_NAME]


@lru_cache(maxsize=2048)
def _sounds(signs: str, style: str, is_every_reading: bool) -> frozenset[str]:
    if len(signs) < 2:
        return frozenset()
    readings = itertools.chain.from_iterable(_readings(part, style, is_every_reading) for part in _parts(signs))
    return frozenset("".join(parts).lower() for parts in itertools.islice(itertools.product(*readings), MOST_READINGS))


@lru_cache(maxsize=512)  # asked for initials, and again as it is written
def _parts(signs: str) -> tuple[str, ...]:
    """The signs as the library parts them: known phrases, whose readings are certain, and single signs."""
    return tuple(pronunciations().seg.mmseg.seg.cut(signs))


@lru_cache(maxsize=4096)  # signs come again and again, names do not
def _readings(part: str, style: str, is_every_reading: bool) -> tuple[tuple[str, ...], ...]:
    library = pronunciations()
    found = library.pinyin(part, style=library.Style[style], heteronym=is_every_reading, errors="ignore")
    return tuple(map(tuple, found))


@cache
def pronunciations() -> ModuleType:
    """The library, loaded when a name is first written: readers never need it.

    Its 47,000 phrases are read here: as it reads them itself they are 600,000 objects and 40 MB, and its set of all
    their beginnings 20 MB more. It is given tables that answer as its own do.
    """
    before = {name: os.environ.get(name) for name in BARE}
    os.environ.update(BARE)
    try:
        library = importlib.import_module("pypinyin")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    phrases = Phrases(Path(str(library.__file__)).parent / "phrases_dict.json")
    for name in ("converter", "seg.simpleseg", "seg.mmseg"):  # each knows the phrases under a name of its own
        importlib.import_module(f"pypinyin.{name}").PHRASES_DICT = phrases  # type: ignore[attr-defined]
    importlib.import_module("pypinyin.seg.mmseg").seg._prefix_set = Beginnings(phrases)
    return library


class Phrases:
    """The phrases of the library's file in their order in one text, found by halving; the readings of their signs as
    numbers in a table, since there are only some 1,300 different ones. Some 3 MB in place of 60."""

    def __init__(self, path: Path) -> None:
        found = sorted(PHRASE.findall(path.read_text(encoding="utf-8")))
        numbers: dict[tuple[str, ...], int] = {}
        self._starts, self._first, self._numbers = array("I", [0]), array("I", [0]), array("H")
        for word, said in found:
            self._starts.append(self._starts[-1] + len(word))
            self._numbers.extend(numbers.setdefault(tuple(one), len(numbers)) for one in json.loads(said))
            self._first.append(len(self._numbers))
        self._words, self._readings = "".join(word for word, _said in found), list(numbers)
        self._begin: dict[str, range] = {}  # by the first sign, which some ten phrases share
        for place, (word, _said) in enumerate(found):
            self._begin[word[0]] = range(self._begin.get(word[0], range(place, place)).start, place + 1)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __contains__(self, word: str) -> bool:
        place = self.place(word)
        return place < len(self) and self.word(place) == word

    def __getitem__(self, word: str) -> list[list[str]]:
        place = self.place(word)
        if place == len(self) or self.word(place) != word:
            raise KeyError(word)
        return [list(self._readings[number]) for number in self._numbers[self._first[place]:self._first[place + 1]]]

    def has_sign(self, sign: str) -> bool:
        """Whether a phrase begins with a sign."""
        return sign in self._begin

    def word(self, place: int) -> str:
        return self._words[self._starts[place]:self._starts[place + 1]]

    def place(self, word: str) -> int:
        """The place of the first phrase that does not come before this one."""
        among = self._begin.get(word[:1])
        if among is None:
            return bisect_left(range(len(self)), word, key=self.word)
        return among.start + bisect_left(among, word, key=self.word)


class Beginnings:
    """What some phrase begins with, itself included."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def __contains__(self, beginning: str) -> bool:
        if len(beginning) < 2 or not self._phrases.has_sign(beginning[0]):
            return self._phrases.has_sign(beginning)
        place = self._phrases.place(beginning)
        return place < len(self._phrases) and self._phrases.word(place).startswith(beginning)
