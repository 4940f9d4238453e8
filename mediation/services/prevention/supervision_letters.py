"""一函两书: sending, answering and reviewing the union's supervision letters; what was sent is never edited."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Employer, Letter, LetterEdition, Station
from mediation.queries.cases import facts, named
from mediation.queries.house import admin
from mediation.queries.law import clocks as clock_queries
from mediation.queries.papers import case_papers
from mediation.rules import prevention as rules
from mediation.rules.access import Actor, scope_of
from mediation.rules.cases.guards import no_proceeding
from mediation.rules.cases.numbers import known_as
from mediation.rules.editions import Made
from mediation.rules.language import Problem, Refused, Text
from mediation.services import numbers
from mediation.services.cases.moves import Conflict, Forbidden
from mediation.services.papers import kept_pages
from mediation.services.papers.issued_papers import UNCHANGED
from mediation.services.people import employers

PERMISSION = "letter.write"
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")
NOT_KEPT = Text("这份函没有留存原样，出不了新版", "This letter was not kept as it was sent, so it has no new edition")
BEFORE = Text("不能早于发出那天（{day}）", "Not before the day it was sent ({day})")
COLUMNS = ("agency_id", "copies_to", "facts", "demand", "basis", "signer", "supervisors", "due_reason")

Answers = Mapping[str, Any]  # of the form: text, days, ids


def send(employer: Employer, values: Answers, actor: Actor, follows: Letter | None = None,
         make: Callable[[Letter], Made] | None = None) -> Letter:
    """Send a letter: it gets its number of kind and year, and the day by which it is to be answered.

    ``values``: kind, sent_on, reply_due_on, case_number and COLUMNS. ``make`` gives its page, which is kept as sent.
    """
    _require(actor, employer.union_id)
    kind, sent_on = str(values.get("kind") or ""), values.get("sent_on") or actor.today
    union = db.session.get_one(Station, employer.union_id)
    by_rule, filing_due_on = _due_days(kind, sent_on, union)
    due_on = values.get("reply_due_on") or by_rule
    case = _case(values, employer, actor)
    found = rules.order_problems(kind, former(follows) if follows else None, actor.today)
    found += _told_problems(values, kind, employer, actor) + _due_problems(values, sent_on, due_on, by_rule)
    if follows is not None and find_next(follows) is not None:
        found.append(Problem("", Text("后面已经发过了", "The next one has been sent already")))
    if values.get("case_number") and case is None:
        found.append(Problem("case_number", Text("没有这个登记号", "There is no such number")))
    found += _proceeding(case, actor)
    if found:
        raise Refused(found)
    n = numbers.draw(union.id, f"letter_{kind}", sent_on.year)
    row = Letter(union_id=union.id, employer_id=employer.id, kind=kind, sent_on=sent_on, reply_due_on=due_on,
                 number=rules.number(kind, union.number_form, union.short_name, sent_on.year, n),
                 filing_due_on=filing_due_on, case_id=case.id if case else None,
                 follows_id=follows.id if follows else None, made_by_id=actor.user_id,
                 **{name: values.get(name) or ("" if name != "agency_id" else None) for name in COLUMNS})
    db.session.add(row)
    db.session.flush()
    if make is not None:
        row.kept = kept_pages.keep(make(row), actor)
    employers.note(employer, "letter_sent", {
        "letter": row.id, "employer": employer.id, "kind": kind, "number": row.number, "sent_on": sent_on,
        "reply_due_on": due_on}, actor, sent_on)
    return row


def reissue(row: Letter, made: Made, note: str, actor: Actor) -> LetterEdition:
    """A new edition of a letter, from the facts of today; those before stay as they were.

    Raises Forbidden, or Refused when nothing on it has changed or the one before was not kept.
    """
    _enter(row, actor, None)
    before = case_papers.kept(row.kept_in(row.edition))
    if before is None:
        raise Refused([Problem("", NOT_KEPT)])
    if all(before.lines(sight) == made.lines(sight) for sight in made.pages):
        raise Refused([Problem("", UNCHANGED)])
    new = LetterEdition(letter_id=row.id, edition=row.edition + 1, kept=kept_pages.keep(made, actor),
                        made_on=actor.today, note=note, made_by_id=actor.user_id)
    db.session.add(new)
    db.session.flush()
    employers.note(row.employer, "letter_reissued", {
        "letter_edition": new.id, "number": row.number, "edition": new.edition}, actor)
    db.session.expire(row, ["editions"])
    return new


def _proceeding(case: Case | None, actor: Actor) -> list[Problem]:
    if case is None:
        return []
    against = no_proceeding(facts.of(case, actor.today), {"number": known_as(case.number)})
    return [against] if against else []


def _due_days(kind: str, sent_on: date, union: Station) -> tuple[date | None, date | None]:
    """By the rule or the house's own setting: the day of the reply, and of opening a file."""
    calendar, settings = clock_queries.calendar(union.county), admin.settings()
    return (rules.due_on(kind, sent_on, calendar, settings, False),
            rules.due_on(kind, sent_on, calendar, settings, True))


def _require(actor: Actor, union_id: int) -> None:
    if not scope_of(actor.role, PERMISSION) or (actor.role == "lead" and union_id != actor.union_id):
        raise Forbidden(PERMISSION)


def _case(values: Answers, employer: Employer, actor: Actor) -> Case | None:
    """A case of the same union that the writer may see."""
    case = named.find(actor, str(values.get("case_number") or ""))
    return case if case is not None and case.union_id == employer.union_id else None


def find_next(row: Letter) -> Letter | None:
    """The letter that followed this one."""
    return db.session.scalar(select(Letter).where(Letter.follows_id == row.id))


def former(row: Letter) -> rules.Former:
    return rules.Former(row.kind, row.state, row.reply_due_on, row.is_rectified)


def _told_problems(values: Answers, kind: str, employer: Employer, actor: Actor) -> list[Problem]:
    asked = [("facts", Text("请写存在的问题", "Write what is wrong")), ("demand", Text("请写要求、建议", "Write what is asked"))]
    row = rules.KINDS.get(kind)
    if row is not None and row.needs_supervisors:
        asked.append(("signer", Text("请写签发人：监督委员会主任或副主任", "Name who issues it: the chair or a deputy")))
    found = [Problem(name, text) for name, text in asked if not values.get(name)]
    if row is not None and row.needs_supervisors:
        found += rules.supervisor_problems(str(values.get("supervisors") or ""))
    body = db.session.get(Agency, values.get("agency_id") or 0)
    if kind == "recommendation" and (body is None or body.union_id != employer.union_id):
        found.append(Problem("agency_id", Text("建议书要送给人社等部门",
                                               "A recommendation goes to the HR bureau or another body")))
    if (values.get("sent_on") or actor.today) > actor.today:
        found.append(Problem("sent_on", IN_FUTURE))
    return found


def _due_problems(values: Answers, sent_on: date, due_on: date | None,
                  by_rule: date | None) -> list[Problem]:
    if due_on and due_on < sent_on:
        return [Problem("reply_due_on", BEFORE.fill(day=sent_on.isoformat()))]
    if due_on != by_rule and not values.get("due_reason"):
        return [Problem("due_reason", Text("改了期限，请写依据", "The day was changed; please say why"))]
    return []


def enter_reply(row: Letter, reply: str, replied_on: date | None, rectified_on: date | None, actor: Actor,
                seen_version: int | None = None) -> Letter:
    """What the employer or body answered, and since when it is put right."""
    _enter(row, actor, seen_version)
    on = replied_on or actor.today
    found = _order(row, "replied_on", on, actor)
    if row.state != "sent":
        found.append(Problem("", Text("已经记过答复了", "The reply is on record already")))
    if not reply:
        found.append(Problem("reply", Text("请写答复了什么", "Write down the answer")))
    if rectified_on:
        found += _order(row, "rectified_on", rectified_on, actor)
    if found:
        raise Refused(found)
    row.state, row.reply, row.replied_on, row.rectified_on = "replied", reply, on, rectified_on
    row.version += 1
    employers.note(row.employer, "letter_replied", {
        "letter": row.id, "number": row.number, "replied_on": on, "rectified_on": rectified_on}, actor, on)
    return row


def enter_filing(row: Letter, filed_on: date | None, told: str, actor: Actor,
                 seen_version: int | None = None) -> Letter:
    """The body opened a file on a recommendation (day, number), or explained why not (no day, the reason)."""
    _enter(row, actor, seen_version)
    found = []
    if row.kind != "recommendation" or row.filed_on or row.filing_note:
        found.append(Problem("", Text("已经记过立案情况了", "Whether a file was opened is on record already")))
    if not filed_on and not told:
        found.append(Problem("filing_note", Text("立案的写哪天，没有立案的写理由", "Give the day of filing, or why it was not filed")))
    if filed_on:
        found += _order(row, "filed_on", filed_on, actor)
    if found:
        raise Refused(found)
    row.filed_on, row.filing_note, row.version = filed_on, told, row.version + 1
    if filed_on and row.reply_due_on and not row.due_reason:
        union = db.session.get_one(Station, row.union_id)
        row.reply_due_on = rules.due_on(row.kind, row.sent_on, clock_queries.calendar(union.county), admin.settings(),
                                        filed_on=filed_on)
    employers.note(row.employer, "letter_filed", {"letter": row.id, "number": row.number, "filed_on": filed_on}, actor)
    return row


def review(row: Letter, is_rectified: bool | None, told: str, actor: Actor, seen_version: int | None = None) -> Letter:
    """Look again whether it was put right; also where no answer came."""
    _enter(row, actor, seen_version)
    found = []
    if row.state == "reviewed":
        found.append(Problem("", Text("已经复核过了", "It was reviewed already")))
    if is_rectified is None:
        found.append(Problem("is_rectified", Text("请选整改了没有", "Choose whether it was put right")))
    if not told:
        found.append(Problem("review", Text("请写复核情况", "Write what was found")))
    if found:
        raise Refused(found)
    row.state, row.is_rectified, row.review, row.reviewed_on = "reviewed", is_rectified, told, actor.today
    row.version += 1
    employers.note(row.employer, "letter_reviewed", {
        "letter": row.id, "number": row.number, "is_rectified": is_rectified, "reviewed_on": actor.today}, actor)
    return row


def _enter(row: Letter, actor: Actor, seen_version: int | None) -> None:
    """Begin an act on a letter: the right, and the row read anew under its lock; Conflict where somebody was first."""
    _require(actor, row.union_id)
    db.session.refresh(row, with_for_update=True)
    if seen_version is not None and seen_version != row.version:
        raise Conflict(None, row.version)


def _order(row: Letter, name: str, on: date, actor: Actor) -> list[Problem]:
    if on > actor.today:
        return [Problem(name, IN_FUTURE)]
    return [Problem(name, BEFORE.fill(day=row.sent_on.isoformat()))] if on < row.sent_on else []
