"""Many late entries at once: the rows that ``intake.late_enter`` would write, made in memory and stored table by table.

One by one a case costs some forty statements and as many flushes of the mapper. Here the ids and numbers of a block are
known first, so that rows, hints, digest, event and search index follow from memory, and each table takes the rows of
the whole block in one prepared statement. A block may be made before the write lock is taken, with the ids and numbers
that come next; where somebody takes one of them in between, it is made again. Ids may be left free for others, of which
what is not used stays a gap; numbers have none. A test holds that both ways store the same. What is more than one
person with telephone and identity number (a list, kin, a letter of a court) goes the usual way.
"""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import func, insert, select, text

from mediation import vault
from mediation.extensions import AnyModel, db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    Claim,
    Event,
    ExternalNumber,
    Instalment,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    SearchGram,
    SearchText,
    Station,
    Stream,
    new_uid,
)
from mediation.queries.cases import intake as queries
from mediation.queries.cases import search_index
from mediation.queries.cases.case_rows import MadeRow, MadeRows
from mediation.queries.house import digests
from mediation.queries.money import case_money, rests
from mediation.rules import journal as kinds
from mediation.rules.access import Actor
from mediation.rules.bodies import registers
from mediation.rules.cases import intake as rules
from mediation.rules.cases import late_entry
from mediation.rules.cases.late_entry import NOT_KNOWN, Late, Paid
from mediation.rules.language import Problem, Refused
from mediation.rules.law import jurisdiction
from mediation.rules.people import headcounts
from mediation.rules.people import identity as checks
from mediation.services import numbers
from mediation.services.cases import intake, late_money, moves, search
from mediation.services.cases.intake import Origin
from mediation.services.many import Many
from mediation.services.people import parties

Values = dict[str, Any]
TABLES: tuple[AnyModel, ...] = (Case, Party, Claim, ExternalNumber, Agreement, AgreementItem, Instalment,
                                InstalmentShare, Payment, PaymentShare)
STORED: tuple[AnyModel, ...] = (*TABLES, Stream, Event, SearchText)
STORE = {model: Many(insert(model.__table__), (
    column.name for column in model.__table__.c if column.name != "id" or model in TABLES)) for model in STORED}
STORE_GRAMS = Many(insert(SearchGram.__table__), ("gram", "case_id"))
FIRST_FREE = {model: select(func.coalesce(func.max(model.id), 0) + 1) for model in TABLES}
DRAW_IDS = text("SELECT setval(seq, nextval(seq) + :n) - :n FROM pg_get_serial_sequence(:t, 'id') AS seq")
Series = tuple[int, str, int]  # union, series of numbers, year


def enter_all(actor: Actor, entries: Sequence[tuple[Late, Origin]]) -> list[int]:
    """Enter late entries in their order, one event each; gives the ids of their cases.

    Raises Refused with the problems of the first that has some; nothing of it is stored then, and who calls rolls back.
    """
    for facts, _origin in entries:
        if said := problems(actor, facts):
            raise Refused(said)
    plain = [n for n, (facts, _origin) in enumerate(entries) if is_plain(facts)]
    found = dict(zip(plain, Block(actor, [entries[n] for n in plain]).store(), strict=True))
    for n, (facts, origin) in enumerate(entries):
        if n not in found:
            found[n] = intake.late_enter(actor, facts, origin).id
    return [found[n] for n in range(len(entries))]


def problems(actor: Actor, facts: Late) -> list[Problem]:
    """What stands against an entry."""
    return late_entry.problems(facts, actor.today) if facts.station_id or actor.station_id else [intake.NO_SITE]


def is_plain(facts: Late) -> bool:
    """Whether a late entry is one person's, whose rows are made here."""
    return not (facts.for_name or facts.roster or facts.part not in ("", "worker") or facts.kinship
                or intake.COMMISSIONS.get(facts.channel) or any(row.credit_code for row in facts.respondents))


def _blank(model: AnyModel) -> Callable[[], Values]:
    """A row of a table as it begins: each column with its default, those that are computed made anew."""
    plain, made = {}, {}
    for name, column in model.__mapper__.columns.items():
        default = column.default
        if default is not None and default.is_callable:
            made[name] = default.arg
        else:
            plain[name] = default.arg if default is not None else None
    if made.keys() <= {"uid"} and "uid" in made:
        return lambda: {**plain, "uid": new_uid()}
    return lambda: {**plain, **{name: make(None) for name, make in made.items()}}


BLANK = {model: _blank(model) for model in TABLES}
_STATION = Station.__table__.c


class Block:
    """Plain late entries, against which nothing stands, whose rows are made together."""

    def __init__(self, actor: Actor, entries: Sequence[tuple[Late, Origin]]):
        self._actor, self._entries = actor, entries
        self._rows: dict[AnyModel, list[Values]] = defaultdict(list)
        self._grams: dict[str, list[int]] = defaultdict(list)  # stored in the order of its index
        self._ids: dict[AnyModel, count[int]] = {}
        self._numbers: dict[Series, count[int]] = {}
        self._sites: dict[int, queries.Site] = {}
        self._forms: dict[int, tuple[str, str]] = {}
        self._made_for: tuple[dict[AnyModel, int], dict[Series, int]] | None = None
        self._keys: list[int] = []
        self._vault = vault.current()

    def make_ahead(self, room: int = 0) -> None:
        """Make the rows with the numbers that come next, and the ids that come after ``room`` left free for others; the
        session may be one that only reads. Where ids come from a sequence, the rows are made when they are stored:
        nobody waits for them there."""
        if self._entries and db.session.connection().dialect.name == "sqlite":
            ids, drawn = self._next()
            self._make_all({model: first + room for model, first in ids.items()}, drawn)

    def _next(self) -> tuple[dict[AnyModel, int], dict[Series, int]]:
        """The ids and numbers that come next."""
        return self._first_ids(), {key: numbers.last(*key) + 1 for key in self._wanted_numbers()}

    def fits(self) -> bool:
        """Whether the ids are still free and the numbers those that come next, under the lock; where ids come from a
        sequence, there is nothing that might not fit."""
        return self._made_for is None or self._is_made_for(*self._next())

    def _is_made_for(self, ids: dict[AnyModel, int], drawn: dict[Series, int]) -> bool:
        if self._made_for is None:
            return False
        mine, numbers_ = self._made_for
        return numbers_ == drawn and all(mine[model] >= first for model, first in ids.items())

    def store(self) -> list[int]:
        """Draw the numbers and store all rows, made anew where they do not fit; gives the ids of the cases."""
        if not self._entries:
            return []
        db.session.flush()
        drawn = {key: numbers.draw(*key, so_many) - so_many + 1
                 for key, so_many in sorted(self._wanted_numbers().items())}
        ids = self._first_ids()
        if not self._is_made_for(ids, drawn):
            self._make_all(ids, drawn)
        for model, statement in STORE.items():
            statement.run(self._rows[model])
        STORE_GRAMS.run_plain([(gram, key) for gram in sorted(self._grams) for key in self._grams[gram]])
        return self._keys

    def _site(self, facts: Late) -> queries.Site:
        key = facts.station_id or self._actor.station_id or 0
        if key not in self._sites:
            site = queries.find_site(key)
            if site is None:
                raise Refused([intake.NO_SITE])
            self._sites[key] = site
        return self._sites[key]

    # Ids and numbers

    def _first_ids(self) -> dict[AnyModel, int]:
        """The first of the ids for all that may be made: behind the last one, or from the sequence."""
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            return {model: connection.execute(FIRST_FREE[model]).scalar_one() for model in TABLES}
        people = sum(1 + len(facts.respondents) for facts, _origin in self._entries)
        most = {Case: len(self._entries), Party: people, Claim: sum(len(facts.claims) for facts, _o in self._entries)}
        paid = sum(len(facts.paid) for facts, _origin in self._entries)
        return {model: connection.execute(DRAW_IDS, {
            "t": model.__tablename__,
            "n": most.get(model) or (paid if model in (Payment, PaymentShare) else len(self._entries)),
        }).scalar_one() for model in TABLES}

    def _wanted_numbers(self) -> Counter[Series]:
        """How many numbers the cases of the block take, one draw for each series."""
        wanted: Counter[Series] = Counter()
        for facts, _origin in self._entries:
            site, dates = self._site(facts), late_money.complete_dates(facts)
            wanted[site.union_id, "register", late_entry.year_of(facts, dates, self._actor.today)] += 1
            if (accepted := dates.get("accepted_on")) and not facts.printed_number:
                wanted[site.union_id, "accepted", accepted.year] += 1
        return wanted

    def _make_all(self, ids: dict[AnyModel, int], drawn: dict[Series, int]) -> None:
        self._rows.clear()
        self._grams.clear()
        self._ids = {model: count(first) for model, first in ids.items()}
        self._numbers = {key: count(first) for key, first in drawn.items()}
        self._keys = [self._make(facts, origin) for facts, origin in self._entries]
        self._made_for = ids, drawn

    def _add(self, model: AnyModel, **values: object) -> Values:
        row = BLANK[model]()
        row.update(values)
        row["id"] = next(self._ids[model])
        self._rows[model].append(row)
        return row

    # One case

    def _make(self, facts: Late, origin: Origin) -> int:
        site, dates = self._site(facts), late_money.complete_dates(facts)
        known = [day for day in (facts.received_on, *(dates.get(name) for name in late_entry.ORDER[1:])) if day]
        case = self._case(facts, site, dates)
        kept: dict[AnyModel, list[Values]] = defaultdict(list)
        claimant = self._people(case, facts, kept)
        for line in facts.claims:
            if line.head:
                kept[Claim].append(self._add(
                    Claim, case_id=case["id"], party_id=claimant["id"], head=line.head, amount_fen=line.amount_fen,
                    precision="unknown" if line.amount_fen is None else line.precision, as_told=line.as_told[:100],
                    from_told=line.from_told[:40], to_told=line.to_told[:40]))
        self._titles(case, kept, claimant)
        if not facts.headcount:
            case["headcount"] = 0
        if facts.external_number:
            register = rules.register_of(facts)
            kept[ExternalNumber].append(self._add(ExternalNumber, case_id=case["id"], register=register,
                                                  number=registers.tidy(register, facts.external_number)))
        self._money(case, facts, dates, claimant, kept)
        if not case["printed_number"] and case["accepted_on"]:
            case["printed_number"] = self._printed_number(site, case["accepted_on"])
        self._finish(case, kept, site, origin, known[0] if known else None)
        return int(case["id"])

    def _case(self, facts: Late, site: queries.Site, dates: Mapping[str, date | None]) -> Values:
        actor, year = self._actor, late_entry.year_of(facts, dates, self._actor.today)
        n = next(self._numbers[site.union_id, "register", year])
        return self._add(
            Case, **{
                "number": numbers.register_number_of(site.union, year, n), "union_id": site.union_id,
                "station_id": site.id,
                "registered_at": actor.now, "touched_at": actor.now, "channel": intake.channel_of(facts, site),
                "procedure": intake.procedure_of(facts), "is_same_claim": True, **intake.told(facts),
                **intake.late_columns(actor, facts, dates)}, version=1)

    def _printed_number(self, site: queries.Site, on: date) -> str:
        if site.union_id not in self._forms:
            form, short = db.session.execute(select(_STATION.number_form, _STATION.short_name).where(
                _STATION.id == site.union_id)).one()
            self._forms[site.union_id] = form or numbers.DEFAULT_FORM, short
        form, short = self._forms[site.union_id]
        return form.format(short=short, year=on.year, n=next(self._numbers[site.union_id, "accepted", on.year]))

    def _people(self, case: Values, facts: Late, kept: dict[AnyModel, list[Values]]) -> Values:
        claimant = self._party(
            case, kept, "applicant", facts.part or "worker", facts.name or NOT_KNOWN, phone=facts.phone,
            identity=facts.identity, id_type=facts.id_type, phone_note=facts.phone_note, address=facts.address,
            language=facts.language, interpreter=facts.interpreter,
            is_interpreter_needed=facts.is_interpreter_needed, kinship="", kin_share="", is_representative=False,
            headcount=1 + max(facts.headcount - 1, 0))
        for row in facts.respondents:
            if row.told or row.name:
                self._party(case, kept, "respondent", row.part or "unknown", (row.name or row.told)[:200],
                            phone=row.phone, as_told=row.told[:300], site=row.site, is_person=row.is_person)
        return claimant

    def _party(self, case: Values, kept: dict[AnyModel, list[Values]], side: str, part: str, name: str, phone: str = "",
               identity: str = "", id_type: str = "", **columns: object) -> Values:
        row = self._add(Party, case_id=case["id"], side=side, part=part, name=name, **columns)
        keys, today = self._vault, self._actor.today
        if phone:
            number = checks.check_phone(phone)
            row["phone"], row["phone_sealed"] = number.whole, keys.encrypt(number.whole, f"party.phone.{row['uid']}")
            row["phone_index"], row["phone_tail"] = keys.blind(number.digits, "phone"), number.digits[-4:]
        if identity:
            found = checks.check_identity(id_type or "resident", identity, today)
            row["id_type"], row["identity_tail"] = found.kind, found.number[-4:]
            row["identity"] = found.number
            row["identity_sealed"] = keys.encrypt(found.number, f"party.identity.{row['uid']}")
            row["identity_index"] = keys.blind(found.whole, "identity")
            if found.born_on:
                row["sex"], row["born_on"] = found.sex, found.born_on
        kept[Party].append(row)
        return row

    def _titles(self, case: Values, kept: Mapping[AnyModel, list[Values]], claimant: Values) -> None:
        count = claimant["headcount"]
        if count == 1:
            case["as_told"] = {name: said for name, said in case["as_told"].items() if name != "headcount"}
        others = [row for row in kept[Party] if row["side"] == "respondent"]
        case["headcount"] = count
        case["title"] = headcounts.title(parties.short(claimant["name"]), count, case["as_told"].get("headcount", ""))
        case["respondent_title"] = (parties.short(others[0]["name"] or others[0]["as_told"]) if others else "") + (
            f"等{len(others)}家" if len(others) > 1 else "")
        case["is_group"] = jurisdiction.is_group(count, True)
        case["main_head"] = parties.main_head_of((row["head"], row["amount_fen"]) for row in kept[Claim])

    def _money(self, case: Values, facts: Late, dates: Mapping[str, date | None], claimant: Values,
               kept: dict[AnyModel, list[Values]]) -> None:
        others = [row["id"] for row in kept[Party] if row["side"] == "respondent"]
        if facts.agreed is not None:
            self._agreement(case, facts, dates, claimant, others, kept)
        for seq, paid in enumerate(facts.paid, 1):
            self._payment(case, seq, paid, claimant, others, kept)

    def _agreement(self, case: Values, facts: Late, dates: Mapping[str, date | None], claimant: Values,
                   others: list[int], kept: dict[AnyModel, list[Values]]) -> None:
        agreed = facts.agreed
        assert agreed is not None  # as asked above
        row = self._add(
            Agreement, case_id=case["id"], seq=1, kind="settled" if facts.outcome == "SETTLED" else "mediated",
            form="written", made_on=dates.get("agreed_on"), effective_on=dates.get("effective_on"),
            terms=agreed.terms, non_cash=agreed.non_cash, payer_party_id=others[0] if others else None,
            is_undisclosed=agreed.fen is None, total_fen=agreed.fen or 0)
        kept[Agreement].append(row)
        if agreed.told:
            case["as_told"] = {**case["as_told"], late_money.TOLD_AGREED: agreed.told}
        if not agreed.fen:
            return
        kept[AgreementItem].append(self._add(AgreementItem, agreement_id=row["id"], party_id=claimant["id"],
                                             head=case["main_head"] or "other", amount_fen=agreed.fen))
        step = self._add(Instalment, agreement_id=row["id"], seq=1, plan=0, due_on=agreed.due_on,
                         due_told=agreed.due_told[:60] or ("" if agreed.due_on else NOT_KNOWN), amount_fen=agreed.fen)
        kept[Instalment].append(step)
        kept[InstalmentShare].append(self._add(InstalmentShare, instalment_id=step["id"], party_id=claimant["id"],
                                               amount_fen=agreed.fen))

    def _payment(self, case: Values, seq: int, paid: Paid, claimant: Values, others: list[int],
                 kept: dict[AnyModel, list[Values]]) -> None:
        is_theirs = paid.payer_kind == "respondent" and not paid.payer_name and len(others) == 1
        row = self._add(
            Payment, case_id=case["id"], seq=seq, paid_on=paid.paid_on,
            paid_told="" if paid.paid_on else paid.paid_told[:60] or NOT_KNOWN, amount_fen=paid.fen,
            payer_party_id=others[0] if is_theirs else None, payer_name=paid.payer_name[:100],
            payer_kind=paid.payer_kind, way=paid.way, proof=paid.proof, proof_note=paid.note[:200],
            reason=paid.told[:300], entered_on=self._actor.today,
            made_by_id=self._actor.user_id or case["registered_by_id"])
        kept[Payment].append(row)
        kept[PaymentShare].append(self._add(PaymentShare, payment_id=row["id"], party_id=claimant["id"],
                                            amount_fen=paid.fen))

    # What follows from the rows

    def _finish(self, case: Values, kept: Mapping[AnyModel, list[Values]], site: queries.Site, origin: Origin,
                happened_on: date | None) -> None:
        rows = MadeRows(case, kept, site.county)
        found = moves.hints(rows, self._actor.today)
        case.update(found)
        dues = rests.due_of(rows, case_money.position(rows, self._actor.today))
        for step in kept.get(Instalment, ()):
            step["bound_fen"], step["paid_fen"] = dues[step["id"]]
        rows.tell(**found)
        body, tails = search.body_of(rows)
        self._rows[SearchText].append({"case_id": case["id"], "body": body})
        for gram in search_index.tokens(body) | tails:
            self._grams[gram].append(case["id"])
        self._event(case, rows, origin, happened_on)

    def _event(self, case: Values, rows: MadeRows, origin: Origin, happened_on: date | None) -> None:
        """The first event of the case's chain, with the digest of what is stored."""
        actor, stream = self._actor, f"case:{case['number']}"
        data = {"number": case["number"], "channel": case["channel"], "source": case["source"],
                "station": case["station_id"], "state": case["state"], "outcome": case["outcome"],
                "import_batch": origin.batch, "row": origin.row}
        body = kinds.canonical({**data, "digest": self._vault.digest(rows.text(1))})
        event: Values = {
            "stream": stream, "seq": 1, "kind": "imported", "entered_at": actor.now,
            "happened_on": happened_on or actor.today, "actor_id": actor.user_id, "actor_label": actor.username,
            "data": body, "prev": kinds.genesis(stream)}
        event["hash"] = digests.event_hash(MadeRow(event))
        self._rows[Event].append(event)
        self._rows[Stream].append({"name": stream, "seq": 1, "hash": event["hash"]})


__all__ = ["Block", "enter_all", "is_plain", "problems"]
