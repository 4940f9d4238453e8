"""What a column of a register may hold: every fact of a past case that is kept, with the headings that mean it.

The columns are those of the exported ledger (rules/ledger.py) and of the forms that other offices use (practice.md 2
and 2.1: forms L1 to L23, the aliases seen; headings of registers found in the field; public registers in English). An
office adds its own words to them on the screen. What a cell says is put under a code by the words of ``codes.py``.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from mediation.rules import ledger
from mediation.rules.imports import codes
from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.money import currencies
from mediation.rules.text_cleaning import narrow

KINDS = vocabulary(
    Word("day", "日期", "day"), Word("fen", "金额", "sum of money"), Word("people", "人数", "number of people"),
    Word("name", "单位名", "name"), Word("people_names", "人名", "names of people"), Word("both", "双方", "both parties"),
    Word("phone", "电话", "telephone"), Word("identity", "证件号", "identity number"),
    Word("credit", "信用代码", "credit code"), Word("text", "文字", "text"), Word("codes", "词", "words of a list"),
    Word("tick", "是否", "yes or no"), Word("int", "整数", "whole number"), Word("currency", "币种", "currency"),
    Word("left", "不导入", "passed over"),
)
LEFT = "left"


@dataclass(frozen=True)
class Field:
    """One fact. ``kind`` as in ``KINDS``; ``synonyms``: headings that mean it, as people write them."""

    key: str
    label: Text
    kind: str
    synonyms: tuple[str, ...] = ()

    @property
    def codes(self) -> codes.Said:
        """The words that its cells may say, by their codes; empty where it has no list."""
        return codes.VOCABULARIES.get(self.key, {})


def _words(*lists: str) -> tuple[str, ...]:
    return tuple(word for words in lists for word in words.split())


def _of(sides: str, parts: str) -> str:
    """Headings in two parts: 被申请人电话, 用人单位地址."""
    return " ".join(f"{side}{part}" for side, part in product(sides.split(), parts.split()))


_WORKER = "申请人 来访人 信访人 投诉人 申诉人 反映人 当事人 劳动者 职工 员工 工人 农民工 求助人 甲方 原告 当事人(甲方) 申请人(代表人)"
_BOSS = "被申请人 被诉人 被投诉人 被投诉单位 被反映单位 用人单位 用工单位 企业 单位 公司 对方 乙方 被告 涉及单位 欠薪单位 雇主"
_PHONES = "电话 联系电话 手机 手机号 手机号码 电话号码 联系方式"


def _field(key: str, zh: str, en: str, kind: str, *synonyms: str) -> Field:
    return Field(key, Text(zh, en), kind, _words(*synonyms))


_ROWS: tuple[Field, ...] = (
    # numbers and how it came
    _field("number", "案件编号", "Case number", "text", "编号 案号 案件号 案件编号 卷号 档案号 登记号 登记编号 受理编号 受理号 纠纷编号 "
           "协议书编号 信访件编号 case_uuid case_id case_no case_number caseid row_id"),
    _field("line_number", "明细编号", "Number of the entry", "text", "明细编号 明细号 violation_uuid violation_id entry_id"),
    _field("external_numbers", "外部系统编号", "Number in another register", "text", "平台编号 工单号 工单编号 系统编号 "
           "综治编号 信访编号 12351工单 来源ID external_number"),
    _field("printed_number", "打印编号", "Printed number", "text", "文书编号"),
    _field("station", "受理站点", "Station", "text", "站点 承办单位 受理单位 受理机构 调解组织 调解机构 网格全称 工作站 station office"),
    _field("received_on", "收到日期", "Received on", "day", "收到时间 收件日期 收到申请日期 来访日期 来访时间 来信日期 "
           "反映时间 投诉时间 投诉日期 申请日期 申请时间 接访时间 接访日期 接待时间 接待日期 登记日期 登记时间 排查时间 排查日期 发起时间 日期 时间 "
           "填表时间 立卷日期 创建时间 date_received received_date date_opened opened date_filed filing_date"),
    _field("accepted_on", "受理日期", "Accepted on", "day", "受理时间 受案时间 受案日期 立案日期 立案时间 决定受理日期 "
           "date_accepted accepted_date"),
    _field("source", "案件来源", "Source", "codes", "来源 来访形式 受理渠道 案源 移交单位 信访渠道 渠道来源 信访形式 反映渠道 诉求来源 "
           "channel source"),
    _field("source_body", "来源单位", "Sent by", "name", "来源单位 来文单位 移送单位 转办单位 交办单位 委托单位 委派单位 sent_by referring_agency"),
    _field("source_number", "来源文号", "Its document number", "text", "文号 来文号 来函文号 来源文号 移送函号"),
    _field("channel", "渠道", "Channel", "codes", "调解渠道"),
    # the people who ask
    _field("applicant", "申请人", "Applicant", "people_names", _WORKER, _of(_WORKER, "姓名 名称"),
           "姓名 名字 当事人姓名 代表人 职工代表 用户 claimant complainant employee employee_name worker name applicant"),
    _field("both", "当事人双方", "Both parties", "both", "当事人双方 双方当事人 争议双方 纠纷双方 parties"),
    _field("headcount", "涉及人数", "Persons", "people", "涉案人数 人数 职工人数 拖欠人数 欠薪人数 涉及职工人数 涉及劳动者人数 "
           "来访人数 当事人数 申请人数 劳动者人数 workers worker_count number_of_workers headcount employees_affected"),
    _field("headcount_told", "人数的说法", "Persons as told", "text"),
    _field("phone", "联系电话", "Telephone", "phone", _PHONES, _of(_WORKER, _PHONES),
           "来电号码 本人电话 claimant_phone phone telephone"),
    _field("identity", "身份证号", "Identity number", "identity", "身份证 身份证号码 公民身份号码 证件号 证件号码 身份证件号码 "
           "居民身份证号", _of(_WORKER, "身份证 身份证号 身份证号码 证件号码"), "申请人证件号码"),
    _field("address", "住址", "Address", "text", "住址 地址 家庭住址 家庭地址 联系地址 现居住地址 单位或住址", _of(_WORKER, "住址 地址 现居住地址")),
    _field("ethnicity", "民族", "Ethnicity", "text", "民族"),
    _field("language", "语言", "Language", "codes", "语言 语种"),
    _field("is_rural", "是否农牧民工", "Migrant or herder worker", "tick", "是否农民工 农民工 是否农牧民工 是否为农民工"),
    _field("is_new_form", "是否新业态", "New employment form", "tick", "是否新业态 新业态 是否新就业形态"),
    # the other side
    _field("respondent", "被申请人", "Respondent", "name", _BOSS, _of(_BOSS, "名称 全称 姓名"), "企业名称 单位名称 公司名称 商户 商家 "
           "被申请人(单位全称) employer employer_name respondent company"),
    _field("general_contractor", "总承包单位", "General contractor", "name", "总承包单位名称 总包单位 总包 施工总承包单位 施工单位"),
    _field("sub_contractor", "分包单位", "Sub-contractor", "name", "分包单位名称 分包 劳务公司 劳务分包单位"),
    _field("developer", "建设单位", "Developer", "name", "建设单位名称 业主单位 建设方 业主"),
    _field("labour_contractor", "包工头", "Labour contractor", "name", "班组长 班组长姓名 包工头姓名 带班人"),
    _field("respondent_more", "其他被申请人", "Further respondents", "name", "第三人 其他被申请人 被申请人二 "
           "employer_dba_name dba_name"),
    _field("credit_code", "统一社会信用代码", "Credit code", "credit", "统一社会信用代码 信用代码 社会信用代码 组织机构代码"),
    _field("legal_person", "法定代表人", "Legal representative", "text", "法定代表人 法人 法人代表 负责人 单位负责人 企业负责人"),
    _field("employer_phone", "单位电话", "Employer's telephone", "phone", "单位电话 单位联系电话 被告手机号 企业联系电话",
           _of(_BOSS, _PHONES)),
    _field("site", "项目或工地", "Site", "text", "项目 项目名 项目名称 工程名称 工地 工作地点 拖欠工资项目名称 项目地址 用工地点 employer_city city"),
    _field("sector", "行业", "Sector", "codes", "行业 所属行业 行业类别 employer_sector industry sector"),
    _field("ownership", "企业性质", "Ownership", "codes", "企业性质 单位性质 企业类型 经济类型 ownership"),
    _field("relation", "用工形式", "Relationship", "codes", "用工形式 用工类型 劳动关系类型 relationship"),
    # what it is about
    _field("main_head", "争议类型", "Matter", "codes", "争议类型 争议类型(主) 案由 纠纷类型 类别 矛盾纠纷类别 争议事项 争议原因 诉求类别 "
           "诉求类别一级 纠纷类别 类型 诉求类型 问题类别 案件类型 dispute_type violation_category violation claim_type"),
    _field("other_heads", "争议类型（其他）", "Further matters", "codes", "争议类型(其他) 诉求类别二级 二级 其他争议"),
    _field("happened_on", "争议发生日期", "Happened on", "day", "发生日期 发生时间 欠薪发生时间 欠薪时间 "
           "纠纷发生时间 date_of_violation"),
    _field("place", "争议发生地点", "Place", "text", "争议发生地点 发生地点 发生地 地点 所在市 所在区县 place location state_name"),
    _field("narrative", "诉求摘要", "What is asked", "text", "诉求摘要 诉求内容 基本情况 简要情况 纠纷简要情况 纠纷内容 纠纷描述 主要问题 反映内容 "
           "反映内容及要求 反映事项 请求事项 申请事项 事由 来访事由 简要事实 欠薪基本情况摘要 诉求 案情 案情简介 案件简介 描述 narrative "
           "description summary"),
    _field("claimed_fen", "诉求金额", "Claimed", "fen", "诉求金额 涉及金额 涉案金额 欠款总额 拖欠金额 标的额 申请金额 请求金额 欠薪金额 拖欠工资金额 "
           "欠薪数额 争议金额 涉及金额数 金额 总金额 amount_claimed claimed_yuan claimed claim_amount amount"),
    _field("assessed_fen", "主管部门核定金额", "Assessed by an authority", "fen", "核定金额 认定金额 裁决金额 核实金额 责令支付金额 "
           "amount_assessed assessed back_wages_assessed"),
    _field("amount_precision", "金额准确程度", "How exact the sums are", "text", "金额口径 amount_precision"),
    _field("is_claim_about", "诉求金额是否约数", "Claimed is approximate", "tick"),
    _field("is_group", "是否群体性", "Group case", "tick", "是否群体性 是否群体 是否集体访 群体性 是否集体"),
    _field("grade", "分级", "Grade", "codes", "分级 案件等级 等级 是否重大 grade"),
    # what was done
    _field("handler", "承办调解员", "Mediator", "text", "承办人 调解人 调解员 承办调解员 责任人 接待人 接访人 经办人 主办人 mediator handler"),
    _field("registered_by", "登记人", "Registered by", "text", "登记人 填报人 录入人 收集人 创建人"),
    _field("agencies", "协办单位", "Bodies taking part", "text", "配合单位 参与单位 联动单位 行业主管部门 责任部门 "
           "partner_agencies agencies"),
    _field("joint_count", "会诊次数", "Joint consultations", "int", "会诊次数 会商次数"),
    _field("hearings", "调解次数", "Sessions", "int", "调解次数"),
    _field("ways", "调解方式", "Ways of the sessions", "codes", "调解方式"),
    _field("assigned_on", "指派日期", "Assigned on", "day", "指派日期 分派日期 交办日期 指派时间"),
    _field("due_on", "期限届满日", "End of the period", "day", "期限届满日 完成时限 办理期限 办结期限 调解期限 截止时间"),
    _field("state", "状态", "State", "codes", "状态 纠纷状态 案件状态 办理状态 进度 case_status status state"),
    _field("outcome", "结果", "Outcome", "codes", "结果 处理结果 调解结果 化解结果 化解情况 办理结果 处理情况 结案方式 办理情况 调解进度 "
           "how_closed outcome disposition result"),
    _field("outcome_reason", "不成原因", "Reason", "codes", "不成原因 调解不成原因 未成原因"),
    _field("concluded_on", "结果日期", "Concluded on", "day", "结果日期 调解日期 调解时间"),
    _field("closed_on", "结案日期", "Closed on", "day", "结案时间 办结时间 办结日期 确认时间 化解时间 完成时间 办理完成时间 date_closed closed_date"),
    _field("archived_on", "归档日期", "Filed on", "day", "归档日期 归档时间"),
    # agreement and money
    _field("agreement_number", "协议编号", "Agreement number", "text", "协议编号 协议书号 调解协议编号 协议书编号 调解书编号"),
    _field("agreement_form", "协议形式", "Form of the agreement", "codes", "协议形式"),
    _field("agreed_on", "达成协议日期", "Agreed on", "day", "达成协议日期 协议日期 签订日期 协议签订日期 协议时间 date_agreed"),
    _field("effective_on", "生效日期", "Effective on", "day", "生效日期"),
    _field("agreed_fen", "协议金额", "Agreed", "fen", "协议金额 调解金额 调解成功金额 赔偿金额 达成金额 约定金额 agreed_yuan agreed "
           "amount_agreed settlement_amount"),
    _field("is_undisclosed", "协议金额是否未公开", "Agreed sum not published", "tick"),
    _field("payment_terms", "履行约定", "Terms of payment", "text", "履行方式 履行约定 付款方式 履行地点 payment_terms"),
    _field("pay_ways", "付款途径", "Ways of payment", "codes", "付款途径 支付方式"),
    _field("last_due_on", "履行期限", "Last instalment due", "day", "履行期限 约定付款日 应付日期"),
    _field("arrived_fen", "已到账金额", "Arrived", "fen", "已还款 已支付 兑付金额 追回金额 挽回损失 到账金额 实际到账金额 已付金额 已履行金额 "
           "追讨金额 为职工挽回金额 amount_paid paid_yuan paid back_wages_paid"),
    _field("unverified_fen", "待核实金额", "Unproved", "fen", "待核实金额"),
    _field("outstanding_fen", "未到账金额", "Outstanding", "fen", "未到账金额 未还款 未支付 未履行金额 尚欠 outstanding"),
    _field("paid_on", "到账日期", "Arrived on", "day", "到账日期 付款日期 履行日期 兑付日期 支付日期 履行时间 date_paid paid_date"),
    _field("performance", "履行状态", "Performance", "codes", "履行状态 履行情况 是否履行"),
    _field("procedures", "司法确认/仲裁审查", "Review, confirmation, orders", "text", "司法确认 仲裁审查 是否司法确认 "
           "legal_backing"),
    _field("is_enforced", "是否申请执行", "Under enforcement", "tick", "是否申请执行"),
    _field("visited_on", "回访日期", "Followed up on", "day", "回访日期 回访时间 反馈日期"),
    _field("satisfaction", "满意度", "Satisfaction", "codes", "满意度 群众反馈意见 满意情况"),
    _field("archive_number", "归档号", "File number", "text", "归档号 卷宗号"),
    _field("pages", "页数", "Pages", "int", "页数 卷内页数"),
    _field("retention", "保管期限", "Kept for", "codes", "保管期限 保存期限"),
    _field("currency", "币种", "Currency", "currency", "币种 货币 currency"),
    _field("remark", "备注", "Remarks", "text", "备注 说明 附注 notes remarks comments"),
    _field(LEFT, "不导入", "Passed over", "left", "序号 序 号 no no. 签名 签字 当事人签名 登记人签名 印章 盖章 手印 图片 财务审核 "
           "registered_at station_now seq is_late_entry 是否补录 现在站点"),
)
FIELDS: dict[str, Field] = {row.key: row for row in _ROWS}
# What the empty workbook to begin with asks for (mediation/sheets.py).
TEMPLATE = ("received_on", "accepted_on", "source", "applicant", "headcount", "phone", "identity", "respondent",
            "credit_code", "sector", "main_head", "narrative", "claimed_fen", "handler", "outcome", "outcome_reason",
            "agreed_on", "agreed_fen", "last_due_on", "arrived_fen", "paid_on", "performance", "concluded_on",
            "closed_on", "remark")
# Sums that belong to one case: added where several rows are one, never across currencies.
SUMS = tuple(row.key for row in _ROWS if row.kind == "fen")
UNITS = {"万元": "万元", "千元": "千元", "元": "元", "分": "分", "wan": "万元", "yuan": "元", "fen": "分"}
# In a register 元 alone is a unit: 金额（元）, and names no currency.
CURRENCIES: dict[str, tuple[str, ...]] = {code: tuple(map(str.lower, names)) for code, names in {
    **currencies.NAMES, "CNY": ("人民币", "CNY", "RMB", "￥", "¥", "yuan")}.items()}
_CURRENCY_NAMES = sorted(((name, code) for code, names in CURRENCIES.items() for name in names),
                         key=lambda pair: -len(pair[0]))
_OWN_YUAN = re.compile("(?:美|欧|港|日)元")  # 万美元 is a unit like 万元
_UNIT_BEHIND = re.compile(r"(?<=.)[/／,，-]?(?:单位[:：]?)?[万千]?(?:元|"
                          + "|".join(re.escape(name) for name, _code in _CURRENCY_NAMES) + ")$")
_BRACKETS = re.compile(r"[(（\[【<][^)）\]】>]*[)）\]】>]")


def plain(heading: str) -> str:
    """A heading for comparing: without blanks, stars, colon, line ends, case; brackets stay."""
    said = re.sub(r"[\s*＊_]", "", narrow(heading)).lower().replace("（", "(").replace("）", ")")
    return said.strip(":：、.")


def bare(heading: str) -> str:
    """The same without what stands in brackets and without its unit: 欠薪金额(单位:元), 金额/万元, amount paid usd."""
    said = plain(_BRACKETS.sub("", narrow(heading)))
    return _UNIT_BEHIND.sub("", said) or said


@cache
def _known() -> dict[str, str]:
    """Every heading that means a field: its synonyms, its label, the words and the key of the exported column."""
    found: dict[str, str] = {}
    exported = {column.key: column for column in ledger.CASES}
    for row in _ROWS:
        column = exported.get(row.key)
        of_export = (column.key, column.label.zh, column.heading, column.label.en) if column else ()
        for word in (*of_export, row.label.zh, row.label.en, row.key, *row.synonyms):
            found.setdefault(plain(word), row.key)
    return found


def find(headings: Iterable[str], extra: Mapping[str, str] | None = None) -> str:
    """The key of the field that the first known of ``headings`` means; '' where none is known.

    ``extra``: headings that the office has added, with their keys; they go before.
    """
    added = {plain(word): key for word, key in (extra or {}).items()}
    for heading in headings:
        for said in (plain(heading), bare(heading)):
            if key := added.get(said) or _known().get(said, ""):
                return key
    return ""


def own(heading: str) -> str:
    """The field of which a heading is the very name; '' where there is none."""
    return next((key for key in FIELDS if is_own(heading, key)), "")


def is_own(heading: str, key: str) -> bool:
    """Whether a heading is the very name of the field, or of its exported column."""
    if key not in FIELDS:
        return False
    exported = next((column for column in ledger.CASES if column.key == key), None)
    names = (FIELDS[key].label.zh, key, *((exported.label.zh, exported.heading) if exported else ()))
    return plain(heading) in map(plain, names)


def unit_of(heading: str) -> str:
    """The unit that a heading names: 元, 千元, 万元, 分; '' where there is none."""
    said = _OWN_YUAN.sub("元", plain(heading))
    if re.fullmatch("[a-z]+_fen", narrow(heading).lower()):
        return "分"  # the keys of an export made for programs
    found = re.search(r"(万元|千元)|(?:\(|单位:?|[/,-])元|元\)?$", said)
    if not found or "万元以" in said:
        return ""
    return found[1] or "元"


def currency_of(words: str) -> str:
    """The currency that words name; '' where there is none."""
    said = narrow(words).lower()
    return next((code for name, code in _CURRENCY_NAMES if name in said), "")
