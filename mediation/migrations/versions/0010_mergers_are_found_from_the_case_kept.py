"""mergers are found from the case kept"""
import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_merged_into_id'), ['merged_into_id'], unique=False)



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
