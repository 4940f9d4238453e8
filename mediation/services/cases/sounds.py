"""How names are pronounced, as people type it into a search: 巴特尔 is found by bte and by bateer."""
from __future__ import annotations

import importlib
import itertools
import json
import os
import re
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
    library = pronunciations()
    readings = library.pinyin(signs, style=library.Style[style], heteronym=is_every_reading, errors="ignore")
    return frozenset("".join(parts).lower() for parts in itertools.islice(itertools.product(*readings), MOST_READINGS))


@cache
def pronunciations() -> ModuleType:
    """The library, loaded when a name is first written: readers never need it.

    Its 47,000 phrases are read here: as it reads them itself they are 600,000 objects and 40 MB, though there are only
    some 1,300 different readings.
    """
    before = {name: os.environ.get(name) for name in BARE}
    os.environ.update(BARE)
    try:
        library = importlib.import_module("pypinyin")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    library.load_phrases_dict(_phrases(Path(str(library.__file__)).parent / "phrases_dict.json"))
    return library


def _phrases(path: Path) -> dict[str, list[list[str]]]:
    """The phrases of the library's file with the readings of each sign; the same reading is the same list."""
    shared: dict[str, list[str]] = {}
    whole: dict[str, list[list[str]]] = {}
    for found in PHRASE.finditer(path.read_text(encoding="utf-8")):
        whole[found[1]] = [shared.setdefault("|".join(reading), reading) for reading in json.loads(found[2])]
    return whole
