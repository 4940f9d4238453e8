"""Outside registers: which cases belong there, how a number looks, and the text that is copied into them.

The forms of numbers are what unions report; an office elsewhere may write another, so an unusual one is asked back
once and never refused.
"""
from __future__ import annotations

import re
from typing import NamedTuple

from mediation.rules.language import Problem, Text

ASK = Text("不像{name}的编号（一般如 {example}）。确实如此",
           "This does not look like a number of {name} (usually {example}). It is right")


class Register(NamedTuple):
    """An outside register. ``channels``, ``sources``: which cases belong there; ``fields``: what it asks for."""

    key: str
    name: Text
    pattern: str
    example: str
    channels: str
    sources: tuple[str, ...]
    fields: tuple[str, ...]
    confidence: str
    is_for_all: bool = False


_COMMON = ("received_on", "applicants", "phones", "respondents", "head", "headcount", "claimed", "narrative")
REGISTERS: dict[str, Register] = {row.key: row for row in (
    # 综治中心 registers once and routes: the first register, ours is the second (practice.md 1.1).
    Register("governance", Text("综治平台", "the governance platform"), r".*\d.*", "综治2026-1102", "", ("governance",),
             ("source", *_COMMON, "station", "handler", "state", "outcome"), "M", True),
    Register("court", Text("人民法院调解平台", "the court platform"), r"[（(]\d{4}[）)].+?\d+号", "（2026）内0824诉前调123号",
             "EF", ("court",), (*_COMMON, "court_cause", "source_number", "hearings", "outcome", "agreement"), "H"),
    Register("hr", Text("人社调解平台", "the HR platform"), r"[\w〔〕（）()\-]*\d{4,}[\w〔〕（）()\-]*", "150824202600123", "GH",
             ("arbitration",), (*_COMMON, "employer_code", "outcome", "agreement"), "M"),
    Register("hotline", Text("12351工单", "the 12351 ticket"), r"(?:12351-)?\d{4}-?\d{4,}", "12351-2026-07731", "",
             ("hotline",), ("received_on", "applicants", "phones", "head", "narrative", "state", "outcome"), "M"),
    Register("procuratorate", Text("检察院", "the procuratorate"), r".*\d+.*", "乌中检民支〔2026〕3号", "", (),
             (*_COMMON, "outcome", "agreement"), "M"),
)}
FIELD_WORDS: dict[str, str] = {
    "source": "来源", "received_on": "登记日期", "applicants": "申请人", "phones": "联系电话", "respondents": "被申请人",
    "employer_code": "统一社会信用代码", "head": "争议类型", "headcount": "涉及人数", "claimed": "诉求金额（元）", "narrative": "简要情况",
    "court_cause": "案由", "source_number": "来函文号", "hearings": "调解次数", "station": "办理站点", "handler": "承办调解员",
    "state": "办理状态", "outcome": "处理结果", "agreement": "协议金额（元）及到账",
}


def number_problems(register: str, number: str) -> list[Problem]:
    """What is to be asked back about a number; nothing when it has the register's usual form."""
    row = REGISTERS[register]
    if re.fullmatch(row.pattern, number):
        return []
    return [Problem("number", ASK.fill(name=row.name, example=row.example), "unusual_number")]


def wanted(channel: str, source: str, bodies: frozenset[str] = frozenset()) -> list[str]:
    """The registers that a case belongs to: everybody's, its sender's, and those of bodies that take part."""
    return [key for key, row in REGISTERS.items() if row.is_for_all or (channel and channel in row.channels)
            or source in row.sources or key in bodies]


def block(register: str, values: dict[str, str]) -> str:
    """The lines to be copied into a register, field by field; what is not known is left out. Chinese, as papers are."""
    lines = [f"{FIELD_WORDS[name]}：{values[name]}" for name in REGISTERS[register].fields if values.get(name)]
    return "\n".join(lines)
