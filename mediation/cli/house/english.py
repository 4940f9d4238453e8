"""The command that keeps the English catalogue: finds the phrases of pages and forms, compiles what is translated."""
from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask.cli import with_appcontext

from mediation import settings

FOLDER = settings.ROOT / "mediation" / "translations" / "en" / "LC_MESSAGES"
CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the file changes only with its phrases
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lngettext": (1, 2)}
PLACES = ((settings.ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
          (settings.ROOT / "mediation", [("**.py", "python")]))


def phrases() -> list[str]:
    """Every phrase of templates and code, each once."""
    options = {"**.html": {"trimmed": "true"}}
    found = {row[2] for folder, methods in PLACES for row in extract_from_dir(str(folder), methods, options, KEYWORDS)}
    return sorted(one for message in found for one in (message if isinstance(message, tuple) else (message,)) if one)


@click.command("english")
@with_appcontext
def english() -> None:
    """Bring the English catalogue up to date and compile it; names the phrases that lack English."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "messages.po"
    known = read_po(BytesIO(path.read_bytes()), locale="en") if path.exists() else Catalog(locale="en")
    made = Catalog(locale="en", charset="utf-8", creation_date=CREATED, revision_date=CREATED)
    for phrase in phrases():
        old = known.get(phrase)
        made.add(phrase, old.string if old else None, flags=[f for f in (old.flags if old else ()) if f != "fuzzy"])
    with path.open("wb") as file:
        write_po(file, made, width=120, sort_output=True, no_location=True)
    with (FOLDER / "messages.mo").open("wb") as file:
        write_mo(file, made)
    missing = [message.id for message in made if message.id and not message.string]
    for phrase in missing:
        click.echo(phrase)
    if missing:
        raise click.ClickException(f"还有{len(missing)}句没有英文")
    click.echo("英文完整。")
