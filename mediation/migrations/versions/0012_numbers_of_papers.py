"""numbers of papers"""
import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('serial', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('serial_year', sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column('spoiled_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('spoiled_reason', sa.String(length=200), server_default='', nullable=False))
        batch_op.create_index('ix_paper_serial', ['case_id'], unique=False, sqlite_where=sa.text('serial IS NOT NULL'),
            postgresql_where=sa.text('serial IS NOT NULL'))

    with op.batch_alter_table('station', schema=None) as batch_op:
        batch_op.add_column(sa.Column('paper_form', sa.String(length=60), server_default='', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
