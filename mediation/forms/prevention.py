"""Forms of supervision letters and of an employer's democracy."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l

from mediation.forms.base import Area, BaseForm, Day, DocumentLine, Line, put_today, spoken
from mediation.forms.cases.moves import Chips, Pick, row_id
from mediation.forms.cases.sessions import row_choices, word_choices
from mediation.models import Employer, Letter
from mediation.queries.cases.choices import Option
from mediation.rules import prevention, words
from mediation.rules.language import Text


class ReasonForm(BaseForm):
    reason = Line(_l("理由"), limit=200)


# Supervision letters --------------------------------------------------------------------------------------------

class LetterForm(BaseForm):
    sent_on = Day(_l("哪天发"), prefer="past")
    facts = Area(_l("存在的问题"), limit=4000)
    demand = Area(_l("要求、建议"), limit=4000)
    basis = Line(_l("依据"), limit=300)
    copies_to = Line(_l("抄送"), limit=200)
    supervisors = Line(_l("监督员"), limit=200, description=_l("两人以上，各写监督证号，如：刘建国 0012、王秀英 0034"))
    signer = Line(_l("签发人"), limit=60, description=_l("监督委员会主任或副主任"))
    reply_due_on = Day(_l("答复期限"), prefer="future", description=_l("空着按规则算；另定要写依据"))
    due_reason = Line(_l("期限依据"), limit=200)

    def values(self) -> dict[str, object]:
        names = ("kind", "sent_on", "facts", "demand", "basis", "copies_to", "supervisors", "signer", "reply_due_on",
                 "due_reason", "case_number", "agency_id")
        return {name: self[name].data for name in names}


def letter_form(agencies: Sequence[Option], cases: Sequence[tuple[str, str]],
                follows: Letter | None = None) -> LetterForm:
    """A letter, first or after ``follows``; ``cases``: numbers and titles of the employer's cases."""
    kinds = _kinds(follows)
    built = type("BuiltLetterForm", (LetterForm,), {
        "kind": Chips(_l("哪一种"), choices=[choice for choice in word_choices(words.LETTER_KINDS) if choice[0] in kinds]),
        "agency_id": Pick(_l("送哪个部门"), choices=[("", ""), *row_choices(agencies)], coerce=row_id),
        "case_number": Pick(_l("因哪件案子"), choices=[("", _l("不因某一件")), *cases])})
    form = built()
    form.facts.flags.required = form.demand.flags.required = True
    if not form.is_submitted():
        put_today(form.sent_on)
        form.kind.data = kinds[0]
        if follows is not None:
            _take_over(form, follows)
    return form


def _take_over(form: LetterForm, follows: Letter) -> None:
    """What the letter before said already."""
    for name in ("facts", "demand", "basis", "supervisors", "signer"):
        form[name].data = getattr(follows, name)
    form.case_number.data = follows.case.number if follows.case else None


def _kinds(follows: Letter | None) -> list[str]:
    """What may be sent now: the next of the order; with none before, a reminder or at once an opinion."""
    if follows is None:
        return [kind.key for kind in prevention.KINDS.values() if kind.after in ("", "reminder")]
    return [kind.key for kind in prevention.KINDS.values() if kind.after == follows.kind] or [follows.kind]


class ReplyForm(BaseForm):
    reply = Area(_l("答复了什么"), limit=4000)
    replied_on = Day(_l("哪天答复的"), prefer="past")
    rectified_on = Day(_l("哪天整改的"), prefer="past", description=_l("没有整改就空着"))


class FilingForm(BaseForm):
    """Whether the body opened a file on a recommendation."""

    filed_on = Day(_l("哪天立案的"), prefer="past", description=_l("没有立案就空着"))
    filing_note = DocumentLine(_l("立案号，或不立案的理由"), limit=300)


class ReviewForm(BaseForm):
    is_rectified = Chips(_l("整改了没有"), choices=[("yes", _l("已整改")), ("no", _l("没有整改"))])
    review = Area(_l("复核情况"), limit=2000)


def versioned(kind: type[BaseForm], version: int, is_typed: bool) -> BaseForm:
    """A small form beside others: with what was sent, or fresh with the version seen."""
    form = kind() if is_typed else kind(None)
    if not is_typed:
        form.version.data = str(version)
    return form


class MergeForm(BaseForm):
    reason = Line(_l("怎么知道是同一家"), limit=200)


def merge_form(employers: Sequence[tuple[int, str]]) -> MergeForm:
    """Into which employer of the register."""
    built = type("BuiltMergeForm", (MergeForm,), {
        "into": Pick(_l("并入哪一家"), choices=[("", ""), *employers], coerce=row_id)})
    form = built()
    form.into.flags.required = form.reason.flags.required = True
    return form


class DemocracyForm(BaseForm):
    def given(self) -> dict[str, tuple[str, date | None]]:
        return {code: (self[code].data or "", self[f"{code}_on"].data) for code in words.DEMOCRACY}


def democracy_form(row: Employer, is_fresh: bool = False) -> DemocracyForm:
    """Four questions with a day each: union, workers' congress, open affairs, collective contract."""
    sent = {"formdata": None} if is_fresh else {}
    fields: dict[str, object] = {}
    for word in words.DEMOCRACY.values():
        label = Text(word.zh, word.en)
        fields[word.code] = Chips(_say(label), choices=lambda: word_choices(words.YES_NO))
        fields[f"{word.code}_on"] = Day(_l("哪天"), prefer="past")
    form = type("BuiltDemocracyForm", (DemocracyForm,), fields)(**sent)
    if is_fresh or not form.is_submitted():
        form.version.data = str(row.version)
        for code in words.DEMOCRACY:
            form[code].data = ""
        for code, (said, on) in (row.democracy or {}).items():
            form[code].data = said
            form[f"{code}_on"].data = date.fromisoformat(on) if on else None
    return form


def _say(label: Text) -> str:
    return label.say(spoken())

