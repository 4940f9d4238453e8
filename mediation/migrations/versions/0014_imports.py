"""imports"""
import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('heading_mapping',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('kept_at', sa.DateTime(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_heading_mapping_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_heading_mapping_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_heading_mapping')),
        sa.UniqueConstraint('union_id', 'name', name=op.f('uq_heading_mapping_union_id_name'))
    )
    with op.batch_alter_table('heading_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_heading_mapping_fingerprint'), ['fingerprint'], unique=False)
        batch_op.create_index(batch_op.f('ix_heading_mapping_union_id'), ['union_id'], unique=False)

    op.create_table('heading_word',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('heading', sa.String(length=100), nullable=False),
        sa.Column('field', sa.String(length=30), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_heading_word_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_heading_word_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_heading_word')),
        sa.UniqueConstraint('union_id', 'heading', name=op.f('uq_heading_word_union_id_heading'))
    )
    with op.batch_alter_table('heading_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_heading_word_union_id'), ['union_id'], unique=False)

    op.create_table('import_batch',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('file_sha256', sa.String(length=64), nullable=False),
        sa.Column('sheet', sa.String(length=100), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('merged', sa.JSON(), nullable=False),
        sa.Column('notes', sa.JSON(), nullable=False),
        sa.Column('mapping', sa.Text(), nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('judged_to', sa.Integer(), nullable=False),
        sa.Column('tally', sa.JSON(), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_import_batch_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_import_batch_station_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_import_batch_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_batch_file_sha256'), ['file_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_batch_union_id'), ['union_id'], unique=False)

    op.create_table('import_row',
        sa.Column('id', BIG, nullable=False),
        sa.Column('import_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('cells_sealed', sa.Text(), nullable=False),
        sa.Column('mended_sealed', sa.Text(), nullable=True),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('mark', sa.String(length=6), nullable=False),
        sa.Column('problems', sa.Integer(), nullable=False),
        sa.Column('twin', sa.String(length=32), nullable=False),
        sa.Column('lead', sa.Integer(), nullable=True),
        sa.Column('is_wanted', sa.Boolean(), nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_import_row_case_id')),
        sa.ForeignKeyConstraint(['import_id'], ['import_batch.id'], name=op.f('fk_import_row_import_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_row')),
        sa.UniqueConstraint('import_id', 'number', name=op.f('uq_import_row_import_id_number'))
    )
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_row_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_import_row_mark', ['import_id', 'mark', 'number'], unique=False)
        batch_op.create_index('ix_import_row_twin', ['twin'], unique=False, sqlite_where=sa.text("twin != ''"),
            postgresql_where=sa.text("twin != ''"))

    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('assessed_fen', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('station', schema=None) as batch_op:
        batch_op.add_column(sa.Column('currency', sa.String(length=3), server_default='CNY', nullable=False))



def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
