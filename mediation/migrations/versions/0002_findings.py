"""Findings of audits; a note may belong to the house and to no case.

Revision: 0002
"""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# SQLite cannot take NOT NULL from a column: the table is made anew under its name, with every row.
REBUILT = (
    """CREATE TABLE note_new (
        id INTEGER NOT NULL, case_id INTEGER, salt VARCHAR(32) NOT NULL, body TEXT NOT NULL,
        is_concession BOOLEAN NOT NULL, made_at DATETIME NOT NULL, made_by_id INTEGER NOT NULL, erased_at DATETIME,
        CONSTRAINT pk_note PRIMARY KEY (id),
        CONSTRAINT fk_note_case_id FOREIGN KEY(case_id) REFERENCES dispute (id),
        CONSTRAINT fk_note_made_by_id FOREIGN KEY(made_by_id) REFERENCES account (id))""",
    """INSERT INTO note_new (id, case_id, salt, body, is_concession, made_at, made_by_id, erased_at)
        SELECT id, case_id, salt, body, is_concession, made_at, made_by_id, erased_at FROM note""",
    "DROP TABLE note",
    "ALTER TABLE note_new RENAME TO note",
    "CREATE INDEX ix_note_case_id ON note (case_id)",
)


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        for statement in REBUILT:
            op.execute(statement)
    else:
        op.alter_column("note", "case_id", nullable=True)
    op.create_table(
        "finding",
        sa.Column("id", BIG, nullable=False),
        sa.Column("station_id", BIG, nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("topic", sa.String(12), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name="fk_finding_station_id"),
        sa.ForeignKeyConstraint(["case_id"], ["dispute.id"], name="fk_finding_case_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_finding_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    for name in ("station_id", "case_id", "state"):
        op.create_index(f"ix_finding_{name}", "finding", [name])
    op.create_table(
        "finding_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("finding_id", BIG, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("note_id", BIG, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_finding_step_finding_id"),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name="fk_finding_step_note_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="fk_finding_step_made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_step"),
    )
    op.create_index("ix_finding_step_finding_id", "finding_step", ["finding_id"])


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
