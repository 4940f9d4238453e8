"""The history of a case: its events as sentences in both languages, names resolved in a fixed number of queries."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Employer, Event, Note, Party, Station, User
from mediation.queries.cases import merging
from mediation.rules import access, journal, words
from mediation.rules.audit import contradictions, findings, reconciling, sampling
from mediation.rules.cases import late_entry
from mediation.rules.cases.guidance import join
from mediation.rules.cases.numbers import known_as
from mediation.rules.figures import reporting
from mediation.rules.language import Text, Word
from mediation.rules.law import jurisdiction, limitation, limits, procedures, routes, time_limits
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people import corrections
from mediation.rules.reading import say_day

# Fields that hold the id of a row, and the table whose name is said instead.
Named = User | Station | Agency | Party | Employer
Fields = Mapping[str, Any]  # of an event, from its JSON
ROWS: dict[str, type[Named]] = {
    "handler": User, "before": User, "member": User, "user": User, "stand_in": User, "station": Station,
    "agency": Agency, "agencies": Agency, "next_door": Agency, "party": Party, "present": Party, "employer": Employer,
    "into": Employer,
}
REACHED = {True: Text("已联系上", "reached"), False: Text("未接", "not reached")}
# What an event says besides its sentence, in this order: field, words before the value.
DETAILS: tuple[tuple[str, Text], ...] = (
    ("party", Text("", "")), ("present", Text("到场：", "present: ")), ("member", Text("", "")),
    ("next_door", Text("请他去：", "sent on to: ")), ("wage_choice", Text("本人的选择：", "the worker's choice: ")),
    ("agency", Text("", "")), ("agencies", Text("请：", "invited: ")),
    ("ground", Text("", "")), ("reason", Text("理由：", "reason: ")),
    ("document", Text("文书：", "document: ")),
    ("document_number", Text("文号：", "document: ")), ("consents", Text("同意的：", "agreed: ")),
    ("reported_to", Text("已报告：", "reported to: ")), ("next_on", Text("下次：", "next: ")),
    ("reply_due_on", Text("回复期限：", "reply due: ")), ("effective_on", Text("生效：", "in force: ")),
    ("shared", Text("共享：", "shared: ")), ("compared", Text("对照：", "against: ")),
)
DETAIL_WORDS: dict[str, Mapping[str, Word]] = {
    "wage_choice": words.WAGE_CHOICES,
    "shared": access.SHARE_PARTS, "compared": reconciling.COMPARED,
    "consents": {**limits.CONSENTERS, **words.SIDES}, "ground": limits.PAUSE_GROUNDS}
# Vocabularies of events that stand in other tables than words.py.
TABLES: dict[str, Mapping[str, Word | routes.Route]] = {
    "LATE_FACTS": late_entry.LATE_FACTS, "FACTS": limits.FACTS,
    "INTERRUPTIONS": limitation.INTERRUPTIONS, "VERDICTS": jurisdiction.VERDICTS,
    "FINDING_SUBJECTS": findings.SUBJECTS, "FINDING_TOPICS": findings.TOPICS,
    "SAMPLE_MARKS": sampling.MARKS,
    "ROUTES": routes.ROUTES, "STEP_WORDS": procedures.STEP_WORDS, "RESULTS": procedures.RESULTS,
    "CORRECTED": corrections.FIELDS, "CORRECTION_WAYS": corrections.WAYS,
    "CONTRADICTIONS": {row.key: Word(row.key, row.label.zh, row.label.en) for row in contradictions.TABLE.values()},
    "RULES": {name: Word(name, rule.label.zh, rule.label.en) for rule in reversed(time_limits.CLOCKS)
              for name in (rule.id, rule.former) if name},
}
BEIJING = ZoneInfo("Asia/Shanghai")
UNKNOWN = Text("不详", "not known")
NO_DAY = Text("未填", "no day")
OPEN_DAYS = frozenset({"ended_before", "ended_on", "known_before", "known_on"})  # they say "no day" too
FIELD_WORDS: dict[str, Text] = {
    "name": Text("姓名", "name"), "phone": Text("电话", "telephone"), "identity": Text("证件号", "identity"),
    "account": Text("账号", "account"), "address": Text("住址", "address"), "part": Text("身份", "part"),
    "employer_id": Text("单位", "employer"), "language": Text("语言", "language"), "headcount": Text("人数", "headcount"),
    "interpreter": Text("翻译", "interpreter"), "narrative": Text("经过", "account of the facts"),
    "is_representative": Text("代表", "representative"), "authority": Text("权限", "authority"),
    "is_identity_seen": Text("证件已看", "identity seen"), "payee_name": Text("收款人", "payee"),
    "phone_note": Text("转告人", "message-taker"), "relation": Text("用工关系", "relationship"),
    "grade": Text("分级", "grade"), "died_on": Text("去世的日子", "day of death"),
    "died_told": Text("去世", "death"), "kinship": Text("亲属关系", "kinship"), "kin_share": Text("份额", "share"),
    "identity_note": Text("没有证件号的原因", "why there is no number"),
    "court_cause": Text("案由", "court cause"), "hr_reason": Text("统计类别", "head of statistics"),
    "hr_others": Text("其他统计类别", "other heads of statistics"), "employment_ended_on": Text("离职日", "end of employment"),
    "infringement_known_on": Text("知道权益受损那天", "day the infringement was known"),
    "wage_choice": Text("先调解还是先投诉", "mediation or complaint first"), "id_type": Text("证件种类", "kind of identity paper"),
    "is_person": Text("单位还是个人", "employer or person"), "name_other": Text("其他文字的姓名", "name in other letters"),
    "site": Text("工地", "site"), "ethnicity": Text("民族", "ethnicity"), "acts_for_id": Text("代谁", "acts for"),
    "is_interpreter_needed": Text("要翻译", "interpreter needed"), "short_name": Text("简称", "short name"),
    "credit_code": Text("信用代码", "credit code"), "legal_person": Text("法定代表人", "legal representative"),
    "sector": Text("行业", "sector"), "ownership": Text("性质", "nature"), "note": Text("备注", "remark"),
    "democracy": Text("民主管理", "workplace democracy"), "role": Text("角色", "role"), "station_id": Text("站点", "station"),
    "agency_id": Text("成员单位", "partner body"), "certificates": Text("调解员证号", "mediator's certificate"),
    "is_active": Text("启用", "in use"), **late_entry.FACT_WORDS,
}


@dataclass(frozen=True)
class Whence:
    """From where somebody acted: in which role, at which site, from which address, by which request."""

    role: Text
    site: Text
    address: Text
    request: str


@dataclass(frozen=True)
class Line:
    """One event as it is read: sentence, details, notes, when it happened and when it was entered; for those who audit
    also from where."""

    seq: int
    kind: str
    text: Text
    details: tuple[Text, ...]
    notes: tuple[str, ...]
    concession: str
    is_concession_hidden: bool
    happened_on: date | None
    entered_at: datetime
    entered_on: date
    who: str
    hash: str
    whence: Whence | None

    @property
    def is_later(self) -> bool:
        """Entered on another day than it happened."""
        return self.happened_on is not None and self.happened_on != self.entered_on


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    next_seq: int | None


class Names(Protocol):
    """What sentences look names up in: by table and id."""

    @property
    def names(self) -> Mapping[type[Named], Mapping[int, str]]:
        """The names of each table's rows."""


@dataclass(frozen=True)
class _Book:
    """What the events of a page name: rows by table and id, notes by hash, and what the reader may see."""

    names: Mapping[type[Named], Mapping[int, str]]
    notes: Mapping[str, Note]
    sees_notes: bool
    sees_concessions: bool
    sees_whence: bool = False


def book_of(events: Iterable[Event]) -> _Book:
    """What the sentences of these events name, without the text of notes."""
    rows = list(events)
    return _Book(_names(rows, [json.loads(event.data) for event in rows]), {}, False, False)


def page(case: Case, rights: frozenset[str], before: int | None = None, size: int = 50,
         has_whence: bool = False) -> Page:
    """The newest events of a case, or those before a sequence number."""
    rows = select(Event).where(Event.stream == f"case:{case.number}").order_by(Event.seq.desc()).limit(size + 1)
    if before is not None:
        rows = rows.where(Event.seq < before)
    events = list(db.session.scalars(rows))
    shown = events[:size]
    data = [json.loads(event.data) for event in shown]
    book = _Book(_names(shown, data), _notes(case), "journal.read" in rights, "note.concession" in rights,
                 has_whence)
    lines = tuple(_line(event, fields, book) for event, fields in zip(shown, data, strict=True))
    return Page(lines, shown[-1].seq if len(events) > size else None)


def _notes(case: Case) -> dict[str, Note]:
    notes = db.session.scalars(select(Note).where(Note.case_id.in_(merging.along(case))))
    return {journal.salted(note.salt, note.body): note for note in notes}


def _names(events: Iterable[Event], data: list[Fields]) -> dict[type[Named], dict[int, str]]:
    wanted: dict[type[Named], set[int]] = {User: {e.actor_id for e in events if e.actor_id}}
    for fields in data:
        if site := fields.get(journal.WHENCE, {}).get("site"):
            wanted.setdefault(Station, set()).add(site)
        for name, table in ROWS.items():
            value = fields.get(name)
            found = value if isinstance(value, list) else [value]
            wanted.setdefault(table, set()).update(v for v in found if isinstance(v, int))
    return {table: _names_of(table, ids) for table, ids in wanted.items()}


def _names_of(table: type[Named], ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(db.session.execute(select(table.id, table.name).where(table.id.in_(ids))).tuples().all())


def _line(event: Event, fields: Fields, book: _Book) -> Line:
    said = fields.get("note") or fields.get("result_note") or fields.get("conclusion_note")
    kept_back = fields.get("concession")
    is_hidden = bool(fields.get("concession")) and not book.sees_concessions
    return Line(
        seq=event.seq, kind=event.kind, text=sentence(event.kind, fields, book), details=_details(event, fields, book),
        notes=_said(said, book) if book.sees_notes else (),
        concession="".join(_said(kept_back, book)) if book.sees_concessions else "", is_concession_hidden=is_hidden,
        happened_on=event.happened_on, entered_at=event.entered_at, entered_on=_day_of(event.entered_at),
        who=book.names[User].get(event.actor_id or 0) or event.actor_label, hash=event.hash[:8],
        whence=whence(fields, book) if book.sees_whence else None)


def whence(fields: Fields, book: Names) -> Whence | None:
    """From where an event came; None where it does not say so, as the older ones do not."""
    told = fields.get(journal.WHENCE)
    if not told:
        return None
    site = told.get("site")
    return Whence(_coded(words.ROLES, told.get("role")), _plain(book.names.get(Station, {}).get(site, site)),
                  _coded(journal.PLACES, told.get("address")), told.get("request", ""))


def _coded(table: Mapping[str, Word], code: object) -> Text:
    word = table.get(str(code))
    return Text(word.zh, word.en) if word else _plain(code)


def _day_of(at: datetime) -> date:
    return at.astimezone(BEIJING).date()


MISSING = "—"  # what stands where a note is not found


def _said(hash_: object, book: _Book) -> tuple[str, ...]:
    """The text of a note that an event names by its hash."""
    note = book.notes.get(str(hash_))
    if not hash_:
        return ()
    return (note.body,) if note else (MISSING,)


def sentence(kind: str, fields: Mapping[str, object], book: Names) -> Text:
    """An event's sentence with its fields in words; an unknown kind of a later version says its name."""
    row = journal.KINDS.get(kind)
    if row is None:
        return Text(kind, kind)
    tables = {name: TABLES.get(table) or getattr(words, table) for name, table in row.codes}
    values = {name: _word(name, fields.get(name), tables.get(name), book) for name in row.fields}
    return row.text.fill(**values)


def _word(name: str, value: object, table: Mapping[str, Word | routes.Route] | None, book: Names) -> Text:
    """A field's value as one says it."""
    if table is not None:
        word = table.get(str(value or ""))
        return Text(word.zh, word.en) if word else _plain(value)
    if name in ROWS and isinstance(value, int):
        return _plain(book.names.get(ROWS[name], {}).get(value, value))
    if name in journal.MONEY_FIELDS:
        return _plain(print_yuan(value)) if isinstance(value, int) else UNKNOWN
    if name in SAID_BY_CODE and isinstance(value, str):
        return SAID_BY_CODE[name](value)
    if isinstance(value, bool) or name == "is_reached":
        return REACHED[bool(value)]
    if name == "fields" and isinstance(value, list):
        return _list([FIELD_WORDS.get(str(v), _plain(v)) for v in value])
    if value is None and name in OPEN_DAYS:
        return NO_DAY
    return _day_word(value)


def _day_word(value: object) -> Text:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return say_day(date.fromisoformat(value))
        except ValueError:
            return _plain(value)
    return _plain(value)


def _plain(value: object) -> Text:
    said = "" if value is None else str(value)
    return Text(said, said)


def _case(number: str) -> Text:
    """A register number: events name only cases of the union whose stream they stand in."""
    return _plain(known_as(number))


# Fields that hold a number or a code of ours, and how it is said.
SAID_BY_CODE: Mapping[str, Callable[[str], Text]] = {
    **dict.fromkeys(("number", "into", "lead", "source"), _case), "period": reporting.named}


def _list(parts: list[Text]) -> Text:
    return Text("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def _details(event: Event, fields: Fields, book: _Book) -> tuple[Text, ...]:
    """What the sentence leaves out and a reader wants: with whom, why, on what paper, when next."""
    row = journal.KINDS.get(event.kind)
    found = []
    for name, before in DETAILS:
        value = fields.get(name)
        if value in (None, "", []) or row is None or "{" + name + "}" in row.text.zh:
            continue
        found.append(join(before, _many(name, value, book)))
    return tuple(found)


def _many(name: str, value: object, book: _Book) -> Text:
    table = DETAIL_WORDS.get(name)
    if isinstance(value, list):
        return _list([_word(name, v, table, book) for v in value])
    return _word(name, value, table, book)
