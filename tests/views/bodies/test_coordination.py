"""Bodies at their own pages: what they see, answer and return, and everything that they must not find."""
from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Attachment, Case, Commission
from mediation.services.bodies import coordination
from tests import casework, house, prepared
from tests.pages import lint

PARTS = ["summary", "outcome"]


@pytest.fixture
@prepared.kept
def made(app):
    """A case in mediation with a task to the court that shares two parts; its address and the letter's."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        court = db.session.scalar(select(Agency.id).where(Agency.code == "court"))
        row = coordination.record(case, coordination.Request(
            court, "task", "out", purpose="核对诉前调号", shared_parts=PARTS, legal_basis="申请人同意"), actor)
        db.session.commit()
        return f"/cases/{case.number}", f"/cases/{case.number}/coordination/{row.id}"


def change(app, act) -> None:
    with app.app_context():
        act(db.session.scalar(select(Case)), db.session.scalar(select(Commission)), house.actor("mediator"))
        db.session.commit()


@pytest.mark.parametrize("username", ["mediator2"])
def test_the_neighbour_finds_no_letter(client, made, username):
    base, letter = made
    assert [client(username).get(path, status=None).status for path in (f"{base}/coordination", letter)] == [404, 404]


def test_recall_ends_the_sight_in_the_same_session(app, client, made):
    base, letter = made
    visitor = client("liaison")
    assert visitor.get(base).status == 200 and visitor.get(letter).status == 200
    assert base in visitor.get("/").html
    change(app, lambda case, row, actor: coordination.recall(case, row.id, "不再需要", actor))
    visitor.get(base, status=404)
    visitor.get(letter, status=404)
    visitor.get(f"{letter}/packet", status=404)
    assert base not in visitor.get("/").html and base not in visitor.get("/cases").html


def test_a_body_takes_and_answers_on_its_page(app, client, made):
    _base, letter = made
    visitor = client("liaison")
    form = f"form[action='{letter}/reply']"
    page = visitor.get(letter)
    assert "核对诉前调号" in page.text and "李老板" in page.title
    page = visitor.get(visitor.submit(page, form, action="take").location)
    assert "已接收" in page.text
    page = visitor.get(visitor.submit(page, form, action="answer", result="（2026）内0824诉前调9号", number="法复3号").location)
    assert "（2026）内0824诉前调9号" in page.text and not page.soup.select(form)
    assert "本单位账号 法复3号" in client("mediator").get(letter).text


def test_a_second_answer_is_refused_and_kept(app, client, made):
    _base, letter = made
    visitor = client("liaison")
    page = visitor.get(letter)
    change(app, lambda case, row, actor: coordination.answer(case, row.id, "电话已答", None, actor))
    again = visitor.submit(page, f"form[action='{letter}/reply']", 422, action="answer", result="我的答复")
    assert "王调解先答复了这一件" in " ".join(again.errors)
    assert "我的答复" in again.text and not again.soup.select(f"form[action='{letter}/reply']")


def test_a_return_leads_back_to_the_desk(app, client, made):
    _base, letter = made
    visitor = client("liaison")
    page = visitor.get(letter)
    visitor.submit(page, f"form[action='{letter}/reply']", 422, action="return")
    assert visitor.submit(page, f"form[action='{letter}/reply']", action="return", reason="管辖在临河").location == "/"
    visitor.get(letter, status=404)
    assert "退回：管辖在临河" in client("mediator").get(f"{made[0]}/coordination").text


def test_a_body_sees_neither_others_letters_nor_concessions(app, client, made):
    def more(case, row, actor):
        hr = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
        coordination.record(case, coordination.Request(hr, "task", "out", purpose="查保证金密件"), actor)
    change(app, more)
    base, letter = made
    visitor = client("liaison")
    shown = visitor.get(base).html + visitor.get(letter).html + visitor.get(f"{letter}/packet").html
    assert "查保证金密件" not in shown and "人力资源" not in shown
    with app.app_context():
        other = db.session.scalar(select(Commission.id).order_by(Commission.id.desc()).limit(1))
    visitor.get(f"{base}/coordination/{other}", status=404)


def test_files_go_in_checked_and_come_out_to_be_saved(client, made):
    base, letter = made
    mediator = client("mediator")
    page = mediator.get(letter)
    form = f"form[action='{letter}/files']"
    mediator.submit(page, form, 422, file=(io.BytesIO(b"MZ\x90"), "函.pdf"))
    mediator.submit(mediator.get(letter), form, file=(io.BytesIO(b"%PDF-1.7 x"), "来函.pdf"))
    href = client("liaison").get(letter).soup.select_one("#files ~ ul a, section a[download]")["href"]
    for username in ("mediator", "liaison"):
        got = client(username).get(href, fragment=True).response
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff" and got.data == b"%PDF-1.7 x"
    client("mediator2").get(href, status=404)
    client("mediator").get(f"{base}/files/99", status=404)


def test_the_packet_holds_the_shared_parts_under_their_number(client, made):
    page = client("mediator").get(f"{made[1]}/packet")
    assert "仍在调解" in page.text and "巴特尔与李老板" in page.text
    assert "诉求" not in page.all("table th") and "到账" not in page.all("table th")
    client("auditor").get(f"{made[1]}/packet")


def test_a_file_that_is_refused_costs_nothing_that_was_typed(app, client, made):
    _base, letter = made
    visitor, form = client("liaison"), f"form[action='{letter}/reply']"
    again = visitor.submit(visitor.get(letter), form, 422, action="answer", result="查到九号", number="法复3号",
                           file=(io.BytesIO(b"MZ\x90"), "函.pdf"))
    assert "对不上" in " ".join(again.errors) and "查到九号" in again.html and "法复3号" in again.html
    with app.app_context():
        assert db.session.scalar(select(Commission.state)) == "open" and not db.session.scalar(select(Attachment.id))
    page = visitor.get(visitor.submit(again, form, action="answer", file=(io.BytesIO(b"%PDF-1.7"), "复函.pdf")).location)
    assert "查到九号" in page.text and "复函.pdf" in page.text
    assert "复函.pdf" in client("mediator").get(letter).text


def test_an_answer_is_entered_for_a_body_with_its_scan(app, client, made):
    base, letter = made
    mediator = client("mediator")
    page = mediator.get(f"{base}/coordination")
    form, prefix = f"form[action='{letter}/answer']", f"answer-{letter.rsplit('/', 1)[1]}"
    again = mediator.submit(page, form, 422, **{f"{prefix}-result": "电话里说九号", f"{prefix}-file": (io.BytesIO(b"x"), "a.exe")})
    assert "电话里说九号" in again.html
    mediator.submit(again, form, **{f"{prefix}-number": "法复3号", f"{prefix}-file": (io.BytesIO(b"%PDF-1.7"), "复函.pdf")})
    page = mediator.get(letter)
    assert "代录" in page.text and "复函.pdf" in page.text and "法复3号" in page.text
    late = mediator.submit(again, form, 422, **{f"{prefix}-result": "第二个人写的", f"{prefix}-submit_token": None})
    assert "第二个人写的" in late.text and "已经办过了" in " ".join(late.errors)


def test_a_recall_says_what_stays_visible_and_all_can_be_recalled(app, client, made):
    base, letter = made
    with app.app_context():
        case, actor = db.session.scalar(select(Case)), house.actor("mediator")
        court = db.session.scalar(select(Agency.id).where(Agency.code == "court"))
        coordination.record(case, coordination.Request(court, "before_filing", shared_parts=["outcome", "money"]), actor)
        db.session.commit()
    mediator, visitor = client("mediator"), client("liaison")
    page = mediator.get(f"{base}/coordination")
    assert "法院凭另外1件函仍看得到本案：结果、到账 凭 法院委派" in page.text.replace(" 11-18 周三", "")
    key = letter.rsplit("/", 1)[1]
    page = mediator.get(mediator.submit(page, f"form[action='{letter}/recall']", **{
        f"recall-{key}-reason": "概况不用看"}).location)
    assert "凭其他函仍看得到本案：结果、到账" in page.text
    visitor.get(letter, status=404)
    assert "巴特尔" not in visitor.get(base).text
    form = page.soup.select_one("form[action*='/bodies/']")["action"]
    again = mediator.submit(page, f"form[action='{form}']", 422)
    assert "请写理由" in " ".join(again.errors)
    name = next(n for n in again.form(f"form[action='{form}']")[1] if n.endswith("-reason"))
    page = mediator.get(mediator.submit(again, f"form[action='{form}']", **{name: "申请人不同意了"}).location)
    assert "不再看得到本案" in page.text and "现在没有单位看得到本案" in page.text
    visitor.get(base, status=404)


def test_the_day_of_a_reply_is_changed_with_its_reason(client, made):
    base, letter = made
    key, mediator = letter.rsplit("/", 1)[1], client("mediator")
    page = mediator.get(f"{base}/coordination")
    again = mediator.submit(page, f"form[action='{letter}/due']", 422, **{f"due-{key}-reply_due_on": "12.4"})
    assert "改期限要写依据" in " ".join(again.errors) and "12.4" in again.html
    mediator.submit(again, f"form[action='{letter}/due']", **{f"due-{key}-due_reason": "电话商定"})
    assert "期限依据 电话商定" in mediator.get(f"{base}/coordination").text
    assert "12-04" in client("liaison").get(letter).text


def test_a_merge_shows_the_sharing_that_comes_along(app, client, made):
    with app.app_context():
        number = casework.make_case(house.actor("mediator")).number
        db.session.commit()
    mediator, base = client("mediator"), made[0]
    page = mediator.get(f"{base}/moves/merge")
    form = f"form[action='{base}/moves/merge']"
    again = mediator.submit(page, form, 422, into=number, reason="同一件事")
    assert "法院（概况、结果）" in again.text and again.soup.select("input[name=confirmed][value=sharing_comes]")
    client("liaison").get(f"/cases/{number}", status=404)
    mediator.submit(again, form, confirmed="sharing_comes")
    assert "巴特尔" in client("liaison").get(f"/cases/{number}").title


def test_registers_are_text_to_copy(client, made):
    page = client("mediator").get(f"{made[0]}/registers")
    assert "申请人：巴特尔" in page.soup.select_one("#block-governance").get_text()
    assert "巴特尔" in client("mediator").get("/registers").text
    assert client("liaison").get(f"{made[0]}/registers", status=403)
    assert not lint(page.html)


def test_late_replies_stand_on_the_desks(app, client, made):
    app.config["MEDIATION"]["TODAY"] = "2026-12-10"
    for username in ("mediator", "supervisor"):
        assert "成员单位超期没回复" in client(username).get("/").text
    assert "核对诉前调号" in client("liaison").get("/").text


def test_each_body_stands_once_with_its_letters(app, client, made):
    base, _letter = made
    with app.app_context():
        case, actor = db.session.scalar(select(Case)), house.actor("mediator")
        keys = dict(db.session.execute(select(Agency.code, Agency.id)).tuples().all())
        for code, purpose in (("hr", "查工资表"), ("court", "查保全"), ("court", "查执行")):
            row = coordination.record(case, coordination.Request(keys[code], "task", "out", purpose=purpose), actor)
        coordination.answer(case, row.id, "查过了", actor.today, actor)
        db.session.commit()
    mediator = client("mediator")
    assert "成员单位 法院 等回复 ×2、已答复 · 人社局 等回复" in mediator.get(base).text
    page = mediator.get(f"{base}/coordination")
    section = page.soup.select_one("section[aria-labelledby=bodies]")
    assert [h.get_text() for h in section.select("h3")] == ["乌拉特中旗人民法院", "乌拉特中旗人力资源和社会保障局"]
    assert [len(ul.select("li[id^=letter-]")) for ul in section.select("ul")] == [3, 1]


def test_a_body_that_is_not_on_the_list_is_typed_at_the_case_and_confirmed_later(client, app):
    number = casework.store_case(app, "MEDIATING")
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/coordination")
    form = f"form[action='/cases/{number}/coordination']"
    mediator.submit(page, form, **{"letter-typed_agency": "乌拉特中旗交通运输局", "letter-kind": "task", "letter-task": "check",
                                   "letter-purpose": "核对工程款拨付", "letter-shared_parts": []})
    with app.app_context():
        body = db.session.scalars(select(Agency).where(Agency.name == "乌拉特中旗交通运输局")).one()
        assert (body.kind, body.is_provisional) == ("other", True)
        assert db.session.scalars(select(Commission)).one().agency_id == body.id
        key = body.id
    admin = client("admin")
    assert "待确认" in admin.get("/admin/agencies").text
    page = admin.get(f"/admin/agencies/{key}")
    admin.submit(page, f"form[action='/admin/agencies/{key}']", short_name="交通局")
    with app.app_context():
        assert not db.session.get(Agency, key).is_provisional
    page = mediator.get(f"/cases/{number}/coordination")  # the same name is the same body
    mediator.submit(page, form, **{"letter-typed_agency": "交通局", "letter-kind": "task", "letter-purpose": "再核一次",
                                   "letter-shared_parts": []})
    with app.app_context():
        assert [row.agency_id for row in db.session.scalars(select(Commission))] == [key, key]


def test_a_refused_letter_leaves_no_body_behind(client, app):
    number = casework.store_case(app, "MEDIATING")
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/coordination")
    form = f"form[action='/cases/{number}/coordination']"
    answer = mediator.submit(page, form, **{"letter-typed_agency": "专班", "letter-kind": ""}, status=422)
    assert answer.form(form)[1]["letter-typed_agency"] == "专班"
    with app.app_context():
        assert db.session.scalars(select(Agency).where(Agency.name == "专班")).first() is None
