"""Accounts: log-in with growing delay, sessions on the server, passwords, creation and confirmation."""
from __future__ import annotations

import functools
import hashlib
import secrets
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Select, bindparam, exists, func, select, update

from mediation import settings
from mediation.extensions import db
from mediation.models import Agency, Authenticator, Feed, LoginAttempt, LoginSession, Station, User
from mediation.rules.access import Actor
from mediation.rules.house import passwords
from mediation.rules.language import Guessed, Problem, Refused, Text
from mediation.services import journal
from mediation.services.house import authenticators, throttle

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
ONE_HASH = threading.Lock()  # 19 MiB each: one at a time keeps memory bounded
ONE_TIME_HOURS = 24
COMMON_PASSWORDS = settings.ROOT / "mediation" / "data" / "common_passwords.txt"
LAPSED_KEPT = timedelta(hours=24)
PROOF = timedelta(minutes=10)  # how long a typed password stands for what needs a fresh one
DUMMY = HASHER.hash(secrets.token_hex(16))  # unknown names cost the same time
WRONG = Text("账号或密码不对，或者暂时不能登录。请稍等再试，或找管理员",
             "Wrong name or password, or held back for now. Wait, or ask the administrator")

UNPROVED = Text("密码不对，或者试得太多。请稍等再试", "Wrong password, or too many tries. Wait and try again")


class Place(NamedTuple):
    """The station of a logged-in account: what its rights and the head of every page need of it."""

    id: int
    name: str
    short_name: str
    path: str
    union_id: int | None
    currency: str
    union_code: str


class Body(NamedTuple):
    """The outside body of a liaison's account."""

    id: int
    kind: str
    name: str
    short_name: str


class Person(NamedTuple):
    """What a request needs of the account that is logged in: read once, in one statement, and never written."""

    id: int
    username: str
    name: str
    role: str
    station_id: int
    agency_id: int | None
    must_change: bool
    is_demo: bool
    language: str
    station: Place
    agency: Body | None


class Seen(NamedTuple):
    """What a request needs of the log-in itself."""

    seen_at: datetime
    proved_at: datetime | None
    is_half: bool
    has_codes: bool


class Account:
    """The logged-in account as Flask-Login wants it: the key is the session's, so log-out ends it on the server."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, row: Person, key: str, login: Seen):
        self.row, self.key = row, key
        self.seen_at, self.proved_at, self.is_half, self.has_codes = login

    def get_id(self) -> str:
        return self.key


def _live_session() -> Select[Any]:
    """The session, account, station and body behind a session's key; Core columns, so that no entity is built."""
    logins, users, stations, agencies, codes = (
        m.__table__ for m in (LoginSession, User, Station, Agency, Authenticator))
    unions = Station.__table__.alias("of_union")
    return select(
        logins.c.created_at, logins.c.seen_at, logins.c.proved_at, logins.c.is_half,
        exists().where(codes.c.account_id == users.c.id, codes.c.confirmed_at.is_not(None)),
        *(users.c[name] for name in Person._fields[:-2]),
        *(stations.c[name] for name in Place._fields[:-1]), func.coalesce(unions.c.code, ""),
        *(agencies.c[name] for name in Body._fields),
    ).select_from(logins.join(users, users.c.id == logins.c.account_id).join(
        stations, stations.c.id == users.c.station_id).outerjoin(unions, unions.c.id == stations.c.union_id).outerjoin(
        agencies, agencies.c.id == users.c.agency_id)).where(
        logins.c.token_hash == bindparam("token"), logins.c.ended_at.is_(None), users.c.is_active.is_(True))


LIVE_SESSION = _live_session()


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def find_account(key: str, now: datetime, idle: timedelta, longest: timedelta) -> Account | None:
    """The account of a live session; None when it ended, idled out or the account was disabled."""
    found = db.session.connection().execute(LIVE_SESSION, {"token": _hashed(key)}).first()
    if found is None:
        return None
    created_at, values = found[0], list(found[5:])
    login = Seen(*found[1:5])
    if now - created_at > longest or now - login.seen_at > idle:
        return None
    own, rest = len(Person._fields) - 2, len(Person._fields) - 2 + len(Place._fields)
    body = Body(*values[rest:]) if values[rest] is not None else None
    return Account(Person._make((*values[:own], Place(*values[own:rest]), body)), key, login)


def own_row(account: Account) -> User:
    """The logged-in account's row, for what somebody changes about himself."""
    return db.session.get_one(User, account.row.id)


def find_lapsed(key: str, now: datetime) -> User | None:
    """Whose log-in idled out today, not one that was ended: what that person sent too late may be kept for them."""
    row = db.session.scalar(select(User).join(LoginSession, LoginSession.account_id == User.id).where(
        LoginSession.token_hash == _hashed(key), LoginSession.ended_at.is_(None), LoginSession.is_half.is_(False),
        LoginSession.seen_at > now - LAPSED_KEPT))
    return row if row is not None and row.is_active else None


def is_stale(account: Account, now: datetime) -> bool:
    """Whether the session's last sight is old enough to be written again; at most once a minute, to spare writes."""
    return now - account.seen_at > timedelta(minutes=1)


class Login(NamedTuple):
    """A log-in that lives: where from, since when, seen last, whether it is the one that asks."""

    id: int
    address: str
    created_at: datetime
    seen_at: datetime
    is_own: bool


def live_sessions(account: Account, now: datetime, idle: timedelta, longest: timedelta) -> list[Login]:
    """The account's log-ins that still work, the latest first."""
    own = _hashed(account.key)
    rows = db.session.execute(select(
        LoginSession.id, LoginSession.address, LoginSession.created_at, LoginSession.seen_at, LoginSession.token_hash,
    ).where(LoginSession.account_id == account.row.id, LoginSession.ended_at.is_(None),
            LoginSession.is_half.is_(False), LoginSession.seen_at > now - idle,
            LoginSession.created_at > now - longest).order_by(
        LoginSession.seen_at.desc()))
    return [Login(key, address, began, seen, token == own) for key, address, began, seen, token in rows]


def touch(key: str, actor: Actor) -> None:
    """Keep a session alive."""
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == _hashed(key)).values(seen_at=actor.now))


def actor_of(row: User | Person | None, now: datetime, today: date, language: str, address: str = "",
             request_id: str = "") -> Actor:
    """The actor of an account; without one, nobody."""
    if row is None:
        return Actor(None, "", "", "", None, "", None, None, language, now, today, address, request_id)
    return Actor(row.id, row.username, row.name, row.role, row.station_id, row.station.path, row.station.union_id,
                 row.agency_id, language, now, today, address, request_id, row.station.union_code)


def operator(name: str, now: datetime, today: date, row: User | None = None, station: Station | None = None) -> Actor:
    """The actor of a command, named after whoever typed it."""
    if row is not None:
        return actor_of(row, now, today, "zh")
    return Actor(None, name, name, "admin", station.id if station else None, station.path if station else "/",
                 station.union_id if station else None, None, "zh", now, today,
                 union_code=station.union_code if station else "")


def authenticate(username: str, password: str, actor: Actor, profile: str = "asvs") -> tuple[User, str]:
    """Check a log-in and open a session; gives the account and the session's key. Of an account with one-time codes
    it is a half one, which opens nothing before the code (``enter_code``).

    ``profile``: the rules for passwords; under one with rotation an old password has to be changed after the log-in.

    Raises Refused with one sentence for unknown, wrong and held back alike. The failure must be committed by the
    caller, so it is written before the refusal is raised; the hash is computed with no transaction open.
    """
    row = db.session.scalar(select(User).where(User.username == username[:60]))
    stored = row.password_hash if row and row.is_active and row.confirmed_at else DUMMY
    expired = bool(row and row.one_time_until_at and row.one_time_until_at <= actor.now)
    db.session.rollback()
    matches = verify(stored, password) and row is not None and not expired
    row = db.session.scalar(select(User).where(User.username == username[:60]).with_for_update())
    # Counted while writing: of guesses sent at once each sees those before.
    is_held = throttle.is_held_back(username, actor.address, row, actor.now)
    is_right = matches and not is_held
    is_half = is_right and row is not None and authenticators.confirmed(row.id) is not None
    if not is_half:  # half a log-in forgives no failures: the code could be guessed between two right passwords
        db.session.add(LoginAttempt(username=username[:60], address=actor.address, at=actor.now, is_success=is_right))
    if not is_right or row is None:
        _log_failure(row, is_held, actor)
        raise Refused([Problem("", WRONG)])
    if row.one_time_until_at is not None:
        row.one_time_until_at = actor.now  # used: this log-in has to change it, a second one with it is refused
    if passwords.is_due(row.password_set_at, actor.now, profile):
        row.must_change = True
    return row, open_session(row, actor, is_half)


def _log_failure(row: User | None, is_held: bool, actor: Actor) -> None:
    """On record under the account that was tried and its station, for those who look after it; a name that nobody has
    may be a password in the wrong field and is kept nowhere."""
    place = actor if row is None else replace(actor, station_id=row.station_id)
    journal.log_access(place, "login_locked" if is_held else "login_failed", "" if row is None else row.username)


def enter_code(account: Account, code: str, actor: Actor) -> tuple[User, str]:
    """The second half of a log-in: gives the account and the key of a whole session in place of the half one.

    Raises Refused; the failure must be committed by the caller.
    """
    row = db.session.scalars(select(User).where(User.id == account.row.id).with_for_update()).one()
    is_held = throttle.is_held_back(row.username, actor.address, row, actor.now)
    is_right = not is_held and authenticators.check(row, code, actor)
    db.session.add(LoginAttempt(username=row.username, address=actor.address, at=actor.now, is_success=is_right))
    if not is_right:
        journal.log_access(actor, "login_locked" if is_held else "login_failed", "", "code")
        raise Refused([Problem("code", authenticators.WRONG)])
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == _hashed(account.key)).values(
        ended_at=actor.now))
    return row, open_session(row, actor)


def prove(account: Account, password: str, actor: Actor) -> None:
    """The password once more, for what must not be done at a machine that somebody left; guesses count as at log-in.

    Raises Guessed.
    """
    if not _knows_password(own_row(account), password, actor):
        raise Guessed([Problem("password", UNPROVED)])
    _set_proof(account.key, actor)


def _knows_password(row: User, password: str, actor: Actor) -> bool:
    """Whether somebody logged in knows the password; a stolen log-in guesses no faster than a stranger.

    The hash is computed with no transaction open, and the guess is counted while writing.
    """
    key, stored = row.id, row.password_hash
    db.session.rollback()
    matches = verify(stored, password)
    row = db.session.scalars(select(User).where(User.id == key).with_for_update()).one()
    is_held = throttle.is_held_back(row.username, actor.address, row, actor.now)
    if matches and not is_held:
        return True
    db.session.add(LoginAttempt(username=row.username, address=actor.address, at=actor.now, is_success=False))
    journal.log_access(actor, "login_locked" if is_held else "login_failed", "", "proof")
    return False


def _set_proof(key: str, actor: Actor) -> None:
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == _hashed(key)).values(proved_at=actor.now))


def is_proved(account: Account, now: datetime) -> bool:
    """Whether the password was typed a short while ago."""
    return account.proved_at is not None and now - account.proved_at <= PROOF


def verify(stored: str, password: str) -> bool:
    with ONE_HASH:
        try:
            return HASHER.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def hash_password(password: str) -> str:
    with ONE_HASH:
        return HASHER.hash(password)


def open_session(row: User, actor: Actor, is_half: bool = False) -> str:
    """A new session with a new key; the key itself is never stored."""
    key = secrets.token_urlsafe(24)
    db.session.add(LoginSession(token_hash=_hashed(key), account_id=row.id, created_at=actor.now, seen_at=actor.now,
                                address=actor.address, proved_at=actor.now, is_half=is_half))
    if is_half:
        return key
    own = actor_of(row, actor.now, actor.today, row.language, actor.address, actor.request_id)
    journal.log_access(own, "login")
    return key


def end_sessions(row: User, actor: Actor, but: str = "") -> None:
    """End an account's sessions on every worker at once; ``but`` names the key of one to keep."""
    db.session.execute(update(LoginSession).where(
        LoginSession.account_id == row.id, LoginSession.ended_at.is_(None),
        LoginSession.token_hash != (_hashed(but) if but else "")).values(ended_at=actor.now))


def end_session(key: str, actor: Actor) -> None:
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == _hashed(key)).values(ended_at=actor.now))
    journal.log_access(actor, "logout")


@functools.cache
def common_passwords() -> frozenset[str]:
    """Frequent passwords of public leaks."""
    lines = COMMON_PASSWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _own_words(row: User) -> tuple[str, ...]:
    union = row.station.union
    own = (row.username, row.name, row.station.name, row.station.short_name, row.station.code)
    return own if union is None else (*own, union.name, union.short_name, union.code, union.code.partition("-")[0])


def change_password(row: User, current: str, new: str, again: str, actor: Actor, key: str = "",
                    profile: str = "asvs") -> None:
    """Change one's own password; every other session of the account ends, and its calendar feed.

    Raises Guessed for a wrong present password, Refused for the rest.
    """
    faults = passwords.faults(new, _own_words(row), common_passwords(), profile)
    problems = [Problem("new", text) for text in faults]
    is_known = _knows_password(row, current, actor)
    if not is_known:
        problems.append(Problem("current", UNPROVED))
    if new != again:
        problems.append(Problem("again", Text("两次输入的不一样", "The two entries differ")))
    if new and new == current:
        problems.append(Problem("new", Text("新密码不能和现在的一样", "The new password must differ from the present one")))
    if problems:
        raise (Refused if is_known else Guessed)(problems)
    row.password_hash, row.must_change = hash_password(new), False
    row.password_set_at, row.one_time_until_at = actor.now, None
    end_sessions(row, actor, but=key)
    _set_proof(key, actor)
    _end_feeds(row, actor)
    journal.record(actor, journal.HOUSE, "password_changed", {"user": row.id})


def create(actor: Actor, username: str, name: str, role: str, station: Station, agency_id: int | None = None,
           password: str = "", is_demo: bool = False) -> tuple[User, str]:
    """Create an account; gives it and its one-time password.

    What an operator makes by a command, or the demonstration, is confirmed; for the rest the supervisor above
    confirms role and station before it can log in.
    """
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise Refused([Problem("username", Text("已有这个账号", "This name is taken"))])
    secret = password or secrets.token_urlsafe(9)
    row = User(username=username, name=name, role=role, station_id=station.id, agency_id=agency_id, is_demo=is_demo,
               password_hash=hash_password(secret), password_set_at=actor.now, created_by_id=actor.user_id,
               must_change=not is_demo, confirmed_at=actor.now if is_demo or actor.user_id is None else None,
               one_time_until_at=None if is_demo else actor.now + timedelta(hours=ONE_TIME_HOURS))
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "user_created", {"user": row.id, "role": role, "station": station.id})
    return row, secret


def confirm(row: User, actor: Actor) -> None:
    """The supervisor above confirms role and station; nobody confirms himself or what he created."""
    if row.id == actor.user_id or row.created_by_id == actor.user_id:
        raise Refused([Problem("", Text("不能确认自己或自己建立的账号", "Nobody confirms himself or an account he created"))])
    row.confirmed_by_id, row.confirmed_at = actor.user_id, actor.now
    journal.record(actor, journal.HOUSE, "user_confirmed", {
        "user": row.id, "role": row.role, "station": row.station_id})


def reset_password(row: User, actor: Actor) -> str:
    """Give a one-time password; all sessions of the account end."""
    if row.id == actor.user_id:
        raise Refused([Problem("", Text("自己的密码请在“改密码”里改", "Change your own password on its page"))])
    secret = secrets.token_urlsafe(9)
    row.password_hash, row.must_change = hash_password(secret), True
    row.password_set_at, row.one_time_until_at = actor.now, actor.now + timedelta(hours=ONE_TIME_HOURS)
    end_sessions(row, actor)
    _end_feeds(row, actor)
    journal.record(actor, journal.HOUSE, "password_reset", {"user": row.id})
    return secret


def reset_codes(row: User, actor: Actor) -> None:
    """The telephone of an account is lost: its codes are asked for no more, its sessions end."""
    if row.id == actor.user_id:
        raise Refused([Problem("", Text("自己的验证码请在“改密码”里改", "Change your own codes on the page of your password"))])
    if authenticators.confirmed(row.id) is None:
        raise Refused([Problem("", Text("这个账号没有开通验证码", "This account uses no codes"))])
    end_sessions(row, actor)
    authenticators.reset(row, actor)


def _end_feeds(row: User, actor: Actor) -> None:
    db.session.execute(update(Feed).where(Feed.account_id == row.id, Feed.revoked_at.is_(None)).values(
        revoked_at=actor.now))


def is_last_administrator(row: User) -> bool:
    """Whether nobody else could make accounts any more."""
    return row.role == "admin" and row.is_active and not db.session.scalar(select(func.count()).where(
        User.role == "admin", User.is_active.is_(True), User.confirmed_at.is_not(None), User.id != row.id))


LAST = Text("这是最后一个能用的管理员账号，先建立并确认另一个", "The last administrator; create and confirm another first")


def disable(row: User, reason: str, actor: Actor) -> None:
    """Disable an account: its sessions and its calendar feed end at once. The last administrator stays."""
    if row.id == actor.user_id:
        raise Refused([Problem("", Text("不能停用自己", "Nobody disables himself"))])
    if is_last_administrator(row):
        raise Refused([Problem("", LAST)])
    row.is_active = False
    end_sessions(row, actor)
    _end_feeds(row, actor)
    journal.record(actor, journal.HOUSE, "user_disabled", {"user": row.id, "reason": reason})


def set_language(row: User, language: str) -> None:
    """The account's language; a preference, no event."""
    if language in ("zh", "en"):
        row.language = language
