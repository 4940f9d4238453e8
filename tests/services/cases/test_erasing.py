"""销毁: proposed when the time is over, decided by a second person, and nothing personal left anywhere."""
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, Text, delete, select, text, update

from mediation.extensions import close_engines, db
from mediation.models import Attachment, Case, Draft, Erasure, Event, Finding, Note, Party, SearchText, SearchWords
from mediation.queries.cases import erasing as queries
from mediation.queries.house import canonical, checks, digests
from mediation.rules.cases import erasing as rules
from mediation.rules.language import Refused
from mediation.services.audit import findings
from mediation.services.cases import drafts, erasing, moves, search, sessions
from mediation.services.figures import closings
from mediation.services.papers import files
from tests import casework, house, ledgers

CANARY = "金丝雀乌云其其格"
LATER = date(2038, 3, 1)  # kept for ten years from 1 January 2027
SCAN = b"%PDF-1.4 " + CANARY.encode()


def later(username: str, today: date = LATER):
    return house.actor(username, today=today)


@pytest.fixture
def case(actor, inside) -> Case:
    """A closed case with rows of many kinds, and its year closed."""
    who = house.actor("mediator")
    row = casework.make_case(who, 2, narrative=f"{CANARY}在工地干活")
    row.parties[0].name, row.parties[0].phone = CANARY, "13847862200"
    casework.bring(row, "MEDIATING", who)
    sessions.hold(row, sessions.Held(who.today, "face", "09:30", "调解室", [row.parties[0].id], said=f"{CANARY}说了"), who)
    files.add(row, f"{CANARY}.pdf", SCAN, Path(inside.config["MEDIATION"]["INSTANCE"]), who)
    for key in ("fail", "notify", "close"):
        casework.step(row, key, who)
    closings.close(house.get_station("urad-middle"), "2026", later("supervisor"))
    db.session.commit()
    return row


def said(refusal: Refused) -> str:
    return "；".join(problem.text.zh for problem in refusal.problems)


def against(case: Case, who) -> str:
    with pytest.raises(Refused) as refusal:
        erasing.propose(case, "鉴定到期", who)
    db.session.rollback()
    return said(refusal.value)


def erase(case: Case) -> list[str]:
    row = erasing.propose(case, f"鉴定到期：{CANARY}", later("lead"))
    gone = erasing.approve(row, later("supervisor")).files
    db.session.commit()
    return gone


def mark_all(case: Case) -> None:
    """The canary in every column of words that goes, whatever it means."""
    for model, row in queries.rows_of([case]):
        kept = rules.KEPT[model.__tablename__]
        words = {name: CANARY[:column.type.length or 99] for name, column in model.__mapper__.columns.items()
                 if isinstance(column.type, (String, Text)) and not isinstance(column.type, JSON) and name not in kept
                 and not column.primary_key and not column.foreign_keys and "sealed" not in name
                 and name not in ("stored_name", "sha256", "kept")}
        if words:
            db.session.execute(update(model).where(model.id == row.id).values(words))
    db.session.expire_all()


def test_every_table_of_a_case_says_which_words_stay():
    """R45: a new table or column of words goes, until somebody has decided what of it stays."""
    told = {model.__tablename__: model for model in (*canonical.DIGESTED, *queries.BESIDE.values())}
    assert set(rules.KEPT) == set(told)
    for table, names in rules.KEPT.items():
        assert names <= set(told[table].__mapper__.columns.keys()), table


def test_what_is_personal_is_gone_from_every_table_and_file_and_the_tombstone_verifies(case, inside):
    """R45, R46: the word stands in no table, no index, no draft, no file and no byte of the database; check and verify
    are content afterwards; sums and days stay."""
    instance = Path(inside.config["MEDIATION"]["INSTANCE"])
    drafts.save(house.actor("mediator"), "form:x", [("note", CANARY)], f"/cases/{case.number}/contacts")
    search.keep_words(CANARY, house.actor("mediator"))
    mark_all(case)
    before = (case.number, case.closed_on, case.outcome, case.claimed_fen)
    for name in erase(case):
        files.remove(name, instance)
    assert digests.verify() == [] and checks.run() == []
    db.session.refresh(case)
    assert (case.number, case.closed_on, case.outcome, case.claimed_fen) == before and case.erased_on == LATER
    assert {party.name for party in db.session.scalars(select(Party))} == {rules.GONE}
    assert [row.body for row in db.session.scalars(select(Note).where(Note.body != ""))] == []
    assert db.session.scalars(select(Draft)).all() == db.session.scalars(select(SearchWords)).all() == []
    assert CANARY not in db.session.scalars(select(SearchText.body)).one()
    reasons = {row.data for row in db.session.scalars(select(Event))}
    assert not any(CANARY in data for data in reasons)
    assert list((instance / files.FOLDER).iterdir()) == []
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        close_engines()
        kept = [path for path in instance.iterdir() if path.is_file() and path.name.startswith("gonghe")]
        assert kept and not any(CANARY.encode() in path.read_bytes() for path in kept)


def test_two_people_are_needed_and_the_second_finds_it_decided(case):
    row = erasing.propose(case, "鉴定到期", later("supervisor"))
    with pytest.raises(Refused) as refusal:
        erasing.approve(row, later("supervisor"))
    assert "第二个人" in said(refusal.value)
    erasing.reject(row, later("lead"))
    with pytest.raises(Refused) as refusal:
        erasing.approve(row, later("lead"))
    assert "已有人决定" in said(refusal.value) and case.erased_on is None


def test_nothing_is_erased_before_its_time_or_while_something_is_open(case):
    assert "2037-01-01起" in against(case, later("lead", date(2036, 12, 31)))
    case.retention = "permanent"
    assert "永久" in against(case, later("lead"))
    findings.note(findings.queries.about_case(case), "dates", "日期不对", LATER, later("auditor"))
    db.session.commit()
    assert "审计意见" in against(case, later("lead"))
    db.session.execute(update(Finding).values(closed_on=LATER))
    db.session.execute(text("DELETE FROM period_closing"))
    db.session.commit()
    assert "没有关账" in against(case, later("lead"))


def test_open_money_keeps_a_case(actor):
    who = house.actor("mediator")
    row = ledgers.agreed_case(who, [500000], who.today)
    row.closed_on, row.is_open = who.today, 0
    db.session.commit()
    assert "没有到账" in against(row, later("lead"))


def test_the_neighbour_neither_proposes_nor_decides(case):
    with pytest.raises(moves.Forbidden):
        erasing.propose(case, "鉴定到期", later("supervisor2"))
    row = erasing.propose(case, "鉴定到期", later("lead"))
    with pytest.raises(moves.Forbidden):
        erasing.approve(row, later("supervisor2"))


def test_an_erased_case_takes_nothing_more_and_a_blanked_note_elsewhere_is_found(case):
    erase(case)
    with pytest.raises(Refused) as refusal:
        moves.move(case, "log_contact", {"happened_on": LATER}, later("lead"))
    assert "已销毁" in said(refusal.value)
    other = casework.bring(casework.make_case(house.actor("mediator")), "MEDIATING", house.actor("mediator"))
    sessions.hold(other, sessions.Held(house.TODAY, "face", "09:30", "调解室", [other.parties[0].id], said="说了"),
                  house.actor("mediator"))
    db.session.commit()
    db.session.execute(update(Note).where(Note.case_id == other.id).values(body="", salt=""))
    db.session.commit()
    assert any("记录文字" in fault.zh for fault in digests.verify())


def test_the_list_names_what_is_due_and_what_waits(case):
    assert queries.due(later("lead", date(2036, 12, 31))) == []
    assert queries.due(later("lead")) == [case] and queries.due(later("supervisor2")) == []
    erasing.propose(case, "鉴定到期", later("lead"))
    db.session.flush()
    assert queries.due(later("lead")) == [] and len(queries.proposed(later("supervisor"))) == 1
    db.session.execute(delete(Erasure))
    assert db.session.scalars(select(Attachment)).one().name.endswith(".pdf")
