"""Parties of a case: who asks, who is asked, who speaks for whom; the rows, the titles kept from them, the acts."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from mediation import vault
from mediation.extensions import db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    Claim,
    Consent,
    Employer,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    PlanPayer,
    Signature,
)
from mediation.queries.cases import case_rows
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import jurisdiction
from mediation.rules.people import headcounts, kin
from mediation.rules.people import identity as numbers
from mediation.rules.text_cleaning import fold
from mediation.services.cases import moves
from mediation.services.papers import waiting
from mediation.services.people import corrections, party_numbers

# Applicants who stand for themselves; next of kin and agents act for somebody (words.APPLICANT_PARTS).
WORKER_PARTS = kin.WORKER_PARTS
ACTING_PARTS = frozenset({"next_of_kin", "agent"})
PARTS_OF_SIDE = {"applicant": words.APPLICANT_PARTS, "respondent": words.RESPONDENT_PARTS}
# What a change may touch besides the numbers; the told words are not among them.
ADDED_KIN = Text("签协议以后登记的近亲属", "next of kin, entered after signing")
COLUMNS = ("part", "is_person", "name", "name_other", "site", "headcount", "phone_note", "is_identity_seen",
           "payee_name", "ethnicity", "address", "language", "interpreter", "is_interpreter_needed", "acts_for_id",
           "authority", "died_on", "died_told", "kinship", "kin_share")
NUMBERS = ("phone", "identity", "account")
MOST_PEOPLE = 5000
TITLE_LENGTH = 100


# The rows -------------------------------------------------------------------------------------------------------

def put_party(case: Case, side: str, part: str, name: str, *, phone: str = "", phone_note: str = "",
              id_type: str = "", identity: str = "", account: str = "", today: date | None = None,
              **columns: object) -> Party:
    """Add a party's row as ``new_party`` makes it, with its id."""
    party = new_party(case, side, part, name, phone=phone, phone_note=phone_note, id_type=id_type, identity=identity,
                      account=account, today=today, **columns)
    db.session.flush()
    return party


def new_party(case: Case, side: str, part: str, name: str, *, phone: str = "", phone_note: str = "",
              id_type: str = "", identity: str = "", account: str = "", today: date | None = None,
              **columns: object) -> Party:
    """A party's row, numbers checked and normalised, sex and date of birth taken from the identity number; in the
    session, not yet flushed.

    ``today`` bounds dates of birth (else the day of the case's rules); ``columns`` are further columns of Party.
    Raises Refused with the problems of phone, identity and account. Writes no event: callers do, with ``retitle``.
    """
    party = make_party(case, side, part, name, columns)
    party_numbers.set_numbers(party, {"phone": phone, "phone_note": phone_note, "id_type": id_type,
                                      "identity": identity, "account": account}, today or case.rules_on)
    return party


def make_party(case: Case, side: str, part: str, name: str, columns: dict[str, object]) -> Party:
    """A party's row in the session, not yet flushed, without numbers."""
    with db.session.no_autoflush:
        party = Party(side=side, part=part, name=name, **{"headcount": 1, **columns})
        db.session.add(party)
        party.case = case
    return party


def put_claim(case: Case, party: Party, head: str, amount_fen: int | None = None, precision: str = "exact",
              as_told: str = "", from_told: str = "", to_told: str = "") -> Claim:
    """Add what one worker asks under one head, with its id."""
    claim = new_claim(case, party, head, amount_fen, precision, as_told, from_told, to_told)
    db.session.flush()
    return claim


def new_claim(case: Case, party: Party, head: str, amount_fen: int | None = None, precision: str = "exact",
              as_told: str = "", from_told: str = "", to_told: str = "") -> Claim:
    """What one worker asks under one head, not yet flushed; a sum that is not known is None and its precision
    'unknown'."""
    claim = make_claim(case, party, head, amount_fen)
    claim.as_told, claim.from_told, claim.to_told = as_told, from_told, to_told
    claim.precision = "unknown" if amount_fen is None else precision
    return claim


def make_claim(case: Case, party: Party, head: str, amount_fen: int | None, is_about: bool = False) -> Claim:
    """A claim's row in the session, not yet flushed."""
    with db.session.no_autoflush:
        known = "about" if is_about else "exact"
        claim = Claim(head=head, amount_fen=amount_fen, precision="unknown" if amount_fen is None else known)
        db.session.add(claim)
        claim.case, claim.party = case, party
    return claim


# What the case says of its parties ------------------------------------------------------------------------------

def active(case: Case | CaseRows, side: str = "") -> list[Party]:
    """The parties not struck out, in order; of one side when it is named."""
    return [p for p in case.parties if p.removed_on is None and side in ("", p.side)]


def workers(case: Case | CaseRows) -> list[Party]:
    """The workers of a case; where only next of kin or others ask, these."""
    applicants = active(case, "applicant")
    own = [p for p in applicants if p.part in WORKER_PARTS]
    return own or [p for p in applicants if p.part != "agent"] or applicants


def retitle(case: Case) -> None:
    """Keep what the case says of its parties and claims: titles, headcount, group flag (TJF 7), main head."""
    people = workers(case)
    case.headcount = sum(p.headcount for p in people) or 1
    if all(p.headcount == 1 for p in people):
        _tell_headcount(case, "")  # every one is named
    case.title, case.respondent_title = titles(case)
    case.is_group = jurisdiction.is_group(case.headcount, case.is_same_claim)
    case.main_head = main_head(c for c in case.claims if c.dropped_on is None)
    db.session.flush()


def titles(case: Case | CaseRows) -> tuple[str, str]:
    """Both sides as lists name them."""
    return _title(case, workers(case)), title_of_respondents(case)


def _title(case: Case | CaseRows, people: list[Party]) -> str:
    """The first worker and how many; where all of them have died, the kin who ask in their place."""
    if people and all(kin.is_dead(p) for p in people) and (asking := kin.kin_of(people[0], case.parties)):
        return short(kin.title(people[0], asking))
    return headcounts.title(short(people[0].name if people else ""), case.headcount, case.as_told.get("headcount", ""))


def title_of_respondents(case: Case | CaseRows) -> str:
    others = active(case, "respondent")
    return short(called(others[0]) if others else "") + (f"等{len(others)}家" if len(others) > 1 else "")


def short(name: str) -> str:
    """A name as titles hold it."""
    return name if len(name) <= TITLE_LENGTH else name[:TITLE_LENGTH - 1] + "…"


def _tell_headcount(case: Case, said: str) -> None:
    """Keep the words of an approximate number beside it, or take them away."""
    if said != (case.as_told or {}).get("headcount", ""):
        told = {name: words for name, words in case.as_told.items() if name != "headcount"}
        case.as_told = {**told, **({"headcount": said} if said else {})}


def called(party: Party | Row[Any]) -> str:
    """How a party is called in a line: the register's short name, else its own name, else the told words."""
    if isinstance(party, Party):
        employer = party.employer
    else:
        employer = db.session.get(Employer, party.employer_id) if party.employer_id is not None else None
    return (employer.short_name or employer.name if employer else "") or party.name or party.as_told


def main_head(claims: Iterable[Claim]) -> str:
    """The head with the largest sum; the first one where no sum is known; '' without claims."""
    return main_head_of((claim.head, claim.amount_fen) for claim in claims)


def main_head_of(claims: Iterable[tuple[str, int | None]]) -> str:
    """The same of heads with their sums."""
    sums: dict[str, int] = {}
    for head, fen in claims:
        sums[head] = sums.get(head, 0) + (fen or 0)
    return max(sums, key=lambda head: sums[head], default="")


# The acts -------------------------------------------------------------------------------------------------------

NO_NAME = Text("请写姓名或名称", "Please give the name")
NO_PART = Text("请选身份", "Please choose the part")
FILED = Text("案件已归档，恢复办理后才能改", "The case is filed away; reopen it first")
HEADCOUNT = Text("人数应在1到{most}之间", "The number of people lies between 1 and {most}")
FOR_WHOM = Text("请选是替谁来的", "Please choose for whom")
NOT_HERE = Text("这件案子里没有这个人", "This person is not in the case")
SAME_IDENTITY = Text("与{name}的证件号相同，请核对", "{name} has the same identity number; please check")
SAME_NAME = Text("本案已有{name}，确是另一个人", "{name} is already in this case; this is another person")
HAS_MONEY = Text("这个人名下已有协议或到账，不能划去", "There is an agreement or money in this person's name")
LAST_ONE = Text("至少要留一方{side}", "One {side} has to stay")
SPOKEN_FOR = Text("{name}是替他来的，请先更正", "{name} acts for this person; correct that first")
NO_REASON = Text("请写明原因", "Please give the reason")
OTHER_UNION = Text("请选本工会登记的单位", "Choose an employer of this union's register")
TWICE_HERE = Text("这家单位已在本案里", "This employer is already in the case")
NO_IDENTITY = Text("自然人请写证件号，或写明为什么没有", "A natural person needs an identity number, or why there is none")


def enter(case: Case, actor: Actor, seen_version: int | None = None, permission: str = "case.work") -> None:
    """Begin an act: the case read anew under its lock, the right, and whether somebody was first."""
    moves.require(case_rows.read(case, actor.today, lock=True), permission, actor)
    if seen_version is not None and seen_version != case.version:
        raise moves.Conflict(moves.last_event(case), case.version)
    if case.state == "ARCHIVED":
        raise Refused([Problem("", FILED)])


def add_party(case: Case, values: Mapping[str, object], actor: Actor, confirmed: Collection[str] = ()) -> Party:
    """Add a party: side, part, name, the columns of ``COLUMNS``, ``as_told`` and the numbers as typed.

    Raises Refused with all problems; a namesake is asked back once (``confirmed``: namesake).
    """
    enter(case, actor)
    values = _completed(case, values)
    moves.refuse(problems(case, values, actor.today), {"confirmed": confirmed})
    columns: dict[str, Any] = {name: values[name] for name in (*COLUMNS, "as_told")
                               if name in values and name != "phone_note"}
    party = put_party(case, str(values["side"]), str(columns.pop("part")), str(columns.pop("name")),
                      **_typed(values), today=actor.today, **columns)
    if values.get("headcount_told"):
        _tell_headcount(case, str(values["headcount_told"]))
    corrections.keep_payees(case, party, {"kin_share": None} if kin.dead_of(party, case.parties) else {}, ADDED_KIN,
                            actor)
    retitle(case)
    waiting.keep(case)
    moves.act(case, "party_added", {"party": party.id, "side": party.side, "part": party.part,
                                    "headcount": party.headcount}, actor)
    return party


def change_party(case: Case, party: Party, values: Mapping[str, object], actor: Actor, cleared: Collection[str] = (),
                 seen_version: int | None = None, confirmed: Collection[str] = (), reason: str = "") -> list[str]:
    """Correct a party and give the names of the fields that changed; the event names them too, never the values.

    Of some the old value is kept, which needs a ``reason``. A number left empty stays as it was; ``cleared`` names
    those to be taken away. Nothing changed: no event.
    """
    enter(case, actor, seen_version)
    values = _completed(case, {"side": party.side, "part": party.part, "name": party.name, **values}, party)
    moves.refuse(problems(case, values, actor.today, party), {"confirmed": confirmed})
    before = _contents(party)
    for name in COLUMNS:
        if name in values and getattr(party, name) != values[name]:
            setattr(party, name, values[name])
    for name in cleared:
        setattr(party, name, "")
    party_numbers.set_numbers(party, _typed(values), actor.today)
    if kin.is_dead(party):
        party.is_representative = False
    changed = [name for name, value in _contents(party).items() if value != before[name]]
    changed = _restate_headcount(case, values, changed, before["headcount"])
    if changed:
        kept = corrections.keep(case, party, before, changed, reason, actor)
        retitle(case)
        waiting.keep(case)
        moves.act(case, "party_changed", {"party": party.id, "fields": changed, "corrections": kept,
                                          "reason": reason}, actor)
    return changed


def _restate_headcount(case: Case, values: Mapping[str, object], changed: list[str], before: object) -> list[str]:
    """The fields changed, the number of people among them where only its words are others now."""
    said, told = str(values.get("headcount_told") or ""), case.as_told.get("headcount", "")
    is_its_row = "headcount_told" in values and told and headcounts.read_people(told).value == before
    if said == told or not (said or is_its_row or ("headcount" in changed and before != 1)):
        return changed
    _tell_headcount(case, said)
    return list(dict.fromkeys((*changed, "headcount")))


def remove_party(case: Case, party: Party, reason: str, actor: Actor, seen_version: int | None = None) -> None:
    """Strike a party out with a reason; its claims go with it. Not when agreement or money stand in its name."""
    enter(case, actor, seen_version)
    moves.refuse(_removal_problems(case, party, reason), {})
    party.removed_on, party.removed_reason = actor.today, reason
    for claim in case.claims:
        if claim.party_id == party.id and claim.dropped_on is None:
            claim.dropped_on, claim.dropped_reason = actor.today, reason
    retitle(case)
    waiting.keep(case)
    moves.act(case, "party_removed", {"party": party.id, "reason": reason}, actor)


def set_representatives(case: Case, chosen: Collection[int], actor: Actor, seen_version: int | None = None,
                        confirmed: Collection[str] = ()) -> None:
    """Name the representatives of a group by their rows' ids; 2 or 6 are asked back once (R33 63)."""
    enter(case, actor, seen_version)
    people = [p for p in workers(case) if not kin.is_dead(p)]
    problems = jurisdiction.representative_problems(len(chosen), case.is_group)
    if set(chosen) - {p.id for p in people}:
        problems.append(Problem("representatives", NOT_HERE))
    moves.refuse(problems, {"confirmed": confirmed})
    for person in people:
        person.is_representative = person.id in chosen
    waiting.keep(case)
    moves.act(case, "representatives_set", {"count": len(chosen), "parties": sorted(chosen)}, actor)


def resolve_respondent(case: Case, party: Party, actor: Actor, *, employer: Employer | None = None,
                       person: Mapping[str, str] | None = None, part: str = "",
                       seen_version: int | None = None) -> None:
    """Say who a respondent as told really is: an employer of the register, or a natural person with an identity.

    ``person`` holds name, id_type, identity or why there is none (identity_note), and phone. The told words stay.
    """
    enter(case, actor, seen_version)
    person = person or {}
    moves.refuse(_resolution_problems(case, party, employer, person, part, actor.today), {})
    before = _contents(party) if party.employer_id or party.identity_sealed else {}
    party.as_told, party.part = party.as_told or party.name, part or party.part
    party.employer, party.is_person = employer, employer is None
    party.name = employer.name if employer else person["name"]
    party.identity_note = "" if employer else person.get("identity_note", "")
    party_numbers.set_numbers(party, _typed(person), actor.today)
    corrections.keep_anew(case, party, before, actor)
    retitle(case)
    waiting.keep(case)
    if employer:
        moves.act(case, "party_resolved", {"party": party.id, "employer": employer.id}, actor)
    else:
        moves.act(case, "party_identified", {"party": party.id}, actor)


# What stands against them ---------------------------------------------------------------------------------------

def _typed(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(values.get(name) or "") for name in (*NUMBERS, "phone_note", "id_type")}


def _contents(party: Party) -> dict[str, object]:
    return {name: getattr(party, name) for name in (*COLUMNS, *NUMBERS, "id_type")}


def _completed(case: Case, values: Mapping[str, object], party: Party | None = None) -> dict[str, object]:
    """The values with the one worker as the person acted for, where there is only one and none was named."""
    people = [p for p in workers(case) if p is not party and p.part in WORKER_PARTS]
    done = kin.tidied(values)
    if done.get("part") not in ACTING_PARTS:
        return {**done, "acts_for_id": None, "authority": []}
    if not done.get("acts_for_id") and len(people) == 1:
        done["acts_for_id"] = people[0].id
    return done


def problems(case: Case, values: Mapping[str, object], today: date, party: Party | None = None) -> list[Problem]:
    """Everything that stands against a party with these values, new or in the place of ``party``."""
    values = _completed(case, values, party)
    side, count = str(values.get("side")), values.get("headcount", 1)
    found = [] if values.get("name") else [Problem("name", NO_NAME)]
    if values.get("part") not in PARTS_OF_SIDE.get(side, {}):
        found.append(Problem("part", NO_PART))
    if not isinstance(count, int) or not 1 <= count <= MOST_PEOPLE:
        found.append(Problem("headcount", HEADCOUNT.fill(most=MOST_PEOPLE)))
    found += _acting_problems(case, values, party)
    found += kin.problems(values, party.id if party else None, case.parties, today)
    found += party_numbers.number_problems(_typed(values), today)
    others = [p for p in active(case, side) if p is not party]
    is_new_name = party is None or fold(party.name) != fold(str(values.get("name")))
    return found + (_twin_problems(others, values, today, is_new_name) if not found else [])


def _acting_problems(case: Case, values: Mapping[str, object], party: Party | None) -> list[Problem]:
    """Next of kin and agents name the worker for whom they speak, where there is one to name."""
    if values.get("part") not in ACTING_PARTS:
        return []
    people = {p.id for p in principals(case, str(values["part"])) if p is not party}
    return [Problem("acts_for_id", FOR_WHOM)] if people and values.get("acts_for_id") not in people else []


def principals(case: Case, part: str = "agent") -> list[Party]:
    """For whom somebody may come: the workers; an agent also for the kin of one who died."""
    kin_too = [p for p in active(case, "applicant") if part == "agent" and kin.dead_of(p, case.parties)]
    return [p for p in workers(case) if p.part in WORKER_PARTS] + kin_too


def _twin_problems(others: list[Party], values: Mapping[str, object], today: date,
                   is_new_name: bool) -> list[Problem]:
    found = []
    if values.get("identity"):
        typed = _typed(values)
        whole = numbers.check_identity(typed["id_type"] or "resident", typed["identity"], today).whole
        index = vault.current().blind(whole, "identity")
        found += [Problem("identity", SAME_IDENTITY.fill(name=p.name)) for p in others if p.identity_index == index]
    namesake = next((p for p in others if fold(p.name) == fold(str(values["name"]))), None)
    if namesake and is_new_name and not found:
        found.append(Problem("name", SAME_NAME.fill(name=namesake.name), "namesake"))
    return found


def _removal_problems(case: Case, party: Party, reason: str) -> list[Problem]:
    found = [] if reason else [Problem("reason", NO_REASON)]
    if party.case_id != case.id or party.removed_on:
        return [*found, Problem("", NOT_HERE)]
    speaker = next((p for p in active(case) if p.acts_for_id == party.id), None)
    if speaker:
        found.append(Problem("", SPOKEN_FOR.fill(name=speaker.name)))
    if active(case, party.side) == [party]:
        found.append(Problem("", LAST_ONE.fill(side=words.SIDES[party.side])))
    if has_money(party):
        found.append(Problem("", HAS_MONEY))
    return found


def has_money(party: Party) -> bool:
    """Whether an agreement, a signature or a payment names the party."""
    columns = (AgreementItem.party_id, Consent.party_id, InstalmentShare.party_id, PaymentShare.party_id,
               Signature.party_id, Payment.payer_party_id, Agreement.payer_party_id, PlanPayer.party_id)
    return any(db.session.scalar(select(column).where(column == party.id).limit(1)) for column in columns)


def _resolution_problems(case: Case, party: Party, employer: Employer | None, person: Mapping[str, str], part: str,
                         today: date) -> list[Problem]:
    found = []
    if party.case_id != case.id or party.side != "respondent" or party.removed_on:
        found.append(Problem("", NOT_HERE))
    if part and part not in words.RESPONDENT_PARTS:
        found.append(Problem("part", NO_PART))
    if employer is None:
        return found + _person_problems(person, today)
    if employer.union_id != case.union_id:
        found.append(Problem("employer", OTHER_UNION))
    if any(p.employer_id == employer.id for p in active(case, "respondent") if p is not party):
        found.append(Problem("employer", TWICE_HERE))
    return found


def _person_problems(person: Mapping[str, str], today: date) -> list[Problem]:
    found = [] if person.get("name") else [Problem("name", NO_NAME)]
    if not person.get("identity") and not person.get("identity_note"):
        found.append(Problem("identity", NO_IDENTITY))
    return found + party_numbers.number_problems(_typed(person), today)
