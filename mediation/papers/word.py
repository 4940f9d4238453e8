"""Papers as Word files: fills a template, the shipped one or an office's own, with the masked view of a case.

docxtpl reads the tags out of the file, the sandbox compiles them once for each template, and only the parts that hold
tags are written anew; the same template and facts give the same bytes. Nothing but fields, conditions and repeats
runs: what else a template asks for is refused before it is compiled (papers/template_check.py).
"""
from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mediation.models import Station
from mediation.papers import maker, package
from mediation.papers.sheet import Material, Sheet, Sight, blank, fill
from mediation.rules.papers.fields import FIELDS, REPEATS, Field, Repeat
from mediation.rules.papers.needs import NEEDS, Missing, label_of

TAGGED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
MAX_OUTPUT = 30_000_000  # signs of one part, far beyond a list of 500 workers
LARGE = 1.3  # large type: 14 points become 18
SIZES = re.compile(rb'(<w:szC?s? w:val=")(\d+)(")')
LONG_LINE = re.compile(rb"_{40,}")  # across the page
PARAGRAPH, MARKUP = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL), re.compile(r"<[^>]*>")
DAY = re.compile("(?<=______)(?=\u3000+年\u3000+月\u3000+日)")  # behind a line to sign on
NEXT_LINE = '</w:t><w:br/><w:t xml:space="preserve">'
LARGE_LINE = 22  # signs of a line in large type
LINES = re.compile(rb'(w:line=")(\d+)(" w:lineRule="(?:exact|atLeast)")')
BLANK = "\u2002" * 2  # as wide as a sign; unlike one of full width it does not vanish at the end of a line
CELL, CELL_BLANK = re.compile(r"<w:tc>.*?</w:tc>", re.DOTALL), "\u3000"  # in a cell it shall, so that none grows by it
# Signs that docxtpl or a file of XML would read as something else than text.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Empty(str):
    """A value that is not known: false in a condition, a line to write on where it is printed."""

    width = 6


def _shown(value: object) -> object:
    return BLANK * value.width if isinstance(value, Empty) else value


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates run: no attribute beyond the fields, no call, unknown names are errors."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_shown)
    made.filters = {"length": len}
    made.tests, made.globals = {}, {}
    return made


ENVIRONMENT = environment()
READER = DocxTemplate(BytesIO())


class Prepared(NamedTuple):
    """A template ready to be filled: its parts as they are, those with tags compiled, the names it uses."""

    parts: Mapping[str, bytes]
    compiled: Mapping[str, Template]
    names: frozenset[str]


@lru_cache(maxsize=64)
def prepare(template: bytes) -> Prepared:
    """Read a template that was checked; jinja2.TemplateError or zipfile.BadZipFile for one that was not."""
    with zipfile.ZipFile(BytesIO(template)) as opened:
        parts = {info.filename: opened.read(info) for info in opened.infolist() if not info.is_dir()}
    sources = {name: tags_of(data) for name, data in parts.items() if TAGGED.fullmatch(name) and b"{" in data}
    names = {one for source in sources.values() for one in meta.find_undeclared_variables(ENVIRONMENT.parse(source))}
    compiled = {name: ENVIRONMENT.from_string(source) for name, source in sources.items()}
    return Prepared(parts, compiled, frozenset(names))


def tags_of(part: bytes) -> str:
    """A part of a file as a template's text: the tags freed of what Word puts between their letters."""
    return str(READER.patch_xml(part.decode("utf-8")))


def render(kind: str, found: Material, sight: Sight, *, number: str = "", code: bytes = b"", is_large: bool = False,
           template: bytes = b"", extra: Mapping[str, object] | None = None) -> bytes:
    """The Word file of a paper of a case.

    ``number``: the paper's own, else the case's. ``code``: a PNG to scan, in the place that shipped templates keep for
    it. ``template``: the office's own wording, else the shipped one. ``extra``: values by field name that stand before
    those of the case.
    """
    sheet = fill(kind, found, sight, number)
    return fill_in(template or maker.shipped(kind, found.case.station.currency), sheet, extra or {}, code, is_large)


def render_blank(kind: str, station: Station, *, is_large: bool = False, template: bytes = b"") -> bytes:
    """The empty form of a paper, in the name of a station's legal body."""
    return fill_in(template or maker.shipped(kind, station.currency), blank(kind, station), {}, b"", is_large)


def fill_in(template: bytes, sheet: Sheet, extra: Mapping[str, object], code: bytes = b"",
            is_large: bool = False) -> bytes:
    """A template filled with a view of a case, or with an empty one."""
    return put_together(template, written_parts(template, sheet, extra), code, is_large)


def written_parts(template: bytes, sheet: Sheet, extra: Mapping[str, object]) -> dict[str, str]:
    """The parts of a template that hold tags, filled: all that differs from one paper to the next."""
    return _written(template, {name: extra[name] if name in extra else value_of(sheet, name)
                               for name in prepare(template).names})


def fill_with(template: bytes, given: Mapping[str, object]) -> bytes:
    """A template filled with values by field name: for a trial of the template itself."""
    return put_together(template, _written(template, given))


def _written(template: bytes, given: Mapping[str, object]) -> dict[str, str]:
    compiled = prepare(template).compiled
    return {name: _unfilled(READER.resolve_listing(_bounded(one.generate(given)))) for name, one in compiled.items()}


def _unfilled(part: str) -> str:
    """What is not known in a cell is room to write on in its one line."""
    return CELL.sub(lambda found: found[0].replace(BLANK, CELL_BLANK), part) if BLANK in part else part


def put_together(template: bytes, written: Mapping[str, str], code: bytes = b"", is_large: bool = False) -> bytes:
    """The Word file of a template with its filled parts."""
    parts = {**prepare(template).parts, **{name: text.encode("utf-8") for name, text in written.items()}}
    if code and package.CODE_PART in parts:
        parts[package.CODE_PART] = code
    if is_large:
        parts = {name: enlarged(data) if name.endswith(".xml") else data for name, data in parts.items()}
    return package.zipped(parts)


class TooLong(ValueError):
    """A template that would not end within what a paper may hold."""


def _bounded(pieces: Iterator[str]) -> str:
    out, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_OUTPUT:
            raise TooLong
        out.append(piece)
    return "".join(out)


def enlarged(part: bytes) -> bytes:
    """The same part in large type, for readers of a greater age."""
    grow = lambda m: m[1] + str(round(int(m[2]) * LARGE / 2) * 2).encode() + m[3]  # noqa: E731
    part = LONG_LINE.sub(lambda m: b"_" * round(len(m[0]) / LARGE), part)
    if b"_\xe3\x80\x80" in part:
        part = PARAGRAPH.sub(_day_below, part.decode("utf-8")).encode("utf-8")
    return LINES.sub(grow, SIZES.sub(grow, part))


def _day_below(paragraph: re.Match[str]) -> str:
    """A signature and its day that no longer fit into one line stand on two, the day whole."""
    said = MARKUP.sub("", paragraph[0])
    is_long = sum(0.5 if one.isascii() else 1 for one in said) > LARGE_LINE
    return DAY.sub(NEXT_LINE, paragraph[0]) if is_long else paragraph[0]


# Values ------------------------------------------------------------------------------------------------------------

def value_of(sheet: Sheet, name: str) -> object:
    """What a field or list of a template says of a case; KeyError for a name that is neither."""
    if name in FIELDS:
        return _text(sheet, FIELDS[name])
    return _rows(sheet, REPEATS[name])


def _rows(row: object, repeat: Repeat) -> list[dict[str, object]]:
    found = _at(row, repeat.path)
    return [_row(one, repeat) for one in found] if isinstance(found, (tuple, list)) else []


def _row(row: object, repeat: Repeat) -> dict[str, object]:
    return {field.name: _text(row, field) for field in repeat.fields} | {
        inner.name: _rows(row, inner) for inner in repeat.lists}


def _text(row: object, field: Field) -> object:
    value = _at(row, field.path)
    if value is True:
        return "是"
    said = CONTROL.sub("", str(value or "").replace("\r\n", "\n")).strip()
    return said.replace("\n", "\a").replace("\t", " ") if said else _empty(field)


@lru_cache(maxsize=512)
def _empty(field: Field) -> Empty:
    made = Empty()
    made.width = field.width
    return made


def _at(row: Any, path: str) -> object:
    for name in path.split(".") if path else ():
        row = getattr(row, name, "") if row not in (None, "") else ""
    return row


def missing(sheet: Sheet) -> list[Missing]:
    """The facts that a paper lacks, each once, with the page of the case where it is typed."""
    found = []
    for need in NEEDS.get(sheet.paper.key, ()):
        if need.repeat:
            value = next(iter(_rows(sheet, REPEATS[need.repeat])), {}).get(need.field)
        else:
            value = _text(sheet, FIELDS[need.field])
        if not value and not (need.unless and _text(sheet, FIELDS[need.unless])):
            found.append(Missing(label_of(need), need.page))
    return found
