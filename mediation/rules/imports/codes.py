"""Words in cells and the codes they mean: 已化解, 调解成功 and 达成协议 are one outcome.

A word of the vocabulary itself is exact. Otherwise the first row of the table whose word the cell holds is taken, and
the cell's own words stay beside the code; what no row knows gets no code.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from mediation.rules import ledger, words
from mediation.rules.language import Text, Word
from mediation.rules.text_cleaning import fold

Said = Mapping[str, Word | Text]
Found = tuple[tuple[str, bool], ...]  # each code, and whether the cell says it in the words of the vocabulary


def _table(text: str) -> tuple[tuple[str, str], ...]:
    """``word=code`` rows in their order; several words of one code are parted by |."""
    rows = (row.rpartition("=") for row in text.split())
    return tuple((word, code) for said, _sign, code in rows for word in said.split("|"))


VOCABULARIES: dict[str, Said] = {
    "source": words.SOURCES, "channel": words.CHANNELS, "language": words.LANGUAGES, "sector": words.SECTORS,
    "ownership": words.OWNERSHIPS, "relation": words.RELATIONS, "main_head": words.HEADS, "other_heads": words.HEADS,
    "grade": words.GRADES, "ways": words.SESSION_WAYS, "state": ledger.STATES, "outcome": words.OUTCOMES,
    "outcome_reason": ledger.REASONS, "agreement_form": words.AGREEMENT_FORMS, "pay_ways": words.PAY_WAYS,
    "performance": words.PERFORMANCE, "satisfaction": words.SATISFACTION, "retention": ledger.RETENTIONS,
}
# The first word found wins: the narrower stands before the wider.
_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "source": _table("12351|热线|工单|12345=hotline 综治|矛调=governance 检察=procuratorate 劳动监察|监察=labour_inspection "
                     "委派|委托|法院=court 仲裁=arbitration 人社=hr 信访=petition 司法|人民调解=justice 公安|派出所|警=police "
                     "街道|乡镇|苏木|园区|社区=township 上级=higher_union 网格|排查|巡查|走访=inspection 主动=initiative "
                     "来电|电话=phone 来访|家属|职工|当事人|walk=walk_in"),
    "channel": _table("委派=E 委托=F 诉前=E"),
    "sector": _table("建筑|工程|施工|房建|消防机电=construction 矿=mining 制造|服饰|制衣|家具|化工|机械=manufacturing 运输|物流=transport "
                     "餐|酒店|住宿=catering 批发|零售|商贸=trade 农|牧=farming 房地产|物业=property 外卖|配送|骑手|平台=platform "
                     "教育|幼儿园|学校=education 服务|保安|人力资源|科技=services"),
    "ownership": _table("国有|国企|央企=state 民营|私营=private 外资|合资=foreign 个体=individual 机关|事业=public"),
    "relation": _table("派遣=dispatch 超龄|退休返聘=over_age 新业态|新就业=new_form 非全日=part_time 事实=factual 劳务=civil 劳动=labour"),
    "main_head": _table(
        "工亡|死亡=death_benefit 工伤医疗=injury_medical 停工留薪=injury_leave 伤残|就业补助=injury_grants 工伤=injury_benefit "
        "二倍|双倍|两倍=double_pay 违法解除|赔偿金|违法终止=unlawful_ending 代通知=notice_pay 经济补偿|补偿金=severance "
        "年休假|年假=annual_leave 加班=overtime 最低工资=minimum_wage 奖金|提成|绩效|津贴=bonus 押金|保证金=deposit 竞业=non_compete "
        "社保损失|社保待遇=insurance_loss 社保|社会保险|养老保险|公积金=insurance_arrears 恢复劳动|恢复工作=reinstatement "
        "确认劳动|劳动关系=relationship 劳务=service_fee 加付=extra_damages 违约金|返还=to_employer "
        "欠薪|工资|劳动报酬|薪|wage|pay=wages 解除|辞退=unlawful_ending"),
    "grade": _table("重大|是=major 一般|普通|否=usual 简易|简单=simple"),
    "ways": _table("背对背=separate 面对面|现场=face 电话|微信=phone 视频|线上=video"),
    "state": _table("归档=ARCHIVED 待履行|履行中|部分履行=PERFORMING 已结|办结|结案|完成|完结|已办|closed|resolved|paid=CLOSED "
                    "调解中|办理中|处理中|进行中|未结|待结|pending|open|appeal=MEDIATING 受理=ACCEPTED 登记|新建|待处理=REGISTERED"),
    "outcome": _table(
        "不予受理|不受理=NOT_ACCEPTED 撤回|撤诉|撤销|放弃=WITHDRAWN 拒绝调解|不愿=REFUSED_BY_PARTY 联系不上|失联=UNREACHABLE "
        "重复|并案=DUPLICATE 虚假=TERMINATED_FRAUD 调解不成|未达成|不成功|未成功|失败|未成|未化解|终止=FAILED "
        "达成|履行完毕|调解成功|协议|调解成=AGREED 和解|化解|示范裁判|成功=SETTLED 转仲裁|仲裁=TO_ARBITRATION "
        "退回法院|转法院|诉讼|起诉=TO_COURT 监察=TO_INSPECTION 转|移送=TO_OTHER"),
    "outcome_reason": _table("拒不签|不签字=unsigned 拒绝|不同意|不愿=refusal 分歧|差距=too_far 失联|联系不上=lost 到期|超期=expired"),
    "agreement_form": _table("法院=court 书面=written 口头=oral"),
    "pay_ways": _table("专户=wage_account 转账|银行|打卡=transfer 现金=cash 微信|支付宝=wechat 实物|以物=goods"),
    "performance": _table("履行完毕|已履行|全部履行|付清=PERFORMED 部分|逾期后=PARTLY 执行=ENFORCED 逾期|未履行|违约=BREACHED 待履行|未到期=NOT_DUE"),
    "satisfaction": _table("不满意=dissatisfied 基本满意|较满意=mostly 满意=satisfied"),
    "language": _table("蒙=mongolian 汉=chinese"),
}
_WORDS["other_heads"] = _WORDS["main_head"]
SEVERAL = frozenset({"main_head", "other_heads", "ways", "pay_ways"})
_PARTS = re.compile(r"[、，,;；/+()（）和及]|\s{2,}")
TRUE = frozenset("是 有 √ ✓ ✔ 对 y yes true t 1 1.0".split())
FALSE = frozenset("否 无 没有 不是 × x n no false f 0 0.0".split())


@cache
def _exact(field: str) -> dict[str, str]:
    """Every word of the vocabulary in both languages, and the codes themselves."""
    return {fold(said): code for code, word in VOCABULARIES[field].items() for said in (code, word.zh, word.en)}


def words_of(field: str) -> tuple[str, ...]:
    """The words of a field's vocabulary, as its cells may say them; () for a field without one."""
    return tuple(word.zh for word in VOCABULARIES.get(field, {}).values())


def label(field: str, code: str) -> Text:
    """A code of the field in words."""
    word = VOCABULARIES[field][code]
    return Text(word.zh, word.en)


def read(field: str, said: str) -> Found:
    """The codes that a cell means, in its order, each once; () where none is known."""
    whole = fold(said)
    if code := _exact(field).get(whole):
        return ((code, True),)
    parts = [part for part in _PARTS.split(said) if part.strip()] if field in SEVERAL else [said]
    found: dict[str, bool] = {}
    for part in parts:
        one = fold(part)
        code = _exact(field).get(one) or _held(field, one)
        if code:
            found.setdefault(code, one in _exact(field))
    return tuple(found.items())


def _held(field: str, said: str) -> str:
    return next((code for word, code in _WORDS.get(field, ()) if word in said), "")


def read_tick(said: str) -> bool | None:
    """是, √, Y as True; 否, ×, N as False; None for anything else."""
    bare = fold(said)
    return True if bare in TRUE else False if bare in FALSE else None
