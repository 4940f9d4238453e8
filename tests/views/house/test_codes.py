"""One-time codes at log-in, and the password asked for again before rights, resets and full numbers."""
from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import func, select, update

from mediation.extensions import db
from mediation.models import AccessLog, Authenticator, Draft, Event, ExportRun, LoginSession, User
from mediation.services.house import authenticators
from mediation.views import guard
from tests import house

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
RESET = "form[action$='/password']"


def code_of(secret: str, at: datetime) -> str:
    """What a telephone shows at a time."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(at.timestamp())).decode()


@pytest.fixture
def clock(monkeypatch):
    """The server's clock, which the test moves on."""
    now = [datetime.now(UTC)]
    monkeypatch.setattr(guard, "now", lambda: now[0])

    def move(**by: float) -> datetime:
        now[0] += timedelta(**by)
        return now[0]
    return move


def set_up(visitor, at: datetime) -> tuple[str, list[str]]:
    """Set a telephone up on the own page; gives its secret and the recovery codes."""
    visitor.submit(visitor.get("/password/code"), "form[action$='/begin']")
    page = visitor.get("/password/code")
    secret = page.all(".secret output")[0]
    assert "<svg" in page.html
    shown = visitor.submit(page, "form[action='/password/code']", 200, code=code_of(secret, at))
    return secret, shown.all(".codes output")


def count(app, query) -> int:
    with app.app_context():
        return db.session.scalar(query)


def log_in(visitor, username: str, code: str, status: int = 303):
    """Through both pages."""
    answer = visitor.log_in(username, house.PASSWORD)
    assert answer.location.startswith("/login/code")
    return visitor.submit(visitor.get(answer.location), "main form", status, code=code)


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, for SHA-1, cut to six figures."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert code_of(secret, datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.settings(TOTP_ROLES="admin,supervisor")
def test_r15_a_role_with_codes_sets_up_a_telephone_and_logs_in_with_it(app, client, clock):
    """R15: codes for the roles of the setting; one use, one step of drift, recovery codes once, nothing readable."""
    visitor, start = client("admin"), clock()
    assert visitor.get("/admin/users", 302).location == "/password/code"
    secret, recovery = set_up(visitor, start)
    assert len(set(recovery)) == 10
    visitor.get("/admin/users")
    other = client()
    code = code_of(secret, clock(minutes=2))
    assert other.log_in("admin", house.PASSWORD).location == "/login/code?next=/"
    assert other.get("/admin/users", 302).location == "/login/code", "the password alone opens nothing"
    half = other.get("/login/code")
    assert half.all("nav") == []
    other.submit(half, "main form", 422, code=code_of(secret, clock() + timedelta(seconds=60)))
    assert other.submit(half, "main form", code=f"{code[:3]} {code[3:]}").location == "/"
    other.get("/admin/users")
    for used in (code, f" {code} ", code_of(secret, clock() - timedelta(seconds=60))):
        again = log_in(client(), "admin", used, 422)
        assert "用过" in again.text and "服务器时间" in again.text
    clock(hours=2)
    log_in(client(), "admin", recovery[0].upper())
    log_in(client(), "admin", recovery[0], 422)
    assert count(app, select(func.count()).where(Event.kind == "recovery_used")) == 1
    with app.app_context():
        row = db.session.scalars(select(Authenticator)).one()
        assert row.secret == secret and secret not in row.secret_sealed
    assert client("lead").get("/admin/users").status == 200, "the others need no code"


def test_wrong_codes_hold_the_account_back_as_wrong_passwords_do(app, client, clock):
    """R13: a right password between guesses at the code forgives none of them."""
    visitor = client("mediator")
    secret, _recovery = set_up(visitor, clock())
    clock(minutes=2)
    for _n in range(5):
        log_in(client(), "mediator", "000000", 422)
    clock(seconds=30)
    assert "账号或密码不对" in client().log_in("mediator", house.PASSWORD, 422).text
    log_in(client(), "mediator", code_of(secret, clock(hours=2)))
    assert count(app, select(func.count()).where(AccessLog.kind == "login_failed", AccessLog.detail == "code")) == 5


def test_a_lost_telephone_is_reset_by_the_administrator_only(app, client, clock):
    visitor = client("mediator")
    set_up(visitor, clock())
    with app.app_context():
        key = house.get_user("mediator").id
    assert "重设验证码" not in client("supervisor").get(f"/admin/users/{key}").text
    client("mediator2").post(f"/admin/users/{key}/code", status=403)
    admin = client("admin")
    admin.submit(admin.get(f"/admin/users/{key}"), "form[action$='/code']")
    assert visitor.get("/", 302).location.startswith("/login"), "its log-ins end"
    assert count(app, select(func.count()).where(Event.kind == "codes_reset")) == 1
    assert client().log_in("mediator", house.PASSWORD).location == "/"
    assert "没有开通验证码" in admin.post(f"/admin/users/{key}/code", status=422).text


@pytest.mark.settings(TOTP_ROLES="supervisor")
def test_who_must_use_codes_cannot_end_them_and_who_may_can(app, client, clock):
    visitor = client("supervisor")
    set_up(visitor, clock())
    assert "不能停用" in visitor.post("/password/code/end", status=422).text
    mediator = client("mediator")
    set_up(mediator, clock())
    mediator.submit(mediator.get("/password/code"), "form[action$='/end']")
    assert client().log_in("mediator", house.PASSWORD).location == "/"


def test_a_new_telephone_ends_the_old_one_once_it_is_confirmed(app, client, clock):
    visitor = client("mediator")
    old, recovery = set_up(visitor, clock())
    visitor.submit(visitor.get("/password/code"), "form[action$='/begin']")
    log_in(client(), "mediator", code_of(old, clock(minutes=2)))
    new, _recovery = set_up(visitor, clock(minutes=2))
    log_in(client(), "mediator", code_of(old, clock(minutes=2)), 422)
    log_in(client(), "mediator", recovery[0], 422)
    assert log_in(client(), "mediator", code_of(new, clock(minutes=1))).location == "/"


# The password once more


def grow_old(app) -> None:
    with app.app_context():
        db.session.execute(update(LoginSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=11)))
        db.session.commit()


def prove(visitor, address: str, password: str = house.PASSWORD, status: int = 303):
    return visitor.submit(visitor.get(address), "form[action^='/password/again']", status, password=password)


def test_r19_rights_are_changed_with_a_fresh_password_only(app, client):
    """R19: an old log-in is asked for its password; nothing is done, and what was typed comes back."""
    with app.app_context():
        key = house.get_user("colleague").id
    visitor = client("admin")
    page = visitor.get(f"/admin/users/{key}")
    grow_old(app)
    asked = visitor.submit(page, f"form[action='/admin/users/{key}']", name="李同事改名", role="lead")
    assert asked.location.startswith("/password/again?next=/drafts/")
    with app.app_context():
        assert house.get_user("colleague").name == "李同事"
    wrong = prove(visitor, asked.location, "不是这个密码呀", 422)
    assert "密码不对" in wrong.text
    opened = visitor.get(prove(visitor, asked.location).location)
    values = opened.form(f"form[action='/admin/users/{key}']")[1]
    assert (values["name"], values["role"]) == ("李同事改名", "lead")
    visitor.submit(opened, f"form[action='/admin/users/{key}']")
    with app.app_context():
        assert (house.get_user("colleague").name, house.get_user("colleague").role) == ("李同事改名", "lead")
        assert db.session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("act", ["password", "disable", "enable", "confirm", "code"])
def test_resets_and_the_like_wait_for_the_password(app, client, act):
    with app.app_context():
        key, before = house.get_user("colleague").id, house.get_user("colleague").password_hash
    visitor = client("supervisor" if act == "confirm" else "admin")
    page = visitor.get(f"/admin/users/{key}")
    grow_old(app)
    asked = visitor.post(f"/admin/users/{key}/{act}", headers={"Referer": f"http://localhost{page.path}"})
    assert asked.location == f"/password/again?next=/admin/users/{key}"
    with app.app_context():
        row = db.session.get(User, key)
        assert row.is_active and row.password_hash == before
    assert prove(visitor, asked.location).location == f"/admin/users/{key}"


def test_full_numbers_leave_with_a_fresh_password_only(app, client):
    visitor = client("supervisor")
    page = visitor.get("/ledger/exports/ask?sheet=cases&form=csv")
    grow_old(app)
    asked = visitor.submit(page, "main form[action^='/ledger/exports/ask']", reason="法院调卷核对身份")
    assert count(app, select(func.count(ExportRun.id))) == 0
    opened = visitor.get(prove(visitor, asked.location).location)
    assert "法院调卷核对身份" in opened.html
    visitor.submit(opened, "main form[action^='/ledger/exports/ask']")
    run = count(app, select(ExportRun.id))
    grow_old(app)
    wanted = f"/ledger/exports/{run}/file"
    assert visitor.get(wanted, 302).location == f"/password/again?next={wanted}"


@pytest.mark.postgresql
@pytest.mark.parametrize("address, form, words", [
    ("/password/again?next=//elsewhere.example", "form[action^='/password/again']",
     lambda said: {"password": said}),
    ("/password", "form[action='/password']",
     lambda said: {"current": said, "new": "夏天的海流图很凉快也很安静", "again": "夏天的海流图很凉快也很安静"})])
def test_r13_guesses_at_the_own_password_are_held_back_as_at_the_log_in(app, client, clock, address, form, words):
    """R13: a stolen log-in guesses no faster than a stranger, wherever the password is asked for."""
    visitor = client("admin")
    page = visitor.get(address)
    assert "elsewhere" not in page.form(form)[0], "leads nowhere else"
    for _n in range(5):
        assert "试得太多" in visitor.submit(page, form, 422, **words("不是这个密码呀")).text
    clock(seconds=30)
    visitor.submit(page, form, 422, **words(house.PASSWORD))
    assert count(app, select(func.count()).where(AccessLog.kind == "login_locked", AccessLog.detail == "proof")) == 1
    assert "账号或密码不对" in client().log_in("admin", house.PASSWORD, 422).text, "and the page of the log-in counts them"
    clock(minutes=11)
    visitor.submit(visitor.get(address), form, **words(house.PASSWORD))


def test_a_code_that_another_request_took_first_is_refused(actor):
    """Both halves of a log-in with the same code at once: the second finds it used."""
    row = house.get_user("mediator")
    who = house.actor("mediator", now=NOON)
    authenticators.begin(row, who)
    secret = authenticators.begun(row.id).secret
    authenticators.confirm(row, code_of(secret, NOON), who)
    later = house.actor("mediator", now=NOON + timedelta(minutes=1))
    assert authenticators.check(row, code_of(secret, later.now), later)
    assert not authenticators.check(row, code_of(secret, later.now), later)
