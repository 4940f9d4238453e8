"""A list of workers pasted as lines: name, sum, telephone, identity number, in any of the usual separators.

Nothing is dropped in silence: each line comes back as a row, with its problems, or among the lines left out.
"""
from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from datetime import date

from mediation.rules.language import Text
from mediation.rules.money.amounts import parse_yuan, print_yuan
from mediation.rules.people.identity import check_card, check_phone, check_resident, complete_resident
from mediation.rules.text_cleaning import INVISIBLE, Unreadable, clean, fold, narrow

MOST_LINES = 2000
NAME_LENGTH = 100
LINE_LENGTH = 500

TOO_MANY = Text("一次最多粘贴{limit}行，现在是{count}行", "At most {limit} lines at once; there are {count}")
LONG_LINE = Text("这一行太长，请分成几行", "This line is too long; please part it")
NO_NAME = Text("这一行没有姓名", "There is no name in this line")
TWO_SUMS = Text("这一行有两个金额，请只留一个", "There are two sums in this line; please keep one")
TWICE = Text("这一行的{what}写了两次", "This line holds two of: {what}")
COMMA_TWICE = Text("这一行的逗号既分栏又分千位，请去掉千分位或用空格分栏",
                   "Commas part both cells and thousands; leave out the thousands or part the cells by blanks")
SAME_AS = Text("与第{line}行重复", "The same as line {line}")
TOTAL_DIFFERS = Text("合计行写的是{said}元，各行相加是{summed}元",
                     "The line of totals says {said} yuan, the lines sum to {summed}")
TOTAL_SHORT = Text("有{count}行没有读出金额，合计无法核对",
                   "Lines without a readable sum: {count}; the total cannot be compared")

HEADS = frozenset((
    "序号", "编号", "姓名", "名字", "工人姓名", "职工姓名", "劳动者", "金额", "工资", "欠薪", "欠款", "拖欠金额",
    "诉求金额", "应发", "电话", "手机", "手机号", "联系电话", "电话号码", "身份证", "身份证号", "身份证号码",
    "证件号", "证件号码", "银行卡", "银行卡号", "账号", "备注", "工种", "班组", "name", "amount", "phone", "id"))
_TOTAL = re.compile("(合 *计|总计|共计|小计|总额|total)(?:金额|人数)?(?![a-z\u4e00-\u9fff])", re.I)
_REMARK = re.compile("(?:注|备注|说明|制表人?|审核人?|(?:单位)?负责人|填表人|单位|项目|日期|时间)[:：]")
_BLANKS = "[ \t\u00a0\u3000]"
_THOUSANDS = re.compile("(?<![0-9.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_ALIGNED = re.compile(f"(?<=^[\u3400-\u9fff]){_BLANKS}+(?=[\u3400-\u9fff]$)")
_HAN_LETTER = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Row:
    """One worker as pasted; ``line`` counts from 1.

    ``identity`` is the resident number, ``account`` a bank card or account, ``note`` the words left over.
    ``same_as`` is the line of the same person before it, or None. ``errors`` stop the row, ``warnings`` do not.
    """

    line: int
    raw: str
    name: str = ""
    fen: int | None = None
    phone: str = ""
    identity: str = ""
    account: str = ""
    note: str = ""
    same_as: int | None = None
    errors: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Roster:
    """All rows of a paste, the lines left out (heads, totals, remarks), and whether the total agrees.

    ``total_fen`` sums the rows without errors, ``said_fen`` is what the line of totals says (or None), ``problem``
    the sentence when they differ.
    """

    rows: tuple[Row, ...]
    left_out: tuple[str, ...]
    total_fen: int
    said_fen: int | None
    problem: Text | None


def read_lines(text: str, today: date) -> list[Row]:
    """Only the rows of ``read_roster``."""
    return list(read_roster(text, today).rows)


def read_roster(text: str, today: date) -> Roster:
    """Read a pasted list; ``today`` bounds the dates of birth in identity numbers.

    Cells are known by their content, so their order is free; a leading serial number is passed over. Raises
    ``Unreadable`` for a paste of more than ``MOST_LINES`` lines.
    """
    lines = [(number, line) for number, line in enumerate(re.split("\r\n?|\n", text), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise Unreadable(TOO_MANY.fill(limit=MOST_LINES, count=len(lines)))
    rows: list[Row] = []
    left_out: list[str] = []
    said_fen: int | None = None
    for number, line in lines:
        kind = _kind(line)
        if kind == "row":
            rows.append(_read_row(number, line, today))
            continue
        left_out.append(line)
        if kind == "total":
            said_fen = _total_of(line)
    rows = _mark_twins(rows)
    total_fen = sum(row.fen or 0 for row in rows if not row.errors)
    return Roster(tuple(rows), tuple(left_out), total_fen, said_fen, _compare(rows, total_fen, said_fen))


def _kind(line: str) -> str:
    """'head', 'total', 'part' (a subtotal), 'remark' or 'row'."""
    bare = re.sub(f"^[0-9]{{0,4}}(?:{_BLANKS}|[,，、])*", "", INVISIBLE.sub("", line).strip())
    total = _TOTAL.match(bare)
    if total:
        return "part" if total[1] == "小计" else "total"
    if _REMARK.match(bare):
        return "remark"
    cells = [re.sub(r"[(（].*", "", cell).lower() for cell in re.split(f"(?:{_BLANKS}|[,，、|;；])+", bare) if cell]
    return "head" if sum(cell in HEADS for cell in cells) * 2 > len(cells) else "row"


def _total_of(line: str) -> int | None:
    """The one sum of a line of totals; None when it holds none, or several that differ."""
    sums = set()
    for cell in _cells(re.sub("[(（][^)）]*[)）]|[0-9]+ *[人名]|[^0-9.,，万千元\t ]", " ", line)):
        try:
            sums.add(parse_yuan(cell))
        except Unreadable:
            continue
    return max(sums) if sums else None


def _compare(rows: list[Row], total_fen: int, said_fen: int | None) -> Text | None:
    if said_fen is None or said_fen == total_fen:
        return None
    unread = sum(1 for row in rows if row.fen is None or row.errors)
    if unread:
        return TOTAL_SHORT.fill(count=unread)
    return TOTAL_DIFFERS.fill(said=print_yuan(said_fen), summed=print_yuan(total_fen))


def _read_row(number: int, raw: str, today: date) -> Row:
    row = Row(number, raw)
    try:
        if len(raw) > LINE_LENGTH:
            raise Unreadable(LONG_LINE)
        cells = _cells(clean(raw, LINE_LENGTH, lines=True).replace("\n", " "))  # a page break is a blank
    except Unreadable as why:
        return replace(row, errors=(why.text,))
    if len(cells) > 1 and re.fullmatch("[0-9]{1,4}[.．、]?", cells[0]) and not _is_number(cells[1]):
        cells = cells[1:]
    for cell in _join_name(cells):
        try:
            row = _place(row, cell, today)
        except Unreadable as why:
            row = replace(row, errors=(*row.errors, why.text))
    return row if row.name else replace(row, errors=(*row.errors, NO_NAME))


def _cells(line: str) -> list[str]:
    """Cells by tabs if there are any, by quotes as in CSV, else by commas, 、 and blanks."""
    if "\t" in line:
        cells = line.split("\t")
    elif '"' in line:
        cells = next(csv.reader([line]))
    else:
        line = narrow(line)
        if re.search("[^0-9],|,[^0-9]", line) and _THOUSANDS.search(line):
            raise Unreadable(COMMA_TWICE)
        line = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), line)
        cells = re.split(f"(?:{_BLANKS}|[,、;；|])+", line)
    return [cell.strip(" \t\u00a0\u3000") for cell in cells if cell.strip()]


def _join_name(cells: list[str]) -> list[str]:
    """张 三 written with a blank, and names of several words in other scripts, as one cell."""
    words = cells[:next((i for i, cell in enumerate(cells) if _is_number(cell)), len(cells))]
    if len(words) == 2 and all(len(word) == 1 and _HAN_LETTER.match(word) for word in words):
        return ["".join(words), *cells[2:]]
    count = next((i for i, word in enumerate(words) if _HAN_LETTER.search(word)), len(words))
    return [" ".join(words[:count]), *cells[count:]] if count > 1 else cells


def _is_number(cell: str) -> bool:
    return bool(re.match(r"[¥+-]?[0-9(.]", narrow(cell)))


def _place(row: Row, cell: str, today: date) -> Row:
    """``row`` with one more cell in its place, told by its content."""
    bare = re.sub(r"[\s'’-]", "", narrow(cell)).upper()
    if not _is_number(cell):
        return _place_words(row, cell)
    if re.fullmatch("[0-9]{17}[0-9X]|[0-9]{15}|[0-9.]+E[+]?1[0-9]", bare) or re.fullmatch(r"[0-9]{15,18}\.0", bare):
        _refuse_second(row.identity, Text("证件号", "identity number"))
        found = check_resident(cell, today)
        return replace(row, identity=found.number, warnings=(*row.warnings, *found.warnings))
    if re.fullmatch("[0-9]{16,17}|[0-9]{19,21}", bare):
        _refuse_second(row.account, Text("银行账号", "bank account"))
        card = check_card(cell)
        return replace(row, account=card.number, warnings=(*row.warnings, *((card.warning,) if card.warning else ())))
    if re.match(r"(?:\+?86)?1[3-9][0-9]{9}(?:\D|$)|0[0-9]{9,11}(?:\D|$)|\+|00[1-9]|1[3-9][0-9]{6,12}$", bare):
        _refuse_second(row.phone, Text("电话", "telephone number"))
        return replace(row, phone=check_phone(cell).whole)
    if row.fen is not None:
        raise Unreadable(TWO_SUMS)
    return replace(row, fen=parse_yuan(cell))


def _place_words(row: Row, cell: str) -> Row:
    if not row.name:
        return replace(row, name=clean(_ALIGNED.sub("", cell), NAME_LENGTH))
    return replace(row, note=f"{row.note} {cell}".strip())


def _refuse_second(value: str, what: Text) -> None:
    if value:
        raise Unreadable(TWICE.fill(what=what))


def _mark_twins(rows: list[Row]) -> list[Row]:
    """Rows with the identity number of an earlier row, or its name where nothing tells the two apart."""
    marked: list[Row] = []
    seen: dict[str, Row] = {}
    for row in rows:
        number = _whole(row.identity)
        twin = seen.get(number) if number else None
        namesake = seen.get(fold(row.name)) if row.name else None
        if twin is None and namesake is not None and not _differ(row, namesake):
            twin = namesake
        if twin is not None:
            row = replace(row, same_as=twin.line, warnings=(*row.warnings, SAME_AS.fill(line=twin.line)))
        for mark in filter(None, (number, fold(row.name))):
            seen.setdefault(mark, row)
        marked.append(row)
    return marked


def _whole(identity: str) -> str:
    return complete_resident(identity) if len(identity) == 15 else identity


def _differ(row: Row, other: Row) -> bool:
    """Two people of one name: both have an identity number, or both a telephone, and these differ."""
    if row.identity and other.identity:
        return _whole(row.identity) != _whole(other.identity)
    return bool(row.phone and other.phone and row.phone != other.phone)
