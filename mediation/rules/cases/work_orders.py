"""What a pasted work order or message says of a dispute: labels with their values, and sentences as people write them.

Nothing is guessed: where two values could be meant both are given, and what cannot be read stays in the words alone.
The labels are those of work orders of governance centres and of the 12351 and 12345 lines, and of visitors' registers
(L6, L7, L20 of practice.md 2).
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mediation.rules import reading, words
from mediation.rules.people import headcounts, identity, loose_numbers
from mediation.rules.text_cleaning import INVISIBLE, Unreadable, narrow

_WHO = ("来电人", "来访人", "诉求人", "反映人", "投诉人", "申请人", "求助人", "当事人", "劳动者", "职工", "本人", "联系人", "来信人",
        "信访人", "群众", "工人")
_THEM = ("被反映单位", "被投诉单位", "被反映人", "被投诉人", "被申请人", "用人单位", "涉及单位", "涉事单位", "涉事企业", "反映对象",
         "投诉对象", "所在单位", "工作单位", "单位", "企业", "公司", "对方", "老板", "负责人", "包工头", "工地负责人", "项目负责人")
_PHONES = ("联系电话", "联系方式", "电话号码", "手机号码", "手机号", "电话", "手机", "号码")
# A field of the intake page, and the words that stand before its value.
LABELS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "称呼", *_WHO, *(who + word for who in _WHO for word in ("姓名", "名称"))),
    "phone": (*_PHONES, "来电号码", "来电电话", "回访电话", "主叫号码", *(who + word for who in _WHO for word in _PHONES)),
    "told": (*(them for them in _THEM if not them.endswith("负责人") and them not in ("老板", "包工头")),
             *(them + word for them in ("单位", "企业", "公司", "用人单位", "被反映单位", "被投诉单位", "涉事单位", "涉及单位")
               for word in ("名称", "全称")), "企业", "涉诉单位", "被诉单位"),
    "boss": ("老板", "包工头", "负责人", "单位负责人", "工地负责人", "项目负责人", "老板姓名"),
    "their_phone": tuple(them + word for them in _THEM for word in _PHONES),
    "number": ("工单编号", "工单号码", "工单号", "受理编号", "受理号", "登记编号", "登记号", "流水号", "事项编号", "案件编号", "信访件编号",
               "编号", "单号", "来件编号"),
    "source": ("来源", "工单来源", "诉求来源", "来源渠道", "受理渠道", "转办单位", "派单单位", "交办单位", "派发单位", "转办部门", "受理平台",
               "来源单位"),
    "received": ("受理时间", "来电时间", "登记时间", "来访时间", "派单时间", "转办时间", "交办时间", "诉求时间", "反映时间", "受理日期", "来电日期",
                 "登记日期", "来访日期"),
    "people": ("涉及人数", "人数", "涉及职工人数", "诉求人数", "涉及人员", "来访人数"),
    "sum": ("涉及金额", "金额", "拖欠金额", "欠薪金额", "诉求金额", "欠款金额", "涉案金额", "拖欠工资金额", "欠薪总额"),
    "identity": ("身份证号码", "身份证号", "身份证", "证件号码", "证件号"),
    "address": ("住址", "家庭住址", "联系地址", "现住址", "户籍地址", "地址"),
    "site": ("工地", "项目", "项目名称", "工程名称", "工地名称", "事发地点", "事发地址", "问题发生地"),
    "words": ("诉求内容", "反映内容", "投诉内容", "工单内容", "主要诉求", "具体诉求", "诉求事项", "诉求", "内容", "事项描述", "问题描述",
              "事由", "来访事由", "标题", "工单标题", "主题", "基本情况"),
    # Known, and of no field: they only end the value before them.
    "": ("性别", "年龄", "民族", "话务员", "坐席", "坐席工号", "受理人", "办理单位", "承办单位", "承办部门", "承办人", "经办人", "办理意见", "拟办意见",
         "处理意见", "办理时限", "办结时限", "反馈时限", "紧急程度", "诉求类型", "诉求分类", "工单类型", "类型", "类别", "是否保密", "是否回访", "备注",
         "银行卡号", "银行账号", "卡号", "账号", "开户行", "职业", "工种", "附件", "登记人", "签发人", "来电类型", "区域", "回复要求")}
_FIELD_OF = {word: name for name, said in LABELS.items() for word in said}
_LABEL = re.compile(r"(?:(?<=^)|(?<=[\s,;。、|【\[(]))(?:[0-9一二三四五六七八九十]{1,2}[.、])?[【\[]?(?P<label>"
                    + "|".join(sorted(map(re.escape, _FIELD_OF), key=len, reverse=True))
                    + r")(?:\([^()\n]{1,8}\))?(?: *[:】\]]+[: ]*|\t+| {2,})", re.M)
_TO_LINE_END = frozenset({"told", "address", "site", "source", "boss"})
# Bodies that send work orders: words, code of the source, how it is called where the page asks for a name.
SOURCES = (("12351", "hotline", ""), ("职工热线", "hotline", ""), ("职工服务热线", "hotline", ""), ("综治中心", "governance", ""),
           ("社会治理中心", "governance", ""), ("矛盾纠纷调处", "governance", ""), ("信访", "petition", ""),
           ("12345", "other", "12345政务服务便民热线"), ("劳动监察", "labour_inspection", ""), ("劳动保障监察", "labour_inspection", ""))
HEADS = (("加班费", "overtime"), ("加班工资", "overtime"), ("经济补偿", "severance"), ("补偿金", "severance"),
         ("工伤", "injury_benefit"),
         ("社保", "insurance_arrears"), ("社会保险", "insurance_arrears"), ("工资", "wages"), ("工钱", "wages"),
         ("欠薪", "wages"), ("薪资", "wages"), ("劳动报酬", "wages"), ("血汗钱", "wages"))
_HAN = "\u3400-\u9fff"
_NAME = rf"(?:[{_HAN}]{{1,10}}·[{_HAN}·]{{1,14}}|[{_HAN}]{{2,8}}?)"
_JOB = "(?:服务员|工人|员工|职工|保安|司机|厨师|会计|保洁|技术员|小工|收银员|骑手|瓦工|电工|焊工)"
# Who is not a name though it stands where one does.
_NO_NAME = re.compile("不详|未知|不明|职工|工人|群众|市民|来电|来访|本人|我们|工地|公司|单位|老板|农民工|诉求|匿名|要求|反映|不愿|保密|工会|中心|热线|的$|^(?:在|被|给|跟|和)")
_PERSON = (re.compile(rf"我(?:叫|是叫|的名字叫|名叫)({_NAME})(?=[,。;、!\s(]|是|在|等|$)"),
           re.compile(rf"(?:联系人|姓名|署名|求助人)[: ]?({_NAME})(?=[,。;、\s(0-9]|$)"),
           re.compile(rf"(?:^|[,。;\n\s])(?:您好|你好)?[,。! ]*我是({_NAME})(?=[,。;、!\s(]|等)"),
           re.compile(rf"我是[^,。;\n]{{2,20}}的{_JOB}?({_NAME})(?=[,。;、!\s(])"),
           re.compile(rf"本人({_NAME})(?=[,。;、\s(])"),
           re.compile(rf"(?:^|[,。;:\n\s])(?:市民|职工|群众|农民工|工人|来电人|来访人)?({_NAME})(?:\((?:男|女)[^)]*\))?"
                      r"(?:等[^,。;\n]{1,6}人)?(?:来电|来访|来信)?(?:反映|投诉|求助|诉称|述称|称)"),
           re.compile(rf"(?:^|[,。;:\n\s])({_NAME})等[0-9几数十百余多一二三四五六七八九两约]{{1,6}}(?:名|人)"))
_PLACE = "公司|集团|工厂|厂|店|饭店|餐馆|酒店|宾馆|超市|学校|幼儿园|医院|合作社|项目部|工地|工程|煤矿|矿业|矿|车队|洗浴|KTV|物业|养殖场|牧场"
_EMPLOYER = (
    re.compile(r"(?:在|于|到|给)(?P<it>[^,。;:!?\n]{2,30}?)(?:打工|干活|上班|工作|务工|做工|施工|当|做|送|从事|开车|任职|就职|干了|"
               "干(?=[0-9一二三四五六七八九十两]))"),
    re.compile(rf"(?P<it>[{_HAN}()A-Z0-9]{{2,30}}?(?:{_PLACE}))(?:老板|负责人)?(?:一直)?(?:拖欠|欠|不给|没给|未支付|未付|没有支付|不发|未发)"),
    re.compile(rf"我是(?P<it>[^,。;\n]{{2,20}}?)的{_JOB}"))
_BOSS = re.compile(rf"(?:老板|包工头|工头)(?:叫|是|姓名)?(?P<it>[{_HAN}]{{2,4}}?)(?=[,。;、\s(0-9:]|$|欠|不|说|电话|干|打工|做|那)")
_FIGURE = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?|[零一二两三四五六七八九十百千万〇]{1,10})"
_SUM = re.compile(r"(?<![0-9])(?<![0-9],)"
                  rf"(?P<it>(?:大约|大概|约|近|将近)?{_FIGURE}(?:多|余|来)?(?:万[0-9零一二两三四五六七八九]?|千|百)?(?:多|余)?"
                  r"(?:元|块钱?|圆|(?<=万)(?=[,。;\n\s]|$)|(?<=[0-9]{3})(?=(?:还)?(?:没|未|不)(?:给|付|结|发))))")
_OWED = re.compile("欠|没给|未付|未支付|没发|不发|不给|未发|讨要|索要|要回|追讨|没结|未结|没有结|诉求|共计|合计|总共|一共")
_UNPAID = re.compile("(?:工资|工钱)?(?:还|至今|一直)?(?:没|未|不)(?:给|付|结|发|拿到)")
_NOT_OWED = re.compile("(?:每天|一天|日薪|日工资|每月|月薪|(?<![个0-9])月工资|一个月|每人|人均|工资标准|说好|讲好|约定|已付|已给|给过|只给了|给了|付了|支付了|预支|借支|"
                       "生活费|先给)(?:是|为|了)?[^,。;0-9]{0,4}$")
_TOTAL = re.compile("(?:共计|合计|总计|总共|一共|共|总额)(?:是|为|拖欠|欠)?[^,。;0-9一二三四五六七八九十]{0,6}$")
_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(?:1[3-9][0-9](?:[ -]?[0-9]{4}){2}|\(?0[1-9][0-9]{1,2}\)?[ -]?"
                     r"[2-8][0-9]{6,7}(?:(?:转|-)[0-9]{1,5})?|[48]00-?[0-9]{3}-?[0-9]{4})(?![0-9A-Za-z])")
_THEIRS = re.compile("(?:" + "|".join((*_THEM, "经理", "老总", "项目部", "工头", "[" + _HAN + "]总")) + r")[^,。;\n0-9]{0,10}$")
_NO_PHONE = re.compile("(?:编号|工单号?|单号|流水号|受理号|登记号|账号|卡号|帐号|身份证号?)码?(?:是|为)?[: ]*$")
_PEOPLE = re.compile(rf"(?:等|共|涉及|我们|一共|还有)(?P<it>(?:约|大约)?[0-9{'一二三四五六七八九十百两几数余多来'}]{{1,6}})(?:多|余)?"
                     "(?:(?:名|个|位)(?:工人|职工|农民工|农牧民工|工友|劳动者|人)|人)")


@dataclass(frozen=True)
class Order:
    """What the words say, by field of the intake page; several values where more than one may be meant.

    Keys: source, source_body, external, received, name, phone, identity, headcount, address, respondents-0-told,
    respondents-0-phone, respondents-0-site, claims-0-head (and -1, -2), claims-0-amount. ``text`` is what is
    kept of it: long personal numbers are masked in it, ``has_account`` says that one of them was no identity number.
    """

    found: Mapping[str, tuple[str, ...]]
    text: str
    has_account: bool = False


def read(text: str, today: date) -> Order:
    """Read a pasted text; a text that says nothing gives no field."""
    raw = INVISIBLE.sub("", text.replace("\r\n", "\n")).strip()
    reader = _Reader(raw, narrow(raw), today)
    kept, has_account = _keep(raw, today)
    return Order({name: values for name, values in reader.fields().items() if values}, kept, has_account)


def _keep(raw: str, today: date) -> tuple[str, bool]:
    """The words without the personal numbers that would be printed with them."""
    has_account = False
    for number in loose_numbers.every(raw):
        has_account |= not _is_identity(number, today)
        raw = loose_numbers.cover(raw, number)
    return raw, has_account


def _is_identity(number: str, today: date) -> bool:
    try:
        identity.check_resident(number, today)
    except Unreadable:
        return False
    return True


@dataclass(frozen=True)
class _Label:
    """A label with its value; ``start`` and ``end`` are those of the value in the text."""

    field: str
    start: int
    end: int


class _Reader:
    """One text: as it stands, and in half width with the same places."""

    def __init__(self, raw: str, said: str, today: date):
        self.raw, self.said, self.today = raw if len(raw) == len(said) else said, said, today
        self.labels = list(self._labels())

    def _labels(self) -> Iterator[_Label]:
        marks = list(_LABEL.finditer(self.said))
        ends = [mark.start() for mark in marks[1:]] + [len(self.said)]
        for mark, end in zip(marks, ends[:len(marks)], strict=True):
            if _FIELD_OF[mark["label"]] != "words":
                line = self.said.find("\n", mark.end())
                end = min(end, line if line >= 0 else end)
            yield _Label(_FIELD_OF[mark["label"]], mark.end(), end)

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Every field, labels before sentences."""
        names, count = self._people()
        phones, theirs = self._phones()
        source, body = self._source()
        heads = self._heads()
        return {
            "source": source, "source_body": body, "external": self._of("number", _number),
            "received": self._received(),
            "name": names, "phone": phones, "identity": self._identities(), "headcount": count,
            "address": self._of("address", _line), "respondents-0-told": self._respondents(),
            "respondents-0-phone": theirs, "respondents-0-site": self._of("site", _line),
            **{f"claims-{n}-head": (head,) for n, head in enumerate(heads[:3])}, "claims-0-amount": self._sums()}

    def _values(self, field: str) -> list[str]:
        return [self.raw[label.start:label.end].strip(" \t|。;；,，") for label in self.labels if label.field == field]

    def _of(self, field: str, read: Callable[[str], str]) -> tuple[str, ...]:
        return _distinct(read(value) for value in self._values(field))

    # who ------------------------------------------------------------------------------------------------------------

    def _people(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of who asks, and how many they are."""
        names: list[str] = []
        counts: list[str] = []
        for value in self._values("name"):
            found, count = _named(value)
            names += found[:1]
            counts += [count] if count else []
        counts = [said for value in self._values("people") if (said := _count(value))] or counts
        if not names:
            names = [found[1] for pattern in _PERSON for found in pattern.finditer(self.said)
                     if not _NO_NAME.search(found[1])][:1]
        if not counts:
            counts = [said for found in _PEOPLE.finditer(self.said) if (said := _count(found.group()))]
        return _distinct(names), _distinct(counts)

    def _identities(self) -> tuple[str, ...]:
        found = re.findall("(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])", self.said)
        return _distinct(number.upper() for number in found if _is_identity(number, self.today))

    def _phones(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Telephones of who asks and of the other side; what a number or an account is, is none."""
        ours: list[str] = []
        theirs: list[str] = []
        for found in _DIGITS.finditer(self.said):
            label = next((row for row in self.labels if row.start <= found.start() < row.end), None)
            before = self.said[max(0, found.start() - 16):found.start()]
            if _NO_PHONE.search(before) or (label and label.field in ("number", "identity", "") and _is_first(
                    self.said, label, found)):
                continue
            their = label.field in ("their_phone", "told", "boss") if label and label.field != "words" else False
            (theirs if their or _THEIRS.search(before) else ours).append(found.group())
        return _phones_of(ours), _phones_of(theirs)

    # whom -----------------------------------------------------------------------------------------------------------

    def _respondents(self) -> tuple[str, ...]:
        named = [_DIGITS.sub("", _line(value)).replace(" ）", "）").strip() for value in self._values("told")]
        bosses = [_line(value) for value in self._values("boss")]
        if any(named):
            told = _distinct(named)
            return (f"{told[0]}，{bosses[0]}",) if len(told) == 1 and bosses and bosses[0] else told
        bosses = bosses or [self.raw[found.start("it"):found.end("it")] for found in _BOSS.finditer(self.said)][:1]
        spoken = [self.raw[found.start("it"):found.end("it")] for pattern in _EMPLOYER
                  for found in pattern.finditer(self.said)]
        places = [re.sub("^.*(?:反映|投诉|举报|称|在|于)|(?:跟着|跟|和).*$", "", place) for place in spoken]
        places = _without_parts([place for place in places if len(place) > 1 and not _NO_PLACE.search(place)])[:2]
        return (f"{bosses[0]}，{places[0]}",) if bosses and len(places) == 1 else _distinct([*bosses, *places])

    def _source(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The body that sent it: by its label, else by the heading of the paper."""
        head = " ".join(self.said.split("\n")[:2]) if self._values("number") else ""
        for said in (" ".join(self._values("source")), head):
            found = [(code, body) for word, code, body in SOURCES if re.search(f"(?<![0-9]){word}(?![0-9])", said)]
            if found:
                codes = _distinct(code for code, _body in found)
                return codes, _distinct(body for _code, body in found if body) if len(codes) == 1 else ()
        return (), ()

    # what -----------------------------------------------------------------------------------------------------------

    def _heads(self) -> list[str]:
        found = dict.fromkeys(code for word, code in HEADS if word in self.said)
        return sorted(found, key=list(words.HEADS).index)

    def _sums(self) -> tuple[str, ...]:
        labelled = self._of("sum", self._sum)
        if labelled:
            return labelled
        totals, owed = [], []
        for found in _SUM.finditer(self.said):
            before = re.split("[。;\n]", self.said[max(0, found.start() - 30):found.start()])[-1]
            value = self._sum(self.raw[found.start():found.end()])
            if not value or _NOT_OWED.search(before):
                continue
            if _TOTAL.search(before):
                totals.append(value)
            elif _OWED.search(before) or _UNPAID.match(self.said, found.end()):
                owed.append(value)
        return _distinct(totals) or _distinct(owed)

    def _sum(self, value: str) -> str:
        """The words of a sum that can be read."""
        said = re.split("[,，。;；(（ ](?![0-9]{3})", value)[0].strip()
        try:
            return said if said and reading.read_amount(said).value else ""
        except Unreadable:
            return ""

    def _received(self) -> tuple[str, ...]:
        found = []
        for value in self._values("received"):
            try:
                when = reading.read_datetime(value, self.today)
            except Unreadable:
                continue
            if when.first_on and when.first_on <= self.today and when.precision in ("exact", "day"):
                found.append(value)
        return _distinct(found)[:1]


_NO_PLACE = re.compile("^(?:外地|外面|家|家里|这里|那里|那儿|这儿|他们?|她|我们?|哪里|今年|去年|每天|[0-9年月日号、到至]+)$|^[0-9]+月|今年|去年|期间")


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Values in order, each once, empty ones left out."""
    return tuple(dict.fromkeys(value for value in values if value))


def _line(value: str) -> str:
    """A value up to the end of its clause; what is not known is none."""
    said = re.split("[。;；\n\t]|  +", value)[0].strip(" ,，、")
    return "" if narrow(said).lower() in reading.NOTHING_SAID else said[:300]


def _number(value: str) -> str:
    found = re.match(r"[\w\-—/〔〕（）()\[\].#]{3,60}", value)
    said = found.group().rstrip("（(-") if found else ""
    return said if re.search("[0-9]", said) else ""


def _named(value: str) -> tuple[list[str], str]:
    """The names in a value, and the words of how many there are."""
    said = re.split(r"[,，;；(（/\t]|  +|(?<=[\u3400-\u9fff]) ?(?=[0-9+])", value.strip())[0].strip()
    said = re.sub("(?:先生|女士|师傅|同志)$", lambda found: found[0] if len(said) <= 3 else "", said)
    if narrow(said).lower() in reading.NOTHING_SAID or not re.search(r"[^\W\d_]", said):
        return [], ""
    try:
        found = headcounts.read_people(said)
    except Unreadable:
        return ([said] if re.fullmatch(_NAME, said) and not _NO_NAME.search(said) else []), ""
    names = [name for name in found.names if not _NO_NAME.search(name)]
    return names, str(found.value) if found.value and found.value > 1 and found.precision == "exact" else (
        headcounts.words_of(found))


def _count(value: str) -> str:
    """The words of a number of people that can be read and is more than one."""
    said = re.sub("^(?:等|共|涉及|我们|一共|还有)", "", narrow(value))
    said = re.split("[,。;( ]", said)[0]
    try:
        found = headcounts.read_people(said)
    except Unreadable:
        return ""
    if found.names or not found.value or found.value < 2:
        return ""
    return str(found.value) if found.precision == "exact" else headcounts.words_of(found)


def _is_first(said: str, label: _Label, found: re.Match[str]) -> bool:
    """Whether a number is what the label names, and no telephone that stands further on in the same line."""
    return not re.search("[,。; \t]", said[label.start:found.start()].strip())


def _phones_of(found: list[str]) -> tuple[str, ...]:
    """Telephones that can be read, each once however it is written."""
    known: dict[str, str] = {}
    for said in found:
        try:
            known.setdefault(identity.check_phone(said).whole, said.strip())
        except Unreadable:
            continue
    return tuple(known.values())


def _without_parts(found: list[str]) -> list[str]:
    """Names of employers without those that are only a part of another."""
    return [one for one in dict.fromkeys(found) if not any(one != other and one in other for other in found)]
