"""Who gets the figures, and what for."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mediation.forms.base import BaseForm, Line


class IssueForm(BaseForm):
    recipient = Line(_l("给谁"), description=_l("写单位，不写个人"))
    purpose = Line(_l("做什么用"), limit=300)
