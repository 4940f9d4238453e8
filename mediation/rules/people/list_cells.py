"""The cells of one worker in a list: each is put where it belongs, by its heading, its label, or its content."""
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from mediation.rules.language import Text
from mediation.rules.money.amounts import parse_yuan
from mediation.rules.people import list_headings, loose_numbers
from mediation.rules.people.identity import check_card, check_phone, check_resident
from mediation.rules.people.list_lines import is_sum
from mediation.rules.reading import NOTHING_SAID, read_amount
from mediation.rules.text_cleaning import BLANKS, Unreadable, clean, fold, narrow

NAME_LENGTH = 100
NOTE_LENGTH = 300
TWO_SUMS = Text("这一行有两个金额，请只留一个", "There are two sums in this line; please keep one")
TWICE = Text("这一行的{what}写了两次", "This line holds two of: {what}")

_WHAT = {"identity": Text("证件号", "identity number"), "account": Text("银行账号", "bank account"),
         "phone": Text("电话", "telephone number"), "name": Text("姓名", "name"), "payee": Text("收款人", "payee")}
_LABELS = frozenset({*_WHAT, *list_headings.MONEY})
ALIGNED = re.compile(f"(?<=^[\u3400-\u9fff])[ {BLANKS}]+(?=[\u3400-\u9fff]$)")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_ROUGH = re.compile("约|大概|左右|上下|将近|(?<=[0-9千万])[余多]")
_MORE = frozenset({"多", "余", "来块", "多块", "左右", "上下", "多元", "余元"})
_SERIAL = re.compile("[0-9]{1,4}[.．、)）]?")
# Words after a name that are no part of it: trades, crews, sexes.
_NO_NAME = re.compile(".*(?:工|班|组|队|员|长|师傅|司机|保安|厨师|保洁|后勤|做饭|门卫|男|女|汉族?|蒙古?族|回族|满族)")
def _labels(*roles: str) -> str:
    words = (word for role in roles for word in list_headings.HEADINGS[role])
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# 身份证:1101…, 工资9000, 姓名：张三; a label of a name needs its colon, so that 工人3 stays a name.
_NUMBERS = _labels("identity", "phone", "account", *list_headings.MONEY)
_LABEL = re.compile(f"(?:(?P<name>{_labels('name', 'payee')})[:：] *|(?P<number>{_NUMBERS})"
                    "(?:是|为)?(?:[:：] *|(?=[ '’‘0-9¥￥])))(?P<value>.+)", re.I)
_GLUED = re.compile(r"(?P<name>[^0-9:：¥￥]*[^0-9:：¥￥\s.．、(（-])\s*(?:[:：]\s*)?(?P<value>[¥￥]?\s*[0-9].*)")


@dataclass(frozen=True)
class Row:
    """One worker of a list; ``line`` counts from 1.

    ``identity`` is the resident number, ``account`` a bank card or account, ``payee`` who is paid instead, ``note`` the
    words left over, ``told`` what stands in place of a sum (无, -). ``same_as`` is the line of the same person before
    it, or None. ``errors`` stop the row, ``warnings`` do not.
    """

    line: int
    raw: str
    name: str = ""
    fen: int | None = None
    phone: str = ""
    identity: str = ""
    account: str = ""
    payee: str = ""
    note: str = ""
    told: str = ""
    is_about: bool = False  # the sum is not exact: 约6000
    same_as: int | None = None
    errors: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()

    @property
    def other_payee(self) -> str:
        """The payee where that is somebody else; ''."""
        return "" if fold(self.payee) == fold(self.name) else self.payee


def is_number(cell: str) -> bool:
    return bool(re.match(r"['’‘`]*[¥+-]?[0-9(.]", narrow(cell)))


def is_serial(cell: str) -> bool:
    return bool(_SERIAL.fullmatch(narrow(cell)))


def pieces(cells: list[str]) -> list[str]:
    """The cells of a line without headings: no serial number, the name in one cell, a number glued to it apart."""
    if len(cells) > 1 and is_serial(cells[0]) and not is_number(cells[1]):
        cells = cells[1:]
    cells = [re.sub("^[0-9]{1,4}(?:[.．、)）] *)(?=[^0-9])", "", cells[0]), *cells[1:]] if cells else cells
    for at in reversed(range(1, len(cells))):  # 3000 多
        if cells[at] in _MORE and is_number(cells[at - 1]):
            cells = [*cells[:at - 1], cells[at - 1] + cells[at], *cells[at + 1:]]
    return [piece for cell in _split_name(_join_name(cells)) if (piece := cell.strip())]


def _split_name(cells: list[str]) -> list[str]:
    """周九12000 and 钱大：9000元 as two cells; 工人3 with a sum elsewhere in the line is a name."""
    for at, cell in enumerate(cells):
        if is_number(cell) or _LABEL.fullmatch(cell):
            continue
        glued = _GLUED.fullmatch(cell) if len(cell) < NAME_LENGTH else None
        others = [*cells[:at], *cells[at + 1:]]
        if glued and (_is_long(glued["value"]) or (is_sum(glued["value"]) and not any(map(is_sum, others)))):
            return [*cells[:at], glued["name"], glued["value"], *cells[at + 1:]]
        return [*cells[:at], cell.rstrip(":："), *cells[at + 1:]]
    return cells


def _is_long(said: str) -> bool:
    return bool(re.fullmatch("[0-9]{11,21}X?", narrow(said).upper()))


def _join_name(cells: list[str]) -> list[str]:
    """张 三 written with a blank, 斯琴 高娃, and names of several words in other scripts, as one cell."""
    words = cells[:next((i for i, cell in enumerate(cells) if not _is_name_word(cell)), len(cells))]
    if len(words) == 2 and all(len(word) == 1 and _HAN.match(word) for word in words):
        return ["".join(words), *cells[2:]]
    count = next((i for i, word in enumerate(words) if i and _NO_NAME.fullmatch(word)), len(words))
    return [" ".join(words[:count]), *cells[count:]] if 1 < count < 5 else cells


def _is_name_word(cell: str) -> bool:
    return not (re.search("[0-9:：]", narrow(cell)) or list_headings.role_of(cell) in _LABELS
                or narrow(cell).lower() in NOTHING_SAID or _sum_in_words(cell))


@lru_cache(4096)
def _sum_in_words(cell: str) -> int | None:
    """两万, 三千五: a sum without figures; None for other words."""
    try:
        return parse_yuan(cell) if not re.search("[0-9]", narrow(cell)) else None
    except Unreadable:
        return None


# One cell -------------------------------------------------------------------------------------------------------

def place(row: Row, cell: str, role: str, today: date, is_wan: bool = False) -> Row:
    """``row`` with one more cell under a heading, or ('') where its label or content says; errors are noted on it."""
    bare = re.sub("^['’‘`]+", "", cell)
    if narrow(bare).lower() in NOTHING_SAID and role not in ("", *list_headings.MONEY):
        return row
    if not role and list_headings.role_of(bare) in _LABELS:
        return row  # a label that stands apart from its number or sum
    label = _LABEL.fullmatch(bare) if role in ("", "words") else None
    if label:
        role, bare = list_headings.role_of(label["name"] or label["number"]), re.sub("^['’‘`]+", "", label["value"])
    try:
        return _place(row, bare, role or _role_by_content(row, bare), today, is_wan)
    except Unreadable as why:
        return replace(row, errors=(*row.errors, why.text))


def _role_by_content(row: Row, cell: str) -> str:
    bare = re.sub(r"[\s'’-]", "", narrow(cell)).upper()
    if not is_number(cell):
        if re.match("(?:欠|共|约|大约|大概|近|将近)+[¥0-9]", bare):
            return "wage"
        if row.name and row.fen is None and (narrow(cell).lower() in NOTHING_SAID or _sum_in_words(cell) is not None):
            return "wage"
        return "words" if row.name else "name"
    if re.fullmatch(r"[0-9]{17}[0-9X]|[0-9]{15}|[0-9.]+E[+]?1[0-9]|[0-9]{15,18}\.0", bare):
        return "identity"
    if re.fullmatch("[0-9]{16,17}|[0-9]{19,21}", bare):
        return "account"
    is_phone = re.match(r"(?:\+?86)?1[3-9][0-9]{9}(?:\D|$)|0[0-9]{9,11}(?:\D|$)|\+|00[1-9]|1[3-9][0-9]{6,12}$", bare)
    return "phone" if is_phone else "wage"


def _place(row: Row, cell: str, role: str, today: date, is_wan: bool) -> Row:
    if role in list_headings.MONEY:
        return _place_sum(row, cell, is_wan)
    if role not in _WHAT:
        return replace(row, note=f"{row.note} {cell}".strip())
    if getattr(row, role):
        raise Unreadable(TWICE.fill(what=_WHAT[role]))
    if role == "identity":
        found = check_resident(cell, today)
        return replace(row, identity=found.number, warnings=(*row.warnings, *found.warnings))
    if role == "account":
        card = check_card(cell)
        return replace(row, account=card.number, warnings=(*row.warnings, *filter(None, (card.warning,))))
    if role == "phone":
        return replace(row, phone=check_phone(cell).whole)
    name = clean(ALIGNED.sub("", cell), NAME_LENGTH)
    loose_numbers.refuse(name)
    return replace(row, name=name) if role == "name" else replace(row, payee=name)


def _place_sum(row: Row, cell: str, is_wan: bool) -> Row:
    if row.fen is not None or row.told:
        raise Unreadable(TWO_SUMS)
    if narrow(cell).lower() in NOTHING_SAID:
        return replace(row, told=cell)
    bare = re.sub("^(?:欠|共|合计)", "", narrow(cell))
    if _ROUGH.search(bare):
        return replace(row, fen=read_amount(bare, is_wan).value, is_about=True, note=f"{row.note} {cell}".strip())
    return replace(row, fen=parse_yuan(f"{bare}万" if is_wan and re.fullmatch("[0-9.,]+", bare) else bare))
