"""An old case: the facts of the intake page, none of which must be known, and how far the case had come; what is added
to one later."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField
from wtforms.validators import StopValidation

from mediation.forms.base import Area, BaseForm, DocumentLine, Line, Select, spoken
from mediation.forms.cases import moves
from mediation.forms.cases.intake import MOST_ROWS, Amount, Choice, IntakeForm, PastDay, Pick
from mediation.rules import words
from mediation.rules.cases import intake as rules
from mediation.rules.cases import late_entry
from mediation.rules.cases.intake import OWN_CHANNEL, Intake
from mediation.rules.cases.late_entry import Agreed, Late, Paid
from mediation.rules.language import Text
from mediation.rules.reading import ABOUT, NOTHING_SAID, ONLY_WORDS, Reading
from mediation.rules.text_cleaning import Unreadable, narrow

UNKNOWN = Text("不详", "not known")
OWN_SITE = Text("本站点", "own site")
OUTCOMES = {code: word for code, word in words.OUTCOMES.items() if code != "DUPLICATE"}
DAYS = ("accepted_on", "agreed_on", "concluded_on", "closed_on", "archived_on")
SUM_TO_TELL = Text("金额说不准就写“约…”；一点也不知道的，写进经过",
                   "Write 'about …' for a rough sum; one that nobody knows belongs into what happened")


class OldDay(PastDay):
    """A past day as far as it is known; a month, a season or 不详 keeps its words."""

    time = ""

    def read(self, typed: str):
        """A day, or the words of one that no calendar knows (麦收那阵); with figures in it, it is a slip of the pen."""
        try:
            return super().read(typed)
        except Unreadable:
            if re.search("[0-9]", narrow(typed)):
                raise
            return Reading(None, ABOUT, typed, ONLY_WORDS.fill(raw=typed))

    @property
    def on(self) -> date | None:
        return self.data.value if self.data else None

    @property
    def words(self) -> str:
        """What was said of a day that is not exact."""
        if self.data is None or self.data.value is not None or narrow(self.data.raw).lower() in NOTHING_SAID:
            return ""
        return self.data.raw


class PaidRow(Form):
    """Money that came: how much, when, from whom, how it is known."""

    fen = Amount(_l("到账多少"))
    paid_on = OldDay(_l("哪天到的"))
    payer_kind = Pick(_l("谁付的"), words.PAYER_KINDS, default="respondent")
    proof = Pick(_l("凭什么知道"), {code: words.PROOFS[code] for code in (
        "register", *(code for code in words.PROOFS if code != "register"))}, default="register")
    note = DocumentLine(_l("说明"), limit=200)

    def validate_fen(self, field) -> None:
        """A row that says anything says how much."""
        if not self.is_empty() and not (field.data and field.data.value):
            raise StopValidation(SUM_TO_TELL.say(spoken()))

    def is_empty(self) -> bool:
        return not any((self.fen.typed, self.paid_on.typed, self.note.data))

    def line(self) -> Paid:
        said = self.fen.data
        return Paid(said.value or 0 if said else 0, self.paid_on.on, self.paid_on.words[:60],
                    said.raw if said and said.precision != "exact" else "", self.payer_kind.data or "respondent",
                    proof=self.proof.data or "register", note=self.note.data or "")


class OldFacts:
    """How far an old case had come and what is known of its money."""

    state = Choice(_l("现在"), late_entry.STATES, default="CLOSED")
    outcome = Pick(_l("结果"), OUTCOMES, UNKNOWN)
    outcome_reason = Pick(_l("不成的原因"), words.FAIL_REASONS, UNKNOWN)
    accepted_on = OldDay(_l("受理"))
    agreed_on = OldDay(_l("达成协议"))
    concluded_on = OldDay(_l("出结果"))
    closed_on = OldDay(_l("结案"))
    archived_on = OldDay(_l("归档"))
    agreed = Amount(_l("协议金额"))
    is_undisclosed = BooleanField(_l("有协议，金额不详或未公开"))
    due = OldDay(_l("说好哪天付"))
    terms = Line(_l("协议还写了什么"), limit=1000)
    paid = FieldList(FormField(PaidRow), _l("到账"), min_entries=1, max_entries=MOST_ROWS)
    handler_id = moves.Pick(_l("承办人"), choices=[], coerce=moves.row_id)

    def known_days(self) -> dict[str, date | None]:
        """The days of the procedure that are known."""
        return {name: day for name in DAYS if (day := self._fields[name].on)}

    def told_days(self) -> dict[str, str]:
        """The words of those that are not exact."""
        return {name: said for name in DAYS if (said := self._fields[name].words)}

    def agreement(self) -> Agreed | None:
        """What is known of the agreement; None where nothing was told of one."""
        said, due = self.agreed.data, self.due.data
        fen = said.value if said else None
        if fen is None and not (self.is_undisclosed.data or due or self.terms.data):
            return None
        return Agreed(fen, said.raw if said and fen is not None and said.precision != "exact" else "",
                      due.value if due else None, due.raw[:60] if due and due.value is None else "",
                      terms=self.terms.data or "")

    def payments(self) -> tuple[Paid, ...]:
        return tuple(entry.form.line() for entry in self.paid.entries if not entry.form.is_empty())


class LateForm(OldFacts, IntakeForm):
    """The whole of an old case."""

    received = OldDay(_l("收到"))
    source = Choice(_l("来源"), words.SOURCES)
    language = Choice(_l("说什么话"), words.LANGUAGES)
    printed_number = DocumentLine(_l("原来的案号"), limit=80)
    station = moves.Pick(_l("哪个站点的"), choices=[], coerce=moves.row_id)
    # Nobody takes an old case on.
    pasted = consent_party = consent_happened_on = consent_way = consent_note = None
    accept_ground = accept_identity_note = None
    archive_number = DocumentLine(_l("归档号"), limit=40)

    def _star(self) -> None:
        """Nothing must be known."""

    @property
    def errors(self) -> dict:
        inside = [entry.form.errors for entry in self.paid.entries if entry.form.errors]
        return {**super().errors, **({"paid": inside} if inside else {})}

    def _as_told(self) -> dict[str, str]:
        told = {"received_on": self.received.words, "headcount": self.headcount.words, **self.told_days()}
        return {name: said for name, said in told.items() if said}

    def late(self) -> Late:
        """What was typed, as the rules want it; call after ``validate``."""
        told = self.intake()
        known = {one.name: getattr(told, one.name) for one in fields(Intake)}
        for name in ("phone", "identity", "name"):
            if narrow(known[name]).lower() in NOTHING_SAID:
                known[name] = ""
        known["channel"] = "" if told.channel == OWN_CHANNEL else told.channel
        known["respondents"] = [row for row in told.respondents if row.told] or [rules.Respondent(late_entry.NOT_KNOWN)]
        return Late(**known, station_id=self.station.data, handler_id=self.handler_id.data,
                    state=self.state.data or "CLOSED", outcome=self.outcome.data or "",
                    outcome_reason=(self.outcome_reason.data or "") if self.outcome.data == "FAILED" else "",
                    printed_number=self.printed_number.data or "", dates=self.known_days(), agreed=self.agreement(),
                    columns={"archive_number": self.archive_number.data} if self.archive_number.data else {},
                    paid=self.payments())


class UnfindableForm(BaseForm):
    """A fact that can never be found, and why."""

    fact = Select(_l("哪一项"), validate_choice=False)
    reason = Line(_l("怎么查过，为什么查不到"), limit=200)

    def offer(self, missing: Iterable[late_entry.Missing]) -> UnfindableForm:
        self.fact.choices = [("", Text("请选", "choose").say(spoken())),
                             *((row.key, row.label.say(spoken())) for row in missing)]
        return self


class MissingForm(OldFacts, BaseForm):
    """What is added later to an old case: only facts that were missing."""

    received = OldDay(_l("收到"))
    note = Area(_l("从哪里查到的"), limit=1000)

    @property
    def errors(self) -> dict:
        inside = [entry.form.errors for entry in self.paid.entries if entry.form.errors]
        return {**super().errors, **({"paid": inside} if inside else {})}
