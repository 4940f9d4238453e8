"""Wording to Word files: builds the shipped template of a paper from its text in ``data/papers``.

One line of text is one paragraph; its first sign says which:

    @ right-aligned number          # title            ## heading          = flat, without indent
    ~ line of the signature block   ! line of the seal, at the right       > right-aligned
    | cell | cell |                 row of a table, the first is its heading     |: 2 4 3  widths of the columns,
    |. cell | cell |                row of a table without a heading              in parts
    %if … / %for … / %else / %end   paragraph (or table row) that stands, or stands again; inline as {%if …%}
    +name a, b                      a part of ``_parts.txt`` with $1, $2 …       ---  new page
    // remark                       anything else: a paragraph of the text, first line indented by two signs
    -0  pages without a number      @720 behind the widths: the least height of a row, in twentieths of a point

``{{name}}`` is a field on a line to write on (underlined), ``{name}`` a field within the text, ``{!name}`` one in red,
``____`` a line.

The package is written here and not through python-docx, whose own template carries 900 kB of styles and a picture into
every paper. What is used of Word stays within what the printed volume reads: one section of A4, paragraphs, runs, one
level of tables with fixed widths, a first-page header with one picture, a footer with page numbers.
"""
from __future__ import annotations

import base64
import re
import zipfile
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from mediation.rules.money import currencies
from mediation.rules.papers.catalogue import PAPERS

FOLDER = Path(__file__).resolve().parent.parent / "data" / "papers"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of every entry: the same text gives the same bytes
FONT, TITLE_FONT = "仿宋", "宋体"
WIDTH, CODE = 8306, 540000  # of the text in twentieths of a point; side of the code in EMU (1.5 cm: within the margin)
BODY_SIZE, TITLE_SIZE, CELL_SIZE = 28, 40, 24  # in half points
INSET = 240  # left and right within a cell together
MOST_KEPT = 6  # lines before a signature block that stay with it
LINE, CELL_LINE = 560, 400  # exact height of a line, in twentieths of a point
RED = "B00020"
CODE_PART = "word/media/code.png"
# One white pixel where a code to scan may be put.
NO_CODE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJ"
                           "RU5ErkJggg==")
SPACE = "http://schemas.openxmlformats.org"
NAMES = " ".join(f'xmlns:{short}="{SPACE}/{rest}"' for short, rest in (
    ("w", "wordprocessingml/2006/main"), ("r", "officeDocument/2006/relationships"),
    ("wp", "drawingml/2006/wordprocessingDrawing"), ("a", "drawingml/2006/main"), ("pic", "drawingml/2006/picture")))
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TOKENS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{[^{}%]+\})")
UNNUMBERED = "-0"
MARKS = ("##", "@", "#", "=", "~", "!", ">")


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
    return _pack(title, body, "<w:p/>" if UNNUMBERED in lines else _footer())


def lines_of(text: str) -> list[str]:
    """The lines of a wording with the parts it names put in; remarks and empty lines are left out."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("+"):
            name, _blank, rest = line[1:].partition(" ")
            found += lines_of(_filled(_parts()[name], [one.strip() for one in rest.split(",")]))
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
            return _Block(mark, line[2:].strip(), cells=cells)
        if line == "---" or line.startswith("%"):
            return _Block(line[:1], line[1:])
        mark = next((one for one in MARKS if line == one or line.startswith(one + " ")), "")
        return _Block(mark, line[len(mark):].strip(" "))  # blanks of full width say where a line begins

    def _keep_together(self) -> None:
        """The signature block stays on one page, with the last line of the text before it and what stands between."""
        signs = [n for n, block in enumerate(self._blocks) if block.mark in "~!" and block.mark]
        for n in signs:
            self._blocks[n].is_kept = n + 1 in signs or any(m > n for m in signs if m - n <= 3)
            for m in self._before(n):
                self._blocks[m].is_kept = True
        for n, block in enumerate(self._blocks):
            block.is_kept = block.is_kept or block.mark == "##"

    def _before(self, n: int) -> list[int]:
        """The lines before one of the signature block, back to the last that says something: a paragraph or a row."""
        found: list[int] = []
        for m in range(n - 1, -1, -1):
            if self._blocks[m].mark != "%":
                found.append(m)
            if (len(found) >= 2 and self._blocks[m].mark in ("", "|", "|.")) or len(found) == MOST_KEPT:
                break
        return found

    def body(self) -> str:
        out, n = [], 0
        while n < len(self._blocks):
            end = self._table_end(n)
            if end > n:
                out.append(self._table(self._blocks[n:end]))
                n = end
            else:
                out.append(self._paragraph(self._blocks[n]))
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
            return _wrap("<w:pPr/>", _run("{%p " + _control(block.text) + " %}"))
        if block.mark == "-":
            return _wrap("<w:pPr/>", '<w:r><w:br w:type="page"/></w:r>')
        return _wrap(_PROPERTIES[block.mark](block.is_kept), _runs(block.text, _RUNS.get(block.mark, "")))

    def _table(self, rows: list[_Block]) -> str:
        parts = next((block.text.split() for block in rows if block.mark == "|:"), [])
        cells = next(block.cells for block in rows if block.mark in ("|", "|."))
        has_heading = next(block.mark for block in rows if block.mark != "|:") == "|"
        shares = [float(one) for one in parts if not one.startswith("@")] or [1.0] * len(cells)
        least = next((one[1:] for one in parts if one.startswith("@")), "")
        widths = _widths(shares, cells if has_heading else [])
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        done, out = False, []
        for block in rows:
            if block.mark == "%":
                out.append(f"<w:tr><w:tc>{_wrap('', _run('{%tr ' + _control(block.text) + ' %}'))}</w:tc></w:tr>")
            elif block.mark != "|:":
                out.append(_row(block, widths, has_heading and not done, least))
                done = True
        return (f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{BORDERS}<w:tblLayout w:type="fixed"/>'
                f'</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(out)}</w:tbl>'
                + (GAP.replace("<w:pPr>", "<w:pPr><w:keepNext/>") if any(row.is_kept for row in rows) else GAP))


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
    kept = "<w:keepNext/>" if is_kept else ""
    justify = f'<w:jc w:val="{align}"/>' if align else ""
    properties = (f'<w:pPr>{kept}<w:spacing w:line="{CELL_LINE}" w:lineRule="atLeast"/>{justify}</w:pPr>')
    size = f'{bold}<w:sz w:val="{CELL_SIZE}"/><w:szCs w:val="{CELL_SIZE}"/>'
    inner = _wrap(properties, _runs(text, size, False))
    return (f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
            f'{inner}</w:tc>')


def _control(text: str) -> str:
    """if … / for x in … / else / end, as the template's language says it; ``end`` closes an if, ``endfor`` a for."""
    return CONTROLS.get(text.strip(), text.strip())


def _wrap(properties: str, runs: str) -> str:
    return f"<w:p>{properties}{runs}</w:p>"


def _run(text: str, properties: str = "") -> str:
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _runs(text: str, properties: str, may_underline: bool = True) -> str:
    """Words, fields and conditions of a line as runs; a field in double braces is underlined."""
    out = []
    for part in TOKENS.split(text):
        if part.startswith("{{"):
            line = '<w:u w:val="single"/>' if may_underline else ""
            out.append(_run("{{ " + part[2:-2].strip() + " }}", properties + line))
        elif part.startswith("{%"):
            out.append(_run("{% " + _control(part[2:-2]) + " %}", properties))
        elif part.startswith("{!"):
            out.append(_run("{{ " + part[2:-1].strip() + " }}", properties + f'<w:color w:val="{RED}"/>'))
        elif part.startswith("{"):
            out.append(_run("{{ " + part[1:-1].strip() + " }}", properties))
        else:
            out.append(_run(part, properties))
    return "".join(out)


def _properties(align: str, indent: bool = False, before: int = 0, after: int = 0, kept: str = ""):
    def say(is_kept: bool) -> str:
        keep = ("<w:keepNext/>" if is_kept else "") + kept
        space = f'<w:spacing w:before="{before}" w:after="{after}" w:line="{LINE}" w:lineRule="exact"/>'
        first = f'<w:ind w:firstLineChars="200" w:firstLine="{BODY_SIZE * 20}"/>' if indent else ""
        return f'<w:pPr>{keep}{space}{first}<w:jc w:val="{align}"/></w:pPr>'
    return say


_PROPERTIES = {
    "": _properties("left", indent=True), "=": _properties("left"), "@": _properties("right", after=120),
    ">": _properties("right"), "#": _properties("center", before=120, after=240), "##": _properties("left", before=60),
    "~": _properties("left", kept="<w:keepLines/>"), "!": _properties("right", kept="<w:keepLines/>"),
}
_RUNS = {
    "#": f'<w:rFonts w:ascii="{TITLE_FONT}" w:hAnsi="{TITLE_FONT}" w:eastAsia="{TITLE_FONT}"/><w:b/>'
         f'<w:sz w:val="{TITLE_SIZE}"/><w:szCs w:val="{TITLE_SIZE}"/>',
    "##": "<w:b/>",
}


# The package -------------------------------------------------------------------------------------------------------

def _pack(title: str, body: str, footer: str) -> bytes:
    section = ('<w:sectPr><w:headerReference w:type="first" r:id="rId3"/>'
               '<w:headerReference w:type="default" r:id="rId6"/>'
               '<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="first" r:id="rId4"/>'
               '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800" '
               'w:header="454" w:footer="850" w:gutter="0"/><w:titlePg/></w:sectPr>')
    parts = {
        "[Content_Types].xml": _types(), "_rels/.rels": _rels((("1", "officeDocument", "word/document.xml"),)).replace(
            "</Relationships>", f'<Relationship Id="rId2" Type="{SPACE}/package/2006/relationships/metadata/'
            'core-properties" Target="docProps/core.xml"/></Relationships>'),
        "docProps/core.xml": _core(title),
        "word/document.xml": f"{HEAD}<w:document {NAMES}><w:body>{body}{section}</w:body></w:document>",
        "word/styles.xml": _styles(), "word/settings.xml": _settings(), "word/fontTable.xml": _fonts(),
        "word/header1.xml": f"{HEAD}<w:hdr {NAMES}>{_wrap('<w:pPr/>', _picture())}</w:hdr>",
        "word/header2.xml": f"{HEAD}<w:hdr {NAMES}><w:p/></w:hdr>",
        "word/footer1.xml": f"{HEAD}<w:ftr {NAMES}>{footer}</w:ftr>",
        "word/_rels/document.xml.rels": _rels((
            ("1", "styles", "styles.xml"), ("2", "settings", "settings.xml"), ("3", "header", "header1.xml"),
            ("4", "footer", "footer1.xml"), ("5", "fontTable", "fontTable.xml"), ("6", "header", "header2.xml"))),
        "word/_rels/header1.xml.rels": _rels((("1", "image", "media/code.png"),)),
    }
    return zipped({**{name: text.encode() for name, text in parts.items()}, CODE_PART: NO_CODE})


def zipped(parts: dict[str, bytes]) -> bytes:
    """A package of these parts: the same bytes for the same parts, whenever it is made."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(_entry(name), data, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.create_system, entry.external_attr = 0, 0
    return entry


def _rels(rows: tuple[tuple[str, str, str], ...]) -> str:
    inside = "".join(f'<Relationship Id="rId{key}" Type="{SPACE}/officeDocument/2006/relationships/{kind}" '
                     f'Target="{target}"/>' for key, kind, target in rows)
    return f'{HEAD}<Relationships xmlns="{SPACE}/package/2006/relationships">{inside}</Relationships>'


def _types() -> str:
    kinds = (("document", "document.main"), ("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"),
             ("header1", "header"), ("header2", "header"), ("footer1", "footer"))
    parts = "".join(f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                    f'wordprocessingml.{kind}+xml"/>' for name, kind in kinds)
    return (f'{HEAD}<Types xmlns="{SPACE}/package/2006/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>{parts}<Override '
            'PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
            '</Types>')


def _core(title: str) -> str:
    return (f'{HEAD}<cp:coreProperties xmlns:cp="{SPACE}/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>')


def _styles() -> str:
    return (f'{HEAD}<w:styles {NAMES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" '
            f'w:eastAsia="{FONT}" w:cs="{FONT}"/><w:sz w:val="{BODY_SIZE}"/><w:szCs w:val="{BODY_SIZE}"/>'
            '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
            '<w:spacing w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" '
            'w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>')


def _settings() -> str:
    return (f'{HEAD}<w:settings {NAMES}><w:defaultTabStop w:val="420"/><w:characterSpacingControl '
            'w:val="compressPunctuation"/><w:compat><w:ulTrailSpace/><w:compatSetting w:name="compatibilityMode" '
            'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>')


def _fonts() -> str:
    kinds = ((FONT, "仿宋_GB2312,FangSong,FangSong_GB2312,STFangsong"), (TITLE_FONT, "SimSun,方正小标宋简体"))
    inside = "".join(f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
                     '<w:family w:val="roman"/></w:font>' for name, others in kinds)
    return f"{HEAD}<w:fonts {NAMES}>{inside}</w:fonts>"


def _picture() -> str:
    return ('<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{CODE}" cy="{CODE}"/><wp:docPr id="1" name="code"/><a:graphic>'
            f'<a:graphicData uri="{SPACE}/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            '<pic:cNvPr id="1" name="code.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/>'
            '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{CODE}" cy="{CODE}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            '</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>')


def _footer() -> str:
    size = '<w:sz w:val="18"/><w:szCs w:val="18"/>'
    field = "".join(_run(word, size) + f'<w:fldSimple w:instr=" {name} ">{_run("1", size)}</w:fldSimple>'
                    for word, name in (("第", "PAGE"), ("页 共", "NUMPAGES")))
    return _wrap('<w:pPr><w:jc w:val="center"/></w:pPr>', field + _run("页", size))
