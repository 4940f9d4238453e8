"""Keys of one installation: sealing of personal numbers, blind indexes, digests of rows.

AES-256-GCM with a random nonce; the additional data are table, column and row, so that a sealed value cannot be
moved to another row. Equality search goes through an HMAC under a second key: identity numbers are few enough to
be guessed, and the key is the protection. The keys live in a file of their own, outside database and backup.
"""
from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

KEY_NAMES = ("seal", "index", "digest", "session")
PREFIX = "k1:"


class WrongKey(Exception):
    """The key file does not belong to this database."""


class Vault:
    """The keys of one installation."""

    def __init__(self, keys: dict[str, str]):
        self._seal = AESGCM(bytes.fromhex(keys["seal"]))
        self._index = bytes.fromhex(keys["index"])
        self._digest = bytes.fromhex(keys["digest"])
        self.session_secret = keys["session"]

    def encrypt(self, value: str, place: str) -> str:
        """``value`` sealed for one place ('party.phone.<uid>')."""
        nonce = secrets.token_bytes(12)
        return PREFIX + (nonce + self._seal.encrypt(nonce, value.encode(), place.encode())).hex()

    def decrypt(self, sealed: str, place: str) -> str:
        raw = bytes.fromhex(sealed.removeprefix(PREFIX))
        try:
            return self._seal.decrypt(raw[:12], raw[12:], place.encode()).decode()
        except InvalidTag as error:
            raise WrongKey("a sealed value cannot be opened with this installation's keys") from error

    def blind(self, value: str, purpose: str) -> str:
        """Keyed hash of a normalised value for equality search; 32 hex digits."""
        return hmac.new(self._index, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def digest(self, canonical: str) -> str:
        """HMAC-SHA-256 of the canonical form of a case's rows."""
        return hmac.new(self._digest, canonical.encode(), hashlib.sha256).hexdigest()


def load_keys(folder: str | Path) -> Vault:
    """The keys of the instance folder, made on first use with access for their owner only."""
    path = Path(folder) / "keys.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {name: secrets.token_hex(32) for name in KEY_NAMES}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(keys, file)
    return Vault(json.loads(path.read_text(encoding="utf-8")))


def current() -> Vault:
    """The keys of the running application."""
    known: Vault = current_app.extensions["vault"]
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
