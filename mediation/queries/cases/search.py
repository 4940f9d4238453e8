"""Finding cases: conditions of the table in case_filters.py, free words through the index of two-character grams, by
pages.

Everything passes the door. Pages are reached by their last row, counts stop at a cap, nothing looks at the whole table.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import count
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Result,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    select,
    true,
)
from sqlalchemy import union as joined

from mediation.extensions import Expression, db
from mediation.models import Case, Commission, SearchGram, SearchWords, Station
from mediation.queries import door
from mediation.queries.cases import case_filters, listed, named, orders, search_index
from mediation.queries.cases.listed import Listed
from mediation.queries.cases.orders import BACKLOG, NEWEST, Order, Place
from mediation.queries.desk import work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access, text_cleaning
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text

PAGE = 50
CAP = 1000
CAP_OF_WORDS = 100  # of what words find: each case is looked at, and who finds so many types another word
LONGEST = 400  # signs of a search: no name, number or sentence is longer, and each word costs
TERM = re.compile(r'(?<!\w)([^\W\d_]\w{0,39})[:：](?:"([^"]*)"|(\S+))')
SPACED_PHONE = re.compile(r"(?<!\S)(?:(?:\+86[ -]?)?1\d\d \d{4} \d{4}|(?:0|\+86 ?)\d{2,3} \d{3,4} ?\d{4})(?!\S)")
QUOTES = re.compile("[\"“”„«»「」『』《》＂]+")  # around a word they mean nothing; ' stands in names of other scripts
MOST_WORDS = 8
COUNTS = "statistics.read"
# Conditions by which figures count; all others ask about a person, an employer or a number.
FIGURE_KEYS = frozenset("""state outcome channel kind from to registered accepted concluded concluded_by closed
    effective paid owing holder holder_at sector""".split())
NUMBER_LIKE = re.compile(r"[\w.()-]*\d[\w.()-]*")
TOO_LONG = Text("查找的话太长，最多{most}个字", "Too long to be searched for: at most {most} signs")
ONLY_NUMBERS = Text("地址里只放案号和“条件:值”；姓名、单位、电话请写在查找框里",
                    "The address takes numbers and key:value only; names and telephones go into the search box")


@dataclass(frozen=True)
class Filter:
    """What is looked for: conditions by key (a value may name several, with commas), free words, plain numbers."""

    values: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sort: Order | None = None  # None: what is asked for decides

    @property
    def order(self) -> Order:
        return self.sort or (BACKLOG if self.is_backlog else NEWEST)

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
    cap: int = CAP

    @property
    def is_capped(self) -> bool:
        return self.count > self.cap


def read(values: Mapping[str, str], said: str, actor: Actor, typed: str = "") -> Filter:
    """A filter from the address's values and from what was searched for (``state:MEDIATING 巴特尔``).

    ``typed`` stood in the address itself: it may hold conditions and numbers, and no words. Open cases unless a
    state, a number or a word is named. Raises Refused with every problem at once.
    """
    problems: list[Problem] = []
    sort = None
    try:
        sort = orders.read(values.get("sort", ""), actor)
    except Refused as refusal:
        problems.extend(refusal.problems)
    found = _read_values({name: value for name, value in values.items() if name != "sort"}, actor, problems)
    if len(said) + len(typed) > LONGEST:
        raise Refused([*problems, Problem("q", TOO_LONG.fill(most=LONGEST))])
    words = _split(said, found, actor, problems)
    numbers = _split(typed, found, actor, problems)
    if any(not NUMBER_LIKE.fullmatch(text_cleaning.fold(number)) for number in numbers):
        problems.append(Problem("q", ONLY_NUMBERS))
    if problems:
        raise Refused(problems)
    if not (words or numbers or {"state", "number"} & set(found)):
        found["state"] = "open"
    return Filter(found, words, numbers, sort)


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


def rows_of(wanted: Filter, actor: Actor, permission: str = "case.read", union: int | None = None,
            words: Iterable[ColumnElement[bool]] | None = None, site: int | None = None) -> ColumnElement[bool]:
    """The row filter: the door, the conditions, the words.

    ``union``: the one union of all stations that are asked about, where there is but one, and ``site``: the one such
    station; their indexes lead then.
    ``words``: what the words of the filter ask for, where a statement is kept and their values are bound later.
    """
    seen = door.filter_for(actor, permission, is_voided_too="voided" in wanted.values)
    # Whoever reaches many stations walks cases in the order of the page; a condition that IS true leads no search.
    is_walked = not wanted.words and access.scope_of(actor.role, permission) == "below"
    # The union first: of the cases of a word, SQLite then turns away those of others before it looks at their rights.
    rows = [] if union is None else [Case.union_id == union]
    if site is not None:
        rows.append(Case.station_id == site)
    rows.append(seen.is_(True) if is_walked else seen)
    if wanted.is_backlog:
        rows.append(work_lists.is_open())  # so that the index of open cases serves single open states too
    rows += case_filters.conditions_of(wanted.values, actor)
    rows += [case_filters.KEYS["number"].build(number, actor) for number in wanted.numbers]
    rows += [search_index.has_word(word, actor) for word in wanted.words] if words is None else words
    return and_(*rows)


# Pages ----------------------------------------------------------------------------------------------------------

def page(wanted: Filter, actor: Actor, after: str = "", size: int = PAGE, before: str = "") -> Page:
    """One page and a capped count: the rows behind the cursor ``after``, or those in front of ``before``.

    A cursor that cannot be read begins anew.
    """
    run, cap = _finder(wanted, actor), CAP_OF_WORDS if wanted.words and wanted.sort is None else CAP
    if wanted.sort is None and not (after or before):
        found = _behind(_sorted(wanted, run, 0), None, size + 1, wanted.order)
        if len(found) <= size:
            return Page(found, "", len(found))
        return Page(found[:size], wanted.order.place(found[size - 1]), _count(run, cap), cap=cap)
    number = _count(run, cap)
    order, find = wanted.order, _sorted(wanted, run, number)
    place = order.read_place(before, _looked_up(order, actor)) if before else None
    if place and len(found := _in_front(find, place, size + 1, order)) >= size:
        first = order.place(found[-size]) if len(found) > size else ""
        return Page(found[-size:], order.place(found[-1]), number, first, cap)
    place = order.read_place(after, _looked_up(order, actor)) if after and not before else None
    found = _behind(find, place, size + 1, order)
    more, found = len(found) > size, found[:size]
    return Page(found, order.place(found[-1]) if more else "", number, order.place(found[0]) if found and place else "",
                cap)


def _count(run: Callable[..., Result[Any]], cap: int) -> int:
    return int(run("count", limit=cap + 1).scalar() or 0)


def _sorted(wanted: Filter, run: Callable[..., Result[Any]], count: int) -> Callable[..., list[Listed]]:
    """What gives rows by the name of a part.

    In an order that was asked for, few cases are found first and then sorted; of many the order is walked.
    """
    prefix = "" if wanted.sort is None else "few " if count <= CAP else "many "
    return lambda part, **more: listed.read(run(prefix + part, **more))


def _looked_up(order: Order, actor: Actor) -> Callable[[int], Any]:
    """The value of a case that the actor may see."""
    def look_up(key: int) -> Any:
        rows = select(cast(Any, order.column)).where(Case.id == key, door.filter_for(actor, is_voided_too=True))
        found = db.session.execute(rows).first()
        if found is None:
            raise LookupError(key)
        return found[0]
    return look_up


def _in_front(find: Callable[..., list[Listed]], place: Place, limit: int, order: Order) -> list[Listed]:
    """So many rows that come right before a place, in the order of the list; fewer near its beginning."""
    if place.value is not None or not order.may_lack:
        return find("before", limit=limit, **_bound(place))[::-1]
    found = find("bare_before", limit=limit, last=place.last)
    if len(found) < limit:
        found += find("end", limit=limit - len(found))
    return found[::-1]


def _behind(find: Callable[..., list[Listed]], place: Place | None, limit: int, order: Order) -> list[Listed]:
    """So many rows from a place on; those without a value come last."""
    is_bare = place is not None and place.value is None and order.may_lack
    found: list[Listed] = []
    if not is_bare:
        found = find("after", limit=limit, **_bound(place)) if place else find("first", limit=limit)
    if order.may_lack and len(found) < limit:
        rest = limit - len(found)
        found += find("bare_after", limit=rest, last=place.last) if place and is_bare else find("bare", limit=rest)
    return found


def _bound(place: Place) -> dict[str, Any]:
    return {"last": place.last} if place.value is None else {"last": place.last, "value": place.value}


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
UNION, SITE = (cast(int, bindparam(name, type_=BigInteger())) for name in ("union", "site"))


def _finder(wanted: Filter, actor: Actor) -> Callable[..., Result[Any]]:
    """What runs a statement of a page by its name; a filter keeps its statements, but for plain numbers."""
    union, site = _where(wanted, actor)
    place = {name: value for name, value in (("union", union), ("site", site)) if value is not None}
    lead = search_index.rarest(wanted.words, actor) if wanted.words else ""
    if wanted.numbers or OF_THE_DAY & set(wanted.values):
        asked = _Asked(rows_of(wanted, actor, union=union, site=site), literal(lead) if lead else None, wanted,
                       _place(actor, union))
        return lambda part, **more: db.session.execute(_statement(part, asked), more)
    words = [search_index.read_word(word, actor) for word in wanted.words]
    if lead and wanted.sort is None:  # an order that was asked for may be walked itself
        words = [search_index.led(word, lead) for word in words]
    values = (value for word in words for value in word.values)
    bound: dict[str, object] = {**place, **{f"word_{n}": value for n, value in enumerate(values)}}
    if lead:
        bound["lead"] = lead
    shape = _Shape(actor.role, tuple(wanted.values.items()), wanted.sort, union is not None, site is not None,
                   tuple(word.shape for word in words), bool(lead))
    return lambda part, **more: _kept(part, shape).run(actor, **bound, **more)


class _Shape(NamedTuple):
    """What a kept statement is made of; words are known by their shapes alone."""

    role: str
    values: tuple[tuple[str, str], ...]
    sort: Order | None
    is_one_union: bool
    is_one_site: bool
    words: tuple[tuple[Any, ...], ...]
    has_lead: bool


@lru_cache(maxsize=KEPT)
def _kept(part: str, shape: _Shape) -> Prepared:
    wanted = Filter(dict(shape.values), ("",) * len(shape.words), sort=shape.sort)
    union, actor = UNION if shape.is_one_union else None, stand_in(shape.role)
    bound: Iterator[ColumnElement[str]] = (bindparam(f"word_{n}", type_=String()) for n in count())
    at = SearchGram.__table__.c.case_id if shape.has_lead and shape.sort is None else None
    words = [search_index.holds(word, bound, at) for word in shape.words]
    rows = rows_of(wanted, actor, union=union, words=words, site=SITE if shape.is_one_site else None)
    lead = bindparam("lead", type_=String()) if shape.has_lead else None
    return Prepared(_statement(part, _Asked(rows, lead, wanted, _place(actor, union))))


def _place(actor: Actor, union: int | None) -> ColumnElement[bool]:
    """The one union whose cases the actor may see, for an index that begins with it; true where there are several."""
    if union is None and access.scope_of(actor.role, "case.read") in ("mine", "site", "union"):
        union = actor.union_id
    return true() if union is None else Case.union_id == union


class _Asked(NamedTuple):
    """What a page is asked for.

    ``lead``: the rarest pair of characters, whose cases are looked at, newest first: a page costs what it shows.
    ``place``: the one union, where there is one.
    """

    rows: ColumnElement[bool]
    lead: ColumnElement[str] | None
    wanted: Filter
    place: ColumnElement[bool]


def _statement(part: str, asked: _Asked) -> Select[Any]:
    gram = SearchGram.__table__
    is_led = asked.lead is not None
    source = gram.join(Case.__table__, gram.c.case_id == Case.id) if is_led else Case.__table__
    rows = and_(gram.c.gram == asked.lead, asked.rows) if is_led else asked.rows
    key = gram.c.case_id if is_led else Case.id
    usual = BACKLOG if asked.wanted.is_backlog else NEWEST
    some = select(Case.id).select_from(source).where(rows).order_by(*usual.by(key))
    if part == "count":  # in the order of the page itself: then the same index leads
        return select(func.count()).select_from(some.limit(_LIMIT).subquery())
    if asked.wanted.sort is None:
        conditions, by = _part(part, usual, key)
        return listed.cases_where(and_(rows, *conditions), source).order_by(*by).limit(_LIMIT)
    size, _space, part = part.partition(" ")
    conditions, by = _part(part, asked.wanted.sort, Case.id)
    if size == "few":
        found: ColumnElement[bool] = Case.id.in_(some.limit(CAP + 1).correlate(None))
    else:  # a condition that IS true leads no search
        found = and_(asked.rows.is_(True), asked.place) if asked.wanted.sort.by_union else asked.rows.is_(True)
    keys = select(Case.id).where(found, *conditions).order_by(*by).limit(_LIMIT)
    return listed.cases_where(Case.id.in_(keys.correlate(None))).order_by(*by)


def _part(part: str, order: Order, key: Expression) -> tuple[list[ColumnElement[bool]], list[ColumnElement[Any]]]:
    """The conditions of a part of an order, and how it is sorted."""
    lacks: list[ColumnElement[bool]] = [] if order.column is None else [order.column.is_(None)]
    if part == "bare_before":
        return [*lacks, Case.id < _LAST], [Case.id.desc()]
    if part.startswith("bare"):
        return [*lacks, Case.id > _LAST] if part == "bare_after" else lacks, [Case.id.asc()]
    has: list[ColumnElement[bool]] = []
    if order.column is not None and order.may_lack:
        has = [order.column.is_not(None)]
    if part in ("first", "end"):
        return has, order.by(key, part == "first")
    return [order.beyond(key, part == "after")], order.by(key, part == "after")


def _where(wanted: Filter, actor: Actor) -> tuple[int | None, int | None]:
    """The one union, and the one station, in which all that is asked for lies; None where there are several."""
    code = wanted.values.get("station", "own")
    if code == "own" or "," in code or access.scope_of(actor.role, "case.read") != "below":
        return union_of(actor), None
    stations, site, first, last = _stations().run(actor, code=code).one()
    return first if first == last else None, site if stations == 1 else None


@cache
def _stations() -> Prepared:
    top, below = Station.__table__.alias("top"), Station.__table__.alias("below")
    return Prepared(select(func.count(), func.min(below.c.id), func.min(below.c.union_id), func.max(
        below.c.union_id)).select_from(top.join(below, below.c.path.startswith(top.c.path))).where(
        top.c.code == bindparam("code", type_=String())))


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


# Single answers -------------------------------------------------------------------------------------------------

def find_exact(said: str, actor: Actor) -> str | None:
    """The number of the one readable case that bears this number in any register; None when none or several do."""
    if not any(sign.isdigit() for sign in said):
        return None
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
    sealed = db.session.connection().execute(KEPT_WORDS, {"key": key, "account": actor.user_id}).scalar()
    return SearchWords.words.unseal(key, sealed) if sealed else None


_WORDS = SearchWords.__table__.c
KEPT_WORDS = select(_WORDS.words_sealed).where(
    _WORDS.uid == bindparam("key"), _WORDS.account_id == bindparam("account"))


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
