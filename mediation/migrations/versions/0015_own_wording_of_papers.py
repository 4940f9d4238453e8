"""own wording of papers"""
import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('wording',
        sa.Column('id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('edition', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('template', sa.String(length=64), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('ended_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_wording_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_wording_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_wording'))
    )
    with op.batch_alter_table('wording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wording_station_id'), ['station_id'], unique=False)



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
