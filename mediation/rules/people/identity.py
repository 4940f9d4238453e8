"""Numbers that people and employers carry: identity papers, credit codes, telephones, bank cards; and masks.

Written here and not taken from python-stdnum or phonenumbers, which were tried: the first refuses real people
(numbers of newer regions such as 659012 and 460400, residence permits 82 and 83, 15 digits, full-width
digits) and lets a birth in 2099 pass; the second refuses 转 extensions and weighs 21 MB. Safety rule R72.
"""
from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.text_cleaning import INVISIBLE, Unreadable, narrow

# First two digits of regions (GB/T 2260). 81 to 83 are residence permits too, 9 begins foreigners' cards.
PROVINCES = frozenset(map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55),
                                *range(61, 66), 71, 81, 82, 83)))

NO_NUMBER = Text("请填写号码", "Please give the number")
SHEET_NUMBER = Text("这是被表格软件改写过的数字，后几位已丢失；请把这一列设为文本格式后重新填写",
                    "A spreadsheet rewrote this number and lost its last digits; format the column as text")
RESIDENT_LENGTH = Text("身份证号应为18位（老证15位），现在是{length}位",
                       "A resident identity number has 18 digits (old cards 15); there are {length}")
RESIDENT_FORM = Text("身份证号只能是数字，最后一位可以是X", "Only digits are allowed; the last place may be X")
BIRTH_DATE = Text("身份证号里的出生日期不存在，请核对", "The date of birth in it does not exist; please check")
BORN_LATER = Text("身份证号里的出生日期在今天之后，请核对", "The date of birth in it lies after today; please check")
CHECK_DIGIT = Text("身份证号与校验码不符，可能输错了一位", "The check digit does not fit; one digit may be mistyped")
NOT_RESIDENCE = Text("居住证号码应以81、82或83开头", "The number of a residence permit begins with 81, 82 or 83")
WARN_REGION = Text("前两位不是已知的省级代码，请核对", "The first two digits are no known region; please check them")
WARN_AGE = Text("按号码已满{age}岁，请核对", "By this number the person is {age}; please check it")
PASSPORT = Text("护照号应为5到15位字母和数字", "A passport number has 5 to 15 letters and digits")
PERMIT = Text("通行证号应为H或M加8位或10位数字（港澳），或8位数字（台湾）",
              "A travel permit has H or M and 8 or 10 digits (HK, Macau), or 8 digits (Taiwan)")
PERMANENT = Text("永久居留证号应为9开头的18位，或3个字母加12位数字",
                 "The card has 18 digits beginning with 9, or 3 letters and 12 digits")
OTHER_NUMBER = Text("证件号应为4到40位字母和数字", "The number has 4 to 40 letters and digits")


class Identity(NamedTuple):
    """A checked identity number: normalised, and what it says of its holder where it says anything.

    ``sex`` is 'M', 'F' or ''. ``warnings`` never stop the writer. ``whole`` is the 18-digit form of an old
    15-digit number, and equal to ``number`` otherwise: compare by ``whole``, store ``number``.
    """

    kind: str
    number: str
    whole: str
    sex: str = ""
    born_on: date | None = None
    warnings: tuple[Text, ...] = ()


def check_identity(kind: str, text: str, today: date) -> Identity:
    """``text`` as a number of the document ``kind`` (``words.ID_TYPES``); ``Unreadable`` with the reason."""
    if kind in ("resident", "residence"):
        found = check_resident(text, today)
        if kind == "residence" and found.number[:2] not in ("81", "82", "83"):
            raise Unreadable(NOT_RESIDENCE)
        return found._replace(kind=kind)
    if kind == "permanent":
        return _check_permanent(text, today)
    pattern, sentence = _FORMS.get(kind, _FORMS["other"])
    number = _normalise(text)
    if not re.fullmatch(pattern, number):
        raise Unreadable(sentence)
    return Identity(kind, number, number)


_FORMS = {"passport": ("(?=.*[0-9])[A-Z0-9]{5,15}", PASSPORT),
          "permit": ("[HM](?:[0-9]{8}|[0-9]{10})|[0-9]{8}|[0-9]{10}[A-Z]?", PERMIT),
          "other": ("(?=.*[0-9A-Z])[0-9A-Z一-鿿()〔〕第号字-]{4,40}", OTHER_NUMBER)}


def check_resident(text: str, today: date) -> Identity:
    """A resident identity number of 18 places (GB 11643) or of 15 (first cards), with sex and date of birth.

    Own code: full-width digits and Ｘ, blanks and old numbers are accepted, the date must exist and not lie
    after ``today``, and an unknown region is only a warning, since regions are split and renamed each year.
    """
    number = _normalise(text)
    if len(number) not in (15, 18):
        raise Unreadable(RESIDENT_LENGTH.fill(length=len(number)))
    if not re.fullmatch("[0-9]{15}|[0-9]{17}[0-9X]", number):
        raise Unreadable(RESIDENT_FORM)
    whole = number if len(number) == 18 else complete_resident(number)
    born_on = _birth_date(whole[6:14], today)
    if resident_check_digit(whole) != whole[17]:
        raise Unreadable(CHECK_DIGIT)
    sex = "M" if int(whole[16]) % 2 else "F"
    return Identity("resident", number, whole, sex, born_on, _warnings(whole, born_on, today))


def complete_resident(number: str) -> str:
    """An old 15-digit number in 18 places: the century 19 and the check digit added."""
    longer = number[:6] + "19" + number[6:]
    return longer + resident_check_digit(longer)


def resident_check_digit(number: str) -> str:
    """The 18th place of a resident number from its first 17 (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11]


def _birth_date(digits: str, today: date) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Unreadable(BIRTH_DATE) from None
    if born_on.year < 1800:
        raise Unreadable(BIRTH_DATE)
    if born_on > today:
        raise Unreadable(BORN_LATER)
    return born_on


def _warnings(number: str, born_on: date, today: date) -> tuple[Text, ...]:
    age = age_on(born_on, today)
    region = () if number[:2] in PROVINCES or number[0] == "9" else (WARN_REGION,)
    return (*region, *((WARN_AGE.fill(age=age),) if age > 100 else ()))


def age_on(born_on: date, day: date) -> int:
    """Full years on ``day``; somebody born on 29 February becomes older on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _check_permanent(text: str, today: date) -> Identity:
    """Foreigners' permanent residence cards: since 2017/2023 18 digits from 9, before 3 letters and 12 digits."""
    number = _normalise(text)
    if re.fullmatch("[A-Z]{3}[0-9]{12}", number):
        return Identity("permanent", number, number)
    if not re.fullmatch("9[0-9]{16}[0-9X]", number):
        raise Unreadable(PERMANENT)
    return check_resident(number, today)._replace(kind="permanent")


def _normalise(text: str) -> str:
    """Capitals and half width (NFKC), without blanks, hyphens and invisible signs."""
    if len(text) > 100:
        raise Unreadable(OTHER_NUMBER)
    number = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).upper()
    number = re.sub("[\\s'’·]", "", number)
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+|[0-9]{15,}\.0", number):
        raise Unreadable(SHEET_NUMBER)
    number = re.sub("(?<=[0-9A-Z])[-–—](?=[0-9A-Z])", "", number)
    if not number:
        raise Unreadable(NO_NUMBER)
    return number


CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_LENGTH = Text("统一社会信用代码应为18位，现在是{length}位", "A credit code has 18 places; there are {length}")
CREDIT_FORM = Text("统一社会信用代码不用字母I、O、S、V、Z，请看是不是数字1、0、5、2",
                   "Credit codes never hold I, O, S, V or Z; look for the digits 1, 0, 5 or 2")
CREDIT_CHECK = Text("信用代码与校验码不符，可能输错了一位", "The check sign does not fit; one place may be mistyped")


def check_credit_code(text: str) -> str:
    """A unified social credit code, normalised (GB 32100-2015, weights 3^i modulo 31).

    Own code: twenty lines, and no LGPL library for them. Raises ``Unreadable``.
    """
    code = _normalise(text)
    if len(code) != 18:
        raise Unreadable(CREDIT_LENGTH.fill(length=len(code)))
    if any(sign not in CREDIT_SIGNS for sign in code):
        raise Unreadable(CREDIT_FORM)
    if credit_check_digit(code[:17]) != code[17]:
        raise Unreadable(CREDIT_CHECK)
    return code


def credit_check_digit(body: str) -> str:
    """The last sign of a credit code whose first 17 are given."""
    return CREDIT_SIGNS[-sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)) % 31]


class Phone(NamedTuple):
    """A telephone number: digits only (foreign ones begin with +), extension apart.

    ``kind``: mobile, landline, hotline (400, 800), service (12351), foreign. Compare by ``digits``, store ``whole``.
    """

    digits: str
    extension: str
    kind: str

    @property
    def whole(self) -> str:
        """04782222222转3: as it is stored, shown and read again."""
        return self.digits + (f"转{self.extension}" if self.extension else "")


NO_PHONE = Text("看不懂这个电话，可以写 13912345678、0478-5912345 转 801、400-123-4567",
                "This telephone number cannot be read; write 13912345678, 0478-5912345 or 400-123-4567")
MOBILE_LENGTH = Text("手机号应为11位，现在是{length}位", "A mobile number has 11 digits; there are {length}")
AREA_CODE = Text("请加上区号，如 0478-5912345", "Please add the area code, as in 0478-5912345")
ONE_PHONE = Text("一格只写一个电话", "One telephone number for one field, please")
_LABEL = re.compile(
    "^(?:(?:联系|本人|办公|家庭|单位)?(?:电话|手机|座机|固话)(?:号码?)?|联系方式|TEL(?:EPHONE)?|PHONE|MOBILE)[.:]*(?=[(+0-9])")
_CALLED = re.compile("([+0-9]+)(?:转([0-9]+))?")
_EXTENSION = re.compile(r"(?:转分机|分机号?|转|EXT\.?|#)[:.]?([0-9]{1,6})$|(?<=[0-9]{7})-([0-9]{1,6})$")
# From abroad the area code is dialled without its 0.
_FROM_ABROAD = re.compile(r"^\+?86((?:10|2[0-9])[0-9]{7,8}|(?![48]00)[3-9][0-9]{2}[0-9]{7,8})$")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_PHONES = (("mobile", _MOBILE.pattern), ("hotline", "[48]00[0-9]{7}"),
           ("landline", "0(?:10|2[0-9])[0-9]{7,8}|0[3-9][0-9]{2}[0-9]{7,8}"),
           ("service", "11[0-9]|12[0-2]|1[12][0-9]{2,3}|9[56][0-9]{3,6}"), ("foreign", r"\+(?!86)[1-9][0-9]{6,14}"))


def check_phone(text: str) -> Phone:
    """A telephone number as people write it: 139 1234 5678, 电话：139…, +86…, （0478）5912345转801, 400-123-4567, 12351.

    Own code: a pattern for each kind is enough, and the extension (转 801) must be read. Raises ``Unreadable``.
    """
    if _MOBILE.fullmatch(text):  # as nearly every one is written
        return Phone(text, "", "mobile")
    if not text.strip():
        raise Unreadable(NO_NUMBER)
    if len(text) > 60:
        raise Unreadable(NO_PHONE)
    said = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).upper()
    said = _LABEL.sub("", re.sub("[-–—−~]+", "-", re.sub(r"\s", "", said)))
    found = _EXTENSION.search(said)
    digits = re.sub("[-().]", "", said[:found.start()] if found else said)
    digits = re.sub("^00(?=[1-9])", "+", digits)
    digits = _FROM_ABROAD.sub(lambda found: "0" + found[1], digits)
    digits = re.sub(r"^(?:\+86|86(?=1[3-9][0-9]{9}$))", "", digits)
    for kind, pattern in _PHONES:
        if re.fullmatch(pattern, digits):
            return Phone(digits, (found[1] or found[2]) if found else "", kind)
    raise Unreadable(_why_no_phone(digits))


def _why_no_phone(digits: str) -> Text:
    if re.fullmatch("[0-9]{7,}[/、,;或][0-9]{7,}", digits):
        return ONE_PHONE
    if re.fullmatch("[2-8][0-9]{6,7}", digits):
        return AREA_CODE
    if re.fullmatch("1[3-9][0-9]{5,}", digits):
        return MOBILE_LENGTH.fill(length=len(digits))
    return NO_PHONE


CARD_FORM = Text("账号应为8到32位数字", "An account number has 8 to 32 digits")
WARN_CARD = Text("不像银行卡号（末位校验不符），请核对；对公账号可以不管",
                 "This does not look like a bank card (check digit); please check it, unless it is a company account")


class Card(NamedTuple):
    """A bank account number in digits, with a warning where it cannot be a card."""

    number: str
    warning: Text | None


def check_card(text: str) -> Card:
    """A bank card or account number. The Luhn sum only warns: company accounts do not follow it."""
    number = _normalise(text)
    if not re.fullmatch("[0-9]{8,32}", number):
        raise Unreadable(CARD_FORM)
    is_card = 13 <= len(number) <= 19 and luhn_sum(number) % 10 == 0
    return Card(number, None if is_card else WARN_CARD)


def luhn_sum(number: str) -> int:
    """The sum whose last digit is 0 for a bank card (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total


def mask_identity(number: str) -> str:
    """The first 3 and the last 2 places, the rest as stars; of short numbers only the first and the last."""
    head, tail = (3, 2) if len(number) >= 9 else (1, 1)
    if len(number) <= head + tail:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def part_phone(stored: str) -> tuple[str, str]:
    """A stored number as its digits and its extension."""
    found = _CALLED.fullmatch(stored)
    return (found[1], found[2] or "") if found else (stored, "")


def dial(stored: str) -> str:
    """What a telephone dials for a stored number: the extension after a pause."""
    digits, extension = part_phone(stored.replace(" ", ""))
    return digits + (f",{extension}" if extension else "")


def mask_phone(stored: str) -> str:
    """``13912345617`` as ``139 **** **17``; other numbers keep up to 4 leading digits and the last 2. The extension
    is left out."""
    digits, _extension = part_phone(narrow(stored))
    if re.fullmatch("1[0-9]{10}", digits):
        return f"{digits[:3]} **** **{digits[-2:]}"
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:4]} {'*' * (len(digits) - 6)}{digits[-2:]}"


def mask_card(number: str) -> str:
    """Only the last 4 digits: ``**** 1234``."""
    return f"**** {number[-4:]}" if len(number) >= 8 else "****"
