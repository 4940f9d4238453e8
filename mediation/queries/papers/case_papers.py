"""What a paper of a case is made of, and which papers are there: read from the rows."""
from __future__ import annotations

import base64
import hmac
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Row, select

from mediation import vault
from mediation.extensions import db
from mediation.models import (
    Agreement,
    Case,
    Hearing,
    KeptPage,
    Letter,
    LetterEdition,
    Paper,
    Payment,
)
from mediation.papers.sheet import Material
from mediation.queries.bodies import coordination
from mediation.queries.law import clocks, referral_targets, ways
from mediation.queries.money import case_money
from mediation.queries.papers import checklist, volume
from mediation.rules import editions
from mediation.rules.access import Actor
from mediation.rules.editions import Made
from mediation.rules.law.clocks import Clock, find_clock
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers import numbering
from mediation.vault import WrongKey

AgreementRow = Agreement | Row[Any]  # as an object of the session, or as it was read
PaperRow = Paper | Row[Any]
PLACE = "kept_page:"  # before a body under its digest
Numbered = TypeVar("Numbered", Hearing, Payment)


def material(case: Case, actor: Actor, hearing: int | None = None, payment: int | None = None,
             consultation: int | None = None) -> Material:
    """The rows of a sheet; ``hearing`` and ``payment`` choose by their number and ``consultation`` by its id, else the
    last one is taken."""
    money = case_money.position(case, actor.today)
    running = clocks.of_case(case, actor.today)
    period = find_clock(running, clocks.main_rule(case))
    decide = find_clock(running, "L1")
    found = Material(
        case=case, today=actor.today, way=ways.of_case(case, actor.today), agreement=case_money.current_agreement(case),
        hearing=_pick(case.hearings, hearing),
        payment=_pick([p for p in case_money.payments_of(case) if p.amount_fen > 0], payment),
        visit=max(case.visits, key=lambda v: (v.visited_on, v.id), default=None),
        next_door=referral_targets.of_case(case, actor.today),
        decide_by=decide.due if decide else None, period=_sentence(period), period_due=period.due if period else None,
        arrived_fen=money.arrived_fen, outstanding_fen=money.outstanding_fen, find_volume=lambda: volume.of_case(case),
        find_consultation=lambda: coordination.consultation_of(case, actor, consultation),
        list_served=lambda: [(papers.PAPERS[row.kind].title.zh, row.number) for row in checklist.newest(case)],
        find_filer=lambda: volume.archived_by(case))
    return replace(found, numbers={kind: row.number for kind in numbering.SERIES if kind in papers.PAPERS
                                   and (row := numbered(case, kind, about(kind, found))) is not None})


def _pick(rows: Sequence[Numbered], seq: int | None) -> Numbered | None:
    """The row with this number, else the last one; None when there is none."""
    chosen = [row for row in rows if row.seq == seq]
    return chosen[0] if chosen else max(rows, key=lambda row: row.seq, default=None)


def _sentence(clock: Clock | None) -> str:
    return clock.rule.zh if clock else ""


def about(kind: str, found: Material) -> str:
    """Which of several papers of a kind this one is: 'hearing:7'; '' where a case has but one."""
    row: Any = getattr(found, papers.PAPERS[kind].of, None) if papers.PAPERS[kind].of else None
    return f"{papers.PAPERS[kind].of}:{row.id}" if row is not None else ""


def issued(case: Case, kind: str, about: str) -> Paper | None:
    """The row of the newest edition of a paper that was issued and not spoiled; None while it was not."""
    rows = [row for row in case.papers
            if row.kept and (row.kind, row.about) == (kind, about) and row.spoiled_on is None]
    return max(rows, key=lambda row: (row.edition, row.id), default=None)


def numbered(case: Case, kind: str, about: str) -> Paper | None:
    """The newest entry about a paper that has its number already, spoiled ones left aside; one whose page is made
    elsewhere was issued when its number was drawn."""
    rows = [row for row in case.papers if (row.kept or row.serial is not None)
            and (row.kind, row.about) == (kind, about) and row.spoiled_on is None]
    return max(rows, key=lambda row: (row.edition, row.id), default=None)


def kept(digest: str) -> Made | None:
    """The page under a digest as it was issued; None when it is gone, or is not what was kept."""
    row = db.session.get(KeptPage, digest)
    try:
        body = row.body if row else ""
        is_so = bool(body) and hmac.compare_digest(vault.current().digest(PLACE + body), digest)
        return editions.read(body) if is_so else None
    except (WrongKey, ValueError, TypeError, zlib.error):
        return None


def template_digest(template: bytes) -> str:
    """The digest under which a Word template is kept."""
    return vault.current().digest(PLACE + base64.b64encode(template).decode())


def kept_template(digest: str) -> bytes:
    """A Word template as it was when a paper was made from it; empty when it is gone, or is not what was kept."""
    row = db.session.get(KeptPage, digest)
    try:
        body = row.body if row else ""
        is_so = bool(body) and hmac.compare_digest(vault.current().digest(PLACE + body), digest)
        return base64.b64decode(body, validate=True) if is_so else b""
    except (WrongKey, ValueError):
        return b""


def lost_pages() -> list[str]:
    """Where a paper was issued whose page, or the template of its Word file, is gone or changed: numbers of cases and
    letters."""
    named = [*db.session.execute(select(Paper.kept, Case.number).join(Case, Case.id == Paper.case_id).where(
        Paper.kept != "").order_by(Paper.id)), *db.session.execute(select(Letter.kept, Letter.number).where(
            Letter.kept != "").order_by(Letter.id)), *db.session.execute(select(LetterEdition.kept, Letter.number).join(
                Letter, Letter.id == LetterEdition.letter_id).order_by(LetterEdition.id))]
    made = {digest: kept(digest) for digest, _place in named}
    gone = {key for key in {one.template for one in made.values() if one and one.template} if not kept_template(key)}
    is_there = {digest: one is not None and one.template not in gone for digest, one in made.items()}
    return list(dict.fromkeys(place for digest, place in named if not is_there[digest]))
