"""A bank's list in a case: brought or pasted, what is proposed for each line, one press that records the ticked."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from mediation.forms.money.bank_lists import AllTableForm, BankListForm, all_bank_lists_form, bank_list_form
from mediation.forms.papers.list_files import TableForm
from mediation.models import Case, Payment
from mediation.queries.money import listed_cases
from mediation.rules.language import Text
from mediation.rules.money import amounts, bank_matching
from mediation.rules.people.identity import mask_card
from mediation.services.money import bank_lists
from mediation.services.papers import list_files as texts
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
        wanted = bank_lists.Wanted(form.lines.data, form.taken, form.chosen([case]), form.entry(),
                                   list_files.named(case, form.file.data), form.accounts)
        return bank_lists.record(case, wanted, guard.actor())
    return press(
        form, act, lambda: _page(guard.get_case(number, "money.record"), form, shown[0] if shown else None),
        f"/cases/{number}/agreement#payments", _said,
        remarks=lambda made: dict.fromkeys(text for row in made for text in closings.remarks(case, row.paid_on)))


def _said(made: list[Payment]) -> Text:
    return RECORDED.fill(n=len(made), sum=amounts.print_yuan(sum(row.amount_fen for row in made)))


def _preview(case: Case, form: BankListForm) -> bank_lists.Preview:
    return bank_lists.preview([case], form.lines.data, guard.actor().today, form.chosen([case]), form.day.data)


def _lines(cases: list[Case], form: BankListForm, shown: bank_lists.Preview | None) -> dict[str, Any]:
    """What the table of lines shows: which are ticked, whose they are, whose account may be taken from the list."""
    is_again = bool(shown and form.seen.data)
    form.seen.data = shown.digest if shown else ""
    ticked = form.taken if is_again else {one.line.line for one in shown.offered if one.fate == "sure"} if shown else ()
    by_id = {case.id: case for case in cases}
    told = {one.line.line for one in shown.offered if bank_lists.accountless(one, by_id)} if shown else set()
    return {"form": form, "shown": shown, "ticked": ticked, "chosen": form.chosen(cases), "accountless": told,
            "fates": bank_matching.FATES, "mask_card": mask_card,
            "case_numbers": {case.id: case.number for case in cases},
            "names": {party.id: party.name for case in cases for party in case.parties}}


def _page(case: Case, form: BankListForm, shown: bank_lists.Preview | None, table: TableForm | None = None,
          brought: list_files.Brought | None = None) -> str:
    values = case_context(case, "agreement")
    form.version.data = str(case.version)
    return render_template(
        "money/bank_list.html", **values, **_lines([case], form, shown), table=table or TableForm(None),
        brought=brought, source=list_files.named(case, form.file.data), closed_notice=closings.notice(case))


# A list for all cases -------------------------------------------------------------------------------------------------

@bp.get("/payments/list")
@permit("money.record")
def show_all() -> str:
    """The list of a bank or firm that pays in several cases."""
    return _page_of_all([], None, all_bank_lists_form())


@bp.post("/payments/list/file")
@permit("money.record")
def bring_all() -> Answer:
    """A table is read and its lines shown; it is not kept, as it tells of people of other cases."""
    table, form = AllTableForm(), all_bank_lists_form(is_sent=False)
    shown: list[tuple[list[Case], bank_lists.Preview]] = []

    def act() -> None:
        name, data = table.upload()
        form.lines.data, form.source.data = texts.text_of(name, data, "file"), name[-100:]
        shown.append(_preview_all(form))
        raise OnlyShown
    return press(table, act, lambda: _page_of_all(*(shown[0] if shown else ([], None)), form=form, table=table), "")


@bp.post("/payments/list")
@permit("money.record")
def record_all() -> Answer:
    """First what each line is and in which case, then the ticked lines as payments, all or none."""
    form = all_bank_lists_form()
    shown: list[tuple[list[Case], bank_lists.Preview]] = []

    def act() -> list[Payment]:
        shown.append(_preview_all(form))
        cases, found = shown[0]
        if request.form.get("action") != "save" or form.seen.data != found.digest:
            raise OnlyShown
        return bank_lists.record_in(cases, bank_lists.Wanted(
            form.lines.data, form.taken, form.chosen(cases), form.entry(), accounts=form.accounts,
            source=form.source.data or ""), guard.actor())
    return press(form, act, lambda: _page_of_all(*(shown[0] if shown else ([], None)), form=form), "/payments/list",
                 _said)


def _preview_all(form: BankListForm) -> tuple[list[Case], bank_lists.Preview]:
    actor = guard.actor()
    cases = listed_cases.find(actor, bank_lists.read(form.lines.data, actor.today).lines)
    return cases, bank_lists.preview(cases, form.lines.data, actor.today, form.chosen(cases), form.day.data)


def _page_of_all(cases: list[Case], shown: bank_lists.Preview | None, form: BankListForm,
                 table: AllTableForm | None = None) -> str:
    return render_template("money/bank_list_of_all.html", **_lines(cases, form, shown), known=guard.actor().known,
                           table=table or AllTableForm(None))
