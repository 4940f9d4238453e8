"""Scans for the volume, and what a file in it is."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField

from mediation.forms.base import BaseForm, Select, spoken
from mediation.rules import uploads
from mediation.rules.papers import volume
from mediation.rules.papers.catalogue import PAPERS


class KindForm(BaseForm):
    """What a file in the volume is."""

    kind = Select(_l("是什么材料"))

    def __init__(self, *args, channel: str = "A", **kwargs):
        super().__init__(*args, **kwargs)
        keys = sorted(PAPERS.keys() - volume.MADE_HERE,
                      key=lambda key: (volume.place_of(PAPERS[key], channel), volume.ORDER[key]))
        self.kind.choices = [(key, PAPERS[key].title.say(spoken())) for key in keys]


class ScansForm(KindForm):
    """Several scans or pictures of one kind at once."""

    scans = MultipleFileField(_l("扫描件、照片"), description=_l("可以一次选多个，每个不超过10兆；PDF、JPG、PNG 装订进整卷，别的另存"),
                              render_kw={"accept": uploads.ACCEPT})

    def uploads(self) -> list[tuple[str, bytes]]:
        """Name and content of each that was chosen."""
        return [(sent.filename or "", sent.read()) for sent in self.scans.data or () if sent.filename]


class OrderForm(BaseForm):
    """A file goes up or down: its id and -1 or 1, as the pressed button says."""

    move = HiddenField()
