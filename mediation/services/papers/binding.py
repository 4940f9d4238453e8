"""Binding the volume: cover, index, every paper in its order, back, as one PDF on disk."""
from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from mediation.models import Attachment, Case, Paper
from mediation.papers import binder, codes, leaves, word
from mediation.papers.binder import Sheet, Unbound
from mediation.papers.laying import Layer
from mediation.papers.leaves import line, table
from mediation.papers.pdf import Source
from mediation.papers.sheet import Material, Sight, fill
from mediation.papers.view import day
from mediation.queries.papers import case_papers, wordings
from mediation.queries.papers import volume as queries
from mediation.queries.papers.volume import Volume
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law.retention import DEFAULT_CLASS, RETENTIONS
from mediation.rules.papers.catalogue import PAPERS
from mediation.rules.papers.volume import Filed, Item
from mediation.services.papers.files import FOLDER

CHANGED = Text("内容和收下时不一样，没有装订", "the content is not what was taken in; not bound")
GONE = Text("文件不在了", "the file is gone")
NOT_WORD = Text("留存的是网页，没有排版；请扫描签字件", "kept as a page of the browser, not laid out; scan the signed one")
NOT_BOUND = Text("整卷做不出来：{reason}", "The volume cannot be made: {reason}")
NO_PAGES = "没有装订成页的材料"
BLANK_DAY = "　　　　年　　月　　日"
Ready = tuple[Path, int]  # a PDF on disk and its pages


def write(case: Case, folder: Path, actor: Actor, target: Path) -> Volume:
    """Bind the volume of a case into ``target``; gives it as it was bound, each file that was not with its reason.

    Raises Refused without a Chinese font, or when the library gives up.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, Layer() as layer:
        ready, faults = _all_ready(case, folder, Path(scratch))
        _lay_issued(case, ready, faults, Path(scratch), layer)
        made = queries.of_case(case, faults, {key: count for key, (_path, count) in ready.items()})
        found = case_papers.material(case, actor)
        cover, index, back = (_leaf(title, _own_leaf(kind, found, made) or blocks, Path(scratch), layer)
                              for kind, title, blocks in (
            ("cover", "卷宗封面", _cover(case, made)), ("index", "卷内目录", _index(case, made)),
            ("back", "卷宗封底", _back(case, made))))
        bound = [(_sheet(item, file, ready[file.key][0]), file.pages)
                 for item in made.items for file in item.files if file.pages]
        sheets = [cover, index, *bound, back]
        try:
            binder.bind([sheet for sheet, _count in sheets], [count for _sheet, count in sheets], target,
                        f"{case.printed_number or case.number} {case.title}")
        except Unbound as unbound:
            raise Refused([Problem("", NOT_BOUND.fill(reason=unbound.reason.zh))]) from None
    return made


def _sheet(item: Item, file: Filed, path: Path) -> Sheet:
    """One file of an item: it is named by itself where the paper has several."""
    is_alone = len(item.files) == 1
    return Sheet(item.title.zh if is_alone else file.name, path, "" if is_alone else item.title.zh)


def _all_ready(case: Case, folder: Path, scratch: Path) -> tuple[dict[int, Ready], dict[int, Text]]:
    """The files that can be bound, each as a PDF on disk, and what stands against the others, by their ids."""
    ready: dict[int, Ready] = {}
    faults: dict[int, Text] = {}
    for row in queries.rows_of(case):
        if row.kind in binder.BOUND:
            try:
                ready[row.id] = _ready(row, folder / FOLDER / row.stored_name, scratch)
            except Unbound as unbound:
                faults[row.id] = unbound.reason
    return ready, faults


def _ready(row: Attachment, path: Path, scratch: Path) -> Ready:
    """A file as a PDF on disk. What has its pages counted was looked through when it was taken in."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Unbound(GONE) from None
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise Unbound(CHANGED)
    if row.kind == "pdf":
        return path, row.pages or binder.count_pages(content, "pdf")
    made = scratch / f"{row.id}.pdf"
    made.write_bytes(binder.picture_page(content))
    return made, 1


def _lay_issued(case: Case, ready: dict[int, Ready], faults: dict[int, Text], scratch: Path, layer: Layer) -> None:
    """Lay out the issued papers of which there is no scan, from what was kept when they were issued."""
    issued = queries.issued_papers(case)
    for key in (file.key for file in queries.files_of(case) if file.is_issued):
        content, path = _kept_word(case, issued[key]), scratch / f"issued{-key}.pdf"
        if not content:
            faults[key] = NOT_WORD
            continue
        layer.lay([Source(PAPERS[issued[key].kind].title.zh, content)], path)
        ready[key] = path, binder.count_pages(path.read_bytes(), "pdf")


def _kept_word(case: Case, row: Paper) -> bytes:
    """The Word file of an issued paper without numbers of persons; empty where none was kept."""
    kept = case_papers.kept(row.kept)
    template = case_papers.kept_template(kept.template) if kept and kept.template else b""
    return word.put_together(template, kept.word[""], codes.png(case)) if kept and template else b""


# Cover, index and back (practice.md 3.17) ---------------------------------------------------------------------------


def _leaf(title: str, made_of: bytes | list[dict[str, Any]], scratch: Path, layer: Layer) -> tuple[Sheet, int]:
    """A leaf that carries no number: of a Word file, or of blocks."""
    path = scratch / f"{title}.pdf"
    if isinstance(made_of, bytes):
        layer.lay([Source(title, made_of)], path)
    else:
        layer.render(leaves.document(title, [leaves.section(made_of)]), path)
    return Sheet(title, path, is_numbered=False), binder.count_pages(path.read_bytes(), "pdf")


def _own_leaf(kind: str, found: Material, made: Volume) -> bytes:
    """The leaf in the office's own wording, with the index and the pages as they are bound; empty without one."""
    held = wordings.held(found.case.station, kind)
    if held.row is None:
        return b""
    rows = [{"名称": item.title.zh, "页号": item.pages, "备注": word.CONTROL.sub("", item.remark.zh)} for item in made.items]
    pages = str(made.pages) if made.pages else word.Empty()
    return word.fill_in(held.template, fill(kind, found, Sight()), {"卷内材料": rows, "页数": pages})


def _counted(made: Volume) -> str:
    """How many pages carry a number, in words where there are none."""
    return f"共{made.pages}页" if made.pages else NO_PAGES


def _cover(case: Case, made: Volume) -> list[dict[str, Any]]:
    union = case.union
    kept = RETENTIONS[case.retention or DEFAULT_CLASS]
    outcome = words.OUTCOMES.get(case.outcome)
    rows = [("卷名", f"{case.title}与{case.respondent_title}劳动争议"), ("卷号", case.printed_number or case.number),
            ("归档号", case.archive_number), ("处理结果", outcome.zh if outcome else ""),
            ("调解员", case.handler.name if case.handler else ""),
            ("调解日期", f"{day(case.received_on)}　至　{day(case.concluded_on) or BLANK_DAY}"),
            ("立卷人", queries.archived_by(case)), ("立卷日期", day(case.archived_on) or BLANK_DAY),
            ("卷内页数", _counted(made)), ("保管期限", kept.zh), ("备注", made.explained)]
    return [line("", 40), line(union.legal_body or union.name, 20, "center"), line("", 20),
            line("劳动争议调解卷宗", 30, "center", is_bold=True, after=40), table((2, 6), rows, has_head=False, size=15)]


def _index(case: Case, made: Volume) -> list[dict[str, Any]]:
    rows = [("序号", "文书名称", "页号", "备注"), *(
        (str(n), item.title.zh, item.pages, item.remark.zh) for n, item in enumerate(made.items, 1))]
    red = [n for n, item in enumerate(made.items, 1) if item.is_missing]
    said = [line("卷内目录", 22, "center", is_bold=True, after=6),
            line(f"卷号：{case.printed_number or case.number}　　卷名：{case.title}与{case.respondent_title}", 12, after=4),
            table((1, 6, 2, 4), rows, red=red)]
    if not made.explained or any(item.why for item in made.items):
        return said
    return [*said, line(f"缺件说明：{made.explained}", 12, before=10)]


def _back(case: Case, made: Volume) -> list[dict[str, Any]]:
    told = [f"本卷宗（卷号：{case.printed_number or case.number}）内{_counted(made)}，附证物______袋（件）。",
            f"卷宗情况说明：{made.explained}"]
    return [line("卷宗封底", 22, "center", is_bold=True, after=20), *(line(one, 14, after=8) for one in told), line("", 14),
            line(f"立卷人（签名）：______________　　{BLANK_DAY}", 14, before=40, keeps=True),
            line(f"检查人（签名）：______________　　{BLANK_DAY}", 14, before=16)]
