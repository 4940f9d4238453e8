"""The deadline calculator: a channel and the days of a case, typed as text; asked by GET: nothing changes."""
from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField

from mediation.forms.base import Select, Typed, spoken, today
from mediation.rules import reading, text_cleaning, words
from mediation.rules.language import Text
from mediation.rules.law.limits import FACTS

PREFIX = "fact_"


class Days(Typed):
    """One day or several, parted by commas or blanks; ``data`` is the list of days, empty when nothing is typed."""

    def read(self, typed: str) -> list:
        days = []
        for part in text_cleaning.narrow(typed).replace(",", " ").replace("、", " ").replace(";", " ").split():
            found = reading.read_date(part, today())
            if found.value is None:
                raise text_cleaning.Unreadable(Text("请写到哪一天，例如 2026-09-30",
                                                    "Please give the day, for example 2026-09-30"))
            days.append(found.value)
        return days

    def show(self, value) -> str:
        return "、".join(day.isoformat() for day in value or ())


class _ClocksForm(FlaskForm):
    class Meta:
        csrf = False

    channel = Select(_l("谁办的、谁送来的"), validate_choice=False)
    procedure = Select(_l("法院程序（委托才选）"), validate_choice=False)
    civil = BooleanField(_l("是劳务等民事纠纷"))
    pay_only = BooleanField(_l("只要工资"))
    days = BooleanField(_l("逐日列出"))

    def __init__(self, *args, **kwargs):
        super().__init__(request.args, *args, **kwargs)
        self.problems: list[str] = []
        self.asked: list = []
        self.channel.choices = [(code, f"{code} {word.say(spoken())}") for code, word in words.CHANNELS.items()]
        self.procedure.choices = [("", "—"), *((code, word.say(spoken())) for code, word in words.PROCEDURES.items())]

    def fact(self, name: str):
        return self[PREFIX + name]

    @property
    def facts(self) -> dict[str, list]:
        """The days that were typed, by fact."""
        return {name: field.data for name in FACTS if (field := self.fact(name)).data}


def clocks_form() -> _ClocksForm:
    """The form with one field for each fact of the rules, named in the reader's language."""
    fields = {PREFIX + name: Days(word.say(spoken())) for name, word in FACTS.items()}
    return type("ClocksForm", (_ClocksForm,), fields)()
