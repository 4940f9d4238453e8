"""Closing periods: the list of what is closed, one closing with its figures and corrections, closing and reopening."""
from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from flask import Blueprint, abort, render_template, request

from mediation.extensions import see_one_moment
from mediation.forms.audit import reconciling as forms
from mediation.models import Case, Closing, Station
from mediation.queries.audit import explanations
from mediation.queries.figures import closings as queries
from mediation.queries.house import admin
from mediation.rules.figures import catalogue, reporting
from mediation.rules.figures import closings as rules
from mediation.rules.language import Refused, Text
from mediation.rules.money.amounts import print_yuan
from mediation.services.figures import closings
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("closings", __name__)


@bp.get("/ledger/periods")
@permit("ledger.read")
def index():
    form = forms.CloseForm()
    form.period.data = request.args.get("period", "").strip()
    return _index(form)


def _index(form: forms.CloseForm, doubts: queries.Unclear | None = None) -> str:
    actor = guard.actor()
    unions = explanations.unions(actor)
    mine = queries.closable(actor)
    form.union.choices = [(row.code, row.short_name) for row in mine]
    if mine and not form.union.data:
        form.union.data = mine[0].code
    return render_template(
        "figures/closings.html", rows=queries.all_of([row.id for row in unions]), form=form, may_close=bool(mine),
        many=len(unions) > 1, offered=_offered(actor.today), doubts=doubts, figure=_figure, spans=rules.read_period)


def _offered(today: date) -> list[str]:
    """The periods that ended last: month, quarter, year, union year."""
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    quarter = (today.month - 1) // 3
    last = f"{today.year}Q{quarter}" if quarter else f"{today.year - 1}Q4"
    return [f"{year}-{month:02d}", last, str(today.year - 1), f"union-{today.year - (today.month < 10)}"]


@bp.post("/ledger/periods")
@permit("period.close")
def close() -> Answer:
    actor, form = guard.actor(), forms.CloseForm()
    form.union.choices = [(row.code, row.short_name) for row in queries.closable(actor)]
    union = explanations.find_union(form.union.data or "", actor)

    def act() -> Closing:
        see_one_moment()
        if union is None:
            abort(404)
        return closings.close(union, form.period.data, actor)
    return press(
        form, act, lambda: _index(form, _doubts(union, form.period.data)), lambda row: f"/ledger/periods/{row.id}",
        lambda row: Text("已关账{period}，数字已留存。", "{period} is closed; its figures are kept.").fill(
            period=reporting.named(row.period)))


def _doubts(union: Station | None, said: str) -> queries.Unclear | None:
    """The contradictions that stand in the way, to be shown with the refusal."""
    try:
        return queries.unclear(union, rules.read_period(said), guard.actor()) if union else None
    except Refused:
        return None


# One closing ----------------------------------------------------------------------------------------------------

def _closing(key: int) -> Closing:
    row = queries.find(key, guard.actor())
    if row is None:
        guard.note_refusal("ledger.read", f"period:{key}")
        abort(404)
    return row


@bp.get("/ledger/periods/<int:key>")
@permit("ledger.read")
def show(key: int) -> str:
    return _page(_closing(key), forms.ReopenForm())


def _page(row: Closing, form: forms.ReopenForm) -> str:
    actor = guard.actor()
    changes = queries.corrections(row, actor)
    kept, later = rules.kept_and_later(row.figures)
    now = rules.figures(rules.corrected(row.parts, [one.correction for one in changes]))
    return render_template(
        "figures/closing.html", row=row, period=rules.read_period(row.period), form=form, changes=changes,
        figures=[_compared(key, row.figures[key], now[key]) for key in kept], parts=rules.PARTS,
        later_figures=[catalogue.SUMMARY[key].label for key in later],
        findings=queries.open_findings(row), said=_said,
        may_reopen=admin.reaches(actor, closings.PERMISSION, row.union),
        reason=row.reopened_reason)


def _compared(key: str, frozen: list, now: list) -> SimpleNamespace:
    figure = catalogue.SUMMARY[key]
    return SimpleNamespace(
        key=key, label=figure.label, formula=figure.formula, unit=figure.unit, frozen=_value(key, frozen[0]),
        now=_value(key, now[0]), is_changed=frozen != now,
        of=f"{frozen[1]} ÷ {frozen[2]}" if frozen[2] is not None else "")


def _figure(row: Closing, key: str) -> str:
    return _value(key, row.figures[key][0]) if key in row.figures else "—"


def _value(key: str, value: int | str | None) -> str:
    """A figure as the page says it."""
    unit = catalogue.SUMMARY[key].unit
    if value is None:
        return "—"
    return print_yuan(int(value)) if unit == "fen" else f"{value} %" if unit == "%" else str(value)


def _said(part: str, value: int) -> str:
    return print_yuan(value) if part.endswith("_fen") else str(value)


@bp.post("/ledger/periods/<int:key>/reopen")
@permit("period.close")
def reopen(key: int) -> Answer:
    row, form = _closing(key), forms.ReopenForm()
    return press(
        form, lambda: closings.reopen(row, form.reason.data, guard.actor()), lambda: _page(_closing(key), form),
        f"/ledger/periods/{key}",
        Text("已恢复{period}，改好后再关账。", "{period} is open again; close it anew when it is right.").fill(
            period=reporting.named(row.period)))


# At entry -------------------------------------------------------------------------------------------------------

IN_CLOSED = Text("{day}在已关账的{periods}里：这次登记会作为更正显示。",
                 "{day} lies in {periods}, which is closed: this entry shows as a correction.")


AHEAD = Text("已关账到{day}（{period}）：日期在这天及以前的登记，会作为更正显示。",
             "Closed up to {day} ({period}): what is dated up to then shows as a correction.")


def notice(case: Case) -> Text | None:
    """For the pages of entry: up to which day the books are closed, where a day of this case can lie in that time."""
    row = queries.latest(case.union_id)
    if row is None or (case.received_on is not None and case.received_on > row.last_on):
        return None
    return AHEAD.fill(day=row.last_on.isoformat(), period=reporting.named(row.period))


def remarks(case: Case, day: date | None) -> list[Text]:
    """Said after an entry whose day lies in a closed period; nothing is held up."""
    found = queries.holding(case.union_id, day)
    named = [reporting.named(code) for code in found]
    every = Text("、".join(one.zh for one in named), ", ".join(one.en for one in named))
    return [IN_CLOSED.fill(day=day.isoformat(), periods=every)] if found and day else []
