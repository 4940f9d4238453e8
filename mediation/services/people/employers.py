"""Employers of a union's register: who really stands behind what workers say; each with a journal of its own."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Employer, Event, Party, Station
from mediation.rules import words
from mediation.rules.access import Actor, scope_of
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.people import identity as numbers
from mediation.rules.text_cleaning import Unreadable, fold
from mediation.services import journal
from mediation.services.cases import moves, search
from mediation.services.papers import waiting
from mediation.services.people import parties

COLUMNS = ("name", "short_name", "credit_code", "legal_person", "phone", "address", "sector", "ownership", "note")

NO_NAME = Text("请写单位全称", "Please give the full name")
TAKEN = Text("这个信用代码已登记给{name}，请直接选用", "This credit code is registered for {name}; please use that one")
SAME_NAME = Text("已登记有{name}，确是另一家", "{name} is registered already; this is another one")
TWO_CODES = Text("两家的信用代码不同，确是同一家", "The credit codes differ; it is the same employer all the same")
NOT_IN_LIST = Text("请从列表里选", "Please choose from the list")


def register(values: Mapping[str, object], actor: Actor, union_id: int | None = None,
             confirmed: Collection[str] = ()) -> Employer:
    """Add an employer to the register of ``union_id`` (else the actor's union).

    Raises Refused for a missing name, an unreadable credit code or one that the union has registered; the same name
    without a code is asked back once (``confirmed``: same_name).
    """
    union_id = union_id or actor.union_id
    _require(actor)
    _lock(union_id)
    values = _tidy(values)
    moves.refuse(_problems(values, union_id), {"confirmed": confirmed})
    row = Employer(union_id=union_id, name_folded=fold(str(values["name"])), **values)
    db.session.add(row)
    db.session.flush()
    _record(row, "employer_added", {"employer": row.id, "credit_code": row.credit_code}, actor)
    return row


def change(row: Employer, values: Mapping[str, object], actor: Actor, seen_version: int | None = None,
           confirmed: Collection[str] = ()) -> list[str]:
    """Correct an employer and give the names of the changed fields; nothing changed: no event."""
    _require(actor)
    _enter(row, seen_version)
    values = _tidy({name: getattr(row, name) for name in COLUMNS} | dict(values))
    moves.refuse(_problems(values, row.union_id, row), {"confirmed": confirmed})
    changed = [name for name in COLUMNS if getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    row.name_folded = fold(row.name)
    if changed:
        _record(row, "employer_changed", {"employer": row.id, "fields": changed}, actor)
    if {"name", "short_name"} & set(changed):
        _retitle_cases(row)
    return changed


def merge(row: Employer, into: Employer | None, reason: str, actor: Actor, confirmed: Collection[str] = ()) -> None:
    """One employer under two names: its cases, letters, visits and leads count for ``into`` from now on.

    No row is rewritten, so that papers keep the name they were signed under, and ``part`` undoes it. Two different
    credit codes are asked back once (``confirmed``: two_codes).
    """
    _require(actor)
    _lock(row.union_id)
    found = [] if reason else [Problem("reason", Text("请写怎么知道是同一家", "Say how it is known to be the same"))]
    if into is None or into.union_id != row.union_id or into.id == row.id or into.merged_into_id:
        found.append(Problem("into", NOT_IN_LIST))
    elif row.credit_code and into.credit_code and row.credit_code != into.credit_code:
        found.append(Problem("into", TWO_CODES, "two_codes"))
    moves.refuse(found, {"confirmed": confirmed})
    assert into is not None  # refused above
    for one in (row, *row.merged_rows):
        one.merged_into_id = into.id
    data = {"employer": row.id, "into": into.id, "reason": reason}
    _record(row, "employer_merged", data, actor)
    _record(into, "employer_merged", data, actor)
    db.session.expire_all()


def part(row: Employer, reason: str, actor: Actor) -> None:
    """It was another employer after all."""
    _require(actor)
    _lock(row.union_id)
    into = row.merged_into
    if into is None:
        raise Refused([Problem("", Text("没有并入别家", "It was not merged"))])
    row.merged_into_id = None
    data = {"employer": row.id, "into": into.id, "reason": reason}
    _record(row, "employer_parted", data, actor)
    _record(into, "employer_parted", data, actor)
    db.session.expire_all()


def find_employer(union_id: int, said: str) -> Employer | None:
    """The employer of a union that ``said`` names exactly: by credit code, full name (folded) or short name.

    None when nothing or more than one fits: a person has to choose then.
    """
    said = said.strip()
    if not said:
        return None
    rows = db.session.scalars(select(Employer).where(Employer.union_id == union_id, (
        (Employer.credit_code == said.upper()) | (Employer.name_folded == fold(said)) | (Employer.short_name == said)
    )).limit(4)).all()
    found = {row.merged_into or row for row in rows}
    return found.pop() if len(found) == 1 else None


def find_by_code(union_id: int, code: str) -> Employer | None:
    """The employer that holds a credit code in a union's register."""
    try:
        code = numbers.check_credit_code(code)
    except Unreadable:
        return None
    row = db.session.scalar(select(Employer).where(Employer.union_id == union_id, Employer.credit_code == code))
    return row.merged_into if row is not None and row.merged_into_id else row


def known_or_new(code: str, name: str, legal_person: str, union_id: int, actor: Actor) -> Employer:
    """The employer of a credit code that has been read; one that an old case names for the first time is registered,
    with its own event. Whether cases may be entered was asked before."""
    _lock(union_id)
    row = find_by_code(union_id, code)
    if row is not None:
        return row
    row = Employer(union_id=union_id, name=name, name_folded=fold(name), credit_code=numbers.check_credit_code(code),
                   legal_person=legal_person)
    db.session.add(row)
    db.session.flush()
    _record(row, "employer_added", {"employer": row.id, "credit_code": row.credit_code}, actor)
    return row


def stream(row: Employer) -> str:
    return f"employer:{row.id}"


def last_event(row: Employer) -> Event | None:
    return db.session.scalar(select(Event).where(Event.stream == stream(row)).order_by(Event.seq.desc()).limit(1))


def _require(actor: Actor) -> None:
    if not scope_of(actor.role, "employer.write"):
        raise moves.Forbidden("employer.write")


def _lock(union_id: int | None) -> None:
    """One writer of a register at a time, so that two registrations of one code meet."""
    db.session.scalar(select(Station.id).where(Station.id == union_id).with_for_update())


def _enter(row: Employer, seen_version: int | None) -> None:
    """The row read anew under the lock of its register; Conflict where somebody was first."""
    _lock(row.union_id)
    db.session.refresh(row)
    if seen_version is not None and seen_version != row.version:
        raise moves.Conflict(last_event(row), row.version)


def _record(row: Employer, kind: str, data: dict[str, object], actor: Actor) -> None:
    event = journal.record(actor, stream(row), kind, data)
    row.version = event.seq
    db.session.flush()


def note(row: Employer, kind: str, data: dict[str, object], actor: Actor, on: date | None = None) -> None:
    """Record something that happened with an employer in its own chain."""
    db.session.scalar(select(Employer.id).where(Employer.id == row.id).with_for_update())
    row.version = journal.record(actor, stream(row), kind, data, on).seq
    db.session.flush()


def set_democracy(row: Employer, given: Mapping[str, tuple[str, date | None]], actor: Actor,
                  seen_version: int | None = None) -> None:
    """Whether there is a union, a workers' congress, open affairs, a collective contract; since or until when."""
    _require(actor)
    found = [Problem(code, NOT_IN_LIST) for code, (said, _on) in given.items()
             if code not in words.DEMOCRACY or said not in words.YES_NO]
    if found:
        raise Refused(found)
    _enter(row, seen_version)
    row.democracy = {code: [said, on.isoformat() if on else ""] for code, (said, on) in given.items() if said or on}
    note(row, "employer_changed", {"employer": row.id, "fields": ["democracy"]}, actor)


def _tidy(values: Mapping[str, object]) -> dict[str, object]:
    """The columns with the credit code as it is stored: capitals, half width; none rather than empty."""
    tidy = {name: values.get(name) or "" for name in COLUMNS}
    code = str(tidy["credit_code"])
    try:
        tidy["credit_code"] = numbers.check_credit_code(code) if code else None
    except Unreadable:
        tidy["credit_code"] = code  # _problems says why
    return tidy


def _problems(values: Mapping[str, object], union_id: int | None, row: Employer | None = None) -> list[Problem]:
    found = [] if values["name"] else [Problem("name", NO_NAME)]
    for field, table in (("sector", words.SECTORS), ("ownership", words.OWNERSHIPS)):
        if values[field] and values[field] not in table:
            found.append(Problem(field, NOT_IN_LIST))
    found += _code_problems(values, union_id, row)
    if not found and (row is None or row.name_folded != fold(str(values["name"]))):
        found += _name_problems(values, union_id, row)
    return found


def _code_problems(values: Mapping[str, object], union_id: int | None, row: Employer | None) -> list[Problem]:
    code = values["credit_code"]
    if not code:
        return []
    try:
        numbers.check_credit_code(str(code))
    except Unreadable as fault:
        return [Problem("credit_code", fault.text)]
    holder = db.session.scalar(select(Employer).where(Employer.union_id == union_id, Employer.credit_code == code))
    return [Problem("credit_code", TAKEN.fill(name=holder.name))] if holder and holder is not row else []


def _name_problems(values: Mapping[str, object], union_id: int | None, row: Employer | None) -> list[Problem]:
    """Another employer of the same name; two different credit codes tell them apart."""
    twins = db.session.scalars(select(Employer).where(
        Employer.union_id == union_id, Employer.name_folded == fold(str(values["name"]))))
    alike = [t for t in twins if t is not row and not (t.credit_code and values["credit_code"])]
    return [Problem("name", SAME_NAME.fill(name=alike[0].name), "same_name")] if alike else []


def _retitle_cases(row: Employer) -> None:
    """Let titles and search words of its cases follow a changed name; both are hints and stand in no digest."""
    of_row = select(Party.case_id).where(Party.employer_id == row.id, Party.removed_on.is_(None))
    for case in db.session.scalars(select(Case).where(Case.id.in_(of_row))):
        case.respondent_title = parties.title_of_respondents(case)
        waiting.keep(case)
    search.index_employer(row)
