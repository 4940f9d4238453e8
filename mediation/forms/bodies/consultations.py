"""Forms of joint consultations: the invitation, a body's opinion, the record with the division of work."""
from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from mediation.forms.base import Area, BaseForm, Clock, Day, DocumentLine, Line, put_today
from mediation.forms.cases.moves import Chips, Pick, Ticks, row_id
from mediation.forms.cases.sessions import UploadForm, row_choices, upload_field, word_choices
from mediation.models import Case, Consultation, ConsultationOpinion
from mediation.queries.cases.choices import Option
from mediation.rules import access, words
from mediation.rules.bodies import commissions
from mediation.rules.cases.numbers import read_list
from mediation.services.bodies.consultations import Call, Duty, Minutes, Opinion, Voice

DUTY_ROWS = 4


class CallForm(BaseForm):
    agencies = Ticks(_l("请哪些单位"), coerce=row_id)
    typed_agency = Line(_l("不在名单里"), limit=100, description=_l("写单位名称，以后由管名单的人确认"))
    agenda = Area(_l("会诊什么"), limit=2000, description=_l("案情要点、要各单位回答的问题"))
    planned_on = Day(_l("哪天"), prefer="future")
    planned_time = Clock(_l("几点"), description=_l("如 14:30"))
    place = Line(_l("在哪里"), limit=100)
    numbers = DocumentLine(_l("一并会诊的案件"), limit=500, description=_l("登记号，用逗号或空格隔开"))
    shared_parts = Ticks(_l("给受邀单位看哪些"), choices=lambda: word_choices(access.SHARE_PARTS))
    share_ground = Chips(_l("凭什么共享"), choices=lambda: word_choices(words.SHARE_GROUNDS), validate_choice=False)
    usual_grounds = commissions.USUAL_GROUNDS
    legal_basis = Line(_l("哪一条，或怎样同意的"), limit=200, description=_l("登记时同意告知的单位，可以空着"))

    def call(self) -> Call:
        return Call(
            agencies=[key for key in self.agencies.data or () if key], planned_on=self.planned_on.data,
            agenda=self.agenda.data, planned_time=self.planned_time.data or "", place=self.place.data,
            numbers=read_list(self.numbers.data),
            shared_parts=self.shared_parts.data or (), share_ground=self.share_ground.data or "",
            legal_basis=self.legal_basis.data)


def call_form(agencies: Sequence[Option], place: str) -> CallForm:
    form = CallForm()
    form.agencies.choices = row_choices(agencies)
    for field in (form.agencies, form.agenda, form.planned_on):
        field.flags.required = True
    if not form.is_submitted():
        form.place.data = place
        form.shared_parts.data = list(access.DEFAULT_SHARE)
    return form


class OpinionForm(UploadForm):
    """A body's opinion by its own hand."""

    file = upload_field("opinion-file")
    opinion = Area(_l("本单位意见"), limit=2000)
    who = Line(_l("谁、什么职务"), limit=100)
    number = DocumentLine(_l("本单位文号"), limit=100)

    def given(self) -> Opinion:
        return Opinion(self.opinion.data, self.who.data, number=self.number.data)


class EnteredForm(UploadForm):
    """A body's opinion, written down for it."""

    way = Chips(_l("怎么答复的"), choices=lambda: [c for c in word_choices(words.REPLY_WAYS) if c[0] != "account"])
    opinion = Area(_l("意见"), limit=2000)
    who = Line(_l("谁、什么职务"), limit=100)
    number = DocumentLine(_l("对方文号"), limit=100)
    given_on = Day(_l("哪天答复的"), prefer="past")

    def given(self) -> Opinion:
        return Opinion(self.opinion.data, self.who.data, self.way.data or "", self.number.data, self.given_on.data)


def entered_form(agency: int, is_typed: bool) -> EnteredForm:
    """One of several on a page: with its prefix, and only the sent one reads what was sent."""
    form = EnteredForm(prefix=f"entered-{agency}") if is_typed else EnteredForm(None, prefix=f"entered-{agency}")
    if not is_typed:
        form.way.data = "phone"
        put_today(form.given_on)
    return form


class MinutesForm(BaseForm):
    """The record; each invited body has its own three fields, named after its row."""

    held_on = Day(_l("哪天开的"), prefer="past")
    our_people = Line(_l("工会到会的人"), limit=200)
    issues = Area(_l("焦点"), limit=2000)
    conclusion = Area(_l("会诊结论"), limit=4000)
    bodies: Sequence[int] = ()

    def minutes(self) -> Minutes:
        voices = {key: Voice(self[f"present_{key}"].data == "yes", self[f"who_{key}"].data, self[f"opinion_{key}"].data)
                  for key in self.bodies}
        return Minutes(self.held_on.data, self.conclusion.data, voices, self.our_people.data, self.issues.data,
                       self.duties())

    def duties(self) -> list[Duty]:
        return [Duty(self[f"duty_agency_{n}"].data, self[f"duty_{n}"].data, self[f"duty_due_{n}"].data,
                     self[f"duty_task_{n}"].data or "check", self[f"duty_case_{n}"].data, n)
                for n in range(DUTY_ROWS) if self[f"duty_agency_{n}"].data and self[f"duty_{n}"].data]


def minutes_form(row: Consultation, voices: Sequence[ConsultationOpinion], cases: Sequence[Case]) -> MinutesForm:
    """The record of one consultation, with a line for every body invited."""
    fields: dict[str, object] = {"bodies": [voice.agency_id for voice in voices]}
    invited = [("", _l("不分工")), *((v.agency_id, v.agency.short_name) for v in voices)]
    about = [("", _l("每件都要")), *((case.id, case.title) for case in cases)]
    for voice in voices:
        key = voice.agency_id
        fields |= {f"present_{key}": Chips(_l("到会没有"), choices=[("yes", _l("到会")), ("no", _l("没来"))]),
                   f"who_{key}": Line(_l("谁、什么职务"), limit=100), f"opinion_{key}": Area(_l("意见"), limit=2000)}
    for n in range(DUTY_ROWS):
        fields |= {f"duty_agency_{n}": Pick(_l("哪个单位"), choices=invited, coerce=row_id),
                   f"duty_case_{n}": Pick(_l("哪件案子"), choices=about, coerce=row_id),
                   f"duty_task_{n}": Pick(_l("事项种类"), choices=lambda: word_choices(words.TASK_KINDS)),
                   f"duty_{n}": Line(_l("做什么"), limit=300), f"duty_due_{n}": Day(_l("哪天前"), prefer="future")}
    form = type("BuiltMinutesForm", (MinutesForm,), fields)()
    if not form.is_submitted():
        form.version.data = str(row.version)
        put_today(form.held_on)
        for voice in voices:
            form[f"who_{voice.agency_id}"].data = voice.who
        for n in range(DUTY_ROWS):
            form[f"duty_task_{n}"].data = "check"
    return form
