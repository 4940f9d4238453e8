"""The catalogue of papers against law.md 3.6: what must exist at which step, and how the checklist counts."""
import pytest

from mediation.rules.language import Text
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers.catalogue import PAPERS, Facts, Found, checklist, missing

SIGNERS = {"applicant", "respondent", "agent", "payee", "mediator", "recorder", "workers", "seal", "receiver", "server",
           "bodies", "chair"}


def needs(**facts) -> dict[str, tuple[str, int]]:
    return {line.paper.key: (line.need, line.copies) for line in checklist(Facts(**facts), {})}


def musts(**facts) -> set[str]:
    return {key for key, (need, _copies) in needs(**facts).items() if need == "must"}


def test_every_row_stands_on_a_step_a_condition_and_a_source():
    for key, paper in PAPERS.items():
        assert key == paper.key and len(key) <= 20
        assert paper.step in papers.STEPS
        assert paper.when in papers.NEEDED
        assert set(paper.signs) <= SIGNERS
        assert paper.confidence in ("H", "M", "L")
        assert paper.article.zh and paper.article.en
    assert {paper.when for paper in PAPERS.values()} == set(papers.NEEDED)
    assert set(papers.PRINTABLE) > papers.NOTICES


@pytest.mark.parametrize(("way", "wanted", "other"), [("oral", "oral_note", "application"),
                                                      ("written", "application", "oral_note")])
def test_the_request_is_a_note_or_a_letter(way, wanted, other):
    found = musts(way=way)
    assert wanted in found and other not in found
    assert {"identity", "respondent_info", "receipt"} <= found
    assert papers.registration(way) == (wanted, "rights_notice", "receipt")


def test_a_fresh_case_needs_nothing_of_the_later_steps():
    assert {PAPERS[key].step for key in musts()} == {"register"}


def test_acceptance_and_court_cases():
    assert "acceptance" in musts(is_accepted=True)
    assert needs(is_accepted=True)["address"] == ("may", 1)
    assert {"address", "letter"} <= musts(channel="E", is_accepted=True)


def test_a_no_is_told_in_writing():
    for outcome in ("NOT_ACCEPTED", "REFUSED_BY_PARTY", "UNREACHABLE"):
        assert "declined" in musts(outcome=outcome)
    for outcome in ("FAILED", "WITHDRAWN", "TO_COURT"):
        assert "termination" in musts(outcome=outcome)
    assert not {"declined", "termination"} & musts(outcome="AGREED")


def test_an_oral_agreement_has_its_record_in_the_place_of_the_paper():
    found = needs(channel="B", outcome="AGREED", has_agreement=True, agreement_form="oral")
    assert found["oral_agreement"] == ("must", 1) and "agreement" not in found
    assert "oral_agreement" not in needs(outcome="AGREED", has_agreement=True, agreement_form="written")


def test_requests_after_an_agreement_belong_in_the_volume_once_they_were_made():
    before = needs(outcome="AGREED", has_agreement=True)
    assert {before[key] for key in ("review_request", "confirm_request", "order_request")} == {("may", 1)}
    assert "confirm_request" in musts(outcome="AGREED", has_agreement=True, procedures=frozenset({"jud_confirm"}))
    assert "review_request" not in needs()


def test_everyone_turned_away_may_have_a_transfer_note():
    for outcome in ("NOT_ACCEPTED", "REFUSED_BY_PARTY", "UNREACHABLE", "FAILED", "TO_INSPECTION"):
        assert needs(outcome=outcome)["referral"] == ("may", 1)
    assert "referral" not in needs(outcome="AGREED", has_agreement=True)


def test_one_record_for_each_session_and_one_authority_for_each_agent():
    found = needs(hearings=3, agents=2)
    assert found["record"] == ("must", 3)
    assert found["authorisation"] == ("must", 2)


def test_a_group_elects_and_consents():
    assert {"delegates", "allocation"} <= musts(is_group=True, has_agreement=True, outcome="AGREED")
    assert "allocation" not in musts(has_agreement=True, outcome="AGREED")


def test_after_an_agreement_come_receipts_and_the_visit():
    assert not {"money_receipt", "visit_note"} & musts(outcome="AGREED", has_agreement=True)
    assert {"money_receipt", "visit_note"} <= musts(outcome="AGREED", has_agreement=True, has_money=True)
    assert {"report", "index"} <= musts(outcome="FAILED", is_open=False)


def test_a_court_paper_takes_the_place_of_the_agreement():
    assert "agreement" not in musts(outcome="AGREED", has_agreement=True, agreement_form="court", channel="F")


def test_a_late_entry_must_have_nothing():
    assert musts(is_late_entry=True, is_accepted=True, hearings=2, outcome="FAILED") == set()


def test_what_is_missing_is_counted():
    lines = checklist(Facts(agents=2, hearings=1), {
        "authorisation": Found(0), "oral_note": Found(1, (Text("签字", "signed"),)), "record": Found(1),
        "identity": Found(1), "respondent_info": Found(1), "receipt": Found(1)})
    assert [text.zh for text in missing(lines)] == ["授权委托书2份"]
    state = {line.paper.key: line.state for line in lines}
    assert state["oral_note"] == "have" and state["authorisation"] == "missing" and state["evidence"] == ""


def test_what_is_there_is_shown_even_where_nothing_is_needed():
    found = {line.paper.key for line in checklist(Facts(), {"termination": Found(1)})}
    assert "termination" in found


def test_every_condition_says_in_words_when_its_paper_must_be_there():
    assert papers.WHEN.keys() == papers.NEEDED.keys()
