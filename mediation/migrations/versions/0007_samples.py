"""Samples of audits; an index over the few sealed cases, to say how many a total holds that its list may not show.

Revision: 0007
"""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_index("ix_dispute_sealed", "dispute", ["id"], sqlite_where=sa.text("is_sealed IS 1"),
                    postgresql_where=sa.text("is_sealed IS true"))
    op.create_table(
        "sample",
        sa.Column("id", BIG, nullable=False),
        sa.Column("station_id", BIG, nullable=False),
        sa.Column("seed", sa.String(40), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_digest", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name="fk_sample_station_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="fk_sample_made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sample"),
    )
    op.create_index("ix_sample_station_id", "sample", ["station_id"])
    op.create_table(
        "sample_case",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sample_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("mark", sa.String(10), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_sample_case_sample_id"),
        sa.ForeignKeyConstraint(["case_id"], ["dispute.id"], name="fk_sample_case_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sample_case"),
        sa.UniqueConstraint("sample_id", "seq", name="uq_sample_case_sample_id_seq"),
    )
    op.create_index("ix_sample_case_sample_id", "sample_case", ["sample_id"])
    op.create_index("ix_sample_case_case_id", "sample_case", ["case_id"])


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
