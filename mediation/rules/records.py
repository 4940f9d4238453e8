"""What is only kept, as data: one row for each kind of record, from which form, check, event, digest and list follow.

What the parts of a row mean stands in rules/recording.py. A kind that carries approvals or is worked on in steps
(accounts, findings) is no row here.
"""
from __future__ import annotations

from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.recording import CHOOSE, Column, Field, Filter, Listing, Page, Record, Total

_DAY, _WHO = Text("哪天", "Date"), Column(Text("谁记的", "Recorded by"), "made_by")
_WAY, _TOPIC, _FOUND = Text("怎么问的", "How asked"), Text("问什么", "Subject"), Text("怎么发现的", "How found")
_NEXT, _EMPLOYER, _NOTE = Text("下一步", "Next"), Text("单位", "Employer"), Text("情况", "What was found")
_KIND, _RISK, _PERSONS = Text("种类", "Kind"), Text("风险", "Risk"), Text("人数", "Persons")
_DONE, _WITH, _SAVE = Text("做了什么", "What was done"), Text("和谁一起", "With whom"), Text("记下", "Record")
NO_EMPLOYER = Text("请选单位，或先登记它", "Choose the employer, or register it first")

INQUIRY = Record(
    "inquiry", (
        (Field("way", "chips", _WAY, "INQUIRY_WAYS", CHOOSE, begins="walk_in", in_event=True),
         Field("topic", "pick", _TOPIC, "HEADS", CHOOSE, begins="wages", in_event=True),
         Field("people", "people", Text("几个人问", "People asking"), least=1, empty=1, begins=1, in_event=True,
               size="w3")),
        (Field("question", "area", Text("问题", "Question"), missing=Text("请写一句问的什么", "Say in a word what was asked"),
               limit=2000, size="full", is_first=True),),
        (Field("answer", "area", Text("怎么答的", "Answer given"), limit=2000, size="full"),),
        (Field("next_step", "chips", _NEXT, "INQUIRY_NEXTS"),),
        (Field("name", "line", Text("姓名（可不填）", "Name (optional)"), limit=100, size="w8", is_private=True),
         Field("phone", "phone", Text("电话（可不填）", "Telephone (optional)"), limit=40, size="w8", is_private=True),
         Field("asked_on", "day", _DAY),
         Field("minutes", "whole", Text("几分钟", "Minutes"), most=600, empty=10, begins=10, in_event=True, size="w3"))),
    "inquiry_recorded", Text("记法律咨询（{topic}）", "logged an inquiry ({topic})"),
    Text("咨询已记。", "The inquiry is logged."), "prevention.write", "prevention.read", later=("case_id",),
    listing=Listing("asked_on", (
        Filter("topic", Text("问什么", "Topic"), "HEADS", "topic"),
        Filter("way", Text("怎么问的", "Way"), "INQUIRY_WAYS", "way"),
        Filter("next", _NEXT, "INQUIRY_NEXTS", "next_step")), (
        Total(Text("咨询（件）", "Inquiries")), Total(Text("法律咨询（人次）", "Person-times"), "people"),
        Total(Text("转为案件", "Became cases"), where=("case_id",))), ("case", "made_by")),
    page=Page("index", "/prevention", "/inquiries", Text("咨询", "Inquiries"), None, Text("记咨询", "Record the inquiry"),
              Text("还没有记过咨询。", "No inquiry is recorded yet."), (
        Column(_TOPIC, "topic"), Column(_DAY, "asked_on"), Column(_WAY, "way"), Column(Text("谁", "Who"), "asker"),
        Column(Text("几人", "People"), "people", "num"), Column(Text("问题和答复", "Question and answer"), "told", "wide"),
        Column(_NEXT, "next_step"), _WHO, Column(Text("案件", "Cases"), "inquiry_case", "state"))))

ACTIVITY = Record(
    "activity", (
        (Field("kind", "chips", Text("哪一种", "Which kind"), "ACTIVITY_KINDS", CHOOSE, in_event=True),
         Field("done_on", "day", _DAY)),
        (Field("title", "line", _DONE, missing=Text("请写做了什么", "Say what was done"), size="grow"),
         Field("employer_id", "employer", _EMPLOYER, missing=NO_EMPLOYER, needed="visit", in_event=True)),
        (Field("bodies", "line", _WITH, size="grow"),
         Field("people", "people", Text("多少人参加", "Persons taking part"), in_event=True, size="w8"),
         Field("leaflets", "whole", Text("发了多少份资料", "Leaflets given"), size="w8")),
        (Field("note", "area", Text("说明", "Remark"), limit=1000, size="full"),)),
    "activity_recorded", Text("记活动（{kind}，{people}人）", "logged an activity ({kind}, {people} people)"),
    Text("活动已记。", "The activity is logged."), "prevention.write", "prevention.read",
    listing=Listing("done_on", (Filter("kind", _KIND, "ACTIVITY_KINDS", "kind"),), (
        Total(Text("走访企业（家次）", "Visits to employers"), where=("kind", "visit")),
        Total(Text("讲座、宣传（场）", "Lectures and stands"), where=("kind", "lecture", "stand")),
        Total(Text("参加（人次）", "People who came"), "people", ("kind", "lecture", "stand")),
        Total(Text("发资料（份）", "Leaflets"), "leaflets")), ("employer", "made_by")),
    page=Page("activities", "/prevention/activities", "/prevention/activities", Text("走访和讲座", "Visits and talks"),
              Text("记一次", "Record one"), _SAVE, Text("还没有记过走访和讲座。", "No visit or talk is recorded yet."), (
        Column(_DONE, "title", "wide"), Column(_KIND, "kind", "state"), Column(_DAY, "done_on"),
        Column(_EMPLOYER, "employer_id", "wide"), Column(_WITH, "bodies"), Column(_PERSONS, "people", "num"),
        Column(Text("资料", "Leaflets"), "leaflets", "num"), _WHO)))

LEAD = Record(
    "lead", (
        (Field("employer_id", "employer", _EMPLOYER, missing=NO_EMPLOYER, needed="no_employer_told", in_event=True),
         Field("employer_told", "line", Text("没登记的单位", "Employer not registered"), size="grow")),
        (Field("source", "chips", _FOUND, "LEAD_SOURCES", CHOOSE, in_event=True),
         Field("risk", "pick", Text("什么风险", "Which risk"), "HEADS", CHOOSE, begins="wages", in_event=True)),
        (Field("found_on", "day", _DAY),
         Field("people", "people", Text("涉及多少人", "Persons concerned"), in_event=True, size="w8")),
        (Field("note", "area", _NOTE, limit=2000, size="full"),)),
    "lead_recorded", Text("记线索（{risk}）", "logged a lead ({risk})"), Text("线索已记。", "The lead is logged."),
    "prevention.write", "prevention.read", later=("state", "settled_on", "settled_note", "case_id"),
    listing=Listing("found_on", (
        Filter("state", Text("办到哪", "State"), "LEAD_STATES", "state"),
        Filter("risk", _RISK, "HEADS", "risk"),
        Filter("source", Text("怎么发现的", "Found by"), "LEAD_SOURCES", "source")), (
        Total(Text("线索（条）", "Leads")), Total(Text("在跟", "Followed"), where=("state", "open")),
        Total(Text("就地化解", "Settled"), where=("state", "settled")),
        Total(Text("转为案件", "Became cases"), where=("case_id",))), ("employer", "case", "made_by")),
    page=Page("leads", "/prevention/leads", "/prevention/leads", Text("线索", "Leads"),
              Text("记一条线索", "Record a lead"), _SAVE, Text("还没有记过线索。", "No lead is recorded yet."), (
        Column(_EMPLOYER, "lead_employer", "wide"), Column(Text("办到哪", "Progress"), "lead_state", "state"),
        Column(_RISK, "risk"), Column(_FOUND, "source"), Column(_DAY, "found_on"), Column(_PERSONS, "people", "num"),
        Column(_NOTE, "lead_note", "wide"), Column(Text("办", "Action"), "lead_acts", "line"))))

OUTSIDE_NUMBER = Record(
    "external_number", (
        (Field("register", "chips", Text("哪个登记簿", "Which register"), "REGISTERS",
               Text("请选哪个登记簿", "Choose the register"), in_event=True),
         Field("number", "outside_number", Text("编号", "No."), missing=Text("请填写编号", "Please fill in the number"),
               limit=100, in_event=True)),),
    "external_numbered", Text("{register}编号{number}", "{register} number {number}"),
    Text("已记外部编号。", "The number is recorded."), "case.work", is_of_case=True, unique="register")

AFTERCARE = Record(
    "aftercare", (
        (Field("kind", "chips", Text("哪一种帮扶", "Which kind of help"), "AFTERCARE_KINDS", CHOOSE, in_event=True),
         Field("helped_on", "day", _DAY)),
        (Field("body", "line", Text("谁来帮", "Who helps"), missing=Text("请写谁来帮", "Say who helps"), size="grow"),
         Field("people", "people", Text("帮几个人", "Persons helped"), least=1, empty=1, begins=1, in_event=True,
               size="w3")),
        (Field("result", "chips", Text("结果", "Result"), "AFTERCARE_RESULTS", CHOOSE, in_event=True),
         Field("note", "line", _NOTE, limit=1000, size="grow"))),
    "aftercare_recorded", Text("事后帮扶（{kind}，{people}人）：{result}",
                               "help afterwards ({kind}, {people} people): {result}"),
    Text("帮扶已记。", "The help is recorded."), "case.work", is_of_case=True)

RECORDS: dict[str, Record] = {row.key: row for row in (INQUIRY, ACTIVITY, LEAD, AFTERCARE, OUTSIDE_NUMBER)}
BESIDE: dict[str, Record] = {key: row for key, row in RECORDS.items() if not row.is_of_case}
PAGES: tuple[Record, ...] = tuple(row for row in RECORDS.values() if row.page is not None)
LISTINGS: dict[str, Listing] = {
    "letter": Listing("sent_on", (
        Filter("kind", Text("种类", "Kind"), "LETTER_KINDS", "kind"),
        Filter("state", Text("办到哪", "State"), "LETTER_STATES", "state")), (
        *(Total(Text(word.zh, word.en), where=("kind", code)) for code, word in words.LETTER_KINDS.items()),
        Total(Text("已整改", "Put right"), where=("is_put_right", True))), ("employer", "agency")),
    **{row.key: row.listing for row in RECORDS.values() if row.listing is not None},
}
