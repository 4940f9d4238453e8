"""Keeping the house: accounts and their confirmation, stations, bodies, calendar, duty, marks; one event each."""
from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import CalendarDay, Duty, Event
from mediation.queries.house import admin as house_queries
from mediation.rules.language import Refused
from mediation.services.cases.moves import Forbidden
from mediation.services.desk import duty
from mediation.services.house import accounts, admin, calendar, setup
from mediation.services.house.admin import Place
from tests import casework
from tests.house import PASSWORD, TODAY, get_station, get_user

pytestmark = pytest.mark.postgresql


def count(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(Event.kind == kind))


def said(caught) -> str:
    return "；".join(problem.text.zh for problem in caught.value.problems)


def practice(role: str = "mediator") -> Place:
    return Place(role, get_station("practice"))


# Accounts


def test_an_account_waits_for_confirmation(actor):
    row, secret = admin.create_user("wulan", "乌兰", practice(), actor("admin"))
    assert row.confirmed_at is None and row.must_change
    db.session.commit()  # a log-in is checked with no transaction open
    with pytest.raises(Refused):
        accounts.authenticate("wulan", secret, actor("admin"))
    admin.confirm_user(get_user("wulan"), actor("supervisor"))
    db.session.commit()
    found, key = accounts.authenticate("wulan", secret, actor("admin"))
    assert found.username == "wulan" and key


def test_unconfirmed_unknown_and_wrong_give_the_same_answer(actor):
    _row, secret = admin.create_user("wulan", "乌兰", practice(), actor("admin"))
    db.session.commit()
    sentences = set()
    for name, password in (("wulan", secret), ("nobody", secret), ("mediator", "wrong")):
        with pytest.raises(Refused) as caught:
            accounts.authenticate(name, password, actor("admin"))
        sentences.add(said(caught))
    assert len(sentences) == 1


@pytest.mark.parametrize("make", [
    lambda actor: accounts.create(accounts.operator("root", actor("admin").now, TODAY), "byhand", "运维建",
                                  "mediator", get_station("practice"), password=PASSWORD),
    lambda actor: accounts.create(actor("admin"), "byhand", "演示", "mediator", get_station("practice"),
                                  password=PASSWORD, is_demo=True)])
def test_accounts_of_the_command_line_and_the_demonstration_are_confirmed(actor, make):
    row, _secret = make(actor)
    assert row.confirmed_at is not None
    db.session.commit()
    assert accounts.authenticate("byhand", PASSWORD, actor("admin"))


def test_nobody_confirms_what_is_not_below_or_was_made_by_himself(actor):
    row, _secret = admin.create_user("wulan", "乌兰", practice(), actor("admin"))
    for username in ("supervisor2", "lead", "admin"):
        with pytest.raises(Forbidden):
            admin.confirm_user(row, actor(username))
    row.created_by_id = get_user("supervisor").id
    with pytest.raises(Forbidden):
        admin.confirm_user(row, actor("supervisor"))


def test_all_problems_of_an_account_come_at_once(actor):
    with pytest.raises(Refused) as caught:
        admin.create_user("X", "", Place("king", None), actor("admin"))
    assert {problem.field for problem in caught.value.problems} == {"username", "name", "role", "station"}


def test_a_liaison_belongs_to_a_body_of_the_union(actor):
    court = next(a for a in house_queries.agencies(actor("admin")) if a.code == "court")
    with pytest.raises(Refused) as caught:
        admin.create_user("lian", "联络", Place("liaison", get_station("example"), court), actor("admin"))
    assert "不属于所选站点的工会" in said(caught)
    row, _secret = admin.create_user("lian", "联络", Place("liaison", get_station("urad-middle"), court), actor("admin"))
    assert row.agency_id == court.id


def test_a_moved_account_is_logged_out_and_waits_again(actor):
    """R16: new session id at log-in."""
    row = get_user("colleague")
    _found, key = accounts.authenticate("colleague", PASSWORD, actor("admin"))
    fields = admin.change_user(row, "李同事", practice("lead"), actor("admin"))
    assert fields == ["role"]
    assert row.confirmed_at is None
    now = actor("admin").now
    assert accounts.find_account(key, now, timedelta(hours=1), timedelta(hours=1)) is None
    assert count("user_changed") == 1


def test_a_new_telephone_needs_no_confirmation(actor):
    row = get_user("colleague")
    assert admin.change_user(row, row.name, practice(), actor("admin"), phone="0478-1") == ["phone"]
    assert row.confirmed_at is not None
    assert admin.change_user(row, row.name, practice(), actor("admin"), phone="0478-1") == []
    assert count("user_changed") == 1


def test_the_scope_of_resetting_passwords(actor):
    colleague, window = get_user("colleague"), get_user("window")
    assert admin.reset_password(colleague, actor("lead"))
    assert admin.reset_password(window, actor("admin"))
    for row, username in ((window, "lead"), (colleague, "supervisor"), (colleague, "mediator")):
        with pytest.raises(Forbidden):
            admin.reset_password(row, actor(username))


def test_disabling_twice_or_oneself_is_refused(actor):
    colleague = get_user("colleague")
    admin.disable_user(colleague, "调走", actor("admin"))
    with pytest.raises(Refused):
        admin.disable_user(colleague, "调走", actor("admin"))
    with pytest.raises(Refused):
        admin.disable_user(get_user("admin"), "退休", actor("admin"))
    with pytest.raises(Refused):
        admin.reset_password(colleague, actor("admin"))
    admin.enable_user(colleague, actor("admin"))
    assert colleague.is_active and colleague.confirmed_at is None


# Stations


def test_paths_below_follow_a_moved_station(actor):
    clerk = actor("admin")
    league = admin.save_station(None, {"code": "bayannur", "name": "巴彦淖尔市总工会", "kind": "league", "channel": "A"},
                                get_station("region"), clerk)
    union = get_station("urad-middle")
    setup.save_station(clerk, "urad-middle", union.name, "union", league)
    assert get_station("practice").path == f"{league.path}{union.id}/{get_station('practice').id}/"
    assert get_station("practice").union_id == union.id


def test_an_empty_site_may_change_its_union_and_one_with_cases_may_not(actor):
    studio, values = get_station("studio"), {"name": "工作室", "kind": "studio", "channel": "A"}
    admin.save_station(studio, values, get_station("example"), actor("admin"))
    assert get_station("studio").union_id == get_station("example").id
    casework.make_case(actor("mediator"))
    with pytest.raises(Refused) as caught:
        admin.save_station(get_station("practice"), values, get_station("example"), actor("admin"))
    assert "已有案件" in said(caught)


# Calendar


NOTICE = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。二、春节：2月5日（周五）至11日（周四）放假调休，共7天。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。
五、端午节：6月9日（周三）放假，共1天。六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。"""


def test_a_saved_year_moves_the_deadlines_it_touches(actor):
    mediator = actor("mediator")
    case = casework.make_case(mediator, received_on=TODAY)
    case.received_on = date(2027, 4, 30)
    casework.rest(case, mediator)
    assert case.next_due_on.isoformat() == "2027-05-05"  # before the notice only weekends and the days of the law rest
    year, moved = calendar.save_year(NOTICE, None, (), actor("admin"))
    assert year == 2027
    assert [(m.case.id, m.after.isoformat()) for m in moved] == [(case.id, "2027-05-10")]
    event = db.session.scalars(select(Event).where(Event.kind == "calendar_loaded").order_by(Event.id.desc())).first()
    assert json.loads(event.data)["year"] == 2027


def test_saving_a_year_again_replaces_it(actor):
    calendar.save_year(NOTICE, None, (), actor("admin"))
    before = db.session.scalar(select(func.count()).select_from(CalendarDay))
    calendar.save_year(NOTICE, None, (), actor("admin"))
    assert db.session.scalar(select(func.count()).select_from(CalendarDay)) == before


def test_a_local_day_moves_only_its_county(actor):
    mediator, station = actor("mediator"), get_station("practice")
    case = casework.make_case(mediator)
    before = case.next_due_on
    assert calendar.set_local_day("example", before, "off", "旗庆", "", actor("admin")) == []
    station.county = "urad-middle"
    [moved] = calendar.set_local_day("urad-middle", before, "off", "旗庆", "", actor("admin"))
    assert moved.case.id == case.id and moved.after > before
    [back] = calendar.set_local_day("urad-middle", before, "", "", "", actor("admin"))
    assert back.after == before


# Duty


def test_a_week_of_duty_is_one_event_for_each_changed_day(actor):
    station, first = get_station("practice"), duty.monday(TODAY)
    people = {TODAY: get_user("colleague").id, TODAY + timedelta(1): get_user("mediator").id}
    assert duty.set_week(station, first, people, actor("lead")) == 2
    assert duty.set_week(station, first, people, actor("lead")) == 0
    assert duty.set_week(station, first, {**people, TODAY: None}, actor("supervisor")) == 1
    assert count("duty_set") == 3
    assert [row.on for row in db.session.scalars(select(Duty))] == [TODAY + timedelta(1)]


@pytest.mark.parametrize(("username", "code"), [("mediator", "practice"), ("lead", "window"), ("supervisor2", "practice"),
                                               ("auditor", "practice")])
def test_who_may_not_set_the_roster(actor, username, code):
    with pytest.raises(Forbidden):
        duty.set_week(get_station(code), duty.monday(TODAY), {TODAY: None}, actor(username))


def test_strangers_and_the_disabled_are_no_duty_officers(actor):
    colleague = get_user("colleague")
    admin.disable_user(colleague, "调走", actor("admin"))
    for user in (colleague, get_user("mediator2"), get_user("auditor")):
        with pytest.raises(Refused):
            duty.set_week(get_station("practice"), duty.monday(TODAY), {TODAY: user.id}, actor("lead"))


# What is found within reach


def test_the_house_is_seen_within_reach_only(actor):
    codes = {"lead": {"practice", "urad-middle", "window", "studio"}, "mediator2": {"example", "example-practice"},
             "liaison": set()}
    for username, wanted in codes.items():
        assert {row.code for row in house_queries.stations(actor(username))} == wanted
    assert {row.username for row in house_queries.users(actor("lead"))} == {"mediator", "colleague", "lead"}
    assert house_queries.users(actor("auditor")) == []
    assert house_queries.find_user(actor("supervisor"), get_user("mediator2").id) is None
