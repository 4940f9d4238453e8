"""Binding the volume: cover, index, every paper in its order, back, as one PDF on disk."""
from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

from mediation.models import Attachment, Case, Paper
from mediation.papers import binder, codes, word
from mediation.papers.binder import Sheet, Unbound
from mediation.papers.laying import Layer
from mediation.papers.pdf import Source
from mediation.papers.sheet import Material, Sight, fill
from mediation.queries.papers import case_papers, wordings
from mediation.queries.papers import volume as queries
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers.catalogue import PAPERS
from mediation.rules.papers.volume import Filed, Item, Volume
from mediation.services.papers.files import FOLDER

CHANGED = Text("内容和收下时不一样，没有装订", "the content is not what was taken in; not bound")
GONE = Text("文件不在了", "the file is gone")
NOT_WORD = Text("留存的是网页，没有排版；请扫描签字件", "kept as a page of the browser, not laid out; scan the signed one")
NOT_BOUND = Text("整卷做不出来：{reason}", "The volume cannot be made: {reason}")
Ready = tuple[Path, int]  # a PDF on disk and its pages


def write(case: Case, folder: Path, actor: Actor, target: Path) -> Volume:
    """Bind the volume of a case into ``target``; gives it as it was bound, each file that was not with its reason.

    Raises Refused without a Chinese font, or when the library gives up.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, Layer() as layer:
        ready, faults = _all_ready(case, folder, Path(scratch))
        _lay_issued(case, ready, faults, Path(scratch), layer)
        made = queries.of_case(case, faults, {key: count for key, (_path, count) in ready.items()})
        found = replace(case_papers.material(case, actor), find_volume=lambda: made)
        cover, index, back = (_leaf(kind, found, Path(scratch), layer) for kind in ("cover", "index", "back"))
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


def _leaf(kind: str, found: Material, scratch: Path, layer: Layer) -> tuple[Sheet, int]:
    """Cover, index or back, which carry no number: the paper of the catalogue with the volume as it is bound."""
    title, path = PAPERS[kind].title.zh, scratch / f"{kind}.pdf"
    template = wordings.held(found.case.station, kind).template
    layer.lay([Source(title, word.fill_in(template, fill(kind, found, Sight()), {}, codes.png(found.case)))], path)
    return Sheet(title, path, is_numbered=False), binder.count_pages(path.read_bytes(), "pdf")
