"""axe finds nothing on any kind of page, on a telephone and at a desk, in both languages."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from mediation.models import User
from tests import house
from tests.browser import crawling, every_page


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made = every_page.application(tmp_path_factory.mktemp("county"))
    yield made
    with made.app_context():
        house.close_engines()


@pytest.fixture(scope="module")
def walked(app) -> every_page.Walk:
    return every_page.walk(app, has_blanks=True)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [crawling.WIDE, crawling.NARROW], ids=["desk", "telephone"])
def test_axe_finds_nothing_on_any_kind_of_page(app, visit, walked, size, language):
    with app.app_context():
        db.session.execute(db.update(User).values(language=language))
        db.session.commit()
    found = []
    for username, addresses in walked.pages:
        window = visit(username)
        window.set_viewport_size(size)
        window.set_default_timeout(60_000)  # how fast pages come is another drill
        for address in addresses:
            found += every_page.faults(window, address)
    assert not found, "\n".join(found)
    assert walked.unvisited == set()
