"""What is changed behind the journal's back is found: opinions, letters of bodies, letters to employers, inquiries."""
from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from mediation import vault
from mediation.extensions import db
from mediation.models import Agency, Case, Event, Party
from mediation.queries.house import canonical, checks, digests
from mediation.services import journal, records
from mediation.services.bodies import consultations, coordination
from mediation.services.house import accounts
from mediation.services.people import employers
from mediation.services.prevention import supervision_letters
from tests import casework, house

pytestmark = pytest.mark.postgresql

CHANGES = {
    "agenda": "UPDATE consultation SET agenda = 'x'",
    "conclusion": "UPDATE consultation SET conclusion = 'x'",
    "opinion": "UPDATE consultation_opinion SET opinion = 'x'",
    "entered for": "UPDATE consultation_opinion SET is_entered_for = NOT is_entered_for",
    "answer": "UPDATE commission SET result = 'x'",
    "ground": "UPDATE commission SET legal_basis = 'x'",
    "letter": "UPDATE letter SET demand = 'x'",
    "letter's reply": "UPDATE letter SET reply = 'x'",
    "inquiry": "UPDATE inquiry SET answer = 'x'",
    "inquiry gone": "DELETE FROM inquiry",
    "visit": "UPDATE activity SET people = 900",
    "lead": "UPDATE lead SET note = 'x'",
}


@pytest.fixture
def filled(actor) -> Case:
    """A case with a consultation and a letter, and one row of each kind beside it."""
    mediator, lead = actor("mediator"), actor("lead")
    case = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    hr = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
    row = consultations.call(case, consultations.Call([hr], mediator.today, "核欠薪"), mediator)
    consultations.enter_opinion(row, hr, consultations.Opinion("属实", way="phone"), mediator)
    consultations.hold(row, consultations.Minutes(mediator.today, "总包先付", {hr: consultations.Voice(True)}), mediator)
    sent = coordination.record(case, coordination.Request(hr, "task", "out", shared_parts=["summary"], legal_basis="同意"),
                               mediator)
    coordination.answer(case, sent.id, "已查", None, mediator)
    boss = employers.register({"name": "宏远劳务有限公司"}, mediator)
    letter = supervision_letters.send(boss, {"kind": "reminder", "facts": "欠薪", "demand": "付清", "basis": "条例"}, lead)
    supervision_letters.enter_reply(letter, "付了", None, None, lead)
    records.record("inquiry", {"way": "phone", "topic": "wages", "question": "怎么办", "answer": "来登记", "phone": "13847862213"},
                              mediator)
    records.record("activity", {"kind": "lecture", "title": "夜校", "people": 45}, mediator)
    records.record("lead", {"employer_told": "老魏", "source": "visit", "risk": "wages", "note": "两月没发"}, mediator)
    db.session.commit()
    return case


def test_nothing_is_found_where_nothing_was_changed(filled):
    assert digests.verify() == []


def drop_guard() -> None:
    db.session.execute(text("DROP TRIGGER keep_event_update" if db.engine.dialect.name == "sqlite" else
                            "DROP TRIGGER keep_event ON event"))


@pytest.mark.parametrize(("change", "place"), [
    ("UPDATE account SET role = 'supervisor' WHERE username = 'mediator2'", "account mediator2"),
    ("UPDATE account SET station_id = 1 WHERE username = 'auditor' OR username = 'mediator'", "account mediator"),
    ("UPDATE account SET confirmed_at = created.password_set_at, confirmed_by_id = created.id FROM account AS created "
     "WHERE account.username = 'forged' AND created.username = 'supervisor'", "account forged")])
def test_an_account_changed_behind_the_log_is_found(actor, change, place):
    accounts.create(actor("admin"), "forged", "新人", "supervisor", house.get_station("urad-middle"))
    db.session.commit()
    assert checks.run() == []
    db.session.execute(text(change))
    db.session.commit()
    assert [fault.place for fault in checks.run()] == [place]


def test_a_guard_that_is_gone_is_found(actor):
    drop_guard()
    db.session.commit()
    assert [fault.place for fault in checks.run()] == ["event"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_log_is_found(filled, change):
    db.session.execute(text(CHANGES[change]))
    db.session.commit()
    found = {finding.zh for finding in digests.verify()}
    assert found and found <= {"案件数据在记录之外被改过", "数据在记录之外被改过", "这一条不见了", "这一行不见了"}


def test_a_row_that_no_event_names_is_found(filled, actor):
    clerk = actor("mediator")
    values = {"union_id": clerk.union_id, "station_id": clerk.station_id, "made_by_id": clerk.user_id, "kind": "lecture",
              "done_on": clerk.today, "title": "没有的事"}
    db.session.add(canonical.BESIDE["activity"](**values))
    db.session.commit()
    [finding] = digests.verify()
    assert finding.zh == "这一条没有经过"


def age(case: Case) -> None:
    """The case's newest event and those beside as an older program wrote them."""
    head = db.session.scalar(select(Event).where(Event.stream == f"case:{case.number}").order_by(Event.seq.desc()).limit(1))
    old = {**json.loads(head.data), "digest": vault.current().digest(canonical.canonical_case(case, 1))}
    drop_guard()
    rewrite(head, old)
    for name in ("inquiry_recorded", "activity_recorded", "lead_recorded"):
        event = db.session.scalar(select(Event).where(Event.kind == name))
        rewrite(event, {key: value for key, value in json.loads(event.data).items() if key != "digest"})
    db.session.commit()


def rewrite(event: Event, data: dict) -> None:
    event.data = digests.journal.canonical(data)
    db.session.flush()


def rows_found() -> list[str]:
    return [finding.zh for finding in [*digests.verify_rows(), *digests.verify_beside()]]


def test_an_upgrade_brings_older_rows_under_the_digest_once(filled, actor):
    age(filled)
    assert rows_found() == []
    assert journal.rebase(actor("admin")) == 4
    db.session.commit()
    kinds = list(db.session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(4)))
    assert sorted(kinds) == ["rebased", "row_rebased", "row_rebased", "row_rebased"]
    assert rows_found() == [] and journal.rebase(actor("admin")) == 0
    db.session.execute(text(CHANGES["opinion"]))
    db.session.execute(text(CHANGES["lead"]))
    assert len(rows_found()) == 2


def test_an_upgrade_hides_no_change(filled, actor):
    age(filled)
    db.session.execute(text(CHANGES["answer"]))
    db.session.commit()
    journal.rebase(actor("admin"))
    assert "案件数据在记录之外被改过" in rows_found()


def test_what_hangs_on_a_digested_row_is_digested_or_says_why_not():
    covered = {model.__tablename__ for model in (*canonical.DIGESTED, *canonical.BESIDE.values())}
    silent = [str(key.parent) for table in db.metadata.sorted_tables if table.name not in covered
              for column in table.columns for key in column.foreign_keys
              if key.column.table.name in covered and not column.info.get("undigested")]
    assert silent == []


def test_a_column_of_a_later_version_stands_in_no_older_text(filled, monkeypatch):
    filled.pages = 40
    assert '"pages":40' in canonical.canonical_case(filled, 1)
    monkeypatch.setitem(Case.__table__.c.pages.info, "since", canonical.VERSION)
    assert '"pages":40' not in canonical.canonical_case(filled, 1)
    assert '"pages":40' in canonical.canonical_case(filled, canonical.VERSION)


def test_sealed_values_are_digested_in_plain_and_what_is_kept_beside_them_is_not():
    assert canonical.sealed_of(Party) == ("phone", "identity", "account")
    assert {"phone", "identity", "account"} <= set(canonical.FIELDS[Party])
    assert [name for name in canonical.FIELDS[Party] if name.endswith(("_sealed", "_index", "_tail"))] == []
