"""Rows as they are staged: one line of JSON each, from which the very same values come back."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from mediation.rules.imports.sheet import Row, Value

LONGEST = 4000  # characters that may be typed into one cell
READ: dict[str, Callable[[str], Value]] = {
    "s": datetime.fromisoformat, "d": date.fromisoformat, "t": time.fromisoformat,
    "l": lambda said: timedelta(seconds=float(said))}


def pack(values: Iterable[Value]) -> str:
    """The values of a row; what JSON has no word for goes with its kind."""
    return json.dumps([_packed(value) for value in values], ensure_ascii=False, separators=(",", ":"))


def _packed(value: Value) -> object:
    if value is None:
        return ""
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, timedelta):
        return ["l", str(value.total_seconds())]
    kind = "s" if isinstance(value, datetime) else "d" if isinstance(value, date) else "t"
    return [kind, value.isoformat()]


def unpack(number: int, packed: str, mended: Mapping[int, str] | None = None) -> Row:
    """A row as it was staged, corrected cells in their place."""
    values: list[Value] = [READ[value[0]](value[1]) if isinstance(value, list) else value
                           for value in json.loads(packed)]
    for place, text in (mended or {}).items():
        values += [""] * (place + 1 - len(values))
        values[place] = text
    return Row(number, tuple(values))
