"""The papers that a body sends with a dispute, before there is a case to keep them with.

Revision: 0011
"""
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFS = {"handover_id": "handover", "made_by_id": "account"}


def upgrade():
    op.create_table(
        "handover_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("handover_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("stored_name", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", BIG, nullable=False),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_handover_file_{column}"))
          for column, table in REFS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_file")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_handover_file_stored_name")))
    op.create_index(op.f("ix_handover_file_handover_id"), "handover_file", ["handover_id"], unique=False)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
