"""Office files that come in: archives whose parts must be what the archive says of them, and must call nothing else.

Each part is unfolded once, up to the size that is declared for it; nothing is kept, opened or followed.
"""
from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from mediation.rules.language import Text

MAX_INSIDE, MAX_MEMBERS, MAX_RATIO = 60 * 1024 * 1024, 2000, 120
SWOLLEN = Text("文件展开后过大，没有收", "The file swells too much when opened; not taken")
LIES = Text("文件里的“{part}”展开后和它自己说的大小不一样，没有收",
            "'{part}' in the file unfolds to another size than it says; not taken")
MACROS = Text("文件带有宏或控件（{part}），没有收；另存为不带宏的再传",
              "The file has macros or controls ({part}); not taken. Save it without macros and send it again")
OUTSIDE = Text("文件要从别处取东西（{target}），没有收；去掉外部模板和外部链接的对象再传",
               "The file fetches something from elsewhere ({target}); not taken. Remove the outside template or object")
TYPED = Text("文件里的“{part}”带有文档类型声明（DOCTYPE），没有收", "'{part}' in the file has a document type (DOCTYPE); not taken")
ACTIVE_NAMES = re.compile(r"vbaproject|vbadata|(^|/)activex/|(^|/)(basic|scripts)/|macrosheets/", re.I)
ACTIVE_TYPES = re.compile(rb"macroenabled|vnd\.ms-office\.vba|vbaproject|activex|macrosheet", re.I)
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.I)
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.I)
LINKED = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.I)  # followed by people, never by the program
TARGET = re.compile(rb"Target\s*=\s*[\"']([^\"']*)", re.I)
XML = (".xml", ".rels")
LOCAL = struct.Struct("<4s5H3I2H")  # the header of a part, before its name


def members_of(data: bytes) -> list[zipfile.ZipInfo] | None:
    """The list of an archive; None for what is none."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, struct.error):  # RuntimeError: an unknown way of packing
        return None


def fault(data: bytes, members: list[zipfile.ZipInfo]) -> Text | None:
    """Why an archive is not taken; None for a good one."""
    whole = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or whole > MAX_INSIDE or whole > MAX_RATIO * len(data):
        return SWOLLEN
    names = [member.filename for member in members]
    if twice := next((name for name in names if names.count(name) > 1), None):
        return LIES.fill(part=twice)
    return next((found for member in members if (found := _fault(data, member)) is not None), None)


def _fault(data: bytes, member: zipfile.ZipInfo) -> Text | None:
    name = member.filename
    if ACTIVE_NAMES.search(name):
        return MACROS.fill(part=name[-60:])
    body = _unfold(data, member)
    if body is None:
        return LIES.fill(part=name[-60:])
    if not name.lower().endswith(XML):
        return None
    plain = body.replace(b"\0", b"")  # as 16-bit text too
    if b"<!doctype" in plain.lower() or b"<!entity" in plain.lower():
        return TYPED.fill(part=name[-60:])
    if name.lower().endswith(("[content_types].xml", ".rels")) and ACTIVE_TYPES.search(plain):
        return MACROS.fill(part=name[-60:])
    target = next(_fetched(plain), None) if name.lower().endswith(".rels") else None
    return None if target is None else OUTSIDE.fill(target=target)


def _fetched(relations: bytes) -> Iterator[str]:
    """What a program would fetch by itself when it opens the file."""
    for found in RELATION.finditer(relations):
        said = found.group()
        if EXTERNAL.search(said) and not LINKED.search(said):
            target = TARGET.search(said)
            yield target.group(1).decode("utf-8", "replace")[:80] if target else ""


def _unfold(data: bytes, member: zipfile.ZipInfo) -> bytes | None:
    """A part, if it is exactly as large as the archive says in both of its places, with the checksum that it says."""
    at = member.header_offset
    try:
        head = LOCAL.unpack(data[at:at + LOCAL.size])
    except struct.error:
        return None
    start = at + LOCAL.size + head[9] + head[10]
    packed = data[start:start + member.compress_size]
    has_descriptor = bool(head[2] & 8)  # sizes follow the part then, and stand as nothing before it
    if head[3] != member.compress_type or not (has_descriptor or head[8] == member.file_size):
        return None
    if member.compress_type == zipfile.ZIP_STORED:
        body = packed
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-15)
        try:
            body = unpacker.decompress(packed, member.file_size + 1)
        except zlib.error:
            return None
        if not unpacker.eof and len(body) == member.file_size and unpacker.decompress(unpacker.unconsumed_tail, 1):
            return None
    else:
        return None
    return body if len(body) == member.file_size and zlib.crc32(body) == member.CRC else None
