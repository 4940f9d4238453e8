"""an index of the money that went back, and tokens by code points"""
import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_payment_back', 'payment', ['case_id'], unique=False,
                    sqlite_where=sa.text("direction = 'to_employer'"),
                    postgresql_where=sa.text("direction = 'to_employer'"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE search_gram ALTER COLUMN gram TYPE VARCHAR(40) COLLATE "C"')


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
