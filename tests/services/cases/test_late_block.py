"""Many late entries at once store what the one-by-one way stores: rows, hints, digest, index, numbers, event."""
from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event, SearchGram, SearchText
from mediation.queries.house import canonical, checks, digests
from mediation.rules.cases.intake import ClaimLine, Respondent
from mediation.rules.cases.late_entry import Agreed, Late, Paid
from mediation.rules.language import Refused
from mediation.rules.people.list_cells import Row
from mediation.services.cases import intake, late_block
from mediation.services.cases.intake import Origin
from tests import house

pytestmark = pytest.mark.postgresql

MARCH = date(2025, 3, 4)
FULL = Late(
    name="谭某", headcount=27, phone="13847862200", identity="11010519491231002X", received_on=date(2025, 3, 1),
    source="walk_in", respondents=[Respondent("城南工地李老板"), Respondent("阿拉塔公司", name="阿拉塔煤业有限公司", part="employer")],
    claims=[ClaimLine("wages", 40_000_000, "about", "40余万"), ClaimLine("severance", None)], state="PERFORMING",
    outcome="AGREED", narrative="欠薪三个月", as_told={"headcount": "约27人"}, flags=["rural"],
    dates={"accepted_on": MARCH, "concluded_on": date(2025, 3, 20)}, external_number="综治2025-17",
    agreed=Agreed(30_000_000, "约30万", None, "春节前", terms="分两次付"),
    paid=(Paid(10_000_000, None, "2025年春"), Paid(5_000_000, date(2025, 5, 6), proof="said", payer_name="总包")))
ENTRIES = {
    "all that may be known": FULL,
    "nothing but the outcome": Late(outcome="FAILED"),
    "alone, with words for a number of people": Late(name="巴特尔", outcome="WITHDRAWN", as_told={"headcount": "几人"}),
    "an agreement without a sum": replace(FULL, agreed=Agreed(None), paid=(), headcount=1, state="CLOSED"),
    "merged away, with nobody left": Late(name="巴特尔", outcome="DUPLICATE", headcount=0),
    "open": Late(name="苏布德", state="MEDIATING", received_on=MARCH, claims=[ClaimLine("wages", 100)]),
}


def stored(case: Case) -> dict[str, object]:
    """Everything that is stored of a case, without what must differ: ids, numbers, the kind of the event."""
    text = canonical.canonical_case(case)
    for key, sign in ((case.number, "NUMBER"), (case.printed_number, "PRINTED")):
        text = text.replace(key, sign) if key else text
    lines = [line.split(":", 2) for line in text.split("\n")[1:]]
    seen: dict[str, int] = {}
    rows = []
    for table, key, values in lines:
        told = json.loads(values)
        seen[key] = len(seen)
        rows.append((table, {name: value for name, value in told.items() if not name.endswith("_id")},
                     sorted(name for name in told if name.endswith("_id"))))
    event = db.session.scalars(select(Event).where(Event.stream == f"case:{case.number}")).one()
    body = db.session.get_one(SearchText, case.id).body.replace(case.number, "NUMBER")
    body = re.sub(r"\(2025\)\d号", "PRINTED", body)
    grams = db.session.scalars(select(SearchGram.gram).where(SearchGram.case_id == case.id)).all()
    hints = [getattr(case, name) for name in (
        "claimed_fen", "is_claim_about", "agreed_fen", "arrived_fen", "outstanding_fen", "unverified_fen", "next_due_on", "next_due_rule",
        "title", "respondent_title", "touched_at", "version")]
    tails = [(p.phone_tail, p.phone_index, p.identity_tail, p.identity_index) for p in case.parties]
    return {"rows": rows, "day": event.happened_on, "body": body, "tails": sorted(g for g in grams if g[0] == "#"),
            "hints": hints, "numbers": tails}


def faults() -> list[object]:
    """What both checkers find, but that the rows which these entries name belong to no import."""
    return [one for one in (*checks.run(), *digests.verify())
            if not one.place.startswith("import_row 3/") and "导入的行" not in one.zh]


@pytest.mark.parametrize("name", ENTRIES)
def test_both_ways_store_the_same(actor, name):
    lead = actor("lead")
    one = intake.late_enter(lead, ENTRIES[name], Origin(3, 9))
    db.session.flush()
    [key] = late_block.enter_all(lead, [(ENTRIES[name], Origin(3, 9))])
    other = db.session.get_one(Case, key)
    assert stored(other) == stored(one)
    assert other.number == f"urad-middle-{one.number[12:16]}-0002"


def test_a_block_passes_every_check(actor):
    lead = actor("lead")
    entries = [(facts, Origin(3, n)) for n, facts in enumerate(ENTRIES.values())]
    keys = late_block.enter_all(lead, entries)
    db.session.flush()
    assert len(set(keys)) == len(ENTRIES)
    assert faults() == []


def test_a_list_of_people_goes_the_usual_way_in_its_order(actor):
    lead = actor("lead")
    listed = replace(FULL, roster=(Row(1, "甲 1元", "甲", 100), Row(2, "乙 2元", "乙", 200)), headcount=3, agreed=None,
                     paid=(), outcome="FAILED", state="CLOSED")
    assert not late_block.is_plain(listed)
    keys = late_block.enter_all(lead, [(listed, Origin(3, 1)), (FULL, Origin(3, 2))])
    assert [db.session.get_one(Case, key).headcount for key in keys] == [3, 27]


def test_one_bad_entry_stops_the_block(actor):
    lead = actor("lead")
    with pytest.raises(Refused):
        late_block.enter_all(lead, [(FULL, Origin(3, 1)), (replace(FULL, source="x"), Origin(3, 2))])
    db.session.rollback()
    assert db.session.scalars(select(Case)).all() == []


def test_numbers_run_on_without_a_gap(actor):
    lead = actor("lead")
    intake.late_enter(lead, FULL)
    late_block.enter_all(lead, [(FULL, Origin(3, n)) for n in range(3)])
    last = intake.late_enter(lead, FULL)
    assert (last.number, last.printed_number) == ("urad-middle-2025-0005", "乌中工调〔2025〕5号")
    assert house.get_station("urad-middle").id == last.union_id


def test_a_block_made_ahead_is_made_anew_where_somebody_registered_in_between(actor):
    lead = actor("lead")
    ahead = late_block.Block(lead, [(FULL, Origin(3, 1)), (FULL, Origin(3, 2))])
    ahead.make_ahead()
    intake.late_enter(lead, FULL)
    db.session.flush()
    found = [db.session.get_one(Case, key) for key in ahead.store()]
    assert [case.number[-4:] for case in found] == ["0002", "0003"]
    assert [case.printed_number for case in found] == ["乌中工调〔2025〕2号", "乌中工调〔2025〕3号"]
    assert faults() == []


def test_a_block_that_leaves_room_is_stored_as_it_was_made_though_others_register_in_between(actor):
    lead = actor("lead")
    older = replace(FULL, received_on=date(2024, 3, 1), dates={"accepted_on": date(2024, 3, 4)})
    ahead = late_block.Block(lead, [(older, Origin(3, 1)), (older, Origin(3, 2))])
    ahead.make_ahead(room=100)
    between = intake.late_enter(lead, FULL)
    db.session.flush()
    assert ahead.fits()
    found = [db.session.get_one(Case, key) for key in ahead.store()]
    assert [case.number[-9:] for case in found] == ["2024-0001", "2024-0002"]
    assert db.session.connection().dialect.name != "sqlite" or found[0].id == between.id + 100
    assert intake.late_enter(lead, FULL).id > found[-1].id
    assert faults() == []
