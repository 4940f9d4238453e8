"""Returns: their lines with the rows behind them, and the sums that must agree, with the rows at fault where not."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from mediation.queries.cases import case_filters
from mediation.queries.figures import reckoning, scopes
from mediation.queries.figures.reckoning import Book, Report, Value
from mediation.queries.figures.scopes import Scope
from mediation.rules.access import Actor
from mediation.rules.figures import returns as rules
from mediation.rules.figures.catalogue import Figure
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.law.workdays import add_months

NO_RETURN = Text("没有这张报表：{name}；可用：{known}", "There is no return {name}; use {known}")
OPEN_END = Text("报表要有起止的期间，例如 2026Q3", "A return needs a period with both ends, for example 2026Q3")


class Check(NamedTuple):
    """Two sums that must agree."""

    label: Text
    left: int
    right: int
    href: str  # the rows at fault

    @property
    def is_right(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True)
class Return(Report):
    """A report whose lines are checked against each other."""

    checks: tuple[Check, ...] = ()


class Line(NamedTuple):
    """A line: row set (``.n`` for a sum), unit, label, formula."""

    side: str
    unit: str
    label: Text
    formula: Text


def _line(side: str, unit: str, zh: str, en: str, formula_zh: str = "", formula_en: str = "") -> Line:
    return Line(side, unit, Text(zh, en), Text(formula_zh, formula_en))


def _each(prefix: str, table: Mapping[str, Word | Text], how: Text) -> tuple[Line, ...]:
    return tuple(Line(f"{prefix}_{code}", "case", Text(f"　{word.zh}", f"— {word.en}"), how)
                 for code, word in table.items())


ACCEPTED = _line("accepted", "case", "当期受理案件总数", "Cases accepted", "期间内受理（重复并案的不计）",
                 "accepted in the period (duplicates are not counted)")
CONCLUDED = _line("concluded", "case", "调解结案数", "Cases concluded",
                  "期间内有结果（未受理、不愿、联系不上、重复的不计）",
                  "with an outcome in the period (never accepted, refused, not found, duplicates are left out)")
OPENING = _line("opening", "case", "上期未结", "Pending at the opening", "期间开始前已受理、没有结果的",
                "accepted before the period and without an outcome then")
PENDING = _line("pending", "case", "期末未结", "Pending at the end", "到期末（或截止日）已受理、没有结果的",
                "accepted and without an outcome at the end of the period (or the cut-off)")
GROUP = _line("group_cases", "case", "其中集体争议", "Of these group disputes", "受理案件中标为群体的", "marked as group")
WORKERS = _line("accepted_workers.n", "person", "涉及劳动者人数", "Workers", "受理案件人数之和", "persons in them")
GROUP_WORKERS = _line("group_workers.n", "person", "其中集体争议人数", "Of these in group disputes",
                      "群体案件人数之和", "persons in group disputes")
CLAIMED = _line("claimed.n", "fen", "涉案金额", "Sum at issue", "受理案件的诉求金额之和", "sums claimed in them")
BY_REASON = _each("reason", rules.REASONS, Text("按主要原因，一案一个", "by main reason, one a case"))
BY_BODY = _each("body", rules.BODIES, Text("按渠道归入", "by the channel"))
BY_CLASS = _each("class", rules.CLASSES, Text("按结果归类；转仲裁、退回法院等算未达成",
                                              "by outcome; sent on counts as no agreement"))
LINES: dict[str, tuple[Line, ...]] = {
    "mediation": (ACCEPTED, *BY_REASON, *BY_BODY, GROUP, WORKERS, GROUP_WORKERS, CLAIMED, CONCLUDED, *BY_CLASS,
                  OPENING, PENDING),
    "yearbook": (OPENING, ACCEPTED, GROUP, WORKERS, GROUP_WORKERS, *BY_REASON, CONCLUDED, *BY_CLASS, PENDING),
}
IDENTITY = Text("上期未结 + 当期受理 = 结案 + 期末未结", "opening + accepted = concluded + pending")


def build(name: str, actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Return:
    """A return for a period with both ends; the last whole quarter unless one is named."""
    if name not in LINES:
        raise Refused([Problem("name", NO_RETURN.fill(name=name[:40], known=", ".join(LINES)))])
    asked = scopes.read(actor, period or last_quarter(actor.today), station, cut_off)
    if asked.period.first is None or asked.period.last is None:
        raise Refused([Problem("period", OPEN_END)])
    book = Book(asked, {line.side.removesuffix(".n") for line in LINES[name]})
    names = case_filters.find_stations(actor)
    return Return(rules.TITLES[name], asked, names[asked.station].zh if asked.station else "",
                  actor.name or actor.username, [_value(line, book) for line in LINES[name]],
                  checks=_checks(name, asked, book))


def last_quarter(today: date) -> str:
    """The newest quarter that is over."""
    end = add_months(today.replace(day=1), -((today.month - 1) % 3) - 1)
    return f"{end.year}Q{(end.month + 2) // 3}"


def _value(line: Line, book: Book) -> Value:
    figure = Figure(line.side.removesuffix(".n"), "", "", "number", line.unit, line.side, "", line.label, line.formula,
                    "")
    found = book.side(line.side)
    return Value(figure, found, found, None, scopes.rows_href(book.asked, line.side), "")


def _checks(name: str, asked: Scope, book: Book) -> tuple[Check, ...]:
    def total(lines: tuple[Line, ...]) -> int:
        return sum(book.side(line.side) for line in lines)

    accepted, concluded = book.side("accepted"), book.side("concluded")
    faults = scopes.rows_href(asked, "out_of_order")
    found = [Check(Text("受理 = 各原因之和", "accepted = sum of the reasons"), accepted, total(BY_REASON),
                   scopes.rows_href(asked, "accepted")),
             Check(Text("结案 = 各类结果之和", "concluded = sum of the classes"), concluded, total(BY_CLASS),
                   scopes.rows_href(asked, "concluded")),
             Check(IDENTITY, book.side("opening") + accepted, concluded + book.side("pending"), faults)]
    if name == "mediation":
        found.insert(1, Check(Text("受理 = 各调解组织之和", "accepted = sum of the bodies"), accepted, total(BY_BODY),
                              scopes.rows_href(asked, "accepted")))
    if missing := book.side("reason_none"):
        found.append(Check(Text("每案都填了主要原因", "every case has a main reason"), accepted, accepted - missing,
                           scopes.rows_href(asked, "reason_none")))
    return tuple(found)


def mediation(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Return:
    return build("mediation", actor, period, station, cut_off)


def yearbook(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Return:
    """The last whole year unless a period is named."""
    return build("yearbook", actor, period or str(actor.today.year - 1), station, cut_off)


RETURNS: dict[str, Callable[..., Return]] = {"mediation": mediation, "yearbook": yearbook}


def as_json(made: Return, language: str = "zh") -> dict[str, Any]:
    """As every report, with the checks."""
    return {**reckoning.as_json(made, language), "checks": [
        {"label": c.label.say(language), "left": c.left, "right": c.right, "ok": c.is_right, "rows": c.href}
        for c in made.checks]}
