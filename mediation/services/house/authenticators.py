"""One-time codes at log-in (RFC 6238): setting a telephone up, checking a code, recovery codes, the reset."""
from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select

from mediation.extensions import db
from mediation.models import Authenticator, RecoveryCode, User
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal

LENGTH, STEP = 6, 30  # what every telephone's program takes: six figures, every half minute
SECRET_BYTES = 20
DRIFT = 1  # steps that a clock may be wrong, before and after
RECOVERY_CODES, RECOVERY_BYTES = 10, 10
WRONG = Text("验证码不对、已经用过，或者试得太多。等下一个码再试；总不对，就核对手机的时间",
             "The code is wrong or was used, or there were too many tries. Wait for the next one; if none works, set "
             "the telephone's clock right")
FIRST = Text("先开通，再输入手机上的码", "Begin the set-up first, then type the code of the telephone")
DEMANDED = Text("您的角色登录时必须用验证码，不能停用；换手机请重新开通",
                "Your role has to log in with a code; to change the telephone, set it up anew")


def confirmed(account_id: int) -> Authenticator | None:
    """The telephone whose codes the account logs in with."""
    return db.session.scalar(select(Authenticator).where(
        Authenticator.account_id == account_id, Authenticator.confirmed_at.is_not(None)).with_for_update())


def begun(account_id: int) -> Authenticator | None:
    """The telephone that the account is setting up."""
    return db.session.scalar(select(Authenticator).where(
        Authenticator.account_id == account_id, Authenticator.confirmed_at.is_(None)).order_by(Authenticator.id.desc()))


def recovery_left(account_id: int) -> int:
    return db.session.scalar(select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))) or 0


def address(row: Authenticator, username: str, organisation: str) -> str:
    """What the code to scan says."""
    return _generator(row).get_provisioning_uri(username, organisation)


def _generator(row: Authenticator) -> TOTP:
    return TOTP(base64.b32decode(row.secret), LENGTH, SHA1(), STEP)


def begin(row: User, actor: Actor) -> None:
    """A new secret, not yet in use: the codes of before go on until one of the new ones was typed."""
    db.session.execute(delete(Authenticator).where(
        Authenticator.account_id == row.id, Authenticator.confirmed_at.is_(None)))
    made = Authenticator(account_id=row.id, made_at=actor.now)
    made.secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    db.session.add(made)


def confirm(row: User, code: str, actor: Actor) -> list[str]:
    """The telephone shows the right code: from now on it is asked for. Gives the recovery codes, shown once."""
    made = begun(row.id)
    if made is None:
        raise Refused([Problem("code", FIRST)])
    if not _take(made, code, actor):
        raise Refused([Problem("code", WRONG)])
    _forget(row, but=made.id)
    made.confirmed_at = actor.now
    codes = [_recovery_code() for _n in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(account_id=row.id, code_hash=_hashed(code)) for code in codes)
    journal.record(actor, journal.HOUSE, "codes_begun", {"user": row.id})
    return codes


def check(row: User, code: str, actor: Actor) -> bool:
    """Whether ``code`` is the telephone's of this moment, or a recovery code; either works once."""
    known = confirmed(row.id)
    if known is None:
        return False
    return _take(known, code, actor) or _take_recovery(row, code, actor)


def _take(row: Authenticator, code: str, actor: Actor) -> bool:
    said = "".join(code.split())
    now = int(actor.now.timestamp()) // STEP
    generator = _generator(row)
    for step in range(now - DRIFT, now + DRIFT + 1):
        is_right = hmac.compare_digest(generator.generate(step * STEP), said.encode())
        if is_right and step > row.last_step:
            row.last_step = step
            return True
    return False


def _take_recovery(row: User, code: str, actor: Actor) -> bool:
    found = db.session.scalar(select(RecoveryCode).where(
        RecoveryCode.account_id == row.id, RecoveryCode.used_at.is_(None),
        RecoveryCode.code_hash == _hashed(code)).with_for_update())
    if found is None:
        return False
    found.used_at = actor.now
    db.session.flush()
    journal.record(actor, journal.HOUSE, "recovery_used", {"user": row.id, "left": recovery_left(row.id)})
    return True


def _recovery_code() -> str:
    said = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(said[at:at + 4] for at in range(0, len(said), 4))


def _hashed(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def end(row: User, is_demanded: bool, actor: Actor) -> None:
    """Log in without codes again, where the role may."""
    if is_demanded:
        raise Refused([Problem("", DEMANDED)])
    _forget(row)
    journal.record(actor, journal.HOUSE, "codes_ended", {"user": row.id})


def reset(row: User, actor: Actor) -> None:
    """Forget a lost telephone and its recovery codes; who has to use codes sets a new one up at the next log-in."""
    _forget(row)
    journal.record(actor, journal.HOUSE, "codes_reset", {"user": row.id})


def _forget(row: User, but: int = 0) -> None:
    db.session.execute(delete(Authenticator).where(Authenticator.account_id == row.id, Authenticator.id != but))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == row.id))
