"""In which currency a page says its sums: that of the reader's station, and of a case on the pages of the case."""
from __future__ import annotations

from flask import Flask
from flask_login import current_user

from mediation.models import Case
from mediation.queries import door
from mediation.rules.money import currencies


def install(app: Flask) -> None:
    """For every request behind the gate; the thread that answers it goes on to others, so it ends with the request."""
    app.before_request(_of_reader)
    app.teardown_request(lambda _error: currencies.use(currencies.YUAN))


def _of_reader() -> None:
    is_whole = current_user and current_user.is_authenticated and not current_user.is_half
    currencies.use(current_user.row.station.currency if is_whole else currencies.YUAN)


def of_case(case: Case) -> None:
    """From here on sums are in the currency of the case's union."""
    place = current_user.row.station
    currencies.use(place.currency if case.union_id == place.union_id else door.currency_of(case.union_id))
