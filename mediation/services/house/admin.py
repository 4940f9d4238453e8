"""Keeping the house: accounts with their confirmation, stations, outside bodies, marks of checked rules, settings."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agency, Case, HouseSetting, RuleCheck, Station, User
from mediation.queries.house import admin
from mediation.rules import prevention, words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import channels, time_limits
from mediation.rules.money import currencies
from mediation.rules.papers import numbering
from mediation.services import journal, ledger
from mediation.services.bodies import coordination
from mediation.services.cases.moves import Conflict, Forbidden
from mediation.services.house import accounts, setup

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
STATION_VALUES = ("short_name", "legal_body", "channel", "currency", "number_form", "paper_form", "county", "phone",
                  "address", "is_active")
AGENCY_VALUES = ("short_name", "contact_name", "phone", "address", "handles", "is_active")
SETTINGS = {"contact": Text("系统联系人和电话（印在帮助页上）",
                            "Contact for questions about the system, shown on the help page"),
            **prevention.SETTINGS}


def _say(field: str, zh: str, en: str, **values: object) -> Problem:
    return Problem(field, Text(zh, en).fill(**values) if values else Text(zh, en))


def _refuse(found: list[Problem]) -> None:
    if found:
        raise Refused(found)


# Accounts -------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Place:
    """What an account is: role, station, and the body of a liaison."""

    role: str
    station: Station | None
    agency: Agency | None = None


def place_problems(place: Place) -> list[Problem]:
    """Why a role, station and body do not go together."""
    found = []
    if place.role not in words.ROLES:
        found.append(_say("role", "请选角色", "Choose a role"))
    if place.station is None or not place.station.is_active:
        return [*found, _say("station", "请选站点", "Choose a station")]
    if place.role == "liaison" and place.agency is None:
        found.append(_say("agency", "联络员要选所在单位", "A liaison needs a body"))
    if place.role != "liaison" and place.agency is not None:
        found.append(_say("agency", "只有联络员才选单位", "Only a liaison has a body"))
    if place.agency is not None and place.agency.union_id != place.station.union_id:
        found.append(_say("agency", "这个单位不属于所选站点的工会", "This body belongs to another union"))
    if place.role in admin.WORKERS and place.station.kind in ("region", "league"):
        found.append(_say("station", "调解员和站长要放在旗县工会或它的站点",
                          "Mediators and leads belong to a county union or its sites"))
    return found


def create_user(username: str, name: str, place: Place, actor: Actor, phone: str = "",
                certificates: str = "") -> tuple[User, str]:
    """Create an account; gives it and its one-time password, shown once. It works after confirmation."""
    found = place_problems(place)
    if not USERNAME.fullmatch(username):
        found.append(_say("username", "账号用小写字母开头，3到40位字母、数字、点、横线",
                          "3 to 40 lower-case letters, digits, dots or dashes"))
    elif db.session.scalar(select(User.id).where(User.username == username)):
        found.append(_say("username", "已有这个账号", "This name is taken"))
    if not name:
        found.append(_say("name", "请填写姓名", "Give the name"))
    _refuse(found)
    assert place.station is not None  # refused above
    row, secret = accounts.create(actor, username, name, place.role, place.station,
                                  place.agency.id if place.agency else None)
    row.phone, row.certificates = phone, certificates
    return row, secret


def change_user(row: User, name: str, place: Place, actor: Actor, phone: str = "", certificates: str = "",
                seen_version: int | None = None) -> list[str]:
    """Correct an account; gives the changed fields. A new role, station or body has to be confirmed again.

    Nobody changes their own role or station. Every log-in of an account whose place changed ends.
    """
    db.session.refresh(row, with_for_update=True)
    _enter(row, seen_version, "user")
    values = {"name": name, "phone": phone, "certificates": certificates, "role": place.role,
              "station_id": place.station.id if place.station else None,
              "agency_id": place.agency.id if place.agency else None}
    fields = [field for field, value in values.items() if getattr(row, field) != value]
    moved = bool({"role", "station_id", "agency_id"} & set(fields))
    found = place_problems(place) if moved else []
    if not name:
        found.append(_say("name", "请填写姓名", "Give the name"))
    if "role" in fields and accounts.is_last_administrator(row):
        found.append(Problem("role", accounts.LAST))
    if moved and row.id == actor.user_id:
        found.append(_say("role", "不能改自己的角色和站点", "Nobody changes their own role or station"))
    _refuse(found)
    if not fields:
        return []
    for field in fields:
        setattr(row, field, values[field])
    if moved:
        _unconfirm(row, actor)
    row.version += 1
    journal.record(actor, journal.HOUSE, "user_changed", {"user": row.id, "fields": fields})
    return fields


def _unconfirm(row: User, actor: Actor) -> None:
    row.confirmed_by_id, row.confirmed_at = None, None
    row.created_by_id = actor.user_id  # whoever placed it may not confirm it
    accounts.end_sessions(row, actor)
    ledger.lapse(row.id)


def _enter(row: User | Station | Agency | HouseSetting, seen_version: int | None, field: str) -> None:
    """Raise Conflict where somebody changed the row after the page was shown; ``field`` names it in events."""
    if seen_version is not None and seen_version != row.version:
        key = row.name if isinstance(row, HouseSetting) else row.id
        raise Conflict(admin.last_event(field, key), row.version)


def confirm_user(row: User, actor: Actor, seen_version: int | None = None) -> None:
    """The supervisor above confirms role and station as the page showed them."""
    if not admin.may_confirm(actor, row):
        raise Forbidden("user.confirm")
    _enter(row, seen_version, "user")
    accounts.confirm(row, actor)


def reset_codes(row: User, actor: Actor) -> None:
    """Forget the lost telephone of an account; who may give it a new password may do that."""
    if not admin.reaches(actor, "user.password", row.station) or not _is_below(row, actor):
        raise Forbidden("user.password")
    accounts.reset_codes(row, actor)


def reset_password(row: User, actor: Actor) -> str:
    """Give a one-time password: a lead on the own site, the administrator everywhere."""
    if not admin.reaches(actor, "user.password", row.station) or not _is_below(row, actor):
        raise Forbidden("user.password")
    if not row.is_active:
        raise Refused([_say("", "账号已停用，先启用", "The account is disabled; enable it first")])
    return accounts.reset_password(row, actor)


def _is_below(row: User, actor: Actor) -> bool:
    """A lead resets passwords of the site's mediators, not of those who stand above."""
    return actor.role != "lead" or row.role in admin.WORKERS


def disable_user(row: User, reason: str, actor: Actor) -> None:
    """Disable an account at once, everywhere; what it handles stays with it until it is reassigned."""
    found = [] if reason else [_say("reason", "请写明理由", "Give the reason")]
    if not row.is_active:
        found.append(_say("", "已经停用了", "It is disabled already"))
    _refuse(found)
    accounts.disable(row, reason, actor)


def enable_user(row: User, actor: Actor) -> None:
    """Enable a disabled account; the supervisor above confirms it again."""
    if row.is_active:
        raise Refused([_say("", "没有停用", "It is not disabled")])
    row.is_active, row.version = True, row.version + 1
    _unconfirm(row, actor)
    journal.record(actor, journal.HOUSE, "user_changed", {"user": row.id, "fields": ["is_active"]})


# Stations and bodies --------------------------------------------------------------------------------------------

def save_station(row: Station | None, values: Mapping[str, object], parent: Station | None, actor: Actor,
                 seen_version: int | None = None) -> Station:
    """Create a station or change one; its code stays for life, because register numbers carry it.

    ``values``: code (new ones), name, short_name, kind, legal_body, channel, number_form, paper_form, county,
    phone, address, is_active.
    """
    if row is not None:
        db.session.refresh(row, with_for_update=True)
        _enter(row, seen_version, "station")
    _refuse(station_problems(row, values, parent))
    rest = {key: values[key] for key in STATION_VALUES if key in values}
    code = row.code if row else str(values["code"])
    return setup.save_station(actor, code, str(values["name"]), str(values["kind"]), parent, **rest)


def station_problems(row: Station | None, values: Mapping[str, object], parent: Station | None) -> list[Problem]:
    found = [] if row else _code_problems(str(values.get("code") or ""))
    if not values.get("name"):
        found.append(_say("name", "请填写名称", "Give the name"))
    if values.get("kind") not in words.STATION_KINDS:
        found.append(_say("kind", "请选种类", "Choose the kind"))
    if values.get("channel") not in tuple(channels.OWN):
        found.append(_say("channel", "请选调解组织的性质", "Choose the kind of mediation body"))
    found += _currency_problems(row, str(values.get("currency") or (row.currency if row else currencies.YUAN)))
    found += numbering.form_problems(str(values.get("paper_form") or ""))
    return [*found, *_form_problems(str(values.get("number_form") or "")), *_tree_problems(row, values, parent)]


def _currency_problems(row: Station | None, code: str) -> list[Problem]:
    """Every sum of a union is in its currency: it stays as it is once there are cases, and a site has its union's."""
    if code not in currencies.CURRENCIES:
        return [_say("currency", "请选货币", "Choose the currency")]
    if row is None or code == row.currency:
        return []
    if db.session.scalar(select(Case.id).where(Case.union_id == row.id, Case.voided_on.is_(None)).limit(1)):
        return [_say("currency", "已有案件，金额都按原来的货币记着，不能改", "There are cases whose sums are in the present currency")]
    return []


def _code_problems(code: str) -> list[Problem]:
    if not CODE.fullmatch(code):
        return [_say("code", "代码用小写字母、数字和横线，如 urad-middle",
                     "Lower-case letters, digits and dashes, as in urad-middle")]
    if db.session.scalar(select(Station.id).where(Station.code == code)):
        return [_say("code", "已有这个代码", "This code is taken")]
    return []


def _form_problems(form: str) -> list[Problem]:
    """A number form holds the year and the number, and nothing that cannot be filled in."""
    if not form:
        return []
    try:
        names = [name for _text, name, _form, _kind in Formatter().parse(form) if name is not None]
        form.format(short="", year=2026, n=1)
    except (ValueError, KeyError, IndexError, AttributeError):
        names = []
    if set(names) <= {"short", "year", "n"} and {"year", "n"} <= set(names):
        return []
    return [_say("number_form", "要有{a}和{b}，如 乌中工调〔{b}〕{a}号", "It needs {a} and {b}, as in X〔{b}〕{a}", a="{n}",
                 b="{year}")]


def _tree_problems(row: Station | None, values: Mapping[str, object], parent: Station | None) -> list[Problem]:
    kind = values.get("kind")
    if parent is None:
        top = kind in words.UNION_KINDS
        return [] if top else [_say("parent", "站点要有上级工会", "A site needs a union above it")]
    if row is not None and parent.path.startswith(row.path):
        return [_say("parent", "不能放在自己下面", "It cannot stand below itself")]
    if kind in words.UNION_KINDS and parent.kind not in words.UNION_KINDS:
        return [_say("parent", "工会的上级只能是工会", "Only a union can stand above a union")]
    if kind not in words.UNION_KINDS and parent.kind == "region":
        return [_say("parent", "站点放在旗县（或盟市）工会下面", "A site stands below a county or city union")]
    if row is not None and _wall_moves(row, str(kind), parent):
        return [_say("parent", "已有案件，不能换到别的工会", "There are cases here; it cannot move to another union")]
    return []


def _wall_moves(row: Station, kind: str, parent: Station) -> bool:
    """Whether the change would move a station with cases to the other side of the wall between unions."""
    union_id = row.id if kind in words.UNION_KINDS else parent.union_id
    if union_id == row.union_id:
        return False
    below = select(Station.id).where(Station.path.startswith(row.path))
    return bool(db.session.scalar(select(func.count()).select_from(Case).where(Case.station_id.in_(below))))


def save_agency(row: Agency | None, values: Mapping[str, object], union: Station | None, actor: Actor,
                seen_version: int | None = None) -> Agency:
    """Create an outside body of a union's mechanism or change one; its code stays. One typed at a case is confirmed."""
    if row is not None:
        db.session.refresh(row, with_for_update=True)
        _enter(row, seen_version, "agency")
    _refuse(agency_problems(row, values, union))
    assert union is not None  # refused above
    code = row.code if row else str(values["code"])
    rest = {key: values[key] for key in AGENCY_VALUES if key in values} | {"is_provisional": False}
    return setup.save_agency(actor, union, code, str(values["kind"]), str(values["name"]), **rest)


def agency_problems(row: Agency | None, values: Mapping[str, object], union: Station | None) -> list[Problem]:
    found = []
    code = str(values.get("code") or "")
    if union is None or union.id != union.union_id:
        found.append(_say("union", "请选工会", "Choose a union"))
    if row is None and not CODE.fullmatch(code):
        found.append(_say("code", "代码用小写字母、数字和横线，如 court", "Lower-case letters, digits and dashes, as in court"))
    elif row is None and union and _is_taken(union, code):
        found.append(_say("code", "已有这个代码", "This code is taken"))
    if values.get("kind") not in words.AGENCY_KINDS:
        found.append(_say("kind", "请选种类", "Choose the kind"))
    if not values.get("name"):
        found.append(_say("name", "请填写名称", "Give the name"))
    if row is not None and not values.get("is_active", True) and (pending := coordination.pending_of(row.id)):
        found.append(_say("is_active", "还有{n}件事项等它答复，先收回或代录答复", "It has {n} open tasks; recall or answer them first",
                          n=pending))
    return found


def _is_taken(union: Station, code: str) -> bool:
    return db.session.scalar(select(Agency.id).where(Agency.union_id == union.id, Agency.code == code)) is not None


# Marks and settings ---------------------------------------------------------------------------------------------

def check_rule(mark: str, note: str, actor: Actor) -> RuleCheck:
    """Mark a row of the time limits as compared with its source; a changed row loses its mark."""
    if mark not in {rule.mark for rule in time_limits.CLOCKS}:
        raise Refused([_say("", "这条规则刚刚变了，请刷新后再核对", "This rule has just changed; reload and check again")])
    row = RuleCheck(rule=mark, account_id=actor.user_id, checked_on=actor.today, note=note)
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "rule_checked", {"rule": mark})
    return row


def change_setting(name: str, value: str, actor: Actor, seen_version: int | None = None) -> None:
    """Change a setting of the house that is kept in the database."""
    if name not in SETTINGS:
        raise Refused([_say("name", "没有这个设置", "There is no such setting")])
    wrong = prevention.setting_problem(value) if name in prevention.SETTINGS else None
    if wrong is not None:
        raise Refused([Problem("value", wrong)])
    row = db.session.get(HouseSetting, name, with_for_update=True) or HouseSetting(name=name, version=0)
    _enter(row, seen_version, "name")
    row.value, row.version = value, row.version + 1
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "setting_changed", {"name": name})
