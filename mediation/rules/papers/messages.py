"""Short texts to paste into WeChat or a text message: for each step and paper what the person has to know now.

A row says for whom it is and when it fits; its text is Chinese in both languages of the screen, as papers are. It holds
names, dates, places and sums, never an identity or account number; a part whose values are not known is left out.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from mediation.rules.language import Text, in_unit

WORKER, EMPLOYER = "applicant", "respondent"
ONE_SMS, PART_OF_LONG = 70, 67  # characters of a text message, and of each part of a longer one (GSM 03.40, UCS-2)
PART = re.compile(r"\[([^\]]*)\]")  # a part of a text that is left out while one of its values is not known
NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Message:
    """One text: ``to`` the side it is for, ``when`` the fact under which it fits, parts in brackets where optional."""

    key: str
    title: Text
    to: str
    when: str
    text: str


def _m(key: str, zh: str, en: str, to: str, when: str, text: str) -> Message:
    return Message(key, Text(zh, en), to, when, text)


TABLE: tuple[Message, ...] = (
    _m("registered", "已登记", "Registered", WORKER, "waiting",
       "{name}您好：您和{other}的争议已登记，登记号{number}。[{decide}前告诉您受不受理。]问进度打{phone}。{office}"),
    _m("asked", "问愿不愿意调解", "Asked to mediate", EMPLOYER, "waiting",
       "{name}您好：{other}就{matter}申请调解。愿不愿意，请[{decide}前]回电{phone}。调解免费、自愿、不公开。{office}"),
    _m("accepted", "已受理", "Accepted", WORKER, "mediating",
       "{name}您好：您的申请已受理，{case}[，调解员{mediator}][，{period}前办结]。请备好身份证和合同、考勤、欠条等材料。电话{phone}。{office}"),
    _m("accepted_other", "已受理", "Accepted", EMPLOYER, "mediating",
       "{name}您好：您与{other}的争议已受理，{case}[，调解员{mediator}][，{period}前办结]。请备好工资表、考勤等材料。电话{phone}。{office}"),
    _m("session", "约调解", "Session", WORKER, "session",
       "{name}您好：{session}[到{place}]调解，请带身份证和有关材料。来不了请提前打{phone}。{office}"),
    _m("session_other", "约调解", "Session", EMPLOYER, "session",
       "{name}您好：{session}[到{place}]与{other}调解，请带身份证或授权委托书、工资表和考勤。来不了请提前打{phone}。{office}"),
    _m("agreed", "协议说了什么", "What was agreed", WORKER, "agreed",
       "{name}您好：协议已签，您共得{own}元[，{next}付{next_sum}元]。钱到没到，都请打{phone}说一声。{office}"),
    _m("agreed_other", "协议说了什么", "What was agreed", EMPLOYER, "agreed",
       "{name}您好：按协议共付{agreed}元[，{next}付{next_sum}元]。付后请把转账凭证发来。电话{phone}。{office}"),
    _m("due", "快到期", "Money due", EMPLOYER, "due",
       "{name}您好：按协议{next}应付{next_sum}元，请按时付，付后把转账凭证发来。有困难请先打{phone}。{office}"),
    _m("late", "到期没付", "Money late", EMPLOYER, "late",
       "{name}您好：按协议{next}应付的{next_sum}元还没有收到，请马上付清。不付的，对方可以依法申请执行或者另行主张。电话{phone}。{office}"),
    _m("has_it_come", "钱到了没有", "Has the money come", WORKER, "late",
       "{name}您好：{next}该付的钱到了没有？没到请打{phone}，我们催，也告诉您还可以去哪里。{office}"),
    _m("arrived", "到账了", "Money arrived", WORKER, "arrived",
       "{name}您好：协议的钱已登记到账[，还有{left}元没到]。有出入请打{phone}。{office}"),
    _m("ended", "没有成，下一步去哪里", "No agreement: where to go", WORKER, "ended",
       "{name}您好：{case}的调解没有达成协议。{way}[可找{door}。]书面告知请来取。电话{phone}。{office}"),
    _m("declined", "没有受理，可以去哪里", "Not accepted: where to go", WORKER, "declined",
       "{name}您好：您和{other}的争议没有受理。{where}[可找{door}。]书面通知请来取。电话{phone}。{office}"),
    _m("ended_other", "没有成", "No agreement", EMPLOYER, "ended",
       "{name}您好：{case}与{other}的调解没有达成协议，已结束。对方可以依法另寻途径。书面告知请来取。电话{phone}。{office}"),
    _m("visit", "回访", "Follow-up", WORKER, "closed",
       "{name}您好：您的事办完了，钱都到了吗？办得满意吗？有事请打{phone}。{office}"),
    *(_m(f"paper_{to}", "来取文书", "Fetch a paper", to, "paper",
         "{name}您好：{papers}已出具，请带身份证[到{address}]领取，或者说个寄件地址。电话{phone}。{office}") for to in (WORKER, EMPLOYER)),
)
BY_KEY: dict[str, Message] = {row.key: row for row in TABLE}


def fitting(to: str, facts: frozenset[str]) -> list[Message]:
    """The texts for one side as things stand, in the order of the table."""
    return [row for row in TABLE if row.to == to and row.when in facts]


def fill(row: Message, values: Mapping[str, str]) -> str:
    """The text of a row; what is not known leaves its part out, or a blank to be filled in by hand."""
    def optional(found: re.Match[str]) -> str:
        return found[1] if all(values.get(name) for name in NAMED.findall(found[1])) else ""
    return NAMED.sub(lambda found: values.get(found[1]) or "____", PART.sub(optional, in_unit(row.text, "zh")))


def sms_parts(text: str) -> int:
    """How many text messages it takes: 70 characters, or 67 in each of several."""
    return 1 if len(text) <= ONE_SMS else ceil(len(text) / PART_OF_LONG)
