"""proof of service"""
import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('party_id', BIG, nullable=True))
        batch_op.add_column(sa.Column('result', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('witness', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('signer', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('to_serve', sa.SmallInteger(), server_default=sa.text('0'), nullable=False))
        batch_op.create_index('ix_paper_to_serve', ['case_id'], unique=False, sqlite_where=sa.text('to_serve > 0'),
            postgresql_where=sa.text('to_serve > 0'))
        batch_op.create_foreign_key(batch_op.f('fk_paper_party_id'), 'party', ['party_id'], ['id'])



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
