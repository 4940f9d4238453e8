"""The headings of workers' lists: which column is whose, told by the words above it.

Source of the words: headings of wage sheets, payment lists, petition registers and clue lists as offices send them.
A heading may take up to three rows, with a common heading (基本工资) over several columns.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mediation.rules.text_cleaning import narrow

# What a column holds, by its heading. The first four kinds of money, in this order, say what may be owed.
HEADINGS: dict[str, tuple[str, ...]] = {
    "owed": ("欠薪", "欠款", "欠资", "拖欠", "拖欠金额", "拖欠工资", "拖欠工资金额", "欠薪金额", "欠薪数额", "欠付工资", "欠付金额",
             "所欠工资", "未付工资", "未付金额", "未付", "未发工资", "剩余工资", "剩余未付", "剩余", "余额", "尚欠", "尚欠工资",
             "实欠工资", "应付未付", "尾款", "欠发", "欠发工资", "欠发金额", "欠发合计", "欠薪合计", "欠付合计", "未付合计",
             "拖欠合计", "欠薪总额", "欠款合计",
             "欠", "共欠", "下欠", "尚欠金额", "欠付", "应补", "应补工资", "待付", "待付金额", "诉求金额", "请求金额", "申请金额", "涉及金额", "owed"),
    "net": ("实发工资", "实发", "实发金额", "实领金额", "实付工资", "应付金额", "应付工资", "协议金额", "调解金额", "分配金额",
            "分得金额", "应得金额"),
    "wage": ("总工资", "工资总额", "工资", "金额", "工资金额", "应发", "应发工资", "应发金额", "合计应发", "应发合计", "合计", "总计",
             "总额", "合计金额", "总金额", "工资合计", "劳务费", "应得工资", "税前工资", "amount"),
    "advance": ("已领", "已领生活费", "已领工资", "已领金额", "生活费", "预支", "预借", "借支", "借款", "支款", "已付", "已付工资",
                "已付金额", "已发", "已发工资", "已支付", "已支", "已借", "预领", "支取", "已预支", "支款合计", "已领合计"),
    "days": ("工日", "天数", "出勤", "出勤天数", "出勤工日", "工作天数", "上班天数", "考勤天数", "出工天数", "工数", "总工日"),
    "rate": ("单价", "日工资", "日工资标准", "工日单价", "日工价", "工价", "日薪"),
    "serial": ("序号", "编号", "序", "号", "no", "no."),
    "name": ("姓名", "名字", "工人姓名", "职工姓名", "员工姓名", "劳动者", "劳动者姓名", "农民工姓名", "工人", "申请人", "申请人姓名",
             "投诉人", "投诉人姓名", "信访人姓名", "反映人姓名", "来访人", "来访人姓名", "name"),
    "payee": ("实领人", "收款人", "收款人姓名", "领款人", "代领人", "户名", "开户名"),
    "identity": ("身份证", "身份证号", "身份证号码", "公民身份号码", "居民身份证号", "居民身份证号码", "证件号", "证件号码",
                 "反映人身份证号", "身份证件号码", "id"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "联系方式", "本人电话", "反映人电话", "来电号码", "phone"),
    "account": ("银行卡", "银行卡号", "卡号", "账号", "帐号", "银行账号", "银行帐号", "工资卡号", "工资卡", "收款账号", "开户账号"),
    "words": ("备注", "说明", "工种", "班组", "岗位", "岗位职务", "职务", "部门", "车间", "工作地点", "工号", "进场日期", "退场日期",
              "欠薪发生时间", "欠薪时间", "欠薪基本情况摘要", "诉求内容"),
    "left": ("性别", "年龄", "民族", "开户行", "开户银行", "签名", "签字", "手印", "领款人签字", "领款签字", "本人签字", "财务审核", "月工资", "工资标准",
             "住址", "地址", "家庭住址", "联系地址", "籍贯", "基本工资", "工龄工资", "顶班", "津贴", "补贴", "罚款", "扣款", "个人所得税",
             "奖金", "加班费", "加班工资", "社保", "班组长姓名", "小计", "工龄", "人数", "欠薪人数",
             "涉及人数"),
}
NO_MONEY = frozenset({"年龄", "工龄", "人数", "欠薪人数", "涉及人数"})  # of those left out, the ones that are never a sum
MONEY = ("owed", "net", "wage")
_ROLES = {word: role for role, words in HEADINGS.items() for word in words}
_MONTH = re.compile("(?:(?:20)?[0-9]{2}年)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月份?(?:工资|金额|欠薪)?")
_MONTH_IN_FIGURES = re.compile("20[0-9]{2}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]0?1)?")  # as a spreadsheet shows a month
MOST_HEADING_ROWS = 3
_NO_PARENTS = frozenset({"serial", "name", "payee", "identity", "phone", "account", "words"})


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, its heading, what it holds ('' unknown), and the common heading above it."""

    place: int
    label: str
    role: str
    parent: str = ""
    is_wan: bool = False  # headed 万元


def plain(cell: str) -> str:
    """A heading without blanks, unit in brackets, stars and colon."""
    said = re.sub(r"\s|\*", "", narrow(cell)).lower()
    return re.sub(r"[(（\[][^)）\]]*[)）\]]", "", said).strip(":：") or said


def role_of(cell: str) -> str:
    """What a column with this heading holds; '' where the words are not known."""
    said = plain(cell)
    return _ROLES.get(said) or ("month" if _MONTH.fullmatch(said) or _MONTH_IN_FIGURES.fullmatch(said) else "")


def is_heading(cells: Sequence[str]) -> bool:
    """A row of which more than half of the cells are headings, or which has 姓名 among words without any number.

    Months in figures (2025-03) are headings among others, or where the row has nothing else: 2025.5 may be a sum.
    """
    said = [cell for cell in cells if cell.strip()]
    known = [role for cell in said if (role := role_of(cell))]
    figures = sum(bool(_MONTH_IN_FIGURES.fullmatch(plain(cell))) for cell in said)
    if not known or set(known) == {"words"} or (figures == len(known) < len(said)) or len(said) == figures == 1:
        return False
    has_figures = any(re.search("[0-9]", narrow(cell)) and not role_of(cell) for cell in said)
    return len(known) * 2 > len(said) or ("name" in known and len(known) > 1 and not has_figures)


def read_headings(rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """The columns under one to three rows of headings; an empty cell right of a common heading belongs to it."""
    width = max(map(len, rows))
    spread = [_spread(row, width, row is rows[-1], rows[at - 1] if at else ()) for at, row in enumerate(rows)]
    columns = []
    for place in range(width):
        told = list(dict.fromkeys(row[place] for row in spread if row[place]))
        label = told[-1] if told else ""
        has_own = bool(place < len(rows[-1]) and rows[-1][place].strip()) or len(rows) == 1
        parent = told[-2] if len(told) > 1 and has_own and role_of(told[-2]) not in _NO_PARENTS else ""
        columns.append(Column(place, plain(label), role_of(label), plain(parent) if parent else "", "万元" in label))
    return tuple(columns)


def _spread(row: Sequence[str], width: int, is_last: bool, over: Sequence[str]) -> list[str]:
    """The cells with those of merged ones filled in from the left, as far as the heading ``over`` them reaches; the
    last row is not merged."""
    filled, above = [], ""
    for place in range(width):
        cell = row[place].strip() if place < len(row) else ""
        above = cell or ("" if place < len(over) and over[place].strip() else above)
        filled.append(cell if is_last else above)
    return filled


def sum_columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns that may hold what is owed: sums of money that are no part of another one."""
    return tuple(column for column in columns if column.role in MONEY and not column.parent)


def clear_sum(columns: Sequence[Column]) -> Column | None:
    """The column that says what is owed; None where the headings leave that open.

    A column of what is owed goes before wages; wages alone are no answer where something was already paid.
    """
    money = sum_columns(columns)
    owed = [column for column in money if column.role == "owed"]
    if owed:
        return owed[0] if len(owed) == 1 else None
    has_advance = any(column.role == "advance" for column in columns)
    return money[0] if len(money) == 1 and not has_advance else None
