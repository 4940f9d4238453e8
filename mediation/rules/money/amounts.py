"""Sums of money in whole fen: read, printed, shared out, planned in instalments, and what has been performed.

No floats anywhere. Sources: 正确填写票据和结算凭证的基本规定 (amounts in capitals); law.md A8, A13-A16;
safety rule R73.
"""
from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money.spoken_sums import spoken_fen
from mediation.rules.text_cleaning import Unreadable, narrow

LIMIT_FEN = 10**12
UNITS_FEN = {"": 100, "千": 100_000, "万": 1_000_000, "亿": 10_000_000_000}

EMPTY = Text("请填写金额", "Please give the amount")
NEGATIVE = Text("金额不能为负", "The amount cannot be negative")
SIGNED = Text("金额前不要写正负号", "Please leave out the sign before the amount")
SCIENTIFIC = Text("不接受科学记数法，请写出全部数字", "No scientific notation, please; write out all digits")
LETTERS = Text("金额里不能有字母", "An amount cannot hold letters")
COMMAS = Text("千分位的位置不对，应每三位一个，如 1,200", "Separators stand every three digits, as in 1,200")
DECIMALS = Text("金额最小到分，小数点后最多两位", "The smallest unit is the fen: at most two decimals")
TOO_LARGE = Text("金额超过一百亿元，请核对", "The amount is above 10 billion yuan; please check it")
NO_AMOUNT = Text("看不懂这个金额，可以写 12000.50 或 1.2万", "This amount cannot be read; write 12000.50")

_SUM = re.compile(r"(?P<whole>[0-9]{1,20})(?:\.(?P<part>[0-9]{1,20}))?(?P<unit>[千万亿]?)"
                  r"(?:元|圆|块钱?)?(?:[整正])?")
_TAKEN_OFF = re.compile(r"\([¥0-9., 千万亿元]+\)元?|.*[0-9元] *-")  # as accountants and their programs write it
_GROUPED = re.compile(r"(?<![0-9.])[0-9]{1,3}([, ])[0-9]{3}(?:\1[0-9]{3})*(?![0-9])")


def parse_yuan(text: str) -> int:
    """The sum that a person typed in yuan, in fen.

    Reads 1,200 · １２０００．５ · 36000元 · ￥800 · 1.2万 · 3千元 · 1.5亿 · 两万 · 1万2 · 贰万元整. Raises ``Unreadable``
    with the reason for signs, letters, scientific notation, more than two decimals, misplaced separators,
    sums above ``LIMIT_FEN``, and anything else.
    """
    bare = _bare(text)
    _refuse_signs(bare)
    bare = _GROUPED.sub(lambda found: re.sub("[, ]", "", found.group()), bare)
    found = _SUM.fullmatch(bare)
    if found:
        return _to_fen(found["whole"], found["part"] or "", found["unit"])
    said = spoken_fen(bare)
    if said is None:
        raise Unreadable(_why_not(bare))
    return _within(said)


def is_negative(text: str) -> bool:
    """Whether a sum is written as one to be subtracted: (500), 500-, 负500."""
    bare = re.sub(r"^¥? *", "", narrow(text))
    return bare[:1] in ("-", "负", "△", "▲") or bool(_TAKEN_OFF.fullmatch(bare))


def _bare(text: str) -> str:
    if len(text) > 60:
        raise Unreadable(NO_AMOUNT)
    bare = narrow(text).replace("﹐", ",")
    return re.sub(r"^(?:人民币)? *¥? *| +(?=[千万亿元圆块])", "", bare)


def _refuse_signs(bare: str) -> None:
    if not bare:
        raise Unreadable(EMPTY)
    if is_negative(bare):
        raise Unreadable(NEGATIVE)
    if bare[0] == "+":
        raise Unreadable(SIGNED)


def _why_not(bare: str) -> Text:
    if re.search(r"[0-9][eE][+-]?[0-9]", bare):
        return SCIENTIFIC
    if re.search(r"[^\W\d_\u0080-\uffff]", bare):
        return LETTERS
    if re.search("[0-9][, ]+[0-9]", bare):
        return COMMAS
    return TOO_LARGE if re.search("[0-9]{21}", bare) else NO_AMOUNT


def _to_fen(whole: str, part: str, unit: str) -> int:
    if len(part) > 2 and not unit:
        raise Unreadable(DECIMALS)
    fen, rest = divmod(int(whole + part) * UNITS_FEN[unit], int(10 ** len(part)))
    if rest:
        raise Unreadable(DECIMALS)
    return _within(fen)


def _within(fen: int) -> int:
    if fen > LIMIT_FEN:
        raise Unreadable(TOO_LARGE)
    return fen


def print_yuan(fen: int) -> str:
    """``18600000`` fen as ``186,000.00`` yuan."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capital_yuan(fen: int) -> str:
    """The sum in capitals as on cheques, without the word 人民币: ``10700053`` gives 壹拾万柒仟元零伍角叁分.

    Of the two forms the rules allow (零 may stand or not), the one printed first in them is written.
    Raises ``ValueError`` below 0 and above ``LIMIT_FEN``.
    """
    if not 0 <= fen <= LIMIT_FEN:
        raise ValueError(f"no capitals for {fen} fen")
    yuan, jiao, fen_digit = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_capital_whole(yuan)}元" if yuan or not fen else ""
    if not (jiao or fen_digit):
        return words + "整"
    if yuan and (not jiao or yuan % 10 == 0):
        words += "零"
    words += f"{DIGITS[jiao]}角" if jiao else ""
    return words + (f"{DIGITS[fen_digit]}分" if fen_digit else "")


def _capital_whole(yuan: int) -> str:
    if not yuan:
        return DIGITS[0]
    words = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group = yuan // size % 10**4
        if group:
            words += (DIGITS[0] if words and group < 1000 else "") + _capital_group(group) + name
    return words


def _capital_group(group: int) -> str:
    words, gap = "", False
    for place, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = group // place % 10
        if digit:
            words += (DIGITS[0] if gap else "") + DIGITS[digit] + name
        gap = not digit and bool(words)
    return words


def split_evenly(total: int, n: int) -> list[int]:
    """``total`` in ``n`` equal parts, what is left over in the last; raises ``ValueError`` for n < 1 or total < 0."""
    if n < 1 or total < 0:
        raise ValueError(f"cannot split {total} in {n}")
    part = total // n
    return [part] * (n - 1) + [total - part * (n - 1)]


def divide(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Every row's sum shared among the columns, so that rows and columns hold to the fen.

    Each row is shared in proportion to what remains of each column, which never takes more than remains and leaves
    exactly the rest for the last one. Raises ``ValueError`` when the two sums differ or a sum is negative.
    """
    if sum(rows) != sum(columns) or min([*rows, *columns, 0]) < 0:
        raise ValueError("rows and columns must sum alike")
    left, found = list(columns), []
    for fen in rows:
        parts = share_out(fen, left) if fen else [0] * len(left)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        found.append(parts)
    return found


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` shared in proportion to ``weights``, to the fen, summing exactly to ``total``.

    The fen left over go one each to the largest fractions, the earlier first; a weight of 0 gets nothing.
    Raises ``ValueError`` for a negative number, or when no weight is above 0.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and one must be above 0")
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in order[:total - sum(shares)]:
        shares[i] += 1
    return shares


class Step(NamedTuple):
    """One row of an instalment plan."""

    seq: int
    due_on: date
    fen: int


MOST_STEPS = 600
RHYTHM = Text("间隔应为每月、每季、每周、一次付清，或1到3660天",
              "Choose monthly, quarterly, weekly, once, or every 1 to 3660 days")
COUNT = Text("期数应为1到600", "The number of instalments is 1 to 600")
ONE_STEP = Text("一次付清只有一期", "A single payment has one instalment")
TOO_SMALL = Text("每期至少一分，总额不够分", "Each instalment needs at least one fen; the total is too small")
TOO_FAR = Text("最后一期的日期太远，请核对", "The last due date is too far away; please check it")


def plan(total_fen: int, first_on: date, rhythm: str, count: int) -> list[Step]:
    """``count`` instalments from ``first_on``; the remainder lies in the last.

    ``rhythm`` is 'month', 'quarter', 'week', 'days:N' or 'once'. Months keep the day of ``first_on`` and fall back to
    the month's end (31 January, 28 February, 31 March). Agreed dates do not roll over rest days.
    Raises ``Refused`` naming the fields rhythm, count, total or first_on.
    """
    days = _days_between(rhythm)
    problems = [] if days is not None else [Problem("rhythm", RHYTHM)]
    if not 1 <= count <= MOST_STEPS:
        problems.append(Problem("count", COUNT))
    elif rhythm == "once" and count != 1:
        problems.append(Problem("count", ONE_STEP))
    elif total_fen < count:
        problems.append(Problem("total", TOO_SMALL))
    if problems or days is None:
        raise Refused(problems)
    try:
        dates = [add_months(first_on, MONTHS[rhythm] * i) if rhythm in MONTHS else first_on + timedelta(days * i)
                 for i in range(count)]
    except (OverflowError, ValueError):
        raise Refused([Problem("first_on", TOO_FAR)]) from None
    return [Step(*row) for row in zip(range(1, count + 1), dates, split_evenly(total_fen, count), strict=True)]


MONTHS = {"month": 1, "quarter": 3}


def _days_between(rhythm: str) -> int | None:
    fixed = {"month": 0, "quarter": 0, "once": 0, "week": 7}
    if rhythm in fixed:
        return fixed[rhythm]
    found = re.fullmatch("days:([0-9]{1,4})", rhythm)
    return int(found[1]) if found and 1 <= int(found[1]) <= 3660 else None


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month; ``ValueError`` beyond year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not 1 <= year <= 9999:
        raise ValueError("beyond the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


NOT_DUE, PARTLY, PERFORMED, BREACHED = "NOT_DUE", "PARTLY", "PERFORMED", "BREACHED"


class Instalment(NamedTuple):
    """A sum promised for a day; ``due_on`` None where the paper names no day, which is never overdue."""

    seq: int
    due_on: date | None
    fen: int
    plan: int = 0
    payers: frozenset[int] = frozenset()  # of a plan with payers of its own


class Payment(NamedTuple):
    """Money that is said to have moved; a reversal is a negative sum.

    ``paid_on`` None: the day is not known, so it counts on every day. ``is_proved``: with slip, transfer
    record, receipt, the worker's own word or a published source; the employer's word alone is False and
    counts nowhere. ``is_advance``: from a fund, recovered but not performed. ``is_return``: from worker to
    employer, subtracted. ``is_goods``: stands apart.
    """

    paid_on: date | None
    fen: int
    is_proved: bool = True
    is_advance: bool = False
    is_return: bool = False
    is_goods: bool = False
    payer: int | None = None


class Arrival(NamedTuple):
    """How far one instalment is covered, the earliest due first."""

    seq: int
    due_on: date | None
    fen: int
    paid_fen: int
    is_overdue: bool
    plan: int = 0


class Performance(NamedTuple):
    """Where an agreement stands on one day; all sums in fen.

    ``arrived_fen`` is what the worker received, advances in and what went back out (the "recovered" of reports);
    ``performed_fen`` leaves advances out and decides ``state``, ``overdue_fen`` and the instalments.
    ``due_fen`` is what fell due up to and on that day. ``outstanding_fen`` is what workers still wait for,
    ``unpaid_fen`` what those liable have not paid, though a fund may have stood in for them; ``over_fen`` is what came
    above the agreed sum; unproved money and goods to the worker are shown and counted nowhere.
    No sum is negative: where the books say that more went back than came, nothing came, and the contradiction is
    told elsewhere (rules/audit/contradictions.py).
    """

    state: str
    agreed_fen: int
    due_fen: int
    arrived_fen: int
    performed_fen: int
    outstanding_fen: int
    unpaid_fen: int
    overdue_fen: int
    over_fen: int
    unproved_fen: int
    goods_fen: int
    instalments: tuple[Arrival, ...]


def performance(
        instalments: Iterable[Instalment], payments: Iterable[Payment], on: date, is_accelerated: bool = False,
) -> Performance:
    """Compare what was promised with what came by the end of ``on``.

    An instalment is overdue from the day after ``due_on``. With ``is_accelerated`` (only if the agreement
    says so) all of a plan is overdue while any of its instalments is; no other plan is, whose payer may have missed
    nothing. Payments fill the earliest instalments first; of a plan with payers of its own, theirs fill its instalments
    before any other, so that who pays early settles nobody else's part.
    NOT_DUE: nothing paid, nothing overdue. PARTLY: something paid, not all (or nothing was agreed).
    BREACHED: something overdue, nothing paid. PERFORMED: all paid.
    """
    steps = sorted(instalments, key=_order)
    until = [payment for payment in payments if payment.paid_on is None or payment.paid_on <= on]
    came = _came(until)
    performed, arrived = max(came.performed, 0), max(came.arrived, 0)
    own = _own(steps, until)
    agreed = late = due = 0
    for step in steps:
        agreed += step.fen
        if step.due_on is not None and step.due_on <= on:
            due += step.fen
            late += step.fen if step.due_on < on else 0
    overdue = max(late - performed + min(_ahead(steps, own, on), performed), 0)
    covered = list(_cover(steps, performed, own, on))
    if is_accelerated and overdue > 0:
        covered = _accelerated(covered)
        overdue = sum(step.fen - step.paid_fen for step in covered if step.is_overdue)
        whole = {step.plan for step in covered if step.is_overdue}
        due = sum(step.fen for step in steps if step.plan in whole or (step.due_on and step.due_on <= on))
    return Performance(
        state=_state(agreed, performed, overdue), agreed_fen=agreed, due_fen=due, arrived_fen=arrived,
        performed_fen=performed, outstanding_fen=max(agreed - arrived, 0),
        unpaid_fen=max(agreed - performed, 0), overdue_fen=overdue,
        over_fen=max(arrived - agreed, 0),
        unproved_fen=came.unproved, goods_fen=came.goods, instalments=tuple(covered))


def _order(step: Instalment) -> tuple[date, int]:
    return step.due_on or date.max, step.seq


class _Came(NamedTuple):
    """Sums of payments: what counts for the agreement, that with advances, and what counts for nothing."""

    performed: int
    arrived: int
    unproved: int
    goods: int


def _came(payments: Iterable[Payment]) -> _Came:
    performed = arrived = unproved = goods = 0
    for payment in payments:
        fen = payment.fen
        if not payment.is_proved or payment.is_goods:
            if not payment.is_return:
                unproved, goods = (unproved, goods + fen) if payment.is_proved else (unproved + fen, goods)
            continue
        moved = -fen if payment.is_return else fen
        arrived += moved
        performed += 0 if payment.is_advance else moved
    return _Came(performed, arrived, unproved, goods)


def _net(payments: Iterable[Payment]) -> int:
    return sum(-p.fen if p.is_return else p.fen for p in payments if p.is_proved and not p.is_goods)


def _own(steps: Iterable[Instalment], until: Iterable[Payment]) -> dict[int, int]:
    """What came from the payers of each plan that has payers of its own."""
    payers = {step.plan: step.payers for step in steps if step.payers}
    return {plan: max(_net(p for p in until if p.payer in liable and not p.is_advance), 0)
            for plan, liable in payers.items()}


def _ahead(steps: Iterable[Instalment], own: Mapping[int, int], on: date) -> int:
    """What of it covers only instalments of the payers' own plan that are not due before the day."""
    found = 0
    for plan, fen in own.items():
        agreed = sum(step.fen for step in steps if step.plan == plan)
        late = sum(step.fen for step in steps if step.plan == plan and step.due_on and step.due_on < on)
        found += min(fen, agreed) - min(fen, late)
    return found


def _state(agreed: int, performed: int, overdue: int) -> str:
    if performed <= 0:
        return BREACHED if overdue else NOT_DUE
    return PERFORMED if agreed and performed >= agreed else PARTLY


def state_of(steps: Sequence[Arrival]) -> str:
    """The state of one plan by its instalments."""
    overdue = sum(step.fen - step.paid_fen for step in steps if step.is_overdue)
    return _state(sum(step.fen for step in steps), sum(step.paid_fen for step in steps), overdue)


def worst(states: Sequence[str]) -> str:
    """The state of an agreement of many plans: performed when every plan is, breached when one is; else something of
    it is paid, or nothing was due."""
    if BREACHED in states:
        return BREACHED
    if set(states) == {PERFORMED}:
        return PERFORMED
    return PARTLY if set(states) & {PARTLY, PERFORMED} else NOT_DUE


def _accelerated(steps: Sequence[Arrival]) -> list[Arrival]:
    """What is unpaid of a plan is overdue while any instalment of that plan is."""
    missed = {step.plan for step in steps if step.is_overdue}
    return [step._replace(is_overdue=step.plan in missed and step.paid_fen < step.fen) for step in steps]


def _cover(steps: list[Instalment], performed: int, own: Mapping[int, int], on: date) -> Iterable[Arrival]:
    left, kept, paid = performed, dict(own), {}
    for step in steps if own else ():
        paid[step.seq] = min(kept.get(step.plan, 0), step.fen)
        kept[step.plan] = kept.get(step.plan, 0) - paid[step.seq]
        left -= paid[step.seq]
    left = max(left, 0)
    for step in steps:
        before = paid.get(step.seq, 0)
        more = min(left, step.fen - before)
        left -= more
        fen = before + more
        is_late = step.due_on is not None and step.due_on < on
        yield Arrival(step.seq, step.due_on, step.fen, fen, is_late and fen < step.fen, step.plan)
