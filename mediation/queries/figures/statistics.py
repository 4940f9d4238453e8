"""The summary: the figures of a report on one page, with a note of the office and what of it cannot be opened."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, select

from mediation.models import HouseSetting
from mediation.queries.figures import measures, reckoning, scopes
from mediation.queries.figures.reckoning import Report
from mediation.queries.figures.scopes import Scope
from mediation.queries.prepared import Prepared
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Text

NOTE = "report-note:"  # + station code + ':' + period: a setting that says where published figures come from
TITLE = Text("劳动争议调解情况", "Labour dispute mediation: summary")
WITHHELD = "withheld"
NOTED = Prepared(select(HouseSetting.value).where(HouseSetting.name == bindparam("name")))
ROW_SETS = tuple(dict.fromkeys((*(name for row in rules.SUMMARY.values() for name in row.parts), WITHHELD)))


def summary(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Report:
    """All figures of the summary for a period and a station, as they stand on the cut-off day (default: today)."""
    return of(scopes.read(actor, period, station, cut_off))


def of(asked: Scope) -> Report:
    """The same for a scope."""
    found = measures.totals(asked, ROW_SETS)
    made = reckoning.made_of(list(rules.SUMMARY.values()), asked, TITLE, reckoning.list_href)
    return replace(made, note=_note(asked), withheld=found[WITHHELD].count)


def _note(asked: Scope) -> str:
    """What the office has to say about these figures: where a published year comes from."""
    name = f"{NOTE}{asked.station}:{asked.period.code}"
    return str(NOTED.run(asked.actor, name=name).scalar() or "")
