"""plans of payment"""
import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('plan_payer',
        sa.Column('id', BIG, nullable=False),
        sa.Column('agreement_id', BIG, nullable=False),
        sa.Column('plan', sa.SmallInteger(), nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_plan_payer_agreement_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_plan_payer_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_payer'))
    )
    with op.batch_alter_table('plan_payer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_payer_agreement_id'), ['agreement_id'], unique=False)

    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_undisclosed', sa.Boolean(), server_default=sa.text('(false)'),
            nullable=False))

    with op.batch_alter_table('instalment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plan', sa.SmallInteger(), server_default=sa.text('0'), nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
