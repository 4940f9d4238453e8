"""Cases as tables show them: every word in the reader's language, resolved once per page and not once per cell."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from flask_babel import gettext as _

from mediation.queries.cases.listed import Listed
from mediation.queries.desk import first_page, work_lists
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.money import currencies
from mediation.views import guard

NONE = "—"


class Due(NamedTuple):
    """A deadline: the day, the clock's name, the colour and the days left in words."""

    on: date
    clock: str
    tone: str
    left: str


class Line(NamedTuple):
    """One case; sums are written out, what a reader is not told is a dash. ``by`` is '' where nobody holds it."""

    number: str
    shown: str
    who: str
    whom: str
    kind: str
    tone: str
    state: str
    claimed: str
    agreed: str
    arrived: str
    left: str
    due: Due | None
    by: str
    station: str
    received: date | None
    touched: date


class Phrases:
    """The words of one page."""

    def __init__(self) -> None:
        self.language, self.today = guard.language(), guard.today()
        self._remind = _("催办 %(what)s")
        self._days = {True: _("逾期%(n)s天"), False: _("超%(n)s天")}  # late money, and a limit of the procedure
        self._ahead = _("今天到期"), _("明天到期"), _("还剩%(n)s天")
        self._states: dict[tuple[str, str], str] = {}

    def state(self, row: Listed) -> str:
        key = row.state, row.outcome
        if key not in self._states:
            self._states[key] = first_page.state_text(row).say(self.language)
        return self._states[key]

    def clock(self, row: Listed) -> str:
        return work_lists.clock_name(row).say(self.language)

    def kind(self, code: str) -> str:
        found = words.HEADS.get(code)
        return found.say(self.language) if found else code or ""

    def remind(self, what: str) -> str:
        return self._remind % {"what": what}

    def tone(self, row: Listed) -> str:
        return first_page.tone(row)

    def due(self, row: Listed, is_money: bool = False) -> Due | None:
        """None where no clock runs. Late money is 逾期, a limit of the procedure is over (超)."""
        on = row.next_due_on
        if on is None:
            return None
        days, is_money = (on - self.today).days, is_money or row.state == "PERFORMING"
        left = self._days[is_money] if days < 0 else self._ahead[min(days, 2)]
        return Due(on, self.clock(row), "late" if days < 0 else "warn" if days <= 3 else "", left % {"n": abs(days)})

    def choices(self, found: Iterable) -> list[tuple[str, str]]:
        """The words of a vocabulary for a select field."""
        return [(word.code, word.say(self.language)) for word in found]

    def say(self, text: Text) -> str:
        return text.say(self.language)


def yuan(fen: int | None, currency: str, is_about: bool = False) -> str:
    return NONE if fen is None else (_("约") if is_about else "") + currencies.said(fen, currency, guard.language())


def agreed(row: Listed) -> str:
    return _("未公开") if row.is_undisclosed else yuan(row.agreed_fen, row.currency)


def lines(rows: Iterable[Listed], shown: Mapping[int, frozenset[str]] | None,
          phrases: Phrases) -> list[Line]:
    """``shown``: the parts of each case that a liaison sees; None for our own people, who see all."""
    rows = list(rows)
    unknown, actor = _("对方待查明"), guard.actor()
    found = []
    for row in rows:
        parts = shown[row.id] if shown is not None else None
        is_told, is_paid = _has(parts, "summary"), _has(parts, "money")
        found.append(Line(
            row.number, actor.known(row.number), row.title if is_told else NONE,
            (row.respondent_title or unknown) if is_told else NONE, phrases.kind(row.main_head), first_page.tone(row),
            phrases.state(row),
            yuan(row.claimed_fen, row.currency, row.is_claim_about) if _has(parts, "claims") else NONE,
            agreed(row) if is_paid or _has(parts, "agreement") else NONE,
            yuan(row.arrived_fen, row.currency) if is_paid else NONE, yuan(row.outstanding_fen, row.currency),
            phrases.due(row), row.handler_name or "", row.station_name, row.received_on,
            row.touched_at.astimezone(guard.BEIJING).date()))
    return found


def _has(parts: frozenset[str] | None, part: str) -> bool:
    return parts is None or part in parts


def totals(rows: Iterable[Listed]) -> dict[str, str]:
    """The sums at the foot of a page."""
    rows = list(rows)

    def say(fen: Callable[[Listed], int | None]) -> str:
        return currencies.purse((row.currency, fen(row) or 0) for row in rows).say(guard.language())
    about = _("约") if any(row.is_claim_about for row in rows) else ""
    return {"claimed": about + say(lambda row: row.claimed_fen), "agreed": say(lambda row: row.agreed_fen),
            "arrived": say(lambda row: row.arrived_fen), "left": say(lambda row: row.outstanding_fen)}
