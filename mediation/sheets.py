"""Tables that ship with the product: comma-separated files in ``mediation/data``."""
from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from mediation.rules.workdays import Calendar

DATA = Path(__file__).parent / "data"


def load_table(name: str) -> list[dict[str, str]]:
    """The rows of ``data/<name>.csv`` as dictionaries by heading; FileNotFoundError when there is none."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def shipped_calendar() -> Calendar:
    """The working-day calendar of the years that ship with the product."""
    return Calendar.from_rows(load_table("holidays"))
