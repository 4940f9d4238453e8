"""Finding cases: conditions of the table in keys.py, free words through the index of two-character grams, by pages.

Everything passes the door. Pages are reached by their last row, counts stop at a cap, nothing looks at the whole table.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import defer, joinedload

from mediation.extensions import db
from mediation.models import Case, Commission, SearchGram, SearchWords
from mediation.queries import balances, door, grams, keys
from mediation.rules import access, letters
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.reading import read_key

PAGE = 50
CAP = 1000
TERM = re.compile(r'([^\W\d_]\w*)[:：](?:"([^"]*)"|(\S+))')
SPACED_PHONE = re.compile(r"(?<!\S)(?:1\d\d \d{4} \d{4}|0\d{2,3} \d{3,4} ?\d{4})(?!\S)")
MOST_WORDS = 8
COUNTS = "statistics.read"
# Conditions by which figures count; all others ask about a person, an employer or a number.
FIGURE_KEYS = frozenset("""state outcome channel kind from to registered accepted concluded concluded_by closed
    effective paid owing holder holder_at sector""".split())
NUMBER_LIKE = re.compile(r"[\w.()-]*\d[\w.()-]*")
ONLY_NUMBERS = Text("地址里只放案号和“条件:值”；姓名、单位、电话请写在查找框里",
                    "The address takes numbers and key:value only; names and telephones go into the search box")


@dataclass(frozen=True)
class Filter:
    """What is looked for: conditions by key (a value may name several, with commas), free words, plain numbers."""

    values: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def is_backlog(self) -> bool:
        """Open cases by their next deadline; everything else comes with the newest first."""
        states = self.values.get("state", "").split(",")
        return not self.words and not self.numbers and all(code in keys.LIVE for code in states)


@dataclass(frozen=True)
class Page:
    """Some rows, the cursor of the next page ('' on the last), and how many there are (capped)."""

    rows: list[Case]
    after: str
    count: int

    @property
    def is_capped(self) -> bool:
        return self.count > CAP


def read(values: Mapping[str, str], said: str, actor: Actor, typed: str = "") -> Filter:
    """A filter from the address's values and from what was searched for (``state:MEDIATING 巴特尔``).

    ``typed`` stood in the address itself: it may hold conditions and numbers, and no words. Open cases unless a
    state, a number or a word is named. Raises Refused with every problem at once.
    """
    problems: list[Problem] = []
    found = _read_values(values, actor, problems)
    words = _split(said, found, actor, problems)
    numbers = _split(typed, found, actor, problems)
    if any(not NUMBER_LIKE.fullmatch(letters.fold(number)) for number in numbers):
        problems.append(Problem("q", ONLY_NUMBERS))
    if problems:
        raise Refused(problems)
    if not (words or numbers or {"state", "number"} & set(found)):
        found["state"] = "open"
    return Filter(found, words, numbers)


def _split(said: str, found: dict[str, str], actor: Actor, problems: list[Problem]) -> tuple[str, ...]:
    """The free words of a text; its conditions are added to ``found``."""
    for match in TERM.finditer(said):
        key = keys.find_key(match[1], actor)
        found |= _read_values({key.key if key else match[1]: match[2] or match[3] or ""}, actor, problems)
    rest = TERM.sub(" ", said)
    return tuple(SPACED_PHONE.sub(lambda m: "".join(m[0].split()), rest).split())[:MOST_WORDS]


def _read_values(values: Mapping[str, str], actor: Actor, problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    known = keys.keys_for(actor)
    for name, said in values.items():
        try:
            if name not in known:
                raise keys.unknown_key(name, actor)
            parts = said.split(",") if known[name].choices else [said]
            found[name] = ",".join(keys.read_value(known[name], part, actor) for part in parts)
        except Refused as refusal:
            problems.extend(refusal.problems)
    return found


def rows_of(wanted: Filter, actor: Actor, permission: str = "case.read") -> ColumnElement[bool]:
    """The row filter: the door, the conditions, the words."""
    seen = door.filter_for(actor, permission)
    # Whoever sees many stations walks the open cases by their deadline; a condition that IS true leads no search.
    is_walked = wanted.is_backlog and access.scope_of(actor.role, permission) == "below"
    rows = [seen.is_(True) if is_walked else seen]
    for name, value in wanted.values.items():
        key = keys.KEYS[name]
        rows.append(or_(*(key.build(part, actor) for part in value.split(","))) if key.choices
                    else key.build(value, actor))
    rows += [keys.KEYS["number"].build(number, actor) for number in wanted.numbers]
    rows += [grams.has_word(word, actor) for word in wanted.words]
    return and_(*rows)


# Pages ----------------------------------------------------------------------------------------------------------

def page(wanted: Filter, actor: Actor, after: str = "", size: int = PAGE) -> Page:
    """One page and a capped count; a cursor that cannot be read begins anew."""
    rows = rows_of(wanted, actor)
    lead = grams.rarest(wanted.words, actor)
    # In the order of the page itself: then the same index leads.
    order = (Case.next_due_on, Case.id) if wanted.is_backlog else ((SearchGram.case_id if lead else Case.id).desc(),)
    some = _led(select(Case.id).where(rows), lead).order_by(*order).limit(CAP + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(some)) or 0
    if wanted.is_backlog:
        found = _backlog(rows, after, size + 1)
    else:
        found = _newest(rows, lead, after, size + 1)
    more, found = len(found) > size, found[:size]
    return Page(found, cursor(found[-1], wanted.is_backlog) if more else "", count)


def count_of(wanted: Filter, actor: Actor) -> int:
    """How many cases a filter finds, counted to the end."""
    return db.session.scalar(select(func.count()).select_from(Case).where(rows_of(wanted, actor))) or 0


def count_withheld(wanted: Filter, actor: Actor) -> int:
    """How many more cases a figure counts than its list may show, because they are sealed.

    Told only of conditions by which figures count: no question about a name, number or employer is answered by it.
    """
    is_figure = set(wanted.values) <= FIGURE_KEYS and set(wanted.values) - {"state"}
    if wanted.words or wanted.numbers or not is_figure or not access.scope_of(actor.role, COUNTS):
        return 0
    rows = select(func.count()).select_from(Case).where(door.is_withheld(actor), rows_of(wanted, actor, COUNTS))
    return db.session.scalar(rows) or 0


def _led(found: Select, lead: str) -> Select:
    """Let the rows of the rarest pair lead, newest first, so that a page costs what it shows."""
    return found.join(SearchGram, SearchGram.case_id == Case.id).where(SearchGram.gram == lead) if lead else found


def cases_where(rows: ColumnElement[bool]) -> Select:
    """Cases with what a list shows of them, and without their long text."""
    return select(Case).where(rows).options(defer(Case.narrative), joinedload(Case.handler), joinedload(Case.station))


def _newest(rows: ColumnElement[bool], lead: str, after: str, limit: int) -> list[Case]:
    key = SearchGram.case_id if lead else Case.id
    found = _led(cases_where(rows), lead).order_by(key.desc()).limit(limit)
    last = read_key(after)
    return list(db.session.scalars(found if last is None else found.where(key < last)))


def _backlog(rows: ColumnElement[bool], after: str, limit: int) -> list[Case]:
    """By the next deadline; those without one come last."""
    on, last = _read_cursor(after)
    found: list[Case] = []
    if on is not None or last is None:
        dated = cases_where(rows).where(Case.next_due_on.is_not(None)).order_by(Case.next_due_on, Case.id).limit(limit)
        if on is not None:
            dated = dated.where(or_(Case.next_due_on > on, and_(Case.next_due_on == on, Case.id > last)))
        found, last = list(db.session.scalars(dated)), None
    if len(found) < limit:
        rest = cases_where(rows).where(Case.next_due_on.is_(None)).order_by(Case.id).limit(limit - len(found))
        found += db.session.scalars(rest.where(Case.id > last) if last else rest)
    return found


def cursor(case: Case, is_backlog: bool) -> str:
    if not is_backlog:
        return str(case.id)
    return f"{case.next_due_on.isoformat() if case.next_due_on else ''}~{case.id}"


def _read_cursor(after: str) -> tuple[date | None, int | None]:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)?~(\d{1,18})", after)
    if not found:
        return None, None
    try:
        return (date.fromisoformat(found[1]) if found[1] else None), int(found[2])
    except ValueError:
        return None, None


def sums_of(rows: Iterable[Case], actor: Actor) -> dict[int, balances.Balance]:
    """What is agreed and outstanding in the cases of a page."""
    ids = [row.id for row in rows]
    return balances.of_cases(actor.today, Case.id.in_(ids)) if ids else {}


# Single answers -------------------------------------------------------------------------------------------------

def find_exact(said: str, actor: Actor) -> Case | None:
    """The one readable case that bears this number; None when there is none or more than one."""
    forms = {said, letters.narrow(said), letters.fold(said), letters.fold(said).replace("(", "〔").replace(")", "〕")}
    rows = or_(*(keys.by_number(form) for form in sorted(forms)))
    found = db.session.scalars(door.readable(actor).where(rows).limit(2)).all()
    return found[0] if len(found) == 1 else None


def find_words(key: str, actor: Actor) -> str | None:
    """The words that this account kept under a key."""
    row = db.session.scalar(select(SearchWords).where(SearchWords.uid == key, SearchWords.account_id == actor.user_id))
    return row.words if row else None


def parts_seen(cases: Iterable[Case], actor: Actor) -> dict[int, frozenset[str]]:
    """What a liaison sees of each case in a list; empty for our own people, who see every part."""
    if actor.role != "liaison":
        return {}
    ids = [case.id for case in cases]
    found: dict[int, frozenset[str]] = dict.fromkeys(ids, frozenset())
    for key, parts in db.session.execute(select(Commission.case_id, Commission.shared_parts).where(
            Commission.case_id.in_(ids), Commission.agency_id == actor.agency_id, door.is_live())):
        found[key] |= frozenset(parts)
    return found
