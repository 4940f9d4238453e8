"""Open cases by their deadline, for those who see many stations."""
import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_dispute_open", "dispute", ["next_due_on", "id", "station_id"],
                    sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1"))
