"""Monthly sums of an office, signed by its key, and those of other offices whose key a person has confirmed.

A document holds figures with their two parts and the digest of the journal's last seal: no case and no person. It is
signed with Ed25519. Whoever reads it compares the fingerprint of the key by another way (a telephone call, a letter)
and confirms it once; what no confirmed key has signed is not taken. What is taken is kept as it came, so that every
figure shown can be traced to the file and the key that signed it.
"""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediation.queries.figures.reckoning import Report, Value
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money import currencies
from mediation.rules.money.amounts import print_yuan

FORM = 1
KEY, FOLDER, TRUSTED = "sums-key.json", "sums", "confirmed.json"
NO_SUMS = Text("这不是月度汇总文件：{fault}", "This is no file of monthly sums: {fault}")
WRONG = Text("签名不对：文件被改过，或不是{office}签的，没有收", "The signature is wrong: the file was changed, or {office} did not "
             "sign it; it is not taken")
UNKNOWN = Text("签这份汇总的密钥还没有人核对过。请打电话问{office}，指纹是不是{key}；是，就用 sums confirm 确认",
               "Nobody has confirmed the key that signed these sums. Ask {office} by telephone whether its "
               "fingerprint is {key}, and confirm it with sums confirm")
OLDER = Text("已收过{office}{month}更晚的一份，没有换", "A later one of {office} for {month} is here already and stays")
BAD_PRINT = Text("指纹是64位十六进制数", "A fingerprint has 64 hexadecimal digits")


class Part(NamedTuple):
    """One figure: what it is called, and its two parts; without a denominator it is a number."""

    label: str
    unit: str
    numerator: int
    denominator: int | None


class Signed(NamedTuple):
    """The sums of an office for a month, as its key signed them."""

    office: str
    month: str
    made_at: str
    key: str  # fingerprint
    figures: dict[str, Part]
    digest: str  # of the whole document


def fingerprint(folder: Path) -> str:
    """The fingerprint of this office's own key, which is made the first time."""
    return _print(_own(folder).public_key())


def parts_of(made: Report) -> dict[str, Part]:
    """The figures of a report that can be added to those of others; money in another currency than yuan names it."""
    def unit(value: Value) -> str:
        is_other = (value.figure.unit == "fen" or value.is_money) and currencies.at_hand() != currencies.YUAN
        return f"{value.figure.unit} {currencies.at_hand()}" if is_other else value.figure.unit
    return {value.figure.key: Part(value.figure.label.zh, unit(value), value.numerator, value.denominator)
            for value in made.figures if value.figure.how in ("number", "rate") and value.numerator is not None}


def write(folder: Path, made: Report, office: str, seal: str, now: datetime) -> str:
    """The sums of a report, which covers one month, as a signed document."""
    key = _own(folder)
    figures = {name: list(part) for name, part in parts_of(made).items()}
    body = {"form": FORM, "office": office, "month": made.period.code, "cut_off": made.cut_off.isoformat(),
            "made_at": now.astimezone(UTC).isoformat(), "key": _raw(key.public_key()).hex(), "seal": seal,
            "figures": figures}
    return json.dumps({"body": body, "signature": key.sign(_canonical(body)).hex()}, ensure_ascii=False, indent=1)


def read(text: str) -> Signed:
    """What a document says, once its signature was found right. Raises Refused for anything else."""
    try:
        told = json.loads(text)
        body, signature = told["body"], bytes.fromhex(told["signature"])
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["key"]))
        office, month, made_at = str(body["office"]), str(body["month"]), str(body["made_at"])
        datetime.fromisoformat(made_at)
        figures = {name: Part(str(label), str(unit), int(top), None if bottom is None else int(bottom))
                   for name, (label, unit, top, bottom) in body["figures"].items()}
        if body["form"] != FORM:
            raise ValueError(f"form {body['form']}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused([Problem("file", NO_SUMS.fill(fault=type(error).__name__))]) from None
    try:
        key.verify(signature, _canonical(body))
    except InvalidSignature:
        raise Refused([Problem("file", WRONG.fill(office=office[:60]))]) from None
    return Signed(office, month, made_at, _print(key), figures, hashlib.sha256(text.encode()).hexdigest())


def confirm(folder: Path, key: str, office: str) -> None:
    """A person has compared the fingerprint with the office: from here on what the key signed is its."""
    key = key.replace(" ", "").lower()
    if len(key) != 64 or set(key) - set("0123456789abcdef"):
        raise Refused([Problem("key", BAD_PRINT)])
    _put(folder / FOLDER / TRUSTED, json.dumps({**confirmed(folder), key: office}, ensure_ascii=False, indent=1))


def confirmed(folder: Path) -> dict[str, str]:
    """Names of offices by the fingerprint that a person confirmed."""
    place = folder / FOLDER / TRUSTED
    return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}


def keep(folder: Path, text: str) -> Signed:
    """Take a document in: of a confirmed key alone, and never an older one for a later one."""
    found = read(text)
    if found.key not in confirmed(folder):
        raise Refused([Problem("file", UNKNOWN.fill(office=found.office[:60], key=found.key))])
    place = folder / FOLDER / f"{found.key}-{hashlib.sha256(found.month.encode()).hexdigest()[:16]}.json"
    if place.is_file() and read(place.read_text(encoding="utf-8")).made_at > found.made_at:
        raise Refused([Problem("file", OLDER.fill(office=found.office[:60], month=found.month))])
    _put(place, text)
    return found


def kept(folder: Path, month: str) -> list[Signed]:
    """What was taken in for a month, by office; each signature is looked at again, the name is the confirmed one."""
    names = confirmed(folder)
    found = [read(place.read_text(encoding="utf-8")) for place in sorted((folder / FOLDER).glob("*-*.json"))]
    return sorted(one._replace(office=names[one.key]) for one in found if one.month == month and one.key in names)


def add_up(parts: Sequence[Part]) -> Part | None:
    """The same figure of several offices as one; a rate is made of its summed parts. None: no office has it, or two
    have it in different currencies, which are never added."""
    if len({part.unit for part in parts}) != 1:
        return None
    bottoms = [part.denominator for part in parts if part.denominator is not None]
    return parts[0]._replace(numerator=sum(part.numerator for part in parts),
                             denominator=sum(bottoms) if bottoms else None)


class Line(NamedTuple):
    """A figure of one office, or of all together, in words; by which key and file it came, '' where it is our own."""

    office: str
    said: str
    made_at: str = ""
    key: str = ""
    digest: str = ""


def beside(folder: Path, made: Report, key: str) -> list[Line]:
    """One figure of a report: our own, that of each office that signed it, and all together where they can be added."""
    own = parts_of(made).get(key)
    others = [(one, one.figures[key]) for one in kept(folder, made.period.code) if key in one.figures]
    lines = [Line("", say(own) if own else "—")]
    lines += [Line(one.office, say(part), one.made_at[:10], one.key, one.digest) for one, part in others]
    whole = add_up([*([own] if own else []), *(part for _one, part in others)])
    return [*lines, Line("", say(whole) if whole else "")]


def say(part: Part) -> str:
    """A figure in words: a rate with what it is made of."""
    kind, _blank, money = part.unit.partition(" ")
    tell = print_yuan if kind == "fen" else str
    if part.denominator is None:
        return f"{tell(part.numerator)} {money}".rstrip()
    rate = f"{100 * part.numerator / part.denominator:.2f} %" if part.denominator else "—"
    return f"{rate}（{part.numerator} ÷ {part.denominator}）"


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _print(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(_raw(key)).hexdigest()


def _own(folder: Path) -> Ed25519PrivateKey:
    place = folder / KEY
    if not place.is_file():
        _put(place, json.dumps({"private": Ed25519PrivateKey.generate().private_bytes_raw().hex()}))
    told = json.loads(place.read_text(encoding="utf-8"))
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["private"]))


def _put(place: Path, text: str) -> None:
    """Whole or not at all, for its owner only."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)
