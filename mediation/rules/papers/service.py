"""Proof of service: to whom each paper has to get, what counts as served, what to try next, and which days hang on it.

The ways are those of civil procedure (CPL 87 to 91), by analogy: for the papers of a mediation nothing is laid down, so
what is said of them advises (M). A refusal counts as service where a witness stands by and the paper is left behind.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mediation.rules import words
from mediation.rules.language import Problem, Text

BOTH = ("applicant", "respondent")


@dataclass(frozen=True)
class Duty:
    """A kind of paper and the sides that have to get it. ``tells``: service on that side is the written notice of where
    to go (Case.notified_on). ``claims``: service on that side is a demand that arrived, which restarts the time bar."""

    to: tuple[str, ...]
    tells: str = ""
    claims: str = ""


TABLE: dict[str, Duty] = {
    "acceptance": Duty(BOTH), "meeting_notice": Duty(BOTH, claims="respondent"),
    "suggestion": Duty(("respondent",), claims="respondent"), "declined": Duty(("applicant",), tells="applicant"),
    "termination": Duty(BOTH, tells="applicant"), "agreement": Duty(BOTH),
}
# What may come of each way; the first is meant where nothing is said.
RESULTS: dict[str, tuple[str, ...]] = {
    "hand": ("received", "refused"), "family": ("received", "refused"), "left": ("refused",),
    "post": ("sent", "received", "refused", "returned"), "message": ("sent", "seen", "received", "returned"),
}
SERVED = frozenset({("hand", "received"), ("family", "received"), ("left", "refused"), ("post", "received"),
                    ("message", "seen"), ("message", "received")})
NO_ONE = Text("请写交给了谁", "Please say to whom it was given")
NO_WAY = Text("请选怎么送的", "Please choose how it was given")
NOT_SO = Text("{way}不会是“{result}”", "'{result}' cannot come of: {way}")
LEFT = Text("留置送达要写见证人和对方拒收的情形", "Left without acceptance: name the witness and what happened")
WHY = Text("请写拒收的事由", "Say why it was refused")
WHO_SIGNED = Text("请写谁代收、和本人什么关系", "Say who signed for it, and how they are related")


NO_REASON = Text("请写为什么划去", "Say why it is struck out")
NOT_HERE = Text("这一条不能划去", "This entry cannot be struck out")
CLOSED = Text("案件凭这份书面告知结的案，先恢复办理再改", "The case was closed on this notice; reopen it first")


def undo_problems(is_closed: bool, is_notice: bool) -> list[Problem]:
    """What stands against an entry that no longer counts: a case that was closed on its notice is reopened first."""
    return [Problem("", CLOSED)] if is_closed and is_notice else []


def strike_problems(is_service: bool, reason: str) -> list[Problem]:
    """What stands against striking out an entry: only one that says how a paper was given and still stands."""
    if not is_service:
        return [Problem("", NOT_HERE)]
    return [] if reason else [Problem("note", NO_REASON)]


@dataclass(frozen=True)
class Entry:
    """One attempt at service: how, what came of it, who stood by, who signed for another."""

    way: str
    result: str = ""
    to: str = ""
    witness: str = ""
    signer: str = ""
    note: str = ""
    on: date | None = None


def result_of(way: str, result: str) -> str:
    """What came of an attempt; '' stands for what the way means by itself, and for no way at all."""
    return result or (RESULTS[way][0] if way in RESULTS else "")


def is_served(way: str, result: str, witness: str = "") -> bool:
    """Whether an attempt served the paper: refused face to face, it did where somebody witnessed that it was left."""
    found = (way, result_of(way, result))
    return found in SERVED or (bool(witness) and found in {("hand", "refused"), ("family", "refused")})


def problems(entry: Entry, has_party: bool) -> list[Problem]:
    """What stands against an entry of service; without a way the paper was only made or received."""
    if not entry.way:
        return []
    if entry.way not in RESULTS:
        return [Problem("given_way", NO_WAY)]
    found = [] if entry.to or has_party else [Problem("given_to", NO_ONE)]
    if entry.result and entry.result not in RESULTS[entry.way]:
        said = words.SERVICE_RESULTS.get(entry.result, Text(entry.result, entry.result))
        found.append(Problem("result", NOT_SO.fill(way=words.SERVICE_WAYS[entry.way], result=said)))
    return found + _details(entry)


def _details(entry: Entry) -> list[Problem]:
    """Whoever leaves a paper behind says who saw it, whoever was refused why, whoever signs for another who it is."""
    if entry.way == "left":
        return [] if entry.note else [Problem("note", LEFT)]
    found = [Problem("signer", WHO_SIGNED)] if entry.way == "family" and not entry.signer else []
    if entry.result == "refused" and not entry.note:
        found.append(Problem("note", WHY))
    return found


HAND = Text("当面交，请本人在送达回证上签字（参照民事诉讼法第88条）", "Hand it over and have the proof of service signed (art. 88 by analogy)")
LEAVE = Text("带一位见证人再送一次；仍拒收，写明事由和日期，把文书留在住处，拍照（参照民事诉讼法第89条）",
             "Go again with a witness; if refused, note why, leave it there, take a picture (art. 89 by analogy)")
POSTED = Text("等回执，查邮单；退回的改当面交，或由同住成年家属代收", "Watch the receipt; if it comes back, hand it over or to an adult of the "
              "family at home")
MESSAGED = Text("打电话问看到没有，留截图；没有回音改当面交或邮寄（参照民事诉讼法第90条）",
                "Call whether it was seen, keep a picture; else hand it over or post it (art. 90 by analogy)")
RETURNED = Text("按送达地址确认书上的地址再送；没有的，当面交、同住成年家属代收或留置",
                "Use the confirmed address; without one hand it over, to an adult of the family, or leave it")
NEXT: dict[tuple[str, str], Text] = {
    ("hand", "refused"): LEAVE, ("family", "refused"): LEAVE, ("post", "refused"): LEAVE, ("post", "sent"): POSTED,
    ("post", "returned"): RETURNED, ("message", "sent"): MESSAGED, ("message", "returned"): RETURNED,
}


def next_way(last: Entry | None) -> Text:
    """What to try next where a paper is not served yet, by what was tried last."""
    return NEXT.get((last.way, result_of(last.way, last.result)), HAND) if last else HAND


def stand(last: Entry | None) -> Text:
    """How far the service is, in words: 11-20 当面交，拒收."""
    if last is None:
        return Text("还没送", "not given yet")
    way, result = words.SERVICE_WAYS[last.way], words.SERVICE_RESULTS[result_of(last.way, last.result)]
    day = f"{last.on:%m-%d} " if last.on else ""
    more = Text(f"，见证人{last.witness}", f", witness {last.witness}") if last.witness else Text("", "")
    signed = Text(f"，{last.signer}代收", f", signed by {last.signer}") if last.signer else Text("", "")
    return Text(f"{day}{way.zh}，{result.zh}{signed.zh}{more.zh}", f"{day}{way.en}, {result.en}{signed.en}{more.en}")


def newest(entries: Iterable[Entry]) -> Entry | None:
    """The attempt that counts: one that served the paper, else the last one."""
    every = list(entries)
    served = [one for one in every if is_served(one.way, one.result, one.witness)]
    return next(iter(served or every[-1:]), None)
