"""Whom, where to, which body: the rows that a case's forms let one choose from, with their words."""
from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from mediation.extensions import db
from mediation.models import Agency, Case, Party, Station, User
from mediation.queries.cases import facts
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.house import admin
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.language import Text


class Option(NamedTuple):
    """A row that can be chosen: its id and how it is called."""

    id: int
    label: Text


def people(case: Case | CaseRows, side: str = "") -> list[Option]:
    """The parties who are still in the case, respondents first; ``side`` keeps one side only."""
    rows = [p for p in case.parties if p.removed_on is None and side in ("", p.side)]
    rows.sort(key=lambda p: (p.side != "respondent", not p.is_representative, p.id))
    return [Option(p.id, party_label(p)) for p in rows]


def party_label(party: Party | Row[Any]) -> Text:
    part = words.PARTS.get(party.part)
    if part is None or (party.side == "applicant" and party.part == "worker"):
        return Text(party.name, party.name)
    return Text(f"{party.name}（{part.zh}）", f"{party.name} ({part.en.lower()})")


def mediators(case: Case, actor: Actor) -> list[Option]:
    """Active mediators whom the actor may put on the case, with what they have open, the least burdened first."""
    load = select(func.count()).where(Case.handler_id == User.id, Case.is_open == 1).scalar_subquery()
    rows = select(User, Station, load).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), User.role.in_(("mediator", "lead")), Station.union_id == case.union_id)
    if access.scope_of(actor.role, "case.assign") == "site":
        rows = rows.where(User.station_id == actor.station_id)
    found, away = db.session.execute(rows.order_by(load, User.id)), admin.away(actor.today)
    return [Option(user.id, admin.burden(user, station, count, away.get(user.id)))
            for user, station, count in found if user.id != case.handler_id and user.id not in facts.recused(case)]


def colleagues(case: Case) -> list[Option]:
    """Mediators of the union who do not yet work on the case."""
    busy = {m.account_id for m in case.members if m.until_on is None} | {case.handler_id} | facts.recused(case)
    rows = db.session.execute(select(User, Station).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), User.role.in_(("mediator", "lead")), Station.union_id == case.union_id)
        .order_by(User.station_id, User.id))
    return [Option(user.id, Text(*[f"{user.name} · {station.short_name}"] * 2))
            for user, station in rows if user.id not in busy]


def handlers(union_id: int | None) -> list[Option]:
    """Who holds or held cases of a union, those who have left too: an old case may be theirs."""
    rows = db.session.execute(select(User, Station).join(Station, Station.id == User.station_id).where(
        User.role.in_(("mediator", "lead")), Station.union_id == union_id).order_by(
        User.is_active.desc(), User.station_id, User.id))
    return [Option(user.id, Text(*[f"{user.name} · {station.short_name}"] * 2)) for user, station in rows]


def sites(union_id: int | None, but: int | None) -> list[Option]:
    """A union's sites ``but`` the one that need not be named."""
    rows = db.session.scalars(select(Station).where(Station.union_id == union_id, Station.id != but).order_by(
        Station.path))
    return [Option(row.id, Text(row.name, row.name)) for row in rows]


def stations(case: Case) -> list[Option]:
    """The union's sites besides the one where the case lies."""
    rows = db.session.scalars(select(Station).where(
        Station.union_id == case.union_id, Station.is_active.is_(True), Station.id != case.station_id)
        .order_by(Station.path))
    return [Option(row.id, Text(row.name, row.name)) for row in rows]


def agencies(case: Case) -> list[Option]:
    """The outside bodies of the union's mechanism, with what people are sent there for."""
    return bodies(case.union_id)


def bodies(union_id: int) -> list[Option]:
    """The active outside bodies of a union."""
    rows = db.session.scalars(select(Agency).where(
        Agency.union_id == union_id, Agency.is_active.is_(True), Agency.kind != "union").order_by(Agency.id))
    return [Option(row.id, _called(row)) for row in rows]


def _called(row: Agency) -> Text:
    said = f"{row.name}{_phone(row)}"
    return Text(f"{said}（待确认）", f"{said} (to be confirmed)") if row.is_provisional else Text(said, said)


def _phone(row: Agency) -> str:
    return f" · {row.phone}" if row.phone else ""


def readers(case: Case, actor: Actor) -> list[Option]:
    """Who can be named to read a sealed case: people of its union and above it, but its mediator and the actor."""
    rows = db.session.execute(select(User, Station).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), User.role.in_(("mediator", "lead", "supervisor", "auditor")),
        User.id.not_in([case.handler_id or 0, actor.user_id])).order_by(Station.path, User.id))
    return [Option(user.id, Text(*[f"{user.name} · {station.short_name}"] * 2)) for user, station in rows
            if station.union_id == case.union_id or case.station.path.startswith(station.path)]
