"""numbers of people as told"""
import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.add_column(sa.Column('people_told', sa.String(length=40), server_default='', nullable=False))

    with op.batch_alter_table('aftercare', schema=None) as batch_op:
        batch_op.add_column(sa.Column('people_told', sa.String(length=40), server_default='', nullable=False))

    with op.batch_alter_table('inquiry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('people_told', sa.String(length=40), server_default='', nullable=False))

    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.add_column(sa.Column('people_told', sa.String(length=40), server_default='', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
