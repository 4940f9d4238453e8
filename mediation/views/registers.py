"""The case in outside registers: numbers, text to be copied, and what a register still lacks."""
from __future__ import annotations

from flask import Blueprint, render_template, request

from mediation.queries import registers as queries
from mediation.rules import registers
from mediation.views import guard, head
from mediation.views.guard import permit

bp = Blueprint("registers", __name__)


@bp.get("/cases/<number>/registers")
@permit("paper.print")
def show(number: str):
    """One block for each register: selectable text, in its own order of fields."""
    case = guard.get_case(number, "paper.print")
    values = head.case_context(case, "coordination")
    guard.look("print", case.number, "registers")
    return render_template("cases/registers.html", **values,
                           blocks=queries.blocks(case, values["sees_phones"], guard.actor()))


@bp.get("/registers")
@permit("paper.print")
def index():
    """Cases that a register still lacks."""
    chosen = request.args.get("register", "")
    chosen = chosen if chosen in registers.REGISTERS else next(iter(registers.REGISTERS))
    return render_template("prevention/registers.html", rows=queries.lacking(guard.actor(), chosen), chosen=chosen,
                           registers=registers.REGISTERS, short=head.short_number)
