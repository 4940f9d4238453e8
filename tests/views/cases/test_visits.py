"""The follow-ups of a case on their page."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Visit
from tests import casework, house


@pytest.fixture
def base(app) -> str:
    """The address of a case that is being performed."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "PERFORMING", actor)
        db.session.commit()
        return f"/cases/{case.number}"


def test_outsiders(client, base):
    assert client("mediator2").get(f"{base}/visits", status=404).status == 404
    assert client("mediator2").post(f"{base}/visits", {}, status=404).status == 404
    assert client("admin").get(f"{base}/visits", status=403).status == 403


def test_who_only_reads_sees_no_form(client, base):
    page = client("auditor").get(f"{base}/visits")
    assert "还没有回访" in page.text and not page.soup.select("form.form")
    assert client("auditor").post(f"{base}/visits", {}, status=403).status == 403


def test_a_visit_is_recorded_and_shown(client, base, app):
    mediator = client("mediator")
    page = mediator.get(f"{base}/visits")
    done = mediator.submit(page, "form.form", satisfaction="satisfied", note="钱到了，满意。", next_on="12.20")
    assert done.location == base
    with app.app_context():
        row = db.session.scalars(select(Visit)).one()
        assert (row.satisfaction, row.way) == ("satisfied", "phone")
        assert db.session.scalars(select(Case)).one().state == "PERFORMING"
    text = mediator.get(f"{base}/visits").text
    assert "钱到了，满意。" in text and "满意" in text


def test_what_is_missing_is_said_and_the_words_are_kept(client, base):
    mediator = client("mediator")
    again = mediator.submit(mediator.get(f"{base}/visits"), "form.form", 422, note="没人接")
    assert again.form("form.form")[1]["note"] == "没人接"
    assert again.soup.select(".error, .errors")


def test_the_move_leads_to_its_page_and_still_closes_in_one_press(client, base):
    mediator = client("mediator")
    assert mediator.get(f"{base}/moves/visit", status=302).location == f"{base}/visits"
    assert mediator.get(f"{base}/moves/visit_and_close").status == 200


def test_before_the_outcome_there_is_nothing_to_follow_up(client, app):
    with app.app_context():
        actor = house.actor("mediator")
        number = casework.bring(casework.make_case(actor), "MEDIATING", actor).number
        db.session.commit()
    page = client("mediator").get(f"/cases/{number}/visits")
    assert not page.soup.select("form.form")


def test_help_afterwards_is_kept_by_its_kind_with_what_came_of_it(client, base):
    mediator = client("mediator")
    page = mediator.get(f"{base}/visits")
    form = f"form[action='{base}/aftercare']"
    refused = mediator.submit(page, form, **{"aftercare-kind": "help_work", "aftercare-note": "想去电厂"}, status=422)
    assert "请写谁来帮" in refused.text
    assert refused.soup.select_one("[name=aftercare-note]")["value"] == "想去电厂"
    done = mediator.submit(refused, form, **{"aftercare-body": "旗就业服务中心", "aftercare-result": "asked"})
    told = mediator.get(done.location).soup.select_one("#aftercare").find_parent("section").get_text(" ", strip=True)
    assert all(word in told for word in ("就业帮扶", "旗就业服务中心", "已申请，等结果", "想去电厂"))
