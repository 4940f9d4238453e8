"""销毁: when the time of keeping a file is over, what is personal in it goes; number, codes, days and sums stay.

Of the rows of a case every column of words goes unless ``KEPT`` names it: what it keeps are codes of our tables,
numbers given by offices, and what sums are counted from. So a new column of words goes until somebody decides that
it stays.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mediation.rules.access import GRANTS
from mediation.rules.language import Problem, Text
from mediation.rules.law import retention

GONE = "（已销毁）"  # in place of a name, in lists, exports and papers
LABEL = Text("已销毁", "Erased")
ERASED = Text("本案保管期满，个人信息已销毁，只能查看，不再收登记和材料",
              "This case was erased when its time of keeping was over; it can be read and takes nothing more")
NO_REASON = Text("请写明依据，如鉴定意见", "Say on what grounds, such as the appraisal")
NOT_CLOSED = Text("没有结案，不能销毁", "The case is not closed and cannot be erased")
FOR_EVER = Text("永久保管的不能销毁", "What is kept for ever cannot be erased")
TOO_EARLY = Text("保管期没有满，{day}起才能提出销毁", "Its time of keeping is not over; it can be proposed from {day}")
OWING = Text("还有协议的钱没有到账，不能销毁", "Agreed money has not arrived; it cannot be erased")
FOUND = Text("还有审计意见没有了结，不能销毁", "A finding of an audit is open; it cannot be erased")
UNCLOSED = Text("结案所在的期间没有关账，不能销毁", "The period in which it ended is not closed; it cannot be erased")
PROPOSED = Text("已经有人提出，等第二个人决定", "It was proposed already and waits for a second person")
SECOND = Text("提出的人不能自己同意，要由第二个人决定", "Who proposed it cannot agree to it; a second person decides")
DECIDED = Text("刚才已有人决定了", "Somebody has just decided")
MERGED = Text("本案已并入别的案件，随那件一起销毁", "This case was merged; it goes with the one that it went into")

LEFT = frozenset(name for name in GRANTS if name.endswith(".read"))
LAST_EVENTS = frozenset({"erased", "rebased"})
PERSONAL_DAYS = frozenset({"born_on", "died_on"})

# Columns of words that stay, by table.
KEPT: Mapping[str, frozenset[str]] = {table: frozenset(names.split()) for table, names in {
    "dispute": """number number_order printed_number state outcome outcome_reason referred_to channel procedure source
        way source_body source_number source_case_number received_time main_head relation court_cause cause_version
        hr_reason hr_others hr_version grade employment contract evidence tried flags wage_choice may_tell
        request_sign_way scope_ground retention archive_number next_due_rule void_reason""",
    "case_member": "kind",
    "party": "uid side part id_type sex language kinship kin_share authority",
    "claim": "head precision",
    "note": "",
    "contact": "way answer contacted_time",
    "hearing": "held_time way present next_time",
    "clock_change": "rule kind ground consents signed",
    "interruption": "kind",
    "side_procedure": "kind state result document",
    "case_fact": "fact document",
    "scope_check": "relation exclusion verdict ground cites confidence",
    "supervision": "kind",
    "agreement": "number kind form",
    "signature": "signer way",
    "agreement_item": "head",
    "consent": "way",
    "plan_payer": "",
    "instalment": "way due_told",
    "instalment_share": "",
    "payment": "payer_kind direction way proof paid_told",
    "payment_share": "",
    "reconciliation": "compared",
    "explanation": "rule mark figures",
    "visit": "way satisfaction",
    "commission": "kind direction document_number task state reply_way reply_number shared_parts share_ground",
    "attachment": "kind about_kind volume_kind",
    "consultation_case": "",
    "consultation": "number state planned_time",
    "consultation_opinion": "way number",
    "case_link": "",
    "aftercare": "kind result people_told",
    "external_number": "register number",
    "paper": "kind number given_way about result",
    "finding": "subject reference topic state",
    "finding_step": "kind",
    "correction": "uid field confirmed_way",
    "erasure": "state",
    # rows beside the cases that led to the case or belong to it
    "handover": "uid kind document_number case_number state draft_token",
    "handover_file": "kind",
    "inquiry": "uid way topic people_told next_step draft_token",
    "lead": "source risk people_told state draft_token",
    "letter": "kind number signer supervisors state",
    "letter_edition": "",
}.items()}


def due_before(code: str, today: date) -> date | None:
    """Cases of a class that were closed before this day may be proposed; None where they are kept for ever."""
    years = retention.RETENTIONS[code].years
    return None if years is None else date(today.year - years, 1, 1)


def time_problem(closed_on: date | None, code: str, today: date) -> Problem | None:
    """Why the time has not come; None when it has."""
    if closed_on is None:
        return Problem("", NOT_CLOSED)
    first = retention.destruction_from(closed_on, code or retention.DEFAULT_CLASS)
    if first is None:
        return Problem("", FOR_EVER)
    return Problem("", TOO_EARLY.fill(day=first.isoformat())) if today < first else None
