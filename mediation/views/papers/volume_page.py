"""The volume of a case: its index with pages and what is missing, scans added and moved, the whole as one PDF."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Blueprint, Response, abort, render_template

from mediation.forms.papers.volume import KindForm, OrderForm, ScansForm
from mediation.models import Case
from mediation.queries.ledger import snapshots
from mediation.queries.papers import volume as queries
from mediation.rules import uploads
from mediation.rules.language import Refused, Text
from mediation.rules.papers import volume as rules
from mediation.rules.reading import read_key
from mediation.services.papers import binding, volume
from mediation.views import guard
from mediation.views.bodies.requests import instance
from mediation.views.cases.case_frame import address, case_context
from mediation.views.guard import permit
from mediation.views.ledger.exports import BLOCK, folder
from mediation.views.press import Answer, press

bp = Blueprint("volume", __name__)
MEDIA = {".pdf": "application/pdf", ".zip": "application/zip"}
STEPS = {"up": -1, "down": 1}


@bp.get("/cases/<number>/volume")
@permit("paper.print")
def show(number: str):
    case = guard.get_case(number, "paper.print")
    return _page(case, ScansForm(kind=rules.OTHERWISE, channel=case.channel))


def _page(case: Case, form: ScansForm, order: OrderForm | None = None) -> str:
    found = queries.of_case(case)
    rows = {row.id: row for row in queries.rows_of(case)}
    return render_template("papers/volume.html", **case_context(case, "papers"), form=form, volume=found, rows=rows,
                           order=order or OrderForm(None), previewed=uploads.PREVIEWED)


@bp.post("/cases/<number>/volume")
@permit("case.work")
def add(number: str) -> Answer:
    case = guard.get_case(number, "case.work")
    form = ScansForm(channel=case.channel)
    return press(form, lambda: volume.add(case, form.uploads(), form.kind.data or "", instance(), guard.actor()),
                 lambda: _page(guard.get_case(number), form), f"{address(case)}/volume#add-scans", lambda made: Text(
        f"收下{len(made)}个，按顺序放好了。", f"{len(made)} files kept in their place."))


@bp.post("/cases/<number>/volume/order")
@permit("case.work")
def move(number: str) -> Answer:
    """A file one place up or down among those of its kind."""
    case, form = guard.get_case(number, "case.work"), OrderForm()
    key, _colon, step = (form.move.data or "").partition(":")
    return press(form, lambda: volume.move(case, read_key(key) or 0, STEPS.get(step, 0), guard.actor()),
                 lambda: _page(guard.get_case(number), ScansForm(None, channel=case.channel), form),
                 lambda row: f"{address(case)}/volume#file-{row.id}", Text("已移动。", "Moved."))


@bp.get("/cases/<number>/volume/files/<int:key>")
@permit("case.work")
def show_file(number: str, key: int):
    """What a file is, to be said anew."""
    case = guard.get_case(number, "case.work")
    return _file_page(case, key, KindForm(kind=_kind(case, key), channel=case.channel))


@bp.post("/cases/<number>/volume/files/<int:key>")
@permit("case.work")
def place(number: str, key: int) -> Answer:
    case = guard.get_case(number, "case.work")
    _kind(case, key)
    form = KindForm(channel=case.channel)
    return press(form, lambda: volume.place(case, key, form.kind.data or "", guard.actor()),
                 lambda: _file_page(guard.get_case(number), key, form), f"{address(case)}/volume#file-{key}",
                 Text("已归位。", "Put in its place."))


def _kind(case: Case, key: int) -> str:
    return next((file.kind for file in queries.files_of(case) if file.key == key), "") or abort(404)


def _file_page(case: Case, key: int, form: KindForm) -> str:
    row = next(row for row in queries.rows_of(case) if row.id == key)
    return render_template("papers/volume_file.html", **case_context(case, "papers"), form=form, row=row,
                           previewed=uploads.PREVIEWED)


@bp.get("/cases/<number>/volume.pdf")
@permit("paper.print")
def download(number: str):
    """The whole volume as one PDF, written to disk and sent from there."""
    case = guard.get_case(number, "paper.print")
    return send_passing(f"volume-{number}.pdf", number,
                        lambda path: binding.write(case, instance(), guard.actor(), path))


def send_passing(name: str, number: str, write: Callable[[Path], object]) -> Response | tuple[str, int]:
    """A file of a case that is written to disk, sent from there in blocks and gone afterwards."""
    path = snapshots.passing_file(folder(), Path(name).suffix)
    try:
        write(path)
        size = path.stat().st_size
    except Refused as refusal:
        path.unlink(missing_ok=True)
        return render_template("ledger/refused.html", problems=[p.text for p in refusal.problems]), 422
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    guard.log_access("export", number, name)
    answer = Response(_leaving(path), headers={
        "Content-Type": MEDIA[path.suffix], "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{name}"'})
    answer.call_on_close(lambda: path.unlink(missing_ok=True))
    return answer


def _leaving(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    finally:
        path.unlink(missing_ok=True)
