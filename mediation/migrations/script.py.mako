"""${message}"""
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
