"""What a worker tells at the counter: the facts of the intake page, what is still wrong with them, what to remark.

Seven facts register a request (TJF 12, R17 21: matters, reasons, time); everything else may wait. What is not known
stays empty. Problems are named after the fields of the page, so that each sentence stands beside its field.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from mediation.rules import words
from mediation.rules.bodies import registers
from mediation.rules.cases import intake_bar, old_requests
from mediation.rules.language import Problem, Text
from mediation.rules.law import channels, jurisdiction
from mediation.rules.law.limitation import PAY_HEADS
from mediation.rules.law.workdays import Calendar
from mediation.rules.money import amounts
from mediation.rules.people import identity, kin
from mediation.rules.people.list_cells import Row
from mediation.rules.people.worker_list import NO_SUM
from mediation.rules.reading import UNKNOWN, Reading, read_date, say_day
from mediation.rules.text_cleaning import Unreadable, fold

MOST_PEOPLE = 100_000
SENT_CHANNELS: dict[str, tuple[str, ...]] = {"court": ("E", "F", "own"), "arbitration": ("G", "H", "own")}
# A body that only pointed the worker to us sends no letter: the station's own rules hold.
OWN_CHANNEL = "own"
REGISTER_OF: dict[str, str] = {
    "hotline": "hotline", "governance": "governance", "court": "court", "arbitration": "hr", "hr": "hr",
    "labour_inspection": "hr", "petition": "petition", "justice": "justice", "procuratorate": "procuratorate"}
OTHER_SOURCE = Text("选了“其他”，请写是从哪里来的", "'Other' is chosen: say where it came from")


@dataclass
class Respondent:
    """The other side as the worker says it (李老板，城南工地); resolved to an employer later."""

    told: str
    part: str = ""  # words.RESPONDENT_PARTS
    phone: str = ""
    site: str = ""
    name: str = ""
    is_person: bool = True
    credit_code: str = ""  # of an old register: names the employer
    legal_person: str = ""


@dataclass
class ClaimLine:
    """One thing that is asked for; ``amount_fen`` None while it cannot be reckoned."""

    head: str
    amount_fen: int | None = None
    precision: str = "exact"  # exact | about | unknown
    as_told: str = ""
    from_told: str = ""
    to_told: str = ""
    is_unknown: bool = False  # 还算不清 was ticked


@dataclass
class Intake:
    """All facts of the intake page; '' and None are not known. Dates business dates, sums in fen."""

    received_on: date | None = None
    received_time: str = ""
    source: str = ""
    way: str = "oral"
    channel: str = ""  # '' and 'own': the station's
    procedure: str = ""
    source_body: str = ""
    source_number: str = ""
    source_case_number: str = ""
    reply_due_on: date | None = None
    register: str = ""  # whose number ``external_number`` is
    external_number: str = ""
    name: str = ""
    phone: str = ""
    phone_note: str = ""
    part: str = "worker"
    for_name: str = ""  # the worker, where somebody else came
    for_died_on: date | None = None  # the worker's death, and its words where it has no exact day
    for_died_told: str = ""
    kinship: str = ""  # words.KINSHIPS: of next of kin to a worker who died
    kin_share: str = ""
    id_type: str = "resident"
    identity: str = ""
    headcount: int = 1
    roster: tuple[Row, ...] = ()
    language: str = ""
    interpreter: str = ""
    is_interpreter_needed: bool = False
    address: str = ""
    flags: list[str] = field(default_factory=list)
    respondents: list[Respondent] = field(default_factory=list)
    claims: list[ClaimLine] = field(default_factory=list)
    employment: str = ""
    left_on: date | None = None
    left_told: Reading[date] | None = None  # where only a month or season is known
    contract: str = ""
    narrative: str = ""
    evidence: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    is_informed: bool = False
    wage_choice: str = ""
    may_tell: list[str] = field(default_factory=list)
    sign_way: str = ""
    witness: str = ""
    as_told: dict[str, str] = field(default_factory=dict)  # received_on, headcount: where only words are known
    confirmed: frozenset[str] = frozenset()

    @property
    def heads(self) -> frozenset[str]:
        return frozenset(claim.head for claim in self.claims if claim.head)

    @property
    def least_people(self) -> int:
        """The least number of people that may be told."""
        return 1

    @property
    def people(self) -> int:
        """How many workers stand behind the request: those named, or the number told where it is larger."""
        return max(self.headcount, named_people(self))


def find_holder(intake: Intake, today: date) -> identity.Identity | None:
    """What the applicant's identity number says; None where there is none or it cannot be read."""
    if not intake.identity:
        return None
    try:
        return identity.check_identity(intake.id_type or "resident", intake.identity, today)
    except Unreadable:
        return None


def named_people(intake: Intake) -> int:
    """The worker who came and everybody on the list, counted once."""
    on_list = len([row for row in intake.roster if not row.errors])
    is_worker = intake.part in ("worker", "representative") or not intake.for_name
    return on_list + (is_worker and not find_own_row(intake)) + (bool(intake.for_name))


def find_own_row(intake: Intake) -> Row | None:
    """The applicant's own line of the pasted list."""
    own = fold(intake.name)
    return next((row for row in intake.roster if own and fold(row.name) == own), None)


# What stands against registering ---------------------------------------------------------------------------------

MISSING: tuple[tuple[str, Text], ...] = (
    ("received", Text("收到时间", "Time received")),
    ("source", Text("来源", "Source")),
    ("name", Text("姓名", "Name")),
    ("phone", Text("电话，或者谁转告", "Telephone, or who passes word")),
    ("respondents-0-told", Text("单位或老板", "Employer or boss")),
    ("claims-0-head", Text("种类", "Kind of claim")),
    ("narrative", Text("怎么回事", "What happened")),
)


def missing(intake: Intake) -> list[tuple[str, Text]]:
    """Which of the seven facts are still missing, as (field, label)."""
    has = {
        "received": intake.received_on is not None, "source": bool(intake.source), "name": bool(intake.name),
        "phone": bool(intake.phone or intake.phone_note), "narrative": bool(intake.narrative),
        "respondents-0-told": any(row.told for row in intake.respondents), "claims-0-head": bool(intake.heads),
    }
    return [(name, label) for name, label in MISSING if not has[name]]


def problems(intake: Intake, today: date) -> list[Problem]:
    """Everything that stands against registering, at once."""
    found = [Problem(name, Text("请填写{label}", "Please fill in: {label}").fill(label=label))
             for name, label in missing(intake)]
    for check in CHECKS:
        found += check(intake, today)
    return [p for p in found if p.confirm not in intake.confirmed or not p.confirm]


def _date_problems(intake: Intake, today: date) -> list[Problem]:
    found = []
    if intake.received_on and intake.received_on > today:
        found.append(Problem("received", Text("收到时间不能在今天之后", "The request cannot come in after today")))
    started = dispute_began(intake, today)
    if intake.received_on and started and intake.received_on < started:
        found.append(Problem("received", Text(
            "收到时间早于争议发生（从{day}起），请核对", "The request came in before the dispute began ({day}); please check").fill(
            day=say_day(started))))
    if intake.left_on and intake.left_on > today:
        found.append(Problem("left", Text("离开的日子不能在今天之后", "The day of leaving cannot lie in the future")))
    if intake.left_on and intake.employment == "here":
        found.append(Problem("left", Text("选了“在”，又写了哪天走的：请留一个",
                                          "'Still there' and a day of leaving: keep one of them")))
    if intake.reply_due_on and intake.received_on and intake.reply_due_on < intake.received_on:
        found.append(Problem("reply_due", Text("给的期限早于收到时间", "The reply is due before the letter came in")))
    return found + old_requests.problems(intake.received_on, today)


def dispute_began(intake: Intake, today: date) -> date | None:
    """The first day for which anything is claimed, where a day or month was told."""
    days = []
    for claim in intake.claims:
        try:
            first = read_date(claim.from_told, today).first_on if claim.from_told else None
        except Unreadable:
            first = None
        days += [first] if first else []
    return min(days, default=None)


def _code_problems(intake: Intake, today: date) -> list[Problem]:
    wrong = Text("请从给出的几项里选", "Please choose one of those offered")
    given = (("source", intake.source, words.SOURCES), ("way", intake.way, words.REQUEST_WAYS),
             ("part", intake.part, words.APPLICANT_PARTS), ("kinship", intake.kinship, words.KINSHIPS),
             ("id_type", intake.id_type, words.ID_TYPES),
             ("language", intake.language, words.LANGUAGES), ("employment", intake.employment, words.EMPLOYMENT),
             ("wage_choice", intake.wage_choice, words.WAGE_CHOICES), ("sign_way", intake.sign_way, words.SIGN_WAYS))
    found = [Problem(name, wrong) for name, code, table in given if code and code not in table]
    found += [Problem(f"respondents-{n}-part", wrong) for n, row in enumerate(intake.respondents)
              if row.part and row.part not in words.RESPONDENT_PARTS]
    return found + [Problem(f"claims-{n}-head", wrong) for n, claim in enumerate(intake.claims)
                    if claim.head and claim.head not in words.HEADS]


def _sender_problems(intake: Intake, today: date) -> list[Problem]:
    fitting = SENT_CHANNELS.get(intake.source)
    if fitting is None:
        return [Problem("source_body", OTHER_SOURCE)] if intake.source == "other" and not intake.source_body else []
    if intake.channel not in fitting:
        return [Problem("channel", Text("请选是哪一种：期限和结果送回哪里都跟着它走",
                                        "Please say which kind: the time limits and the reply depend on it"))]
    return [] if intake.channel == OWN_CHANNEL else channels.channel_problems(intake.channel, intake.procedure or None)


def number_problems(intake: Intake, today: date) -> list[Problem]:
    found = _unreadable("phone", lambda: identity.check_phone(intake.phone)) if intake.phone else []
    if intake.identity:
        kind = intake.id_type or "resident"
        found += _unreadable("identity", lambda: identity.check_identity(kind, intake.identity, today))
    for n, row in enumerate(intake.respondents):
        if row.phone:
            found += _unreadable(f"respondents-{n}-phone", partial(identity.check_phone, row.phone))
    return found


def register_of(intake: Intake) -> str:
    """Whose number was told: the register chosen, or that of the source."""
    return intake.register or REGISTER_OF.get(intake.source, "governance")


def _external_problems(intake: Intake, today: date) -> list[Problem]:
    """A number that does not look like one of its register is asked back once."""
    return registers.number_problems(register_of(intake), intake.external_number, "external") if (
        intake.external_number) else []


def _unreadable(name: str, read: Callable[[], object]) -> list[Problem]:
    try:
        read()
    except Unreadable as why:
        return [Problem(name, why.text)]
    return []


def _respondent_problems(intake: Intake, today: date) -> list[Problem]:
    return [Problem(f"respondents-{n}-told", Text("请照他说的写一句是谁，或者划去这一家",
                                                  "Please write who it is, or leave this one out"))
            for n, row in enumerate(intake.respondents) if n and not row.told and (row.phone or row.part or row.site)]


SUM_AND_NONE = Text("写了金额又勾了“还算不清”：请留一个，说不准就勾“约”",
                    "An amount and 'not yet reckoned': keep one, or tick 'about'")


def claim_problems(intake: Intake, today: date) -> list[Problem]:
    found = []
    for n, claim in enumerate(intake.claims):
        if claim.amount_fen is not None and claim.amount_fen <= 0:
            found.append(Problem(f"claims-{n}-amount", Text("金额须大于零", "The amount must be above zero")))
        if claim.is_unknown and claim.amount_fen is not None:
            found.append(Problem(f"claims-{n}-amount", SUM_AND_NONE))
        if n and not claim.head and (claim.amount_fen is not None or claim.from_told):
            found.append(Problem(f"claims-{n}-head", Text("请选这一项的种类", "Please choose the kind of this claim")))
    return found


TWINS = Text("名单里有重复的人（第{lines}行），确实是不同的人吗",
             "People stand twice on the list (lines {lines}); are they different people?")
FEWER = Text("连名单一共{named}人，这里写的是{told}人", "{named} people are named, {told} is written here")


def _roster_problems(intake: Intake, today: date) -> list[Problem]:
    found = [Problem("roster", Text("第{line}行：{why}", "Line {line}: {why}").fill(line=row.line, why=why))
             for row in intake.roster for why in row.errors]
    twins = [row for row in intake.roster if row.same_as]
    if twins:
        lines = "、".join(f"{row.line}/{row.same_as}" for row in twins[:10])
        found.append(Problem("roster", TWINS.fill(lines=lines), "roster_twins"))
    if unsaid := [row for row in intake.roster if row.told]:
        found.append(Problem("roster", NO_SUM.fill(lines="、".join(str(row.line) for row in unsaid[:20]),
                                                   told=unsaid[0].told), "roster_no_sum"))
    return found + _headcount_problems(intake) + _sum_problems(intake)


def _headcount_problems(intake: Intake) -> list[Problem]:
    if not intake.least_people <= intake.headcount <= MOST_PEOPLE:
        return [Problem("headcount", Text("人数应在1到{most}之间", "The number of people lies between 1 and {most}").fill(
            most=MOST_PEOPLE))]
    named = named_people(intake)
    if 1 < intake.headcount < named and "headcount" not in intake.as_told:
        return [Problem("headcount", FEWER.fill(named=named, told=intake.headcount))]
    return []


def _sum_problems(intake: Intake) -> list[Problem]:
    """The sum of the first claim is the applicant's own, or the whole list's when the applicant stands on it."""
    own = find_own_row(intake)
    told = intake.claims[0].amount_fen if intake.claims else None
    total = roster_total(intake)
    if told is None or own is None or not total or told in (total, own.fen):
        return []
    return [Problem("claims-0-amount", Text("名单合计{total}元，这里写的是{told}元：请改成一致，或留空",
                                            "The list sums to {total} yuan, {told} is written here: make them agree or "
                                            "leave this empty").fill(total=amounts.print_yuan(total),
                                                                     told=amounts.print_yuan(told)))]


def roster_total(intake: Intake) -> int:
    """The sums of the list, in fen."""
    return sum(row.fen or 0 for row in intake.roster if not row.errors)


CHECKS = (_date_problems, kin.told_problems, _code_problems, _sender_problems, _external_problems, number_problems,
          _respondent_problems, claim_problems, _roster_problems)


# What to remark while it is filled in ----------------------------------------------------------------------------

GROUP = Text("满10人且诉求相同：按群体办，推举3至5名代表",
             "Ten or more with a common request: a group; let them choose 3 to 5 representatives")
ROUGHLY = Text("人数只知道“{said}”，先按{count}人计：尽快补名单；满10人且诉求相同的按群体办，请问清",
               "Only '{said}' is known, counted as {count} for now: get the list, and ask whether they are ten or more "
               "with one request")
ELSEWHERE = Text("{ground}，不属劳动争议：可找{door}", "Not a labour dispute ({ground}): send them to {door}")
INSPECT_FIRST = Text("本人要先投诉监察：先不登记，介绍去{door}", "Wants inspection first: do not register yet, send them to {door}")
OVER_AGE = Text("{sex}，{age}岁，可能已到退休年龄（{on}）：受理时按超龄用工核对",
                "{sex}, {age}: retirement age may have been reached ({on}); check as over-age worker when accepting")
YOUNG = Text("{age}岁，未满16周岁：涉嫌使用童工，另报劳动监察", "Aged {age}, under 16: suspected child labour, report to inspection")
MINOR = Text("{age}岁，未成年工：请监护人到场", "Aged {age}, a minor: have the guardian present")
INJURY = Text("工伤认定：本人、近亲属或工会在事故后一年内可申请（《工伤保险条例》第17条）",
              "Work-injury finding: worker, family or union may apply within a year of the accident (GS 17)")
BEEN_THERE = Text("已去过仲裁或法院：受理前核对是不是还在程序中", "Has been to arbitration or court: check whether that is pending")
HOLDER = Text("证件号：{sex}，{age}岁", "By the identity number: {sex}, {age}")


def remarks(intake: Intake, today: date, calendar: Calendar, doors: Mapping[str, str]) -> list[Text]:
    """What the person at the desk should know now; ``doors`` names bodies with telephone by scope.DOORS code."""
    bar = intake_bar.remarks(intake.left_on, intake.left_told, intake.employment == "left", intake.heads, today,
                             calendar)
    return [*_group(intake), *bar, *_person(intake, today), *_out_of_scope(intake, doors), *_inspection(intake, doors),
            *_further(intake)]


def _group(intake: Intake) -> list[Text]:
    group = [GROUP] if jurisdiction.is_group(intake.people, True) else []
    said = intake.as_told.get("headcount")
    return [*group, ROUGHLY.fill(said=said, count=intake.headcount)] if said else group


def retirement_on(sex: str, born_on: date) -> date:
    """The earliest statutory retirement day of men, and of women under the 50-year rule.

    《国务院关于渐进式延迟法定退休年龄的办法》, since 2025-01-01: men born from 1965 one month for every four, at most 36;
    women of the 50-year rule born from 1975 one month for every two, at most 60.
    """
    years, first_year, step, most = (60, 1965, 4, 36) if sex == "M" else (50, 1975, 2, 60)
    later = (born_on.year - first_year) * 12 + born_on.month - 1
    delay = min(most, later // step + 1) if later >= 0 else 0
    months = born_on.year * 12 + born_on.month - 1 + years * 12 + delay
    return date(months // 12, months % 12 + 1, min(born_on.day, 28))


def _person(intake: Intake, today: date) -> list[Text]:
    found = find_holder(intake, today)
    if found is None or found.born_on is None or intake.for_name:  # the number of who came, not of the worker
        return []
    age = identity.age_on(found.born_on, today)
    if age < 18:
        return [(YOUNG if age < 16 else MINOR).fill(age=age)]
    retires_on = retirement_on(found.sex, found.born_on)
    is_over = bool(found.sex) and retires_on <= today
    over = OVER_AGE.fill(sex=words.SEXES[found.sex], age=age, on=retires_on) if is_over else None
    return [*([over] if over else []), *found.warnings]


def holder_text(intake: Intake, today: date) -> Text | None:
    """Sex and age that the identity number brings along; None where they are remarked on anyway or not known."""
    found = find_holder(intake, today)
    if found is None or found.born_on is None or _person(intake, today):
        return None
    return HOLDER.fill(sex=words.SEXES[found.sex], age=identity.age_on(found.born_on, today))


def _out_of_scope(intake: Intake, doors: Mapping[str, str]) -> list[Text]:
    found = []
    if any(row.part == "household" for row in intake.respondents):
        found.append(jurisdiction.EXCLUSIONS["farm_hand"])
    if intake.heads == {"insurance_arrears"}:
        found.append(jurisdiction.EXCLUSIONS["insurance_arrears"])
    return [ELSEWHERE.fill(ground=one.ground, door=_door(one.doors[0], doors)) for one in found]


def _door(code: str, doors: Mapping[str, str]) -> Text:
    label = jurisdiction.DOORS[code]
    known = doors.get(code)
    return Text(known, known) if known else Text(label.zh, label.en)


def _inspection(intake: Intake, doors: Mapping[str, str]) -> list[Text]:
    if not intake.heads & PAY_HEADS:
        return []
    if intake.wage_choice == "inspect":
        return [INSPECT_FIRST.fill(door=_door("inspection", doors))]
    return [] if intake.wage_choice == "mediate" else [jurisdiction.INSPECTION_WARNING]


def _further(intake: Intake) -> list[Text]:
    found = [INJURY] if {"injury", "death"} & set(intake.flags) else []
    return found + ([BEEN_THERE] if {"arbitration", "court"} & set(intake.tried) else [])


def claim_precision(reading: Reading[int] | None, is_about: bool) -> str:
    """exact, about or unknown, from what was read and ticked."""
    if reading is None or reading.precision == UNKNOWN or reading.value is None:
        return "unknown"
    return "about" if is_about or reading.precision == "approx" else "exact"
