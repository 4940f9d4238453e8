"""What a work list asks of a case, in SQL: one meaning for the desk, the list of cases and the day's list.

Only the hints of the case and rows of its own are looked at; whose cases these are is the door's business.
"""
from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, exists, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from mediation.models import (
    Case,
    CaseMember,
    Commission,
    Contact,
    Hearing,
    Paper,
    Station,
    Supervision,
    User,
    Visit,
)
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.cases.listed import Listed
from mediation.rules.access import Actor
from mediation.rules.cases import guards, workflow
from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law import time_limits

UNTOUCHED_DAYS = 14
SOON = (3, 7, 15)

# Age of late money in days: from, to (None: no end).
BANDS: dict[str, tuple[int, int | None]] = {"1-7": (1, 7), "8-30": (8, 30), "31-90": (31, 90), "91-": (91, None)}
BAND_WORDS = vocabulary(
    Word("any", "全部逾期", "All late"),
    Word("1-7", "1–7天", "1–7 days"),
    Word("8-30", "8–30天", "8–30 days"),
    Word("31-90", "31–90天", "31–90 days"),
    Word("91-", "90天以上", "Over 90 days"),
)
DUE_WORDS = vocabulary(
    Word("overdue", "已超期", "Overdue"),
    Word("3", "三日内到期", "Due in 3 days"),
    Word("7", "七日内到期", "Due in 7 days"),
    Word("15", "十五日内到期", "Due in 15 days"),
    Word("none", "没有期限", "No deadline"),
)
TASK_WORDS = vocabulary(
    Word("my_turn", "待我办", "My turn"),
    Word("to_take", "待签收", "To be taken"),
    Word("unassigned", "待指派", "Unassigned"),
    Word("free", "别人登记、没人承办", "Registered by others, nobody's"),
    Word("waiting", "等回复", "Waiting for a reply"),
    Word("late_money", "到期没到账", "Late money"),
    Word("untouched", "久无进展", "Untouched"),
    Word("stuck", "卡住了（没人办、没期限）", "Stuck"),
    Word("left", "承办人已离岗", "The mediator has left"),
    Word("supervised", "督办未答复", "Supervision unanswered"),
    Word("unserved", "文书还没送到", "Papers not served"),
    Word("our_reply", "等本单位答复", "Waiting for our reply"),
)


def is_open() -> ColumnElement[bool]:
    """Literally, so that the partial index of the backlog is used."""
    return Case.is_open == literal_column("1")


def overdue(today: date) -> ColumnElement[bool]:
    """A limit of the procedure has passed; late money is another matter."""
    return and_(is_open(), Case.state != "PERFORMING", Case.next_due_on < today)


def due_within(today: date, days: int) -> ColumnElement[bool]:
    return and_(is_open(), Case.next_due_on.between(today, today + timedelta(days)))


def late_money(today: date, band: str = "any") -> ColumnElement[bool]:
    """An instalment was not wholly paid on its day; the band counts from the oldest such day."""
    first, last = BANDS.get(band, (1, None))
    rows = [is_open(), Case.state == "PERFORMING", Case.next_due_on <= today - timedelta(first)]
    return and_(*rows, Case.next_due_on >= today - timedelta(last)) if last else and_(*rows)


def by_due(value: str, today: date) -> ColumnElement[bool]:
    if value == "overdue":
        return overdue(today)
    return and_(is_open(), Case.next_due_on.is_(None)) if value == "none" else due_within(today, int(value))


def mine(actor: Actor) -> ColumnElement[bool]:
    """Handler or co-mediator."""
    member = exists().where(CaseMember.case_id == Case.id, CaseMember.account_id == actor.user_id,
                            CaseMember.kind == "co_handler", CaseMember.until_on.is_(None))
    return and_(is_open(), or_(Case.handler_id == actor.user_id, member))


def at_hand(actor: Actor) -> ColumnElement[bool]:
    """Mine, and at my site those nobody holds yet: whoever is there has to see to them."""
    return or_(mine(actor), and_(is_open(), Case.handler_id.is_(None), Case.station_id == actor.station_id))


def my_turn(actor: Actor) -> ColumnElement[bool]:
    """I hold it and have to act, or I registered it and nobody holds it yet; money not due soon is left to wait."""
    is_quiet = and_(Case.state == "PERFORMING", Case.next_due_on > actor.today + timedelta(SOON[0]))
    held = and_(Case.handler_id == actor.user_id, Case.state != "ASSIGNED", ~is_quiet)
    begun = and_(Case.handler_id.is_(None), Case.registered_by_id == actor.user_id,
                 Case.state.in_(workflow.BEFORE_ACCEPTANCE), Case.station_id == actor.station_id)
    return and_(is_open(), or_(held, begun))


def to_take(actor: Actor) -> ColumnElement[bool]:
    """Handed over and not yet taken: to me, or for those who assign, to anybody."""
    rows = and_(is_open(), Case.state == "ASSIGNED", Case.outcome == "")
    return and_(rows, Case.handler_id == actor.user_id) if actor.role == "mediator" else rows


def unassigned() -> ColumnElement[bool]:
    return and_(is_open(), Case.handler_id.is_(None), Case.outcome == "",
                Case.state.in_(workflow.UNCONCLUDED - {"ASSIGNED"}))


def free(actor: Actor) -> ColumnElement[bool]:
    """Unassigned, and not among what the actor himself has begun."""
    return and_(unassigned(), or_(Case.registered_by_id != actor.user_id,
                                  Case.state.not_in(workflow.BEFORE_ACCEPTANCE)))


def waiting() -> ColumnElement[bool]:
    """The other side is being asked, or a body has not answered us."""
    asked = exists().where(Commission.case_id == Case.id, is_asked())
    return and_(is_open(), or_(and_(Case.state == "CONSENT_PENDING", Case.outcome == ""), asked))


def is_asked() -> ColumnElement[bool]:
    """A body was asked by us and has not answered; literally, so that the index of such letters is used."""
    return and_(Commission.direction == literal_column("'out'"), is_unanswered())


def is_unanswered() -> ColumnElement[bool]:
    return and_(Commission.state.in_(("open", "taken")), Commission.replied_on.is_(None),
                Commission.recalled_on.is_(None))


def our_reply(actor: Actor) -> ColumnElement[bool]:
    """Waiting for the reply of the liaison's own body."""
    if actor.agency_id is None:
        return false()
    return exists().where(Commission.case_id == Case.id, Commission.agency_id == actor.agency_id,
                          Commission.direction == "out", is_unanswered())


def untouched(actor: Actor, days: int = UNTOUCHED_DAYS) -> ColumnElement[bool]:
    """Nobody has written anything for so many days, and no money is being waited for; a late entry starts no clock."""
    is_quiet = and_(Case.state == "PERFORMING", Case.next_due_on >= actor.today)
    return and_(is_open(), Case.is_late_entry.is_(False), ~is_quiet, Case.touched_at < actor.now - timedelta(days))


def planned_calls(today: date) -> ColumnElement[bool]:
    """A call or message that was to be made by today, and was not followed by another contact with the same
    side that settles it (guards.settles_plan)."""
    later = aliased(Contact)
    followed = exists().where(later.case_id == Contact.case_id, later.id > Contact.id,
                              func.coalesce(later.party_id, 0) == func.coalesce(Contact.party_id, 0),
                              or_(later.is_reached, later.way != "message", later.next_on.is_not(None)))
    return and_(Contact.next_on <= today, Contact.is_next_done.is_(False), ~followed)


def last_visit() -> ColumnElement[bool]:
    later = aliased(Visit)
    return ~exists().where(later.case_id == Visit.case_id, later.id > Visit.id)


def first_call(case: CaseRows) -> date | None:
    """The day of the first call, message or visit of a case that is planned and not yet made; kept with the case, so
    that a desk finds them. The same as in ``planned_calls`` and ``last_visit``."""
    days = [row.next_on for row in case.contacts if row.next_on and not row.is_next_done and not any(
        later.id > row.id and later.party_id == row.party_id
        and guards.settles_plan(later.way, later.is_reached, later.next_on is not None) for later in case.contacts)]
    last = max(case.visits, key=lambda row: row.id, default=None)
    return min(days + ([last.next_on] if last is not None and last.next_on else []), default=None)


def last_hearing() -> ColumnElement[bool]:
    later = aliased(Hearing)
    return ~exists().where(later.case_id == Hearing.case_id, later.seq > Hearing.seq)


def stuck(today: date) -> ColumnElement[bool]:
    """No rule will bring the case up again: no limit runs and nothing is planned, or nobody is there to act. Late
    entries have no limits; those with facts missing are a list of their own."""
    return and_(Case.is_late_entry.is_(False), or_(_undated(today), owner_left(), ownerless()))


def _undated(today: date) -> ColumnElement[bool]:
    call = exists().where(Contact.case_id == Case.id, Contact.next_on.is_not(None), Contact.is_next_done.is_(False))
    session = exists().where(Hearing.case_id == Case.id, Hearing.next_on >= today)
    visit = exists().where(Visit.case_id == Case.id, Visit.next_on >= today)
    return and_(is_open(), Case.next_due_on.is_(None), ~call, ~session, ~visit)


def owner_left() -> ColumnElement[bool]:
    """Held by an account that was closed, or whose holder now has other work or works for another union."""
    there = select(User.id).join(Station, Station.id == User.station_id).where(
        User.id == Case.handler_id, User.is_active.is_(True), User.role.in_(("mediator", "lead")),
        Station.union_id == Case.union_id)
    return and_(is_open(), Case.handler_id.is_not(None), ~there.exists())


def ownerless() -> ColumnElement[bool]:
    """Held by nobody, and in no state in which it waits to be assigned."""
    return and_(is_open(), Case.handler_id.is_(None), ~unassigned())


def supervised() -> ColumnElement[bool]:
    """A supervision waits for its written answer."""
    asked = exists().where(Supervision.case_id == Case.id, Supervision.kind == "supervise",
                           Supervision.answered_on.is_(None))
    return and_(is_open(), asked)


def unserved() -> ColumnElement[bool]:
    """A paper was issued and has not got to everybody who has to get it."""
    return and_(is_open(), exists().where(Paper.case_id == Case.id, Paper.to_serve > 0))


TASKS = {
    "my_turn": my_turn,
    "to_take": to_take,
    "unassigned": lambda actor: unassigned(),
    "free": free,
    "waiting": lambda actor: waiting(),
    "late_money": lambda actor: late_money(actor.today),
    "untouched": untouched,
    "stuck": lambda actor: stuck(actor.today),
    "left": lambda actor: owner_left(),
    "supervised": lambda actor: supervised(),
    "unserved": lambda actor: unserved(),
    "our_reply": our_reply,
}


def tasks_for(actor: Actor) -> dict[str, Word]:
    """The tasks that a role may ask for: a liaison only the one of its own body."""
    return {code: word for code, word in TASK_WORDS.items() if (code == "our_reply") == (actor.role == "liaison")}


def clock_name(case: Case | Listed) -> Text:
    """The name of the clock behind a case's next deadline, as short as a list needs it; empty where none runs."""
    return name_of_clock(case.next_due_rule, case.channel)


@cache
def name_of_clock(rule: str, channel: str) -> Text:
    if rule.startswith("P") and rule[1:].isdigit():
        return Text(f"第{rule[1:]}期到账", f"Instalment {rule[1:]}")
    row = next((row for row in time_limits.CLOCKS if row.id == rule and channel in row.channels), None)
    return Text(row.label.zh.split("（")[0], row.label.en.split(" (")[0]) if row else Text(rule, rule)
