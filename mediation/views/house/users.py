"""Accounts: list, create, confirm, correct, disable, reset the password."""
from __future__ import annotations

from collections.abc import Callable

from flask import abort, render_template
from flask_babel import gettext as _

from mediation.forms.house.admin import ReasonForm, UserForm
from mediation.models import Agency, Station, User
from mediation.queries.house import admin as house_queries
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.reading import read_key
from mediation.services.house import admin, authenticators
from mediation.services.house.accounts import ONE_TIME_HOURS
from mediation.services.house.admin import Place
from mediation.views import guard
from mediation.views.guard import needs_proof, permit
from mediation.views.house.frame import bp
from mediation.views.press import Answer, press


@bp.get("/users")
@permit("user.read")
def users():
    return _list(_new_form())


def _list(form: UserForm) -> str:
    rows = house_queries.users(guard.actor())
    waiting = {row.id for row in house_queries.unconfirmed(guard.actor())}
    return render_template("house/users.html", rows=rows, form=form, waiting=waiting, roles=words.ROLES)


def _new_form() -> UserForm:
    actor = guard.actor()
    return UserForm().offer(house_queries.stations(actor, "user.read"), _agencies())


def _agencies() -> list[Agency]:
    actor = guard.actor()
    return house_queries.agencies(actor) if access.scope_of(actor.role, "station.read") else []


@bp.post("/users")
@permit("user.create")
@needs_proof
def create_user():
    form = _new_form()
    return press(
        form, lambda: admin.create_user(form.username.data.lower(), form.name.data, _place(form), guard.actor(),
                                        form.phone.data, form.certificates.data),
        lambda: _list(form), lambda made: f"/admin/users/{made[0].id}",
        shown=lambda made: _show_once(*made, _("建立账号")))


def _place(form: UserForm) -> Place:
    """What the form says of role, station and body, each within the reader's reach."""
    actor = guard.actor()
    return Place(form.role.data or "", _station(form.station.data), house_queries.find_agency(
        actor, read_key(form.agency.data) or 0))


def _station(key: str | None) -> Station | None:
    return house_queries.find_station(guard.actor(), read_key(key) or 0, "user.read")


def _show_once(row: User, secret: str, title: str) -> Callable[[], str]:
    """The one-time password, on the answering page and nowhere else."""
    shown = {"title": title, "username": row.username, "name": row.name, "key": row.id, "secret": secret,
             "is_confirmed": row.confirmed_at is not None, "hours": ONE_TIME_HOURS}
    return lambda: render_template("house/password.html", **shown)


@bp.get("/users/<int:key>")
@permit("user.read")
def user(key: int):
    return _card(_find(key))


def _find(key: int) -> User:
    row = house_queries.find_user(guard.actor(), key)
    if row is None:
        abort(404)
    return row


def _card(row: User, form: UserForm | None = None, reason: ReasonForm | None = None) -> str:
    actor = guard.actor()
    form = form or _standing(row)
    names = house_queries.names_of([row.created_by_id, row.confirmed_by_id])
    return render_template(
        "house/user.html", row=row, form=form, reason=reason or ReasonForm(None), names=names,
        seen_at=house_queries.last_seen(row), open_cases=house_queries.open_cases(row), is_self=row.id == actor.user_id,
        may_confirm=house_queries.may_confirm(actor, row),
        may_change=bool(access.scope_of(actor.role, "user.create")),
        has_codes=authenticators.confirmed(row.id) is not None,
        may_reset=house_queries.reaches(actor, "user.password", row.station) and row.id != actor.user_id)


def _standing(row: User) -> UserForm:
    """The form as the account stands."""
    form = UserForm(None, data=_values(row)).offer(house_queries.stations(guard.actor(), "user.read"), _agencies())
    form.version.data = str(row.version)
    return form


def _values(row: User) -> dict[str, str]:
    return {"username": row.username, "name": row.name, "role": row.role, "station": str(row.station_id),
            "agency": str(row.agency_id or ""), "phone": row.phone, "certificates": row.certificates}


@bp.post("/users/<int:key>")
@permit("user.create")
@needs_proof
def change_user(key: int):
    row = _find(key)
    form = _new_form()
    return press(
        form, lambda: admin.change_user(row, form.name.data, _place(form), guard.actor(), form.phone.data,
                                        form.certificates.data, form.seen_version),
        lambda: _card(_find(key), form=form), f"/admin/users/{key}",
        lambda fields: _("已存。角色或站点变了，要上级分管负责人重新确认后才能登录。")
        if {"role", "station_id", "agency_id"} & set(fields) else _("已存。"), present=lambda: _standing(_find(key)))


@bp.post("/users/<int:key>/confirm")
@permit("user.confirm")
@needs_proof
def confirm_user(key: int):
    form = ReasonForm()
    return _act(key, form, lambda row, actor: admin.confirm_user(row, actor, form.seen_version), _("已确认，可以登录了。"))


@bp.post("/users/<int:key>/enable")
@permit("user.create")
@needs_proof
def enable_user(key: int):
    return _act(key, ReasonForm(), admin.enable_user, _("已启用，等上级分管负责人确认。"))


def _act(key: int, form: ReasonForm, service: Callable[[User, Actor], object], said: str) -> Answer:
    row = _find(key)
    return press(form, lambda: service(row, guard.actor()), lambda: _card(_find(key), reason=form),
                 f"/admin/users/{key}", said)


@bp.post("/users/<int:key>/disable")
@permit("user.create")
@needs_proof
def disable_user(key: int):
    form = ReasonForm()
    return _act(key, form, lambda row, actor: admin.disable_user(row, form.reason.data, actor),
                _("已停用，各处的登录已失效。"))


@bp.post("/users/<int:key>/password")
@permit("user.password")
@needs_proof
def reset_password(key: int):
    row, form = _find(key), ReasonForm()
    return press(form, lambda: admin.reset_password(row, guard.actor()), lambda: _card(_find(key), reason=form),
                 f"/admin/users/{key}", shown=lambda secret: _show_once(row, secret, _("重设密码")))


@bp.post("/users/<int:key>/code")
@permit("user.password")
@needs_proof
def reset_codes(key: int):
    return _act(key, ReasonForm(), admin.reset_codes, _("已重设：下次登录不要验证码，角色要求的要重新开通。"))
