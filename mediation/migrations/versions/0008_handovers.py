"""Disputes that a body sends with its own account.

Revision: 0008
"""
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFS = {"union_id": "station", "agency_id": "agency", "settled_by_id": "account", "case_id": "dispute",
        "made_by_id": "account"}


def upgrade():
    op.create_table(
        "handover",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("union_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("case_number", sa.String(length=100), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=True),
        sa.Column("body_sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("return_reason", sa.String(length=300), nullable=False),
        sa.Column("settled_by_id", BIG, nullable=True),
        sa.Column("draft_token", sa.String(length=40), nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("made_by_id", BIG, nullable=False),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_handover_{column}"))
          for column, table in REFS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")))
    for column in ("union_id", "agency_id", "draft_token", "case_id"):
        op.create_index(op.f(f"ix_handover_{column}"), "handover", [column], unique=False)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
