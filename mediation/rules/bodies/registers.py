"""Outside registers: which cases belong there, how a number looks, and the text that is copied into them.

The forms of numbers are what courts, procuratorates and unions print; an office elsewhere may write another, so an
unusual one is asked back once and never refused. Widths and brackets make no difference: a number is kept in the form
that its register prints.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mediation.rules.language import Problem, Text, in_unit
from mediation.rules.text_cleaning import narrow

ASK = Text("不像{name}的编号（一般如 {example}）。确实如此",
           "This does not look like a number of {name} (usually {example}). It is right")


class Register(NamedTuple):
    """An outside register. ``brackets``: round ones of courts or the angular ones of documents; ``channels``,
    ``sources``: which cases belong there; ``fields``: what it asks for, in its order.
    """

    key: str
    name: Text
    pattern: str
    example: str
    brackets: str
    channels: str
    sources: tuple[str, ...]
    fields: tuple[str, ...]
    confidence: str
    is_for_all: bool = False


# Case numbers of courts: year, court code, kind, number (法〔2015〕137号); those of documents: 机关代字〔年〕序号.
_COURT = (r"（20\d\d）(?:最高法|[京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵]\d{0,4})"
          r"[\u4e00-\u9fff]{1,8}\d+号(?:之[一二三四五六七八九十]+)?")
_DOCUMENT = r"[\u4e00-\u9fff]+〔20\d\d〕第?\d+号"
_SIDES = ("received_on", "applicant_details", "respondent_details")
_MATTER = ("head", "headcount", "claimed", "narrative")
_RESULT = ("state", "outcome", "concluded_on", "agreement_number", "agreement")
REGISTERS: dict[str, Register] = {row.key: row for row in (
    # 综治中心 registers once and routes: the first register, ours is the second (practice.md 1.1); fields after L8.
    Register("governance", Text("综治平台", "the governance platform"), r".*\d.*", "综治2026-1102", "", "", ("governance",),
             ("source", *_SIDES, "place", *_MATTER, "grade", "station", "handler", "due", *_RESULT), "M", True),
    Register("court", Text("人民法院调解平台", "the court platform"), _COURT, "（2026）内0824诉前调123号", "（）", "EF",
             ("court",), ("source_number", "source_case_number", *_SIDES, "court_cause", *_MATTER, "handler",
                          "hearings", *_RESULT, "performance"), "H"),
    Register("hr", Text("人社调解平台", "the HR platform"), rf"\d{{8,24}}|{_DOCUMENT}", "150824202600123", "〔〕", "GH",
             ("arbitration", "hr"), (*_SIDES, *_MATTER, "employment", "contract", "station", "handler", *_RESULT,
                                "performance"), "M"),
    Register("hotline", Text("12351工单", "the 12351 ticket"), r"(?:12351-)?\d{4}-?\d{4,}", "12351-2026-07731", "", "",
             ("hotline",), ("received_on", "applicants", "phones", "respondents", "head", "narrative", "handler",
                            "state", "outcome", "concluded_on", "satisfaction"), "M"),
    Register("procuratorate", Text("检察院", "the procuratorate"), _DOCUMENT, "乌中检民支〔2026〕3号", "〔〕", "",
             ("procuratorate",), (*_SIDES, "flags", *_MATTER, "evidence", *_RESULT), "M"),
    Register("petition", Text("信访信息系统", "the petition system"), rf"[A-Z]{{0,4}}\d{{8,24}}|{_DOCUMENT}",
             "150824202611280012", "〔〕", "", ("petition",),
             ("received_on", "applicants", "phones", "respondents", *_MATTER, "station", "handler", *_RESULT), "L"),
    # A people's mediation committee reports to the justice bureau (channel B); fields after L20.
    Register("justice", Text("人民调解系统", "the people's mediation system"), _DOCUMENT, "乌中工人调字〔2026〕第3号", "〔〕", "B",
             ("justice",), ("source", *_SIDES, "place", *_MATTER, "handler", "hearings", *_RESULT, "performance"), "M"),
)}
FIELD_WORDS: dict[str, str] = {
    "source": "来源", "received_on": "登记日期", "applicants": "申请人", "applicant_details": "申请人", "phones": "联系电话",
    "respondents": "被申请人", "respondent_details": "被申请人", "place": "发生地点", "head": "争议类型", "headcount": "涉及人数",
    "claimed": "诉求金额（元）", "narrative": "简要情况", "grade": "分级", "court_cause": "案由", "source_number": "来函文号",
    "source_case_number": "对方案号", "hearings": "调解次数", "station": "办理站点", "handler": "承办调解员", "due": "办理期限",
    "employment": "是否在职", "contract": "劳动合同", "flags": "人员类别", "evidence": "现有证据", "state": "办理状态",
    "outcome": "处理结果", "concluded_on": "办结日期", "agreement_number": "协议编号", "agreement": "协议金额（元）及到账",
    "performance": "履行情况", "satisfaction": "回访满意度",
}

_BRACKETS = re.compile(r"[（(〔\[【［](20\d\d)[）)〕\]】］]")


def tidy(register: str, number: str) -> str:
    """A number as its register prints it: ASCII digits and letters, its own kind of brackets round the year."""
    row = REGISTERS.get(register)
    plain = "".join(narrow(number).split())
    if row is None or not row.brackets:
        return plain
    return _BRACKETS.sub(rf"{row.brackets[0]}\1{row.brackets[1]}", plain)


def number_problems(register: str, number: str, field: str = "number") -> list[Problem]:
    """What is to be asked back about a number; nothing when it has the register's usual form."""
    row = REGISTERS[register]
    if re.fullmatch(row.pattern, tidy(register, number)):
        return []
    return [Problem(field, ASK.fill(name=row.name, example=row.example), "unusual_number")]


def numbers_of(recorded: Iterable[tuple[str, str]], source: str, case_number: str) -> dict[str, str]:
    """A case's number in each outside register, by its key: what was recorded there; in the sender's own, where nothing
    was, the case number that came with its letter ('' is the key of a sender without a register). The number of a
    letter is none of the case."""
    found = {key: number for key, number in recorded if number}
    sender = next((key for key, row in REGISTERS.items() if source in row.sources), "")
    return {sender: case_number, **found} if case_number and sender not in found else found


def wanted(channel: str, source: str, bodies: frozenset[str] = frozenset()) -> list[str]:
    """The registers that a case belongs to: everybody's, its sender's, and those of bodies that take part."""
    return [key for key, row in REGISTERS.items() if row.is_for_all or (channel and channel in row.channels)
            or source in row.sources or key in bodies]


def block(register: str, values: dict[str, str]) -> str:
    """The lines to be copied into a register, field by field; what is not known is left out. Chinese, as papers are."""
    known = [name for name in REGISTERS[register].fields if values.get(name)]
    return "\n".join(f"{in_unit(FIELD_WORDS[name], 'zh')}：{values[name]}" for name in known)


def lacks(register: str, values: dict[str, str]) -> list[str]:
    """Fields that the register asks for and the case does not know yet; what comes only with the end is left out."""
    missing = [name for name in REGISTERS[register].fields if not values.get(name) and name not in LATER]
    return [in_unit(FIELD_WORDS[name], "zh") for name in missing]


LATER = frozenset({"outcome", "concluded_on", "agreement_number", "agreement", "performance", "satisfaction", "due",
                   "flags", "source_case_number", "hearings", "court_cause", "evidence"})
