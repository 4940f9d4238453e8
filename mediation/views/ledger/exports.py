"""Files of the ledger: streamed CSV, XLSX, the columns, the offline checker, and the list of what was taken out."""
from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask_babel import gettext as _

from mediation import sheets, vault
from mediation.extensions import db, later
from mediation.forms.base import BaseForm
from mediation.forms.ledger import AskForm
from mediation.models import ExportRun
from mediation.queries.ledger import export, exports, snapshots
from mediation.queries.ledger import selection as selections
from mediation.queries.ledger.export import Export
from mediation.queries.ledger.selection import Selection
from mediation.rules import ledger
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import ledger as service
from mediation.services.ledger import Result
from mediation.vault import Vault
from mediation.views import guard
from mediation.views.guard import needs_proof, permit
from mediation.views.press import press

bp = Blueprint("exports", __name__)

MEDIA = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BLOCK = 1 << 16


class Passing:
    """A file that is written, read once, and gone."""

    def __init__(self, path: Path):
        self._path = path

    def blocks(self, made: Export) -> Generator[bytes, None, None]:
        with self._path.open("rb") as file:
            while block := file.read(BLOCK):
                made.tally.file.update(block)
                yield block

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


class FileResponseBody:
    """The body of an answer that is a file: its blocks, and what is written down once the last has left.

    A reader who goes away half-way leaves nothing behind but the mark of an export that was begun.
    """

    def __init__(self, app: Flask, made: Export, run_id: int):
        self._app, self._made, self._run_id, self._is_open = app, made, run_id, True
        self._running = running(app)
        self._blocks: Generator[bytes, None, None] = made.csv()
        self._file: Passing | None = None

    def prepare(self, path: Path) -> int:
        """Write the XLSX file, whose directory stands at its end; gives its size in bytes."""
        self._file = Passing(path)
        self._made.write_xlsx(path)
        self._blocks = self._file.blocks(self._made)
        return path.stat().st_size

    def __iter__(self) -> Iterator[bytes]:
        yield from self._blocks
        self.close()
        later(self._app, self._finish)

    def _finish(self) -> None:
        service.finish(self._run_id, result_of(self._made), self._made.actor, guard.now())

    def close(self) -> None:
        """Called by the server in any case, also when the reader has gone."""
        if self._is_open:
            self._is_open = False
            self._blocks.close()
            self._made.close()
            if self._file:
                self._file.close()
            self._running.leave(self._made.actor.user_id)


def running(app: Flask) -> service.Running:
    """Who has an export running, on this machine and on PostgreSQL on any."""
    if "exports" not in app.extensions:
        shared = db.engine if db.engine.dialect.name == "postgresql" else None
        app.extensions.setdefault("exports", service.Running(
            Path(str(app.config["MEDIATION"]["INSTANCE"])) / "locks", shared))
    found: service.Running = app.extensions["exports"]
    return found


def result_of(made: Export) -> Result:
    """What is recorded of a file that is done."""
    return Result(made.rows, len(made.selection.columns), made.tally.file.hexdigest(),
                  made.tally.rows_digest.hexdigest(), made.taken_at)


def folder() -> Path:
    """Where passing files lie."""
    return Path(str(current_app.config["MEDIATION"]["INSTANCE"])) / "tmp"


@bp.get("/ledger/<sheet>.<any(csv, xlsx):form>")
@permit("ledger.read")
def download(sheet: str, form: str):
    if sheet not in ledger.SHEETS:
        abort(404)
    actor = guard.actor()
    with guard.attempt() as attempt:
        selection = selections.read({**request.args, "station": request.args.getlist("station"), "sheet": sheet})
        return _answer(selection, form, actor, lambda: service.begin(selection, form, actor))
    return _refused(attempt.problems)


def _answer(selection: Selection, form: str, actor: Actor, begin: Callable[[], ExportRun],
            keys: Vault | None = None) -> Response:
    """Write down that the export begins, take the moment, and let the file leave."""
    headers = _headers(selection, form, actor)
    if request.method == "HEAD":
        return Response(headers=headers)
    guard.leave_reading()
    app = current_app._get_current_object()
    running(app).enter(actor.user_id)
    try:
        run_id = begin().id
        guard.commit()
        made = export.open_export(selection, actor, folder(), keys)
    except BaseException:
        running(app).leave(actor.user_id)
        raise
    running(app).watch(actor.user_id, lambda: (made.rows, made.count))
    return _leave(FileResponseBody(app, made, run_id), made, form, headers)


def _leave(body: FileResponseBody, made: Export, form: str, headers: dict[str, str]) -> Response:
    headers["X-Rows"] = str(made.count)
    try:
        if form == "xlsx":
            sheets.refuse_length(made.count)
            headers["Content-Length"] = str(body.prepare(snapshots.passing_file(folder(), ".xlsx")))
    except BaseException:
        body.close()
        raise
    return Response(body, headers=headers)


def _headers(selection: Selection, form: str, actor: Actor) -> dict[str, str]:
    period = selection.period.code.replace("..", "_") or "all"
    name = f"{selection.sheet.key}-{period}-{actor.today.isoformat()}.{form}"
    return {"Content-Type": MEDIA[form], "Content-Disposition": f'attachment; filename="{name}"'}


def _refused(problems: list[Problem]) -> tuple[str, int]:
    return _refusal_page([problem.text for problem in problems]), 422


def _refusal_page(said: Sequence[Text | str]) -> str:
    return render_template("ledger/refused.html", problems=said)


# Whole numbers, and the list


@bp.get("/ledger/exports")
@permit("ledger.read")
def index():
    return render_template("ledger/exports.html", runs=exports.runs(guard.actor()), sheets=ledger.SHEETS)


@bp.get("/ledger/exports/progress")
@permit("ledger.read")
def progress():
    """How far one's own running export is, for the page that started it."""
    found = running(current_app).progress(guard.actor().user_id)
    return {"rows": found[0], "of": found[1]} if found else {}


@bp.get("/ledger/exports/ask")
@permit("ledger.unmask")
def ask():
    try:
        return _ask_page(AskForm(), _asked())
    except Refused as refusal:
        return _refused(refusal.problems)


@bp.post("/ledger/exports/ask")
@permit("ledger.unmask")
@needs_proof
def send_ask():
    form = AskForm()
    try:
        selection = _asked()
    except Refused as refusal:
        guard.release_write_lock()
        return _refused(refusal.problems)
    return press(form, lambda: service.ask(selection, request.args.get("form", "csv"), form.reason.data, guard.actor()),
                 lambda: _ask_page(form, selection), "/ledger/exports", _("已提出申请，等第二个人同意。"))


def _asked() -> Selection:
    return selections.read({**request.args, "station": request.args.getlist("station")})


def _ask_page(form: AskForm, selection: Selection) -> str:
    return render_template("ledger/ask.html", form=form, selection=selection,
                           query=request.query_string.decode("ascii", "ignore"))


@bp.post("/ledger/exports/<int:run_id>/approve")
@permit("ledger.unmask")
@needs_proof
def approve(run_id: int):
    _find(run_id)
    form = BaseForm()
    return press(form, lambda: service.approve(run_id, guard.actor()), lambda: _refusal_page(form.problems),
                 "/ledger/exports", _("已同意。申请人一天内可取一次。"))


def _find(run_id: int) -> ExportRun:
    """An export that the reader may see; whether others asked for one is not told by another answer."""
    run = exports.find_run(run_id, guard.actor())
    if run is None:
        guard.note_refusal(service.UNMASK, f"export {run_id}")
        abort(404)
    return run


@bp.get("/ledger/exports/<int:run_id>/file")
@permit("ledger.unmask")
@needs_proof
def unmasked(run_id: int):
    actor = guard.actor()
    run = _find(run_id)
    with guard.attempt() as attempt:
        selection = selections.read({**run.filters, "sheet": run.sheet})
        return _answer(selection, run.form, actor, lambda: service.begin_unmasked(run_id, actor), vault.current())
    return _refused(attempt.problems)


@bp.get("/ledger/checker.py")
@permit("ledger.read")
def checker():
    return Response((sheets.DATA / "checker.py").read_bytes(), mimetype="text/x-python",
                    headers={"Content-Disposition": 'attachment; filename="checker.py"'})


@bp.get("/help/columns")
@permit("rule.read")
def show_columns():
    return render_template("ledger/columns.html", sheets=ledger.SHEETS.values(), kinds=ledger.KINDS, by=ledger.BY)
