"""A list that is brought as a file."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from mediation.forms.base import BaseForm
from mediation.rules import uploads


class TableForm(BaseForm):
    """A table and nothing else."""

    file = FileField(_l("表格文件"), description=_l("可以是 .xlsx、.xls、.ods、.et、.csv，不超过10兆；留在本案附件里作凭据"),
                     id="table-file", render_kw={"accept": uploads.ACCEPT_TABLES})

    def upload(self) -> tuple[str, bytes]:
        """Name and content; both empty when nothing was chosen."""
        sent = self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")
