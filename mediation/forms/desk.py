"""The forms of those above: reminders and their answers, handing out many cases, absence."""
from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms.widgets import CheckboxInput, ListWidget

from mediation.forms.base import Area, BaseForm, Day, Line, Several, spoken
from mediation.forms.cases.moves import Chips, Pick, row_id
from mediation.forms.cases.sessions import row_choices, word_choices
from mediation.forms.law.case_law import make, set_today
from mediation.queries.cases.choices import Option
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.reading import read_key
from mediation.services.desk.supervision import Leave

ALL_OR_EACH = (("all", Text("全部办成才算，有一件不行就都不改", "All or none")),
               ("each", Text("能办的先办，不行的列出原因", "Each one that can be done")))


class RemindForm(BaseForm):
    kind = Chips(_l("催办还是督办"), choices=lambda: word_choices(words.SUPERVISION_KINDS))
    note = Area(_l("办什么"), limit=1000)
    due_on = Day(_l("哪天前"), prefer="future", description=_l("督办必填：到这天前要书面答复"))


def remind_form(is_typed: bool) -> RemindForm:
    form = make(RemindForm, "remind", is_typed)
    if not is_typed:
        form.kind.data = "urge"
    return form


class ReplyForm(BaseForm):
    note = Area(_l("办到哪里了"), limit=2000)


def reply_form(row_id: int, is_typed: bool) -> ReplyForm:
    return make(ReplyForm, f"reply-{row_id}", is_typed)


class Numbers(Several):
    """Register numbers ticked in a list; what is not on the page is left to the service."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form):
        """Any number may be sent: the door decides which cases there are."""

    def process_data(self, value):
        self.data = list(value or ())


class AssignForm(BaseForm):
    numbers = Numbers(_l("案件"), choices=(), validate_choice=False)
    mediator = Pick(_l("交给谁"), coerce=row_id)
    reason = Line(_l("理由（改派必填）"), limit=200)
    mode = Chips(_l("有一件办不成时"), choices=lambda: [(code, text.say(spoken())) for code, text in ALL_OR_EACH])

    def chosen(self) -> dict[str, int | None]:
        """The ticked cases, each with who held it on the page (0: nobody); None where the page did not say."""
        pairs = [value.partition("~") for value in self.numbers.data or ()]
        return {number: read_key(held) for number, _mark, held in pairs}


def assign_form(mediators: Sequence[Option]) -> AssignForm:
    form = AssignForm()
    form.mediator.choices = [("", _l("请选")), *row_choices(mediators)]
    if not form.is_submitted():
        form.mode.data = "all"
    return form


class AbsenceForm(BaseForm):
    account = Pick(_l("谁不在岗"), coerce=row_id)
    stand_in = Pick(_l("由谁代办"), coerce=row_id)
    from_on = Day(_l("从哪天"), prefer="future")
    until_on = Day(_l("到哪天（含）"), prefer="future")
    reason = Line(_l("原因"), limit=200)

    def leave(self) -> Leave:
        return Leave(self.account.data, self.stand_in.data, self.from_on.data, self.until_on.data, self.reason.data)


def absence_form(away: Sequence[Option], stand_ins: Sequence[Option], is_typed: bool) -> AbsenceForm:
    form = make(AbsenceForm, "absence", is_typed)
    form.account.choices = [("", _l("请选")), *row_choices(away)]
    form.stand_in.choices = [("", _l("请选")), *row_choices(stand_ins)]
    if not is_typed:
        set_today(form.from_on)
    return form
