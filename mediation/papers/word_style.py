"""How a paragraph or run of a Word file looks, through its own properties, its styles and what the document says."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn as qualified
from lxml import etree

qn = cache(qualified)

EMU = 12700  # of a point
# What stands in for a font that the machine lacks, by its name in Word.
BLACK, SONG, KAI, FANG = ("SimHei", "Noto Sans CJK SC"), ("SimSun", "Noto Serif CJK SC"), ("KaiTi",), ("FangSong",)
LIKES: dict[str, tuple[str, ...]] = {
    "黑体": BLACK, "SimHei": BLACK, "微软雅黑": ("Microsoft YaHei", *BLACK), "Microsoft YaHei": BLACK, "宋体": SONG,
    "SimSun": SONG, "NSimSun": SONG, "方正小标宋简体": ("FZXiaoBiaoSong-B05S", *SONG), "方正小标宋_GBK": SONG, "楷体": KAI,
    "楷体_GB2312": ("KaiTi_GB2312", *KAI), "仿宋": FANG, "仿宋_GB2312": ("FangSong_GB2312", *FANG)}
SIZE = 10.5  # of a document that says nothing
LINE = 1.3  # height of a single line of Chinese text, in sizes
SIDES = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}
FORMATS = {"chineseCounting": "一二三四五六七八九十", "chineseCountingThousand": "一二三四五六七八九十",
           "japaneseCounting": "一二三四五六七八九十"}
Values = dict[str, Any]


def points(value: str | None) -> float:
    """Twentieths of a point, as most of the format is measured; 0 for what is no number."""
    try:
        return float(value or 0) / 20
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Look:
    """How a paragraph looks, and what its runs begin from."""

    values: Values
    plain: Values
    style: str | None
    properties: tuple[Any, ...]  # of runs, by the paragraph's style
    is_new_page: bool = False
    mark: str = ""  # of a numbered list

    def block(self, runs: list[Values]) -> Values:
        return self.values | {"kind": "paragraph", "runs": runs}


class Styles:
    """The styles of a document; counts the marks of its numbered lists on the way."""

    def __init__(self, document: Document):
        root = document.styles.element
        self._by_id = {style.get(qn("w:styleId")): style for style in root.findall(qn("w:style"))}
        self._first = next((style for style in self._by_id.values() if style.get(qn("w:type")) == "paragraph"
                            and style.get(qn("w:default")) in ("1", "true")), None)
        self._run_defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self._paragraph_defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:pPrDefault')}/{qn('w:pPr')}")
        self._lists = _Lists(document)
        self._named: dict[tuple[str, str | None], list[Any]] = {}
        self._run_looks: dict[tuple[object, ...], Values] = {}

    def _chain(self, style: Any) -> Iterator[Any]:
        """A style and those that it is based on."""
        seen: set[str] = set()
        while style is not None and style.get(qn("w:styleId")) not in seen:
            seen.add(style.get(qn("w:styleId")))
            yield style
            base = style.find(qn("w:basedOn"))
            style = self._by_id.get(base.get(qn("w:val"))) if base is not None else None

    def _properties(self, name: str, style: str | None) -> list[Any]:
        """The properties of this name of a style and of those that it is based on; without a name of a style, of the
        usual one."""
        if (name, style) not in self._named:
            first = self._by_id.get(style) if style is not None else self._first if name != "w:tblPr" else None
            self._named[name, style] = _present(one.find(qn(name)) for one in self._chain(first))
        return self._named[name, style]

    def paragraph(self, element: Any) -> Look:
        own = element.find(qn("w:pPr"))
        style = _style(own, "w:pStyle")
        found = _present([own, *self._properties("w:pPr", style), self._paragraph_defaults])
        runs = _present([*self._properties("w:rPr", style), self._run_defaults])
        plain = self._look(own.find(qn("w:rPr")) if own is not None else None, style, runs)
        size = max((self._look(run.find(qn("w:rPr")), style, runs)["size"] for run in element.iter(qn("w:r"))),
                   default=plain["size"])
        is_new_page = _is_on(found, "w:pageBreakBefore")
        return Look(_spacing(found, size), plain, style, tuple(runs), is_new_page, self._lists.mark(found))

    def run(self, element: Any, look: Look) -> Values:
        return self._look(element.find(qn("w:rPr")), look.style, look.properties)

    def _look(self, own: Any, style: str | None, beside: Sequence[Any]) -> Values:
        """How a run looks; most runs of a paper look like another one."""
        key = style, b"" if own is None else etree.tostring(own)
        if key not in self._run_looks:
            named = _style(own, "w:rStyle")
            chain = self._properties("w:rPr", named) if named is not None else []
            self._run_looks[key] = _run(_present([own, *chain, *beside]))
        return self._run_looks[key]

    def side(self, table: Any) -> str:
        """Where a table stands between the margins."""
        return SIDES.get(_value(table.findall(qn("w:tblPr")), "w:jc") or "", "left")

    def is_ruled(self, table: Any) -> bool:
        """Whether a table has lines, by its own properties or by its style."""
        own = table.find(qn("w:tblPr"))
        for properties in _present([own, *self._properties("w:tblPr", _style(own, "w:tblStyle"))]):
            borders = properties.find(qn("w:tblBorders"))
            if borders is not None:
                return _has_lines(borders)
        return any(map(_has_lines, table.iter(qn("w:tcBorders"))))


class _Lists:
    """Numbered lists: the mark of each paragraph, counted from the beginning."""

    def __init__(self, document: Document):
        self._counts: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._levels: dict[tuple[str, str], tuple[str, str]] = {}
        related = document.part.rels.values()
        part = next((rel.target_part for rel in related if rel.reltype.endswith("/numbering")), None)
        if part is None:
            return
        root = part.element
        abstract = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        for number in root.findall(qn("w:num")):
            named = number.find(qn("w:abstractNumId"))
            for level in abstract[named.get(qn("w:val"))].findall(qn("w:lvl")):
                self._levels[number.get(qn("w:numId")), level.get(qn("w:ilvl"))] = (
                    _value([level], "w:numFmt") or "decimal", _value([level], "w:lvlText") or "")

    def mark(self, properties: list[Any]) -> str:
        found = _first(properties, "w:numPr")
        if found is None:
            return ""
        key = _value([found], "w:numId") or "", _value([found], "w:ilvl") or "0"
        form, text = self._levels.get(key, ("", ""))
        if form == "bullet":
            return "· "
        self._counts[key] += 1
        counted, marks = self._counts[key], FORMATS.get(form, "")
        shown = marks[counted - 1] if 0 < counted <= len(marks) else str(counted)
        return text.replace(f"%{int(key[1]) + 1}", shown) if key[1].isdecimal() else ""


def _has_lines(borders: Any) -> bool:
    return any(line.get(qn("w:val")) not in ("none", "nil") for line in borders)


def _style(own: Any, name: str) -> str | None:
    found = own.find(qn(name)) if own is not None else None
    return None if found is None else found.get(qn("w:val"))


def _present(elements: Iterable[Any]) -> list[Any]:
    return [one for one in elements if one is not None]


def _first(properties: list[Any], name: str) -> Any:
    return next((found for one in properties if (found := one.find(qn(name))) is not None), None)


def _value(properties: list[Any], name: str) -> str | None:
    found = _first(properties, name)
    return None if found is None else found.get(qn("w:val"), "")


def _attribute(properties: list[Any], name: str, attribute: str) -> str | None:
    """An attribute of the nearest element of this name that has it."""
    return next((value for one in properties if (found := one.find(qn(name))) is not None
                 and (value := found.get(qn(attribute))) is not None), None)


def _is_on(properties: list[Any], name: str) -> bool:
    value = _value(properties, name)
    return value is not None and value not in ("0", "false", "none", "off")


def _run(properties: list[Any]) -> Values:
    size = _value(properties, "w:sz")
    color = _value(properties, "w:color") or ""
    font = _attribute(properties, "w:rFonts", "w:eastAsia") or _attribute(properties, "w:rFonts", "w:ascii") or ""
    return {"size": float(size) / 2 if size and size.isdecimal() else SIZE, "font": font,
            "weight": "bold" if _is_on(properties, "w:b") else "regular",
            "style": "italic" if _is_on(properties, "w:i") else "normal", "underlined": _is_on(properties, "w:u"),
            "struck": _is_on(properties, "w:strike"),
            "color": f"#{color}" if len(color) == 6 and set(color) <= set("0123456789abcdefABCDEF") else "#000000"}


def _spacing(found: list[Any], size: float) -> Values:
    """Room around and within a paragraph. The gap between two lines stands half above and half below each."""
    def pt(name: str, attribute: str) -> float:
        return points(_attribute(found, name, attribute))

    def indent(side: str) -> float:
        signs = _attribute(found, "w:ind", f"w:{side}Chars")
        if signs and signs.lstrip("-").isdecimal() and int(signs):
            return float(signs) / 100 * size
        return pt("w:ind", f"w:{side}")
    line, kind = _attribute(found, "w:spacing", "w:line"), _attribute(found, "w:spacing", "w:lineRule") or "auto"
    single = size * LINE
    height = single if not line else single * float(line) / 240 if kind == "auto" else (
        points(line) if kind == "exact" else max(points(line), single))
    gap = max(height - size, 0.0)
    hanging = indent("hanging")
    return {
        "align": SIDES.get(_value(found, "w:jc") or "", "left"), "size": size, "leading": gap,
        "before": pt("w:spacing", "w:before") + gap / 2, "after": pt("w:spacing", "w:after") + gap / 2,
        "left": (indent("left") or pt("w:ind", "w:start")) - hanging,
        "right": indent("right") or pt("w:ind", "w:end"), "first": -hanging if hanging else indent("firstLine"),
        "keep": _is_on(found, "w:keepNext"), "whole": _is_on(found, "w:keepLines")}
