"""voided cases"""
import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('voided_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('void_reason', sa.String(length=200), server_default='', nullable=False))
        batch_op.drop_index(batch_op.f('ix_dispute_backlog'), sqlite_where=sa.text('is_open = 1'))
        batch_op.create_index('ix_dispute_backlog',
            ['union_id', 'next_due_on', 'id', 'station_id', 'is_sealed', 'handler_id', 'is_open', 'voided_on'],
            unique=False, sqlite_where=sa.text('is_open = 1'), postgresql_where=sa.text('is_open = 1'))
        batch_op.drop_index(batch_op.f('ix_dispute_open'), sqlite_where=sa.text('is_open = 1'))
        batch_op.create_index('ix_dispute_open',
            ['next_due_on', 'id', 'station_id', 'is_sealed', 'handler_id', 'is_open', 'voided_on'], unique=False,
            sqlite_where=sa.text('is_open = 1'), postgresql_where=sa.text('is_open = 1'))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
