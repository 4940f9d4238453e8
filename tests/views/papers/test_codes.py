"""The code on printed papers: it opens the case for those who may read it, and is nothing to anybody else."""
from __future__ import annotations

import io
import zipfile

import pytest
import segno
from PIL import Image
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case
from mediation.papers import codes, package
from tests import casework, prepared


@pytest.fixture
def number(app) -> str:
    app.config["MEDIATION"]["PUBLIC_URL"] = "https://gonghe.example.cn/"
    return prepared.once(app, casework.store_case, "MEDIATING")


def code_of(app, number: str) -> str:
    """Where the code of a case leads on this machine; the address names neither the case nor its row."""
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        said = codes.address(case)
        assert said == codes.address(case) and number not in said and codes.svg(case)
        assert codes.png(case).startswith(b"\x89PNG")
    assert said.startswith("https://gonghe.example.cn/q/")
    return said.removeprefix("https://gonghe.example.cn")


def test_the_code_says_the_address_and_stands_in_the_page_and_the_word_file(app, client, number):
    said = f"https://gonghe.example.cn{code_of(app, number)}"
    modules = [list(row) for row in segno.make(said, error="m", micro=False).matrix]

    def dots(data: bytes) -> list[list[int]]:
        with Image.open(io.BytesIO(data)) as picture:
            grey, step = picture.convert("L"), picture.width // (len(modules) + 2 * codes.QUIET)
            middle = [step * (codes.QUIET + n) + step // 2 for n in range(len(modules))]
            return [[int(grey.getpixel((x, y)) < 128) for x in middle] for y in middle]
    mediator = client("mediator")
    with zipfile.ZipFile(io.BytesIO(mediator.raw.get(f"/cases/{number}/papers/acceptance/word").data)) as file:
        assert dots(file.read(package.CODE_PART)) == modules
    app.config["MEDIATION"]["PUBLIC_URL"] = ""
    with zipfile.ZipFile(io.BytesIO(mediator.raw.get(f"/cases/{number}/papers/acceptance/word").data)) as file:
        assert file.read(package.CODE_PART) == package.NO_CODE


def test_the_code_opens_its_case_for_those_who_may_read_it(app, client, number):
    address = code_of(app, number)
    page = client("mediator").get(f"/cases/{number}/papers/registration")
    assert len(page.soup.select(".paper-code svg")) == 3
    for username in ("mediator", "supervisor", "auditor"):
        assert client(username).get(address, status=302).location == f"/cases/{number}"


def test_for_others_there_is_nothing_and_a_made_up_code_looks_the_same(app, client, number):
    address = code_of(app, number)
    for username in ("mediator2", "admin", "liaison"):
        visitor = client(username)
        refused = visitor.get(address, status=404)
        assert "巴特尔" not in refused.text and number not in refused.text
        for made_up in (address[:-1] + ("A" if address[-1] != "A" else "B"), "/q/1", "/q/%C3%A9", "/q/" + "x" * 500):
            assert visitor.get(made_up, status=404).title == refused.title


def test_who_is_not_logged_in_is_asked_to_and_told_nothing(app, client, number):
    address = code_of(app, number)
    visitor = client()
    assert visitor.get(address, status=302).location.startswith("/login")
    assert visitor.get("/q/nothing", status=302).location.startswith("/login")


def test_without_a_public_address_there_is_no_code(app, client, number):
    app.config["MEDIATION"]["PUBLIC_URL"] = ""
    page = client("mediator").get(f"/cases/{number}/papers/receipt")
    assert page.soup.select(".paper") and not page.soup.select(".paper-code")
    app.config["MEDIATION"]["PUBLIC_URL"] = "gonghe"  # no address that a telephone would open
    with app.app_context():
        assert not codes.address(db.session.scalars(
            select(Case).where(Case.number == number)).one())
