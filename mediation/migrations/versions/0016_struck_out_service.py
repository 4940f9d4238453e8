"""struck out service"""
import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('struck_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('struck_reason', sa.String(length=200), server_default='', nullable=False))
        batch_op.add_column(sa.Column('is_notice', sa.Boolean(), server_default=sa.text('(false)'), nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
