"""A pasted work order or message on the intake page: what it says goes into fields that nobody has filled.

What was typed is never changed by reading; where the words say something else, or two things, the page asks, and the
answer is a button that names field and value.
"""
from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from mediation.forms.base import Typed, spoken
from mediation.forms.cases.intake import Choice, Choices, IntakeForm, Pick
from mediation.rules.cases import work_orders
from mediation.rules.cases.work_orders import Order
from mediation.rules.language import Text

LOOK = Text("来自粘贴的文字，请核对", "From the pasted words; please check")
# What stands in a field that nobody has typed into.
UNTYPED = {"received": r"(今天|today) [0-9]{1,2}:[0-9]{2}", "source": "walk_in", "headcount": "1"}


class Line(NamedTuple):
    """A field that the words speak of: its words, what stands there, and what else could (value and its words)."""

    name: str
    label: str
    value: str
    offers: list[tuple[str, str]]


def order_of(form: IntakeForm, today: date) -> Order | None:
    """What the pasted words say; None where nothing is pasted."""
    text = (form.pasted.data or "").strip()
    return work_orders.read(text, today) if text else None


def fill(form: IntakeForm, order: Order) -> None:
    """Put what is told once into fields that are empty, and keep the words as the account of the facts."""
    for name, values in order.found.items():
        if len(values) == 1 and not _is_typed(form, name):
            put(form, name, values[0])
    told = form.narrative.data or ""
    if _squeezed(order.text) not in _squeezed(told):
        form.narrative.process_formdata(["\n\n".join(filter(None, (told, order.text)))])


def put(form: IntakeForm, name: str, value: str) -> None:
    """Write a value into a field as if it were typed; one that the field cannot read is left out."""
    group, place = name.split("-")[0], name.split("-")[1:2]
    if place and place[0].isdigit() and int(place[0]) == len(form._fields[group].entries):
        form.add(group)
        form.fresh_row = ""
    field = form.find_field(name)
    if field is None:
        return
    before = _value(field)
    field.process_formdata([value])
    if isinstance(field, Typed) and field.fault is not None:
        field.process_formdata([before])


def lines(form: IntakeForm, order: Order) -> list[Line]:
    """Every field that the words speak of, marking those that hold what they say."""
    found = []
    for name, values in order.found.items():
        field = form.find_field(name)
        if field is None:
            continue
        value = _value(field)
        others = [(other, _said(field, other)) for other in values if other != value]
        if value in values:
            field.description = LOOK.say(spoken())
        if value in values or others:
            found.append(Line(name, str(field.label.text), _said(field, value) if value else "", others))
    return found


def _is_typed(form: IntakeForm, name: str) -> bool:
    field = form.find_field(name)
    value = _value(field) if field is not None else ""
    return bool(value) and not re.fullmatch(UNTYPED.get(name, "(?!)"), value)


def _value(field) -> str:
    return (field.typed if isinstance(field, Typed) else field.data) or ""


def _said(field, value: str) -> str:
    """A value as the page says it: a code by its word."""
    if isinstance(field, (Choice, Choices, Pick)):
        rows = {code: label for code, label, *_rest in field.iter_choices()}
        label = rows.get(value, value)
        return label.say(spoken()) if hasattr(label, "say") else str(label)
    return value


def _squeezed(text: str) -> str:
    return "".join(text.split())
