"""editions of letters"""
import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('letter_edition',
        sa.Column('id', BIG, nullable=False),
        sa.Column('letter_id', BIG, nullable=False),
        sa.Column('edition', sa.Integer(), nullable=False),
        sa.Column('kept', sa.String(length=64), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_edition_letter_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_letter_edition_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_edition')),
        sa.UniqueConstraint('letter_id', 'edition', name=op.f('uq_letter_edition_letter_id_edition'))
    )


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
