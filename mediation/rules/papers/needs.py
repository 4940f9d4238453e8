"""The facts without which a paper is not whole, and where each is typed.

A fact is a field of papers (rules/papers/fields.py), or a field of the first row of a list. What an office writes by
hand on the sheet (signatures, seals, the day beside them) is no fact.
"""
from __future__ import annotations

from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.papers.fields import FIELDS, REPEATS


class Need(NamedTuple):
    """A field, the list whose rows have it ('' for a field of its own), and the case's page where it is typed.

    ``unless``: the field that makes it needless where that one is known.
    """

    field: str
    page: str
    repeat: str = ""
    unless: str = ""


class Missing(NamedTuple):
    """A fact that a paper lacks: its label, and what follows the case's address where it is typed."""

    label: Text
    page: str


PEOPLE, SESSIONS, AGREEMENT, MONEY, VISITS, STATION = (
    "/parties", "/sessions", "/agreement", "/agreement#payments", "/visits", "")  # pages that every reader may open
CLAIMS, CLOCKS = "/claims", "/clocks"
_WHO = (Need("姓名", PEOPLE, "申请人名单"), Need("证件号码", PEOPLE, "申请人名单"), Need("电话", PEOPLE, "申请人名单"),
        Need("姓名", PEOPLE, "被申请人名单"))
_UNIT = (Need("信用代码", PEOPLE, "被申请人名单"), Need("住址", PEOPLE, "被申请人名单"))
_ASKED = (Need("争议", CLAIMS), Need("请求总额", CLAIMS))
_LETTER = (Need("申请人", PEOPLE), Need("被申请人", PEOPLE), Need("收到日期", ""))
_DEAL = (Need("协议编号", AGREEMENT), Need("协议金额", AGREEMENT, unless="其他履行"), Need("付款人", AGREEMENT))
_JOINT = (*_WHO, *_UNIT, *_DEAL, Need("生效日期", AGREEMENT))
NEEDS: dict[str, tuple[Need, ...]] = {
    "application": (*_WHO, *_ASKED, Need("事实和理由", CLAIMS)),
    "oral_note": (*_WHO, *_ASKED, Need("事实和理由", CLAIMS), Need("收到时间", "")),
    "intake_form": (Need("申请人", PEOPLE), Need("被申请人", PEOPLE), *_ASKED, Need("收到时间", "")),
    "receipt": (Need("机构电话", ""), Need("机构地址", "")),
    "authorisation": (Need("姓名", PEOPLE, "代理人名单"), Need("证件号码", PEOPLE, "代理人名单"), Need("被申请人", PEOPLE)),
    "delegates": (Need("姓名", PEOPLE, "代表名单"), Need("被申请人", PEOPLE)),
    "workers_list": (Need("证件号码", PEOPLE, "申请人名单"),),
    "evidence_list": (Need("名称", SESSIONS, "证据目录"),),
    "acceptance": (*_LETTER, Need("受理日期", ""), Need("请求总额", CLAIMS), Need("调解员", "")),
    "declined": (*_LETTER[:1], _LETTER[2], Need("结束原因", "")),
    "suggestion": (*_LETTER, Need("请求总额", CLAIMS)),
    "meeting_notice": (*_LETTER[:2], Need("下次时间", SESSIONS), Need("调解地点", SESSIONS), Need("调解员", "")),
    "address": (Need("住址", PEOPLE, "收件人名单"), Need("电话", PEOPLE, "收件人名单"), Need("住址", PEOPLE, "被申请人名单")),
    "record": (Need("调解时间", SESSIONS), Need("调解地点", SESSIONS), Need("到场人", SESSIONS), Need("陈述", SESSIONS)),
    "extension": (*_LETTER[:2], Need("受理日期", ""), Need("期限届满日", CLOCKS)),
    "agreement": (*_WHO, *_UNIT, *_DEAL, Need("请求总额", CLAIMS)),
    "oral_agreement": (*_LETTER[:2], *_DEAL[1:]),
    "allocation": (*_DEAL[:2], Need("收款人", PEOPLE, "分项")),
    "termination": (*_LETTER, Need("结束原因", ""), Need("结束日期", "")),
    "reply_letter": (Need("来案单位", "/coordination"), Need("来案文号", "/coordination"), Need("处理结果", "")),
    "undisputed": (*_LETTER[:2], Need("来案案号", "/coordination")),
    "referral": (*_LETTER, Need("结束原因", ""), Need("接待单位", "/coordination")),
    "money_receipt": (Need("付款单位", MONEY), Need("收款金额", MONEY), Need("收款日期", MONEY)),
    "visit_note": (Need("回访日期", VISITS), Need("回访对象", VISITS), Need("回访情况", VISITS)),
    "review_request": _JOINT, "confirm_request": _JOINT,
    "order_request": (*_JOINT, Need("协议项目", AGREEMENT), Need("欠付金额", AGREEMENT)),
    "report": (*_LETTER, Need("结束日期", ""), Need("结案日期", ""), Need("处理结果", "")),
    "major_report": (*_LETTER[:2], *_ASKED),
    "cover": (Need("归档号", ""), Need("页数", ""), Need("保管期限", "")),
    "back": (Need("页数", ""),),
}


def label_of(need: Need) -> Text:
    """申请人名单：证件号码, as the page names what is missing."""
    if not need.repeat:
        field = FIELDS[need.field]
        return Text(field.name, field.en)
    repeat = REPEATS[need.repeat]
    field = next(one for one in repeat.fields if one.name == need.field)
    return Text(f"{repeat.name.removesuffix('名单')}的{field.name}", f"{repeat.en}: {field.en}")
