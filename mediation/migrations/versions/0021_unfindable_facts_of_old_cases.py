"""unfindable facts of old cases"""
import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unfindable', sa.String(length=120), server_default='', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
