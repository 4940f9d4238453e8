"""Wording to Word files: builds the shipped template of a paper from its text in ``data/papers``.

One line of text is one paragraph; its first sign says which:

    @ right-aligned number          # title            ## heading          = flat, without indent
    ~ line of the signature block   ! line of the seal, at the right       > right-aligned
    | cell | cell |                 row of a table, the first is its heading     |: 2 4 3  widths of the columns,
    |. cell | cell |                row of a table without a heading              in parts
    |. @900 cell | cell |           the same, at least so high, in twentieths of a point
    %if … / %for … / %else / %end   paragraph (or table row) that stands, or stands again; inline as {%if …%}
    +name a, b                      a part of ``_parts.txt`` with $1, $2 …       ---  new page
    _5  lines to write on, so many
    // remark                       anything else: a paragraph of the text, first line indented by two signs
    -0  pages without a number      @720 behind the widths: the least height of a row, in twentieths of a point

``{{name}}`` is a field on a line to write on (underlined), ``{name}`` a field within the text, ``{!name}`` one in red,
``____`` a line.

What is used of Word stays within what the printed volume reads: one section of A4, paragraphs, runs, one level of
tables with fixed widths, a first-page header with one picture, a footer with page numbers.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path

from mediation.papers.package import BODY_SIZE, TITLE_FONT, pack, run, with_page_numbers, wrap
from mediation.rules.money import currencies
from mediation.rules.papers.catalogue import PAPERS

FOLDER = Path(__file__).resolve().parent.parent / "data" / "papers"
WIDTH = 8306  # of the text, in twentieths of a point
TITLE_SIZE, CELL_SIZE = 40, 24  # in half points
INSET = 240  # left and right within a cell together
SHORT_FORM = 6  # rows without a heading that stay on one page
MOST_KEPT = 6  # lines before a signature block that stay with it
A_SENTENCE = 16  # signs of one that is enough to sign under
LINE, CELL_LINE = 560, 400  # exact height of a line, in twentieths of a point
RED, KEPT = "B00020", "<w:keepNext/>"
HEIGHT = re.compile(r"@(\d+) ")
TOKENS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{[^{}%]+\})")
UNNUMBERED = "-0"
SIGNED = ("~", "!", ">")  # marks of the signature block and of the day under a table
WRITTEN = re.compile(r"_(\d+)")
LINE_TO_WRITE = "= " + 56 * "_"
MARKS = ("##", "@", "#", "=", *SIGNED)


def has_wording(kind: str) -> bool:
    """Whether there is a wording of this kind."""
    return (FOLDER / f"{kind}.txt").is_file()


@cache
def shipped(kind: str, currency: str = currencies.YUAN) -> bytes:
    """The shipped template of a kind, as a .docx file, in the words of a station's currency."""
    return build(PAPERS[kind].title.zh, (FOLDER / f"{kind}.txt").read_text(encoding="utf-8"), currency)


@cache
def sample(name: str) -> bytes:
    """A template that is shipped to begin from, and used for no kind by itself."""
    return build(name, (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def build(title: str, text: str, currency: str = currencies.YUAN) -> bytes:
    """A template from its wording."""
    lines = [currencies.on_paper(line, currency) for line in lines_of(text)]
    body = _Maker([line for line in lines if line != UNNUMBERED]).body()
    return pack(title, body, "<w:p/>" if UNNUMBERED in lines else with_page_numbers())


def lines_of(text: str) -> list[str]:
    """The lines of a wording with the parts it names put in; remarks and empty lines are left out."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("+"):
            name, _blank, rest = line[1:].partition(" ")
            found += lines_of(_filled(_parts()[name], [one.strip() for one in rest.split(",")]))
        elif (lines := WRITTEN.fullmatch(line)) is not None:
            found += [LINE_TO_WRITE] * int(lines[1])
        elif line.strip() and not line.startswith("//"):
            found.append(line.rstrip())
    return found


def _filled(text: str, given: list[str]) -> str:
    for number, one in enumerate(given, 1):
        text = text.replace(f"${number}", one)
    return text


@cache
def _parts() -> dict[str, str]:
    parts: dict[str, list[str]] = {}
    for line in (FOLDER / "_parts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            parts[line[1:-1]] = current = []
        elif parts:
            current.append(line)
    return {name: "\n".join(lines) for name, lines in parts.items()}


@dataclass
class _Block:
    """A paragraph or a row that will be written: its mark, its words, whether it stays with the one after it."""

    mark: str
    text: str
    is_kept: bool = False
    cells: list[str] = field(default_factory=list)
    least: str = ""  # height of a row


class _Maker:
    """Lines of a wording to the body of a document."""

    def __init__(self, lines: list[str]):
        self._blocks = [self._block(line) for line in lines]
        self._keep_together()

    @staticmethod
    def _block(line: str) -> _Block:
        if line.startswith("|"):
            mark = line[:2] if line[1:2] in (":", ".") else "|"
            cells = [cell.strip(" ") for cell in line[len(mark):].strip(" ").removesuffix("|").split("|")]
            least = HEIGHT.match(cells[0]) if mark == "|." else None
            if least is not None:
                cells[0] = cells[0][least.end():]
            return _Block(mark, line[2:].strip(), cells=cells, least=least[1] if least else "")
        if line == "---" or line.startswith("%"):
            return _Block(line[:1], line[1:])
        mark = next((one for one in MARKS if line == one or line.startswith(one + " ")), "")
        return _Block(mark, line[len(mark):].strip(" "))  # blanks of full width say where a line begins

    def _keep_together(self) -> None:
        """The signature block stays on one page, with the last line of the text before it and what stands between."""
        signs = [n for n, block in enumerate(self._blocks) if block.mark in SIGNED]
        for n in signs:
            self._blocks[n].is_kept = n + 1 in signs or any(m > n for m in signs if m - n <= 3)
            for m in self._before(n):
                self._blocks[m].is_kept = True
        for n, block in enumerate(self._blocks):
            block.is_kept = block.is_kept or block.mark == "##"
            if block.mark == "|:":
                rows = list(takewhile(lambda one: one.mark == "|.", self._blocks[n + 1:]))
                for row in rows[:-1] if len(rows) <= SHORT_FORM else ():
                    row.is_kept = True

    def _before(self, n: int) -> list[int]:
        """The lines before one of the signature block, back to the last that says something: a paragraph or a row.
        One under a condition may be missing, so that it goes back beyond it; beyond a whole sentence it does not, as
        what is kept together must be less than a page in large type."""
        found, sure, closed = [], 0, []
        for m in range(n - 1, -1, -1):
            block = self._blocks[m]
            if block.mark == "%":
                step = _step(block)
                if step < 0:
                    closed.append(block.text.strip())
                elif step > 0 and closed:
                    closed.pop()
                continue
            found.append(m)
            is_sure = "end" not in closed
            sure += is_sure or block.mark not in ("|", "|.")
            is_enough = sure >= 2 or (is_sure and not block.mark and len(block.text) >= A_SENTENCE)
            if (is_enough and block.mark in ("", "|", "|.")) or sure == MOST_KEPT:
                break
        return found

    def body(self) -> str:
        out: list[str] = []
        n = repeats = 0
        while n < len(self._blocks):
            end, block = self._table_end(n), self._blocks[n]
            if end > n:
                out.append(self._table(self._blocks[n:end]))
                n = end
                continue
            repeats += _repeats(block)
            said = self._paragraph(block)
            if repeats and block.is_kept and not block.mark:
                out += _last_alone(said, lambda text: self._paragraph(_Block("%", text)))
            else:
                out.append(said)
            n += 1
        return "".join(out)

    def _table_end(self, start: int) -> int:
        """Where a table that begins here with its widths ends: behind its last row and what is closed within."""
        if self._blocks[start].mark != "|:":
            return start
        depth, whole = 0, start
        for n in range(start, len(self._blocks)):
            depth += _step(self._blocks[n])
            if depth < 0 or not self._is_of_table(n, start) or (depth == 0 and self._blocks[n].text == "else"):
                break
            whole = n + 1 if depth == 0 else whole
        return whole

    def _is_of_table(self, n: int, start: int) -> bool:
        return self._blocks[n].mark in ("|", "|.", "%") or n == start

    def _paragraph(self, block: _Block) -> str:
        if block.mark == "%":
            return wrap("<w:pPr/>", run("{%p " + _control(block.text) + " %}"))
        if block.mark == "-":
            return wrap("<w:pPr/>", '<w:r><w:br w:type="page"/></w:r>')
        return wrap(_PROPERTIES[block.mark](block.is_kept), _runs(block.text, _RUNS.get(block.mark, "")))

    def _table(self, rows: list[_Block]) -> str:
        parts = next((block.text.split() for block in rows if block.mark == "|:"), [])
        cells = next(block.cells for block in rows if block.mark in ("|", "|."))
        has_heading = next(block.mark for block in rows if block.mark != "|:") == "|"
        shares = [float(one) for one in parts if not one.startswith("@")] or [1.0] * len(cells)
        least = next((one[1:] for one in parts if one.startswith("@")), "")
        widths = _widths(shares, cells if has_heading else [])
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        done, repeats, out = False, 0, []
        for block in rows:
            if block.mark == "%":
                repeats += _repeats(block)
                out.append(_row_control(block.text))
            elif block.mark != "|:":
                row = _row(block, widths, has_heading and not done, block.least or least)
                if repeats and block.is_kept:
                    out += _last_alone(row, _row_control)
                else:
                    out.append(row)
                done = True
        return (f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{BORDERS}<w:tblLayout w:type="fixed"/>'
                f'</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(out)}</w:tbl>'
                + (GAP.replace("<w:pPr>", f"<w:pPr>{KEPT}") if [row for row in rows if row.cells][-1].is_kept else GAP))


def _widths(shares: list[float], heading: list[str]) -> list[int]:
    """The widths of columns by their shares, none narrower than its heading of up to six signs in one line."""
    least = [min(len(one), 6) * CELL_SIZE * 10 + INSET for one in heading] or [0] * len(shares)
    fixed: dict[int, int] = {}
    while True:
        free = (WIDTH - sum(fixed.values())) / (sum(share for n, share in enumerate(shares) if n not in fixed) or 1)
        narrow = {n: least[n] for n, share in enumerate(shares) if n not in fixed and int(free * share) < least[n]}
        if not narrow or len(fixed) + len(narrow) == len(shares):
            return [fixed.get(n, int(free * share)) for n, share in enumerate(shares)]
        fixed |= narrow


def _step(block: _Block) -> int:
    """1 where a condition or a repeat opens, -1 where one closes."""
    if block.mark != "%":
        return 0
    return 1 if block.text.startswith(("if ", "for ")) else -1 if block.text in CONTROLS else 0


def _repeats(block: _Block) -> int:
    return _step(block) if block.mark == "%" and "for" in block.text else 0


def _last_alone(said: str, control: Callable[[str], str]) -> list[str]:
    """What is repeated and stays with what follows: of those that it becomes, the last one."""
    return [control("if loop.last"), said, control("else"), said.replace(KEPT, ""), control("end")]


BORDERS = "<w:tblBorders>" + "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")) + "</w:tblBorders>"
# What stands after a table, as Word wants a paragraph between and behind them.
GAP = '<w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
CONTROLS = {"end": "endif", "endfor": "endfor"}


def _row(block: _Block, widths: list[int], is_heading: bool, least: str) -> str:
    """A row, as high as it must be; the last cell takes the columns that are left."""
    height = f'<w:trHeight w:val="{least}" w:hRule="atLeast"/>' if least else ""
    marks = f'<w:trPr><w:cantSplit/>{height}{"<w:tblHeader/>" if is_heading else ""}</w:trPr>'
    spans = [1] * (len(block.cells) - 1) + [max(len(widths) - len(block.cells) + 1, 1)]
    place, out = 0, []
    for text, span in zip(block.cells, spans, strict=True):
        width = widths[place:place + span]
        out.append(_cell(text, width, "center" if is_heading else "", block.is_kept))
        place += span
    return f"<w:tr>{marks}{''.join(out)}</w:tr>"


def _cell(text: str, widths: list[int], align: str, is_kept: bool = False) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    bold = "<w:b/>" if align else ""
    kept = KEPT if is_kept else ""
    justify = f'<w:jc w:val="{align}"/>' if align else ""
    properties = (f'<w:pPr>{kept}<w:spacing w:line="{CELL_LINE}" w:lineRule="atLeast"/>{justify}</w:pPr>')
    size = f'{bold}<w:sz w:val="{CELL_SIZE}"/><w:szCs w:val="{CELL_SIZE}"/>'
    inner = wrap(properties, _runs(text, size, False))
    return (f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
            f'{inner}</w:tc>')


def _row_control(text: str) -> str:
    return f"<w:tr><w:tc>{wrap('', run('{%tr ' + _control(text) + ' %}'))}</w:tc></w:tr>"


def _control(text: str) -> str:
    """if … / for x in … / else / end, as the template's language says it; ``end`` closes an if, ``endfor`` a for."""
    return CONTROLS.get(text.strip(), text.strip())


def _runs(text: str, properties: str, may_underline: bool = True) -> str:
    """Words, fields and conditions of a line as runs; a field in double braces is underlined."""
    out = []
    for part in TOKENS.split(text):
        if part.startswith("{{"):
            line = '<w:u w:val="single"/>' if may_underline else ""
            out.append(run("{{ " + part[2:-2].strip() + " }}", properties + line))
        elif part.startswith("{%"):
            out.append(run("{% " + _control(part[2:-2]) + " %}", properties))
        elif part.startswith("{!"):
            out.append(run("{{ " + part[2:-1].strip() + " }}", _coloured(properties)))
        elif part.startswith("{"):
            out.append(run("{{ " + part[1:-1].strip() + " }}", properties))
        else:
            out.append(run(part, properties))
    return "".join(out)


def _coloured(properties: str) -> str:
    """In red; the colour stands before the size, as the format orders the properties of a run."""
    before, size, after = properties.partition("<w:sz ")
    return f'{before}<w:color w:val="{RED}"/>{size}{after}'


def _properties(align: str, indent: bool = False, before: int = 0, after: int = 0, kept: str = ""):
    def say(is_kept: bool) -> str:
        keep = (KEPT if is_kept else "") + kept
        space = f'<w:spacing w:before="{before}" w:after="{after}" w:line="{LINE}" w:lineRule="exact"/>'
        first = f'<w:ind w:firstLineChars="200" w:firstLine="{BODY_SIZE * 20}"/>' if indent else ""
        return f'<w:pPr>{keep}{space}{first}<w:jc w:val="{align}"/></w:pPr>'
    return say


_PROPERTIES = {
    "": _properties("left", indent=True), "=": _properties("left"), "@": _properties("right", after=120),
    "#": _properties("center", before=120, after=240), "##": _properties("left", before=60),
    "~": _properties("left", kept="<w:keepLines/>"),
    **{mark: _properties("right", kept="<w:keepLines/>") for mark in "!>"},
}
_RUNS = {
    "#": f'<w:rFonts w:ascii="{TITLE_FONT}" w:hAnsi="{TITLE_FONT}" w:eastAsia="{TITLE_FONT}"/><w:b/>'
         f'<w:sz w:val="{TITLE_SIZE}"/><w:szCs w:val="{TITLE_SIZE}"/>',
    "##": "<w:b/>",
}
