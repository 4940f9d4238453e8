"""Sounds of names: the tables that the library is given answer as its own do."""
from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

from mediation.services.cases import sounds

EACH = 50  # of so many phrases one is pronounced whole, with the next one behind it
BY_ITSELF = """
import json, sys, pypinyin
words = json.load(sys.stdin)
json.dump([pypinyin.pinyin(word, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore") for word in words], sys.stdout)
"""


def test_every_phrase_is_read_as_the_library_reads_it():
    library = sounds.pronunciations()
    path = Path(library.__file__).parent / "phrases_dict.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    phrases = sounds.Phrases(path)
    assert len(phrases) == len(known) > 40_000
    assert all(word in phrases and phrases[word] == readings for word, readings in known.items())
    assert not [word for word in ("", "巴特", "𠮷", "一" * 20, "龥龥") if (word in phrases) != (word in known)]
    beginnings, own = sounds.Beginnings(phrases), {word[:n + 1] for word in known for n in range(len(word))}
    assert all(one in beginnings for one in own)
    assert not [one for one in {word[n:] + word[:n] for word in known for n in (1, 2)} if (one in beginnings) != (one in own)]


def test_names_are_pronounced_as_by_the_library_alone():
    library = sounds.pronunciations()
    path = Path(library.__file__).parent / "phrases_dict.json"
    words = list(json.loads(path.read_text(encoding="utf-8")))
    asked = [*map("".join, zip(words[::EACH], words[1::EACH], strict=False)), "巴特尔", "重庆长乐", "阿不都热合曼", "单于", "𠮷田"]
    done = subprocess.run([sys.executable, "-c", BY_ITSELF], input=json.dumps(asked), capture_output=True, text=True, check=True)
    assert [library.pinyin(word, style=library.Style.NORMAL, heteronym=True, errors="ignore") for word in asked] == json.loads(
        done.stdout)


def test_a_name_sounds_the_same_in_parts_as_in_one():
    library = sounds.pronunciations()
    path = Path(library.__file__).parent / "phrases_dict.json"
    words = list(json.loads(path.read_text(encoding="utf-8")))
    names = ["巴特尔", "重庆", "单于", "曾参", "长乐未央", *(first[-1] + word[:3] for first, word in zip(words[::EACH], words[7::EACH], strict=False))]
    for name in names:
        for style, said in (("FIRST_LETTER", sounds.initials(name)), ("NORMAL", sounds.spelled(name))):
            whole = library.pinyin(name, style=library.Style[style], heteronym=True, errors="ignore")
            every = {"".join(parts).lower() for parts in itertools.product(*whole)}
            assert said == every if len(every) <= sounds.MOST_READINGS else said < every, name


def test_a_name_is_found_by_initials_and_by_what_is_typed():
    assert sounds.initials("重庆长乐") >= {"cqcl"} and sounds.spelled("巴特尔") == {"bateer"}
    assert {"sy", "dy", "cy"} & sounds.initials("单于")
