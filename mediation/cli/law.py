"""Commands about the law: what it says for given facts, and what is due today."""
from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import click

from mediation import sheets
from mediation.cli.base import plain_command
from mediation.cli.report import a_day, reader
from mediation.queries import desk
from mediation.rules import channels, clocks, refusals
from mediation.rules.language import Refused


@plain_command("clocks")
@click.option("--channel", required=True, type=click.Choice(list(channels.CHANNELS)), help="channel of law, A to H")
@click.option("--fact", "facts", multiple=True, help="name=YYYY-MM-DD; may be repeated")
@click.option("--procedure", type=click.Choice(["ordinary", "summary", "second"]), help="channel F: the procedure")
@click.option("--civil", is_flag=True, help="a service or IOU claim, outside the labour limits")
@click.option("--json", "as_json", is_flag=True, help="print a list for programs")
def show_clocks(channel: str, facts: tuple[str, ...], procedure: str | None, civil: bool,
                as_json: bool) -> None:
    """What the law says for these facts: each clock with raw and due date, rule, article and confidence."""
    known = clocks.read_facts(facts)
    if problems := [*channels.channel_problems(channel, procedure), *refusals.order_problems(known)]:
        raise Refused(problems)
    found = clocks.run(channel, known, sheets.shipped_calendar(), procedure=procedure, civil=civil)
    rows = [clocks.as_row(clock) for clock in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        mark = "（暂估）" if row["provisional"] else ""
        click.echo(f"{row['id']:<5} {row['due']}{mark}  {row['label']}  [{row['raw']} {row['rule']}；{row['article']}；"
                   f"{row['confidence']}]")


@plain_command("due")
@click.option("--on", callback=a_day, default=None, help="the day, YYYY-MM-DD; default: today")
def due(on: date | None) -> None:
    """The day's list: what is over or ends that day, calls, sessions, late money."""
    actor = reader()
    actor = replace(actor, today=on) if on else actor
    lines = desk.due_lines(actor)
    click.echo("\n".join([f"{actor.today.isoformat()}  {len(lines)}项", *lines]) if lines
               else f"{actor.today.isoformat()}  没有到期的事项。")
