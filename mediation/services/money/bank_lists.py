"""A bank's list, of one case or of all that an account may record money for: what its lines are is shown first, then
the ticked ones become payments in one act.

Every line is recorded as a payment typed by hand is (services/money/payments.py), with its bounds and questions; the
list is read and matched anew when it is recorded, so that nobody records a line that somebody else was first with.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from mediation import vault
from mediation.extensions import db
from mediation.models import Attachment, Case, Correction, Party, Payment
from mediation.queries.money import case_money, corrections
from mediation.rules.access import Actor
from mediation.rules.cases.numbers import known_as
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money import bank_lists, bank_matching
from mediation.rules.money.bank_lists import BankList
from mediation.rules.money.bank_matching import TAKEN, Key, Owed, Proposal, Recorded
from mediation.rules.money.entries import TWIN
from mediation.rules.money.payment_checks import WHY, Entry
from mediation.rules.people import kin
from mediation.rules.people.corrections import PAYEE
from mediation.rules.people.worker_list import Left
from mediation.rules.text_cleaning import Unreadable
from mediation.services.cases import moves
from mediation.services.money import payments
from mediation.services.people import parties

NOTHING_TAKEN = Text("请在要登记的行前打勾", "Tick the lines to record")
NOT_TAKEN = Text("第{line}行不能登记，请再看一遍", "Line {line} cannot be recorded; look once more")
WHOSE = Text("第{line}行：同名的不止一个，请先选是哪一个", "Line {line}: several have this name; choose which first")
NO_DAY = Text("第{line}行没有日期：请填哪天到账", "Line {line} has no day: say on which day the money came")
TWO_CASES = Text("第{line}行一笔付给了几件案件的人，请到各案登记各自的份额",
                 "Line {line} pays people of several cases: record each share in its case")
WHO_PAYS = Text("第{line}行：案件{number}的对方不止一家，请到本案登记，或写明谁付的",
                "Line {line}: the case {number} has several respondents; record it there, or say who paid")
WHOLE_ACCOUNT = re.compile("[0-9]{12,30}")
LINE = Text("第{line}行：{why}", "Line {line}: {why}")
FROM_LIST = Text("银行清单第{line}行{more}", "line {line} of the bank's list{more}")
REFERENCE = Text("，流水号 {reference}", ", reference {reference}")
OF_FILE = Text("，文件 {name}", ", file {name}")
WITH_ENTRY = Text("，附件在第{seq}笔", ", file beside entry {seq}")


@dataclass(frozen=True)
class Preview:
    """What a list would do; nothing is written. ``digest`` tells whether what is sent is what was shown."""

    proposals: tuple[Proposal, ...]
    left_out: tuple[Left, ...]
    day: date | None
    problem: Text | None
    digest: str

    def count(self, *fates: str) -> int:
        return sum(found.fate in fates for found in self.proposals)

    @property
    def offered(self) -> list[Proposal]:
        return [found for found in self.proposals if found.fate in TAKEN]

    @property
    def sure_fen(self) -> int:
        return sum(found.line.fen for found in self.proposals if found.fate == "sure")


def read(text: str, today: date) -> BankList:
    """The lines of a list. Raises Refused beside ``lines``."""
    try:
        return bank_lists.read_list(text, today)
    except Unreadable as fault:
        raise Refused([Problem("lines", fault.text)]) from fault


def preview(cases: Iterable[Case], text: str, today: date, chosen: Mapping[int, Key], day: date | None = None
            ) -> Preview:
    """Read a list and match it with what the cases owe. ``chosen``: whose a line is, where that was asked; ``day``: of
    lines without one, before the day told above the table. Raises Refused beside ``lines``."""
    found, cases = read(text, today), list(cases)
    day = day or found.day
    owed = [one for case in cases for one in owed_of(case, today)]
    recorded = [one for case in cases for one in recorded_of(case)]
    proposals = tuple(bank_matching.match(found.lines, owed, recorded, dict(chosen), day))
    said = [text.strip(), *((one.line.line, one.fate, one.shares, str(one.line.day)) for one in proposals)]
    return Preview(proposals, found.left_out, found.day, found.problem, vault.current().digest(repr(said))[:32])


def owed_of(case: Case, today: date) -> list[Owed]:
    """What is owed to each worker of a case, with the account that is known."""
    position = case_money.position(case, today)
    waiting = set(db.session.scalars(select(Correction.party_id).where(
        Correction.case_id == case.id, Correction.field.in_(PAYEE), corrections.is_waiting())))
    people = {party.id: party for party in case.parties}
    has_agreement = case_money.current_agreement(case) is not None
    found = []
    for line in position.workers:
        party = people[line.party.id]
        heirs = kin.kin_of(party, case.parties) if kin.is_dead(party) else []
        steps = tuple(fen for _seq, parts in payments.open_parts([line]) for fen in parts.values())
        payee = party.payee_name or (heirs[0].name if len(heirs) == 1 else "")
        found.append(Owed((case.id, party.id), party.name, payee, party.account or "",
                          line.performance.outstanding_fen, steps, party.id in waiting, has_agreement, case.number))
    return found


def recorded_of(case: Case) -> list[Recorded]:
    """The parts of the payments that stand and are proved: what was only said to be paid is what a list proves."""
    rows = case_money.payments_of(case)
    undone = {row.reverses_id for row in rows}
    return [Recorded((case.id, share.party_id), row.seq, row.paid_on, share.amount_fen, row.proof_note)
            for row in rows if row.reverses_id is None and row.id not in undone and row.direction == "to_worker"
            and row.proof != "said" for share in row.shares]


@dataclass(frozen=True)
class Wanted:
    """What of a list is to be recorded: the lines, whose they are where that was asked, and what holds for all.

    ``entry`` is the pattern of each payment (payer, way, proof, reason); its day is that of lines without one.
    """

    text: str
    lines: Collection[int]
    chosen: Mapping[int, Key]
    entry: Entry
    file: Attachment | None = None
    source: str = ""  # name of the file, where it is not kept
    accounts: Collection[int] = ()  # lines whose account becomes the worker's, where none is known of him


def record(case: Case, wanted: Wanted, actor: Actor) -> list[Payment]:
    """Record the lines that were ticked, all or none, with one event; the first carries the file. What the employer
    only said before is proved by its line: that entry is reversed. Raises Refused with all problems."""
    return record_in([case], wanted, actor)


def record_in(cases: Iterable[Case], wanted: Wanted, actor: Actor) -> list[Payment]:
    """The same in several cases, one event in each; without a payer named, each case's own respondent paid."""
    by_id = {case.id: case for case in cases}
    for case in by_id.values():
        moves.require(case, "money.record", actor)
    shown = preview(by_id.values(), wanted.text, actor.today, wanted.chosen, wanted.entry.paid_on)
    ticked = [found for found in shown.proposals if found.line.line in wanted.lines]
    if problems := _problems(ticked, wanted):
        raise Refused(problems)
    of_case: dict[int, list[Proposal]] = defaultdict(list)
    for found in ticked:
        of_case[found.shares[0][0][0]].append(found)
    made = []
    for key, lines in sorted(of_case.items()):
        made += _record(by_id[key], lines, replace(wanted, entry=_paid_by(by_id[key], wanted.entry, lines)), actor)
    for found in ticked:
        if found.line.line in wanted.accounts and (party := accountless(found, by_id)):
            parties.change_party(by_id[party.case_id], party, {"account": found.line.account}, actor,
                                 reason=FROM_LIST.fill(line=found.line.line, more="").zh)
    return made


def accountless(found: Proposal, by_id: Mapping[int, Case]) -> Party | None:
    """The worker of a line whose account nobody knows yet, where the list tells the whole of it."""
    if len(found.shares) != 1 or not WHOLE_ACCOUNT.fullmatch(found.line.account):
        return None
    case_id, party_id = found.shares[0][0]
    party = next((one for one in by_id[case_id].parties if one.id == party_id), None)
    return party if party is not None and not party.account_sealed else None


def _paid_by(case: Case, entry: Entry, lines: Sequence[Proposal]) -> Entry:
    """The entry with the one who pays in this case, where the list says no other."""
    if entry.payer_party_id is not None or entry.payer_name:
        return entry
    agreement = case_money.current_agreement(case)
    payers = [agreement.payer_party_id] if agreement and agreement.payer_party_id else [
        party.id for party in case.parties if party.side == "respondent" and party.removed_on is None]
    if len(payers) != 1:
        raise Refused([Problem("lines", WHO_PAYS.fill(line=lines[0].line.line, number=known_as(case.number)))])
    return replace(entry, payer_party_id=payers[0])


def _record(case: Case, ticked: Sequence[Proposal], wanted: Wanted, actor: Actor) -> list[Payment]:
    for said in _proved(case, ticked):
        payments.reverse_payment(case, said, payments.VERIFIED.say(actor.language), actor)
    file = wanted.file if wanted.file is not None and not wanted.file.about_kind else None
    first = max((row.seq for row in case_money.payments_of(case)), default=0) + 1
    entered = [_entry(found, wanted, first if place and file else 0) for place, found in enumerate(ticked)]
    try:
        return payments.record_list(case, entered, actor, {"confirm_over", TWIN}, file)
    except Refused as refusal:
        raise Refused([Problem("lines", LINE.fill(line=ticked[int(problem.field)].line.line, why=problem.text))
                       for problem in refusal.problems]) from refusal


def _problems(ticked: Sequence[Proposal], wanted: Wanted) -> list[Problem]:
    if not ticked:
        return [Problem("lines", NOTHING_TAKEN)]
    found = []
    for one in ticked:
        line = one.line.line
        if one.choices:
            found.append(Problem("lines", WHOSE.fill(line=line)))
        elif one.fate not in TAKEN or not one.shares:
            found.append(Problem("lines", NOT_TAKEN.fill(line=line)))
        elif len({key[0] for key, _fen in one.shares}) > 1:
            found.append(Problem("lines", TWO_CASES.fill(line=line)))
        elif one.line.day is None:
            found.append(Problem("day", NO_DAY.fill(line=line)))
    if any(one.needs_reason for one in ticked) and not wanted.entry.reason:
        found.append(Problem("reason", WHY))
    return found


def _proved(case: Case, ticked: Sequence[Proposal]) -> list[Payment]:
    """The entries that the employer said were paid and that the lines prove: the same workers, the same sums."""
    rows = case_money.payments_of(case)
    undone = {row.reverses_id for row in rows}
    found: dict[tuple[tuple[int, int], ...], list[Payment]] = defaultdict(list)
    for row in rows:
        if row.proof == "said" and row.reverses_id is None and row.id not in undone:
            found[tuple(sorted((share.party_id, share.amount_fen) for share in row.shares))].append(row)
    wanted = [found[tuple(sorted((key[1], fen) for key, fen in one.shares))] for one in ticked]
    return [entries.pop(0) for entries in wanted if entries]


def _entry(found: Proposal, wanted: Wanted, first: int) -> Entry:
    pattern = wanted.entry
    line, shares = found.line, {key[1]: fen for key, fen in found.shares}
    more = REFERENCE.fill(reference=line.reference[:60]).zh if line.reference else ""
    more += OF_FILE.fill(name=wanted.source[:60]).zh if wanted.source else ""
    more += WITH_ENTRY.fill(seq=first).zh if first else ""
    return Entry(line.day, line.fen, shares=shares, payer_party_id=pattern.payer_party_id,
                 payer_name=pattern.payer_name, payer_kind=pattern.payer_kind, way=pattern.way, proof=pattern.proof,
                 proof_note=FROM_LIST.fill(line=line.line, more=more).zh,
                 reason=pattern.reason if found.needs_reason else "")
