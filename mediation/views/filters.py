"""What templates may say: words in the reader's language, sums, days, and what every page needs to know."""
from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from mediation import settings
from mediation.rules import access, uploads, words
from mediation.rules.cases.numbers import known_as
from mediation.rules.figures import reporting
from mediation.rules.language import UNIT, Word, in_unit
from mediation.rules.money import amounts, currencies
from mediation.rules.people import headcounts, kin
from mediation.rules.people.identity import dial
from mediation.views import guard, late, navigation, press

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = {"zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
            "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def text(value: object) -> str:
    """A Text, Word or other row with two languages in the reader's; anything else as it is."""
    if hasattr(value, "say"):
        return value.say(guard.language())
    return "" if value is None else str(value)


def word(code: object, table: str) -> str:
    """A stored code in words; the code itself where the vocabulary does not know it."""
    found = getattr(words, table).get(code)
    return found.say(guard.language()) if found else str(code or "")


def number(register_number: str) -> str:
    return guard.actor().known(register_number)


def period(code: str, language: str = "") -> str:
    """A period's code as people write it; addresses keep the code. A printed paper names its language."""
    return reporting.named(code).say(language or guard.language()) if code else ""


def reference(row: Any) -> str:
    """What a finding is about, as people name it: a case by its number, an entry of it, a period, a paper's number."""
    if row.subject == "period":
        return period(row.reference)
    whole, _mark, entry = row.reference.partition("#")
    return _("%(number)s第%(n)s笔", number=number(whole), n=entry) if entry else number(whole)


def people(case: Any) -> str:
    """How many workers a case has."""
    return headcounts.say(case).say(guard.language())


def row_people(party: Any, case: Any) -> str:
    """How many workers one row of a case stands for."""
    return headcounts.say_row(party, case).say(guard.language())


def yuan(fen: int | currencies.Purse | None, is_about: bool = False, currency: str = "") -> str:
    """A sum; what was only told as about so much says so, what is in another currency than the page names it."""
    if fen is None:
        return "—"
    about = _("约") if is_about else ""
    if isinstance(fen, currencies.Purse):
        return about + fen.say(guard.language())
    return about + (currencies.said(fen, currency, guard.language()) if currency else amounts.print_yuan(fen))


def day(value: date | None, form: str = "short") -> str:
    """12-16 周三, with the year when it is not this one; ``iso`` for the bare date."""
    if value is None:
        return "—"
    if form == "iso":
        return value.isoformat()
    name = WEEKDAYS[guard.language()][value.weekday()]
    near = value.year == guard.today().year
    return f"{value:%m-%d} {name}" if near and form == "short" else f"{value:%Y-%m-%d} {name}"


def clock(value: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """An instant in Beijing time."""
    return value.astimezone(BEIJING).strftime(form) if value else "—"


def days_left(value: date | None) -> int | None:
    return (value - guard.today()).days if value else None


def say(message: str, **values: object) -> Markup:
    """A phrase of the templates in the reader's language, its placeholders filled with escaped values."""
    if values:
        return _phrase(message, guard.language(), UNIT.get()) % values
    return bare(message)


def bare(message: str) -> Markup:
    """A phrase that has no placeholders."""
    return _whole_phrase(message, guard.language(), UNIT.get())


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(settings.ROOT / "mediation" / "translations"), ["zh_CN" if language == "zh" else "en"])


@cache  # as many as the templates have phrases: each is written out in them
def _phrase(message: str, language: str, _unit: Word | None) -> Markup:
    return Markup(in_unit(_catalogue(language).gettext(message), language))


@cache
def _whole_phrase(message: str, language: str, unit: Word | None) -> Markup:
    return _phrase(message, language, unit) % {}


def static(name: str) -> str:
    """The address of a file of ``static/``; the layout asks for the same few on every page."""
    kept = current_app.extensions.setdefault("static addresses", {})
    key = (name, request.script_root)
    if key not in kept:
        kept[key] = url_for("static", filename=name)
    return kept[key]


def install(app: Flask) -> None:
    """After Flask-Babel, whose own ``_`` looks the language and the catalogue up for every word."""
    app.jinja_env.globals.update(_=say, static=static)
    app.jinja_env.phrase = bare  # type: ignore[attr-defined]
    app.jinja_env.filters.update(t=text, word=word, yuan=yuan, day=day, clock=clock, days_left=days_left,
                                 people=people, row_people=row_people, dial=dial, number=number,
                                 bare_number=known_as, period=period,
                                 reference=reference, kin_called=kin.called,
                                 dead_of=kin.dead_of, heirs=kin.heirs)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_page)


def _kept_forms() -> list[late.Late]:
    """Forms that were sent too late: on whichever page comes first after the log-in, then on the desk while there are
    any. The log-in notes whether there are, so that a desk without them asks no database."""
    stage = session.get("late")
    if not stage or not _is_whole() or (stage == "desk" and request.endpoint != "desk.show"):
        return []
    found = late.late()
    if found:
        session["late"] = "desk"
    else:
        session.pop("late")
    return found


def _is_whole() -> bool:
    """Whether somebody is logged in and no one-time code is still due."""
    return bool(current_user) and current_user.is_authenticated and not current_user.is_half


def _page() -> dict:
    """What the layout needs on every page."""
    row = current_user.row if _is_whole() else None
    return {
        "organisation": current_app.config["MEDIATION"]["ORGANISATION"],
        "account": row,
        "nav": navigation.entries(row.role, url_for) if row else [],
        "is_demo": bool(row and row.is_demo),
        "today": guard.today(),
        "language": guard.language(),
        "replica_lag": g.get("replica_lag"),
        "may": lambda permission: bool(row and access.scope_of(row.role, permission)),
        "words": words,
        "unit_word": currencies.unit,
        "purse": currencies.purse,
        "other_unit": UNIT.get,
        "uploads": uploads,
        "kept_forms": _kept_forms,
        "unshown": press.unshown,
        "first_here": guard.first_here,
        "words_sent": press.words_sent,
    }
