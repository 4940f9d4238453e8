"""Finding cases: conditions of the table in case_filters.py, free words through the index of two-character grams, by
pages.

Everything passes the door. Pages are reached by their last row, counts stop at a cap, nothing looks at the whole table.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Result, Select, and_, bindparam, func, or_, select
from sqlalchemy import union as joined

from mediation.extensions import db
from mediation.models import Case, Commission, SearchGram, SearchWords, Station
from mediation.queries import door
from mediation.queries.cases import case_filters, listed, named, search_index
from mediation.queries.cases.listed import Listed
from mediation.queries.desk import work_lists
from mediation.queries.money import balances
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access, text_cleaning
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.reading import read_key

PAGE = 50
CAP = 1000
TERM = re.compile(r'([^\W\d_]\w*)[:：](?:"([^"]*)"|(\S+))')
SPACED_PHONE = re.compile(r"(?<!\S)(?:(?:\+86[ -]?)?1\d\d \d{4} \d{4}|(?:0|\+86 ?)\d{2,3} \d{3,4} ?\d{4})(?!\S)")
QUOTES = re.compile("[\"“”„«»「」『』《》＂]+")  # around a word they mean nothing; ' stands in names of other scripts
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
        return not self.words and not self.numbers and all(code in case_filters.LIVE for code in states)


@dataclass(frozen=True)
class Page:
    """Some rows, the cursor of the next page ('' on the last), how many there are (capped), and the cursor of the page
    before ('' on the first)."""

    rows: list[Listed]
    after: str
    count: int
    before: str = ""

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
    if any(not NUMBER_LIKE.fullmatch(text_cleaning.fold(number)) for number in numbers):
        problems.append(Problem("q", ONLY_NUMBERS))
    if problems:
        raise Refused(problems)
    if not (words or numbers or {"state", "number"} & set(found)):
        found["state"] = "open"
    return Filter(found, words, numbers)


def _split(said: str, found: dict[str, str], actor: Actor, problems: list[Problem]) -> tuple[str, ...]:
    """The free words of a text; its conditions are added to ``found``."""
    for match in TERM.finditer(said):
        key = case_filters.find_key(match[1], actor)
        found |= _read_values({key.key if key else match[1]: match[2] or match[3] or ""}, actor, problems)
    left = TERM.sub(" ", said)
    rest = QUOTES.sub(" ", left) if QUOTES.sub("", left).strip() else left
    return tuple(SPACED_PHONE.sub(lambda m: "".join(m[0].split()), rest).split())[:MOST_WORDS]


def _read_values(values: Mapping[str, str], actor: Actor, problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    known = case_filters.keys_for(actor)
    for name, said in values.items():
        try:
            if name not in known:
                raise case_filters.unknown_key(name, actor)
            parts = said.split(",") if known[name].choices else [said]
            found[name] = ",".join(case_filters.read_value(known[name], part, actor) for part in parts)
        except Refused as refusal:
            problems.extend(refusal.problems)
    return found


def rows_of(wanted: Filter, actor: Actor, permission: str = "case.read", union: int | None = None) -> ColumnElement[
        bool]:
    """The row filter: the door, the conditions, the words.

    ``union``: the one union of all stations that the actor reaches, where there is but one; its indexes lead then.
    """
    seen = door.filter_for(actor, permission, is_voided_too="voided" in wanted.values)
    # Whoever reaches many stations walks cases in the order of the page; a condition that IS true leads no search.
    is_walked = not wanted.words and access.scope_of(actor.role, permission) == "below"
    rows = [seen.is_(True) if is_walked else seen]
    if union is not None:
        rows.append(Case.union_id == union)
    if wanted.is_backlog:
        rows.append(work_lists.is_open())  # so that the index of open cases serves single open states too
    rows += case_filters.conditions_of(wanted.values, actor)
    rows += [case_filters.KEYS["number"].build(number, actor) for number in wanted.numbers]
    rows += [search_index.has_word(word, actor) for word in wanted.words]
    return and_(*rows)


# Pages ----------------------------------------------------------------------------------------------------------

def page(wanted: Filter, actor: Actor, after: str = "", size: int = PAGE, before: str = "") -> Page:
    """One page and a capped count: the rows behind the cursor ``after``, or those in front of ``before``.

    Cursors name a row's place and not its number, so that an address stays valid while rows come and go. One that
    cannot be read begins anew.
    """
    find = _finder(wanted, actor)
    count = find("count", limit=CAP + 1).scalar() or 0
    if before and len(found := _in_front(find, before, size + 1, wanted.is_backlog)) >= size:
        first = cursor(found[-size], wanted.is_backlog) if len(found) > size else ""
        return Page(found[-size:], cursor(found[-1], wanted.is_backlog), count, first)
    after = "" if before else after
    found = _backlog(find, after, size + 1) if wanted.is_backlog else _newest(find, after, size + 1)
    more, found = len(found) > size, found[:size]
    first = cursor(found[0], wanted.is_backlog) if found and _is_cursor(after, wanted.is_backlog) else ""
    return Page(found, cursor(found[-1], wanted.is_backlog) if more else "", count, first)


def _is_cursor(said: str, is_backlog: bool) -> bool:
    return (_read_cursor(said) != (None, None)) if is_backlog else read_key(said) is not None


def _in_front(find: Callable[..., Result[Any]], before: str, limit: int, is_backlog: bool) -> list[Listed]:
    """So many rows that come right before a place, in the order of the list; fewer near its beginning."""
    if not is_backlog:
        first = read_key(before)
        return [] if first is None else listed.read(find("younger", limit=limit, last=first))[::-1]
    on, first = _read_cursor(before)
    if on is not None:
        return listed.read(find("dated_before", limit=limit, due=on, last=first))[::-1]
    if first is None:
        return []
    found = listed.read(find("undated_before", limit=limit, last=first))
    if len(found) < limit:
        found += listed.read(find("dated_last", limit=limit - len(found)))
    return found[::-1]


def _newest(find: Callable[..., Result[Any]], after: str, limit: int) -> list[Listed]:
    last = read_key(after)
    return listed.read(find("newest", limit=limit) if last is None else find("older", limit=limit, last=last))


def _backlog(find: Callable[..., Result[Any]], after: str, limit: int) -> list[Listed]:
    """By the next deadline; those without one come last."""
    on, last = _read_cursor(after)
    found: list[Listed] = []
    if on is not None:
        found, last = listed.read(find("dated_after", limit=limit, due=on, last=last)), None
    elif last is None:
        found = listed.read(find("dated", limit=limit))
    if len(found) < limit:
        rest = limit - len(found)
        found += listed.read(find("undated_after", limit=rest, last=last) if last else find("undated", limit=rest))
    return found


def count_withheld(wanted: Filter, actor: Actor) -> int:
    """How many more cases a figure counts than its list may show, because they are sealed.

    Told only of conditions by which figures count: no question about a name, number or employer is answered by it.
    """
    is_figure = set(wanted.values) <= FIGURE_KEYS and set(wanted.values) - {"state"}
    if wanted.words or wanted.numbers or not is_figure or not access.scope_of(actor.role, COUNTS):
        return 0
    rows = select(func.count()).select_from(Case).where(door.is_withheld(actor), rows_of(wanted, actor, COUNTS))
    return db.session.scalar(rows) or 0


# The statements of a page ---------------------------------------------------------------------------------------

# Their SQL depends on how a day compares with today.
OF_THE_DAY = frozenset({"owing"})
KEPT = 400
_LIMIT, _LAST = bindparam("limit", type_=Integer()), bindparam("last", type_=BigInteger())
_DUE = bindparam("due", type_=Date())
UNION = cast(int, bindparam("union", type_=BigInteger()))


def _finder(wanted: Filter, actor: Actor) -> Callable[..., Result[Any]]:
    """What runs a statement of a page by its name; a filter without words or numbers keeps its statements."""
    union = union_of(actor)
    place = {} if union is None else {"union": union}
    if not wanted.words and not wanted.numbers and not OF_THE_DAY & set(wanted.values):
        shape = actor.role, tuple(wanted.values.items()), union is not None
        return lambda part, **more: _kept(part, *shape).run(actor, **place, **more)
    rows, lead = rows_of(wanted, actor, union=union), search_index.rarest(wanted.words, actor)
    return lambda part, **more: db.session.execute(_statement(part, rows, lead, wanted.is_backlog), more)


@lru_cache(maxsize=KEPT)
def _kept(part: str, role: str, values: tuple[tuple[str, str], ...], is_one_union: bool) -> Prepared:
    wanted = Filter(dict(values))
    union = UNION if is_one_union else None
    return Prepared(_statement(part, rows_of(wanted, stand_in(role), union=union), "", wanted.is_backlog))


def _statement(part: str, rows: ColumnElement[bool], lead: str, is_backlog: bool) -> Select[Any]:
    """``lead``: the rarest pair of characters, whose cases are looked at, newest first: a page costs what it shows."""
    gram = SearchGram.__table__
    source = gram.join(Case.__table__, gram.c.case_id == Case.id) if lead else Case.__table__
    rows = and_(gram.c.gram == lead, rows) if lead else rows
    key = gram.c.case_id if lead else Case.id
    found = listed.cases_where(rows, source).limit(_LIMIT)
    by_due, is_dated = (Case.next_due_on, Case.id), Case.next_due_on.is_not(None)
    from_last = (Case.next_due_on.desc(), Case.id.desc())
    if part == "count":  # in the order of the page itself: then the same index leads
        some = select(Case.id).select_from(source).where(rows).order_by(*(by_due if is_backlog else (key.desc(),)))
        return select(func.count()).select_from(some.limit(_LIMIT).subquery())
    if part == "younger":
        return found.where(key > _LAST).order_by(key)
    if part in ("newest", "older"):
        return (found.where(key < _LAST) if part == "older" else found).order_by(key.desc())
    if part in ("dated", "dated_after"):
        after = and_(Case.next_due_on >= _DUE, or_(Case.next_due_on > _DUE, Case.id > _LAST))
        return found.where(after if part == "dated_after" else is_dated).order_by(*by_due)
    if part in ("dated_before", "dated_last"):
        front = and_(Case.next_due_on <= _DUE, or_(Case.next_due_on < _DUE, Case.id < _LAST))
        return found.where(front if part == "dated_before" else is_dated).order_by(*from_last)
    found = found.where(Case.next_due_on.is_(None))
    if part == "undated_before":
        return found.where(Case.id < _LAST).order_by(Case.id.desc())
    found = found.order_by(Case.id)
    return found.where(Case.id > _LAST) if part == "undated_after" else found


def union_of(actor: Actor) -> int | None:
    """The one union of all stations that the actor reaches; None where there are several, or a role asks by union."""
    if access.scope_of(actor.role, "case.read") != "below":
        return None
    found = _unions().run(actor).scalars().all()
    return found[0] if len(found) == 1 else None


@cache
def _unions() -> Prepared:
    path = stand_in("").station_path
    return Prepared(select(Station.__table__.c.union_id).where(Station.path.startswith(path)).distinct().limit(2))


def cursor(case: Listed, is_backlog: bool) -> str:
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


@cache
def _sums() -> Prepared:
    return Prepared(balances.per_case(stand_in("").today, Case.id.in_(bindparam("ids", expanding=True))))


def sums_of(rows: Iterable[Listed], actor: Actor) -> dict[int, balances.Balance]:
    """What is agreed and outstanding in the cases of a page."""
    ids = [row.id for row in rows]
    return balances.read(_sums().run(actor, ids=ids)) if ids else {}


# Single answers -------------------------------------------------------------------------------------------------

def find_exact(said: str, actor: Actor) -> str | None:
    """The number of the one readable case that bears this number in any register; None when none or several do."""
    forms = {*named.printed_forms(said), *named.register_numbers(actor, said)}
    found = _exact(actor.role).run(actor, forms=sorted(forms)).scalars().all()
    return found[0] if len(found) == 1 else None


@cache
def _exact(role: str) -> Prepared:
    """One look-up for each kind of number, by its index; of what they find, what the door lets through."""
    bears = joined(*case_filters.bearers(bindparam("forms", expanding=True)))
    return Prepared(select(Case.__table__.c.number).where(
        Case.id.in_(bears), door.filter_for(stand_in(role), is_voided_too=True).is_(True)).limit(2))


def find_words(key: str, actor: Actor) -> str | None:
    """The words that this account kept under a key."""
    row = db.session.scalar(select(SearchWords).where(SearchWords.uid == key, SearchWords.account_id == actor.user_id))
    return row.words if row else None


def parts_seen(cases: Iterable[Listed | Case], actor: Actor) -> dict[int, frozenset[str]]:
    """What a liaison sees of each case in a list; empty for our own people, who see every part."""
    if actor.role != "liaison":
        return {}
    ids = [case.id for case in cases]
    found: dict[int, frozenset[str]] = dict.fromkeys(ids, frozenset())
    for key, parts in db.session.execute(select(Commission.case_id, Commission.shared_parts).where(
            Commission.case_id.in_(ids), Commission.agency_id == actor.agency_id, door.is_live())):
        found[key] |= frozenset(parts)
    return found
