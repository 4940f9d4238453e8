"""Drafts: sealed, one per account and place, offered to their owner only."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from mediation.extensions import db
from mediation.services.cases import drafts

pytestmark = pytest.mark.postgresql

BODY = [("name", "巴特尔"), ("flags", "rural"), ("flags", "injury")]


def test_a_draft_comes_back_in_its_order(actor):
    drafts.save(actor(), "intake", BODY)
    assert drafts.fields(drafts.find(actor(), "intake")) == BODY


def test_one_draft_per_account_and_place(actor):
    first = drafts.save(actor(), "intake", BODY)
    second = drafts.save(actor(), "intake", [("name", "苏和")])
    assert first.id == second.id
    assert drafts.fields(second) == [("name", "苏和")]


def test_drafts_are_nobody_elses(actor):
    made = drafts.save(actor(), "intake", BODY)
    assert drafts.find(actor("colleague"), "intake") is None
    assert drafts.find_by_uid(actor("colleague"), made.uid) is None
    assert drafts.offered(actor("colleague"), "intake") == []


def test_drafts_are_sealed(actor):
    drafts.save(actor(), "intake", BODY)
    stored = db.session.execute(text("SELECT body_sealed FROM draft")).scalar()
    assert stored.startswith("k1:")
    assert "巴特尔" not in stored


def test_every_page_keeps_its_own_and_all_are_offered(actor):
    drafts.save(replace(actor(), now=actor().now - timedelta(minutes=5)), "intake:a", BODY)
    drafts.save(actor(), "intake:b", BODY)
    drafts.save(actor(), "case:x", BODY)
    assert [row.place for row in drafts.offered(actor(), "intake")] == ["intake:b", "intake:a"]


def test_a_dropped_draft_is_gone(actor):
    drafts.save(actor(), "intake", BODY)
    drafts.drop(actor(), "intake")
    drafts.drop(actor(), "intake")
    assert drafts.find(actor(), "intake") is None


def test_drafts_are_kept_a_week(actor):
    drafts.save(actor(), "intake:old", BODY)
    later = replace(actor(), now=actor().now + timedelta(days=8))
    assert drafts.offered(later, "intake") == []
    drafts.save(later, "intake:new", BODY)
    assert drafts.find(actor(), "intake:old") is None


def test_absurdly_much_is_not_kept(actor):
    assert drafts.save(actor(), "intake", [("narrative", "长" * drafts.MAX_BYTES)]) is None
