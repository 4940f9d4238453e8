"""``python -m mediation.migrations WORDS``: write the next migration, of what the models have and the last one lacks.

Without any migration it writes the first one, with the triggers of what is only appended to. Read it before it is kept.
"""
from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.script import ScriptDirectory

from mediation import migrations
from mediation.migrations import steps
from mediation.models import BIG, Instant

WIDTH = 120
ARGUMENT = re.compile(r", (?=\w+=|\[)")
GUARD = "from mediation.migrations import guard_appended\n"


def plain(kind: str, thing: object, context: AutogenContext) -> str | bool:
    """Types of the models as a migration writes them, without the models."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime()"
    return "BIG" if kind == "type" and thing is BIG else False


def write(words: str) -> Path:
    """The file of the new migration; its number follows the last one's."""
    settings = steps.config(migrations.HERE)
    number = len(list(ScriptDirectory.from_config(settings).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite"
        migrations.upgrade(url)
        with migrations.engine_for(url).begin() as connection:
            settings.attributes |= {"connection": connection, "render_item": plain, "as_batch": number > 1}
            path = Path(command.revision(settings, words, autogenerate=True, rev_id=f"{number:04}").path)
    text = "\n".join(tidy(line) for line in path.read_text(encoding="utf-8").splitlines() if "### " not in line) + "\n"
    if number == 1:
        text = text.replace("import op\n", f"import op\n\n{GUARD}", 1)
        text = text.replace("\n\n\ndef downgrade", "\n    guard_appended(op.get_bind())\n\n\ndef downgrade", 1)
    path.write_text(text, encoding="utf-8")
    return path


def tidy(line: str) -> str:
    """One line of a draft, what stands inside a call indented, and not too long."""
    line = re.sub(r"^    (?=sa\.|\w+=)", "        ", line)
    cuts = [cut.start() for cut in ARGUMENT.finditer(line) if cut.start() < WIDTH]
    if len(line) <= WIDTH or not cuts:
        return line
    return f"{line[:cuts[-1]]},\n{tidy(' ' * 12 + line[cuts[-1] + 2:])}"


if __name__ == "__main__":
    print(write(" ".join(sys.argv[1:])))
