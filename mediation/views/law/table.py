"""The table of time limits as pages show it: one dictionary per row of the rules, with its mark."""
from __future__ import annotations

from collections.abc import Iterable

from mediation.queries.house import admin
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.law import channels, effect, jurisdiction, routes, ways
from mediation.rules.law.laws import cite
from mediation.rules.law.limits import (
    CONFIDENCES,
    CONSENTERS,
    EMPTY,
    FACTS,
    NATURES,
    PAUSE_GROUNDS,
    UNITS,
    Extension,
    Rule,
    Standstill,
)
from mediation.rules.law.time_limits import CLOCKS

ROLLS = Text("末日逢休息日顺延", "moved past rest days")
STAYS = Text("末日不顺延", "not moved")
ONLY_WORKDAYS = Text("只数工作日", "working days alone are counted")
CLAIMS = {"labour": Text("，仅劳动争议", ", labour claims"), "civil": Text("，仅民事", ", civil claims"),
          "personnel": Text("，仅人事争议", ", personnel disputes")}


def limits_table() -> list[dict]:
    """Every row in the order of the table."""
    checks = admin.checks()
    names = admin.names_of(row.account_id for row in checks.values())
    return [_row(rule, checks.get(rule.mark), names) for rule in CLOCKS]


def scopes_table() -> list[dict]:
    """What belongs here and what does not, with its ground and the next doors."""
    return [{"about": about, "verdict": jurisdiction.VERDICTS[row.verdict], "ground": row.ground,
             "article": row.article,
             "level": row.confidence, "doors": _joined(jurisdiction.DOORS[code] for code in row.doors)}
            for about, row in jurisdiction.every_jurisdiction()]


def ways_table() -> list[dict]:
    """Where a dispute goes without an agreement, and what may follow one, by way of law."""
    return [{"code": way.code, "label": way.label, "told": way.goal.told, "article": way.article,
             "level": way.confidence,
             "bar": OWN_BAR if way.bar_code == "own" else _joined(_plain(id) for id in way.bar.ids or ("—",)),
             "extension": way.extension if way.extension.zh else AS_CHANNEL if way.code in ways.OF_MATTER else UNSAID,
             "after": _after(way)} for way in ways.WAYS.values()]


OWN_BAR = Text("原来的时效", "its own")
AS_CHANNEL, UNSAID = Text("依渠道", "as the channel"), Text("没有规定", "no rule")
OWN_PAPER = Text("法院、仲裁委制作调解书", "court or commission makes its own paper")


def _plain(text: str) -> Text:
    return Text(text, text)


def _after(way: ways.Way) -> Text:
    if way.is_sent:
        return OWN_PAPER
    levels = (("jud_confirm", way.confirm), ("arb_review", way.review), ("pay_order", way.order),
              ("direct_suit", way.suit))
    return _joined(Text(f"{routes.ROUTES[code].zh}（{level}）", f"{routes.ROUTES[code].en} ({level})")
                   for code, level in levels if level)


def effects_table() -> list[dict]:
    """Who has to sign on which channel, and whose signature gives the day of effect."""
    return [{"channels": "、".join(row.channels),
             "forms": _joined(FORMS[form] for form in sorted(row.forms) if form in FORMS),
             "needs": _joined(words.SIGNERS[one] for one in row.needs),
             "decides": _joined(words.SIGNERS[one] for one in row.decides),
             "ways": _joined(words.SIGN_WAYS[way] for way in words.SIGN_WAYS if way in row.ways),
             "article": cite(row.cites), "level": row.confidence} for row in effect.EFFECTS]


FORMS = {**words.AGREEMENT_FORMS, "online": Text("在线", "Online")}


def _joined(parts: Iterable) -> Text:
    known = list(parts)
    return Text("、".join(one.zh for one in known), ", ".join(one.en for one in known))


def _row(rule: Rule, check, names: dict[int, str]) -> dict:
    return {
        "id": rule.id, "mark": rule.mark, "label": rule.label, "channels": _channels(rule), "period": rule.period(),
        "triggers": _triggers(rule), "end": _end(rule), "stops": _facts(rule.stops),
        "sentence": rule.sentence(), "rolls": rule.roll, "extension": _extension(rule.extension),
        "may_pause": rule.may_pause, "pause": _pause(rule.standstill), "article": rule.article, "cites": rule.cites,
        "confidence": CONFIDENCES[rule.confidence], "level": rule.confidence, "nature": NATURES[rule.nature],
        "since": rule.valid_from, "until": rule.until, "note": rule.note, "check": check,
        "checked_by": names.get(check.account_id, "") if check else "",
    }


def _channels(rule: Rule) -> Text:
    every = "".join(channels.CHANNELS)
    shown = Text("全部", "all") if rule.channels == every else Text("、".join(rule.channels), ", ".join(rule.channels))
    if rule.procedure:
        word = words.PROCEDURES[rule.procedure]
        shown = Text(f"{shown.zh}（{word.zh}）", f"{shown.en} ({word.en})")
    claims = CLAIMS.get(rule.claims, EMPTY)
    return Text(shown.zh + claims.zh, shown.en + claims.en)


def _end(rule: Rule) -> Text:
    """What happens when the last day is a rest day; empty where nothing is counted."""
    if rule.length is None:
        return EMPTY
    return ONLY_WORKDAYS if rule.unit == "wd" else ROLLS if rule.roll else STAYS


def _triggers(rule: Rule) -> Text:
    """From which fact it runs, in order of preference, and what it is reckoned from while that is missing."""
    shown = Text("；没有的，".join(FACTS[name].zh for name in rule.triggers),
                 "; failing that, ".join(FACTS[name].en for name in rule.triggers))
    if not rule.fallback:
        return shown
    word = FACTS[rule.fallback]
    return Text(f"{shown.zh}（还不知道时按{word.zh}暂算，把握M）",
                f"{shown.en} (while unknown, reckoned from when {word.en}, confidence M)")


def _facts(names: tuple[str, ...]) -> Text:
    return Text("；".join(FACTS[name].zh for name in names), "; ".join(FACTS[name].en for name in names))


NO_ARTICLE = Text("（没有条文，M，仅作提示）", "(no article: M, advice only)")
ONLY_FOR = Text("（{grounds}：{article}，{level}；其他原因没有条文，M）", "({grounds}: {article}, {level}; else no article, M)")
UNDER = Text("（{article}，{level}）", "({article}, {level})")


def _pause(row: Standstill) -> Text:
    """On what a pause of the count rests, and how surely."""
    if not row.cites:
        return NO_ARTICLE
    grounds = _joined(PAUSE_GROUNDS[code] for code in row.grounds)
    return (ONLY_FOR if row.grounds else UNDER).fill(grounds=grounds, article=cite(row.cites), level=row.confidence)


def _extension(row: Extension | None) -> Text:
    if row is None:
        return Text("未规定", "none provided for")
    who_zh = "、".join(CONSENTERS[name].zh for name in row.consents)
    who_en = ", ".join(CONSENTERS[name].en for name in row.consents)
    if row.cap is None:
        return Text(f"{who_zh}同意，未定上限", f"with {who_en}, no cap stated")
    unit = UNITS[row.unit]
    return Text(f"{who_zh}同意，最长{row.cap}{unit.zh}", f"with {who_en}, at most {row.cap} {unit.en}")
