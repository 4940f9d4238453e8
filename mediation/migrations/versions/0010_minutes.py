"""How long a session took."""
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("hearing", sa.Column("minutes", sa.Integer(), nullable=True))
