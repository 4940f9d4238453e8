"""Pages of an import beyond the way through it (tests/browser/test_import.py): what was explained of headings."""
from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event, HeadingMapping, HeadingWord, ImportBatch, ImportRow
from mediation.queries import imports as queries
from mediation.queries.house import digests
from mediation.services.imports import staging, taking
from tests import house, imports
from tests.workbooks import bomb, locked, raw_xlsx, xlsx


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


HEAD = "受理日期,申请人,被申请人,诉求金额（元）\n"
# What is sent, what is said at once, and what is said of the rows once the columns are settled ('' where none are read).
BAD = {
    "locked.xlsx": (locked(), "去掉密码", ""),
    "bomb.xlsx": (bomb("xl/sharedStrings.xml"), "没有打开", ""),
    "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片", ""),
    "empty.csv": (b"", "空的", ""),
    "blank.xlsx": (xlsx(), "没有一格有内容", ""),
    "long.csv": (b"1\r\n" * 1_048_576, "200,000", ""),
    "far.xlsx": (raw_xlsx("".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{who}</t></is></c><c r="B{n}" t="inlineStr"><is><t>{whom}</t></is></c>'
        f'<c r="BXX{n}"/></row>' for n, who, whom in ((1, "申请人", "被申请人"), (2, "苏布德", "城北公司")))), "", "可以导入1件"),
    "formulas.xlsx": (xlsx(["受理日期", "申请人", "被申请人", "诉求金额（元）"], ["2025-03-04", "苏布德", "城北公司", "=SUM(A1:A9)"]),
                      "", "公式"),
    "days.csv": ((HEAD + "2025-03-04,苏布德,城北公司,1\n3月5日,巴特尔,城北公司,2\n45720,娜仁,城北公司,3\n2025-13-45,其其格,城北公司,4\n").encode(),
                 "", "2025-13-45"),
    "names.csv": ((HEAD + f"2025-03-04,苏布德,{'长' * 300},1\n").encode(), "", "最多200个字，现在是300个"),
    "control.csv": ((HEAD + "2025-03-04,苏\x01布德,城北\x07公司,1\n").encode(), "", "控制字符"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_on_the_page_gets_a_sentence_and_the_server_goes_on(app, client, name):
    data, at_once, later = BAD[name]
    lead = client("lead")
    sent = lead.submit(lead.get("/import"), "form[action='/import']", 422 if at_once else 303, file=(io.BytesIO(data), name))
    if at_once:
        assert at_once in " ".join(sent.errors) and "/import" in lead.get("/import").html
        with app.app_context():
            assert db.session.scalars(select(ImportRow)).first() is None
        return
    page = lead.get(sent.location)
    settled = lead.submit(page, "form[action$='/columns']")
    for _block in range(4):
        page = lead.get(settled.location)
        if page.soup.select_one("form[data-go]") is None:
            break
        settled = lead.submit(page, "form[data-go]")
    assert later in page.text
    with app.app_context():
        assert db.session.scalars(select(Case)).first() is None


def test_what_is_wrong_with_a_cell_stands_beside_it_where_it_is_mended(app, client):
    with app.app_context():
        batch = imports.stage(house.actor("lead"), imports.BAD).id
        db.session.commit()
    page = client("lead").get(f"/import/{batch}/rows/3")
    bad = [(field.label.get_text(strip=True), field.get_text(" ", strip=True)) for field in page.soup.select(".field.bad")]
    assert [(label, "看不懂这个金额" in said) for label, said in bad] == [("诉求金额（元）", True)]
    assert "没有13月" in page.soup.find("label", string="受理日期").parent.get_text()


def test_the_first_sheet_of_a_union_in_another_currency_says_its_sums_in_that(client):
    lead = client("lead")
    rows = "case number,date opened,worker name,employer name,amount claimed usd,amount paid usd\na-1,11/20/2024,Ann,Acme,100.50,80\n"
    sent = lead.submit(lead.get("/import"), "form[action='/import']", file=(io.BytesIO(rows.encode()), "claims.csv"))
    columns = lead.get(sent.location)
    assert [one.get_text() for one in columns.soup.select_one("select[name^='unit-']")("option")] == ["美元", "千美元", "万美元"]
    settled = lead.submit(columns, "form[action$='/columns']")
    page = lead.get(settled.location)
    assert "100.50美元" in page.text and "100.50元" not in page.text
    taken = lead.submit(page, "form[action$='/go']")
    case = lead.get(lead.get(taken.location).soup.select_one("a[href*='import=']")["href"])
    assert "100.50" in case.text and "这里的金额都是美元" in case.text


def test_days_written_in_several_ways_are_named_with_their_column_and_the_cure(client):
    lead = client("lead")
    data = BAD["days.csv"][0]
    sent = lead.submit(lead.get("/import"), "form[action='/import']", file=(io.BytesIO(data), "days.csv"))
    settled = lead.submit(lead.get(sent.location), "form[action$='/columns']")
    page = lead.get(settled.location)
    assert "“受理日期”一列的日期有3种写法" in page.text and "改成一种写法再传" in page.text


def test_two_candidates_for_the_heading_are_both_offered(client):
    lead = client("lead")
    rows = HEAD + "2025-03-04,苏布德,城北公司,1\n收到日期,姓名,单位,金额\n2025-03-05,巴特尔,城南公司,2\n"
    sent = lead.submit(lead.get("/import"), "form[action='/import']", file=(io.BytesIO(rows.encode()), "两年.csv"))
    page = lead.get(sent.location)
    assert "有几处像表头：第1、3行" in page.text
    refused = lead.submit(page, "form[action$='/columns']", 422)
    assert any("有几处像表头" in said for said in refused.errors)
    second = lead.get(page.soup.select("a[href*='heading=']")[1]["href"])
    assert second.soup.select_one("select[name='heading'] option[selected]")["value"] == "3"
    assert [one["href"].rpartition("=")[2] for one in second.soup.select("a[href*='heading=']")] == ["1", "3"]
    settled = lead.submit(second, "form[action$='/columns']")
    assert "可以导入1件" in lead.get(settled.location).text


def test_a_column_that_could_be_another_fact_says_so_where_it_is_placed(client):
    lead = client("lead")
    rows = "受理日期,申请人,被申请人,诉求金额（元）,欠款总额（元）\n2025-03-04,苏布德,城北公司,1,2\n"
    sent = lead.submit(lead.get("/import"), "form[action='/import']", file=(io.BytesIO(rows.encode()), "台账.csv"))
    page = lead.get(sent.location)
    row = page.soup.find("select", attrs={"name": "column-4"}).find_parent("tr")
    assert "“欠款总额（元）”也像是诉求金额" in row.get_text()


def test_an_import_that_is_being_undone_says_how_far_it_is(app, client):
    with app.app_context():
        lead = house.actor("lead")
        batch = imports.stage(lead, *imports.GOOD)
        imports.take(batch, lead)
        n = queries.counts(batch).taken
        taking.undo(batch, "选错了年份", lead)
        db.session.commit()
        key = batch.id
    visitor = client("lead")
    assert f"正在撤销，{n}件里已作废0件：选错了年份" in visitor.get(f"/import/{key}").text
    with app.app_context():
        for _left in taking.void(db.session.get_one(ImportBatch, key), house.actor("lead")):
            db.session.commit()
    page = visitor.get(f"/import/{key}")
    assert f"已撤销，{n}件作废：选错了年份" in page.text and "已导入" not in page.soup.find("main").get_text()
    assert any("已作废" in said for said in page.all("tbody td.state"))
