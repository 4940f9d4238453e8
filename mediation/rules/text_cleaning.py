"""Characters typed by people: what is stored (NFC, nothing invisible) and what is compared (NFKC, folded).

Names are kept as their owners write them: rare and private-use characters, ideographic variation
sequences, the dots of Uyghur and Mongolian names, Mongolian with its variation selectors, vowel separator
and narrow space. Safety rules R38, R71 and R72.
"""
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from mediation.rules.language import Text


class Unreadable(ValueError):
    """What was typed cannot be read; ``text`` says why, in both languages, for the person at the desk."""

    def __init__(self, text: Text):
        self.text = text
        super().__init__(text.zh)


NUL = Text("含有空字符（NUL），请删去后重新填写", "It holds a NUL character; please remove it and type it again")
CONTROL = Text("含有看不见的控制字符，请手工重新输入", "It holds a control character; please type it by hand")
GARBLED = Text("含有乱码，请重新输入", "It holds garbled characters; please type it again")
PILED = Text("一个字上叠加的符号过多，请重新输入", "Too many marks on one letter; please type it again")
TOO_LONG = Text("最多{limit:,}个字，现在是{length:,}个", "At most {limit:,} characters; there are {length:,} now")

# Unicode's stream-safe bound: no language piles more marks on a letter, and sorting longer runs is slow.
MARKS_ON_A_LETTER = 30

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# U+FFFD stands where bytes could not be decoded; noncharacters are no text at all.
NO_TEXT = re.compile("[\ud800-\udfff\ufffd\ufdd0-\ufdef" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)) + "]")
LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Scripts in which the joiner and the non-joiner change how a word is written.
_JOINING = "\u0600-\u08ff\u0900-\u0fff\u1000-\u109f\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefe\U00011660-\U0001167f"
# Zero width, directions, invisible operators, tags, fillers. Not here: U+180B-180F and U+202F of Mongolian,
# U+FE00-FE0F and U+E0100-E01EF that choose the shape of a character.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
    f"|(?<![{_JOINING}\u200c\u200d])[\u200c\u200d]+(?![{_JOINING}\u200c\u200d])")
SHAPES = re.compile("[\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Not str.strip(): that would also take the narrow no-break space before a Mongolian suffix.
BLANKS = "\u00a0\u2000-\u200a\u205f\u3000"  # as in a class of characters, beside the ordinary one
_BLANK = " \t\n\u00a0\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200b)))
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x205F, 0x3000), " "), 0xFFE5: "¥",
    **dict.fromkeys((0x2212, 0x2013, 0x2014, 0xFE63), "-")}

_DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\ua78f\u1427]")
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\ue000-\uf8ff"
_DOT_IN_NAME = re.compile(f"(?<=[{_HAN}])[.](?=[{_HAN}])")
_GAP_IN_NAME = re.compile(f"(?<=[{_HAN}]) +(?=[{_HAN}])")
_AROUND_DOT = re.compile(" *· *")
_FOLDED = re.compile("[0-9a-z\u4e00-\u9fff]*")  # most words of a register: nothing in them changes
_USUAL = re.compile("[ -@[-~\u4e00-\u9fff]*")  # folded: what is no letter among it is plain to see
_USUAL_RUNS = re.compile("[0-9a-z\u4e00-\u9fff]+")
_ALIKE = str.maketrans("〔〕【】[]［］–—―−‐‑", "()()()()------")


def clean(text: str, limit: int, lines: bool = False) -> str:
    """``text`` as it is stored: NFC, without invisible characters and without blanks at its ends.

    ``limit`` counts characters. ``lines`` keeps line ends (as ``\\n``) and tabs for long texts; otherwise
    they become one blank. A tab before the first line stays, since it stands for an empty cell. Raises
    ``Unreadable`` for control characters, undecodable bytes, half characters and over-long text.
    """
    if len(text) > limit * 4 + 1000:
        raise Unreadable(TOO_LONG.fill(limit=limit, length=len(text)))
    text = LINE_ENDS.sub("\n", text)
    _refuse_junk(text)
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    if not lines:
        text = re.sub("[\t\n]+", " ", text)
    text = text.rstrip(_BLANK).lstrip(_BLANK.replace("\t", "") if lines else _BLANK)
    if len(text) > limit:
        raise Unreadable(TOO_LONG.fill(limit=limit, length=len(text)))
    return text


def _refuse_junk(text: str) -> None:
    if "\x00" in text:
        raise Unreadable(NUL)
    if CONTROLS.search(text):
        raise Unreadable(CONTROL)
    if NO_TEXT.search(text):
        raise Unreadable(GARBLED)
    if _longest_pile(text) > MARKS_ON_A_LETTER:
        raise Unreadable(PILED)


def _longest_pile(text: str) -> int:
    if text.isascii():
        return 0
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


def narrow(text: str) -> str:
    """What a reader of days, sums and numbers looks at: full-width signs of an input method as ASCII.

    Invisible characters and blanks at the ends are removed. Other characters stay as they are, so that ① or ²
    is not taken for a digit of a sum.
    """
    if not text.isascii():
        text = INVISIBLE.sub("", text).translate(_FULL_WIDTH)
    return text.strip(_BLANK + "\r")


def fold(text: str) -> str:
    """``text`` for comparing and searching, never for storing: NFKC, lower case, one kind of dot.

    Widths, NFC and NFD, brackets of document numbers (〔2026〕, [2026], (2026)), dashes, blanks that align
    two-character names, and invisible characters make no difference.
    """
    if _FOLDED.fullmatch(text):
        return text
    if text.isascii():
        return " ".join(text.lower().translate(_ALIKE).split())
    text = SHAPES.sub("", INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    text = _DOTS.sub("·", text.translate(_ALIKE))
    text = " ".join(text.split())
    text = _AROUND_DOT.sub("·", _DOT_IN_NAME.sub("·", text))
    return _GAP_IN_NAME.sub("", text)


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters of the folded ``text``, in order, as tokens of the search index.

    Dots in names are skipped, so that 阿不都·热合曼 is found as 阿不都热合曼; every other sign parts two runs.
    A run of one character gives that character, which an index of pairs finds only in runs of one.
    """
    pairs: list[str] = []
    folded = fold(text).replace("·", "")
    for run in [folded] if folded and _FOLDED.fullmatch(folded) else _runs(folded):
        pairs += [first + second for first, second in pairwise(run)] if len(run) > 1 else [run]
    return pairs


def _runs(text: str) -> list[str]:
    if _USUAL.fullmatch(text):
        return _USUAL_RUNS.findall(text)
    return "".join(c if _is_letter(c) else " " for c in text).split()


@lru_cache(8192)
def _is_letter(character: str) -> bool:
    """Letters, marks and digits; also characters newer than this Python's tables, and private ones."""
    category = unicodedata.category(character)
    return category[0] in "LMN" or category in ("Cn", "Co")
