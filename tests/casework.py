"""Cases for the tests: made from rows where no service is under test, brought on through the services' own moves."""
from __future__ import annotations

from collections.abc import Collection
from datetime import date

from flask import Flask

from mediation.extensions import db
from mediation.models import Case, Claim, Hearing, Party
from mediation.rules.access import Actor
from mediation.rules.cases.workflow import MOVES
from mediation.services import journal, numbers, records
from mediation.services.cases import moves
from tests import house

CONSENT = {"way": "phone", "answer": "agrees"}


def make_case(actor: Actor, workers: int = 1, amount_fen: int | None = 1000000, on: date | None = None,
              **values: object) -> Case:
    """A registered case at the actor's site with its workers, their claims for wages, and one boss as told."""
    station = house.get_user(actor.username).station
    day = on or actor.today
    title = "巴特尔" if workers == 1 else f"巴特尔等{workers}人"
    case = Case(**{
        "number": numbers.register_number(station.union, day.year), "union_id": station.union_id,
        "station_id": station.id, "state": "REGISTERED", "channel": "A", "source": "walk_in", "received_on": day,
        "registered_at": actor.now, "rules_on": day, "registered_by_id": actor.user_id, "title": title,
        "respondent_title": "李老板", "main_head": "wages", "headcount": workers, "is_group": workers >= 10,
        "narrative": "五月到八月在城南工地干活，工钱没给。", "touched_at": actor.now, "as_told": {}, "evidence": [],
        "tried": [], "flags": ["rural"], "may_tell": [], **values})
    db.session.add(case)
    db.session.flush()
    for n in range(workers):
        add_worker(case, "巴特尔" if n == 0 else f"工人{n + 1}", amount_fen, f"138478622{n % 100:02d}")
    add_party(case, "respondent", "labour_contractor", "李老板", "13912345617")
    db.session.expire(case)
    rows = moves.reckon(case, actor)
    journal.record(actor, journal.case_stream(case), "registered", {
        "number": case.number, "channel": case.channel, "source": case.source, "way": "oral",
        "station": case.station_id, "claimed_fen": (amount_fen or 0) * workers, "headcount": workers}, case=case, rows=rows)
    return case


def rest(case: Case, actor: Actor) -> None:
    """Let the journal's last digest agree with the rows that were set by hand."""
    moves.act(case, "case_changed", {"fields": [], "reason": None}, actor)


def add_party(case: Case, side: str, part: str, name: str, phone: str = "", **values: object) -> Party:
    party = Party(case_id=case.id, side=side, part=part, name=name, authority=[], **values)
    if phone:
        party.phone = phone
    db.session.add(party)
    db.session.flush()
    return party


def add_worker(case: Case, name: str, amount_fen: int | None = 1000000, phone: str = "") -> Party:
    party = add_party(case, "applicant", "worker", name, phone)
    party.identity = "152824199001011234"
    db.session.add(Claim(case_id=case.id, party_id=party.id, head="wages", amount_fen=amount_fen))
    db.session.flush()
    return party


def respondent(case: Case) -> Party:
    return next(p for p in case.parties if p.side == "respondent")


# The answers that bring a fresh case into each state, move by move.
WAYS = {
    "REGISTERED": (),
    "CONSENT_PENDING": ("ask_consent",),
    "ACCEPTED": ("ask_consent", "accept"),
    "ASSIGNED": ("ask_consent", "accept", "assign"),
    "MEDIATING": ("ask_consent", "accept", "take_up"),
    "PERFORMING": ("ask_consent", "accept", "take_up", "agree"),
    "CLOSED": ("ask_consent", "accept", "take_up", "fail", "notify", "close"),
    "ARCHIVED": ("ask_consent", "accept", "take_up", "fail", "notify", "close", "archive"),
}


def answers_for(case: Case, key: str, actor: Actor) -> dict[str, object]:
    """Good answers to what a move asks, for this case."""
    boss, day = respondent(case), actor.today
    every = {
        "happened_on": day, "party": boss.id, "way": "phone", "answer": "agrees", "ground": "labour",
        "mediator": actor.user_id, "station": house.get_station("window").id, "reason": "另有安排",
        "reason_code": "too_far", "satisfaction": "satisfied", "to": "TO_ARBITRATION", "into": "none",
        "next_door": None, "document": "中止决定", "reported_to": "分管负责人", "reached": True, "to_on": day,
        "consents": ["applicant", "respondent"], "wage_choice": "mediate",
    }
    special = {"decline": {"ground": "not_labour"}, "pause": {"ground": "injury_finding"},
               "notify": {"way": "hand", "to": "本人"},
               "close": {"way": "informed" if case.outcome == "FAILED" else "nothing_due"}, "visit": {"party": None},
               "archive": {"archive_number": "2026-工调-1", "pages": 26, "note": "材料另存", "confirmed": ("incomplete",)}}
    found = {ask.name: every[ask.name] for ask in MOVES[key].asks if ask.name in every}
    return found | special.get(key, {})


def bring(case: Case, state: str, actor: Actor) -> Case:
    """Take a fresh case through the moves that lead to ``state``; an agreement is written as bare rows."""
    for key in WAYS[state]:
        step(case, key, actor)
    return case


def store_case(app: Flask, state: str = "REGISTERED", username: str = "mediator", **values: object) -> str:
    """A case in a state, committed; its number."""
    with app.app_context():
        actor = house.actor(username)
        number = bring(make_case(actor, **values), state, actor).number
        db.session.commit()
        db.session.remove()
    return number


def step(case: Case, key: str, actor: Actor, **answers: object) -> None:
    if key == "agree":
        case.state, case.outcome, case.concluded_on, case.agreed_on = "PERFORMING", "AGREED", actor.today, actor.today
        rest(case, actor)
        return
    moves.move(case, key, {**answers_for(case, key, actor), **answers}, actor)


def add_hearing(case: Case, actor: Actor, **values: object) -> Hearing:
    row = Hearing(**{"case_id": case.id, "seq": len(case.hearings) + 1, "held_on": actor.today, "way": "face",
                     "present": [], "made_by_id": actor.user_id, **values})
    db.session.add(row)
    db.session.flush()
    rest(case, actor)
    return row


def put_number(case: Case, register: str, number: str, actor: Actor, confirmed: Collection[str] = ()):
    """Write the case's number in an outside register."""
    return records.record("external_number", {"register": register, "number": number}, actor, case, confirmed)
