"""The list of cases with filters in its address, and the search, whose words never stand in one."""
from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _

from mediation.queries.cases import case_filters, hits, orders, search
from mediation.queries.cases.search import Filter, Page
from mediation.queries.desk import first_page
from mediation.rules import text_cleaning
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import search as finder
from mediation.views import guard
from mediation.views.cases import rows
from mediation.views.guard import permit

bp = Blueprint("lists", __name__)
LONGEST = 200
PLACES = ("after", "before")  # cursors
# The conditions offered as fields above the list; all others of queries/cases/case_filters.py work in the address too.
CHOSEN = ("state", "kind", "due", "station", "handler")
OTHER = frozenset({"q", "s", "sort", *PLACES, *CHOSEN, "from", "to"})
GONE = Text("这次查找已经过期，请重新输入", "This search has expired; please type it again")


class Heading(NamedTuple):
    """A column that the list can be sorted by, for a link: ``way`` is that of the rows now, as aria-sort says it."""

    label: str
    href: str
    way: str


@bp.get("/cases")
@permit("case.read")
def index():
    return _page(request.args.to_dict())


@bp.post("/cases/search")
@permit("case.read")
def find():
    """Keep the words, and answer with the address of their list; a number goes straight to its case."""
    actor = guard.actor()
    try:
        said = text_cleaning.clean(request.form.get("words", ""), LONGEST)
    except text_cleaning.Unreadable as problem:
        return _page({}, [Problem("words", problem.text)])
    if not said:
        return redirect("/cases", 303)
    number = search.find_exact(said, actor)
    if number is not None:
        guard.log_access("search")
        return redirect(f"/cases/{number}", 303)
    return guard.finish(f"/cases?s={finder.keep_words(said, actor)}")


def _page(given: Mapping[str, str], problems: list[Problem] | None = None):
    """The list for an address; what cannot be read is said above an empty list, and what was typed stays."""
    actor, phrases = guard.actor(), rows.Phrases()
    problems = list(problems or [])
    wanted, said = _read(given, actor, problems)
    page = Page([], "", 0) if problems else search.page(
        wanted, actor, given.get("after", ""), before=given.get("before", ""))
    shown = search.parts_seen(page.rows, actor) if actor.role == "liaison" else None
    return render_template(
        "cases/list.html", page=page, wanted=wanted, said=said, problems=problems, given=given,
        lines=rows.lines(page.rows, shown, phrases), sums=rows.totals(page.rows),
        hits=hits.of_rows(page.rows, wanted.words, actor),
        withheld=0 if problems else search.count_withheld(wanted, actor), fields=_fields(actor, phrases),
        kept=_kept(given), more=_more(wanted), sorts=_sorts(given, wanted, actor, phrases),
        next_href=_place(given, after=page.after), previous_href=_place(given, before=page.before),
        first_href=_place(given) if page.before else None,
    ), 422 if problems else 200


def _read(given: Mapping[str, str], actor: Actor, problems: list[Problem]) -> tuple[Filter, str]:
    """The filter of an address, and the words that were kept for it."""
    said = search.find_words(given["s"], actor) if given.get("s") else ""
    if said is None:
        problems.append(Problem("s", GONE))
    values = {name: value for name, value in given.items() if name not in ("q", "s", *PLACES) and value.strip()}
    try:
        return search.read(values, said or "", actor, typed=given.get("q", "")), said or ""
    except Refused as refusal:
        problems.extend(refusal.problems)
        return Filter(), said or ""


def _place(given: Mapping[str, str], **cursor: str) -> str | None:
    """The same list from another place on; None where there is none."""
    if not all(cursor.values()):
        return None
    return first_page.link({name: value for name, value in given.items() if name not in PLACES} | cursor)


def _sorts(given: Mapping[str, str], wanted: Filter, actor: Actor, phrases: rows.Phrases) -> dict[str, Heading]:
    """What the list can be sorted by; a second press on the same column turns its rows round."""
    now, found = wanted.sort, {}
    for key, order in orders.orders_for(actor).items():
        is_now = now is not None and now.key == key
        asked = now.turned() if now is not None and is_now else order
        way = ("descending" if now.is_descending else "ascending") if now is not None and is_now else ""
        found[key] = Heading(phrases.say(order.label), _place(given, sort=asked.code) or "", way)
    return found


def _fields(actor: Actor, phrases: rows.Phrases) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The select fields: key, label, values with their words; filled from the tables, not from the cases."""
    known = case_filters.keys_for(actor)
    return [(name, phrases.say(known[name].label), phrases.choices(known[name].choices(actor).values()))
            for name in CHOSEN if name in known]


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    """What the filter form carries along besides its own fields."""
    return {name: value for name, value in given.items() if name not in (*CHOSEN, "from", "to", *PLACES)}


def _more(wanted: Filter) -> list[str]:
    """Conditions that have no field of their own, in words."""
    spoken = guard.language()
    found = []
    for name, value in wanted.values.items():
        if name not in OTHER:
            key = case_filters.KEYS[name]
            table = key.choices(guard.actor()) if key.choices else {}
            said = _("、").join(table[part].say(spoken) if part in table else part for part in value.split(","))
            found.append(key.label.say(spoken) + _("：") + said)
    return found + [_("号：%(n)s", n=number) for number in wanted.numbers]

