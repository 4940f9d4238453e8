"""The volume of a case: scans kept with their kind, moved, bound; what is damaged is named with its reason."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.papers import binder, word, word_page
from mediation.papers.sheet import Sight
from mediation.queries.house import digests
from mediation.queries.papers import case_papers
from mediation.queries.papers import volume as queries
from mediation.rules.language import Refused
from mediation.services.cases import moves
from mediation.services.papers import binding, files, volume
from tests import casework, house, ledgers
from tests.test_binder import HOSTILE, picture, scan


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    made = ledgers.agreed_case(mediator, [500000], mediator.today + timedelta(9))
    casework.add_hearing(made, mediator)
    casework.rest(made, mediator)
    return made


def bound(case: Case, folder: Path, actor) -> tuple[queries.Volume, PdfReader]:
    made = binding.write(case, folder, actor, folder / "volume.pdf")
    return made, PdfReader(folder / "volume.pdf")


def test_scans_are_bound_in_the_order_of_the_index(case, mediator, tmp_path):
    volume.add(case, [("协议.pdf", scan(2))], "agreement", tmp_path, mediator)
    volume.add(case, [("正面.jpg", picture()), ("反面.jpg", picture())], "identity", tmp_path, mediator)
    session = files.Place(about_kind="session", about_id=case.hearings[0].id)
    files.add(case, "笔录.pdf", scan(3), tmp_path, mediator, session)
    files.add(case, "录音.m4a", b"\x00\x00\x00\x18ftypM4A " + bytes(20), tmp_path, mediator)
    made, read = bound(case, tmp_path, mediator)
    bound_items = [(item.title.zh, item.pages) for item in made.items if item.files]
    assert bound_items == [("身份证明", "1-2"), ("证据材料", ""), ("调解笔录（第1次）", "3-5"), ("调解协议书", "6-7")]
    assert [page.extract_text().strip() for page in read.pages[2:-1]] == ["1", "2", "3", "4", "5", "6", "7"]
    index = read.pages[1].extract_text()
    assert index.index("身份证明") < index.index("证据材料") < index.index("第1次") < index.index("调解协议书")
    assert "录音.m4a" in "".join(index.split()) and "3-5" in index
    assert "共7页" in read.pages[0].extract_text() and "卷宗封底" in read.pages[-1].extract_text()
    assert [one.title for one in read.outline if not isinstance(one, list)] == [
        "调解卷宗封面", "卷内目录", "身份证明", "调解笔录（第1次）", "调解协议书", "调解卷宗封底"]
    assert digests.verify() == []


def test_a_file_that_was_changed_or_is_gone_stands_in_the_index_with_the_reason(case, mediator, tmp_path):
    first, second, _third = volume.add(case, [("a.jpg", picture()), ("b.pdf", scan()), ("c.pdf", scan())], "evidence",
                                       tmp_path, mediator)
    (tmp_path / files.FOLDER / first.stored_name).write_bytes(picture(size=(9, 9)))
    (tmp_path / files.FOLDER / second.stored_name).unlink()
    made, read = bound(case, tmp_path, mediator)
    [item] = [item for item in made.items if item.paper.key == "evidence"]
    assert [file.fault for file in item.files] == [binding.CHANGED, binding.GONE, None]
    assert (item.pages, len(read.pages)) == ("1", 4)


def test_a_damaged_scan_of_before_is_named_and_never_stops_the_volume(case, mediator, tmp_path):
    files.add(case, "旧.pdf", b"%PDF-1.7 x", tmp_path, mediator)
    row = files.add(case, "好.pdf", scan(), tmp_path, mediator)
    row.pages = None  # as files stand that were kept before pages were counted
    made, read = bound(case, tmp_path, mediator)
    [item] = [item for item in made.items if item.paper.key == "evidence"]
    assert [(file.name, file.fault) for file in item.files] == [("旧.pdf", binder.DAMAGED), ("好.pdf", None)]
    assert len(read.pages) == 4


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_scan_is_refused_with_its_name_and_nothing_is_kept(case, mediator, tmp_path, name):
    content, reason = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        volume.add(case, [("好.jpg", picture()), ("坏.pdf", content)], "evidence", tmp_path, mediator)
    [problem] = refused.value.problems
    assert (problem.field, problem.text.zh) == ("scans", f"坏.pdf：{reason.zh}")
    assert not (tmp_path / files.FOLDER).exists() and queries.rows_of(case) == []


def test_a_disk_that_is_full_at_the_second_file_leaves_neither(case, mediator, tmp_path, monkeypatch):
    kept = files.store

    def store_once(name: str, data: bytes, folder: Path) -> None:
        if list((folder / files.FOLDER).glob("*")):
            raise OSError(28, "No space left on device")
        kept(name, data, folder)
    monkeypatch.setattr(files, "store", store_once)
    with pytest.raises(OSError, match="No space"):
        volume.add(case, [("a.jpg", picture()), ("b.jpg", picture())], "evidence", tmp_path, mediator)
    assert list((tmp_path / files.FOLDER).iterdir()) == []


@pytest.mark.parametrize("scripted", ["script at opening", "password", "swells"])
def test_no_way_of_adding_takes_a_pdf_that_runs_or_swells(scripted):
    with pytest.raises(Refused):
        files.check("函.pdf", HOSTILE[scripted][0])


def test_a_file_is_moved_and_said_anew_what_it_is(case, mediator, tmp_path):
    one, two, three = volume.add(case, [(f"{n}.jpg", picture()) for n in "abc"], "evidence", tmp_path, mediator)
    volume.move(case, three.id, -1, mediator)
    assert [[file.name for file in item.files] for item in queries.of_case(case).items if item.files] == [
        ["a.jpg", "c.jpg", "b.jpg"]]
    volume.place(case, one.id, "identity", mediator)
    filled = [item for item in queries.of_case(case).items if item.files]
    assert [(item.paper.key, [file.name for file in item.files]) for item in filled] == [
        ("identity", ["a.jpg"]), ("evidence", ["c.jpg", "b.jpg"])]
    assert digests.verify() == []
    with pytest.raises(Refused):
        volume.move(case, two.id, 1, mediator)
    with pytest.raises(Refused):
        volume.place(case, two.id, "nothing", mediator)


def test_archiving_asks_for_what_the_volume_lacks_and_keeps_why(mediator, tmp_path):
    done = casework.bring(casework.make_case(mediator), "CLOSED", mediator)
    with pytest.raises(Refused) as refused:
        moves.move(done, "archive", {"happened_on": mediator.today, "archive_number": "2026-3", "pages": 9}, mediator)
    assert "身份证明" in refused.value.problems[0].text.zh
    volume.add(done, [("身份证.jpg", picture())], "identity", tmp_path, mediator)
    with pytest.raises(Refused) as refused:
        moves.move(done, "archive", {"happened_on": mediator.today, "archive_number": "2026-3", "pages": 9}, mediator)
    assert "身份证明" not in refused.value.problems[0].text.zh
    moves.move(done, "archive", {"happened_on": mediator.today, "archive_number": "2026-3", "pages": 9,
                                 "note": "对方没有留材料", "confirmed": ["incomplete"]}, mediator)
    made, read = bound(done, tmp_path, mediator)
    assert made.explained == "对方没有留材料" and made.missing
    pages = ["".join(read.pages[n].extract_text().split()) for n in (0, 1, -1)]
    assert "归档号2026-3" in pages[0] and "缺件说明：对方没有留材料" in pages[1] and "卷内共9页" in pages[2]
    assert f"立卷人{mediator.name}" in pages[0] and "年月日" not in pages[0]
    for kind, said in zip(("cover", "index", "back"), pages, strict=True):  # each paper printed alone says the same
        paper = word.render(kind, case_papers.material(done, mediator), Sight())
        assert [line for line in word_page.text_of(paper).splitlines() if "".join(line.split()) not in said] == []


def test_what_is_missing_stands_in_red(mediator, tmp_path):
    made = casework.bring(casework.make_case(mediator), "CLOSED", mediator)
    index = word_page.body_of(word.render("index", case_papers.material(made, mediator), Sight()))
    red = {"".join(run.itertext()) for run in index.iter(f"{word_page.W}r") if b"B00020" in etree.tostring(run)}
    assert red == {text.zh for text in queries.of_case(made).missing} | {"缺"} and "身份证明" in red


def test_the_reasons_of_what_is_missing_stand_each_at_its_line(mediator, tmp_path):
    done = casework.bring(casework.make_case(mediator), "CLOSED", mediator)
    lacking = [text.zh for text in queries.missing(done)]
    given = {"happened_on": mediator.today, "archive_number": "2026-3", "pages": 9, "confirmed": ["incomplete"]}
    with pytest.raises(Refused) as refused:
        moves.move(done, "archive", {**given, "note": f"{lacking[0]}：原件在法院"}, mediator)
    said = refused.value.problems[0].text.zh
    assert "还有没写的" in said and lacking[1] in said and lacking[0] not in said
    reasons = {title: f"理由{n}" for n, title in enumerate(lacking)}
    moves.move(done, "archive", {**given, "note": "；".join(f"{t}：{why}" for t, why in reasons.items())}, mediator)
    made, read = bound(done, tmp_path, mediator)
    assert {item.title.zh: item.why for item in made.items if item.is_missing} == reasons
    said = "".join(read.pages[1].extract_text().split())
    assert all(f"缺：{why}" in said for why in reasons.values()) and "缺件说明" not in said


def test_only_those_who_work_on_the_case_change_its_volume(case, mediator, tmp_path):
    stranger = house.actor("mediator2")
    with pytest.raises(moves.Forbidden):
        volume.add(case, [("a.jpg", picture())], "evidence", tmp_path, stranger)
    assert db.session.scalars(select(Attachment)).all() == []
