"""A bank's list of payments, pasted or read from a file: a 代发 list, a statement, a sheet of transfers. Pure.

Every line comes back: a payment that went out, with day, payee, account, sum and reference; one that failed or came
back; one that the bank has not carried out; money that came in; or a line that is no payment, with what it is.
Source of the headings: lists and statements as banks and pay offices hand them out.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mediation.rules import reading
from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people import list_cells
from mediation.rules.people.list_headings import plain
from mediation.rules.people.list_lines import (
    KINDS,
    Line,
    cut_text,
    from_cells,
    is_sum,
    kind_of,
    refuse_other_currency,
    sum_in,
)
from mediation.rules.people.worker_list import MOST_LINES, TOO_MANY, Left
from mediation.rules.text_cleaning import Unreadable, clean, fold, narrow

HEADINGS: dict[str, tuple[str, ...]] = {
    "payee": ("收款人", "收款人姓名", "收款人名称", "收款人户名", "收款户名", "收款方", "收款方名称", "收款方户名", "收款方姓名", "收款账户名称",
              "收款账户名", "收款单位", "对方户名", "对方名称", "对方姓名", "对方账户名称", "对方账户名", "对方单位", "对方", "交易对方",
              "交易对手", "对手户名", "户名", "账户名称", "账户名", "开户名", "客户姓名", "客户名称", "入账户名", "转入户名", "实领人",
              "领款人", "payee", "beneficiary"),
    "worker": ("姓名", "员工姓名", "职工姓名", "工人姓名", "农民工姓名", "劳动者", "名字", "name"),
    "account": ("收款账号", "收款帐号", "收款账户", "收款人账号", "收款人帐号", "收款人账户", "收款方账号", "收款卡号", "收款人卡号", "对方账号",
                "对方帐号", "对方账户", "对方卡号", "对手账号", "账号", "帐号", "卡号", "银行卡号", "银行账号", "工资卡号", "工资卡",
                "客户账号", "入账账号", "转入账号", "转入卡号", "account"),
    "sum": ("金额", "交易金额", "发放金额", "代发金额", "实发金额", "实发工资", "实发", "工资", "工资金额", "转账金额", "付款金额", "支付金额",
            "支出", "支出金额", "借方", "借方金额", "借方发生额", "付出金额", "转出金额", "发生额", "成功金额", "到账金额", "amount", "debit"),
    "in": ("收入", "收入金额", "贷方", "贷方金额", "贷方发生额", "存入", "存入金额", "转入金额", "credit"),
    "day": ("日期", "时间", "交易日期", "交易时间", "记账日期", "记账时间", "入账日期", "入账时间", "付款日期", "付款时间", "转账日期", "转账时间",
            "处理日期", "处理时间", "发放日期", "发放时间", "到账日期", "到账时间", "代发日期", "完成时间", "date"),
    "reference": ("流水号", "交易流水号", "流水", "交易流水", "银行流水号", "业务流水号", "回单号", "回单编号", "电子回单号", "凭证号", "凭证号码",
                  "凭证编号", "交易编号", "业务编号", "订单号", "明细号", "reference"),
    "state": ("状态", "交易状态", "处理状态", "处理结果", "交易结果", "结果", "发放状态", "发放结果", "代发状态", "代发结果", "转账状态", "转账结果",
              "支付状态", "付款状态", "入账状态", "到账状态", "status"),
    "side": ("借贷", "借贷标志", "借贷方向", "借/贷", "收支", "收/支", "收支类型", "收付标志", "方向", "交易方向"),
    "words": ("备注", "摘要", "附言", "用途", "说明", "失败原因", "退票原因", "退汇原因", "错误信息", "错误原因", "返回信息", "原因", "交易类型",
              "交易摘要", "交易说明", "remark"),
    "left": ("序号", "编号", "余额", "账户余额", "本次余额", "开户行", "开户银行", "收款行", "收款银行", "对方开户行", "对方行名", "币种", "付款账号",
             "付款户名", "付款人", "付款方", "手续费", "身份证号", "证件号码", "手机号", "电话", "渠道", "网点", "no", "no."),
}
_ROLES = {word: role for role, words in HEADINGS.items() for word in words}
# Where several columns are sums: which one was paid.
_PAID_FIRST = ("成功金额", "到账金额", "实发金额", "实发工资", "实发", "代发金额", "发放金额", "转账金额", "付款金额", "支付金额", "交易金额")

FAILED = re.compile("失败|退票|退汇|退回|退款|已退|未成功|不成功|拒绝|冲正|抹账|作废|撤销|不符|无效|不存在|销户|冻结|"
                    "fail|return|reject|revers", re.I)
PENDING = re.compile("处理中|待|未处理|未发|未付|受理|排队|审核|已提交|在途|process|pending", re.I)
_WORDS_FAILED = re.compile("失败|退票|退汇|退回|冲正|抹账|户名不符|账号不符|账户不存在")
_IN = re.compile("[贷收入进c]|收入|credit|in", re.I)
_TOLD_DAY = re.compile("(?:付款|交易|发放|代发|转账|记账|到账|处理|制单)?(?:日期|时间)[:：]?(?P<day>.+)")
_ACCOUNT = re.compile(r"[0-9]{0,12}[*xX]{2,}[0-9]{2,8}|(?:尾号|末四位)[:：]?[0-9]{2,8}|[0-9]{8,32}")
_DAY = re.compile("(?:19|20)[0-9]{2}(?:[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[01][0-9][0-3][0-9])(?:[ T].*|[0-9]{6})?")

# What became of a line at the bank.
FATES = vocabulary(
    Word("paid", "已付", "paid"), Word("failed", "失败、退票", "failed or sent back"),
    Word("pending", "银行还没付", "not carried out yet"), Word("in", "进账，不是付出去的", "came in, not paid out"),
    Word("unread", "看不懂", "cannot be read"),
)
NO_PAYMENTS = Text("清单里没有读出一笔付款：要有姓名和金额，最好带表头",
                   "No payment can be read: a name and a sum are needed, best with headings")
NO_NAME = Text("这一行没有收款人", "There is no payee in this line")
NO_SUM = Text("这一行没有读出金额", "There is no readable sum in this line")
NO_DAY = Text("日期看不懂：{told}", "The day cannot be read: {told}")
TOTAL_DIFFERS = Text("合计行写的是{said}元，各笔相加是{summed}元", "The line of totals says {said} yuan, the lines sum to {summed}")


@dataclass(frozen=True)
class Transfer:
    """One line of a bank's list. ``payee`` is whose account it went to, ``worker`` for whom where the list says so.

    ``account`` is a number, or what the bank shows of it (6217****1234); ``fate`` a code of ``FATES``.
    """

    line: int
    raw: str
    payee: str = ""
    worker: str = ""
    account: str = ""
    fen: int = 0
    day: date | None = None
    reference: str = ""
    words: str = ""
    fate: str = "paid"
    fault: Text | None = None


@dataclass(frozen=True)
class BankList:
    """All lines of a list. ``day`` is told above the table; ``problem`` says that the total differs."""

    lines: tuple[Transfer, ...]
    left_out: tuple[Left, ...]
    day: date | None
    problem: Text | None

    @property
    def paid_fen(self) -> int:
        return sum(line.fen for line in self.lines if line.fate == "paid")


def read_list(text: str, today: date) -> BankList:
    """Read a pasted list, or the rows of a file as lines with tabs; ``today`` is the day from which days count.

    Columns are known by their headings, without headings cells by their content. Raises ``Unreadable`` for more than
    ``MOST_LINES`` lines, for a list without a single payment, and for one in another currency than the one at hand.
    """
    return _read(list(cut_text(text)), today)


def read_rows(rows: Iterable[Sequence[str]], today: date) -> BankList:
    """The same of a file's rows of cells."""
    return _read([from_cells(number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row))], today)


def _read(lines: list[Line], today: date) -> BankList:
    if len(lines) > MOST_LINES:
        raise Unreadable(TOO_MANY.fill(limit=MOST_LINES, count=len(lines)))
    refuse_other_currency(lines)
    found: list[Transfer] = []
    left_out: list[Left] = []
    totals: list[Line] = []
    places: dict[str, int] = {}
    day: date | None = None
    first = next((at for at, line in enumerate(lines) if _headings(line)), 0)
    for at, line in enumerate(lines):
        kind = "head" if (heads := _headings(line)) else kind_of(line, not found) or ("remark" if at < first else "")
        if kind:
            left_out.append(Left(line.line, line.raw, KINDS[kind]))
            places = heads or places
            totals += [line] if kind in ("total", "capital") else []
            day = day or _told_day(line, today)
        else:
            found.append(_read_columns(line, places, today) if _fits(line, places) else _read_cells(line, today))
    found = _send_back(_without_signs(found))
    if not any(line.fate != "unread" for line in found):
        raise Unreadable(NO_PAYMENTS)
    return BankList(tuple(found), tuple(left_out), day, _compare(found, totals, places.get("sum")))


def role_of(cell: str) -> str:
    """What a column with this heading holds; '' where the words are not known."""
    return _ROLES.get(plain(cell), "")


def _headings(line: Line) -> dict[str, int]:
    """The places of the columns, of a row that names payee and sum; {} for any other row."""
    said = [(place, cell, role_of(cell)) for place, cell in enumerate(line.cells) if cell]
    roles = {role for _place, _cell, role in said}
    if not roles & {"payee", "worker"} or not roles & {"sum", "in"}:
        return {}
    places: dict[str, int] = {}
    for place, cell, role in sorted(said, key=lambda one: _PAID_FIRST.index(plain(one[1]))
                                    if plain(one[1]) in _PAID_FIRST else len(_PAID_FIRST)):
        if role:
            places.setdefault(role, place)
    return places


def _fits(line: Line, places: dict[str, int]) -> bool:
    return bool(places) and not line.fault and (line.is_table or len(line.cells) > max(places.values()))


def _told_day(line: Line, today: date) -> date | None:
    """The day that a line above the table tells: 付款日期：2026-11-20."""
    for cell in (*line.cells, "".join(line.cells)):
        found = _TOLD_DAY.fullmatch(re.sub(r"\s", "", narrow(cell)))
        if found and _DAY.fullmatch(found["day"]):
            return _day_of(found["day"], today)
    return None


def _day_of(cell: str, today: date) -> date | None:
    said = narrow(cell)
    try:
        return reading.read_date(said[:8] if re.fullmatch("[0-9]{14}", said) else said, today).value
    except Unreadable:
        return None


# One line -------------------------------------------------------------------------------------------------------

def _read_columns(line: Line, places: dict[str, int], today: date) -> Transfer:
    def cell(role: str) -> str:
        place = places.get(role, -1)
        return line.cells[place] if 0 <= place < len(line.cells) else ""

    row = Transfer(line.line, line.raw, payee=_name(cell("payee")), worker=_name(cell("worker")),
                   account=_account(cell("account")), reference=cell("reference"), words=cell("words"))
    row = replace(row, payee=row.payee or row.worker, worker=row.worker if row.payee else "")
    told = cell("day")
    row = replace(row, day=_day_of(told, today) if told else None)
    if told and row.day is None:
        return replace(row, fate="unread", fault=NO_DAY.fill(told=told[:40]))
    is_in = bool(_IN.fullmatch(re.sub("[(（].*", "", narrow(cell("side"))).lower()))
    fen = _fen(cell("sum"))
    if not fen and _fen(cell("in")):
        is_in, fen = True, _fen(cell("in"))
    return _judge(row, fen, cell("state"), is_in)


def _read_cells(line: Line, today: date) -> Transfer:
    """A line without headings: each cell by its content, the first of each kind."""
    row, fen = Transfer(line.line, line.raw), None
    if line.fault:
        return replace(row, fate="unread", fault=line.fault)
    said = [cell for cell in line.cells if cell]
    state = " ".join(cell for cell in said if _is_state(cell))
    for cell in list_cells.pieces([cell for cell in said if not _is_state(cell)]):
        bare = re.sub(r"^['’‘`]+|[\s-]+(?=[0-9])", "", narrow(cell))
        if _DAY.fullmatch(narrow(cell)) and row.day is None:
            row = replace(row, day=_day_of(cell, today))
        elif _ACCOUNT.fullmatch(bare):
            row = row if row.account or _is_no_account(bare) else replace(row, account=_account(bare))
        elif is_sum(cell) and list_cells.is_number(cell):
            fen = _fen(cell) if fen is None else fen
        elif not row.payee:
            row = replace(row, payee=_name(cell))
        else:
            row = replace(row, words=f"{row.words} {cell}".strip())
    return _judge(row, fen, state, False)


def _is_state(cell: str) -> bool:
    """Words alone that say what became of a payment."""
    return not re.search("[0-9]", narrow(cell)) and bool(FAILED.search(cell) or PENDING.match(cell) or cell == "成功")


def _is_no_account(bare: str) -> bool:
    """A telephone, or an identity number."""
    return bool(re.fullmatch("1[3-9][0-9]{9}", bare)) or (
        len(bare) == 18 and bool(re.fullmatch("(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]", bare[6:14])))


def _name(cell: str) -> str:
    try:
        return clean(re.sub(r"[(（][^)）]*[)）]$", "", cell), list_cells.NAME_LENGTH)
    except Unreadable:
        return ""


def _account(cell: str) -> str:
    return re.sub(r"[\s'’‘`-]", "", narrow(cell))[:40]


def _fen(cell: str) -> int | None:
    """A sum in fen, below zero where it stands with a minus; None where there is none."""
    said = narrow(cell).replace(" ", "")
    sign, bare = (-1, said[1:]) if said.startswith("-") and said != "-" else (1, said.removeprefix("+"))
    if not is_sum(bare):
        return None
    return sign * (sum_in(Line(0, bare, (bare,), True), 0, False) or 0)


def _judge(row: Transfer, fen: int | None, state: str, is_in: bool) -> Transfer:
    row = replace(row, fen=fen or 0, words=" ".join(filter(None, (row.words, state)))[:200])
    if not row.payee or not fen:
        return replace(row, fate="unread", fault=NO_SUM if row.payee else NO_NAME)
    if FAILED.search(state) or _WORDS_FAILED.search(row.words):
        return replace(row, fate="in" if is_in else "failed")
    return replace(row, fate="in" if is_in else "pending" if PENDING.search(state) else "paid")


# The whole ------------------------------------------------------------------------------------------------------

def _without_signs(lines: list[Transfer]) -> list[Transfer]:
    """Where most sums stand with a minus, that is what went out; elsewhere a minus is money that came back."""
    known = [line for line in lines if line.fen]
    is_minus_out = sum(line.fen < 0 for line in known) * 2 > len(known)
    found = []
    for line in lines:
        is_in = line.fate == "in" or (line.fate == "paid" and line.fen != 0 and (line.fen < 0) != is_minus_out
                                      and any(one.fen < 0 for one in known))
        found.append(replace(line, fen=abs(line.fen), fate="in" if is_in else line.fate))
    return found


def _send_back(lines: list[Transfer]) -> list[Transfer]:
    """Money that came back, by its words, takes off the payment of the same sum to the same payee before it."""
    found = list(lines)
    for place, line in enumerate(lines):
        if line.fate != "in" or not FAILED.search(line.words):
            continue
        sent = next((at for at in range(len(found)) if at != place and found[at].fate == "paid"
                     and found[at].fen == line.fen and _is_same_payee(found[at], line)), None)
        if sent is not None:
            found[sent] = replace(found[sent], fate="failed", words=f"{found[sent].words} {line.words}".strip())
            found[place] = replace(line, fate="failed")
    return found


def _is_same_payee(one: Transfer, other: Transfer) -> bool:
    return fold(one.payee) == fold(other.payee) or bool(one.account and one.account == other.account)


def _compare(lines: list[Transfer], totals: list[Line], place: int | None) -> Text | None:
    said = next((fen for line in reversed(totals) if (fen := sum_in(line, place, False)) is not None), None)
    sums = {sum(line.fen for line in lines if line.fate in fates)
            for fates in (("paid",), ("paid", "failed", "pending"), ("paid", "failed", "pending", "in"))}
    if said is None or said in sums:
        return None
    return TOTAL_DIFFERS.fill(said=print_yuan(said), summed=print_yuan(max(sums)))
