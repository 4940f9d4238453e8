"""Commands about the law: what it says for given facts, and what is due today."""
from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import click

from mediation import sheets
from mediation.cli.base import plain_command, reading_command
from mediation.cli.figures.report import a_day, reader
from mediation.queries.desk import first_page
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import channels, clocks, limits, reckoning, refusals, time_limits, told_days

NO_CLOCK = Text("没有正在计算的{rule}", "No clock {rule} runs for these facts")
UNKNOWN_SIDE = Text("没有这一方：{name}。可用：{known}", "Unknown side {name}. Known: {known}")
UNKNOWN_RULE = Text("没有这一条期限：{name}。可用：{known}", "Unknown limit {name}. Known: {known}")
# The windows in which both sides ask together, and the fact that their request is.
JOINT = {"L8": "review_applied", "L10": "confirmation_applied"}


@dataclass(frozen=True)
class Told:
    """What the command was told of one case."""

    channel: str
    procedure: str | None
    civil: bool
    facts: dict[str, list[date]]
    changes: tuple[reckoning.Change, ...] = ()

    def run(self) -> list[clocks.Clock]:
        return clocks.run(self.channel, self.facts, sheets.shipped_calendar(), procedure=self.procedure,
                          civil=self.civil, changes=self.changes)


@plain_command("clocks")
@click.option("--channel", required=True, type=click.Choice(list(channels.CHANNELS)), help="channel of law, A to I")
@click.option("--was", type=click.Choice(list(channels.CHANNELS)), help="the channel before it was changed")
@click.option("--fact", "facts", multiple=True, help="name=YYYY-MM-DD; may be repeated")
@click.option("--procedure", type=click.Choice(["ordinary", "summary", "second"]), help="channel F: the procedure")
@click.option("--civil", is_flag=True, help="a service or IOU claim, outside the labour limits")
@click.option("--extend", "extended", multiple=True, help="M-A=YYYY-MM-DD: the limit is extended to this day")
@click.option("--consent", "consents", multiple=True, help="applicant=YYYY-MM-DD: who agreed to it, and when")
@click.option("--joint", type=click.Choice(list(JOINT)), help="both ask: L8 arbitration review, L10 confirmation")
@click.option("--asked", multiple=True, help="applicant=YYYY-MM-DD: who asked for it, and when")
@click.option("--json", "as_json", is_flag=True, help="print a list for programs")
def show_clocks(channel: str, was: str | None, facts: tuple[str, ...], procedure: str | None, civil: bool,
                extended: tuple[str, ...], consents: tuple[str, ...], joint: str | None, asked: tuple[str, ...],
                as_json: bool) -> None:
    """What the law says for these facts: each clock with raw and due date, rule, article and confidence.

    An extension, a joint request and a change of channel are checked first; what the law refuses ends the command,
    what it only advises against is said.
    """
    told = Told(channel, procedure, civil, told_days.read_facts(facts))
    _refuse([*channels.channel_problems(channel, procedure), *refusals.order_problems(told.facts),
             *(channels.channel_change_problems(was, channel, "accepted" in told.facts) if was else ())])
    told = _extend(told, extended, _sides(consents))
    told = _ask(told, joint, _sides(asked)) if joint else told
    rows = [clocks.as_row(clock) for clock in told.run()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        mark = "（暂估）" if row["provisional"] else ""
        click.echo(f"{row['id']:<5} {row['due']}{mark}  {row['label']}  [{row['raw']} {row['rule']}；{row['article']}；"
                   f"{row['confidence']}]")


def _refuse(found: list[Problem]) -> None:
    """Refuse what the law forbids; what only advises is said."""
    for problem in found:
        if problem.confirm:
            click.echo(problem.text.zh, err=True)
    if held := [problem for problem in found if not problem.confirm]:
        raise Refused(held)


def _sides(pairs: tuple[str, ...]) -> dict[str, date]:
    return {who: max(days) for who, days in told_days.read_days(pairs, limits.CONSENTERS, UNKNOWN_SIDE).items()}


def _extend(told: Told, extended: tuple[str, ...], signed: dict[str, date]) -> Told:
    ids = tuple(dict.fromkeys(rule.id for rule in time_limits.CLOCKS))
    for rule, days in told_days.read_days(extended, ids, UNKNOWN_RULE).items():
        clock = clocks.find_clock(told.run(), rule)
        if clock is None:
            raise Refused([Problem("extend", NO_CLOCK.fill(rule=rule))])
        for to_on in days:
            _refuse(refusals.extension_problems(clock, to_on, signed, sheets.shipped_calendar()))
            agreed_on = max(signed.values(), default=clock.trigger_on)
            told = replace(told, changes=(*told.changes, reckoning.Change(rule, "extend", agreed_on, to_on)))
    return told


def _ask(told: Told, joint: str, asked: dict[str, date]) -> Told:
    _refuse(refusals.joint_request_problems(clocks.find_clock(told.run(), joint), asked))
    return replace(told, facts={**told.facts, JOINT[joint]: [max(asked.values())]})


@reading_command("due")
@click.option("--on", callback=a_day, default=None, help="the day, YYYY-MM-DD; default: today")
def due(on: date | None) -> None:
    """The day's list: what is over or ends that day, calls, sessions, late money."""
    actor = reader()
    # The end of that day, so that nothing is asked of the real clock.
    actor = replace(actor, today=on, now=datetime.combine(on, time.max, ZoneInfo("Asia/Shanghai"))) if on else actor
    lines = first_page.due_lines(actor)
    click.echo("\n".join([f"{actor.today.isoformat()}  {len(lines)}项", *lines]) if lines
               else f"{actor.today.isoformat()}  没有到期的事项。")
