"""The duty roster: one site, one week."""
from __future__ import annotations

from datetime import date, timedelta

from flask import abort, render_template, request
from flask_babel import gettext as _

from mediation.forms.base import BaseForm, Select
from mediation.models import Station
from mediation.queries.house import admin as house_queries
from mediation.rules.reading import read_key
from mediation.services.desk import duty as service
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.house.frame import bp
from mediation.views.press import press

DAYS = range(service.WEEK)


def _form(station: Station, **values) -> BaseForm:
    """Seven choices of an officer; built for the station, because the people are its union's."""
    offered = [("", _("没人"))] + [
        (str(p.id), p.name if p.station_id == station.id else f"{p.name} {p.station.short_name}")
        for p in house_queries.duty_people(station)]
    fields = {f"d{n}": Select(choices=offered, validate_choice=False) for n in DAYS}
    return type("WeekForm", (BaseForm,), fields)(**values)


@bp.get("/duty")
@permit("station.read")
def duty():
    sites = house_queries.duty_stations(guard.actor())
    chosen = read_key(request.args.get("station")) or guard.actor().station_id
    station = next((s for s in sites if s.id == chosen), sites[0] if sites else None)
    if station is None:
        abort(404)
    first = service.monday(_week())
    return _page(station, first, _standing(station, first))


def _standing(station: Station, first: date) -> BaseForm:
    """The form as the week stands."""
    officers = house_queries.duties(station, first)
    form = _form(station, formdata=None, data={
        f"d{n}": str(officers[first + timedelta(n)].account_id) for n in DAYS if first + timedelta(n) in officers})
    form.version.data = str(service.version(officers))
    return form


def _week() -> date:
    """The day whose week is meant; without one, and at the ends of the calendar, this week."""
    try:
        asked = date.fromisoformat(request.values.get("week", ""))
    except ValueError:
        return guard.today()
    return asked if date.min.year < asked.year < date.max.year else guard.today()


def _page(station: Station, first: date, form: BaseForm) -> str:
    actor = guard.actor()
    return render_template(
        "house/duty.html", station=station, sites=house_queries.duty_stations(actor), first=first, form=form,
        days=[first + timedelta(n) for n in DAYS], officers=house_queries.duties(station, first),
        before=first - timedelta(service.WEEK), after=first + timedelta(service.WEEK),
        may_write=house_queries.reaches(actor, "duty.write", station))


@bp.post("/duty")
@permit("duty.write")
def set_duty():
    station = next((s for s in house_queries.duty_stations(guard.actor())
                    if str(s.id) == request.form.get("station")), None)
    if station is None:
        abort(404)
    first, form = service.monday(_week()), _form(station)
    officers = {first + timedelta(n): _officer(form[f"d{n}"].data) for n in DAYS}
    for n in DAYS:
        form[f"d{n}"].label.text = f"{first + timedelta(n):%m-%d}"  # of what two typed, side by side
    return press(form, lambda: service.set_week(station, first, officers, guard.actor(), form.seen_version),
                 lambda: _page(station, first, form), f"/admin/duty?station={station.id}&week={first}",
                 lambda count: _("值班已排，改了%(n)s天。", n=count), present=lambda: _standing(station, first))


def _officer(typed: str | None) -> int | None:
    """The chosen account; -1, nobody's, for what is no choice, so that the service refuses it."""
    if not typed:
        return None
    found = read_key(typed)
    return -1 if found is None else found
