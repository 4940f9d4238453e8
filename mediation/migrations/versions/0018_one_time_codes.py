"""one-time codes"""
import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('authenticator',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('secret_sealed', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(), nullable=True),
        sa.Column('last_step', BIG, nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_authenticator_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_authenticator'))
    )
    with op.batch_alter_table('authenticator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_authenticator_account_id'), ['account_id'], unique=False)

    op.create_table('recovery_code',
        sa.Column('id', BIG, nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('used_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_account_id'), ['account_id'], unique=False)

    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proved_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('is_half', sa.Boolean(), server_default=sa.text('(false)'), nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
