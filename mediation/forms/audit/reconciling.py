"""The forms of those who look over the books: a mark on an entry, its withdrawal, a contradiction explained."""
from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from mediation.forms.base import BaseForm, Day, Line, Select, spoken
from mediation.forms.cases.moves import Chips, Ticks
from mediation.queries.audit.explanations import Line as Row
from mediation.rules.audit import reconciling
from mediation.rules.audit.contradictions import Found

SEPARATOR = "|"


class ReconcileForm(BaseForm):
    compared = Ticks(_l("跟什么对的"), choices=lambda: [(w.code, w.say(spoken())) for w in reconciling.COMPARED.values()])
    checked_on = Day(_l("哪天核对的"))
    note = Line(_l("说明"), limit=200)


class WithdrawForm(BaseForm):
    reason = Line(_l("为什么撤销"), limit=300)


class ExplainForm(BaseForm):
    """``which`` names rule, mark and values as they were seen."""

    which = Chips(_l("说明哪一处"))
    reason = Line(_l("为什么是这样"), limit=300)

    def chosen(self) -> tuple[str, str, str]:
        rule, mark, figures = ((self.which.data or "") + SEPARATOR * 2).split(SEPARATOR)[:3]
        return rule, mark, figures


class CloseForm(BaseForm):
    period = Line(_l("期间"), limit=40)
    union = Select(_l("工会"), validate_choice=False)


class ReopenForm(BaseForm):
    reason = Line(_l("为什么恢复"), limit=300)


def key_of(found: Found) -> str:
    return SEPARATOR.join((found.key, found.mark, found.figures))


def explain_form(rows: Sequence[Row]) -> ExplainForm:
    """One choice for every contradiction that is still open; a single one is chosen already."""
    form = ExplainForm()
    form.which.choices = [(key_of(row.found), row.found.text.say(spoken())) for row in rows
                          if not row.is_explained and not row.cure]
    if not form.is_submitted() and len(form.which.choices) == 1:
        form.which.data = form.which.choices[0].value
    return form
