"""并案: one dispute that was registered twice goes on in one case, which takes over all that is still worked with."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, CaseLink, Claim, Event, Payment
from mediation.queries import door
from mediation.queries.bodies import coordination
from mediation.queries.cases import case_rows, facts, named
from mediation.queries.cases import merging as queries
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.access import SHARE_PARTS, Actor
from mediation.rules.cases import merging, workflow
from mediation.rules.cases.numbers import known_as
from mediation.rules.language import Problem, Text
from mediation.rules.law import retention
from mediation.rules.money.amounts import print_yuan
from mediation.services.cases import carrying, effects, moves
from mediation.services.cases.carrying import Plan
from mediation.services.papers.files import MAX_FILES

MOVE = workflow.MOVES["merge"]


def merge(case: Case, answers: Mapping[str, object], actor: Actor, seen_version: int | None = None) -> Event:
    """Let a case go on in another: the last event here, and one there that says what came from where.

    ``answers`` as of any move; ``into`` is read as people write numbers, and leads along a chain to the case in which
    the named one went on. Raises Forbidden, Conflict, or Refused with all problems.
    """
    rows = case_rows.read(case, actor.today, lock=True)
    moves.refuse_ended(case)
    target, found = find_target(case, str(answers.get("into") or ""), actor)
    plan = carrying.plan(case, target) if target is not None else None
    if target is not None and plan is not None:
        db.session.refresh(target, with_for_update=True)
        found = [*found, *_obstacles(case, target, actor), *_questions(case, target, plan)]
    moves.check(case, MOVE, {**answers, "actor_id": actor.user_id}, actor, seen_version, rows, found)
    assert target is not None and plan is not None  # refused above
    for row in _alike(case, target):
        row.is_another = True  # it was asked, and said to be another payment
    taken = carrying.carry(case, target, plan, actor)
    case.merged_into_id = target.id
    case.closed_on = effects.known_day(case, answers, actor)
    case.retention = case.retention or retention.DEFAULT_CLASS
    moves.finish(target, "source_merged", {
        "source": case.number, "commissions": taken.counts.get("commissions", 0), "numbers": taken.registers,
        "agencies": taken.agencies, "carried": taken.counts}, actor)
    return moves.advance(case, MOVE, answers, actor, {"into": target.number, "reason": answers["reason"]})


CARRY = workflow.MOVES["carry_over"]


def carry_rest(case: Case, answers: Mapping[str, object], actor: Actor, seen_version: int | None = None) -> Event:
    """Let what an older merger left behind go over too, by the same rules and questions; the events as of ``merge``.

    Raises Forbidden, Conflict, or Refused with all problems.
    """
    rows = case_rows.read(case, actor.today, lock=True)
    target = queries.find_end(case, actor) if case.merged_into_id is not None else None
    found, plan = _end_problems(case, target, actor), None
    if target is not None and target.id != case.id:
        plan = carrying.plan(case, target)
        db.session.refresh(target, with_for_update=True)
        found = [*found, *_obstacles(case, target, actor), *_questions(case, target, plan)]
    moves.check(case, CARRY, answers, actor, seen_version, rows, [one._replace(field="") for one in found])
    assert target is not None and plan is not None  # refused above
    for row in _alike(case, target):
        row.is_another = True  # it was asked, and said to be another payment
    taken = carrying.carry(case, target, plan, actor)
    moves.finish(target, "source_merged", {
        "source": case.number, "commissions": taken.counts.get("commissions", 0), "numbers": taken.registers,
        "agencies": taken.agencies, "carried": taken.counts}, actor)
    return moves.advance(case, CARRY, answers, actor, {"into": target.number, "carried": taken.counts})


def _end_problems(case: Case, target: Case | None, actor: Actor) -> list[Problem]:
    """What stands against carrying anything into the case in which a merged one goes on."""
    if case.merged_into_id is None:
        return []  # told by the move itself
    if target is None:
        end = queries.end_number(case.id)
        return [Problem("", merging.OUT_OF_SIGHT.fill(number=known_as(case.number)) if end else merging.IN_A_RING)]
    return _target_problems(target, actor)


def find_target(case: Case, typed: str, actor: Actor) -> tuple[Case | None, list[Problem]]:
    """The live case in which the named one goes on, and what stands against naming it."""
    if not typed:
        return None, []  # told by the move itself
    meant = named.find(actor, typed)
    if meant is None or meant.union_id != case.union_id:
        return None, [Problem("into", merging.NO_SUCH)]
    if meant.id == case.id:
        return None, [Problem("into", merging.ITSELF)]
    end = queries.end_of(meant.id)
    if end in (None, case.id):
        text = merging.RING if end is None else merging.COMES_BACK
        return None, [Problem("into", text.fill(number=known_as(meant.number)))]
    target = queries.find_end(meant, actor)
    if target is None:
        return None, [Problem("into", merging.OUT_OF_SIGHT.fill(number=known_as(meant.number)))]
    return target, _target_problems(target, actor)


def _target_problems(target: Case, actor: Actor) -> list[Problem]:
    number = known_as(target.number)
    if not door.may(actor, "case.work", target):
        return [Problem("into", merging.NOT_YOURS.fill(number=number))]
    if target.state not in workflow.LIVE or (target.outcome and target.state != "PERFORMING"):
        return [Problem("into", merging.NOT_LIVE.fill(number=number, state=moves.outcome_label(target)))]
    return []


def called(case: Case, typed: str, actor: Actor) -> Text:
    """The case into which this one went, as the sentence afterwards names it; through which other, where it was so."""
    number = known_as(queries.end_number(case.id))
    meant = named.find(actor, typed)
    said = known_as(meant.number) if meant is not None else number
    return _plain(number, number) if said == number else merging.ALONG.fill(into=number, typed=said)


# What stands against it -----------------------------------------------------------------------------------------

def _obstacles(case: Case, target: Case, actor: Actor) -> list[Problem]:
    """What cannot go over, each named with what to do first."""
    number, found = known_as(target.number), []
    if case_money.current_agreement(case) is not None:
        is_both = case_money.current_agreement(target) is not None
        found.append(merging.BOTH_AGREED if is_both else merging.HAS_AGREEMENT.fill(number=number))
    if any(row.state != "closed" for row in case.findings):
        found.append(merging.HAS_FINDING)
    found += [merging.HAS_CONSULTATION.fill(number=one.consultation.number) for one in case.consultations
              if one.consultation.state == "called"]
    followers = select(CaseLink.id).where(CaseLink.lead_id == case.id, CaseLink.case_id != target.id)
    if db.session.scalar(followers.limit(1)):
        found.append(merging.HAS_FOLLOWERS)
    if case.is_sealed and not target.is_sealed:
        found.append(merging.IS_RESTRICTED.fill(number=number))
    if target.handler_id in facts.recused(case):
        found.append(merging.HAS_RECUSED.fill(number=number))
    if len(case.attachments) + len(target.attachments) > MAX_FILES:
        found.append(merging.TOO_MANY_FILES.fill(n=MAX_FILES))
    return [Problem("into", text) for text in found]


# What is asked back ---------------------------------------------------------------------------------------------

def _questions(case: Case, target: Case, plan: Plan) -> list[Problem]:
    """What is asked back once before anything goes over."""
    number = known_as(target.number)
    asked = [
        ("sharing_comes", merging.COMES_ALONG, _sharing(case, target)),
        ("namesakes", merging.NAMESAKES, [_plain(name, name) for name in plan.namesakes]),
        ("claims_differ", merging.CLAIMS_DIFFER, [_claim_word(*pair) for pair in plan.differing]),
        ("paid_twice", merging.PAID_TWICE, _same_payments(case, target)),
        ("numbers_stay", merging.NUMBERS_STAY, [
            Text("{register} {number}", "{register} {number}").fill(
                register=words.REGISTERS[one.register], number=one.number) for one in plan.staying_numbers])]
    found = [Problem("into", _listing(text, number, said), key) for key, text, said in asked if said]
    if not queries.have_in_common(case, target):
        found.append(Problem("into", merging.UNRELATED.fill(number=number), "unrelated"))
    if (plan.has_new_people or case.payments) and case_money.current_agreement(target) is not None:
        found.append(Problem("into", merging.NOT_BOUND.fill(number=number), "not_bound"))
    return found


def _listing(text: Text, number: str, said: Iterable[Text]) -> Text:
    rows = list(said)
    return text.fill(number=number, which=Text("；".join(row.zh for row in rows), "; ".join(row.en for row in rows)))


def _plain(zh: str, en: str) -> Text:
    return Text(zh, en)


def _sharing(case: Case, target: Case) -> list[Text]:
    """Bodies with the parts that they see of the one case and do not yet see of the other."""
    there = {one.agency.id: set(one.parts) for one in coordination.sharing(target)}
    found = []
    for one in coordination.sharing(case):
        moved = [row for row in one.letters if carrying.moves_along(row)]
        parts = [part for part in SHARE_PARTS if any(part in row.shared_parts for row in moved)]
        if moved and (one.agency.id not in there or set(parts) - there[one.agency.id]):
            said = [SHARE_PARTS[part] for part in parts]
            found.append(_plain(
                f"{one.agency.short_name}（{'、'.join(word.zh for word in said) or '只有案号'}）",
                f"{one.agency.short_name} ({', '.join(word.en for word in said) or 'the number alone'})"))
    return found


def _same_payments(case: Case, target: Case) -> list[Text]:
    said = Text("{day} {sum}元", "{day} {sum} yuan")
    return [said.fill(day=row.paid_on or row.paid_told, sum=print_yuan(row.amount_fen)) for row in _alike(case, target)]


def _alike(case: Case, target: Case) -> list[Payment]:
    """Payments of the first of one day and sum with one of the second, reversed ones left out."""
    there = {(row.paid_on, row.amount_fen) for row in _standing(target)}
    return [row for row in _standing(case) if (row.paid_on, row.amount_fen) in there]


def _standing(case: Case) -> list[Payment]:
    reversed_ids = {row.reverses_id for row in case.payments}
    return [row for row in case.payments if row.reverses_id is None and row.id not in reversed_ids]


def _claim_word(mine: Claim, theirs: Claim) -> Text:
    head, name = words.HEADS[mine.head], mine.party.name
    return Text(f"{name}的{head.zh}，本案{_sum(mine).zh}、那边{_sum(theirs).zh}",
                f"{head.en} of {name}, {_sum(mine).en} here, {_sum(theirs).en} there")


def _sum(claim: Claim) -> Text:
    if claim.amount_fen is None:
        return Text("没有数目", "no sum")
    return Text("{sum}元", "{sum} yuan").fill(sum=print_yuan(claim.amount_fen))
