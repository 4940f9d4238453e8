"""Office files that lie, run, fetch or hold a document type are refused with what is wrong; good ones are taken."""
from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from mediation import packed
from mediation.rules.language import Refused
from mediation.services.papers import files

TYPES = ('<Types><Override PartName="/word/document.xml" '
         'ContentType="application/vnd.openxmlformats.document.main+xml"/></Types>')
RELS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(**parts: str | bytes) -> bytes:
    """A Word file with parts changed or added; ``__`` stands for the stroke in a name."""
    given = {name.replace("__", "/").replace("_dot_", "."): body for name, body in parts.items()}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        usual = {"[Content_Types].xml": TYPES, "word/document.xml": "<w/>", RELS: "<Relationships/>"}
        for name, said in {**usual, **given}.items():
            archive.writestr(name, said)
    return body.getvalue()


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    said = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return word(word___rels__document_dot_xml_dot_rels=f"<Relationships>{said}</Relationships>")


def lying(declared: int) -> bytes:
    """A part of ten megabytes that is said to be small, in both places."""
    data = bytearray(word(word__media__a_dot_png=b"0" * 10_000_000))
    real = struct.pack("<I", 10_000_000)
    while (at := data.find(real)) >= 0:
        data[at:at + 4] = struct.pack("<I", declared)
    return bytes(data)


def lying_with_its_checksum() -> bytes:
    """The checksum is that of the part as it is cut: a reader that stops there notices nothing."""
    data = lying(1000)
    return data.replace(struct.pack("<I", zlib.crc32(b"0" * 10_000_000)), struct.pack("<I", zlib.crc32(b"0" * 1000)))


@pytest.mark.parametrize(("data", "said"), [
    (relation("attachedTemplate", "http://192.0.2.1/x.dotm"), "192.0.2.1"),
    (relation("oleObject", "file://host/share/a.bin"), "file://host"),
    (word(word__macros_dot_bin=b"x", word___rels__document_dot_xml_dot_rels=(
        '<Relationships><Relationship Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="macros.bin"/></Relationships>')), "宏"),
    (word(**{"[Content_Types]_dot_xml": TYPES.replace("document.main", "document.macroEnabled.main")}), "宏"),
    (word(word__activeX__a_dot_xml="<a/>"), "控件"),
    (word(word__document_dot_xml='<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'), "DOCTYPE"),
    (word(word__document_dot_xml="<!DOCTYPE w><w/>".encode("utf-16")), "DOCTYPE"),
    (lying(1000), "大小"), (lying_with_its_checksum(), "大小"),
    (word(word__media__a_dot_png=b"0" * 70_000_000), "过大"),
], ids=["template", "linked object", "renamed macros", "macro type", "control", "document type", "in 16 bits", "lies",
        "lies with checksum", "swells"])
def test_r27_r28_what_fetches_runs_or_lies_is_refused_with_its_reason(data, said):
    """R27, R28: decided before anything is unfolded beyond the size that the archive declares."""
    with pytest.raises(Refused) as refusal:
        files.check("说明.docx", data)
    assert said in refusal.value.problems[0].text.zh


def test_a_picture_of_sixty_thousand_squared_is_refused():
    """R28: by its head alone; a hundred bytes that unfold to ten thousand megabytes."""
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    head = chunk(b"IHDR", struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0))
    with pytest.raises(Refused) as refusal:
        body = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
        files.check("照片.png", b"\x89PNG\r\n\x1a\n" + head + body)
    assert "像素" in refusal.value.problems[0].text.zh


@pytest.mark.parametrize("data", [word(), relation("hyperlink", "https://www.acftu.org"),
                                  relation("image", "media/a.png", "Internal")], ids=["plain", "link", "picture"])
def test_usual_files_are_taken(data):
    assert files.check("说明.docx", data) == "docx"
    assert packed.members_of(b"PK\x03\x04" + bytes(40)) is None
