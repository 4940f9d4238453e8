"""The whole schema in reading order: the house, the case and its people, what was done, the money, the journal.

Dates end in ``_on`` (business dates, Asia/Shanghai), instants in ``_at`` (UTC), sums in ``_fen`` (integers).
Codes refer to the vocabularies of ``rules/words.py``. Columns ending in ``_hint`` or marked so are indexed hints for
lists; the truth is computed from the rows and compared by ``flask check``.
"""
from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
)
from sqlalchemy import text as sql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from mediation.extensions import AnyModel, Model, db
from mediation.vault import Encrypted


class Instant(TypeDecorator[datetime]):
    """An instant kept in UTC and given back with its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


Id = Mapped[int]
BIG = BigInteger().with_variant(db.Integer, "sqlite")


def looked_at(of: str = "case", **more: Any) -> Any:
    """Rows that refer to a case and are written by its id, never through the case: a flush need not look for changes of
    such a collection, and it takes up most of a registration's."""
    return relationship(back_populates=of, viewonly=True, **more)


def key() -> Mapped[int]:
    return mapped_column(BIG, primary_key=True)


def ref(target: str, optional: bool = False, index: bool = True, info: dict[str, object] | None = None) -> Mapped[Any]:
    return mapped_column(BIG, ForeignKey(target), nullable=optional, index=index, info=info)


# Facts of columns, as their ``info``. A row that queries/house/canonical.py names is under a digest with every column,
# and with each ``Sealed`` value in plain, save its key and what says here why not. A column that came with a later
# version of the digest, since rows of before do not have it empty, says which: ``info={"since": 3}``.
def undigested(why: str) -> dict[str, object]:
    return {"undigested": why}


def free(why: str) -> dict[str, object]:
    """A column that no digest and no check can hold to anything, and why that does no harm."""
    return {"undigested": why, "free": why}


HINT = undigested("a hint, computed from what is digested")
COUNT = undigested("counts the changes, whatever they are")
TIE = undigested("ties sealed values to their row: none opens under another")
DRAFT = undigested("leads to the intake page that was opened from it")
CLOSED = undigested("a closing has a digest of its own")
DEMO = free("marks made-up cases for the command that made them")
DRY_RUN = free("what the dry run said; what a row became, the case's event tells")
INDEX = undigested("an index, made anew from the case")
PART = free("whose part of a sum it is; all parts are added up")


def new_uid() -> str:
    return secrets.token_hex(8)


# The house ------------------------------------------------------------------------------------------------------

class Station(Model):
    """One of ours: region, league, banner union, and the sites below a union, as a tree."""

    __tablename__ = "station"
    id: Id = key()
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))  # words.STATION_KINDS
    parent_id: Mapped[int | None] = ref("station.id", optional=True)
    union_id: Mapped[int | None] = ref("station.id", optional=True)  # the wall: nearest union, itself for a union
    path: Mapped[str] = mapped_column(String(200), index=True)  # '/1/4/9/': a station's tree is a prefix
    legal_body: Mapped[str] = mapped_column(String(100), default="")  # whose name and seal the papers carry
    channel: Mapped[str] = mapped_column(String(1), default="A")  # default rule set, law.md 2.1
    currency: Mapped[str] = mapped_column(String(3), default="CNY", server_default="CNY")  # of all sums of a union
    number_form: Mapped[str] = mapped_column(String(60), default="")  # '乌中工调〔{year}〕{n}号', unions only
    paper_form: Mapped[str] = mapped_column(String(60), default="", server_default="")  # of papers; '': as of cases
    county: Mapped[str] = mapped_column(String(20), default="")  # calendar of local holidays
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0, server_default="0", info=COUNT)
    parent = relationship("Station", remote_side=[id], foreign_keys=[parent_id])
    union = relationship("Station", remote_side=[id], foreign_keys=[union_id])

    @property
    def union_code(self) -> str:
        """The code that the register numbers of its union begin with."""
        return self.union.code if self.union else ""


class Agency(Model):
    """An outside body of one union's mechanism: court, procuratorate, bureaux, township, arbitration …"""

    __tablename__ = "agency"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))  # words.AGENCY_KINDS
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(20))
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    handles: Mapped[str] = mapped_column(String(300), default="")  # what people are sent there for (next doors)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_provisional: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))  # typed at a case
    version: Mapped[int] = mapped_column(default=0, server_default="0", info=COUNT)
    __table_args__ = (UniqueConstraint("union_id", "code"),)


class User(Model):
    """An account; one role each. Its actual rights are the row of its role in access.GRANTS."""

    __tablename__ = "account"
    id: Id = key()
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    station_id: Mapped[int] = ref("station.id")
    agency_id: Mapped[int | None] = ref("agency.id", optional=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_set_at: Mapped[datetime] = mapped_column(Instant)
    one_time_until_at: Mapped[datetime | None] = mapped_column(Instant)  # a one-time password ends then, or once used
    must_change: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    language: Mapped[str] = mapped_column(String(5), default="zh")
    phone: Mapped[str] = mapped_column(String(40), default="")
    certificates: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=0)
    station = relationship(Station)
    agency = relationship(Agency)


class LoginSession(Model):
    """A log-in, kept on the server: ends at log-out, idle, change of password, role or station."""

    __tablename__ = "login_session"
    id: Id = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = ref("account.id")
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(60), default="")
    proved_at: Mapped[datetime | None] = mapped_column(Instant)  # when the password was last typed
    is_half: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))  # the one-time code is still due


class Authenticator(Model):
    """The telephone that shows an account's one-time codes (RFC 6238); while unconfirmed, one that is being set up."""

    __tablename__ = "authenticator"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid)
    account_id: Mapped[int] = ref("account.id")
    secret_sealed: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BIG, default=0)  # of the last code taken: none works twice
    secret = Encrypted()


class RecoveryCode(Model):
    """A code on paper in place of a lost telephone; works once, only its hash is kept."""

    __tablename__ = "recovery_code"
    id: Id = key()
    account_id: Mapped[int] = ref("account.id")
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginAttempt(Model):
    """Failures by account and by address; survive a restart and hold over several processes."""

    __tablename__ = "login_attempt"
    id: Id = key()
    username: Mapped[str] = mapped_column(String(60), index=True)
    address: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column("tried_at", Instant, index=True)
    is_success: Mapped[bool] = mapped_column(default=False)


class SubmitToken(Model):
    """One form, sent once: a double click or a resend is led to the first answer."""

    __tablename__ = "submit_token"
    token: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[int] = ref("account.id")
    result: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64), default="")  # of what was sent, keyed with the token
    made_at: Mapped[datetime] = mapped_column(Instant)


class Draft(Model):
    """What somebody has typed and not yet sent, or sent too late; sealed, offered after a time-out or crash."""

    __tablename__ = "draft"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid)
    account_id: Mapped[int] = ref("account.id")
    place: Mapped[str] = mapped_column(String(100))  # 'intake:<token>', 'form:<token>'
    address: Mapped[str] = mapped_column(Text, default="")  # where it was sent to when the log-in had lapsed
    body_sealed: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    body = Encrypted()
    __table_args__ = (UniqueConstraint("account_id", "place"),)


class SearchWords(Model):
    """The words of a search, kept here so that no name or telephone stands in an address or a log."""

    __tablename__ = "search_words"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, unique=True)  # the key in the address
    account_id: Mapped[int] = ref("account.id")
    words_sealed: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    words = Encrypted()


class CalendarDay(Model):
    """A day off or a make-up working day, official ('') or local to a county."""

    __tablename__ = "calendar_day"
    id: Id = key()
    on: Mapped[date] = mapped_column("day_on", Date)
    kind: Mapped[str] = mapped_column(String(10))  # off | work
    name: Mapped[str] = mapped_column(String(60), default="")
    county: Mapped[str] = mapped_column(String(20), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (UniqueConstraint("day_on", "county"),)


class RuleCheck(Model):
    """A lawyer's mark that a rule row was compared with its source."""

    __tablename__ = "rule_check"
    id: Id = key()
    rule: Mapped[str] = mapped_column(String(20), index=True)
    account_id: Mapped[int] = ref("account.id")
    checked_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(200), default="")


class Counter(Model):
    """The last number given in a gapless series of one union and year."""

    __tablename__ = "counter"
    union_id: Mapped[int] = mapped_column(BIG, ForeignKey("station.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(30), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def _of_sum(**more: Any) -> Any:
    """A part of the key of a sum."""
    return mapped_column(BIG, primary_key=True, autoincrement=False, **more)


def _sum() -> Any:
    return mapped_column(BigInteger, default=0, server_default="0")


class MonthSum(Model):
    """What the cases of a place come to in a month: each counts in the month of the day that a column is about.

    Triggers keep it; ``month`` is 100 × year + month, 0 where nobody knows the day. All unions together are a row with
    0 for each part of the place. Of a month and place there is a row for each ``writer``, a connection of PostgreSQL,
    and one of all others; they are added up.
    """

    __tablename__ = "month_sum"
    union_id: Mapped[int] = _of_sum()
    month: Mapped[int] = _of_sum()
    station_id: Mapped[int] = _of_sum()  # where the cases lie
    holder_id: Mapped[int] = _of_sum()  # where they count
    writer: Mapped[int] = _of_sum(info=PART)
    registered: Mapped[int] = _sum()
    came: Mapped[int] = _sum()
    declined: Mapped[int] = _sum()
    refused: Mapped[int] = _sum()
    unreachable: Mapped[int] = _sum()
    accepted: Mapped[int] = _sum()
    workers: Mapped[int] = _sum()
    claimed_fen: Mapped[int] = _sum()
    settled: Mapped[int] = _sum()
    group_cases: Mapped[int] = _sum()
    group_workers: Mapped[int] = _sum()
    owing: Mapped[int] = _sum()
    owing_fen: Mapped[int] = _sum()
    concluded: Mapped[int] = _sum()
    won: Mapped[int] = _sum()
    agreed: Mapped[int] = _sum()
    ended: Mapped[int] = _sum()
    closed: Mapped[int] = _sum()
    closed_dated: Mapped[int] = _sum()
    agreements: Mapped[int] = _sum()
    agreed_fen: Mapped[int] = _sum()
    promised: Mapped[int] = _sum()
    performed: Mapped[int] = _sum()
    performed_fen: Mapped[int] = _sum()
    waiting: Mapped[int] = _sum()
    waiting_fen: Mapped[int] = _sum()
    cohort_agreements: Mapped[int] = _sum()
    cohort_agreed_fen: Mapped[int] = _sum()
    arrivals: Mapped[int] = _sum()
    arrived_fen: Mapped[int] = _sum()
    cohort_arrivals: Mapped[int] = _sum()
    cohort_arrived_fen: Mapped[int] = _sum()
    dues: Mapped[int] = _sum()
    due_fen: Mapped[int] = _sum()
    __table_args__ = {"sqlite_with_rowid": False}


class MonthPart(Model):
    """How many cases of a place and month are of one kind: in the same way kept as what they come to together.

    ``what`` says what ``part`` tells: kind, the main head of those accepted; took, the days in which those closed were;
    open, the day of the month on which those without an outcome were received; late, the day on which instalments are
    due that are not wholly paid, with what of them is not.
    """

    __tablename__ = "month_part"
    union_id: Mapped[int] = _of_sum()
    what: Mapped[str] = mapped_column(String(8), primary_key=True)
    month: Mapped[int] = _of_sum()
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    station_id: Mapped[int] = _of_sum()
    holder_id: Mapped[int] = _of_sum()
    writer: Mapped[int] = _of_sum(info=PART)
    cases: Mapped[int] = _sum()
    fen: Mapped[int] = _sum()
    __table_args__ = {"sqlite_with_rowid": False}


class HouseSetting(Model):
    """A setting changed on the screen, by name."""

    __tablename__ = "house_setting"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0, server_default="0", info=COUNT)


class Duty(Model):
    """Who is on duty at a site on a day."""

    __tablename__ = "duty"
    id: Id = key()
    station_id: Mapped[int] = ref("station.id")
    on: Mapped[date] = mapped_column("duty_on", Date)
    account_id: Mapped[int] = ref("account.id")
    account = relationship(User)
    __table_args__ = (UniqueConstraint("station_id", "duty_on"),)


class Absence(Model):
    """Somebody is away: who stands in, and which cases went over; they come back in one act."""

    __tablename__ = "absence"
    id: Id = key()
    account_id: Mapped[int] = ref("account.id")
    stand_in_id: Mapped[int] = ref("account.id", index=False)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)  # the last day away
    reason: Mapped[str] = mapped_column(String(200), default="")
    numbers: Mapped[list[str]] = mapped_column(JSON, default=list)  # register numbers of the cases handed over
    returned_on: Mapped[date | None] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    account = relationship(User, foreign_keys=[account_id])
    stand_in = relationship(User, foreign_keys=[stand_in_id])


class Feed(Model):
    """A secret address under which an account's dates can be read by a calendar; only its hash is kept."""

    __tablename__ = "feed"
    id: Id = key()
    account_id: Mapped[int] = ref("account.id")
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    account = relationship(User)


class Employer(Model):
    """An employer of a union's register, resolved from what workers said."""

    __tablename__ = "employer"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    name: Mapped[str] = mapped_column(String(200))
    name_folded: Mapped[str] = mapped_column(String(200), index=True)
    short_name: Mapped[str] = mapped_column(String(60), default="")
    credit_code: Mapped[str | None] = mapped_column(String(18), index=True)
    legal_person: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    sector: Mapped[str] = mapped_column(String(20), default="")  # words.SECTORS
    ownership: Mapped[str] = mapped_column(String(20), default="")  # words.OWNERSHIPS
    note: Mapped[str] = mapped_column(String(500), default="")
    democracy: Mapped[dict[str, list[str]]] = mapped_column(
        JSON, default=dict)  # words.DEMOCRACY code -> [yes | no, ISO day or '']
    merged_into_id: Mapped[int | None] = ref("employer.id", optional=True)  # the same employer under another name
    version: Mapped[int] = mapped_column(default=0)
    merged_into = relationship("Employer", remote_side=[id], back_populates="merged_rows")
    merged_rows: Mapped[list[Employer]] = relationship(back_populates="merged_into")
    __table_args__ = (UniqueConstraint("union_id", "credit_code"),)


# The case -------------------------------------------------------------------------------------------------------

BESIDE = ("station_id", "is_open", "is_sealed", "handler_id", "voided_on")


class Case(Model):
    """A dispute on its way. Part-known facts stand in ``as_told`` as they were said, the value beside them."""

    __tablename__ = "dispute"
    id: Id = key()
    number: Mapped[str] = mapped_column(String(60), unique=True)  # in the address, for life
    printed_number: Mapped[str] = mapped_column(String(80), default="", index=True)
    union_id: Mapped[int] = ref("station.id")
    station_id: Mapped[int] = ref("station.id")  # where it lies now
    accepted_station_id: Mapped[int | None] = ref("station.id", optional=True)  # holder at acceptance: statistics
    version: Mapped[int] = mapped_column(default=0)  # = last sequence of its stream
    state: Mapped[str] = mapped_column(String(20))  # workflow.STATES
    outcome: Mapped[str] = mapped_column(String(20), default="")  # words.OUTCOMES, '' while none
    outcome_reason: Mapped[str] = mapped_column(String(20), default="")  # words.FAIL_REASONS, DECLINE_GROUNDS …
    referred_to: Mapped[str] = mapped_column(String(20), default="")  # third axis: words.REFERRALS
    is_open: Mapped[int] = mapped_column(SmallInteger, default=1)  # not yet closed
    is_enforced: Mapped[bool] = mapped_column(default=False)
    is_late_entry: Mapped[bool] = mapped_column(default=False)  # entered afterwards: no clock started
    is_sealed: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False, info=DEMO)
    merged_into_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("dispute.id"), index=True)
    voided_on: Mapped[date | None] = mapped_column(Date)  # entered by mistake: counts nowhere (rules/cases/voiding)
    void_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # how it came
    channel: Mapped[str] = mapped_column(String(1))  # words.CHANNELS
    procedure: Mapped[str] = mapped_column(String(10), default="")  # channel F: ordinary | summary | second
    source: Mapped[str] = mapped_column(String(20))  # words.SOURCES
    way: Mapped[str] = mapped_column(String(10), default="oral")  # oral | written
    source_body: Mapped[str] = mapped_column(String(100), default="")  # who sent it
    source_number: Mapped[str] = mapped_column(String(100), default="")  # its document number
    source_case_number: Mapped[str] = mapped_column(String(100), default="")
    # the procedure's dates
    received_on: Mapped[date | None] = mapped_column(Date)
    received_time: Mapped[str] = mapped_column(String(5), default="")
    consented_on: Mapped[date | None] = mapped_column(Date)
    accepted_on: Mapped[date | None] = mapped_column(Date)
    assigned_on: Mapped[date | None] = mapped_column(Date)
    taken_on: Mapped[date | None] = mapped_column(Date)
    agreed_on: Mapped[date | None] = mapped_column(Date)
    effective_on: Mapped[date | None] = mapped_column(Date)  # computed from channel and signatures
    concluded_on: Mapped[date | None] = mapped_column(Date)  # outcome reached: rates count here
    closed_on: Mapped[date | None] = mapped_column(Date)  # performed, or a recorded way on
    archived_on: Mapped[date | None] = mapped_column(Date)
    notified_on: Mapped[date | None] = mapped_column(Date)  # written notice to the applicant after a no
    registered_at: Mapped[datetime] = mapped_column(Instant)
    rules_on: Mapped[date] = mapped_column(Date)  # the day whose version of the rules holds
    # who does it
    handler_id: Mapped[int | None] = ref("account.id", optional=True)
    registered_by_id: Mapped[int] = ref("account.id", index=False)
    # what it is about
    title: Mapped[str] = mapped_column(String(120), info=HINT)  # applicants in short, kept by services/people/parties
    respondent_title: Mapped[str] = mapped_column(String(200), default="", info=HINT)
    main_head: Mapped[str] = mapped_column(String(20), default="")  # words.HEADS
    relation: Mapped[str] = mapped_column(String(20), default="unclear")  # words.RELATIONS
    court_cause: Mapped[str] = mapped_column(String(10), default="")
    cause_version: Mapped[str] = mapped_column(String(10), default="")
    hr_reason: Mapped[str] = mapped_column(String(20), default="")  # causes.REASONS: one main reason a case
    hr_others: Mapped[list[str]] = mapped_column(JSON, default=list)  # further reasons
    hr_version: Mapped[str] = mapped_column(String(10), default="")
    grade: Mapped[str] = mapped_column(String(10), default="")  # simple | usual | major
    is_civil: Mapped[bool] = mapped_column(default=False)
    is_group: Mapped[bool] = mapped_column(default=False)
    is_same_claim: Mapped[bool] = mapped_column(default=True)
    headcount: Mapped[int] = mapped_column(default=1)
    narrative: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    happened_on: Mapped[date | None] = mapped_column(Date)
    employment: Mapped[str] = mapped_column(String(10), default="")  # here | left | ''
    employment_ended_on: Mapped[date | None] = mapped_column(Date)
    infringement_known_on: Mapped[date | None] = mapped_column(Date)
    contract: Mapped[str] = mapped_column(String(10), default="")  # yes | no | ''
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)  # words.EVIDENCE codes
    tried: Mapped[list[str]] = mapped_column(JSON, default=list)  # words.TRIED codes
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)  # words.CASE_FLAGS: rural, new_form, injury, death
    is_informed: Mapped[bool] = mapped_column(default=False)  # free, voluntary, arbitration stays open
    wage_choice: Mapped[str] = mapped_column(String(10), default="")  # mediate | inspect | later (JC 21)
    may_tell: Mapped[list[str]] = mapped_column(JSON, default=list)  # agencies the applicant lets us tell
    request_sign_way: Mapped[str] = mapped_column(String(20), default="")  # words.SIGN_WAYS
    scope_ground: Mapped[str] = mapped_column(String(20), default="")  # words.SCOPE_GROUNDS
    identity_note: Mapped[str] = mapped_column(String(200), default="")
    joint_count: Mapped[int] = mapped_column(default=0)  # joint consultations held
    as_told: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # field -> what was said, where it is not exact
    # after the end
    retention: Mapped[str] = mapped_column(String(20), default="")
    archive_number: Mapped[str] = mapped_column(String(40), default="")
    pages: Mapped[int | None] = mapped_column()
    erased_on: Mapped[date | None] = mapped_column(Date)  # nothing personal is left (rules/cases/erasing)
    # hints for lists; the first is the number as it sorts (numbers.register_order)
    number_order: Mapped[str] = mapped_column(String(70), default="", server_default="", info=HINT)
    next_due_on: Mapped[date | None] = mapped_column(Date, info=HINT)
    next_due_rule: Mapped[str] = mapped_column(String(20), default="", info=HINT)
    call_on: Mapped[date | None] = mapped_column(Date, info=HINT)  # the first planned call or visit not yet made
    touched_at: Mapped[datetime] = mapped_column(Instant, info=HINT)
    claimed_fen: Mapped[int | None] = mapped_column(BigInteger, info=HINT)
    is_claim_about: Mapped[bool] = mapped_column(default=False, server_default=false(), info=HINT)
    assessed_fen: Mapped[int | None] = mapped_column(BigInteger)  # what an authority found to be owed
    unfindable: Mapped[str] = mapped_column(String(120), default="", server_default="")  # late_entry.LATE_FACTS
    agreed_fen: Mapped[int | None] = mapped_column(BigInteger, info=HINT)
    arrived_fen: Mapped[int] = mapped_column(BigInteger, default=0, info=HINT)
    outstanding_fen: Mapped[int | None] = mapped_column(BigInteger, info=HINT)  # NULL: nobody was promised money
    unverified_fen: Mapped[int] = mapped_column(BigInteger, default=0, info=HINT)
    # Of the agreement in force, worker by worker: what it promises those whom it binds, and what their payers have not
    # paid, for which a fund may have stood in. With what is outstanding, figures of today are added up from these.
    bound_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", info=HINT)
    unpaid_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", info=HINT)

    union = relationship(Station, foreign_keys=[union_id], viewonly=True)
    station = relationship(Station, foreign_keys=[station_id], viewonly=True)
    handler = relationship(User, foreign_keys=[handler_id], viewonly=True)
    registered_by = relationship(User, foreign_keys=[registered_by_id], viewonly=True)
    parties: Mapped[list[Party]] = relationship(back_populates="case", order_by="Party.id")
    claims: Mapped[list[Claim]] = relationship(back_populates="case", order_by="Claim.id")
    members: Mapped[list[CaseMember]] = looked_at()
    contacts: Mapped[list[Contact]] = looked_at()
    hearings: Mapped[list[Hearing]] = looked_at()
    clock_changes: Mapped[list[ClockChange]] = looked_at()
    interruptions: Mapped[list[Interruption]] = looked_at()
    side_procedures: Mapped[list[SideProcedure]] = looked_at()
    case_facts: Mapped[list[CaseFact]] = looked_at()
    scope_checks: Mapped[list[ScopeCheck]] = looked_at()
    supervisions: Mapped[list[Supervision]] = looked_at()
    agreements: Mapped[list[Agreement]] = relationship(back_populates="case")
    payments: Mapped[list[Payment]] = looked_at()
    explanations: Mapped[list[Explanation]] = looked_at()
    visits: Mapped[list[Visit]] = looked_at()
    commissions: Mapped[list[Commission]] = looked_at()
    attachments: Mapped[list[Attachment]] = looked_at()
    consultations: Mapped[list[ConsultationCase]] = looked_at()
    link_rows: Mapped[list[CaseLink]] = looked_at(foreign_keys="CaseLink.case_id")
    follower_rows: Mapped[list[CaseLink]] = looked_at("lead", foreign_keys="CaseLink.lead_id")
    external_numbers: Mapped[list[ExternalNumber]] = looked_at()
    aftercare: Mapped[list[Aftercare]] = looked_at()
    papers: Mapped[list[Paper]] = looked_at()
    findings: Mapped[list[Finding]] = looked_at()
    __table_args__ = (
        # Backlogs are counted from the index alone, hence what the door asks besides.
        Index("ix_dispute_backlog", "union_id", "next_due_on", "id", "station_id", "is_sealed", "handler_id", "is_open",
              "voided_on", "state",
              sqlite_where=sql("is_open = 1"), postgresql_where=sql("is_open = 1")),
        Index("ix_dispute_open", "next_due_on", "id", "station_id", "is_sealed", "handler_id", "is_open", "voided_on",
              "state", sqlite_where=sql("is_open = 1"), postgresql_where=sql("is_open = 1")),
        # The first rows of what stands on a desk: one hand's by state, late money, nobody's, handed over.
        Index("ix_dispute_hand", "handler_id", "next_due_on", "id", "state", "union_id", "station_id", "is_sealed",
              "is_open", "voided_on", sqlite_where=sql("is_open = 1"), postgresql_where=sql("is_open = 1")),
        Index("ix_dispute_call", "handler_id", "call_on", "station_id",
              sqlite_where=sql("is_open = 1 AND call_on IS NOT NULL"),
              postgresql_where=sql("is_open = 1 AND call_on IS NOT NULL")),
        Index("ix_dispute_late", "next_due_on", "id", "union_id", "station_id", "is_sealed", "handler_id", "voided_on",
              sqlite_where=sql("is_open = 1 AND state = 'PERFORMING'"),
              postgresql_where=sql("is_open = 1 AND state = 'PERFORMING'")),
        Index("ix_dispute_nobody", "union_id", "station_id",
              sqlite_where=sql("is_open = 1 AND handler_id IS NULL"),
              postgresql_where=sql("is_open = 1 AND handler_id IS NULL")),
        Index("ix_dispute_given", "union_id", "handler_id", "station_id",
              sqlite_where=sql("is_open = 1 AND state = 'ASSIGNED'"),
              postgresql_where=sql("is_open = 1 AND state = 'ASSIGNED'")),
        Index("ix_dispute_station_state", "station_id", "state", "next_due_on"),
        Index("ix_dispute_accepted", "union_id", "accepted_on"),
        Index("ix_dispute_concluded", "union_id", "concluded_on"),
        # Lists that are sorted walk one of these, with what the door and the usual conditions ask beside.
        Index("ix_dispute_by_number", "union_id", "number_order", "id", *BESIDE),
        *(Index(f"ix_dispute_by_{name}", column, "id", "union_id", *BESIDE) for name, column in (
            ("number_order", "number_order"), ("worker", "title"), ("employer", "respondent_title"),
            ("received", "received_on"), ("touched", "touched_at"))),
        *(Index(f"ix_dispute_by_{name}", column, "id", "union_id", *BESIDE, sqlite_where=sql(f"{column} IS NOT NULL"),
                postgresql_where=sql(f"{column} IS NOT NULL")) for name, column in (
            ("claimed", "claimed_fen"), ("due", "next_due_on"), ("outstanding", "outstanding_fen"))),
        *(Index(f"ix_dispute_{day}", day, "id", "union_id", "station_id", "is_sealed", "handler_id", "voided_on",
                "outcome", sqlite_where=sql(f"{day} IS NOT NULL"),
                postgresql_where=sql(f"{day} IS NOT NULL")) for day in ("accepted_on", "concluded_on", "closed_on")),
        Index("ix_dispute_unconcluded", "station_id", "received_on", "union_id", "voided_on",
              sqlite_where=sql("outcome = ''"), postgresql_where=sql("outcome = ''")),
        Index("ix_dispute_unpaid", "station_id", "union_id", "voided_on", sqlite_where=sql("unpaid_fen > 0"),
              postgresql_where=sql("unpaid_fen > 0")),
        Index("ix_dispute_source_number", "source_number", sqlite_where=sql("source_number != ''"),
              postgresql_where=sql("source_number != ''")),
        Index("ix_dispute_source_case", "source_case_number", sqlite_where=sql("source_case_number != ''"),
              postgresql_where=sql("source_case_number != ''")),
        # All that the question of who may not read them asks, so that it is answered from here alone.
        Index("ix_dispute_sealed", "id", "is_sealed", "handler_id", sqlite_where=sql("is_sealed IS 1"),
              postgresql_where=sql("is_sealed IS true")),
    )


RECUSED = "recused"


class CaseMember(Model):
    """A colleague on the case besides the handler: co-mediator, or a named reader of a sealed case."""

    __tablename__ = "case_member"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    account_id: Mapped[int] = ref("account.id")
    kind: Mapped[str] = mapped_column(String(20))  # co_handler | reader | RECUSED (no right, its row is over)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    account = relationship(User)
    case = relationship(Case, back_populates="members")


class Party(Model):
    """A side of the dispute, with or without an account. Names are one field of any length, never split."""

    __tablename__ = "party"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, info=TIE)
    case_id: Mapped[int] = ref("dispute.id")
    side: Mapped[str] = mapped_column(String(12))  # applicant | respondent | other
    part: Mapped[str] = mapped_column(String(20))  # words.PARTS: worker, next_of_kin, agent, representative | chain
    is_person: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    name_other: Mapped[str] = mapped_column(String(200), default="")  # in Mongolian or another script
    as_told: Mapped[str] = mapped_column(String(300), default="")  # 李老板，城南工地: never lost
    site: Mapped[str] = mapped_column(String(200), default="")
    employer_id: Mapped[int | None] = ref("employer.id", optional=True)
    headcount: Mapped[int] = mapped_column(default=1)  # people behind one row, not yet named
    phone_sealed: Mapped[str | None] = mapped_column(String(300))
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    phone_note: Mapped[str] = mapped_column(String(100), default="")  # 没电话，找…转告
    id_type: Mapped[str] = mapped_column(String(20), default="")  # words.ID_TYPES
    identity_sealed: Mapped[str | None] = mapped_column(String(300))
    identity_index: Mapped[str | None] = mapped_column(String(32), index=True)
    identity_tail: Mapped[str | None] = mapped_column(String(4))
    is_identity_seen: Mapped[bool] = mapped_column(default=False)
    identity_note: Mapped[str] = mapped_column(String(200), default="", server_default="")  # why there is no number
    account_sealed: Mapped[str | None] = mapped_column(String(300))  # bank account of the payee
    account_tail: Mapped[str | None] = mapped_column(String(4))
    payee_name: Mapped[str] = mapped_column(String(100), default="")  # where money goes to somebody else
    sex: Mapped[str] = mapped_column(String(1), default="")
    born_on: Mapped[date | None] = mapped_column(Date)
    ethnicity: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    interpreter: Mapped[str] = mapped_column(String(60), default="")
    is_interpreter_needed: Mapped[bool] = mapped_column(default=False)
    acts_for_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("party.id"))  # next of kin, agent -> worker
    died_on: Mapped[date | None] = mapped_column(Date)  # a worker; None where only ``died_told`` is known, or alive
    died_told: Mapped[str] = mapped_column(String(60), default="", server_default="")  # a death as it was said
    kinship: Mapped[str] = mapped_column(String(12), default="", server_default="")  # words.KINSHIPS, of next of kin
    kin_share: Mapped[str] = mapped_column(String(20), default="", server_default="")  # '1/3' of what the dead is due
    is_representative: Mapped[bool] = mapped_column(default=False)  # of a group, 3 to 5
    authority: Mapped[list[str]] = mapped_column(JSON, default=list)  # words.AUTHORITIES of an agent
    removed_on: Mapped[date | None] = mapped_column(Date)
    removed_reason: Mapped[str] = mapped_column(String(200), default="")
    phone = Encrypted(tail=4)
    identity = Encrypted(tail=4)
    account = Encrypted(tail=4)
    case = relationship(Case, back_populates="parties")
    employer = relationship(Employer)
    acts_for = relationship("Party", remote_side=[id], foreign_keys=[acts_for_id])


class Correction(Model):
    """What a party's row said before it was corrected: sealed, shown only by a reveal; only added to.

    After signing a change of who gets the money, or on which account, waits for a second person or the worker's word.
    """

    __tablename__ = "correction"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, info=TIE)
    case_id: Mapped[int] = ref("dispute.id")
    party_id: Mapped[int] = ref("party.id")
    field: Mapped[str] = mapped_column(String(20))  # corrections.FIELDS
    old_sealed: Mapped[str | None] = mapped_column(String(1200))  # None: there was nothing before
    reason: Mapped[str] = mapped_column(String(200))
    is_waiting: Mapped[bool] = mapped_column(default=False)  # made after signing: to be confirmed
    made_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    confirmed_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    confirmed_way: Mapped[str] = mapped_column(String(10), default="")  # corrections.WAYS
    confirmed_note: Mapped[str] = mapped_column(String(200), default="")
    old = Encrypted()
    party = relationship("Party")
    made_by = relationship(User, foreign_keys=[made_by_id])
    confirmed_by = relationship(User, foreign_keys=[confirmed_by_id])


class Claim(Model):
    """What one worker asks under one head."""

    __tablename__ = "claim"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    party_id: Mapped[int] = ref("party.id")
    head: Mapped[str] = mapped_column(String(20))  # words.HEADS
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)  # None: not yet reckoned, or no money
    precision: Mapped[str] = mapped_column(String(10), default="exact")  # exact | about | unknown
    as_told: Mapped[str] = mapped_column(String(100), default="")
    from_told: Mapped[str] = mapped_column(String(40), default="")
    to_told: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    dropped_on: Mapped[date | None] = mapped_column(Date)
    dropped_reason: Mapped[str] = mapped_column(String(200), default="")
    case = relationship(Case, back_populates="claims")
    party = relationship(Party)


class Note(Model):
    """Free text kept apart from the journal, which names only its salted hash."""

    __tablename__ = "note"
    id: Id = key()
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)  # None: of the house, in no case's file
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text, info=undigested("an event names its salted hash"))
    is_concession: Mapped[bool] = mapped_column(default=False)  # no-prejudice: never leaves in an export
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = ref("account.id", index=False)


class Contact(Model):
    """One line of the contact log: who, how, reached or not, what next and when."""

    __tablename__ = "contact"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    party_id: Mapped[int | None] = ref("party.id", optional=True)
    whom: Mapped[str] = mapped_column(String(100), default="")
    way: Mapped[str] = mapped_column(String(20))  # words.CONTACT_WAYS
    is_reached: Mapped[bool] = mapped_column(default=True)
    answer: Mapped[str] = mapped_column(String(20), default="")  # of the other side: words.ANSWERS
    contacted_on: Mapped[date] = mapped_column(Date)
    contacted_time: Mapped[str] = mapped_column(String(5), default="")
    note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    next_step: Mapped[str] = mapped_column(String(200), default="")
    next_on: Mapped[date | None] = mapped_column(Date, index=True)
    is_next_done: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="contacts")
    party = relationship(Party)
    note = relationship(Note)
    made_by = relationship(User)


class Hearing(Model):
    """A mediation session: attendance, what was said, next date."""

    __tablename__ = "hearing"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    seq: Mapped[int] = mapped_column()
    held_on: Mapped[date] = mapped_column(Date)
    held_time: Mapped[str] = mapped_column(String(5), default="")
    minutes: Mapped[int | None] = mapped_column()  # how long it took; None where nobody said
    place: Mapped[str] = mapped_column(String(100), default="")
    way: Mapped[str] = mapped_column(String(20), default="")  # words.SESSION_WAYS
    present: Mapped[list[int]] = mapped_column(JSON, default=list)  # party ids
    others: Mapped[str] = mapped_column(String(300), default="")  # bodies and helpers present
    note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    concession_note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    next_on: Mapped[date | None] = mapped_column(Date, index=True)
    next_time: Mapped[str] = mapped_column(String(5), default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="hearings")
    note = relationship(Note, foreign_keys=[note_id])
    concession_note = relationship(Note, foreign_keys=[concession_note_id])
    made_by = relationship(User)


class ClockChange(Model):
    """What was decided about a clock; the clock itself is computed from the case's facts and these rows."""

    __tablename__ = "clock_change"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    rule: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # extend | pause | resume | override | stop
    from_on: Mapped[date] = mapped_column(Date)  # the day it was agreed or began
    to_on: Mapped[date | None] = mapped_column(Date)  # new due date
    ground: Mapped[str | None] = mapped_column(String(20))  # of a pause: limits.PAUSE_GROUNDS
    reason: Mapped[str] = mapped_column(String(300), default="")
    document: Mapped[str] = mapped_column(String(200), default="")
    consents: Mapped[list[str]] = mapped_column(JSON, default=list)  # applicant, respondent, court …
    signed: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # who agreed -> on which day (ISO)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="clock_changes")
    __table_args__ = (
        Index("ix_clock_change_pause", "case_id", "rule", "from_on", "to_on", sqlite_where=sql("kind = 'pause'"),
              postgresql_where=sql("kind = 'pause'")),)


class Interruption(Model):
    """What restarted a time bar (law.md 2.4); struck out with a reason where it was typed wrongly, never edited."""

    __tablename__ = "interruption"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    kind: Mapped[str] = mapped_column(String(20))  # limitation.INTERRUPTIONS
    on: Mapped[date] = mapped_column("interrupted_on", Date)
    evidence: Mapped[str] = mapped_column(String(200), default="")
    dropped_on: Mapped[date | None] = mapped_column(Date)
    dropped_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    case = relationship(Case, back_populates="interruptions")


class SideProcedure(Model):
    """A procedure beside mediation: review, confirmation, payment order, legal aid, inspection, clue."""

    __tablename__ = "side_procedure"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    kind: Mapped[str] = mapped_column(String(20))  # routes.ROUTES
    state: Mapped[str] = mapped_column(String(12))  # procedures.STATES
    applicant_on: Mapped[date | None] = mapped_column(Date)  # the day each side asked; both make it joint
    respondent_on: Mapped[date | None] = mapped_column(Date)
    requested_on: Mapped[date] = mapped_column(Date)
    accepted_on: Mapped[date | None] = mapped_column(Date)
    decided_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str] = mapped_column(String(20), default="")  # procedures.RESULTS
    document: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="side_procedures")


class CaseFact(Model):
    """A day that starts or stops a clock and stands in no column of the case; struck out, never edited."""

    __tablename__ = "case_fact"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    procedure_id: Mapped[int | None] = ref("side_procedure.id", optional=True, index=False)
    fact: Mapped[str] = mapped_column(String(30))  # limits.FACTS
    on: Mapped[date] = mapped_column("fact_on", Date)
    document: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    dropped_on: Mapped[date | None] = mapped_column(Date)
    dropped_reason: Mapped[str] = mapped_column(String(200), default="")
    case = relationship(Case, back_populates="case_facts")
    procedure = relationship(SideProcedure)


class ScopeCheck(Model):
    """Whether the dispute belongs here, as the rules answered on a day: verdict, ground, article."""

    __tablename__ = "scope_check"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    checked_on: Mapped[date] = mapped_column(Date)
    relation: Mapped[str] = mapped_column(String(20))  # words.RELATIONS
    facts_on: Mapped[date] = mapped_column(Date)
    exclusion: Mapped[str] = mapped_column(String(20), default="")  # scope.EXCLUSIONS
    has_pension: Mapped[bool | None] = mapped_column()  # None: not known
    is_delayed: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[str] = mapped_column(String(12))  # scope.VERDICTS
    ground: Mapped[str] = mapped_column(String(200))
    cites: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[str] = mapped_column(String(1))
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="scope_checks")


class Supervision(Model):
    """A reminder (urge) or a case put under supervision, which needs a written answer by a day."""

    __tablename__ = "supervision"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    kind: Mapped[str] = mapped_column(String(10))  # words.SUPERVISION_KINDS
    to_id: Mapped[int | None] = ref("account.id", optional=True)  # the handler then; None: whoever holds the site
    made_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    answered_on: Mapped[date | None] = mapped_column(Date)
    answer_note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    answered_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    __table_args__ = (Index("ix_supervision_unanswered", "case_id", sqlite_where=sql("answered_on IS NULL"),
                            postgresql_where=sql("answered_on IS NULL")),)
    case = relationship(Case, back_populates="supervisions")
    note = relationship(Note, foreign_keys=[note_id])
    answer_note = relationship(Note, foreign_keys=[answer_note_id])
    to = relationship(User, foreign_keys=[to_id])
    made_by = relationship(User, foreign_keys=[made_by_id])
    answered_by = relationship(User, foreign_keys=[answered_by_id])


# Agreement and money --------------------------------------------------------------------------------------------

class Agreement(Model):
    """A mediation agreement or a recorded private settlement; what it says is never edited, only superseded."""

    __tablename__ = "agreement"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    seq: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(10))  # mediated | settled
    form: Mapped[str] = mapped_column(String(10))  # written | oral | court
    made_on: Mapped[date | None] = mapped_column(Date)
    effective_on: Mapped[date | None] = mapped_column(Date, index=True)  # computed, law.md 3.4
    is_accelerated: Mapped[bool] = mapped_column(default=False)  # whole sum due on one default
    terms: Mapped[str] = mapped_column(Text, default="")  # other clauses, for the paper
    non_cash: Mapped[str] = mapped_column(String(500), default="")  # goods and acts, no sum
    payer_party_id: Mapped[int | None] = ref("party.id", optional=True, index=False)  # of all plans without payers
    is_undisclosed: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))  # sum not published
    total_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    superseded_on: Mapped[date | None] = mapped_column(Date)
    case = relationship(Case, back_populates="agreements")
    payer = relationship(Party)
    signatures: Mapped[list[Signature]] = relationship(back_populates="agreement")
    items: Mapped[list[AgreementItem]] = relationship(back_populates="agreement")
    consents: Mapped[list[Consent]] = relationship(back_populates="agreement")
    instalments: Mapped[list[Instalment]] = relationship(back_populates="agreement")
    plan_payers: Mapped[list[PlanPayer]] = relationship(back_populates="agreement", order_by="PlanPayer.id")

    @property
    def plans(self) -> list[int]:
        """The numbers of its plans; none where there is one for all, paid by one."""
        return sorted({row.plan for row in self.instalments} - {0})

    def payers_of(self, plan: int) -> list[Party]:
        """Who is liable under a plan, jointly where there are several."""
        named = [row.party for row in self.plan_payers if row.plan == plan] if plan else []
        return named or ([self.payer] if self.payer else [])


class Signature(Model):
    """One signature, stamp, fingerprint or seal on an agreement; none means not yet."""

    __tablename__ = "signature"
    id: Id = key()
    agreement_id: Mapped[int] = ref("agreement.id")
    signer: Mapped[str] = mapped_column(String(12))  # applicant | respondent | mediator | seal | court
    party_id: Mapped[int | None] = ref("party.id", optional=True, index=False)
    way: Mapped[str] = mapped_column(String(20))  # words.SIGN_WAYS
    witness: Mapped[str] = mapped_column(String(60), default="")
    signed_on: Mapped[date] = mapped_column(Date)
    agreement = relationship(Agreement, back_populates="signatures")
    party = relationship(Party)


class AgreementItem(Model):
    """What one worker gets under one head."""

    __tablename__ = "agreement_item"
    id: Id = key()
    agreement_id: Mapped[int] = ref("agreement.id")
    party_id: Mapped[int] = ref("party.id")  # the worker
    head: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    agreement = relationship(Agreement, back_populates="items")
    party = relationship(Party)


class Consent(Model):
    """A represented worker's consent; without it the agreement does not bind that worker (R33 63)."""

    __tablename__ = "consent"
    id: Id = key()
    agreement_id: Mapped[int] = ref("agreement.id")
    party_id: Mapped[int] = ref("party.id")
    way: Mapped[str] = mapped_column(String(20), default="")
    consented_on: Mapped[date | None] = mapped_column(Date)  # None: still missing
    agreement = relationship(Agreement, back_populates="consents")
    party = relationship(Party)


class PlanPayer(Model):
    """Somebody liable under one plan of an agreement; several under one plan are jointly liable. An agreement has such
    rows for every plan or for none: then its payer pays them all."""

    __tablename__ = "plan_payer"
    id: Id = key()
    agreement_id: Mapped[int] = ref("agreement.id")
    plan: Mapped[int] = mapped_column(SmallInteger)  # Instalment.plan
    party_id: Mapped[int] = ref("party.id", index=False)
    agreement = relationship(Agreement, back_populates="plan_payers")
    party = relationship(Party)


class Instalment(Model):
    """A sum due on a day."""

    __tablename__ = "instalment"
    id: Id = key()
    agreement_id: Mapped[int] = ref("agreement.id")
    seq: Mapped[int] = mapped_column()  # through all plans of the agreement
    plan: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=sql("0"))  # 0: the only one, of one payer
    due_on: Mapped[date | None] = mapped_column(Date, index=True)  # the latest that was meant; None: only as told
    due_told: Mapped[str] = mapped_column(String(60), default="")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[str] = mapped_column(String(20), default="")  # words.PAY_WAYS
    # Of the agreement in force: what it promises those whom it binds, and what of it is paid (queries/money/rests.py).
    bound_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", info=HINT)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", info=HINT)
    agreement = relationship(Agreement, back_populates="instalments")
    shares: Mapped[list[InstalmentShare]] = relationship(back_populates="instalment")


class InstalmentShare(Model):
    """One worker's part of an instalment; the parts sum to the instalment to the fen."""

    __tablename__ = "instalment_share"
    id: Id = key()
    instalment_id: Mapped[int] = ref("instalment.id")
    party_id: Mapped[int] = ref("party.id")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    instalment = relationship(Instalment, back_populates="shares")
    party = relationship(Party)


class Payment(Model):
    """Money that moved, with its proof. Never edited: a counter-entry with a negative sum reverses it."""

    __tablename__ = "payment"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    seq: Mapped[int] = mapped_column()
    paid_on: Mapped[date | None] = mapped_column(Date, index=True)  # None: only as told
    paid_told: Mapped[str] = mapped_column(String(60), default="")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    payer_party_id: Mapped[int | None] = ref("party.id", optional=True, index=False)
    payer_name: Mapped[str] = mapped_column(String(100), default="")
    payer_kind: Mapped[str] = mapped_column(String(20), default="respondent")  # words.PAYER_KINDS
    direction: Mapped[str] = mapped_column(String(20), default="to_worker")  # to_worker | to_employer
    way: Mapped[str] = mapped_column(String(20))  # words.PAY_WAYS
    proof: Mapped[str] = mapped_column(String(20))  # words.PROOFS; 'said' counts nowhere
    proof_note: Mapped[str] = mapped_column(String(200), default="")
    is_another: Mapped[bool] = mapped_column(default=False, server_default=false())  # just like one before, and
    # recorded as another payment, after having been asked
    reverses_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("payment.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(300), default="")  # of a reversal, or of a sum above what is owed
    entered_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    back_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", info=HINT)  # what of it went back
    case = relationship(Case, back_populates="payments")
    payer = relationship(Party)
    reverses = relationship("Payment", remote_side=[id])
    made_by = relationship(User)
    shares: Mapped[list[PaymentShare]] = relationship(back_populates="payment")
    reconciliations: Mapped[list[Reconciliation]] = relationship(back_populates="payment")
    __table_args__ = (
        Index("ix_payment_back", "case_id", sqlite_where=sql("direction = 'to_employer'"),
              postgresql_where=sql("direction = 'to_employer'")),)


class PaymentShare(Model):
    """One worker's part of a slip, towards one instalment where there is one."""

    __tablename__ = "payment_share"
    id: Id = key()
    payment_id: Mapped[int] = ref("payment.id")
    party_id: Mapped[int] = ref("party.id")
    instalment_id: Mapped[int | None] = ref("instalment.id", optional=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    payment = relationship(Payment, back_populates="shares")
    party = relationship(Party)


class Reconciliation(Model):
    """A second person compared an entry with its proof; withdrawn with a reason, never removed."""

    __tablename__ = "reconciliation"
    id: Id = key()
    payment_id: Mapped[int] = ref("payment.id")
    compared: Mapped[list[str]] = mapped_column(JSON, default=list)  # reconciling.COMPARED codes
    note: Mapped[str] = mapped_column(String(200), default="")
    checked_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    payment = relationship(Payment, back_populates="reconciliations")
    made_by = relationship(User, foreign_keys=[made_by_id])
    withdrawn_by = relationship(User, foreign_keys=[withdrawn_by_id])
    __table_args__ = (Index("uq_reconciliation_standing", "payment_id", unique=True,
                            sqlite_where=sql("withdrawn_on IS NULL"), postgresql_where=sql("withdrawn_on IS NULL")),)


class Explanation(Model):
    """Why a contradiction is none, for the values it has now; with other values it is open again. Only added to."""

    __tablename__ = "explanation"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)  # None: of the numbers of a union
    rule: Mapped[str] = mapped_column(String(30))  # contradictions.TABLE
    mark: Mapped[str] = mapped_column(String(40))  # what in the case it is about
    figures: Mapped[str] = mapped_column(String(100))  # the values that contradict
    reason: Mapped[str] = mapped_column(String(300))
    made_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="explanations")
    made_by = relationship(User)


class Closing(Model):
    """A period of a union that was closed: its figures as they stood, and what each case had in them."""

    __tablename__ = "period_closing"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    period: Mapped[str] = mapped_column(String(20))  # spans: 2026-03, 2026Q1, 2026, union-2026
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)  # the cut-off of its figures too
    closed_at: Mapped[datetime] = mapped_column(Instant)
    closed_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    last_event_id: Mapped[int] = mapped_column(BIG)  # what came later is later
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # figure -> [value, numerator, denominator]
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # register number -> its part in each sum
    digest: Mapped[str] = mapped_column(String(64))  # sha256 over period, union, figures and parts
    explained: Mapped[int] = mapped_column(default=0)  # contradictions that stood explained
    reopened_on: Mapped[date | None] = mapped_column(Date)
    reopened_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    reopened_reason: Mapped[str] = mapped_column(String(300), default="")
    finding_id: Mapped[int | None] = ref("finding.id", optional=True, index=False, info=CLOSED)  # reopened on this
    union = relationship(Station)
    made_by = relationship(User, foreign_keys=[made_by_id])
    reopened_by = relationship(User, foreign_keys=[reopened_by_id])
    __table_args__ = (Index("uq_period_closing_standing", "union_id", "period", unique=True,
                            sqlite_where=sql("reopened_on IS NULL"), postgresql_where=sql("reopened_on IS NULL")),)


class Visit(Model):
    """A call or visit after the outcome: has the money arrived, is the person satisfied."""

    __tablename__ = "visit"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    visited_on: Mapped[date] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(20))
    party_id: Mapped[int | None] = ref("party.id", optional=True, index=False)
    satisfaction: Mapped[str] = mapped_column(String(20), default="")  # words.SATISFACTION
    note_id: Mapped[int | None] = ref("note.id", optional=True, index=False)
    next_on: Mapped[date | None] = mapped_column(Date, index=True)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="visits")
    party = relationship(Party)
    note = relationship(Note)
    made_by = relationship(User)


class Erasure(Model):
    """A case whose time of keeping is over is proposed to be erased by one, and decided by another."""

    __tablename__ = "erasure"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    state: Mapped[str] = mapped_column(String(10), default="proposed")  # proposed | rejected | done
    reason: Mapped[str] = mapped_column(String(300))
    proposed_on: Mapped[date] = mapped_column(Date)
    proposed_by_id: Mapped[int] = ref("account.id", index=False)
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    case = relationship(Case)
    proposed_by = relationship(User, foreign_keys=[proposed_by_id])
    decided_by = relationship(User, foreign_keys=[decided_by_id])
    __table_args__ = (Index("uq_erasure_waiting", "case_id", unique=True,
                            sqlite_where=sql("state = 'proposed'"), postgresql_where=sql("state = 'proposed'")),)


# Outside bodies -------------------------------------------------------------------------------------------------

UNANSWERED = "replied_on IS NULL AND recalled_on IS NULL"


class Commission(Model):
    """A body's part in a case: commission, invitation, transfer or task; one shape for all."""

    __tablename__ = "commission"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    agency_id: Mapped[int] = ref("agency.id")
    kind: Mapped[str] = mapped_column(String(20))  # words.COMMISSION_KINDS
    direction: Mapped[str] = mapped_column(String(5), default="in")  # in: they sent it to us | out
    document_number: Mapped[str] = mapped_column(String(100), default="")
    task: Mapped[str] = mapped_column(String(10), default="")  # words.TASK_KINDS of a task
    purpose: Mapped[str] = mapped_column(String(300), default="")
    sent_on: Mapped[date | None] = mapped_column(Date)
    reply_due_on: Mapped[date | None] = mapped_column(Date, index=True)
    due_reason: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12), default="open")  # words.COMMISSION_STATES
    taken_on: Mapped[date | None] = mapped_column(Date)
    replied_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str] = mapped_column(String(500), default="")
    return_reason: Mapped[str] = mapped_column(String(300), default="")
    reply_way: Mapped[str] = mapped_column(String(10), default="")  # words.REPLY_WAYS
    reply_number: Mapped[str] = mapped_column(String(100), default="")  # of the body's answer
    is_entered_for: Mapped[bool] = mapped_column(default=False)  # 代录: entered by our mediator on their behalf
    answered_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    shared_parts: Mapped[list[str]] = mapped_column(JSON, default=list)  # access.SHARE_PARTS; [] shares nothing
    share_ground: Mapped[str] = mapped_column(String(10), default="")  # words.SHARE_GROUNDS
    legal_basis: Mapped[str] = mapped_column(String(200), default="")  # the article, or how the party consented
    recalled_on: Mapped[date | None] = mapped_column(Date)
    consultation_id: Mapped[int | None] = ref("consultation.id", optional=True)  # its invitation, or a task from it
    version: Mapped[int] = mapped_column(default=0, info=COUNT)
    __table_args__ = (Index("ix_commission_asked", "reply_due_on", "case_id", "state",
                            sqlite_where=sql(f"direction = 'out' AND {UNANSWERED}"),
                            postgresql_where=sql(f"direction = 'out' AND {UNANSWERED}")),)
    case = relationship(Case, back_populates="commissions")
    agency = relationship(Agency)
    answered_by = relationship(User)
    consultation = relationship("Consultation", back_populates="letters")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="commission")


class Handover(Model):
    """A dispute that a body sends us with its own account; taken down as a case, or returned with a reason."""

    __tablename__ = "handover"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, info=TIE)
    union_id: Mapped[int] = ref("station.id")
    agency_id: Mapped[int] = ref("agency.id")
    kind: Mapped[str] = mapped_column(String(20))  # commissions.SENDABLE
    document_number: Mapped[str] = mapped_column(String(100), default="")
    case_number: Mapped[str] = mapped_column(String(100), default="")  # under which the body knows it
    sent_on: Mapped[date] = mapped_column(Date)
    reply_due_on: Mapped[date | None] = mapped_column(Date)
    body_sealed: Mapped[str] = mapped_column(Text)  # people, telephone, what it is about: JSON
    state: Mapped[str] = mapped_column(String(10), default="sent")  # words.HANDOVER_STATES
    return_reason: Mapped[str] = mapped_column(String(300), default="")
    settled_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    draft_token: Mapped[str] = mapped_column(String(40), default="", index=True, info=DRAFT)
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    body = Encrypted()
    agency = relationship(Agency)
    case = relationship(Case)
    made_by = relationship(User, foreign_keys=[made_by_id])
    settled_by = relationship(User, foreign_keys=[settled_by_id])
    files: Mapped[list[HandoverFile]] = relationship(back_populates="handover")


class Attachment(Model):
    """A file of a case, kept under a made-up name in the instance folder and given out through the door only."""

    __tablename__ = "attachment"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    commission_id: Mapped[int | None] = ref("commission.id", optional=True)  # seen by that body too
    consultation_id: Mapped[int | None] = ref("consultation.id", optional=True)  # seen by the bodies invited …
    agency_id: Mapped[int | None] = ref("agency.id", optional=True, index=False)  # … or by this one alone
    name: Mapped[str] = mapped_column(String(150))
    stored_name: Mapped[str] = mapped_column(String(40), unique=True, info=undigested("sha256 says what lies there"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(5))  # services/papers/files.KINDS
    about_kind: Mapped[str] = mapped_column(String(12), default="", server_default="")  # rules/papers.BESIDE
    about_id: Mapped[int | None] = mapped_column(BIG)  # the row of that kind which the file proves
    volume_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")  # of the catalogue
    volume_seq: Mapped[int | None] = mapped_column()  # its place there among those of its kind, where it was moved
    pages: Mapped[int | None] = mapped_column(info=undigested("counted from the content that sha256 names"))
    added_at: Mapped[datetime] = mapped_column(Instant, info=undigested("told by the event"))
    made_by_id: Mapped[int] = ref("account.id", index=False)
    case = relationship(Case, back_populates="attachments")
    commission = relationship(Commission, back_populates="attachments")
    consultation = relationship("Consultation", back_populates="attachments")
    agency = relationship(Agency)
    made_by = relationship(User)


class HandoverFile(Model):
    """A paper that came with a hand-over; once that is a case, the case's file names the same content too."""

    __tablename__ = "handover_file"
    id: Id = key()
    handover_id: Mapped[int] = ref("handover.id")
    name: Mapped[str] = mapped_column(String(150))
    stored_name: Mapped[str] = mapped_column(String(40), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(5))  # services/papers/files.KINDS
    added_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    handover = relationship(Handover, back_populates="files")
    made_by = relationship(User)


class Consultation(Model):
    """三方会诊: bodies come together over one case or several; opinions, conclusion, work divided as tasks."""

    __tablename__ = "consultation"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id", info=undigested("the union of its cases"))
    number: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="called")  # called | held | dropped
    called_on: Mapped[date] = mapped_column(Date)
    planned_on: Mapped[date] = mapped_column(Date)
    planned_time: Mapped[str] = mapped_column(String(5), default="")
    place: Mapped[str] = mapped_column(String(100), default="")
    agenda: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date | None] = mapped_column(Date)
    our_people: Mapped[str] = mapped_column(String(200), default="")
    issues: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    version: Mapped[int] = mapped_column(default=0, info=COUNT)
    union = relationship(Station)
    made_by = relationship(User)
    letters: Mapped[list[Commission]] = relationship(back_populates="consultation")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="consultation")
    cases: Mapped[list[ConsultationCase]] = relationship(back_populates="consultation")
    opinions: Mapped[list[ConsultationOpinion]] = relationship(back_populates="consultation")


class ConsultationCase(Model):
    """A case that a consultation is about."""

    __tablename__ = "consultation_case"
    id: Id = key()
    consultation_id: Mapped[int] = ref("consultation.id")
    case_id: Mapped[int] = ref("dispute.id")
    consultation = relationship(Consultation, back_populates="cases")
    case = relationship(Case, back_populates="consultations")
    __table_args__ = (UniqueConstraint("consultation_id", "case_id"),)


class ConsultationOpinion(Model):
    """A body that was invited: who came for it, and what it said."""

    __tablename__ = "consultation_opinion"
    id: Id = key()
    consultation_id: Mapped[int] = ref("consultation.id")
    agency_id: Mapped[int] = ref("agency.id")
    is_present: Mapped[bool | None] = mapped_column()  # None: not yet held
    who: Mapped[str] = mapped_column(String(100), default="")  # name and post
    opinion: Mapped[str] = mapped_column(Text, default="")
    given_on: Mapped[date | None] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(10), default="", server_default="")  # words.REPLY_WAYS
    number: Mapped[str] = mapped_column(String(100), default="", server_default="")  # of the body's own paper
    is_entered_for: Mapped[bool] = mapped_column(default=False, server_default=false())  # 代录, by our mediator
    written_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    consultation = relationship(Consultation, back_populates="opinions")
    agency = relationship(Agency)
    written_by = relationship(User)
    __table_args__ = (UniqueConstraint("consultation_id", "agency_id"),)


class CaseLink(Model):
    """A case that follows a lead case: the demonstration case and its batch."""

    __tablename__ = "case_link"
    id: Id = key()
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("dispute.id"), unique=True)
    lead_id: Mapped[int] = ref("dispute.id")
    note: Mapped[str] = mapped_column(String(200), default="")
    linked_on: Mapped[date] = mapped_column(Date)
    case = relationship(Case, foreign_keys=[case_id], back_populates="link_rows")
    lead = relationship(Case, foreign_keys=[lead_id], back_populates="follower_rows")


# Before and beside the cases ------------------------------------------------------------------------------------

class Inquiry(Model):
    """法律咨询: somebody only asked. The name is optional; becomes a case with one press."""

    __tablename__ = "inquiry"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, info=TIE)
    union_id: Mapped[int] = ref("station.id")
    station_id: Mapped[int] = ref("station.id", index=False)
    asked_on: Mapped[date] = mapped_column(Date, index=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    phone_sealed: Mapped[str | None] = mapped_column(String(300))
    way: Mapped[str] = mapped_column(String(10))  # words.INQUIRY_WAYS
    topic: Mapped[str] = mapped_column(String(20))  # words.HEADS
    people: Mapped[int] = mapped_column(default=1, server_default="1")  # 人次: how many came or rang together
    people_told: Mapped[str] = mapped_column(String(40), default="", server_default="")  # 几十人: where it is not exact
    minutes: Mapped[int] = mapped_column(default=10)
    question: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(String(10), default="", server_default="")  # words.INQUIRY_NEXTS
    draft_token: Mapped[str] = mapped_column(String(40), default="", index=True, info=DRAFT)
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    phone = Encrypted()
    station = relationship(Station, foreign_keys=[station_id])
    case = relationship(Case)
    made_by = relationship(User)


class Activity(Model):
    """A visit to an employer, a lecture, a stand: where, with whom, how many people."""

    __tablename__ = "activity"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    station_id: Mapped[int] = ref("station.id", index=False)
    kind: Mapped[str] = mapped_column(String(10))  # words.ACTIVITY_KINDS
    done_on: Mapped[date] = mapped_column(Date, index=True)
    title: Mapped[str] = mapped_column(String(200))
    employer_id: Mapped[int | None] = ref("employer.id", optional=True)
    bodies: Mapped[str] = mapped_column(String(200), default="")  # who came along
    people: Mapped[int] = mapped_column(default=0)
    people_told: Mapped[str] = mapped_column(String(40), default="", server_default="")
    leaflets: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(1000), default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    employer = relationship(Employer)
    made_by = relationship(User)


class Lead(Model):
    """A lead or risk found at an employer, before anybody asked; can become a case."""

    __tablename__ = "lead"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    station_id: Mapped[int] = ref("station.id", index=False)
    employer_id: Mapped[int | None] = ref("employer.id", optional=True)
    employer_told: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(12))  # words.LEAD_SOURCES
    risk: Mapped[str] = mapped_column(String(20))  # words.HEADS
    found_on: Mapped[date] = mapped_column(Date, index=True)
    people: Mapped[int] = mapped_column(default=0)
    people_told: Mapped[str] = mapped_column(String(40), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="open")  # words.LEAD_STATES
    settled_on: Mapped[date | None] = mapped_column(Date)
    settled_note: Mapped[str] = mapped_column(String(300), default="")
    draft_token: Mapped[str] = mapped_column(String(40), default="", index=True, info=DRAFT)
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    employer = relationship(Employer)
    case = relationship(Case)
    made_by = relationship(User)


class Letter(Model):
    """一函两书: reminder, opinion, recommendation of the union's labour-law supervision; never edited once sent."""

    __tablename__ = "letter"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    employer_id: Mapped[int] = ref("employer.id")
    kind: Mapped[str] = mapped_column(String(15))  # words.LETTER_KINDS
    number: Mapped[str] = mapped_column(String(80))
    sent_on: Mapped[date] = mapped_column(Date, index=True)
    agency_id: Mapped[int | None] = ref("agency.id", optional=True, index=False)  # who gets the recommendation
    copies_to: Mapped[str] = mapped_column(String(200), default="")
    facts: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(300), default="")
    signer: Mapped[str] = mapped_column(String(60), default="")
    supervisors: Mapped[str] = mapped_column(String(200), default="")  # at least two, with certificate numbers
    reply_due_on: Mapped[date | None] = mapped_column(Date, index=True)  # None: no duty to answer
    due_reason: Mapped[str] = mapped_column(String(200), default="")
    filing_due_on: Mapped[date | None] = mapped_column(Date)  # recommendations: the body opens a file, or says why not
    filed_on: Mapped[date | None] = mapped_column(Date)
    filing_note: Mapped[str] = mapped_column(String(300), default="", server_default="")  # its number, or why not
    state: Mapped[str] = mapped_column(String(10), default="sent")  # sent | replied | reviewed
    replied_on: Mapped[date | None] = mapped_column(Date)
    reply: Mapped[str] = mapped_column(Text, default="")
    rectified_on: Mapped[date | None] = mapped_column(Date)
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    review: Mapped[str] = mapped_column(Text, default="")
    is_rectified: Mapped[bool | None] = mapped_column()
    follows_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("letter.id"), unique=True)
    kept: Mapped[str] = mapped_column(String(64), default="", server_default="")  # digest of the page as sent
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)
    version: Mapped[int] = mapped_column(default=0, info=COUNT)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    union = relationship(Station)
    employer = relationship(Employer)
    agency = relationship(Agency)
    follows = relationship("Letter", remote_side=[id])
    case = relationship(Case)
    made_by = relationship(User)
    editions: Mapped[list[LetterEdition]] = relationship(back_populates="letter", order_by="LetterEdition.edition")

    def kept_in(self, edition: int) -> str:
        """The digest of the page of one edition; '' where none is kept."""
        if edition == 1:
            return self.kept
        return next((row.kept for row in self.editions if row.edition == edition), "")

    @property
    def edition(self) -> int:
        """The number of its newest edition; what was sent is the first."""
        return self.editions[-1].edition if self.editions else 1

    def issued_on(self, edition: int) -> date:
        """The day of one edition."""
        return next((row.made_on for row in self.editions if row.edition == edition), self.sent_on)

    @hybrid_property
    def is_put_right(self) -> bool:
        """As the review found it, and before one as the answer says."""
        return self.rectified_on is not None if self.is_rectified is None else self.is_rectified

    @is_put_right.inplace.expression
    @classmethod
    def _is_put_right(cls) -> ColumnElement[bool]:
        return or_(cls.is_rectified.is_(True), and_(cls.is_rectified.is_(None), cls.rectified_on.is_not(None)))


class LetterEdition(Model):
    """A later edition of a letter, from the facts of its day; the letter as sent is the first."""

    __tablename__ = "letter_edition"
    id: Id = key()
    letter_id: Mapped[int] = ref("letter.id", index=False)
    edition: Mapped[int] = mapped_column()  # 2, 3 …
    kept: Mapped[str] = mapped_column(String(64))  # digest of its page
    made_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int] = ref("account.id", index=False)
    letter = relationship(Letter, back_populates="editions")
    __table_args__ = (UniqueConstraint("letter_id", "edition"),)


class Aftercare(Model):
    """Help that a worker was given or asked for after the outcome: work, hardship, legal aid, and what came of it."""

    __tablename__ = "aftercare"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    kind: Mapped[str] = mapped_column(String(10))  # words.AFTERCARE_KINDS
    helped_on: Mapped[date] = mapped_column(Date)
    body: Mapped[str] = mapped_column(String(200), default="")  # who helps
    people: Mapped[int] = mapped_column(default=1)
    people_told: Mapped[str] = mapped_column(String(40), default="", server_default="")
    result: Mapped[str] = mapped_column(String(10))  # words.AFTERCARE_RESULTS
    note: Mapped[str] = mapped_column(String(1000), default="")
    case = relationship(Case, back_populates="aftercare")


class ExternalNumber(Model):
    """The case's number in an outside register, or the fact that it still lacks one."""

    __tablename__ = "external_number"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    register: Mapped[str] = mapped_column(String(20))  # words.REGISTERS
    number: Mapped[str] = mapped_column(String(100), index=True)
    case = relationship(Case, back_populates="external_numbers")
    __table_args__ = (UniqueConstraint("case_id", "register"),)


class Paper(Model):
    """A paper that was made, signed, served or received; the file is optional."""

    __tablename__ = "paper"
    id: Id = key()
    case_id: Mapped[int] = ref("dispute.id")
    kind: Mapped[str] = mapped_column(String(20))  # paperwork.PAPERS
    number: Mapped[str] = mapped_column(String(80), default="")
    made_on: Mapped[date | None] = mapped_column(Date)
    given_on: Mapped[date | None] = mapped_column(Date)
    given_way: Mapped[str] = mapped_column(String(20), default="")  # words.SERVICE_WAYS
    given_to: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(String(30), default="", server_default="")  # 'hearing:7': which of several
    edition: Mapped[int] = mapped_column(default=0, server_default="0")  # 1, 2 …; 0: no page of ours was kept
    kept: Mapped[str] = mapped_column(String(64), default="", server_default="")  # digest of the page as issued
    replaces_id: Mapped[int | None] = ref("paper.id", optional=True, index=False)  # the edition before
    party_id: Mapped[int | None] = ref("party.id", optional=True, index=False)  # whom it was given to, of the case
    result: Mapped[str] = mapped_column(String(10), default="", server_default="")  # words.SERVICE_RESULTS
    witness: Mapped[str] = mapped_column(String(60), default="", server_default="")
    signer: Mapped[str] = mapped_column(String(60), default="", server_default="")  # who signed for the addressee
    to_serve: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=sql("0"), info=HINT)  # people
    serial: Mapped[int | None] = mapped_column()  # in the series of its kind, union and year; of the first entry alone
    serial_year: Mapped[int | None] = mapped_column(SmallInteger)
    spoiled_on: Mapped[date | None] = mapped_column(Date)
    spoiled_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    struck_on: Mapped[date | None] = mapped_column(Date)  # the entry of service was mistyped; the paper itself stands
    struck_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    is_notice: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))  # it set Case.notified_on
    __table_args__ = (Index("ix_paper_serial", "case_id", sqlite_where=sql("serial IS NOT NULL"),
                            postgresql_where=sql("serial IS NOT NULL")),
                      Index("ix_paper_to_serve", "case_id", sqlite_where=sql("to_serve > 0"),
                            postgresql_where=sql("to_serve > 0")))
    party = relationship(Party)
    case = relationship(Case, back_populates="papers")


class KeptPage(Model):
    """A paper as it was issued: its page and the facts that it was made from, under their digest; never changed.

    Rows that name the digest (a paper of a case, a letter) say whose it is and who may read it.
    """

    __tablename__ = "kept_page"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # keyed, of the body
    uid: Mapped[str] = mapped_column(String(16), default=new_uid)
    body_sealed: Mapped[str] = mapped_column(Text)  # papers.Made: JSON, compressed
    kept_at: Mapped[datetime] = mapped_column(Instant)
    body = Encrypted()


class Wording(Model):
    """An office's own Word template for a kind of paper; a later one, or the return to the shipped one, ends it."""

    __tablename__ = "wording"
    id: Id = key()
    station_id: Mapped[int] = ref("station.id")
    kind: Mapped[str] = mapped_column(String(20))  # papers/catalogue.PAPERS
    edition: Mapped[int] = mapped_column()  # 1, 2 … of the station's kind
    name: Mapped[str] = mapped_column(String(150))  # of the file, as it was uploaded
    size: Mapped[int] = mapped_column()
    template: Mapped[str] = mapped_column(String(64))  # the digest of the kept page that holds the file
    made_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    ended_on: Mapped[date | None] = mapped_column(Date)
    station = relationship(Station)
    made_by = relationship(User)


# Audits ---------------------------------------------------------------------------------------------------------

class Finding(Model):
    """What an auditor found: about a case, one of its payments, a period, or a figure that was given out."""

    __tablename__ = "finding"
    id: Id = key()
    station_id: Mapped[int] = ref("station.id")  # whose matter it is: the site of the case, or the union
    subject: Mapped[str] = mapped_column(String(10))  # audit.SUBJECTS
    reference: Mapped[str] = mapped_column(String(100))  # the case, its #payment, period, figure
    case_id: Mapped[int | None] = ref("dispute.id", optional=True)
    payment_id: Mapped[int | None] = ref("payment.id", optional=True, index=False)
    topic: Mapped[str] = mapped_column(String(12))  # audit.TOPICS
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)  # audit.STATES
    noted_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)  # the answer
    closed_on: Mapped[date | None] = mapped_column(Date)
    station = relationship(Station)
    case = relationship(Case, back_populates="findings")
    payment = relationship(Payment)
    steps: Mapped[list[FindingStep]] = relationship(back_populates="finding", order_by="FindingStep.id")


class FindingStep(Model):
    """One step of a finding with its text: noted, answered, sent back, closed."""

    __tablename__ = "finding_step"
    id: Id = key()
    finding_id: Mapped[int] = ref("finding.id")
    kind: Mapped[str] = mapped_column(String(10))  # audit.STEPS
    note_id: Mapped[int] = ref("note.id", index=False)
    done_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    finding = relationship(Finding, back_populates="steps")
    note = relationship(Note)
    made_by = relationship(User)


class Sample(Model):
    """Cases that an audit drew with a seed; filter, population and list are kept as they were on that day."""

    __tablename__ = "sample"
    id: Id = key()
    station_id: Mapped[int] = ref("station.id")  # of who drew it
    seed: Mapped[str] = mapped_column(String(40))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of the cases sheet
    size: Mapped[int] = mapped_column()
    population: Mapped[int] = mapped_column()
    population_digest: Mapped[str] = mapped_column(String(64))  # rules/audit/sampling.py
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    drawn_on: Mapped[date] = mapped_column(Date)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    station = relationship(Station)
    made_by = relationship(User)
    cases: Mapped[list[SampleCase]] = relationship(back_populates="sample", order_by="SampleCase.seq")


class SampleCase(Model):
    """A case of a sample in the order drawn, and how far its reading is."""

    __tablename__ = "sample_case"
    id: Id = key()
    sample_id: Mapped[int] = ref("sample.id")
    seq: Mapped[int] = mapped_column()
    case_id: Mapped[int] = ref("dispute.id", info=undigested("of an audit, not of the case"))
    number: Mapped[str] = mapped_column(String(60))
    mark: Mapped[str] = mapped_column(String(10), default="")  # sampling.MARKS
    marked_on: Mapped[date | None] = mapped_column(Date)
    sample = relationship(Sample, back_populates="cases")
    case = relationship(Case)
    __table_args__ = (UniqueConstraint("sample_id", "seq"),)


# Imports --------------------------------------------------------------------------------------------------------

class ImportBatch(Model):
    """One sheet of a file that was brought in: where its columns go, how far it has come, who answers for it.

    Its rows are staged as they stood in the file; what is made of them is read anew by the same rules whenever it is
    shown or taken, so that a corrected cell or another column needs no other way.
    """

    __tablename__ = "import_batch"
    id: Id = key()
    uid: Mapped[str] = mapped_column(String(16), default=new_uid, info=TIE)
    union_id: Mapped[int] = ref("station.id")
    station_id: Mapped[int] = ref("station.id", index=False)  # where its cases lie
    made_by_id: Mapped[int] = ref("account.id", index=False)
    made_at: Mapped[datetime] = mapped_column(Instant)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64), index=True)
    sheet: Mapped[str] = mapped_column(String(100), default="")
    height: Mapped[int] = mapped_column()  # number of the last row in the file
    merged: Mapped[list[list[int]]] = mapped_column(JSON, default=list)  # top, left, bottom, right
    notes: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # Chinese, English, row, place
    mapping: Mapped[str] = mapped_column(Text, default="")  # rules/imports/mapping.Mapping as JSON; '' not settled
    fingerprint: Mapped[str] = mapped_column(String(64), default="", info=HINT)
    state: Mapped[str] = mapped_column(String(10), default="draft")  # rules/imports/states.STATES
    judged_to: Mapped[int] = mapped_column(default=0, info=HINT)  # rows up to here are marked; below 0: states.py
    tally: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=HINT)  # totals of the dry run
    reason: Mapped[str] = mapped_column(String(200), default="")  # why it was undone
    station = relationship(Station, foreign_keys=[station_id])
    made_by = relationship(User)


class ImportRow(Model):
    """A row of a staged sheet: its cells as they stood, sealed, what was corrected in them, and what became of it."""

    __tablename__ = "import_row"
    id: Id = key()
    import_id: Mapped[int] = ref("import_batch.id", index=False, info=undigested("a staged row, read anew"))
    number: Mapped[int] = mapped_column()  # in the file, from 1
    cells_sealed: Mapped[str] = mapped_column(Text)
    mended_sealed: Mapped[str | None] = mapped_column(Text)  # place -> what stands there now
    kind: Mapped[str] = mapped_column(String(10), default="", info=DRY_RUN)  # rules/imports/headings.KINDS
    mark: Mapped[str] = mapped_column(String(6), default="")  # states.MARKS
    problems: Mapped[int] = mapped_column(default=0, info=DRY_RUN)
    twin: Mapped[str] = mapped_column(String(32), default="", info=DRY_RUN)  # blind index of what says the same case
    lead: Mapped[int | None] = mapped_column(info=DRY_RUN)  # the row whose case it is part of
    is_wanted: Mapped[bool] = mapped_column(default=False, info=DRY_RUN)  # taken though it looks like one there
    case_id: Mapped[int | None] = ref("dispute.id", optional=True, info=undigested("what became of the row"))
    case = relationship(Case)
    __table_args__ = (UniqueConstraint("import_id", "number"),
                      Index("ix_import_row_mark", "import_id", "mark", "number"),
                      Index("ix_import_row_twin", "twin", sqlite_where=sql("twin != ''"),
                            postgresql_where=sql("twin != ''")))


class HeadingMapping(Model):
    """Where the columns of such headings go, kept under a name and offered when the same headings come again."""

    __tablename__ = "heading_mapping"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    name: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int] = ref("account.id", index=False)
    __table_args__ = (UniqueConstraint("union_id", "name"),)


class HeadingWord(Model):
    """A heading of this union's registers that the program did not know, and the fact that it means."""

    __tablename__ = "heading_word"
    id: Id = key()
    union_id: Mapped[int] = ref("station.id")
    heading: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(30))  # rules/imports/fields.FIELDS
    made_by_id: Mapped[int] = ref("account.id", index=False)
    __table_args__ = (UniqueConstraint("union_id", "heading"),)


# Search ---------------------------------------------------------------------------------------------------------

class SearchGram(Model):
    """Two-character grams of a case's names, numbers and words; keyed hashes of telephone tails ('#…')."""

    __tablename__ = "search_gram"
    # By code points on either database: a range of them finds what begins with one character.
    gram: Mapped[str] = mapped_column(String(40).with_variant(String(40, "C"), "postgresql"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("dispute.id"), primary_key=True, info=INDEX)
    __table_args__ = (
        Index("ix_search_gram_tail", "case_id", sqlite_where=sql("substr(gram, 1, 1) = '#'"),
              postgresql_where=sql("substr(gram, 1, 1) = '#'")),
        {"sqlite_with_rowid": False},
    )


class SearchText(Model):
    """The folded text behind the grams, to verify words longer than two characters."""

    __tablename__ = "search_text"
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("dispute.id"), primary_key=True, info=INDEX)
    body: Mapped[str] = mapped_column(Text)


# The journal ----------------------------------------------------------------------------------------------------

class Stream(Model):
    """The head of one chain: 'case:<number>', 'employer:<id>', 'house:<union id>' or 'house' of the whole house."""

    __tablename__ = "stream"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))


class Event(Model):
    """Something that happened, in its chain. Appended only; triggers refuse the rest."""

    __tablename__ = "event"
    id: Id = key()
    stream: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(40))  # journal.KINDS
    entered_at: Mapped[datetime] = mapped_column(Instant)
    happened_on: Mapped[date | None] = mapped_column(Date)
    actor_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    actor_label: Mapped[str] = mapped_column(String(60), default="")  # operator of a command
    data: Mapped[str] = mapped_column(Text)  # canonical JSON
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    actor = relationship(User)
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    @classmethod
    def is_of_house(cls) -> ColumnElement[bool]:
        """In the chain of the whole house, 'house', or of a union, 'house:<id>': a range, which an index finds."""
        return and_(cls.stream >= "house", cls.stream < "house;")


class Seal(Model):
    """Chains the hashes of all events since the previous seal, in global order."""

    __tablename__ = "journal_seal"
    id: Id = key()
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_event_id: Mapped[int] = mapped_column(BIG)
    events: Mapped[int] = mapped_column()
    last_access_id: Mapped[int] = mapped_column(BIG)
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AccessLog(Model):
    """Who looked: opening, searching, revealing, exporting, refusals, log-ins. Appended only."""

    __tablename__ = "access_log"
    id: Id = key()
    logged_at: Mapped[datetime] = mapped_column(Instant, index=True)
    account_id: Mapped[int | None] = ref("account.id", optional=True)
    role: Mapped[str] = mapped_column(String(20), default="")
    station_id: Mapped[int | None] = mapped_column(BIG)
    kind: Mapped[str] = mapped_column(String(30))  # journal.ACCESS_KINDS
    object: Mapped[str] = mapped_column(String(100), default="", index=True)
    detail: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    request_id: Mapped[str] = mapped_column(String(20), default="")
    proof: Mapped[str] = mapped_column(String(32), default="", server_default="")  # digest of the line; '': older


class IssuedFigure(Model):
    """Figures that were given out: frozen as one canonical text with its digest. Appended only."""

    __tablename__ = "issued_figure"
    id: Id = key()
    number: Mapped[str] = mapped_column(String(80), unique=True)
    station_id: Mapped[int] = ref("station.id")  # whose figures: it and all below
    period: Mapped[str] = mapped_column(String(40))
    cut_off: Mapped[date] = mapped_column("cut_off_on", Date)
    recipient: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)  # canonical JSON: figures with formulas, filters, numbers of the cases
    digest: Mapped[str] = mapped_column(String(64))  # sha256 of the body
    last_event_id: Mapped[int] = mapped_column(BIG)  # what was entered later changed nothing of it
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None] = ref("account.id", optional=True, index=False)
    station = relationship(Station)
    made_by = relationship(User)


class ExportRun(Model):
    """One export that was begun: what was asked for, what came out, and whether it came to its end.

    An unmasked one is asked for with a reason and begun only after a second person has approved it.
    """

    __tablename__ = "export_run"
    id: Id = key()
    account_id: Mapped[int | None] = ref("account.id", optional=True)  # None: a command
    actor_label: Mapped[str] = mapped_column(String(60), default="")
    sheet: Mapped[str] = mapped_column(String(20))  # columns.SHEETS
    form: Mapped[str] = mapped_column(String(4))  # csv | xlsx
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)  # the moment that its rows show
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    rows: Mapped[int | None] = mapped_column()
    columns: Mapped[int | None] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the file
    rows_sha256: Mapped[str] = mapped_column(String(64), default="")  # of the canonical rows alone
    is_complete: Mapped[bool] = mapped_column(default=False)
    is_unmasked: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(300), default="")
    approved_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    account = relationship(User, foreign_keys=[account_id])
    approved_by = relationship(User, foreign_keys=[approved_by_id])


class OpenTally(Model):
    """How many open cases that are not restricted lie at a station in one hand, by state and day: what desks count.

    Triggers of the database keep it in the transaction that changes a case; ``check`` counts anew.
    """

    __tablename__ = "open_tally"
    station_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    span: Mapped[str] = mapped_column(String(1), primary_key=True)  # d: of a day | m: of the month that begins on it
    day_on: Mapped[date] = mapped_column(Date, primary_key=True)  # the next deadline, date.max where there is none
    handler_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)  # 0: nobody
    # State, with + where there is an outcome and ~ where the entry is late. Or RESTING: not a late entry, and by the
    # day on which the case has rested for a fortnight and no money is waited for any more.
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    union_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    cases: Mapped[int] = mapped_column()
    __table_args__ = (Index("ix_open_tally_hand", "handler_id", "span", "day_on"), {"sqlite_with_rowid": False})


def of_table(name: str) -> AnyModel:
    """The model of a table, for rows of the rules that name it; raises KeyError for a table that is none."""
    return TABLES[name]


TABLES: dict[str, AnyModel] = {mapper.class_.__tablename__: mapper.class_ for mapper in Model.registry.mappers}
