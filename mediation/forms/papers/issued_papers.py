"""Recording a paper that was made, given or served."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from mediation.forms.base import BaseForm, Day, Line, Radio, Select, spoken
from mediation.rules import words
from mediation.rules.papers import catalogue as papers


class HandedForm(BaseForm):
    """The three papers of registration, handed over at the counter."""

    given_to = Line(_l("交给谁"), limit=100)


class PaperForm(BaseForm):
    kind = Select(_l("什么材料"))
    given_on = Day(_l("哪天"), required=True)
    given_way = Radio(_l("怎么给的"), [Optional()], validate_choice=False)
    given_to = Line(_l("交给谁"), limit=100)
    note = Line(_l("说明"), limit=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind.choices = [(key, paper.title.say(spoken())) for key, paper in papers.PAPERS.items()]
        self.given_way.choices = [(word.code, word.say(spoken())) for word in words.SERVICE_WAYS.values()]


class EditionForm(BaseForm):
    """A new edition of an issued paper."""

    note = Line(_l("为什么出新版"), limit=200)
