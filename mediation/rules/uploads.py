"""Files that are taken: how each kind is called, known and served; and what of a case a file may prove.

A file is what its content says it is, whatever it is called. None is ever opened: it is kept and handed out again.
"""
from __future__ import annotations

from dataclasses import dataclass

from mediation.rules.language import Word, vocabulary

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the older office files, of Microsoft and of WPS
OPEN = "application/vnd.openxmlformats-officedocument"
ZIP = b"PK\x03\x04"
PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})  # brands of HEIF


@dataclass(frozen=True)
class Kind:
    """A kind of file by its ending. ``begins`` are its first bytes; ``inside`` a member that its archive has."""

    mime: str
    begins: tuple[bytes, ...] = ()
    inside: str = ""


KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "heic": Kind("image/heic"),
    "docx": Kind(f"{OPEN}.wordprocessingml.document", (ZIP,), "word/document.xml"),
    "xlsx": Kind(f"{OPEN}.spreadsheetml.sheet", (ZIP,), "xl/workbook.xml"),
    "doc": Kind("application/msword", (OLE,)),
    "xls": Kind("application/vnd.ms-excel", (OLE,)),
    "wps": Kind("application/octet-stream", (OLE,)),
    "et": Kind("application/octet-stream", (OLE, ZIP)),
    "ods": Kind("application/vnd.oasis.opendocument.spreadsheet", (ZIP,), "content.xml"),
    "ofd": Kind("application/ofd", (ZIP,), "OFD.xml"),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
    "m4a": Kind("audio/mp4"),
    "amr": Kind("audio/amr", (b"#!AMR\n", b"#!AMR-WB\n")),
    "mp4": Kind("video/mp4"),
}
TABLES = frozenset({"xlsx", "xls", "et", "ods", "csv"})  # of which lists are read, when they are brought as lists
TEXTS = frozenset({"txt", "csv"})
PREVIEWED = frozenset({"pdf", "jpg", "png"})  # what a browser shows by itself; everything else is only saved
ENDINGS = {"jpeg": "jpg", "heif": "heic"}  # other names of the same
PICTURE = "image/jpeg"  # what a telephone's camera is asked for
ACCEPT_TABLES = ",".join(f".{kind}" for kind in sorted(TABLES))
# What a chooser of files offers. HEIC is left out, so that telephones hand over JPEG; who has one may choose it still.
ACCEPT = ",".join(f".{ending}" for ending in ("jpeg", *KINDS) if ending != "heic")


def kind_of(ending: str) -> str:
    """The kind that an ending names; '' for one that is not taken."""
    kind = ENDINGS.get(ending.lower(), ending.lower())
    return kind if kind in KINDS else ""


def begins_so(kind: str, data: bytes) -> bool:
    """Whether a content begins as its kind does; text has no beginning of its own."""
    if kind in ("heic", "m4a", "mp4"):
        return data[4:8] == b"ftyp" and (data[8:12] in PICTURES) == (kind == "heic")
    return kind in TEXTS or data.startswith(KINDS[kind].begins)


# What of a case a file may stand beside.
BESIDE = vocabulary(
    Word("payment", "到账", "Payment"), Word("signature", "签字", "Signature"), Word("paper", "材料", "Paper"),
    Word("session", "调解记录", "Session"), Word("party", "当事人", "Party"),
)
