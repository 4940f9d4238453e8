"""axe finds nothing on any kind of page, on a telephone and at a desk, in both languages."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from mediation.models import User
from tests import prepared
from tests.browser import crawling


@pytest.fixture
@prepared.kept
def county(app) -> dict[str, str]:
    return crawling.fill(app)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [crawling.WIDE, crawling.NARROW], ids=["desk", "telephone"])
def test_axe_finds_nothing_on_any_kind_of_page(app, visit, county, size, language):
    with app.app_context():
        db.session.execute(db.update(User).values(language=language))
        db.session.commit()
    found = []
    for username, addresses in crawling.kinds_of_pages(app):
        window = visit(username)
        window.set_viewport_size(size)
        for address in addresses:
            found += crawling.violations(window, address)
    assert not found, "\n".join(found)
