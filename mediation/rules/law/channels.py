"""How a dispute reaches the mediation body, and in whose name it is mediated: the rules depend on it (law.md 2.1)."""
from __future__ import annotations

from typing import NamedTuple

from mediation.rules import words
from mediation.rules.language import Problem, Text, Word
from mediation.rules.law.laws import cite


class Channel(NamedTuple):
    """A row of the channels: its rule set, the clock of its mediation period, who sends, what to know."""

    code: str
    cites: str
    period: str
    confidence: str
    sender: str
    note: Text

    @property
    def word(self) -> Word:
        """The channel's name on the screen."""
        return words.CHANNELS[self.code]

    @property
    def article(self) -> Text:
        """Law and article on which the rule set stands."""
        return cite(self.cites)


_CHANNELS = (
    Channel("A", "R17 29", "M-A", "H", "", Text(
        "受理之日起15日；双方同意可延长，未定上限", "15 days from acceptance; both may extend, no cap stated")),
    Channel("B", "RMTJ; TJF 14", "M-B", "M", "", Text(
        "人民调解法未定期限，2002年部门规章约一个月；属劳动争议的另有收到申请15日",
        "No period in the People's Mediation Law, about one month in the 2002 rules; "
        "15 days from receipt when it is a labour dispute")),
    Channel("C", "TJF 14", "M-C", "H", "", Text(
        "收到申请之日起15日；延长依当地规定", "15 days from receipt; extension by local rules")),
    Channel("D", "N4", "M-D", "H", "", Text(
        "受理之日起15日；双方同意可延长，最长15日", "15 days from acceptance; both may extend, 15 days at most")),
    Channel("E", "ZX 24; TY 27", "M-E", "H", "court", Text("30日；双方同意可延长", "30 days; both may extend")),
    Channel("F", "ZX 24; TY 27", "M-F", "H", "court", Text(
        "普通程序15日，简易程序7日；双方同意可延长", "15 days in ordinary, 7 in summary procedure; both may extend")),
    Channel("G", "R33 70", "M-G", "H", "arbitration", Text(
        "当事人同意之日起10个工作日，未规定延长", "10 working days from consent, no extension stated")),
    Channel("H", "R33 69", "", "H", "arbitration", Text(
        "当事人同意的，仲裁暂缓受理，未定期限",
        "With the parties' consent arbitration holds its intake; no length stated")),
    # No body of TJF 10: what it makes is a settlement between the parties, and its papers cite only these.
    Channel("I", "TJF 4; TJF 5; GH 22; NGH 22; U23", "M-I", "M", "", Text(
        "没有约束性的期限；本单位内定收到申请之日起15日。当事人随时可以申请仲裁；协议是双方的和解协议",
        "No binding limit; the office's own rule is 15 days from receipt. Arbitration is open at any time; an "
        "agreement is a settlement between the parties")),
)
CHANNELS = {channel.code: channel for channel in _CHANNELS}
# Those in which an office may mediate in its own name; the others come case by case, with the letter of a sender.
OWN = "ABCDI"


def channel_problems(channel: str, procedure: str | None) -> list[Problem]:
    """What is missing before a mediation period can be told: a known channel, and for F the procedure."""
    if channel not in CHANNELS:
        return [Problem("channel", Text("没有这个渠道：{code}（A至I）", "There is no channel {code} (A to I)").fill(
            code=channel))]
    if procedure and procedure not in words.PROCEDURES:
        return [Problem("procedure", Text("没有这种程序：{code}", "There is no procedure {code}").fill(code=procedure))]
    if channel == "F" and not procedure:
        return [Problem("procedure", Text(
            "法院委托须写明程序：普通程序15日，简易程序7日，二审5日（{article}）",
            "A court assignment after filing needs its procedure: ordinary 15, summary 7, second instance 5 days "
            "({article})").fill(article=CHANNELS["F"].article))]
    return []


def channel_change_problems(old: str, new: str, is_accepted: bool) -> list[Problem]:
    """Why a case's channel may not change: after acceptance its rules are pinned."""
    if old == new or not is_accepted:
        return channel_problems(new, "ordinary") if old != new else []
    return [Problem("channel", Text(
        "已经受理，不能由“{old}”改为“{new}”：期限自受理起按{article}计算",
        "Already accepted: the channel cannot change from '{old}' to '{new}'; the time limits run under {article}",
    ).fill(old=CHANNELS[old].word, new=words.CHANNELS.get(new, Word(new, new, new)), article=CHANNELS[old].article))]
