"""indexes of figures"""
import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_effective_on'), ['effective_on'], unique=False)

    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_unpaid'))
        batch_op.create_index('ix_dispute_unpaid', ['station_id', 'union_id', 'voided_on'], unique=False,
            sqlite_where=sa.text('unpaid_fen > 0'), postgresql_where=sa.text('unpaid_fen > 0'))
        batch_op.create_index('ix_dispute_unconcluded', ['station_id', 'received_on', 'union_id', 'voided_on'],
            unique=False, sqlite_where=sa.text("outcome = ''"), postgresql_where=sa.text("outcome = ''"))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
