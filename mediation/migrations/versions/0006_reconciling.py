"""Marks of reconciliation, explanations of contradictions, closed periods.

Revision: 0006
Follows: 0005
"""
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('period_closing',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('union_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('period', sa.String(length=20), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('closed_at', sa.DateTime(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('last_event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('explained', sa.Integer(), nullable=False),
        sa.Column('reopened_on', sa.Date(), nullable=True),
        sa.Column('reopened_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('reopened_reason', sa.String(length=300), nullable=False),
        sa.Column('finding_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_period_closing_finding_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_period_closing_made_by_id')),
        sa.ForeignKeyConstraint(['reopened_by_id'], ['account.id'], name=op.f('fk_period_closing_reopened_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_period_closing_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_period_closing'))
    )
    op.create_index(op.f('ix_period_closing_union_id'), 'period_closing', ['union_id'], unique=False)
    op.create_index('uq_period_closing_standing', 'period_closing', ['union_id', 'period'], unique=True,
                    sqlite_where=sa.text('reopened_on IS NULL'), postgresql_where=sa.text('reopened_on IS NULL'))
    op.create_table('explanation',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('union_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('rule', sa.String(length=30), nullable=False),
        sa.Column('mark', sa.String(length=40), nullable=False),
        sa.Column('figures', sa.String(length=100), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_explanation_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_explanation_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_explanation_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_explanation'))
    )
    op.create_index(op.f('ix_explanation_case_id'), 'explanation', ['case_id'], unique=False)
    op.create_index(op.f('ix_explanation_union_id'), 'explanation', ['union_id'], unique=False)
    op.create_table('reconciliation',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('compared', sa.JSON(), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('checked_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('withdrawn_on', sa.Date(), nullable=True),
        sa.Column('withdrawn_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('withdrawn_reason', sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_reconciliation_made_by_id')),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_reconciliation_payment_id')),
        sa.ForeignKeyConstraint(['withdrawn_by_id'], ['account.id'], name=op.f('fk_reconciliation_withdrawn_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation'))
    )
    op.create_index(op.f('ix_reconciliation_payment_id'), 'reconciliation', ['payment_id'], unique=False)
    op.create_index('uq_reconciliation_standing', 'reconciliation', ['payment_id'], unique=True,
                    sqlite_where=sa.text('withdrawn_on IS NULL'), postgresql_where=sa.text('withdrawn_on IS NULL'))


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
