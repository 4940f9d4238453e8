"""The evidence pack for an inspection: one archive, every file in it digested, the archive itself on record."""
from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sqlalchemy import select

from mediation import sheets
from mediation.extensions import db
from mediation.models import Case, ExportRun, Station
from mediation.papers import pdf
from mediation.queries.audit import pack
from mediation.queries.house import admin
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.audit import pack_pages
from mediation.services.cases.moves import Forbidden
from mediation.services.ledger import Result

RIGHT = "audit.pack"
SHEET, FORM = "pack", "zip"
MOST_CASES = 30
PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4 landscape; margin: 15mm }}
body {{ font: 14px/1.7 FangSong, "Noto Sans CJK SC", sans-serif; margin: 2em }}
h2 {{ break-before: page }} p {{ margin: 0; min-height: 1em }}
table {{ border-collapse: collapse; width: 100% }} thead {{ display: table-header-group }}
th, td {{ border: 1px solid #000; padding: 2px 6px; text-align: left; vertical-align: top }}
</style></head><body>
{body}
</body></html>
"""
SUMS = "SHA256SUMS"
BETWEEN = re.compile(r"[\s,，、;；]+")
NO_PERIOD = Text("请写期间，例如 2026 或 2026Q3", "Give a period, such as 2026 or 2026Q3")
NO_STATION = Text("没有这个站点：{code}", "There is no station {code}")
NOT_TYPICAL = Text("{number}不能作典型案例：不在这个期间和站点里化解的案件中，或限定知悉",
                   "{number} cannot be a typical case: not among those settled there in the period, or restricted")
NO_COUNT = Text("典型案例写0到{most}件", "Give 0 to {most} typical cases")


@dataclass(frozen=True)
class Pack:
    """What is asked for."""

    period: Span
    station: Station
    count: int
    chosen: tuple[str, ...] = ()  # numbers of the typical cases; () takes the last ones

    @property
    def filters(self) -> dict[str, object]:
        chosen = {"chosen": list(self.chosen)} if self.chosen else {}
        return {"period": self.period.code, "station": [self.station.code], "cases": self.count, **chosen}


def read(period: str, station: str, count: str, actor: Actor, chosen: str = "") -> Pack:
    """The pack that an address names; ``chosen``: the numbers of its typical cases, with blanks or commas between.

    Raises Refused with all problems, or Forbidden.
    """
    if not access.scope_of(actor.role, RIGHT):
        raise Forbidden(RIGHT)
    problems: list[Problem] = []
    span = reporting.ALL_TIME
    try:
        span = reporting.read_period(period)
        problems += [] if span.first and span.last else [Problem("period", NO_PERIOD)]
    except Refused as refusal:
        problems += refusal.problems
    wanted = Station.code == station if station else Station.id == actor.station_id
    place = db.session.scalar(select(Station).where(wanted, admin.reach(actor, RIGHT)))
    if place is None:
        problems.append(Problem("station", NO_STATION.fill(code=station[:40])))
    number = int(count) if count.isdecimal() and len(count) < 4 else -1
    if not 0 <= number <= MOST_CASES:
        problems.append(Problem("cases", NO_COUNT.fill(most=MOST_CASES)))
    if problems or place is None:
        raise Refused(problems)
    asked = Pack(span, place, number, tuple(dict.fromkeys(BETWEEN.split(chosen.strip())) if chosen.strip() else ()))
    lacking = [said for said in asked.chosen if not pack.typical(actor, span, place, 1, said)]
    if lacking or len(asked.chosen) > MOST_CASES:
        raise Refused([Problem("chosen", NOT_TYPICAL.fill(number=said[:40])) for said in lacking] or [
            Problem("chosen", NO_COUNT.fill(most=MOST_CASES))])
    return asked


def begin(asked: Pack, actor: Actor) -> ExportRun:
    """Write down that a pack begins; the caller commits before it is made."""
    row = ExportRun(account_id=actor.user_id, actor_label=actor.username, sheet=SHEET, form=FORM,
                    filters=asked.filters, asked_at=actor.now, started_at=actor.now)
    db.session.add(row)
    db.session.flush()
    journal.log_access(actor, "export", f"{SHEET}.{FORM}", f"#{row.id}")
    return row


def write(path: Path, asked: Pack, actor: Actor) -> Result:
    """Write the archive; the last file in it lists the digests of all others, as ``sha256sum -c`` reads them."""
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in _files(asked, actor):
            archive.writestr(name, body)
            lines.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
        listed = "".join(lines).encode()
        archive.writestr(SUMS, listed)
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    return Result(len(lines), 0, whole, hashlib.sha256(listed).hexdigest())


def _files(asked: Pack, actor: Actor) -> Iterator[tuple[str, bytes]]:
    place, said = asked.station, list(_explain(asked, actor))
    tables = {"01-调解员名册": pack.roster(actor, place), "02-月报": pack.months(actor, asked.period, place),
              "03-统计和公式": pack.figures(actor, asked.period.code, place),
              "04-回访": pack.follow_ups(actor, asked.period, place), "05-工作程序和期限": pack.limits()}
    cases = [list(pack.told(row, n)) for n, row in enumerate(_typical(asked, actor), 1)]
    pages = _pages(said, tables, cases)
    yield "00-说明.txt", _text(said if pages else [*said, pdf.NO_FONT.zh])
    if pages:
        yield "00-迎检材料.pdf", pages
    yield "00-全部.html", _readable(said, tables, cases)
    for name, rows in tables.items():
        yield f"{name}.csv", _csv(rows)
    for n, lines in enumerate(cases, 1):
        yield f"典型案例-{n:02d}.txt", _text(lines)


def _pages(said: Sequence[str], tables: Mapping[str, Sequence[pack.Row]], cases: Sequence[Sequence[str]]) -> bytes:
    """Everything as a PDF; nothing on a machine without a Chinese font, which the explanation then says."""
    try:
        return pack_pages.write(said, tables, cases)
    except Refused:
        return b""


def _typical(asked: Pack, actor: Actor) -> list[Case]:
    if not asked.chosen:
        return pack.typical(actor, asked.period, asked.station, asked.count)
    return [row for number in asked.chosen for row in pack.typical(actor, asked.period, asked.station, 1, number)]


def _readable(said: Sequence[str], tables: Mapping[str, Sequence[pack.Row]], cases: Sequence[Sequence[str]]) -> bytes:
    """Everything on one page for reading and printing, its own style in it: cover, tables, cases."""
    parts = [f"<h1>{escape(said[0])}</h1>", *(f"<p>{escape(line)}</p>" for line in said[1:])]
    for name, (heads, *rows) in tables.items():
        parts += [f"<h2>{escape(name)}</h2><table><thead><tr>", *(f"<th>{escape(str(cell))}</th>" for cell in heads),
                  "</tr></thead><tbody>"]
        parts += ["<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows]
        parts.append("</tbody></table>")
    for title, *lines in cases:
        parts += [f"<h2>{escape(title)}</h2>", *(f"<p>{escape(line)}</p>" for line in lines)]
    return PAGE.format(title=escape(said[0]), body="\n".join(parts)).encode()


def _explain(asked: Pack, actor: Actor) -> Iterator[str]:
    yield "迎检材料包"
    yield f"站点：{asked.station.name}及以下"
    yield f"期间：{asked.period.label.zh}"
    yield f"截止：{actor.today.isoformat()}"
    yield "月报各月按当月末的情况计算。"
    yield f"制作：{actor.name}（{actor.username}）"
    yield "典型案例不含姓名、单位、号码和手写内容，编号后四位打码，日期和金额照实；限定知悉的案件不选。"
    yield f"{SUMS} 列出每个文件的 SHA-256，可用 sha256sum -c {SUMS} 核对；压缩包自身的 SHA-256 记在导出记录里。"


def _text(lines: Iterable[str]) -> bytes:
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _csv(rows: Sequence[pack.Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([sheets.disarm(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()
