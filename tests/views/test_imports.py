"""Pages of an import beyond the way through it (tests/browser/test_import.py): what was explained of headings."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Event, HeadingMapping, HeadingWord
from mediation.queries.house import digests
from mediation.services.imports import staging
from tests import house, imports


def explain(app) -> int:
    """A register whose heading was explained by hand, and its mapping kept; gives the import."""
    with app.app_context():
        lead = house.actor("lead")
        batch = imports.stage(lead, *imports.GOOD)
        told = {"union_id": batch.union_id, "made_by_id": lead.user_id}
        db.session.add(HeadingWord(heading="老赖", field="respondent", **told))
        staging._keep(batch, staging.Mapping.from_json(batch.mapping), lead, "旗里的台账")
        db.session.commit()
        return batch.id


def test_what_was_explained_is_listed_and_taken_away(app, client):
    explain(app)
    lead = client("lead")
    page = lead.get(lead.get("/import").soup.find("a", string="记住的表头")["href"])
    assert "老赖" in page.text and "旗里的台账" in page.text and "受理日期 → 受理日期" in page.text
    done = lead.submit(page, "form[action*='/words/']")
    assert "已删除" in lead.get(done.location).text
    lead.submit(lead.get("/import/words"), "form[action*='/mappings/']")
    with app.app_context():
        assert db.session.scalars(select(HeadingWord)).all() == db.session.scalars(select(HeadingMapping)).all() == []
        kinds = db.session.scalars(select(Event.kind).where(Event.kind.like("%_forgotten")).order_by(Event.id)).all()
        assert (list(kinds), digests.verify()) == (["heading_forgotten", "mapping_forgotten"], [])


def test_another_union_and_other_roles_see_none_of_it(app, client):
    explain(app)
    with app.app_context():
        key = db.session.scalars(select(HeadingWord.id)).one()
    stranger = client("mediator2")
    stranger.get("/import/words", status=403)
    other = client("supervisor2")
    assert "老赖" not in other.get("/import/words").text
    other.post(f"/import/words/{key}/forget", {}, status=404)
    client("mediator").get("/import/words", status=403)
