"""Rules for passwords: length and guessability (ASVS 6.2), no composition and no rotation by default."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from mediation.rules.language import Text

SHORTEST, LONGEST = 12, 128
# Frequent passwords of public lists and local words, compared without case; longer ones contain them with digits.
COMMON = frozenset("""password passw0rd 12345678 123456789 1234567890 qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx abc123456
    a123456789 iloveyou woaini1314 5201314 88888888 66666666 11111111 00000000 admin123 administrator letmein welcome
    dragon monkey sunshine princess football baseball master superman p@ssw0rd zaq12wsx 123123123 987654321 asdfghjkl
    wang1234 li123456 zhang123 gonghui gonghe tiaojie wulate zhongqi neimenggu bayannaoer laodong mediation""".split())


FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)


def delay(extra: int) -> timedelta:
    """How long the next try has to wait after ``extra`` failures beyond the free ones: doubled each time."""
    doubled: int = 2 ** min(max(extra, 0), 10)
    return min(FIRST_DELAY * doubled, LONGEST_DELAY)


def faults(password: str, own_words: Iterable[str] = ()) -> list[Text]:
    """Why a password cannot be taken; empty when it can."""
    if len(password) < SHORTEST:
        return [Text(f"至少{SHORTEST}个字符，可以用一句话", f"At least {SHORTEST} characters; a sentence is fine")]
    if len(password) > LONGEST:
        return [Text(f"最多{LONGEST}个字符", f"At most {LONGEST} characters")]
    bare = re.sub(r"[\W\d_]+", "", password.lower())
    words = {word.lower() for word in own_words if len(word) > 1}
    if password.lower() in COMMON or bare in COMMON or bare in words or len(set(password)) < 5:
        return [Text("太常见、太好猜，请换一个", "Too common or too easy to guess; choose another")]
    return []
