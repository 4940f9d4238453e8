"""Side procedures open and closed by the law."""
from datetime import date

from mediation.rules.law.clocks import find_clock, run
from mediation.rules.law.routes import ROUTES, Situation, offers
from mediation.rules.law.ways import WAYS
from mediation.sheets import shipped_calendar

CALENDAR = shipped_calendar()
EFFECT = run("A", {"effective": [date(2026, 9, 10)]}, CALENDAR)


def situation(**more) -> Situation:
    return Situation(**{
        "on": date(2026, 9, 28), "heads": frozenset({"wages"}), "is_effective": True,
        "review": find_clock(EFFECT, "L8"), "confirmation": find_clock(EFFECT, "L10"), **more})


def closed(at: Situation) -> set[str]:
    return {offer.route.code for offer in offers(at) if not offer.is_open}


def test_after_an_agreement_on_wages():
    assert closed(situation()) == {"pay_order", "direct_suit", "procuratorate_clue"}
    assert closed(situation(overdue_fen=1)) == {"procuratorate_clue"}
    assert "pay_order" in closed(situation(overdue_fen=1, heads=frozenset({"relationship"})))
    assert "pay_order" in closed(situation(overdue_fen=1, can_serve=False))


def test_windows_close_and_confirmation_excludes_review():
    assert "arb_review" in closed(situation(on=date(2026, 9, 29)))
    assert "jud_confirm" in closed(situation(on=date(2026, 10, 11)))
    assert "jud_confirm" not in closed(situation(on=date(2026, 10, 10)))
    assert "arb_review" in closed(situation(is_confirmed=True))
    assert {"arb_review", "jud_confirm"} <= closed(situation(review=None, confirmation=None))
    assert {"arb_review", "jud_confirm", "pay_order"} <= closed(situation(is_effective=False))


def test_civil_disputes_keep_confirmation_only():
    at = situation(way=WAYS["Z"], heads=frozenset({"service_fee"}))
    assert {"arb_review", "inspection"} <= closed(at)
    assert "jud_confirm" not in closed(at)


def test_the_clue_needs_an_order_and_the_figures():
    one = {"has_official_order": True, "unpaid_months": 3, "unpaid_fen": 500_000}
    assert "procuratorate_clue" not in closed(situation(**one))
    assert "procuratorate_clue" in closed(situation(**one | {"has_official_order": False}))
    assert "procuratorate_clue" in closed(situation(**one | {"unpaid_fen": 499_999}))
    assert "procuratorate_clue" not in closed(situation(has_official_order=True, workers=10, unpaid_fen=3_000_000))
    assert "procuratorate_clue" in closed(situation(has_official_order=True, workers=9, unpaid_fen=3_000_000))


def test_legal_aid_is_urgent_under_seven_days():
    aid = {offer.route.code: offer for offer in offers(situation(bar_due=date(2026, 10, 4)))}["legal_aid"]
    assert aid.is_open and aid.is_urgent
    assert not any(offer.is_urgent for offer in offers(situation(bar_due=date(2026, 10, 5))))


def test_every_route_has_words_and_article():
    for route in ROUTES.values():
        assert route.zh and route.en and route.note.en and route.article.zh
