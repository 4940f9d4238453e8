"""What every writing view promises: no lock while a refused page is made, nothing typed is lost, nothing taken twice.

Every address to which a form is sent stands in ``PLACES`` with somebody who may send it there, over rows of one
furnished office; a form is filled by its own fields, so that a new form needs one line here and no more.
"""
from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import before_render_template, current_app, request, template_rendered
from sqlalchemy import select, update
from wtforms import Field, StringField

from mediation.extensions import db
from mediation.forms.base import BaseForm, Line, Typed, fields_of
from mediation.models import (
    Agency,
    Case,
    Contact,
    Correction,
    Draft,
    Erasure,
    HeadingMapping,
    HeadingWord,
    Inquiry,
    LoginSession,
)
from mediation.queries.audit.findings import about_case
from mediation.queries.ledger import selection
from mediation.rules.editions import SIGHTS, Made
from mediation.rules.language import Problem, Refused, Text
from mediation.services import ledger, records, submits
from mediation.services.audit import findings, sampling
from mediation.services.bodies import consultations, coordination, handovers
from mediation.services.cases import intake, links
from mediation.services.desk import supervision
from mediation.services.figures import closings
from mediation.services.house import admin as house_service
from mediation.services.law import case_law, procedures
from mediation.services.papers import files, issued_papers
from mediation.services.people import employers, parties
from mediation.services.prevention import supervision_letters
from mediation.views import guard, marks, press
from tests import casework, house, imports, ledgers
from tests.pages import PageClient

REFUSAL = "这样不行，请看一眼"

# endpoint: who sends it, and where; the names in braces are rows of the office.
PLACES = {
    "admin.change_agency": ("admin", "/admin/agencies/{agency}"),
    "admin.change_setting": ("admin", "/admin/settings"),
    "admin.change_station": ("admin", "/admin/stations/{window}"),
    "admin.change_user": ("admin", "/admin/users/{colleague}"),
    "admin.check_rule": ("supervisor", "/admin/clocks"),
    "admin.confirm_user": ("supervisor", "/admin/users/{waiting}/confirm"),
    "admin.create_agency": ("admin", "/admin/agencies"),
    "admin.create_station": ("admin", "/admin/stations"),
    "admin.create_user": ("admin", "/admin/users"),
    "admin.disable_user": ("admin", "/admin/users/{colleague}/disable"),
    "admin.enable_user": ("admin", "/admin/users/{waiting}/enable"),
    "admin.reset_codes": ("admin", "/admin/users/{colleague}/code"),
    "admin.reset_password": ("admin", "/admin/users/{colleague}/password"),
    "admin.save_calendar": ("admin", "/admin/calendar"),
    "admin.set_duty": ("lead", "/admin/duty"),
    "admin.set_local_day": ("admin", "/admin/calendar/local"),
    "audit.add": ("auditor", "/audit/findings/new?case={open}"),
    "audit.answer": ("supervisor", "/audit/findings/{finding}/answered"),
    "audit.judge": ("auditor", "/audit/findings/{finding}/closed"),
    "auth.change_password": ("mediator", "/password"),
    "auth.end_other_logins": ("mediator", "/password/logins"),
    "codes.begin": ("mediator", "/password/code/begin"),
    "codes.confirm": ("mediator", "/password/code"),
    "codes.end": ("mediator", "/password/code/end"),
    "bodies.add": ("mediator", "/cases/{open}/files"),
    "bodies.add_beside": ("mediator", "/cases/{open}/files/party/{worker}"),
    "bodies.add_to_letter": ("mediator", "/cases/{open}/coordination/{task}/files"),
    "bodies.reply": ("liaison", "/cases/{open}/coordination/{task}/reply"),
    "cases.make_move": ("mediator", "/cases/{open}/moves/fail"),
    "claims.add": ("mediator", "/cases/{open}/claims/new"),
    "claims.change": ("mediator", "/cases/{open}/claims/{claim}"),
    "claims.drop": ("mediator", "/cases/{open}/claims/{claim}/drop"),
    "closings.close": ("supervisor", "/ledger/periods"),
    "closings.reopen": ("supervisor", "/ledger/periods/{closing}/reopen"),
    "consultations.add_file": ("mediator", "/consultations/{consultation}/files"),
    "consultations.call": ("mediator", "/cases/{open}/consultations"),
    "consultations.drop": ("mediator", "/consultations/{consultation}/drop"),
    "consultations.enter_opinion": ("mediator", "/consultations/{consultation}/opinions/{hr}"),
    "consultations.give_opinion": ("liaison", "/consultations/{consultation}/opinion"),
    "consultations.hold": ("mediator", "/consultations/{consultation}"),
    "visits.record_aftercare": ("mediator", "/cases/{paid}/aftercare"),
    "coordination.add_member": ("mediator", "/cases/{open}/coordination/members"),
    "coordination.answer": ("mediator", "/cases/{open}/coordination/{task}/answer"),
    "coordination.change_due": ("mediator", "/cases/{open}/coordination/{task}/due"),
    "coordination.end_member": ("mediator", "/cases/{open}/coordination/members/{member}/end"),
    "coordination.link": ("mediator", "/cases/{open}/coordination/link"),
    "coordination.link_many": ("mediator", "/cases/{open}/coordination/batch"),
    "coordination.put_number": ("mediator", "/cases/{open}/coordination/numbers"),
    "coordination.recall": ("mediator", "/cases/{open}/coordination/{task}/recall"),
    "coordination.recall_all": ("mediator", "/cases/{open}/coordination/bodies/{court}/recall"),
    "coordination.record": ("mediator", "/cases/{open}/coordination"),
    "coordination.unlink": ("mediator", "/cases/{open}/coordination/unlink"),
    "corrections.confirm": ("supervisor", "/cases/{paid}/corrections/{correction}"),
    "corrections.reveal": ("supervisor", "/cases/{paid}/corrections/{correction}/old"),
    "employers.add": ("lead", "/employers/new"),
    "employers.change": ("lead", "/employers/{employer}/edit"),
    "employers.merge": ("lead", "/employers/{employer}/merge"),
    "employers.part": ("lead", "/employers/{employer}/part/{merged}"),
    "employers.set_democracy": ("lead", "/employers/{employer}/democracy"),
    "erasing.approve": ("supervisor", "/erasures/{erasure}/approve"),
    "erasing.propose": ("lead", "/erasures/{open}"),
    "erasing.reject": ("supervisor", "/erasures/{erasure}/reject"),
    "explaining.explain": ("supervisor", "/cases/{paid}/contradictions"),
    "explaining.explain_numbers": ("supervisor", "/ledger/contradictions/numbers/urad-middle"),
    "exports.approve": ("supervisor", "/ledger/exports/{asked}/approve"),
    "exports.send_ask": ("supervisor", "/ledger/exports/ask?sheet=persons&period=2026"),
    "handovers.give_back": ("mediator", "/handovers/{handover}/return"),
    "handovers.register": ("mediator", "/handovers/{handover}/register"),
    "handovers.send": ("liaison", "/handovers/new"),
    "imports.stage": ("supervisor", "/import"),
    "imports.settle": ("supervisor", "/import/{draft}/columns"),
    "imports.mend": ("supervisor", "/import/{draft}/rows/3"),
    "imports.go": ("supervisor", "/import/{draft}/go"),
    "imports.bring_back": ("supervisor", "/import/{draft}/back"),
    "imports.drop": ("supervisor", "/import/{draft}/drop"),
    "imports.undo": ("supervisor", "/import/{brought}/undo"),
    "imports.forget_word": ("supervisor", "/import/words/{heading}/forget"),
    "imports.forget_mapping": ("supervisor", "/import/mappings/{mapping}/forget"),
    "intake.send": ("mediator", "/cases/new"),
    "late_entries.add": ("mediator", "/cases/{old}/late"),
    "late_entries.give_up": ("mediator", "/cases/{old}/late/unfindable"),
    "late_entries.send": ("mediator", "/cases/late"),
    "issuing.issue": ("supervisor", "/statistics/issue"),
    "law.change_channel": ("mediator", "/cases/{open}/clocks/channel"),
    "law.check_scope": ("mediator", "/cases/{open}/scope"),
    "law.decide": ("mediator", "/cases/{open}/clocks/decisions"),
    "law.drop_interruption": ("mediator", "/cases/{open}/clocks/interruptions/{demand}/drop"),
    "law.drop_fact": ("mediator", "/cases/{open}/clocks/facts/{fact}/drop"),
    "law.expire": ("mediator", "/cases/{open}/clocks/expire"),
    "law.interrupt": ("mediator", "/cases/{open}/clocks/interruptions"),
    "law.record_fact": ("mediator", "/cases/{open}/clocks/facts"),
    "law.request_procedure": ("mediator", "/cases/{paid}/procedures/{procedure}"),
    "law.set_heads": ("mediator", "/cases/{open}/scope/heads"),
    "law.step_procedure": ("mediator", "/cases/{open}/procedures/{begun}/{step}"),
    "ledger.agree": ("mediator", "/cases/{open}/agreement/new"),
    "ledger.consent": ("mediator", "/cases/{paid}/agreement/consent"),
    "bank_lists.bring": ("mediator", "/cases/{paid}/payments/list/file"),
    "bank_lists.record": ("mediator", "/cases/{paid}/payments/list"),
    "bank_lists.bring_all": ("mediator", "/payments/list/file"),
    "bank_lists.record_all": ("mediator", "/payments/list"),
    "payments.record": ("mediator", "/cases/{paid}/payments/new"),
    "payments.reverse": ("mediator", "/cases/{paid}/payments/1/reverse"),
    "ledger.sign": ("mediator", "/cases/{paid}/agreement/sign"),
    "letters.reissue": ("supervisor", "/letters/{letter}/again"),
    "letters.filing": ("supervisor", "/letters/{letter}/filing"),
    "letters.reply": ("supervisor", "/letters/{letter}/reply"),
    "letters.review": ("supervisor", "/letters/{letter}/review"),
    "letters.send": ("supervisor", "/employers/{employer}/letters/new"),
    "papers.reissue": ("mediator", "/cases/{open}/papers/kept/{paper}/again"),
    "papers.set_wording": ("lead", "/papers/wordings"),
    "papers.end_wording": ("lead", "/papers/wordings/acceptance/shipped"),
    "papers.record": ("mediator", "/cases/{open}/papers"),
    "messages.record": ("mediator", "/cases/{open}/messages"),
    "papers.spoil": ("mediator", "/cases/{open}/papers/kept/{paper}/spoil"),
    "papers.strike": ("mediator", "/cases/{open}/papers/entries/{paper}/strike"),
    "papers.record_registration": ("mediator", "/cases/{open}/papers/registration"),
    "parties.add": ("mediator", "/cases/{open}/parties/new/applicant"),
    "parties.change": ("mediator", "/cases/{open}/parties/{worker}"),
    "parties.bring_list": ("mediator", "/cases/{open}/parties/list/file"),
    "parties.choose_representatives": ("mediator", "/cases/{open}/parties/representatives"),
    "parties.paste": ("mediator", "/cases/{open}/parties/list"),
    "parties.remove": ("mediator", "/cases/{open}/parties/{worker}/remove"),
    "parties.resolve": ("mediator", "/cases/{open}/parties/{boss}/resolve"),
    "prevention.add_activity": ("mediator", "/prevention/activities"),
    "prevention.add_inquiry": ("mediator", "/inquiries"),
    "prevention.add_lead": ("mediator", "/prevention/leads"),
    "prevention.inquiry_to_case": ("mediator", "/inquiries/{inquiry}/case"),
    "prevention.lead_to_case": ("mediator", "/prevention/leads/{lead_row}/case"),
    "prevention.settle": ("mediator", "/prevention/leads/{lead_row}/settle"),
    "reconciling.mark": ("supervisor", "/cases/{paid}/payments/1/reconcile"),
    "reconciling.withdraw": ("supervisor", "/cases/{paid}/payments/1/reconcile/withdraw"),
    "samples.draw": ("auditor", "/audit?period=2026"),
    "samples.mark": ("auditor", "/audit/samples/{sample}/marks"),
    "sealing.change": ("supervisor", "/cases/{open}/sealing"),
    "sessions.hold": ("mediator", "/cases/{open}/sessions"),
    "sessions.log_contact": ("mediator", "/cases/{open}/contacts"),
    "supervision.assign": ("lead", "/assign"),
    "supervision.end_absence": ("lead", "/assign/absence/{absence}/end"),
    "supervision.end_feed": ("mediator", "/account/feed/end"),
    "supervision.remind": ("supervisor", "/cases/{open}/supervision"),
    "supervision.reply": ("mediator", "/cases/{open}/supervision/{urged}/answer"),
    "supervision.set_absence": ("lead", "/assign/absence"),
    "volume.add": ("mediator", "/cases/{open}/volume"),
    "volume.move": ("mediator", "/cases/{open}/volume/order"),
    "volume.place": ("mediator", "/cases/{open}/volume/files/{scan}"),
    "visits.record": ("mediator", "/cases/{paid}/visits"),
}
# Answered with a redirect whatever comes of it: there is nothing to fill in.
BUTTONS = {"employers.part", "handovers.register", "prevention.inquiry_to_case", "prevention.lead_to_case",
           "supervision.end_feed", "auth.end_other_logins"}
# Fields of a shared form that its page at this address does not offer.
UNASKED = {
    "admin.change_agency": {"code"}, "admin.change_setting": {"name"}, "admin.change_station": {"code"},
    "admin.change_user": {"username"}, "admin.check_rule": {"mark"}, "admin.confirm_user": {"reason"},
    "audit.add": {"reference"}, "claims.add": {"reason"},
    "codes.confirm": {"code"}, "erasing.approve": {"reason"}, "erasing.reject": {"reason"},
    "parties.change": {"amount_fen"},
}
# What was pressed where a form has several buttons.
PRESSED = {"bodies.reply": {"action": "answer"}, "intake.send": {"action": "register"},
           "late_entries.send": {"action": "enter"},
           "admin.set_duty": {"station": "{practice}"}}


@pytest.fixture
def office(app) -> dict[str, object]:
    """The rows that the addresses name, by their words in ``PLACES``."""
    with app.app_context():
        who = house.actor("mediator")
        found = {**_cases(who), **_beside(who), **_house(app), **_imports()}
        db.session.commit()
        db.session.remove()
        return found


def _cases(who) -> dict[str, object]:
    """A case at work with a row of each kind, and one in performance."""
    case, lead = (casework.bring(casework.make_case(who, 2), "MEDIATING", who) for _n in range(2))
    paid = ledgers.agreed_case(who, [500000] * 3, who.today + timedelta(9))
    ledgers.pay(paid, who, 100000)
    parties.change_party(paid, paid.parties[0], {"payee_name": "妻子 李梅"}, who, reason="本人在外地")
    links.link(case, lead.number, "同一工地", who)
    court, hr = _body("court"), _body("hr")
    task = coordination.record(case, coordination.Request(
        court, "task", "out", purpose="核对", shared_parts=["summary"], legal_basis="申请人同意"), who)
    made = consultations.call(case, consultations.Call(
        [court, hr], who.today, "核数", "10:00", "会议室", [], ["summary"], "consent", "申请人书面同意"), who)
    begun = procedures.request(case, "inspection", procedures.Request(who.today), who, ("route", "window"))
    fact = case_law.record_fact(case, "platform_message", who.today, "平台消息", who)
    demand = case_law.interrupt(case, "claim", who.today, "微信截图", who)
    page = Made("acceptance", "", "", {}, dict.fromkeys(SIGHTS, "<p>受理通知书</p>"))
    given = issued_papers.record(case, ["acceptance"], issued_papers.Given(who.today), who, {"acceptance": page})
    waiting = Erasure(case_id=lead.id, reason="保管期满", proposed_on=who.today, proposed_by_id=who.user_id)
    db.session.add(waiting)
    db.session.flush()
    old = intake.late_enter(who, intake.Late(name="娜仁", state="CLOSED"))
    instance = Path(str(current_app.config["MEDIATION"]["INSTANCE"]))
    scan = files.add(case, "录音.m4a", b"\x00\x00\x00\x18ftypM4A ", instance, who)
    return {
        "erasure": waiting.id, "scan": scan.id, "old": old.number,
        "correction": db.session.scalars(select(Correction.id)).one(),
        "open": case.number, "paper": given[0].id, "paid": paid.number, "task": task.id, "court": court,
        "hr": hr, "consultation": made.id,
        "member": coordination.add_member(case, house.get_user("colleague").id, who).id, "claim": case.claims[0].id,
        "worker": case.parties[0].id, "boss": casework.respondent(case).id, "fact": fact.id,
        "demand": demand.id, "procedure": "pay_order",
        "begun": begun.id, "step": "accept",
        "urged": supervision.urge(case, "请抓紧", who.today, house.actor("supervisor")).id}


def _body(code: str) -> int:
    return db.session.scalars(select(Agency.id).where(Agency.code == code)).one()


def _beside(who) -> dict[str, object]:
    """What stands beside the cases: employers, prevention, letters, hand-overs, the auditor's and the supervisor's."""
    above, auditor = house.actor("supervisor"), house.actor("auditor")
    row, twin = (employers.register({"name": name}, who) for name in ("乌拉特中旗宏远劳务有限公司", "宏远"))
    employers.merge(twin, row, "同一家", house.actor("lead"))
    case = db.session.scalars(select(Case).order_by(Case.id)).first()
    asked = ledger.ask(selection.read({"sheet": "persons", "period": "2026"}), "csv", "核对", above)
    return {
        "employer": row.id, "merged": twin.id, "asked": asked.id,
        "inquiry": records.record("inquiry", {"way": "phone", "topic": "wages", "question": "怎么办"}, who).id,
        "lead_row": records.record("lead", {"employer_told": "老魏", "source": "visit", "risk": "wages"}, who).id,
        "letter": supervision_letters.send(row, {"kind": "reminder", "facts": "欠薪", "demand": "付清"}, above).id,
        "handover": handovers.send(handovers.Sent("before_filing", "", "（2026）内0824诉前调9号", None, {
            "name": "萨仁", "told": "牧丰养殖", "head": "wages", "amount": "11000", "narrative": "没给工钱"}),
            house.actor("liaison"), Path()).id,
        "finding": findings.note(about_case(case), "dates", "日期不对", who.today + timedelta(9), auditor).id,
        "sample": sampling.draw(selection.read({"sheet": "cases", "period": "2026", "station": "urad-middle"}), "骰子", 1,
                                auditor).id,
        "closing": closings.close(house.get_station("urad-middle"), "2025", above).id}


def _imports() -> dict[str, object]:
    """One import to be checked, and one that was taken, with what was explained for it."""
    above = house.actor("supervisor")
    brought = imports.stage(above, imports.GOOD[0])
    imports.take(brought, above)
    told = {"union_id": brought.union_id, "made_by_id": above.user_id}
    kept = [HeadingWord(heading="老赖", field="respondent", **told), HeadingMapping(
        name="旗里的台账", fingerprint=brought.fingerprint, body=brought.mapping, kept_at=above.now, **told)]
    db.session.add_all(kept)
    db.session.flush()
    return {"heading": kept[0].id, "mapping": kept[1].id, "brought": brought.id, "draft": imports.stage(above, imports.GOOD[1], imports.BAD).id}


def _house(app) -> dict[str, object]:
    """Accounts and stations."""
    admin = house.actor("admin")
    place = house_service.Place("mediator", house.get_station("practice"), None)
    waiting, _secret = house_service.create_user("newcomer", "新来的", place, admin)
    away = supervision.hand_over(supervision.Leave(
        house.get_user("colleague").id, house.get_user("mediator").id, admin.today, admin.today), house.actor("lead"))
    return {"waiting": waiting.id, "colleague": house.get_user("colleague").id, "agency": _body("court"),
            "practice": house.get_station("practice").id, "window": house.get_station("window").id, "absence": away.id}


def pressed(app) -> set[str]:
    """Every endpoint to which a form is sent that must not be lost or taken twice."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods} - set(marks.UNPRESSED)


def test_every_writing_view_goes_through_the_press(app):
    assert set(PLACES) == pressed(app)
    assert set(marks.UNPRESSED) <= {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.fixture
def people(client) -> dict[str, PageClient]:
    """Everybody who sends a form, logged in."""
    found = {username: client(username) for username in sorted({username for username, _path in PLACES.values()})}
    for visitor in found.values():
        visitor.get("/")
    return found


# Refused --------------------------------------------------------------------------------------------------------

class Watch:
    """Looks in from outside while a page is made: the forms that it was made for, and whether a writer would wait."""

    def __init__(self, app):
        self.app, self.forms, self.held = app, [], []
        self.is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")

    def look(self, *_sender, template, **_values) -> None:
        if self.is_sqlite and request.method == "POST":
            other = sqlite3.connect(db.engine.url.database, timeout=0, isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
            except sqlite3.OperationalError:
                self.held.append(template.name)
            finally:
                other.close()


@pytest.fixture
def watch(app, people, monkeypatch):
    made = Watch(app)
    monkeypatch.setattr(BaseForm, "validate", lambda self, *_more: made.forms.append(self) or made.is_readable)
    monkeypatch.setattr(press, "perform", _refuse)
    made.is_readable = False
    with before_render_template.connected_to(made.look, app), template_rendered.connected_to(made.look, app):
        yield made


def _refuse(_act):
    raise Refused([Problem("", Text(REFUSAL, REFUSAL))])


def inputs(form: BaseForm) -> list[Field]:
    """The fields of a form that somebody types into."""
    return [field for field in fields_of(form) if isinstance(field, (Line, Typed)) or type(field) is StringField]


def words_for(form: BaseForm, left_out: set[str]) -> dict[str, str]:
    return {field.name: f"词{n}词" for n, field in enumerate(inputs(form)) if field.name not in left_out}


def send(visitor: PageClient, path: str, given: dict | None = None):
    return visitor._open("POST", path, None, True, data={"csrf_token": visitor.token, **(given or {})})


def test_every_form_is_refused_without_a_lock_kept_too_late_and_opened_again(app, office, people, watch):
    """Each form twice: unreadable, and readable with an act that is refused. Then once more by people whose log-in has
    lapsed: what each typed opens again, for nobody else, and nothing has been done."""
    wrong, typed = [], {}
    for endpoint, (username, place) in PLACES.items():
        path, more = place.format(**office), pressed_with(endpoint, office)
        watch.forms.clear()
        watch.is_readable = False
        first = send(people[username], path, more)
        if endpoint in BUTTONS:
            assert first.status == 303, (endpoint, first.status)
            continue
        typed[endpoint] = words_for(watch.forms[-1], UNASKED.get(endpoint, set()))
        watch.is_readable = True
        second = send(people[username], path, {**more, **typed[endpoint]})
        lost = [name for name, word in typed[endpoint].items() if word not in second.html]
        if (first.status, second.status) != (422, 422) or REFUSAL not in second.html or lost or watch.held:
            wrong.append((endpoint, first.status, second.status, REFUSAL in second.html, lost, watch.held[:1]))
        watch.held.clear()
    assert wrong == [], "\n".join(map(str, wrong))
    late = {endpoint: words for endpoint, words in typed.items()
            if (words or endpoint in PRESSED) and endpoint not in marks.SECRET}
    lapse(app, *people)
    for endpoint in typed:
        username, place = PLACES[endpoint]
        answer = send(people[username], place.format(**office), {**pressed_with(endpoint, office), **typed[endpoint]})
        assert (answer.status, answer.location) == (302, "/login"), endpoint
    for endpoint, uid in kept_forms(app, office, late).items():
        page = logged_in(people[PLACES[endpoint][0]], PLACES[endpoint][0]).get(f"/drafts/{uid}", fragment=True)
        lost = [name for name, word in late[endpoint].items() if word not in page.html]
        if lost:
            wrong.append((endpoint, lost))
    assert wrong == [], "\n".join(map(str, wrong))


def test_every_form_says_that_it_was_taken_before_when_it_comes_with_other_words(app, office, people, watch):
    """R56: Back in the browser, another sum, sent once more: nothing is recorded, and the page says so."""
    silent = []
    for endpoint in [name for name in PLACES if name not in BUTTONS]:
        username, path = PLACES[endpoint][0], PLACES[endpoint][1].format(**office)
        more, token = pressed_with(endpoint, office), f"before-{endpoint}"[:40]
        watch.forms.clear()
        send(people[username], path, more)
        with app.app_context():
            submits.remember(token, "/", house.actor(username), "what was sent at first")
            db.session.commit()
        answer = send(people[username], path, {**more, watch.forms[-1].submit_token.name: token})
        page = answer.html if answer.status == 422 else people[username].get("/").html
        if not any(words.zh in page for words in (guard.TAKEN, press.AGAIN)):
            silent.append((endpoint, answer.status))
    assert silent == [], "\n".join(map(str, silent))


def test_the_watch_notices_a_lock(app, people, watch, monkeypatch):
    monkeypatch.setattr(guard, "release_write_lock", lambda: None)
    send(people["mediator"], "/inquiries")
    assert watch.held or not watch.is_sqlite


def lapse(app, *usernames: str) -> None:
    """The log-ins of these people run out."""
    with app.app_context():
        accounts = [house.get_user(name).id for name in usernames]
        db.session.execute(update(LoginSession).where(LoginSession.account_id.in_(accounts)).values(
            seen_at=datetime.now(UTC) - timedelta(minutes=40)))
        db.session.commit()


def logged_in(visitor: PageClient, username: str) -> PageClient:
    if visitor.get("/", status=None).status != 200:
        visitor.log_in(username, house.PASSWORD)
    return visitor


def kept_forms(app, office: dict[str, object], late: dict[str, dict]) -> dict[str, str]:
    """The keys of the kept forms by the endpoint that they were sent to; one for each, and no other."""
    with app.app_context():
        known = {(row.account_id, row.address): row.uid for row in db.session.scalars(select(Draft))}
        wanted = {endpoint: (house.get_user(PLACES[endpoint][0]).id, PLACES[endpoint][1].format(**office))
                  for endpoint in late}
    assert set(known) == set(wanted.values())
    return {endpoint: known[place] for endpoint, place in wanted.items()
            if endpoint not in ("intake.send", "late_entries.send")}


def pressed_with(endpoint: str, office: dict[str, object]) -> dict[str, str]:
    return {name: value.format(**office) for name, value in PRESSED.get(endpoint, {}).items()}


# One form -------------------------------------------------------------------------------------------------------

CONTACT = "form[action$='/contacts']"
NOTE = "打了三遍才通，说月底先给一半"


@pytest.fixture
def base(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        number = casework.bring(casework.make_case(who), "MEDIATING", who).number
        db.session.commit()
        return f"/cases/{number}"


def notes(app) -> list[str]:
    with app.app_context():
        return [row.note.body for row in db.session.scalars(select(Contact).order_by(Contact.id)) if row.note]


def test_a_form_sent_too_late_is_offered_opened_and_sent(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    lapse(app, "mediator")
    assert visitor.submit(page, CONTACT, 302, note=NOTE, happened_on="今天").location == "/login"
    app.config["MEDIATION"]["TODAY"] = "2026-11-19"
    other = client("colleague")
    assert "没有存上" not in other.get("/").text
    visitor.log_in("mediator", house.PASSWORD)
    desk = visitor.get("/")
    assert "登录到期，没有存上：联系或调解" in desk.text and base.removeprefix("/cases/") in desk.text
    link = desk.soup.select_one("a[href^='/drafts/']")["href"]
    for stranger in (other, client("mediator2")):
        stranger.get(link, status=404)
        stranger.post(f"{link}/drop", status=404)
    opened = visitor.get(link)
    assert "还没有存" in opened.text and notes(app) == []
    values = opened.form(CONTACT)[1]
    assert (values["note"], values["happened_on"]) == (NOTE, "2026-11-18")
    assert values["submit_token"] != page.form(CONTACT)[1]["submit_token"]
    visitor.submit(opened, CONTACT)
    assert notes(app) == [NOTE]
    assert "没有存上" not in visitor.get("/").text
    visitor.get(link, status=404)


def test_an_opened_form_that_is_late_again_is_one_form(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    for words in (NOTE, NOTE + "，再打"):
        lapse(app, "mediator")
        visitor.submit(page, CONTACT, 302, note=words)
        visitor.log_in("mediator", house.PASSWORD)
        links = {link["href"] for link in visitor.get("/").soup.select("a[href^='/drafts/']")}
        assert len(links) == 1
        page = visitor.get(links.pop())
    assert page.form(CONTACT)[1]["note"] == NOTE + "，再打"
    visitor.submit(visitor.get("/"), "form[action$='/drop']")
    assert "没有存上" not in visitor.get("/").text and notes(app) == []


def test_nothing_is_kept_of_a_log_in_that_was_ended_or_of_passwords(app, client, base):
    visitor = client("mediator")
    page, password = visitor.get(f"{base}/contacts"), visitor.get("/password")
    lapse(app, "mediator")
    visitor.submit(password, "form[action='/password']", 302, current="a", new="b", again="b")
    visitor.log_in("mediator", house.PASSWORD)
    visitor.get("/")
    with app.app_context():
        db.session.execute(update(LoginSession).values(ended_at=datetime.now(UTC)))
        db.session.commit()
    visitor.raw.post(f"{base}/contacts", data={**page.form(CONTACT)[1], "csrf_token": visitor.token, "note": NOTE})
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def test_a_kept_form_whose_page_is_closed_still_shows_its_words(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    lapse(app, "mediator")
    visitor.submit(page, CONTACT, 302, note=NOTE)
    with app.app_context():
        db.session.execute(update(Draft).values(address=f"{base}x/contacts"))
        db.session.commit()
    visitor.log_in("mediator", house.PASSWORD)
    link = visitor.get("/").soup.select_one("a[href^='/drafts/']")["href"]
    assert NOTE in visitor.get(link, status=410).text


def test_a_form_whose_case_is_out_of_reach_gives_its_words_back(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    with app.app_context():
        there = house.get_station("example-practice")
        db.session.execute(update(Case).values(station_id=there.id, union_id=there.union_id))
        db.session.commit()
    refused = visitor.submit(page, CONTACT, 404, note=NOTE)
    assert NOTE in refused.text and notes(app) == []


def test_a_form_older_than_the_log_in_is_shown_again_and_nothing_is_done(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    visitor.submit(page, "form[action='/logout']")
    visitor.log_in("mediator", house.PASSWORD)
    given = {**page.form(CONTACT)[1], "note": NOTE}
    again = visitor._open("POST", f"{base}/contacts", 422, False, data=given)
    assert "登录已换过" in again.text and notes(app) == []
    visitor.submit(again, CONTACT)
    assert notes(app) == [NOTE]


def test_a_form_taken_twice_says_so_where_the_words_differ(app, client, base):
    visitor = client("mediator")
    page = visitor.get(f"{base}/contacts")
    first = visitor.submit(page, CONTACT, note=NOTE)
    same = visitor.submit(page, CONTACT, note=NOTE)
    assert same.location == first.location and "已经收过" not in visitor.get(same.location).text
    other = visitor.submit(page, CONTACT, 422, note="别的话")
    assert "已经收过" in other.text and other.form(CONTACT)[1]["note"] == "别的话" and notes(app) == [NOTE]
    visitor.submit(other, CONTACT)
    assert notes(app) == [NOTE, "别的话"]


def test_a_form_without_a_version_leads_to_its_first_answer_and_says_so(app, client):
    visitor = client("mediator")
    page, form = visitor.get("/prevention"), "form[action='/inquiries']"
    visitor.submit(page, form, question="怎么办")
    answer = visitor.submit(page, form, question="还能怎么办")
    assert "已经收过" in visitor.get(answer.location).text
    with app.app_context():
        assert db.session.scalars(select(Inquiry.question)).all() == ["怎么办"]
