"""Writing the search index of a case, and keeping the words of a search off the address."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, literal, literal_column, select, union_all, update

from mediation.extensions import db
from mediation.models import Attachment, Case, Employer, Note, Party, SearchGram, SearchText, SearchWords, new_uid
from mediation.queries.cases import case_rows, search_index
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules.access import Actor
from mediation.services import journal
from mediation.services.cases import sounds

KEPT = timedelta(hours=12)
TEXTS, GRAMS, NOTES, FILES = (model.__table__ for model in (SearchText, SearchGram, Note, Attachment))
IS_TAIL = literal_column("substr(gram, 1, 1)") == literal_column("'#'")  # as the partial index has it
TEXT, TOKEN, NOTED = "text", "token", "noted"
WORDS = SearchWords.__table__
KEEP = insert(WORDS)
DROP = delete(WORDS).where(WORDS.c.account_id == bindparam("account"), WORDS.c.made_at < bindparam("before"))
# What the index knows of a case: its text, and its tokens of telephones.
# Besides what was noted and the names of its files, which no digest holds; what was said without prejudice is left out.
KNOWN = union_all(
    select(literal(TEXT).label("kind"), TEXTS.c.body).where(TEXTS.c.case_id == bindparam("case")),
    select(literal(TOKEN), GRAMS.c.gram).where(GRAMS.c.case_id == bindparam("case"), IS_TAIL),
    select(literal(NOTED), NOTES.c.body).where(NOTES.c.case_id == bindparam("case"), NOTES.c.is_concession.is_(False)),
    select(literal(NOTED), FILES.c.name).where(FILES.c.case_id == bindparam("case")))
NOTED_OF_MANY = union_all(
    select(NOTES.c.case_id, NOTES.c.body).where(
        NOTES.c.case_id.in_(bindparam("cases", expanding=True)), NOTES.c.is_concession.is_(False)),
    select(FILES.c.case_id, FILES.c.name).where(FILES.c.case_id.in_(bindparam("cases", expanding=True))))


def index_case(case: Case, rows: CaseRows | None = None) -> None:
    """Rewrite the tokens of a case: what is gone is deleted, what is new inserted.

    ``rows``: the case's rows as they were read after the last change of them; without, they are read here.
    """
    rows = rows or case_rows.read(case)
    _write(rows.id, *body_of(rows))


def body_of(rows: CaseRows) -> tuple[str, set[str]]:
    """The text that finds a case, without what was noted; and the tokens of its telephones."""
    parties = [party for party in rows.parties if party.removed_on is None]
    names, texts = _names(parties), _texts(rows, parties)
    spoken = sorted(set().union(*(sounds.initials(name) | sounds.spelled(name) for name in names))) if names else []
    lines = dict.fromkeys(search_index.plain(text) for text in (*names, *texts, *spoken) if text)
    tails = set().union(*(search_index.phone_tokens(case_rows.unsealed(party, "phone")) for party in parties
                          if party.phone_sealed))
    return "\n".join(lines), tails


def indexed(rows: CaseRows, noted: Iterable[str]) -> tuple[str, set[str]]:
    """What the index has to hold of a case: its text with what was noted, and the tokens of its telephones."""
    body, tails = body_of(rows)
    return _with_noted(body, noted), tails


def noted_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """What was noted of cases and stands in their index, by their ids."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, said in db.session.execute(NOTED_OF_MANY, {"cases": list(ids)}):
        found[key].append(said)
    return found


def _with_noted(body: str, said: Iterable[str]) -> str:
    noted = map(search_index.plain, said)
    return "\n".join(dict.fromkeys(line for line in (*body.split("\n"), *noted) if line))


def _names(parties: Iterable[Row[Any]]) -> list[str]:
    found = []
    for party in parties:
        found += [party.name, party.name_other]
        if party.employer_id is not None:
            employer = db.session.get_one(Employer, party.employer_id)
            found += [employer.name, employer.short_name]
    return [name for name in found if name]


def _texts(rows: CaseRows, parties: Iterable[Row[Any]]) -> list[str]:
    told = [text for party in parties for text in (party.as_told, party.site)]
    outside = [row.number for row in rows.external_numbers]
    letters = [text for row in rows.commissions
               for text in (row.document_number, row.purpose, row.result, row.reply_number)]
    agreed = [text for row in rows.agreements for text in (row.number, row.terms, row.non_cash)]
    papers = [row.number for row in rows.papers]
    return [rows.number, rows.printed_number, rows.source_number, rows.source_case_number, rows.source_body,
            rows.place, rows.narrative, *told, *outside, *letters, *agreed, *papers]


def _write(case_id: int, body: str, tails: set[str]) -> None:
    """The text and the tokens that it gains or loses; those that it had before follow from the text before."""
    connection = db.session.connection()
    known = [(kind, said) for kind, said in connection.execute(KNOWN, {"case": case_id})]
    text = next((said for kind, said in known if kind == TEXT), None)
    before = {token for kind, token in known if kind == TOKEN}
    body = _with_noted(body, [said for kind, said in known if kind == NOTED])
    if text == body and before == tails:
        return
    if text is None:
        connection.execute(insert(TEXTS), {"case_id": case_id, "body": body})
    elif text != body:
        connection.execute(update(TEXTS).where(TEXTS.c.case_id == bindparam("case")), {"case": case_id, "body": body})
    before |= search_index.tokens(text) if text else set()
    after = search_index.tokens(body) | tails
    if gone := before - after:
        connection.execute(delete(GRAMS).where(GRAMS.c.case_id == case_id, GRAMS.c.gram.in_(gone)))
    if new := sorted(after - before):
        connection.execute(insert(GRAMS), [{"gram": gram, "case_id": case_id} for gram in new])


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
    """Keep the words of a search, sealed, and note that somebody searched; gives the key for the address.

    Old ones of the account are dropped.
    """
    connection, uid = db.session.connection(), new_uid()
    connection.execute(DROP, {"account": actor.user_id, "before": actor.now - KEPT})
    connection.execute(KEEP, {"uid": uid, "account_id": actor.user_id, "made_at": actor.now,
                              "words_sealed": SearchWords.words.seal(uid, words)})
    journal.log_access(actor, "search")
    return uid
