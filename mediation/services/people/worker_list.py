"""Workers pasted as lines: what each line would do is shown first, then all are added in one act with one event."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Claim, Party
from mediation.rules import journal, words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people import identity as numbers
from mediation.rules.people import worker_list
from mediation.rules.people.list_cells import NOTE_LENGTH, Row
from mediation.rules.people.worker_list import NO_SUM, Choice, Left
from mediation.rules.text_cleaning import Unreadable, fold
from mediation.services.cases import moves
from mediation.services.money import claims
from mediation.services.papers import waiting
from mediation.services.people import parties, party_numbers

# What a line will do.
FATES = vocabulary(
    Word("new", "新增", "added"),
    Word("claim", "已在案，补上金额", "in the case, sum added"),
    Word("twin", "重复，不加入", "twice, left out"),
    Word("error", "有误", "to be corrected"),
)
NO_LINES = Text("请把名单粘在这里，一行一个人", "Paste the list here, one person a line")
NOTHING_NEW = Text("名单里没有可加入的人", "There is nobody to add in this list")
LINE_WRONG = Text("第{line}行：{why}", "Line {line}: {why}")
TOO_FEW = Text("「{name}」那一行还有{left}人没有写名字，名单却有{count}人",
               "The row of {name} has {left} people without a name, the list has {count}")
OVER_SUM = Text("名单合计{sum}元，「{name}」那一行只有{fen}元，照名单记",
                "The list sums to {sum} yuan, the row of {name} has {fen}; go by the list")
FROM = Text("（见附件《{name}》第{line}行）", "(file “{name}”, line {line})")
SPLIT = Text("已分到各人", "shared out to the workers by name")


@dataclass(frozen=True)
class Line:
    """One line of the paste with what it will do; ``person`` is the one already in the case."""

    row: Row
    fate: str
    person: Party | None = None


@dataclass(frozen=True)
class Preview:
    """What a paste would do; nothing is written.

    ``digest`` tells whether what is sent is what was shown. ``choices``: the columns that may say what is owed,
    ``chosen`` the one that was read; ``unread``: headings of columns that are not kept.
    """

    lines: tuple[Line, ...]
    left_out: tuple[Left, ...]
    total_fen: int
    problem: Text | None
    digest: str
    choices: tuple[Choice, ...] = ()
    chosen: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def adding(self) -> list[Line]:
        return [line for line in self.lines if line.fate in ("new", "claim")]

    @property
    def faults(self) -> list[Line]:
        return [line for line in self.lines if line.fate == "error"]


def preview_lines(case: Case, text: str, head: str, today: date, keeps_namesakes: bool = False,
                  column: int | None = None) -> Preview:
    """Read a paste against the workers already there. Raises Refused when it is empty or too long.

    A line of somebody already in the case without a claim under ``head`` adds that claim; another line of the same
    person is left out, unless ``keeps_namesakes`` and only the names are the same. ``column``: the place of the
    column that says what is owed, where that was chosen.
    """
    try:
        found = worker_list.read_roster(text, today, column)
    except Unreadable as fault:
        raise Refused([Problem("lines", fault.text)]) from fault
    if not found.rows:
        raise Refused([Problem("lines", NO_LINES)])
    there = _Present(case, head)
    lines = tuple(there.judge(row, keeps_namesakes) for row in found.rows)
    total = sum(line.row.fen or 0 for line in lines if line.fate in ("new", "claim"))
    digest = vault.current().digest(f"{found.chosen} {text.strip()}")[:32]
    return Preview(lines, found.left_out, total, found.problem, digest, found.choices, found.chosen, found.unread)


class _Present:
    """The people of a case by name and by identity number."""

    def __init__(self, case: Case, head: str):
        people = parties.active(case, "applicant")
        self.by_name = {fold(p.name): p for p in reversed(people)}
        self.by_identity = {p.identity_index: p for p in people if p.identity_index}
        self.claiming = {c.party_id for c in case.claims if c.head == head and c.dropped_on is None}

    def judge(self, row: Row, keeps_namesakes: bool) -> Line:
        if row.errors:
            return Line(row, "error")
        same = self._same_identity(row)
        person = same or (None if keeps_namesakes else self.by_name.get(fold(row.name)))
        if row.same_as is not None and not keeps_namesakes:
            return Line(row, "twin", person)
        if person is None:
            return Line(row, "new")
        return Line(row, "twin" if person.id in self.claiming or row.fen is None else "claim", person)

    def _same_identity(self, row: Row) -> Party | None:
        if not row.identity:
            return None
        whole = numbers.complete_resident(row.identity) if len(row.identity) == 15 else row.identity
        return self.by_identity.get(vault.current().blind(whole, "identity"))


def add_workers_from_lines(case: Case, text: str, actor: Actor, head: str = "wages", out_of: Party | None = None,
                           confirmed: Collection[str] = (), seen_version: int | None = None,
                           column: int | None = None, source: str = "") -> list[Party]:
    """Add every worker of a pasted list with the claim under ``head``; one event with count, sum and digest.

    ``out_of`` is the row for people not yet named (headcount) whom the list names: its headcount and its claim
    shrink accordingly. A line with an error refuses the whole list, so that nothing is half-saved.
    ``confirmed``: namesakes (same names are other people), over_sum, no_sum (无 in place of a sum). ``source``: the
    name of the file from which the list was read; each claim says from which line of it it comes.
    """
    claims.enter(case, actor, seen_version)
    shown = preview_lines(case, text, head, actor.today, "namesakes" in confirmed, column)
    moves.refuse(_problems(case, shown, head, out_of), {"confirmed": confirmed})
    added = [_write(case, line, head, actor.today, source) for line in shown.adding]
    db.session.flush()
    if out_of is not None:
        _shrink(case, out_of, shown, head, actor)
    parties.retitle(case)
    waiting.keep(case)
    moves.act(case, "parties_added", {"count": len(added), "claimed_fen": shown.total_fen,
                                      "list_digest": _digest(added, shown)}, actor)
    return added


def _problems(case: Case, shown: Preview, head: str, out_of: Party | None) -> list[Problem]:
    found = [Problem("lines", LINE_WRONG.fill(line=line.row.line, why=why))
             for line in shown.faults for why in line.row.errors]
    if head not in words.HEADS:
        found.append(Problem("head", claims.NO_HEAD))
    if not found and not shown.adding:
        found.append(Problem("lines", NOTHING_NEW))
    if unsaid := [line.row for line in shown.adding if line.row.told]:
        found.append(Problem("lines", NO_SUM.fill(lines="、".join(str(row.line) for row in unsaid[:20]),
                                                  told=unsaid[0].told), "no_sum"))
    if out_of is not None:
        found += _split_problems(case, shown, head, out_of)
    return found


def _split_problems(case: Case, shown: Preview, head: str, out_of: Party) -> list[Problem]:
    if out_of not in parties.workers(case):
        return [Problem("out_of", parties.NOT_HERE)]
    count, left = _named(shown), out_of.headcount - 1
    if count > left and "headcount" not in case.as_told:
        return [Problem("out_of", TOO_FEW.fill(name=out_of.name, left=left, count=count))]
    claim = _claim_of(case, out_of, head)
    if claim and claim.amount_fen is not None and shown.total_fen > claim.amount_fen:
        return [Problem("out_of", OVER_SUM.fill(sum=print_yuan(shown.total_fen), name=out_of.name,
                                                fen=print_yuan(claim.amount_fen)), "over_sum")]
    return []


def _named(shown: Preview) -> int:
    return sum(line.fate == "new" for line in shown.lines)


def _claim_of(case: Case, party: Party, head: str) -> Claim | None:
    return next((c for c in case.claims if c.party_id == party.id and c.head == head and c.dropped_on is None), None)


def _write(case: Case, line: Line, head: str, today: date, source: str) -> Party:
    row = line.row
    party = line.person or parties.make_party(case, "applicant", "worker", row.name, {})
    party.payee_name = party.payee_name or row.other_payee
    typed = {"phone": row.phone, "identity": row.identity, "account": row.account}
    party_numbers.set_numbers(party, {k: v for k, v in typed.items() if v and not getattr(party, k)}, today)
    if row.fen is not None or line.person is None:
        claim = parties.make_claim(case, party, head, row.fen, row.is_about)
        place = FROM.fill(name=source[:80], line=row.line).zh if source else ""
        claim.note = f"{row.note[:NOTE_LENGTH - len(place)]} {place}".strip()
    return party


def _shrink(case: Case, out_of: Party, shown: Preview, head: str, actor: Actor) -> None:
    """Take the named people and their sum out of the row that stood for them."""
    out_of.headcount = max(out_of.headcount - _named(shown), 1)  # an approximate number may have been too small
    claim = _claim_of(case, out_of, head)
    if claim is None or claim.amount_fen is None:
        return
    left = claim.amount_fen - shown.total_fen
    if left > 0:
        claim.amount_fen = left
    else:
        claim.dropped_on, claim.dropped_reason = actor.today, SPLIT.zh


def _digest(added: list[Party], shown: Preview) -> str:
    """Digest of the list as stored: rows' ids and sums, under the digest key."""
    pairs = [[party.id, line.row.fen or 0] for party, line in zip(added, shown.adding, strict=True)]
    return vault.current().digest(journal.canonical({"rows": pairs}))[:32]
