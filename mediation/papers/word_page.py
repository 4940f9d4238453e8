"""A filled Word file as a page of the browser: its paragraphs and tables. A paper has one text, that of its file."""
from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from lxml import etree
from markupsafe import Markup, escape

from mediation.rules.papers.fields import LONG, MIDDLE, SHORT

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.S)
DOCUMENT = "word/document.xml"  # the part of a file that holds its words


def body_of(file: bytes) -> Any:
    """The body of a Word file as a tree."""
    with zipfile.ZipFile(BytesIO(file)) as package:
        return _body(package.read(DOCUMENT))


def _body(part: bytes) -> Any:
    return etree.fromstring(part, PARSER).find(f"{W}body")


def page(written: Mapping[str, str], is_first: bool) -> Markup:
    """The words of a file by its filled parts; its title is the page's heading where it is the first on it."""
    has_title, out = not is_first, []
    for one in _body(written[DOCUMENT].encode("utf-8")):
        if one.tag == f"{W}tbl":
            out.append(_table(one))
        elif one.tag == f"{W}p":
            said, align = _runs(one), _align(one)
            is_title = align == "center" and bool(said)
            tag = "h1" if is_title and not has_title else "h2" if _is_heading(one, align) else "p"
            out.append(_paragraph(said, tag, _class(one, align)))
            has_title = has_title or is_title
    return Markup("\n").join(out)


def heading(html: Markup) -> str:
    """What a paper calls itself, which may say more than the catalogue (委派调解复函); "" where it has no first title."""
    found = HEADING.search(html)
    return Markup(found[1]).striptags() if found else ""


def text_of(file: bytes) -> str:
    """The bare words of a file, a line for each paragraph."""
    lines = ("".join(node.text or "" for node in one.iter(f"{W}t")) for one in body_of(file).iter(f"{W}p"))
    return "\n".join(line for line in lines if line.strip())


def _paragraph(said: Markup, tag: str, name: str) -> Markup:
    if not said:
        return Markup("")
    if tag != "p":
        return Markup(f"<{tag}>{{}}</{tag}>").format(said)
    return Markup('<p class="{}">{}</p>').format(name, said) if name else Markup("<p>{}</p>").format(said)


def _is_heading(one: Any, align: str) -> bool:
    """Whether a paragraph heads a part: all of its words bold, at the left."""
    runs = [run for run in one.iter(f"{W}r") if run.find(f"{W}t") is not None]
    return align in ("", "left") and bool(runs) and all(run.find(f"{W}rPr/{W}b") is not None for run in runs)


def _class(one: Any, align: str) -> str:
    if align in ("right", "end"):
        return "right signs" if one.find(f"{W}pPr/{W}keepLines") is not None else "right"
    if align == "center":
        return "title"
    if one.find(f"{W}pPr/{W}keepLines") is not None:
        return "flat signs"
    return "" if one.find(f"{W}pPr/{W}ind") is not None else "flat"


def _align(one: Any) -> str:
    found = one.find(f"{W}pPr/{W}jc")
    return found.get(f"{W}val", "") if found is not None else ""


def _runs(one: Any) -> Markup:
    """The runs of a paragraph; what is underlined is a line to write on, with or without words."""
    parts = []
    for run in one.iter(f"{W}r"):
        words = Markup("").join(Markup("<br>") if node.tag == f"{W}br" else escape(node.text or "")
                                for node in run if node.tag in (f"{W}t", f"{W}br"))
        is_line = run.find(f"{W}rPr/{W}u") is not None
        parts.append(_line(words) if is_line and words else words)
    return Markup("").join(parts)


def _line(words: Markup) -> Markup:
    """Words on a line to write on; an empty one is about as long as its blanks, two to a sign."""
    said, length = words.strip(), len(words) // 2
    sizes = ((LONG, " long"), (MIDDLE, " id"), (SHORT + 1, ""), (0, " two"))
    size = "" if said else next(name for least, name in sizes if length >= least)
    return Markup('<span class="blank{}">{}</span>').format(size, said)


def _table(one: Any) -> Markup:
    """A table; its heading stands on each printed page."""
    heads, rows = [], []
    for row in one.iterchildren(f"{W}tr"):
        is_head = row.find(f"{W}trPr/{W}tblHeader") is not None
        cells = [_cell(cell, "th" if is_head else "td") for cell in row.iterchildren(f"{W}tc")]
        (heads if is_head else rows).append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
    return Markup("<table>{}<thead>{}</thead><tbody>{}</tbody></table>").format(
        _columns(one), Markup("").join(heads), Markup("").join(rows))


def _columns(table: Any) -> Markup:
    """The columns of a table, as wide as in the file."""
    widths = [int(one.get(f"{W}w") or 0) for one in table.iterfind(f"{W}tblGrid/{W}gridCol")
              if (one.get(f"{W}w") or "0").isdecimal()]
    whole = sum(widths) or 1
    cols = (Markup('<col width="{}%">').format(round(100 * width / whole)) for width in widths)
    return Markup("<colgroup>{}</colgroup>").format(Markup("").join(cols))


def _cell(cell: Any, tag: str) -> Markup:
    said = Markup("<br>").join(_runs(one) for one in cell.iter(f"{W}p"))
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    wide = Markup(' colspan="{}"').format(span.get(f"{W}val")) if span is not None else ""
    return Markup(f"<{tag}{wide}>") + said + Markup(f"</{tag}>")
