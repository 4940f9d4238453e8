"""A supervision letter as a paper: made from what was written to an employer, with or without a case behind it."""
from __future__ import annotations

from mediation.models import Case, Letter
from mediation.papers.sheet import EMPTY, Sheet
from mediation.papers.view import View, day
from mediation.rules import words
from mediation.rules.papers.catalogue import PAPERS

WITH_CASE = "case"  # the sight of those who may know the case behind a letter
SERIES = "union"  # before the kind of a letter, in the catalogue
TITLED = "主任"  # of the supervision committee, or its deputy


def kind_of(row: Letter) -> str:
    """Its key in the catalogue of papers."""
    return f"{SERIES}_{row.kind}"


def sheet_of(row: Letter, case: Case | None) -> Sheet:
    """The letter ready to be printed; ``case``: the one behind it, where the reader may know it."""
    union = row.union
    return Sheet(paper=PAPERS[kind_of(row)], is_blank=False, body=union.name, office_phone=union.phone,
                 office_address=union.address, **EMPTY | {"paper_number": row.number, "letter": _letter(row, case)})


def _letter(row: Letter, case: Case | None) -> View:
    employer, former = row.employer, row.follows
    before = {"former": words.LETTER_KINDS[former.kind].zh, "former_number": former.number,
              "former_on": day(former.sent_on), "former_due": day(former.reply_due_on),
              "is_reviewed": former.is_rectified is not None} if former else {
                  name: "" for name in ("former", "former_number", "former_on", "former_due", "is_reviewed")}
    is_to_body = row.kind == "recommendation" and row.agency is not None
    return View(
        row, to=row.agency.name if is_to_body else employer.name, employer=employer.name,
        wrong=row.facts, code=employer.credit_code or "", address=employer.address,
        case=(case.printed_number or case.number.removeprefix(f"{case.union.code}-")) if case else "",
        filing_due=day(row.filing_due_on), reply_due=day(row.reply_due_on), is_titled=TITLED in row.signer,
        **before)
