"""An index over the few sealed cases: how many a total holds that its list may not show.

Revision: 0003
"""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_dispute_sealed", "dispute", ["id"], sqlite_where=sa.text("is_sealed IS 1"),
                    postgresql_where=sa.text("is_sealed IS true"))


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
