"""When an agreement takes effect: computed from the channel and the signatures, never typed in (law.md 3.4)."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.law.laws import cite


class Signature(NamedTuple):
    """Who signed (words.SIGNERS), how (words.SIGN_WAYS), on which day; ``party`` tells several on a side apart."""

    signer: str
    way: str
    on: date
    party: object = None


class EffectRule(NamedTuple):
    """What an agreement of these channels needs. ``decides``: the signers whose last one gives the day."""

    channels: str
    forms: frozenset[str]
    needs: tuple[str, ...]
    decides: tuple[str, ...]
    ways: frozenset[str]
    cites: str
    confidence: str


@dataclass(frozen=True)
class Effect:
    """The day of effect, or None with what is still missing; ``notes`` are gaps that do not hold the effect up."""

    on: date | None
    missing: tuple[Text, ...]
    notes: tuple[Text, ...]
    article: Text
    confidence: str


PARTIES = ("applicant", "respondent")
SIGNED = frozenset({"sign", "sign_mongolian", "stamp", "sign_print"})
MARKED = SIGNED | {"fingerprint"}
ELECTRONIC = frozenset({"electronic"})
WRITTEN = frozenset({"written", "paper"})
FULL = (*PARTIES, "mediator", "seal")

EFFECTS = (
    EffectRule("ACDH", WRITTEN, FULL, FULL, SIGNED, "TJF 14; R17 26", "H"),
    EffectRule("ACDH", frozenset({"online"}), FULL, FULL, SIGNED | ELECTRONIC, "TJF 14; R17 26", "M"),
    EffectRule("B", WRITTEN, FULL, FULL, MARKED, "RMTJ 29", "H"),
    EffectRule("B", frozenset({"oral"}), PARTIES, PARTIES, frozenset(words.SIGN_WAYS) | {"oral"}, "RMTJ 30", "H"),
    EffectRule("E", WRITTEN, FULL, PARTIES, MARKED | ELECTRONIC, "TY 24", "H"),
    EffectRule("EF", frozenset({"online"}), FULL, PARTIES, ELECTRONIC, "ZX 19", "H"),
    # A settlement between the parties, made when the last of both has signed; mediator and stamp only witness it.
    EffectRule("I", WRITTEN, FULL, PARTIES, MARKED, "TJF 4; JS1 35", "M"),
    EffectRule("I", frozenset({"online"}), FULL, PARTIES, MARKED | ELECTRONIC, "TJF 4; JS1 35", "M"),
    EffectRule("F", WRITTEN | {"court"}, (*PARTIES, "court"), (*PARTIES, "court"), MARKED | ELECTRONIC,
               "TY 20; TY 24", "H"),
    EffectRule("G", WRITTEN | {"court"}, (*PARTIES, "court"), (*PARTIES, "court"), MARKED | ELECTRONIC,
               "R33 70; TJF 42", "M"),
)

MISSING = Text("缺{who}的签名或盖章", "the signature or stamp of {who} is missing")
MISSING_STAMP = Text("缺调解组织印章", "the seal of the mediation body is missing")
MISSING_PAPER = {
    "F": Text("缺法院调解书（双方签收）", "the court's mediation paper, signed for by both, is missing"),
    "G": Text("缺仲裁调解书（双方签收）", "arbitration's mediation paper, signed for by both, is missing"),
}
ONLY_PRINT = Text("{who}只按了指印：{article}未列指印，请补签名",
                  "{who} gave only a fingerprint, which {article} does not list: ask for a signature")
NO_FORM = Text("这个渠道没有这种协议形式：口头协议只有人民调解委员会可以（{article}）",
               "This channel does not know this form: only people's mediation may agree orally ({article})")


def _party_keys(signer: str, parties: Sequence[tuple[str, object]], given: list[Signature]) -> list[object]:
    """Who of a side must have signed: the parties told, else whoever did, and at least one."""
    told = [party for side, party in parties if side == signer]
    return told or [one.party for one in given] or [None]


def _last(rule: EffectRule, channel: str, signer: str, signatures: Iterable[Signature],
          parties: Sequence[tuple[str, object]]) -> tuple[date | None, list[Text]]:
    """The day on which this signer was complete, or what is missing."""
    given = [one for one in signatures if one.signer == signer]
    if signer == "seal":
        return (max(one.on for one in given), []) if given else (None, [MISSING_STAMP])
    if signer == "court":
        return (max(one.on for one in given), []) if given else (None, [MISSING_PAPER[channel]])
    days, missing = [], []
    for key in _party_keys(signer, parties, given):
        own = [one for one in given if one.party == key or key is None]
        valid = [one.on for one in own if one.way in rule.ways or signer == "mediator"]
        if valid:
            days.append(min(valid))
        elif own and own[0].way == "fingerprint":
            missing.append(ONLY_PRINT.fill(who=words.SIGNERS[signer], article=cite(rule.cites)))
        else:
            missing.append(MISSING.fill(who=words.SIGNERS[signer]))
    return (None, missing) if missing else (max(days), [])


def effective_on(channel: str, form: str, signatures: Iterable[Signature],
                 parties: Sequence[tuple[str, object]] = ()) -> Effect:
    """When an agreement on ``channel`` took effect.

    ``form``: written, oral, court (a court's or arbitration's mediation paper) or online. ``parties``: every
    (side, party) that must sign; without it one signature per side is enough. Channels A, B, C, D, H: when the
    last of parties, mediator and seal is there. E and I, and online E and F: when the last party has signed.
    """
    given = list(signatures)
    rule = next((r for r in EFFECTS if channel in r.channels and form in r.forms), None)
    if rule is None:
        article = cite("RMTJ 28")
        return Effect(None, (NO_FORM.fill(article=article),), (), article, "H")
    states = {signer: _last(rule, channel, signer, given, parties) for signer in rule.needs}
    missing = [text for signer in rule.decides for text in states[signer][1]]
    notes = [text for signer in rule.needs if signer not in rule.decides for text in states[signer][1]]
    days = [day for signer in rule.decides if (day := states[signer][0])]
    return Effect(None if missing else max(days), tuple(missing), tuple(notes), cite(rule.cites), rule.confidence)
