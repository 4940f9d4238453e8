"""How words become tokens of the search index, the same for writing and for asking.

Two-character grams of the folded text in simplified characters; dots in names are skipped. Of a telephone every four
digits that follow each other are a keyed hash with a '#' before, which no gram can begin with.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, ExternalNumber, Party, SearchGram, SearchText
from mediation.rules import text_cleaning
from mediation.rules.access import Actor
from mediation.rules.cases import traditional
from mediation.rules.people.identity import part_phone

NUMBERS, PHONE_OR_TEXT, WHO, SIGN, TEXT = "numbers", "phone", "who", "sign", "text"  # kinds of questions
COUNTED = 500  # how far a pair is counted when the rarest is looked for
IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
PIECE = 4  # digits of a telephone that are looked for at once
PIECE_LENGTHS = range(PIECE, 13)
LONGEST_WORD = 60
SHORT, REMEMBERED = 40, 4096  # characters of a line whose tokens are remembered, and how many: names come again
NUMBER = re.compile("[0-9]{4,}")
PHONE = re.compile(r"\+?[0-9][0-9 -]{2,}")
COUNTRY = re.compile("^(?:00)?86(?=1[3-9][0-9]{9}$|[1-9][0-9]{8,10}$)")  # numbers are kept without it


def plain(text: str) -> str:
    """Folded text as the index keeps it: in simplified characters, without the dots of names."""
    return _short_plain(text) if len(text) <= SHORT else _plain(text)


def _plain(text: str) -> str:
    return traditional.simplified(text_cleaning.fold(text)).replace("·", "")


_short_plain = lru_cache(REMEMBERED)(_plain)


def pairs(text: str) -> set[str]:
    return set(text_cleaning.bigrams(text))


def tokens(body: str) -> set[str]:
    """The tokens of an indexed text: pairs; the last character of each line, so that the end of a name is found by one
    character, as the others begin a pair; and each four digits of a number, whose pairs are in nearly every case."""
    return set().union(*((_of_short_line if len(line) <= SHORT else _of_line)(line) for line in body.split("\n")))


def _of_line(line: str) -> frozenset[str]:
    found = {pair for part in (line, line[-1:]) for pair in text_cleaning.bigrams(part)}
    return frozenset(found.union(*map(_fours, NUMBER.findall(line))))


_of_short_line = lru_cache(REMEMBERED)(_of_line)


def _fours(digits: str) -> list[str]:
    return [digits[i:i + PIECE] for i in range(len(digits) - PIECE + 1)]


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text_cleaning.narrow(text))


def pieces(digits: str) -> list[str]:
    """The tokens of digits that stand somewhere in a telephone, of each four that follow each other: keyed hashes, so
    the table tells no number."""
    keys = vault.current()
    return [_piece(keys, keys.check, four) for four in _fours(digits)]


@lru_cache(10_000)  # there are no more
def _piece(keys: vault.Vault, _check: str, four: str) -> str:
    return piece(keys, four)


def piece(keys: vault.Vault, four: str) -> str:
    """The token of four digits."""
    return "#" + keys.blind(four, "phone_tail")


def renewed(keys: vault.Vault) -> dict[str, str]:
    """While keys are being changed: the token of four digits for each that former keys made of them. Four digits are
    one of ten thousand, so what a token was made of is found by making them all."""
    every = [f"{n:04}" for n in range(10_000)]
    return {piece(former, four): piece(keys, four) for former in keys.earlier for four in every
            if former.blind(four, "phone_tail") != keys.blind(four, "phone_tail")}


def phone_tokens(phone: str) -> set[str]:
    return set(pieces(digits_of(part_phone(phone)[0])))


# What finds them -------------------------------------------------------------------------------------------------

class Word(NamedTuple):
    """A word as the database is asked for it: the shape of the question, and the values that it binds, in order."""

    shape: tuple[Any, ...]
    values: tuple[str, ...]


def read_word(word: str, actor: Actor) -> Word:
    """How a word is looked for: in names, numbers and narrative; for a liaison in numbers only."""
    if actor.role == "liaison":
        return Word((NUMBERS,), (_pattern(word),))
    if digits := _piece_of(word):
        found, text = pieces(digits), _read_text(word)
        return Word((PHONE_OR_TEXT, len(found), text.shape), (*found, _rarest(_pairs_of(word)), *text.values))
    identity = text_cleaning.narrow(word).upper()
    if IDENTITY.fullmatch(identity):
        return Word((WHO,), (vault.current().blind(identity, "identity"),))
    return _read_text(word)


def _read_text(word: str) -> Word:
    """All pairs of the word; a longer one also stands in the text as it is, since its pairs may lie apart."""
    said, found = plain(word)[:LONGEST_WORD], _pairs_of(word)
    if found == [said] and len(said) == 1:  # a range, which the index serves
        return Word((SIGN,), (said, chr(min(ord(said) + 1, 0x10FFFF))))
    if found == [said]:
        return Word((TEXT, 1, False), (said,))
    known = [pair for pair in found if len(pair) > 1]
    return Word((TEXT, len(known), True), (*known, _pattern(said)))


def _pattern(said: str) -> str:
    """A text as LIKE looks for it."""
    return re.sub("([/%_])", r"/\1", said)


def has_word(word: str, actor: Actor) -> ColumnElement[bool]:
    """A case that holds a word."""
    found = read_word(word, actor)
    return holds(found.shape, map(literal, found.values))


def led(word: Word, lead: str) -> Word:
    """A word of cases that are found by one of its pairs: that one need not be asked for again."""
    if word.shape[0] != TEXT or lead not in word.values[:word.shape[1]]:
        return word
    _text, size, is_longer = word.shape
    place = word.values.index(lead)
    return Word((TEXT, size - 1, is_longer), word.values[:place] + word.values[place + 1:])


def holds(shape: tuple[Any, ...], values: Iterator[ColumnElement[str]],
          at: SQLColumnExpression[int] | None = None) -> ColumnElement[bool]:
    """A case that holds what a word of this shape and these values looks for.

    ``at``: its key where a pair leads. Other pairs are looked for by that, before anything is read of the case.
    """
    if shape[0] == NUMBERS:
        return _in_numbers(next(values))
    if shape[0] == WHO:
        return Case.id.in_(select(Party.case_id).where(Party.identity_index == next(values),
                                                       Party.removed_on.is_(None)))
    if shape[0] != PHONE_OR_TEXT:
        return _in_text(shape, values, Case.id, at)
    first, *others = islice(values, shape[1])
    by_phone = select(SearchGram.case_id).where(
        SearchGram.gram == first, *(_has(SearchGram.case_id, other) for other in others))
    by_text = select(SearchGram.case_id).where(
        SearchGram.gram == next(values), _in_text(shape[2], values, SearchGram.case_id))
    return Case.id.in_(union(by_phone, by_text))


def rarest(words: Iterable[str], actor: Actor) -> str:
    """The pair of these words that the fewest cases hold: reading begins there. '' where no pair can lead."""
    plain = [] if actor.role == "liaison" else [word for word in words if not _is_number(word)]
    return _rarest(sorted({pair for word in plain for pair in _pairs_of(word) if len(pair) == 2}))


def _rarest(found: list[str]) -> str:
    if len(found) < 2:
        return found[0] if found else ""
    counts = db.session.connection().execute(_counted(len(found)), {f"pair_{n}": pair for n, pair in enumerate(found)})
    return str(min((int(count), found[n]) for n, count in counts)[1])


@lru_cache(LONGEST_WORD)
def _counted(size: int) -> CompoundSelect[Any]:
    """How many cases have each of so many pairs, up to a limit."""
    gram = SearchGram.__table__.c
    counts: list[Select[Any]] = []
    for n in range(size):
        some = select(gram.case_id).where(gram.gram == bindparam(f"pair_{n}", type_=String())).limit(COUNTED)
        counts.append(select(literal_column(str(n)), func.count()).select_from(some.subquery()))
    return union_all(*counts)


def _is_number(word: str) -> bool:
    return bool(_piece_of(word) or IDENTITY.fullmatch(text_cleaning.narrow(word).upper()))


def _piece_of(word: str) -> str:
    """The digits of a word that may be part of a telephone number; '' when they cannot be."""
    digits = COUNTRY.sub("", digits_of(word))
    return digits if PHONE.fullmatch(text_cleaning.narrow(word)) and len(digits) in PIECE_LENGTHS else ""


def _in_numbers(pattern: ColumnElement[str]) -> ColumnElement[bool]:
    outside = exists().where(ExternalNumber.case_id == Case.id, ExternalNumber.number.contains(pattern, escape="/"))
    columns = (Case.number, Case.printed_number, Case.source_number, Case.source_case_number)
    return or_(outside, *(column.contains(pattern, escape="/") for column in columns))


def _pairs_of(word: str) -> list[str]:
    said = plain(word)[:LONGEST_WORD]
    return sorted(set(_fours(said))) if NUMBER.fullmatch(said) else sorted(pairs(said))


def _in_text(shape: tuple[Any, ...], values: Iterator[ColumnElement[str]], case_id: SQLColumnExpression[int],
             at: SQLColumnExpression[int] | None = None) -> ColumnElement[bool]:
    if shape[0] == SIGN:
        row = aliased(SearchGram)
        return case_id.in_(select(row.case_id).where(row.gram >= next(values), row.gram < next(values)))
    _text, size, is_longer = shape
    found: list[ColumnElement[bool]] = [_has(case_id if at is None else at, pair) for pair in islice(values, size)]
    if is_longer:
        text = aliased(SearchText)
        found.append(exists().where(text.case_id == case_id, text.body.contains(next(values), escape="/")))
    return and_(true(), *found)


def _has(case_id: SQLColumnExpression[int], gram: ColumnElement[str]) -> ColumnElement[bool]:
    row = aliased(SearchGram)
    return exists().where(row.gram == gram, row.case_id == case_id)
