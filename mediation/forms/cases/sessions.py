"""A session's page, and the forms about outside bodies, their numbers and helping colleagues."""
from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field

from mediation.forms.base import Area, BaseForm, Clock, Day, DocumentLine, Line, ListArea, put_today, spoken
from mediation.forms.cases.moves import CHIPS_UP_TO, Chips, Pick, Ticks, row_id
from mediation.models import Case
from mediation.queries.cases.choices import Option
from mediation.rules import access, text_cleaning, uploads, words
from mediation.rules.bodies import commissions
from mediation.rules.cases.numbers import known_as
from mediation.services.bodies.coordination import Request
from mediation.services.cases.sessions import Held


def word_choices(table: dict) -> list[tuple[str, str]]:
    return [(word.code, word.say(spoken())) for word in table.values()]


def row_choices(options: Sequence[Option]) -> list[tuple[int, str]]:
    return [(option.id, option.label.say(spoken())) for option in options]


def row_field(label: str, options: Sequence[Option]) -> Field:
    """A few rows as chips, many as a list."""
    if len(options) <= CHIPS_UP_TO:
        return Chips(label, choices=row_choices(options), coerce=row_id)
    return Pick(label, choices=[("", _l("请选")), *row_choices(options)], coerce=row_id)


class SessionForm(BaseForm):
    happened_on = Day(_l("哪天"), prefer="past")
    held_time = Clock(_l("几点"), description=_l("如 14:30"))
    minutes = Line(_l("用了多少分钟"), limit=8, description=_l("可以不填"))
    place = Line(_l("在哪里"), limit=100)
    way = Chips(_l("怎么调解的"), choices=lambda: word_choices(words.SESSION_WAYS))
    present = Ticks(_l("谁到场了"), coerce=row_id)
    others = Line(_l("其他到场的人"), limit=300, description=_l("翻译、法院、人社、同事等"))
    said = Area(_l("双方怎么说"), limit=8000)
    concession = Area(_l("让步记录（不外传）"), limit=4000,
                      description=_l("谁愿意让到多少。单独存放，不进笔录，不进导出，不给对方和其他单位看"))
    next_on = Day(_l("下次哪天"), prefer="future")
    next_time = Clock(_l("下次几点"))

    def held(self) -> Held:
        return Held(
            held_on=self.happened_on.data, way=self.way.data or "", held_time=self.held_time.data or "",
            minutes=text_cleaning.narrow(self.minutes.data), place=self.place.data, others=self.others.data,
            present=[p for p in self.present.data or () if p], said=self.said.data,
            concession=self.concession.data, next_on=self.next_on.data, next_time=self.next_time.data or "")


def session_form(people: Sequence[Option], version: int, place: str, now: str) -> SessionForm:
    """The form of a session; today, here and now unless told otherwise."""
    form = SessionForm()
    form.present.choices = row_choices(people)
    for field in (form.happened_on, form.way, form.present):
        field.flags.required = True
    if not form.is_submitted():
        form.version.data = str(version)
        put_today(form.happened_on)
        form.place.data, form.held_time.data = place, now
        form.way.data = "face"
    return form


def upload_field(key: str | None = None) -> FileField:
    """``key``: the id of the field where another form on the page has one too."""
    return FileField(_l("附件"), description=_l("照片、PDF、Office 和 WPS 文档、OFD、录音、录像，不超过10兆"), id=key,
                     render_kw={"accept": uploads.ACCEPT})


class UploadForm(BaseForm):
    """A form that a file may go with; a file that is refused leaves the rest of the form as it was typed."""

    file = upload_field()

    def upload(self) -> tuple[str, bytes]:
        """Name and content; both empty when nothing was chosen."""
        sent = self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class RequestForm(UploadForm):
    direction = Chips(_l("来函还是去函"), choices=lambda: [("in", _l("他们来的")), ("out", _l("我们去的"))])
    kind = Chips(_l("哪一种"), choices=lambda: word_choices(words.COMMISSION_KINDS))
    task = Chips(_l("什么事项"), choices=lambda: word_choices(words.TASK_KINDS), validate_choice=False)
    document_number = DocumentLine(_l("文号"), limit=100)
    typed_agency = Line(_l("不在名单里"), limit=100, description=_l("写单位名称，以后由管名单的人确认"))
    purpose = Line(_l("请做什么"), limit=300)
    sent_on = Day(_l("哪天"), prefer="past")
    reply_due_on = Day(_l("回复期限"), prefer="future", description=_l("空着按规则算；另定要写依据"))
    due_reason = Line(_l("期限依据"), limit=200)
    shared_parts = Ticks(_l("给对方单位看哪些"), choices=lambda: word_choices(access.SHARE_PARTS))
    share_ground = Chips(_l("凭什么共享"), choices=lambda: word_choices(words.SHARE_GROUNDS), validate_choice=False)
    usual_grounds = commissions.USUAL_GROUNDS
    legal_basis = Line(_l("哪一条，或怎样同意的"), limit=200,
                       description=_l("法院、仲裁委派委托来的，登记时同意告知的，可以空着"))

    def letter(self) -> Request:
        return Request(
            agency_id=self["agency"].data, kind=self.kind.data or "", direction=self.direction.data or "",
            document_number=self.document_number.data, purpose=self.purpose.data, sent_on=self.sent_on.data,
            reply_due_on=self.reply_due_on.data, due_reason=self.due_reason.data,
            shared_parts=self.shared_parts.data or (), legal_basis=self.legal_basis.data,
            share_ground=self.share_ground.data or "", task=self.task.data or "")


def request_form(agencies: Sequence[Option], is_typed: bool) -> RequestForm:
    """A letter's form; ``is_typed``: with what was sent, else with the usual answers."""
    kind = type("BuiltLetterForm", (RequestForm,), {"agency": row_field(_l("哪个单位"), agencies)})
    made = _make(kind, "letter", is_typed)
    for name in ("agency", "kind", "direction"):
        made[name].flags.required = True
    if not is_typed:
        made.direction.data = "out"
        put_today(made.sent_on)
        made.shared_parts.data = list(access.DEFAULT_SHARE)
    return made


class AnswerForm(UploadForm):
    way = Chips(_l("怎么答复的"), choices=lambda: [c for c in word_choices(words.REPLY_WAYS) if c[0] != "account"])
    number = DocumentLine(_l("对方文号"), limit=100)
    result = Area(_l("答复了什么"), limit=500)
    replied_on = Day(_l("哪天答复的"), prefer="past")


class DueForm(BaseForm):
    reply_due_on = Day(_l("改到哪天"), prefer="future")
    due_reason = Line(_l("期限依据"), limit=200)


class BodyForm(UploadForm):
    """What a body does with a letter of ours: take it, answer it, return it."""

    file = upload_field("reply-file")
    result = Area(_l("答复内容"), limit=500)
    number = DocumentLine(_l("本单位文号"), limit=100)
    reason = Line(_l("退回理由"), limit=300)


class FileForm(UploadForm):
    """A file alone."""


class BesideForm(UploadForm):
    """A file beside an entry of a case: chosen, or taken with the camera of a telephone, which gives JPEG."""

    photo = FileField(_l("拍照"), description=_l("手机上直接打开相机"), render_kw={
        "accept": uploads.PICTURE, "capture": "environment"})

    def upload(self) -> tuple[str, bytes]:
        sent = self.photo.data or self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class LinkForm(BaseForm):
    lead = DocumentLine(_l("示范案的登记号"), limit=60)
    note = Line(_l("为什么放在一起"), limit=200)


class BatchForm(BaseForm):
    """Several cases that follow this one: numbers as pasted, and cases to tick."""

    numbers = ListArea(_l("登记号，一行一个"), limit=4000)
    chosen = Ticks(_l("同一单位的案件"))
    why = Line(_l("为什么放在一起"), limit=200)
    takes_class = BooleanField(_l("还没有归类的，照本案归类（用工关系、案由）"))


class RecallForm(BaseForm):
    reason = Line(_l("为什么收回"), limit=200)


def link_form(is_typed: bool) -> LinkForm:
    return _make(LinkForm, "link", is_typed)


def batch_form(found: Sequence[Case], is_typed: bool) -> BatchForm:
    form = _make(BatchForm, "batch", is_typed)
    form.chosen.choices = [
        (row.number, f"{row.title} {known_as(row.number)} {row.handler.name if row.handler else ''}".strip())
        for row in found]
    return form


def member_form(colleagues: Sequence[Option], is_typed: bool) -> BaseForm:
    kind = type("BuiltMemberForm", (BaseForm,), {"member": row_field(_l("请谁协办"), colleagues)})
    return _make(kind, "members", is_typed)


def answer_form(commission: int, is_typed: bool, version: int = 0) -> AnswerForm:
    form = _make(AnswerForm, f"answer-{commission}", is_typed)
    if not is_typed:
        form.way.data, form.version.data = "phone", str(version)
    return form


def recall_form(commission: int, is_typed: bool) -> RecallForm:
    return _make(RecallForm, f"recall-{commission}", is_typed)


def recall_all_form(agency: int, is_typed: bool) -> RecallForm:
    return _make(RecallForm, f"recall-all-{agency}", is_typed)


def due_form(commission: int, is_typed: bool) -> DueForm:
    return _make(DueForm, f"due-{commission}", is_typed)


def _make(kind: type, prefix: str, is_typed: bool):
    """Several forms stand on one page: each has its prefix, and only the sent one reads what was sent."""
    return kind(prefix=prefix) if is_typed else kind(None, prefix=prefix)
