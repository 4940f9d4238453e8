"""The forms about the law on a case: decisions about a clock, days told, interruptions, channel, scope, procedures.

Several stand on one page: each has its prefix, and only the one that was sent reads what was sent.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l

from mediation.forms.base import BaseForm, Day, DocumentLine, Line, spoken, today
from mediation.forms.cases.moves import Chips, Pick, Ticks
from mediation.forms.cases.sessions import word_choices
from mediation.models import Case
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.law import causes, jurisdiction, limitation, limits, reckoning
from mediation.rules.law.clocks import Clock
from mediation.rules.law.procedures import PROCEDURES, RESULTS, Step
from mediation.services.law import case_law
from mediation.services.law.case_law import Decision, Heads, Question
from mediation.services.law.procedures import Done, Request

PENSION = {"yes": True, "no": False}


def make(kind: type, prefix: str, is_typed: bool):
    return kind(prefix=prefix) if is_typed else kind(None, prefix=prefix)


def set_today(field: Day) -> None:
    field.data, field.typed = today(), Text("今天", "today").say(spoken())


# Clocks ---------------------------------------------------------------------------------------------------------

class DecisionForm(BaseForm):
    rule = Pick(_l("哪个期限"))
    kind = Chips(_l("做什么"), choices=lambda: [(k, reckoning.CHANGES[k].say(spoken())) for k in case_law.KINDS])
    from_on = Day(_l("哪天起中止或恢复"), prefer="past")
    to_on = Day(_l("延到或另定到哪天"), prefer="future")
    ground = Pick(_l("中止的：因为什么"), choices=lambda: [("", _l("请选")), *word_choices(limits.PAUSE_GROUNDS)])
    applicant_on = Day(_l("申请人哪天同意"), prefer="past")
    respondent_on = Day(_l("对方哪天同意"), prefer="past")
    approved_on = Day(_l("批准人哪天批准"), prefer="past", description=_l("仲裁审查、裁决、监察、司法确认的延长由负责人批准"))
    reason = Line(_l("理由"), limit=300)
    document = DocumentLine(_l("依据的材料"), limit=200)

    def decision(self, approver: str) -> Decision:
        """What was decided; ``approver``: who other than the parties has to agree to an extension of this clock."""
        told = {"applicant": self.applicant_on.data, "respondent": self.respondent_on.data,
                approver: self.approved_on.data}
        signed = {who: on for who, on in told.items() if who and on} if self.kind.data == "extend" else {}
        return Decision(self.rule.data or "", self.kind.data or "", self.from_on.data, self.to_on.data,
                        self.reason.data, self.document.data, self.ground.data or "", signed)


def decision_form(running: Iterable[Clock], is_typed: bool) -> DecisionForm:
    """The form of a decision about one of these clocks."""
    form = make(DecisionForm, "decision", is_typed)
    rows = {clock.id: clock.label.say(spoken()) for clock in running if clock.row is not None}
    form.rule.choices = [("", _l("请选")), *rows.items()]
    return form


def approver_of(running: Iterable[Clock], rule: str | None) -> str:
    """Who, not a party, has to agree to an extension of this clock; '' where only the parties do."""
    row = next((c.row for c in running if c.id == rule and c.row is not None), None)
    needed = row.extension.consents if row is not None and row.extension is not None else ()
    return next((who for who in needed if who not in ("applicant", "respondent")), "")


class FactForm(BaseForm):
    fact = Pick(_l("什么日子"), choices=lambda: [("", _l("请选")), *word_choices(case_law.TELLABLE)])
    on = Day(_l("哪天"), prefer="past")
    document = DocumentLine(_l("凭什么知道的"), limit=200)


class DropForm(BaseForm):
    reason = Line(_l("为什么划去"), limit=200)


class InterruptionForm(BaseForm):
    kind = Pick(_l("因为什么"), choices=lambda: [("", _l("请选")), *word_choices(limitation.INTERRUPTIONS)])
    on = Day(_l("哪天"), prefer="past")
    evidence = DocumentLine(_l("凭据"), limit=200, description=_l("短信、签收、会议记录等，放在哪里"))


class ChannelForm(BaseForm):
    channel = Pick(_l("改为哪个渠道"), choices=lambda: [("", _l("请选")), *word_choices(words.CHANNELS)])
    procedure = Chips(_l("法院委托的程序"), choices=lambda: word_choices(words.PROCEDURES))
    reason = Line(_l("为什么"), limit=300)
    document = DocumentLine(_l("依据的材料"), limit=200)


def fact_form(is_typed: bool) -> FactForm:
    return make(FactForm, "fact", is_typed)


def drop_form(row_id: int, is_typed: bool, of: str = "drop") -> DropForm:
    """The form that strikes an entry out; ``of``: of which kind of entries on the page."""
    return make(DropForm, f"{of}-{row_id}", is_typed)


def interruption_form(is_typed: bool, proposed: limitation.Interruption | None = None) -> InterruptionForm:
    form = make(InterruptionForm, "interruption", is_typed)
    if proposed is not None and not is_typed:
        form.kind.data, form.on.data = proposed.kind, proposed.on
    return form


def channel_form(case: Case, is_typed: bool) -> ChannelForm:
    form = make(ChannelForm, "channel", is_typed)
    if not is_typed:
        form.channel.data, form.procedure.data = case.channel, case.procedure or None
    return form


# Scope and heads ------------------------------------------------------------------------------------------------

class JurisdictionForm(BaseForm):
    relation = Pick(_l("用工关系"), choices=lambda: [("", _l("请选")), *word_choices(words.RELATIONS)])
    facts_on = Day(_l("争议的事发生在哪天"), prefer="past", description=_l("超龄、新就业形态按日期适用不同规定"))
    exclusion = Pick(_l("是不是这些事"), choices=lambda: [("", _l("都不是")), *(
        (code, row.ground.say(spoken())) for code, row in jurisdiction.EXCLUSIONS.items())])
    has_pension = Chips(_l("超龄的：领不领养老待遇"), choices=lambda: word_choices(words.YES_NO))
    is_delayed = Ticks(_l("超龄的"), choices=lambda: [("yes", _l("正在弹性延迟退休"))])

    def question(self) -> Question:
        return Question(self.relation.data or "", self.facts_on.data, self.exclusion.data or "",
                        PENSION.get(self.has_pension.data or ""), bool(self.is_delayed.data))


def jurisdiction_form(case: Case, facts_on, is_typed: bool) -> JurisdictionForm:
    form = make(JurisdictionForm, "scope", is_typed)
    if not is_typed:
        last = max(case.scope_checks, key=lambda row: row.id, default=None)
        form.has_pension.data = ""
        form.relation.data, form.facts_on.data = case.relation, last.facts_on if last else facts_on
        form.exclusion.data = last.exclusion or None if last else None
    return form


class HeadsForm(BaseForm):
    grade = Chips(_l("分级"), choices=lambda: word_choices(words.GRADES))
    court_cause = Pick(_l("法院案由"), choices=lambda: [("", _l("未定")), *(
        (code, row.say(spoken())) for code, row in causes.CAUSES.items())])
    hr_reason = Pick(_l("人社统计类别（一件一个）"), choices=lambda: [("", _l("未定")), *word_choices(causes.REASONS)])
    hr_others = Ticks(_l("另外还有"), choices=lambda: word_choices(causes.REASONS))
    employment_ended_on = Day(_l("劳动关系哪天终止"), prefer="past", description=_l("欠薪的一年从这天算"))
    infringement_known_on = Day(_l("哪天知道权利被侵害"), prefer="past")
    wage_choice = Chips(_l("欠薪：本人的选择"), choices=lambda: word_choices(words.WAGE_CHOICES))

    def heads(self) -> Heads:
        return Heads(self.court_cause.data or "", self.hr_reason.data or "", tuple(self.hr_others.data or ()),
                     self.employment_ended_on.data, self.infringement_known_on.data, self.wage_choice.data or "",
                     self.grade.data or "")


def heads_form(case: Case, suggested: Sequence[str], is_typed: bool) -> HeadsForm:
    """What stands on the case; where nothing does yet, what the main claim suggests."""
    form = make(HeadsForm, "heads", is_typed)
    if not is_typed:
        form.court_cause.data = case.court_cause or suggested[0] or None
        form.hr_reason.data = case.hr_reason or suggested[1] or None
        form.hr_others.data = list(case.hr_others or ())
        form.employment_ended_on.data, form.infringement_known_on.data = (
            case.employment_ended_on, case.infringement_known_on)
        form.wage_choice.data, form.grade.data = case.wage_choice or None, case.grade or None
    return form


# Procedures -----------------------------------------------------------------------------------------------------

class RequestForm(BaseForm):
    applicant_on = Day(_l("申请人哪天提出"), prefer="past")
    respondent_on = Day(_l("对方哪天提出"), prefer="past")
    document = DocumentLine(_l("申请书或材料"), limit=200)
    note = Line(_l("说明"), limit=300)

    def told(self) -> Request:
        return Request(self.applicant_on.data, self.respondent_on.data, self.document.data, self.note.data)


def request_form(kind: str, is_typed: bool) -> RequestForm:
    """The request of a procedure; only a joint one asks for the other side's day."""
    form = make(RequestForm, kind, is_typed)
    if not PROCEDURES[kind].is_joint:
        form.applicant_on.label.text = _l("哪天提出")
        del form.respondent_on
        form.told = lambda: Request(form.applicant_on.data, None, form.document.data, form.note.data)
    return form


class StepForm(BaseForm):
    on = Day(_l("哪天"), prefer="past")
    result = Chips(_l("结果"))
    document = DocumentLine(_l("文号或材料"), limit=200)

    def done(self, step: str) -> Done:
        return Done(step, self.on.data, self.result.data or "" if self.result else "", self.document.data)


def step_form(procedure_id: int, step: Step, is_typed: bool) -> StepForm:
    """The next step of a procedure; its results where it has several."""
    form = make(StepForm, f"step-{procedure_id}-{step.key}", is_typed)
    if len(step.results) > 1:
        form.result.choices = [(code, RESULTS[code].say(spoken())) for code in step.results]
    else:
        del form.result
    if not is_typed:
        set_today(form.on)
    return form
