"""An office's own wording of papers: taken after a check, used from then on, given up for the shipped one."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import Station, Wording
from mediation.papers import template_check
from mediation.queries.house import admin
from mediation.queries.papers import wordings as queries
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers.catalogue import WORDED
from mediation.services import journal
from mediation.services.cases.moves import Forbidden
from mediation.services.papers import kept_pages

PERMISSION = "wording.write"
NO_KIND = Text("请选一种文书", "Choose a paper")
NO_FILE = Text("请选一个 .docx 文件", "Choose a .docx file")
IS_SHIPPED = Text("现在用的就是随软件的样式", "The shipped wording is in use already")


def check(kind: str, name: str, data: bytes) -> None:
    """Raises Refused with everything that stands against a template."""
    if kind not in WORDED:
        raise Refused([Problem("kind", NO_KIND)])
    if not name or not data:
        raise Refused([Problem("file", NO_FILE)])
    if found := template_check.problems(kind, name, data):
        raise Refused(found)


def use(station: Station, kind: str, name: str, data: bytes, actor: Actor) -> Wording:
    """Use a template for a kind from now on; what was issued stays as it was made.

    Raises Forbidden, or Refused with everything that stands against the template; then nothing is kept.
    """
    _require(station, actor)
    check(kind, name, data)
    before = [row for row in queries.of_station(station) if row.kind == kind]
    for row in before:
        if row.ended_on is None:
            _end(row, actor)
    made = Wording(station_id=station.id, kind=kind, edition=max((row.edition for row in before), default=0) + 1,
                   name=name[-150:], size=len(data), template=kept_pages.keep_template(data, actor),
                   made_on=actor.today, made_by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "wording_set", {
        "wording": made.id, "station": station.id, "kind": kind, "edition": made.edition, "size": made.size})
    return made


def give_up(station: Station, kind: str, actor: Actor) -> Wording:
    """Go back to the shipped wording of a kind. Raises Forbidden, or Refused where it is in use already."""
    _require(station, actor)
    row = next((row for row in queries.of_station(station) if row.kind == kind and row.ended_on is None), None)
    if row is None:
        raise Refused([Problem("", IS_SHIPPED)])
    _end(row, actor)
    return row


def _end(row: Wording, actor: Actor) -> None:
    row.ended_on = actor.today
    db.session.flush()
    journal.record(actor, journal.HOUSE, "wording_ended", {
        "wording": row.id, "station": row.station_id, "kind": row.kind, "edition": row.edition})


def _require(station: Station, actor: Actor) -> None:
    if not admin.reaches(actor, PERMISSION, station):
        raise Forbidden(PERMISSION)
