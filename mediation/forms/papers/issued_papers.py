"""Recording a paper that was made, given or served."""
from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms.validators import Optional

from mediation.forms.base import Area, BaseForm, Day, Line, Radio, Select, spoken
from mediation.queries.cases.choices import Option
from mediation.rules import words
from mediation.rules.papers import catalogue as papers
from mediation.rules.reading import read_key
from mediation.services.papers.issued_papers import Given


class HandedForm(BaseForm):
    """The three papers of registration, handed over at the counter."""

    given_to = Line(_l("交给谁"), limit=100)


class PaperForm(BaseForm):
    kind = Select(_l("什么材料"))
    given_on = Day(_l("哪天"), required=True)
    given_way = Radio(_l("怎么给的"), [Optional()], validate_choice=False)
    given_to = Line(_l("交给谁"), limit=100)
    party = Select(_l("送给谁"), validate_choice=False, coerce=read_key)
    result = Radio(_l("结果"), [Optional()], validate_choice=False)
    witness = Line(_l("见证人"), limit=60)
    signer = Line(_l("谁代收、什么关系"), limit=60)
    note = Line(_l("说明"), limit=200)

    def offer(self, people: Iterable[Option]) -> PaperForm:
        """Fill in who may be the addressee; gives the form."""
        self.party.choices = [("", _("（下面写）")), *((str(one.id), one.label.say(spoken())) for one in people)]
        return self

    def given(self) -> Given:
        """How the paper reached somebody, as it was typed; a party that was chosen goes before a name."""
        return Given(self.given_on.data, self.given_way.data or "", "" if self.party.data else self.given_to.data,
                     self.note.data, self.party.data, self.result.data or "", self.witness.data, self.signer.data)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(())
        self.result.choices = [(word.code, word.say(spoken())) for word in words.SERVICE_RESULTS.values()]
        self.kind.choices = [(key, paper.title.say(spoken())) for key, paper in papers.PAPERS.items()]
        self.given_way.choices = [(word.code, word.say(spoken())) for word in words.SERVICE_WAYS.values()]


class SentForm(BaseForm):
    """A message that was pasted and sent; its words may have been changed."""

    key = Line(_l("哪一条"), limit=40)
    party = Line(_l("发给谁"), limit=20)
    reached = BooleanField(_l("对方回了"))
    text = Area(_l("信息"), limit=1000)


class EditionForm(BaseForm):
    """A new edition of an issued paper."""

    note = Line(_l("为什么出新版"), limit=200)


class SpoilForm(EditionForm):
    """An issued paper is spoiled."""

    note = Line(_l("为什么作废"), limit=200)


class StrikeForm(EditionForm):
    """A mistyped entry of service is struck out."""

    note = Line(_l("为什么划去"), limit=200)


class WordingForm(BaseForm):
    """An office's own template for a kind of paper; tried on a case, or used from now on."""

    kind = Select(_l("哪种文书"))
    file = FileField(_l("模板（.docx）"), render_kw={"accept": ".docx"})
    case = Line(_l("用哪个案件试"), limit=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind.choices = [(key, paper.title.say(spoken())) for key, paper in papers.WORDED.items()]

    def upload(self) -> tuple[str, bytes]:
        """Name and content; both empty when nothing was chosen."""
        sent = self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class ShippedForm(BaseForm):
    """Back to the shipped wording of a kind."""
