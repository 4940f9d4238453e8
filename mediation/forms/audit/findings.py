"""The forms of an audit: a finding, and the steps that it takes."""
from __future__ import annotations

import secrets
from datetime import date

from flask_babel import lazy_gettext as _l

from mediation.forms.base import Area, BaseForm, Day, DocumentLine
from mediation.forms.cases.moves import Chips, Whole
from mediation.forms.cases.sessions import word_choices
from mediation.forms.law.case_law import make
from mediation.queries.audit.findings import About
from mediation.rules.audit import findings, sampling
from mediation.rules.audit.findings import Step


class DrawForm(BaseForm):
    """The filter itself stands in the address, as on the page of the ledger."""

    size = Whole(_l("抽几件"))
    seed = DocumentLine(_l("种子"), limit=sampling.LONGEST_SEED, description=_l("可以改成掷骰子或抽签的结果"))


def draw_form() -> DrawForm:
    form = DrawForm()
    if not form.is_submitted():
        form.size.data, form.seed.data = 10, secrets.token_hex(4)
    return form


class FindingForm(BaseForm):
    """``reference`` is asked for where the finding is about a period or an issued figure, and not about a case."""

    reference = DocumentLine(_l("关于哪个期间、哪一份"), limit=100)
    topic = Chips(_l("哪一类"), choices=lambda: word_choices(findings.TOPICS))
    note = Area(_l("发现了什么"), limit=2000, description=_l("写清依据和差额；不写人名、号码"))
    due_on = Day(_l("哪天前答复"), prefer="future")


class StepForm(BaseForm):
    note = Area(_l("说明"), limit=2000)

    def day(self) -> date | None:
        """The day by which to answer, where the step sets one."""
        return None


class DueStepForm(StepForm):
    due_on = Day(_l("哪天前重答"), prefer="future")

    def day(self) -> date | None:
        return self.due_on.data


def finding_form(about: About, due_on: date) -> FindingForm:
    """The form as it is first shown: what the finding is about, and the day that is proposed for the answer."""
    form = FindingForm()
    if not form.is_submitted():
        form.reference.data, form.due_on.data = about.reference, due_on
    return form


def step_form(step: Step, is_typed: bool, due_on: date | None = None) -> StepForm:
    """The form of one step; several stand on a page, each under its own prefix. ``due_on`` is proposed."""
    made = make(DueStepForm if step.has_due else StepForm, step.key, is_typed)
    if step.has_due and not is_typed:
        made.due_on.data = due_on
    return made
