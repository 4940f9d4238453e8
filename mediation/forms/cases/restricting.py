"""Who may read a sealed case."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SubmitField

from mediation.forms.base import BaseForm, Line
from mediation.forms.cases.moves import Ticks, row_id


class RestrictForm(BaseForm):
    reason = Line(_l("理由"))
    readers = Ticks(_l("除承办人和您以外，谁可以看"), coerce=row_id)
    lift = SubmitField(_l("取消限定"))
