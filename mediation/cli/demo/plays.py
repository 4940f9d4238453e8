"""Plays the stories of the demonstration through the services, each step on its own business date."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from mediation.cli.demo.county import AWAY, CLOSED, CORRECTED, EMPLOYERS, HANDOVERS, OVERSIGHT, Story
from mediation.extensions import db
from mediation.models import Agency, Case, Commission, Correction, Employer, Party, User
from mediation.queries.audit import explanations
from mediation.queries.law import case_law as law_queries
from mediation.queries.money import case_money as money_queries
from mediation.rules.access import DEFAULT_SHARE, Actor
from mediation.rules.money import amounts
from mediation.rules.money.agreement_checks import Item, Sign, Terms
from mediation.rules.money.payment_checks import Entry
from mediation.rules.money.plans import Names, Plan, Step, read_lines, wanted
from mediation.rules.people import identity, kin, worker_list
from mediation.services.audit import explanations as service
from mediation.services.audit import reconciling
from mediation.services.bodies import consultations, coordination, handovers
from mediation.services.cases import intake, merging, moves, restricting, sessions
from mediation.services.desk import supervision
from mediation.services.figures import closings
from mediation.services.house import accounts
from mediation.services.law import case_law, procedures
from mediation.services.money import agreements, payments
from mediation.services.people import corrections, parties

SHARED = {"shared_parts": DEFAULT_SHARE, "share_ground": "consent", "legal_basis": "申请人同意告知"}
REGISTER_OF = {"hotline": "hotline", "governance": "governance", "court": "court"}


@dataclass
class Play:
    """A story on its way: the case, the day of the current step, who acts."""

    story: Story
    came_on: date
    case: Case | None = None
    on: date | None = None

    def actor(self, username: str = "") -> Actor:
        made = actor(username or self.story.by, self.on)
        return replace(made, now=datetime.combine(self.on, time(10), UTC)) if self.story.is_left else made

    def party(self, side: str) -> Party:
        return next(p for p in self.case.parties if p.side == side and p.removed_on is None)


def actor(username: str, on: date) -> Actor:
    """An account of the demonstration, acting on a day."""
    row = db.session.scalars(select(User).where(User.username == username)).one()
    return accounts.actor_of(row, datetime.now(UTC), on, "zh")


def made_up_identity(n: int, born_on: date) -> str:
    """An identity number with a right check digit and nobody behind it (region 150824, order number n)."""
    body = f"150824{born_on:%Y%m%d}{n % 1000:03d}"
    return body + identity.resident_check_digit(body)


def play(story: Story, today: date, n: int) -> Case:
    """Register the story's request and make its steps; steps that lie after ``today`` are left out."""
    came_on = date.fromisoformat(story.came) if isinstance(story.came, str) else today - timedelta(days=story.came)
    run = Play(story, came_on, on=came_on)
    run.case = intake.register(run.actor(), request(story, came_on, n))
    run.case.is_demo = True
    for offset, verb, facts in story.steps:
        run.on = came_on + timedelta(days=offset)
        if run.on <= today:
            VERBS[verb](run, dict(facts))
    return run.case


def request(story: Story, on: date, n: int) -> intake.Intake:
    """The intake of a story, with made-up numbers where it names none."""
    facts = story.intake
    n = facts.get("person", n)
    people = [intake.Respondent(facts["told"], part=facts["part"], is_person=facts["part"] in PERSONAL)]
    if "second" in facts:
        told, part = facts["second"]
        people.append(intake.Respondent(told, part=part, is_person=False))
    known = {name: facts[name] for name in PLAIN if name in facts}
    if "for_name" in facts:
        known["part"] = kin.NEXT_OF_KIN
    return intake.Intake(
        received_on=on, received_time="10:20", channel=facts.get("channel", ""), respondents=people,
        register=REGISTER_OF.get(facts["source"], ""), external_number=facts.get("external", ""),
        phone=f"138478{10000 + n * 37:05d}", identity=made_up_identity(n, date(1966 + n % 35, 1 + n % 12, 1 + n % 27)),
        roster=tuple(worker_list.read_lines(facts["roster"], on)) if "roster" in facts else (),
        claims=[intake.ClaimLine(facts["head"], facts["yuan"] * 100 if facts["yuan"] else None)],
        employment="left", left_on=on - timedelta(days=20), is_informed=True, may_tell=["court", "hr"],
        wage_choice="mediate", sign_way="sign", **known)


PERSONAL = frozenset({"labour_contractor", "household"})
PLAIN = ("source", "source_number", "source_body", "name", "headcount", "language", "interpreter", "flags", "evidence",
         "tried", "narrative", "for_name", "for_died_told", "kinship", "kin_share", "as_told", "confirmed")


# Steps ----------------------------------------------------------------------------------------------------------

def _move(run: Play, key: str, answers: dict) -> None:
    moves.move(run.case, key, {"happened_on": run.on, **answers}, run.actor())


def _asked(answer: str) -> Callable[[Play, dict], None]:
    def step(run: Play, facts: dict) -> None:
        again = run.came_on + timedelta(days=facts["next"]) if "next" in facts else None
        _move(run, "ask_consent", {"party": run.party("respondent").id, "way": "phone", "answer": answer,
                                   "next_on": again})
    return step


def _accept(run: Play, facts: dict) -> None:
    ground = "court_sent" if run.case.channel in "EFGH" else "new_form" if "new_form" in run.case.flags else "labour"
    _move(run, "accept", {"ground": ground, "relation": facts.get("relation", "labour")})
    cause, reason = law_queries.suggested_causes(run.case, run.on)
    case_law.set_heads(run.case, case_law.Heads(cause, reason, (), run.case.employment_ended_on,
                                                run.case.infringement_known_on, run.case.wage_choice), run.actor())


def _plain(key: str, **defaults: object) -> Callable[[Play, dict], None]:
    return lambda run, facts: _move(run, key, {**defaults, **facts})


# The papers of the demonstration lie in no cabinet.
FILED = {"note": "演示案卷，纸质材料未装订", "confirmed": frozenset({"incomplete"})}


def _archive(run: Play, facts: dict) -> None:
    _move(run, "archive", {"archive_number": f"{run.on.year}-{run.case.number[-4:]}", "pages": 26, **FILED, **facts})


def _assign(run: Play, facts: dict) -> None:
    who = db.session.scalars(select(User).where(User.username == facts["to"])).one()
    _move(run, "assign", {"mediator": who.id})


def _session(run: Play, facts: dict) -> None:
    after = run.came_on + timedelta(days=facts["next"]) if "next" in facts else None
    sessions.hold(run.case, sessions.Held(
        run.on, facts.get("way", "face"), "09:30", "实践站调解室", [p.id for p in run.case.parties
                                                              if p.removed_on is None][:6],
        others=facts.get("others", ""), said=facts["said"], concession=facts.get("concession", ""), next_on=after,
        next_time="15:00" if after else ""), run.actor())


def _contact(run: Play, facts: dict) -> None:
    after = run.came_on + timedelta(days=facts["next"]) if "next" in facts else None
    _move(run, "log_contact", {"party": run.party(facts["whom"]).id, "way": "phone", "reached": facts["reached"],
                               "next_step": facts.get("next_step", ""), "next_on": after})


def _letter(run: Play, facts: dict) -> None:
    due = run.came_on + timedelta(days=facts["due"]) if "due" in facts else None
    body = _agency(run.case, facts["agency"])
    coordination.record(run.case, coordination.Request(
        body.id, facts["kind"], facts.get("direction", "out"), document_number=facts.get("number", ""),
        purpose=facts["purpose"], sent_on=run.on, reply_due_on=due, due_reason="函中约定" if due else "",
        task=facts.get("task", ""), **SHARED), run.actor())


def _letter_to(run: Play, code: str) -> Commission:
    body = _agency(run.case, code)
    return next(row for row in run.case.commissions if row.agency_id == body.id and row.kind == "task")


def _reply(run: Play, facts: dict) -> None:
    """The body answers with its own account."""
    coordination.reply(run.case, _letter_to(run, facts["agency"]).id,
                       coordination.Reply(facts["said"], number=facts["number"]), run.actor("bureau"))


def _phoned(run: Play, facts: dict) -> None:
    coordination.answer(run.case, _letter_to(run, facts["agency"]).id, facts["said"], run.on, run.actor(), "phone")


def _consult(run: Play, facts: dict) -> None:
    """Called some days before and held today, with what each body said."""
    bodies = [(_agency(run.case, code).id, who, said) for code, who, said in facts["bodies"]]
    row = consultations.call(run.case, consultations.Call(
        [key for key, _who, _said in bodies], run.on, facts["agenda"], "10:00", "旗总工会会议室", **SHARED), run.actor())
    voices = {key: consultations.Voice(True, who, said) for key, who, said in bodies}
    consultations.hold(row, consultations.Minutes(run.on, facts["conclusion"], voices, "王秀英、赵强"), run.actor())


def oversee(today: date) -> None:
    """A reminder and a supervision from above, so that desks and board show them."""
    above = actor("supervisor", today)
    for applicant, kind, days, note in OVERSIGHT:
        case = db.session.scalars(select(Case).where(Case.is_open == 1, Case.title.startswith(applicant)).order_by(
            Case.id.desc()).limit(1)).one()
        act = supervision.supervise if kind == "supervise" else supervision.urge
        act(case, note, today + timedelta(days=days), above)


def _call(run: Play, facts: dict) -> None:
    """Called for a day that is still to come."""
    consultations.call(run.case, consultations.Call(
        [_agency(run.case, code).id for code in facts["bodies"]], run.came_on + timedelta(days=facts["planned"]),
        facts["agenda"], "15:00", "旗综治中心会议室", **SHARED), run.actor())


def _entered(run: Play, facts: dict) -> None:
    row = run.case.consultations[-1].consultation
    consultations.enter_opinion(row, _agency(run.case, facts["agency"]).id, consultations.Opinion(
        facts["said"], facts["who"], "phone", given_on=run.on), run.actor())


def sent_by_bodies(today: date) -> None:
    """What waits at the counter to be registered."""
    folder = Path(str(current_app.config["MEDIATION"]["INSTANCE"]))
    for days, kind, case_number, document_number, told, (name, text) in HANDOVERS:
        on = today - timedelta(days=days)
        handovers.send(handovers.Sent(kind, document_number, case_number, None, told, (name, text.encode())),
                       actor("liaison", on), folder)


def _agency(case: Case, code: str) -> Agency:
    return db.session.scalars(select(Agency).where(Agency.union_id == case.union_id, Agency.code == code)).one()


def _representatives(run: Play, facts: dict) -> None:
    chosen = [p.id for p in parties.workers(run.case)][:facts["count"]]
    parties.set_representatives(run.case, chosen, run.actor())


def _resolve(run: Play, facts: dict) -> None:
    name = next(row[1] for row in EMPLOYERS if row[0] == facts["employer"])
    row = db.session.scalars(select(Employer).where(Employer.union_id == run.case.union_id,
                                                    Employer.name == name)).one()
    party = parties.active(run.case, "respondent")[facts.get("place", 0)]
    parties.resolve_respondent(run.case, party, run.actor(), employer=row, part=facts.get("part", "employer"))


def _kin(run: Play, facts: dict) -> None:
    """One more of the next of kin of the worker who died."""
    parties.add_party(run.case, {"side": "applicant", "part": kin.NEXT_OF_KIN, "headcount": 1,
                                 "acts_for_id": parties.workers(run.case)[0].id, **facts}, run.actor())


def _agree(run: Play, facts: dict) -> None:
    """One plan of equal sums for everybody, or plans as lines of who, yuan, day (or words), payer."""
    workers, payers = parties.workers(run.case), parties.active(run.case, "respondent")
    plans = _plans(run, facts["lines"]) if "lines" in facts else []
    steps: list[Step] = []
    if plans:
        each = wanted(plans, {c.party_id: c.amount_fen or 0 for c in run.case.claims})
    else:
        each = dict.fromkeys((p.id for p in workers), facts.get("each", facts.get("yuan")) * 100)
        first, payers = run.came_on + timedelta(days=facts["first"]), payers[:1]
        steps = [Step(s.due_on, "", s.fen) for s in amounts.plan(
            sum(each.values()), first, facts.get("rhythm", "once"), facts["count"])]
    signers = [Sign("applicant", p.id, "sign", run.on) for p in parties.active(run.case, "applicant")
               if not kin.is_dead(p)]
    signers += [*(Sign("respondent", p.id, "stamp", run.on) for p in payers), Sign("mediator", None, "sign", run.on),
                Sign("seal", None, "stamp", run.on)]
    head = run.story.intake["head"]
    agreements.agree(run.case, Terms(
        run.on, payer_party_id=payers[0].id, items=[Item(key, head, fen) for key, fen in each.items()], steps=steps,
        plans=plans, signatures=signers, consents={p.id: (run.on, "sign") for p in workers}), run.actor(),
        confirmed=True)


def _plans(run: Play, lines: tuple) -> list[Plan]:
    """As they are typed; a day is counted from the one on which the request came in."""
    names = [[(p.id, p.name) for p in parties.active(run.case, side)] for side in ("applicant", "respondent")]
    typed = [(who, yuan, day if isinstance(day, str) else (run.came_on + timedelta(days=day)).isoformat(), payer)
             for who, yuan, day, payer in lines]
    return read_lines("\n".join("\t".join(map(str, line)) for line in typed), Names(*names, run.on))


def _pay(run: Play, facts: dict) -> None:
    if "yuan" in facts:
        payments.record_payment(run.case, Entry(
            run.on, facts["yuan"] * 100, payer_party_id=run.party("respondent").id, way="cash", proof="receipt",
            direction=facts.get("direction", "to_worker"), reason=facts["reason"]), run.actor(), confirmed=True)
    else:
        payments.record_payment(run.case, payments.whole_of_next(run.case, run.on), run.actor())


def _account(run: Play, facts: dict) -> None:
    """Where the worker's money goes, as he says it now; a change waits for a second person, who compares it."""
    worker = parties.workers(run.case)[0]
    parties.change_party(run.case, worker, {"account": facts["account"]}, run.actor(), reason=facts.get("reason", ""))
    for row in db.session.scalars(select(Correction).where(Correction.party_id == worker.id, Correction.is_waiting)):
        corrections.confirm(run.case, row, "second", facts["compared"], run.actor("lead"))


def _merge(run: Play, facts: dict) -> None:
    """Goes on in the earlier case of the same applicant."""
    earlier = db.session.scalars(select(Case).where(
        Case.title == run.case.title, Case.id != run.case.id, Case.is_demo.is_(True))).one()
    merging.merge(run.case, {"happened_on": run.on, "into": earlier.number, "confirmed": True, **facts}, run.actor())


def _reconcile(run: Play, facts: dict) -> None:
    payment = next(row for row in money_queries.payments_of(run.case) if row.seq == facts["seq"])
    reconciling.reconcile(run.case, payment, ["slip", "worker"], run.on, "", run.actor("lead"))


def _explain(run: Play, facts: dict) -> None:
    """The first contradiction that is still open."""
    found = next(row.found for row in explanations.of_case(run.case, run.on) if not row.is_explained)
    service.explain(run.case, found.key, found.mark, found.figures, facts["reason"], run.actor("lead"))


def close_books(played: Mapping[str, Case]) -> None:
    """A quarter is closed; later a slip of it turns out to be of another day, which shows as a correction."""
    period, closed_on, by = CLOSED
    key, found_on, paid_on, why, archived_on = CORRECTED
    case, clerk = played[key], actor("mediator", date.fromisoformat(found_on))
    closings.close(case.union, period, actor(by, date.fromisoformat(closed_on)))
    wrong = money_queries.payments_of(case)[0]
    payments.reverse_payment(case, wrong, why, clerk)
    payments.record_payment(case, Entry(
        date.fromisoformat(paid_on), wrong.amount_fen, shares={row.party_id: row.amount_fen for row in wrong.shares},
        payer_party_id=wrong.payer_party_id, instalment_seq=1), clerk)
    moves.move(case, "archive", {"happened_on": date.fromisoformat(archived_on), **FILED},
               actor("mediator", date.fromisoformat(archived_on)))


def _extend(run: Play, facts: dict) -> None:
    _move(run, "extend", {"to_on": run.case.next_due_on + timedelta(days=facts["days"]),
                          "consents": ["applicant", "respondent"], "document": "延期同意书", "reason": "等单位核对考勤"})


def _decline(run: Play, facts: dict) -> None:
    _move(run, "decline", {"ground": facts["ground"], "next_door": _agency(run.case, facts["next_door"]).id,
                           "note": "请持材料到司法局"})


def _refuse(run: Play, facts: dict) -> None:
    _move(run, "refuse", {"next_door": _agency(run.case, facts["next_door"]).id})


def _procedure(run: Play, facts: dict) -> None:
    """A side procedure that both ask for, with its later steps as (days on, step, result)."""
    asked = procedures.Request(run.on, run.on, facts["document"])
    row = procedures.request(run.case, facts["kind"], asked, run.actor())
    for days, step, result in facts["steps"]:
        on = run.on + timedelta(days=days)
        procedures.advance(run.case, row.id, procedures.Done(step, on, result), replace(run.actor(), today=on))


def _unreachable(run: Play, facts: dict) -> None:
    _move(run, "unreachable", {"next_door": _agency(run.case, facts["next_door"]).id, "note": "欠薪可到劳动监察投诉"})


def _restrict(run: Play, facts: dict) -> None:
    restricting.restrict(run.case, (), facts["reason"], run.actor(facts["by"]))


def send_away(today: date) -> None:
    """A mediator is away; his cases and duties are with a colleague."""
    who, days, stand_in, why = AWAY
    rows = {row.username: row.id for row in db.session.scalars(select(User))}
    supervision.hand_over(supervision.Leave(rows[who], rows[stand_in], today, today + timedelta(days=days), why),
                            actor("supervisor", today))


def _refer(run: Play, facts: dict) -> None:
    _move(run, "refer", {"to": facts["to"], "agency": _agency(run.case, facts["agency"]).id, "reason": facts["reason"]})


def _close(run: Play, facts: dict) -> None:
    owed = money_queries.position(run.case, run.on).outstanding_fen
    _move(run, "close", {"way": facts.get("way", "performed" if not owed else "enforcement")})


VERBS: dict[str, Callable[[Play, dict], None]] = {
    "agrees": _asked("agrees"), "refuses": _asked("refuses"), "no_answer": _asked(""), "accept": _accept,
    "take_up": _plain("take_up"), "assign": _assign, "session": _session, "contact": _contact, "letter": _letter,
    "consult": _consult, "call": _call, "entered": _entered, "reply": _reply, "phoned": _phoned,
    "representatives": _representatives, "resolve": _resolve, "agree": _agree, "pay": _pay, "extend": _extend,
    "pause": _plain("pause"), "fail": _plain("fail"), "refuse": _refuse, "decline": _decline, "refer": _refer,
    "procedure": _procedure, "unreachable": _unreachable, "seal": _restrict,
    "withdraw": _plain("withdraw"), "notify": _plain("notify", way="hand"), "close": _close,
    "reconcile": _reconcile, "explain": _explain, "kin": _kin, "account": _account, "merge": _merge,
    "visit": _plain("visit", way="phone", satisfaction="satisfied"), "archive": _archive,
}
