"""Word files as PDF: what an office wrote stands on paper as it wrote it, and nothing in it is read as code."""
from __future__ import annotations

from io import BytesIO

import docx
import pytest
import segno
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from pypdf import PdfReader

from mediation.papers import maker, pdf, word
from mediation.papers.pdf import Source
from mediation.rules.language import Refused


def saved(document) -> bytes:
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def texts(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def field(paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "99"), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        if kind == "shown":
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._r.append(element)


@pytest.fixture(scope="module")
def letter() -> bytes:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    document.add_paragraph("调解协议书").alignment = WD_ALIGN_PARAGRAPH.CENTER
    named = document.add_paragraph("申请人：")
    named.add_run('#read("/etc/passwd") *巴特尔* $x$ <b>').underline = True
    named.add_run("　联系人：")
    named.add_run("        ").underline = True
    for words in ("第一条", "第二条"):
        document.add_paragraph(words, style="List Number")
    table = document.add_table(3, 3, style="Table Grid")
    for n, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"格{n}"
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 1).merge(table.cell(2, 2))
    code = BytesIO()
    segno.make("https://example.org/cases/1").save(code, kind="png")
    document.add_picture(BytesIO(code.getvalue()), width=Cm(2))
    document.add_paragraph("末行").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("签字页")
    foot = section.footer.paragraphs[0]
    foot.add_run("第")
    field(foot, " PAGE ")
    foot.add_run("页，共")
    field(foot, "NUMPAGES \\* MERGEFORMAT")
    foot.add_run("页")
    return saved(document)


def test_what_was_written_stands_on_paper_and_is_no_code(letter):
    first, second = texts(pdf.convert([Source("协议", letter)]))
    for words in ("调解协议书", '#read("/etc/passwd") *巴特尔* $x$ <b>', "第一条", "格1", "格2", "格3", "格5", "格8", "末行"):
        assert words in first, words
    assert first.index("1.") < first.index("第一条") < first.index("2.") < first.index("第二条")
    assert second.startswith("签字页")
    assert ("第1页，共2页" in first, "第2页，共2页" in second, "99" in first + second) == (True, True, False)


def test_the_page_has_the_size_and_the_picture_of_the_file(letter):
    page = PdfReader(BytesIO(pdf.convert([Source("协议", letter)]))).pages[0]
    assert [round(float(page.mediabox[n])) for n in (2, 3)] == [595, 842]
    assert len(page.images) == 1


def test_the_same_file_gives_the_same_bytes(letter):
    assert pdf.convert([Source("协议", letter)]) == pdf.convert([Source("协议", letter)])


def test_each_of_several_files_begins_on_an_odd_page_and_is_counted_by_itself(letter):
    one = docx.Document()
    one.add_paragraph("只有一页")
    made = pdf.convert([Source("甲", saved(one)), Source("乙", letter), Source("丙", letter)], is_odd=True)
    said = texts(made)
    assert [n for n, text in enumerate(said, 1) if "调解协议书" in text or "只有一页" in text] == [1, 3, 5]
    assert ["共2页" in text for text in said] == [False, False, True, True, True, True]
    reader = PdfReader(BytesIO(made))
    assert [(item.title, reader.get_destination_page_number(item)) for item in reader.outline] == [
        ("甲", 0), ("乙", 2), ("丙", 4)]


def test_lines_that_belong_to_the_next_do_not_stay_behind():
    document = docx.Document()
    for n in range(60):
        document.add_paragraph(f"第{n}行")
    filled = texts(pdf.convert([Source("", saved(document))]))
    last = int(filled[0].split("第")[-1].split("行")[0])
    for n in range(last - 2, last + 1):
        document.paragraphs[n].paragraph_format.keep_with_next = True
    kept = texts(pdf.convert([Source("", saved(document))]))
    assert (f"第{last - 3}行" in kept[0], f"第{last - 2}行" in kept[0], f"第{last - 2}行" in kept[1]) == (True, False, True)


def test_without_a_chinese_font_the_cure_is_named(letter, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"DejaVu Sans", "Libertinus Serif"}))
    pdf.fonts.cache_clear()
    with pytest.raises(Refused) as refused:
        pdf.convert([Source("协议", letter)])
    pdf.fonts.cache_clear()
    assert "fonts-noto-cjk" in refused.value.problems[0].text.zh


def test_mongolian_is_never_printed_as_boxes(monkeypatch):
    document = docx.Document()
    document.add_paragraph("调解 \u182e\u1823\u1829\u182d\u1823\u182f")
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Noto Serif CJK SC"}))
    with pytest.raises(Refused) as refused:
        pdf.convert([Source("", saved(document))])
    assert "fonts-noto-core" in refused.value.problems[0].text.en


def test_boxes_to_tick_are_drawn_whatever_the_font_has():
    document = docx.Document()
    document.add_paragraph("☐当面交　☑邮寄　☒拒收")
    document.add_paragraph("　　　　年　　月　　日")
    [page] = PdfReader(BytesIO(pdf.convert([Source("", saved(document))]))).pages
    said = page.extract_text()
    assert "当面交" in said and "邮寄" in said and not set(said) & set("☐☑☒")
    gap, text = pdf.describe(saved(document))[0]["blocks"][1]["runs"]  # the blanks before the year are kept
    assert (gap["kind"], gap["width"], text["text"]) == ("gap", 4 * gap["size"], "年　　月　　日")


def test_what_is_not_known_keeps_its_line_where_a_line_ends():
    """A blank that reaches into the next line takes as much room as a value of its width would."""
    blank = word.Empty()
    blank.width = 20

    def left_of_next(value: str) -> float:
        found: list[float] = []
        file = word.fill_with(maker.build("x", f"= {'字' * 20}{{{{收到日期}}}}送到"), {"收到日期": value})
        [page] = PdfReader(BytesIO(pdf.convert([Source("", file)]))).pages
        page.extract_text(visitor_text=lambda text, at, *_more: found.append(at[4]) if "送" in text else None)
        return found[-1]
    assert left_of_next(blank) == pytest.approx(left_of_next("日" * 20), abs=1)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4"])
def test_what_is_no_word_file_is_refused(content):
    with pytest.raises(Refused):
        pdf.convert([Source("", content)])


def pages_of(*made: bytes) -> list[str]:
    read = PdfReader(BytesIO(pdf.convert([pdf.Source("x", one) for one in made])))
    return ["".join(page.extract_text().split()) for page in read.pages]


def test_a_signature_under_a_list_has_its_last_row_beside_it():
    template = maker.build("x", "|: 1 3\n| 序号 | 姓名 |\n%for 人 in 申请人名单\n| {loop.index} | {人.姓名} |\n%endfor\n"
                           "~ 代表（签名）：____\n> 年　月　日")
    papers = [word.fill_with(template, {"申请人名单": [{"姓名": f"工人{n}"} for n in range(1, count + 1)]})
              for count in range(22, 38)]
    signed = [page for page in pages_of(*papers) if "签名" in page]
    assert len(signed) == len(papers) and len(pages_of(*papers)) > len(papers)
    assert all(f"工人{count}" in page and "年月日" in page for count, page in zip(range(22, 38), signed, strict=True))


def test_a_row_that_is_at_least_so_high_grows_with_its_words():
    long = maker.build("x", "|: 1 3\n" + "|. @600 事实 | {事实和理由} |\n" * 3 + "末行。")
    short, full = (pages_of(word.fill_with(long, {"事实和理由": said})) for said in ("一句话。", "拖欠工资。" * 90))
    assert len(short) == 1 and len(full) == 2 and "末行" in full[-1]
