"""The page of a move, built from its row: one input for each fact that it asks, by the kind of the fact.

Whether a fact is required is left to the rules, so that one press tells everything that is missing at once; the form
itself refuses only what it cannot read.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from mediation.forms.base import (
    Area,
    BaseForm,
    Day,
    DocumentLine,
    Line,
    Radio,
    Select,
    Several,
    Sum,
    Typed,
    built,
    spoken,
    today,
)
from mediation.queries.cases.choices import Option
from mediation.rules import text_cleaning
from mediation.rules.cases.workflow import MOVES, Ask, Move
from mediation.rules.language import Text
from mediation.rules.reading import read_key

TYPED = "-typed"  # ends the name of the field beside a choice of bodies
CHIPS_UP_TO = 8  # more choices than these open as a list
ROWS = frozenset({"party", "user", "station", "agency"})
CHOOSE = Text("请选一个", "Please choose one")
NO_SUCH = Text("没有这个选项", "There is no such choice")


class Whole(Typed):
    """A whole number."""

    def read(self, typed: str) -> int:
        bare = text_cleaning.narrow(typed)
        number = read_key(bare)
        if number is None or len(bare) > 6:
            raise text_cleaning.Unreadable(Text("请写整数", "Please give a whole number"))
        return number


class Chips(Radio):
    """A short choice, shown whole; nothing pressed is None, which differs from an answer whose code is ''."""

    def pre_validate(self, form):
        if not self.raw_data and "" in [value for value, *_rest in self.iter_choices()]:
            raise StopValidation(CHOOSE.say(spoken()))
        if self.raw_data and self.data not in [value for value, *_rest in self.iter_choices()]:
            raise StopValidation(NO_SUCH.say(spoken()))

    def process_formdata(self, valuelist):
        self.data = None
        if valuelist:
            super().process_formdata(valuelist)


class Pick(Select):
    """A long choice; its first line is empty and means None."""

    def pre_validate(self, form):
        if self.raw_data and self.raw_data[0] and self.data not in [value for value, *_rest in self.iter_choices()]:
            raise StopValidation(NO_SUCH.say(spoken()))

    def process_formdata(self, valuelist):
        self.data = None
        if valuelist and valuelist[0]:
            super().process_formdata(valuelist)


class Ticks(Several):
    """Several answers at once."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form):
        if set(self.data or ()) - {value for value, *_rest in self.iter_choices()}:
            raise StopValidation(NO_SUCH.say(spoken()))


def row_id(value: object) -> int | None:
    """The id of a chosen row; None for the empty line and for what is no id."""
    return read_key(value)


@dataclass(frozen=True)
class Step:
    """A move on the page: its own prefix in a chain, what can be chosen, and what stands there beforehand."""

    move: Move
    prefix: str
    options: Mapping[str, Sequence[Option]]
    prefill: Mapping[str, object]
    is_first: bool = True

    def asks(self) -> list[Ask]:
        """What is asked on the page; a chain asks for the day once and for no next day."""
        left_out = {"next_on"} | (set() if self.is_first else {"happened_on"}) if self.prefix else set()
        return [ask for ask in self.move.asks if ask.name not in left_out]


class MoveForm(BaseForm):
    """A move's page or a chain's; ``steps`` are its moves in order."""

    steps: tuple[Step, ...] = ()

    def fields_of(self, step: Step) -> list[tuple[Ask, Field]]:
        return [(ask, self[step.prefix + ask.name]) for ask in step.asks()]

    def mark(self, demanded: set[str]) -> None:
        """Mark what the first move will not go without."""
        for ask, field in self.fields_of(self.steps[0]):
            if ask.name in demanded:
                field.flags.required = True

    def typed_body(self, step: Step, ask: Ask) -> Field:
        """Beside a body that can be chosen: the name of one that is not on the list."""
        return self[f"{step.prefix}{ask.name}{TYPED}"]

    def typed_bodies(self) -> list[tuple[str, str, str]]:
        """Move, ask and name of the bodies that were typed; they go before what stands chosen beforehand."""
        asks = [(step, ask) for step in self.steps for ask in step.asks()]
        return [(step.move.key, ask.name, said) for step, ask in asks
                if ask.kind == "agency" and (said := self.typed_body(step, ask).data)]

    def answers(self) -> dict[str, dict[str, object]]:
        """What was answered, by move and by the names of its asks."""
        found = {step.move.key: {ask.name: field.data for ask, field in self.fields_of(step)} for step in self.steps}
        day = found[self.steps[0].move.key].get("happened_on")
        for given in found.values():
            given.setdefault("happened_on", day)
        return found


def steps_of(keys: Sequence[str], options: Mapping[str, Mapping[str, Sequence[Option]]],
             prefill: Mapping[str, Mapping[str, object]]) -> tuple[Step, ...]:
    """The moves of a page; in a chain each one's asks carry its key before them."""
    return tuple(Step(MOVES[key], f"{key}-" if len(keys) > 1 else "", options.get(key, {}), prefill.get(key, {}),
                      index == 0) for index, key in enumerate(keys))


def build(steps: tuple[Step, ...], version: int) -> MoveForm:
    """The form of these moves, filled from the request or with what stands there beforehand."""
    asks = [(step, ask) for step in steps for ask in step.asks()]
    fields: dict[str, object] = {step.prefix + ask.name: make_field(ask, step) for step, ask in asks}
    fields |= {f"{step.prefix}{ask.name}{TYPED}": Line(_l("不在名单里"), limit=100, description=_l(
        "写单位名称，以后由管名单的人确认")) for step, ask in asks if ask.kind == "agency"}
    form = built(MoveForm, fields, steps=steps)
    for step in steps:
        for ask, field in form.fields_of(step):
            if ask.is_required:
                field.flags.required = True
    if not form.is_submitted():
        form.version.data = str(version)
        _prefill(form)
    return form


def _prefill(form: MoveForm) -> None:
    for step in form.steps:
        for ask, field in form.fields_of(step):
            if ask.name == "happened_on":
                field.data = today()
                field.typed = Text("今天", "today").say(spoken())
            elif ask.name in step.prefill:
                field.data = step.prefill[ask.name]


def make_field(ask: Ask, step: Step) -> Field:
    """The input of one fact; its kind decides what is read from it."""
    label = ask.label.say(spoken())
    hint = ask.hint.say(spoken()) if ask.hint else ""
    if ask.kind in ROWS:
        return _row_field(label, step.options.get(ask.name, ()), hint)
    if ask.kind == "choice":
        return _choice_field(ask, label, hint)
    return MAKERS[ask.kind](ask, label, hint)


def _row_field(label: str, options: Sequence[Option], hint: str) -> Field:
    rows = [(option.id, option.label.say(spoken())) for option in options]
    if len(rows) <= CHIPS_UP_TO:
        return Chips(label, choices=rows, coerce=row_id, description=hint)
    return Pick(label, choices=[("", _l("请选")), *rows], coerce=row_id, description=hint)


def _choice_field(ask: Ask, label: str, hint: str) -> Field:
    rows = [(word.code, word.say(spoken())) for word in ask.words.values()]
    if len(rows) <= CHIPS_UP_TO:
        return Chips(label, choices=rows, description=hint)
    return Pick(label, choices=[("", _l("请选")), *rows], description=hint)


LINES = {"document": DocumentLine, "archive_number": DocumentLine}
MAKERS = {
    "past_date": lambda ask, label, hint: Day(label, prefer="past", description=hint),
    "future_date": lambda ask, label, hint: Day(label, prefer="future", description=hint),
    "line": lambda ask, label, hint: LINES.get(ask.name, Line)(label, limit=200, description=hint),
    "case": lambda ask, label, hint: DocumentLine(label, limit=60, description=hint),
    "area": lambda ask, label, hint: Area(label, limit=4000, description=hint),
    "money": lambda ask, label, hint: Sum(label, description=hint),
    "number": lambda ask, label, hint: Whole(label, description=hint),
    "tick": lambda ask, label, hint: BooleanField(label, description=hint),
    "choices": lambda ask, label, hint: Ticks(
        label, choices=[(w.code, w.say(spoken())) for w in ask.words.values()], description=hint),
}
