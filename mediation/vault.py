"""Keys of one installation: sealing of personal numbers, blind indexes, digests of rows.

AES-256-GCM with a random nonce; the additional data are table, column and row, so that a sealed value cannot be
moved to another row. Equality search goes through an HMAC under a second key: identity numbers are few enough to
be guessed, and the key is the protection. The keys live in a file of their own, outside database and backup.

The database keeps a check value of the keys that belong to it (services/house/keys.py). Keys that are missing, damaged
or another county's open no connection to it, so nothing can be read or written beside what the right ones sealed. New
ones are made for a new county alone.
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from flask import Flask, current_app

from mediation.rules.language import Text

FILE = "keys.json"
KEY_NAMES = ("seal", "index", "digest", "session")
KEY_BYTES = 32
PREFIX = "k1:"
LOOK = 1.0  # seconds between two looks whether the file of keys was changed
FORMER = "keys-before-*.json"  # beside it: keys that were changed, for copies of the database from before

_END = Text("请停止使用，把另外保存的那一份放回 instance 文件夹，再启动；什么都没有改动",
            "stop, put the copy that was kept apart into the instance folder, and start again; nothing was changed")
MISSING = Text("密钥文件 keys.json 不见了：{end}", "The key file keys.json is missing: {end}").fill(end=_END)
DAMAGED = Text("密钥文件 keys.json 是空的、不完整或读不出：{end}",
               "The key file keys.json is empty, cut short or cannot be read: {end}").fill(end=_END)
FOREIGN = Text("密钥文件 keys.json 不是这个数据库的：{end}",
               "The key file keys.json does not belong to this database: {end}").fill(end=_END)
BEFORE = Text("这个数据库是换密钥以前的，要用旧密钥 {name}：把备份和它（改名为 keys.json）放进一个空文件夹恢复；什么都没有改动",
              "This database is from before the keys were changed and needs the former ones, {name}: restore it in an"
              " empty folder with that file named keys.json; nothing was changed")
UNFIT = Text("密钥文件 keys.json 打不开这个数据库里的{n}处密文，不能登记为它的密钥：{end}",
             "The key file keys.json leaves {n} sealed values of this database closed and is not taken for it: {end}")
UNBOUND = Text("这个数据库还没有登记它的密钥：先运行 init", "This database does not know its keys yet: run init first")
UNOPENED = Text("有一个密文用现在的密钥打不开：数据被改过，或 keys.json 不是这个数据库的",
                "A sealed value cannot be opened with these keys: it was changed, or keys.json is another database's")


def unfit(closed: int) -> WrongKey:
    """The keys leave as many sealed values closed."""
    return WrongKey(UNFIT.fill(n=closed, end=_END))


class WrongKey(Exception):
    """The keys are not there, damaged or of another database; ``text`` is the one sentence that says so."""

    def __init__(self, text: Text):
        self.text = text
        super().__init__(text.zh)


class Vault:
    """The keys of one installation."""

    def __init__(self, keys: dict[str, Any], path: Path | None = None):
        self.path, self._looked, self._stamp = path, time.monotonic(), _stamp(path)
        self._take(keys)

    def _take(self, keys: dict[str, Any]) -> None:
        """``earlier``: while keys are being changed, those that still open what they sealed (services/house/rotation);
        ``replaced``: the check values of those that do no more; ``lasting``: the key of what cannot be made anew."""
        self.earlier: list[Vault] = [Vault(one) for one in keys.get("earlier", [])]
        self._replaced = frozenset(keys.get("replaced", ()))
        self._seal = AESGCM(bytes.fromhex(keys["seal"]))
        self._openers = [self._seal, *(one._seal for one in self.earlier)]
        self._index = bytes.fromhex(keys["index"])
        self._lasting = bytes.fromhex(keys.get("lasting", keys["index"]))
        self._digest = bytes.fromhex(keys["digest"])
        self.check = _check(keys)  # what the database knows of them
        self.checks = frozenset({self.check, *(one.check for one in self.earlier)})
        self.session_secret = keys["session"]
        self._files = AESGCM(hmac.digest(bytes.fromhex(keys["seal"]), b"gonghe files 1", "sha256"))

    def renew(self) -> bool:
        """Take the keys that the file holds now; whether they are others."""
        if self.path is None:
            return False
        self._looked, self._stamp = time.monotonic(), _stamp(self.path)
        try:
            found = read_file(self.path)
        except WrongKey:
            return False  # those that are known still open everything; the start and ``keys check`` say what is wrong
        if found.checks == self.checks:
            return False
        if not (found.checks | found._replaced) & self.checks:
            return False  # another county's, put there under a running server: it goes on with its own
        self.__dict__ |= {**found.__dict__, "path": self.path}
        return True

    def renew_if_changed(self) -> None:
        """The same, looked for once a second: another process may be changing the keys."""
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            if _stamp(self.path) != self._stamp:
                self.renew()

    def encrypt(self, value: str, place: str) -> str:
        """``value`` sealed for one place ('party.phone.<uid>')."""
        self.renew_if_changed()
        nonce = secrets.token_bytes(12)
        return PREFIX + (nonce + self._seal.encrypt(nonce, value.encode(), place.encode())).hex()

    def decrypt(self, sealed: str, place: str) -> str:
        for opener in self._openers:
            if (found := _open(opener, sealed, place)) is not None:
                return found
        if self.renew():
            return self.decrypt(sealed, place)
        raise WrongKey(UNOPENED)

    def file_cipher(self, check: str) -> AESGCM:
        """For files that leave the machine, by the check value of the keys that these are or hold besides."""
        return next((one._files for one in self.earlier if one.check == check), self._files)

    def is_current(self, sealed: str, place: str) -> bool:
        """Whether a value is sealed under the present key and no former one."""
        return _open(self._seal, sealed, place) is not None

    def blind(self, value: str, purpose: str) -> str:
        """Keyed hash of a normalised value for equality search; 32 hex digits."""
        return hmac.digest(self._index, f"{purpose}:{value}".encode(), "sha256").hex()[:32]

    def mark(self, value: str, purpose: str) -> str:
        """The same under a key that stays when the others are changed, for what nobody can make anew."""
        return hmac.digest(self._lasting, f"{purpose}:{value}".encode(), "sha256").hex()[:32]

    def digest(self, canonical: str) -> str:
        """HMAC-SHA-256 of the canonical form of a case's rows."""
        return hmac.digest(self._digest, canonical.encode(), "sha256").hex()

    def veil(self, number: int, purpose: str) -> str:
        """A number as a name for addresses: always the same, telling nothing, and none can be made without the keys
        (AES-SIV, RFC 5297); 32 characters."""
        return base64.urlsafe_b64encode(self._siv().encrypt(number.to_bytes(8), [purpose.encode()])).decode()

    def unveil(self, name: str, purpose: str) -> int | None:
        """The number behind such a name; None for one that these keys did not make."""
        try:
            return int.from_bytes(self._siv().decrypt(base64.urlsafe_b64decode(name), [purpose.encode()]))
        except (InvalidTag, ValueError):
            return None

    def _siv(self) -> AESSIV:
        return AESSIV(hmac.new(self._lasting, b"names in addresses", hashlib.sha512).digest())


def _open(opener: AESGCM, sealed: str, place: str) -> str | None:
    try:
        raw = bytes.fromhex(sealed.removeprefix(PREFIX))
        return opener.decrypt(raw[:12], raw[12:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def _check(keys: dict[str, str]) -> str:
    return hmac.new(bytes.fromhex(keys["seal"] + keys["index"] + keys["digest"]), b"gonghe keys 1",
                    hashlib.sha256).hexdigest()


def _stamp(path: Path | None) -> tuple[int, int]:
    """By which a changed file is known; (0, 0) where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        found = None
    return (found.st_mtime_ns, found.st_ino) if found else (0, 0)


def read_keys(folder: str | Path) -> Vault:
    """The keys of the instance folder; WrongKey when they are not there or not whole."""
    return read_file(Path(folder) / FILE)


def read_file(path: Path) -> Vault:
    """The keys of a file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WrongKey(MISSING) from error
    except (OSError, ValueError) as error:
        raise WrongKey(DAMAGED) from error
    earlier = told.get("earlier", []) if isinstance(told, dict) else None
    if not isinstance(earlier, list) or not all(
            isinstance(one, dict) and all(_is_whole(one.get(name)) for name in KEY_NAMES)
            and _is_whole(one.get("lasting", one["index"])) for one in (told, *earlier)):
        raise WrongKey(DAMAGED)
    return Vault(told, path)


def _is_whole(key: object) -> bool:
    try:
        return isinstance(key, str) and len(key) == 2 * KEY_BYTES and len(bytes.fromhex(key)) == KEY_BYTES
    except ValueError:
        return False


def make_keys(folder: str | Path) -> Vault:
    """The keys of a new county, with access for their owner only; those that are there already stay."""
    path = Path(folder) / FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {name: secrets.token_hex(KEY_BYTES) for name in KEY_NAMES}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(keys, file)
            file.flush()
            os.fsync(file.fileno())
    return read_keys(folder)


def install(app: Flask, folder: str | Path) -> None:
    """Give an application the keys of its folder, or the reason why it has none: then it says so and does nothing."""
    try:
        use(app, read_keys(folder))
    except WrongKey as fault:
        app.extensions["vault"] = fault
        app.config["SECRET_KEY"] = secrets.token_hex(KEY_BYTES)  # for nobody: without keys nobody logs in


def use(app: Flask, keys: Vault) -> None:
    app.extensions["vault"] = keys
    app.config["SECRET_KEY"] = keys.session_secret


def current() -> Vault:
    """The keys of the running application; WrongKey where it has none."""
    return of_app(current_app)


def of_app(app: Flask) -> Vault:
    known: Vault | WrongKey = app.extensions["vault"]
    if isinstance(known, WrongKey):
        raise WrongKey(known.text)
    known.renew_if_changed()
    return known


class Encrypted:
    """A personal number on a row with a ``uid``: set and read plainly, stored sealed.

    ``<name>_sealed`` holds the cipher text, ``<name>_index`` the blind index, ``<name>_tail`` the last characters.
    """

    PARTS = ("sealed", "index", "tail")

    def __init__(self, tail: int = 0):
        self.tail = tail

    def __set_name__(self, owner: Any, name: str) -> None:
        self.name = name
        self.place = f"{owner.__tablename__}.{name}"

    @overload
    def __get__(self, row: None, owner: type) -> Encrypted: ...

    @overload
    def __get__(self, row: object, owner: type) -> str: ...

    def __get__(self, row: Any, owner: type | None = None) -> Encrypted | str:
        if row is None:
            return self
        sealed = getattr(row, self.name + "_sealed")
        return self.unseal(row.uid, sealed) if sealed else ""

    def seal(self, uid: str, value: str) -> str:
        """A value as it is stored in the row of this uid."""
        return current().encrypt(value, f"{self.place}.{uid}")

    def unseal(self, uid: str, sealed: str) -> str:
        return current().decrypt(sealed, f"{self.place}.{uid}")

    def __set__(self, row: Any, value: str | None) -> None:
        if row.uid is None:
            row.uid = secrets.token_hex(8)
        setattr(row, self.name + "_sealed", self.seal(row.uid, value) if value else None)
        if hasattr(type(row), self.name + "_index"):
            setattr(row, self.name + "_index", current().blind(value, self.name) if value else None)
        if self.tail:
            setattr(row, self.name + "_tail", value[-self.tail:] if value else None)
