"""The papers of all workers of a case at one press: an archive of Word files, and one PDF to print."""
from __future__ import annotations

from flask import Blueprint

from mediation.papers import codes
from mediation.papers.sheet import Material, Sight
from mediation.queries import door
from mediation.queries.papers import case_papers
from mediation.services.papers import groups
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.papers.volume_page import send_passing

bp = Blueprint("group_papers", __name__)


@bp.get("/cases/<number>/papers/group.zip")
@permit("paper.print")
def download_archive(number: str):
    """The Word files, named by the worker."""
    found, sight = _found(number)
    return send_passing(f"group-{number}.zip", number, lambda path: groups.write_zip(
        groups.make(found, sight, codes.png(found.case)), path))


@bp.get("/cases/<number>/papers/group.pdf")
@permit("paper.print")
def download_print(number: str):
    """All of them to print, each from an odd page on."""
    found, sight = _found(number)
    return send_passing(f"group-{number}.pdf", number, lambda path: groups.write_pdf(
        groups.make(found, sight, codes.png(found.case)), path, found.case.title))


def _found(number: str) -> tuple[Material, Sight]:
    """What the papers are made of; identity numbers stay lines to write on."""
    case = guard.get_case(number, "paper.print")
    sees_phones = case.is_open and door.may(guard.actor(), "party.phone", case)
    return case_papers.material(case, guard.actor()), Sight(phones=sees_phones)
