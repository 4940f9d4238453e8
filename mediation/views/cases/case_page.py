"""The case page, the moves of a case, its history, and showing a whole number."""
from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _

from mediation.forms.cases import moves as move_forms
from mediation.forms.cases.moves import MoveForm
from mediation.models import Case
from mediation.queries.cases import case_rows, choices, dossier, history, missing_facts
from mediation.queries.law import referral_targets, ways
from mediation.queries.papers import checklist
from mediation.rules import access, reading
from mediation.rules.cases import guidance, late_entry, workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import retention
from mediation.services.bodies import typed_bodies
from mediation.services.cases import effects, merging, moves
from mediation.services.people import reveals
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.figures import closings
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("cases", __name__)
EVENTS_A_PAGE = 50
# Moves on the generic page with a service of their own.
SERVICES = {"merge": merging.merge, "carry_over": merging.carry_rest}


@bp.get("/cases/<number>")
@permit("case.read")
def show(number: str):
    """The page that a mediator lives on."""
    case = guard.get_case(number)
    guard.log_access("open", case.number)
    values = case_frame.case_context(case, bare=("parties",))
    looking = dossier.who_looks(case, guard.actor()) if not values["is_liaison"] else []
    return render_template("cases/show.html", **values, looking=looking, is_front=True,
                           missing_facts=_missing_facts(case, values["is_liaison"]),
                           recent=dossier.recent(values["file"].rows),
                           kept=retention.keeping(case.closed_on, case.retention) if case.closed_on else None,
                           missing_papers=_missing_papers(values["file"].rows, values["is_liaison"]))


def _missing_facts(case: Case, is_liaison: bool) -> list[late_entry.Missing]:
    """What a case that was entered afterwards still lacks."""
    return missing_facts.of_case(case.id) if case.is_late_entry and not is_liaison else []


def _missing_papers(case: case_rows.CaseRows, is_liaison: bool) -> list[Text]:
    """Papers still to be made; nobody chases them for a case entered afterwards."""
    return [] if is_liaison or case.is_late_entry or not case.is_open else checklist.missing(case)


# Moves ----------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/moves/<move>")
@permit("case.read")
def ask_move(number: str, move: str):
    """The page of a move or a chain, with what can be known already filled in."""
    keys = _keys(move)
    case = _case_for(number, keys)
    page = workflow.MOVES[keys[0]].page
    if len(keys) == 1 and page != "move":
        return redirect(case_frame.address(case) + case_frame.OWN_PAGES[page])
    return _move_page(case, move, _form(case, keys))


@bp.post("/cases/<number>/moves/<move>")
@permit("case.read")
def make_move(number: str, move: str):
    """One press: all the moves of the page or none."""
    keys = _keys(move)
    case, rows = _locked(number, keys)
    if any(key not in effects.EFFECTS and key not in SERVICES for key in keys):
        abort(404)
    form = _form(case, keys, rows)

    def act() -> dict[str, object]:
        answers = form.answers()
        _run(case, keys, answers, form, rows)
        return answers[keys[-1]]
    return press(
        form, act, lambda: _move_page(_case_for(number, keys), move, form), case_frame.address(case),
        lambda given: flash_after(case, keys[-1], given),
        remarks=lambda given: closings.remarks(case, given.get("happened_on")), missing=lambda: _missing(case, form))


def _keys(move: str) -> tuple[str, ...]:
    if move not in workflow.MOVES and move not in workflow.CHAINS:
        abort(404)
    keys = guidance.keys_of(move)
    if len(keys) > 1 and any(key not in effects.EFFECTS for key in keys):
        abort(404)  # chains with an agreement or money have a page of their own
    return keys


def _case_for(number: str, keys: tuple[str, ...]) -> Case:
    """The case, if every move of the page may be made by the reader."""
    wanted = dict.fromkeys(workflow.MOVES[key].permission for key in keys)
    return [guard.get_case(number, permission) for permission in wanted][-1]


def _locked(number: str, keys: tuple[str, ...]) -> tuple[Case, case_rows.CaseRows | None]:
    """The same for a press, with the case's rows as they stand under its lock: its right, its choices and its check
    are judged by one reading. None where nothing will be written: the press goes no further than the page."""
    if not guard.may_write():
        return _case_for(number, keys), None
    case = guard.get_case(number)
    rows = case_rows.read(case, guard.today(), lock=True)
    for permission in dict.fromkeys(workflow.MOVES[key].permission for key in keys):
        guard.require(permission, case, rows)
    return case, rows


def _form(case: Case, keys: tuple[str, ...], rows: case_rows.CaseRows | None = None) -> MoveForm:
    options = {key: _options(case, key, rows or case) for key in keys}
    prefill = {key: _prefill(case, key, options[key], len(keys) > 1) for key in keys}
    return move_forms.build(move_forms.steps_of(keys, options, prefill), case.version)


def _options(case: Case, key: str, rows: case_rows.CaseRows | Case) -> dict[str, list]:
    """What the row fields of a move can be chosen from; ``rows`` know the parties."""
    actor = guard.actor()
    sources = {
        "party": lambda: choices.people(rows, "respondent" if key == "ask_consent" else ""),
        "user": lambda: choices.mediators(case, actor), "station": lambda: choices.stations(case),
        "agency": lambda: choices.agencies(case),
    }
    return {ask.name: sources[ask.kind]() for ask in workflow.MOVES[key].asks if ask.kind in sources}


GROUNDS = {"over_age": "over_age", "new_form": "new_form", "liability": "liability", "personnel": "personnel",
           "civil": "civil"}


def _prefill(case: Case, key: str, options: dict[str, list], is_chain: bool) -> dict[str, object]:
    """What is known beforehand: the only respondent, the ground of a case sent by a court, the usual answers."""
    found: dict[str, object] = {name: rows[0].id for name, rows in options.items() if len(rows) == 1}
    if key == "accept":
        usual = "civil" if case.is_civil else GROUNDS.get(case.relation, "labour")
        found |= {"ground": "court_sent" if case.channel in "EFGH" else usual, "relation": case.relation,
                  "identity_note": case.identity_note, "wage_choice": case.wage_choice or None}
    if key == "close":
        found["way"] = "informed" if case.notified_on else "performed" if case.state == "PERFORMING" else None
    if key in ("close", "archive"):
        found["retention"] = case.retention or retention.DEFAULT_CLASS
    if "next_door" in options and (door := referral_targets.suggested(case, guard.today())):
        found["next_door"] = door.id
    if key in ("ask_consent", "visit"):
        found["way"] = "phone"
    if key == "ask_consent" and is_chain:
        found["answer"] = "agrees"
    return found


def _run(case: Case, keys: tuple[str, ...], answers: dict[str, dict], form: MoveForm,
         rows: case_rows.CaseRows | None) -> None:
    """Call the service; in a chain a problem's field gets the prefix of the move that was refused."""
    actor, seen = guard.actor(), form.seen_version
    for key, name, said in form.typed_bodies():
        answers[key][name] = typed_bodies.find_or_enter(case, said, actor).id
    if len(keys) == 1:
        make = SERVICES.get(keys[0]) or (lambda *told: moves.move(case, keys[0], *told[1:], rows=rows))
        make(case, {**answers[keys[0]], "confirmed": form.confirmed}, actor, seen)
        return
    try:
        moves.chain(case, keys, answers, actor, seen, form.confirmed, rows)
    except Refused as refusal:
        raise Refused([p._replace(field=f"{refusal.move}-{p.field}" if p.field else "") for p in refusal.problems],
                      refusal.move) from refusal


def _missing(case: Case, form: MoveForm) -> list[Problem]:
    """With something unreadable on the page: what else is missing, so that all is said at once."""
    first = form.steps[0]
    actor = guard.actor()
    given = {**form.answers()[first.move.key], "actor_id": actor.user_id}
    found = workflow.problems(first.move, dossier.facts.of(case, actor.today), given, actor.today)
    return [p._replace(field=first.prefix + p.field if p.field else "") for p in found]


def _move_page(case: Case, move: str, form: MoveForm) -> str:
    """The page of a move; where the state does not admit it, the sentence why and the way back."""
    first = workflow.MOVES[guidance.keys_of(move)[0]]
    values = case_frame.case_context(case)
    known = values["file"].facts
    form.mark(workflow.demanded(first, known))
    closed = None if workflow.is_open(first, known) else workflow.closed_problem(first, known).text
    blocked = closed or guidance.reason_against(move, known, values["rights"], guard.actor().user_id)
    return render_template("cases/move.html", **values, form=form, move=move, label=guidance.label_of(move),
                           is_chain=move in workflow.CHAINS, closed=closed, blocked=blocked,
                           closed_notice=closings.notice(case))


def flash_after(case: Case, move: str | workflow.Move, answers: dict[str, object]) -> Text:
    """What happened, in the row's words, and what is next and by when."""
    row, actor = workflow.MOVES[move] if isinstance(move, str) else move, guard.actor()
    rows = case_rows.current(case, actor.today)
    day = answers.get("to_on")
    said = moves.flash_of(row, **_used(row, who=rows.handler_name or "", day=reading.say_day(day) if day else "",
                                       into=_into(case, answers), n=len(rows.hearings),
                                       sum=answers.get("sum") or "", **_ways(rows, actor.today)))
    scene = dossier.outlook(rows, actor)
    if "下一步" in row.flash.zh:
        return guidance.join(said, guidance.deadline(scene))
    return guidance.join(said, Text("下一步：{s}", "Next: {s}").fill(s=guidance.next_step(scene).sentence))


def _ways(rows: case_rows.CaseRows, today: date) -> dict[str, object]:
    """Where the dispute goes, and what becomes of its time bar, for the sentences that say so."""
    way = ways.of_case(rows, today)
    return {"way": way.goal.told, "restarted": way.restarted}


def _into(case: Case, answers: dict[str, object]) -> Text | str:
    typed = answers.get("into")
    return merging.called(case, str(typed), guard.actor()) if typed and case.merged_into_id else ""


def _used(row: workflow.Move, **values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if "{" + name + "}" in row.flash.zh}


# History and whole numbers --------------------------------------------------------------------------------------

@bp.get("/cases/<number>/journal")
@permit("journal.read")
def journal(number: str):
    """Everything that happened, newest first, as sentences."""
    case = guard.get_case(number, "journal.read")
    before = reading.read_key(request.args.get("before"))
    values = case_frame.case_context(case, "journal")
    found = history.page(case, values["rights"], before=before, size=EVENTS_A_PAGE,
                         has_whence=bool(access.scope_of(guard.actor().role, "look.read")))
    return render_template("cases/journal.html", **values, lines=found.lines, next_seq=found.next_seq,
                           is_first=before is None)


@bp.get("/cases/<number>/reveal")
@permit("party.reveal")
def ask_reveal(number: str):
    """The short list of reasons, for who comes without scripts or from another page."""
    case = guard.get_case(number, "party.reveal")
    party = next((p for p in case.parties if str(p.id) == request.args.get("party")), None)
    if party is None or request.args.get("field") not in reveals.FIELDS:
        abort(404)
    return _reveal_page(case, party, request.args["field"])


@bp.post("/cases/<number>/reveal")
@permit("party.reveal")
def reveal(number: str):
    """Show a whole number; the log says so before the page does, and without the log nothing is shown."""
    case = guard.get_case(number, "party.reveal")
    given = request.form
    party_id, field = move_forms.row_id(given.get("party")), given.get("field", "")
    with guard.attempt() as attempt:
        reveals.log_reveal(case, party_id or 0, field, given.get("reason", ""), guard.actor())
    if not attempt.ok:
        case = guard.get_case(number, "party.reveal")
        party = next((p for p in case.parties if p.id == party_id), None)
        status = 429 if any(p.field == "limit" for p in attempt.problems) else 422
        if party is None or field not in reveals.FIELDS:
            abort(404)
        return _reveal_page(case, party, field, problems=[p.text for p in attempt.problems]), status
    guard.commit()
    case = guard.get_case(number, "party.reveal")
    party = next(p for p in case.parties if p.id == party_id)
    return _reveal_page(case, party, field, shown=getattr(party, field))


def _reveal_page(case: Case, party, field: str, shown: str = "", problems: tuple | list = ()) -> str:
    return render_template("cases/reveal.html", **case_frame.case_context(case), party=party, field=field, shown=shown,
                           field_label=reveals.FIELDS[field], problems=problems,
                           spaced=case_frame.spaced(shown) if field == "phone" else shown, nothing=_("没有登记这个号码"))
