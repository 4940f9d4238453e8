"""Which papers a case has and which it lacks, read from the rows."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from mediation.models import RECUSED, Agreement, Case, Consent, Paper, Party, Signature
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers.catalogue import Facts, Found, Line
from mediation.rules.people import kin

AgreementRow = Agreement | Row[Any]  # as an object of the session, or as it was read
PaperRow = Paper | Row[Any]


def newest(case: Case) -> list[Paper]:
    """The papers that were issued, each in its newest edition."""
    replaced = {row.replaces_id for row in case.papers}
    standing = (row for row in case.papers if row.kept and row.spoiled_on is None and row.id not in replaced)
    return sorted(standing, key=lambda row: row.id)


def of_case(case: Case | CaseRows) -> list[Line]:
    """Every paper of the case with whether it must be and is there."""
    agreement = next((a for a in reversed(case.agreements) if a.superseded_on is None), None)
    return papers.checklist(facts_of(case, agreement), found_in(case, agreement))


def missing(case: Case | CaseRows) -> list[Text]:
    """The papers still to be made, for the case page."""
    return papers.missing(of_case(case))


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
