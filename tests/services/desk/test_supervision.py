"""Reminders, supervision, handing out many cases, absence, and the calendar feed."""
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from mediation.extensions import db
from mediation.models import Absence, Duty, Feed, Note
from mediation.queries.desk import supervision as queries
from mediation.queries.door import filter_for
from mediation.queries.house import digests
from mediation.rules.desk import feeds as texts
from mediation.rules.language import Refused
from mediation.services.cases import moves
from mediation.services.desk import duty, feeds, supervision
from mediation.services.desk.supervision import Leave
from tests import casework, house

DAY = timedelta(days=1)
WEEK = date(2026, 11, 25)


@pytest.fixture
def who(actor):
    return actor("mediator")


@pytest.fixture
def above(actor):
    return actor("supervisor")


@pytest.fixture
def case(who):
    return casework.bring(casework.make_case(who), "MEDIATING", who)


def refused(act) -> list:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.problems


def ids(*names):
    return [house.get_user(name).id for name in names]


def test_a_reminder_stands_on_the_handlers_desk_until_it_is_answered(who, above, case):
    row = supervision.urge(case, "月底前约一次", WEEK, above)
    assert [r.id for r in queries.open_for(who)] == [row.id]
    assert moves.last_event(case).kind == "urged"
    supervision.answer(case, row.id, "", who)
    assert queries.open_for(who) == []
    assert digests.verify() == []


def test_a_supervision_needs_a_written_answer_by_a_day(who, above, case):
    assert {p.field for p in refused(lambda: supervision.supervise(case, "", None, above))} == {"note", "due_on"}
    assert refused(lambda: supervision.supervise(case, "查清", who.today - DAY, above))[0].field == "due_on"
    row = supervision.supervise(case, "查清欠薪数额", WEEK, above)
    assert refused(lambda: supervision.answer(case, row.id, "", who))[0].field == "note"
    supervision.answer(case, row.id, "已核对考勤，25日前调解", who)
    assert (row.answered_on, row.answered_by_id) == (who.today, who.user_id)
    assert refused(lambda: supervision.answer(case, row.id, "再答", who))
    assert db.session.get(Note, row.answer_note_id).body.startswith("已核对")


def test_only_those_above_remind(who, actor, case):
    for name in ("mediator", "auditor"):
        with pytest.raises(moves.Forbidden):
            supervision.urge(case, "快办", None, actor(name))
    supervision.urge(case, "快办", None, actor("lead"))


def test_many_cases_go_to_one_mediator_each_with_its_event(who, above):
    first = casework.bring(casework.make_case(who), "ACCEPTED", who)
    second = casework.bring(casework.make_case(who), "MEDIATING", who)
    colleague = ids("colleague")[0]
    done = supervision.assign_many([first.number, second.number, first.number], colleague, "分片负责", above)
    assert [r.is_done for r in done] == [True, True]
    assert {first.handler_id, second.handler_id} == {colleague}
    assert (first.state, second.state) == ("ASSIGNED", "MEDIATING")
    assert [moves.last_event(c).kind for c in (first, second)] == ["assigned", "reassigned"]
    assert digests.verify() == []


def test_all_or_each(who, above):
    good = casework.bring(casework.make_case(who), "ACCEPTED", who)
    bad = casework.make_case(who)
    colleague = ids("colleague")[0]
    numbers = [good.number, bad.number, "urad-middle-2026-9999"]
    part = db.session.begin_nested()
    found = refused(lambda: supervision.assign_many(numbers, colleague, "", above))
    part.rollback()
    assert len(found) == 2 and house.short(bad.number) in found[0].text.zh
    done = supervision.assign_many(numbers, colleague, "", above, is_all=False)
    assert [r.is_done for r in done] == [True, False, False]
    assert (good.handler_id, bad.handler_id) == (colleague, None)
    assert digests.verify() == []
    assert refused(lambda: supervision.assign_many([], colleague, "", above))[0].field == "numbers"
    assert "已由" in supervision.assign_many([good.number], colleague, "", above, is_all=False)[0].problems[0].zh


def test_a_lead_hands_out_at_the_own_site_only(who, actor):
    case = casework.bring(casework.make_case(who), "ACCEPTED", who)
    window = ids("window")[0]
    assert refused(lambda: supervision.assign_many([case.number], window, "", actor("lead")))
    stranger = supervision.assign_many([case.number], window, "", actor("supervisor2"), is_all=False)
    assert not stranger[0].is_done


def test_what_has_gone_to_somebody_else_meanwhile_is_left_there(who, above):
    moved = casework.bring(casework.make_case(who), "ACCEPTED", who)
    same = casework.bring(casework.make_case(who), "ACCEPTED", who)
    seen = {moved.number: 0, same.number: 0}
    mine, colleague, lead = ids("mediator", "colleague", "lead")
    supervision.assign_many([moved.number], mine, "", above)
    part = db.session.begin_nested()
    found = refused(lambda: supervision.assign_many(list(seen), colleague, "", above, seen=seen))
    part.rollback()
    assert [p.text.zh for p in found] == [f"{house.short(moved.number)}：刚才已交给王调解，没有改"]
    done = supervision.assign_many(list(seen), colleague, "", above, is_all=False, seen=seen)
    assert [r.is_done for r in done] == [False, True]
    assert (moved.handler_id, same.handler_id) == (mine, colleague)
    gone = supervision.assign_many([same.number], lead, "换人", above, is_all=False, seen={same.number: mine})
    assert "已交给李同事" in gone[0].problems[0].zh
    assert digests.verify() == []


def test_a_batch_has_a_limit(above):
    numbers = [f"urad-middle-2026-{n:04d}" for n in range(supervision.MOST + 1)]
    assert "200" in refused(lambda: supervision.assign_many(numbers, 1, "", above))[0].text.zh


def test_nobody_absent_gets_a_case(who, above, case):
    away, stand_in, window = ids("colleague", "lead", "window")
    row = supervision.hand_over(Leave(away, stand_in, who.today, WEEK, "年假"), above)
    [problem] = refused(lambda: supervision.assign_many([case.number], away, "换人", above))
    assert "李同事不在岗至2026-11-25，由张站长代办" in problem.text.zh
    fields = lambda leave: [p.field for p in refused(lambda: supervision.hand_over(leave, above))]  # noqa: E731
    assert fields(Leave(away, window, WEEK, WEEK + DAY)) == ["account"]  # away already
    assert fields(Leave(who.user_id, away, who.today, WEEK)) == ["stand_in"]  # the stand-in is away
    assert any("不在岗至11-25" in m.label.zh for m in queries.mediators(above) if m.id == away)
    supervision.hand_back(row.id, above)
    assert supervision.assign_many([case.number], away, "换人", above)[0].is_done
    assert digests.verify() == []


def test_duty_goes_over_with_the_cases(who, above):
    station = house.get_station("practice")
    away, stand_in = ids("mediator", "colleague")
    duty.set_week(station, date(2026, 11, 16), {WEEK - 7 * DAY: away, WEEK - 6 * DAY: away, WEEK - 5 * DAY: away}, above)
    supervision.hand_over(Leave(away, stand_in, who.today, who.today + DAY), above)
    assert [row.account_id for row in db.session.query(Duty).order_by(Duty.on)] == [stand_in, stand_in, away]
    later = {who.today + DAY: away}
    assert "不在岗" in refused(lambda: duty.set_week(station, date(2026, 11, 16), later, above))[0].text.zh


def test_cases_out_of_sight_are_counted_when_somebody_is_away(who, above, case):
    case.is_sealed = True
    db.session.flush()
    row = supervision.hand_over(Leave(who.user_id, ids("colleague")[0], who.today, WEEK), above)
    assert row.numbers == [] and supervision.out_of_sight(who.user_id, above) == 1
    assert case.handler_id == who.user_id


def test_absence_hands_all_cases_over_and_back(who, actor, above):
    held = [casework.bring(casework.make_case(who), state, who) for state in ("MEDIATING", "PERFORMING", "CLOSED")]
    away, stand_in = ids("mediator", "colleague")
    leave = Leave(away, stand_in, who.today, WEEK, "年假")
    row = supervision.hand_over(leave, above)
    assert row.numbers == [held[0].number, held[1].number]
    assert [c.handler_id for c in held] == [stand_in, stand_in, away]
    assert [a.id for a in queries.absences(above)] == [row.id]
    db.session.refresh(held[1])
    supervision.assign_many([held[1].number], ids("lead")[0], "另有安排", above)
    supervision.hand_back(row.id, above)
    assert [c.handler_id for c in held[:2]] == [away, ids("lead")[0]]
    assert db.session.get(Absence, row.id).returned_on == who.today
    assert digests.verify() == []
    assert refused(lambda: supervision.hand_back(row.id, above))


def test_impossible_absences_are_refused(actor, above, who):
    away, window, stranger = ids("mediator", "window", "mediator2")
    fields = lambda leave, by: {p.field for p in refused(lambda: supervision.hand_over(leave, by))}  # noqa: E731
    assert fields(Leave(None, None, None, None), above) == {"from_on", "until_on", "account", "stand_in"}
    assert fields(Leave(away, away, WEEK, who.today), above) == {"until_on", "stand_in"}
    assert fields(Leave(away, stranger, who.today, WEEK), above) == {"stand_in"}
    assert fields(Leave(window, away, who.today, WEEK), actor("lead")) == {"account"}
    assert fields(Leave(away, window, who.today - 9 * DAY, who.today - DAY), above) == {"until_on"}


def test_the_board_shows_what_waits_and_lapsed_court_messages(who, above, actor):
    case = casework.bring(casework.make_case(who), "ACCEPTED", who)
    found = queries.board(above)
    assert found.unassigned.count == 1 and [c.number for c in found.unassigned.rows] == [case.number]
    assert found.lapsed == []
    assert queries.board(actor("supervisor2")).unassigned == (0, [])
    assert {o.id for o in queries.mediators(actor("lead"))} == set(ids("mediator", "colleague", "lead"))


def test_what_the_board_and_the_sheets_read_does_not_grow_with_the_cases(who, above):
    def queries_of(work) -> int:
        sent = []
        listener = lambda *seen: sent.append(seen[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listener)
        try:
            work()
        finally:
            event.remove(Engine, "before_cursor_execute", listener)
        return len(sent)

    def measure() -> tuple[int, int, int]:
        user = house.get_user("mediator")
        return (queries_of(lambda: queries.board(above)), queries_of(lambda: queries.sheets(above)),
                queries_of(lambda: queries.sheet(user, who.today, filter_for(above))))

    def add(count: int) -> None:
        for _ in range(count):
            casework.bring(casework.make_case(who), "ACCEPTED", who)
            casework.bring(casework.make_case(who), "PERFORMING", who)
            late = casework.bring(casework.make_case(who), "MEDIATING", who)
            late.channel, late.next_due_on = "E", who.today - DAY
        db.session.flush()
        db.session.expunge_all()

    add(1)
    few = measure()
    add(4)
    assert measure() == few


def test_a_feed_is_found_by_its_secret_and_names_nobody(who, case):
    casework.add_hearing(case, who, next_on=WEEK, next_time="15:00")
    secret = feeds.create(who)
    user = feeds.find_account(secret)
    assert user.id == who.user_id
    assert all(secret not in row.secret_hash for row in db.session.query(Feed))
    rows = queries.entries(user, who.today, filter_for(who), "zh")
    body = texts.feed(rows, "我的日程", who.now)
    assert "巴特尔" not in body and house.short(case.number) in body and "巴某" in body
    assert "DTSTART:20261125T070000Z" in body
    assert "DTSTART;VALUE=DATE:20261203" in body
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    again = feeds.create(who)
    assert feeds.find_account(secret) is None and feeds.find_account(again)
    assert feeds.revoke(who) and not feeds.revoke(who)
    assert feeds.find_account(again) is None


def test_a_disabled_account_has_no_feed(who):
    secret = feeds.create(who)
    house.get_user("mediator").is_active = False
    assert feeds.find_account(secret) is None


def unfolded(body: str) -> list[tuple[str, str]]:
    """The lines of a calendar as name and value, read as strictly as RFC 5545 is written (3.1, 3.3.11)."""
    assert body.endswith("\r\n") and "\n" not in body.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    lines = body.replace("\r\n ", "").split("\r\n")[:-1]
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def test_the_feed_is_a_calendar_as_the_standard_asks():
    nasty = "赔偿；一,二;三\\四\n五\r六\x07" + "调解期限，" * 30
    entries = [texts.Entry("s1", WEEK, nasty, "9:05"), texts.Entry("c2-M-A-20261203", WEEK, "调解期限 1号"),
               texts.Entry("s3", WEEK, "没有钟点", "下午")]
    rows = unfolded(texts.feed(entries, "日程;一", replace_now(), "urad-middle.gonghe"))
    assert rows[0] == ("BEGIN", "VCALENDAR") and rows[-1] == ("END", "VCALENDAR")
    names = [name for name, _value in rows]
    assert names.count("VERSION") == names.count("PRODID") == 1
    assert names.count("BEGIN") == names.count("END") == 4
    assert names.count("UID") == names.count("DTSTAMP") == names.count("SUMMARY") == 3
    uids = [value for name, value in rows if name == "UID"]
    assert uids == ["s1@urad-middle.gonghe", "c2-M-A-20261203@urad-middle.gonghe", "s3@urad-middle.gonghe"]
    assert {value for name, value in rows if name == "DTSTAMP"} == {"20261118T010000Z"}
    said = next(value for name, value in rows if name == "SUMMARY")
    assert said == "赔偿；一\\,二\\;三\\\\四\\n五\\n六" + "调解期限，" * 30
    assert [value for name, value in rows if name.startswith("DTSTART")] == [
        "20261125T010500Z", "20261125", "20261125"]
    assert [value for name, value in rows if name == "DTEND;VALUE=DATE"] == ["20261126", "20261126"]
    assert texts.mask_title("") == ""
    assert texts.mask_title("其其格") == "其某"
    assert texts.mask_title("等红") == "等某"
    assert texts.mask_title("等红等12人") == "等某等12人"
    assert texts.mask_title("巴特尔等几十人") == "巴某等几十人"


def replace_now():
    return house.datetime(2026, 11, 18, 1, 0, tzinfo=house.UTC)


def test_the_sheet_opens_for_oneself_and_those_above(who, actor, above):
    assert queries.find_colleague(who, "mediator").username == "mediator"
    assert queries.find_colleague(actor("colleague"), "mediator") is None
    assert queries.find_colleague(actor("lead"), "mediator") and queries.find_colleague(above, "window")
    assert queries.find_colleague(actor("lead"), "window") is None
    assert queries.find_colleague(actor("supervisor2"), "mediator") is None
