"""Claims: what one worker asks under one head; added, changed with a reason, given up."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mediation.models import Case, Claim, Party
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import moves
from mediation.services.people import parties

COLUMNS = ("head", "amount_fen", "precision", "as_told", "from_told", "to_told", "note")

CLOSED = Text("案件已结案，恢复办理后才能改诉求", "The case is closed; reopen it before changing claims")
NO_HEAD = Text("请选种类", "Please choose a head")
NOT_A_WORKER = Text("诉求要记在劳动者名下", "A claim belongs to a worker")
NO_CASH = Text("{head}不记金额，请写在说明里", "{head} takes no sum; put it into the note")
NOT_POSITIVE = Text("金额须大于零", "The amount must be above zero")
SAME_HEAD = Text("{name}已有一项{head}，确是另一笔", "{name} already has a claim for {head}; this is another one")
LAST_CLAIM = Text("这是最后一项诉求；申请人全不要了请办“撤回”。确要放弃这一项",
                  "This is the last claim; if nothing is asked any more, withdraw. Drop it all the same")
CONSENT = Text("群体争议里放弃或减少请求须本人同意，代表不能代定（办案规则六十三条）；本人已同意",
               "In a group the worker has to agree to give up or lower a claim, representatives cannot (R33 63); "
               "the worker agrees")
DROPPED = Text("这项诉求已经放弃", "This claim was dropped before")


def add_claim(case: Case, party: Party, values: Mapping[str, object], actor: Actor,
              confirmed: Collection[str] = ()) -> Claim:
    """Add a claim: head, amount_fen, precision, as_told, from_told, to_told, note.

    A second claim of the same worker under the same head is asked back once (``confirmed``: same_head).
    """
    enter(case, actor)
    problems = _problems(values)
    if party not in parties.active(case, "applicant") or party.part == "agent":
        problems.append(Problem("party", NOT_A_WORKER))
    if not problems and _standing(case, party, str(values["head"])):
        problems.append(Problem("head", _same_head(party, values), "same_head"))
    moves.refuse(problems, {"confirmed": confirmed})
    claim = parties.put_claim(case, party, **_columns(values))
    claim.note = str(values.get("note") or "")
    parties.retitle(case)
    moves.act(case, "claim_added", {"claim": claim.id, "party": party.id, "head": claim.head,
                                    "amount_fen": claim.amount_fen}, actor)
    return claim


def change_claim(case: Case, claim: Claim, values: Mapping[str, object], reason: str, actor: Actor,
                 seen_version: int | None = None, confirmed: Collection[str] = ()) -> None:
    """Correct a claim with a reason; less than before in a group needs the worker's consent (asked back once)."""
    enter(case, actor, seen_version)
    before = claim.amount_fen
    problems = [*_problems(values), *_reason_problems(claim, reason)]
    amount = values.get("amount_fen")
    if before is not None and isinstance(amount, int) and amount < before:
        problems += _consent_problems(case, claim)
    moves.refuse(problems, {"confirmed": confirmed})
    for name, value in _columns(values).items():
        setattr(claim, name, value)
    claim.precision = "unknown" if claim.amount_fen is None else claim.precision
    claim.note = str(values.get("note") or "")
    parties.retitle(case)
    moves.act(case, "claim_changed", {"claim": claim.id, "head": claim.head, "amount_fen": claim.amount_fen,
                                      "before_fen": before, "reason": reason}, actor)


def drop_claim(case: Case, claim: Claim, reason: str, actor: Actor, seen_version: int | None = None,
               confirmed: Collection[str] = ()) -> None:
    """Give a claim up with a reason; the row stays. The last one, and any one in a group, is asked back once."""
    enter(case, actor, seen_version)
    problems = [*_reason_problems(claim, reason), *_consent_problems(case, claim)]
    if [c for c in case.claims if c.dropped_on is None] == [claim]:
        problems.append(Problem("", LAST_CLAIM, "last_claim"))
    moves.refuse(problems, {"confirmed": confirmed})
    claim.dropped_on, claim.dropped_reason = actor.today, reason
    parties.retitle(case)
    moves.act(case, "claim_dropped", {"claim": claim.id, "reason": reason}, actor)


def enter(case: Case, actor: Actor, seen_version: int | None = None) -> None:
    """Begin an act on claims: as with parties, and the case is not closed."""
    parties.enter(case, actor, seen_version)
    if not case.is_open:
        raise Refused([Problem("", CLOSED)])


def _columns(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: values[name] for name in COLUMNS if name in values and name != "note"}


def _problems(values: Mapping[str, object]) -> list[Problem]:
    head, amount = str(values.get("head") or ""), values.get("amount_fen")
    if head not in words.HEADS:
        return [Problem("head", NO_HEAD)]
    if amount is not None and head in words.NON_CASH_HEADS:
        return [Problem("amount_fen", NO_CASH.fill(head=words.HEADS[head]))]
    if isinstance(amount, int) and amount <= 0:
        return [Problem("amount_fen", NOT_POSITIVE)]
    return []


def _reason_problems(claim: Claim, reason: str) -> list[Problem]:
    found = [] if reason else [Problem("reason", parties.NO_REASON)]
    return [*found, Problem("", DROPPED)] if claim.dropped_on else found


def _consent_problems(case: Case, claim: Claim) -> list[Problem]:
    return [Problem("", CONSENT, "consent")] if case.is_group else []


def _standing(case: Case, party: Party, head: str) -> bool:
    return any(c.party_id == party.id and c.head == head and c.dropped_on is None for c in case.claims)


def _same_head(party: Party, values: Mapping[str, object]) -> Text:
    return SAME_HEAD.fill(name=party.name, head=words.HEADS[str(values["head"])])
