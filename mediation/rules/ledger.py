"""The columns of every exported sheet, in one table: key, words, type, unit, vocabulary, what is masked, the formula.

The order follows the canonical ledger of practice.md 2.1, with what periods and stations need. Sums are whole fen
under their keys (``*_fen``) and yuan under Chinese headings. ``/help/columns`` prints this table; the files are
written from it.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mediation.rules import words
from mediation.rules.audit import reconciling
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.law import procedures, retention, routes

KINDS = vocabulary(
    Word("text", "文字", "text"),
    Word("int", "整数", "whole number"),
    Word("fen", "金额", "sum of money"),
    Word("date", "日期", "day"),
    Word("instant", "时刻（北京时间）", "instant (Beijing time)"),
    Word("bool", "是否", "yes or no"),
    Word("code", "代码", "code"),
    Word("codes", "若干代码", "several codes"),
)
BY = vocabulary(
    Word("accepted", "受理日期", "Day of acceptance"),
    Word("received", "收到日期", "Day of receipt"),
    Word("concluded", "结果日期", "Day of the outcome"),
    Word("closed", "结案日期", "Day of closing"),
    Word("arrived", "到账日期", "Day of arrival"),
)
NO_MEANING = Text("", "")
NO_SHEET = Text("没有这张表：{name}（有 {known}）", "There is no sheet {name} (there are {known})")
NO_COLUMN = Text("这张表没有这些列：{names}", "This sheet has no such columns: {names}")

Said = Mapping[str, Word | Text]


@dataclass(frozen=True)
class Column:
    """One column. ``is_personal``: a number that is masked; ``is_free``: typed by people, long numbers inside it are
    masked; ``is_named``: says who it is about; ``is_summed``: stands in the totals; ``meaning``: the formula in words,
    where there is one."""

    key: str
    label: Text
    kind: str = "text"
    unit: Text = NO_MEANING
    codes: Said | None = None
    is_personal: bool = False
    is_free: bool = False
    is_named: bool = False
    is_summed: bool = False
    meaning: Text = NO_MEANING
    width: int = 14
    money: str = "元"

    @property
    def heading(self) -> str:
        """The Chinese heading; sums name their unit."""
        return f"{self.label.zh}({self.money})" if self.kind == "fen" else self.label.zh

    @property
    def is_told(self) -> bool:
        """Whether it says who a case is about, or what was typed about it: withheld of a sealed case."""
        return self.is_personal or self.is_free or self.is_named

    @property
    def key_unit(self) -> Text:
        """The unit under the key: money in fen."""
        return Text("分", "fen") if self.kind == "fen" else self.unit


@dataclass(frozen=True)
class Sheet:
    """One sheet: what a row is, its columns, and those that the page shows of it."""

    key: str
    label: Text
    row: Text
    columns: tuple[Column, ...]
    preview: tuple[str, ...]

    def choose(self, keys: Iterable[str] = ()) -> tuple[Column, ...]:
        """All columns, or the named ones in the order named; raises Refused for one that does not exist."""
        known, wanted = {column.key: column for column in self.columns}, list(dict.fromkeys(keys))
        if missing := [key for key in wanted if key not in known]:
            raise Refused([Problem("columns", NO_COLUMN.fill(names="、".join(missing)))])
        return tuple(known[key] for key in wanted) or self.columns


def get_sheet(name: str) -> Sheet:
    """The sheet of this name; raises Refused when there is none."""
    if name not in SHEETS:
        raise Refused([Problem("sheet", NO_SHEET.fill(name=name, known=" ".join(SHEETS)))])
    return SHEETS[name]


def _text(key: str, zh: str, en: str, width: int = 14, meaning: Text = NO_MEANING) -> Column:
    return Column(key, Text(zh, en), width=width, meaning=meaning)


def _name(key: str, zh: str, en: str, width: int = 14) -> Column:
    """Says who a case is about."""
    return Column(key, Text(zh, en), width=width, is_named=True)


def _number(key: str, zh: str, en: str, width: int = 16) -> Column:
    """A telephone or identity number."""
    return Column(key, Text(zh, en), width=width, is_personal=True)


def _free(key: str, zh: str, en: str, width: int = 30) -> Column:
    """Typed by people."""
    return Column(key, Text(zh, en), width=width, is_free=True)


def _count(key: str, zh: str, en: str, unit: tuple[str, str] = ("", ""), is_summed: bool = False) -> Column:
    return Column(key, Text(zh, en), "int", Text(*unit), is_summed=is_summed, width=9)


def _fen(key: str, zh: str, en: str, meaning: tuple[str, str]) -> Column:
    return Column(key, Text(zh, en), "fen", Text("元", "yuan"), is_summed=True, meaning=Text(*meaning), width=16)


def _day(key: str, zh: str, en: str, meaning: tuple[str, str] = ("", "")) -> Column:
    return Column(key, Text(zh, en), "date", meaning=Text(*meaning), width=12)


def _tick(key: str, zh: str, en: str) -> Column:
    return Column(key, Text(zh, en), "bool", width=9)


def _code(key: str, zh: str, en: str, codes: Said, kind: str = "code", width: int = 16) -> Column:
    return Column(key, Text(zh, en), kind, codes=codes, width=width)


STATES: Said = {code: state.label for code, state in workflow.STATES.items()}
# The reason of an outcome is a code of the vocabulary that belongs to the outcome.
REASONS: Said = {**words.FAIL_REASONS, **words.DECLINE_GROUNDS, **words.REFERRALS}
RETENTIONS: Said = {code: Text(row.zh, row.en) for code, row in retention.RETENTIONS.items()}
PROCEDURES: Said = {f"{route.code}:{state.code}": Text(f"{route.zh}（{state.zh}）", f"{route.en} ({state.en})")
                    for route in routes.ROUTES.values() for state in procedures.STATES.values()}
PRECISIONS: Said = vocabulary(
    Word("exact", "准数", "exact"), Word("about", "约数", "about"), Word("unknown", "不详", "not known"))
PERSONS, TIMES = ("人", "persons"), ("次", "times")

SEQ = _count("seq", "序号", "No.")
NUMBER = _text("number", "案件编号", "Case number", 22)
STATION = _text("station", "受理站点", "Station at acceptance", 16, meaning=Text(
    "受理时承办的站点；未受理的为现在所在的站点", "the station that held the case at acceptance, else where it lies now"))
ACCEPTED_ON = _day("accepted_on", "受理日期", "Accepted on")
UNDISCLOSED = _tick("is_undisclosed", "协议金额是否未公开", "Agreed sum not published")
PERSON = _count("person", "人员编号", "Person")
NAME = _name("name", "姓名", "Name", 16)
HEAD = _code("head", "诉求类型", "Head of claim", words.HEADS)
OF_A_CASE = (SEQ, NUMBER, STATION, ACCEPTED_ON)

CASES = (
    SEQ, NUMBER,
    _text("printed_number", "打印编号", "Printed number", 22),
    STATION,
    _text("station_now", "现在站点", "Station now", 16),
    _code("state", "状态", "State", STATES),
    _code("channel", "渠道", "Channel", words.CHANNELS),
    _day("received_on", "收到日期", "Received on"),
    Column("registered_at", Text("登记时间", "Registered at"), "instant", width=20),
    ACCEPTED_ON,
    _code("source", "案件来源", "Source", words.SOURCES, width=12),
    _name("source_body", "来源单位", "Sent by", 18),
    _name("source_number", "来源文号", "Its document number", 18),
    _name("external_numbers", "外部系统编号", "Numbers in other registers", 20),
    _name("applicant", "申请人(代表人)", "Applicant", 18),
    replace(_count("headcount", "涉及人数", "Persons", PERSONS), is_summed=True),
    _text("headcount_told", "人数的说法", "Persons as told", 12, Text(
        "人数只是估的，这里是原话；涉及人数按它最少的意思计", "where the number is a guess: its words; the least they mean is counted")),
    _number("phone", "联系电话", "Telephone", 16),
    _number("identity", "身份证号", "Identity number", 22),
    _name("ethnicity", "民族", "Ethnicity", 10),
    _code("language", "语言", "Language", words.LANGUAGES, width=10),
    _tick("is_rural", "是否农牧民工", "Migrant or herder worker"),
    _tick("is_new_form", "是否新业态", "New employment form"),
    _name("respondent", "被申请人(单位全称)", "Respondent", 26),
    _name("credit_code", "统一社会信用代码", "Credit code", 22),
    _name("legal_person", "法定代表人", "Legal representative", 14),
    _number("employer_phone", "单位电话", "Employer's telephone", 16),
    _code("sector", "行业", "Sector", words.SECTORS, width=12),
    _code("ownership", "企业性质", "Ownership", words.OWNERSHIPS, width=12),
    _code("relation", "用工形式", "Relationship", words.RELATIONS),
    _code("main_head", "争议类型(主)", "Main head", words.HEADS),
    _code("other_heads", "争议类型(其他)", "Other heads", words.HEADS, "codes", 20),
    _day("happened_on", "争议发生日期", "Happened on"),
    _free("place", "争议发生地点", "Place", 20),
    _free("narrative", "诉求摘要", "What is asked", 40),
    _fen("claimed_fen", "诉求金额", "Claimed", (
        "未放弃的各项诉求之和，返还单位的为负", "sum of the claims not dropped; sums owed to the employer are negative")),
    _tick("is_claim_about", "诉求金额是否约数", "Claimed is approximate"),
    _fen("assessed_fen", "主管部门核定金额", "Assessed by an authority", (
        "主管部门查明应付的金额；没有核定过的空着", "what an authority found to be owed; empty where none did")),
    _tick("is_group", "是否群体性", "Group case"),
    _code("grade", "分级", "Grade", words.GRADES, width=8),
    _text("handler", "承办调解员", "Mediator", 12),
    _text("agencies", "协办单位", "Bodies taking part", 20),
    _count("joint_count", "会诊次数", "Joint consultations", TIMES),
    _count("hearings", "调解次数", "Sessions", TIMES),
    _code("ways", "调解方式", "Ways of the sessions", words.SESSION_WAYS, "codes", 18),
    _day("due_on", "期限届满日", "End of the period", (
        "本渠道调解期限的届满日，含已同意的延期", "end of the channel's mediation period, extensions agreed included")),
    _code("outcome", "结果", "Outcome", words.OUTCOMES),
    _code("outcome_reason", "不成原因", "Reason", REASONS),
    _day("concluded_on", "结果日期", "Concluded on", ("有了结果的那天；各项比率按这一天计",
                                                  "the day of the outcome; rates count by it")),
    _day("closed_on", "结案日期", "Closed on", ("履行完毕或已记载后续去向的那天",
                                             "performed, or the way on recorded")),
    _text("agreement_number", "协议编号", "Agreement number", 20),
    _code("agreement_form", "协议形式", "Form of the agreement", words.AGREEMENT_FORMS),
    _day("agreed_on", "达成协议日期", "Agreed on"),
    _day("effective_on", "生效日期", "Effective on"),
    _fen("agreed_fen", "协议金额", "Agreed", (
        "现行协议中约束到的工人的份额之和（缺同意的不计）",
        "shares of the present agreement that bind their workers (without consent not counted)")),
    UNDISCLOSED,
    _code("pay_ways", "履行方式", "Ways of payment", words.PAY_WAYS, "codes", 18),
    _day("last_due_on", "履行期限", "Last instalment due"),
    _fen("arrived_fen", "已到账金额", "Arrived", (
        "有凭证的到账之和，减去返还单位的；实物和待核实的不计",
        "proved arrivals less what went back to the employer; goods and unproved sums are left out")),
    _fen("unverified_fen", "待核实金额", "Unproved", ("单位称已付、尚无凭证的", "the employer's word alone")),
    _fen("outstanding_fen", "未到账金额", "Outstanding", (
        "到截止日，逐人计算 协议金额 − 已到账，负数按零，再求和",
        "at the cut-off, for each worker agreed − arrived, never below zero, then summed")),
    _code("performance", "履行状态", "Performance", words.PERFORMANCE),
    _code("procedures", "司法确认/仲裁审查", "Review, confirmation, orders", PROCEDURES, "codes", 20),
    _tick("is_enforced", "是否申请执行", "Under enforcement"),
    _day("visited_on", "回访日期", "Followed up on"),
    _code("satisfaction", "满意度", "Satisfaction", words.SATISFACTION, width=10),
    _text("archive_number", "归档号", "File number", 14),
    _count("pages", "页数", "Pages"),
    _code("retention", "保管期限", "Kept for", RETENTIONS, width=10),
    _tick("is_late_entry", "是否补录", "Entered afterwards"),
    _free("remark", "备注", "Remarks", 24),
)

PEOPLE = (
    *OF_A_CASE, PERSON,
    _code("side", "当事人地位", "Side", words.SIDES, width=10),
    _code("part", "身份", "Part", words.PARTS, width=12),
    NAME,
    _name("name_other", "其他文字姓名", "Name in another script", 16),
    _count("headcount", "人数", "Persons", PERSONS),
    _day("died_on", "去世日期", "Died on"),
    _free("died_told", "去世的说法", "Death as told", 12),
    _code("kinship", "与死者的关系", "Kin relation", words.KINSHIPS, width=12),
    _text("kin_share", "近亲属份额", "Share of the kin", 10, Text(
        "死者应得的钱里，本人自己说定的份额", "this person's agreed part of what the dead worker is due")),
    _tick("is_representative", "是否代表人", "Representative"),
    _code("id_type", "证件类型", "Document", words.ID_TYPES),
    _number("identity", "证件号", "Document number", 22),
    _number("phone", "联系电话", "Telephone", 16),
    replace(_code("sex", "性别", "Sex", words.SEXES, width=6), is_named=True),
    _name("ethnicity", "民族", "Ethnicity", 10),
    _code("language", "语言", "Language", words.LANGUAGES, width=10),
    _name("employer", "登记单位", "Employer of the register", 26),
    _name("credit_code", "统一社会信用代码", "Credit code", 22),
    _fen("claimed_fen", "诉求金额", "Claimed", (
        "本人未放弃的各项诉求之和", "sum of this person's claims not dropped")),
    _fen("agreed_fen", "协议金额", "Agreed", (
        "本人在现行协议各期中的份额之和（缺同意的不计）", "this person's shares in the present agreement, where bound")),
    _fen("arrived_fen", "已到账金额", "Arrived", (
        "本人名下有凭证的到账之和，减去返还单位的", "proved arrivals of this person, less what went back")),
    _fen("outstanding_fen", "未到账金额", "Outstanding", (
        "到截止日 协议金额 − 已到账，负数按零", "at the cut-off agreed − arrived, never below zero")),
    _day("removed_on", "划去日期", "Struck out on"),
)

CLAIMS = (
    *OF_A_CASE, PERSON, NAME, HEAD,
    _fen("amount_fen", "诉求金额", "Amount asked", ("本项写下的金额", "the amount as written")),
    _fen("counted_fen", "计入诉求金额", "Counted", (
        "已放弃的为零，返还单位的为负；合计等于案件的诉求金额",
        "zero when dropped, negative when owed to the employer; sums to the claims of the cases")),
    _code("precision", "准确程度", "Precision", PRECISIONS, width=10),
    _free("as_told", "原话", "As told", 20),
    _free("from_told", "从", "From", 14),
    _free("to_told", "到", "To", 14),
    _fen("agreed_fen", "协议金额", "Agreed", (
        "现行协议中本人本项的金额", "this person's sum under this head in the present agreement")),
    _day("dropped_on", "放弃日期", "Dropped on"),
    _free("dropped_reason", "放弃理由", "Reason", 24),
)

INSTALMENTS = (
    *OF_A_CASE,
    _text("agreement_number", "协议编号", "Agreement number", 20),
    _count("instalment", "期次", "Instalment"),
    _count("plan", "付款计划", "Plan"),
    _day("due_on", "应付日期", "Due on"),
    _free("due_told", "约定的说法", "As told", 16),
    PERSON, NAME,
    _fen("amount_fen", "本期应付", "Due", ("本人在本期的份额", "this person's share of the instalment")),
    _tick("is_bound", "是否受协议约束", "Bound by the agreement"),
    _fen("bound_fen", "计入协议金额", "Counted as agreed", (
        "受协议约束的份额；合计等于案件的协议金额", "shares that bind; sums to what is agreed in the cases")),
    _fen("arrived_fen", "指明付本期的到账", "Arrived towards it", (
        "登记时指明付本期的有凭证到账", "proved arrivals entered towards this instalment")),
    _code("way", "履行方式", "Way", words.PAY_WAYS),
)

PAYMENTS = (
    *OF_A_CASE,
    _count("slip", "笔次", "Entry"),
    _day("paid_on", "到账日期", "Arrived on"),
    _free("paid_told", "到账的说法", "As told", 16),
    PERSON, NAME,
    _fen("amount_fen", "金额", "Amount", ("本笔中本人的份额；冲销为负", "this person's share of the entry; a reversal is negative")),
    _fen("counted_fen", "计入已到账", "Counted as arrived", (
        "有凭证的份额，减去其中返还单位的（从最早到账的减起）；返还、实物和待核实的为零；合计等于案件的已到账金额",
        "proved shares less what of them went back (taken off what came first); zero for what goes back, goods and "
        "unproved sums; sums to what arrived")),
    _code("proof", "凭证", "Proof", words.PROOFS),
    _free("proof_note", "凭证说明", "Note on the proof", 24),
    _code("way", "付款方式", "Way", words.PAY_WAYS),
    _code("direction", "方向", "Direction", words.DIRECTIONS),
    _code("payer_kind", "付款人类别", "Kind of payer", words.PAYER_KINDS),
    _free("payer", "付款人", "Payer", 20),
    _count("instalment", "付第几期", "Towards instalment"),
    _count("reverses", "冲销第几笔", "Reverses entry"),
    _free("reason", "理由", "Reason", 24),
    _day("entered_on", "登记日期", "Entered on"),
    _text("made_by", "登记人", "Entered by", 12),
    replace(_code("reconciled", "是否核对", "Reconciled", reconciling.STANDS, width=10), meaning=Text(
        "由登记人以外的人跟凭证对过；已冲销和待核实的不用核对",
        "compared with its proof by somebody else; reversed and unproved entries need none")),
    _day("reconciled_on", "核对日期", "Reconciled on"),
)

# What data/checker.py verifies, cell by cell: the order and the form of these columns are a promise.
EVENTS = (
    _text("stream", "链", "Chain", 26),
    _text("seq", "序号", "No.", 8),
    _text("entered_at", "登记时刻", "Entered at", 32, meaning=Text("协调世界时，照原样参与计算", "UTC, hashed exactly as it stands")),
    _text("happened_on", "发生日期", "Happened on", 12),
    _text("actor", "操作人", "Actor", 18, meaning=Text("账号编号:名字", "number:name of the account")),
    _text("kind", "事项", "Kind", 18),
    _text("data", "内容", "Content", 50),
    _text("prev", "前一条的哈希", "Hash before", 20),
    _text("hash", "本条的哈希", "Hash", 20, meaning=Text(
        "对前一条的哈希和本条各项（链、序号、时刻、日期、操作人、事项、内容）逐行相连求 SHA-256",
        "SHA-256 over the hash before and the chain, number, instant, day, actor, kind, content, line by line")),
    _text("sentence", "经过", "In words", 50),
    _text("row_hash", "本行的哈希", "Hash of the row", 20, meaning=Text(
        "对上一行的哈希和本行各格求 SHA-256；第一行接在表头之后",
        "SHA-256 over the hash of the row above and the cells of this row; the first stands on the heading")),
)

def _sheet(key: str, label: Text, row: Text, columns: tuple[Column, ...], preview: str) -> Sheet:
    return Sheet(key, label, row, columns, tuple(preview.split()))


SHEETS: dict[str, Sheet] = {sheet.key: sheet for sheet in (
    _sheet("cases", Text("案件", "Cases"), Text("一件案件", "one case"), CASES,
           "number accepted_on applicant respondent headcount main_head state "
           "claimed_fen agreed_fen arrived_fen outstanding_fen"),
    _sheet("persons", Text("当事人", "Persons"), Text("一件案件中的一名当事人", "one party of one case"), PEOPLE,
           "number accepted_on side part name phone claimed_fen agreed_fen arrived_fen outstanding_fen"),
    _sheet("claims", Text("诉求", "Claims"), Text("一名工人的一项诉求", "one head of claim of one worker"), CLAIMS,
           "number accepted_on name head precision dropped_on amount_fen counted_fen agreed_fen"),
    _sheet("instalments", Text("分期", "Instalments"), Text("一名工人在一期中的份额", "one worker's share of an instalment"),
           INSTALMENTS, "number agreement_number instalment due_on name is_bound amount_fen bound_fen arrived_fen"),
    _sheet("payments", Text("到账", "Payments"), Text("一名工人在一笔到账中的份额", "one worker's share of a payment"), PAYMENTS,
           "number slip paid_on name proof payer_kind reverses amount_fen counted_fen reconciled"),
    _sheet("events", Text("经过", "Events"), Text("一条经过", "one entry of the journal"), EVENTS,
           "stream seq happened_on actor sentence"),
)}
