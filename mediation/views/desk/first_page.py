"""The first page of every role."""
from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, render_template

from mediation.queries import prevention
from mediation.queries.audit import findings
from mediation.queries.bodies import coordination, handovers
from mediation.queries.cases import duplicates, search
from mediation.queries.desk import first_page, oversight, supervision, work_lists
from mediation.queries.house import admin, upkeep
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.house import condition
from mediation.views import guard
from mediation.views.cases import rows
from mediation.views.guard import permit

bp = Blueprint("desk", __name__)


@bp.get("/")
@permit("desk.see")
def show():
    actor = guard.actor()
    return PAGES[actor.role](actor)


def _page(template: str, **values: object):
    return render_template(template, clock_name=work_lists.clock_name, state_text=first_page.state_text,
                           tone=first_page.tone,
                           phrases=rows.Phrases(), findings=findings.waiting(guard.actor()),
                           finding_words=findings.WORDS,
                           **values)


def _counter(actor: Actor):
    """Mediator and lead: what to do today; a lead also sees who at the site has how much."""
    found = first_page.build(actor)
    loads = oversight.workload(actor, found.swept) if actor.role == "lead" else []
    return _page("desk/counter.html", desk=found, loads=loads, columns=oversight.LOAD,
                 late_letters=prevention.late_letters(actor) if actor.role == "lead" else [],
                 reminders=supervision.open_for(actor),
                 on_duty=first_page.on_duty(actor), late_replies=coordination.late_replies(actor),
                 handovers=handovers.waiting(actor))


def _supervisor(actor: Actor):
    found, asking = first_page.build(actor), admin.attention(actor)
    return _page("desk/supervisor.html", desk=found, over=oversight.build(actor, found.late_sums, found.swept),
                 columns=oversight.LOAD, accounts=asking.unconfirmed, curious=asking.curious,
                 supervised=supervision.unanswered(actor, "supervise", first_page.SHOWN),
                 late_letters=prevention.late_letters(actor), duplicates=duplicates.across_unions(actor),
                 late_replies=coordination.late_replies(actor),
                 handovers=handovers.waiting(actor))


def _liaison(actor: Actor):
    """Cases shared with the body, and what it has been asked."""
    found = first_page.work_of(actor)
    replies = first_page.replies(actor)
    cases = {case.id: case for work in found for case in work.rows} | {row.case_id: row.case for row in replies}
    return _page("desk/liaison.html", work=found, replies=replies,
                           handovers=handovers.waiting(actor),
                 shown=search.parts_seen(cases.values(), actor))


def _auditor(actor: Actor):
    found = first_page.build(actor)
    return _page("desk/auditor.html", desk=found, 
                 changes=oversight.changes(actor), since=reporting.last_monday(actor.today),
                 seals=oversight.last_seals(), unsealed=condition.entries(oversight.unsealed_events()))


def _admin(actor: Actor):
    """The house without a single case."""
    return _page("desk/admin.html", accounts=oversight.unconfirmed(), database=oversight.database(),
                 seals=oversight.last_seals(1), unsealed=condition.entries(oversight.unsealed_events()),
                 upkeep=upkeep.upkeep(Path(str(current_app.config["MEDIATION"]["INSTANCE"])), actor.now))


PAGES = {"mediator": _counter, "lead": _counter, "supervisor": _supervisor, "liaison": _liaison, "auditor": _auditor,
         "admin": _admin}
