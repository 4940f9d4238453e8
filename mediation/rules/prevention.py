"""一函两书: the order of the union's supervision letters, what justifies the next, by when each is to be answered.

Reminder, opinion and recommendation follow each other (notice of the Supreme Procuratorate and the federation of
unions, February 2024). Periods are set locally; those here are of Inner Mongolia (IMG 19 to 24): 10 working days to
answer a reminder, 30 an opinion; on a recommendation the bureau opens a file or says why not in 5 working days, and is
done 90 days after. The house may set its own, and a letter may have another day with a reason.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.law.laws import cite
from mediation.rules.law.workdays import Calendar, end_of, roll

SOURCE = Text("高检院、全国总工会2024年2月通知；期限：{law}", "Notice of the Supreme Procuratorate and the federation of "
              "unions, February 2024; periods: {law}").fill(law=cite("IMG 19"))


class Period(NamedTuple):
    """A length with its unit (limits.UNITS): working days, or days of which the last moves past rest days."""

    length: int
    unit: str = "wd"

    def last_day(self, day: date, calendar: Calendar) -> date:
        return roll(end_of(day, self.length, self.unit, calendar), calendar)

    def text(self) -> Text:
        words = Text("{n}个工作日", "{n} working days") if self.unit == "wd" else Text("{n}日", "{n} days")
        return words.fill(n=self.length)


class Kind(NamedTuple):
    """A kind of letter: how long for the answer and for opening a file (None: no such period), what it follows, the
    mark in its number, whether two supervisors must have investigated and the chair must issue it. The answer to a kind
    on which a file is opened is due from that day.
    """

    key: str
    reply: Period
    filing: Period | None
    after: str
    mark: str
    needs_supervisors: bool
    confidence: str


KINDS: dict[str, Kind] = {kind.key: kind for kind in (
    Kind("reminder", Period(10), None, "", "监提", False, "H"),
    Kind("opinion", Period(30), None, "reminder", "监意", True, "H"),
    Kind("recommendation", Period(90, "nat"), Period(5), "opinion", "监建", True, "H"),
)}
# Settings of the house that replace a period: working days, 0 for none.
SETTINGS: dict[str, Text] = {
    "letter_reminder_days": Text("提示函的答复期限（工作日，空着为10）", "Reply to a reminder (working days; empty: 10)"),
    "letter_opinion_days": Text("意见书的答复期限（工作日，空着为30）", "Reply to an opinion (working days; empty: 30)"),
    "letter_recommendation_days": Text("建议书的办结期限（工作日，空着为立案后90日）",
                                       "Answer to a recommendation (working days; empty: 90 days from filing)"),
    "letter_filing_days": Text("建议书送达后立案或说明的期限（工作日，空着为5）",
                               "Opening a file on a recommendation (working days; empty: 5)"),
}
MOST_DAYS = 250


def setting_problem(value: str) -> Text | None:
    """Why a period cannot be set to this."""
    if value == "" or (value.isascii() and value.isdigit() and int(value) <= MOST_DAYS):
        return None
    return Text("请写0到{most}的整数，或者空着", "A whole number from 0 to {most}, or nothing").fill(most=MOST_DAYS)


def period(kind: str, settings: Mapping[str, str], is_filing: bool = False) -> Period | None:
    """The period of a kind: the house's own, else the rule's; None where there is none."""
    row = KINDS.get(kind)
    rule = (row.filing if is_filing else row.reply) if row else None
    own = settings.get("letter_filing_days" if is_filing else f"letter_{kind}_days", "")
    if rule is None or not own.isdigit():
        return rule
    return Period(int(own)) if int(own) else None


def due_on(kind: str, sent_on: date, calendar: Calendar, settings: Mapping[str, str] | None = None,
           is_filing: bool = False, filed_on: date | None = None) -> date | None:
    """The day by which the letter is to be answered, or a file to be opened on it.

    Where a file is to be opened first, the answer is due from ``filed_on``, or from the last day for it.
    """
    told = settings or {}
    found, start = period(kind, told, is_filing), sent_on
    if not is_filing:
        first = period(kind, told, is_filing=True)
        start = filed_on or (first.last_day(sent_on, calendar) if first else sent_on)
    return found.last_day(start, calendar) if found else None


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
