"""The desk of every role: sections as a table, counts that open their rows in the list of cases, a fixed number of
queries however many cases there are.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from mediation.extensions import db
from mediation.models import Case, Commission, Contact, Draft, Duty, Hearing, Party, User, Visit
from mediation.queries import balances, conditions, door, listed, search
from mediation.queries.listed import Listed
from mediation.rules import words, workflow
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.rules.money import print_yuan

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
UNTOUCHED = str(conditions.UNTOUCHED_DAYS)
LATE = Text("到期没到账", "Late money")
OVERDUE = Text("已超期", "Overdue")
SECTIONS: tuple[Section, ...] = (
    Section("my_turn", Text("待我办", "My turn"), {"task": "my_turn"}, COUNTER),
    Section("to_take", Text("待我签收", "To take"), {"task": "to_take", **ME}, COUNTER),
    Section("due_soon", Text("三日内到期", "Due in 3 days"), {"due": "3", **ME}, COUNTER, "warn"),
    Section("overdue", OVERDUE, {"due": "overdue", **ME}, COUNTER, "late"),
    Section("late_money", LATE, {"late": "any", **ME}, COUNTER, "late"),
    Section("waiting", Text("等回复", "Waiting for a reply"), {"task": "waiting", **ME}, COUNTER, is_listed=False),
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


class Work(NamedTuple):
    """A section with its count and its first rows."""

    section: Section
    count: int
    rows: Sequence[Listed]


class Call(NamedTuple):
    """A call, message or visit that was planned for today or before. ``phone`` is '' where it may not be seen."""

    case: Case
    who: str
    phone: str
    what: str
    on: date
    last_on: date | None
    is_visit: bool


@dataclass(frozen=True)
class Desk:
    """What a person finds in the morning."""

    work: Sequence[Work]
    calls: Sequence[Call] = ()
    sessions: Sequence[Hearing] = ()
    drafts: Sequence[Draft] = ()
    late: Mapping[int, balances.Balance] = field(default_factory=dict)

    def get(self, key: str) -> Work:
        """The section of this key; LookupError when the role has none."""
        return next(work for work in self.work if work.section.key == key)

    @property
    def late_fen(self) -> int:
        return sum(balance.overdue_fen for balance in self.late.values())


def sections_of(role: str) -> list[Section]:
    return [section for section in SECTIONS if role in section.roles]


def build(actor: Actor) -> Desk:
    """The desk of a role that reads cases."""
    work = work_of(actor)
    late = balances.of_cases(actor.today, search.rows_of(_filter({"late": "any", **_own(actor)}), actor))
    if actor.role not in COUNTER:
        return Desk(work, late=late)
    return Desk(work, calls(actor), sessions_today(actor), drafts(actor), late)


def _own(actor: Actor) -> Mapping[str, str]:
    return ME if actor.role in COUNTER else {}


def _filter(values: Mapping[str, str]) -> search.Filter:
    return search.Filter({"state": "open", **values})


def work_of(actor: Actor) -> list[Work]:
    """Every section of the role: one statement counts them all, one each gets the rows of those that are listed."""
    sections = sections_of(actor.role)
    found = {section.key: search.rows_of(_filter(section.values), actor) for section in sections}
    sums = [func.coalesce(func.sum(case((rows, 1), else_=0)), 0) for rows in found.values()]
    counts = db.session.execute(select(*sums).where(door.filter_for(actor), conditions.is_open())).one()
    return [Work(section, int(count), first_rows(found[section.key]) if section.is_listed else ())
            for section, count in zip(sections, counts, strict=True)]


def first_rows(rows: ColumnElement[bool], limit: int = SHOWN) -> list[Listed]:
    """The rows of a section whose deadline is nearest; those without one last."""
    return listed.read(db.session.execute(listed.cases_where(rows).order_by(
        Case.next_due_on.is_(None), Case.next_due_on, Case.id).limit(limit)))


# Today ----------------------------------------------------------------------------------------------------------

def _in_hand(actor: Actor, made_by: ColumnElement[int]) -> ColumnElement[bool]:
    """My cases, and those nobody holds yet in which I planned it myself."""
    begun = and_(Case.handler_id.is_(None), Case.station_id == actor.station_id, made_by == actor.user_id)
    return and_(door.filter_for(actor), conditions.is_open(), or_(conditions.mine(actor), begun))


def calls(actor: Actor) -> list[Call]:
    """Calls and messages due by today, then follow-up visits, the oldest first."""
    rows = db.session.scalars(
        select(Contact).join(Contact.case).where(_in_hand(actor, Contact.made_by_id), conditions.planned_calls(
            actor.today)).options(contains_eager(Contact.case), joinedload(Contact.party)).order_by(
            Contact.next_on, Contact.id).limit(3 * SHOWN))
    found = [Call(row.case, row.party.name if row.party else row.whom, _phone(row.party), row.next_step,
                  row.next_on, None if row.is_reached else row.contacted_on, False) for row in rows]
    visits = db.session.scalars(
        select(Visit).join(Visit.case).where(_in_hand(actor, Visit.made_by_id), Visit.next_on <= actor.today,
                                             conditions.last_visit())
        .options(contains_eager(Visit.case), joinedload(Visit.party)).order_by(Visit.next_on, Visit.id).limit(SHOWN))
    return found + [Call(row.case, row.party.name if row.party else row.case.title, _phone(row.party), "",
                         row.next_on, None, True) for row in visits]


def _phone(party: Party | None) -> str:
    """Open cases in one's own hands show their telephones (decisions.md, Access)."""
    return party.phone if party is not None and party.phone_sealed else ""


def sessions_today(actor: Actor) -> list[Hearing]:
    """Sessions that were arranged for today and are not yet recorded."""
    place = Case.station_id == actor.station_id if actor.role == "lead" else false()
    return list(db.session.scalars(
        select(Hearing).join(Hearing.case).where(
            door.filter_for(actor), or_(_in_hand(actor, Hearing.made_by_id), place), Hearing.next_on == actor.today,
            conditions.is_open(), conditions.last_hearing())
        .options(contains_eager(Hearing.case)).order_by(Hearing.next_time, Hearing.id).limit(2 * SHOWN)))


def drafts(actor: Actor) -> list[Draft]:
    """What was typed and not sent, of a week, newest first."""
    return list(db.session.scalars(select(Draft).where(
        Draft.account_id == actor.user_id, Draft.saved_at >= actor.now - timedelta(DRAFT_DAYS)).order_by(
        Draft.saved_at.desc()).limit(SHOWN)))


def on_duty(actor: Actor) -> str:
    """Today's officer at the actor's site; '' when nobody is set."""
    return db.session.scalar(select(User.name).join(Duty, Duty.account_id == User.id).where(
        Duty.station_id == actor.station_id, Duty.on == actor.today)) or ""


def replies(actor: Actor) -> list[Commission]:
    """What the liaison's body has been asked and not answered."""
    return list(db.session.scalars(
        select(Commission).join(Commission.case).where(
            door.filter_for(actor), conditions.is_open(),
            Commission.agency_id == actor.agency_id, Commission.direction == "out", conditions.is_unanswered())
        .options(contains_eager(Commission.case)).order_by(
            Commission.reply_due_on.is_(None), Commission.reply_due_on, Commission.id).limit(2 * SHOWN)))


# The day's list ---------------------------------------------------------------------------------------------------

def due_lines(actor: Actor) -> list[str]:
    """The day's list in plain lines: what is over, what ends today, calls, sessions, late money.

    Numbers, clocks and handlers only: the lines may go into a log or a letter, so nobody's name stands in them.
    """
    today = actor.today
    rows = search.rows_of(_filter({}), actor)
    cases = listed.read(db.session.execute(listed.cases_where(and_(rows, Case.next_due_on <= today)).order_by(
        Case.next_due_on, Case.id)))
    late = balances.of_cases(today, and_(door.filter_for(actor), conditions.late_money(today)))
    found = [_due_line(row, today, late.get(row.id)) for row in cases]
    planned = select(Contact.next_on, Case).join(Contact.case).where(rows, conditions.planned_calls(today)).options(
        joinedload(Case.handler), joinedload(Case.station)).order_by(Contact.next_on, Contact.id)
    found += [f"{on.isoformat()}  电话  {_place(row)}" for on, row in db.session.execute(planned)]
    held = select(Hearing.next_time, Case).join(Hearing.case).where(
        rows, Hearing.next_on == today, conditions.last_hearing()).options(
        joinedload(Case.handler), joinedload(Case.station)).order_by(Hearing.next_time, Hearing.id)
    return found + [f"{today.isoformat()}  {at or '时间未定'} 调解  {_place(row)}" for at, row in db.session.execute(held)]


def _due_line(row: Listed, today: date, late: balances.Balance | None) -> str:
    days = (today - row.next_due_on).days
    word = "逾期" if row.state == "PERFORMING" else "超"
    left = f"{word}{days}天" if days else "今天到期"
    money = f"  {print_yuan(late.overdue_fen)}元" if late else ""
    return f"{row.next_due_on.isoformat()}  {left}  {conditions.clock_name(row).zh}{money}  {_place(row)}"


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


def short_numbers(rows: Sequence[Case | Listed]) -> dict[int, str]:
    """Numbers by case id as they are spoken: without the union's code while all are of one union."""
    is_one = len({row.union_id for row in rows}) <= 1
    return {row.id: "-".join(row.number.split("-")[-2:]) if is_one else row.number for row in rows}
