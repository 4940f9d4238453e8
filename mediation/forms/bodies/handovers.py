"""The form by which a body sends a dispute to the union."""
from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from mediation.forms.base import Area, Day, DocumentLine, Line, NumberLine
from mediation.forms.cases.moves import Chips, Pick
from mediation.forms.cases.sessions import UploadForm, word_choices
from mediation.rules import words
from mediation.services.bodies.handovers import TOLD, Sent


class HandoverForm(UploadForm):
    document_number = DocumentLine(_l("本单位文号"), limit=100)
    case_number = DocumentLine(_l("本单位案号"), limit=100)
    reply_due_on = Day(_l("给的期限"), prefer="future", description=_l("空着按规则算"))
    name = Line(_l("申请人"), limit=200)
    phone = NumberLine(_l("申请人电话"), limit=60)
    told = Line(_l("被申请人"), limit=200)
    head = Pick(_l("种类"), choices=lambda: [("", _l("没有定")), *word_choices(words.HEADS)])
    amount = Line(_l("诉求金额"), limit=40)
    narrative = Area(_l("争议是什么"), limit=4000)

    def sent(self) -> Sent:
        return Sent(self["kind"].data or "", self.document_number.data, self.case_number.data, self.reply_due_on.data,
                    {name: str(self[name].data or "") for name in TOLD}, self.upload())


def handover_form(kinds: Sequence[str]) -> HandoverForm:
    """``kinds``: what this body can send."""
    built = type("BuiltHandoverForm", (HandoverForm,), {"kind": Chips(_l("哪一种"), choices=[
        choice for choice in word_choices(words.COMMISSION_KINDS) if choice[0] in kinds])})
    form = built()
    for name in ("kind", "name", "told", "narrative"):
        form[name].flags.required = True
    if not form.is_submitted():
        form["kind"].data = kinds[0]
    return form
