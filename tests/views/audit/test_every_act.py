"""Each kind of act that has to be on record, done once through the application, and its entry read: when, who, in which
role, at which site, from which address, at what, with which result, by which request. mediator2 is told none of it."""
from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mediation.cli.house import housekeeping
from mediation.cli.house.integrity import backup, restore
from mediation.extensions import db
from mediation.models import AccessLog, Agency, Case, Event
from mediation.queries.house import digests
from mediation.rules import journal
from tests import casework, house, imports
from tests.pages import PageClient

ADDRESS = "10.20.30.40"
PARTS = {"address", "request", "role", "site"}


class Office:
    """People at their browsers, cases to work on, and what came into the two logs with the last act."""

    def __init__(self, app, folder: Path) -> None:
        self.app, self.folder, self.people = app, folder, {}
        with app.app_context():
            who, lead = house.actor("mediator"), house.actor("lead")
            cases = [casework.bring(casework.make_case(who), state, who) for state in ("MEDIATING", "REGISTERED")]
            self.working, self.fresh = [case.number for case in cases]
            self.party, self.claim = cases[0].parties[0].id, cases[0].claims[0].id
            self.asked = casework.bring(casework.make_case(who), "ACCEPTED", who).number
            batch = imports.stage(lead, *imports.GOOD)
            imports.take(batch, lead)
            self.batch = batch.id
            self.user = {name: house.get_user(name).id for name in ("mediator", "colleague", "window")}
            self.court = db.session.scalars(select(Agency.id).where(Agency.code == "court")).one()
            db.session.commit()
            db.session.remove()
        self.seen = self._last()

    def __getitem__(self, username: str) -> PageClient:
        if username not in self.people:
            self.people[username] = self.stranger()
            self.people[username].enter(username)
        return self.people[username]

    def stranger(self) -> PageClient:
        made = PageClient(self.app)
        made.raw.environ_base["REMOTE_ADDR"] = ADDRESS
        return made

    def run(self, command, *words: str) -> None:
        done = self.app.test_cli_runner().invoke(command, words)
        assert done.exit_code == 0, done.output

    def _last(self) -> tuple[int, int]:
        with self.app.app_context():
            found = db.session.execute(select(
                select(func.coalesce(func.max(Event.id), 0)).scalar_subquery(),
                select(func.coalesce(func.max(AccessLog.id), 0)).scalar_subquery())).one()
            db.session.remove()
        return tuple(found)

    def news(self) -> tuple[list[Event], list[AccessLog]]:
        """The entries since this was asked last."""
        event, look = self.seen
        self.seen = self._last()
        with self.app.app_context():
            found = (db.session.scalars(select(Event).where(Event.id > event)).all(),
                     db.session.scalars(select(AccessLog).where(AccessLog.id > look)).all())
            db.session.expunge_all()
            db.session.remove()
        return found


@pytest.fixture
def office(app, instance) -> Office:
    return Office(app, instance[0])


def log_in(office: Office, username: str, password: str, status: int) -> None:
    office.stranger().log_in(username, password, status=status)


def guess(office: Office) -> None:
    for _n in range(6):
        log_in(office, "window", "wrong", 422)


def move(office: Office, username: str, number: str, key: str, **answers: object) -> None:
    page = office[username].get(f"/cases/{number}/moves/{key}")
    office[username].submit(page, f"form[action$='/moves/{key}']", **answers)


def register(office: Office) -> None:
    office["mediator"].submit(office["mediator"].get("/cases/new"), "form#intake", action="register", **{
        "name": "巴雅尔", "phone": "138 4786 9913", "respondents-0-told": "高老板，城北工地", "claims-0-head": "wages",
        "claims-0-amount": "800", "narrative": "六月的工钱没给。"})


def change_claim(office: Office) -> None:
    page = office["mediator"].get(f"/cases/{office.working}/claims/{office.claim}")
    office["mediator"].submit(page, f"form[action$='/claims/{office.claim}']", amount_fen="9000", reason="算错了")


def refer(office: Office) -> None:
    page = office["mediator"].get(f"/cases/{office.working}/coordination")
    asked = {"agency": office.court, "kind": "task", "purpose": "核实工程款", "shared_parts": ["summary"],
             "share_ground": "consent", "legal_basis": "申请人书面同意"}
    office["mediator"].submit(page, "form[action$='/coordination']", **{f"letter-{k}": v for k, v in asked.items()})


def recall(office: Office) -> None:
    page = office["mediator"].get(f"/cases/{office.working}/coordination")
    reason = page.soup.select_one("form[action$='/recall'] [name$=reason]")["name"]
    office["mediator"].submit(page, "form[action$='/recall']", **{reason: "不用了"})


def undo_import(office: Office) -> None:
    page = office["lead"].get(f"/import/{office.batch}")
    form = "form[action$='/undo']"
    office["lead"].submit(page, form, reason="导错了表")


def bring_register(office: Office) -> None:
    data, _sheet = imports.table(imports.BAD)
    office["lead"].submit(office["lead"].get("/import"), "form[action='/import']", file=(io.BytesIO(data), "另一本.csv"))


def change_right(office: Office) -> None:
    page = office["admin"].get(f"/admin/users/{office.user['colleague']}")
    office["admin"].submit(page, f"main form[action='/admin/users/{office.user['colleague']}']", role="lead")


def add_account(office: Office) -> None:
    page = office["admin"].get("/admin/users")
    with office.app.app_context():
        site = str(house.get_station("practice").id)
        db.session.remove()
    office["admin"].submit(page, "main form[action='/admin/users']", status=200, username="wulan", name="乌兰", role="mediator",
                           station=site)


def change_setting(office: Office) -> None:
    office["admin"].submit(office["admin"].get("/admin/settings"), "main form[action='/admin/settings']", value="周 0478-3")


# What is done; the kind of its entry, in the log of who looked or in the journal; who, and at what.
# '{…}' names a number of the office.
ACTS = (
    ("log-in", lambda o: log_in(o, "colleague", house.PASSWORD, 303), "login", "colleague", ""),
    ("log-in failed", lambda o: log_in(o, "colleague", "wrong", 422), "login_failed", "", "colleague"),
    ("log-in held back", guess, "login_locked", "", "window"),
    ("log-out", lambda o: o["mediator"].submit(o["mediator"].get("/"), "form[action='/logout']"), "logout", "mediator", ""),
    ("opening a case", lambda o: o["lead"].get(f"/cases/{o.working}"), "open", "lead", "{working}"),
    ("search by a person", lambda o: o["lead"].send("/cases/search", {"words": "巴特尔"}), "search", "lead", ""),
    ("revealing a number", lambda o: o["mediator"].post(f"/cases/{o.working}/reveal", {
        "party": o.party, "field": "phone", "reason": "call"}, status=200), "reveal", "mediator", "{working}"),
    ("registering", register, "registered", "mediator", ""),
    ("a change, old and new", change_claim, "claim_changed", "mediator", "{working}"),
    ("a state", lambda o: move(o, "mediator", o.fresh, "ask_consent", way="phone", answer="agrees"), "consent_asked",
     "mediator", "{fresh}"),
    ("assigning", lambda o: move(o, "lead", o.asked, "assign", mediator=o.user["mediator"]), "assigned", "lead", "{asked}"),
    ("referring", refer, "commission_recorded", "mediator", "{working}"),
    ("recalling", recall, "commission_recalled", "mediator", "{working}"),
    ("importing", bring_register, "import_staged", "lead", ""),
    ("voiding", undo_import, "voided", "lead", ""),
    ("exporting", lambda o: o["supervisor"].get("/ledger/cases.csv?period=2026").response.get_data(), "exported",
     "supervisor", ""),
    ("printing", lambda o: o["mediator"].get(f"/cases/{o.working}/papers/oral_note"), "print", "mediator", "{working}"),
    ("an account", add_account, "user_created", "admin", ""),
    ("a right", change_right, "user_changed", "admin", ""),
    ("a setting", change_setting, "setting_changed", "admin", ""),
    ("a password", lambda o: o["lead"].submit(o["lead"].get(f"/admin/users/{o.user['mediator']}"),
                                              "main form[action$=password]", status=200), "password_reset", "lead", ""),
    ("reading the log", lambda o: o["auditor"].get(f"/audit/looks?case={o.working}"), "log_read", "auditor", "{working}"),
    ("a refused access", lambda o: o["mediator2"].get(f"/cases/{o.working}", status=404), "refused", "mediator2", "{working}"),
    ("a jump of the clock", lambda o: housekeeping.look(o.app, 300.0), "clock_jumped", "server", ""),
    ("a backup", lambda o: o.run(backup, str(o.folder / "made.copy")), "backed_up", None, ""),
    ("a restore", lambda o: o.run(restore, str(o.folder / "made.copy"), "--yes"), "restored", None, ""),
)


@pytest.mark.settings
def test_r47_each_kind_of_act_leaves_one_entry_with_all_of_its_parts(app, office):
    """R47: time and offset, user, role, station, address, object, result, request number, of each kind once."""
    requests = []
    for what, act, kind, who, thing in ACTS:
        office["mediator"], office["lead"]
        office.news()
        act(office)
        if kind == "restored":  # the ids of the copy go on from where they were then
            office.seen = (0, 0)
        events, looks = office.news()
        thing = thing.format(**vars(office))
        if kind in journal.ACCESS_KINDS:
            [row] = [look for look in looks if look.kind == kind]
            requests.append(_looked(office, row, what, who, thing))
        else:
            rows = [event for event in events if event.kind == kind]
            assert rows if kind == "voided" else len(rows) == 1, f"{what}: {[event.kind for event in events]}"
            requests.append(_acted(office, rows[0], what, who, thing))
        if what == "log-out":
            del office.people["mediator"]
    assert len(set(requests)) == len(requests), "each request has a number of its own"
    with app.app_context():
        assert digests.verify() == []


def _looked(office: Office, row: AccessLog, what: str, who: str, thing: str) -> str:
    assert row.logged_at.utcoffset() is not None and row.address == ADDRESS and row.request_id, what
    assert thing in row.object if who else thing in row.object + row.detail, f"{what}: {row.object} {row.detail}"
    if who:  # nobody yet, before a log-in
        assert (_name(office, row.account_id), bool(row.role), bool(row.station_id)) == (who, True, True), what
    return row.request_id


def _acted(office: Office, row: Event, what: str, who: str | None, thing: str) -> str:
    assert row.entered_at.utcoffset() is not None, what
    fields = json.loads(row.data)
    told = fields[journal.WHENCE]
    if row.actor_id:
        assert (row.actor_label, told["address"], set(told)) == (who, ADDRESS, PARTS), what
        assert _name(office, row.actor_id) == who, what
    else:
        place = journal.SERVER if who else journal.CONSOLE
        assert row.actor_label and told["address"] == place and set(told) == PARTS - {"site"}, f"{what}: {told}"
    assert row.stream.endswith(thing), what
    if row.kind == "claim_changed":
        assert (fields["before_fen"], fields["amount_fen"]) == (1000000, 900000)
    return told["request"]


def _name(office: Office, key: int) -> str:
    with office.app.app_context():
        found = db.session.get_one(house.User, key).username
        db.session.remove()
    return found


def test_r47_an_auditor_reads_from_where_and_by_which_request(app, office):
    """R47: of a case in its history, of the house on its own page; who did it sees the history without."""
    change_claim(office)
    add_account(office)
    office["mediator2"].get("/audit/acts", status=403)
    page = office["auditor"].get(f"/cases/{office.working}/journal")
    said = page.all(".history li")[0]
    with app.app_context():
        rows = {kind: json.loads(db.session.scalars(select(Event.data).where(Event.kind == kind).order_by(
            Event.id.desc()).limit(1)).one())[journal.WHENCE]["request"] for kind in ("claim_changed", "user_created")}
        assert db.session.scalar(select(func.count()).select_from(Case))
        db.session.remove()
    assert "从 10.20.30.40" in said and "调解员 工会实践站" in said and rows["claim_changed"] in said
    assert ADDRESS not in office["mediator"].get(f"/cases/{office.working}/journal").text
    table = office["auditor"].get("/audit/acts").all("tbody tr")
    [line] = [line for line in table if rows["user_created"] in line]
    assert ADDRESS in line and "周管理" in line and "系统管理员" in line
    assert not [line for line in office["supervisor2"].get("/audit/acts").all("tbody tr") if "邻旗主席" not in line]
