"""All doors, and the navigation: each entry names its endpoint; its permission is the view's own mark."""
from __future__ import annotations

from mediation.views import (
    auth,
    cases,
    claims,
    coordination,
    employers,
    intake,
    ledger,
    papers,
    parties,
    sessions,
)

ALL = (
    auth.bp,
    parties.bp,
    employers.bp,
    claims.bp,
    cases.bp,
    coordination.bp,
    ledger.bp,
    intake.bp,
    papers.bp,
    sessions.bp,
)
