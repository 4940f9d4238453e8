"""一函两书 on screen: the order with what justifies the next, two clocks, the print, late ones on the desk, the wall."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Agency, Case, CaseFact, Letter
from mediation.services.people import employers
from tests import casework, docket, house, prepared

INVESTIGATED = {"supervisors": "刘建国 0012、王秀英 0034", "signer": "刘建国（主任）"}


@pytest.fixture
@prepared.kept
def employer(app) -> int:
    with app.app_context():
        row = employers.register({"name": "乌拉特中旗宏远劳务有限公司"}, house.actor("mediator"))
        db.session.commit()
        return row.id


def read(app, statement):
    with app.app_context():
        return db.session.scalar(statement)


def send(person, employer: int, follows: str = "", **fields) -> str:
    """Send a letter by its page; gives its address."""
    query = f"?follows={follows.rsplit('/', 1)[1]}" if follows else ""
    page = person.get(f"/employers/{employer}/letters/new{query}")
    given = {"facts": "拖欠工资", "demand": "按月支付", **fields}
    if follows:
        del given["facts"]  # taken over from the letter before
    return person.submit(page, "form.panel", **given).location


def review(person, letter: str, is_rectified: str) -> None:
    page = person.get(letter)
    person.submit(page, f"form[action='{letter}/review']", is_rectified=is_rectified, review="看过台账")


def test_the_three_letters_follow_each_other(app, client, employer):
    supervisor = client("supervisor")
    reminder = send(supervisor, employer)
    page = supervisor.get(reminder)
    assert "乌中工监提〔2026〕1号" in page.title and "12-02" in page.text  # ten working days after 18 November
    assert "答复期限（2026-12-02）还没过" in page.text and not page.soup.select("a[href*=follows]")
    review(supervisor, reminder, "no")
    opinion = send(supervisor, employer, reminder, **INVESTIGATED)
    page = supervisor.get(opinion)
    assert "乌中工监意〔2026〕1号" in page.title and "12-30" in page.text  # thirty working days after 18 November
    assert "答复期限（2026-12-30）还没过" in page.text
    assert "已接着发" in supervisor.get(reminder).text
    review(supervisor, opinion, "no")
    body = read(app, select(Agency.id).where(Agency.code == "hr"))
    last = send(supervisor, employer, opinion, agency_id=body)
    page = supervisor.get(last)
    assert "乌中工监建〔2026〕1号" in page.title
    assert "11-25" in page.text  # five working days for opening a file
    printed = supervisor.get(f"{last}/print").text
    for words in ("乌拉特中旗人力资源和社会保障局", "2026年11月18日向该单位发出《意见书》（乌中工监意〔2026〕1号）", "经复核没有整改",
                  "刘建国 0012", "《工会劳动法律监督证》", "2026年11月25日前决定是否立案", "2027年2月23日前将处理结果书面反馈"):
        assert words in printed, words
    page = supervisor.get(supervisor.submit(page, f"form[action='{last}/filing']", filed_on="今天",
                                            filing_note="乌中人社监立〔2026〕9号").location)
    assert "已立案" in page.text and not page.soup.select("form[action$='/filing']")


def test_no_letter_once_arbitration_or_a_suit_runs(app, client, employer):
    """Statement S41: what is before the commission or the court is pressed there."""
    def numbered(**columns) -> str:
        with app.app_context():
            actor = house.actor("mediator")
            case = casework.make_case(actor, **columns)
            casework.respondent(case).employer_id = employer
            casework.rest(case, actor)
            db.session.commit()
            return case.number
    supervisor = client("supervisor")
    plain, sent = numbered(), numbered(channel="G")
    page = supervisor.get(f"/employers/{employer}/letters/new")
    refused = supervisor.submit(page, "form.panel", 422, facts="拖欠工资", demand="按月支付", case_number=sent)
    assert "已进入仲裁" in " ".join(refused.errors) and refused.form("form.panel")[1]["facts"] == "拖欠工资"
    with app.app_context():
        case, actor = db.session.scalar(select(Case).where(Case.number == plain)), house.actor("mediator")
        db.session.add(CaseFact(case_id=case.id, fact="suit_filed", on=date(2026, 11, 2), made_by_id=actor.user_id))
        casework.rest(case, actor)
        db.session.commit()
    refused = supervisor.submit(page, "form.panel", 422, facts="拖欠工资", demand="按月支付", case_number=plain)
    assert "已进入诉讼" in " ".join(refused.errors)
    assert read(app, select(Letter.id)) is None and send(supervisor, employer).startswith("/letters/")


@pytest.mark.parametrize(("signer", "is_told"), [("刘建国", True), ("刘建国（主任）", False), ("乌云 副主任", False)])
def test_the_print_says_in_what_office_it_is_issued_once(client, employer, signer, is_told):
    supervisor = client("supervisor")
    printed = supervisor.get(f"{send(supervisor, employer, kind='opinion', supervisors=INVESTIGATED['supervisors'], signer=signer)}/print")
    assert f"签发人： {signer}" in printed.text
    assert ("（工会劳动法律监督委员会主任、副主任）" in printed.text) is is_told
    assert printed.text.count("主任") == (2 if is_told else 1)
    reminder = supervisor.get(f"{send(supervisor, employer)}/print").text
    assert "签发人" not in reminder and "主任" not in reminder


def test_numbers_have_no_gap_and_each_kind_its_own(client, employer):
    supervisor = client("supervisor")
    path = f"/employers/{employer}/letters/new"
    supervisor.submit(supervisor.get(path), "form.panel", 422)
    assert "1号" in supervisor.get(send(supervisor, employer)).title
    assert "监提〔2026〕2号" in supervisor.get(send(supervisor, employer)).title
    assert "监意〔2026〕1号" in supervisor.get(send(supervisor, employer, kind="opinion", **INVESTIGATED)).title


def test_an_opinion_names_two_supervisors_and_who_issues_it(client, employer):
    supervisor = client("supervisor")
    page = supervisor.get(f"/employers/{employer}/letters/new")
    for said in ("", "刘建国 0012", "刘建国、王秀英", "刘建国 0012、刘建国 0034"):
        refused = supervisor.submit(page, "form.panel", 422, kind="opinion", facts="甲", demand="乙", supervisors=said)
        assert {e["id"] for e in refused.soup.select("[aria-invalid]")} == {"supervisors", "signer"}, said
        assert refused.form("form.panel")[1]["facts"].strip() == "甲"


def test_what_was_put_right_ends_the_matter(client, employer):
    supervisor = client("supervisor")
    first = send(supervisor, employer)
    page = supervisor.get(first)
    supervisor.submit(page, f"form[action='{first}/reply']", reply="已补发", rectified_on="今天")
    review(supervisor, first, "yes")
    page = supervisor.get(first)
    assert "已经整改" in page.text and not page.soup.select("form.form[action^='/letters']")
    follow = supervisor.get(f"/employers/{employer}/letters/new?follows={first.rsplit('/', 1)[1]}")
    refused = supervisor.submit(follow, "form.panel", 422, **INVESTIGATED)
    assert "已经整改，不用再发" in refused.text


def test_a_late_reply_stands_on_the_desk_and_justifies_the_next(app, client, employer):
    supervisor = client("supervisor")
    opinion = send(supervisor, employer, kind="opinion", **INVESTIGATED)
    assert "一函两书超期没答复" not in supervisor.get("/").text
    with app.app_context():
        db.session.execute(update(Letter).values(reply_due_on=house.TODAY.replace(day=10)))
        db.session.commit()
    for username in ("supervisor", "lead"):
        assert "一函两书超期没答复" in client(username).get("/").text
    for username in ("supervisor2", "mediator"):
        assert "一函两书超期没答复" not in client(username).get("/").text
    assert supervisor.get(opinion).soup.select("a[href*=follows]")


def test_the_house_may_set_its_own_period(client, employer):
    admin, supervisor = client("admin"), client("supervisor")
    admin.post("/admin/settings", {"name": "letter_opinion_days", "value": "七天"}, status=422)
    admin.send("/admin/settings", {"name": "letter_opinion_days", "value": "7"})
    assert "意见书 7个工作日；" in supervisor.get("/letters").text
    assert "11-27" in supervisor.get(send(supervisor, employer, kind="opinion", **INVESTIGATED)).text


def test_the_case_behind_a_letter_is_one_that_the_writer_sees(app, client, employer):
    number = docket.store_case(app)
    supervisor = client("supervisor")
    page = supervisor.get(f"/employers/{employer}/letters/new")
    supervisor.submit(page, "form.panel", 422, facts="甲", demand="乙", case_number=number)  # no case of this employer
    assert read(app, select(Letter.id)) is None


def test_the_wall(client, employer):
    letter = send(client("supervisor"), employer)
    for path in (letter, f"{letter}/print", f"/employers/{employer}/letters/new"):
        client("supervisor2").get(path, status=404)
        client("liaison").get(path, status=403)
    client("mediator2").get(letter, status=404)
    client("mediator").get(f"/employers/{employer}/letters/new", status=403)
    for action in ("reply", "filing", "review"):
        client("supervisor2").post(f"{letter}/{action}", {}, status=404)
        client("mediator").post(f"{letter}/{action}", {}, status=403)
    assert "乌中工监提" not in client("supervisor2").get("/letters").text


def test_after_a_lost_race_the_letter_takes_the_next_press(client, employer):
    """Two pages of one letter lie open; the second writer sees that somebody was first and keeps what he typed."""
    supervisor = client("supervisor")
    letter = send(supervisor, employer)
    page, form = supervisor.get(letter), f"form[action='{letter}/review']"
    supervisor.submit(supervisor.get(letter), f"form[action='{letter}/reply']", reply="补发了")
    again = supervisor.submit(page, form, 422, is_rectified="yes", review="看过台账")
    assert "刚才有人先改动了" in again.text and "看过台账" in again.html
    supervisor.submit(again, form)
    assert "看过台账" in supervisor.get(letter).text


def test_what_the_answer_calls_put_right_counts_until_a_review_says_otherwise(client, employer):
    supervisor = client("supervisor")
    letter = send(supervisor, employer)
    supervisor.submit(supervisor.get(letter), f"form[action='{letter}/reply']", reply="已补发", rectified_on="今天")
    assert "已整改 1" in supervisor.get("/letters").text
    review(supervisor, letter, "no")
    assert "已整改 0" in supervisor.get("/letters").text
