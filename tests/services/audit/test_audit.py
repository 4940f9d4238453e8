"""Findings of audits: noted, answered, sent back, closed; in the case's chain or the house's."""
import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Event, Note
from mediation.queries.audit import findings as queries
from mediation.queries.cases import history
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services.audit import findings
from mediation.services.cases.moves import Forbidden
from tests import casework, house

pytestmark = pytest.mark.postgresql


@pytest.fixture
def who(actor):
    return actor("mediator")


@pytest.fixture
def case(who):
    return casework.bring(casework.make_case(who), "MEDIATING", who)


def about(case, auditor):
    return queries.find_about(auditor, {"case": case.number})


def period_of(code, actor_):
    return queries.find_about(actor_, {"period": "2026-10", "station": code})


def test_the_whole_way_of_a_finding_about_a_case(case, actor):
    auditor, above = actor("auditor"), actor("supervisor")
    touched = case.touched_at
    row = findings.note(about(case, auditor), "dates", "受理日期早于收到日期", auditor.today, auditor)
    assert [r.id for r in queries.waiting(above)] == [row.id] and queries.waiting(auditor) == []
    findings.take(row, "answered", "登记时写错，已更正", above)
    assert queries.waiting(above) == [] and [r.id for r in queries.waiting(auditor)] == [row.id]
    findings.take(row, "returned", "更正没有附依据", auditor, auditor.today)
    findings.take(row, "answered", "依据已附", actor("lead"))
    findings.take(row, "closed", "已改正", auditor)
    assert (row.state, row.closed_on) == ("closed", auditor.today)
    assert [s.kind for s in row.steps] == ["noted", "answered", "returned", "answered", "closed"]
    assert case.touched_at == touched
    assert digests.verify() == []
    lines = history.page(case, frozenset({"journal.read"})).lines
    assert lines[0].notes == ("已改正",)
    assert "审计发现（案件·日期、期限），2026-11-18" not in lines[4].text.zh  # the day is said as people say it
    assert lines[4].text.zh.startswith("审计发现（案件·日期、期限），") and lines[4].notes == ("受理日期早于收到日期",)


def test_about_a_period_it_stands_in_the_chain_of_the_house(actor):
    auditor = actor("auditor")
    row = findings.note(period_of("urad-middle", auditor), "money", "十月到账少记一笔", auditor.today, auditor)
    event = db.session.scalar(select(Event).where(Event.kind == "finding_noted"))
    assert event.stream == f"house:{auditor.union_id}" and "十月到账" not in event.data
    findings.take(row, "answered", "已补记", actor("supervisor"))
    assert digests.verify() == []
    assert [r.id for r in queries.noted_about("period", "2026-10", house.get_station("urad-middle"))] == [row.id]
    db.session.execute(update(Note).where(Note.case_id.is_(None), Note.body == "已补记").values(body="没有补记"))
    assert [fault.en for fault in digests.verify()] == ["the text of a note was changed"]


def test_a_finding_changed_behind_the_journal_is_found(case, actor):
    auditor = actor("auditor")
    row = findings.note(about(case, auditor), "money", "少十元", auditor.today, auditor)
    row.state = "closed"
    db.session.flush()
    assert [fault.place for fault in digests.verify()] == [case.number]


def test_who_may_note_answer_and_close(case, actor):
    auditor = actor("auditor")
    for name in ("mediator", "lead", "supervisor"):
        with pytest.raises(Forbidden):
            findings.note(about(case, actor(name)), "money", "少十元", auditor.today, actor(name))
    row = findings.note(about(case, auditor), "money", "少十元", auditor.today, auditor)
    for name in ("mediator", "supervisor2", "auditor"):
        with pytest.raises(Forbidden):
            findings.take(row, "answered", "好", actor(name))
    with pytest.raises(Forbidden):
        findings.take(row, "closed", "好", actor("supervisor"))


def test_out_of_sight_there_is_nothing_to_write_about(case, actor):
    for name in ("mediator2", "supervisor2", "liaison", "admin"):
        assert queries.find_about(actor(name), {"case": case.number}) is None
        assert period_of("urad-middle", actor(name)) is None
    assert queries.find_about(actor("auditor"), {"case": case.number, "payment": "9"}) is None
    assert queries.find_about(actor("auditor"), {"period": "2026-10", "station": "nowhere"}) is None


def test_what_is_missing_is_said_at_its_field(case, actor):
    auditor = actor("auditor")
    with pytest.raises(Refused) as caught:
        findings.note(about(case, auditor), "nonsense", "", None, auditor)
    assert {p.field for p in caught.value.problems} == {"topic", "note", "due_on"}
    row = findings.note(about(case, auditor), "money", "少十元", auditor.today, auditor)
    findings.take(row, "closed", "查明无误", auditor)
    with pytest.raises(Refused):
        findings.take(row, "closed", "再了结", auditor)


@pytest.mark.parametrize("said", ["2026年10月", "2026-10", "２０２６年10月"])
def test_a_finding_about_a_period_is_found_however_the_period_was_written(actor, said):
    about = queries.find_about(actor("auditor"), {"period": said, "station": "urad-middle"})
    assert (about.subject, about.reference) == ("period", "2026-10")
