"""Agreements and payments in words: who pays whom how much and when, each worker's and each of the kin's part."""
from __future__ import annotations

from collections.abc import Sequence

from mediation.models import Agreement, AgreementItem, Case, Instalment, InstalmentShare, Party, Payment, PaymentShare
from mediation.papers.view import NOTHING, View, called, capital, day, figure, is_asking, word_of
from mediation.rules import words
from mediation.rules.money import amounts
from mediation.rules.papers import clauses
from mediation.rules.people import kin


def deal_of(row: Agreement) -> View:
    """An agreement in words: who pays whom how much and when."""
    return View(
        row, payer="、".join(dict.fromkeys(called(one) for plan in row.plans or [0] for one in row.payers_of(plan))),
        total_fen=figure(row.total_fen) if row.total_fen else "",
        capital=capital(row.total_fen) if row.total_fen else "",
        unnamed=_unnamed(row),
        heads="、".join(dict.fromkeys(words.HEADS[item.head].zh for item in row.items)),
        has_breach=clauses.names_breach(row.terms),
        plans=tuple(_one_plan(row, number) for number in row.plans),
        items=tuple(one for i, parts in zip(row.items, _by_kin(row.items), strict=True)
                    for one in _paid(i, parts, what=words.HEADS[i.head].zh, remark=i.party.payee_name,
                                     bound=_bound(row, i.party))),
        steps=_steps(sorted(row.instalments, key=lambda s: s.seq)), **_schedule(row))


def _schedule(row: Agreement) -> dict[str, tuple[View, ...]]:
    """What each one gets on which day from whom, one worker after the other; and what each payer pays in all."""
    payers = {plan: _paying(row, plan) for plan in {step.plan for step in row.instalments}}
    plan = _plan(sorted(row.instalments, key=lambda s: s.seq))
    lines = [View(name=share.name, amount_fen=share.amount_fen, due=due(step), payer=payers[step.plan])
             for step, shares in plan for share in shares]
    place = {name: n for n, name in enumerate(dict.fromkeys(line.name for line in lines))}
    sums: dict[str, int] = {}
    for step in row.instalments:
        sums[payers[step.plan]] = sums.get(payers[step.plan], 0) + step.amount_fen
    return {"schedule": tuple(sorted(lines, key=lambda line: place[line.name])),
            "by_payer": tuple(View(payer=payer, amount_fen=figure(fen), capital=capital(fen))
                              for payer, fen in sums.items())}


def _paying(row: Agreement, plan: int) -> str:
    """Who pays under a plan, in a line."""
    names = [called(one) for one in row.payers_of(plan)]
    return "、".join(names) + ("（连带）" if len(names) > 1 else "")


def _steps(rows: list[Instalment]) -> tuple[View, ...]:
    """Instalments as lines of a table."""
    return tuple(View(s, due=due(s), capital=capital(s.amount_fen), way=word_of(words.PAY_WAYS, s.way), shares=shares)
                 for s, shares in _plan(rows))


def _bound(row: Agreement, party: Party) -> str:
    """How the agreement binds a worker already: by the own signature or a consent (R33 63); a blank to sign in."""
    told = next((c for c in row.consents if c.party_id == party.id), None)
    if told is not None:
        return f"{day(told.consented_on)}同意" if told.consented_on else ""
    heirs = {p.id for p in _heirs(party)} or {party.id}
    return "已签名" if heirs <= {s.party_id for s in row.signatures} else ""


def _unnamed(row: Agreement) -> int:
    """How many of those who get money are not named yet."""
    return sum(p.headcount - 1 for p in {i.party for i in row.items})


def _one_plan(row: Agreement, number: int) -> View:
    """One of several plans: its payers, its workers, its instalments."""
    steps = [step for step in sorted(row.instalments, key=lambda step: step.seq) if step.plan == number]
    payers = [called(payer) for payer in row.payers_of(number)]
    names = dict.fromkeys(share.party.name for step in steps for share in step.shares)
    fen = sum(step.amount_fen for step in steps)
    return View(number=number, payers="、".join(payers), is_joint=len(payers) > 1, names="、".join(names),
                fen=figure(fen), steps=_steps(steps))


def due(row: Instalment) -> str:
    """The day of an instalment as the paper names it: what was agreed in words, with the latest day it means."""
    return f"{row.due_told}（不晚于{day(row.due_on)}）" if row.due_told and row.due_on else row.due_told or day(row.due_on)


def _plan(steps: list[Instalment]) -> list[tuple[Instalment, tuple[View, ...]]]:
    """Each instalment with everybody's part; those of kin sum over the instalments to what their share is."""
    shares = [share for step in steps for share in step.shares]
    parts = dict(zip((id(share) for share in shares), _by_kin(shares), strict=True))
    return [(step, tuple(one for share in step.shares for one in _paid(share, parts[id(share)]))) for step in steps]


def shares_of(row: Payment) -> tuple[View, ...]:
    """Who got how much of a payment."""
    return tuple(one for share, parts in zip(row.shares, _by_kin(row.shares), strict=True)
                 for one in _paid(share, parts))


def _by_kin(rows: Sequence[AgreementItem | InstalmentShare | PaymentShare]) -> list[list[int] | None]:
    """The sum of each row among the kin of a worker who died, so that each one's parts sum to the share of the whole;
    None for everybody else, and while the shares are not known."""
    parts: dict[int, list[int] | None] = {}
    for key in dict.fromkeys(row.party_id for row in rows):
        of_one = [n for n, row in enumerate(rows) if row.party_id == key]
        heirs, sums = _heirs(rows[of_one[0]].party), [rows[n].amount_fen for n in of_one]
        whole = kin.split(sum(sums), heirs) if heirs and min(sums) >= 0 else None
        split = amounts.divide(sums, whole) if whole else [None] * len(sums)
        parts |= dict(zip(of_one, split, strict=True))
    return [parts[n] for n in range(len(rows))]


def _heirs(party: Party) -> list[Party]:
    return kin.kin_of(party, party.case.parties) if kin.is_dead(party) else []


def _paid(row: AgreementItem | InstalmentShare | PaymentShare, parts: list[int] | None, **given: object) -> list[View]:
    """Who gets the money of a row: the worker, or each of the kin with the own part; while that is open, the kin."""
    if parts is None:
        name = f"死者{row.party.name}的近亲属" if kin.is_dead(row.party) else row.party.name
        return [View(row, name=name, **given)]
    return [View(row, **{**given, "name": called(heir), "amount_fen": figure(fen), "remark": heir.payee_name})
            for heir, fen in zip(_heirs(row.party), parts, strict=True)]


def deal_to_write(case: Case) -> View:
    """Before anything is agreed: the workers' names, the sums left open."""
    names = [called(p) for p in case.parties if p.removed_on is None and is_asking(p)]
    return View(items=tuple(View(name=name) for name in names), steps=(NOTHING, NOTHING))
