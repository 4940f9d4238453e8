"""What the bar at the head of a case says: whose turn it is, what comes next and by when, and the presses for it."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mediation.rules import words
from mediation.rules.cases import merging, voiding
from mediation.rules.cases.guards import GUARDS, NEEDS_NOTICE, Facts
from mediation.rules.cases.numbers import known_as
from mediation.rules.cases.workflow import ACCEPTED_ON, BEFORE_ACCEPTANCE, CHAINS, MOVES
from mediation.rules.language import Text, Word
from mediation.rules.law.clocks import Clock
from mediation.rules.law.laws import cite
from mediation.rules.law.limitation import bar_alert, is_aid_urgent
from mediation.rules.money.amounts import print_yuan

WEEKDAYS = Text("一二三四五六日", "Mon Tue Wed Thu Fri Sat Sun")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True)
class Planned:
    """Something that was said to be done on a day: a call, a session, an instalment."""

    on: date
    what: Text = Text("", "")
    remark: Text = Text("", "")
    time: str = ""


@dataclass(frozen=True)
class Next:
    """What the bar of the case page says."""

    sentence: Text
    moves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """All that the bar looks at. ``turn_of`` names who has to act when it is not the reader."""

    facts: Facts
    today: date
    turn_of: str = ""
    is_mine: bool = True
    call: Planned | None = None
    session: Planned | None = None
    instalment: Planned | None = None
    undated: Text | None = None  # the next instalment, where it has no day
    deadline: Planned | None = None
    is_all_paid: bool = False
    alert: Text = Text("", "")  # a time bar that is near or over
    rights: frozenset[str] = field(default=frozenset())


def say_day(day: date, today: date) -> Text:
    """12月16日 周三 / Wed 16 Dec; with the year when it is another one."""
    zh, en = f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}"
    if day.year != today.year:
        zh, en = f"{day.year}年{zh}", f"{en} {day.year}"
    return Text(f"{zh} 周{WEEKDAYS.zh[day.weekday()]}", f"{WEEKDAYS.en.split()[day.weekday()]} {en}")


def near_day(day: date, today: date) -> Text:
    """今天, 明天, 昨天, else the day."""
    near = {0: Text("今天", "today"), 1: Text("明天", "tomorrow"), -1: Text("昨天", "yesterday")}
    return near.get((day - today).days) or say_day(day, today)


def days_in_english(count: int) -> str:
    """1 day, 2 days."""
    return f"{count} day" if count == 1 else f"{count} days"


def say_left(day: date, today: date) -> Text:
    """还剩9天, 今天届满, 超3天."""
    left = (day - today).days
    if left == 0:
        return Text("今天届满", "it ends today")
    if left < 0:
        return Text(f"已超{-left}天", f"{days_in_english(-left)} over")
    return Text(f"还剩{left}天", f"{days_in_english(left)} left")


def join(*parts: Text) -> Text:
    """Sentences one after the other; the empty ones are left out."""
    said = [part for part in parts if part.zh]
    return Text("".join(p.zh for p in said), " ".join(p.en for p in said))


def next_step(scene: Scene) -> Next:
    """The sentence of the bar and the keys of moves and chains that do it, the main one first."""
    facts = scene.facts
    if facts.void_reason is not None:
        return Next(voiding.ONLY_READ.fill(reason=facts.void_reason))
    if facts.state == "ARCHIVED":
        return Next(Text("已归档，只能查看。", "Filed away; it can only be read."))
    if facts.merged_into is not None and facts.state == "CLOSED":
        return _merged(facts.merged_into, facts.has_rest)
    if not scene.is_mine:
        money = _instalment(scene.instalment,
                            scene.today) if scene.instalment and facts.state == "PERFORMING" else Text("", "")
        return Next(join(_wait(scene), money, deadline(scene), scene.alert), ("log_contact",))
    step = _concluded(scene) if facts.outcome else STEPS[facts.state](scene)
    return Next(join(step.sentence, deadline(scene), scene.alert), step.moves)


def bar_warning(bar: Clock | None, today: date) -> Text:
    """The sentence about a time bar that is near (30 days) or over; under 7 days legal aid may start at once. Of one
    whose start is known only roughly both ends are said."""
    if bar is None or bar.due is None or not (alert := bar_alert(bar.due, today, bar.first_due)):
        return Text("", "")
    told = {"day": say_day(bar.due, today), "left": say_left(bar.due, today),
            "first": say_day(bar.first_due, today) if bar.first_due else ""}
    sentence = BARS[alert == "lapsed", 0 if not bar.is_vague else 2 if bar.first_due else 1].fill(**told)
    aid = Text("可马上申请法律援助（{article}）。", "Legal aid may start at once ({article}).").fill(article=cite("FY 44"))
    return join(sentence, aid) if is_aid_urgent(bar.due, today) else sentence


# Of a time bar that is over or not, by what is known of its end: the day, the latest day, the earliest and the latest.
BARS = {
    (True, 0): Text("时效{day}已届满。", "The time bar ended on {day}."),
    (True, 1): Text("时效最晚{day}已届满。", "The time bar ended on {day} at the latest."),
    (True, 2): Text("时效最早{first}、最晚{day}已届满。", "The time bar ended on {first} at the earliest, on {day} at "
                                               "the latest."),
    (False, 0): Text("时效{day}届满，{left}。", "The time bar ends on {day}: {left}."),
    (False, 1): Text("时效最晚{day}届满，{left}；离开的日子只知道大概，可能已过。",
                     "The time bar ends on {day} at the latest: {left}; the day of leaving is known only roughly, it "
                     "may be over."),
    (False, 2): Text("时效最早{first}、最晚{day}届满，{left}。",
                     "The time bar ends on {first} at the earliest, on {day} at the latest: {left}."),
}


def deadline(scene: Scene) -> Text:
    """The limit that runs for us, with the days left; nothing once the case has its outcome."""
    if scene.deadline is None or scene.facts.outcome:
        return Text("", "")
    limit = scene.deadline
    return Text("{what}{day}届满，{left}。", "{what}: until {day}, {left}.").fill(
        what=limit.what, day=say_day(limit.on, scene.today), left=say_left(limit.on, scene.today))


def _wait(scene: Scene) -> Text:
    verb = {"ACCEPTED": Text("指派", "to assign it"), "ASSIGNED": Text("签收", "to take it")}.get(
        scene.facts.state, Text("办理", "to go on"))
    return Text("待{who}{verb}。", "It is the turn of {who} {verb}.").fill(who=scene.turn_of, verb=verb)


def _before_acceptance(scene: Scene) -> Next:
    facts = scene.facts
    if facts.other_side_agrees:
        return Next(Text("对方已同意调解，可以受理。", "The other side has agreed: accept the case."),
                    ("accept", "accept_take", "log_contact"))
    if facts.other_side_refuses:
        return Next(Text("对方不愿调解：记下来，再书面告知申请人。",
                         "The other side refuses: record it, then tell the applicant in writing."),
                    ("refuse", "ask_consent", "log_contact"))
    if GUARDS["three_attempts"](facts, {}) is None:
        return Next(Text("三次没联系上：再问一次，或记对方联系不上。",
                         "Three attempts failed: ask once more, or record that it cannot be reached."),
                    ("ask_consent", "unreachable", "log_contact"))
    if scene.call is not None:
        return Next(_call(scene.call, scene.today), ("ask_consent", "accept_and_take", "log_contact"))
    return Next(Text("问对方愿不愿调解。", "Ask the other side whether it will mediate."),
                ("ask_consent", "accept_and_take", "log_contact"))


def _call(call: Planned, today: date) -> Text:
    said = Text("{day}{what}", "{day}: {what}").fill(day=near_day(call.on, today), what=call.what)
    remark = Text("（{r}）", " ({r})").fill(r=call.remark) if call.remark.zh else Text("", "")
    return Text(f"{said.zh}{remark.zh}。", f"{said.en}{remark.en}.")


def _accepted(scene: Scene) -> Next:
    if "case.assign" in scene.rights:
        return Next(Text("指派一位调解员，或由自己承办。", "Assign a mediator, or take it on yourself."),
                    ("assign", "take_up", "log_contact"))
    return Next(Text("由自己承办，或等站长指派。", "Take it on yourself, or wait for the lead to assign it."),
                ("take_up", "log_contact"))


def _assigned(scene: Scene) -> Next:
    return Next(Text("签收，或写明理由退回。", "Take it, or return it with a reason."), ("take", "return", "log_contact"))


def _mediating(scene: Scene) -> Next:
    moves = ("log_contact", "hold_session", "agree", "fail")
    session, call = scene.session, scene.call
    if session is not None and (call is None or session.on <= call.on):
        word = Text("{day}{time}调解。", "Session {day}{time}.") if session.on >= scene.today else Text(
            "{day}{time}约好的调解还没有记录。", "The session planned for {day}{time} is not yet recorded.")
        time = f" {session.time}" if session.time else ""
        return Next(word.fill(day=near_day(session.on, scene.today), time=time),
                    ("hold_session", "log_contact", "agree", "fail"))
    if call is not None:
        return Next(_call(call, scene.today), moves)
    if scene.facts.hearings:
        return Next(Text("再约一次，或记协议、记不成。", "Arrange another session, or record the agreement or the failure."),
                    ("hold_session", "log_contact", "agree", "fail"))
    return Next(Text("约双方调解。", "Arrange a session with both sides."), moves)


def _closed(scene: Scene) -> Next:
    return Next(Text("整理卷宗，归档。", "Put the file in order and file it away."), ("archive", "log_contact", "visit"))


STEPS = {
    "REGISTERED": _before_acceptance, "CONSENT_PENDING": _before_acceptance, "ACCEPTED": _accepted,
    "ASSIGNED": _assigned, "MEDIATING": _mediating, "PERFORMING": lambda scene: _performing(scene), "CLOSED": _closed,
}


def _merged(into: str, has_rest: bool) -> Next:
    """Nothing is done here any more, but to carry over what an older merger left; a merger is not undone."""
    if not into:
        return Next(merging.IN_A_RING)
    if has_rest:
        return Next(merging.LEFT_BEHIND.fill(number=known_as(into)), ("carry_over",))
    return Next(merging.GOES_ON.fill(number=known_as(into)))


def _concluded(scene: Scene) -> Next:
    """With an outcome: money first, then the notice, the follow-up, the close."""
    facts = scene.facts
    if facts.state == "CLOSED":
        return _closed(scene)
    if facts.state == "PERFORMING":
        return _performing(scene)
    if facts.outcome in NEEDS_NOTICE and not facts.has_notice:
        return Next(Text("书面告知申请人：{way}，再结案。", "Tell the applicant in writing: {way}; then close.").fill(
            way=facts.way.goal.told),
                    ("refuse_and_close", "notify", "log_contact"))
    if facts.outcome in words.SUCCESS and not facts.has_visit:
        return Next(Text("回访一次，再结案。", "Follow up once, then close."), ("visit_and_close", "visit", "log_contact"))
    return Next(Text("结案。", "Close the case."), ("close", "log_contact"))


def _performing(scene: Scene) -> Next:
    if scene.instalment is not None:
        return Next(_instalment(scene.instalment, scene.today), ("record_payment", "log_contact", "visit"))
    if scene.undated is not None:
        return Next(scene.undated, ("record_payment", "log_contact", "visit"))
    if not scene.is_all_paid:
        return Next(Text("盯住到账。", "Watch for the money."), ("record_payment", "log_contact", "visit"))
    if not scene.facts.has_visit:
        return Next(Text("钱已全部到账：回访一次，再结案。", "All money has arrived: follow up once, then close."),
                    ("visit_and_close", "visit", "log_contact"))
    return Next(Text("钱已全部到账，已回访：结案。", "All money has arrived and was followed up: close."), ("close", "log_contact"))


def _instalment(line: Planned, today: date) -> Text:
    due = Text("，{day}到期。", "due {day}.") if line.on >= today else Text("，{day}到期，{late}。", "due {day}, {late}.")
    days = (today - line.on).days
    return join(line.what, due.fill(day=near_day(line.on, today), late=Text(f"逾期{days}天",
                                                                            f"{days_in_english(days)} late")))


def instalment_text(seq: int, left_fen: int) -> Text:
    """第2期 12,000.00 元 / instalment 2, 12,000.00 yuan."""
    return Text("第{n}期 {sum} 元", "Instalment {n}, {sum} yuan,").fill(n=seq, sum=print_yuan(left_fen))


def undated_text(seq: int, left_fen: int, told: str) -> Text:
    """第2期 12,000.00 元没有日期：竣工后。问清哪天付。"""
    what, words = instalment_text(seq, left_fen), Text(f"：{told}" if told else "", f": {told}" if told else "")
    return Text(f"{what.zh}没有日期{words.zh}。问清哪天付。", f"{what.en} has no day{words.en}. Ask when it will be paid.")


# The presses ----------------------------------------------------------------------------------------------------

def keys_of(key: str) -> tuple[str, ...]:
    """The moves of a chain; a single move is its own."""
    return CHAINS[key][1] if key in CHAINS else (key,)


def label_of(key: str) -> Text:
    return CHAINS[key][0] if key in CHAINS else MOVES[key].label


def reason_against(key: str, facts: Facts, rights: frozenset[str], actor_id: int | None) -> Text | None:
    """Why a move that the state admits cannot be made now; None when its page may be opened.

    What its own page can still answer (a field's problem) is no reason.
    """
    first = MOVES[keys_of(key)[0]]
    missing = [MOVES[k].permission for k in keys_of(key) if MOVES[k].permission not in rights]
    if missing:
        return RIGHT_OF.get(missing[0], RIGHT_OF["case.work"])
    for name in first.guards:
        problem = GUARDS[name](facts, {"actor_id": actor_id})
        if problem is not None and not problem.field:
            return problem.text
    return None


RIGHT_OF = {
    "case.work": Text("由承办人、协办人、今日值班或站长办", "for the case mediators, the duty officer or the lead"),
    "case.assign": Text("由站长或分管负责人办", "for the lead or the supervisor"),
    "case.reopen": Text("由站长或分管负责人办", "for the lead or the supervisor"),
    "case.route": Text("由承办人、站长或分管负责人办", "for the mediator, the lead or the supervisor"),
    "money.record": Text("由承办人、协办人、今日值班或站长办", "for the case mediators, the duty officer or the lead"),
}


def step_index(facts: Facts) -> int:
    """Which of workflow.STEPS is being done; their number when the way is at its end."""
    if facts.state in BEFORE_ACCEPTANCE:
        return 6 if facts.outcome else 1
    if facts.state in ACCEPTED_ON:
        return 6 if facts.outcome else (3 if facts.state == "MEDIATING" else 2)
    return {"PERFORMING": 5, "CLOSED": 7, "ARCHIVED": 7}[facts.state]


def tag_of(code: str, table: dict[str, Word]) -> Text:
    word = table.get(code)
    return Text(word.zh, word.en) if word else Text(code, code)
