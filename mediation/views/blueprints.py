"""All doors, and the navigation: each entry names its endpoint; its permission is the view's own mark."""
from __future__ import annotations

from mediation.views import late
from mediation.views.audit import audit, explanations, packs, reconciling, samples
from mediation.views.bodies import bodies, consultations, coordination, handovers, registers
from mediation.views.cases import cases, intake, lists, restricting, sessions, visits
from mediation.views.desk import desk, supervision
from mediation.views.figures import closings, issuing, statistics
from mediation.views.house import admin, auth
from mediation.views.law import help, law
from mediation.views.ledger import exports, sheets
from mediation.views.money import claims, ledger, worker
from mediation.views.papers import papers
from mediation.views.people import employers, parties
from mediation.views.prevention import letters, prevention

ALL = (
    auth.bp,
    desk.bp,
    lists.bp,
    statistics.bp,
    issuing.bp,
    sheets.bp,
    exports.bp,
    audit.bp,
    samples.bp,
    packs.bp,
    parties.bp,
    employers.bp,
    claims.bp,
    cases.bp,
    coordination.bp,
    bodies.bp,
    consultations.bp,
    handovers.bp,
    registers.bp,
    prevention.bp,
    letters.bp,
    law.bp,
    supervision.bp,
    ledger.bp,
    worker.bp,
    reconciling.bp,
    explanations.bp,
    closings.bp,
    intake.bp,
    late.bp,
    papers.bp,
    admin.bp,
    help.bp,
    restricting.bp,
    sessions.bp,
    visits.bp,
)
