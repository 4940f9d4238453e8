"""One case with everything that its page shows, read in a number of queries that does not grow with its people."""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import AccessLog, Case, Commission, Hearing, Note, User
from mediation.queries import door
from mediation.queries.cases import case_rows, facts
from mediation.queries.cases.case_load import load
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.law import case_law
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law.clocks import CaseClock
from mediation.queries.money import case_money
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.bodies import commissions
from mediation.rules.cases import guards, guidance, voiding
from mediation.rules.cases.guidance import Planned, Scene
from mediation.rules.cases.merging import LEFT
from mediation.rules.language import Text
from mediation.rules.law import clocks
from mediation.rules.law.clocks import Clock

LOOKING = timedelta(minutes=10)


@dataclass(frozen=True)
class Dossier:
    """What stands in a case's file today, for one reader; ``clocks``: every clock that runs or ran."""

    case: Case
    rows: CaseRows
    rights: frozenset[str]
    parts: frozenset[str]
    money: case_money.Position
    facts: guards.Facts
    clocks: tuple[Clock, ...]
    dates: tuple[CaseClock, ...]
    scene: Scene
    step: guidance.Next

    @property
    def has_agreement(self) -> bool:
        return any(a.superseded_on is None for a in self.rows.agreements)

    @property
    def has_agreed_sum(self) -> bool:
        """Whether an agreement names a sum; goods and acts, or an unknown sum, have none."""
        return any(a.superseded_on is None and a.total_fen for a in self.rows.agreements)

    @property
    def is_undisclosed(self) -> bool:
        """Whether the agreement has a sum that was not published."""
        return any(a.superseded_on is None and a.is_undisclosed for a in self.rows.agreements)


def read(case: Case, actor: Actor, bare: Collection[str] = ()) -> Dossier:
    """Everything of one case for its page; ``case`` comes through the door. ``bare``: relationships that the page does
    not ask for, as the rows say enough."""
    db.session.flush()  # what is read without the mapper does not look for pending changes itself
    rows = case_rows.seen(case, actor.today)
    load(case, rows, bare)
    place = door.holding(rows, actor.today)
    rights = frozenset(p for p in access.GRANTS if access.allows(actor, p, place) and (
        case.merged_into_id is None or p in LEFT) and (
            (case.voided_on is None and case.erased_on is None) or p in voiding.LEFT))
    money = case_money.position(rows, actor.today)
    known = facts.of(rows, actor.today, money)
    running = clock_queries.of_case(rows, actor.today, money=money)
    shown = _all_dates(case, rows, actor, money, running)
    scene = scene_of(rows, actor, rights, money, known, shown)
    return Dossier(case, rows, rights, door.shared_parts(actor, case), money, known, tuple(running), shown,
                   scene, guidance.next_step(scene))


def _all_dates(case: Case, rows: CaseRows, actor: Actor, money: case_money.Position,
               running: list[Clock]) -> tuple[CaseClock, ...]:
    """The legal clocks and instalments, and what was agreed besides: the next session, replies of other bodies."""
    dates = clock_queries.shown_of(running, case, actor.today, money)
    if case.is_open:
        dates += [_agreed(f"R{c.id}", _reply_label(c), c.sent_on, c.reply_due_on, actor.today) for c in case.commissions
                 if c.reply_due_on and commissions.awaits_reply(c.direction, c.state, c.recalled_on)]
    session = _session(rows)
    if session is not None and case.state == "MEDIATING" and not case.outcome:
        label = Text(f"约好的调解 {session.time}".strip(), f"Session planned {session.time}".strip())
        dates.append(_agreed("S", label, None, session.on, actor.today))
    return tuple(sorted(dates, key=lambda row: (row.due_on or date.max, row.clock.id)))


def _reply_label(row: Commission) -> Text:
    if row.direction == "out":
        return Text(f"{row.agency.short_name}协办回复", f"Reply of {row.agency.short_name}")
    return Text(f"回复{row.agency.short_name}来函", f"Our reply to {row.agency.short_name}")


def _agreed(key: str, label: Text, from_on: date | None, due_on: date, today: date) -> CaseClock:
    clock = clocks.agreed(key, label, from_on or due_on, due_on, on=today)
    return CaseClock(clock, due_on, (due_on - today).days, due_on < today)


def load_concessions(case: Case) -> None:
    """The notes of concessions, for the page that may show them."""
    db.session.scalars(select(Hearing).where(Hearing.case_id == case.id).options(
        joinedload(Hearing.concession_note))).all()


def who_looks(case: Case, actor: Actor) -> list[tuple[str, int]]:
    """Colleagues who opened the case in the last ten minutes, with the minutes since."""
    rows = db.session.execute(LOOKED, {
        "since": actor.now - LOOKING, "number": case.number, "me": actor.user_id})
    latest = {(key, name): int((actor.now - at).total_seconds() // 60) for key, name, at in rows}
    return sorted(((name, minutes) for (_key, name), minutes in latest.items()), key=lambda item: item[1])


def _looked() -> Select[Any]:
    """Of the looks at a case only those after the last one that is older: a case is opened often in its life, and its
    looks lie in the index in the order in which they were written."""
    looks, users = AccessLog.__table__, User.__table__
    older = looks.alias()
    last = select(older.c.id).where(older.c.logged_at <= bindparam("since")).order_by(older.c.logged_at.desc()).limit(1)
    return select(users.c.id, users.c.name, looks.c.logged_at).join(users, users.c.id == looks.c.account_id).where(
        looks.c.id > func.coalesce(last.scalar_subquery(), 0), looks.c.logged_at > bindparam("since"),
        looks.c.kind == "open", looks.c.object == bindparam("number"),
        looks.c.account_id != bindparam("me")).order_by(looks.c.logged_at)


LOOKED = _looked()


@dataclass(frozen=True)
class Recent:
    """A line of what was done lately; ``said`` is the beginning of its note."""

    on: date
    text: Text
    said: str
    next_on: date | None
    who: str


def recent(rows: CaseRows, count: int = 4) -> list[Recent]:
    """The last contacts, sessions and visits, newest first."""
    done: list[Done] = [Done(row.contacted_on, row, _contact_text) for row in rows.contacts]
    done += [Done(row.held_on, row, _hearing_text) for row in rows.hearings]
    done += [Done(row.visited_on, row, _visit_text) for row in rows.visits]
    newest = sorted(done, key=lambda act: (act.on, act.row.id), reverse=True)[:count]
    notes, names = _by_id(SAID, [act.row.note_id for act in newest]), _by_id(NAMES, [a.row.made_by_id for a in newest])
    called = {party.id: party.name for party in rows.parties}
    return [Recent(act.on, act.text(act.row, called), _begin(notes.get(act.row.note_id, "")),
                   None if getattr(act.row, "is_next_done", False) else act.row.next_on, names[act.row.made_by_id])
            for act in newest]


class Done(NamedTuple):
    """A row of what was done, on which day, and how it is told; that takes the parties' names by their ids."""

    on: date
    row: Row[Any]
    text: Callable[[Row[Any], Mapping[int, str]], Text]


_NOTE, _USER = Note.__table__.c, User.__table__.c
KEYS: BindParameter[int] = bindparam("keys", expanding=True)
SAID = select(_NOTE.id, _NOTE.body).where(_NOTE.id.in_(KEYS))
NAMES = select(_USER.id, _USER.name).where(_USER.id.in_(KEYS))


def _by_id(statement: Select[Any], keys: Iterable[int | None]) -> dict[int, str]:
    """A word about each of the rows with these ids; none is asked for where there is no id."""
    known = sorted({key for key in keys if key is not None})
    found = db.session.connection().execute(statement, {"keys": known}) if known else ()
    return {key: word for key, word in found}


def _begin(text: str) -> str:
    return text.replace("\n", " ")[:40] + ("…" if len(text) > 40 else "")


def _contact_text(row: Row[Any], called: Mapping[int, str]) -> Text:
    way, whom = words.CONTACT_WAYS[row.way], called[row.party_id] if row.party_id else row.whom
    end = Text("", "") if row.is_reached else (
        Text("没回", "no answer") if row.way in ("message", "letter") else Text("未接", "not reached"))
    if row.answer:
        end = Text(words.ANSWERS[row.answer].zh, words.ANSWERS[row.answer].en)
    return Text(f"{way.zh} {whom} {end.zh}".strip(), f"{way.en} {whom} {end.en}".strip())


def _hearing_text(row: Row[Any], _called: Mapping[int, str]) -> Text:
    way = words.SESSION_WAYS.get(row.way)
    return Text(f"第{row.seq}次调解" + (f"（{way.zh}）" if way else ""), f"Session {row.seq}" + (
        f" ({way.en.lower()})" if way else ""))


def _visit_text(row: Row[Any], _called: Mapping[int, str]) -> Text:
    found = words.SATISFACTION.get(row.satisfaction)
    return Text(f"回访 {found.zh if found else ''}".strip(), f"Follow-up {found.en if found else ''}".strip())


def scene_of(case: CaseRows, actor: Actor, rights: frozenset[str], money: case_money.Position, known: guards.Facts,
             shown: tuple[CaseClock, ...]) -> Scene:
    line = money.next_instalment
    ours = next((row for row in shown if row.clock.nature in clock_queries.OURS and row.due_on), None)
    return Scene(
        facts=known, today=actor.today, turn_of=turn_of(case), is_mine=_is_turn(case, actor, rights),
        call=_call(case, actor.today), session=_session(case),
        instalment=Planned(line.due_on, guidance.instalment_text(line.seq, line.left_fen))
        if line and line.due_on else None,
        undated=guidance.undated_text(line.seq, line.left_fen, line.due_told) if line and not line.due_on else None,
        deadline=Planned(ours.due_on, _limit_label(ours))
        if ours and ours.due_on and not case.is_late_entry else None,
        is_all_paid=money.outstanding_fen <= 0 and money.agreed_fen > 0 and line is None, rights=rights,
        alert=_bar_alert(case, actor.today, shown))


def _bar_alert(case: CaseRows, today: date, shown: tuple[CaseClock, ...]) -> Text:
    """The sentence about the nearest time bar of an open case, once it is close."""
    bar = case_law.nearest_bar(row.clock for row in shown) if case.is_open else None
    return guidance.bar_warning(bar, today)


def _limit_label(row: CaseClock) -> Text:
    return Text("调解期限", "Mediation period") if row.clock.nature == "period" else row.clock.label


def outlook(rows: CaseRows, actor: Actor) -> Scene:
    """What the sentence of the next step is made of, from the rows alone: for the words after an act."""
    place = door.holding(rows, actor.today)
    rights = frozenset(p for p in TURNING if access.allows(actor, p, place))
    money = case_money.position(rows, actor.today)
    return scene_of(rows, actor, rights, money, facts.of(rows, actor.today, money),
                    tuple(clock_queries.shown(rows, actor.today, money)))


TURNING = ("case.work", "case.assign")  # the rights that decide whose turn it is, and what is said of it


def turn_of(rows: CaseRows) -> str:
    """Who has to act: the handler, else the site; with the site's short name before it."""
    return f"{rows.station_name} {rows.handler_name or ''}".strip()


def _is_turn(case: Case | CaseRows, actor: Actor, rights: frozenset[str]) -> bool:
    if case.state == "ASSIGNED" and not case.outcome:
        return case.handler_id == actor.user_id
    if case.state == "ACCEPTED" and "case.assign" in rights:
        return True
    return "case.work" in rights


def _call(case: Case | CaseRows, today: date) -> Planned | None:
    """The nearest call that was planned and not yet made."""
    open_ones = [c for c in case.contacts if c.next_on and not c.is_next_done]
    if not open_ones:
        return None
    row = min(open_ones, key=lambda c: (c.next_on, c.id))
    assert row.next_on is not None  # as chosen above
    whom = next((p.name for p in case.parties if p.id == row.party_id), row.whom)
    what = Text(row.next_step, row.next_step) if row.next_step else Text(f"给{whom}打电话", f"call {whom}")
    missed = Text(f"{row.contacted_on:%m-%d} 未接", f"not reached on {row.contacted_on:%m-%d}")
    return Planned(max(row.next_on, today), what, Text("", "") if row.is_reached else missed)


def _session(case: Case | CaseRows) -> Planned | None:
    """The session that the last one fixed, unless it has been held."""
    last = max(case.hearings, key=lambda h: h.seq, default=None)
    return Planned(last.next_on, time=last.next_time) if last and last.next_on else None
