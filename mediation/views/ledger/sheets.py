"""The ledger on the page: a sheet with its filters, a page of rows, the totals of all of them, and its files."""
from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from mediation.queries.cases import case_filters
from mediation.queries.ledger import preview
from mediation.queries.ledger import selection as selections
from mediation.queries.ledger.selection import Selection
from mediation.rules import words
from mediation.rules.access import WITHHELD
from mediation.rules.language import Refused
from mediation.rules.ledger import BY, PERSON, SHEETS, UNDISCLOSED, Column
from mediation.rules.money.amounts import print_yuan
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("sheets", __name__)

# The choices of the filters; what else the address may say stands on /help/columns.
CHOICES = (("channel", words.CHANNELS), ("outcome", words.OUTCOMES), ("kind", words.HEADS))
GIVEN = ("by", "period", "from", "to", "station", "channel", "outcome", "kind")


@bp.get("/ledger")
@permit("ledger.read")
def index():
    actor = guard.actor()
    given = {name: request.args.get(name, "").strip() for name in GIVEN}
    if not any(name in request.args for name in GIVEN):
        given["period"] = str(actor.today.year)
    sheet = request.args.get("sheet", "cases")
    problems, page, shown = [], None, None
    try:
        selection = selections.read({**given, "sheet": sheet})
        shown = replace(selection, columns=tuple(selection.sheet.choose(selection.sheet.preview)))
        page = preview.read(_with_more(shown), actor, request.args.get("after", ""), "totals" in request.args)
    except Refused as refusal:
        problems = refusal.problems
    return render_template(
        "ledger/sheet.html", given=given, problems=problems, page=page, sheets=SHEETS, by=BY, choices=CHOICES,
        sheet=SHEETS.get(sheet, SHEETS["cases"]), columns=shown.columns if shown else (),
        rows=[_cells(shown, row) for row in page.rows] if page else [], query=_query(given),
        people=_people(shown, page.rows) if page else [],
        sums=_sums(shown, page.sums or {}) if page else [], stations=list(case_filters.find_stations(actor).values()),
        withheld=WITHHELD.say(guard.language()),
        next_href=_next(sheet, given, page.after if page else "")), 422 if problems else 200


def _query(given: dict[str, str]) -> str:
    """The same filter for the files and the other sheets."""
    return urlencode({name: value for name, value in given.items() if value})


def _next(sheet: str, given: dict[str, str], after: str) -> str | None:
    return "/ledger?" + urlencode({"sheet": sheet, **given, "after": after}) if after else None


def _with_more(shown: Selection) -> Selection:
    """The same with what the page needs besides at the end: the person's number, where a row is about one, which leads
    to the page of his money; whether a case's agreed sum was not published, which is said in the place of the sum."""
    more = (one for one in (PERSON, UNDISCLOSED) if one in shown.sheet.columns)
    return replace(shown, columns=(*shown.columns, *more))


def _people(shown: Selection, rows: list[tuple]) -> list[int | None]:
    """For each row the applicant whom it is about; None where there is none, or where he is withheld."""
    if PERSON not in shown.sheet.columns:
        return [None] * len(rows)
    at = {column.key: place for place, column in enumerate(shown.columns)}
    return [row[-1] if row[at["name"]] != WITHHELD.zh and ("side" not in at or row[at["side"]] == "applicant") else None
            for row in rows]


def _cells(shown: Selection, row: tuple) -> list[str]:
    is_unsaid = UNDISCLOSED in shown.sheet.columns and row[-1] in (1, True)
    return [_("未公开") if is_unsaid and column.key == "agreed_fen" else _cell(column, value)
            for column, value in zip(shown.columns, row, strict=False)]


def _cell(column: Column, value: object) -> str:
    """A value as the page says it."""
    if value is None or value == "":
        return "—"
    if column.kind == "fen":
        return print_yuan(int(value))
    if column.kind == "bool":
        return ("是" if value else "否") if guard.language() == "zh" else ("yes" if value else "no")
    if value == WITHHELD.zh:
        return WITHHELD.say(guard.language())
    word = (column.codes or {}).get(str(value))
    return word.say(guard.language()) if word else str(value)


def _sums(shown: Selection, sums: dict[str, int]) -> list[str]:
    return [("" if column.key not in sums else print_yuan(sums[column.key]) if column.kind == "fen" else
             str(sums[column.key])) for column in shown.columns]
