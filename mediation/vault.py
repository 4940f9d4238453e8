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

_END = Text("请停止使用，把另外保存的那一份放回 instance 文件夹，再启动；什么都没有改动",
            "stop, put the copy that was kept apart into the instance folder, and start again; nothing was changed")
MISSING = Text("密钥文件 keys.json 不见了：{end}", "The key file keys.json is missing: {end}").fill(end=_END)
DAMAGED = Text("密钥文件 keys.json 是空的、不完整或读不出：{end}",
               "The key file keys.json is empty, cut short or cannot be read: {end}").fill(end=_END)
FOREIGN = Text("密钥文件 keys.json 不是这个数据库的：{end}",
               "The key file keys.json does not belong to this database: {end}").fill(end=_END)
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

    def __init__(self, keys: dict[str, str]):
        self._seal = AESGCM(bytes.fromhex(keys["seal"]))
        self._index = bytes.fromhex(keys["index"])
        self._digest = bytes.fromhex(keys["digest"])
        self.check = hmac.new(bytes.fromhex(keys["seal"] + keys["index"] + keys["digest"]), b"gonghe keys 1",
                              hashlib.sha256).hexdigest()  # what the database knows of them
        self.session_secret = keys["session"]

    def encrypt(self, value: str, place: str) -> str:
        """``value`` sealed for one place ('party.phone.<uid>')."""
        nonce = secrets.token_bytes(12)
        return PREFIX + (nonce + self._seal.encrypt(nonce, value.encode(), place.encode())).hex()

    def decrypt(self, sealed: str, place: str) -> str:
        try:
            raw = bytes.fromhex(sealed.removeprefix(PREFIX))
            return self._seal.decrypt(raw[:12], raw[12:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey(UNOPENED) from error

    def blind(self, value: str, purpose: str) -> str:
        """Keyed hash of a normalised value for equality search; 32 hex digits."""
        return hmac.digest(self._index, f"{purpose}:{value}".encode(), "sha256").hex()[:32]

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
        return AESSIV(hmac.new(self._index, b"names in addresses", hashlib.sha512).digest())


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
    if not (isinstance(told, dict) and all(_is_whole(told.get(name)) for name in KEY_NAMES)):
        raise WrongKey(DAMAGED)
    return Vault(told)


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
        return current().decrypt(sealed, f"{self.place}.{row.uid}") if sealed else ""

    def __set__(self, row: Any, value: str | None) -> None:
        if row.uid is None:
            row.uid = secrets.token_hex(8)
        setattr(row, self.name + "_sealed", current().encrypt(value, f"{self.place}.{row.uid}") if value else None)
        if hasattr(type(row), self.name + "_index"):
            setattr(row, self.name + "_index", current().blind(value, self.name) if value else None)
        if self.tail:
            setattr(row, self.name + "_tail", value[-self.tail:] if value else None)
