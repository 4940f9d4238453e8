"""The command line: each command is an act of the services with an actor named after the operator."""
from __future__ import annotations

from flask import Flask

from mediation.cli.bench import bench
from mediation.cli.demo import demo
from mediation.cli.figures import report
from mediation.cli.house import english, house, people, trust
from mediation.cli.law import law
from mediation.cli.ledger import export

COMMANDS = (house.init, house.serve, demo.demo, people.user, law.show_clocks, law.due, report.report, report.index,
            export.export, trust.journal, trust.check, trust.backup, trust.restore, english.english,
            bench.bench)


def install(app: Flask) -> None:
    """Add the commands of the product to ``flask``."""
    for command in COMMANDS:
        app.cli.add_command(command)
