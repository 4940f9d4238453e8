"""The house: accounts, stations, bodies, calendar, rights, clocks, settings, duty; one blueprint over several files."""
from __future__ import annotations

from mediation.views.house import calendar, duty, rules, stations, users
from mediation.views.house.frame import bp

__all__ = ["bp", "calendar", "duty", "rules", "stations", "users"]
