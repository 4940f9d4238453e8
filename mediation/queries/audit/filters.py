"""What the address of a list of the books asks for: choices from vocabularies, a period, where the page begins."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.reading import read_key


@dataclass(frozen=True)
class Filters:
    """The filters that every list of the books has; each list adds its own."""

    state: str = "open"
    station: str = ""
    period: Span = reporting.ALL_TIME
    after: int = 0


Wanted = TypeVar("Wanted", bound=Filters)


def read(empty: Wanted, given: Mapping[str, str], choices: Mapping[str, Mapping[str, Word]]) -> Wanted:
    """The filters of an address; raises Refused with every problem."""
    problems: list[Problem] = []
    chosen: dict[str, Any] = {"after": read_key(given.get("after")) or 0}
    for name, table in choices.items():
        said = given.get(name, "")
        if said and said not in table:
            problems.append(Problem(name, Text("没有“{said}”", "There is no '{said}'").fill(said=said[:40])))
        elif said:
            chosen[name] = said
    try:
        chosen["period"] = reporting.read_period(given.get("period", ""))
    except Refused as refusal:
        problems += refusal.problems
    if problems:
        raise Refused(problems)
    return replace(empty, **chosen)
