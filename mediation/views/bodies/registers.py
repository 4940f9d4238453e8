"""The case in outside registers: numbers, text to be copied, and what a register still lacks."""
from __future__ import annotations

from flask import Blueprint, render_template, request

from mediation.queries.bodies import registers as queries
from mediation.queries.cases import case_filters
from mediation.rules.bodies import registers
from mediation.rules.reading import read_key
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit

bp = Blueprint("registers", __name__)


@bp.get("/cases/<number>/registers")
@permit("paper.print")
def show(number: str):
    """One block for each register: selectable text, in its own order of fields."""
    case = guard.get_case(number, "paper.print")
    values = case_frame.case_context(case, "coordination")
    guard.log_access("print", case.number, "registers")
    blocks = queries.blocks(case, values["sees_phones"], guard.actor())
    return render_template("bodies/registers.html", **values, blocks=sorted(blocks, key=lambda one: not one.is_wanted))


@bp.get("/registers")
@permit("paper.print")
def index():
    """Cases that a register still lacks, by the filters of the address."""
    actor, chosen = guard.actor(), request.args.get("register", "")
    chosen = chosen if chosen in registers.REGISTERS else next(iter(registers.REGISTERS))
    found = queries.lacking(actor, chosen, request.args, read_key(request.args.get("after")))
    return render_template("bodies/missing_registers.html", found=found, chosen=chosen, registers=registers.REGISTERS,
                           handlers=case_filters.find_handlers(actor), is_first="after" not in request.args)
