"""Why a clock stands still: the ground of a pause as a code."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("clock_change", sa.Column("ground", sa.String(length=20), nullable=True))
