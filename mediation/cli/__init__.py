"""The command line: each command is an act of the services with an actor named after the operator."""
from __future__ import annotations

from flask import Flask

from mediation.cli import imports, law, ledger, papers
from mediation.cli.bench import bench
from mediation.cli.demo import demo
from mediation.cli.figures import report, sums
from mediation.cli.house import accounts, english, integrity, setup

COMMANDS = (setup.init, setup.serve, demo.demo, accounts.user, law.show_clocks, law.due, report.report, report.index,
            ledger.export, imports.import_, papers.papers, papers.paper, papers.volume, integrity.journal,
            integrity.check, integrity.backup, integrity.restore, integrity.copy, integrity.key_file,
            sums.sums, english.english, bench.bench)


def install(app: Flask) -> None:
    """Add the commands of the product to ``flask``."""
    for command in COMMANDS:
        app.cli.add_command(command)
