"""The cost of papers: a Word file against the bare library filling the same template, those of 118 workers, a volume
against the bare library joining the same pages."""
from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pikepdf
from docxtpl import DocxTemplate
from flask import Flask
from PIL import Image
from sqlalchemy import select

from mediation.cli.base import operator
from mediation.cli.bench.measures import Line, peak, spent
from mediation.extensions import db
from mediation.models import Agreement, AgreementItem, Case, InstalmentShare, Party
from mediation.papers import binder, maker, one_worker, word
from mediation.papers.binder import Sheet
from mediation.papers.sheet import Sight, fill
from mediation.queries.papers import case_papers
from mediation.services.papers import groups

ROUNDS, WORKERS, MOST, SCANS, VOLUMES = 10, 118, 454, 300, 5
SCAN = (1240, 1754)  # points of A4 at 150 to the inch
KIND = "agreement"


def measure(app: Flask) -> Iterator[Line]:
    """The last agreement of the made-up cases: one paper, then one for each of 118 workers."""
    with app.app_context():
        case = db.session.scalars(select(Agreement).order_by(Agreement.id.desc()).limit(1)).one().case
        found, template = case_papers.material(case, operator()), maker.shipped(KIND)
        sheet = fill(KIND, found, Sight())
        given = {name: word.value_of(sheet, name) for name in word.prepare(template).names}
        _bare(template, given)
        word.render(KIND, found, Sight())
        bare = spent(lambda: [_bare(template, given) for _n in range(ROUNDS)]) / ROUNDS
        ours = spent(lambda: [word.render(KIND, found, Sight()) for _n in range(ROUNDS)]) / ROUNDS
        _enlarge(case, WORKERS)
        many = spent(lambda: _each(case, template))
        _enlarge(case, MOST)
        most = spent(lambda: _each(case, template))
        db.session.rollback()
    yield Line("paper_ratio", "一份 Word 文书", ours / bare, "倍", _said(ours), _said(bare), 1.5, True,
               "下面是 docxtpl 直接填同一个模板")
    yield Line("workers_ratio", f"{WORKERS}名工人的协议", many / bare, "倍", _said(many), _said(bare), WORKERS, True,
               "每人一份，金额各不相同；下面是 docxtpl 填一份")
    yield Line("most_workers_ratio", f"{MOST}名工人的协议", most / bare, "倍", _said(most), _said(bare), MOST, True)
    with TemporaryDirectory() as folder:
        yield from _volume(Path(folder))


def _enlarge(case: Case, count: int) -> None:
    """Give a case that many workers with a part each of its last agreement; nothing of it is committed."""
    deal = case.agreements[-1]
    first = sum(p.side == "applicant" for p in case.parties)
    for n in range(first, count):
        worker = Party(case_id=case.id, side="applicant", part="worker", name=f"工人{n}", authority=[])
        db.session.add(worker)
        db.session.flush()
        db.session.add(AgreementItem(agreement_id=deal.id, party_id=worker.id, head="wages", amount_fen=100_000 + n))
        for step in deal.instalments:
            db.session.add(InstalmentShare(instalment_id=step.id, party_id=worker.id, amount_fen=50_000 + n))
    db.session.flush()
    db.session.expire_all()


def _each(case: Case, template: bytes) -> None:
    """The agreement of each worker, with the own part alone, as the archive of a group has it."""
    found = case_papers.material(case, operator())
    whole = fill(KIND, found, Sight())
    for seq, party in enumerate(groups.workers(case), 1):
        word.fill_in(template, one_worker.sheet_of(whole, party, Sight(), f"{whole.paper_number}之{seq}"), {})


def _volume(folder: Path) -> Iterator[Line]:
    """Scans joined with numbers and bookmarks, as the volume is; without cover and index, which a child lays out."""
    sheets = [_scan(folder / f"{n}.pdf", f"扫描{n}") for n in range(SCANS)]
    size, before = sum(sheet.path.stat().st_size for sheet in sheets) / 1e6, peak()
    binder.bind(sheets, [1] * SCANS, folder / "ours.out", "卷宗")
    after = peak()
    _joined(sheets, folder / "bare.out")
    rounds = [(spent(lambda: binder.bind(sheets, [1] * SCANS, folder / "ours.out", "卷宗")),
               spent(lambda: _joined(sheets, folder / "bare.out"))) for _n in range(VOLUMES)]
    ours, bare = (median(times) for times in zip(*rounds, strict=True))
    yield Line("volume_ratio", f"{SCANS}页扫描装订", ours / bare, "倍", _said(ours), _said(bare), 1.3, True,
               f"{size:.0f} MB；下面是 pikepdf 直接合并同样的页")
    yield Line("volume_memory", f"{SCANS}页扫描装订，内存增加", after - before, "MB", f"{after:.0f} MB", f"{before:.0f} MB",
               200, True)


def _scan(path: Path, title: str) -> Sheet:
    """A page with a picture in grey that packs as badly as a scan does."""
    made = BytesIO()
    Image.effect_noise(SCAN, 20).save(made, "JPEG", quality=40)
    path.write_bytes(binder.picture_page(made.getvalue()))
    return Sheet(title, path)


def _joined(sheets: list[Sheet], target: Path) -> None:
    with pikepdf.new() as made:
        for sheet in sheets:
            with pikepdf.open(sheet.path) as opened:
                made.pages.extend(opened.pages)
        made.save(target)


def _bare(template: bytes, given: dict[str, object]) -> None:
    paper = DocxTemplate(BytesIO(template))
    paper.render(given, autoescape=True)
    paper.save(BytesIO())


def _said(seconds: float) -> str:
    return f"{seconds * 1000:.1f} 毫秒"
