"""corrections and money back"""
import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What lists keep of the sums: whether a claimed one is about, and what arrived and waits for proof in cases in which
# money went back, reckoned as before for all others.
IS_ABOUT = """UPDATE dispute SET is_claim_about = true WHERE id IN (
    SELECT case_id FROM claim WHERE claim."precision" = 'about' AND amount_fen IS NOT NULL AND dropped_on IS NULL)"""
ARRIVED = """UPDATE dispute SET arrived_fen = (
    SELECT COALESCE(SUM(CASE WHEN net > 0 THEN net ELSE 0 END), 0) FROM (
        SELECT SUM(CASE WHEN payment.direction = 'to_employer' THEN -payment_share.amount_fen
                   ELSE payment_share.amount_fen END) AS net
        FROM payment JOIN payment_share ON payment_share.payment_id = payment.id
        WHERE payment.case_id = dispute.id AND payment.proof <> 'said' AND payment.way <> 'goods'
        GROUP BY payment_share.party_id) AS workers)
    WHERE id IN (SELECT case_id FROM payment WHERE direction = 'to_employer')"""
UNVERIFIED = """UPDATE dispute SET unverified_fen = (
    SELECT COALESCE(SUM(payment_share.amount_fen), 0)
    FROM payment JOIN payment_share ON payment_share.payment_id = payment.id
    WHERE payment.case_id = dispute.id AND payment.proof = 'said' AND payment.direction = 'to_worker')
    WHERE id IN (SELECT case_id FROM payment WHERE direction = 'to_employer')"""


def upgrade():
    op.create_table('correction',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('field', sa.String(length=20), nullable=False),
        sa.Column('old_sealed', sa.String(length=1200), nullable=True),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('is_waiting', sa.Boolean(), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('confirmed_on', sa.Date(), nullable=True),
        sa.Column('confirmed_by_id', BIG, nullable=True),
        sa.Column('confirmed_way', sa.String(length=10), nullable=False),
        sa.Column('confirmed_note', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_correction_case_id')),
        sa.ForeignKeyConstraint(['confirmed_by_id'], ['account.id'], name=op.f('fk_correction_confirmed_by_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_correction_made_by_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_correction_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_correction_party_id'), ['party_id'], unique=False)

    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_claim_about', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_another', sa.Boolean(), server_default=sa.false(), nullable=False))
    for statement in (IS_ABOUT, ARRIVED, UNVERIFIED):
        op.execute(statement)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
