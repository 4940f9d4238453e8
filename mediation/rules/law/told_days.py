"""Days of facts as they are typed on the command line: ``received=2026-09-30``, repeatable."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law.limits import FACTS

UNKNOWN_FACT = Text("没有这个事实：{name}。可用：{known}", "Unknown fact {name}. Known: {known}")
UNREADABLE_DAY = Text("{name}：“{day}”不是 2026-09-30 这样的日期", "{name}: '{day}' is not a date like 2026-09-30")
FARAWAY_DAY = Text("{name}：{day}太远，只算{first}年至{last}年的日子",
                   "{name}: {day} is too far off; only days from {first} to {last} are reckoned")
YEARS = (1900, 2100)  # as the pages read them


def read_facts(pairs: Iterable[str]) -> dict[str, list[date]]:
    """Facts from ``name=2026-09-30`` as typed on the command line; Refused names all that cannot be read."""
    return read_days(pairs, FACTS, UNKNOWN_FACT)


def read_days(pairs: Iterable[str], known: Collection[str], unknown: Text) -> dict[str, list[date]]:
    """Days by name from ``name=2026-09-30``; the names are those of ``known``."""
    facts: dict[str, list[date]] = {}
    problems = []
    for pair in pairs:
        name, _, day = pair.partition("=")
        if name not in known:
            problems.append(Problem("fact", unknown.fill(name=name, known=", ".join(known))))
            continue
        try:
            on = date.fromisoformat(day.strip())
        except ValueError:
            problems.append(Problem("fact", UNREADABLE_DAY.fill(name=name, day=day)))
            continue
        if not YEARS[0] <= on.year <= YEARS[1]:
            problems.append(Problem("fact", FARAWAY_DAY.fill(name=name, day=on, first=YEARS[0], last=YEARS[1])))
        facts.setdefault(name, []).append(on)
    if problems:
        raise Refused(problems)
    return facts
