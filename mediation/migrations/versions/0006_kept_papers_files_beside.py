"""kept papers files beside"""
import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('kept_page',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('body_sealed', sa.Text(), nullable=False),
        sa.Column('kept_at', sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_kept_page'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about_kind', sa.String(length=12), server_default='', nullable=False))
        batch_op.add_column(sa.Column('about_id', BIG, nullable=True))

    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kept', sa.String(length=64), server_default='', nullable=False))

    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.String(length=30), server_default='', nullable=False))
        batch_op.add_column(sa.Column('edition', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('kept', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('replaces_id', BIG, nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_paper_replaces_id'), 'paper', ['replaces_id'], ['id'])



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
