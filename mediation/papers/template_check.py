"""What is looked at when an office uploads a template of its own: before it is kept, and before anything of it runs.

A template may hold fields, conditions and repeats over the lists that papers know, nested in a row's own list at most;
it may not call, count, import, or reach beyond the file. So what it writes is bounded by the case and its own length.
"""
from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from docx import Document
from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from mediation.papers import word
from mediation.rules.language import Problem, Text
from mediation.rules.papers.fields import FIELDS, REPEATS, Repeat

MAX_FILE, MAX_PART, MAX_INSIDE, MAX_MEMBERS = 1_000_000, 1_500_000, 8_000_000, 200
MAX_DEPTH = 3  # of repeats within repeats: a plan, its instalments, the shares of each
MAX_TAGS = 2000
LOOP = frozenset({"index", "first", "last", "length"})
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If, nodes.For,
           nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Const, nodes.Filter)
ACTIVE = re.compile(r"(vbaproject|vbadata|activex|/embeddings/|oleobject|attachedtoolbars|\.bin$|afchunk|\.html?$)",
                    re.I)
FIELD_CODES = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|MACROBUTTON|IMPORT|DATABASE|RD)\b", re.I)

NO_WORD = Text("这不是能用的 .docx 文件", "This is not a .docx file that can be used")
OLD = Text("只收 .docx；用 WPS 或 Word 打开后另存为“Word 文档（.docx）”",
           "Only .docx is taken: open it in WPS or Word and save it as a Word document (.docx)")
TOO_LARGE = Text("模板太大（最多1兆），请删去图片或压缩", "The template is too large (at most 1 MB): leave out pictures or shrink it")
MACROS = Text("模板里有宏、控件或嵌入的对象（{part}），不收", "It holds macros, controls or embedded objects ({part}); not taken")
OUTSIDE = Text("模板里有连到外面的链接（{target}），请删去", "It holds a link to the outside ({target}): take it out")
CODES = Text("模板里有会从别处取内容的域（{code}），请删去", "It holds a field that fetches from elsewhere ({code}): take it out")
UNKNOWN = Text("没有这个字段：{name}", "No such field: {name}")
UNKNOWN_LIST = Text("没有这个列表：{name}", "No such list: {name}")
NO_COLUMN = Text("{repeat}里没有这一项：{name}", "{repeat} has no such item: {name}")
IS_LIST = Text("{name}是一个列表，要用 for 逐行写", "{name} is a list: go through it with for")
ONLY = Text("模板里只能用字段、条件和重复；这里用了别的：{what}", "Only fields, conditions and repeats may be used; found: {what}")
DEEP = Text("重复套得太深：只能在一行里再重复这一行自己的列表", "Repeats too deep: within a row only that row's own list")
SYNTAX = Text("模板的写法有错：{what}（第{line}段附近）", "The template is not well written: {what} (near paragraph {line})")
LACKING = Text("缺少必有的字段：{names}", "Fields that must be there are missing: {names}")
BROKEN = Text("填好的文件打不开：条件或者重复没有包住整行、整段",
              "The filled file does not open: a condition or repeat cuts through a row or paragraph")
NO_TAGS = Text("模板里没有一个字段", "There is no field in it")

# Without these a paper of the kind says less than it must.
MUST: Mapping[str, tuple[str, ...]] = {
    "agreement": ("申请人名单|申请人", "被申请人名单|被申请人", "协议金额", "协议金额大写", "各期|付款计划", "协议效力", "份数"),
    "acceptance": ("申请人", "受理日期", "调解不成的途径"), "declined": ("申请人", "结束原因", "不受理告知"),
    "termination": ("申请人", "结束原因", "告知事项"), "rights_notice": ("权利提示",), "receipt": ("登记号",),
    "application": ("申请人名单|申请人", "被申请人名单|被申请人", "请求|请求总额", "事实和理由"),
    "oral_note": ("申请人名单|申请人", "请求|请求总额", "事实和理由"), "record": ("调解时间", "陈述"),
    "allocation": ("分项", "协议金额"), "money_receipt": ("收款金额", "收款金额大写"), "referral": ("申请人", "接待单位"),
    "authorisation": ("代理人名单", "权限勾选"), "workers_list": ("申请人名单",), "service_proof": ("送达文件",),
    "confirm_request": ("协议编号", "协议要点"), "review_request": ("协议编号", "协议要点"), "order_request": ("欠付金额|未到账",),
    "index": ("卷内材料",)}


def problems(kind: str, name: str, data: bytes) -> list[Problem]:
    """Everything that stands against a template; nothing of it has run before this list is empty."""
    return [Problem("file", text) for text in dict.fromkeys(_against(kind, name, data))]


def _against(kind: str, name: str, data: bytes) -> Iterator[Text]:
    if not name.lower().endswith(".docx"):
        yield OLD
        return
    if len(data) > MAX_FILE:
        yield TOO_LARGE
        return
    parts = _opened(data)
    if not parts or "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        yield NO_WORD if parts is not None else TOO_LARGE
        return
    if found := [*_active(parts), *_outside(parts)]:
        yield from found
        return
    yield from _tags(kind, data, parts)


def _opened(data: bytes) -> dict[str, bytes] | None:
    """The parts of a package; None where they swell too much, nothing where it is none."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = package.infolist()
            sizes = [info.file_size for info in members]
            if len(members) > MAX_MEMBERS or sum(sizes) > MAX_INSIDE or any(
                    info.file_size > MAX_PART for info in members if info.filename.endswith(".xml")):
                return None
            parts = {info.filename: package.read(info) for info in members if not info.is_dir()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError):
        return {}
    return parts if all(_is_plain(text) for name, text in parts.items() if name.endswith((".xml", ".rels"))) else {}


def _is_plain(part: bytes) -> bool:
    """Whether a part is XML without a document type, so that nothing in it stands for more than it says."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part:
        return False
    try:
        etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    return True


def _active(parts: Mapping[str, bytes]) -> Iterator[Text]:
    for name in parts:
        if ACTIVE.search(name):
            yield MACROS.fill(part=name)
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        yield MACROS.fill(part=".docm")


def _outside(parts: Mapping[str, bytes]) -> Iterator[Text]:
    for name, data in parts.items():
        text = data.decode("utf-8", "replace") if name.endswith((".xml", ".rels")) else ""
        if name.endswith(".rels"):
            for target in re.findall(r'<Relationship\b(?=[^>]*TargetMode="External")[^>]*\bTarget="([^"]*)"', text):
                yield OUTSIDE.fill(target=target[:80])
        codes = re.findall(r"<w:instrText[^>]*>([^<]*)<", text) + re.findall(r'w:instr="([^"]*)"', text)
        if found := FIELD_CODES.search(" ".join(codes) + " " + "".join(codes)):
            yield CODES.fill(code=found[0])


def _tags(kind: str, data: bytes, parts: Mapping[str, bytes]) -> Iterator[Text]:
    """What the tags ask for that is not there or not allowed; then whether the filled file opens."""
    trees = []
    for name, part in parts.items():
        if not word.TAGGED.fullmatch(name):
            continue
        try:
            trees.append(word.ENVIRONMENT.parse(word.tags_of(part)))
        except TemplateSyntaxError as error:
            yield SYNTAX.fill(what=error.message or "", line=error.lineno)
            return
    found = [text for tree in trees for text in _Reader().read(tree)]
    used = {node.name for tree in trees for node in tree.find_all(nodes.Name)}
    if not used and not found:
        found.append(NO_TAGS)
    lacking = [one for one in MUST.get(kind, ()) if not used & set(one.split("|"))]
    if lacking:
        found.append(LACKING.fill(names="、".join(one.replace("|", "或") for one in lacking)))
    yield from found
    if not found and not opens(data):
        yield BROKEN


def opens(template: bytes) -> bool:
    """Whether what is made of a template is a file that opens, with lists that are empty, and with rows in them."""
    try:
        for count in (0, 1, 3):
            given = {name: _sample(REPEATS[name], count) if name in REPEATS else (name if count else word.Empty())
                     for name in word.prepare(template).names}
            Document(BytesIO(word.fill_with(template, given)))
    except (ValueError, KeyError, etree.XMLSyntaxError, zipfile.BadZipFile, TypeError, AttributeError):
        return False
    return True


def _sample(repeat: Repeat, count: int) -> list[dict[str, object]]:
    row: dict[str, object] = {field.name: field.name for field in repeat.fields}
    return [row | {inner.name: _sample(inner, count) for inner in repeat.lists} for _n in range(count)]


class _Reader:
    """Walks a template's tree with the names that hold where it is."""

    def read(self, tree: nodes.Template) -> list[Text]:
        self._tags = sum(1 for _ in tree.find_all(nodes.Node))
        if self._tags > MAX_TAGS * 10:
            return [ONLY.fill(what="…")]
        return list(self._all(tree.body, {}, 0))

    def _all(self, found: Iterable[nodes.Node], rows: Mapping[str, Repeat], depth: int) -> Iterator[Text]:
        for node in found:
            yield from self._one(node, rows, depth)

    def _one(self, node: nodes.Node, rows: Mapping[str, Repeat], depth: int) -> Iterator[Text]:
        if not isinstance(node, ALLOWED) or (isinstance(node, nodes.Filter) and not _is_count(node)):
            yield ONLY.fill(what=type(node).__name__)
        elif isinstance(node, nodes.For):
            yield from self._for(node, rows, depth)
        elif isinstance(node, nodes.Getattr):
            yield from _item(node, rows)
        elif isinstance(node, nodes.Name):
            yield from _name(node, rows)
        elif isinstance(node, nodes.Output):
            yield from self._output(node, rows, depth)
        else:
            yield from self._all(_inside(node), rows, depth)

    def _output(self, node: nodes.Output, rows: Mapping[str, Repeat], depth: int) -> Iterator[Text]:
        for one in node.nodes:
            if isinstance(one, nodes.Name) and one.name in REPEATS and one.name not in rows:
                yield IS_LIST.fill(name=one.name)
            elif not isinstance(one, (nodes.Name, nodes.Getattr, nodes.TemplateData, nodes.Filter)):
                yield ONLY.fill(what=type(one).__name__)
            else:
                yield from self._one(one, rows, depth)

    def _for(self, node: nodes.For, rows: Mapping[str, Repeat], depth: int) -> Iterator[Text]:
        repeat = _list_of(node.iter, rows)
        if node.recursive or node.test or node.else_ or not isinstance(node.target, nodes.Name):
            yield ONLY.fill(what="for")
        elif repeat is None:
            yield UNKNOWN_LIST.fill(name=_said(node.iter))
        elif depth and (depth >= MAX_DEPTH or not isinstance(node.iter, nodes.Getattr)):
            yield DEEP
        elif node.target.name in FIELDS or node.target.name in REPEATS or node.target.name == "loop":
            yield ONLY.fill(what=f"for {node.target.name}")
        else:
            yield from self._all(node.body, {**rows, node.target.name: repeat}, depth + 1)


def _inside(node: nodes.Node) -> Iterator[nodes.Node]:
    return node.iter_child_nodes()


def _is_count(node: nodes.Filter) -> bool:
    return node.name == "length" and not node.args and not node.kwargs and isinstance(
        node.node, (nodes.Name, nodes.Getattr))


def _list_of(node: nodes.Node, rows: Mapping[str, Repeat]) -> Repeat | None:
    """The list that a repeat goes through: one of papers, or a row's own."""
    if isinstance(node, nodes.Name):
        return REPEATS.get(node.name)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in rows:
        return next((one for one in rows[node.node.name].lists if one.name == node.attr), None)
    return None


def _said(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_said(node.node)}.{node.attr}"
    if isinstance(node, nodes.Call):
        return f"{_said(node.node)}()"
    return node.name if isinstance(node, nodes.Name) else type(node).__name__


def _name(node: nodes.Name, rows: Mapping[str, Repeat]) -> Iterator[Text]:
    if node.name not in rows and node.name not in FIELDS and node.name not in REPEATS:
        yield UNKNOWN.fill(name=node.name)


def _item(node: nodes.Getattr, rows: Mapping[str, Repeat]) -> Iterator[Text]:
    """What a row is asked for, or where a repeat stands."""
    if not isinstance(node.node, nodes.Name):
        yield ONLY.fill(what=_said(node))
    elif node.node.name == "loop" and rows:
        if node.attr not in LOOP:
            yield UNKNOWN.fill(name=f"loop.{node.attr}")
    elif node.node.name not in rows:
        yield UNKNOWN.fill(name=_said(node))
    else:
        repeat = rows[node.node.name]
        if node.attr not in {one.name for one in (*repeat.fields, *repeat.lists)}:
            yield NO_COLUMN.fill(repeat=repeat.name, name=node.attr)
