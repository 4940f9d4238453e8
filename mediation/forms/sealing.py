"""Who may read a sealed case."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, SubmitField

from mediation.forms.base import BaseForm, Line


class SealForm(BaseForm):
    reason = Line(_l("理由"))
    readers = SelectMultipleField(_l("除承办人和您以外，谁可以看"), coerce=int)
    lift = SubmitField(_l("取消限定"))
