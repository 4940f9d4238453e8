"""people as they are"""
import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_provisional', sa.Boolean(), server_default=sa.text('(false)'),
            nullable=False))

    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('identity_note', sa.String(length=200), server_default='', nullable=False))
        batch_op.add_column(sa.Column('died_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('died_told', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('kinship', sa.String(length=12), server_default='', nullable=False))
        batch_op.add_column(sa.Column('kin_share', sa.String(length=20), server_default='', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
