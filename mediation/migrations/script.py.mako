"""${message}

Revision: ${up_revision}
Follows: ${down_revision | comma,n}
"""
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
