"""axe finds nothing on any kind of page that any role can reach."""
from __future__ import annotations

import pytest

from tests import prepared
from tests.browser import crawling


@pytest.fixture
@prepared.kept
def county(app) -> dict[str, str]:
    return crawling.fill(app)


def test_axe_finds_nothing_on_any_kind_of_page(app, visit, county):
    found = crawling.violations(visit(), "/login")
    for username, addresses in crawling.kinds_of_pages(app):
        window = visit(username)
        window.set_viewport_size(crawling.WIDE)
        for address in addresses:
            found += crawling.violations(window, address)
    assert not found, "\n".join(found)
