"""sums of a case"""
import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

# What the agreement in force promises each worker whom it binds, and what came for each without what a fund advanced.
FILL = """UPDATE dispute SET bound_fen = sums.bound, unpaid_fen = sums.unpaid FROM (
    SELECT promised.case_id, SUM(promised.fen) AS bound,
        SUM(CASE WHEN promised.fen > COALESCE(came.performed, 0) THEN
            promised.fen - CASE WHEN came.performed > 0 THEN came.performed ELSE 0 END ELSE 0 END) AS unpaid
    FROM (
        SELECT agreement.case_id, instalment_share.party_id, SUM(instalment_share.amount_fen) AS fen
        FROM agreement JOIN instalment ON instalment.agreement_id = agreement.id
        JOIN instalment_share ON instalment_share.instalment_id = instalment.id
        WHERE agreement.superseded_on IS NULL AND agreement.seq = (
            SELECT MAX(other.seq) FROM agreement AS other
            WHERE other.case_id = agreement.case_id AND other.superseded_on IS NULL) AND NOT EXISTS (
            SELECT 1 FROM consent WHERE consent.agreement_id = agreement.id
            AND consent.party_id = instalment_share.party_id AND consent.consented_on IS NULL)
        GROUP BY agreement.case_id, instalment_share.party_id) AS promised
    LEFT JOIN (
        SELECT payment.case_id, payment_share.party_id,
            SUM(CASE WHEN payment.direction = 'to_employer' THEN -payment_share.amount_fen
                ELSE payment_share.amount_fen END) AS performed
        FROM payment JOIN payment_share ON payment_share.payment_id = payment.id
        WHERE payment.proof <> 'said' AND payment.way <> 'goods' AND payment.payer_kind <> 'fund'
        GROUP BY payment.case_id, payment_share.party_id) AS came
    ON came.case_id = promised.case_id AND came.party_id = promised.party_id
    GROUP BY promised.case_id) AS sums WHERE sums.case_id = dispute.id"""


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bound_fen', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('unpaid_fen', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.create_index('ix_dispute_unpaid', ['union_id', 'id'], unique=False,
            sqlite_where=sa.text('unpaid_fen > 0'), postgresql_where=sa.text('unpaid_fen > 0'))
    op.execute(FILL)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
