"""The conditions that a list of cases understands, as a table: key, its words, the values that are valid, the SQL.

The same rows read the address (/cases?state=MEDIATING), the search box (state:MEDIATING, 状态:调解中) and the links of
desk and statistics, so that a count always opens exactly its rows.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from mediation.extensions import Expression
from mediation.models import Agreement, Case, Employer, ExternalNumber, ImportRow, Party, Payment, Station, User
from mediation.queries import door
from mediation.queries.cases import missing_facts
from mediation.queries.desk import work_lists
from mediation.queries.money import balances
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access, reading, text_cleaning, words
from mediation.rules.access import Actor
from mediation.rules.cases import late_entry, numbers, workflow
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary

Build = Callable[[str, Actor], ColumnElement[bool]]
Choices = Callable[[Actor], Mapping[str, Word]]


@dataclass(frozen=True)
class Key:
    """A condition: ``choices`` gives the valid values, or ``read`` turns what was typed into one and may refuse it."""

    key: str
    label: Text
    build: Build
    choices: Choices | None = None
    read: Callable[[str, Actor], str] | None = None
    hint: Text = Text("", "")
    is_shared: bool = False  # also for a liaison, who sees neither names nor money without a share


STATE_WORDS = {
    **vocabulary(Word("open", "全部未结", "All open"), Word("any", "全部（含已结）", "All, closed too")),
    **{s.code: Word(s.code, s.label.zh, s.label.en) for s in workflow.STATES.values()},
}
LIVE = {"open"} | {code for code, state in workflow.STATES.items() if state.is_open}
OUTCOME_WORDS = {
    **vocabulary(Word("success", "达成协议或自行和解", "Agreement or settlement"), Word("none", "还没有结果", "None yet"),
                 Word("other", "其他结果", "Other outcomes"), Word("rated", "计入成功率的结果", "Outcomes that count in rates")),
    **words.OUTCOMES,
}
SECTOR_WORDS = {**words.SECTORS, **vocabulary(Word("none", "没有查明或没填", "Not known"))}
MISSING_WORDS = {**vocabulary(Word("any", "任何一样", "Anything")),
                 **{row.key: Word(row.key, row.label.zh, row.label.en) for row in late_entry.MISSING.values()}}
YES_NO = vocabulary(Word("yes", "是", "Yes"), Word("no", "否", "No"))
RATED = frozenset(words.OUTCOMES) - words.OUTSIDE_RATES


def _state(value: str, actor: Actor) -> ColumnElement[bool]:
    if value == "open":
        return work_lists.is_open()
    return Case.id.is_not(None) if value == "any" else Case.state == value


def _outcome(value: str, actor: Actor) -> ColumnElement[bool]:
    if value == "rated":
        return is_rated()
    if value == "other":
        return Case.outcome.not_in({*words.SUCCESS, ""})
    return Case.outcome.in_({"success": words.SUCCESS, "none": ("",)}.get(value, (value,)))


def was_accepted() -> ColumnElement[bool]:
    """Accepted at some time; a late entry whose day is not known counts where its outcome says so."""
    told_later = and_(Case.is_late_entry.is_(True), Case.outcome.not_in(words.OUTSIDE_RATES),
                      Case.state.not_in(workflow.BEFORE_ACCEPTANCE))
    return or_(Case.accepted_on.is_not(None), told_later)


def is_accepted(dated: ColumnElement[bool]) -> ColumnElement[bool]:
    """Accepted on a day that counts; a duplicate is counted with the case that it repeats."""
    return and_(was_accepted(), dated, Case.outcome != "DUPLICATE")


def is_rated() -> ColumnElement[bool]:
    """With an outcome that counts in rates: never accepted, refused, not found and duplicates are left out."""
    return and_(Case.outcome.in_(RATED), was_accepted())


def is_concluded_by(day: date) -> ColumnElement[bool]:
    """Whatever the outcome, it was reached by a day, or on one that nobody knows."""
    return or_(Case.concluded_on.is_(None), Case.concluded_on <= day)


def holder() -> ColumnElement[int]:
    """The station that counts in statistics: where the case lay at acceptance, before that where it lies."""
    return func.coalesce(Case.accepted_station_id, Case.station_id)


def _below(column: Expression) -> Build:
    top, below = aliased(Station), aliased(Station)

    def build(value: str, actor: Actor) -> ColumnElement[bool]:
        if value == "own":
            return column == actor.station_id
        return column.in_(select(below.id).join(top, below.path.startswith(top.path)).where(top.code == value))
    return build


def _right_at(value: str, actor: Actor) -> ColumnElement[bool]:
    """At this station itself, without those below it."""
    if value == "own":
        return Case.station_id == actor.station_id
    return Case.station_id.in_(select(Station.id).where(Station.code == value))


def _holder_at(value: str, actor: Actor) -> ColumnElement[bool]:
    """Counted for this station itself, without those below it."""
    if value == "own":
        return holder() == actor.station_id
    return holder().in_(select(Station.id).where(Station.code == value))


def sector_of_employer() -> ColumnElement[str]:
    """The sector of the first respondent that was resolved to an employer; '' where there is none."""
    first = select(func.min(Party.id)).where(Party.case_id == Case.id, Party.side == "respondent",
                                             Party.employer_id.is_not(None), Party.removed_on.is_(None))
    sector = select(Employer.sector).join(Party, Party.employer_id == Employer.id).where(
        Party.id == first.correlate(Case).scalar_subquery())
    return func.coalesce(sector.correlate(Case).scalar_subquery(), "")


def find_stations(actor: Actor) -> Mapping[str, Word]:
    """The stations whose cases the actor may see, by code."""
    found = {code: Word(code, name, name) for code, name in _stations(actor.role).run(actor)}
    return {"own": Word("own", "本站点", "own site"), **found} if actor.station_id else found


@cache
def _stations(role: str) -> Prepared:
    rows = Station.__table__.c
    return Prepared(select(rows.code, rows.short_name).where(_in_reach(role)).order_by(rows.path))


def _in_reach(role: str) -> ColumnElement[bool]:
    """The stations whose cases a role may see."""
    actor = stand_in(role)
    if access.scope_of(role, "case.read") == "below":
        return Station.path.startswith(actor.station_path)
    return Station.union_id == actor.union_id


def find_handlers(actor: Actor) -> Mapping[str, Word]:
    """Who may hold a case that the actor sees, by user name."""
    site = vocabulary(Word("at_hand", "我，或本站点没人承办", "me, or nobody at our site")) if actor.station_id else {}
    return {**vocabulary(Word("me", "我", "me"), Word("none", "没人", "nobody")), **site,
            **{username: Word(username, name, name) for username, name in _handlers(actor.role).run(actor)}}


@cache
def _handlers(role: str) -> Prepared:
    people = User.__table__.c
    here = people.station_id.in_(select(Station.id).where(_in_reach(role)))
    return Prepared(select(people.username, people.name).where(
        people.role.in_(("mediator", "lead")), here).order_by(people.id))


def _handler(value: str, actor: Actor) -> ColumnElement[bool]:
    if value == "me":
        return work_lists.mine(actor)
    if value == "at_hand":
        return work_lists.at_hand(actor)
    if value == "none":
        return Case.handler_id.is_(None)
    return Case.handler_id.in_(select(User.id).where(User.username == value))


def _flag(column: Expression) -> Build:
    return lambda value, actor: column.is_(value == "yes")


def _number_of_days(said: str, actor: Actor) -> str:
    if 1 <= (reading.read_key(said) or 0) <= 3650:
        return said
    raise Refused([Problem("", Text("天数写成1到3650的整数", "Days are a whole number from 1 to 3650"))])


def _batch(said: str, actor: Actor) -> str:
    if key := reading.read_key(said):
        return str(key)
    raise Refused([Problem("", Text("批次号写成整数", "The number of an import is a whole number"))])


def _period(said: str, actor: Actor) -> str:
    return reporting.read_period(said).code


def _day(said: str, actor: Actor) -> str:
    try:
        value = reading.read_date(said, actor.today).value
    except text_cleaning.Unreadable as problem:
        raise Refused([Problem("", problem.text)]) from problem
    if value is None:
        raise Refused([Problem("", Text("看不懂日期“{said}”", "Cannot read the day '{said}'").fill(said=said[:40]))])
    return value.isoformat()


def in_period(column: Expression, period: Span) -> ColumnElement[bool]:
    """Within the period; without a period undated rows count too."""
    rows: list[ColumnElement[bool]] = [true()]
    if period.first:
        rows.append(column >= period.first)
    if period.last:
        rows.append(column <= period.last)
    return and_(*rows)


def _in(column: Expression) -> Build:
    return lambda value, actor: in_period(column, reporting.read_period(value))


def _accepted(value: str, actor: Actor) -> ColumnElement[bool]:
    period = reporting.ALL_TIME if value == "any" else reporting.read_period(value)
    return is_accepted(in_period(Case.accepted_on, period))


def _accepted_period(said: str, actor: Actor) -> str:
    return said if said == "any" else _period(said, actor)


def is_proved(period: Span) -> ColumnElement[bool]:
    """Money that counts, by the day of its arrival."""
    rows = [balances.counts()]
    if not reporting.is_all(period):
        rows.append(in_period(Payment.paid_on, period))
    return and_(*rows)


def _paid(value: str, actor: Actor) -> ColumnElement[bool]:
    period = reporting.ALL_TIME if value == "any" else reporting.read_period(value)
    return exists().where(Payment.case_id == Case.id, is_proved(period))


def _effective(value: str, actor: Actor) -> ColumnElement[bool]:
    period = reporting.ALL_TIME if value == "any" else reporting.read_period(value)
    return exists().where(Agreement.case_id == Case.id, balances.is_in_force(actor.today),
                          in_period(Agreement.effective_on, period))


def bearers(forms: BindParameter[Any]) -> list[Select[Any]]:
    """The cases that bear a number written in one of these forms, by kind of number: each by an index of its own.

    Most cases have no number of a sender; its indexes leave them out, by this very condition.
    """
    number, case = ExternalNumber.__table__.c, Case.__table__.c
    found = [select(column).where(other.in_(forms)) for column, other in (
        (case.id, case.number), (case.id, case.printed_number), (number.case_id, number.number))]
    return found + [select(case.id).where(column.in_(forms), column != literal_column("''"))
                    for column in (case.source_number, case.source_case_number)]


def by_number(said: str) -> ColumnElement[bool]:
    """By any number that a case has: ours, the printed one, the sender's, an outside register's."""
    outside = exists().where(ExternalNumber.case_id == Case.id, ExternalNumber.number == said)
    return or_(Case.number == said, Case.printed_number == said, Case.source_number == said,
               Case.source_case_number == said, outside)


def _number(value: str, actor: Actor) -> ColumnElement[bool]:
    """A number written in any way; of a register number its end will do."""
    named = numbers.read(value)
    if named is not None:
        whole = f"{named.union}-{named.tail}"
        return or_(by_number(value), Case.number == whole if named.union else Case.number.endswith(whole))
    bare = text_cleaning.narrow(value)
    tail = Case.number.endswith(f"-{bare}", autoescape=True)
    return or_(by_number(value), tail) if bare.isascii() and any(c.isdigit() for c in bare) else by_number(value)


def _registered_span(is_from: bool) -> Build:
    def build(value: str, actor: Actor) -> ColumnElement[bool]:
        day = date.fromisoformat(value)
        return Case.received_on >= day if is_from else Case.received_on <= day
    return build


def _t(zh: str, en: str) -> Text:
    return Text(zh, en)


_PERIODS = reporting.FORMS
_ROWS = (
    Key("state", _t("状态", "State"), _state, lambda actor: STATE_WORDS, is_shared=True),
    Key("kind", _t("种类", "Kind"), lambda v, a: Case.main_head == v, lambda actor: words.HEADS, is_shared=True),
    Key("due", _t("期限", "Deadline"), lambda v, a: work_lists.by_due(v, a.today), lambda a: work_lists.DUE_WORDS),
    Key("due_in", _t("期限在", "Deadline in"), _in(Case.next_due_on), read=_period, hint=_PERIODS),
    Key("station", _t("站点", "Site"), _below(Case.station_id), find_stations),
    Key("at", _t("就在站点", "Right at the site"), _right_at, find_stations),
    Key("handler", _t("承办", "Mediator"), _handler, find_handlers),
    Key("task", _t("事项", "Task"), lambda v, a: work_lists.TASKS[v](a), work_lists.tasks_for, is_shared=True),
    Key("late", _t("逾期", "Late money"), lambda v, a: work_lists.late_money(a.today, v),
        lambda a: work_lists.BAND_WORDS),
    Key("untouched", _t("几天没动", "Untouched for days"), lambda v, a: work_lists.untouched(a, int(v)),
        read=_number_of_days, hint=_t("天数，例如14", "days, for example 14")),
    Key("source", _t("来源", "Source"), lambda v, a: Case.source == v, lambda actor: words.SOURCES, is_shared=True),
    Key("channel", _t("渠道", "Channel"), lambda v, a: Case.channel == v, lambda actor: words.CHANNELS,
        is_shared=True),
    Key("outcome", _t("结果", "Outcome"), _outcome, lambda actor: OUTCOME_WORDS, is_shared=True),
    Key("group", _t("群体", "Group"), _flag(Case.is_group), lambda actor: YES_NO, is_shared=True),
    Key("late_entry", _t("补录", "Late entry"), _flag(Case.is_late_entry), lambda actor: YES_NO),
    Key("import", _t("导入批次", "Import"), lambda v, a: Case.id.in_(select(ImportRow.case_id).where(
        ImportRow.import_id == int(v), ImportRow.case_id.is_not(None))), read=_batch,
        hint=_t("批次号", "the number of the import")),
    Key("voided", _t("作废", "Voided"), lambda v, a: Case.voided_on.is_not(None),
        lambda actor: vocabulary(Word("yes", "是", "Yes"))),
    Key("missing", _t("旧案还缺", "Old case lacks"), lambda v, a: missing_facts.lacks(v),
        lambda actor: MISSING_WORDS),
    Key("number", _t("案号", "Number"), _number, read=lambda said, actor: said[:100], is_shared=True,
        hint=_t("登记号、案号或外部编号", "our number, the printed one, or an outside one")),
    Key("from", _t("收到自", "Received from"), _registered_span(True), read=_day, is_shared=True,
        hint=_t("日期，例如 11.1", "a day, for example 11.1")),
    Key("to", _t("收到至", "Received to"), _registered_span(False), read=_day, is_shared=True,
        hint=_t("日期，例如 今天", "a day, for example 今天")),
    Key("registered", _t("收到期间", "Received in"), _in(Case.received_on), read=_period, hint=_PERIODS),
    Key("accepted", _t("受理期间", "Accepted in"), _accepted, read=_accepted_period, hint=_PERIODS),
    Key("concluded", _t("出结果期间", "Concluded in"), _in(Case.concluded_on), read=_period, hint=_PERIODS),
    Key("concluded_by", _t("最晚出结果", "Concluded by"),
        lambda v, a: is_concluded_by(date.fromisoformat(v)), read=_day,
        hint=_t("日期", "a day")),
    Key("closed", _t("结案期间", "Closed in"), _in(Case.closed_on), read=_period, hint=_PERIODS),
    Key("effective", _t("协议生效期间", "Agreement effective in"), _effective, read=_accepted_period, hint=_PERIODS),
    Key("paid", _t("到账期间", "Money arrived in"), _paid, read=_accepted_period, hint=_PERIODS),
    Key("owing", _t("有未到账", "Money outstanding"),
        lambda v, a: Case.id.in_(balances.owing(min(date.fromisoformat(v), a.today),
                                                    door.filter_for(a, "statistics.read"))), read=_day,
        hint=_t("截止日", "the cut-off day")),
    Key("holder", _t("受理时所在站点", "Site at acceptance"), _below(holder()), find_stations),
    Key("holder_at", _t("受理时就在站点", "Right at the site at acceptance"), _holder_at, find_stations),
    Key("sector", _t("单位行业", "Employer's sector"), lambda v, a: sector_of_employer() == ("" if v == "none" else v),
        lambda actor: SECTOR_WORDS),
)
KEYS: dict[str, Key] = {row.key: row for row in _ROWS}


def conditions_of(values: Mapping[str, str], actor: Actor) -> list[ColumnElement[bool]]:
    """The conditions of an address in SQL, without whose cases these are; a value may name several, with commas."""
    return [or_(*(KEYS[name].build(part, actor) for part in value.split(","))) if KEYS[name].choices
            else KEYS[name].build(value, actor) for name, value in values.items()]


def keys_for(actor: Actor) -> dict[str, Key]:
    """The conditions that an actor may use: a liaison those that tell no names and no money."""
    if actor.role != "liaison":
        return KEYS
    return {key: row for key, row in KEYS.items() if row.is_shared}


def find_key(said: str, actor: Actor) -> Key | None:
    """A key by its code or its words."""
    wanted = text_cleaning.fold(said)
    return next((row for row in keys_for(actor).values()
                 if wanted in (row.key, text_cleaning.fold(row.label.zh), text_cleaning.fold(row.label.en))), None)


def read_value(key: Key, said: str, actor: Actor) -> str:
    """The value of a condition as it is kept in an address; raises Refused with a sentence that lists what is valid."""
    if key.read is not None:
        return key.read(said, actor)
    assert key.choices is not None  # a condition has the one or the other
    choices = key.choices(actor)
    wanted = text_cleaning.fold(said)
    for code, word in choices.items():
        if wanted in (text_cleaning.fold(code), text_cleaning.fold(word.zh), text_cleaning.fold(word.en)):
            return code
    raise Refused([Problem(key.key, Text("“{label}”没有“{said}”；可用：{valid}",
                                         "{label}: there is no '{said}'; use {valid}").fill(
        label=key.label, said=said[:40], valid=Text(
            "、".join(f"{c}（{w.zh}）" for c, w in choices.items()), ", ".join(choices))))])


def unknown_key(said: str, actor: Actor) -> Refused:
    """The sentence for a key that does not exist, with those that do."""
    rows = keys_for(actor).values()
    return Refused([Problem("", Text("没有“{said}”这个条件；可用：{valid}", "There is no condition '{said}'; use {valid}").fill(
        said=said[:40], valid=Text("、".join(f"{r.key}（{r.label.zh}）" for r in rows), ", ".join(r.key for r in rows))))])
