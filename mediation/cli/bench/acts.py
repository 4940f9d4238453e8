"""What single acts of the product cost: statements and processor time, in units of a bare page with a session.

``hello`` is that page, in a bare Flask application, called in this process between the acts. One hello is the least
that any page behind a log-in can cost, so that a figure in hellos says the same on a fast and on a busy machine. The
goals are those of the table of acts (light.md 6).
"""
from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from mediation.cli.bench import synthetic
from mediation.cli.bench.measures import SUBMIT, Line, Visitor, bare_page, counted, found, plans_of, spent
from mediation.extensions import db
from mediation.models import Case

LEAST_TIMES, MOST_TIMES = 5, 25
LONG_ENOUGH = 0.4  # seconds of processor time after which an act has been measured often enough
HELLOS = 5  # so many before each act
VERSION = re.compile(r'name="version"\s+value="(\d+)"')
PERSON = re.compile(r'name="party"[^>]*\svalue="(\d+)"')


class Act(NamedTuple):
    """One act: who does it, what must be there before (not measured), and how many hellos and statements it may take.

    ``prepare`` gives what ``run`` needs: the path of a page, or a path with the form to be sent there.
    """

    key: str
    label: str
    who: str  # mediator, supervisor, auditor; '' for somebody without a log-in
    hellos: int
    statements: int
    prepare: Callable[[Visitor, Mapping[str, str]], object]
    run: Callable[[Visitor, object], object]


def _page(key: str, label: str, who: str, hellos: int, statements: int, path: str) -> Act:
    return Act(key, label, who, hellos, statements, lambda visitor, cases: path.format(**cases),
               lambda visitor, address: visitor.get(address))


def _press(key: str, label: str, hellos: int, statements: int, prepare: Callable) -> Act:
    return Act(key, label, "mediator", hellos, statements, prepare, lambda visitor, given: visitor.send(*given))


def _intake(visitor: Visitor, _cases: Mapping[str, str]) -> tuple[str, dict]:
    page = visitor.get("/cases/new")
    return "/cases/new", {"submit_token": found(SUBMIT, page), **synthetic.told()}


def _move(visitor: Visitor, cases: Mapping[str, str]) -> tuple[str, dict]:
    """The other side is asked and agrees, in a case that was registered for this."""
    address = visitor.send(*_intake(visitor, cases)) + "/moves/ask_consent"
    page = visitor.get(address)
    return address, {"submit_token": found(SUBMIT, page), "version": found(VERSION, page), "happened_on": "今天",
                     "party": found(PERSON, page), "way": "phone", "answer": "agrees", "note": "电话里说愿意来谈。"}


ACTS: tuple[Act, ...] = (
    _page("login", "登录页", "", 3, 1, "/login"),
    _page("list", "未结案件50件", "supervisor", 20, 6, "/cases"),
    _page("case", "案件页（平常）", "mediator", 25, 12, "/cases/{usual}"),
    _page("case_rich", "案件页（内容多）", "mediator", 35, 20, "/cases/{rich}"),
    _page("desk_mediator", "工作台（调解员）", "mediator", 30, 12, "/"),
    _page("desk_supervisor", "工作台（分管负责人）", "supervisor", 45, 20, "/"),
    _page("desk_auditor", "工作台（审计人员）", "auditor", 70, 20, "/"),
    _page("intake_form", "登记页（打开）", "mediator", 10, 3, "/cases/new"),
    _page("contact_form", "联系页（打开）", "mediator", 35, 8, "/cases/{usual}/contacts"),
    _press("move", "一步办理（提交）", 40, 15, _move),
    _press("register", "登记一件（提交）", 50, 20, _intake),
)


def measure(app: Flask) -> Iterator[Line]:
    """A line for each act: statements of its second time, median of processor time, the same in hellos."""
    cases = known(app)
    visitors = {who: Visitor(app, name) for who, name in synthetic.WHO.items()} | {"": Visitor(app)}
    counts = {act.key: statements(act, visitors[act.who], cases) for act in ACTS}
    times, hello = _times(visitors, cases)
    for act in ACTS:
        ms = 1000 * times[act.key]
        hellos = times[act.key] / hello
        yield Line(f"act_{act.key}", act.label, hellos, "hello", f"{ms:.1f} ms CPU", f"{1000 * hello:.3f} ms CPU hello",
                   act.hellos, True, f"{counts[act.key]}条语句，目标{act.statements}", {
                       "act": act.key, "statements": counts[act.key], "cpu_ms": round(ms, 2),
                       "hellos": round(hellos, 1), "goal": act.hellos, "goal_statements": act.statements,
                **plans_of(app, lambda act=act: act.run(visitors[act.who], act.prepare(visitors[act.who], cases)))})


def known(app: Flask) -> dict[str, str]:
    """Numbers of the two cases that are looked at; the rich one is made where a folder has none yet."""
    with app.app_context():
        mine = select(Case.number).where(Case.number.startswith("u01-"), Case.is_open == 1).order_by(Case.id)
        usual = db.session.scalar(mine.where(Case.headcount == 1, Case.state == "MEDIATING").limit(1))
        rich = db.session.scalar(mine.where(Case.title.startswith(synthetic.RICH)).limit(1))
        if rich is None:
            rich = synthetic.rich_case(synthetic.MEDIATOR).number
            db.session.commit()
        db.session.remove()
    return {"usual": usual, "rich": rich}


def statements(act: Act, visitor: Visitor, cases: Mapping[str, str]) -> int:
    """How many SQL statements the act takes once it is warm."""
    act.run(visitor, act.prepare(visitor, cases))
    given = act.prepare(visitor, cases)
    with counted() as said:
        act.run(visitor, given)
    return len(said)


def _times(visitors: Mapping[str, Visitor], cases: Mapping[str, str]) -> tuple[dict[str, float], float]:
    """Median processor seconds of each act, and of a hello; act follows act, so that all meet the same machine."""
    hello, hellos = bare_page(), []
    taken: dict[str, list[float]] = {act.key: [] for act in ACTS}
    for _round in range(MOST_TIMES):
        for act in ACTS:
            mine = taken[act.key]
            if len(mine) >= LEAST_TIMES and sum(mine) >= LONG_ENOUGH:
                continue
            given = act.prepare(visitors[act.who], cases)
            hellos += [spent(hello) for _time in range(HELLOS)]
            mine.append(spent(lambda act=act, given=given: act.run(visitors[act.who], given)))
    return {key: statistics.median(mine) for key, mine in taken.items()}, statistics.median(hellos)
