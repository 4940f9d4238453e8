"""interruptions may be struck out"""
import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('interruption', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dropped_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('dropped_reason', sa.String(length=200), server_default='', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
