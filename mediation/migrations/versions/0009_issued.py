"""Figures that were given out, frozen; only ever appended to.

Revision: 0009
"""
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "issued_figure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("station_id", BIG, nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("cut_off_on", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("last_event_id", BIG, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name="fk_issued_figure_station_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="fk_issued_figure_made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_issued_figure"),
        sa.UniqueConstraint("number", name="uq_issued_figure_number"),
    )
    op.create_index("ix_issued_figure_station_id", "issued_figure", ["station_id"])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER keep_issued_figure_{act.lower()} BEFORE {act} ON issued_figure "
                       "BEGIN SELECT RAISE(ABORT, 'issued_figure is append-only'); END")
    else:
        op.execute("CREATE TRIGGER keep_issued_figure BEFORE UPDATE OR DELETE OR TRUNCATE ON issued_figure "
                   "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
