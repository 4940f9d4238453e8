"""What every page of a case stands under: who and whom, the way, the next step, the tabs. One call, fixed queries."""
from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache
from types import SimpleNamespace

from flask_babel import gettext as _
from sqlalchemy import Row

from mediation.models import Case, Commission, Party, new_uid
from mediation.queries.bodies import coordination, registers
from mediation.queries.cases import beside, dossier, merging, notices
from mediation.queries.cases.case_rows import CaseRows, unsealed
from mediation.queries.cases.dossier import Dossier
from mediation.queries.law.clocks import CaseClock
from mediation.rules import words
from mediation.rules.cases import erasing, guidance, voiding, workflow
from mediation.rules.language import Text
from mediation.rules.people import identity
from mediation.services.cases import moves
from mediation.views import guard

HEAD_TAGS = {"wages": Text("欠薪", "Unpaid wages")}
STANDS = {"answered": Text("已答复", "answered"), "returned": Text("已退回", "returned"),
          "moved": Text("已并走", "moved")}
SENT_BY = {"D": Text("新就业形态", "New employment form"), "E": Text("法院委派", "Court, before filing"),
           "F": Text("法院委托", "Court, after filing"), "G": Text("仲裁委托", "Sent by arbitration"),
           "H": Text("仲裁建议", "Advised by arbitration")}

# The tabs: key, words, what follows the case's address, the shared part that a body needs for it.
TABS: tuple[tuple[str, Text, str, str], ...] = (
    ("parties", Text("当事人", "Parties"), "/parties", "parties"),
    ("claims", Text("诉求与金额", "Claims and sums"), "/claims", "claims"),
    ("sessions", Text("调解记录", "Mediation"), "/sessions", "sessions"),
    ("agreement", Text("协议与到账", "Agreement and money"), "/agreement", "agreement"),
    ("coordination", Text("协办", "Other bodies"), "/coordination", ""),
    ("papers", Text("材料", "Papers"), "/papers", ""),
    ("clocks", Text("期限与程序", "Time limits"), "/clocks", ""),
    ("journal", Text("经过", "History"), "/journal", ""),
)
OWN_PAGES = {"contacts": "/contacts", "sessions": "/sessions#hold", "agreement": "/agreement/new",
             "settlement": "/agreement/new?kind=settled", "payments": "/payments/new", "visits": "/visits"}
VISITS = Text("回访记录", "Follow-ups")
# While an instalment is open, the bar asks the one question: has it come?
HAS_IT_COME = {"record_payment": ((Text("全部到账", "All has come"), "/payments/new"),
                                  (Text("到了一部分", "A part has come"), "/payments/new?part=1")),
               "log_contact": ((Text("没到，记联系", "Nothing: log a contact"), "/contacts"),)}
NOT_ON_BAR = frozenset({"reverse_payment"})
# The seven amounts, and the part of the case to which each belongs.
AMOUNT_PARTS = {"claimed": "claims", "agreed": "agreement", "due": "agreement", "arrived": "money",
                "unverified": "money", "outstanding": "money", "overdue": "money"}
OF_AGREEMENT = frozenset({"agreed", "due", "outstanding", "overdue"})
SELF_EVIDENT = frozenset({"pause", "resume"})  # one of the two is always impossible


def case_context(case: Case, current: str = "", bare: Collection[str] = ()) -> dict:
    """What templates/layout_case.html needs: hand it to render_template together with the page's own values.

    ``current`` is the key of the tab that the page belongs to, '' for the case page itself; ``bare`` as in
    ``dossier.read``.
    """
    actor = guard.actor()
    file = dossier.read(case, actor, bare)
    base = address(case)
    bar = presses(file, base) if actor.role != "liaison" else SimpleNamespace(main=[], more=[], cant=[])
    return {
        "currency": file.rows.currency,
        "case": case, "file": file, "base": base, "heading": heading(case, file), "tags": tags(file),
        "rights": file.rights, "parts": file.parts, "money": file.money,
        "amounts": amounts(file), "has_sums": _has_sums(file), "steps": steps(file), "clocks": shown_dates(file),
        "next_sentence": file.step.sentence,
        "next_tone": tone(file), "presses": bar, "tabs": tabs(file, base, current), "current_tab": current,
        "notices": notices.of_case(case, actor.today, workflow.is_open(workflow.MOVES["fail"], file.facts), new_uid(),
                                   file.clocks),
        "state_label": moves.outcome_label(case), "may_write": "case.work" in file.rights,
        "is_liaison": actor.role == "liaison", "our_letters": coordination.of_body(case, actor),
        "bodies": [(body.short_name, Counter(body_stand(c) for c in letters))
                   for body, letters in coordination.by_body(case)],
        "numbers": outside_numbers(case),
        "visits_label": VISITS, "goes_on_in": merging.find_end(case, actor) if case.merged_into_id else None,
        "reasons": words.REVEAL_REASONS, "sees_phones": sees_phones(file),
        "phone": lambda party: shown_phone(party, file),
        "files_beside": cache(lambda: beside.files_beside(case, file.rows, actor)),
    }


def address(case: Case) -> str:
    return f"/cases/{case.number}"


def heading(case: Case, file: Dossier) -> str:
    """Who and whom; a body that the summary is not shared with sees the number alone."""
    if "summary" not in file.parts:
        return guard.actor().known(file.rows.number)
    return f"{case.title} ↔ {case.respondent_title or _('对方待查明')}"


def tags(file: Dossier) -> list[tuple[Text, str]]:
    """What kind of case it is, in words, with the tone of each tag."""
    case = file.case
    found: list[tuple[Text, str]] = []
    if case.main_head:
        found.append((HEAD_TAGS.get(case.main_head) or guidance.tag_of(case.main_head, words.HEADS), "plain"))
    if case.is_group:
        found.append((Text("群体", "Group"), "info"))
    spoken = {p.language for p in file.rows.parties if p.side == "applicant" and not p.removed_on}
    found += [(guidance.tag_of(code, words.LANGUAGES), "plain") for code in sorted(spoken - {"", "chinese"})]
    if case.channel in SENT_BY:
        found.append((SENT_BY[case.channel], "info"))
    found += [(guidance.tag_of(code, words.CASE_FLAGS), "plain") for code in case.flags if code in words.CASE_FLAGS]
    marks = ((case.is_late_entry, Text("补录", "Late entry")), (case.is_sealed, Text("限定知悉", "Restricted")),
             (case.voided_on is not None, voiding.LABEL), (case.erased_on is not None, erasing.LABEL),
             (file.facts.is_paused, Text("已中止计时", "Clock paused")))
    return list(dict.fromkeys(found)) + [(label, "warn") for is_so, label in marks if is_so]


def shown_dates(file: Dossier) -> list[CaseClock]:
    """All dates for our own people; a body sees the period of the mediation."""
    is_liaison = guard.actor().role == "liaison"
    return [row for row in file.dates if not is_liaison or row.clock.nature == "period"]


def steps(file: Dossier) -> list[dict]:
    """The line of steps: done, now, todo, or skipped where a no ended the way early."""
    at = guidance.step_index(file.facts)
    no_deal = bool(file.facts.outcome) and file.facts.outcome not in words.SUCCESS
    reached = _reached(file.rows)
    found = []
    for index, (label, _states) in enumerate(workflow.STEPS):
        state = "now" if index == at else "todo" if index > at else "done"
        if no_deal and index < at and index not in reached:
            state = "skipped"
        found.append({"label": label, "state": state, "note": _step_note(file, index) if state == "now" else ""})
    return found


def _reached(case: CaseRows) -> set[int]:
    """Steps that a case which ended without a deal really made."""
    made = {0}
    made |= {1} if case.accepted_on else set()
    made |= {2} if case.assigned_on or case.taken_on else set()
    return made | ({3, 6} if case.taken_on or case.hearings else {6})


def _step_note(file: Dossier, index: int) -> Text | str:
    if index == 3 and file.facts.hearings:
        return Text(f"第{file.facts.hearings}次", f"session {file.facts.hearings}")
    line = file.money.next_instalment
    if index == 5 and line and len(file.money.instalments) > 1:
        return Text(f"第{line.seq}期", f"instalment {line.seq}")
    return ""


def amounts(file: Dossier) -> SimpleNamespace:
    """The seven amounts; None where nothing of the kind exists yet, or where it is not shared with the reader."""
    found = dict.fromkeys(f"{name}_fen" for name in AMOUNT_PARTS)
    for name, part in AMOUNT_PARTS.items():
        if part in file.parts and (file.has_agreed_sum or name not in OF_AGREEMENT):
            found[f"{name}_fen"] = getattr(file.money, f"{name}_fen")
    is_about = file.money.is_claim_about and found["claimed_fen"] is not None
    assessed = file.case.assessed_fen if "claims" in file.parts else None
    return SimpleNamespace(**found, assessed_fen=assessed, is_claim_about=is_about or None,
                           is_agreed_about=bool(found["agreed_fen"] and file.case.as_told.get("agreed_fen")) or None,
                           is_undisclosed="agreement" in file.parts and file.is_undisclosed)


def _has_sums(file: Dossier) -> bool:
    """Whether the strip of amounts says anything to this reader."""
    return guard.actor().role != "liaison" or any(
        known is not None and known is not False for known in vars(amounts(file)).values())


def tone(file: Dossier) -> str:
    """The colour of the bar: late when a limit of ours or an instalment has passed, wait when it is another's turn."""
    today = file.scene.today
    dates = [planned.on for planned in (file.scene.deadline, file.scene.instalment) if planned]
    if file.case.is_open and not file.case.is_late_entry and any(on < today for on in dates):
        return "late"
    return "" if file.scene.is_mine else "wait"


def presses(file: Dossier, base: str) -> SimpleNamespace:
    """The buttons of the bar, the further moves, and those that cannot be made now with the reason."""
    actor = guard.actor()
    wanted = [key for key in file.step.moves if _is_possible(key, file)]
    waits_for_money = file.case.state == "PERFORMING" and file.scene.instalment is not None and file.scene.is_mine
    buttons, cant = [], []
    for key in wanted:
        reason = guidance.reason_against(key, file.facts, file.rights, actor.user_id)
        press = _press(key, base, reason, file.scene.is_mine)
        if reason is None:
            buttons += _has_it_come(press, base) if waits_for_money else [press]
        else:
            cant.append(press)
    more = []
    for move in workflow.open_moves(file.facts):
        if move.key in wanted or move.key in NOT_ON_BAR:
            continue
        reason = guidance.reason_against(move.key, file.facts, file.rights, actor.user_id)
        (more if reason is None else cant).append(_press(move.key, base, reason))
    is_hers = bool(file.rights & {"case.work", "case.assign"})  # for others the sentence says whose turn it is
    return SimpleNamespace(main=buttons, more=more, cant=[p for p in cant if is_hers and p.key not in SELF_EVIDENT])


def _has_it_come(press: SimpleNamespace, base: str) -> list[SimpleNamespace]:
    """The same press in the words of a case that waits for money."""
    words_of = HAS_IT_COME.get(press.key, ((press.label, press.href.removeprefix(base)),))
    return [SimpleNamespace(key=press.key, label=label, href=base + path, reason=None) for label, path in words_of]


def _is_possible(key: str, file: Dossier) -> bool:
    first = workflow.MOVES[guidance.keys_of(key)[0]]
    permitted = all(workflow.MOVES[k].permission in file.rights for k in guidance.keys_of(key))
    return workflow.is_open(first, file.facts) and (permitted or key not in workflow.CHAINS)


def _press(key: str, base: str, reason: Text | None, is_mine: bool = True) -> SimpleNamespace:
    page = workflow.MOVES[key].page if key in workflow.MOVES else "move"
    label = guidance.label_of(key) if key != "log_contact" or is_mine else Text("代记联系", "Log a contact for them")
    return SimpleNamespace(key=key, label=label, href=base + OWN_PAGES.get(page, f"/moves/{key}"), reason=reason)


def tabs(file: Dossier, base: str, current: str) -> list[dict]:
    """The case's pages; a body sees those whose part is shared with it."""
    is_liaison = guard.actor().role == "liaison"
    return [{"key": key, "label": label, "href": base + path, "is_current": key == current}
            for key, label, path, part in TABS if not is_liaison or (part and part in file.parts)]


def outside_numbers(case: Case) -> list[tuple[Text, str]]:
    """The case's number in each outside register, that of the sender first."""
    return [(guidance.tag_of(key, words.REGISTERS) if key else guidance.tag_of(case.source, words.SOURCES), number)
            for key, number in registers.numbers_of(case).items()]


def body_stand(row: Commission) -> Text:
    """Where a body's part stands, in a word."""
    kind = guidance.tag_of(row.kind, words.COMMISSION_KINDS)
    if row.recalled_on:
        return Text("已收回", "recalled")
    if row.state in STANDS:
        return STANDS[row.state]
    if row.direction == "out":
        return Text("等回复", "reply awaited")
    return kind


def sees_phones(file: Dossier) -> bool:
    """Telephones of an open case stand plainly before its mediators and today's duty officer."""
    return bool(file.case.is_open) and "party.phone" in file.rights


def shown_phone(party: Party | Row, file: Dossier) -> str:
    """The party's telephone as this reader may see it; '' where none is known."""
    if not party.phone_sealed:
        return ""
    number = unsealed(party, "phone")
    return spaced(number) if sees_phones(file) else identity.mask_phone(number)


def spaced(number: str) -> str:
    """13847862213 as 138 4786 2213, 04782222222转3 as 04782222222 转 3."""
    if len(number) == 11 and number.startswith("1"):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number.replace("转", " 转 ")
