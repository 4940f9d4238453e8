"""All doors, and the navigation: each entry names its endpoint; its permission is the view's own mark."""
from __future__ import annotations

from mediation.views import imports, late
from mediation.views.audit import explanations, findings, looks, packs, reconciling, samples
from mediation.views.bodies import consultations, coordination, handovers, registers, requests
from mediation.views.cases import case_page, erasing, intake, late_entries, lists, restricting, sessions, visits
from mediation.views.desk import first_page, supervision
from mediation.views.figures import closings, issuing, statistics
from mediation.views.house import admin, auth, codes
from mediation.views.law import case_law, help
from mediation.views.ledger import exports, sheets
from mediation.views.money import agreements, bank_lists, claims, payments, worker
from mediation.views.papers import group_papers, messages, volume_page
from mediation.views.papers import wordings_page as papers
from mediation.views.people import corrections, employers, parties
from mediation.views.prevention import before_cases, supervision_letters

ALL = (
    auth.bp,
    codes.bp,
    first_page.bp,
    lists.bp,
    statistics.bp,
    issuing.bp,
    sheets.bp,
    exports.bp,
    findings.bp,
    samples.bp,
    packs.bp,
    parties.bp,
    corrections.bp,
    employers.bp,
    claims.bp,
    case_page.bp,
    coordination.bp,
    requests.bp,
    consultations.bp,
    handovers.bp,
    registers.bp,
    before_cases.bp,
    supervision_letters.bp,
    case_law.bp,
    supervision.bp,
    agreements.bp,
    payments.bp,
    bank_lists.bp,
    worker.bp,
    looks.bp,
    reconciling.bp,
    explanations.bp,
    closings.bp,
    intake.bp,
    late_entries.bp,
    erasing.bp,
    late.bp,
    imports.bp,
    papers.bp,
    group_papers.bp,
    volume_page.bp,
    messages.bp,
    admin.bp,
    help.bp,
    restricting.bp,
    sessions.bp,
    visits.bp,
)
