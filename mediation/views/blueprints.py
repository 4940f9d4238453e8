"""All doors, and the navigation: each entry names its endpoint; its permission is the view's own mark."""
from __future__ import annotations

from mediation.views import auth, ledger

ALL = (auth.bp, ledger.bp)
