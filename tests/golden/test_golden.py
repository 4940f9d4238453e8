"""The golden county gives the figures, cells, digests, addresses and commands that are recorded."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import pytest
from flask import Flask

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.house import checks, digests
from mediation.rules import words
from tests import house
from tests.golden import county, record
from tests.golden.differences import DIFFERENCES, Difference

MOST_SHOWN = 40
AGAIN = "If all of this is meant, list it in tests/golden/differences.py, or record anew: python -m tests.golden.record"
Line = tuple[str, str]  # path of keys, what stands there


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Flask:
    """The product over the golden county; the tests of this module change nothing in it."""
    folder = tmp_path_factory.mktemp("golden")
    made = house.make_app(folder)
    county.build(made, folder)
    return made


@pytest.fixture(scope="module")
def made(built: Flask) -> dict[str, record.Data]:
    return record.collect(built)


@pytest.mark.parametrize("name", record.MAKERS)
def test_the_county_is_as_recorded(made, name):
    gone, come = compared(record.read(name), made[name])
    listed = [row for row in DIFFERENCES if row.file == name]
    unlisted = [f"- {path}: {text}" for path, text in gone if not _is_listed(path, listed)]
    unlisted += [f"+ {path}: {text}" for path, text in come if not _is_listed(path, listed, text)]
    unlisted.sort(key=lambda line: (line[2:].partition(": ")[0], line[0] == "+"))
    assert not unlisted, "\n".join([f"{len(unlisted)} lines of {name} differ", *unlisted[:MOST_SHOWN], AGAIN])


def test_every_listed_difference_is_one(made):
    for row in DIFFERENCES:
        gone, come = compared(record.read(row.file), made[row.file])
        assert any(fnmatchcase(path, row.path) for path, _text in [*gone, *come]), f"does not differ any more: {row}"


def test_rows_and_journal_of_the_county_agree(built):
    with built.app_context():
        assert (checks.run(), digests.verify()) == ([], [])
        assert set(db.session.scalars(db.select(Case.outcome).distinct())) == {"", *words.OUTCOMES}
        db.session.remove()


def test_a_difference_is_found_and_named():
    before = {"a": {"x": "1", "rows": ["r1", "r2"]}, "b": "same"}
    after = {"a": {"x": "2", "rows": ["r2", "r3"]}, "b": "same"}
    assert compared(before, after) == ([("a/rows", "r1"), ("a/x", "1")], [("a/rows", "r3"), ("a/x", "2")])
    assert compared({"a": ["r1", "r2"]}, {"a": ["r2", "r1"]}) == ([], [("a", "in another order")])
    listed = [Difference("f", "a/*", "why", now="2")]
    assert _is_listed("a/x", listed) and _is_listed("a/x", listed, "2 fen") and not _is_listed("a/x", listed, "3 fen")
    assert not _is_listed("b", listed)


def compared(before: object, after: object) -> tuple[list[Line], list[Line]]:
    """The lines that are gone and those that came, sorted; lists of the same lines in another order are said so."""
    old, new = list(_lines("", before)), list(_lines("", after))
    gone, come = sorted((Counter(old) - Counter(new)).elements()), sorted((Counter(new) - Counter(old)).elements())
    if not gone and not come and old != new:
        come = [(path, "in another order") for path in sorted({path for path, _text in old})
                if _at(path, old) != _at(path, new)]
    return gone, come


def _lines(path: str, data: object) -> Iterator[Line]:
    if isinstance(data, dict):
        for key in sorted(data):
            yield from _lines(f"{path}/{key}" if path else key, data[key])
    elif isinstance(data, list):
        yield from ((path, str(text)) for text in data)
    else:
        yield path, str(data)


def _at(path: str, lines: Iterable[Line]) -> list[str]:
    return [text for where, text in lines if where == path]


def _is_listed(path: str, listed: Iterable[Difference], now: str | None = None) -> bool:
    return any(fnmatchcase(path, row.path) and (now is None or row.now in now) for row in listed)
