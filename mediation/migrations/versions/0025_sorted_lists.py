"""sorted lists"""
import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_received_on'))
        batch_op.create_index('ix_dispute_by_claimed',
            ['claimed_fen', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False, sqlite_where=sa.text('claimed_fen IS NOT NULL'),
            postgresql_where=sa.text('claimed_fen IS NOT NULL'))
        batch_op.create_index('ix_dispute_by_due',
            ['next_due_on', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False, sqlite_where=sa.text('next_due_on IS NOT NULL'),
            postgresql_where=sa.text('next_due_on IS NOT NULL'))
        batch_op.create_index('ix_dispute_by_employer',
            ['respondent_title', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False)
        batch_op.create_index('ix_dispute_by_number',
            ['union_id', 'number', 'id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'], unique=False)
        batch_op.create_index('ix_dispute_by_received',
            ['received_on', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False)
        batch_op.create_index('ix_dispute_by_touched',
            ['touched_at', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False)
        batch_op.create_index('ix_dispute_by_worker',
            ['title', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'], unique=False)



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
