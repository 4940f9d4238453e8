"""Backlogs counted from their index alone; look-ups by the numbers of senders and by the days of what was done."""
import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = "is_open = 1"
DOOR = ("station_id", "is_sealed", "handler_id", "is_open")  # what a reader's row filter asks


def upgrade():
    op.drop_index("ix_dispute_backlog", "dispute")
    op.drop_index("ix_dispute_open", "dispute")
    _index("ix_dispute_backlog", ["union_id", "next_due_on", "id", *DOOR], OPEN)
    _index("ix_dispute_open", ["next_due_on", "id", *DOOR], OPEN)
    op.create_index("ix_dispute_received_on", "dispute", ["received_on"])
    for day in ("accepted_on", "concluded_on", "closed_on"):
        _index(f"ix_dispute_{day}", [day], f"{day} IS NOT NULL")
    _index("ix_dispute_source_number", ["source_number"], "source_number != ''")
    _index("ix_dispute_source_case", ["source_case_number"], "source_case_number != ''")
    op.create_index("ix_supervision_unanswered", "supervision", ["case_id"],
                    sqlite_where=sa.text("answered_on IS NULL"), postgresql_where=sa.text("answered_on IS NULL"))


def _index(name, columns, where):
    op.create_index(name, "dispute", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
