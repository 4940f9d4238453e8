"""The working-day calendar: years as months, a coming year from its notice, a county's own days."""
from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date

from flask import render_template, request
from flask_babel import gettext as _

from mediation.forms.house.admin import LocalDayForm, NoticeForm
from mediation.queries import door
from mediation.queries.house import admin as house_queries
from mediation.queries.law import case_law
from mediation.rules import access
from mediation.rules.law import workdays
from mediation.rules.law.notice import Notice
from mediation.rules.reading import read_key
from mediation.services.house import calendar as service
from mediation.services.house.calendar import Moved
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.house.frame import bp
from mediation.views.press import press


@bp.get("/calendar")
@permit("calendar.read")
def calendar():
    return _page(NoticeForm(), LocalDayForm(county=_county()))


def _county() -> str:
    """The county of the reader's own site, else the first that has a calendar of its own."""
    station = house_queries.get_station(guard.actor().station_id)
    return request.args.get("county") or station.county or next(iter(house_queries.counties()), "")


def _page(notice_form: NoticeForm, local_form: LocalDayForm) -> str:
    years = house_queries.calendar_years()
    asked = read_key(request.args.get("year")) or 0
    year = asked if 1990 <= asked <= 2100 else (guard.today().year if guard.today().year in years else years[0])
    county = _county()
    rows = house_queries.calendar_days(year, county)
    return render_template(
        "house/calendar.html", years=years, year=year, county=county, counties=house_queries.counties(),
        months=months_of(year, service.calendar_of(rows)), is_loaded=year in years, rows=rows,
        local=[row for row in rows if row.county], notice_form=notice_form, local_form=local_form,
        may_write=bool(access.scope_of(guard.actor().role, "calendar.write")))


def months_of(year: int, calendar: workdays.Calendar) -> list[dict]:
    """Twelve months of weeks; each day with its kind ('' ordinary, rest, off, work, local), its name and its words."""
    weeks = Weeks()
    return [{"month": month, "weeks": [[_day(day, month, calendar) for day in week]
                                       for week in weeks.monthdatescalendar(year, month)]} for month in range(1, 13)]


def _day(day: date, month: int, calendar: workdays.Calendar) -> dict | None:
    if day.month != month:
        return None
    kinds = (("local", calendar.local), ("off", calendar.off), ("work", calendar.work))
    kind = next((kind for kind, days in kinds if day in days), "rest" if day.weekday() >= 5 else "")
    return {"on": day, "kind": kind, "text": workdays.nature(day, calendar)}


@bp.post("/calendar/notice")
@permit("calendar.write")
def read_notice():
    """Show what was read from the pasted notice, before anything is saved."""
    form = NoticeForm()
    guard.release_write_lock()
    if not form.validate() or not form.text.data:
        form.text.errors = [*form.text.errors, _("请粘贴通知全文")]
        return _page(form, LocalDayForm(formdata=None, county=_county())), 422
    found = service.read(form.text.data, None, guard.actor())
    guard.attach_problems(form, found.problems)
    if any(not problem.confirm for problem in found.problems):
        return _page(form, LocalDayForm(formdata=None, county=_county())), 422
    return _preview(form, found)


def _preview(form: NoticeForm, found: Notice) -> str:
    months = months_of(found.year, service.calendar_of(found.rows))
    changes = case_law.deadline_changes(found.rows, guard.today())
    seen = [change for change in changes if door.may(guard.actor(), "case.read", change.case)]
    return render_template("house/notice.html", form=form, found=found, months=months, changes=changes, seen=seen,
                           is_known=found.year in house_queries.calendar_years())


@bp.post("/calendar")
@permit("calendar.write")
def save_calendar():
    form = NoticeForm()

    def page() -> str:
        if form.asked:
            return _preview(form, service.read(form.text.data, None, guard.actor()))
        return _page(form, LocalDayForm(formdata=None, county=_county()))
    return press(form, lambda: service.save_year(form.text.data, None, form.confirmed, guard.actor()), page,
                 lambda done: f"/admin/calendar?year={done[0]}",
                 lambda done: _said(_("%(year)s年日历已存。", year=done[0]), done[1]))


def _said(first: str, moved: list[Moved]) -> str:
    """What the new days change: how many deadlines, and whose, as far as the reader may know the cases."""
    if not moved:
        return first + _("没有期限因此改变。")
    actor = guard.actor()
    seen = [m for m in moved if door.may(actor, "case.read", m.case)]
    listed = _("；").join(f"{actor.known(m.case.number)} {m.before or '—'} → {m.after or '—'}" for m in seen[:20])
    return first + _("改变了%(n)s件案子的期限。", n=len(moved)) + listed


@bp.post("/calendar/local")
@permit("calendar.write")
def set_local_day():
    form = LocalDayForm()

    def act() -> list[Moved]:
        kind = "" if request.form.get("remove") else form.kind.data or "none"
        return service.set_local_day(form.county.data, form.on.data, kind, form.name.data, form.source.data,
                                     guard.actor())
    return press(form, act, lambda: _page(NoticeForm(formdata=None), form),
                 lambda _moved: f"/admin/calendar?year={form.on.data.year}&county={form.county.data}",
                 lambda moved: _said(_("本地日历已存。"), moved))
