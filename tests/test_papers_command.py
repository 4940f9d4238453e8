"""``flask papers``, ``flask paper`` and ``flask volume``: the catalogue, one paper or letter as a Word file, the bound file."""
from __future__ import annotations

import json

import pikepdf
import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import AccessLog
from mediation.papers import word_page
from mediation.services.people import employers
from mediation.services.prevention import supervision_letters
from tests import casework, house, prepared


@pytest.fixture
def run(app):
    def invoke(*words: object) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=[str(word) for word in words])
        return done.exit_code, done.output
    return invoke


@pytest.fixture
def number(app):
    return prepared.once(app, casework.store_case, "MEDIATING")


def test_the_list_names_every_paper_with_its_label_and_whether_it_must_be(run):
    code, said = run("papers", "--list", "--json")
    rows = {row["key"]: row for row in json.loads(said)}
    assert code == 0 and all({"key", "label", "must"} <= row.keys() for row in rows.values())
    assert rows["receipt"]["must"] and not rows["consultation"]["must"] and not rows["union_opinion"]["must"]
    labels = {row["label"] for row in rows.values()}
    assert {"联合会商（三方会诊）记录", "工会劳动法律监督提示函", "工会劳动法律监督意见书", "工会劳动法律监督建议书",
            "调解卷宗封面", "司法确认申请书", "授权委托书"} <= labels
    plain = run("papers", "--list")[1]
    assert all(key in plain and row["label"] in plain for key, row in rows.items())


def test_a_paper_of_a_case_is_written_and_put_on_record(app, run, number, tmp_path):
    target = tmp_path / "a.docx"
    code, said = run("paper", number, "application", "-o", target)
    assert code == 0 and str(target) in said
    assert "巴特尔" in word_page.text_of(target.read_bytes()) and "152824199001011234" not in word_page.text_of(target.read_bytes())
    with app.app_context():
        assert [row.detail for row in db.session.scalars(select(AccessLog).where(AccessLog.kind == "print"))] == ["application"]
    for words, why in ((("9999", "application"), "没有这个案件"), ((number, "nothing"), "没有这种文书")):
        code, said = run("paper", *words, "-o", tmp_path / "b.docx")
        assert code != 0 and why in said and not (tmp_path / "b.docx").exists()


def test_a_supervision_letter_is_written_by_its_number(app, run, tmp_path):
    with app.app_context():
        actor = house.actor("supervisor")
        employer = employers.register({"name": "宏远劳务"}, house.actor("mediator"))
        row = supervision_letters.send(employer, {"kind": "reminder", "facts": "没有签合同", "demand": "补签合同"}, actor)
        number = row.number
        db.session.commit()
    code, _said = run("paper", number, "union_reminder", "-o", tmp_path / "a.docx")
    text = word_page.text_of((tmp_path / "a.docx").read_bytes())
    assert code == 0 and number in text and "宏远劳务：" in text and "没有签合同" in text and "补签合同" in text
    code, said = run("paper", number, "union_opinion", "-o", tmp_path / "b.docx")
    assert code != 0 and "没有这个文号的函" in said


def test_a_volume_in_which_nothing_is_bound_says_so(run, number, tmp_path):
    code, said = run("volume", number, "-o", tmp_path / "a.pdf")
    assert code == 0 and "0页" not in said and "还没有装订的材料" in said and "还缺：" in said
    with pikepdf.open(tmp_path / "a.pdf") as made:
        assert len(made.pages) == 3  # cover, index, back
