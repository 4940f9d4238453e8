"""What a body sends becomes a letter on the case, under its own kind and with its own clock."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency
from mediation.queries.house import digests
from mediation.services.bodies import handovers
from mediation.services.cases import origins
from tests import casework, house

pytestmark = pytest.mark.postgresql


def test_a_transfer_stands_with_the_case_and_shares_nothing_by_itself(actor, tmp_path):
    mediator = actor("mediator")
    house.get_user("liaison").agency_id = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
    db.session.flush()
    row = handovers.send(handovers.Sent("transfer", "中人社移3号", "", None, {
        "name": "萨仁", "told": "牧丰养殖", "narrative": "欠薪"}), actor("liaison"), tmp_path)
    row.draft_token = "token"
    case = casework.make_case(mediator)
    origins.link_case("token", case, mediator)
    db.session.expire(case)
    [letter] = case.commissions
    assert (letter.kind, letter.direction, letter.document_number) == ("transfer", "in", "中人社移3号")
    assert letter.reply_due_on == date(2026, 11, 23)  # three working days after Wednesday 18 November
    assert letter.shared_parts == [] and row.state == "case"
    db.session.commit()
    assert digests.verify() == []
