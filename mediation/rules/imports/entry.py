"""A row as the facts of a late entry (rules/cases/late_entry.py): what goes where, and under which words it is kept."""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from mediation.rules.cases.intake import MOST_PEOPLE, ClaimLine, Respondent
from mediation.rules.cases.late_entry import MERGED_AWAY
from mediation.rules.imports.cells import Fact, cover
from mediation.rules.imports.fields import FIELDS
from mediation.rules.imports.rows import RowReading
from mediation.rules.people import headcounts
from mediation.rules.people.list_cells import Row
from mediation.rules.reading import APPROX, EXACT, UNKNOWN
from mediation.rules.words import FAIL_REASONS, SUCCESS

Facts = Mapping[str, Fact]
DAYS = ("accepted_on", "assigned_on", "agreed_on", "effective_on", "concluded_on", "closed_on", "archived_on",
        "happened_on")
COMPANY = re.compile("公司|厂|店|局|院|所|处|部|社|站|中心|集团|项目|工地|企业|商行|学校|医院|合作|队|馆|园|矿|inc|llc|ltd|corp|company", re.I)
PARTS = (("respondent", "employer"), ("general_contractor", "general_contractor"), ("sub_contractor", "sub_contractor"),
         ("developer", "developer"), ("labour_contractor", "labour_contractor"), ("respondent_more", "unknown"))
CHANNELS = (("委派", "E"), ("委托", "F"))  # of courts; what sent it otherwise is the station's own channel
COUNTS, TICKS = ("joint_count", "pages"), ("is_group", "is_enforced")
NARRATIVE_LENGTH, AS_TOLD_LENGTH = 4000, 100


def arguments(reading: RowReading, today: date) -> dict[str, object]:
    """Keyword arguments of ``Late`` for a row: everything it has room for but money, which stands in ``facts``.

    Station, mediator and accounts are the caller's to match (facts ``station``, ``handler``, ``registered_by``).
    """
    facts = reading.facts
    names = facts["applicant"].names if "applicant" in facts else ()
    days, told = _days(facts)
    count, count_told = _headcount(facts, len(names))
    return {
        "received_on": days.pop("received_on", None), "source": _value(facts, "source"),
        "channel": _channel(facts), "source_body": _source_body(facts),
        "source_number": _words(facts, "source_number", 100), "external_number": _words(facts, "external_numbers", 60),
        "name": names[0][:100] if names else "", "roster": _roster(reading.number, names),
        "phone": _value(facts, "phone"), "phone_note": _phone_note(facts),
        "identity": _value(facts, "identity"), "headcount": count, "address": _words(facts, "address", 200),
        "language": _value(facts, "language"), "flags": _flags(facts),
        "respondents": _respondents(facts), "claims": _claims(facts),
        "narrative": narrative(reading), "state": _state(facts), "outcome": _value(facts, "outcome"),
        "outcome_reason": _reason(facts), "printed_number": _words(facts, "printed_number", 80), "dates": days,
        "years": _years(facts),
        "as_told": {**told, **({"headcount": count_told} if count_told else {})}, "columns": _columns(facts)}


def _value(facts: Facts, key: str) -> str:
    fact = facts.get(key)
    return fact.value if fact is not None and isinstance(fact.value, str) else ""


def _words(facts: Facts, key: str, length: int) -> str:
    return _value(facts, key)[:length]


def _source_body(facts: Facts) -> str:
    """Who sent it; the words of a source that is none of the list stand here, beside 其他."""
    source = facts.get("source")
    return _words(facts, "source_body", 100) or (
        source.words[:100] if source is not None and source.value is None and not source.text.zh else "")


def _phone_note(facts: Facts) -> str:
    """The words of a telephone that cannot be read."""
    fact = facts.get("phone")
    is_told = fact is not None and fact.value is None and "*" not in fact.words
    return cover(fact.words)[:100] if fact is not None and is_told else ""


def _days(facts: Facts) -> tuple[dict[str, date | None], dict[str, str]]:
    """Days that are certain, and the words of those that are not."""
    days: dict[str, date | None] = {}
    told = {}
    for key in ("received_on", *DAYS):
        fact = facts.get(key)
        if fact is None or fact.precision == UNKNOWN:
            continue
        if isinstance(fact.value, date):
            days[key] = fact.value
        elif fact.words:
            told[key] = fact.words[:AS_TOLD_LENGTH]
    return days, told


def _years(facts: Facts) -> dict[str, int]:
    """The years of days of which only the year or the month is known, of which the title may have told the year."""
    return {key: fact.first_on.year for key in ("received_on", *DAYS) if (fact := facts.get(key)) is not None
            and fact.value is None and isinstance(fact.first_on, date) and isinstance(fact.last_on, date)
            and fact.first_on.year == fact.last_on.year}


def _headcount(facts: Facts, named: int) -> tuple[int, str]:
    fact = facts.get("headcount")
    count = fact.value if fact is not None and isinstance(fact.value, int) else max(named, 1)
    about = fact is not None and fact.precision == APPROX
    if not count and _value(facts, "outcome") == MERGED_AWAY:
        return 0, ""
    words = headcounts.words_of(headcounts.read_people(fact.words)) if fact is not None and about else ""
    return min(max(count, 1), MOST_PEOPLE), words


def _roster(number: int, names: tuple[str, ...]) -> tuple[Row, ...]:
    """The people named after the first one."""
    return tuple(Row(number, name, name=name[:100]) for name in names[1:])


def _channel(facts: Facts) -> str:
    if code := _value(facts, "channel"):
        return code
    source = facts.get("source")
    if source is None or source.value != "court":
        return ""
    return next((code for word, code in CHANNELS if word in source.words), "")


def _flags(facts: Facts) -> list[str]:
    heads = set(_heads(facts))
    ticked = [flag for flag, key in (("rural", "is_rural"), ("new_form", "is_new_form"))
              if key in facts and facts[key].value is True]
    return [*ticked, *(["injury"] if any(head.startswith("injury") for head in heads) else []),
            *(["death"] if "death_benefit" in heads else [])]


def _heads(facts: Facts) -> list[str]:
    found: list[str] = []
    for key in ("main_head", "other_heads"):
        fact = facts.get(key)
        if fact is not None and isinstance(fact.value, tuple):
            found += [code for code in fact.value if code not in found]
    return found


def _claims(facts: Facts) -> list[ClaimLine]:
    """One claim for each matter; the sum stands with the first, with its words where it is not exact."""
    fact = facts.get("claimed_fen")
    fen = fact.value if fact is not None and isinstance(fact.value, int) and fact.value > 0 else None
    told = fact.words[:AS_TOLD_LENGTH] if fact is not None and (fact.precision != EXACT or fen is None) else ""
    precision = "unknown" if fen is None else "about" if fact is not None and fact.precision == APPROX else "exact"
    first, *others = _heads(facts) or ["other"]
    return [ClaimLine(first, fen, precision, as_told=told), *(ClaimLine(head, None, "unknown") for head in others)]


def _respondents(facts: Facts) -> list[Respondent]:
    found = []
    for key, part in PARTS:
        name = _words(facts, key, 200)
        if name:
            is_person = not COMPANY.search(name) and len(name) < 5 and not name.isascii()
            found.append(Respondent(name, part=part, name=name, is_person=is_person))
    site, phone = _words(facts, "site", 200), _value(facts, "employer_phone")
    if site and not found:
        found = [Respondent(site, part="unknown", is_person=False)]
    if found:
        found[0].site, found[0].phone = site, phone
    if code := _employer_code(facts):
        found[0].credit_code, found[0].legal_person, found[0].is_person = code, _words(facts, "legal_person", 60), False
    return found


def _employer_code(facts: Facts) -> str:
    """The credit code of the respondent, by which the register of employers knows it; '' where it has no name."""
    return _value(facts, "credit_code") if _words(facts, "respondent", 200) else ""


def _state(facts: Facts) -> str:
    """Where the case stands: what is owed after an agreement is being performed, what has no end is in mediation."""
    code, outcome = _value(facts, "state"), _value(facts, "outcome")
    if code in ("CLOSED", "ARCHIVED") or _is_day(facts, "closed_on"):
        return "CLOSED"
    performance = facts.get("performance")
    result = facts.get("outcome")
    if outcome in SUCCESS and ((performance is not None and performance.value in ("PARTLY", "BREACHED", "NOT_DUE"))
                               or (result is not None and re.search("待履行|部分履行", result.words))):
        return "PERFORMING"
    if code and not outcome:
        return "MEDIATING"
    return "PERFORMING" if code == "PERFORMING" else "CLOSED"


def _is_day(facts: Facts, key: str) -> bool:
    return key in facts and isinstance(facts[key].value, date)


def _reason(facts: Facts) -> str:
    """The reason under its code; that of a failed mediation is one of its own list."""
    code = _value(facts, "outcome_reason")
    return code if _value(facts, "outcome") != "FAILED" or code in FAIL_REASONS else ""


def _columns(facts: Facts) -> dict[str, object]:
    """Further columns of the case."""
    texts = {"place": 200, "archive_number": 40}
    found: dict[str, object] = {key: said for key, length in texts.items() if (said := _words(facts, key, length))}
    found |= {key: said for key in ("grade", "relation", "retention") if (said := _value(facts, key))}
    found |= {key: facts[key].value for key in COUNTS if key in facts and isinstance(facts[key].value, int)}
    return found | {key: facts[key].value for key in TICKS if key in facts and facts[key].value is not None}


OF_EMPLOYER = ("credit_code", "legal_person")  # go to the register of employers, where the code can be read
OF_MONEY = ("last_due_on", "paid_on", "payment_terms")  # go with an agreement or a payment, where there is one
# Facts that have a place of their own in the case, or that the caller gives one; all others are told in words.
_PLACED = frozenset("""applicant both headcount phone identity address language is_rural is_new_form respondent
    respondent_more general_contractor sub_contractor developer labour_contractor employer_phone site source_body
    source_number external_numbers printed_number received_on narrative claimed_fen agreed_fen arrived_fen
    unverified_fen assessed_fen outstanding_fen place archive_number grade relation retention joint_count pages
    is_group is_enforced currency amount_precision
    headcount_told is_claim_about is_undisclosed""".split()) | {*DAYS}


def _is_told(key: str, fact: Fact, facts: Facts) -> bool:
    """Whether a fact stands in the words of the case: it has no place, or a code that says less than the cell."""
    if key in OF_MONEY:
        return bool(fact.words) and not (_value(facts, "outcome") in SUCCESS or "arrived_fen" in facts)
    if key in OF_EMPLOYER and _employer_code(facts):
        return False
    if key in _PLACED or not fact.words or (FIELDS[key].kind == "codes" and fact.precision == EXACT):
        return False
    return fact.precision != UNKNOWN or (FIELDS[key].kind == "codes" and not fact.text.zh)


def narrative(reading: RowReading) -> str:
    """What is asked, and below it line by line whatever the row says that has no place of its own.

    Words under a code (已化解 as an outcome) are told too, unless they are the code's own.
    """
    facts = reading.facts
    told = [str(facts["narrative"].value)] if "narrative" in facts and facts["narrative"].value else []
    told += [f"{FIELDS[key].label.zh}：{fact.words}" for key, fact in facts.items() if _is_told(key, fact, facts)]
    told += [f"{heading}：{words}" for heading, words in reading.kept.items()]
    return "\n".join(told)[:NARRATIVE_LENGTH]
