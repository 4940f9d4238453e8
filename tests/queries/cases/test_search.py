"""Finding cases: words, numbers, conditions, pages, and the wall."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Attachment, Case, Commission, Counter, ExternalNumber, SearchGram, SearchText, SearchWords
from mediation.queries import door
from mediation.queries.cases import hits, orders, search
from mediation.queries.house import checks
from mediation.rules.language import Refused
from mediation.services import journal
from mediation.services.cases import intake, links, merging, moves
from mediation.services.cases import search as finder
from tests import casework, docket, house, imports


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def found(said: str, actor, **values: str) -> list[str]:
    return [row.title for row in search.page(search.read(values, said, actor), actor).rows]


def problems(said: str, actor, typed: str = "", **values: str) -> str:
    with pytest.raises(Refused) as refusal:
        search.read(values, said, actor, typed)
    return "；".join(p.text.zh for p in refusal.value.problems)


@pytest.fixture
def case(mediator):
    return docket.open_case(worker="阿不都·热合曼", narrative="在城南工地干了三个月，100%没给钱_一分也没有")


@pytest.mark.parametrize("said", [
    "阿不都·热合曼", "阿不都热合曼", "阿不都•热合曼", "阿不都・热合曼", "热合", "曼", "阿", "李老板", "城南工地", "三个月", "100%", "％",
    "abdrhm", "llb", "abudureheman", "lilaoban", "li laoban", "李老闆", "城南工地 三個月", "8478", "84786", "2213", "47862213", "13847862213", "138 4786 2213", "138-4786-2213", "+8613847862213", "+86 138 4786 2213", "008613847862213", "8613847862213", "“李老板”", '"城南工地" 「三个月」', "urad-middle-2026-0001",
    "ＵＲＡＤ－ＭＩＤＤＬＥ－２０２６－０００１", "李老板 三个月", "干了", "钱_一", "_"])
def test_a_case_is_found_by_what_people_remember(case, mediator, said):
    docket.open_case(worker="苏日娜", respondent="别人家")
    names = found(said, mediator)
    assert case.title in names
    if said not in ("8478", "84786", "城南工地 三個月", "2213", "47862213", "13847862213", "138 4786 2213", "138-4786-2213", "城南工地",
                        "+8613847862213", "+86 138 4786 2213", "008613847862213", "8613847862213", '"城南工地" 「三个月」'):
        assert names == [case.title]


@pytest.mark.parametrize("said", ["%%", "%_%", "不都曼", "热曼", "2214", "李老板 苏日娜", "' OR 1=1 --", "a*", "\"", "王五"])
def test_what_is_not_there_is_not_found(case, mediator, said):
    assert found(said, mediator) == []


def test_what_was_noted_is_found_and_shown_where_it_stands(case, mediator):
    """But for what was said without prejudice, which nobody finds."""
    journal.write_note(mediator, case, "对方说老鼠咬了工资表，改天再算")
    journal.write_note(mediator, case, "最低可以让到八折", is_concession=True)
    db.session.add(Attachment(case_id=case.id, name="考勤记录九月.pdf", stored_name="x", sha256="0" * 64, size=1, kind="pdf",
                              added_at=mediator.now, made_by_id=mediator.user_id))
    moves.act(case, "case_changed", {"fields": [], "reason": None}, mediator)
    for said, around in (("老鼠咬了", ("对方说", "老鼠咬了", "工资表,改天再算")), ("考勤记录", ("", "考勤记录", "九月.pdf")),
                         ("钱_一", ("…干了三个月,100%没给", "钱_一", "分也没有"))):
        page = search.page(search.read({}, said, mediator), mediator)
        assert [row.title for row in page.rows] == [case.title]
        assert hits.of_rows(page.rows, [said], mediator) == {case.number: hits.Hit(*around)}
    assert found("八折", mediator) == []
    rows = search.page(search.read({}, "热合曼", mediator), mediator).rows
    assert hits.of_rows(rows, ["热合曼"], mediator) == {}  # the line shows it already
    assert hits.of_rows(rows, ["老鼠咬了"], house.actor("liaison")) == {}


def test_pairs_that_lie_apart_are_no_word(case, mediator):
    docket.open_case(worker="巴图", narrative="城南来的工人，工地在北边，南工程队")
    assert found("城南工地", mediator) and "巴图" not in [
        row.title for row in search.page(search.read({}, "城南工地在城南", mediator), mediator).rows]


def test_marks_of_two_spellings_are_one(mediator):
    docket.open_case(worker="José Núñez")
    assert found("JOSE\u0301", mediator) == ["José Núñez"]


def test_an_identity_number_is_found_whole_only(mediator):
    case = casework.make_case(mediator)
    casework.rest(case, mediator)
    assert found("152824199001011234", mediator) == [case.title]
    assert found("15282419900101123", mediator) == []


def test_no_telephone_stands_in_the_index(case):
    """In clear: the keyed hashes of its ends, which begin with #, may hold any digits."""
    words = [*db.session.scalars(select(SearchGram.gram)), *"\n".join(db.session.scalars(select(SearchText.body))).split()]
    clear = " ".join(word for word in words if not word.startswith("#"))
    assert "2213" not in clear and "4786" not in clear and len(clear) < len(" ".join(words))


def test_the_index_follows_the_case(case, mediator):
    party = next(p for p in case.parties if p.side == "applicant")
    party.name, party.phone = "苏日娜", "13900001111"
    moves.act(case, "case_changed", {"fields": ["title"], "reason": None}, mediator)
    assert found("热合曼", mediator) == found("2213", mediator) == []
    assert found("1111", mediator) == found("苏日娜", mediator) == [case.title]
    before = sorted(db.session.execute(select(SearchGram.gram, SearchGram.case_id)).tuples())
    assert finder.index_all() == 1
    assert sorted(db.session.execute(select(SearchGram.gram, SearchGram.case_id)).tuples()) == before


def test_outside_numbers_lead_to_the_case(case, mediator):
    db.session.add(ExternalNumber(case_id=case.id, register="court", number="（2026）内0824诉前调123号"))
    case.printed_number = "乌中工调〔2026〕18号"
    moves.act(case, "case_changed", {"fields": [], "reason": None}, mediator)
    assert found("诉前调123", mediator) == found("乌中工调[2026]18号", mediator) == found("工调", mediator) == [case.title]
    case.source_number, case.source_case_number = "乌法函〔2026〕7号", "(2026)内0824民初9号"
    db.session.flush()
    for said in ("乌中工调(2026)18号", "urad-middle-2026-0001", "（2026）内0824诉前调123号", "乌法函(2026)7号",
                 "（2026）内0824民初9号"):
        assert search.find_exact(said, mediator) == case.number, said
    docket.open_case(printed_number="乌法函〔2026〕7号")
    db.session.flush()
    assert search.find_exact("乌法函(2026)7号", mediator) is None
    assert search.find_exact("乌中工调", mediator) is None


@pytest.mark.parametrize("said", [
    "state:MEDIATING", "state:调解中", "状态：调解中", "kind:wages", "种类:工资", "handler:mediator", "handler:王调解", "承办:我",
    "station:urad-middle", "station:practice", "source:来访", "channel:A", "group:no", "late_entry:否", "number:0001",
    "state:open 热合曼", "due:15", "from:2026-11-01 to:今天", "outcome:none", "state:MEDIATING,PERFORMING"])
def test_conditions_find(case, mediator, said):
    assert found(said, mediator) == [case.title]


@pytest.mark.parametrize("said", [
    "state:CLOSED", "kind:severance", "handler:none", "station:window", "source:court", "group:yes", "due:overdue",
    "from:今天 to:2026-11-01", "untouched:3", "late:any", "task:stuck", "task:waiting", "accepted:2026", "paid:any",
    "owing:今天", "outcome:success", "number:0002"])
def test_conditions_leave_out(case, mediator, said):
    assert found(said, mediator) == []


@pytest.mark.parametrize(("said", "words"), [
    ("state:NEW", "可用：open（全部未结）"), ("colour:red", "没有“colour”这个条件；可用：state（状态）"), ("untouched:x", "天数"),
    ("accepted:26", "2026Q3"), ("from:哪天", "看不懂这个日期"), ("station:example", "可用：own")])
def test_a_wrong_condition_is_told_what_is_valid(mediator, said, words):
    assert words in problems(said, mediator)


def test_all_problems_come_at_once(mediator):
    told = problems("state:NEW kind:gold", mediator)
    assert "状态" in told and "种类" in told


def test_names_do_not_stand_in_an_address(mediator):
    assert "查找框" in problems("", mediator, typed="巴特尔")
    assert search.read({}, "", mediator, typed="2026-0001 state:any").numbers == ("2026-0001",)


def test_pages_follow_each_other_without_gaps(mediator):
    for n in range(7):
        docket.open_case(worker=f"工人{n}", next_due_on=None)
    db.session.flush()
    for values in ({"state": "open"}, {"state": "any"}):
        wanted, seen, after = search.Filter(values), [], ""
        while True:
            page = search.page(wanted, mediator, after, size=2)
            seen += [row.id for row in page.rows]
            after = page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == page.count == 7


def test_the_backlog_shows_dated_cases_first_and_undated_last(mediator):
    rows = [docket.open_case(worker=f"工人{n}") for n in range(5)]
    for row in rows[:3]:
        row.next_due_on = None
    db.session.flush()
    first = search.page(search.Filter({"state": "open"}), mediator, size=3)
    second = search.page(search.Filter({"state": "open"}), mediator, first.after, size=3)
    assert [r.id for r in first.rows + second.rows] == [r.id for r in (*rows[3:], *rows[:3])]


@pytest.mark.parametrize("values", [{"state": "open"}, {"state": "any"}])
def test_pages_lead_back_the_way_they_led_on_though_rows_go(mediator, values):
    """Of dated and undated cases, two of each day; a case that is closed on the way leaves its address valid."""
    cases = [docket.open_case(worker=f"工人{n}", next_due_on=date(2026, 12, 1 + n // 2) if n < 5 else None)
             for n in range(9)]
    db.session.flush()
    wanted, forth, after = search.Filter(values), [], ""
    while not forth or after:
        forth.append(search.page(wanted, mediator, after, size=2))
        after = forth[-1].after
    back, before = [], forth[-1].before
    while before:
        back.append(search.page(wanted, mediator, before=before, size=2))
        before = back[-1].before
    assert [[row.id for row in page.rows] for page in back] == [[row.id for row in page.rows] for page in forth[-2::-1]]
    assert [page.after for page in back] == [page.after for page in forth[-2::-1]] and forth[0].before == ""
    gone = next(case for case in cases if case.id == forth[1].rows[0].id)
    gone.voided_on = mediator.today
    db.session.flush()
    assert search.page(wanted, mediator, before=forth[1].before, size=2).rows == forth[0].rows
    assert gone.id not in [row.id for row in search.page(wanted, mediator, forth[0].after, size=2).rows]


@pytest.mark.parametrize("after", ["x", "2026-99-99~1", "~", "9" * 40, "~" + "9" * 30, "-1"])
def test_a_broken_cursor_begins_anew(case, mediator, after):
    assert search.page(search.Filter({"state": "open"}), mediator, after).rows[0].id == case.id
    assert search.page(search.Filter({"state": "any"}), mediator, after).rows[0].id == case.id
    assert search.page(search.Filter({"state": "open"}), mediator, before=after).rows[0].id == case.id


def test_the_wall_holds_for_words_numbers_and_counts(mediator):
    other = house.actor("mediator2")
    foreign = docket.open_case("mediator2", worker="界外人", printed_number="示工调〔2026〕1号")
    for said in ("界外人", "界", "jwr", "2213", foreign.number, "示工调", "state:any"):
        page = search.page(search.read({}, said, mediator), mediator)
        assert page.rows == [] and page.count == 0, said
        assert search.page(search.read({}, said, other), other).count == 1, said
    assert search.find_exact(foreign.number, mediator) is None


def test_a_liaison_finds_by_number_and_not_by_name(case, mediator):
    liaison = house.actor("liaison")
    share(case, liaison)
    assert found("热合曼", liaison) == found("2213", liaison) == found("三个月", liaison) == []
    assert found("2026-0001", liaison) == [case.title]
    for said in ("handler:mediator", "late:any", "task:late_money", "owing:今天"):
        assert "可用" in problems(said, liaison)


def share(case, liaison, **values):
    row = Commission(case_id=case.id, agency_id=liaison.agency_id, kind="before_filing", direction="in",
                            state="taken", shared_parts=["summary", "outcome", "agreement"], **values)
    db.session.add(row)
    db.session.flush()


def test_a_sealed_case_is_found_by_its_named_people_only(case, mediator):
    case.is_sealed = True
    db.session.flush()
    assert found("热合曼", mediator) == [case.title]
    assert found("热合曼", house.actor("colleague")) == []


def test_kept_words_are_sealed_and_their_owners_own(mediator):
    key = finder.keep_words("热合曼 2213", mediator)
    assert search.find_words(key, mediator) == "热合曼 2213"
    assert search.find_words(key, house.actor("colleague")) is None
    assert "2213" not in db.session.scalar(select(SearchWords.words_sealed))


def test_a_case_is_found_as_soon_as_it_is_registered(mediator):
    """By name, telephone, boss and number, before any further act; also what was entered afterwards."""
    told = intake.Intake(
        received_on=mediator.today, source="walk_in", name="萨仁高娃", phone="13947862299",
        respondents=[intake.Respondent("赵老板，河套工地")], claims=[intake.ClaimLine("wages", 900_000)], narrative="三个月没给。")
    number = intake.register(mediator, told).number
    for said in ("萨仁高娃", "2299", "赵老板", "srgw", number, "三个月没给"):
        assert found(said, mediator) == ["萨仁高娃"], said
    intake.late_enter(mediator, intake.Late(name="朝鲁门", state="CLOSED", outcome="AGREED", respondents=[
        intake.Respondent("钱老板")]))
    assert (found("朝鲁门", mediator), checks.run()) == (["朝鲁门"], [])


def by_intake(mediator, name: str) -> str:
    told = intake.Intake(
        received_on=mediator.today, source="walk_in", name=name, phone="13947862299", narrative="三个月没给。",
        respondents=[intake.Respondent("赵老板")], claims=[intake.ClaimLine("wages", 900_000)])
    return intake.register(mediator, told).number


def by_import(mediator, name: str) -> str:
    batch = imports.stage(house.actor("lead"), imports.GOOD[1].replace("苏布德", name))
    imports.take(batch, house.actor("lead"))
    return db.session.scalars(select(Case.number).order_by(Case.id.desc())).first()


def by_merging(mediator, name: str) -> str:
    """The case that the worker came with is no more; he is found in the one that took it in."""
    case, target = (casework.bring(casework.make_case(mediator, 0, headcount=1, identity_note="本人已到场"), "REGISTERED", mediator)
                    for _ in range(2))
    for one, who in ((case, name), (target, "朝鲁门")):
        casework.add_party(one, "applicant", "worker", who)
        db.session.expire(one)
        casework.rest(one, mediator)
    merging.merge(case, {"into": target.number, "reason": "同一件事", "happened_on": mediator.today, "confirmed": ()}, mediator)
    db.session.flush()
    return target.number


def by_batch(mediator, name: str) -> str:
    lead, number = by_intake(mediator, "朝鲁门"), by_intake(mediator, name)
    links.link_many(door.find_case(mediator, lead), number, [], "同一工地", False, mediator)
    return number


@pytest.mark.postgresql
@pytest.mark.parametrize("way", [
    by_intake, by_import, by_merging, by_batch,
    lambda mediator, name: intake.late_enter(mediator, intake.Late(name=name, state="CLOSED", outcome="AGREED")).number,
], ids=["intake", "import", "merged", "batch", "late entry"])
def test_whichever_way_a_case_came_its_workers_name_finds_it(mediator, way):
    number = way(mediator, "阿拉坦其其格")
    assert [row.number for row in search.page(search.read({}, "阿拉坦其其格", mediator), mediator).rows] == [number]
    db.session.commit()
    assert "no search finds this case" not in [fault.en for fault in checks.run()]


def test_a_case_that_no_search_finds_is_a_finding(case):
    db.session.execute(db.delete(SearchText))
    db.session.commit()
    assert [(fault.place, fault.en) for fault in checks.run()] == [(case.number, "no search finds this case")]


def _sorted(actor, said: str, size: int) -> list[list[int]]:
    """The pages of a list in an order, forth, and that they lead back the same way."""
    wanted = search.Filter({"state": "any"}, sort=orders.read(said, actor))
    forth, after = [], ""
    while not forth or after:
        forth.append(search.page(wanted, actor, after, size))
        after = forth[-1].after
    back, before = [], forth[-1].before
    while before:
        back.append(search.page(wanted, actor, before=before, size=size))
        before = back[-1].before
    pages = [[row.id for row in page.rows] for page in forth]
    assert [[row.id for row in page.rows] for page in back] == pages[-2::-1]
    return pages


VALUES = {
    "number": lambda case: int(case.number.rpartition("-")[2]), "worker": lambda case: case.title, "received": lambda case: case.received_on,
    "employer": lambda case: case.respondent_title, "claimed": lambda case: case.claimed_fen,
    "outstanding": lambda case: case.outstanding_fen,
    "due": lambda case: case.next_due_on, "touched": lambda case: case.touched_at}


@pytest.mark.postgresql
@pytest.mark.parametrize("most", [1000, 1])  # where more than one matches, the order itself is walked
def test_a_list_is_sorted_both_ways_and_turned_both_ways(inside, monkeypatch, most):
    monkeypatch.setattr(search, "CAP", most)
    made = []
    for n in range(7):
        if n == 4:  # the next number but one is 10000
            db.session.execute(update(Counter).where(Counter.series == "register").values(last=9998))
        made.append(docket.open_case(worker=f"{'丙甲乙'[n % 3]}{n // 2}",
                                     next_due_on=date(2026, 12, 1 + n // 2) if n < 4 else None))
    for n, row in enumerate(made):
        row.claimed_fen = row.outstanding_fen = None if n in (1, 4) else 100 * (n * 5 % 7 // 2)
        row.received_on = None if n == 5 else date(2026, 11, 20 - n // 3)
        row.touched_at += timedelta(microseconds=n * 3 % 7)
    db.session.flush()
    for name, actor in (("mediator", house.actor("mediator")), ("auditor", house.actor("auditor"))):
        for key, value in VALUES.items():
            for said in (key, f"-{key}"):
                has = sorted((row for row in made if value(row) is not None), key=lambda row: (value(row), row.id),
                             reverse=said != key)
                lacks = [row for row in made if value(row) is None]
                pages = _sorted(actor, said, 3)
                assert [one for page in pages for one in page] == [row.id for row in has + lacks], (name, said)


def test_a_name_stands_in_no_cursor_and_a_foreign_case_is_no_place(case, mediator):
    for n in range(3):
        docket.open_case(worker=f"秘密{n}")
    db.session.flush()
    for key in ("worker", "employer"):
        order = orders.read(key, mediator)
        wanted = search.Filter({"state": "any"}, sort=order)
        page = search.page(wanted, mediator, size=2)
        assert page.after == str(page.rows[-1].id)
        stranger = house.actor("mediator2")
        assert search.page(wanted, stranger, page.after, 2).before == ""


def test_an_address_stays_valid_though_its_row_was_touched_or_voided(mediator):
    rows = [docket.open_case(worker=f"工人{n}") for n in range(5)]
    for n, row in enumerate(rows):
        row.touched_at += timedelta(minutes=n)
    db.session.flush()
    for sort in ("-touched", "worker"):
        wanted = search.Filter({"state": "any"}, sort=orders.read(sort, mediator))
        first, rest = search.page(wanted, mediator, size=2), search.page(wanted, mediator, size=9).rows[2:]
        last = next(row for row in rows if row.id == first.rows[-1].id)
        last.touched_at += timedelta(days=1)
        last.voided_on = mediator.today
        db.session.flush()
        assert [row.id for row in search.page(wanted, mediator, first.after, 9).rows] == [row.id for row in rest]
        last.voided_on = None
        last.touched_at -= timedelta(days=1)


@pytest.mark.parametrize("after", ["x", "2026-99-99~1", "~", "9" * 40, "~" + "9" * 30, "-1", "2026-01-01T00:00:00~1", "0"])
def test_a_broken_cursor_of_an_order_begins_anew(case, mediator, after):
    for key in orders.ORDERS:
        wanted = search.Filter({"state": "any"}, sort=orders.read(key, mediator))
        if key != "number":
            assert search.page(wanted, mediator, after).rows[0].id == case.id
        assert search.page(wanted, mediator, before=after).rows[0].id == case.id


def test_a_liaison_sorts_by_what_every_row_tells(inside):
    liaison = house.actor("liaison")
    assert set(orders.orders_for(liaison)) == {"number", "received"}
    with pytest.raises(Refused, match="received"):
        orders.read("worker", liaison)


@pytest.mark.parametrize("said", ["a" * 401, "状态" * 300, "a:" * 300, "1-" * 30_000])
def test_what_nobody_searches_for_is_refused_before_it_is_read(mediator, said):
    assert "最多400个字" in problems(said, mediator)
    assert "最多400个字" in problems("", mediator, typed=said)
