"""Pages of the volume: joined, numbered, marked; what is hostile or damaged is told with its reason."""
from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from mediation.papers import binder
from mediation.papers.binder import Sheet, Unbound


def scan(pages: int = 1, **keys: object) -> bytes:
    """A PDF with empty pages; ``keys`` go into its catalogue."""
    made, kept = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page(page_size=(595, 842))
    for name, value in keys.items():
        made.Root[f"/{name}"] = value
    made.save(kept)
    return kept.getvalue()


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 60), mode: str = "RGB", **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, size, "red").save(kept, form, **options)
    return kept.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture(size=(60, 40), exif=exif)


def locked() -> bytes:
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan())) as opened:
        opened.save(kept, encryption=pikepdf.Encryption(owner="a", user="b"))
    return kept.getvalue()


def nest(depth: int, inside: pikepdf.Dictionary) -> pikepdf.Dictionary:
    for _level in range(depth):
        inside = pikepdf.Dictionary(Kids=[inside])
    return inside


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
NAMED = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", SCRIPT]))
BUTTON = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, AA=pikepdf.Dictionary(D=SCRIPT))
SENDING = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="http://x")
SWOLLEN = b"%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>\nstream\n" + zlib.compress(
    bytes(80_000_000)) + b"\nendstream\nendobj\n"
HOSTILE = {
    "script at opening": (scan(OpenAction=SCRIPT), binder.SCRIPT),
    "script by name": (scan(Names=NAMED), binder.SCRIPT),
    "starts a program": (scan(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")), binder.SCRIPT),
    "script of a form's button": (scan(AcroForm=pikepdf.Dictionary(Fields=[BUTTON])), binder.SCRIPT),
    "script at closing": (scan(AA=pikepdf.Dictionary(WC=SCRIPT)), binder.SCRIPT),
    "form built of scripts": (scan(AcroForm=pikepdf.Dictionary(XFA=["a", "b"])), binder.SCRIPT),
    "sends itself": (scan(OpenAction=SENDING), binder.SCRIPT),
    "script by a written name": (scan(OpenAction=SCRIPT).replace(b"/JavaScript", b"/J#61vaScript"), binder.SCRIPT),
    "script in a deep nest": (scan(Names=nest(12, NAMED)), binder.SCRIPT),
    "too deep a nest": (scan(Names=nest(40, NAMED)), binder.TOO_MUCH),
    "password": (locked(), binder.LOCKED), "swells": (SWOLLEN, binder.TOO_MUCH),
    "broken off": (scan()[:200], binder.DAMAGED), "a word": (b"%PDF-1.7 x", binder.DAMAGED),
    "no pages": (scan(0), binder.DAMAGED)}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_damaged_pdf_is_told_with_its_reason(name):
    content, reason = HOSTILE[name]
    with pytest.raises(Unbound) as unbound:
        binder.count_pages(content, "pdf")
    assert unbound.value.reason == reason


def test_an_ordinary_pdf_is_counted_also_where_it_opens_on_a_page():
    assert binder.count_pages(scan(3, OpenAction=pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="x")), "pdf") == 3


def test_a_picture_of_too_many_points_is_refused_from_its_head():
    head = picture("PNG", (10, 10))
    huge = head[:16] + (20_000).to_bytes(4, "big") * 2 + head[24:29]
    with pytest.raises(Unbound) as unbound:
        binder.count_pages(huge + zlib.crc32(huge[12:29]).to_bytes(4, "big") + head[33:], "png")
    assert unbound.value.reason == binder.TOO_FINE


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0..", picture()[:60], b"\x89PNG\r\n\x1a\n.."])
def test_a_damaged_picture_is_told(content):
    with pytest.raises(Unbound):
        binder.picture_page(content)


def seen(page) -> tuple[int, int]:
    """Width and height of a page as a reader shows it."""
    size = round(float(page.mediabox.width)), round(float(page.mediabox.height))
    return size[::-1] if page.rotation % 180 else size


@pytest.mark.parametrize(("content", "size"), [
    (picture(), (595, 842)), (picture(size=(60, 40)), (842, 595)), (turned(6), (595, 842)), (turned(3), (842, 595)),
    (picture("PNG", mode="RGBA"), (595, 842)), (picture("PNG", mode="P"), (595, 842)),
    (picture(mode="CMYK"), (595, 842)), (picture("PNG", mode="I;16"), (595, 842))])
def test_a_picture_is_a_page_of_a4_as_its_camera_says(content, size):
    [page] = PdfReader(io.BytesIO(binder.picture_page(content))).pages
    assert seen(page) == size


def test_a_jpeg_is_taken_as_it_is():
    photo = picture(quality=40)
    assert photo[-200:] in binder.picture_page(photo)


@pytest.fixture
def bound(tmp_path):
    """A cover, a scan of three pages, two pictures of one paper (one turned), a back."""
    contents = [scan(), scan(3), binder.picture_page(picture()), binder.picture_page(turned(6)), scan()]
    paths = [tmp_path / f"{n}.pdf" for n in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    named = [("封面", "", False), ("协议书", "", True), ("正面.jpg", "身份证明", True), ("反面.jpg", "身份证明", True),
             ("封底", "", False)]
    sheets = [Sheet(title, path, under, is_numbered)
              for path, (title, under, is_numbered) in zip(paths, named, strict=True)]
    binder.bind(sheets, [1, 3, 1, 1, 1], tmp_path / "volume.pdf", "卷")
    return PdfReader(tmp_path / "volume.pdf")


def test_pages_are_numbered_through_but_for_cover_and_back(bound):
    assert [page.extract_text().strip() for page in bound.pages] == ["", "1", "2", "3", "4", "5", ""]


def test_bookmarks_lead_to_each_paper_and_each_of_its_files(bound):
    def told(items) -> list:
        return [told(one) if isinstance(one, list) else (one.title, bound.get_destination_page_number(one))
                for one in items]
    assert told(bound.outline) == [("封面", 0), ("协议书", 1), ("身份证明", 4), [("正面.jpg", 4), ("反面.jpg", 5)], ("封底", 6)]


def corner(page) -> tuple[float, float]:
    """Where the number stands, from the left and from the top of the page as it is seen, in parts of its size."""
    places: list[list[float]] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: places.append(cm) if text.strip() else None)
    [matrix] = places
    width, height = seen(page)
    x, y = matrix[4], matrix[5]
    across, up = (x, y) if not page.rotation else (y, width and height - x)
    return across / width, 1 - up / height


def test_the_number_stands_at_the_upper_right_of_a_turned_page_too(bound):
    for number in (1, 4, 5):
        across, down = corner(bound.pages[number])
        assert across > 0.9 and down < 0.06, number


def test_what_is_filled_in_a_form_and_sizes_said_for_all_pages_come_along(tmp_path):
    with pikepdf.open(io.BytesIO(scan(3))) as made:
        for page in made.pages:
            del page.obj["/MediaBox"]
        made.Root.Pages.MediaBox, made.Root.Pages.Rotate = pikepdf.Array([0, 0, 400, 300]), 90
        field = made.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="name", V="wages",
            Rect=pikepdf.Array([10, 10, 110, 30])))
        made.pages[1].obj.Annots, made.Root.AcroForm = pikepdf.Array([field]), pikepdf.Dictionary(
            Fields=pikepdf.Array([field]))
        made.save(tmp_path / "form.pdf")
    sheets = [Sheet(pages, tmp_path / "form.pdf", pages=pages) for pages in ("2-3", "1")]
    binder.bind(sheets, [2, 1], tmp_path / "volume.pdf", "卷")
    read = PdfReader(tmp_path / "volume.pdf")
    assert [(page.mediabox.width, page.rotation) for page in read.pages] == [(400, 90)] * 3
    assert {name: one["/V"] for name, one in read.get_fields().items()} == {"name": "wages"}
    assert "/Annots" in read.pages[0] and [page.extract_text().strip() for page in read.pages] == ["1", "2", "3"]


def test_what_cannot_be_joined_is_told(tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 x")
    with pytest.raises(Unbound):
        binder.bind([Sheet("x", tmp_path / "x.pdf")], [1], tmp_path / "out.pdf", "卷")
