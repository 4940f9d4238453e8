"""A body's opinion at a consultation says who wrote it down and how; files lie with a consultation too.

Revision: 0005
"""
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = {"sqlite": "INTEGER", "postgresql": "BIGINT"}


def upgrade():
    op.add_column("consultation_opinion", sa.Column("given_on", sa.Date(), nullable=True))
    op.add_column("consultation_opinion", sa.Column("way", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("consultation_opinion", sa.Column("number", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("consultation_opinion", sa.Column("is_entered_for", sa.Boolean(), nullable=False,
                                                    server_default=sa.text("false")))
    _refer("consultation_opinion", "written_by_id", "account")
    _refer("attachment", "consultation_id", "consultation")
    _refer("attachment", "agency_id", "agency")
    op.create_index(op.f("ix_attachment_consultation_id"), "attachment", ["consultation_id"], unique=False)


def _refer(table, column, target):
    """In SQL, for SQLite takes a foreign key only together with its column."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {BIG[op.get_bind().dialect.name]} "
               f"CONSTRAINT {op.f(f'fk_{table}_{column}')} REFERENCES {target} (id)")


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
