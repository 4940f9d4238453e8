"""When a promised sum falls due, as it was said: a day, the latest day that words mean, or words that mean none.

春节前 is at the latest the day before the festival, 5月底 the 31st, 签字后10日内 the tenth day after the agreement. 竣工后
names no day: it has no due day and is never late, and the agreement is asked back about it (CPLJ 358: vague terms are
not confirmed). Agreed days do not roll over rest days (decisions.md, Law).
"""
from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules import date_phrases, reading
from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable, narrow

LONGEST = 60  # characters that are kept of what was said
TOO_LONG = Text("付款日最多写60个字，其余写进其他条款", "At most 60 characters for the day; write the rest into the other terms")
NO_WORDS = Text("没有日期：{told}", "no day: {told}")
_WITHIN = re.compile(r"(?:(?:自|从)?(?:本)?(?:协议)?(?:签订|签字|签署|达成)(?:协议)?(?:之?日起|之?后|起)?)?"
                     r"(?P<count>[0-9]{1,4}|[一二两三四五六七八九十百]{1,5})个?(?P<unit>天|日|周|星期)(?:以|之)?内(?:付清|付款|支付)?")


class Term(NamedTuple):
    """The latest day that was meant, None where none was; ``told`` is what was said where it was more than a day."""

    due_on: date | None
    told: str = ""


def read_term(text: str, made_on: date) -> Term:
    """When a sum is due, seen from the day of the agreement.

    Raises ``Unreadable`` for a day that does not exist and for what is neither a day nor words.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise Unreadable(TOO_LONG)
    within = _WITHIN.fullmatch(narrow(said))
    if within:
        days = (date_phrases.numeral(within["count"]) or 0) * (7 if within["unit"] in ("周", "星期") else 1)
        return Term(made_on + timedelta(days), said)
    try:
        found = reading.read_date(said, made_on, "future")
    except Unreadable as problem:
        if problem.text is not date_phrases.NO_DATE or not re.search(r"[\u3400-\u9fff]{2}|[A-Za-z]{4}", said):
            raise
        return Term(None, said)
    if found.precision == reading.EXACT:
        return Term(found.value)
    return Term(found.last_on, said)


def say_term(term: Term) -> Text:
    """The day and the words of a term: 2027年2月5日 周五（春节前） / no day: 竣工后."""
    if term.due_on is None:
        return NO_WORDS.fill(told=term.told)
    day = reading.say_day(term.due_on)
    return Text(f"{day.zh}（{term.told}）", f"{day.en} (“{term.told}”)") if term.told else day
