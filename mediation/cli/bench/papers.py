"""The cost of papers: a Word file against the bare library filling the same template, and those of 118 workers."""
from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from docxtpl import DocxTemplate
from flask import Flask
from sqlalchemy import select

from mediation.cli.base import operator
from mediation.cli.bench.measures import Line, spent
from mediation.extensions import db
from mediation.models import Agreement
from mediation.papers import maker, word
from mediation.papers.sheet import Sight, fill
from mediation.queries.papers import case_papers

ROUNDS, WORKERS = 10, 118
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
        many = spent(lambda: [word.render(KIND, found, Sight()) for _n in range(WORKERS)])
    yield Line("paper_ratio", "一份 Word 文书", ours / bare, "倍", _said(ours), _said(bare), 1.5, True,
               "下面是 docxtpl 直接填同一个模板")
    yield Line("workers_ratio", f"{WORKERS}名工人的协议", many / bare, "倍", _said(many), _said(bare), 1.5 * WORKERS, True)


def _bare(template: bytes, given: dict[str, object]) -> None:
    paper = DocxTemplate(BytesIO(template))
    paper.render(given, autoescape=True)
    paper.save(BytesIO())


def _said(seconds: float) -> str:
    return f"{seconds * 1000:.1f} 毫秒"
