"""Long numbers that stand in words: an identity or account number there lies in clear text, is printed and exported.

Such a number belongs into its own field, where it is encrypted and masked. A number that the words before it call a
document's (工单号 20261130000012345678) may stay, unless it is plainly a person's or a bank card's.
"""
from __future__ import annotations

import re
from datetime import date

from mediation.rules.language import Text
from mediation.rules.people.identity import PROVINCES, luhn_sum, mask_identity
from mediation.rules.text_cleaning import Unreadable, narrow

LONG = 15  # digits of the first identity cards; from here on a number is no telephone and no sum
BEFORE = 40  # signs in front of a number that tell what it is
LONGEST = 64  # digits of anything that is grouped; longer ones are looked for as they stand
LOOSE = Text("里面有一个{length}位的号码（{shown}），会原样印出来、导出去。证件号、账号请填到它自己的栏里；"
             "如果是文书或单据的编号，请在前面写明“编号”",
             "It holds a number of {length} digits ({shown}) that would be printed and exported as it is. Put an "
             "identity or account number into its own field; before the number of a document write “No.”")

_WIDE = {sign: sign + 0xFEE0 for sign in map(ord, "0123456789X")}
_RUN = re.compile("[0-9]{15,}[Xx]?|[0-9]{3,8}(?:[ -][0-9]{3,8}){2,6}[Xx]?")
_PERSONAL = re.compile("(?:身份证?|证件|卡|账|帐|户)(?:件)?(?:号码?|户)?(?:是|为)?[:： ]*$")
_DOCUMENT = re.compile(r"(?:编|文|单|案|批|流水|回执|凭证|订单|序列|登记|受理|代码|no\.?|#)号?码?(?:是|为)?[:： ]*$", re.I)
_CARD_BEGINNINGS = "34569"  # of the cards that banks give out (ISO/IEC 7812: 3 to 6; 9: cards of Chinese banks only)


def refuse(text: str, may_hold_documents: bool = False) -> None:
    """Raise ``Unreadable`` where ``text`` holds a long number that has no place in words.

    ``may_hold_documents``: a field for numbers of documents; only plainly personal numbers are refused there.
    """
    found = find(text, may_hold_documents)
    if found:
        raise Unreadable(LOOSE.fill(length=len(found), shown=mask_identity(found)))


def find(text: str, may_hold_documents: bool = False) -> str:
    """The first such number, digits only; '' where there is none."""
    said = narrow(text)
    for run in _RUN.finditer(said):
        number, before = re.sub("[ -]", "", run.group()).upper(), said[max(0, run.start() - BEFORE):run.start()]
        if len(number.rstrip("X")) < LONG:
            continue
        is_whole = number.rstrip("X") == run.group().upper().rstrip("X")
        if is_personal(number) or (is_whole and _PERSONAL.search(before)):
            return number
        if is_whole and not may_hold_documents and not _DOCUMENT.search(before):
            return number
    return ""


def is_personal(number: str) -> bool:
    """Whether a number of 15 or more digits is plainly a resident's or a bank card's."""
    if re.fullmatch("[0-9]{17}[0-9X]", number):
        is_resident = number[:2] in PROVINCES and _is_day(number[6:14])
    else:
        is_resident = len(number) == 15 and number[:2] in PROVINCES and _is_day("19" + number[6:12])
    is_card = number.isdecimal() and 16 <= len(number) <= 19 and number[0] in _CARD_BEGINNINGS
    return is_resident or (is_card and luhn_sum(number) % 10 == 0)


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def every(text: str) -> list[str]:
    """All such numbers of a text, in order."""
    found: list[str] = []
    while number := find(text):
        found.append(number)
        text = cover(text, number)
        if find(text) == number:
            break
    return found


def cover(text: str, number: str) -> str:
    """``text`` with a number masked in it, however its digits are grouped or written."""
    if len(number) > LONGEST:
        shown = mask_identity(number)
        return text.replace(number, shown).replace(number.translate(_WIDE), shown)
    spaced = "[ -]?".join(f"[{sign}{chr(ord(sign) + 0xFEE0)}]" if sign.isalnum() else sign for sign in number)
    return re.sub(spaced, mask_identity(number), text, flags=re.I)
