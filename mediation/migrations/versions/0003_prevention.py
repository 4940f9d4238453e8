"""Inquiries count people and say what is next; letters have a second clock; two names of one employer.

Revision: 0003
"""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = {"sqlite": "INTEGER", "postgresql": "BIGINT"}


def upgrade():
    op.add_column("inquiry", sa.Column("people", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("inquiry", sa.Column("next_step", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("letter", sa.Column("filing_due_on", sa.Date(), nullable=True))
    op.add_column("letter", sa.Column("filed_on", sa.Date(), nullable=True))
    op.add_column("letter", sa.Column("filing_note", sa.String(length=300), nullable=False, server_default=""))
    # In SQL, for SQLite takes a foreign key only together with its column.
    op.execute(f"ALTER TABLE employer ADD COLUMN merged_into_id {BIG[op.get_bind().dialect.name]} "
               f"CONSTRAINT {op.f('fk_employer_merged_into_id')} REFERENCES employer (id)")
    op.create_index(op.f("ix_employer_merged_into_id"), "employer", ["merged_into_id"], unique=False)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
