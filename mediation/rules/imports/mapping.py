"""Which column of a file is which fact: proposed from the headings, mended by people, kept and brought back as JSON.

The file of ``--mapping``::

    {"columns": [{"heading": "涉案金额", "field": "claimed_fen", "unit": "万元"}, {"column": 3, "field": "left"}, …],
     "fold": "number", "currency": "CNY", "dates": "mdy", "heading": [2, 3], "table": "2025年",
     "given": {"source": "综治中心"}, "words": {"outcome": {"办了": "AGREED"}}}

``columns`` name a column by its heading (levels joined by " / ") or its number from 1; ``field`` is a key of
``fields.FIELDS``, "" keeps the column as it is told, "left" passes it over; ``unit``: 元, 千元, 万元. Everything else may
be missing. ``fold``: rows with the same words in this field are one case. ``dates``: what stands first in 03/04/2025.
``given``: what holds for every row that does not say it. ``words``: what cells mean, by field and code.
"""
from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mediation.rules.imports import cells, codes, fields
from mediation.rules.imports.fields import FIELDS, LEFT
from mediation.rules.imports.headings import Layout
from mediation.rules.imports.sheet import Row
from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable, narrow

ALSO = Text("“{heading}”和“{other}”都像是{field}，请选：这一列是什么",
            "“{heading}” and “{other}” both look like: {field}. What is it?")
KEPT_AS_TOLD = Text("“{heading}”也像是{field}；{field}按“{other}”一列记，这一列照原样记在案情里。不对就在这里改，或写进对应表",
                    "“{heading}” looks like {field} too, which “{other}” is taken for; this column is kept as told. "
                    "If that is wrong, choose here or in a mapping")
JOINED = Text("“{heading}”和“{other}”都像是{field}，两列合在一起记。不对就在这里改，或写进对应表",
              "“{heading}” and “{other}” both look like {field}; the two are joined. If that is wrong, choose here or "
              "in a mapping")
WHICH_UNIT = Text("“{heading}”里有大有小，单位是元还是万元？请在表头写明，或者选单位",
                  "“{heading}” holds large and small numbers: yuan or ten thousands?")
NO_JSON = Text("对应表不是 JSON：{why}", "The mapping is no JSON: {why}")
NOT_IN_IT = Text("对应表里的“{what}”不认识：{said}", "The mapping has an unknown {what}: {said}")
NO_FIT = Text("对应表里的列这个文件一列也没有", "The file has none of the columns of the mapping")
NTH = "第{n}列"
LIKE_A_NUMBER = re.compile("(?=.*[0-9]).{6,}")  # of a case; 编号 is often only 1, 2, 3
ORDERS = ("", "mdy", "dmy")
SEVERAL = frozenset({"text", "left", "name"})  # kinds of which several columns may be one fact


@dataclass(frozen=True)
class Target:
    """One column and its fact. ``field`` '' keeps it as told under its heading; ``question`` where it is unsure, or
    where another column could be the same fact."""

    place: int
    heading: str
    field: str = ""
    unit: str = ""
    is_sure: bool = True
    question: Text | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """All columns of a file, and what holds for all of its rows; see the head of this module."""

    columns: tuple[Target, ...]
    fold: str = ""
    currency: str = ""
    dates: str = ""
    given: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    heading: tuple[int, ...] = ()
    table: str = ""

    @property
    def questions(self) -> list[Target]:
        """The columns that somebody has to settle."""
        return [target for target in self.columns if target.question and not target.is_sure]

    @property
    def remarks(self) -> list[Target]:
        """The columns that somebody should look at, since they might be meant otherwise."""
        return [target for target in self.columns if target.question and target.is_sure]

    def to_json(self) -> str:
        """As it is kept and as ``from_json`` takes it."""
        told: dict[str, object] = {"columns": [
            {name: value for name, value in (("column", one.place + 1), ("heading", one.heading), ("field", one.field),
                                             ("unit", one.unit)) if value or name == "field"} for one in self.columns]}
        for name in ("fold", "currency", "dates", "given", "words", "heading", "table"):
            if value := getattr(self, name):
                told[name] = value
        return json.dumps(told, ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> Mapping:
        """Raises ``Unreadable`` with what is wrong."""
        try:
            told = json.loads(text)
        except ValueError as why:
            raise Unreadable(NO_JSON.fill(why=str(why)[:80])) from None
        if not isinstance(told, dict) or not isinstance(told.get("columns"), list):
            raise Unreadable(NOT_IN_IT.fill(what="columns", said=type(told).__name__))
        if unknown := set(told) - set(_SHAPES):
            raise Unreadable(NOT_IN_IT.fill(what="key", said="、".join(sorted(unknown))))
        for name, kind in _SHAPES.items():
            if name in told and not isinstance(told[name], kind):
                raise Unreadable(NOT_IN_IT.fill(what=name, said=str(told[name])[:60]))
        found = Mapping(tuple(_target(n, one) for n, one in enumerate(told["columns"])), told.get("fold", ""),
                        told.get("currency", ""), told.get("dates", ""), dict(told.get("given", {})),
                        {key: dict(value) for key, value in told.get("words", {}).items() if isinstance(value, dict)},
                        tuple(row for row in told.get("heading", []) if isinstance(row, int)), told.get("table", ""))
        _refuse_unknown(found)
        return found


_SHAPES: dict[str, type] = {"columns": list, "fold": str, "currency": str, "dates": str, "given": dict, "words": dict,
                            "heading": list, "table": str}


def _target(n: int, told: object) -> Target:
    if not isinstance(told, dict) or not {"heading", "column"} & set(told):
        raise Unreadable(NOT_IN_IT.fill(what="columns", said=str(told)[:60]))
    number = told.get("column", 0)
    place = number - 1 if isinstance(number, int) and number > 0 else -1
    found = Target(place, str(told.get("heading", "")), str(told.get("field", "")), str(told.get("unit", "")))
    if found.field and found.field not in FIELDS:
        raise Unreadable(NOT_IN_IT.fill(what="field", said=found.field[:60]))
    if found.unit and found.unit not in fields.UNITS:
        raise Unreadable(NOT_IN_IT.fill(what="unit", said=found.unit[:60]))
    return replace(found, unit=fields.UNITS.get(found.unit, ""))


def _refuse_unknown(found: Mapping) -> None:
    for what, said, known in (("fold", found.fold, ("", *FIELDS)), ("dates", found.dates, ORDERS)):
        if said not in known:
            raise Unreadable(NOT_IN_IT.fill(what=what, said=said[:60]))
    for key in (*found.given, *found.words):
        if key not in FIELDS:
            raise Unreadable(NOT_IN_IT.fill(what="field", said=key[:60]))
    for key, table in found.words.items():
        vocabulary = codes.VOCABULARIES.get(key, {})
        for code in table.values():
            if code not in vocabulary:
                raise Unreadable(NOT_IN_IT.fill(what=f"words.{key}", said=str(code)[:60]))


# Proposing --------------------------------------------------------------------------------------------------------

def propose(layout: Layout, extra: Map[str, str] | None = None, sample: Sequence[Row] = ()) -> Mapping:
    """What the headings mean. ``extra``: headings that the office has added, with their fields; ``sample``: first rows
    of data, which tell the order of days and whether a sum may be in another unit."""
    texts = {column.place: [text for row in sample if (text := row.text(column.place).strip())]
             for column in layout.columns}
    found = [(column, Target(column.place, column.label or NTH.format(n=column.place + 1),
                             fields.find(column.names, extra), column.unit if column.unit != "元" else ""))
             for column in layout.columns if column.path or texts[column.place] or not sample]
    taken: dict[str, Target] = {}
    for _column, target in sorted(found, key=lambda pair: not fields.is_own(pair[1].heading, pair[1].field)):
        taken.setdefault(target.field, target)
    columns = tuple(_settled(target, taken, texts[column.place], column.unit) for column, target in found)
    return Mapping(columns, _fold(taken, sample), fields.currency_of(" ".join(one.heading for one in columns)),
                   _order(columns, sample), heading=layout.heading, table=layout.table)


def _settled(target: Target, taken: Map[str, Target], texts: Sequence[str], unit: str) -> Target:
    """A second column for one fact is asked about, unless the first bears the very name of the fact: then it is kept as
    told, and said to be. Words of several columns are joined, and said to be. A sum whose unit its own numbers leave
    open is asked about."""
    if not target.field:
        return replace(target, unit="")
    row, first = FIELDS[target.field], taken[target.field]
    if first is not target and (other := fields.own(target.heading)) not in ("", *taken):
        return replace(target, field=other, unit="")
    if first is not target:
        said = {"heading": target.heading, "other": first.heading, "field": row.label}
        if row.kind in SEVERAL:
            return replace(target, unit="", question=JOINED.fill(**said))
        if fields.is_own(first.heading, first.field) and not fields.is_own(target.heading, target.field):
            return replace(target, field="", unit="", question=KEPT_AS_TOLD.fill(**said))
        return replace(target, field="", unit="", is_sure=False, choices=(target.field, "", LEFT),
                       question=ALSO.fill(**said))
    if row.kind != "fen":
        return replace(target, unit="")
    if not unit and _is_mixed(texts):
        return replace(target, is_sure=False, choices=(target.field, "", LEFT),
                       question=WHICH_UNIT.fill(heading=target.heading))
    return target


def _is_mixed(texts: Sequence[str]) -> bool:
    """Whether bare numbers of a sum are partly like yuan (36000), partly like ten thousands (3.6)."""
    bare = (narrow(text).replace(",", "") for text in texts)
    said = [words for words in bare if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]+)?", words)]
    numbers = [float(words) for words in said]
    small = [number for words, number in zip(said, numbers, strict=True) if number != int(number) and (
        number < 100 or (number < 1000 and re.search(r"\.[0-9]$", words)))]  # 350.5 is no sum that is paid in yuan
    return bool(small) and len(small) * 10 >= len(numbers) and max(numbers, default=0) >= 1000


def _fold(taken: Map[str, Target], sample: Sequence[Row]) -> str:
    """Rows are parts of one case where each has a number of its own besides the case's, or where that repeats."""
    number = taken.get("number")
    if number is None:
        return ""
    seen = Counter(text for row in sample if LIKE_A_NUMBER.fullmatch(text := row.text(number.place).strip()))
    return "number" if "line_number" in taken or max(seen.values(), default=0) > 1 else ""


def _order(columns: Sequence[Target], sample: Sequence[Row]) -> str:
    """The order of days with strokes, where one of them can be read in one order only."""
    places = [one.place for one in columns if one.field and FIELDS[one.field].kind == "day"]
    days = (cells.STROKES.fullmatch(narrow(row.text(place))) for row in sample for place in places)
    found = {"dmy" if int(day[1]) > 12 else "mdy" for day in days if day and max(int(day[1]), int(day[2])) > 12}
    return found.pop() if len(found) == 1 else ""


# A kept mapping on another file -----------------------------------------------------------------------------------

def fit(mapping: Mapping, layout: Layout) -> Mapping:
    """A kept mapping on the columns of this file, by headings, else by numbers; columns that it does not name are kept
    as told. Raises ``Unreadable`` where none fits."""
    by_heading: dict[str, Target] = {}
    for one in mapping.columns:
        for said in (fields.plain(one.heading), fields.bare(one.heading)):
            by_heading.setdefault(said, one)
    by_place = {one.place: one for one in mapping.columns if one.heading in ("", NTH.format(n=one.place + 1))}
    columns, found = [], 0
    for column in layout.columns:
        known = next((by_heading[said] for said in (fields.plain(column.label), fields.bare(column.label), *map(
            fields.plain, column.names)) if said in by_heading), by_place.get(column.place))
        found += known is not None
        heading = column.label or NTH.format(n=column.place + 1)
        unit = known.unit or (column.unit if column.unit != "元" else "") if known else ""
        columns.append(Target(column.place, heading, known.field if known else "", unit if known and known.field in
                              fields.SUMS else ""))
    if not found:
        raise Unreadable(NO_FIT)
    return replace(mapping, columns=tuple(columns), heading=layout.heading, table=layout.table)


def choose(mapping: Mapping, chosen: Map[int, str], units: Map[int, str] | None = None) -> Mapping:
    """What somebody chose for columns, by their places; every column is sure then."""
    columns = tuple(replace(one, field=chosen.get(one.place, one.field), unit=(units or {}).get(one.place, one.unit),
                            is_sure=True, question=None) for one in mapping.columns)
    return replace(mapping, columns=columns)


def explained(mapping: Mapping) -> dict[str, str]:
    """The headings that the product did not know by itself, with what they were said to be."""
    return {heading: one.field for one in mapping.columns
            if one.field and (heading := one.heading.replace(" / ", "")) and not one.heading.startswith("第")
            and fields.find([heading]) != one.field}


def fingerprint(layout: Layout) -> str:
    """The same for files with the same headings, whatever stands above them, however they are spaced."""
    labels = [fields.plain(column.label) for column in layout.columns if column.path]
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()
