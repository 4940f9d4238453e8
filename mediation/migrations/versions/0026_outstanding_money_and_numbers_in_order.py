"""outstanding money and numbers in order"""
import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

# The running number at the end is filled up to nine digits.
HEAD = "rtrim(number, '0123456789')"
RUNNING = f"substr(number, length({HEAD}) + 1)"
IN_ORDER = f"UPDATE dispute SET number_order = {HEAD} || substr('000000000' || {RUNNING}, length({RUNNING}) + 1)"
# Of each worker whom the agreement in force binds, what was promised and has not come.
OUTSTANDING = """UPDATE dispute SET outstanding_fen = (
    SELECT SUM(CASE WHEN came <= 0 THEN promised WHEN promised > came THEN promised - came ELSE 0 END) FROM (
        SELECT SUM(instalment_share.amount_fen) AS promised, (
            SELECT COALESCE(SUM(CASE WHEN payment.direction = 'to_employer' THEN -payment_share.amount_fen
                                ELSE payment_share.amount_fen END), 0)
            FROM payment JOIN payment_share ON payment_share.payment_id = payment.id
            WHERE payment.case_id = dispute.id AND payment_share.party_id = instalment_share.party_id
                AND payment.proof <> 'said' AND payment.way <> 'goods') AS came
        FROM agreement JOIN instalment ON instalment.agreement_id = agreement.id
            JOIN instalment_share ON instalment_share.instalment_id = instalment.id
        WHERE agreement.case_id = dispute.id AND agreement.superseded_on IS NULL
            AND agreement.seq = (SELECT MAX(other.seq) FROM agreement AS other
                WHERE other.case_id = dispute.id AND other.superseded_on IS NULL)
            AND NOT EXISTS (SELECT 1 FROM consent WHERE consent.agreement_id = agreement.id
                AND consent.party_id = instalment_share.party_id AND consent.consented_on IS NULL)
        GROUP BY instalment_share.party_id) AS workers)
    WHERE id IN (SELECT case_id FROM agreement)"""


def upgrade():
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number_order', sa.String(length=70), server_default='', nullable=False))
        batch_op.add_column(sa.Column('outstanding_fen', sa.BigInteger(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_dispute_by_number'))
    op.execute(IN_ORDER)
    op.execute(OUTSTANDING)
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index('ix_dispute_by_number',
            ['union_id', 'number_order', 'id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False)
        batch_op.create_index('ix_dispute_by_number_order',
            ['number_order', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False)
        batch_op.create_index('ix_dispute_by_outstanding',
            ['outstanding_fen', 'id', 'union_id', 'station_id', 'is_open', 'is_sealed', 'handler_id', 'voided_on'],
            unique=False, sqlite_where=sa.text('outstanding_fen IS NOT NULL'),
            postgresql_where=sa.text('outstanding_fen IS NOT NULL'))


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
