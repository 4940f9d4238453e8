"""一函两书: the order of the union's supervision letters, what justifies the next, by when each is to be answered.

Reminder, opinion and recommendation follow each other (notice of the Supreme Procuratorate and the federation of
unions, February 2024). Periods of reply are set locally; one provincial rule gives the employer 15 working days for an
opinion, and the labour bureau 5 working days to open a file on a recommendation or to say why not. For Inner Mongolia
none could be found: the periods are shown as unchecked, the house may set its own, and a letter may have another day
with a reason.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.law.workdays import Calendar, add_workdays

SOURCE = Text("高检院、全国总工会2024年2月通知；答复期限依当地规定",
              "Notice of the Supreme Procuratorate and the federation of unions, February 2024; periods by local rule")


class Kind(NamedTuple):
    """A kind of letter: working days for the reply and for opening a file (None: no such period), what it follows, the
    mark in its number, whether two supervisors must have investigated and the chair must issue it.
    """

    key: str
    workdays: int | None
    filing_workdays: int | None
    after: str
    mark: str
    needs_supervisors: bool
    confidence: str


KINDS: dict[str, Kind] = {kind.key: kind for kind in (
    Kind("reminder", None, None, "", "监提", False, "H"),
    Kind("opinion", 15, None, "reminder", "监意", True, "L"),
    Kind("recommendation", 15, 5, "opinion", "监建", True, "L"),
)}
# Settings of the house that replace a period: working days, 0 for none.
SETTINGS: dict[str, Text] = {
    "letter_opinion_days": Text("意见书的答复期限（工作日，空着为15）", "Reply to an opinion (working days; empty: 15)"),
    "letter_recommendation_days": Text("建议书的反馈期限（工作日，空着为15）",
                                       "Answer to a recommendation (working days; empty: 15)"),
    "letter_filing_days": Text("建议书送达后立案或说明的期限（工作日，空着为5）",
                               "Opening a file on a recommendation (working days; empty: 5)"),
}
MOST_DAYS = 250


def setting_problem(value: str) -> Text | None:
    """Why a period cannot be set to this."""
    if value == "" or (value.isascii() and value.isdigit() and int(value) <= MOST_DAYS):
        return None
    return Text("请写0到{most}的整数，或者空着", "A whole number from 0 to {most}, or nothing").fill(most=MOST_DAYS)


def workdays(kind: str, settings: Mapping[str, str], is_filing: bool = False) -> int | None:
    """The period of a kind in working days: the house's own, else the rule's; None where there is none."""
    row = KINDS.get(kind)
    rule = (row.filing_workdays if is_filing else row.workdays) if row else None
    own = settings.get("letter_filing_days" if is_filing else f"letter_{kind}_days", "")
    return rule if rule is None or not own.isdigit() else int(own) or None


def due_on(kind: str, sent_on: date, calendar: Calendar, settings: Mapping[str, str] | None = None,
           is_filing: bool = False) -> date | None:
    """The day by which the letter is to be answered, or a file to be opened on it."""
    days = workdays(kind, settings or {}, is_filing)
    return add_workdays(sent_on, days, calendar) if days is not None else None


def number(kind: str, form: str, short_name: str, year: int, n: int) -> str:
    """The printed number, gapless per kind and year, after the form of the union's case numbers (乌中工调〔…〕)."""
    mark = KINDS[kind].mark
    own = form.replace("调〔", f"{mark}〔") if "调〔" in form else "{short}工" + mark + "〔{year}〕{n}号"
    return own.format(short=short_name.removesuffix("总工会").removesuffix("工会"), year=year, n=n)


# The order -------------------------------------------------------------------------------------------------------

class Former(NamedTuple):
    """The letter before: its kind, whether it was answered or reviewed, its day, what the review found."""

    kind: str
    state: str
    reply_due_on: date | None
    is_rectified: bool | None


FIRST = Text("建议书要写明已发的意见书，请从那份意见书接着发",
             "A recommendation follows an opinion that was sent; continue from that one")
ORDER = Text("次序是提示函、意见书、建议书", "The order is reminder, opinion, recommendation")
DONE = Text("已经整改，不用再发", "It was put right; no further letter is needed")
RUNNING = Text("答复期限（{day}）还没过，也没有复核", "The period of reply ({day}) still runs, and nothing was reviewed")
UNREVIEWED = Text("先记复核：没有整改的才接着发", "Review it first: the next letter follows only where nothing was put right")


def order_problems(kind: str, former: Former | None, today: date) -> list[Problem]:
    """Why a letter of this kind may not be sent after ``former`` (None: it stands first)."""
    row = KINDS.get(kind)
    if row is None:
        return [Problem("kind", Text("请选提示函、意见书或建议书", "Choose reminder, opinion or recommendation"))]
    if former is None:
        return [Problem("kind", FIRST)] if kind == "recommendation" else []
    if row.after != former.kind:
        return [Problem("kind", ORDER)]
    against = against_next(former, today)
    return [Problem("kind", against)] if against else []


def against_next(former: Former, today: date) -> Text | None:
    """What the former letter lacks to justify the next: not put right on review, or not answered in time."""
    if former.is_rectified is not None:
        return DONE if former.is_rectified else None
    if former.state != "sent" or former.reply_due_on is None:
        return UNREVIEWED
    return None if former.reply_due_on < today else RUNNING.fill(day=former.reply_due_on.isoformat())


# Who investigated ------------------------------------------------------------------------------------------------

PARTING = re.compile(r"[、，,；;\n]+")
NAME, CERTIFICATE = re.compile(r"[^\W\d_·]{2,}"), re.compile(r"\d")
TWO = Text("要两名以上监督员，每人写姓名和监督证号，如：刘建国 0012、王秀英 0034",
           "Two supervisors or more, each with name and certificate number, such as: 刘建国 0012、王秀英 0034")


def supervisor_problems(said: str) -> list[Problem]:
    """At least two different people, each with a certificate number of labour-law supervision."""
    people = [part.strip() for part in PARTING.split(said) if part.strip()]
    named = {found[0] for part in people if (found := NAME.search(part)) and CERTIFICATE.search(part)}
    return [] if len(named) == len(people) >= 2 else [Problem("supervisors", TWO)]
