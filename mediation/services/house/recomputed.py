"""What is stored beside the cases only to find and to sort them, against the same made anew by its own writers."""
from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Event, SearchGram, SearchText
from mediation.queries.cases import case_rows, search_index
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.desk import work_lists
from mediation.queries.figures import month_counts
from mediation.queries.house.digests import MANY, Fault, whole
from mediation.queries.money import rests
from mediation.services.cases import moves, search
from mediation.services.people import parties

TOKENS = 10_000  # read at a time


def faults(today: date) -> list[Fault]:
    """Hints and search index of every case, and sums of months, that are not what the rows say."""
    return [*whole(partial(_of_cases, today), "cases"), *whole(_strays), *whole(_rests), *whole(_month_sums)]


def _of_cases(today: date) -> Iterator[Fault]:
    cases = db.session.execute(select(Case.id, Case.number).order_by(Case.id).execution_options(yield_per=MANY))
    marks = _marks()
    for some in cases.partitions():
        ids = [key for key, _number in some]
        known, touched, noted = _bodies(ids), _touched([number for _key, number in some]), search.noted_of(ids)
        read = _reader(ids, today)
        for key, number in some:
            yield from whole(partial(_hints, key, read, touched.get(number, set()), today), number)
            yield from whole(partial(_found, key, read, noted.get(key, ()), known.get(key, ""), marks(key)), number)


Read = Callable[[int], CaseRows]


def _reader(ids: list[int], today: date) -> Read:
    """What gives the rows of a case: those of all of them, read together; each by itself where some are damaged."""
    try:
        return case_rows.read_many(ids, today).__getitem__
    except Exception:  # whatever was put into a row: the case itself says it
        return lambda key: CaseRows(key, today)


Marks = tuple[int, int]  # how many tokens, and the sum of the marks of each
MASK = 2**64 - 1


def _marks() -> Callable[[int], Marks]:
    """What tells of the tokens of a case whether they are those it should have.

    The index is ordered by token and has no way from a case to its own: it is gone through once, and of each case stay
    two numbers. A mark is the hash of a token in this process, which nobody knows beforehand.
    """
    last = db.session.scalar(select(func.max(Case.id))) or 0
    counts, sums = array("Q", bytes(8 * (last + 1))), array("Q", bytes(8 * (last + 1)))
    keys = vault.current()
    again = search_index.renewed(keys) if keys.earlier else {}
    rows = db.session.execute(select(SearchGram.gram, SearchGram.case_id).where(
        SearchGram.case_id.between(1, last)).execution_options(yield_per=TOKENS))
    for gram, key in rows:
        counts[key] += 1
        sums[key] = sums[key] + hash(again.get(gram, gram)) & MASK
    return lambda key: (counts[key], sums[key])


def _marks_of(grams: Collection[str]) -> Marks:
    return len(grams), sum(map(hash, grams)) & MASK


def _bodies(ids: list[int]) -> dict[int, str]:
    return dict(db.session.execute(
        select(SearchText.case_id, SearchText.body).where(SearchText.case_id.in_(ids))).tuples().all())


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


def _found(key: int, read: Read, noted: Iterable[str], body: str, marks: Marks) -> Iterator[Fault]:
    case = read(key)
    text, tails = search.indexed(case, noted)
    if body != text or marks != _marks_of(search_index.tokens(text) | tails):
        yield Fault(case.number, "搜索的索引与案情不符，请运行 index", "the search index does not match the case; run index")


def _rests() -> Iterator[Fault]:
    for table, key, kept, wanted in rests.differing():
        yield Fault(f"{table} {key}", f"随行留存的金额是{kept}，按明细是{wanted}，请运行 index",
                    f"the sums kept with the row are {kept}, its entries come to {wanted}; run index")


def _month_sums() -> Iterator[Fault]:
    for place, kept, counted in month_counts.differing():
        yield Fault(place, f"留存的合计是{kept}，案件合起来是{counted}，请运行 index",
                    f"the kept sum is {kept}, the cases come to {counted}; run index")


def _strays() -> Iterator[Fault]:
    """Entries of the index that belong to no case."""
    for model in (SearchText, SearchGram):
        for key in db.session.scalars(select(model.case_id).where(model.case_id.not_in(select(Case.id))).distinct()):
            yield Fault(f"{model.__tablename__} {key}", "不属于任何案件", "belongs to no case")
