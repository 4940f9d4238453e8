"""A case entered afterwards (补录): what may be known of it, what cannot be so, and which facts are still missing.

Whatever nobody knows stays empty (不详), a vague day or sum keeps its words, and no clock starts. House rules; the facts
that count as missing are those of which the register and the year's return are made (L3, L12 of practice.md 2).
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from mediation.rules import words
from mediation.rules.cases import intake as intake_rules
from mediation.rules.cases import workflow
from mediation.rules.cases.intake import Intake
from mediation.rules.language import Problem, Text, Word, vocabulary
from mediation.rules.money import amounts

NOT_KNOWN = "不详"
# Of an open case less is old than its words say: what was never decided is registered and goes its usual way.
STATES = vocabulary(
    Word("CLOSED", "已经办完", "Finished"), Word("PERFORMING", "有了协议，钱还没付清", "Agreed, money still owed"),
    Word("MEDIATING", "还在调解", "Still in mediation"))
ORDER = ("received_on", "accepted_on", "concluded_on", "closed_on", "archived_on")
DAYS: dict[str, Text] = {
    "received_on": Text("收到", "received"), "accepted_on": Text("受理", "accepted"),
    "agreed_on": Text("达成协议", "agreed"), "concluded_on": Text("出结果", "concluded"),
    "closed_on": Text("结案", "closed"), "archived_on": Text("归档", "filed")}
# What is added later, as the history calls it.
FACT_WORDS: dict[str, Text] = {
    **{name: Text(f"{text.zh}的日子", f"day {text.en}") for name, text in DAYS.items()},
    "outcome": Text("结果", "outcome"), "handler_id": Text("承办人", "mediator"), "agreed": Text("协议", "agreement"),
    "paid": Text("到账", "money that came")}
# Names under which somebody may confirm what is asked back; an import confirms all and lists them as remarks.
QUESTIONS = frozenset({"above_claim", "confirm_over", "another_payment"})


@dataclass(frozen=True)
class Agreed:
    """What is known of an agreement, in fen; ``fen`` None where the sum was not published or nobody knows it.

    ``told``: the words of a sum that is not exact (约40万), kept beside the number; ``due_told``: when it was to be paid.
    The day on which it was made stands in the late entry's ``dates``.
    """

    fen: int | None = None
    told: str = ""
    due_on: date | None = None
    due_told: str = ""
    terms: str = ""
    non_cash: str = ""


@dataclass(frozen=True)
class Paid:
    """Money that came, in fen; ``paid_on`` None with the words in ``paid_told`` where the day is not known.

    ``told``: the words of a sum that is not exact. ``proof`` of an old register is 'register'.
    """

    fen: int
    paid_on: date | None = None
    paid_told: str = ""
    told: str = ""
    payer_kind: str = "respondent"
    payer_name: str = ""
    way: str = "other"
    proof: str = "register"
    note: str = ""


@dataclass
class Late(Intake):
    """A case entered afterwards: None and '' say 不详; no clock starts. ``columns``: further columns of Case.

    ``dates`` by column of Case: accepted_on, assigned_on, taken_on, consented_on, agreed_on, effective_on,
    concluded_on, closed_on, archived_on, notified_on, happened_on. Words of a day that is not exact stand in
    ``as_told`` under the same name.
    """

    station_id: int | None = None
    registered_by_id: int | None = None
    handler_id: int | None = None
    state: str = "CLOSED"
    outcome: str = ""
    outcome_reason: str = ""
    referred_to: str = ""
    printed_number: str = ""  # '' draws one where the day of acceptance is known
    dates: dict[str, date | None] = field(default_factory=dict)
    columns: dict[str, object] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)  # of days that are told as a year or a month only
    agreed: Agreed | None = None
    paid: tuple[Paid, ...] = ()

    @property
    def least_people(self) -> int:
        """A case that was merged may have none: they are counted where they went."""
        return 0 if self.outcome == MERGED_AWAY else 1


MERGED_AWAY = "DUPLICATE"


def year_of(facts: Late, dates: Mapping[str, date | None], today: date) -> int:
    """The year in which a late entry draws its number: of the first step of which day, month or year is known; else
    the year of the entry (practice.md 2, numbers of old cases). A year in words counts where it stands alone."""
    for name in ORDER:
        day = facts.received_on if name == "received_on" else dates.get(name)
        if day:
            return day.year
        told = {int(year) for year in _YEAR.findall(str(facts.as_told.get(name, "")))}
        year = facts.years.get(name) or (told.pop() if len(told) == 1 else None)
        if year and year <= today.year:
            return year
    return today.year


_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")


# What cannot be so -----------------------------------------------------------------------------------------------

def problems(facts: Late, today: date, arrived_fen: int = 0, agreed_fen: int | None = None) -> list[Problem]:
    """Everything that stands against a late entry, at once; what was confirmed is left out.

    ``arrived_fen``, ``agreed_fen``: what stands already, where facts are added to a case.
    """
    return [p for p in questions_and_problems(facts, today, arrived_fen, agreed_fen)
            if not p.confirm or p.confirm not in facts.confirmed]


def questions_and_problems(facts: Late, today: date, arrived_fen: int = 0, agreed_fen: int | None = None
                           ) -> list[Problem]:
    """The same with what was confirmed."""
    found = [*_codes(facts), *_days(facts, today), *_money(facts, today, arrived_fen, agreed_fen)]
    for check in (intake_rules.number_problems, intake_rules.claim_problems):
        found += check(facts, today)
    return found


def _codes(facts: Late) -> Iterable[Problem]:
    given = (("state", facts.state, workflow.STATES), ("outcome", facts.outcome, words.OUTCOMES),
             ("source", facts.source, words.SOURCES), ("channel", facts.channel, words.CHANNELS),
             ("outcome_reason", facts.outcome_reason, words.FAIL_REASONS if facts.outcome == "FAILED" else {}))
    for name, code, table in given:
        if code and table and code not in table:
            yield Problem(name, Text("没有这个代码：{code}", "There is no such code: {code}").fill(code=code))
    if facts.state == "PERFORMING" and not facts.outcome:
        yield Problem("outcome", Text("这个状态要写明结果", "This state needs its outcome"))


def _days(facts: Late, today: date) -> Iterable[Problem]:
    days = {name: facts.received_on if name == "received_on" else facts.dates.get(name) for name in DAYS}
    for name, day in days.items():
        if day and day > today:
            yield Problem(FIELDS.get(name, name), Text("日期不能在今天之后", "The day cannot lie in the future"))
    known = [(name, day) for name in ORDER if (day := days[name])]
    for (earlier, before), (name, day) in pairwise(known):
        if day < before:
            yield Problem(FIELDS.get(name, name), BEFORE.fill(day=before, step=DAYS[earlier]))
    agreed = days["agreed_on"]
    for name in ("received_on", "accepted_on"):
        begun = days[name]
        if agreed and begun and agreed < begun:
            yield Problem("agreed_on", BEFORE.fill(day=begun, step=DAYS[name]))


FIELDS = {"received_on": "received"}  # as the forms call them
BEFORE = Text("不能早于前一步：{step} {day}", "Not before the step before it: {step}, {day}")


def _money(facts: Late, today: date, arrived_fen: int, agreed_fen: int | None) -> Iterable[Problem]:
    agreed = facts.agreed.fen if facts.agreed else agreed_fen
    if facts.agreed is not None:
        yield from _agreed(facts, facts.agreed)
    for n, row in enumerate(facts.paid):
        yield from _paid(n, row, today)
    came = sum(row.fen for row in facts.paid if row.proof in words.PROVED and row.way != "goods")
    if agreed is not None and came and arrived_fen + came > agreed:
        over = OVER.fill(paid=amounts.print_yuan(arrived_fen + came), agreed=amounts.print_yuan(agreed))
        yield Problem("paid-0-fen", over, "confirm_over")
    slips = [(row.fen, row.paid_on, row.note, row.payer_name) for row in facts.paid]
    if len(set(slips)) < len(slips):
        yield Problem("paid-0-fen", TWICE, "another_payment")


def _agreed(facts: Late, agreed: Agreed) -> Iterable[Problem]:
    if facts.outcome not in words.SUCCESS:
        yield Problem("outcome", Text("写了协议，结果应是达成调解协议或自行和解",
                                      "With an agreement the outcome is an agreement or a private settlement"))
    if agreed.fen is not None and agreed.fen <= 0:
        yield Problem("agreed", Text("金额须大于零", "The amount must be above zero"))
    claimed = [line.amount_fen for line in facts.claims if line.head]
    total = sum(fen or 0 for fen in claimed) if all(claimed) else 0
    if total and agreed.fen and agreed.fen > total and not facts.roster:
        yield Problem("agreed", ABOVE.fill(agreed=amounts.print_yuan(agreed.fen), claimed=amounts.print_yuan(total)),
                      "above_claim")


def _paid(n: int, row: Paid, today: date) -> Iterable[Problem]:
    if row.fen <= 0:
        yield Problem(f"paid-{n}-fen", Text("金额须大于零", "The amount must be above zero"))
    if row.paid_on and row.paid_on > today:
        yield Problem(f"paid-{n}-paid_on", Text("日期不能在今天之后", "The day cannot lie in the future"))
    if row.proof == "published" and not row.note:
        yield Problem(f"paid-{n}-note", Text("写明哪里公布的", "Say where it was published"))
    for name, code, table in (("way", row.way, words.PAY_WAYS), ("proof", row.proof, words.PROOFS),
                              ("payer_kind", row.payer_kind, words.PAYER_KINDS)):
        if code not in table:
            yield Problem(f"paid-{n}-{name}", Text("请选一项", "Choose one"))


ABOVE = Text("协议{agreed}元，比诉求{claimed}元多，没有写错吗？",
             "{agreed} yuan agreed is more than the {claimed} claimed: is it right?")
OVER = Text("到账{paid}元，比协议{agreed}元多，没有写错吗？",
            "{paid} yuan came, more than the {agreed} agreed: is it right?")
TWICE = Text("有两笔到账一模一样，确实是两笔吗？", "Two payments are just alike: are they really two?")


# Which facts are missing -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Missing:
    """A fact that an old case should have: its words, and where it is typed, after the case's address."""

    key: str
    label: Text
    place: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether another page than that of an old case's facts takes it."""
        return not self.place.startswith("/late")


LATE_FACTS = vocabulary(
    Word("received", "收到的日子", "Day received"), Word("workers", "工人的姓名", "Names of the workers"),
    Word("respondent", "对方是谁", "Who the other side is"), Word("claimed", "诉求金额", "Sum claimed"),
    Word("handler", "承办人", "Mediator"), Word("outcome", "结果", "Outcome"),
    Word("concluded", "出结果的日子", "Day of the outcome"), Word("agreed", "协议金额", "Sum agreed"),
    Word("paid", "到账", "Money that came"),
)
MISSING: Mapping[str, Missing] = {row.key: row for row in (
    Missing(key, Text(word.zh, word.en), place) for (key, word), place in zip(LATE_FACTS.items(), (
        "/late#received", "/parties", "/parties", "/claims", "/late#handler_id", "/late#outcome", "/late#concluded_on",
        "/late#agreed", "/late#paid-0-fen"), strict=True))}
