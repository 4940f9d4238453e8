"""The pages of the register: found by words, page by page, one union's beyond the other's wall."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from mediation.extensions import db
from mediation.models import Case, Employer, Event
from mediation.queries import people as employer_queries
from mediation.services.people import employers, parties
from tests import casework, docket, house

CODE = "91350100M000100Y43"


def add(app, *names: str, username: str = "mediator", **values) -> int:
    with app.app_context():
        for name in names:
            row = employers.register({"name": name, **values}, house.actor(username))
        db.session.commit()
        return row.id


def test_empty_register_says_what_to_do(client):
    page = client("mediator").get("/employers")
    assert "还没有登记单位" in page.text and page.soup.find("a", href="/employers/new")


def test_register_and_correct(client):
    visitor = client("mediator")
    page = visitor.get("/employers/new")
    form = "form[action='/employers/new']"
    bad = visitor.submit(page, form, status=422, name="", credit_code=CODE[:-1] + "4", note="欠过两回")
    assert bad.soup.select_one("#name-error") and bad.soup.select_one("#credit_code-error")
    assert bad.form(form)[1]["note"].strip() == "欠过两回"
    done = visitor.submit(bad, form, name="宏远劳务有限公司", credit_code=CODE)
    assert visitor.submit(bad, form, name="宏远劳务有限公司", credit_code=CODE).location == done.location
    page = visitor.get(done.location)
    assert page.title.startswith("宏远劳务有限公司") and CODE in page.text
    taken = visitor.submit(visitor.get("/employers/new"), form, status=422, name="又一家", credit_code=CODE.lower())
    assert "已登记给宏远劳务有限公司" in taken.text and taken.soup.find("a", href=done.location)
    edit = visitor.get(done.location + "/edit")
    visitor.submit(edit, "form[action$=edit]", legal_person="李某", name="<script>x</script>")
    shown = visitor.get(done.location)
    assert "李某" in shown.text and "<script>x" not in shown.html
    stale = visitor.submit(edit, "form[action$=edit]", status=422, legal_person="王某")
    assert stale.form("form[action$=edit]")[1]["legal_person"] == "王某"


def test_same_name_is_asked_back(app, client):
    add(app, "宏远劳务")
    visitor = client("lead")
    asked = visitor.submit(visitor.get("/employers/new"), "form[action='/employers/new']", status=422, name="宏远 劳务")
    assert asked.soup.select_one("input[value=same_name]")
    visitor.submit(asked, "form[action='/employers/new']", confirmed="same_name")


def test_search_and_pages(app, client, monkeypatch):
    add(app, *(f"单位{n:02d}" for n in range(7)))
    add(app, "宏远劳务有限公司", short_name="宏远", credit_code=CODE)
    monkeypatch.setattr(employer_queries, "PAGE", 3)
    visitor, seen, path = client("mediator"), [], "/employers"
    while path:
        page = visitor.get(path)
        seen += [name.split()[0] for name in page.all("tbody td:first-child")]
        following = page.soup.select_one("a[rel=next]")
        path = following["href"] if following else None
    assert seen == sorted(seen) and len(set(seen)) == 8
    for said in ("宏远", "劳务", CODE[:6].lower(), "ＨＯＮＧ%"):
        found = visitor.get("/employers", query_string={"q": said}).all("tbody td:first-child")
        assert len(found) == (0 if "％" in said or "%" in said else 1), said


def test_the_wall(app, client):
    key = add(app, "宏远劳务")
    outsider = client("mediator2")
    assert "宏远" not in outsider.get("/employers").text
    outsider.get(f"/employers/{key}", status=404)
    outsider.get(f"/employers/{key}/edit", status=404)
    outsider.post(f"/employers/{key}/edit", {"name": "我的"}, status=404)
    for name in ("liaison", "admin"):
        client(name).get("/employers", status=403)
    auditor = client("auditor")
    auditor.get(f"/employers/{key}")
    auditor.get(f"/employers/{key}/edit", status=403)
    auditor.get("/employers/new", status=403)
    client("supervisor").get(f"/employers/{key}/edit")


def resolve(app, number: str, key: int) -> None:
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        parties.resolve_respondent(case, parties.active(case, "respondent")[0], house.actor(),
                                   employer=db.session.get(Employer, key))
        db.session.commit()


def test_an_employer_with_its_cases(app, client):
    key = add(app, "宏远劳务有限公司")
    for worker in ("巴特尔", "苏日娜"):
        resolve(app, docket.store_case(app, worker=worker), key)
    page = client("window").get(f"/employers/{key}")
    assert "一年内2件" in page.text and "32,000.00" in page.text
    assert page.all("tbody td:first-child") == ["苏日娜", "巴特尔"]
    assert "2件" in client("mediator").get("/employers").text


def test_the_page_asks_the_same_number_of_questions_with_a_hundred_cases(app, client):
    key, person = add(app, "宏远劳务有限公司"), client("mediator")
    add_cases(app, key, 4)  # enough for the flags to stand there
    person.get(f"/employers/{key}")
    few = asked(app, lambda: person.get(f"/employers/{key}"))
    add_cases(app, key, 96)
    page = person.get(f"/employers/{key}")
    assert len(page.all("tbody tr")) == 50 and "一年内100件" in page.text
    assert asked(app, lambda: person.get(f"/employers/{key}")) == few


def add_cases(app, key: int, n: int) -> None:
    with app.app_context():
        for _n in range(n):
            casework.respondent(casework.make_case(house.actor())).employer_id = key
        db.session.commit()


def asked(app, work) -> int:
    """How many statements ``work`` sends."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)
    db.event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        db.event.remove(Engine, "before_cursor_execute", note)
    return len(said)


def test_the_collective_contract_shows_the_days_left(app, client):
    key = add(app, "金泉矿业有限公司")
    with app.app_context():
        actor = house.actor()
        employers.set_democracy(db.session.get(Employer, key), {
            "contract": ("yes", actor.today + timedelta(days=46))}, actor)
        db.session.commit()
    assert "还剩46天" in client("mediator").get(f"/employers/{key}").text


def test_one_employer_under_two_names(app, client):
    """Cases of both stand on one page, the other name leads there, and it can be parted again; both journals know."""
    keep, other = add(app, "宏远劳务有限公司"), add(app, "宏远建筑劳务", credit_code=CODE)
    for key, worker in ((keep, "巴特尔"), (other, "苏日娜")):
        resolve(app, docket.store_case(app, worker=worker), key)
    mediator = client("mediator")
    page = mediator.get(f"/employers/{other}/merge")
    mediator.submit(page, "main form", status=422, into=str(keep))
    mediator.submit(page, "main form", into=str(keep), reason="法定代表人是同一人")
    page = mediator.get(f"/employers/{other}")
    assert page.title.startswith("宏远劳务有限公司") and "又名 宏远建筑劳务" in page.text
    assert page.all("tbody td:first-child") == ["苏日娜", "巴特尔"]
    listed = mediator.get("/employers?q=建筑")
    assert [name.split()[0] for name in listed.all("tbody td:first-child")] == ["宏远劳务有限公司"] and "2件" in listed.text
    with app.app_context():
        kinds = db.session.scalars(select(Event.stream).where(Event.kind == "employer_merged")).all()
        assert sorted(kinds) == sorted([f"employer:{keep}", f"employer:{other}"])
    client("mediator2").get(f"/employers/{keep}/merge", status=404)
    client("auditor").get(f"/employers/{keep}/merge", status=403)
    client("supervisor2").post(f"/employers/{keep}/part/{other}", {}, status=404)
    mediator.submit(page, f"form[action='/employers/{keep}/part/{other}']")
    assert mediator.get(f"/employers/{keep}").all("tbody td:first-child") == ["巴特尔"]


def test_flags_name_what_triggered_them(app, client):
    key = add(app, "宏远劳务有限公司")
    for worker in ("甲", "乙"):
        resolve(app, docket.store_case(app, worker=worker), key)
    assert "重复预警" not in client("mediator").get(f"/employers/{key}").text
    resolve(app, docket.store_case(app, worker="丙"), key)
    page = client("mediator").get(f"/employers/{key}")
    flag = page.soup.find(id="flags-title").find_parent("section")
    assert "一年内3件案件（满3件）" in flag.text and [a.text for a in flag.find_all("a")] == ["丙", "乙", "甲"]
