"""The field names of papers: what a template may ask for, in Chinese as an office types it, and what each one says.

A template writes a name in double braces, asks for it in a condition, or goes through a list; nothing else. ``path``
says where the masked view of the case (papers/sheet.py) has the value; a name starting anew in a list is that row's.
"""
from __future__ import annotations

from typing import NamedTuple

TINY, SHORT, USUAL, MIDDLE, LONG = 2, 3, 6, 10, 14


class Field(NamedTuple):
    """A name of a template: its English label, the path of its value, how long a line to write on is, in signs."""

    name: str
    en: str
    path: str = ""
    width: int = USUAL


class Repeat(NamedTuple):
    """A list of a template: what each of its rows has, ``lists`` those within a row."""

    name: str
    en: str
    path: str
    fields: tuple[Field, ...]
    lists: tuple[Repeat, ...] = ()


class Group(NamedTuple):
    """Fields that belong together, as the page of fields shows them."""

    zh: str
    en: str
    fields: tuple[Field, ...]
    lists: tuple[Repeat, ...] = ()


LINES = (Field("内容", "the sentence"),)
TICKS = (Field("勾", "a box, ticked or empty", "box", SHORT), Field("名称", "what it stands for", "name"))
PERSON = (
    Field("姓名", "name, or name of the unit", "name"), Field("是个人", "whether it is a person", "is_person"),
    Field("性别", "sex", "sex", TINY), Field("年龄", "age", "age", TINY), Field("民族", "ethnicity", "ethnicity", SHORT),
    Field("证件类型", "kind of identity document", "id_type"), Field("证件号码", "identity number", "identity", MIDDLE),
    Field("电话", "telephone", "phone"), Field("住址", "address", "address", LONG),
    Field("信用代码", "credit code", "code", LONG), Field("法定代表人", "legal representative", "legal_person"),
    Field("语言", "language", "language"), Field("蒙古文姓名", "name in Mongolian script", "name_other"),
    Field("所述", "the employer as told", "as_told", LONG))
SHARES = Repeat("各人", "each worker's part", "shares", (Field("姓名", "name", "name"), Field("金额", "sum", "amount_fen")))
STEP = (Field("期次", "number", "seq", SHORT), Field("付款日", "due", "due"), Field("金额", "sum", "amount_fen"),
        Field("大写", "sum in capitals", "capital"), Field("方式", "how", "way"))

GROUPS: tuple[Group, ...] = (
    Group("文书", "The paper", (
        Field("文号", "number of the paper", "paper_number"), Field("案件编号", "case number", "printed_number"),
        Field("登记号", "register number", "short_number"), Field("空白", "whether the form is blank", "is_blank"),
        Field("机构", "whose name and seal it carries", "body", LONG), Field("机构电话", "its telephone", "office_phone"),
        Field("机构地址", "its address", "office_address", LONG), Field("份数", "copies signed", "copies", SHORT))),
    Group("案件", "The case", (
        Field("申请人", "applicants in a line", "asking", LONG), Field("被申请人", "respondents in a line", "against", LONG),
        Field("当事人", "the case's title", "title"), Field("人数", "how many workers", "people", SHORT),
        Field("争议", "main claim", "main_head"), Field("争议性质", "kind of dispute", "way.matter"),
        Field("收到日期", "day of the request", "received_on"), Field("收到时间", "day and time of the request", "received"),
        Field("受理日期", "day of acceptance", "accepted_on"), Field("答复日期", "decided by", "decide_by"),
        Field("结束日期", "day of the outcome", "concluded_on"), Field("结案日期", "day of closing", "closed_on"),
        Field("调解期限", "the period of mediation", "period", LONG), Field("期限届满日", "its last day", "period_due"),
        Field("事实和理由", "what happened", "narrative", LONG), Field("发生地点", "where", "place", LONG),
        Field("是否在职", "whether still employed", "employment"), Field("书面合同", "written contract", "contract", SHORT),
        Field("请求总额", "sum of the claims", "claimed"),
        Field("请求总额大写", "the same in capitals", "claimed_capital", MIDDLE),
        Field("翻译", "interpreter", "interpreter"), Field("调解员", "mediator", "handler"),
        Field("记录人", "who registered it", "recorder"), Field("来源", "how it came", "source_word"),
        Field("来案方式", "commissioned before or after filing", "commission"),
        Field("来案单位", "who sent it", "source_body", LONG), Field("来案文号", "its document number", "source_number", LONG),
        Field("来案案号", "its case number", "source_case_number", MIDDLE), Field("分级", "grade", "grade_word", SHORT),
        Field("申请方式", "oral or written", "way_word", SHORT),
        Field("调解次数合计", "number of sessions", "hearing_count", SHORT),
        Field("处理结果", "outcome", "outcome_word", LONG), Field("结束原因", "why it ended", "reason", LONG),
        Field("已到账", "arrived", "arrived"), Field("未到账", "outstanding", "outstanding"),
        Field("欠付金额", "what is still owed, where anything is", "owed"),
        Field("是群体", "whether it is a group", "is_group"),
        Field("名单附后", "whether names stand on a list", "is_listed")), (
        Repeat("请求", "claims", "claims", (Field("姓名", "name", "name"), Field("事项", "what is asked", "what"),
                                          Field("说明", "span, remark", "remark"), Field("金额", "sum", "figure"))),
        Repeat("证据勾选", "evidence, with boxes", "evidence_ticks", TICKS),
        Repeat("去过勾选", "where they have been, with boxes", "tried_ticks", TICKS),
        Repeat("身故说明", "workers who died", "deaths", LINES))),
    Group("人", "People", (Field("委托人", "whom the first agent acts for", "principal.name"),), (
        Repeat("申请人名单", "applicants", "applicants", PERSON),
        Repeat("被申请人名单", "respondents", "respondents", PERSON),
        Repeat("代理人名单", "agents", "agents", PERSON), Repeat("代表名单", "representatives", "representatives", PERSON),
        Repeat("委托人名单", "whom the first agent acts for", "principals", PERSON),
        Repeat("收件人名单", "who receive papers", "spokesmen", PERSON),
        Repeat("权限勾选", "powers of the agent, with boxes", "power_ticks", TICKS))),
    Group("法律", "The law of its way", (
        Field("调解不成的途径", "where to go without an agreement", "way.told"),
        Field("随时的途径", "what is open at once", "way.at_once"), Field("时效名称", "name of the time bar", "way.bar_name"),
        Field("延期规定", "on extending the period", "way.extension"),
        Field("协议效力", "effect of an agreement", "way.effect"),
        Field("加固途径", "how to make it enforceable", "way.made_firm"),
        Field("不履行的途径", "when it is not performed", "way.broken"),
        Field("不受理依据", "article of a refusal", "way.declines"),
        Field("后续程序", "procedures after mediation", "way.service"),
        Field("可司法确认", "whether confirmation is open", "way.way.confirm"),
        Field("可投诉监察", "whether inspection is open", "way.may_inspect"),
        Field("接待单位", "who receives the applicant", "next_door.name", LONG),
        Field("接待地址", "its address", "next_door.address", LONG), Field("接待电话", "its telephone", "next_door.phone")), (
        Repeat("告知事项", "points after a failure", "way.after_failure", LINES),
        Repeat("权利提示", "points told beforehand", "way.rights", LINES),
        Repeat("不受理告知", "points of a refusal", "declined", LINES))),
    Group("协议", "The agreement", (
        Field("协议编号", "number", "deal.number", LONG), Field("协议日期", "day made", "deal.made_on"),
        Field("生效日期", "day of effect", "deal.effective_on"), Field("付款人", "who pays", "deal.payer", LONG),
        Field("协议金额", "sum", "deal.total_fen"), Field("协议金额大写", "sum in capitals", "deal.capital", LONG),
        Field("协议项目", "what it is paid for", "deal.heads", LONG),
        Field("期数", "number of instalments", "step_count", SHORT),
        Field("加速到期", "whole sum due on one default", "deal.is_accelerated"),
        Field("违约另有约定", "whether other clauses speak of a breach", "deal.has_breach"),
        Field("其他履行", "goods and acts", "deal.non_cash", LONG), Field("其他约定", "other clauses", "deal.terms", LONG),
        Field("未列名人数", "workers not named yet", "deal.unnamed", SHORT),
        Field("协议要点", "the agreement in a sentence", "deal_summary", LONG)), (
        Repeat("分项", "who gets what", "deal.items", (
            Field("姓名", "name", "name"), Field("项目", "head", "what"), Field("金额", "sum", "amount_fen"),
            Field("收款人", "payee", "remark"), Field("同意", "how it binds", "bound"))),
        Repeat("各期", "instalments", "deal.steps", STEP, (SHARES,)),
        Repeat("各人付款", "what each gets, when, from whom", "deal.schedule", (
            Field("姓名", "name", "name"), Field("金额", "sum", "amount_fen"), Field("付款日", "due", "due"),
            Field("付款人", "who pays", "payer", LONG))),
        Repeat("付款人合计", "what each payer pays in all", "deal.by_payer", (
            Field("付款人", "who pays", "payer", LONG), Field("金额", "sum", "amount_fen"),
            Field("大写", "sum in capitals", "capital", LONG))),
        Repeat("付款计划", "plans, one for each payer", "deal.plans", (
            Field("编号", "number", "number", SHORT), Field("付款人", "who pays", "payers"),
            Field("连带", "whether jointly", "is_joint"), Field("姓名", "for whom", "names"), Field("合计", "sum", "fen")),
            (Repeat("各期", "instalments", "steps", STEP, (SHARES,)),)))),
    Group("经过", "What was done", (
        Field("调解次数", "which session", "session.seq", SHORT), Field("调解时间", "when", "session.held"),
        Field("调解地点", "where", "session.place", LONG), Field("调解方式", "how", "session.way"),
        Field("到场人", "parties present", "session.present", LONG),
        Field("受邀人", "others present", "session.others", MIDDLE),
        Field("陈述", "what was said", "session.said", LONG), Field("下次时间", "next time", "session.next"),
        Field("付款单位", "who paid", "money.payer", LONG), Field("收款金额", "sum paid", "money.amount_fen"),
        Field("收款金额大写", "the same in capitals", "money.capital", LONG), Field("付款方式", "how it was paid", "money.way"),
        Field("收款日期", "day of the money", "money.paid"),
        Field("回访日期", "day of the visit", "visit.visited_on"), Field("回访方式", "how", "visit.way"),
        Field("回访对象", "who was asked", "visit.who"), Field("满意度", "satisfaction", "visit.satisfaction"),
        Field("回访情况", "what was said", "visit.said", LONG), Field("下次回访", "next visit", "visit.next_on"),
        Field("回访人", "who visited", "visit.by"), Field("受送达人", "to whom papers are served", "receiver", LONG)), (
        Repeat("收款名单", "who got the money", "money.rows", (
            Field("姓名", "name", "name"), Field("金额", "sum", "amount_fen"))),
        Repeat("送达文件", "papers served", "served_papers", (
            Field("名称", "which paper", "name", LONG), Field("文号", "its number", "number"),
            Field("日期", "when it was received", "on"), Field("签收", "who signed", "by"))))),
    Group("联合会商", "Joint consultation", (
        Field("会商编号", "its number", "consult.number", LONG), Field("召集单位", "who called it", "consult.body", LONG),
        Field("会商时间", "when", "consult.held"), Field("会商地点", "where", "consult.place", LONG),
        Field("工会参加人", "who came for the union", "consult.our_people", LONG),
        Field("一并会商件数", "how many other cases it was about", "consult.others", SHORT),
        Field("会商事由", "why it was called", "consult.agenda", LONG),
        Field("焦点", "what was at issue", "consult.issues", LONG),
        Field("会商结论", "what was decided", "consult.conclusion", LONG)), (
        Repeat("会商单位", "bodies that were invited", "consult.voices", (
            Field("单位", "which body", "name"), Field("人", "who came, with the post", "who"),
            Field("意见", "what it said", "opinion", LONG))),
        Repeat("会商分工", "tasks", "consult.tasks", (
            Field("事项", "what", "what"), Field("单位", "which body", "body"), Field("时限", "until when", "due"))))),
    Group("监督函", "Supervision letters", (
        Field("收件单位", "to whom it is written", "letter.to", LONG),
        Field("用人单位", "the employer", "letter.employer", LONG),
        Field("用人单位代码", "its credit code", "letter.code", LONG), Field("用人单位住所", "its address", "letter.address", LONG),
        Field("前函", "the letter before it", "letter.former"), Field("前函文号", "its number", "letter.former_number"),
        Field("前函日期", "when it was sent", "letter.former_on"), Field("前函期限", "its last day", "letter.former_due"),
        Field("前函已复核", "whether it was reviewed", "letter.is_reviewed"),
        Field("监督员", "who investigated", "letter.supervisors", LONG),
        Field("所涉案件", "the case behind it", "letter.case"),
        Field("存在的问题", "what is wrong", "letter.wrong", LONG), Field("监督依据", "on what it stands", "letter.basis", LONG),
        Field("监督要求", "what is asked", "letter.demand", LONG), Field("立案期限", "opens a file by", "letter.filing_due"),
        Field("答复期限", "to be answered by", "letter.reply_due"),
        Field("抄送", "who gets a copy", "letter.copies_to", LONG),
        Field("签发人", "who issued it", "letter.signer"),
        Field("签发人有职务", "whether the post is named", "letter.is_titled"),
        Field("发出日期", "day it was sent", "letter.sent_on"))),
    Group("卷宗", "The volume", (
        Field("归档号", "archive number", "archive_number"), Field("页数", "pages", "volume_pages", SHORT),
        Field("立卷人", "who filed it away", "filer"), Field("立卷日期", "day of filing", "archived_on"),
        Field("卷宗说明", "why it is as it is", "volume_note", LONG),
        Field("缺件说明", "the same, where not said line by line", "index_note", LONG),
        Field("保管期限", "retention", "retention_word")), (
        Repeat("卷内材料", "index of the volume", "volume_lines", (
            Field("名称", "which paper", "name"), Field("页号", "its page", "page", SHORT),
            Field("备注", "remark", "remark"), Field("缺", "whether it must be and is not there", "is_missing"))),
        Repeat("证据目录", "files given as evidence", "evidence_files", (
            Field("名称", "name", "name"), Field("种类", "kind", "kind"), Field("日期", "day", "on")))))
)
FIELDS: dict[str, Field] = {field.name: field for group in GROUPS for field in group.fields}
REPEATS: dict[str, Repeat] = {repeat.name: repeat for group in GROUPS for repeat in group.lists}
