"""A long reading, such as of statistics or an export, stops nobody at the counter."""
from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mediation.cli.bench import acts, measures
from mediation.extensions import db, reading_engine
from mediation.models import Case
from tests import docket, house


@pytest.mark.postgresql
def test_a_case_is_registered_while_a_long_reading_is_under_way(app):
    docket.store_case(app)
    visitor = measures.Visitor(app, "mediator", house.PASSWORD)
    count = select(func.count()).select_from(Case)
    with app.app_context():
        with reading_engine().connect() as reading:
            rows = reading.execution_options(stream_results=True).execute(select(Case.id))
            assert rows.fetchone()  # and is not read to its end
            case = visitor.send(*acts.ACTS[-1].prepare(visitor, {}))
            assert visitor.client.get(case).status_code == 200
            rows.close()
        assert db.session.scalar(count) == 2
        db.session.remove()
