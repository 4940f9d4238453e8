"""Rules for passwords: length and guessability (ASVS 6.2); classes and rotation only where a filing asks for them."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from mediation.rules.language import Text

SHORTEST, LONGEST = 12, 128
LEAST_WEIGHT = 6  # what guessing has left to do: every guessable piece weighs one, every other character one
SHORTEST_PIECE = 4
# Words of this field and country that the lists of the world do not hold, as they are typed without tones.
LOCAL = frozenset("""gonghui gonghe tiaojie tiaojieyuan wulate zhongqi wulatezhongqi neimenggu bayannaoer laodong
    laodongju zhongcai renshe fayuan gongzi woaini woaizhongguo zhongguo beijing mima guanliyuan mediation mediator
    supervisor auditor liaison administrator union office""".split())
# Rows of keys and orders that are typed by running a finger along them; read both ways.
ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
        "1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb", "520131452013141314520")
LOOKS = str.maketrans("0134578@$!|", "oleastbasil")  # figures and signs typed for the letters that they look like
DAY = re.compile(r"(?:19|20)\d{2}(?:[-./]?(?:0[1-9]|1[0-2])(?:[-./]?(?:0[1-9]|[12]\d|3[01]))?)?")
CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^a-zA-Z\d]")
CLASSES_ASKED = 3
ROTATION = timedelta(days=90)

FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)


def delay(extra: int) -> timedelta:
    """How long the next try has to wait after ``extra`` failures beyond the free ones: doubled each time."""
    doubled: int = 2 ** min(max(extra, 0), 10)
    return min(FIRST_DELAY * doubled, LONGEST_DELAY)


def faults(password: str, own_words: Iterable[str] = (), common: Collection[str] = (),
           profile: str = "asvs") -> list[Text]:
    """Why a password cannot be taken; empty when it can.

    ``own_words``: names of the account, its person, station and union. ``common``: frequent passwords, in lower case.
    ``profile``: ``mlps`` asks for classes of characters too, as a filing under the multi-level protection scheme may.
    """
    if len(password) < SHORTEST:
        return [Text(f"至少{SHORTEST}个字符，可以用一句话", f"At least {SHORTEST} characters; a sentence is fine")]
    if len(password) > LONGEST:
        return [Text(f"最多{LONGEST}个字符", f"At most {LONGEST} characters")]
    if len(set(password)) < 5 or weight(password, {*own_words}, common) < LEAST_WEIGHT:
        return [Text("太常见、太好猜，请换一个", "Too common or too easy to guess; choose another")]
    if profile == "mlps" and sum(bool(re.search(one, password)) for one in CLASSES) < CLASSES_ASKED:
        return [Text("大写、小写、数字、符号四类里至少要有三类", "Use at least three of: capitals, small letters, figures, signs")]
    return []


def weight(password: str, own_words: Collection[str] = (), common: Collection[str] = ()) -> int:
    """How much is left to guess: guessable pieces (words, rows of keys, days, what repeats) count one each."""
    plain = password.lower()
    known = {word.lower() for word in own_words if len(word) > 1}
    pieces, at, seen = 0, 0, set()
    while at < len(plain):
        end = at + max(_day(plain, at), _row(plain, at), _word(plain, at, known, common))
        if end == at:
            end = at + 1
        if plain[at:end] not in seen:
            pieces += 1
        if end - at > 1:
            seen.add(plain[at:end])
        at = end
    return pieces


def is_due(set_at: datetime, now: datetime, profile: str) -> bool:
    """Whether a password has to be changed for its age; only where the profile asks for it."""
    return profile == "mlps" and now - set_at > ROTATION


def _day(plain: str, at: int) -> int:
    found = DAY.match(plain, at)
    return len(found.group()) if found else 0


def _row(plain: str, at: int) -> int:
    """The length of a run along a row of keys or of one character repeated; 0 below three."""
    longest = len(plain[at:]) - len(plain[at:].lstrip(plain[at]))
    for row in ROWS:
        for way in (row, row[::-1]):
            length = longest
            while at + length < len(plain) and plain[at:at + length + 1] in way:
                length += 1
            longest = max(longest, length)
    return longest if longest >= 3 else 0


def _word(plain: str, at: int, own: Collection[str], common: Collection[str]) -> int:
    """The length of the longest known word here, as typed or as it looks."""
    looks = plain.translate(LOOKS)
    found = [len(word) for word in own if any(text.startswith(word, at) for text in (plain, looks))]
    own_longest = max(found, default=0)
    for end in range(min(len(plain), at + 20), at + max(own_longest, SHORTEST_PIECE - 1), -1):
        if any(text[at:end] in words for text in (plain, looks) for words in (common, LOCAL)):
            return end - at
    return own_longest
