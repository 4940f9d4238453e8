"""help afterwards, looks by object"""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('aftercare',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('helped_on', sa.Date(), nullable=False),
        sa.Column('body', sa.String(length=200), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('result', sa.String(length=10), nullable=False),
        sa.Column('note', sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_aftercare_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_aftercare'))
    )
    with op.batch_alter_table('aftercare', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_aftercare_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('access_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_log_object'), ['object'], unique=False)

    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_column('fresh_at')

    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.drop_column('erased_at')



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
