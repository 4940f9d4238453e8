"""Holding back who guesses passwords: failures by account and address, kept in rows (faults per window, growing wait).

Three sums, each with its free failures (ASVS 6.3.1): of an account from one address; of an account over all addresses
that it has not used of late, so that a stranger who knows a name does not keep its owner out; of an address over all
accounts. What an account failed before its password was last set counts no longer: a reset lifts the wait.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from mediation.extensions import db
from mediation.models import LoginAttempt, User
from mediation.rules.house import passwords

FREE_PER_PAIR, FREE_PER_ACCOUNT, FREE_PER_ADDRESS = 5, 20, 50  # failures before the wait begins
MEMORY = timedelta(hours=24)
KNOWN = timedelta(days=30)  # an address from which the account logged in this lately is its own


def is_held_back(username: str, address: str, row: User | None, now: datetime) -> bool:
    """Whether a try comes too early. ``row``: the account of that name, if there is one."""
    name = username[:60]
    since = now - MEMORY
    if row is not None and row.password_set_at <= now:  # a clock that was set back forgives nothing
        since = max(since, row.password_set_at)
    of_account = (LoginAttempt.username == name) & (LoginAttempt.at >= since)
    own = _own_addresses(name, now)
    return (_waits(of_account & (LoginAttempt.address == address), FREE_PER_PAIR, now)
            or (address not in set(db.session.scalars(own))
                and _waits(of_account & LoginAttempt.address.not_in(own), FREE_PER_ACCOUNT, now))
            or _waits(LoginAttempt.address == address, FREE_PER_ADDRESS, now))


def _own_addresses(name: str, now: datetime) -> Select[tuple[str]]:
    return select(LoginAttempt.address).where(LoginAttempt.username == name, LoginAttempt.is_success.is_(True),
                                              LoginAttempt.at > now - KNOWN).distinct()


def _waits(condition: ColumnElement[bool], free: int, now: datetime) -> bool:
    """A failure counts until the same account has logged in from the same address: it forgives no guesses at others."""
    later = aliased(LoginAttempt)
    forgiven = exists().where(later.username == LoginAttempt.username, later.address == LoginAttempt.address,
                              later.is_success.is_(True), later.at >= LoginAttempt.at)
    failures, last_failure = db.session.execute(select(func.count(), func.max(LoginAttempt.at)).where(
        condition, LoginAttempt.is_success.is_(False), LoginAttempt.at > now - MEMORY, ~forgiven)).one()
    return bool(failures >= free and now < last_failure + passwords.delay(failures - free))
