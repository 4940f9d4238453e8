"""Log-in with a growing delay, sessions that end on the server, passwords, accounts made by two people."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mediation.extensions import db
from mediation.models import LoginAttempt, LoginSession, User
from mediation.rules.language import Refused
from mediation.services.desk import feeds
from mediation.services.house import accounts
from tests import house

pytestmark = pytest.mark.postgresql

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
LONG = timedelta(hours=10)


def guess(actor, password: str, minutes: float = 0, username: str = "mediator") -> bool:
    """Try to log in at noon plus some minutes; whether it worked."""
    somebody = accounts.actor_of(None, NOON + timedelta(minutes=minutes), house.TODAY, "zh", "192.0.2.7")
    try:
        accounts.authenticate(username, password, somebody)
    except Refused:
        return False
    finally:
        db.session.commit()
    return True


def test_right_password_opens_a_session(actor):
    assert guess(actor, house.PASSWORD)
    assert db.session.query(LoginSession).count() == 1


def test_wrong_unknown_and_held_back_say_the_same(inside):
    somebody = accounts.actor_of(None, NOON, house.TODAY, "zh", "192.0.2.7")
    said = set()
    for username in ("mediator", "nobody-of-this-name", *["mediator"] * 6):
        with pytest.raises(Refused) as refusal:
            accounts.authenticate(username, "wrong", somebody)
        db.session.commit()
        said.add(refusal.value.problems[0].text.zh)
    assert len(said) == 1


def test_five_failures_hold_even_the_right_password_back_and_the_wait_grows(actor):
    """R13: brute force."""
    for _ in range(5):
        assert not guess(actor, "wrong")
    assert not guess(actor, house.PASSWORD, minutes=0.5), "within the first minute"
    # That try was the sixth failure: now the wait is two minutes from it.
    assert not guess(actor, house.PASSWORD, minutes=2)
    assert guess(actor, house.PASSWORD, minutes=12)


def test_one_account_held_back_leaves_the_others_free(actor):
    for _ in range(6):
        guess(actor, "wrong")
    assert guess(actor, house.PASSWORD, username="lead")


def test_fifty_failures_from_one_address_hold_it_back(actor):
    for n in range(50):
        db.session.add(LoginAttempt(username=f"guess{n}", address="192.0.2.7", at=NOON))
    db.session.commit()
    assert not guess(actor, house.PASSWORD, minutes=0.5)


def test_ones_own_success_forgives_no_guesses_at_others(actor):
    """Somebody with an account guesses at many others and logs in properly in between."""
    for n in range(50):
        db.session.add(LoginAttempt(username=f"guess{n}", address="192.0.2.7", at=NOON))
    db.session.add(LoginAttempt(username="mediator", address="192.0.2.7", at=NOON + timedelta(seconds=1), is_success=True))
    db.session.commit()
    assert not guess(actor, house.PASSWORD, minutes=0.5, username="lead")


def test_guesses_sent_at_once_see_one_another(actor, monkeypatch):
    """R13: While the sixth guess is being compared, five others fail: even the right password is held back then."""
    slow = accounts.verify

    def compare(stored, password):
        for _ in range(5):
            db.session.add(LoginAttempt(username="mediator", address="192.0.2.7", at=NOON))
        db.session.commit()
        return slow(stored, password)
    monkeypatch.setattr(accounts, "verify", compare)
    assert not guess(actor, house.PASSWORD, minutes=0.5)


def test_a_one_time_password_ends_after_a_day(actor):
    """R10: no default account or password."""
    row = house.get_user("mediator")
    row.one_time_until_at = NOON + timedelta(hours=24)
    db.session.commit()
    assert not guess(actor, house.PASSWORD, minutes=24 * 60 + 1)


def test_a_one_time_password_works_once(actor):
    """R10: no default account or password."""
    row = house.get_user("mediator")
    accounts.reset_password(row, house.actor("admin", now=NOON))
    row.password_hash = accounts.hash_password(house.PASSWORD)
    db.session.commit()
    assert guess(actor, house.PASSWORD, minutes=1)
    assert not guess(actor, house.PASSWORD, minutes=2)


def test_sessions_end_idle_absolutely_and_at_log_out(actor):
    row, key = accounts.authenticate("mediator", house.PASSWORD,
                                     accounts.actor_of(None, NOON, house.TODAY, "zh", "192.0.2.7"))
    idle = timedelta(minutes=15)
    assert accounts.find_account(key, NOON + timedelta(minutes=14), idle, LONG).row.id == row.id
    assert accounts.find_account(key, NOON + timedelta(minutes=16), idle, LONG) is None
    assert accounts.find_account(key, NOON + timedelta(hours=11), timedelta(days=1), LONG) is None
    accounts.end_session(key, house.actor("mediator", now=NOON))
    assert accounts.find_account(key, NOON, idle, LONG) is None


def test_changing_the_password_ends_the_other_sessions_only(actor):
    """R16: new session id at log-in."""
    somebody = accounts.actor_of(None, NOON, house.TODAY, "zh", "192.0.2.7")
    row, here = accounts.authenticate("mediator", house.PASSWORD, somebody)
    db.session.commit()
    _row, elsewhere = accounts.authenticate("mediator", house.PASSWORD, somebody)
    db.session.commit()
    new = "夏天的海流图很凉快也很安静"
    accounts.change_password(row, house.PASSWORD, new, new, house.actor("mediator"), key=here)
    assert accounts.find_account(here, NOON, LONG, LONG) is not None
    assert accounts.find_account(elsewhere, NOON, LONG, LONG) is None


@pytest.mark.parametrize("password", ["short", "password12345", "mediator2026", "aaaaaaaaaaaaaaa", "Gonghe123456", "1" * 200])
def test_guessable_passwords_are_refused(actor, password):
    row = house.get_user("mediator")
    with pytest.raises(Refused) as refusal:
        accounts.change_password(row, house.PASSWORD, password, password, house.actor("mediator"))
    assert "new" in {p.field for p in refusal.value.problems}


def test_all_faults_of_a_password_change_are_said_at_once(actor):
    with pytest.raises(Refused) as refusal:
        accounts.change_password(house.get_user("mediator"), "wrong", "short", "other", house.actor("mediator"))
    assert {p.field for p in refusal.value.problems} == {"current", "new", "again"}


def test_nobody_confirms_himself_or_what_he_created(actor):
    admin = house.actor("admin")
    row, _secret = accounts.create(admin, "newcomer", "新人", "mediator", house.get_station("practice"))
    with pytest.raises(Refused):
        accounts.confirm(row, admin)
    accounts.confirm(row, house.actor("supervisor"))
    assert row.confirmed_by_id == house.get_user("supervisor").id


def test_a_disabled_account_is_out_at_once(actor):
    row, key = accounts.authenticate("mediator", house.PASSWORD,
                                     accounts.actor_of(None, NOON, house.TODAY, "zh", "192.0.2.7"))
    accounts.disable(row, "离职", house.actor("admin"))
    assert accounts.find_account(key, NOON, LONG, LONG) is None
    assert not guess(actor, house.PASSWORD)


def test_the_database_holds_neither_password_nor_key(actor):
    guess(actor, house.PASSWORD)
    stored = db.session.get(User, house.get_user("mediator").id).password_hash
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert house.PASSWORD not in stored


def failures(count: int, address: str, hours_ago: float = 0.0) -> None:
    for n in range(count):
        db.session.add(LoginAttempt(username="mediator", address=address or f"198.51.100.{n}",
                                    at=NOON - timedelta(hours=hours_ago)))
    db.session.commit()


def test_guesses_from_many_addresses_do_not_keep_the_owner_out_of_the_own_address(actor):
    assert guess(actor, house.PASSWORD, minutes=-60 * 24 * 3), "this address is the account's own since three days"
    failures(40, "")
    assert guess(actor, house.PASSWORD)


def test_guesses_from_many_addresses_hold_a_new_address_back(actor):
    failures(20, "")
    assert not guess(actor, house.PASSWORD, minutes=0.5)
    assert guess(actor, house.PASSWORD, minutes=5)


def test_four_failures_from_each_of_four_addresses_hold_nobody_back(actor):
    for n in range(4):
        failures(4, f"203.0.113.{n}")
    assert guess(actor, house.PASSWORD)


def test_a_reset_by_the_administrator_lifts_the_wait(actor):
    for _ in range(8):
        guess(actor, "wrong", minutes=-2)
    assert not guess(actor, house.PASSWORD, minutes=-1)
    row = house.get_user("mediator")
    secret = accounts.reset_password(row, house.actor("admin", now=NOON))
    db.session.commit()
    assert guess(actor, secret)


def test_the_last_administrator_is_neither_disabled_nor_given_another_role(actor):
    row = house.get_user("admin")
    boss = house.actor("supervisor")
    with pytest.raises(Refused, match="最后一个"):
        accounts.disable(row, "离职", boss)
    other, _secret = accounts.create(boss, "admin2", "新管理员", "admin", house.get_station("practice"))
    with pytest.raises(Refused, match="最后一个"):
        accounts.disable(row, "离职", boss)
    other.confirmed_at = NOON
    accounts.disable(row, "离职", boss)
    assert not row.is_active


@pytest.mark.parametrize("change", ["change", "reset", "disable"])
def test_a_calendar_feed_ends_with_the_password(actor, change):
    secret = feeds.create(house.actor("mediator"))
    db.session.commit()
    row, admin = house.get_user("mediator"), house.actor("admin")
    assert feeds.find_account(secret) is not None
    new = "夏天的海流图很凉快也很安静"
    if change == "change":
        accounts.change_password(row, house.PASSWORD, new, new, house.actor("mediator"))
    elif change == "reset":
        accounts.reset_password(row, admin)
    else:
        accounts.disable(row, "离职", admin)
    row.is_active = True
    db.session.flush()
    assert feeds.find_account(secret) is None


def test_a_password_of_the_stricter_profile_has_to_be_changed_after_ninety_days(actor):
    row = house.get_user("mediator")
    somebody = accounts.actor_of(None, NOON, house.TODAY, "zh", "192.0.2.7")
    for days, profile, must_change in ((89, "mlps", False), (91, "asvs", False), (91, "mlps", True)):
        row.password_set_at, row.must_change = NOON - timedelta(days=days), False
        db.session.commit()
        assert accounts.authenticate("mediator", house.PASSWORD, somebody, profile)[0].must_change is must_change


def test_own_log_ins_elsewhere_are_listed_and_ended(actor):
    keys = []
    for address in ("192.0.2.7", "192.0.2.8"):
        keys.append(accounts.authenticate("mediator", house.PASSWORD, accounts.actor_of(
            None, NOON, house.TODAY, "zh", address))[1])
        db.session.commit()
    account = accounts.find_account(keys[0], NOON, LONG, LONG)
    others = [one.address for one in accounts.live_sessions(account, NOON, LONG, LONG) if not one.is_own]
    assert others == ["192.0.2.8"]
    accounts.end_sessions(house.get_user("mediator"), house.actor("mediator"), but=keys[0])
    assert [one.is_own for one in accounts.live_sessions(account, NOON, LONG, LONG)] == [True]
