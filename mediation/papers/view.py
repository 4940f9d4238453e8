"""A row as papers read it: days and sums written out, what is not known a line to write on."""
from __future__ import annotations

from datetime import date

from mediation.models import Party
from mediation.rules.language import Text
from mediation.rules.money import amounts, currencies
from mediation.rules.papers.catalogue import Paper
from mediation.rules.people import kin


class View:
    """A row as a paper reads it: its own columns, days written out, sums in figures, '' for what is not known.

    What else it says is given by name, and stands before the columns. Sealed numbers, notes and other rows are not
    columns: they come onto a paper only when they are given. Without a row everything is '', a line to write on.
    """

    def __init__(self, row: object = None, /, **given: object):
        self._row, self._given, self._read = row, given, {}

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        self._read[name] = found = self._find(name)
        return found

    def _find(self, name: str) -> object:
        if name in self._given:
            return self._given[name]
        if self._row is not None and name not in self._row.__mapper__.columns:
            raise AttributeError(name)
        return _written(name, getattr(self._row, name, None))

    def facts(self) -> dict[str, object]:
        """What has been read of it so far, as plain values: the facts that a page was made from."""
        return {name: _plain(value) for name, value in sorted(self._read.items())}


def _plain(value: object) -> object:
    if isinstance(value, View):
        return value.facts()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value.key if isinstance(value, Paper) else value


def _written(name: str, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, date):
        return day(value)
    return figure(value) if name.endswith("_fen") else value


NOTHING = View()


def day(value: date | None) -> str:
    """2026年11月20日; '' when it is not known."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def moment(on: date | None, at: str) -> str:
    """2026年11月20日10时20分."""
    return day(on) + (f"{at.replace(':', '时')}分" if on and at else "")


def figure(fen: int) -> str:
    return amounts.print_yuan(fen)


def capital(fen: int) -> str:
    """The sum in capitals, which the law asks of sums in yuan."""
    return amounts.capital_yuan(fen) if fen >= 0 and currencies.at_hand() == currencies.YUAN else ""


def word_of(table: dict[str, Text], code: str | None, otherwise: str = "") -> str:
    """The Chinese word of a code; ``otherwise`` for none."""
    return table[code].zh if code in table else otherwise


def called(party: Party) -> str:
    """A party's name on paper; an employer's as registered, kin with whom they stand for."""
    if party.side == "applicant":
        return kin.called(party, party.case.parties)
    return (party.employer.name if party.employer else "") or party.name or party.as_told


def is_asking(party: Party) -> bool:
    """Those who ask: workers, and the kin of those who died."""
    return party.side == "applicant" and party.part != "agent" and not kin.is_dead(party)
