"""Files that leave the machine, under the installation's keys: AES-256-GCM by blocks, under a key of their own.

A head names the form and the keys; each block is bound to the head, its place, and whether it is the last, so that none
can be changed, moved, dropped or cut off. Memory does not grow with the file.
"""
from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag

from mediation.rules.language import Problem, Refused, Text
from mediation.services.house import keys
from mediation.vault import Vault

MARK = b"gonghe copy 1\n"
CHECK_LENGTH, SALT_LENGTH, TAG_LENGTH, COUNT_LENGTH = 64, 8, 16, 4  # bytes
BLOCK = 1 << 20
CHANGED = Text("这份文件不完整或被改过，不能用", "This file is cut short or was changed, and cannot be used")


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def encrypt(plain: Path, target: Path, owner: Vault) -> None:
    """Write ``plain`` to ``target``, for its owner only, and read it again: it has to give the same."""
    head = MARK + owner.check.encode() + secrets.token_bytes(SALT_LENGTH)
    cipher, told = owner.file_cipher(owner.check), sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, plain.open("rb") as source:
        file.write(head)
        for n, block, is_last in _blocks(source, BLOCK):
            told.update(block)
            file.write(cipher.encrypt(_nonce(head, n), block, _place(head, is_last)))
        file.flush()
        os.fsync(file.fileno())
    again = sha256()
    for block in _decrypted(target, owner):
        again.update(block)
    if again.digest() != told.digest():
        raise Refused([Problem("file", CHANGED)])


def decrypt(path: Path, target: Path, opener: Vault) -> None:
    """Write what ``path`` holds to ``target``, for its owner only. Raises WrongKey for other keys, else Refused."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in _decrypted(path, opener):
            file.write(block)


def _decrypted(path: Path, opener: Vault) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(len(MARK) + CHECK_LENGTH + SALT_LENGTH)
        check = head[len(MARK):-SALT_LENGTH].decode("ascii", "replace")
        if len(head) < len(MARK) + CHECK_LENGTH + SALT_LENGTH:
            raise Refused([Problem("file", CHANGED)])
        keys.compare(opener, check)
        cipher = opener.file_cipher(check)
        try:
            for n, block, is_last in _blocks(file, BLOCK + TAG_LENGTH):
                yield cipher.decrypt(_nonce(head, n), block, _place(head, is_last))
        except (InvalidTag, ValueError) as error:
            raise Refused([Problem("file", CHANGED)]) from error


def _blocks(file: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, content, and whether it is the last one; of an empty file one that is empty."""
    n, block = 0, file.read(size)
    while True:
        following = file.read(size)
        yield n, block, not following
        if not following:
            return
        n, block = n + 1, following


def _nonce(head: bytes, n: int) -> bytes:
    return head[-SALT_LENGTH:] + n.to_bytes(COUNT_LENGTH)


def _place(head: bytes, is_last: bool) -> bytes:
    return head + (b"last" if is_last else b"more")
