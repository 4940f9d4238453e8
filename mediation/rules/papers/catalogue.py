"""The catalogue of papers: which must exist at which step, who signs, and what each stands on (law.md 3.6).

A row says when its paper is needed; ``checklist`` compares that with what is there. Whether a paper is there is
told by the facts (a recorded signature, a notice, a proof) or by its own record: nobody types the same thing twice.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mediation.rules import words
from mediation.rules.language import Problem, Text, Word, vocabulary
from mediation.rules.law.laws import cite
from mediation.rules.law.ways import Way

STEPS = vocabulary(
    Word("register", "登记", "Registration"),
    Word("accept", "受理", "Acceptance"),
    Word("mediate", "调解", "Mediation"),
    Word("agree", "协议", "Agreement"),
    Word("stop", "不成或终止", "Failure or stop"),
    Word("after", "履行", "Performance"),
    Word("close", "结案", "Closing"),
    Word("supervise", "监督", "Supervision"),
)


@dataclass(frozen=True)
class Facts:
    """What decides which papers a case needs; built from the rows by queries/papers/checklist.py."""

    way: str = "oral"
    channel: str = "A"
    outcome: str = ""
    is_accepted: bool = False
    is_open: bool = True
    is_group: bool = False
    is_late_entry: bool = False
    is_extended: bool = False
    agents: int = 0
    hearings: int = 0
    has_agreement: bool = False
    agreement_form: str = ""
    has_money: bool = False  # something has arrived
    is_recused: bool = False  # somebody has stepped down
    procedures: frozenset[str] = frozenset()  # side procedures that were asked for


# The requests after an agreement, each open only where the case's way of law has it (rules/law/ways.py).
OPENED_BY = {"review_request": "review", "confirm_request": "confirm", "order_request": "order"}
CLOSED = Text("这个案件不走这条路：{matter}不用{paper}", "Not open to this way of law: {matter} has no {paper}")


def closed(kind: str, way: Way) -> Text | None:
    """Why a way of law has no such paper; None where it has one."""
    if kind not in OPENED_BY or getattr(way, OPENED_BY[kind]) in ("H", "M"):
        return None
    return CLOSED.fill(matter=way.label, paper=PAPERS[kind].title)


HOLDERS = vocabulary(
    Word("each", "各方当事人", "each party"),
    Word("applicant", "申请人", "the applicant"),
    Word("respondent", "被申请人", "the other side"),
    Word("court", "法院", "the court"),
    Word("commission", "仲裁委员会", "the arbitration commission"),
    Word("sender", "来案单位", "the body that sent it"),
    Word("door", "接待单位", "the body it goes to"),
    Word("bodies", "参加单位", "the bodies that took part"),
    Word("higher", "上级工会", "the higher union"),
    Word("office", "本单位", "the office"),
    Word("addressee", "收件单位", "the addressee"),
    Word("copied", "抄送单位", "who gets a copy"),
)
SERVED, JOINT = ("each", "office"), ("each", "court", "office")
LETTER = "letter"


@dataclass(frozen=True)
class Paper:
    """A row of the catalogue. ``when`` names its condition in NEEDED; ``is_made``: the office makes it, from a wording
    in data/papers, so that it can be printed and filled in."""

    key: str
    title: Text
    step: str
    signs: tuple[str, ...]
    when: str
    cites: str = ""
    confidence: str = "H"
    place: int = 0  # in the volume (law.md 5), 0 where the template of volumes does not name it
    of: str = ""  # hearing, payment, visit, agreement, consultation, where a case has one for each; letter: of no case
    is_made: bool = False
    gets: tuple[str, ...] = ("office",)  # who gets a copy: a key of HOLDERS each

    @property
    def is_of_case(self) -> bool:
        """Whether it is made from a case; a supervision letter is made from what was written to an employer."""
        return self.of != LETTER

    @property
    def copies(self) -> Text:
        """Who gets a copy, in words: 各方当事人、本单位."""
        held = [HOLDERS[one] for one in self.gets]
        return Text("、".join(one.zh for one in held), ", ".join(one.en for one in held))

    @property
    def article(self) -> Text:
        """Law and article on which the paper stands; practice where there is none."""
        return cite(self.cites or "HR")

    def article_on(self, channel: str) -> Text:
        """What of its articles governs a channel; practice where none does."""
        known = [one for one in self.cites.split("; ") if one and _governs(one, channel)]
        return cite("; ".join(known) or "HR")


# Rules that hold for some channels alone; what a union federation's own committee makes stands on none of them.
OF_CHANNELS = {"R17": "A", "RMTJ": "B", "TY": "EF", "ZX": "EF", "N4": "D"}
UNBOUND = frozenset({"TJF 12", "TJF 14", "RMTJ", "R17"})


def _governs(citation: str, channel: str) -> bool:
    law = citation.split(" ")[0]
    if channel == "I" and (citation in UNBOUND or law in UNBOUND):
        return False
    return channel in OF_CHANNELS.get(law, channel)


def _t(zh: str, en: str) -> Text:
    return Text(zh, en)


_ROWS: tuple[Paper, ...] = (
    # register
    Paper("oral_note", _t("口头申请笔录", "Note of an oral request"), "register", ("applicant", "recorder"), "oral",
          "TJF 12; R17 21", is_made=True, place=1, gets=("respondent", "office")),
    Paper("application", _t("调解申请书", "Request for mediation"), "register", ("applicant",), "written",
          "TJF 12; R17 21", is_made=True, place=1, gets=("respondent", "office")),
    Paper("intake_form", _t("受理登记表", "Registration form"), "register", ("applicant", "recorder"), "may", "RMTJ 27", "M",
          place=1, is_made=True),
    Paper("identity", _t("身份证明", "Proof of identity"), "register", (), "always", "R17 21", "M", place=3),
    Paper("respondent_info", _t("被申请人基本情况", "Particulars of the other side"), "register", (), "always",
          "R17 21"),
    Paper("receipt", _t("回执", "Receipt slip"), "register", ("recorder",), "always", "R17 21", "M",
          is_made=True, gets=("applicant",)),
    Paper("rights_notice", _t("权利义务告知书", "Notice of rights and duties"), "register", ("applicant", "respondent"),
          "may", "RMTJ 23; RMTJ 24", "M", place=2, is_made=True, gets=SERVED),
    Paper("authorisation", _t("授权委托书", "Power of attorney"), "register", ("applicant", "agent"), "agents",
          "", "M", place=4, is_made=True, gets=("office", "applicant")),
    Paper("delegates", _t("职工代表推选书", "Election of representatives"), "register", ("workers",), "group",
          "TJF 7; R33 63", is_made=True, place=4),
    Paper("workers_list", _t("申请人名单", "List of the workers"), "register", ("workers",), "of_group", "R33 63", "M",
          place=4, is_made=True, gets=SERVED),
    Paper("evidence_list", _t("证据清单", "List of evidence"), "register", ("applicant", "recorder"), "may", "TJF 6", "M",
          place=6, is_made=True, gets=("applicant", "office")),
    Paper("evidence", _t("证据材料", "Evidence"), "register", (), "may", "TJF 6", place=6),
    Paper("major_report", _t("重大争议呈报表", "Report of a major dispute"), "register", ("seal",), "of_group", "", "M",
          is_made=True, gets=("higher", "office")),
    # accept
    Paper("acceptance", _t("受理通知书", "Notice of acceptance"), "accept", ("seal",), "accepted", "R17 22", "M",
          is_made=True, gets=SERVED),
    Paper("declined", _t("不予受理通知书", "Notice of non-acceptance"), "accept", ("seal",), "declined", "R17 22",
          is_made=True, gets=("applicant", "office")),
    Paper("suggestion", _t("调解建议书", "Proposal to mediate"), "accept", ("seal",), "before", "R17 22", "M",
          is_made=True, gets=("respondent", "office")),
    Paper("consent", _t("对方同意调解的材料", "The other side's consent"), "accept", ("respondent",), "consented", "R17 22",
          "M"),
    Paper("address", _t("送达地址确认书", "Confirmation of the address for service"), "accept",
          ("applicant", "respondent"), "court", "ZX 17", is_made=True),
    # mediate
    Paper("letter", _t("委派、委托函", "Letter of commission"), "mediate", (), "sent", "TY 27", "M"),
    Paper("meeting_notice", _t("调解通知书", "Notice of the session"), "mediate", ("seal",), "in_mediation", "", "M",
          is_made=True, gets=SERVED),
    Paper("service_proof", _t("送达回证", "Proof of service"), "mediate", ("receiver", "server"), "may", "ZX 17", "M",
          place=12, is_made=True),
    Paper("record", _t("调解笔录", "Record of mediation"), "mediate", ("applicant", "respondent", "mediator", "recorder"),
          "hearings", "RMTJ 27", "M", place=7, is_made=True, of="hearing"),
    Paper("extension", _t("延期同意书", "Consent to extend"), "mediate", ("applicant", "respondent"), "extended",
          "R17 29; N4", is_made=True, gets=SERVED),
    Paper("recusal", _t("回避说明", "Note of a recusal"), "mediate", ("mediator",), "recused", "TY 15; ZX 13", "M",
          is_made=True),
    Paper("inquiry", _t("调查笔录", "Record of inquiry"), "mediate", ("mediator", "recorder"), "may", "", "M",
          place=5, is_made=True),
    Paper("consultation", _t("联合会商（三方会诊）记录", "Record of a joint consultation"), "mediate",
          ("bodies", "recorder", "seal"), "may", "", "M", place=7, of="consultation", is_made=True,
          gets=("bodies", "office")),
    # agree
    Paper("agreement", _t("调解协议书", "Mediation agreement"), "agree", ("applicant", "respondent", "mediator", "seal"),
          "agreed", "TJF 14; R17 26; RMTJ 29", is_made=True, place=8, of="agreement",
          gets=SERVED),
    Paper("oral_agreement", _t("口头协议记录", "Record of an oral agreement"), "agree", ("mediator",), "agreed_orally",
          "RMTJ 28; RMTJ 30", place=8, is_made=True),
    Paper("allocation", _t("分配表及工人同意书", "Shares and the workers' consents"), "agree", ("workers",), "group_agreed",
          "R33 63", "M", place=8, is_made=True, of="agreement"),
    # stop
    Paper("termination", _t("终止调解告知书", "Notice that mediation has ended"), "stop", ("seal",), "stopped",
          "R17 30; RMTJ 26", is_made=True, gets=SERVED),
    Paper("reply_letter", _t("委派、委托调解复函", "Reply to a commission"), "stop", ("seal",), "replied", "TY 26; TY 27", "M",
          is_made=True, gets=("sender", "office")),
    Paper("undisputed", _t("无争议事实记录", "Record of undisputed facts"), "stop", ("applicant", "respondent"),
          "court_failed", "ZX 22", is_made=True, gets=("each", "court", "office")),
    Paper("referral", _t("转介单", "Transfer note"), "stop", ("mediator", "seal"), "sent_on", "R17 30; RMTJ 26", "M",
          is_made=True, gets=("applicant", "door", "office")),
    # after
    Paper("money_receipt", _t("收条", "Receipt of money"), "after", ("payee",), "money", "", "M",
          place=9, is_made=True, of="payment"),
    Paper("visit_note", _t("回访记录", "Note of the follow-up"), "after", ("mediator",), "settled", "RMTJ 31", "M",
          place=10, is_made=True, of="visit"),
    Paper("review_request", _t("仲裁审查申请书", "Request for arbitration review"), "after", ("applicant", "respondent"),
          "arb_review", "R33 74", place=11,
          is_made=True, gets=("each", "commission", "office")),
    Paper("confirm_request", _t("司法确认申请书", "Request for judicial confirmation"), "after",
          ("applicant", "respondent"), "jud_confirm", "CPL 205; RMTJ 33", place=11, is_made=True, gets=JOINT),
    Paper("order_request", _t("支付令申请书", "Request for a payment order"), "after", ("applicant",), "pay_order", "TJF 16",
          is_made=True, gets=("applicant", "court", "office")),
    # close
    Paper("report", _t("结案报告", "Closing report"), "close", ("mediator",), "closed", "", "M", is_made=True),
    Paper("cover", _t("调解卷宗封面", "Cover of the file"), "close", (), "at_close", "", "M", is_made=True),
    Paper("index", _t("卷内目录", "Volume index"), "close", (), "closed", "", "M", is_made=True),
    Paper("back", _t("调解卷宗封底", "Back of the file"), "close", ("mediator",), "at_close", "", "M", place=13,
          is_made=True),
    # supervise
    Paper("union_reminder", _t("工会劳动法律监督提示函", "Reminder of the union's supervision"), "supervise", ("seal",), "apart",
          "IMG 19", of=LETTER, is_made=True, gets=("addressee", "copied", "office")),
    Paper("union_opinion", _t("工会劳动法律监督意见书", "Opinion of the union's supervision"), "supervise", ("chair", "seal"),
          "apart", "IMG 19", of=LETTER, is_made=True, gets=("addressee", "copied", "office")),
    Paper("union_recommendation", _t("工会劳动法律监督建议书", "Recommendation of the union's supervision"), "supervise",
          ("chair", "seal"), "apart", "IMG 19", of=LETTER, is_made=True, gets=("addressee", "copied", "office")),
)
PAPERS: dict[str, Paper] = {paper.key: paper for paper in _ROWS}
WORDED: dict[str, Paper] = {key: paper for key, paper in PAPERS.items() if paper.is_made}
PRINTABLE: dict[str, Paper] = {key: paper for key, paper in WORDED.items() if paper.is_of_case}
# The papers that tell the applicant in writing where to go without an agreement: giving one is the notice itself.
NOTICES = frozenset({"declined", "termination"})
BEFORE_ACCEPTANCE = frozenset({"NOT_ACCEPTED", "REFUSED_BY_PARTY", "UNREACHABLE"})
STOPPED = frozenset({"FAILED", "WITHDRAWN", "TERMINATED_FRAUD", *words.REFERRALS})

Need = tuple[str, int]  # must, may or '', and how many copies
NOT_NEEDED: Need = ("", 0)


def _must(is_so: bool, copies: int = 1) -> Need:
    return ("must", copies) if is_so else NOT_NEEDED


def _may(is_so: bool) -> Need:
    return ("may", 1) if is_so else NOT_NEEDED


def _asked_for(kind: str) -> Callable[[Facts], Need]:
    """A request that both sides may make after an agreement: once it was made, it belongs in the volume."""
    return lambda f: _must(True) if kind in f.procedures else _may(f.has_agreement and f.outcome == "AGREED")


NEEDED: dict[str, Callable[[Facts], Need]] = {
    "always": lambda f: ("must", 1),
    "may": lambda f: ("may", 1),
    "oral": lambda f: _must(f.way == "oral"),
    "written": lambda f: _must(f.way == "written"),
    "of_group": lambda f: _may(f.is_group),
    "before": lambda f: _may(f.is_open and not f.is_accepted and not f.outcome),
    "in_mediation": lambda f: _may(f.is_accepted and (f.is_open or f.hearings > 0)),
    "replied": lambda f: _may(f.channel in "EFG" and bool(f.outcome)),
    "at_close": lambda f: _may(not f.is_open),
    "agents": lambda f: _must(f.agents > 0, f.agents),
    "group": lambda f: _must(f.is_group),
    "accepted": lambda f: _must(f.is_accepted),
    "declined": lambda f: _must(f.outcome in BEFORE_ACCEPTANCE),
    "court": lambda f: ("must" if f.channel in "EF" else "may", 1),
    "sent": lambda f: _must(f.channel in "EFG"),
    "hearings": lambda f: _must(f.hearings > 0, f.hearings),
    "extended": lambda f: _must(f.is_extended),
    "consented": lambda f: _may(f.is_accepted),
    "recused": lambda f: _may(f.is_recused),
    "agreed": lambda f: _must(f.has_agreement and f.outcome == "AGREED" and f.agreement_form not in ("court", "oral")),
    "agreed_orally": lambda f: _must(f.has_agreement and f.outcome == "AGREED" and f.agreement_form == "oral"),
    "sent_on": lambda f: _may(f.outcome in STOPPED | BEFORE_ACCEPTANCE),
    "arb_review": _asked_for("arb_review"),
    "jud_confirm": _asked_for("jud_confirm"),
    "pay_order": _asked_for("pay_order"),
    "group_agreed": lambda f: _must(f.has_agreement and f.is_group),
    "stopped": lambda f: _must(f.outcome in STOPPED),
    "court_failed": lambda f: ("may", 1) if f.outcome == "FAILED" and f.channel in "EF" else NOT_NEEDED,
    "money": lambda f: _must(f.has_money),
    "settled": lambda f: _must(f.outcome in words.SUCCESS and (f.has_money or not f.is_open)),
    "closed": lambda f: _must(not f.is_open),
    "apart": lambda f: NOT_NEEDED,
}

# The same conditions in words: when a paper must be there, or, with 可, when it may be made.
WHEN: dict[str, Text] = {
    "always": _t("每件必须", "in every case"), "may": _t("可做", "may be made"),
    "oral": _t("口头申请的必须", "a must for an oral request"),
    "written": _t("书面申请的必须", "a must for a written request"),
    "of_group": _t("群体案件可做", "may be made for a group"), "before": _t("受理前可做", "may be made before acceptance"),
    "in_mediation": _t("受理后可做", "may be made once accepted"),
    "replied": _t("法院、仲裁来案有结果后可做", "may be made once a case sent by court or arbitration has its outcome"),
    "at_close": _t("结案后可做", "may be made once closed"), "agents": _t("有代理人的必须", "a must with an agent"),
    "group": _t("群体案件必须", "a must for a group"), "accepted": _t("受理的必须", "a must once accepted"),
    "declined": _t("不受理的必须", "a must for a refusal"),
    "court": _t("法院来案必须，其他可做", "a must for a case sent by a court, else may be made"),
    "sent": _t("法院、仲裁来案必须", "a must for a case sent by court or arbitration"),
    "hearings": _t("每次调解必须", "a must for each session"), "extended": _t("延期的必须", "a must for an extension"),
    "consented": _t("受理后可有", "may be there once accepted"), "recused": _t("有人回避的可做", "may be made after a recusal"),
    "agreed": _t("书面协议的必须", "a must for a written agreement"),
    "agreed_orally": _t("口头协议的必须", "a must for an oral agreement"),
    "sent_on": _t("不成、终止、不受理的可做", "may be made after a failure, stop or refusal"),
    "arb_review": _t("申请了仲裁审查的必须，有协议可做", "a must once asked for, may be made with an agreement"),
    "jud_confirm": _t("申请了司法确认的必须，有协议可做", "a must once asked for, may be made with an agreement"),
    "pay_order": _t("申请了支付令的必须，有协议可做", "a must once asked for, may be made with an agreement"),
    "group_agreed": _t("群体协议必须", "a must for a group's agreement"), "stopped": _t("不成、终止的必须", "a must after a stop"),
    "court_failed": _t("法院来案不成的可做", "may be made when a case sent by a court fails"),
    "money": _t("到账的必须", "a must once money came"), "settled": _t("达成后必须", "a must after an agreement"),
    "closed": _t("结案的必须", "a must once closed"), "apart": _t("对用人单位发的，不随案件", "sent to an employer, apart from cases"),
}


MUST, IF_ANY = Text("必须", "must"), Text("按需", "if any")


@dataclass(frozen=True)
class Line:
    """One line of the checklist: needed or not, how many there are, and how that is known."""

    paper: Paper
    need: str
    copies: int
    found: int
    sources: tuple[Text, ...] = ()
    article: Text = Text("", "")

    @property
    def state(self) -> str:
        """have, missing, or '' where nothing is needed and nothing is there."""
        if self.found >= max(self.copies, 1):
            return "have"
        return "missing" if self.need == "must" else ""

    @property
    def is_kept(self) -> bool:
        """Whether it has a place in the volume that is filled or must be."""
        return bool(self.paper.place) and (self.found > 0 or self.need == "must")

    @property
    def remark(self) -> Text:
        """必须 or 按需, as the index of a volume says it."""
        return MUST if self.need == "must" else IF_ANY

    @property
    def lacking(self) -> int:
        return max(self.copies - self.found, 0) if self.need == "must" else 0


@dataclass(frozen=True)
class Found:
    """What is there of one kind: how many, and the sentences that say how it is known."""

    count: int = 0
    sources: tuple[Text, ...] = field(default=())


def checklist(facts: Facts, found: Mapping[str, Found]) -> list[Line]:
    """Every paper that the case needs, may have or has, in the order of the steps; a late entry needs none."""
    lines = []
    for paper in _ROWS:
        need, copies = NEEDED[paper.when](facts)
        if facts.is_late_entry and need == "must":
            need = "may"
        there = found.get(paper.key, Found())
        if need or there.count:
            lines.append(Line(paper, need, copies, there.count, there.sources, paper.article_on(facts.channel)))
    return lines


def missing(lines: list[Line]) -> list[Text]:
    """What still has to be made, as the case page says it: 授权委托书2份, 送达地址确认书."""
    texts = []
    for line in lines:
        if line.state == "missing":
            title, n = line.paper.title, line.lacking
            texts.append(title if n == 1 else Text(f"{title.zh}{n}份", f"{title.en} ({n})"))
    return texts


NOT_WHOLE = Text("卷宗不全，还缺：{what}。补上再归档，或者写明理由、确认归档。逐样写成“名称：理由；名称：理由”的，目录上各写各的",
                 "The file is not whole; missing: {what}. Complete it, or give the reason and confirm. Reasons "
                 "written as 'name: reason; name: reason' stand each at its line of the index")
UNNAMED = Text("理由是逐样写的，还有没写的：{what}", "The reasons are given one by one; missing are those of: {what}")
NO_REASON = Text("卷宗不全，请写理由", "The file is not whole: give the reason")
SEPARATORS = re.compile(r"[；;\n]")  # between the reasons of a note
MARKS = (("archive_number", Text("归档号", "file number")), ("pages", Text("页数", "pages")))


def volume_problems(answers: Mapping[str, object], papers: Sequence[Text], is_confirmed: bool) -> list[Problem]:
    """What is asked back before a file is filed away without number, pages or the ``papers`` that it must hold;
    going on needs a reason."""
    lacking = [text for name, text in MARKS if not answers.get(name)] + list(papers)
    if not lacking:
        return []
    if is_confirmed and not answers.get("note"):
        return [Problem("note", NO_REASON)]
    given = [bool(reason_for(text, str(answers.get("note") or ""))) for text in lacking]
    if is_confirmed and any(given) and not all(given):
        rest = [text for text, is_given in zip(lacking, given, strict=True) if not is_given]
        return [Problem("note", UNNAMED.fill(what=Text("、".join(t.zh for t in rest), ", ".join(t.en for t in rest))))]
    what = Text("、".join(text.zh for text in lacking), ", ".join(text.en for text in lacking))
    return [Problem("note", NOT_WHOLE.fill(what=what), "incomplete")]


def reason_for(title: Text, note: str) -> str:
    """Why one paper is missing, where a note says it for each: 受理通知书：原件在法院；回执：没有做. '' where it does not."""
    parts = (part.partition("：") for part in SEPARATORS.split(note.replace(":", "：")))
    return next((why.strip() for name, _sign, why in parts
                 if name.strip() and title.zh.startswith(name.strip()) and why.strip()), "")


# The three that the counter prints together when a case is registered; the first depends on how the request came.
def registration(way: str) -> tuple[str, str, str]:
    """Note of the request, rights notice, receipt slip."""
    return ("application" if way == "written" else "oral_note", "rights_notice", "receipt")
