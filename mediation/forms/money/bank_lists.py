"""The page of a bank's list: the list, what holds for all of its payments, and the ticks line by line."""
from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField

from mediation.forms.base import BaseForm, Day, Line, ListArea
from mediation.forms.cases.moves import Chips, row_id
from mediation.forms.money.agreements import choices
from mediation.forms.money.payments import SOMEBODY
from mediation.forms.papers.list_files import TableForm
from mediation.models import Case
from mediation.rules import uploads, words
from mediation.rules.money.bank_matching import Key
from mediation.rules.money.payment_checks import Entry

PROOFS = ("bank_slip", "transfer_record")  # what a bank's list is


class BankListForm(BaseForm):
    """``seen`` is the digest of what was shown; the payer is added by ``bank_list_form``."""

    lines = ListArea(_l("银行清单"), limit=200_000)
    day = Day(_l("没写日期的，哪天到账"))
    payer_name = Line(_l("别人付的，是谁"), limit=100)
    reason = Line(_l("说明"), limit=300)
    seen = HiddenField()
    file = HiddenField()

    @property
    def taken(self) -> frozenset[int]:
        """The lines that were ticked."""
        return frozenset(found for said in request.form.getlist("take") if (found := row_id(said)))

    @property
    def accounts(self) -> frozenset[int]:
        """The lines whose account was ticked to be kept as the worker's."""
        return frozenset(found for said in request.form.getlist("account") if (found := row_id(said)))

    def chosen(self, cases: Iterable[Case]) -> dict[int, Key]:
        """Whose a line is, where that was asked: ``whose-LINE`` holds the id of a worker."""
        found, of_case = {}, {party.id: case.id for case in cases for party in case.parties}
        for name, said in request.form.items():
            line, party = row_id(name.removeprefix("whose-")), row_id(said)
            if name.startswith("whose-") and line and party in of_case:
                found[line] = (of_case[party], party)
        return found

    def entry(self) -> Entry:
        """What holds for every payment of the list."""
        is_party = self.payer.data and self.payer.data != int(SOMEBODY)
        return Entry(self.day.data, 0, payer_party_id=self.payer.data if is_party else None,
                     payer_name="" if is_party else self.payer_name.data or "", proof=self.proof.data or "",
                     reason=self.reason.data or "")


class AllTableForm(TableForm):
    """A table that is read and not kept."""

    file = FileField(_l("表格文件"), description=_l("可以是 .xlsx、.xls、.ods、.et、.csv，不超过10兆；只读，不收进案件"),
                     id="table-file", render_kw={"accept": uploads.ACCEPT_TABLES})


class AllBankListsForm(BankListForm):
    """A list that pays in several cases: each case's own respondent paid, or somebody who is named."""

    source = HiddenField()
    payer = Chips(_l("谁付的"), choices=[("own", _l("各案自己的单位")), ("other", _l("别人"))], default="own")
    proof = Chips(_l("凭证"), choices=choices(words.PROOFS, PROOFS), default=PROOFS[0])

    def entry(self) -> Entry:
        is_other = self.payer.data == "other"
        return Entry(self.day.data, 0, payer_name=(self.payer_name.data or "") if is_other else "",
                     payer_kind="other" if is_other else "respondent", proof=self.proof.data or "",
                     reason=self.reason.data or "")


def all_bank_lists_form(is_sent: bool = True) -> AllBankListsForm:
    """The form of a list of many cases, as sent or fresh."""
    return AllBankListsForm() if is_sent else AllBankListsForm(None)


def bank_list_form(case: Case, is_sent: bool = True) -> BankListForm:
    """The form of this case, as sent or fresh."""
    payers = [(p.id, p.name) for p in case.parties if p.side != "applicant" and p.removed_on is None]
    fields = {
        "payer": Chips(_l("谁付的"), choices=[*payers, (int(SOMEBODY), _("别人"))], coerce=row_id,
                       default=payers[0][0] if len(payers) == 1 else None),
        "proof": Chips(_l("凭证"), choices=choices(words.PROOFS, PROOFS), default=PROOFS[0])}
    kind = type("BuiltBankListForm", (BankListForm,), fields)
    form = kind() if is_sent else kind(None)
    if not (is_sent and form.is_submitted()):
        form.version.data = str(case.version)
    return form
