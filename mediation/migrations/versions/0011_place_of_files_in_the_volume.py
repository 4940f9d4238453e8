"""place of files in the volume"""
import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('volume_kind', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('volume_seq', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('pages', sa.Integer(), nullable=True))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
