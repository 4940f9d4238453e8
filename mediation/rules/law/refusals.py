"""Why a decision about a clock, a joint request or a date cannot stand; each sentence names its law and article."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from mediation.rules.language import Problem, Text, Word
from mediation.rules.law.clocks import Clock, Facts
from mediation.rules.law.laws import cite
from mediation.rules.law.limits import CONSENTERS, FACTS, PAUSE_GROUNDS, Extension
from mediation.rules.law.workdays import Calendar, end_of

# Earlier fact, later fact, and the rule that puts them in this order. What follows from two rows holds too: the
# article is then that of the later step.
_ORDER = (
    ("infringement_known", "received", "TJF 27(1)"),
    ("infringement_known", "arbitration_applied", "TJF 27(1)"),
    ("received", "accepted", "R17 22"),
    ("received", "declined", "R17 22"),
    ("received", "refused", "R17 22"),
    ("received", "effective", "TJF 14"),
    ("received", "concluded", "TJF 14"),
    ("accepted", "effective", "TJF 14"),
    ("accepted", "concluded", "R17 29"),
    ("reply_requested", "replied", "R17 10"),
    ("platform_message", "platform_accepted", "ZX 12"),
    ("platform_accepted", "effective", "ZX 24"),
    ("papers_signed", "effective", "TY 27"),
    ("consented", "effective", "R33 70"),
    ("effective", "review_applied", "R33 74"),
    ("effective", "review_accepted", "R33 74"),
    ("review_applied", "review_accepted", "R33 74"),
    ("review_accepted", "review_decided", "R33 76"),
    ("effective", "confirmation_applied", "CPL 205"),
    ("effective", "confirmation_filed", "CPL 205"),
    ("confirmation_applied", "confirmation_filed", "CPL 205"),
    ("confirmation_filed", "confirmation_decided", "CPL 187"),
    ("order_applied", "payment_order_accepted", "CPL 226"),
    ("payment_order_accepted", "order_issued", "CPL 227"),
    ("order_issued", "payment_order_served", "CPL 227"),
    ("payment_order_served", "order_answered", "CPL 227"),
    ("arbitration_applied", "arbitration_accepted", "TJF 29"),
    ("arbitration_accepted", "award_received", "TJF 43"),
    ("award_received", "suit_filed", "TJF 50"),
    ("complaint_received", "inspection_filed", "JC 17"),
    ("inspection_filed", "inspection_decided", "JC 17"),
    ("accident", "employer_reported", "GS 17(1)"),
    ("accident", "finding_applied", "GS 17(2)"),
    ("aid_applied", "aid_approved", "FY 43"),
    ("aid_approved", "aid_assigned", "FY 43"),
    ("accepted", "performance_due", "TJF 14"),  # paid on the spot, the seal may follow later
)


def _closed(rows: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Every pair that the rows put in order, directly or through others, with the article of the later step."""
    pairs = {(earlier, later): citation for earlier, later, citation in rows}
    is_growing = True
    while is_growing:
        further = {(first, last): citation for (first, middle) in pairs for (other, last), citation in pairs.items()
                   if middle == other and (first, last) not in pairs}
        pairs |= further
        is_growing = bool(further)
    return pairs


ORDER = _closed(_ORDER)
# Facts that may lie ahead: agreed or foreseen days.
AHEAD = frozenset({"performance_due", "employment_ended"})

NOT_EXTENDABLE = Text("“{label}”没有规定可以延长（{article}）",
                      "'{label}' cannot be extended: none is provided for ({article})")
PAUSED = Text("“{label}”已中止计时，先恢复再延期", "'{label}' is paused: resume it before extending")
ONE_SIDED = Text("“{label}”延期须{who}同意，还缺：{missing}（{article}）",
                 "'{label}' is extended only with the consent of {who}; missing: {missing} ({article})")
TOO_LATE = Text("{who}{day}才同意，期限{due}已届满：同意须在届满前（{article}）",
                "{who} agreed on {day}, after the limit ended on {due}: consent must come before its end ({article})")
NOT_LATER = Text("延到{day}并不晚于现在的期限{due}（{article}）",
                 "{day} is not later than the present limit {due} ({article})")
OVER_CAP = Text("最多延到{last}，不能延到{day}：延长不超过{cap}，自原期限{raw}起算（{article}）",
                "At most until {last}, not {day}: {cap} beyond the limit {raw} ({article})")
AHEAD_OF_TODAY = Text("{who}同意的日子{day}在今天之后", "The consent of {who} on {day} lies in the future")
NO_PAUSE = Text("“{label}”不能中止计时（{article}）", "'{label}' cannot be paused ({article})")
PAUSE_TOO_LATE = Text("“{label}”{due}已届满，不能自{day}起中止（{article}）",
                      "'{label}' ended on {due} and cannot be paused from {day} ({article})")
NEEDS_GROUND = Text("请选因为什么中止", "Choose the ground of the pause")
NEEDS_REASON = Text("须写明理由", "A reason is needed")
NEEDS_DOCUMENT = Text("须写明依据的材料", "The document it rests on is needed")
NOT_EFFECTIVE = Text("调解协议还没有生效，不能申请",
                     "The agreement has not taken effect: nothing can be asked for yet")
NOT_JOINT = Text("须双方共同申请，还缺：{missing}（{article}）",
                 "Both sides must ask together; missing: {missing} ({article})")
WINDOW_OVER = Text("{label}的期限{due}已届满，{day}提出已晚（{article}）",
                   "{label}: the limit ended on {due}, {day} is too late ({article})")
BEFORE_EFFECT = Text("{day}早于协议生效日{start}（{article}）",
                     "{day} is before the agreement took effect on {start} ({article})")
BEFORE_START = Text("{day}早于期限起算日{start}（{article}）", "{day} is before the limit began on {start} ({article})")
NO_REVIEW = Text("确认劳动关系的协议不能申请仲裁审查（{article}）",
                 "An agreement confirming a labour relationship cannot be reviewed ({article})")
CONFIRMED = Text("已经司法确认的协议不能再申请仲裁审查（{article}）",
                 "An agreement that a court has confirmed cannot be reviewed ({article})")
WRONG_ORDER = Text("{later}（{later_on}）早于{earlier}（{earlier_on}），次序不对（{article}）",
                   "'{later}' ({later_on}) comes before '{earlier}' ({earlier_on}) ({article})")
IN_FUTURE = Text("{fact}的日期{day}在今天之后", "The day for '{fact}', {day}, lies in the future")


def _names(codes: Iterable[str]) -> Text:
    words = [CONSENTERS.get(code, Word(code, code, code)) for code in codes]
    return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def extension_cap(clock: Clock, calendar: Calendar) -> date | None:
    """The last day to which a clock may be extended, counted from its raw date; None without a cap or extension."""
    extension = clock.row.extension if clock.row else None
    if extension is None or extension.cap is None:
        return None
    return end_of(clock.raw, extension.cap, extension.unit, calendar)


def _consent_problems(clock: Clock, extension: Extension, signed: Mapping[str, date | None], due: date,
                      on: date | None) -> Iterable[Problem]:
    needed = extension.consents
    missing = [who for who in needed if not signed.get(who)]
    if missing:
        yield Problem("consents", ONE_SIDED.fill(label=clock.label, who=_names(needed), missing=_names(missing),
                                                 article=clock.article))
    for who, day in signed.items():
        if day and day > due:
            yield Problem("from_on", TOO_LATE.fill(who=_names([who]), day=day, due=due, article=clock.article))
        elif day and on and day > on:
            yield Problem("from_on", AHEAD_OF_TODAY.fill(who=_names([who]), day=day))


def extension_problems(clock: Clock, to_on: date, signed: Mapping[str, date | None], calendar: Calendar,
                       on: date | None = None) -> list[Problem]:
    """Why ``clock`` may not be extended to ``to_on``: no extension, consents, their days, the cap.

    ``signed``: the day on which each of limits.CONSENTERS agreed. Rules of confidence M or L only ask back:
    their problems carry ``confirm``.
    """
    extension = clock.row.extension if clock.row else None
    if extension is None:
        return [Problem("to_on", NOT_EXTENDABLE.fill(label=clock.label, article=clock.article),
                        "" if clock.confidence == "H" else "extension")]
    if clock.due is None:
        return [Problem("to_on", PAUSED.fill(label=clock.label))]
    problems = list(_consent_problems(clock, extension, signed, clock.due, on))
    if to_on <= clock.due:
        problems.append(Problem("to_on", NOT_LATER.fill(day=to_on, due=clock.due, article=clock.article)))
    last = extension_cap(clock, calendar)
    if last and to_on > last:
        cap = Text(f"{extension.cap}日", f"{extension.cap} days") if extension.unit == "nat" else Text(
            f"{extension.cap}个工作日", f"{extension.cap} working days")
        problems.append(Problem("to_on", OVER_CAP.fill(last=last, day=to_on, cap=cap, raw=clock.raw,
                                                       article=clock.article)))
    is_advice = clock.confidence != "H" or extension.confidence != "H"
    return [p._replace(confirm="extension") for p in problems] if is_advice else problems


def _grounds(reason: str, document: str) -> list[Problem]:
    problems = [] if reason.strip() else [Problem("reason", NEEDS_REASON)]
    return [*problems, *_papers(document)]


def _papers(document: str) -> list[Problem]:
    return [] if document.strip() else [Problem("document", NEEDS_DOCUMENT)]


def pause_problems(clock: Clock, from_on: date, ground: str, reason: str, document: str) -> list[Problem]:
    """Why ``clock`` may not be paused from ``from_on``: its rule does not allow it, it is over, no ground given.

    ``ground`` of limits.PAUSE_GROUNDS; another one than those listed wants its reason in words.
    """
    problems = [] if ground in PAUSE_GROUNDS else [Problem("ground", NEEDS_GROUND)]
    problems += _grounds(reason, document) if ground == "other" else _papers(document)
    if clock.row is None or not clock.row.may_pause:
        problems.append(Problem("rule", NO_PAUSE.fill(label=clock.label, article=clock.article)))
    if clock.due and from_on > clock.due:
        problems.append(Problem("from_on", PAUSE_TOO_LATE.fill(label=clock.label, due=clock.due, day=from_on,
                                                               article=clock.article)))
    return problems


def override_problems(clock: Clock, to_on: date, reason: str, document: str) -> list[Problem]:
    """Why a date may not be set by hand: a reason and a document are needed, and a day after the trigger."""
    problems = _grounds(reason, document)
    if to_on < clock.trigger_on:
        problems.append(Problem("to_on", BEFORE_START.fill(day=to_on, start=clock.trigger_on, article=clock.article)))
    return problems


def joint_request_problems(clock: Clock | None, asked: Mapping[str, date | None]) -> list[Problem]:
    """Why a joint request (L8 arbitration review, L10 judicial confirmation) cannot be made.

    ``clock``: the window, None while the agreement has no effect. ``asked``: the day each side asked; the
    request is made when the last of both has asked.
    """
    if clock is None or clock.due is None:
        return [Problem("effective", NOT_EFFECTIVE)]
    problems = []
    missing = [who for who in ("applicant", "respondent") if not asked.get(who)]
    if missing:
        problems.append(Problem("asked", NOT_JOINT.fill(missing=_names(missing), article=clock.article)))
    days = [day for day in asked.values() if day]
    if days and max(days) > clock.due:
        problems.append(Problem("asked", WINDOW_OVER.fill(label=clock.label, due=clock.due, day=max(days),
                                                          article=clock.article)))
    if days and min(days) < clock.trigger_on:
        problems.append(Problem("asked", BEFORE_EFFECT.fill(day=min(days), start=clock.trigger_on,
                                                            article=clock.article)))
    return problems


def review_problems(heads: Iterable[str], is_confirmed: bool) -> list[Problem]:
    """Why arbitration review is not open by its subject (R33 74 to 79): relationship claims, judicial confirmation."""
    article, problems = cite("R33 75"), []
    if "relationship" in set(heads):
        problems.append(Problem("heads", NO_REVIEW.fill(article=article)))
    if is_confirmed:
        problems.append(Problem("heads", CONFIRMED.fill(article=article)))
    return problems


def order_problems(facts: Facts, on: date | None = None) -> list[Problem]:
    """Dates that cannot be: a later step before an earlier one, or a day after today (``on``)."""
    problems = []
    for later in FACTS:
        found = [(earlier, citation) for (earlier, other), citation in ORDER.items() if other == later
                 and facts.get(earlier) and facts.get(later) and min(facts[later]) < min(facts[earlier])]
        if found:  # one sentence a day: against the latest of the days that must come before it
            earlier, citation = max(found, key=lambda pair: min(facts[pair[0]]))
            problems.append(Problem(later, WRONG_ORDER.fill(
                later=FACTS[later], later_on=min(facts[later]), earlier=FACTS[earlier], earlier_on=min(facts[earlier]),
                article=cite(citation))))
    for fact, days in facts.items():
        if on and fact not in AHEAD and days and max(days) > on:
            problems.append(Problem(fact, IN_FUTURE.fill(fact=FACTS[fact], day=max(days))))
    return problems
