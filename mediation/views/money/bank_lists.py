"""A bank's list in a case: brought or pasted, what is proposed for each line, one press that records the ticked."""
from __future__ import annotations

from flask import Blueprint, render_template, request

from mediation.forms.money.bank_lists import BankListForm, bank_list_form
from mediation.forms.papers.list_files import TableForm
from mediation.models import Case, Payment
from mediation.rules.language import Text
from mediation.rules.money import amounts, bank_matching
from mediation.rules.people.identity import mask_card
from mediation.services.money import bank_lists
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.figures import closings
from mediation.views.guard import permit
from mediation.views.papers import list_files
from mediation.views.press import Answer, OnlyShown, press

bp = Blueprint("bank_lists", __name__)
RECORDED = Text("已按清单登记{n}笔，{sum}元。", "{n} payments of the list are recorded, {sum} yuan.")


@bp.get("/cases/<number>/payments/list")
@permit("money.record")
def show(number: str) -> str:
    """``?file=`` fills it from a table that was brought, ``?sheet=`` from another sheet of it."""
    case = guard.get_case(number, "money.record")
    form = bank_list_form(case)
    brought, shown = list_files.read_in(case, form, lambda: _preview(case, form))
    return _page(case, form, shown, brought=brought)


@bp.post("/cases/<number>/payments/list/file")
@permit("money.record")
def bring(number: str) -> Answer:
    """A table is kept with the case, and its lines are shown as a paste of them would be."""
    return list_files.bring(guard.get_case(number, "money.record"), f"/cases/{number}/payments/list",
                            lambda case, table: _page(case, bank_list_form(case, is_sent=False), None, table))


@bp.post("/cases/<number>/payments/list")
@permit("money.record")
def record(number: str) -> Answer:
    """First what each line is, then, for the same list, the ticked lines as payments in one act."""
    case = guard.get_case(number, "money.record")
    form = bank_list_form(case)
    shown: list[bank_lists.Preview] = []

    def act() -> list[Payment]:
        shown.append(_preview(case, form))
        if request.form.get("action") != "save" or form.seen.data != shown[0].digest:
            raise OnlyShown
        wanted = bank_lists.Wanted(form.lines.data, form.taken, form.chosen(case), form.entry(),
                                   list_files.named(case, form.file.data))
        return bank_lists.record(case, wanted, guard.actor())
    return press(
        form, act, lambda: _page(guard.get_case(number, "money.record"), form, shown[0] if shown else None),
        f"/cases/{number}/agreement#payments",
        lambda made: RECORDED.fill(n=len(made), sum=amounts.print_yuan(sum(row.amount_fen for row in made))),
        remarks=lambda made: dict.fromkeys(text for row in made for text in closings.remarks(case, row.paid_on)))


def _preview(case: Case, form: BankListForm) -> bank_lists.Preview:
    return bank_lists.preview(case, form.lines.data, guard.actor().today, form.chosen(case), form.day.data)


def _page(case: Case, form: BankListForm, shown: bank_lists.Preview | None, table: TableForm | None = None,
          brought: list_files.Brought | None = None) -> str:
    values = case_context(case, "agreement")
    form.version.data = str(case.version)
    is_again = bool(shown and form.seen.data)
    form.seen.data = shown.digest if shown else ""
    ticked = form.taken if is_again else {one.line.line for one in shown.offered if one.fate == "sure"} if shown else ()
    return render_template(
        "money/bank_list.html", **values, form=form, shown=shown, ticked=ticked, chosen=form.chosen(case),
        fates=bank_matching.FATES, names={party.id: party.name for party in case.parties}, mask_card=mask_card,
        table=table or TableForm(None), brought=brought, source=list_files.named(case, form.file.data),
        closed_notice=closings.notice(case))
