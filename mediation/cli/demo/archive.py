"""A register of published cases, entered afterwards: what is not known stays 不详, and no clock starts."""
from __future__ import annotations

from datetime import date

from mediation.models import Case
from mediation.rules import reading
from mediation.rules.access import Actor
from mediation.rules.money import amounts
from mediation.rules.money.agreement_checks import Item, Terms
from mediation.rules.money.payment_checks import Entry
from mediation.rules.money.plans import Step
from mediation.services.cases import intake, moves
from mediation.services.money import agreements, payments
from mediation.services.people import parties

# First word found wins; the register's own words stand in the narrative.
SOURCES = (("委派", "court", "E"), ("委托", "court", "F"), ("法院", "court", "E"), ("仲裁", "arbitration", "G"),
           ("综治", "governance", ""), ("工单", "hotline", ""), ("网格", "inspection", ""), ("来访", "walk_in", ""),
           ("主动", "inspection", ""))
HEADS = (("工亡", "death_benefit"), ("工伤", "injury_benefit"), ("劳务", "service_fee"), ("经济补偿", "severance"),
         ("恢复劳动关系", "reinstatement"), ("劳动报酬", "wages"))
SETTLED = ("已化解", "示范裁判")
GOING_ON = ("待履行", "部分履行")
UNKNOWN = "不详"


def enter(row: dict[str, str], actor: Actor) -> Case:
    """One line of the register through the same services as any late entry."""
    head = next((code for word, code in HEADS if word in row["dispute_type"]), "other")
    case = intake.late_enter(actor, _facts(row, head, actor.today))
    _agree(case, row, head, actor)
    if fen := _fen(row["paid_yuan"]):
        payments.record_payment(case, Entry(
            None, fen, paid_told=row["payment_terms"] or UNKNOWN, payer_kind=_payer(row), proof="published",
            proof_note=row["source_url"][:200], reason="公开来源所载"), actor, confirmed=True)
    if _is_closed(row, case):
        way = "performed" if case.arrived_fen else "nothing_due"
        moves.move(case, "close", {"happened_on": _day(row["date_closed"], actor.today)[0], "way": way,
                                   "note": row["how_closed"]}, actor)
    return case


def _is_closed(row: dict[str, str], case: Case) -> bool:
    """Closed where the source says so, or where no sum is left to follow up; else it goes on being performed."""
    said = row["how_closed"]
    if any(word in said for word in GOING_ON):
        return False
    return "履行完毕" in said or not case.agreed_fen or case.arrived_fen >= case.agreed_fen


def _facts(row: dict[str, str], head: str, today: date) -> intake.Late:
    source, channel = next(((s, c) for word, s, c in SOURCES if word in row["channel"]), ("other", ""))
    received_on, told = _day(row["date_received"], today)
    workers = int(row["workers"])
    return intake.Late(
        received_on=received_on, source=source, channel=channel, procedure="second" if "二审" in row["channel"] else
        "ordinary" if channel == "F" else "", source_body=row["channel"], name=UNKNOWN, headcount=workers,
        respondents=[intake.Respondent(f"{row['employer_sector'] or UNKNOWN}（{row['place']}）", part="employer",
                                       is_person=False)],
        claims=[intake.ClaimLine(head, _fen(row["claimed_yuan"]), "about" if "约" in row["amount_precision"]
                                 else "exact",
                                 as_told=row["amount_precision"])],
        narrative="\n".join(filter(None, (f"{row['row_id']} {row['dispute_type']}", row["notes"], row["source_url"]))),
        as_told={"received_on": told} if told else {}, state="MEDIATING",
        columns={"is_group": workers >= 10, "is_civil": head == "service_fee", "is_demo": True})


def _agree(case: Case, row: dict[str, str], head: str, actor: Actor) -> None:
    worker, payer = parties.workers(case)[0], next(p for p in case.parties if p.side == "respondent")
    fen = _fen(row["agreed_yuan"])
    terms = Terms(
        None, payer_party_id=payer.id, items=[Item(worker.id, head, fen)] if fen else [],
        steps=[Step(None, row["payment_terms"] or UNKNOWN, fen)] if fen else [],
        is_undisclosed=not fen, terms="" if fen else row["payment_terms"] or row["how_closed"])
    is_settled = any(word in row["how_closed"] for word in SETTLED)
    agreements.agree(case, terms, actor, settle=is_settled, confirmed=True)


def _payer(row: dict[str, str]) -> str:
    return "contractor" if "总承包" in row["payment_terms"] else "respondent"


def _fen(yuan: str) -> int | None:
    return amounts.parse_yuan(yuan) if yuan else None


def _day(said: str, today: date) -> tuple[date | None, str]:
    """The day where it is certain, and what was said where it is not."""
    if not said:
        return None, ""
    found = reading.read_date(said, today)
    return (found.value, "") if found.value else (None, said)
