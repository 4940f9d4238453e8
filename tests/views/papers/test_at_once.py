"""Two people issue at the very same moment: each number once, none lost, the second told, nothing half-stored.

On SQLite the requests start together and one waits for the lock; on PostgreSQL both have read the case and stand before
the drawing of the number when they are let go.
"""
from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Counter, Event, KeptPage, Paper
from mediation.queries.audit import contradictions
from mediation.queries.house import checks, digests
from mediation.services.papers import issued_papers, kept_pages
from tests import casework, house, prepared
from tests.pages import Page, PageClient

pytestmark = pytest.mark.postgresql
FIRST, SECOND = "乌中工调受〔2026〕1号", "乌中工调受〔2026〕2号"
PATIENCE = 60  # seconds, after which a test that waits for nothing ends


@pytest.fixture
def together(app, monkeypatch) -> Callable[..., list[Page]]:
    """Send forms at one moment, one thread each; gives the answers in the order of the forms."""
    with app.app_context():
        is_one_lock = db.engine.dialect.name == "sqlite"

    def send(*forms: tuple[PageClient, Page, str, dict[str, str]]) -> list[Page]:
        gate, answers = threading.Barrier(len(forms)), {}
        if not is_one_lock:
            drawing = issued_papers.draw
            monkeypatch.setattr(issued_papers, "draw", lambda *given: (gate.wait(PATIENCE), drawing(*given))[1])

        def press(n: int, visitor: PageClient, page: Page, form: str, typed: dict[str, str]) -> None:
            if is_one_lock:
                gate.wait(PATIENCE)
            answers[n] = visitor.submit(page, form, status=None, **typed)
        threads = [threading.Thread(target=press, args=(n, *form)) for n, form in enumerate(forms)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        monkeypatch.undo()
        return [answers[n] for n in range(len(forms))]
    return send


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, casework.store_case, "ACCEPTED")


def form_of(number: str) -> str:
    return f"form[action='/cases/{number}/papers']"


def stored(app) -> tuple[list[str], int, int, int]:
    """Numbers of the papers on record, the number drawn last, what is kept (pages, and their one template), and the
    entries of the journal about them."""
    with app.app_context():
        assert (checks.run(), list(digests.verify())) == ([], [])
        union = house.get_station("urad-middle").id
        assert [row.found for row in contradictions.of_numbers([union])] == []
        return (sorted(db.session.scalars(select(Paper.number))),
                db.session.scalar(select(Counter.last).where(Counter.series == "paper-acceptance")) or 0,
                db.session.scalar(select(func.count()).select_from(KeptPage)),
                db.session.scalar(select(func.count()).where(Event.kind.in_(("paper_recorded", "paper_served")))))


def test_one_of_two_issues_the_paper_and_the_other_is_told(app, client, number, together):
    people = client("mediator"), client("lead")
    answers = together(*((who, who.get(f"/cases/{number}/papers/acceptance"), form_of(number), {}) for who in people))
    assert sorted(one.status for one in answers) == [303, 422]
    assert stored(app) == ([FIRST], 1, 2, 1)
    [(late, told)] = [(who, one) for who, one in zip(people, answers, strict=True) if one.status == 422]
    assert any("先做了一步（文书" in error for error in told.errors), told.errors
    shown = late.get(f"/cases/{number}/papers/acceptance")
    assert FIRST in shown.text and not shown.soup.select(form_of(number))
    late.submit(told, "#record form", given_way="hand", given_to="巴特尔")
    assert stored(app) == ([FIRST, FIRST], 1, 2, 2)


def test_two_who_hand_over_the_same_paper_at_once_have_one_number(app, client, number, together):
    people = client("mediator"), client("lead")
    pages = [who.get(f"/cases/{number}/papers?kind=acceptance") for who in people]
    answers = together(*((who, page, "#record form", {"given_way": "hand", "given_to": to})
                         for who, page, to in zip(people, pages, ("巴特尔", "李老板"), strict=True)))
    assert sorted(one.status for one in answers) == [303, 422]
    assert stored(app) == ([FIRST], 1, 2, 1)
    [(to, late, told)] = [(to, who, one) for to, who, one in zip(("巴特尔", "李老板"), people, answers, strict=True)
                          if one.status == 422]
    assert told.form("#record form")[1]["given_to"] == to
    late.submit(told, "#record form")
    assert stored(app) == ([FIRST, FIRST], 1, 2, 2)


def test_the_first_papers_of_a_year_in_two_cases_have_a_number_each(app, client, number, together):
    other = casework.store_case(app, "ACCEPTED")
    people = client("mediator"), client("lead")
    answers = together(*((who, who.get(f"/cases/{which}/papers/acceptance"), form_of(which), {})
                         for who, which in zip(people, (number, other), strict=True)))
    assert [one.status for one in answers] == [303, 303]
    assert stored(app) == ([FIRST, SECOND], 2, 3, 2)
    with app.app_context():
        of_cases = {case: paper for case, paper in db.session.execute(
            select(Case.number, Paper.number).join(Paper, Paper.case_id == Case.id))}
    for who, which in zip(people, (number, other), strict=True):
        assert of_cases[which] in who.get(f"/cases/{which}/papers/acceptance").text


def test_a_number_drawn_by_an_issue_that_breaks_off_goes_to_the_next(app, client, number, monkeypatch):
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers/acceptance")

    def full(*_given) -> str:
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(kept_pages, "keep", full)
    refused = mediator.submit(page, form_of(number), status=503)
    assert "磁盘满了" in refused.text and "什么都没有存" in refused.text
    monkeypatch.undo()
    assert stored(app) == ([], 0, 0, 0)
    mediator.submit(page, form_of(number))
    assert stored(app) == ([FIRST], 1, 2, 1)


def test_the_form_of_another_union_draws_no_number(app, client, number):
    page = client("mediator").get(f"/cases/{number}/papers/acceptance")
    assert client("mediator2").submit(page, form_of(number), status=404).status == 404
    assert stored(app) == ([], 0, 0, 0)
