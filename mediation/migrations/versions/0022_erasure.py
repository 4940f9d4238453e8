"""erasure"""
import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('erasure',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('proposed_on', sa.Date(), nullable=False),
        sa.Column('proposed_by_id', BIG, nullable=False),
        sa.Column('decided_on', sa.Date(), nullable=True),
        sa.Column('decided_by_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_erasure_case_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['account.id'], name=op.f('fk_erasure_decided_by_id')),
        sa.ForeignKeyConstraint(['proposed_by_id'], ['account.id'], name=op.f('fk_erasure_proposed_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_erasure_waiting', ['case_id'], unique=True,
            sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))

    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_on', sa.Date(), nullable=True))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
