"""Commands that read: the figures of a report, and the index of the search."""
from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import click

from mediation.cli.base import command, operator, reading_command
from mediation.queries.figures import reckoning, returns, statistics
from mediation.queries.figures.reckoning import Report, Value
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.services.cases import search
from mediation.services.desk import tallies
from mediation.services.figures import month_sums
from mediation.services.money import rests
from mediation.services.papers import waiting

REPORTS = {"summary": statistics.summary, "indicators": reckoning.indicators, "union": reckoning.union_year,
           "mediation-return": returns.mediation, "yearbook": returns.yearbook}
COLUMNS = ("key", "label", "value", "unit", "formula", "numerator", "denominator", "rows")


def reader() -> Actor:
    """The operator of the machine, reading as an auditor of the whole house does."""
    return replace(operator(), role="auditor")


def a_day(_context: click.Context, _parameter: click.Parameter, said: str | None) -> date | None:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise click.BadParameter(f"日期写成 2026-11-18：{said}") from error


@reading_command("report")
@click.argument("name", type=click.Choice(list(REPORTS)))
@click.option("--period", default="", help="2026, 2026Q3, 2026-03, union-2026 or A..B; default: all time")
@click.option("--station", default="", help="code of a station, with all below it; default: everything")
@click.option("--cut-off", callback=a_day, default=None, help="as things stood on this day; default: today")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", help="default: text")
def report(name: str, period: str, station: str, cut_off: date | None, form: str) -> None:
    """A report with its formulas, filters and cut-off."""
    made = REPORTS[name](reader(), period, station, cut_off)
    click.echo({"text": as_text, "csv": as_csv, "json": as_json}[form](made))


def _data(made: Report) -> dict:
    if isinstance(made, returns.Return):
        return returns.as_json(made)
    return reckoning.as_json(made)


def as_json(made: Report) -> str:
    return json.dumps(_data(made), ensure_ascii=False, indent=1)


def as_csv(made: Report) -> str:
    """One line per figure; the formula stands beside it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for row in _data(made)["figures"]:
        rows.writerow(["" if row[name] is None else row[name] for name in COLUMNS])
    return out.getvalue().rstrip("\n")


def as_text(made: Report) -> str:
    """For reading: figure, unit and formula, with the head that says what it covers."""
    place = f"{made.station_name}（{made.station}）及以下" if made.station else "全部站点"
    head = [made.title.zh, f"期间 {made.period.code or '不限'}（{made.period.label.zh}）  {place}",
            f"截止 {made.cut_off.isoformat()}  制表 {made.made_by}"]
    return "\n".join([*head, *([f"说明 {made.note}"] if made.note else []), "", *map(_line, made.figures),
                      *(f"{'✓' if c.is_right else '✗'} {c.label.zh}：{c.left} / {c.right}" for c in getattr(
                          made, "checks", ()))])


def _line(row: Value) -> str:
    unit = "" if row.figure.unit == "%" else f" {rules.UNITS[row.figure.unit].zh}"
    parts = f"（{row.part(row.numerator)} ÷ {row.part(row.denominator)}）" if row.denominator is not None else ""
    return f"{row.figure.label.zh}  {row.text}{unit}{parts}\n    {row.figure.formula.zh}"


@command("index")
def index() -> None:
    """Make the index of the search, the sums by month and the counts of desks anew, after a restore or an upgrade."""
    waiting.keep_all()
    tallies.keep_all()
    rests.keep_all()
    click.echo(f"已重算{month_sums.rebuild()}行各站点各月的合计。")
    click.echo(f"已为{search.index_all()}件案件重建查找索引。")
