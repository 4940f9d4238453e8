"""Stations as a tree, and the outside bodies of each union's mechanism."""
from __future__ import annotations

from flask import abort, render_template
from flask_babel import gettext as _

from mediation.forms.house.admin import AgencyForm, StationForm
from mediation.models import Agency, Station
from mediation.queries.house import admin as house_queries
from mediation.rules import access
from mediation.rules.money import currencies
from mediation.rules.reading import read_key
from mediation.services.house import admin
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.house.frame import bp
from mediation.views.press import press

STATION_FIELDS = ("code", "name", "short_name", "kind", "legal_body", "channel", "currency", "number_form",
                  "paper_form", "county", "phone", "address", "is_active")
AGENCY_FIELDS = ("code", "kind", "name", "short_name", "contact_name", "phone", "address", "handles", "is_active")


def _may_write() -> bool:
    return bool(access.scope_of(guard.actor().role, "station.write"))


@bp.get("/stations")
@permit("station.read")
def stations():
    return render_template("house/stations.html", rows=house_queries.stations(guard.actor()), may_write=_may_write())


@bp.get("/stations/new")
@permit("station.write")
def new_station():
    return _station_page(None, _station_form(data={
        "is_active": True, "channel": "A", "kind": "practice_station", "currency": currencies.YUAN}))


@bp.get("/stations/<int:key>")
@permit("station.write")
def station(key: int):
    row = _find_station(key)
    return _station_page(row, _standing_station(row))


def _standing_station(row: Station) -> StationForm:
    """The form as the station stands."""
    values = {name: getattr(row, name) for name in STATION_FIELDS}
    values |= {"parent": str(row.parent_id or ""), "version": str(row.version)}
    return _station_form(formdata=None, data=values)


def _station_form(**values) -> StationForm:
    return StationForm(**values).offer(house_queries.stations(guard.actor()))


def _find_station(key: int) -> Station:
    row = house_queries.find_station(guard.actor(), key)
    if row is None:
        abort(404)
    return row


def _station_page(row: Station | None, form: StationForm) -> str:
    return render_template("house/station.html", row=row, form=form)


@bp.post("/stations")
@permit("station.write")
def create_station():
    return _save_station(None)


@bp.post("/stations/<int:key>")
@permit("station.write")
def change_station(key: int):
    return _save_station(_find_station(key))


def _save_station(row: Station | None):
    form, key = _station_form(), row.id if row else 0

    def act() -> None:
        values = {name: getattr(form, name).data for name in STATION_FIELDS}
        above = house_queries.find_station(guard.actor(), read_key(form.parent.data or "") or 0)
        admin.save_station(row, values, above, guard.actor(), form.seen_version)
    return press(form, act, lambda: _station_page(_find_station(key) if key else None, form), "/admin/stations",
                 lambda _done: _("已存：%(name)s。", name=form.name.data),
                 present=lambda: _standing_station(_find_station(key)))


@bp.get("/agencies")
@permit("station.read")
def agencies():
    actor = guard.actor()
    unions = {row.id: row for row in house_queries.unions(actor)}
    by_union: dict[int, list[Agency]] = {}
    for row in house_queries.agencies(actor):
        by_union.setdefault(row.union_id, []).append(row)
    missing = [key for key in by_union if key not in unions]
    unions |= {key: house_queries.get_station(key) for key in missing}  # a site's people read their union's bodies
    return render_template("house/agencies.html", by_union=by_union, unions=unions, may_write=_may_write())


@bp.get("/agencies/new")
@permit("station.write")
def new_agency():
    return _agency_page(None, _agency_form(data={"is_active": True}))


@bp.get("/agencies/<int:key>")
@permit("station.write")
def agency(key: int):
    row = _find_agency(key)
    return _agency_page(row, _standing_agency(row))


def _standing_agency(row: Agency) -> AgencyForm:
    """The form as the body stands."""
    values = {name: getattr(row, name) for name in AGENCY_FIELDS}
    return _agency_form(formdata=None, data={**values, "union": str(row.union_id), "version": str(row.version)})


def _agency_form(**values) -> AgencyForm:
    return AgencyForm(**values).offer(house_queries.unions(guard.actor()))


def _find_agency(key: int) -> Agency:
    row = house_queries.find_agency(guard.actor(), key)
    if row is None:
        abort(404)
    return row


def _agency_page(row: Agency | None, form: AgencyForm) -> str:
    return render_template("house/agency.html", row=row, form=form)


@bp.post("/agencies")
@permit("station.write")
def create_agency():
    return _save_agency(None)


@bp.post("/agencies/<int:key>")
@permit("station.write")
def change_agency(key: int):
    return _save_agency(_find_agency(key))


def _save_agency(row: Agency | None):
    form, key = _agency_form(), row.id if row else 0

    def act() -> None:
        values = {name: getattr(form, name).data for name in AGENCY_FIELDS}
        union = house_queries.find_station(guard.actor(), row.union_id if row else read_key(form.union.data or "") or 0)
        admin.save_agency(row, values, union, guard.actor(), form.seen_version)
    return press(form, act, lambda: _agency_page(_find_agency(key) if key else None, form), "/admin/agencies",
                 lambda _done: _("已存：%(name)s。", name=form.name.data),
                 present=lambda: _standing_agency(_find_agency(key)))
