"""Writing the search index of a case, and keeping the words of a search off the address."""
from __future__ import annotations

import importlib
import itertools
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from sqlalchemy import delete, insert, literal_column, select

from mediation.extensions import db
from mediation.models import Case, Employer, ExternalNumber, Party, SearchGram, SearchText, SearchWords
from mediation.queries import grams
from mediation.rules.access import Actor

KEPT = timedelta(hours=12)
MOST_READINGS = 16  # of one name with several pronunciations
LONGEST_NAME = 12
IS_TAIL = literal_column("substr(gram, 1, 1)") == literal_column("'#'")  # as the partial index has it
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@cache
def _pinyin():
    """The library of pronunciations, loaded when a name is first written: it is large and readers never need it."""
    return importlib.import_module("pypinyin")


def initials(name: str) -> set[str]:
    """First letters of the pronunciations of a name: 巴特尔 -> bte; each reading of a character counts."""
    signs = "".join(HAN.findall(name))[:LONGEST_NAME]
    if len(signs) < 2:
        return set()
    library = _pinyin()
    readings = library.pinyin(signs, style=library.Style.FIRST_LETTER, heteronym=True, errors="ignore")
    combined = itertools.islice(itertools.product(*readings), MOST_READINGS)
    return {"".join(letters).lower() for letters in combined}


def index_case(case: Case) -> None:
    """Rewrite the tokens of a case: what is gone is deleted, what is new inserted."""
    db.session.flush()
    parties = list(db.session.scalars(select(Party).where(Party.case_id == case.id, Party.removed_on.is_(None))))
    names, texts = _names(parties), _texts(case, parties)
    short = sorted(set().union(*(initials(name) for name in names))) if names else []
    lines = dict.fromkeys(grams.plain(text) for text in (*names, *texts, *short) if text)
    _write_text(case.id, "\n".join(lines))
    _write_tails(case.id, set().union(*(grams.tails(party.phone) for party in parties if party.phone_sealed)))


def _names(parties: Iterable[Party]) -> list[str]:
    found = []
    for party in parties:
        found += [party.name, party.name_other]
        if party.employer_id is not None:
            employer = db.session.get(Employer, party.employer_id)
            found += [employer.name, employer.short_name]
    return [name for name in found if name]


def _texts(case: Case, parties: Iterable[Party]) -> list[str]:
    told = [text for party in parties for text in (party.as_told, party.site)]
    outside = db.session.scalars(select(ExternalNumber.number).where(ExternalNumber.case_id == case.id))
    return [case.number, case.printed_number, case.source_number, case.source_case_number, case.source_body,
            case.place, case.narrative, *told, *outside]


def _write_text(case_id: int, body: str) -> None:
    """The text, and the tokens that it gains or loses; what it had before stands in itself."""
    row = db.session.get(SearchText, case_id)
    before = grams.tokens(row.body) if row else set()
    if row is None:
        db.session.add(SearchText(case_id=case_id, body=body))
    elif row.body != body:
        row.body = body
    _change(case_id, before, grams.tokens(body))


def _write_tails(case_id: int, tails: set[str]) -> None:
    known = db.session.scalars(select(SearchGram.gram).where(SearchGram.case_id == case_id, IS_TAIL))
    _change(case_id, set(known), tails)


def _change(case_id: int, before: set[str], after: set[str]) -> None:
    if gone := before - after:
        db.session.execute(delete(SearchGram).where(SearchGram.case_id == case_id, SearchGram.gram.in_(gone)))
    if new := sorted(after - before):
        db.session.execute(insert(SearchGram), [{"gram": gram, "case_id": case_id} for gram in new])


def index_employer(employer: Employer) -> None:
    """The cases of an employer whose name was changed."""
    ids = select(Party.case_id).where(Party.employer_id == employer.id)
    for case in db.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id)):
        index_case(case)


def index_all() -> int:
    """Make the index of every case anew; gives their number."""
    db.session.execute(delete(SearchGram))
    db.session.execute(delete(SearchText))
    count = 0
    for case in db.session.scalars(select(Case).order_by(Case.id).execution_options(yield_per=200)):
        index_case(case)
        count += 1
    return count


def keep_words(words: str, actor: Actor) -> str:
    """Keep the words of a search, sealed; gives the key for the address. Old ones of the account are dropped."""
    db.session.execute(delete(SearchWords).where(SearchWords.account_id == actor.user_id,
                                                 SearchWords.made_at < actor.now - KEPT))
    row = SearchWords(account_id=actor.user_id, made_at=actor.now)
    row.words = words
    db.session.add(row)
    db.session.flush()
    return row.uid
