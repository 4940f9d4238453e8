"""What pages, searches and a registration cost, beside the least that the database would have to be asked for each."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from time import monotonic
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from mediation.cli.base import today
from mediation.cli.bench import synthetic
from mediation.cli.bench.measures import SUBMIT, Line, Visitor, bare_page, counted, found, plans_of, spent
from mediation.extensions import db, reading_engine
from mediation.models import Case, Party
from mediation.queries.cases import search_index
from mediation.services.cases import sounds

LONG_ENOUGH = 0.4  # seconds of processor time after which a page is not asked for again
MOST_TIMES, LONGEST = 20, 30.0  # and seconds by the clock: what waits for a server spends none of its own
BACKLOG = "is_open = 1 AND next_due_on IS NOT NULL"
CASE_ROWS = ("SELECT * FROM dispute WHERE id = :case", "SELECT * FROM party WHERE case_id = :case",
             "SELECT * FROM claim WHERE case_id = :case", "SELECT * FROM payment WHERE case_id = :case",
             "SELECT * FROM event WHERE stream = :stream ORDER BY seq DESC LIMIT 50")
FIFTY = "SELECT d.* FROM search_gram g JOIN dispute d ON d.id = g.case_id WHERE g.gram = :gram " \
        "AND d.union_id = :union ORDER BY g.case_id DESC LIMIT 50"


class Place(NamedTuple):
    """A page, who asks for it, and the least that the database would have to be asked."""

    key: str
    label: str
    who: str
    ask: Callable[[Visitor], object]
    floor: tuple[str, ...]
    goal: int = 0  # hellos that it may take; 0 where nothing was aimed at


# How many hellos pages and searches may take however many cases there are.
GOALS = {"desk": 30, "desk_supervisor": 45, "desk_auditor": 45, "backlog": 20, "backlog_deep": 20, "backlog_all": 20,
         "any_deep": 20, "filtered": 20, "case": 25, "statistics": 45, "statistics_year": 45, "search_name": 35,
         "search_two": 35, "search_rare": 35, "search_tail": 35, "search_initials": 35, "create": 50}


def pages(app: Flask) -> Iterator[Line]:
    known = _known(app)
    month, year = known["month"], known["year"]
    yield from _measured(app, known, (
        _page("desk", "工作台（调解员）", synthetic.MEDIATOR, "/", f"SELECT * FROM dispute WHERE {BACKLOG} "
              "AND union_id = :union AND handler_id = :me ORDER BY next_due_on, id LIMIT 50"),
        _page("desk_supervisor", "工作台（分管负责人）", synthetic.SUPERVISOR, "/", f"SELECT state, count(*) FROM dispute "
              f"WHERE {BACKLOG} AND union_id = :union GROUP BY state"),
        _page("backlog", "未结案件第1页（全旗）", synthetic.SUPERVISOR, "/cases", f"SELECT * FROM dispute WHERE {BACKLOG} AND "
              "union_id = :union ORDER BY next_due_on, id LIMIT 50"),
        _page("backlog_deep", "未结案件深页（按键翻页）", synthetic.SUPERVISOR, f"/cases?after={known['deep']}",
              f"SELECT * FROM dispute WHERE {BACKLOG} AND union_id = :union AND (next_due_on, id) > (:due, :deep_id) "
              "ORDER BY next_due_on, id LIMIT 50"),
        _page("backlog_all", "未结案件第1页（全部旗县）", synthetic.AUDITOR, "/cases",
              f"SELECT * FROM dispute WHERE {BACKLOG} ORDER BY next_due_on, id LIMIT 50"),
        _page("filtered", "一个站点一种状态", synthetic.AUDITOR, "/cases?station=u01-1&state=MEDIATING",
              f"SELECT * FROM dispute WHERE {BACKLOG} AND station_id = :station AND state = 'MEDIATING' "
              "ORDER BY next_due_on, id LIMIT 50"),
        _page("any_deep", "全部案件深页（按键翻页）", synthetic.AUDITOR, f"/cases?state=any&after={known['middle']}",
              "SELECT * FROM dispute WHERE id < :middle ORDER BY id DESC LIMIT 50"),
        _page("desk_auditor", "工作台（审计人员）", synthetic.AUDITOR, "/", f"SELECT state, count(*) FROM dispute "
              f"WHERE {BACKLOG} GROUP BY state"),
        _page("case", "案件页", synthetic.MEDIATOR, f"/cases/{known['number']}", *CASE_ROWS),
        _page("statistics", "一个月的统计", synthetic.SUPERVISOR, f"/statistics?period={month}",
              "SELECT outcome, count(*), sum(claimed_fen), sum(headcount) FROM dispute WHERE union_id = :union AND "
              "accepted_on BETWEEN :month_first AND :month_last GROUP BY outcome"),
        _page("statistics_year", "一年的统计（全部旗县）", synthetic.AUDITOR, f"/statistics?period={year}",
              "SELECT outcome, count(*), sum(claimed_fen), sum(headcount) FROM dispute WHERE "
              "accepted_on BETWEEN :year_first AND :year_last GROUP BY outcome"),
        _page("ledger", "台账预览（今年）", synthetic.SUPERVISOR, "/ledger?sheet=cases", "SELECT * FROM dispute WHERE "
              "union_id = :union AND accepted_on >= :month_first ORDER BY id LIMIT 50"),
        _page("ledger_all", "台账预览（全部旗县、全部年份）", synthetic.AUDITOR, "/ledger?sheet=cases&period=",
              "SELECT * FROM dispute ORDER BY id LIMIT 50"),
    ))


def searches(app: Flask) -> Iterator[Line]:
    known = _known(app)
    words = (("name", "查姓名", known["name"]), ("two", "查两个字（常见）", synthetic.TRADES[0][:2]),
             ("rare", "查两个字（名字）", known["name"][:2]), ("tail", "查电话尾号", known["tail"]),
             ("initials", "查拼音首字母", known["initials"]))
    yield from _measured(app, known, [
        Place(f"search_{key}", label, synthetic.SUPERVISOR, _search(word), (FIFTY.replace(":gram", ":gram_" + key),),
              GOALS[f"search_{key}"])
        for key, label, word in words])


def creates(app: Flask) -> Iterator[Line]:
    """A case taken down through the form, page and sending together, against its one row written durably."""
    yield from _measured(app, _known(app), (Place(
        "create", "登记一件（开页＋提交）", synthetic.MEDIATOR, _create,
        ("INSERT INTO access_log (logged_at, role, kind, object, detail, address, request_id) "
         "VALUES ('2026-01-01', '', 'search', '', '', '', '')",), GOALS["create"]),))


def _page(key: str, label: str, who: str, path: str, *floor: str) -> Place:
    return Place(key, label, who, lambda visitor: visitor.get(path), floor, GOALS.get(key, 0))


def _search(word: str) -> Callable[[Visitor], object]:
    return lambda visitor: visitor.get(visitor.send("/cases/search", {"words": word}))


def _create(visitor: Visitor) -> None:
    page = visitor.get("/cases/new")
    visitor.send("/cases/new", {"submit_token": found(SUBMIT, page), **synthetic.told()})


def _known(app: Flask) -> dict[str, object]:
    """A case of the first union, its people, and a place deep in its backlog."""
    mine = select(Case).where(Case.number.startswith("u01-"), Case.is_open == 1, Case.next_due_on.is_not(None))
    with app.app_context():
        case = db.session.scalars(mine.where(Case.headcount == 1).order_by(Case.id.desc())).first()
        deep = mine.with_only_columns(Case.next_due_on, Case.id).order_by(Case.next_due_on, Case.id)
        many = db.session.scalar(select(db.func.count()).select_from(mine.subquery()))
        on, key = db.session.execute(deep.offset(many * 3 // 4)).first()
        party = db.session.scalars(select(Party).where(Party.case_id == case.id, Party.side == "applicant")).first()
        initials = min(sounds.initials(party.name))
        tail, first = party.phone[-6:], today().replace(day=1) - timedelta(1)
        return {
            "station": case.station_id, "middle": db.session.scalar(select(db.func.max(Case.id))) // 2,
            "month_first": first.replace(day=1).isoformat(), "month_last": first.isoformat(),
            "year_first": f"{today().year - 1}-01-01", "year_last": f"{today().year - 1}-12-31",
            "number": case.number, "case": case.id, "stream": f"case:{case.number}", "union": case.union_id,
            "me": case.handler_id, "deep": f"{on.isoformat()}~{key}", "due": on.isoformat(), "deep_id": key,
            "name": party.name, "tail": tail, "initials": initials, "month": first.strftime("%Y-%m"),
            "year": str(today().year - 1), "gram_name": party.name[:2], "gram_rare": party.name[:2],
            "gram_two": synthetic.TRADES[0][:2], "gram_tail": search_index.pieces(tail[-4:])[0],
            "gram_initials": initials[:2]}


def _measured(app: Flask, known: dict[str, object], places: Sequence[Place]) -> Iterator[Line]:
    visitors = {who: Visitor(app, who) for who in dict.fromkeys(place.who for place in places)}
    hello = bare_page()
    for place in places:
        def ask(place: Place = place) -> object:
            return place.ask(visitors[place.who])
        ms, bare = _each(ask), _each(hello)
        with counted() as said:
            ask()
        with app.app_context():
            floor = _each(lambda place=place: _ask(place.floor, known))
        note = f"{ms / bare:.0f} hello，{len(said)}条语句" + (f"，目标≤{place.goal} hello" if place.goal else "")
        yield Line(place.key, place.label, ms / floor, "×", f"{ms:.1f} ms CPU", f"{floor:.2f} ms CPU 只问数据库", note=note,
                   more={"cpu_ms": round(ms, 2), "hellos": round(ms / bare, 1), "statements": len(said),
                         "goal_hellos": place.goal, **plans_of(app, ask)})


def _each(act: Callable[[], object]) -> float:
    """Processor milliseconds of one act, once it is warm."""
    act()
    total, times, until = 0.0, 0, monotonic() + LONGEST
    while times < MOST_TIMES and total < LONG_ENOUGH and (not times or monotonic() < until):
        total += spent(act)
        times += 1
    return 1000 * total / times


def _ask(statements: Sequence[str], known: dict[str, object]) -> None:
    """The statements of a floor, from the engine that the product would take for them."""
    reads = all(statement.startswith("SELECT") for statement in statements)
    with (reading_engine() if reads else db.engine).connect() as connection:
        driver = connection.connection.driver_connection
        for statement in statements:
            values = {name: known[name] for name in re.findall(r":(\w+)", statement)}
            if connection.dialect.name != "sqlite":
                statement = re.sub(r":(\w+)", r"%(\1)s", statement)
            found = driver.execute(statement, values)
            if found.description:
                found.fetchall()


PARTS: dict[str, Callable[[Flask], Iterator[Line]]] = {"pages": pages, "search": searches, "create": creates}
