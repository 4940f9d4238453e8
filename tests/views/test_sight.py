"""Who finds what: every address of a case and of its consultation, out of the program's own list of addresses.

The case holds one of everything that an address can name. For those without a part in it each address answers that
there is nothing; for a body that has one, no page tells what is not shared with it.
"""
from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from mediation.extensions import db
from mediation.models import Agency, Attachment, Case, Commission, Consultation, Party
from mediation.rules.cases import workflow
from mediation.rules.papers import catalogue as papers
from mediation.services.bodies import consultations, coordination
from mediation.services.cases import sessions
from mediation.services.house import accounts, setup
from mediation.services.papers import files
from tests import casework, house

SECRETS = {"concession": "对方愿让到八千", "narrative": "经过里的悄悄话", "others": "查保证金密件", "opinion": "检察院内部看法",
           "said": "背对背说的话", "own file": "内部笔记.pdf", "phone": "13847862200"}


class Made(NamedTuple):
    number: str
    consultation: int
    letter: int
    file: int


@pytest.fixture
def made(app) -> Made:
    """A case with everything in it, one task and one consultation shared with the court; a second body with an account."""
    app.config["WTF_CSRF_ENABLED"] = False  # a walk sends no tokens
    with app.app_context():
        bureau()
        actor = house.actor("mediator")
        case = casework.make_case(actor, narrative=SECRETS["narrative"])
        casework.bring(case, "MEDIATING", actor)
        keys = dict(db.session.execute(select(Agency.code, Agency.id)).tuples().all())
        worker = next(p for p in case.parties if p.side == "applicant")
        sessions.hold(case, sessions.Held(actor.today, "face", "09:30", "调解室", [worker.id], said=SECRETS["said"],
                                          concession=SECRETS["concession"]), actor)
        shared = {"shared_parts": ["summary", "outcome"], "legal_basis": "申请人同意", "share_ground": "consent"}
        letter = coordination.record(case, coordination.Request(keys["court"], "task", "out", purpose="核对案号", **shared),
                                     actor)
        coordination.record(case, coordination.Request(keys["procuratorate"], "task", "out", purpose=SECRETS["others"]), actor)
        row = consultations.call(case, consultations.Call([keys["court"], keys["procuratorate"]], actor.today, "核欠薪",
                                                          **shared), actor)
        consultations.enter_opinion(row, keys["procuratorate"], consultations.Opinion(SECRETS["opinion"], way="phone"), actor)
        folder = app.config["MEDIATION"]["INSTANCE"]
        pdf, place = b"%PDF-1.7 x", files.Place(letter)
        kept = files.add(case, "来函.pdf", pdf, _path(folder), actor, place)
        files.add(case, "会诊.pdf", pdf, _path(folder), actor, files.Place(consultation=row))
        files.add(case, SECRETS["own file"], pdf, _path(folder), actor)
        db.session.commit()
        return Made(case.number, row.id, letter.id, kept.id)


def _path(folder):
    return house.Path(str(folder))


def bureau() -> None:
    """Somebody with an account at the bureau, which has no part in the case, and a body without any account."""
    clerk, union = house.actor("admin"), house.get_station("urad-middle")
    setup.save_agency(clerk, union, "procuratorate", "procuratorate", "乌拉特中旗人民检察院", short_name="检察院")
    hr = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
    row, _secret = accounts.create(clerk, "bureau", "苏队长", "liaison", union, hr, password=house.PASSWORD)
    row.must_change, row.one_time_until_at = False, None
    accounts.confirm(row, house.actor("supervisor"))


def addresses(app, made: Made) -> list[tuple[str, str]]:
    """Every address below a case or a consultation with each of its methods, for every row that it could name."""
    with app.app_context():
        last = max(db.session.scalar(select(db.func.max(model.id))) for model in (Commission, Attachment, Party))
    known = {"move": [*workflow.MOVES, *workflow.CHAINS], "kind": [*papers.PAPERS, "x"], "part": ["x"], "sheet": ["x"]}
    adapter, found = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        is_case, is_consultation = "number" in rule.arguments, rule.rule.startswith("/consultations/")
        if not (is_case or is_consultation):
            continue
        names = sorted(rule.arguments)
        choices = [[made.number] if name == "number" else [made.consultation] if name == "consultation"
                   else range(1, last + 1) if isinstance(rule._converters[name], IntegerConverter)
                   else known.get(name, ["x"]) for name in names]
        for values in itertools.product(*choices):
            path = adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))
            found += [(method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def walk(app, visitor, made: Made, methods: str = "GET POST") -> Iterator[tuple[str, str, int, str]]:
    """What each address answers; a file's answer is not read."""
    for method, path in addresses(app, made):
        if method not in methods:
            continue
        options = {"data": {"csrf_token": "x"}} if method == "POST" else {}
        page = visitor._open(method, path, None, True, **options)
        text = page.html if page.response.mimetype == "text/html" else ""
        yield method, path, page.status, text


@pytest.mark.parametrize("username", ["bureau", "mediator2", "supervisor2"])
def test_a_case_of_others_does_not_exist_at_any_address(app, client, made, username):
    """R01: row access."""
    visitor = client(username)
    assert [(method, path, status) for method, path, status, _text in walk(app, visitor, made) if status != 404] == []
    assert made.number not in visitor.get("/").html


def test_nor_does_an_unshared_case_for_a_body_that_sees_another(app, client, made):
    with app.app_context():
        actor = house.actor("mediator")
        other = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        row = consultations.call(other, consultations.Call([db.session.scalar(select(Agency.id).where(
            Agency.code == "procuratorate"))], actor.today, "与法院无关"), actor)
        unshared = Made(other.number, row.id, 0, 0)
        db.session.commit()
    visitor = client("liaison")
    assert visitor.get(f"/cases/{made.number}").status == 200
    assert [found[:3] for found in walk(app, visitor, unshared) if found[2] != 404] == []


def test_the_walk_is_no_walk_in_the_dark(app, client, made):
    """The same addresses, read by the case's own mediator, lead somewhere."""
    read = [path for _method, path, status, _text in walk(app, client("mediator"), made, "GET") if status == 200]
    assert len(read) > 40
    assert {f"/consultations/{made.consultation}", f"/cases/{made.number}/coordination/{made.letter}/packet",
            f"/cases/{made.number}/files/{made.file}"} <= set(read)


def test_a_body_finds_nothing_that_is_not_shared_with_it(app, client, made):
    """R06: field rights."""
    told, opened = [], []
    for method, path, status, text in walk(app, client("liaison"), made):
        told += [(method, path, name) for name, secret in SECRETS.items() if secret in text]
        opened += [path] if (method, status) == ("GET", 200) else []
        assert status < 500, path
    assert told == []
    assert {f"/cases/{made.number}", f"/cases/{made.number}/files/{made.file}",
            f"/consultations/{made.consultation}"} <= set(opened)
    assert not [path for path in opened if path.endswith(("/journal", "/papers", "/clocks", "/coordination", "/claims"))]


def test_recall_ends_the_sight_at_every_address_at_once(app, client, made):
    visitor = client("liaison")
    assert visitor.get(f"/cases/{made.number}").status == 200
    with app.app_context():
        case, actor = db.session.scalar(select(Case)), house.actor("mediator")
        for row in list(case.commissions):
            if row.agency.code == "court":
                coordination.recall(case, row.id, "申请人不同意了", actor)
        db.session.commit()
    assert [found[:3] for found in walk(app, visitor, made) if found[2] != 404] == []
    assert made.number not in visitor.get("/").html and "核欠薪" not in visitor.get("/").html


def test_recall_of_one_letter_ends_what_it_alone_gave(app, client, made):
    visitor, letter = client("liaison"), f"/cases/{made.number}/coordination/{made.letter}"
    with app.app_context():
        coordination.recall(db.session.scalar(select(Case)), made.letter, "这件不用了", house.actor("mediator"))
        db.session.commit()
    gone = [letter, f"{letter}/packet", f"/cases/{made.number}/files/{made.file}"]
    assert [visitor.get(path, status=None).status for path in gone] == [404] * 3
    assert visitor.get(f"/consultations/{made.consultation}").status == 200
    visitor.post(f"{letter}/files", {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, status=404)


def test_filing_away_ends_every_sight(app, client, made):
    visitor = client("liaison")
    with app.app_context():
        case = db.session.scalar(select(Case))
        case.state = "ARCHIVED"
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    assert [found[:3] for found in walk(app, visitor, made) if found[2] != 404] == []
    with app.app_context():
        assert db.session.scalar(select(Consultation.id)) == made.consultation
