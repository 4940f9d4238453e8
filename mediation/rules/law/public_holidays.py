"""The days off that every year has before its notice comes (T12: FJ 2; 1 January, 1 and 2 May, 1 to 3 October …).

A notice adds the days moved to and from weekends; until it is loaded, what is counted in its year stays provisional.
The days of the lunar calendar were compared with two independent implementations of GB/T 33661-2017.
"""
from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from mediation.rules.date_phrases import SPRING_FESTIVALS

# The second day of May and the eve of the Spring Festival are off since the revision of 1 January 2025.
REVISED = 2025
FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
# By year: 清明, 端午 and 中秋.
LUNAR = {
    2027: (date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    2031: (date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1)),
}
NAMES = ("清明节", "端午节", "中秋节")


@cache
def days_of(year: int) -> dict[date, str]:
    """The days off of a year that no notice need name, with their holiday; the lunar ones where the tables reach."""
    is_revised = year >= REVISED
    found = dict(zip(LUNAR.get(year, ()), NAMES, strict=False))
    found |= {date(year, *day): name for day, name in FIXED.items()}
    if is_revised:
        found[date(year, 5, 2)] = "劳动节"
    if year in SPRING_FESTIVALS:
        first = -1 if is_revised else 0
        found |= {SPRING_FESTIVALS[year] + timedelta(n): "春节" for n in range(first, 3)}
    return found
