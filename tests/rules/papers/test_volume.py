"""The order of a volume: as the law's template has it, what it does not name, pages, what is missing."""
from __future__ import annotations

from mediation.rules.papers import volume
from mediation.rules.papers.catalogue import PAPERS, Line
from mediation.rules.papers.volume import Filed


def line(kind: str, need: str = "must", found: int = 0) -> Line:
    return Line(PAPERS[kind], need, 1, found)


def test_files_stand_in_the_order_of_the_template_whatever_came_first():
    files = [Filed(n, kind, f"{n}.pdf", 1) for n, kind in enumerate(
        ["visit_note", "agreement", "evidence", "identity", "application", "record", "authorisation"], 1)]
    assert [item.paper.key for item in volume.index([], files, "B")] == [
        "application", "identity", "authorisation", "evidence", "record", "agreement", "visit_note"]


def test_what_peoples_mediation_does_not_name_stands_behind_and_with_a_union_where_its_step_stands():
    kinds = ["termination", "acceptance", "record", "visit_note"]
    files = [Filed(n, kind, "x.pdf", 1) for n, kind in enumerate(kinds, 1)]
    assert [item.paper.key for item in volume.index([], files, "B")] == [
        "record", "visit_note", "acceptance", "termination"]
    assert [item.paper.key for item in volume.index([], files, "A")] == [
        "acceptance", "record", "termination", "visit_note"]


def test_pages_are_numbered_through_and_what_becomes_no_page_has_none():
    files = [Filed(1, "identity", "a.jpg", 1), Filed(2, "identity", "b.jpg", 1), Filed(3, "evidence", "录音.m4a"),
             Filed(4, "agreement", "协议.pdf", 3)]
    assert [(item.paper.key, item.pages) for item in volume.index([], files, "A")] == [
        ("identity", "1-2"), ("evidence", ""), ("agreement", "3-5")]
    assert volume.total(volume.index([], files, "A")) == 5


def test_the_index_says_what_is_missing_what_lies_on_paper_and_what_is_not_bound():
    files = [Filed(1, "evidence", "录音.m4a")]
    items = volume.index([line("identity"), line("record", found=1), line("inquiry", "may")], files, "A")
    assert [(item.paper.key, item.remark.zh) for item in items] == [
        ("identity", "缺"), ("evidence", "按需，附件另存（录音.m4a：不能装订）"), ("record", "必须，纸质")]
    assert [text.zh for text in volume.missing(items)] == ["身份证明"]


def test_a_scan_stands_for_the_paper_that_must_be_there():
    [item] = volume.index([line("identity")], [Filed(1, "identity", "a.jpg", 1)], "A")
    assert (item.is_missing, item.remark.zh) == (False, "必须")


def test_sessions_stand_one_after_the_other():
    files = [Filed(1, "record", "x.pdf", 2, "第10次"), Filed(2, "record", "y.pdf", 1, "第9次")]
    assert [(item.title.zh, item.pages) for item in volume.index([], files, "A")] == [
        ("调解笔录（第9次）", "1"), ("调解笔录（第10次）", "2-3")]


def test_a_file_goes_up_and_down_among_its_like_and_not_beyond():
    files = [Filed(1, "evidence", "a"), Filed(2, "evidence", "b"), Filed(3, "evidence", "c", seq=1)]
    assert [file.key for file in volume.sorted_files(files)] == [3, 1, 2]
    assert volume.moved(files, 2, -1) == [3, 2, 1]
    assert (volume.moved(files, 3, -1), volume.moved(files, 2, 1), volume.moved(files, 9, 1)) == (None, None, None)


def test_a_file_is_what_somebody_said_or_what_it_stands_beside():
    assert volume.kind_of("", "payment", "", False) == "money_receipt"
    assert volume.kind_of("", "paper", "rights_notice", False) == "rights_notice"
    assert (volume.kind_of("", "", "", True), volume.kind_of("", "", "", False)) == ("letter", "evidence")
    assert volume.kind_of("identity", "payment", "", False) == "identity"
