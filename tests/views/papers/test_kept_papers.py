"""Issued papers: kept as issued, printed again to the byte, and followed by editions that say what they change."""
from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import AccessLog, Case, Event, KeptPage, Letter, LetterEdition, Paper, Party, Station
from mediation.papers import word_page
from mediation.queries.house import checks, digests
from mediation.queries.papers import case_papers as queries
from mediation.services.money import agreements
from mediation.services.money.agreements import Item, Sign, Step, Terms
from tests import casework, house, prepared

IDENTITY, PHONE = "152824199001011234", "13847862200"


def store(app) -> str:
    """An agreement of two parties that only the worker has signed yet; gives the case's number."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        worker, boss = case.parties[0], casework.respondent(case)
        worker.identity, boss.identity = IDENTITY, "152824197001011236"
        casework.rest(case, actor)
        agreements.agree(case, Terms(
            made_on=actor.today, payer_party_id=boss.id, items=[Item(worker.id, "wages", 1000000)],
            steps=[Step(actor.today, "", 1000000)], signatures=[Sign("applicant", worker.id, "sign", actor.today)]),
            actor, confirmed=True)
        db.session.commit()
        return case.number


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, store)


def sign(client, number: str):
    """The other side signs, at the page."""
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/agreement")
    [way] = [field["name"] for field in page.soup.select("select[name^=way-respondent]")]
    mediator.submit(page, "form[action$='/agreement/sign']", **{way: "sign"})
    return mediator


def sheet(page) -> str:
    [found] = re.findall(r'<article class="paper.*?</article>', page.html, re.S)
    return found


def words_of(html: str) -> list[str]:
    return re.sub("<[^>]*>", " ", html).split()


def change(app, statement) -> None:
    with app.app_context():
        db.session.execute(statement)
        case = db.session.scalars(select(Case)).first()
        casework.rest(case, house.actor("mediator"))
        db.session.commit()


def rows(app, query) -> list:
    with app.app_context():
        return list(db.session.scalars(query))


def record(mediator, number: str, kind: str, **values):
    page = mediator.get(f"/cases/{number}/papers?kind={kind}")
    mediator.submit(page, "#record form", given_way="hand", given_to="巴特尔", status=303, **values)


def test_a_signed_agreement_stays_as_it_was_signed_whatever_is_corrected_later(app, client, number):
    before = sheet(client("mediator").get(f"/cases/{number}/papers/agreement"))
    mediator = sign(client, number)
    page = mediator.get(f"/cases/{number}/papers/agreement")
    assert "第1版" in page.text and "按出具时的原样留存" in page.text
    kept = sheet(page)
    assert "巴特尔" in kept and "李老板" in kept and words_of(kept) == words_of(before)
    change(app, update(Party).where(Party.name == "巴特尔").values(name="巴特儿"))
    change(app, update(Party).where(Party.name == "李老板").values(name="李富贵"))
    change(app, update(Station).values(legal_body="新设调解委员会"))
    again = mediator.get(f"/cases/{number}/papers/agreement")
    assert sheet(again) == kept
    assert "出具以后，下面这些变了" in again.text and "巴特儿" in again.text and "新设调解委员会" in again.text


def test_a_new_edition_says_what_it_changes_and_when_and_the_old_one_stays(app, client, number):
    mediator = sign(client, number)
    first = sheet(mediator.get(f"/cases/{number}/papers/agreement"))
    change(app, update(Party).where(Party.name == "李老板").values(name="李富贵"))
    page = mediator.get(f"/cases/{number}/papers/agreement")
    made = mediator.submit(page, "form[action$=again]", note="姓名登记错了", status=303)
    second = mediator.get(made.location)
    assert "第2版" in second.soup.h1.get_text()
    words = second.soup.select_one("article .edition").get_text()
    assert "第2版，2026年11月18日出具，代替2026年11月18日出具的第1版" in words
    assert "“被申请人：李老板" in words and "改为“被申请人：李富贵" in words
    [row] = rows(app, select(Paper).where(Paper.edition == 2))
    [old] = rows(app, select(Paper).where(Paper.edition == 1))
    assert (row.replaces_id, row.number, row.note) == (old.id, old.number, "姓名登记错了")
    earlier = mediator.get(f"/cases/{number}/papers/kept/{old.id}")
    assert sheet(earlier) == first and "后面有新版" in earlier.text
    index = mediator.get(f"/cases/{number}/papers").text
    assert "第1版" in index and "第2版" in index
    assert sheet(mediator.get(f"/cases/{number}/papers/agreement")) == sheet(second)
    [event] = rows(app, select(Event).where(Event.kind == "paper_reissued"))
    assert "李富贵" not in event.data


def test_without_a_change_there_is_no_new_edition(app, client, number):
    mediator = sign(client, number)
    [row] = rows(app, select(Paper).where(Paper.edition == 1))
    assert "/again" not in mediator.get(f"/cases/{number}/papers/agreement").html
    page = mediator.post(f"/cases/{number}/papers/kept/{row.id}/again", status=422)
    assert "内容和留存的一样" in page.text and len(rows(app, select(Paper))) == 1


def test_an_edition_is_made_of_the_newest_alone(app, client, number):
    mediator = sign(client, number)
    change(app, update(Party).where(Party.name == "李老板").values(name="李富贵"))
    page = mediator.get(f"/cases/{number}/papers/agreement")
    [row] = rows(app, select(Paper).where(Paper.edition == 1))
    mediator.submit(page, "form[action$=again]", status=303)
    assert "后面已经出过新版" in mediator.post(f"/cases/{number}/papers/kept/{row.id}/again", status=422).text


def test_what_is_given_to_the_second_side_is_the_paper_of_the_first(app, client, number):
    mediator = client("mediator")
    record(mediator, number, "acceptance")
    change(app, update(Party).where(Party.name == "巴特尔").values(name="巴特儿"))
    record(mediator, number, "acceptance")
    first, second = rows(app, select(Paper).where(Paper.kind == "acceptance").order_by(Paper.id))
    assert first.kept == second.kept and (first.edition, second.edition) == (1, 1)
    assert "巴特尔" in sheet(mediator.get(f"/cases/{number}/papers/acceptance"))


def test_a_paper_that_was_not_issued_is_printed_as_things_stand(app, client, number):
    mediator = client("mediator")
    mediator.get(f"/cases/{number}/papers/acceptance")
    change(app, update(Party).where(Party.name == "巴特尔").values(name="巴特儿"))
    page = mediator.get(f"/cases/{number}/papers/acceptance")
    assert "巴特儿" in sheet(page) and "第1版" not in page.text


def test_a_corrected_identity_number_is_told_only_to_who_may_see_it(app, client, number):
    mediator = sign(client, number)
    with app.app_context():
        worker = db.session.scalars(select(Party).where(Party.name == "巴特尔")).one()
        worker.identity = "152824199001015678"
        casework.rest(worker.case, house.actor("mediator"))
        db.session.commit()
    page = mediator.get(f"/cases/{number}/papers/agreement")
    made = mediator.submit(page, "form[action$=again]", status=303)
    plain = mediator.get(made.location)
    assert "这里不显示的号码有改动" in plain.text and "15282419900101" not in plain.html
    full = mediator.post(made.location, status=200)
    assert IDENTITY in full.html and "152824199001015678" in full.html


def test_a_kept_paper_shows_no_more_than_a_new_one_and_each_look_is_on_record(app, client, number):
    mediator = sign(client, number)
    [row] = rows(app, select(Paper).where(Paper.edition == 1))
    place = f"/cases/{number}/papers/kept/{row.id}"
    assert PHONE in mediator.get(place).html and IDENTITY not in mediator.get(place).html
    assert IDENTITY in mediator.post(place, status=200).html
    for name in ("window", "auditor"):
        other = client(name)
        page = other.get(place)
        assert "巴特尔" in page.html and PHONE not in page.html and IDENTITY not in page.html
        other.post(place, status=403)
        other.post(f"{place}/again", status=403)
    client("mediator2").get(place, status=404)
    looks = [(row.kind, row.detail) for row in rows(app, select(AccessLog).where(AccessLog.object == number))]
    assert ("reveal", "paper agreement: paper") in looks and ("print", "agreement 1") in looks
    mediator.get(f"/cases/{number}/papers/kept/99", status=404)


def test_check_finds_a_kept_paper_that_was_changed_or_is_gone(app, client, number):
    sign(client, number)
    with app.app_context():
        assert checks.run() == [] and digests.verify() == []
        row = db.session.scalars(select(KeptPage).where(KeptPage.digest.in_(select(Paper.kept)))).one()
        kept = queries.kept(row.digest)
        assert kept.facts["deal"]["total_fen"] == "10,000.00" and "巴特尔" in str(kept.facts["applicants"])
        assert "巴特尔" not in row.body_sealed
        row.body = queries.kept(row.digest).text()[:-8]
        db.session.flush()
        assert [fault.place for fault in checks.run()] == [number]
        row.body_sealed = "k1:00"
        db.session.flush()
        assert [fault.place for fault in checks.run()] == [number]
        db.session.delete(row)
        db.session.flush()
        assert [fault.place for fault in checks.run()] == [number]


def test_a_page_that_is_gone_says_so_and_is_not_made_anew(app, client, number):
    mediator = sign(client, number)
    with app.app_context():
        db.session.delete(db.session.scalars(select(KeptPage).where(KeptPage.digest.in_(select(Paper.kept)))).one())
        db.session.commit()
    page = mediator.get(f"/cases/{number}/papers/agreement")
    assert "打不开，或被改过" in page.text and not page.soup.select("article.paper")


def test_each_session_has_a_record_of_its_own(app, client, number):
    with app.app_context():
        actor = house.actor("mediator")
        case = db.session.scalars(select(Case)).one()
        for _n in range(2):
            casework.add_hearing(case, actor)
        casework.rest(case, actor)
        db.session.commit()
    mediator = client("mediator")
    for seq in (1, 2):
        page = mediator.get(f"/cases/{number}/papers?kind=record&hearing={seq}")
        mediator.submit(page, "#record form", given_way="hand", given_to="巴特尔", status=303)
    made = rows(app, select(Paper).where(Paper.kind == "record").order_by(Paper.id))
    assert [row.edition for row in made] == [1, 1] and len({row.about for row in made}) == 2


def test_the_papers_of_registration_are_kept_too(app, client, number):
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers/registration")
    mediator.submit(page, "form[action$=registration]:has([name=submit_token])", status=303)
    change(app, update(Party).where(Party.name == "巴特尔").values(name="巴特儿"))
    page = mediator.get(f"/cases/{number}/papers/registration")
    assert len(page.soup.select("article.paper")) == 3 and "巴特儿" not in page.text


def test_a_supervision_letter_is_printed_as_it_was_sent(app, client):
    """The employer is renamed afterwards."""
    chief = client("supervisor")
    page = chief.get("/employers/new")
    made = chief.submit(page, "main form", name="旧名公司", status=303)
    page = chief.get(f"{made.location}/letters/new")
    sent = chief.submit(page, "main form", kind="reminder", facts="没有签合同", demand="补签合同", status=303)
    first = sheet(chief.get(f"{sent.location}/print"))
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        assert letter.kept
        letter.employer.name = "新名公司"
        db.session.commit()
    assert sheet(chief.get(f"{sent.location}/print")) == first and "旧名公司" in first
    said = word_page.text_of(chief.get(f"{sent.location}/word", fragment=True).response.data)
    assert "旧名公司：" in said and "没有签合同" in said and "补签合同" in said and "新名公司" not in said
    again = chief.get(f"{sent.location}/print")
    assert "第1版：11-18 周三出具" in again.text and "旧名公司： → 新名公司：" in again.text


def test_a_letter_gets_a_second_edition_that_says_what_changed(app, client):
    chief = client("supervisor")
    made = chief.submit(chief.get("/employers/new"), "main form", name="旧名公司", status=303)
    page = chief.get(f"{made.location}/letters/new")
    sent = chief.submit(page, "main form", kind="reminder", facts="没有签合同", demand="补签合同", status=303).location
    first = sheet(chief.get(f"{sent}/print"))
    assert "内容和留存的一样" in chief.post(f"{sent}/again", status=422).text
    with app.app_context():
        db.session.scalars(select(Letter)).one().employer.name = "新名公司"
        db.session.commit()
    page = chief.get(f"{sent}/print")
    chief.submit(page, "form[action$=again]", note="单位改了名", status=303)
    page = chief.get(f"{sent}/print")
    assert "第2版：11-18 周三出具" in page.text and not page.soup.select("form[action$=again]")
    words = page.soup.select_one("article .edition").get_text()
    assert "第2版，2026年11月18日出具，代替2026年11月18日出具的第1版" in words and "“旧名公司：”改为“新名公司：”" in words
    assert sheet(chief.get(f"{sent}/print?edition=1")) == first
    files = [word_page.text_of(chief.get(f"{sent}/word{query}", fragment=True).response.data) for query in ("?edition=1", "")]
    assert ["新名公司：" in said for said in files] == [False, True] and "旧名公司：" in files[0]
    chief.get(f"{sent}/print?edition=3", status=404)
    with app.app_context():
        [row] = db.session.scalars(select(LetterEdition))
        assert (row.edition, row.note) == (2, "单位改了名")
        [event] = db.session.scalars(select(Event).where(Event.kind == "letter_reissued"))
        assert "新名公司" not in event.data and not list(digests.verify_beside())
        db.session.execute(update(LetterEdition).values(made_on=date(2026, 1, 1)))
        assert [fault.place.split()[0] for fault in digests.verify_beside()] == ["letter_edition"]
