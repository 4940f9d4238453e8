"""The lines of a workers' list: cut into cells, and told apart from headings, titles, totals and signatures."""
from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.money import currencies
from mediation.rules.money.amounts import parse_yuan
from mediation.rules.people.list_headings import is_heading
from mediation.rules.text_cleaning import BLANKS, Unreadable, clean, narrow

LINE_LENGTH = 500
MOST_CELLS = 80
LONG_LINE = Text("这一行太长，请分成几行", "This line is too long; please part it")
COMMA_TWICE = Text("这一行的逗号既分栏又分千位，请去掉千分位或用空格分栏",
                   "Commas part both cells and thousands; leave out the thousands or part the cells by blanks")
OTHER_UNIT = Text("第{line}行写的是另一种货币，这里的金额都是{unit}：请换算后再用",
                  "Line {line} is in another currency, sums are in {unit} here: convert it first")

# Lines that are no people, by what they are.
KINDS = vocabulary(
    Word("head", "表头", "headings"),
    Word("title", "标题", "title"),
    Word("group", "单位、部门、班组", "unit, department, crew"),
    Word("capital", "大写金额", "sum in capitals"),
    Word("total", "合计", "total"),
    Word("part", "小计", "subtotal"),
    Word("sign", "签字、制表", "signatures"),
    Word("remark", "说明", "remark"),
    Word("empty", "没有姓名和数字", "nothing in it"),
)
_TOTAL = re.compile("(合计|总计|共计|小计|总额|累计|total)(?:金额|人数|工资)?(?![a-z\u4e00-\u9fff])", re.I)
_CAPITAL = re.compile("(?:(?:合计|总计|金额|总金额|工资|人民币)*[(]?大写[)]?|人民币[(]?大写[)]?)[:]?")
_CAPITAL_SUM = re.compile("(?:人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万萬亿]{2,}[元圆].*")
_SIGN = re.compile("[\u4e00-\u9fff()]{0,8}(?:签字|签名|签章|盖章|签收|指印|制表|制单|审核|复核|审批|填表|经办|负责|经理|厂长|科长|财务|会计|"
                   "出纳|主管|领导)[人员]?[)]?[:]")
_GROUP = re.compile("(?:单位|单位名称|施工单位|用人单位|分包单位|项目|项目名称|工程名称|工地|部门|分厂|科室|车间|班组|队伍|结算单元|地址|公司)"
                    "(?:[(][^)]*[)])?[:]")
_REMARK = re.compile("(?:注|备注|附注|说明|日期|时间|年月|月份|单位[:]元|第[0-9]+页|共[0-9]+(?:页|人)|以下空白|续表)(?:[:]|$|.*页$)")
_TITLE = re.compile(".{0,60}(?:名单|名册|花名册|工资表|工资单|明细|明细表|清单|登记表|汇总表|统计表|情况表|发放表|支付表|考勤表|一览表|台账|公示)"
                    "(?:[(].*[)])?[:]?")
_GROUP_END = re.compile(".*(?:公司|工厂|项目部|工地|车间|班组|施工队|作业队|工段|[0-9一二三四五六七八九十]+[队组班]|工班)")
# What a cell says its sums are in: 工资（元）, 单位：万元. A sum with its unit is one by itself: 3000元, 合计：3000元.
_NAME = f"[百千万]?(?:{currencies.ANY_NAME})"
_UNIT = re.compile(rf"[(\[](?:单位[:]?)? *{_NAME}[)\]]|单位[:] *{_NAME}(?![\u4e00-\u9fff])", re.I)
_BEFORE_SUM = re.compile("(?:人民币|合计|总计|共计|小计|总额|累计|大写|共?欠|[:( ])*")
_THOUSANDS = re.compile("(?<![0-9.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


class Line(NamedTuple):
    """A line as it came with its cells; ``line`` counts from 1. ``is_table``: the cells stand in columns.

    ``fault`` says why it could not be cut into cells.
    """

    line: int
    raw: str
    cells: tuple[str, ...]
    is_table: bool = False
    fault: Text | None = None


def cut_text(text: str) -> Iterator[Line]:
    """The lines of a paste that hold anything."""
    for number, raw in enumerate(re.split("\r\n?|\n", text), 1):
        if raw.strip():
            yield _cut(number, raw)


def refuse_other_currency(lines: Iterable[Line]) -> None:
    """Raise ``Unreadable`` with the first line that says its sums are in another currency than the one at hand."""
    for line in lines:
        if any(_is_other(cell) for cell in line.cells):
            raise Unreadable(OTHER_UNIT.fill(line=line.line, unit=currencies.unit()))


def _is_other(cell: str) -> bool:
    said = narrow(cell)
    if not currencies.names_other(said):
        return False
    if any(map(currencies.names_other, _UNIT.findall(said))):
        return True
    bare = _BEFORE_SUM.sub("", said, count=1).rstrip(")")
    return is_sum(bare) or is_sum(currencies.bare_of_names(bare))


def from_cells(number: int, cells: Sequence[str]) -> Line:
    """A row of a file as a line."""
    return _cut(number, "\t".join(re.sub(r"\s+", " ", cell) for cell in cells) + "\t")


def _cut(number: int, raw: str) -> Line:
    """By tabs if there are any, by quotes as in CSV, else by commas, 、 and blanks."""
    try:
        if len(raw) > LINE_LENGTH or len(re.split(f"[\t ,，、;；|{BLANKS}]+", raw)) > MOST_CELLS:
            raise Unreadable(LONG_LINE)
        if "\t" in raw:
            return Line(number, raw, tuple(_own(clean(cell, LINE_LENGTH)) for cell in raw.split("\t")), True)
        said = clean(raw, LINE_LENGTH)
        if '"' in said:
            return Line(number, raw, tuple(_own(cell.strip()) for cell in next(csv.reader([said]))), True)
        return Line(number, raw, tuple(map(_own, _plain_cells(narrow(said)))))
    except Unreadable as why:
        return Line(number, raw, (), fault=why.text)


def _own(cell: str) -> str:
    """A sum without the name of the currency at hand, where that is not the yuan."""
    bare = cell if currencies.at_hand() == currencies.YUAN else currencies.without_own(cell).strip()
    return bare if bare != cell and is_sum(bare) else cell


def _plain_cells(said: str) -> list[str]:
    if re.search("[^0-9],|,[^0-9]", said) and _THOUSANDS.search(said):
        raise Unreadable(COMMA_TWICE)
    said = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), said)
    return [cell for cell in re.split(f"[ {BLANKS},、;；|]+", said) if cell]


def kind_of(line: Line, is_before_people: bool) -> str:
    """What the line is when it is no person, a code of ``KINDS``; '' for a person, or what cannot be read."""
    if line.fault:
        return ""
    said = [cell for cell in line.cells if cell]
    whole = re.sub(r"\s", "", narrow("".join(said))).lower()
    bare = re.sub("^[0-9]{0,4}[.、,)]?(?=[^0-9]|$)", "", whole)
    if not re.sub("[-_=*.·]", "", bare) and (line.is_table or len(whole) < 4):
        return "empty"
    if _CAPITAL.match(bare) or _CAPITAL_SUM.fullmatch(bare):
        return "capital"
    total = _TOTAL.match(bare)
    if total:
        return "part" if total[1] in ("小计", "累计") else "total"
    if is_heading(said):
        return "head"
    return _kind_of_words(bare, said, is_before_people)


def _kind_of_words(bare: str, said: Sequence[str], is_before_people: bool) -> str:
    has_sum = any(map(is_sum, said))
    for kind, pattern in (("remark", _REMARK), ("group", _GROUP), ("sign", _SIGN)):
        if pattern.match(bare):
            return kind
    if _TITLE.fullmatch(bare) and not has_sum and (len(said) == 1 or is_before_people):
        return "title"
    return "group" if len(said) == 1 and _GROUP_END.fullmatch(bare) else ""


@lru_cache(4096)
def is_sum(cell: str) -> bool:
    """Whether a cell is a sum of money, and not a telephone or a longer number."""
    try:
        return not re.match("0[0-9]|[0-9]{10}", narrow(cell)) and parse_yuan(cell) >= 0
    except Unreadable:
        return False


def fen_at(line: Line, place: int, is_wan: bool = False) -> int | None:
    """The number in a cell, in hundredths; None where there is none. ``is_wan``: figures alone count ten thousands."""
    cell = line.cells[place] if 0 <= place < len(line.cells) else ""
    if not is_sum(cell):
        return None
    return parse_yuan(f"{cell}万" if is_wan and re.fullmatch("[0-9.,]+", narrow(cell)) else cell)


def sum_in(line: Line, place: int | None, is_wan: bool) -> int | None:
    """The sum of a line of totals, in fen: the cell under the heading, else its one sum; None where none is certain."""
    if place is not None and line.is_table and (fen := fen_at(line, place, is_wan)) is not None:
        return fen
    sums = set()
    for cell in line.cells:
        words = re.sub("[(][^)]*[)]|[0-9]+[人名]|合计|总计|共计|总额|金额|人数|大写|人民币|工资|[:]|total", " ",
                       re.sub("(?<=[合总共])[ \u3000]+(?=计)", "", narrow(cell)), flags=re.I)
        sums |= {parse_yuan(word) for word in words.split() if is_sum(word) and not re.fullmatch("[0-9]{1,3}", word)}
    return sums.pop() if len(sums) == 1 else None
