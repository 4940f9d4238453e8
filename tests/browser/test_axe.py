"""axe finds nothing on any kind of page that any role can reach, and no page is wider than its window."""
from __future__ import annotations

import pytest

from tests import house
from tests.browser import crawling, every_page


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made = every_page.application(tmp_path_factory.mktemp("county"))
    yield made
    with made.app_context():
        house.close_engines()


def test_axe_finds_nothing_on_any_kind_of_page(app, visit):
    found, walked = every_page.faults(visit(), "/login"), every_page.walk(app)
    for username, addresses in walked.pages:
        window = visit(username)
        window.set_viewport_size(crawling.WIDE)
        for address in addresses:
            found += every_page.faults(window, address)
    assert not found, "\n".join(found)
    assert walked.unvisited == set()
