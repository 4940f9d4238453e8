"""The evidence pack for an inspection, made on request and sent as one archive."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, render_template, request

from mediation.extensions import later
from mediation.queries.cases import case_filters
from mediation.queries.ledger import snapshots
from mediation.rules.access import Actor
from mediation.rules.language import Refused
from mediation.services import ledger
from mediation.services.audit import packs
from mediation.services.ledger import Result
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.ledger.exports import BLOCK, folder

bp = Blueprint("packs", __name__)


@bp.get("/audit/pack")
@permit("audit.pack")
def show():
    actor = guard.actor()
    return render_template("audit/pack.html", year=actor.today.year, most=packs.MOST_CASES,
                           stations=[row for row in case_filters.find_stations(actor).values() if row.code != "own"])


@bp.get("/audit/pack.zip")
@permit("audit.pack")
def download():
    actor = guard.actor()
    told = [request.args.get(name, "").strip() for name in ("period", "station", "cases", "chosen")]
    try:
        asked = packs.read(told[0], told[1], told[2] or "5", actor, told[3])
    except Refused as refusal:
        return render_template("ledger/refused.html", problems=[p.text for p in refusal.problems]), 422
    guard.leave_reading()
    run_id = packs.begin(asked, actor).id
    guard.commit()
    guard.release_write_lock()
    path = snapshots.passing_file(folder(), ".zip")
    try:
        result = packs.write(path, asked, actor)
        size = path.stat().st_size
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    answer = Response(_leaving(current_app._get_current_object(), path, run_id, result, actor), headers={
        "Content-Type": "application/zip", "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="pack-{asked.period.code}-{actor.today.isoformat()}.zip"'})
    answer.call_on_close(lambda: path.unlink(missing_ok=True))
    return answer


def _leaving(app: Flask, path: Path, run_id: int, result: Result, actor: Actor) -> Iterator[bytes]:
    """The archive in blocks; it is on record as complete once the last has left."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    finally:
        path.unlink(missing_ok=True)
    later(app, lambda: ledger.finish(run_id, result, actor, guard.now()))
