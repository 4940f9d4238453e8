"""The papers of a group from the page of papers: both files are offered for a group, sent and gone from the disk."""
from __future__ import annotations

import io
import zipfile

import pytest
from pypdf import PdfReader

from mediation.extensions import db
from tests import casework, house, prepared


def store(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        case = casework.bring(casework.make_case(who, 2, is_group=True), "MEDIATING", who)
        db.session.commit()
        return case.number


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, store)


def test_both_files_are_offered_and_sent(app, client, number):
    mediator = client("mediator")
    links = [link["href"] for link in mediator.get(f"/cases/{number}/papers").soup.select("a[download]")]
    archive, printed = (f"/cases/{number}/papers/group.{ending}" for ending in ("zip", "pdf"))
    assert {archive, printed} <= set(links)
    sent = mediator.raw.get(archive)
    assert sent.headers["Content-Disposition"] == f'attachment; filename="group-{number}.zip"'
    with zipfile.ZipFile(io.BytesIO(sent.data)) as opened:
        assert opened.testzip() is None and len(opened.namelist()) == 4
    assert len(PdfReader(io.BytesIO(mediator.raw.get(printed).data)).pages) >= 8
    assert not list((house.Path(str(app.config["MEDIATION"]["INSTANCE"])) / "tmp").glob("export-*"))


def test_others_do_not_get_them(client, number):
    for who in ("mediator2", "liaison"):
        assert client(who).get(f"/cases/{number}/papers/group.zip", status=404).status == 404
