"""The common ground of all forms: language, submit token, version, problems of the whole, and the reading fields."""
from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

from babel import Locale
from babel.support import Translations
from flask import request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import messages_path
from wtforms.validators import StopValidation

from mediation.rules import reading, text_cleaning
from mediation.rules.language import Text
from mediation.rules.money import amounts, currencies
from mediation.rules.people import headcounts, kin, loose_numbers

LONGEST_TYPED = 2000  # characters of a text that a rule reads
TOKEN = re.compile(r"[\w.:-]{1,40}", re.ASCII)  # what a form was given; anything else was put there by hand


def new_token() -> str:
    """What a form carries to be counted once."""
    return secrets.token_urlsafe(16)


def spoken() -> str:
    """'zh' or 'en', as the page speaks."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@cache
def _own_sentences(locale: Locale) -> Translations:
    """WTForms' own sentences in a language; the catalogue is part of the installed package and never changes."""
    return Translations.load(messages_path(), [locale], domain="wtforms")


def fields_of(form: Iterable[Field]) -> Iterator[Field]:
    """Every field of a form that holds a value, with those of its rows and parts."""
    for field in form:
        if isinstance(field, (FieldList, FormField)):
            yield from fields_of(field)
        else:
            yield field


F = TypeVar("F", bound="BaseForm")


class BaseForm(FlaskForm):
    """``problems``: sentences about the whole form; ``asked``: problems that a tick may override."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form):
            locale = get_locale()
            return super().get_translations(form) if locale is None else _own_sentences(locale)

    submit_token = HiddenField()
    version = HiddenField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.problems: list[str] = []
        self.asked: list = []
        self.theirs: list[tuple[str, str, str]] = []  # after a lost race: label, what stands, what was typed
        if not TOKEN.fullmatch(self.submit_token.data or ""):
            self.renew_token()

    def renew_token(self) -> None:
        """From here on it is another form than the one that was sent."""
        self.submit_token.data = new_token()

    @property
    def confirmed(self) -> frozenset[str]:
        """Names of the problems that the writer was asked back about and has ticked."""
        return frozenset(request.form.getlist("confirmed"))

    def days(self) -> list[Day]:
        """Its fields of days, those in rows too."""
        return [field for field in fields_of(self) if isinstance(field, Day)]

    def unshown(self) -> list[tuple[str, str]]:
        """Label and words of every text that was typed and that the page did not show, having no place for it."""
        return [(str(field.label.text), words) for field in fields_of(self)
                if isinstance(field, Words) and not field.is_shown and (words := field._value())]

    def differences(self, other: BaseForm) -> list[tuple[str, str, str]]:
        """Label, the words of ``other`` and the own ones of every field in which the two forms differ."""
        there = {field.name: _said(field) for field in fields_of(other)}
        return [(str(field.label.text), there[field.name], own) for field in fields_of(self)
                if field.name in there and not isinstance(field, HiddenField)
                and there[field.name] != (own := _said(field))]

    def sentences(self) -> list[str]:
        """Everything that is said about the form and its fields."""
        return [*self.problems, *(str(error) for field in fields_of(self) for error in field.errors)]

    def chosen_files(self) -> list[FileField]:
        """Its fields in which a file was chosen."""
        return [field for field in self.files() if field.data]

    def files(self) -> list[FileField]:
        return [field for field in fields_of(self) if isinstance(field, FileField)]

    def renew(self, version: int) -> None:
        """The next sending is judged by this version of what it changes."""
        self.version.raw_data, self.version.data = None, str(version)

    @property
    def seen_version(self) -> int | None:
        return reading.read_key(self.version.data)


def built(base: type[F], fields: Mapping[str, Any], **more: object) -> F:
    """A form of this request with fields of its own beside those of its class, which was made for it.

    WTForms goes through all the names of a new class; what it finds in the class beneath is kept.
    """
    made = type(base)(f"Built{base.__name__}", (base,), {**fields, **more})
    everything = {**_fields_of(base), **fields}
    made._unbound_fields = sorted(everything.items(), key=lambda named: (named[1].creation_counter, named[0]))
    made._wtforms_meta = _meta_of(base)
    return made()


@cache
def _fields_of(base: type[BaseForm]) -> dict[str, Any]:
    return {name: field for name in dir(base)
            if not name.startswith("_") and hasattr(field := getattr(base, name), "_formfield")}


@cache
def _meta_of(base: type[BaseForm]) -> type:
    return type("Meta", tuple(one.Meta for one in base.__mro__ if "Meta" in vars(one)), {})



def _said(field: Field) -> str:
    """What a field says to people: the words of a choice, the text of a line."""
    if isinstance(field, BooleanField):
        return (Text("是", "yes") if field.data else Text("否", "no")).say(spoken())
    if isinstance(field, SelectMultipleField):
        return "、".join(str(label) for _key, label in _choices(field) if _key in (field.data or ()))
    if isinstance(field, SelectField):
        return next((str(label).strip() for key, label in _choices(field) if key == (field.data or "")), "")
    return str(field._value()).strip() if hasattr(field, "_value") else ""


def _choices(field: SelectField) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in field.iter_choices()]


class Offering:
    """A field whose choices are given as pairs of code and words, or as a function that gives them."""

    def __init__(self, *args, choices=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = choices

    @property
    def choices(self) -> list[SelectChoice] | None:
        return SelectField.choices.fget(self)

    @choices.setter
    def choices(self, offered) -> None:
        SelectField.choices.fset(self, (lambda: _offers(offered())) if callable(offered) else _offers(offered))


def _offers(pairs) -> list[SelectChoice] | None:
    return None if pairs is None else [SelectChoice(value, label) for value, label in pairs]


class Select(Offering, SelectField):
    """One of a list that opens."""


class Radio(Offering, RadioField):
    """One of a few, shown whole."""


class Several(Offering, SelectMultipleField):
    """Any number of a list."""


class Words:
    """A field of words: it knows whether a page has shown it."""

    is_shown = False

    def __call__(self, **kwargs):
        self.is_shown = True
        return super().__call__(**kwargs)


class Line(Words, StringField):
    """One line of text, cleaned (rules/text_cleaning.py); what cannot be stored is refused with a sentence.

    Words are printed and exported as they stand: an identity or account number among them is refused.
    """

    def __init__(self, label="", validators=(), limit: int = 200, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.limit = limit

    def refuse_numbers(self, said: str) -> None:
        """Raise ``Unreadable`` for a long number that has no place in these words."""
        loose_numbers.refuse(said)

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        self.raw_text = self.data or ""

    def _value(self):
        """What was typed, less the characters that no page can show; the sentence beside the field names them."""
        return text_cleaning.CONTROLS.sub("", super()._value())

    def pre_validate(self, form):
        if not self.data:
            self.data = ""
            return
        try:
            self.data = text_cleaning.clean(self.data, self.limit, lines=isinstance(self, Area))
            self.refuse_numbers(self.data)
        except text_cleaning.Unreadable as problem:
            raise StopValidation(problem.text.say(spoken())) from problem


class NumberLine(Line):
    """A line for a person's number (identity, account, telephone), which its own rule reads and seals."""

    def refuse_numbers(self, said: str) -> None:
        pass


class DocumentLine(Line):
    """A line for the number of a document or a case, of any length."""

    def refuse_numbers(self, said: str) -> None:
        loose_numbers.refuse(said, may_hold_documents=True)


class Area(Line, TextAreaField):
    """Several lines of text."""

    def __init__(self, label="", validators=(), limit: int = 4000, **kwargs):
        super().__init__(label, validators, limit=limit, **kwargs)


class ListArea(Area):
    """Pasted rows, of which each cell is read by a rule."""

    def refuse_numbers(self, said: str) -> None:
        pass


class Typed(Words, StringField):
    """A text input whose meaning is read by a rule; the typed text is kept, ``data`` holds the value or None.

    What the rule is given is cleaned as every text is; rules read full-width signs themselves (``narrow``).
    """

    is_required_text = Text("请填写", "Please fill this in")

    def __init__(self, label="", validators=(), required: bool = False, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.required = required
        self.typed = ""
        self.fault: Text | None = None

    def _value(self):
        return text_cleaning.CONTROLS.sub("", self.typed) or self.show(self.data)

    def show(self, value) -> str:
        return "" if value is None else str(value)

    def process_formdata(self, valuelist):
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data, self.fault = None, None
        if self.typed:
            try:
                self.data = self.read(text_cleaning.clean(self.typed, LONGEST_TYPED))
            except text_cleaning.Unreadable as problem:
                self.fault = problem.text

    def read(self, typed: str):
        """The value that ``typed`` means; raises ``Unreadable``."""
        return typed

    def pre_validate(self, form):
        if self.fault is not None:
            raise StopValidation(self.fault.say(spoken()))
        if self.required and not self.typed:
            raise StopValidation(self.is_required_text.say(spoken()))


class People(Typed):
    """How many people: 12, 约20人, 几十人; ``data`` is the number counted, ``words`` those of an approximate one."""

    said: reading.Reading[int] | None = None

    def read(self, typed: str) -> int | None:
        found = headcounts.read_people(typed)
        if found.names and "等" not in typed:
            raise text_cleaning.Unreadable(headcounts.NO_PEOPLE)
        if found.value is None:
            raise text_cleaning.Unreadable(headcounts.HOW_MANY)
        self.said = found
        return found.value

    @property
    def words(self) -> str:
        return headcounts.words_of(self.said)

    @property
    def echo(self) -> str:
        return self.said.text.say(spoken()) if self.said else ""


class Share(Typed):
    """A part of the whole, as 1/3 or 50%; ``data`` is the fraction in lowest terms."""

    def read(self, typed: str) -> str:
        return kin.read_share(typed)


class Sum(Typed):
    """An amount in yuan, ``data`` in fen."""

    def read(self, typed: str) -> int:
        said = currencies.bare(typed)
        if said is None:
            raise text_cleaning.Unreadable(currencies.OTHER_UNIT.fill(unit=currencies.unit()))
        return amounts.parse_yuan(said)

    def show(self, value) -> str:
        return "" if value is None else amounts.print_yuan(value)


class Clock(Typed):
    """A time of day, ``data`` as 15:30."""

    def read(self, typed: str) -> str:
        return reading.read_clock(typed)


class Day(Typed):
    """A date as people say it (今天, 11.20, 5月); ``data`` is the date, ``reading`` what was understood."""

    def __init__(self, label="", validators=(), prefer: str = "past", needs_exact: bool = True, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.prefer, self.needs_exact = prefer, needs_exact
        self.reading = None

    def read(self, typed: str) -> date | None:
        self.reading = reading.read_date(typed, today(), self.prefer)
        if self.needs_exact and self.reading.precision != "exact":
            raise text_cleaning.Unreadable(Text("请写到哪一天，例如 11.20", "Please give the day, for example 11.20"))
        return self.reading.value

    def show(self, value) -> str:
        return value.isoformat() if isinstance(value, date) else ""

    def said_on(self, day: date) -> None:
        """What was typed on an earlier day (今天, 周五) becomes the date that it meant then."""
        if not self.typed or day == today():
            return
        try:
            found = reading.read_date(self.typed, day, self.prefer)
        except text_cleaning.Unreadable:
            return
        if found.precision == "exact" and found.value != self.data:
            self.data, self.fault, self.typed = found.value, None, self.show(found.value)


def put_today(field: Day) -> None:
    """Fill a day in as somebody would who acts now."""
    field.data, field.typed = today(), Text("今天", "today").say(spoken())


def names_of(sent: MultiDict[str, FileStorage]) -> list[tuple[str, str]]:
    """The names of chosen files by their fields: all that is kept of them where a form comes too late."""
    return [(name, file.filename) for name, file in sent.items(multi=True) if file.filename]


def today() -> date:
    """The business date, from the request's gate."""
    return _today()


_today = date.today


def set_today(source) -> None:
    """Let the gate provide the business date, so that forms know no clock of their own."""
    global _today
    _today = source
