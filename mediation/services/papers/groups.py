"""The papers of a whole group at one press: for each worker agreement, notice of rights and proof of service.

Both files are written to disk as they are made, worker by worker, so that a group of five hundred takes no more memory
than one of ten.
"""
from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pikepdf

from mediation.models import Case, Party
from mediation.papers import binder, one_worker, word
from mediation.papers.binder import Sheet, Unbound
from mediation.papers.laying import Layer
from mediation.papers.pdf import Source
from mediation.papers.sheet import Material, Sight, fill
from mediation.queries.papers import wordings
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers.catalogue import PAPERS

AGREEMENT, OTHERS = "agreement", ("rights_notice", "service_proof")
AT_ONCE = 10  # papers laid out together
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of every entry: the same facts give the same archive
NO_WORKERS = Text("本案没有列名的劳动者，先录名单", "The case names no workers; enter the list first")
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
NOT_MADE = Text("做不出来：{reason}", "It cannot be made: {reason}")


class Made(NamedTuple):
    """One paper of one worker."""

    seq: int
    worker: str
    title: str
    content: bytes

    @property
    def file_name(self) -> str:
        """As it lies in the archive: 007-巴特尔-调解协议书.docx."""
        name = UNSAFE.sub("", self.worker).strip(" .")[:40] or "工人"
        return f"{self.seq:03d}-{name}-{self.title}.docx"


def workers(case: Case) -> list[Party]:
    """Those for whom papers are made, in the order of the list."""
    return [p for p in case.parties if p.side == "applicant" and p.part == "worker" and p.removed_on is None]


def make(found: Material, sight: Sight, code: bytes = b"") -> Iterator[Made]:
    """The papers of each worker in the wording of the station; Refused where the case names none."""
    case = found.case
    people = workers(case)
    if not people:
        raise Refused([Problem("", NO_WORKERS)])
    whole = {kind: fill(kind, found, sight) for kind in (AGREEMENT, *OTHERS)}
    held = {kind: wordings.held(case.station, kind).template for kind in whole}
    agreed = {item.party_id for item in found.agreement.items} if found.agreement else set()
    for seq, party in enumerate(people, 1):
        kinds = [AGREEMENT, *OTHERS] if party.id in agreed else list(OTHERS)
        numbers = {kind: f"{whole[kind].paper_number}之{seq}" for kind in kinds}
        served = [(PAPERS[kind].title.zh, numbers[kind]) for kind in kinds[:-1]]
        for kind in kinds:
            sheet = one_worker.sheet_of(whole[kind], party, sight, numbers[kind], served)
            yield Made(seq, party.name, PAPERS[kind].title.zh, word.fill_in(held[kind], sheet, {}, code))


def write_zip(papers: Iterator[Made], target: Path) -> int:
    """The Word files as one archive; gives how many there are."""
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for count, made in enumerate(papers, 1):
            entry = zipfile.ZipInfo(made.file_name, FIRST_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_STORED, 0o600 << 16  # a .docx is packed already
            archive.writestr(entry, made.content)
    return count


def write_pdf(papers: Iterator[Made], target: Path, title: str) -> int:
    """All of them as one PDF to print on both sides: each begins on an odd page; gives how many there are."""
    with TemporaryDirectory(dir=target.parent) as scratch, Layer() as layer:
        sheets: list[Sheet] = []
        counts: list[int] = []
        for number, many in enumerate(_batches(papers)):
            for sheet, count in _laid_out(many, Path(scratch) / f"{number}.pdf", layer):
                sheets.append(sheet)
                counts.append(count)
        try:
            binder.bind(sheets, counts, target, title)
        except Unbound as unbound:
            raise Refused([Problem("", NOT_MADE.fill(reason=unbound.reason.zh))]) from None
    return sum(1 for sheet in sheets if sheet.title)


def _batches(papers: Iterator[Made]) -> Iterator[list[Made]]:
    many: list[Made] = []
    for made in papers:
        many.append(made)
        if len(many) == AT_ONCE:
            yield many
            many = []
    if many:
        yield many


def _laid_out(many: Sequence[Made], path: Path, layer: Layer) -> list[tuple[Sheet, int]]:
    """Papers in one file, and where each lies in it; an empty page where the last one ends on an odd page."""
    layer.lay([Source(made.title, made.content) for made in many], path)
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        with opened.open_outline() as outline:
            places = [item.destination for item in outline.root]
            firsts = [pikepdf.Page(place[0]).index for place in places if isinstance(place, pikepdf.Array)]
        if len(opened.pages) % 2:
            opened.add_blank_page(page_size=(595, 842))
            opened.save(path)
        ends = [*firsts[1:], len(opened.pages)]
    return [(Sheet(made.title, path, f"{made.seq:03d} {made.worker}", False, f"{first + 1}-{end}"), end - first)
            for made, first, end in zip(many, firsts, ends, strict=True)]
