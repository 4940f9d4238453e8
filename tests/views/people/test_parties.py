"""The pages of parties and claims: who may see and write what, bad input, races, lists."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Commission, Employer, Party
from mediation.queries.house import digests
from mediation.services.money import claims
from mediation.services.people import parties
from tests import casework, docket, house

CODE = "91350100M000100Y43"
IDENTITY = "11010519491231002X"


@pytest.fixture
def number(app):
    return docket.store_case(app)


def rows(app, number: str) -> list[tuple]:
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        found = [(p.name, p.part, p.phone, p.identity, p.removed_on) for p in case.parties]
        assert not digests.verify()
        db.session.remove()
    return found


def key_of(app, name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Party.id).where(Party.name == name)).one()


def claim_id(app) -> int:
    with app.app_context():
        return db.session.scalars(select(Case)).one().claims[0].id


PATHS = ("/parties", "/claims", "/parties/new/applicant", "/parties/list", "/parties/representatives", "/claims/new")
READS = ("/parties", "/claims")


@pytest.mark.parametrize("name", ["mediator2", "supervisor2", "liaison"])
def test_the_outsider_finds_nothing(client, number, name):
    visitor = client(name)
    for path in PATHS:
        assert visitor.get(f"/cases/{number}{path}", status=None).status == 404, path


def test_the_administrator_and_the_auditor(client, number):
    admin, auditor = client("admin"), client("auditor")
    for path in PATHS:
        assert admin.get(f"/cases/{number}{path}", status=None).status == 403, path
        assert auditor.get(f"/cases/{number}{path}", status=None).status == (200 if path in READS else 403), path


def test_telephones_are_plain_for_the_mediator_and_masked_for_others(app, client, number):
    page = client("mediator").get(f"/cases/{number}/parties")
    assert "138 4786 2213" in page.text and page.soup.find("a", href="tel:13847862213")
    for name in ("window", "auditor", "supervisor"):
        page = client(name).get(f"/cases/{number}/parties")
        assert "138 **** **13" in page.text and "4786" not in page.html
    window = client("window")
    window.get(f"/cases/{number}/parties/new/applicant", status=403)
    window.post(f"/cases/{number}/parties/new/applicant", {"name": "x"}, status=403)


def test_a_body_sees_what_is_shared(app, client, number):
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        agency = house.get_user("liaison").agency_id
        shared = Commission(case_id=case.id, agency_id=agency, kind="task", shared_parts=["summary", "claims"])
        db.session.add(shared)
        db.session.commit()
    visitor = client("liaison")
    visitor.get(f"/cases/{number}/parties", status=403)
    page = visitor.get(f"/cases/{number}/claims")
    assert "16,000.00" in page.text and "第1名" in page.text and "要办" not in page.text


def test_add_a_worker_with_a_claim(app, client, number):
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/parties/new/applicant")
    form = {"name": "苏日娜", "phone": "139 0000 1111", "identity": IDENTITY, "head": "wages", "amount_fen": "1.2万",
            "language": "mongolian", "is_interpreter_needed": "y", "interpreter": "其其格"}
    done = visitor.submit(page, "form[action$=applicant]", **form)
    shown = visitor.get(done.location)
    assert "110*************2X" in shown.text and "蒙古语；翻译 其其格" in shown.text
    again = visitor.submit(page, "form[action$=applicant]", **form)
    assert again.location == done.location and len(rows(app, number)) == 3
    claims_page = visitor.get(f"/cases/{number}/claims")
    assert "12,000.00" in claims_page.text and "28,000.00" in claims_page.text


def test_nothing_typed_is_lost_and_each_fault_stands_by_its_field(app, client, number):
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/parties/new/applicant")
    bad = visitor.submit(page, "form[action$=applicant]", status=422, name="", phone="1384786",
                         identity=IDENTITY[:-1] + "1", address="海流图镇", headcount="0")
    values = bad.form("form[action$=applicant]")[1]
    assert (values["phone"], values["identity"], values["address"]) == ("1384786", IDENTITY[:-1] + "1", "海流图镇")
    for field in ("name", "phone", "identity", "headcount"):
        assert bad.soup.select_one(f"#{field}-error"), field
    assert "校验码" in bad.soup.select_one("#identity-error").get_text() and len(rows(app, number)) == 2


def test_a_name_of_ten_thousand_characters_and_a_script(app, client, number):
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/parties/new/applicant")
    bad = visitor.submit(page, "form[action$=applicant]", status=422, name="长" * 10_000)
    assert "10,000" in bad.soup.select_one("#name-error").get_text()
    assert bad.form("form[action$=applicant]")[1]["name"] == "长" * 10_000
    name = "<script>alert(1)</script>"
    visitor.submit(page, "form[action$=applicant]", name=name)
    shown = visitor.get(f"/cases/{number}/parties")
    assert name in shown.text and name not in shown.html


def test_sentences_in_english(client, number):
    visitor = client("mediator")
    visitor.post("/language", {"language": "en", "next": "/"})
    page = visitor.get(f"/cases/{number}/parties/new/respondent")
    bad = visitor.submit(page, "form[action$=respondent]", status=422, name="", phone="12")
    assert "Please give the name" in bad.soup.select_one("#name-error").get_text()
    assert "cannot be read" in bad.soup.select_one("#phone-error").get_text()


def test_two_people_correct_one_party(app, client, number):
    key = key_of(app, "巴特尔")
    first, second = client("mediator"), client("lead")
    page, other = (c.get(f"/cases/{number}/parties/{key}") for c in (first, second))
    first.submit(page, f"form[action$='/{key}']", address="海流图镇")
    lost = second.submit(other, f"form[action$='/{key}']", status=422, address="石哈河镇")
    assert "王调解" in lost.text and lost.form(f"form[action$='/{key}']")[1]["address"] == "石哈河镇"
    second.submit(lost, f"form[action$='/{key}']")


def test_masked_numbers_stay_unless_replaced_or_cleared(app, client, number):
    key, visitor = key_of(app, "巴特尔"), client("mediator")
    address = f"/cases/{number}/parties/{key}"
    form = f"form[action$='/{key}']"
    visitor.submit(visitor.get(address), form, identity=IDENTITY)
    page = visitor.get(address)
    assert page.form(form)[1]["identity"] == "" and IDENTITY not in page.html and "110*************2X" in page.text
    visitor.submit(page, form, address="海流图镇")
    assert rows(app, number)[0][2:4] == ("13847862213", IDENTITY)
    visitor.submit(visitor.get(address), form, clear="identity", phone="", reason="抄错了，先清掉")
    assert rows(app, number)[0][2:4] == ("", "")


def test_striking_out_needs_a_reason_and_leaves_one(app, client, number):
    visitor = client("mediator")
    key = key_of(app, "巴特尔")
    address = f"/cases/{number}/parties/{key}"
    page = visitor.get(address)
    bad = visitor.submit(page, "form[action$=remove]", status=422)
    assert "原因" in bad.soup.select_one("#out_reason-error").get_text() and "至少要留一方申请人" in bad.text
    visitor.submit(visitor.get(f"/cases/{number}/parties/new/applicant"), "form[action$=applicant]", name="苏日娜")
    visitor.submit(visitor.get(address), "form[action$=remove]", out_reason="登记错了")
    shown = visitor.get(f"/cases/{number}/parties")
    assert "已划去 1 方" in shown.text and "登记错了" in shown.text
    visitor.get(address, status=404)


def test_a_list_is_looked_at_before_it_is_added(app, client, number):
    visitor = client("mediator")
    form = "form[action$='parties/list']"
    page = visitor.get(f"/cases/{number}/parties/list")
    text = "姓名\t金额\t电话\n巴特尔\t9000\n苏日娜\t12000\t13900001111\n其其格\t五千\t1390000111"
    shown = visitor.submit(page, form, status=200, action="save", lines=text)
    assert shown.all("tbody td.state") == ["重复，不加入", "新增", "有误"] and len(rows(app, number)) == 2
    assert shown.form(form)[1]["lines"].strip() == text and not shown.soup.find("button", value="save")
    text = text.replace("五千\t1390000111", "5000")
    shown = visitor.submit(shown, form, status=200, action="preview", lines=text)
    assert "加上这 2 人" in shown.text and "17,000.00" in shown.text
    changed = visitor.submit(shown, form, status=200, action="save", lines=text + "\n乌兰 1")
    assert "加上这 3 人" in changed.text
    done = visitor.submit(shown, form, action="save")
    assert "已按名单加上2人" in visitor.get(done.location).html and len(rows(app, number)) == 4
    assert visitor.submit(shown, form, action="save").location == done.location
    empty = visitor.submit(visitor.get(f"/cases/{number}/parties/list"), form, status=422, lines="")
    assert empty.soup.select_one("#lines-error")


def test_a_list_gives_names_to_those_without(app, client, number):
    visitor = client("mediator")
    key = key_of(app, "巴特尔")
    visitor.submit(visitor.get(f"/cases/{number}/parties/{key}"), f"form[action$='/{key}']", headcount="3")
    assert "2 人还没写名字" in visitor.get(f"/cases/{number}/parties").text
    form = "form[action$='parties/list']"
    page = visitor.get(f"/cases/{number}/parties/list")
    shown = visitor.submit(page, form, status=200, lines="苏日娜 15000\n其其格 15000", out_of=str(key), action="preview")
    asked = visitor.submit(shown, form, status=422, action="save")
    assert asked.soup.select_one("input[value=over_sum]")
    visitor.submit(asked, form, action="save", confirmed="over_sum")
    assert "合计 3人" in visitor.get(f"/cases/{number}/claims").text


def test_the_kin_of_one_dead_worker_choose_no_representatives(app, client, number):
    mediator, there = client("mediator"), f"/cases/{number}/parties/representatives"

    def offered() -> bool:
        return bool(mediator.get(f"/cases/{number}/parties").soup.select(f"a[href='{there}']"))
    with app.app_context():
        actor = house.actor("mediator")
        case = db.session.scalar(select(Case).where(Case.number == number))
        worker = next(p for p in case.parties if p.side == "applicant")
        for name in ("斯琴", "巴图"):
            casework.add_party(case, "applicant", "next_of_kin", name, acts_for_id=worker.id)
        worker.died_told = "11月初"
        for other in [p for p in case.parties if p.side == "applicant" and p.part == "worker" and p is not worker]:
            other.removed_on = actor.today
        casework.rest(case, actor)
        db.session.commit()
    assert not offered()
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == number))
        casework.add_worker(case, "张三")
        casework.add_worker(case, "李四")
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    assert offered()


def test_representatives_are_asked_back(app, client, number):
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        for name in "甲乙丙丁戊己庚辛壬":
            parties.put_party(case, "applicant", "worker", f"工人{name}")
        parties.add_party(case, {"side": "applicant", "part": "worker", "name": "工人癸"}, house.actor())
        chosen = [str(p.id) for p in parties.workers(case)]
        db.session.commit()
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/parties/representatives")
    form = "form[action$=representatives]"
    asked = visitor.submit(page, form, status=422, representatives=chosen[:2])
    assert asked.form(form)[1]["representatives"] == chosen[:2]
    assert asked.soup.select_one("input[value=representatives]")
    visitor.submit(asked, form, confirmed="representatives")
    shown = visitor.get(f"/cases/{number}/parties")
    assert "3至5名" in shown.text and shown.all("td .tag").count("代表") == 2


def test_resolving_to_a_new_employer_keeps_the_words(app, client, number):
    visitor = client("mediator")
    key = key_of(app, "李老板")
    address = f"/cases/{number}/parties/{key}/resolve"
    form = "form[action$=resolve][method=post]"
    page = visitor.get(address)
    bad = visitor.submit(page, form, status=422, who="new", name="宏远劳务有限公司", credit_code=CODE[:-1] + "4")
    assert "校验" in bad.soup.select_one("#credit_code-error").get_text()
    visitor.submit(bad, form, credit_code=CODE, short_name="宏远劳务", part="sub_contractor")
    shown = visitor.get(f"/cases/{number}/parties")
    assert "宏远劳务有限公司 分包" in shown.text and "李老板，城南工地" in shown.text and CODE in shown.text
    assert "巴特尔 ↔ 宏远劳务" in shown.all("h1")[0]
    with app.app_context():
        assert db.session.scalars(select(Employer.credit_code)).all() == [CODE]


def test_resolving_to_a_registered_one_or_a_person(app, client, number):
    other = docket.store_case(app, worker="苏日娜", respondent="宏远老板")
    visitor = client("mediator")
    form = "form[action$=resolve][method=post]"
    first = f"/cases/{number}/parties/{key_of(app, '李老板')}/resolve"
    visitor.submit(visitor.get(first), form, who="new", name="宏远劳务有限公司", credit_code=CODE)
    second = f"/cases/{other}/parties/{key_of(app, '宏远老板')}/resolve"
    page = visitor.get(second)
    assert f"宏远劳务有限公司 {CODE}" in page.text
    taken = visitor.submit(page, form, status=422, who="new", name="宏远", credit_code=CODE)
    assert "已登记给宏远劳务有限公司" in taken.soup.select_one("#credit_code-error").get_text()
    visitor.submit(taken, form, who=page.soup.select_one("input[name=who]")["value"])
    lone = visitor.submit(visitor.get(first), form, status=422, who="person", name="李二", identity="")
    assert lone.soup.select_one("#identity-error")
    visitor.submit(lone, form, identity=IDENTITY)
    assert "李二" in visitor.get(f"/cases/{number}/parties").all("h1")[0]
    nobody = visitor.submit(visitor.get(first), form, status=422, who=None)
    assert nobody.soup.select_one("#who-error")


def test_claims_are_added_changed_and_given_up(app, client, number):
    visitor, key = client("mediator"), claim_id(app)
    page = visitor.get(f"/cases/{number}/claims/new")
    form = "form[action$='claims/new']"
    bad = visitor.submit(page, form, status=422, head="severance", amount_fen="一大笔")
    assert bad.form(form)[1]["amount_fen"] == "一大笔" and bad.soup.select_one("#amount_fen-error")
    visitor.submit(bad, form, amount_fen="4,000", is_about="y", from_told="5月", to_told="8月")
    shown = visitor.get(f"/cases/{number}/claims")
    assert "约4,000.00" in shown.text and "20,000.00" in shown.text and "5月 — 8月" in shown.text
    page = visitor.get(f"/cases/{number}/claims/{key}")
    form = f"form[action$='claims/{key}']"
    bad = visitor.submit(page, form, status=422, amount_fen="15000")
    assert bad.soup.select_one("#reason-error")
    visitor.submit(bad, form, reason="多算了一千")
    page = visitor.get(f"/cases/{number}/claims/{key}")
    visitor.submit(page, "form[action$=drop]", out_reason="不要了")
    shown = visitor.get(f"/cases/{number}/claims")
    assert "已放弃 1 项" in shown.text and shown.all("tfoot td")[-2] == "约4,000.00"
    visitor.get(f"/cases/{number}/claims/{key}", status=404)


def test_a_lost_race_over_a_claim(app, client, number):
    visitor, key = client("mediator"), claim_id(app)
    page = visitor.get(f"/cases/{number}/claims/{key}")
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        claims.change_claim(case, case.claims[0], {"head": "wages", "amount_fen": 1}, "错", house.actor("lead"))
        db.session.commit()
    form = f"form[action$='claims/{key}']"
    lost = visitor.submit(page, form, status=422, amount_fen="15000", reason="多算了")
    assert "张站长" in lost.text and lost.form(form)[1]["amount_fen"] == "15000"
    visitor.submit(lost, form)


def test_foreign_keys_lead_nowhere(app, client, number):
    docket.store_case(app, worker="苏日娜", respondent="王老板")
    visitor = client("mediator")
    foreign = key_of(app, "苏日娜")
    visitor.get(f"/cases/{number}/parties/{foreign}", status=404)
    visitor.get(f"/cases/{number}/parties/new/nobody", status=404)
    visitor.get(f"/cases/{number}/parties/{key_of(app, '巴特尔')}/resolve", status=404)
    page = visitor.get(f"/cases/{number}/claims/new")
    bad = visitor.submit(page, "form[action$='claims/new']", status=422, party=str(foreign), head="wages", amount_fen="5")
    assert bad.soup.select_one("#party-error")


def test_an_archived_case_is_left_alone(app, client, number):
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        case.state, case.is_open, case.archived_on = "ARCHIVED", 0, datetime.now(UTC).date()
        db.session.commit()
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/parties/new/applicant")
    bad = visitor.submit(page, "form[action$=applicant]", status=422, name="苏日娜")
    assert "已归档" in bad.text


MESSY = ("2026年5月工资表\n部门：一队\t\t分厂：\n序号\t姓名\t工日\t单价\t总工资\t已领\n1\t苏和\t50\t300\t15000\t5000\n2\t娜仁\t40\t300\t12500\t2000\n"
         "大写：贰万柒仟元整\n制表人：\n")


def test_what_a_list_left_out_and_asked_is_shown_line_by_line(app, client, number):
    visitor, form = client("mediator"), "form[action$='parties/list']"
    page = visitor.submit(visitor.get(f"/cases/{number}/parties/list"), form, status=200, lines=MESSY)
    left = page.soup.select_one("section[aria-labelledby='left-out']").get_text(" ", strip=True)
    for words in ("标题", "2026年5月工资表", "单位、部门、班组", "表头", "大写金额", "制表人："):
        assert words in left
    assert "看不出哪一列是欠的钱" in page.text and not page.soup.select("button[value='save']")
    assert page.form(form)[1]["lines"].split() == MESSY.split()
    wage = page.soup.find("option", string="总工资")["value"]
    page = visitor.submit(page, form, status=200, column=wage)
    assert "工日 × 单价应是12,000.00元" in page.text and page.soup.select("button[value='save']")
    visitor.submit(page, form, action="save")
    assert {"苏和", "娜仁"} <= {row[0] for row in rows(app, number)}


def test_another_column_is_shown_again_before_it_is_saved(client, number):
    visitor, form = client("mediator"), "form[action$='parties/list']"
    page = visitor.submit(visitor.get(f"/cases/{number}/parties/list"), form, status=200, lines=MESSY)
    wage, paid = (page.soup.find("option", string=word)["value"] for word in ("总工资", "请选"))
    page = visitor.submit(page, form, status=200, column=wage)
    again = visitor.submit(page, form, status=200, column=paid, action="save")
    assert "看不出哪一列是欠的钱" in again.text


@pytest.mark.parametrize("field", ["note", "from_told"])
def test_an_identity_number_among_the_words_of_a_claim_is_refused_and_kept(client, number, field):
    visitor, form = client("mediator"), "form.form"
    said = "证11010519491231002X"
    page = visitor.submit(visitor.get(f"/cases/{number}/claims/new"), form, status=422, **{field: said})
    assert "原样印出来" in page.text and page.form(form)[1][field] == said
