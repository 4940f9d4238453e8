"""A sample on the screen: drawn, drawn again from the exported file alone, marked, printed; the whole file of a case."""
import csv
import hashlib
import io

import pytest
from sqlalchemy import Engine, event, select

from mediation.extensions import db
from mediation.models import Case, Event, Sample
from mediation.queries.house import digests
from mediation.services import journal
from tests import casework, exports, house, prepared


@pytest.fixture
def ledger(app):
    return prepared.once(app, exports.furnish_app)


def draw(client, query: str = "period=", **given) -> str:
    auditor = client("auditor")
    page = auditor.get(f"/audit?{query}")
    return auditor.submit(page, "form.form", **{"size": "2", "seed": "骰子4261", **given}).location


def drawn_numbers(page) -> list[str]:
    return [cell.get_text(strip=True) for cell in page.soup.select("table.list tbody td:first-child")]


def test_only_auditors_draw(client, ledger):
    place = draw(client)
    for name in ("mediator", "mediator2", "lead", "supervisor", "liaison", "admin"):
        for path in ("/audit", place, f"{place}/paper"):
            assert client(name).get(path, status=403).status == 403
        client(name).post("/audit", status=403)
        client(name).post(f"{place}/marks", status=403)
    client("auditor").get("/audit/samples/99", status=404)


def test_anybody_draws_the_same_from_the_exported_file(client, ledger):
    """Ten lines of plain Python over the CSV of the link on the page."""
    auditor = client("auditor")
    page = auditor.get(draw(client))
    link = page.soup.select_one("a[href^='/ledger/cases.csv']")["href"]
    rows = csv.DictReader(io.StringIO(auditor.get(link).response.get_data().decode("utf-8-sig"), newline=""))
    numbers = sorted(row["案件编号"] for row in rows)
    ranked = sorted(numbers, key=lambda number: hashlib.sha256(("骰子4261" + number).encode()).hexdigest())
    assert drawn_numbers(page) == ranked[:2]
    digest = hashlib.sha256("".join(number + "\n" for number in numbers).encode()).hexdigest()
    assert digest in page.text and len(numbers) == 4
    assert "得到同一份名单" in auditor.get("/audit/samples/1?check=1").text


def test_the_population_is_what_the_filter_says(app, client, ledger):
    auditor = client("auditor")
    page = auditor.get("/audit?period=2025&by=received")
    assert "总体 1 件" in page.text
    refused = auditor.submit(page, "form.form", status=422, size="2", seed="x")
    assert "只有1件" in refused.text
    place = draw(client, "period=2025&by=received", size="1")
    assert drawn_numbers(client("auditor").get(place)) == [ledger["failed"]]
    for query, sentence in (("period=2026-13", "看不懂这个期间"), ("station=nowhere", "没有这个站点"), ("channel=Z", "可选之列")):
        assert sentence in auditor.get(f"/audit?{query}").soup.select_one(".flash.error").get_text()
    for bad in ({"size": "0"}, {"size": "501"}, {"size": "many"}, {"seed": ""}):
        page = auditor.get("/audit?period=")
        assert auditor.submit(page, "form.form", status=422, **{"size": "2", "seed": "x", **bad}).errors
    with app.app_context():
        assert len(db.session.scalars(select(Sample)).all()) == 1


def test_marks_findings_and_the_working_paper(app, client, ledger):
    place = draw(client, size="3")
    auditor = client("auditor")
    first, second, _third = drawn_numbers(auditor.get(place))
    auditor.get(f"/audit/cases/{first}")
    auditor.post(f"{place}/marks", {"mark": "1:seen"})
    auditor.post(f"{place}/marks", {"mark": "1:clear"})
    link = auditor.get(place).soup.select_one(f"a[href='/audit/findings/new?case={second}&sample={place[-1]}']")["href"]
    auditor.submit(auditor.get(link), "form.panel", topic="money", note="到账与回单差十元", due_on="2026-12-01")
    paper = auditor.get(f"{place}/paper")
    states = [row.get_text(" ", strip=True) for row in paper.soup.select("table.list tbody tr")]
    assert "无发现" in states[0] and "有发现" in states[1] and "到账与回单差十元" in states[1] and "未看" in states[2]
    assert "骰子4261" in paper.text and "SHA-256" in paper.text
    for wrong in ("9:seen", "1:nonsense", "seen", ""):
        auditor.post(f"{place}/marks", {"mark": wrong}, status=422)
    with app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.is_of_house()).order_by(Event.id.desc()).limit(4)))
        assert kinds == ["sample_marked", "sample_marked", "sample_marked", "sample_drawn"]
        assert digests.verify() == []


def test_the_whole_file_on_one_page_without_concessions(app, client):
    with app.app_context():
        who = house.actor("mediator")
        case = casework.bring(casework.make_case(who), "MEDIATING", who)
        casework.add_hearing(case, who, place="会议室", note_id=journal.write_note(who, case, "双方都讲了").id,
                             concession_note_id=journal.write_note(who, case, "底线八千", True).id)
        number = case.number
        db.session.commit()
    for name in ("auditor", "mediator", "supervisor"):
        page = client(name).get(f"/audit/cases/{number}")
        assert "巴特尔" in page.text and "会议室" in page.text and "双方都讲了" in page.text
        assert "底线八千" not in page.text and "152824199001011234" not in page.text
        assert "13847862200" not in page.text and not page.soup.select("main form")
    client("mediator2").get(f"/audit/cases/{number}", status=404)
    for name in ("liaison", "admin"):
        assert client(name).get(f"/audit/cases/{number}", status=None).status in (403, 404)


def test_a_sealed_case_is_in_the_population_and_closed_to_the_auditor(app, client, ledger):
    with app.app_context():
        for case in db.session.scalars(select(Case)):
            case.is_sealed = True
        db.session.commit()
    place = draw(client, size="4")
    page = client("auditor").get(place)
    assert page.text.count("请分管负责人加您为知悉人") == 4 and "巴特尔" not in page.text
    client("auditor").get(f"/audit/cases/{ledger['one']}", status=404)
    assert "巴特尔" not in client("auditor").get(f"{place}/paper").text


def test_a_page_asks_the_same_however_many_cases(app, client, ledger):
    counts = []
    for size in ("1", "4"):
        place, seen = draw(client, size=size), []
        with app.app_context():
            event.listen(Engine, "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
        auditor = client("auditor")
        seen.clear()
        auditor.get(place)
        counts.append(len(seen))
    assert counts[0] == counts[1]
