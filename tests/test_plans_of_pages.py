"""Every statement behind the pages of every day goes by an index: none reads the whole of a table that grows.

The statements are heard while pages are fetched and forms are sent over some thousand made-up cases, and the database says
how it goes about each.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from mediation.cli.bench import acts, measures, plans, synthetic
from mediation.extensions import db
from mediation.queries.cases import orders
from mediation.services.house import accounts

CASES = 4000
# Read in the order of a page and left after its rows; or what an index of its own holds alone:
# open cases, money that went back, pauses; what is restricted, asked of a body, and not served.
OPEN = frozenset({"ix_dispute_open", "ix_dispute_backlog", "ix_supervision_unanswered", "ix_payment_back",
                  "ix_dispute_sealed", "ix_commission_asked", "ix_paper_to_serve", "ix_clock_change_pause"})
# PostgreSQL reads some thousand rows whole where it would not read a million.
AS_IF_MANY = ("enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "random_page_cost = 0.1",
              "seq_page_cost = 0.1", "cpu_tuple_cost = 5", "cpu_index_tuple_cost = 5")


@pytest.fixture
def cases(app, monkeypatch) -> dict[str, str]:
    monkeypatch.setattr(synthetic, "BLOCK", 200)
    with app.app_context():
        db.session.execute(text("UPDATE account SET username = 'house-' || username"))  # the names are the bench's
        db.session.commit()
        synthetic.fill(accounts.operator("bench", datetime.now(UTC), date.today()), CASES)
    return acts.known(app)


def whole(app, act: Callable[[], object]) -> list[str]:
    """What an act reads from end to end: step and statement."""
    with plans.heard() as said:
        act()
    assert said
    with app.app_context(), db.engine.connect() as connection:
        growing = plans.GROWING
        if connection.dialect.name == "postgresql":
            growing &= {table.name for table in synthetic.TABLES}  # an empty one may be read as it is
            for setting in AS_IF_MANY:
                connection.exec_driver_sql(f"SET {setting}")
        found = [f"{step.words} in {one.statement}" for one in said for step in plans.plan(connection, one)
                 if step.table in growing and step.index not in OPEN and not step.is_walk]
        connection.rollback()
    return list(dict.fromkeys(found))


def looks(case: str) -> Iterator[tuple[str, str]]:
    """Addresses by what they are called."""
    yield "desk", "/"
    for name, query in (("open", ""), ("any", "?state=any"), ("older", "?state=any&after=90"), ("closed", "?state=CLOSED"),
                        ("station", "?station=u01-1"), ("mine", "?handler=mediator01"), ("later", "?after=2026-01-01~1"),
                        ("back", "?before=2030-01-01~1"), ("any back", "?state=any&before=90"),
                        *((f"by {key} {state}", f"?state={state}&sort={sign}{key}") for key in orders.ORDERS
                          for state, sign in (("any", "-"), ("open", "")))):
        yield f"list {name}", f"/cases{query}"
    yield "case", f"/cases/{case}"


def figures(today: date) -> Iterator[tuple[str, str]]:
    """Whole months, a year, odd days, and what is counted because it is narrowed."""
    for query in (f"period={today.year}", f"period={today.year - 1}", f"period={today - timedelta(70):%Y-%m}",
                  f"period={today - timedelta(100)}..{today}", f"period={today.year - 1}&channel=A"):
        yield f"statistics {query}", f"/statistics?{query}"


def searched(visitor: measures.Visitor, words: str) -> None:
    form = {"csrf_token": visitor.token, "words": words}
    visitor.client.post("/cases/search", data=form, follow_redirects=True)


def most_statements(visitor: measures.Visitor) -> int:
    """How many statements a page of statistics of whole months takes at most."""
    numbers = []
    for _label, address in list(figures(date.today()))[:3]:
        with measures.counted() as said:
            visitor.get(address)
        numbers.append(len(said))
    return max(numbers)


@pytest.mark.settings(TODAY=date.today().isoformat())
@pytest.mark.postgresql
def test_no_act_of_every_day_reads_the_whole_of_a_growing_table(app, cases):
    found = {}
    visitors = {who: measures.Visitor(app, name) for who, name in synthetic.WHO.items()}
    for who, visitor in visitors.items():
        for label, address in looks(cases["rich"]):
            found[f"{who}: {label}"] = whole(app, lambda visitor=visitor, address=address: visitor.get(address))
        if who != "mediator":
            for label, address in figures(date.today()):
                found[f"{who}: {label}"] = whole(app, lambda visitor=visitor, address=address: visitor.get(address))
        for words in ("王芳", "工地", "特", "2213", "13847862213", "bte", cases["usual"], "〔2026〕12号", "152824199001011234"):
            found[f"{who}: {words}"] = whole(app, lambda visitor=visitor, words=words: searched(visitor, words))
    for act in acts.ACTS:
        if act.key in ("intake_form", "contact_form", "move", "register"):
            found[act.key] = whole(app, lambda act=act: act.run(visitors["mediator"], act.prepare(
                visitors["mediator"], cases)))
    assert {key: steps for key, steps in found.items() if steps} == {}
    assert max(map(most_statements, (visitors["supervisor"], visitors["auditor"]))) <= 17
