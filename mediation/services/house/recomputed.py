"""What is stored beside the cases only to find and to sort them, against the same made anew by its own writers."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Event, SearchGram, SearchText
from mediation.queries.cases import case_rows, search_index
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.desk import work_lists
from mediation.queries.figures import month_sums
from mediation.queries.house.digests import MANY, Fault, whole
from mediation.services.cases import moves, search
from mediation.services.people import parties


def faults(today: date) -> list[Fault]:
    """Hints and search index of every case, and sums of months, that are not what the rows say."""
    return [*whole(partial(_of_cases, today), "cases"), *whole(_strays), *whole(_month_sums)]


def _of_cases(today: date) -> Iterator[Fault]:
    cases = db.session.execute(select(Case.id, Case.number).order_by(Case.id).execution_options(yield_per=MANY))
    for some in cases.partitions():
        ids = [key for key, _number in some]
        known, touched, noted = _index(ids), _touched([number for _key, number in some]), search.noted_of(ids)
        read = _reader(ids, today)
        for key, number in some:
            yield from whole(partial(_hints, key, read, touched.get(number, set()), today), number)
            yield from whole(partial(_found, key, read, noted.get(key, ()), *known.get(key, ("", set()))), number)


Read = Callable[[int], CaseRows]


def _reader(ids: list[int], today: date) -> Read:
    """What gives the rows of a case: those of all of them, read together; each by itself where some are damaged."""
    try:
        return case_rows.read_many(ids, today).__getitem__
    except Exception:  # whatever was put into a row: the case itself says it
        return lambda key: CaseRows(key, today)


Index = dict[int, tuple[str, set[str]]]


def _index(ids: list[int]) -> Index:
    grams: dict[int, set[str]] = defaultdict(set)
    for key, gram in db.session.execute(select(SearchGram.case_id, SearchGram.gram).where(SearchGram.case_id.in_(ids))):
        grams[key].add(gram)
    return {key: (body, grams[key]) for key, body in db.session.execute(
        select(SearchText.case_id, SearchText.body).where(SearchText.case_id.in_(ids))).tuples()}


def _touched(numbers: list[str]) -> dict[str, set[datetime]]:
    """When the newest event of each case was entered, and the newest that is no step of an audit."""
    found: dict[str, dict[bool, datetime]] = defaultdict(dict)
    for stream, kind, at in db.session.execute(select(Event.stream, Event.kind, Event.entered_at).where(
            Event.stream.in_([f"case:{number}" for number in numbers])).order_by(Event.seq)):
        found[stream.removeprefix("case:")][kind.startswith("finding_")] = at
    return {number: set(ends.values()) for number, ends in found.items()}


def _hints(key: int, read: Read, touched: Collection[datetime], today: date) -> Iterator[Fault]:
    case = read(key)
    if case.touched_at not in touched:
        yield Fault(case.number, "最近办理的时间与经过不符", "when it was last worked on is not what the journal says")
    if case.merged_into_id is None and (case.title, case.respondent_title) != parties.titles(case):
        yield Fault(case.number, "列表里的名称与当事人不符", "the names kept for lists do not match the parties")
    if case.call_on != work_lists.first_call(case):
        yield Fault(case.number, "列表里约好的下次联系与案情不符", "the planned call kept for lists does not match the case")
    kept = (case.next_due_on, case.next_due_rule)
    wanted = (moves.hints(case, day) for day in (case.touched_at.date(), today))
    if not any(kept == (one["next_due_on"], one["next_due_rule"]) for one in wanted):  # of most the first one agrees
        yield Fault(case.number, "列表里的期限与案情不符", "the time limit kept for lists does not match the case")


def _found(key: int, read: Read, noted: Iterable[str], body: str, grams: set[str]) -> Iterator[Fault]:
    case = read(key)
    text, tails = search.indexed(case, noted)
    if grams - tails and (keys := vault.current()).earlier:
        again = search_index.renewed(keys)
        grams = {again.get(gram, gram) for gram in grams}
    if body != text or grams != search_index.tokens(text) | tails:
        yield Fault(case.number, "搜索的索引与案情不符，请运行 index", "the search index does not match the case; run index")


def _month_sums() -> Iterator[Fault]:
    for place, kept, counted in month_sums.differing():
        yield Fault(place, f"留存的合计是{kept}，案件合起来是{counted}，请运行 index",
                    f"the kept sum is {kept}, the cases come to {counted}; run index")


def _strays() -> Iterator[Fault]:
    """Entries of the index that belong to no case."""
    for model in (SearchText, SearchGram):
        for key in db.session.scalars(select(model.case_id).where(model.case_id.not_in(select(Case.id))).distinct()):
            yield Fault(f"{model.__tablename__} {key}", "不属于任何案件", "belongs to no case")
