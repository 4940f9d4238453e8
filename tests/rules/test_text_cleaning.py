import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.text_cleaning import Unreadable, bigrams, clean, fold, narrow

NAMES = [
    "𠮷野", "䶮", "\U00030edd", "\U00031350", "辻\U000e0100", "阿不都·热合曼", "阿不都•热合曼", "阿不都・热合曼", "阿不都‧热合曼",
    "ئابدۇراخمان", "བསྟན་འཛིན", "ᠪᠠᠲᠤ\u180b", "ᠭᠠᠯ\u180eᠠ", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", "ᠬᠠ\u200dᠨ", "\ue863", "张　三", "O'Neil", "👷\ufe0f",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_stored_as_their_owners_write_them(name):
    """R71: names survive."""
    assert clean(name, 50) == unicodedata.normalize("NFC", name) == name


@pytest.mark.parametrize(("typed", "stored"), [
    ("Ba\u0308t", "B\u00e4t"), ("张\u200b三", "张三"), ("\ufeff张三", "张三"), ("张\u202e三", "张三"), ("张\u2066三\u2069", "张三"),
    ("张\U000e0041\U000e007f三", "张三"), ("张\u200d三", "张三"), ("张\u00ad三\u2060", "张三"), ("  张三　", "张三"), ("张\t三\r\n", "张 三"),
    ("张\u3164三", "张三"), ("", ""), ("\u200b", ""),
])
def test_what_nobody_sees_is_taken_away(typed, stored):
    assert clean(typed, 50) == stored


@pytest.mark.parametrize(("typed", "word"), [
    ("张\x00三", "NUL"), ("张\x07三", "控制"), ("张\x1b[0m", "控制"), ("张\x7f", "控制"), ("张\x9b", "控制"), ("张\ud800", "乱码"),
    ("张\udfff三", "乱码"), ("张\ufffd三", "乱码"), ("\uffff", "乱码"), ("\ufdd0", "乱码"), ("\U0010ffff", "乱码"), ("z" + "\u0301" * 40, "叠加"),
])
def test_junk_is_refused_with_a_sentence(typed, word):
    """R38: junk bytes."""
    with pytest.raises(Unreadable) as refusal:
        clean(typed, 50)
    assert word in refusal.value.text.zh and refusal.value.text.en


def test_length_is_counted_after_cleaning_and_said():
    assert clean("字" * 200 + "\u200b", 200) == "字" * 200
    with pytest.raises(Unreadable) as refusal:
        clean("字" * 10_000, 200)
    assert refusal.value.text.zh == "最多200个字，现在是10,000个"
    assert refusal.value.text.en == "At most 200 characters; there are 10,000 now"
    with pytest.raises(Unreadable):
        clean("𠮷" * 201, 200)


def test_long_texts_keep_their_lines():
    assert clean("一\r\n二\r三\u2028四\t五\n", 50, lines=True) == "一\n二\n三\n四\t五"
    assert clean("一\n二", 50) == "一 二"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(typed):
    try:
        stored = clean(typed, 200)
    except Unreadable:
        return
    assert clean(stored, 200) == stored == unicodedata.normalize("NFC", stored)


def test_evil_text_is_quick():
    started = time.process_time()
    for evil in ("\u0301\u0316" * 50_000, "\u200d" * 100_000, " " * 100_000, "a\u0301" * 50_000, "·" * 100_000, "张 " * 50_000):
        fold(evil[:20_000])
        try:
            clean(evil, 100_000, lines=True)
        except Unreadable:
            continue
    assert time.process_time() - started < 20


@pytest.mark.parametrize(("one", "other"), [
    ("ＡＢＣ１２３", "abc123"), ("Ba\u0308t", "B\u00e4t"), ("阿不都·热合曼", "阿不都•热合曼"), ("阿不都·热合曼", "阿不都・热合曼"), ("阿不都·热合曼", "阿不都･热合曼"),
    ("阿不都·热合曼", "阿不都‧热合曼"), ("阿不都·热合曼", "阿不都.热合曼"), ("阿不都·热合曼", "阿不都．热合曼"), ("阿不都·热合曼", "阿不都 · 热合曼"),
    ("阿不都·热合曼", "阿不都\u2219热合曼"), ("乌中工调〔2026〕18号", "乌中工调[2026]18号"), ("乌中工调〔2026〕18号", "乌中工调（２０２６）18号"),
    ("乌中工调〔2026〕18号", "乌中工调【2026】18号"), ("张三", "张　三"), ("张三", "张 三"), ("张三", "张\u200b三"), ("辻", "辻\U000e0100"), ("⼀", "一"),
    ("ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", "ᠮᠣᠩᠭᠣᠯ ᠤᠨ"), ("ᠪᠠᠲᠤ\u180b", "ᠪᠠᠲᠤ"), ("2026－18", "2026-18"), ("2026—18", "2026-18"), ("Bat  Erdene", "bat erdene"),
    ("㈱", "(株)"), ("ﾊﾞﾄ", "バト"), ("１３９", "139"),
])
def test_look_alikes_are_found(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [
    ("𠮷", "吉"), ("张三", "张王"), ("1,2", "12"), ("bat erdene", "baterdene"), ("1.5", "15"), ("己", "已"), ("3.5", "3·5"),
])
def test_what_differs_stays_apart(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_is_settled(typed):
    assert fold(fold(typed)) == fold(typed)
    assert fold(unicodedata.normalize("NFD", typed)) == fold(typed)


def test_bigrams_by_hand():
    assert bigrams("王建国") == ["王建", "建国"]
    assert bigrams("王") == ["王"]
    assert bigrams("阿不都·热合曼") == bigrams("阿不都热合曼") == ["阿不", "不都", "都热", "热合", "合曼"]
    assert bigrams("城南，AB-1") == ["城南", "ab", "1"]
    assert bigrams("𠮷野\U00031350") == ["𠮷野", "野\U00031350"]
    assert bigrams("\ue863王") == ["\ue863王"]
    assert bigrams("（）、 ") == []


@given(st.text(alphabet="王李建国·a1 -", max_size=12), st.text(alphabet="王李建国a1", min_size=2, max_size=4),
       st.text(alphabet="王李建国·a1 -", max_size=12))
def test_a_part_of_a_text_is_found_by_its_bigrams(before, part, after):
    assert set(bigrams(part)) <= set(bigrams(before + part + after))


def test_narrow_leaves_circled_digits_alone():
    assert narrow(" １，２．５Ａ（－３） ") == "1,2.5A(-3)"
    assert narrow("①²") == "①²"


def test_narrow_sees_no_invisible_signs():
    assert narrow("\u200e15：30\u200b") == "15:30"
