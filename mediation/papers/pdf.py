"""Word files as PDF: what an office wrote in its own wording reaches paper without a word processor on the server.

A filled .docx is described in plain values (``describe``) and laid out by typst from ``data/word.typ``. Taken over are
what a form uses: paragraphs with their spacing, runs, underlined blanks, tables, breaks, pictures, page numbers in
head and foot. Nothing of the file is ever read as code. LibreOffice would do it as well, in twelve seconds and with
hundreds of megabytes on the server, which is why this module stands here.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import docx
import typst
from docx.document import Document
from PIL import Image

from mediation.papers import word_style
from mediation.papers.word_style import EMU, Look, Styles, points, qn
from mediation.rules.language import Problem, Refused, Text

SOURCE = Path(__file__).parents[1] / "data" / "word.typ"
# The first that is there; the last three may be redistributed (SIL Open Font License) and come with Debian.
CHINESE = ("FangSong", "FangSong_GB2312", "STFangsong", "SimSun", "Noto Serif CJK SC", "Source Han Serif SC",
           "Noto Sans CJK SC")
BESIDE = ("Noto Sans Mongolian", "Noto Serif CJK SC", "Noto Sans CJK SC")  # for characters that the first one lacks
NO_FONT = Text("这台服务器没有中文字体，做不出 PDF。请管理员安装一种：Debian、UOS 运行 apt-get install fonts-noto-cjk；"
               "或者下载 .docx，用 WPS 打开打印",
               "This server has no Chinese font, so no PDF can be made. The administrator installs one: apt-get "
               "install fonts-noto-cjk; or take the .docx and print it from WPS")
MONGOLIAN = re.compile("[\u1800-\u18af]")
NO_MONGOLIAN = Text("文件里有蒙古文，这台服务器没有蒙古文字体。请管理员运行 apt-get install fonts-noto-core；或者下载 .docx，用 WPS 打开打印",
                    "The file has Mongolian text and this server no Mongolian font. The administrator runs "
                    "apt-get install fonts-noto-core; or take the .docx and print it from WPS")
NOT_WORD = Text("这个文件不是能打开的 .docx", "This file is not a .docx that can be opened")
UNSEEN = frozenset({qn("w:del"), qn("w:txbxContent")})  # struck out in a revision; text that floats beside the page
NO_CELL = {"blocks": [], "down": 1, "goes_on": False, "middle": False, "turned": False}
BLANKS = " \t\u00a0\u3000"
# At the beginning any blank; anywhere what is not known (papers/word.py), a sign at a time so that lines may end in it.
GAPS = re.compile(f"(^[{BLANKS}]+|\u2002\u2002?)")
BOXES = {"☐": "", "□": "", "☑": "v", "☒": "x"}
TICKS = re.compile("([☐□☑☒])")
TOO_DEEP = 4  # tables within tables
Values = dict[str, Any]


class Source(NamedTuple):
    """A filled Word file, with the words under which it stands in the bookmarks."""

    title: str
    content: bytes


def convert(sources: Sequence[Source], *, title: str = "", is_odd: bool = False, is_tagged: bool = True) -> bytes:
    """One PDF of one or several Word files; with ``is_odd`` each begins on an odd page.

    The same files give the same bytes. ``is_tagged`` is for readers of screens, and lost where files are joined.
    Raises Refused without a Chinese font, or for a file that is none.
    """
    described = [{"title": source.title, "sections": describe(source.content)} for source in sources]
    return render({"title": title or sources[0].title, "odd": is_odd, "documents": described}, is_tagged)


def render(data: Values, is_tagged: bool = True) -> bytes:
    """The PDF of described documents."""
    given = json.dumps(data | {"fonts": fonts("")}, ensure_ascii=False)
    if MONGOLIAN.search(given) and not any("Mongolian" in name for name in _families()):
        raise Refused([Problem("", NO_MONGOLIAN)])
    made = typst.Compiler(str(SOURCE), root=str(SOURCE.parent), font_paths=_machine_fonts()).compile(
        format="pdf", sys_inputs={"data": given}, timestamp=0, pdf_tags=is_tagged)
    assert isinstance(made, bytes)
    return made


@cache
def _machine_fonts() -> typst.Fonts:
    return typst.Fonts()


@cache
def _families() -> frozenset[str]:
    return frozenset(_machine_fonts().families())


@cache
def fonts(wanted: str) -> list[str]:
    """The fonts of a run: the wanted one where the machine has it, else its like. Refused without a Chinese one."""
    has = _families()
    if not has.intersection(CHINESE):
        raise Refused([Problem("", NO_FONT)])
    likes = (*word_style.LIKES.get(wanted, (wanted,)), *CHINESE)
    first = next(name for name in likes if name in has)
    return [first, *(name for name in BESIDE if name in has and name != first)]


def describe(content: bytes) -> list[Values]:
    """The sections of a Word file in plain values; Refused for what is none."""
    try:
        document = docx.Document(BytesIO(content))
    except Exception as error:  # the library raises whatever its parsers do
        raise Refused([Problem("file", NOT_WORD)]) from error
    return list(_Reader(document).sections())


class _Reader:
    """Reads one document, part by part."""

    def __init__(self, document: Document):
        self._document, self._part = document, document.part
        self._styles = Styles(document)

    def sections(self) -> Iterator[Values]:
        """Each section ends with the paragraph that holds its properties; the last one's stand at the end."""
        waiting: list[Any] = []
        numbered = iter(self._document.sections)
        for element in self._document.element.body:
            if element.tag == qn("w:sectPr"):
                continue
            waiting.append(element)
            if element.tag == qn("w:p") and element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
                yield self._section(next(numbered), waiting)
                waiting = []
        yield self._section(next(numbered), waiting)

    def _section(self, section: Any, elements: list[Any]) -> Values:
        def pt(value: Any, otherwise: float) -> float:
            return value / EMU if value is not None else otherwise
        return {
            "width": pt(section.page_width, 595.3), "height": pt(section.page_height, 841.9),
            "top": pt(section.top_margin, 72), "bottom": pt(section.bottom_margin, 72),
            "left": pt(section.left_margin, 90), "right": pt(section.right_margin, 90),
            "header": self._margin(section.header), "footer": self._margin(section.footer),
            "apart": section.different_first_page_header_footer,
            "first_header": self._margin(section.first_page_header),
            "first_footer": self._margin(section.first_page_footer),
            "blocks": list(self._blocks(elements))}

    def _margin(self, part: Any) -> list[Values]:
        """A header or footer; nothing where it says nothing."""
        self._part = part.part
        made = list(self._blocks(part._element))
        self._part = self._document.part
        return made if any(block["kind"] != "paragraph" or block["runs"] for block in made) else []

    def _blocks(self, elements: Any, depth: int = 0) -> Iterator[Values]:
        for element in elements:
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl") and depth < TOO_DEEP:
                yield self._table(element, depth)
            elif element.tag == qn("w:sdt"):
                yield from self._blocks(element.find(qn("w:sdtContent")), depth)

    # Paragraphs

    def _paragraph(self, element: Any) -> Iterator[Values]:
        """A paragraph, in two where a page ends within it."""
        look = self._styles.paragraph(element)
        if look.is_new_page:
            yield {"kind": "break"}
        runs: list[Values] = []
        told = False
        for run in self._runs(element, look):
            if run["kind"] == "new page":
                if runs:
                    yield look.block(runs)
                yield {"kind": "break"}
                runs, told = [], True
            else:
                runs.append(run)
        if runs or not told:
            yield look.block(_numbered(look, runs))

    def _runs(self, element: Any, look: Look) -> Iterator[Values]:
        field = _Field()
        for run in element.iter(qn("w:r")):
            if any(parent.tag in UNSEEN for parent in run.iterancestors()):
                continue
            above, styled = run.getparent(), self._styled(run, look)
            counter = _counter(above.get(qn("w:instr"), "")) if above.tag == qn("w:fldSimple") else ""
            if not counter:
                yield from self._parts(run, styled, field)
            elif run is above[0]:
                yield styled | {"kind": counter}

    def _parts(self, run: Any, styled: Values, field: _Field) -> Iterator[Values]:
        for child in run:
            name = child.tag.rpartition("}")[2]
            if name == "fldChar":
                yield from field.turn(child.get(qn("w:fldCharType")), styled)
            elif name == "instrText":
                field.code += child.text or ""
            elif not field.hides:
                yield from self._pieces(name, child, styled)

    def _styled(self, run: Any, look: Look) -> Values:
        found = self._styles.run(run, look)
        return found | {"fonts": fonts(found["font"])}

    def _pieces(self, name: str, child: Any, styled: Values) -> Iterator[Values]:
        if name == "t":
            yield from _text(child.text or "", styled)
        elif name == "tab":
            yield styled | {"kind": "gap", "width": 2 * styled["size"]}
        elif name in ("br", "cr"):
            yield styled | {"kind": "new page" if child.get(qn("w:type")) == "page" else "break"}
        elif name == "drawing":
            yield from self._picture(child, styled)
        elif name == "noBreakHyphen":
            yield styled | {"kind": "text", "text": "\u2011"}

    def _picture(self, drawing: Any, styled: Values) -> Iterator[Values]:
        blip = next(drawing.iter(qn("a:blip")), None)
        extent = next(drawing.iter(qn("wp:extent")), None)
        related = self._part.related_parts.get(blip.get(qn("r:embed"))) if blip is not None else None
        content = _picture(related.blob) if related is not None and extent is not None else b""
        if content:
            yield styled | {"kind": "image", "data": list(content), "width": int(extent.get("cx")) / EMU,
                            "height": int(extent.get("cy")) / EMU}

    # Tables

    def _table(self, element: Any, depth: int) -> Values:
        widths = [points(one.get(qn("w:w"))) for one in element.iter(qn("w:gridCol"))
                  if one.getparent().getparent() is element]
        rows = [self._row(row, depth) for row in element.findall(qn("w:tr"))]
        across = max((sum(cell["across"] for cell in row["cells"]) for row in rows), default=1)
        widths += [72.0] * (across - len(widths))
        for row in rows:  # a short row would draw the cells of the next one up
            lacking = across - sum(cell["across"] for cell in row["cells"])
            row["cells"] += [dict(NO_CELL, across=lacking)] if lacking else []
        _join_down(rows)
        heads = next((n for n, row in enumerate(rows) if not row["heads"]), len(rows))
        return {"kind": "table", "columns": widths[:across], "rows": rows, "heads": heads if heads < len(rows) else 0,
                "align": self._styles.side(element), "ruled": self._styles.is_ruled(element), "inset": 4}

    def _row(self, row: Any, depth: int) -> Values:
        own = row.find(qn("w:trPr"))
        height = own.find(qn("w:trHeight")) if own is not None else None
        cells = [self._cell(cell, depth) for cell in row.findall(qn("w:tc"))]
        said = [block for cell in cells for block in cell["blocks"] if block["kind"] == "paragraph"]
        return {"cells": cells, "height": points(height.get(qn("w:val"))) if height is not None else 0,
                "fixed": height is not None and height.get(qn("w:hRule")) == "exact",
                "splits": own is None or own.find(qn("w:cantSplit")) is None,
                "heads": own is not None and own.find(qn("w:tblHeader")) is not None,
                "keeps": bool(said) and all(block["keep"] for block in said)}

    def _cell(self, cell: Any, depth: int) -> Values:
        own = cell.find(qn("w:tcPr"))

        def said(name: str) -> str | None:
            found = own.find(qn(name)) if own is not None else None
            return None if found is None else found.get(qn("w:val"), "")
        merged = said("w:vMerge")
        return {"blocks": list(self._blocks(cell, depth + 1)), "across": int(said("w:gridSpan") or 1), "down": 1,
                "goes_on": merged is not None and merged != "restart", "middle": said("w:vAlign") == "center",
                "turned": (said("w:textDirection") or "").startswith("tb")}


def _picture(content: bytes) -> bytes:
    """A picture written anew, so that nothing but its points goes on; '' for one that only Word can draw."""
    made = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
            picture.save(made, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    return made.getvalue()


def _join_down(rows: list[Values]) -> None:
    """Cells that go on downwards are one with the cell above; they are counted there and dropped."""
    above: dict[int, Values] = {}
    for row in rows:
        kept, column = [], 0
        for cell in row["cells"]:
            if cell.pop("goes_on") and column in above:
                above[column]["down"] += 1
            else:
                above[column] = cell
                kept.append(cell)
            column += cell["across"]
        row["cells"] = kept


def _numbered(look: Look, runs: list[Values]) -> list[Values]:
    if not look.mark:
        return runs
    return [look.plain | {"fonts": fonts(look.plain["font"]), "kind": "text", "text": look.mark}, *runs]


def _counter(field: str) -> str:
    """What a field counts: page, pages, or '' for any other, whose shown result stands."""
    return {"PAGE": "page", "NUMPAGES": "pages", "SECTIONPAGES": "pages"}.get((field.split() or [""])[0].upper(), "")


class _Field:
    """Where a reader stands in a field: its code is not shown; its result is, except where it counts pages."""

    def __init__(self) -> None:
        self.code = self._state = ""

    @property
    def hides(self) -> bool:
        return self._state == "begin" or (self._state == "separate" and bool(_counter(self.code)))

    def turn(self, state: str | None, styled: Values) -> Iterator[Values]:
        """The next part of the field begins; at its end a counter is shown."""
        self._state = state or ""
        if state == "begin":
            self.code = ""
        if state == "end":
            self._state = ""
            if _counter(self.code):
                yield styled | {"kind": _counter(self.code)}


def _text(text: str, styled: Values) -> Iterator[Values]:
    """Text; blanks at its beginning, and what is not known, keep their width and are a line to write on where they are
    underlined: as text they would vanish at the end of a line. Boxes to tick are drawn; few Chinese fonts have them."""
    for n, said in enumerate(GAPS.split(text)):
        if n % 2:
            width = sum(1.0 if mark == "\u3000" else 0.5 for mark in said)
            yield styled | {"kind": "gap", "width": width * styled["size"]}
        else:
            yield from _said(said, styled)


def _said(text: str, styled: Values) -> Iterator[Values]:
    for piece in TICKS.split(text):
        if piece in BOXES:
            yield styled | {"kind": "tick", "mark": BOXES[piece]}
        elif piece:
            yield styled | {"kind": "text", "text": piece.replace("  ", "\u00a0 ")}
