"""What the counter has to know while a request is taken down: cases like it, and the bodies people are sent to."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, or_, select

from mediation import vault
from mediation.extensions import db
from mediation.models import Agency, Case, Claim, Party, Station
from mediation.queries import door
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import Actor
from mediation.rules.cases.duplicates import Told, compare
from mediation.rules.language import Text
from mediation.rules.people import identity as numbers
from mediation.rules.text_cleaning import CONTROLS, Unreadable

MOST, CANDIDATES = 5, 60
# Who stands behind a next door of rules/law/jurisdiction.py: labour inspection sits in the human-resources bureau.
DOOR_KINDS = {"justice": "justice", "court": "court", "arbitration": "arbitration", "hr": "inspection",
              "petition": "petition", "procuratorate": "procuratorate"}


class Similar(NamedTuple):
    """A readable case that may be the same dispute, how likely and why."""

    number: str
    title: str
    respondent_title: str
    received_on: date | None
    station: str
    reason: Text
    is_likely: bool


def find_similar(actor: Actor, names: Iterable[str], phone: str = "", identity: str = "",
                 respondents: Iterable[str] = (), heads: Iterable[str] = (), on: date | None = None,
                 but: str = "") -> list[Similar]:
    """Readable cases that may be the same dispute, the likeliest first (rules/cases/duplicates.py); a warning never
    blocks. ``but``: the number of the case that was just made of this.

    A case that was merged is named by the one it went into.
    """
    names = [CONTROLS.sub("", name)[:200] for name in names if name]
    marks = _marks(phone, identity, actor.today)
    asked = Told(
        identities=_known(marks.get("identity_index")), phones=_known(marks.get("phone_index")), names=names,
        respondents=[name for name in respondents if name], heads=[head for head in heads if head],
        on=on or actor.today)
    rows = [row for row in _candidates(actor.role).run(actor, names=names, phone=marks.get("phone_index"),
                                                       identity=marks.get("identity_index")) if row.number != but]
    people, claims = (_by_case(statement, [row.id for row in rows]) for statement in (PEOPLE, CLAIMS))
    found = [(match, row) for row in rows
             if (match := compare(asked, _told(row, people[row.id], claims[row.id]))) is not None]
    found.sort(key=lambda pair: (-pair[0].score, -pair[1].id))
    return [Similar(row.number, row.title, row.respondent_title, row.received_on, row.station,
                    match.text, match.is_likely) for match, row in found[:MOST]]


_PARTY, _CLAIM = Party.__table__.c, Claim.__table__.c
PEOPLE = select(_PARTY.case_id, _PARTY.side, _PARTY.removed_on, _PARTY.identity_index, _PARTY.phone_index, _PARTY.name,
                _PARTY.as_told, _PARTY.employer_id).where(
    _PARTY.case_id.in_(bindparam("cases", expanding=True))).order_by(_PARTY.id)
CLAIMS = select(_CLAIM.case_id, _CLAIM.head, _CLAIM.dropped_on).where(
    _CLAIM.case_id.in_(bindparam("cases", expanding=True))).order_by(_CLAIM.id)


def _by_case(statement: Select[Any], cases: list[int]) -> dict[int, list[Row[Any]]]:
    """Rows by the case that they belong to; none are asked for where there is no case."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.connection().execute(statement, {"cases": cases}) if cases else ():
        found[row.case_id].append(row)
    return found


def told_of(case: Case) -> Told:
    """A stored case as one side of a comparison."""
    return _told(case, case.parties, case.claims)


def _told(case: Case | Row[Any], parties: Iterable[Party | Row[Any]], claims: Iterable[Claim | Row[Any]]) -> Told:
    parties = list(parties)
    asking, asked = ([p for p in parties if p.side == side and p.removed_on is None]
                     for side in ("applicant", "respondent"))
    return Told(
        identities=[p.identity_index for p in asking if p.identity_index],
        phones=[p.phone_index for p in asking if p.phone_index], names=[p.name for p in asking],
        respondents=[word for p in asked for word in (p.name, p.as_told) if word],
        employers=[p.employer_id for p in asked if p.employer_id],
        heads=[claim.head for claim in claims if claim.dropped_on is None],
        on=case.received_on or case.registered_at.date())


def _known(mark: str | None) -> list[str]:
    return [mark] if mark else []


def _marks(phone: str, identity: str, today: date) -> dict[str, str]:
    """Blind indexes of the numbers that can be read, by column."""
    marks = {}
    try:
        marks["phone_index"] = vault.current().blind(numbers.check_phone(phone).digits, "phone") if phone else ""
    except Unreadable:
        marks["phone_index"] = ""
    try:
        whole = numbers.check_resident(identity, today).whole if identity else ""
    except Unreadable:
        whole = identity
    marks["identity_index"] = vault.current().blind(whole, "identity") if whole else ""
    return {column: mark for column, mark in marks.items() if mark}


def known_numbers(told: Iterable[tuple[str, str]], today: date) -> set[str]:
    """Which of these telephones and identity numbers somebody has who asks in any case; for many people at once, so
    that ``find_similar`` is asked about these alone."""
    marks = [(phone, identity, _marks(phone, identity, today)) for phone, identity in told]
    phones = {found["phone_index"]: phone for phone, _identity, found in marks if "phone_index" in found}
    identities = {found["identity_index"]: said for _phone, said, found in marks if "identity_index" in found}
    return {said[mark] for column, said in ((_PARTY.phone_index, phones), (_PARTY.identity_index, identities)) if said
            for mark in db.session.scalars(select(column).where(
                column.in_(said), _PARTY.side == "applicant", _PARTY.removed_on.is_(None)).distinct())}


@cache
def _candidates(role: str) -> Prepared:
    """Readable cases of somebody with one of the names, the telephone or the identity number, the newest first; a
    number that is not known is bound as NULL, which equals nothing."""
    same = select(Party.case_id).where(
        Party.side == "applicant", Party.removed_on.is_(None),
        or_(Party.name.in_(bindparam("names", expanding=True)), Party.phone_index == bindparam("phone"),
            Party.identity_index == bindparam("identity")))
    return Prepared(select(
        Case.id, Case.number, Case.title, Case.respondent_title, Case.received_on, Case.registered_at,
        Station.short_name.label("station")).join(Station, Station.id == Case.station_id).where(
        door.filter_for(stand_in(role)), Case.id.in_(same), Case.outcome != "DUPLICATE").order_by(
        Case.id.desc()).limit(CANDIDATES))


class Union(NamedTuple):
    """A union, with the code that its cases' numbers begin with."""

    id: int
    code: str


class Site(NamedTuple):
    """Where a request is taken down: the channel that its cases come by, its county's calendar, its union."""

    id: int
    channel: str
    county: str
    union: Union

    @property
    def union_id(self) -> int:
        return self.union.id


def _site() -> Select[Any]:
    site, union = Station.__table__, Station.__table__.alias()
    return select(site.c.id, site.c.channel, site.c.county, union.c.id, union.c.code).join(
        union, union.c.id == site.c.union_id).where(site.c.id == bindparam("site"))


SITE = _site()


def find_site(station_id: int | None) -> Site | None:
    """The site with this id; None where there is none or it belongs to no union."""
    row = db.session.connection().execute(SITE, {"site": station_id}).first() if station_id else None
    return Site._make((*row[:3], Union._make(row[3:]))) if row else None


_BODY = Agency.__table__.c
DOORS = select(_BODY.kind, _BODY.name, _BODY.phone).where(
    _BODY.union_id == bindparam("union"), _BODY.is_active.is_(True), _BODY.kind.in_(DOOR_KINDS)).order_by(
    _BODY.id.desc())


def doors(union_id: int | None) -> dict[str, str]:
    """The bodies of a union to which people are sent, with telephone, by scope.DOORS code."""
    rows = db.session.connection().execute(DOORS, {"union": union_id})
    return {DOOR_KINDS[row.kind]: f"{row.name} {row.phone}".strip() for row in rows}


def senders(union_id: int | None, kind: str) -> list[tuple[int, str, str]]:
    """The bodies of a union that can have sent a case, courts or arbitration commissions: id, name, short name."""
    return list(db.session.execute(select(Agency.id, Agency.name, Agency.short_name).where(
        Agency.union_id == union_id, Agency.kind == kind, Agency.is_active.is_(True)).order_by(Agency.id)).tuples())
