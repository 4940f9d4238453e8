"""All doors, and the navigation: each entry names its endpoint; its permission is the view's own mark."""
from __future__ import annotations

from mediation.views import (
    admin,
    auth,
    cases,
    claims,
    coordination,
    desk,
    employers,
    help,
    exports,
    intake,
    ledger,
    lists,
    papers,
    parties,
    sessions,
    sheets,
    statistics,
)

ALL = (
    auth.bp,
    desk.bp,
    lists.bp,
    statistics.bp,
    sheets.bp,
    exports.bp,
    parties.bp,
    employers.bp,
    claims.bp,
    cases.bp,
    coordination.bp,
    ledger.bp,
    intake.bp,
    papers.bp,
    admin.bp,
    help.bp,
    sessions.bp,
)
