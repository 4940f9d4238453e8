"""The form of a kind of record, built from its row: one input for each field, by the kind of the field.

What is missing is left to the rules, so that one press tells everything; the form refuses only what it cannot read.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import Field as Input
from wtforms import HiddenField

from mediation.forms.base import Area, BaseForm, Day, DocumentLine, Line, NumberLine, People, put_today, spoken
from mediation.forms.cases.moves import Chips, Pick, Whole, row_id
from mediation.forms.cases.sessions import word_choices
from mediation.rules.recording import Field, Record
from mediation.rules.text_cleaning import narrow

Rows = Sequence[tuple[int, str]]


class RecordForm(BaseForm):
    """``draft``: the uid of the kept intake page that turned out to be this."""

    record: Record
    draft = HiddenField()

    def values(self) -> dict[str, object]:
        told = {one.told: self[one.name].words for one in self.record.fields if one.told}
        return {**{one.name: self[one.name].data for one in self.record.fields}, **told}

    def lines(self) -> list[list[tuple[Field, Input]]]:
        """Line by line, each field of the row with its input."""
        return [[(one, self[one.name]) for one in line] for line in self.record.lines]


def build(record: Record, employers: Rows = (), begins: Mapping[str, object] | None = None, prefix: str = "",
          is_typed: bool = True) -> RecordForm:
    """The form as it was sent, else fresh; ``is_typed`` False: fresh beside another form that was sent.

    ``employers``: the register to choose from; ``begins``: what is known beforehand, by field.
    """
    inputs = {one.name: MAKERS[one.kind](one, one.label.say(spoken()), employers) for one in record.fields}
    kind = type("BuiltRecordForm", (RecordForm,), {**inputs, "record": record})
    form = kind(prefix=prefix) if is_typed else kind(None, prefix=prefix)
    for one in record.fields:
        if one.is_marked:
            form[one.name].flags.required = True
    if not is_typed or not form.is_submitted():
        _begin(form, begins or {})
    return form


def _begin(form: RecordForm, known: Mapping[str, object]) -> None:
    for one in form.record.fields:
        if one.kind == "day":
            put_today(form[one.name])
        elif one.begins is not None:
            form[one.name].data = one.begins
    for name, value in known.items():
        form[name].data = value


class Counted(People):
    """How many people, as it is said; nobody is 0."""

    def read(self, typed: str) -> int | None:
        return 0 if narrow(typed) == "0" else super().read(typed)


def _attributes(one: Field, **more: object) -> dict[str, object]:
    return {**({"autocomplete": "off"} if one.is_private else {}), **more}


def _pick(one: Field, label: str, employers: Rows) -> Input:
    """Where something stands beforehand there is no empty line."""
    empty = [] if one.begins is not None else [("", _l("请选"))]
    return Pick(label, choices=[*empty, *word_choices(one.choices)])


MAKERS: dict[str, Callable[[Field, str, Rows], Input]] = {
    "line": lambda one, label, rows: Line(label, limit=one.limit, render_kw=_attributes(one)),
    "outside_number": lambda one, label, rows: DocumentLine(label, limit=one.limit, render_kw=_attributes(one)),
    "phone": lambda one, label, rows: NumberLine(label, limit=one.limit, render_kw=_attributes(one, inputmode="tel")),
    "area": lambda one, label, rows: Area(label, limit=one.limit, render_kw=_attributes(one, rows=2)),
    "whole": lambda one, label, rows: Whole(label, render_kw=_attributes(one, inputmode="numeric")),
    "people": lambda one, label, rows: Counted(label, render_kw=_attributes(one)),
    "day": lambda one, label, rows: Day(label, prefer="past"),
    "chips": lambda one, label, rows: Chips(label, choices=word_choices(one.choices)),
    "pick": _pick,
    "employer": lambda one, label, rows: Pick(label, choices=[("", _l("不是一家单位的事")), *rows], coerce=row_id),
}
