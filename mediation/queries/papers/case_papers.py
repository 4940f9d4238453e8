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
    RECUSED,
    Agreement,
    Case,
    Consent,
    Hearing,
    KeptPage,
    Letter,
    LetterEdition,
    Paper,
    Party,
    Payment,
    Signature,
)
from mediation.papers.sheet import Material
from mediation.queries.bodies import coordination
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.law import clocks, referral_targets, ways
from mediation.queries.money import case_money
from mediation.rules import editions, words
from mediation.rules.access import Actor
from mediation.rules.editions import Made
from mediation.rules.language import Text
from mediation.rules.law.clocks import Clock, find_clock
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers import numbering
from mediation.rules.papers.catalogue import Facts, Found, Line
from mediation.rules.people import kin
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
        arrived_fen=money.arrived_fen, outstanding_fen=money.outstanding_fen, list_lines=lambda: checklist(case),
        find_consultation=lambda: coordination.consultation_of(case, actor, consultation),
        list_served=lambda: [(papers.PAPERS[row.kind].title.zh, row.number) for row in newest(case)])
    return replace(found, numbers={kind: row.number for kind in numbering.SERIES if kind in papers.PAPERS
                                   and (row := numbered(case, kind, about(kind, found))) is not None})


def newest(case: Case) -> list[Paper]:
    """The papers that were issued, each in its newest edition."""
    replaced = {row.replaces_id for row in case.papers}
    standing = (row for row in case.papers if row.kept and row.spoiled_on is None and row.id not in replaced)
    return sorted(standing, key=lambda row: row.id)


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


def checklist(case: Case | CaseRows) -> list[Line]:
    """Every paper of the case with whether it must be and is there."""
    agreement = next((a for a in reversed(case.agreements) if a.superseded_on is None), None)
    return papers.checklist(facts_of(case, agreement), found_in(case, agreement))


def missing(case: Case | CaseRows) -> list[Text]:
    """The papers still to be made, for the case page."""
    return papers.missing(checklist(case))


def facts_of(case: Case | CaseRows, agreement: AgreementRow | None) -> Facts:
    return Facts(
        way=case.way, channel=case.channel, outcome=case.outcome, is_accepted=case.accepted_on is not None,
        is_open=bool(case.is_open), is_group=case.is_group, is_late_entry=case.is_late_entry,
        is_extended=any(c.kind == "extend" for c in case.clock_changes),
        agents=sum(p.part == "agent" for p in _active(case)), hearings=len(case.hearings),
        has_agreement=agreement is not None, agreement_form=agreement.form if agreement else "",
        has_money=case.arrived_fen > 0, is_recused=any(m.kind == RECUSED for m in case.members),
        procedures=frozenset(row.kind for row in case.side_procedures))


def _active(case: Case | CaseRows) -> list[Party]:
    return [p for p in case.parties if p.removed_on is None]


def found_in(case: Case | CaseRows, agreement: AgreementRow | None) -> dict[str, Found]:
    """What is there, by kind: records of papers, and facts that stand for one."""
    found = {kind: _recorded(rows) for kind, rows in _by_kind(case).items()}
    for kind, by_facts in _facts(case, agreement).items():
        known = found.get(kind, Found())
        if by_facts is not None:
            found[kind] = Found(max(known.count, by_facts.count), (*known.sources, *by_facts.sources))
    return found


def _by_kind(case: Case | CaseRows) -> dict[str, list[PaperRow]]:
    rows: dict[str, list[PaperRow]] = {}
    replaced = {row.replaces_id for row in case.papers}
    standing = (row for row in case.papers if row.id not in replaced and row.spoiled_on is None and is_there(row))
    for row in sorted(standing, key=lambda row: row.id):
        rows.setdefault(row.kind, []).append(row)
    return rows


def is_there(row: PaperRow) -> bool:
    """Whether an entry shows that its paper exists: one of service that was struck out only where it issued it."""
    return row.struck_on is None or row.serial is not None or bool(row.kept)


def _recorded(rows: Sequence[PaperRow]) -> Found:
    return Found(len(rows), tuple(_record_text(row) for row in rows))


def _record_text(row: PaperRow) -> Text:
    """11-20 当面交 巴特尔; a paper that was only made says so."""
    way = words.SERVICE_WAYS.get(row.given_way) if row.struck_on is None else None
    on = row.given_on or row.made_on
    stamp = f"{on:%m-%d} " if on else ""
    if way is None:
        return Text(f"{stamp}已有 {row.note}".rstrip(), f"{stamp}on file {row.note}".rstrip())
    return Text(f"{stamp}{way.zh} {row.given_to}".rstrip(), f"{stamp}{way.en} {row.given_to}".rstrip())


def _facts(case: Case | CaseRows, agreement: AgreementRow | None) -> dict[str, Found | None]:
    """Facts recorded elsewhere that prove a paper."""
    asked = "application" if case.way == "written" else "oral_note"
    way = words.SIGN_WAYS.get(case.request_sign_way)
    notice = "declined" if case.outcome in papers.BEFORE_ACCEPTANCE else "termination"
    return {
        asked: _one(way is not None, "登记时签字（{what}）", "signed at registration ({what})", what=way),
        "identity": _identity(case),
        "respondent_info": _one(any(p.side == "respondent" for p in _active(case)), "已登记", "entered"),
        notice: _one(case.notified_on is not None, "{day} 已书面告知", "told in writing on {day}", day=case.notified_on),
        "letter": _one(bool(case.source_number), "{number}", "{number}", number=case.source_number),
        "extension": _one(any(c.document for c in case.clock_changes if c.kind == "extend"), "延期时已记", "recorded"),
        "consent": _one(case.consented_on is not None, "{day} 已记同意", "recorded on {day}", day=case.consented_on),
        "review_request": _requested(case, "arb_review"), "confirm_request": _requested(case, "jud_confirm"),
        "order_request": _requested(case, "pay_order"),
        "agreement": _signed(agreement, _under(case, agreement, "signatures")),
        "allocation": _consented(_under(case, agreement, "consents")),
        "money_receipt": _proved(case), "visit_note": _visited(case),
    }


def _one(is_so: bool, zh: str, en: str, **values: object) -> Found | None:
    return Found(1, (Text(zh, en).fill(**values) if values else Text(zh, en),)) if is_so else None


def _identity(case: Case | CaseRows) -> Found | None:
    people = [p for p in _active(case) if p.side == "applicant" and p.part != "agent" and not kin.is_dead(p)]
    seen = [p for p in people if p.is_identity_seen]
    if people and len(seen) == len(people):
        return _one(True, "都已看过原件", "all originals seen")
    if case.identity_note:
        return _one(True, "已说明：{note}", "explained: {note}", note=case.identity_note)
    return Found(0, (Text(f"看过{len(seen)}人，共{len(people)}人", f"seen {len(seen)} of {len(people)}"),))


def _under(case: Case | CaseRows, agreement: AgreementRow | None, name: str) -> Sequence[Any]:
    """The rows under an agreement that the case's own rows hold as well; none without an agreement."""
    if agreement is None:
        return []
    if isinstance(case, CaseRows):
        return [row for row in getattr(case, name) if row.agreement_id == agreement.id]
    found: Sequence[Any] = getattr(agreement, name)
    return found


def is_signed(agreement: Agreement) -> bool:
    """Whether an agreement that has a number of ours is signed by both sides, so that its paper is issued."""
    is_paper = bool(agreement.number) and agreement.form not in ("court", "oral")
    return is_paper and {"applicant", "respondent"} <= {row.signer for row in agreement.signatures}


def _signed(agreement: AgreementRow | None, signatures: Sequence[Signature | Row[Any]]) -> Found | None:
    signers = {s.signer for s in signatures}
    if {"applicant", "respondent"} <= signers or "court" in signers:
        return _one(True, "双方已签", "signed by both")
    return Found(0, (Text("还没有签齐", "not signed by both"),)) if agreement else None


def _requested(case: Case | CaseRows, kind: str) -> Found | None:
    """The paper on which a side procedure was asked for, where it was named."""
    row = next((r for r in case.side_procedures if r.kind == kind and r.document), None)
    return _one(row is not None, "{paper}", "{paper}", paper=row.document if row else "")


def _consented(consents: Sequence[Consent | Row[Any]]) -> Found | None:
    """Every represented worker has consented (R33 63)."""
    if not consents:
        return None
    open_ones = sum(c.consented_on is None for c in consents)
    if open_ones:
        return Found(0, (Text(f"还差{open_ones}人同意", f"{open_ones} consents missing"),))
    return _one(True, "全部同意", "all consented")


def _proved(case: Case | CaseRows) -> Found | None:
    reversed_ids = {p.reverses_id for p in case.payments}
    rows = [p for p in case.payments if p.proof in words.PROVED and p.amount_fen > 0 and p.id not in reversed_ids]
    return _one(bool(rows), "{n}笔有凭证", "{n} payments with proof", n=len(rows))


def _visited(case: Case | CaseRows) -> Found | None:
    last = max(case.visits, key=lambda v: v.visited_on, default=None)
    return _one(last is not None, "{day} 已回访", "visited on {day}", day=last.visited_on if last else "")
