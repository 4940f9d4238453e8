"""Forms sent after the log-in has lapsed keep their address; a form sent twice is compared with the first sending."""
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("draft", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column("submit_token", sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
