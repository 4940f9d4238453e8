"""Lists and desks read by index: no statement of theirs looks at a whole table that grows. These are SQLite's plans; those
of PostgreSQL need the statistics of a filled office."""
from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from mediation.extensions import db
from mediation.queries.cases import search
from mediation.queries.desk import first_page, oversight, supervision
from tests import docket, house

# Tables that grow with the cases; stations, accounts and the like do not.
GROWING = frozenset("""dispute party claim agreement instalment instalment_share payment payment_share consent contact
    hearing visit supervision commission case_member external_number search_gram event""".split())
# Indexes that hold few rows, however many cases there are: what is restricted, asked, supervised, not served.
FEW = frozenset({("dispute", "ix_dispute_sealed"), ("commission", "ix_commission_asked"),
                 ("supervision", "ix_supervision_unanswered"), ("paper", "ix_paper_to_serve")})
READERS = ("mediator", "lead", "supervisor", "liaison", "auditor")
SCAN = re.compile(r"SCAN (\w+)")
# Walked in the order of the page and left after fifty rows: the open cases by their index, all cases by their key.
WALKS = frozenset({("dispute", "ix_dispute_open"), ("dispute", "ix_dispute_backlog")})


def plans(work) -> list[tuple[str, str]]:
    """Each step of the plans of what a piece of work reads, with its statement."""
    sent = []

    def listener(*seen) -> None:
        if seen[2].startswith(("SELECT", "WITH")):
            sent.append((seen[2], seen[3]))

    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert sent
    connection = db.session.connection()
    return [(row[3], statement) for statement, values in sent
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def scans(work, walks: frozenset = WALKS) -> list[str]:
    """The steps of a piece of work that read the whole of a growing table, but for ``walks``."""
    found = []
    for step, statement in plans(work):
        read, index = SCAN.match(step), re.search(r"INDEX (\w+)", step)
        if read and read[1] in GROWING and (read[1], index[1] if index else "") not in walks:
            found.append(f"{step} in {statement}")
    return found


def sorts(work) -> list[str]:
    """The statements about cases whose rows are sorted before the first is given."""
    return [statement for step, statement in plans(work) if "TEMP B-TREE FOR ORDER BY" in step
            and "FROM dispute" in statement]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("values", [
    {"state": "open"}, {"state": "MEDIATING"}, {"state": "open", "kind": "wages"}, {"state": "open", "handler": "me"},
    {"state": "open", "station": "own"}, {"state": "open", "due": "overdue"}, {"state": "open", "late": "any"}])
def test_a_page_of_the_backlog_reads_no_whole_table(inside, name, values):
    docket.open_case()
    actor = house.actor(name)
    known = {key: value for key, value in values.items() if name != "liaison" or key in ("state", "kind")}
    for after in ("", "2026-01-01~1", "~1"):
        assert scans(lambda after=after: search.page(search.Filter(known), actor, after)) == []


@pytest.mark.parametrize("name", ["mediator", "lead", "supervisor", "liaison"])
def test_a_page_of_all_states_of_one_union_reads_no_whole_table(inside, name):
    docket.open_case()
    assert scans(lambda: search.page(search.Filter({"state": "any"}), house.actor(name))) == []


def test_all_states_of_many_unions_are_walked_by_key(inside):
    docket.open_case()
    actor, walks = house.actor("auditor"), WALKS | {("dispute", "")}
    assert scans(lambda: search.page(search.Filter({"state": "any"}), actor), walks) == []
    assert sorts(lambda: search.page(search.Filter({"state": "any"}), actor)) == []


@pytest.mark.parametrize("name", READERS)
def test_a_number_is_looked_up_by_index(inside, name):
    docket.open_case()
    assert scans(lambda: search.find_exact("X-2026-1", house.actor(name)), frozenset()) == []


@pytest.mark.parametrize("name", READERS)
def test_a_desk_reads_no_whole_table(inside, name):
    docket.open_case()
    actor = house.actor(name)

    def look() -> None:
        found = first_page.build(actor)
        if name == "supervisor":
            oversight.build(actor, found.late_sums, found.swept)
            supervision.unanswered(actor, "supervise", first_page.SHOWN)
        if name == "lead":
            oversight.workload(actor, found.swept)
        if name in ("mediator", "lead"):
            supervision.open_for(actor)
        if name == "auditor":
            oversight.changes(actor)
    assert scans(look, WALKS | FEW) == []


def test_one_unions_people_read_one_union(inside):
    docket.open_case()
    assert search.union_of(house.actor("supervisor")) == house.actor("supervisor").union_id
    assert search.union_of(house.actor("auditor")) is None and search.union_of(house.actor("mediator")) is None
    assert scans(lambda: search.page(search.Filter({"state": "open"}), house.actor("supervisor")), frozenset()) == []
