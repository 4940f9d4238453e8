"""The form that asks for whole numbers in an export."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mediation.forms.base import Area, BaseForm


class AskForm(BaseForm):
    """Why whole numbers are needed; what is asked for stands in the address."""

    reason = Area(_l("为什么要未打码的号码"), [InputRequired(_l("请写明理由"))], limit=300)
