"""Two at once: the second to send a form learns who was first, keeps his words, and sees both versions."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Event
from mediation.rules import journal as kinds
from mediation.services.cases import moves
from mediation.services.people import employers
from mediation.views import firsts
from tests import casework, house
from tests.views.test_press import PLACES

# Forms that change what stands: who has it open twice, its page, a field, and what the first and the second type there.
EDITS = {
    "admin.change_agency": ("admin", "admin", "/admin/agencies/{court}", "phone", "0478-1111111", "0478-2222222"),
    "admin.change_setting": ("admin", "admin", "/admin/settings", "value", "周管理 分机1", "周管理 分机2"),
    "admin.change_station": ("admin", "admin", "/admin/stations/{window}", "address", "东街1号", "西街2号"),
    "admin.change_user": ("admin", "admin", "/admin/users/{colleague}", "certificates", "证甲", "证乙"),
    "admin.set_duty": ("lead", "supervisor", "/admin/duty?station={practice}", "d6", "{colleague}", "{mediator}"),
    "claims.change": ("mediator", "lead", "/cases/{open}/claims/{claim}", "note", "按日工资", "按月工资"),
    "employers.change": ("lead", "supervisor", "/employers/{employer}/edit", "address", "东街1号", "西街2号"),
    "employers.set_democracy": ("lead", "supervisor", "/employers/{employer}/democracy", "{question}", "yes", "no"),
    "parties.change": ("mediator", "lead", "/cases/{open}/parties/{worker}", "phone_note", "晚上打", "早上打"),
    "parties.choose_representatives": ("mediator", "lead", "/cases/{open}/parties/representatives", "representatives",
                                       "{worker}", "{second}"),
}
# What is called a change and shows nothing of before to be overwritten.
ADDED = {
    "coordination.change_due": "asks for the new day and why; the old ones stay in the history",
    "law.change_channel": "asks for the new channel and why; a move of the case, judged by its version",
    "sealing.change": "narrows or lifts; the readers named are added to the event",
    "imports.settle": "a sheet that one person is bringing in",
    "papers.set_wording": "a further edition beside those of before",
    "law.set_heads": "answers of a check, each kept as a row of its own",
    "auth.change_password": "the own password",
    "prevention.settle": "marks a lead as settled",
    "supervision.set_absence": "a further absence",
    "admin.set_local_day": "a day of the calendar, by its date",
}


@pytest.fixture
def office(app) -> dict[str, object]:
    with app.app_context():
        who = house.actor("mediator")
        case = casework.bring(casework.make_case(who, 2), "MEDIATING", who)
        row = employers.register({"name": "乌拉特中旗宏远劳务有限公司"}, who)
        court = db.session.scalars(select(Agency.id).where(Agency.code == "court")).one()
        made = {"open": case.number, "claim": case.claims[0].id, "worker": case.parties[0].id,
                "second": case.parties[1].id, "employer": row.id, "court": court, "question": "union",
                "colleague": house.get_user("colleague").id, "mediator": house.get_user("mediator").id,
                "window": house.get_station("window").id, "practice": house.get_station("practice").id}
        db.session.commit()
        return made


def test_every_form_that_changes_what_stands_is_in_the_list():
    changing = {name for name in PLACES if name.partition(".")[2].startswith(("change", "set", "choose", "settle"))}
    assert changing == {*EDITS, *ADDED}


@pytest.mark.parametrize("endpoint", sorted(EDITS))
def test_r55_a_stale_edit_shows_both_versions_and_nothing_is_lost(app, client, office, endpoint):
    """R55: the second is refused with both texts and the first's name; pressed once more, it is taken."""
    one, two, *rest = EDITS[endpoint]
    page, field, first, second = (str(said).format(**office) for said in rest)
    winner, loser = client(one), client(two)
    form = f"main form[method=post][action^='{page.partition('?')[0]}']"
    field = "union" if field == "question" else field
    shown, stale = winner.get(page), loser.get(page)
    why = {"reason": "算错了"} if endpoint == "claims.change" else {}
    winner.submit(shown, form, **{field: first}, **why)
    refused = loser.submit(stale, form, 422, **{field: second}, **why)
    with app.app_context():
        name = house.get_user(one).name
        before = db.session.scalars(select(Event.hash).order_by(Event.id.desc()).limit(1)).one()
    assert f"{name}在" in refused.text and "先做了一步" in refused.text
    sides = refused.all(".both tbody tr td")
    assert len(sides) >= 2 and sides[0] != sides[1]
    kept = refused.form(form)[1][field]
    assert (kept[0] if isinstance(kept, list) else kept) == second
    loser.submit(refused, form)
    with app.app_context():
        assert db.session.scalars(select(Event.hash).order_by(Event.id.desc()).limit(1)).one() != before


def test_who_comes_too_late_for_a_step_learns_who_was_first(app, client, office):
    """Both have the case open; one concludes it, and the other's step is no longer possible."""
    address = f"/cases/{office['open']}/moves/fail"
    loser = client("lead")
    stale = loser.get(address)
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == office["open"])).one()
        casework.step(case, "fail", house.actor("mediator"))
        db.session.commit()
    refused = loser.submit(stale, f"form[action='{address}']", 422, note="双方差得太远，谈不拢")
    assert "王调解在" in refused.text and "双方差得太远，谈不拢" in refused.text


def test_the_outsider_is_not_told_who_was_first(app, client, office):
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == office["open"])).one()
        casework.step(case, "fail", house.actor("mediator"))
        db.session.commit()
    answer = client("mediator2").post(f"/cases/{office['open']}/claims/{office['claim']}", {"note": "别处的话"}, status=404)
    assert "王调解" not in answer.text


def test_who_is_shut_out_by_somebodys_step_learns_it_with_the_own_words(app, client, office):
    """The case is given to somebody else while a mediator writes: 403 with who did it, and the words."""
    number = office["open"]
    writer = client("mediator")
    page = writer.get(f"/cases/{number}/claims/{office['claim']}")
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        who = house.actor("lead")
        moves.move(case, "reassign", {"happened_on": who.today, "mediator": house.get_user("colleague").id,
                                      "reason": "转给同事"}, who)
        db.session.commit()
    refused = writer.submit(page, f"form[action='/cases/{number}/claims/{office['claim']}']", 403, note="按月工资算的")
    assert "张站长在" in refused.text and "按月工资算的" in refused.text


@pytest.mark.parametrize("kind", sorted(kinds.KINDS))
def test_what_somebody_did_first_is_said_in_words_whatever_it_was(kind):
    said = kinds.KINDS[kind].text
    for text in (said.zh, said.en):
        told = firsts.beginning(text)
        assert "{" not in told and len(told) > 1, told
