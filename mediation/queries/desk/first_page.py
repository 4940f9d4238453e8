"""The desk of every role: sections as a table, counts that open their rows in the list of cases, a fixed number of
queries however many cases there are.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Commission, Contact, Draft, Duty, Hearing, Party, User, Visit
from mediation.queries import door
from mediation.queries.cases import case_filters, listed, search
from mediation.queries.cases.listed import Listed
from mediation.queries.desk import first_rows, late_money, sweep, tallies, work_lists
from mediation.queries.desk.late_money import LATE_MONEY, LateSum
from mediation.queries.desk.sweep import Sweep
from mediation.queries.money import balances
from mediation.queries.papers import served
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.language import Text
from mediation.rules.money import currencies
from mediation.rules.money.currencies import Purse

SHOWN = 8
DRAFT_DAYS = 7
COUNTER, ABOVE = frozenset({"mediator", "lead"}), frozenset({"supervisor"})


@dataclass(frozen=True)
class Section:
    """A work list: whose it is, and the conditions of the list of cases that give its rows."""

    key: str
    label: Text
    values: Mapping[str, str]
    roles: frozenset[str]
    tone: str = ""
    is_listed: bool = True

    @property
    def href(self) -> str:
        return link(self.values)


def link(values: Mapping[str, str]) -> str:
    return f"/cases?{urlencode(values, safe=',~.')}"


ME, SITE = {"handler": "me"}, {"station": "own"}
AT_HAND = {"handler": "at_hand"}
UNTOUCHED = str(work_lists.UNTOUCHED_DAYS)
LATE = Text("到期没到账", "Late money")
OVERDUE = Text("已超期", "Overdue")
SECTIONS: tuple[Section, ...] = (
    Section("my_turn", Text("待我办", "My turn"), {"task": "my_turn"}, COUNTER),
    Section("to_take", Text("待我签收", "To take"), {"task": "to_take", **ME}, COUNTER),
    Section("due_soon", Text("三日内到期", "Due in 3 days"), {"due": "3", **ME}, COUNTER, "warn"),
    Section("overdue", OVERDUE, {"due": "overdue", **ME}, COUNTER, "late"),
    Section("late_money", LATE, {"late": "any", **ME}, COUNTER, "late"),
    Section("waiting", Text("等回复", "Waiting for a reply"), {"task": "waiting", **ME}, COUNTER, is_listed=False),
    Section("unserved", Text("文书还没送到", "Papers not served"), {"task": "unserved", **AT_HAND}, COUNTER, "warn"),
    Section("unassigned", Text("本站点待指派", "Unassigned at our site"), {"task": "free", **SITE}, COUNTER),
    Section("handed_over", Text("本站点交出未签收", "Handed over at our site, not taken"), {"task": "to_take", **SITE},
            frozenset({"lead"})),
    Section("overdue", OVERDUE, {"due": "overdue"}, ABOVE, "late"),
    Section("due_3", Text("三日内到期", "Due in 3 days"), {"due": "3"}, ABOVE, "warn", is_listed=False),
    Section("due_7", Text("七日内", "In 7 days"), {"due": "7"}, ABOVE, is_listed=False),
    Section("due_15", Text("十五日内", "In 15 days"), {"due": "15"}, ABOVE, is_listed=False),
    Section("unassigned", Text("待指派", "Unassigned"), {"task": "unassigned"}, ABOVE, "warn"),
    Section("to_take", Text("交出未签收", "Not yet taken"), {"task": "to_take"}, ABOVE),
    Section("supervised", Text("督办未答", "Supervision unanswered"), {"task": "supervised"}, ABOVE, "warn",
            is_listed=False),
    Section("waiting", Text("等回复", "Waiting for a reply"), {"task": "waiting"}, ABOVE, is_listed=False),
    Section("untouched", Text(f"{UNTOUCHED}天没动", f"Untouched for {UNTOUCHED} days"), {"untouched": UNTOUCHED}, ABOVE,
            "warn"),
    Section("stuck", Text("卡住了", "Stuck"), {"task": "stuck"}, ABOVE, "warn"),
    Section("late_money", LATE, {"late": "any"}, ABOVE, "late"),
    Section("open", Text("在办", "Open"), {"state": "open"}, frozenset({"auditor"}), is_listed=False),
    Section("overdue", OVERDUE, {"due": "overdue"}, frozenset({"auditor"}), "late", is_listed=False),
    Section("late_money", LATE, {"late": "any"}, frozenset({"auditor"}), "late"),
    Section("shared", Text("共享给本单位的在办案件", "Open cases shared with us"), {"state": "open"},
            frozenset({"liaison"})),
    Section("our_reply", Text("等本单位答复", "Waiting for our reply"), {"task": "our_reply"}, frozenset({"liaison"}),
            "warn", is_listed=False),
)


@dataclass(frozen=True)
class Work:
    """A section with its count and its first rows."""

    section: Section
    count: int
    rows: Sequence[Listed]


class Call(NamedTuple):
    """A call, message or visit that was planned for today or before. ``phone`` is '' where it may not be seen."""

    number: str
    title: str
    who: str
    phone: str
    what: str
    on: date
    last_on: date | None
    is_visit: bool


class Session(NamedTuple):
    """A session arranged for today; ``seq`` is that of the session before it."""

    number: str
    title: str
    respondent_title: str
    seq: int
    next_time: str
    place: str


class Kept(NamedTuple):
    """What was typed and not sent: its key, where it was typed, when it was saved."""

    uid: str
    place: str
    saved_at: datetime


@dataclass(frozen=True)
class Desk:
    """What a person finds in the morning; ``swept`` is the pass from which the sections were taken, if one was made."""

    work: Sequence[Work]
    calls: Sequence[Call] = ()
    sessions: Sequence[Session] = ()
    drafts: Sequence[Kept] = ()
    late_sums: Sequence[LateSum] = ()
    swept: Sweep | None = None
    unserved: Sequence[served.Line] = ()  # of the cases listed as such, which paper has not got to whom

    def get(self, key: str) -> Work:
        """The section of this key; LookupError when the role has none."""
        return next(work for work in self.work if work.section.key == key)

    @property
    def late_fen(self) -> int | Purse:
        return late_money.total(self.late_sums)

    @property
    def late(self) -> Mapping[int, LateSum]:
        """The late money of each case that is shown."""
        return {late.case_id: late for late in self.late_sums if late.case_id is not None}


def sections_of(role: str) -> list[Section]:
    return [section for section in SECTIONS if role in section.roles]


# The columns of the tables of load: words, the conditions of the list, tone.
LOAD: tuple[tuple[Text, Mapping[str, str], str], ...] = (
    (Text("在办", "Open"), {"state": "open"}, ""),
    (Text("超期", "Overdue"), {"due": "overdue"}, "late"),
    (Text("3日内", "3 days"), {"due": "3"}, "warn"),
    (Text("7日内", "7 days"), {"due": "7"}, ""),
    (Text("15日内", "15 days"), {"due": "15"}, ""),
    (Text("待指派", "Unassigned"), {"task": "unassigned"}, "warn"),
    (Text("未签收", "Not taken"), {"task": "to_take"}, ""),
    (Text("等回复", "Waiting"), {"task": "waiting"}, ""),
    (Text("没动", "Untouched"), {"untouched": UNTOUCHED}, "warn"),
    (Text("卡住", "Stuck"), {"task": "stuck"}, "warn"),
    (Text("督办", "Supervised"), {"task": "supervised"}, "warn"),
    (Text("逾期1–7天", "Late 1–7 d"), {"late": "1-7"}, "late"),
    (Text("8–30天", "8–30 d"), {"late": "8-30"}, "late"),
    (Text("31–90天", "31–90 d"), {"late": "31-90"}, "late"),
    (Text("90天以上", "Over 90 d"), {"late": "91-"}, "late"),
)
LOADED = frozenset({"lead", "supervisor"})  # who sees how much everybody has


def build(actor: Actor) -> Desk:
    """The desk of a role that reads cases."""
    if actor.role not in SWEPT:
        work = _counted_work(actor)
        return Desk(work, late_sums=_late_in(work, actor))
    swept = swept_by(actor)
    work = _swept_work(actor, swept)
    found = Desk(work, late_sums=_late_in(work, actor), swept=swept)
    if actor.role not in COUNTER:
        return found
    waiting = [row.id for row in found.get("unserved").rows]
    return replace(found, calls=calls(actor), sessions=sessions_today(actor), drafts=drafts(actor),
                   unserved=served.open_lines(waiting) if waiting else ())


def _late_in(work: Sequence[Work], actor: Actor) -> Sequence[LateSum]:
    """The late money of the reader's section of it; nothing is asked where that is empty."""
    found = [each for each in work if each.section.label is LATE and each.count]
    return late_money.sums(actor, [row.id for each in found for row in each.rows]) if found else ()


SWEPT = COUNTER | ABOVE  # the few sections of others are counted by the database


def swept_by(actor: Actor) -> Sweep:
    """One pass for all sections of the role, and for its tables of load."""
    sections = sections_of(actor.role)
    asked = [section.values for section in sections]
    if actor.role in LOADED:
        asked += [LATE_MONEY, *(values for _label, values, _tone in LOAD)]
    return sweep.sweep(actor, asked, [section.values for section in sections if section.is_listed], SHOWN)


def work_of(actor: Actor) -> list[Work]:
    """Every section of the role with its count, and the first rows of those that are listed."""
    return _swept_work(actor, swept_by(actor)) if actor.role in SWEPT else _counted_work(actor)


def _swept_work(actor: Actor, swept: Sweep) -> list[Work]:
    return [Work(section, swept.count(section.values), swept.first(section.values) if section.is_listed else ())
            for section in sections_of(actor.role)]


def _counted_work(actor: Actor) -> list[Work]:
    """Counted from the kept table, and case by case what is not in it: restricted cases, or all that a body sees."""
    sections = sections_of(actor.role)
    counts = [int(count) for count in _counts(actor.role).run(actor).one()]
    lists = [sweep.as_asked(section.values) for section in sections]
    if actor.role in TALLIED:
        for row in tallies.totals(actor):
            for n, values in enumerate(lists):
                counts[n] += row.cases if tallies.holds(values, row.kind, row.group, False, False) else 0
    rows = first_rows.read(actor, [values for values, section in zip(lists, sections, strict=True)
                                   if section.is_listed], SHOWN, None, ())
    return [Work(section, counts[n], rows.get(lists[n], ())) for n, section in enumerate(sections)]


TALLIED = frozenset({"auditor"})


@cache
def _counts(role: str) -> Prepared:
    actor = stand_in(role)
    rows = [and_(*case_filters.conditions_of(section.values, actor)) for section in sections_of(role)]
    sums = [func.coalesce(func.sum(case((row, 1), else_=0)), 0) for row in rows]
    seen, is_open = door.filter_for(actor), work_lists.is_open()
    if role in TALLIED:  # restricted cases lead, and nothing else
        return Prepared(select(*sums).where(Case.is_sealed.is_(True), seen.is_(True), is_open.is_(True)))
    return Prepared(select(*sums).where(seen, is_open))


# Today ----------------------------------------------------------------------------------------------------------

def _in_hand(actor: Actor, made_by: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """My cases, and those nobody holds yet in which I planned it myself."""
    begun = and_(Case.handler_id.is_(None), Case.station_id == actor.station_id, made_by == actor.user_id)
    return and_(door.filter_for(actor), work_lists.is_open(), or_(work_lists.mine(actor), begun))


def calls(actor: Actor) -> list[Call]:
    """Calls and messages due by today, then follow-up visits, the oldest first."""
    return [Call(number, title, name or whom or title, _phone(sealed, uid), step, on, last_on, bool(is_visit))
            for number, title, name, sealed, uid, whom, step, on, last_on, is_visit, _id in _planned_steps(
                actor.role).run(actor)]


_CASE, _PARTY = Case.__table__.c, Party.__table__.c
_WHOSE = (_CASE.number, _CASE.title, _PARTY.name, _PARTY.phone_sealed, _PARTY.uid)


@cache
def _planned_steps(role: str) -> Prepared:
    """Contacts and visits in one statement, each with a limit of its own."""
    found = union_all(*(select(one.subquery()) for one in (_contacts(role), _visits(role)))).subquery()
    return Prepared(select(found).order_by(found.c.is_visit, found.c.next_on, found.c.id))


def _contacts(role: str) -> Select[Any]:
    actor, row = stand_in(role), Contact.__table__.c
    last_on = case((row.is_reached.is_(False), row.contacted_on)).label("last_on")
    return select(*_WHOSE, row.whom, row.next_step, row.next_on, last_on, literal(0).label("is_visit"),
                  row.id).select_from(_planned(Contact)).where(
        Contact.case_id.in_(sweep.with_calls(role)), _in_hand(actor, Contact.made_by_id).is_(True),
        work_lists.planned_calls(actor.today)).order_by(row.next_on, row.id).limit(3 * SHOWN)


def _visits(role: str) -> Select[Any]:
    actor, row = stand_in(role), Visit.__table__.c
    return select(*_WHOSE, literal("").label("whom"), literal("").label("next_step"), row.next_on,
                  cast(null(), Date).label("last_on"), literal(1).label("is_visit"), row.id).select_from(
        _planned(Visit)).where(
        Visit.case_id.in_(sweep.with_calls(role)), _in_hand(actor, Visit.made_by_id).is_(True),
        row.next_on <= actor.today,
        work_lists.last_visit()).order_by(row.next_on, row.id).limit(SHOWN)


def _planned(model: type[Contact] | type[Visit]) -> FromClause:
    rows, party = model.__table__, Party.__table__
    found: FromClause = rows.join(Case.__table__, rows.c.case_id == _CASE.id)
    return found.outerjoin(party, rows.c.party_id == party.c.id)


def _phone(sealed: str | None, uid: str) -> str:
    """Open cases in one's own hands show their telephones (decisions.md, Access)."""
    return vault.current().decrypt(sealed, f"{Party.phone.place}.{uid}") if sealed else ""


def sessions_today(actor: Actor) -> list[Session]:
    """Sessions that were arranged for today and are not yet recorded."""
    return [Session._make(row) for row in _sessions(actor.role).run(actor)]


@cache
def _sessions(role: str) -> Prepared:
    actor, row = stand_in(role), Hearing.__table__
    place = Case.station_id == actor.station_id if role == "lead" else false()
    return Prepared(select(_CASE.number, _CASE.title, _CASE.respondent_title, row.c.seq, row.c.next_time, row.c.place)
                    .select_from(row.join(Case.__table__, row.c.case_id == _CASE.id)).where(
        door.filter_for(actor), or_(_in_hand(actor, Hearing.made_by_id), place), Hearing.next_on == actor.today,
        work_lists.is_open(), work_lists.last_hearing()).order_by(row.c.next_time, row.c.id).limit(2 * SHOWN))


def drafts(actor: Actor) -> list[Kept]:
    """What was typed and not sent, of a week, newest first; what was sent too late is offered by every page's frame."""
    return [Kept._make(row) for row in _drafts().run(actor)]


@cache
def _drafts() -> Prepared:
    actor, row = stand_in(""), Draft.__table__.c
    return Prepared(select(row.uid, row.place, row.saved_at).where(
        row.account_id == actor.user_id, row.address == "", row.saved_at >= actor.now - timedelta(DRAFT_DAYS)).order_by(
        row.saved_at.desc()).limit(SHOWN))


def on_duty(actor: Actor) -> str:
    """Today's officer at the actor's site; '' when nobody is set."""
    return _officer().run(actor).scalar() or ""


@cache
def _officer() -> Prepared:
    actor, people, duty = stand_in(""), User.__table__, Duty.__table__
    return Prepared(select(people.c.name).select_from(duty.join(people, duty.c.account_id == people.c.id)).where(
        duty.c.station_id == actor.station_id, Duty.on == actor.today))


def replies(actor: Actor) -> list[Commission]:
    """What the liaison's body has been asked and not answered."""
    return list(db.session.scalars(
        select(Commission).join(Commission.case).where(
            door.filter_for(actor), work_lists.is_open(),
            Commission.agency_id == actor.agency_id, Commission.direction == "out", work_lists.is_unanswered())
        .options(contains_eager(Commission.case)).order_by(
            Commission.reply_due_on.is_(None), Commission.reply_due_on, Commission.id).limit(2 * SHOWN)))


# The day's list ---------------------------------------------------------------------------------------------------

def due_lines(actor: Actor) -> list[str]:
    """The day's list in plain lines: what is over, what ends today, calls, sessions, late money.

    Numbers, clocks and handlers only: the lines may go into a log or a letter, so nobody's name stands in them.
    """
    today = actor.today
    rows = search.rows_of(search.Filter({"state": "open"}), actor)
    cases = listed.read(db.session.execute(listed.cases_where(and_(rows, Case.next_due_on <= today)).order_by(
        Case.next_due_on, Case.id)))
    late = balances.of_cases(today, and_(door.filter_for(actor), work_lists.late_money(today)))
    found = [_due_line(row, today, late.get(row.id)) for row in cases]
    planned = select(Contact.next_on, Case).join(Contact.case).where(rows, work_lists.planned_calls(today)).options(
        joinedload(Case.handler), joinedload(Case.station)).order_by(Contact.next_on, Contact.id)
    found += [f"{on.isoformat()}  电话  {_place(row)}" for on, row in db.session.execute(planned)]
    held = select(Hearing.next_time, Case).join(Hearing.case).where(
        rows, Hearing.next_on == today, work_lists.last_hearing()).options(
        joinedload(Case.handler), joinedload(Case.station)).order_by(Hearing.next_time, Hearing.id)
    return found + [f"{today.isoformat()}  {at or '时间未定'} 调解  {_place(row)}" for at, row in db.session.execute(held)]


def _due_line(row: Listed, today: date, late: balances.Balance | None) -> str:
    assert row.next_due_on is not None  # by it the line was chosen
    days = (today - row.next_due_on).days
    word = "逾期" if row.state == "PERFORMING" else "超"
    left = f"{word}{days}天" if days else "今天到期"
    money = f"  逾期合计{currencies.named(late.overdue_fen, row.currency)}" if late else ""
    return f"{row.next_due_on.isoformat()}  {left}  {work_lists.clock_name(row).zh}{money}  {_place(row)}"


def _place(row: Case | Listed) -> str:
    return f"{row.number}  {row.handler.name if row.handler else '无人承办'}  {row.station.short_name}"


def tone(row: Case | Listed) -> str:
    """The colour of a state's tag."""
    if row.outcome and row.state != "PERFORMING":
        return "info" if row.is_open else "plain"
    return {"MEDIATING": "warn", "PERFORMING": "good", "REGISTERED": "info", "CONSENT_PENDING": "info"}.get(
        row.state, "plain")


def state_text(row: Case | Listed) -> Text:
    """The state in words; the outcome where there is one and nothing is being performed."""
    label = workflow.STATES[row.state].label
    if not row.outcome or row.state == "PERFORMING":
        return label
    return Text(*words.OUTCOMES[row.outcome][1:])


