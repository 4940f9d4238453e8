"""sealed cases by their own index"""
import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_sealed'))
        batch_op.create_index('ix_dispute_sealed', ['id', 'is_sealed', 'handler_id'], unique=False,
            sqlite_where=sa.text('is_sealed IS 1'), postgresql_where=sa.text('is_sealed IS true'))


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
