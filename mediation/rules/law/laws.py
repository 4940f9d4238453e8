"""The laws and rules that the tables cite, by the short keys of the tables, and how a citation is written."""
from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import NamedTuple

from mediation.rules.language import Text


class Law(NamedTuple):
    """A source of rules: its short key, its names, and the first day on which its rules here held; None where
    no source that was read gives it."""

    key: str
    zh: str
    en: str
    since: date | None


_LAWS = (
    Law("TJF", "劳动争议调解仲裁法", "Labour Dispute Mediation and Arbitration Law", date(2008, 5, 1)),
    Law("R17", "企业劳动争议协商调解规定", "Rules on Negotiation and Mediation of Enterprise Labour Disputes",
        date(2012, 1, 1)),
    Law("R33", "劳动人事争议仲裁办案规则", "Labour and Personnel Arbitration Rules", date(2017, 7, 1)),
    Law("R56", "超龄劳动者基本权益保障暂行规定", "Interim Rules on Basic Rights of Over-age Workers", date(2026, 7, 1)),
    Law("JS1", "最高人民法院关于审理劳动争议案件适用法律问题的解释（一）",
        "Supreme People's Court Interpretation (I) on Labour Disputes", date(2021, 1, 1)),
    Law("JS2", "最高人民法院关于审理劳动争议案件适用法律问题的解释（二）",
        "Supreme People's Court Interpretation (II) on Labour Disputes", date(2025, 9, 1)),
    Law("TY", "最高人民法院关于人民法院特邀调解的规定", "Supreme People's Court Rules on Invited Mediation",
        date(2016, 7, 1)),
    Law("ZX", "人民法院在线调解规则", "Rules of the People's Courts on Online Mediation", date(2022, 1, 1)),
    # The substance of the cited articles dates from the 2012 revision; the numbers are those of 2023.
    Law("CPL", "民事诉讼法", "Civil Procedure Law", date(2013, 1, 1)),
    Law("CPLJ", "最高人民法院关于适用《民事诉讼法》的解释",
        "Supreme People's Court Interpretation of the Civil Procedure Law", date(2015, 2, 4)),
    Law("CC", "民法典", "Civil Code", date(2021, 1, 1)),
    Law("RMTJ", "人民调解法", "People's Mediation Law", date(2011, 1, 1)),
    Law("QR", "最高人民法院关于人民调解协议司法确认程序的若干规定",
        "Supreme People's Court Rules on Judicial Confirmation of People's Mediation Agreements", date(2011, 3, 30)),
    Law("RMG", "人民调解工作若干规定", "Rules on People's Mediation Work (2002)", date(2002, 11, 1)),
    Law("NMG", "保障农民工工资支付条例", "Regulations on Paying Migrant Workers' Wages", date(2020, 5, 1)),
    Law("JC", "劳动保障监察条例", "Labour Security Inspection Regulations", date(2004, 12, 1)),
    Law("JCR", "关于实施《劳动保障监察条例》若干规定", "Rules implementing the Labour Security Inspection Regulations",
        date(2005, 2, 1)),
    Law("N4", "关于加强新就业形态劳动纠纷一站式调解工作的通知（人社厅发〔2024〕4号）",
        "Notice on One-stop Mediation for New Forms of Employment (No. 4 of 2024)", date(2024, 1, 19)),
    Law("GS", "工伤保险条例", "Work-injury Insurance Regulations", date(2004, 1, 1)),
    Law("FY", "法律援助法", "Legal Aid Law", date(2022, 1, 1)),
    Law("XS", "最高人民法院关于审理拒不支付劳动报酬刑事案件适用法律若干问题的解释",
        "Supreme People's Court Interpretation on the Crime of Refusing to Pay for Labour", date(2013, 1, 23)),
    Law("GH", "工会法", "Trade Union Law", date(2022, 1, 1)),
    Law("NGH", "内蒙古自治区实施《中华人民共和国工会法》办法", "Inner Mongolia Measures for the Trade Union Law",
        date(2000, 1, 1)),
    Law("AY", "民事案件案由规定", "Rules on Causes of Civil Action", date(2026, 1, 1)),
    Law("CCJ", "最高人民法院关于适用《民法典》总则编若干问题的解释",
        "Supreme People's Court Interpretation of the General Part of the Civil Code", date(2022, 3, 1)),
    Law("SX", "最高人民法院关于审理民事案件适用诉讼时效制度若干问题的规定",
        "Supreme People's Court Rules on Limitation of Civil Actions", date(2008, 9, 1)),
    Law("JE", "最高人民法院关于适用《民事诉讼法》执行程序若干问题的解释",
        "Supreme People's Court Interpretation of the Civil Procedure Law on Enforcement", date(2009, 1, 1)),
    Law("LCL", "劳动合同法", "Labour Contract Law", date(2008, 1, 1)),
    Law("GWY", "公务员法", "Civil Servants Law", date(2019, 6, 1)),
    Law("ZCF", "仲裁法", "Arbitration Law", date(2026, 3, 1)),
    Law("FJ", "全国年节及纪念日放假办法", "Regulations on Public Holidays", date(2025, 1, 1)),
    Law("HOL", "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）",
        "Notice of the State Council on the Holidays of 2026 (No. 7 of 2025)", date(2025, 11, 4)),
    Law("IMJ", "内蒙古自治区劳动保障监察条例", "Inner Mongolia Regulations on Labour Security Inspection", date(2010, 5, 1)),
    # Passed on 30 March 2021; the day from which it holds could not be read.
    Law("IMG", "内蒙古自治区工会劳动法律监督条例", "Inner Mongolia Regulations on Union Supervision of Labour Law",
        None),
    Law("U23", "工会参与劳动争议处理办法（总工发〔2023〕23号）", "Rules on Unions in Labour Disputes (No. 23 of 2023)",
        date(2023, 12, 28)),
    Law("R71", "关于进一步加强劳动人事争议协商调解工作的意见（人社部发〔2022〕71号）",
        "Opinion on Strengthening Negotiation and Mediation (No. 71 of 2022)", date(2022, 10, 13)),
    Law("HR", "工作惯例", "house practice", date(2000, 1, 1)),
)
LAWS = {law.key: law for law in _LAWS}

class Stale(NamedTuple):
    """A rule that is still told in many places and does not hold, and what holds in its place."""

    told: Text
    holds: Text
    cites: str


STALE = (
    Stale(Text("申请调解须在30日内，调解30日，4日内决定受理", "30 days to ask for mediation, 30 to mediate, 4 to accept"),
          Text("1993年的旧规定，已由调解仲裁法和令17号取代", "rules of 1993, replaced by the law of 2008 and the rules of 2012"),
          "TJF 14; R17 22; R17 29"),
    Stale(Text("60日内申请仲裁", "60 days to go to arbitration"),
          Text("劳动法第八十二条仍这样写，以后法、特别法为准：一年",
               "art. 82 of the Labour Law still says so; the later and special law holds: one year"), "TJF 27(1)"),
    Stale(Text("办案规则第54条、第10条", "arts 54 and 10 of the arbitration rules"),
          Text("2009年旧规则的条号，今为第77条、第27条", "numbers of the repealed rules of 2009; today arts 77 and 27"),
          "R33 77; R33 27"),
    Stale(Text("商事调解条例（2026年5月1日）可以收费", "the regulation on commercial mediation (2026-05-01) allows fees"),
          Text("不适用于劳动争议；劳动争议和人民调解不收费",
               "it does not govern labour disputes; these and people's mediation are free"), "RMTJ 4"),
)

_CITATION = re.compile(r"(?P<key>[A-Z]+[0-9]*)(?: (?P<article>\d+)(?:\((?P<paragraph>\d+)\))?(?:\[(?P<item>\d+)\])?)?")


def _one(citation: str) -> Text:
    match = _CITATION.fullmatch(citation.strip())
    if match is None:
        raise ValueError(f"not a citation: {citation!r}")
    law, article, paragraph, item = LAWS[match["key"]], match["article"], match["paragraph"], match["item"]
    if article is None:
        return Text(law.zh if law.key == "HR" else f"《{law.zh}》", law.en)
    zh = f"《{law.zh}》第{article}条" + (f"第{paragraph}款" if paragraph else "") + (f"第{item}项" if item else "")
    en = f"{law.en}, art. {article}" + (f"({paragraph})" if paragraph else "") + (f" item {item}" if item else "")
    return Text(zh, en)


@cache  # as many as the tables have
def cite(citations: str) -> Text:
    """A citation in words: ``"TJF 27(1); R33 26"`` names the laws and articles.

    ``KEY 27(1)`` is article 27 paragraph 1, ``KEY 31[5]`` item 5 of article 31, ``KEY`` alone the whole text.
    """
    texts = [_one(part) for part in citations.split(";")]
    return Text("、".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def source_of(citations: str) -> Law:
    """The first law of a citation: the one a rule stands on."""
    match = _CITATION.match(citations)
    if match is None:
        raise ValueError(f"not a citation: {citations!r}")
    return LAWS[match["key"]]
