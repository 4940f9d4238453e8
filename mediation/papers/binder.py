"""The volume as one PDF: scans, pictures and papers in the order given, numbered through, with bookmarks.

Pictures become pages as they are (img2pdf: JPEG is not encoded anew, and lies as its camera says); PDF pages are joined
from disk by qpdf (pikepdf), so that three hundred scans take a few megabytes of memory. A file that cannot be bound is
told with its reason and never stops the others.
"""
from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import img2pdf
import pikepdf
from pikepdf import Name, OutlineItem
from PIL import Image

from mediation.rules.language import Text

PICTURES = ("jpg", "png")
BOUND = ("pdf", *PICTURES)  # kinds of rules/uploads.py that become pages
MOST_POINTS = 50_000_000  # of a picture
MOST_INSIDE = 64 * 1024 * 1024  # of what the lists of objects in a PDF unfold to
MOST_PAGES = 2000  # of one file
LOCKED = Text("这份 PDF 有密码，打不开。请去掉密码再传，或者打印出来拍照再传",
              "This PDF has a password. Remove it, or print and photograph the pages, and upload again")
SCRIPT = Text("这份 PDF 里有脚本，不收。请打印成新的 PDF 再传，或者打印出来拍照再传",
              "This PDF holds a script; print it into a new PDF, or photograph the printed pages, and upload that")
DAMAGED = Text("文件损坏，打不开", "the file is damaged and cannot be opened")
TOO_FINE = Text("图片超过五千万像素，请缩小再传", "The picture has more than 50 megapixels; make it smaller")
TOO_MUCH = Text("这份 PDF 展开后过大", "This PDF swells too much when opened")
LIVE = frozenset({"/AcroForm", "/OCProperties"})  # of a whole file, that its pages need to be seen as they are
RUNS = frozenset({"/JavaScript", "/Launch", "/RichMedia", "/SubmitForm", "/ImportData"})  # what starts, sends, fetches
SCRIPTED = frozenset({"/JS", "/JavaScript", "/XFA"})  # keys under which scripts stand; forms of XFA are built of them
DEEPEST = 60  # lists within lists that are written into one object
PACKED = re.compile(rb"/(?:ObjStm|XRef)\b(?:(?!endobj).){0,600}?stream\r?\n", re.DOTALL)
SIGN = 5.6  # width of a digit of ten points Helvetica
A4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
LAYOUT = img2pdf.get_layout_fun(A4, auto_orient=True, fit=img2pdf.FitMode.into)


class Unbound(Exception):
    """A file that cannot become pages; ``reason`` says why."""

    def __init__(self, reason: Text):
        super().__init__(reason.zh)
        self.reason = reason


class Sheet(NamedTuple):
    """A PDF to bind: its words in the bookmarks ('' for none), the file, and the words it stands under."""

    title: str
    path: Path
    under: str = ""
    is_numbered: bool = True
    pages: str = ""  # 3-7: these of the file alone


def count_pages(content: bytes, kind: str) -> int:
    """How many pages a file has; raises Unbound for what cannot become pages."""
    if kind in PICTURES:
        _measure(content)
        return 1
    return _inspect(content)


def _measure(content: bytes) -> None:
    """Read a picture's head; it is not unfolded."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        raise Unbound(TOO_FINE) from None
    except (OSError, ValueError, SyntaxError):
        raise Unbound(DAMAGED) from None
    if width * height > MOST_POINTS:
        raise Unbound(TOO_FINE)


def _inspect(content: bytes) -> int:
    """Look through a PDF: nothing in it may run or swell; gives the number of its pages."""
    _bound_lists(content)
    try:
        with pikepdf.open(BytesIO(content)) as opened:
            pages = len(opened.pages)
            if any(_runs(one) for one in opened.objects):
                raise Unbound(SCRIPT)
    except pikepdf.PasswordError:
        raise Unbound(LOCKED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, OverflowError, RecursionError):
        raise Unbound(DAMAGED) from None
    if not 0 < pages <= MOST_PAGES:
        raise Unbound(TOO_MUCH if pages else DAMAGED)
    return pages


def _bound_lists(content: bytes) -> None:
    """Lists of objects are packed and unfolded whole by every reader: they are measured first, within bounds."""
    left = MOST_INSIDE
    for found in PACKED.finditer(content):
        try:
            left -= len(zlib.decompressobj().decompress(content[found.end():], left + 1))
        except zlib.error:
            continue
        if left < 0:
            raise Unbound(TOO_MUCH)


def _runs(one: Any, depth: int = 0) -> bool:
    """Whether an object of a PDF, or one written into it, is something that runs. Raises Unbound for a nest of lists
    too deep to look through."""
    if depth > DEEPEST:
        raise Unbound(TOO_MUCH)
    if isinstance(one, pikepdf.Array):
        return any(_runs(part, depth + 1) for part in one if isinstance(part, pikepdf.Object) and not part.is_indirect)
    if not isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    if not SCRIPTED.isdisjoint(one.keys()) or str(one.get("/S", "")) in RUNS or str(one.get("/Subtype", "")) in RUNS:
        return True
    inner = (value for _key, value in one.items() if isinstance(value, pikepdf.Object))
    return any(_runs(value, depth + 1) for value in inner if not value.is_indirect)


def picture_page(content: bytes) -> bytes:
    """A picture as one page, as large as A4 holds it; raises Unbound for one that is damaged."""
    _measure(content)
    try:
        return _page(content)
    except (img2pdf.AlphaChannelError, img2pdf.JpegColorspaceError):
        return _page(_flat(content))
    except Exception as error:  # the library raises whatever its parsers do
        raise Unbound(DAMAGED) from error


def _page(content: bytes) -> bytes:
    made = img2pdf.convert(content, layout_fun=LAYOUT, rotation=img2pdf.Rotation.ifvalid, nodate=True)
    assert isinstance(made, bytes)
    return made


def _flat(content: bytes) -> bytes:
    """The picture on white paper; for what is seen through, and colours that paper does not know."""
    made = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
            plain = picture.convert("RGBA")
        paper = Image.new("RGBA", plain.size, "white")
        Image.alpha_composite(paper, plain).convert("RGB").save(made, "PNG")
    except (OSError, ValueError, SyntaxError):
        raise Unbound(DAMAGED) from None
    return made.getvalue()


def bind(sheets: Sequence[Sheet], counts: Sequence[int], target: Path, title: str) -> None:
    """Join the sheets into ``target``; ``counts`` are the pages of each.

    Pages of numbered sheets carry their number at the upper right, from 1 on. Raises Unbound when the library gives up.
    """
    try:
        with pikepdf.new() as made:
            for path, of_path in groupby(sheets, key=lambda sheet: sheet.path):
                with pikepdf.open(path) as opened:
                    for sheet in of_path:
                        _add(made, opened, sheet.pages)
            _number(made, sheets, counts)
            _mark(made, sheets, counts)
            made.docinfo["/Title"] = title
            made.Root.PageMode = Name.UseOutlines
            made.save(target, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    except (pikepdf.PdfError, pikepdf.JobUsageError, RuntimeError, ValueError) as error:
        raise Unbound(DAMAGED) from error


def _add(made: pikepdf.Pdf, opened: pikepdf.Pdf, pages: str) -> None:
    """All pages of a file, or the named ones; forms and layers come with them, which takes longer than the pages."""
    first, _to, last = pages.partition("-")
    chosen = slice(int(first) - 1, int(last or first)) if pages else slice(None)
    if LIVE.isdisjoint(opened.Root.keys()):
        made.pages.extend(opened.pages[chosen])
    else:
        made.add_pages_from(opened, chosen, outlines="ignore")


def _number(made: pikepdf.Pdf, sheets: Sequence[Sheet], counts: Sequence[int]) -> None:
    font = made.make_indirect(pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    plan = [sheet.is_numbered for sheet, count in zip(sheets, counts, strict=True) for _page in range(count)]
    opening = made.make_stream(b"q\n")  # what the page leaves set does not reach the number
    number = 0
    for page, is_numbered in zip(made.pages, plan, strict=True):
        if not is_numbered:
            continue
        number += 1
        name, signs = page.add_resource(font, Name.Font), len(str(number))
        said = made.make_stream(f"\nQ q {_corner(page, signs)} cm 1 g -3 -3 {signs * SIGN + 6:.1f} 13 re f 0 g "
                                f"BT {name} 10 Tf ({number}) Tj ET Q".encode())
        held = page.obj.get("/Contents", pikepdf.Array())
        page.obj.Contents = pikepdf.Array([opening, *(held if isinstance(held, pikepdf.Array) else [held]), said])


def _corner(page: pikepdf.Page, signs: int) -> str:
    """The matrix that puts text upright at the upper right of a page as it is seen, whichever way it is turned."""
    left, low, right, high = (float(side) for side in page.cropbox)
    side, down = 28 + signs * SIGN, 28.0
    turned = int(page.obj.get("/Rotate", 0)) % 360
    return {90: f"0 1 -1 0 {left + down:.1f} {high - side:.1f}", 180: f"-1 0 0 -1 {left + side:.1f} {low + down:.1f}",
            270: f"0 -1 1 0 {right - down:.1f} {low + side:.1f}"}.get(
        turned, f"1 0 0 1 {right - side:.1f} {high - down:.1f}")


def _mark(made: pikepdf.Pdf, sheets: Sequence[Sheet], counts: Sequence[int]) -> None:
    """The bookmarks: one for each paper, under it one for each of several files."""
    with made.open_outline() as outline:
        above = None
        for sheet, first in zip(sheets, _starts(counts), strict=True):
            if not sheet.title:
                continue
            if not sheet.under:
                outline.root.append(OutlineItem(sheet.title, first))
                continue
            if above is None or above.title != sheet.under:
                above = OutlineItem(sheet.under, first)
                outline.root.append(above)
            above.children.append(OutlineItem(sheet.title, first))


def _starts(counts: Sequence[int]) -> Iterator[int]:
    first = 0
    for count in counts:
        yield first
        first += count
