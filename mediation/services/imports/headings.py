"""What a union has explained of its headings, and the mappings that it keeps by name: taken away again."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import HeadingMapping, HeadingWord
from mediation.rules.access import Actor
from mediation.rules.imports.fields import FIELDS
from mediation.services import journal
from mediation.services.imports.staging import require


def forget_word(row: HeadingWord, actor: Actor) -> None:
    """The heading is unknown again, or means what the program takes it for; one event."""
    require(actor)
    label = FIELDS[row.field].label.zh if row.field in FIELDS else row.field
    db.session.delete(row)
    journal.record(actor, journal.HOUSE, "heading_forgotten", {"heading": row.heading, "field": label})


def forget_mapping(row: HeadingMapping, actor: Actor) -> None:
    """Files with such headings are proposed for anew; imports that went by it stay as they are. One event."""
    require(actor)
    db.session.delete(row)
    journal.record(actor, journal.HOUSE, "mapping_forgotten", {"name": row.name})
