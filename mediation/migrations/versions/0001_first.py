"""The whole schema, with the triggers of what is only ever appended to."""
import sqlalchemy as sa
from alembic import op

from mediation.migrations import guard_appended

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table('calendar_day',
        sa.Column('id', BIG, nullable=False),
        sa.Column('day_on', sa.Date(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('county', sa.String(length=20), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_day')),
        sa.UniqueConstraint('day_on', 'county', name=op.f('uq_calendar_day_day_on_county'))
    )
    op.create_table('house_setting',
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_house_setting'))
    )
    op.create_table('journal_seal',
        sa.Column('id', BIG, nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('last_event_id', BIG, nullable=False),
        sa.Column('events', sa.Integer(), nullable=False),
        sa.Column('last_access_id', BIG, nullable=False),
        sa.Column('prev', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_seal')),
        sa.UniqueConstraint('hash', name=op.f('uq_journal_seal_hash')),
        sa.UniqueConstraint('prev', name=op.f('uq_journal_seal_prev'))
    )
    op.create_table('login_attempt',
        sa.Column('id', BIG, nullable=False),
        sa.Column('username', sa.String(length=60), nullable=False),
        sa.Column('address', sa.String(length=60), nullable=False),
        sa.Column('tried_at', sa.DateTime(), nullable=False),
        sa.Column('is_success', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_login_attempt'))
    )
    op.create_index(op.f('ix_login_attempt_address'), 'login_attempt', ['address'], unique=False)
    op.create_index(op.f('ix_login_attempt_tried_at'), 'login_attempt', ['tried_at'], unique=False)
    op.create_index(op.f('ix_login_attempt_username'), 'login_attempt', ['username'], unique=False)
    op.create_table('station',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('short_name', sa.String(length=20), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('parent_id', BIG, nullable=True),
        sa.Column('union_id', BIG, nullable=True),
        sa.Column('path', sa.String(length=200), nullable=False),
        sa.Column('legal_body', sa.String(length=100), nullable=False),
        sa.Column('channel', sa.String(length=1), nullable=False),
        sa.Column('number_form', sa.String(length=60), nullable=False),
        sa.Column('county', sa.String(length=20), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('address', sa.String(length=200), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['station.id'], name=op.f('fk_station_parent_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_station_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_station')),
        sa.UniqueConstraint('code', name=op.f('uq_station_code'))
    )
    op.create_index(op.f('ix_station_parent_id'), 'station', ['parent_id'], unique=False)
    op.create_index(op.f('ix_station_path'), 'station', ['path'], unique=False)
    op.create_index(op.f('ix_station_union_id'), 'station', ['union_id'], unique=False)
    op.create_table('stream',
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_stream'))
    )
    op.create_table('agency',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('short_name', sa.String(length=20), nullable=False),
        sa.Column('contact_name', sa.String(length=60), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('address', sa.String(length=200), nullable=False),
        sa.Column('handles', sa.String(length=300), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_agency_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
        sa.UniqueConstraint('union_id', 'code', name=op.f('uq_agency_union_id_code'))
    )
    op.create_index(op.f('ix_agency_union_id'), 'agency', ['union_id'], unique=False)
    op.create_table('counter',
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('series', sa.String(length=30), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_counter_union_id')),
        sa.PrimaryKeyConstraint('union_id', 'series', 'year', name=op.f('pk_counter'))
    )
    op.create_table('employer',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_folded', sa.String(length=200), nullable=False),
        sa.Column('short_name', sa.String(length=60), nullable=False),
        sa.Column('credit_code', sa.String(length=18), nullable=True),
        sa.Column('legal_person', sa.String(length=60), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('address', sa.String(length=200), nullable=False),
        sa.Column('sector', sa.String(length=20), nullable=False),
        sa.Column('ownership', sa.String(length=20), nullable=False),
        sa.Column('note', sa.String(length=500), nullable=False),
        sa.Column('democracy', sa.JSON(), nullable=False),
        sa.Column('merged_into_id', BIG, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['merged_into_id'], ['employer.id'], name=op.f('fk_employer_merged_into_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_employer_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_employer')),
        sa.UniqueConstraint('union_id', 'credit_code', name=op.f('uq_employer_union_id_credit_code'))
    )
    op.create_index(op.f('ix_employer_credit_code'), 'employer', ['credit_code'], unique=False)
    op.create_index(op.f('ix_employer_merged_into_id'), 'employer', ['merged_into_id'], unique=False)
    op.create_index(op.f('ix_employer_name_folded'), 'employer', ['name_folded'], unique=False)
    op.create_index(op.f('ix_employer_union_id'), 'employer', ['union_id'], unique=False)
    op.create_table('account',
        sa.Column('id', BIG, nullable=False),
        sa.Column('username', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('agency_id', BIG, nullable=True),
        sa.Column('password_hash', sa.String(length=200), nullable=False),
        sa.Column('password_set_at', sa.DateTime(), nullable=False),
        sa.Column('one_time_until_at', sa.DateTime(), nullable=True),
        sa.Column('must_change', sa.Boolean(), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('is_demo', sa.Boolean(), nullable=False),
        sa.Column('created_by_id', BIG, nullable=True),
        sa.Column('confirmed_by_id', BIG, nullable=True),
        sa.Column('confirmed_at', sa.DateTime(), nullable=True),
        sa.Column('language', sa.String(length=5), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('certificates', sa.String(length=200), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_account_agency_id')),
        sa.ForeignKeyConstraint(['confirmed_by_id'], ['account.id'], name=op.f('fk_account_confirmed_by_id')),
        sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_account_created_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_account_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
        sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    op.create_index(op.f('ix_account_agency_id'), 'account', ['agency_id'], unique=False)
    op.create_index(op.f('ix_account_station_id'), 'account', ['station_id'], unique=False)
    op.create_table('absence',
        sa.Column('id', BIG, nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('stand_in_id', BIG, nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('numbers', sa.JSON(), nullable=False),
        sa.Column('returned_on', sa.Date(), nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_absence_account_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_absence_made_by_id')),
        sa.ForeignKeyConstraint(['stand_in_id'], ['account.id'], name=op.f('fk_absence_stand_in_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_account_id'), 'absence', ['account_id'], unique=False)
    op.create_table('access_log',
        sa.Column('id', BIG, nullable=False),
        sa.Column('logged_at', sa.DateTime(), nullable=False),
        sa.Column('account_id', BIG, nullable=True),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.Column('station_id', BIG, nullable=True),
        sa.Column('kind', sa.String(length=30), nullable=False),
        sa.Column('object', sa.String(length=100), nullable=False),
        sa.Column('detail', sa.String(length=300), nullable=False),
        sa.Column('address', sa.String(length=60), nullable=False),
        sa.Column('request_id', sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_access_log_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_log'))
    )
    op.create_index(op.f('ix_access_log_account_id'), 'access_log', ['account_id'], unique=False)
    op.create_index(op.f('ix_access_log_logged_at'), 'access_log', ['logged_at'], unique=False)
    op.create_table('activity',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('employer_id', BIG, nullable=True),
        sa.Column('bodies', sa.String(length=200), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('leaflets', sa.Integer(), nullable=False),
        sa.Column('note', sa.String(length=1000), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_activity_employer_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_activity_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_activity_station_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_activity_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_index(op.f('ix_activity_done_on'), 'activity', ['done_on'], unique=False)
    op.create_index(op.f('ix_activity_employer_id'), 'activity', ['employer_id'], unique=False)
    op.create_index(op.f('ix_activity_union_id'), 'activity', ['union_id'], unique=False)
    op.create_table('consultation',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('number', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('called_on', sa.Date(), nullable=False),
        sa.Column('planned_on', sa.Date(), nullable=False),
        sa.Column('planned_time', sa.String(length=5), nullable=False),
        sa.Column('place', sa.String(length=100), nullable=False),
        sa.Column('agenda', sa.Text(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=True),
        sa.Column('our_people', sa.String(length=200), nullable=False),
        sa.Column('issues', sa.Text(), nullable=False),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_consultation_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_consultation_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation'))
    )
    op.create_index(op.f('ix_consultation_union_id'), 'consultation', ['union_id'], unique=False)
    op.create_table('dispute',
        sa.Column('id', BIG, nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('printed_number', sa.String(length=80), nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('accepted_station_id', BIG, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('outcome_reason', sa.String(length=20), nullable=False),
        sa.Column('referred_to', sa.String(length=20), nullable=False),
        sa.Column('is_open', sa.SmallInteger(), nullable=False),
        sa.Column('is_enforced', sa.Boolean(), nullable=False),
        sa.Column('is_late_entry', sa.Boolean(), nullable=False),
        sa.Column('is_sealed', sa.Boolean(), nullable=False),
        sa.Column('is_demo', sa.Boolean(), nullable=False),
        sa.Column('merged_into_id', BIG, nullable=True),
        sa.Column('channel', sa.String(length=1), nullable=False),
        sa.Column('procedure', sa.String(length=10), nullable=False),
        sa.Column('source', sa.String(length=20), nullable=False),
        sa.Column('way', sa.String(length=10), nullable=False),
        sa.Column('source_body', sa.String(length=100), nullable=False),
        sa.Column('source_number', sa.String(length=100), nullable=False),
        sa.Column('source_case_number', sa.String(length=100), nullable=False),
        sa.Column('received_on', sa.Date(), nullable=True),
        sa.Column('received_time', sa.String(length=5), nullable=False),
        sa.Column('consented_on', sa.Date(), nullable=True),
        sa.Column('accepted_on', sa.Date(), nullable=True),
        sa.Column('assigned_on', sa.Date(), nullable=True),
        sa.Column('taken_on', sa.Date(), nullable=True),
        sa.Column('agreed_on', sa.Date(), nullable=True),
        sa.Column('effective_on', sa.Date(), nullable=True),
        sa.Column('concluded_on', sa.Date(), nullable=True),
        sa.Column('closed_on', sa.Date(), nullable=True),
        sa.Column('archived_on', sa.Date(), nullable=True),
        sa.Column('notified_on', sa.Date(), nullable=True),
        sa.Column('registered_at', sa.DateTime(), nullable=False),
        sa.Column('rules_on', sa.Date(), nullable=False),
        sa.Column('handler_id', BIG, nullable=True),
        sa.Column('registered_by_id', BIG, nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('respondent_title', sa.String(length=200), nullable=False),
        sa.Column('main_head', sa.String(length=20), nullable=False),
        sa.Column('relation', sa.String(length=20), nullable=False),
        sa.Column('court_cause', sa.String(length=10), nullable=False),
        sa.Column('cause_version', sa.String(length=10), nullable=False),
        sa.Column('hr_reason', sa.String(length=20), nullable=False),
        sa.Column('hr_others', sa.JSON(), nullable=False),
        sa.Column('hr_version', sa.String(length=10), nullable=False),
        sa.Column('grade', sa.String(length=10), nullable=False),
        sa.Column('is_civil', sa.Boolean(), nullable=False),
        sa.Column('is_group', sa.Boolean(), nullable=False),
        sa.Column('is_same_claim', sa.Boolean(), nullable=False),
        sa.Column('headcount', sa.Integer(), nullable=False),
        sa.Column('narrative', sa.Text(), nullable=False),
        sa.Column('place', sa.String(length=200), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=True),
        sa.Column('employment', sa.String(length=10), nullable=False),
        sa.Column('employment_ended_on', sa.Date(), nullable=True),
        sa.Column('infringement_known_on', sa.Date(), nullable=True),
        sa.Column('contract', sa.String(length=10), nullable=False),
        sa.Column('evidence', sa.JSON(), nullable=False),
        sa.Column('tried', sa.JSON(), nullable=False),
        sa.Column('flags', sa.JSON(), nullable=False),
        sa.Column('is_informed', sa.Boolean(), nullable=False),
        sa.Column('wage_choice', sa.String(length=10), nullable=False),
        sa.Column('may_tell', sa.JSON(), nullable=False),
        sa.Column('request_sign_way', sa.String(length=20), nullable=False),
        sa.Column('scope_ground', sa.String(length=20), nullable=False),
        sa.Column('identity_note', sa.String(length=200), nullable=False),
        sa.Column('joint_count', sa.Integer(), nullable=False),
        sa.Column('as_told', sa.JSON(), nullable=False),
        sa.Column('retention', sa.String(length=20), nullable=False),
        sa.Column('archive_number', sa.String(length=40), nullable=False),
        sa.Column('pages', sa.Integer(), nullable=True),
        sa.Column('next_due_on', sa.Date(), nullable=True),
        sa.Column('next_due_rule', sa.String(length=20), nullable=False),
        sa.Column('touched_at', sa.DateTime(), nullable=False),
        sa.Column('claimed_fen', sa.BigInteger(), nullable=True),
        sa.Column('agreed_fen', sa.BigInteger(), nullable=True),
        sa.Column('arrived_fen', sa.BigInteger(), nullable=False),
        sa.Column('unverified_fen', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['accepted_station_id'], ['station.id'], name=op.f('fk_dispute_accepted_station_id')),
        sa.ForeignKeyConstraint(['handler_id'], ['account.id'], name=op.f('fk_dispute_handler_id')),
        sa.ForeignKeyConstraint(['merged_into_id'], ['dispute.id'], name=op.f('fk_dispute_merged_into_id')),
        sa.ForeignKeyConstraint(['registered_by_id'], ['account.id'], name=op.f('fk_dispute_registered_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_dispute_station_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_dispute_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
        sa.UniqueConstraint('number', name=op.f('uq_dispute_number'))
    )
    op.create_index('ix_dispute_accepted', 'dispute', ['union_id', 'accepted_on'], unique=False)
    op.create_index('ix_dispute_accepted_on', 'dispute', ['accepted_on'], unique=False,
            sqlite_where=sa.text('accepted_on IS NOT NULL'), postgresql_where=sa.text('accepted_on IS NOT NULL'))
    op.create_index(op.f('ix_dispute_accepted_station_id'), 'dispute', ['accepted_station_id'], unique=False)
    op.create_index('ix_dispute_backlog', 'dispute',
            ['union_id', 'next_due_on', 'id', 'station_id', 'is_sealed', 'handler_id', 'is_open'], unique=False,
            sqlite_where=sa.text('is_open = 1'), postgresql_where=sa.text('is_open = 1'))
    op.create_index('ix_dispute_closed_on', 'dispute', ['closed_on'], unique=False,
            sqlite_where=sa.text('closed_on IS NOT NULL'), postgresql_where=sa.text('closed_on IS NOT NULL'))
    op.create_index('ix_dispute_concluded', 'dispute', ['union_id', 'concluded_on'], unique=False)
    op.create_index('ix_dispute_concluded_on', 'dispute', ['concluded_on'], unique=False,
            sqlite_where=sa.text('concluded_on IS NOT NULL'), postgresql_where=sa.text('concluded_on IS NOT NULL'))
    op.create_index(op.f('ix_dispute_handler_id'), 'dispute', ['handler_id'], unique=False)
    op.create_index('ix_dispute_open', 'dispute',
            ['next_due_on', 'id', 'station_id', 'is_sealed', 'handler_id', 'is_open'], unique=False,
            sqlite_where=sa.text('is_open = 1'), postgresql_where=sa.text('is_open = 1'))
    op.create_index(op.f('ix_dispute_printed_number'), 'dispute', ['printed_number'], unique=False)
    op.create_index('ix_dispute_received_on', 'dispute', ['received_on'], unique=False)
    op.create_index('ix_dispute_sealed', 'dispute', ['id'], unique=False, sqlite_where=sa.text('is_sealed IS 1'),
            postgresql_where=sa.text('is_sealed IS true'))
    op.create_index('ix_dispute_source_case', 'dispute', ['source_case_number'], unique=False,
            sqlite_where=sa.text("source_case_number != ''"), postgresql_where=sa.text("source_case_number != ''"))
    op.create_index('ix_dispute_source_number', 'dispute', ['source_number'], unique=False,
            sqlite_where=sa.text("source_number != ''"), postgresql_where=sa.text("source_number != ''"))
    op.create_index(op.f('ix_dispute_station_id'), 'dispute', ['station_id'], unique=False)
    op.create_index('ix_dispute_station_state', 'dispute', ['station_id', 'state', 'next_due_on'], unique=False)
    op.create_index(op.f('ix_dispute_union_id'), 'dispute', ['union_id'], unique=False)
    op.create_table('draft',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('place', sa.String(length=100), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('body_sealed', sa.Text(), nullable=True),
        sa.Column('saved_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_draft_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
        sa.UniqueConstraint('account_id', 'place', name=op.f('uq_draft_account_id_place'))
    )
    op.create_index(op.f('ix_draft_account_id'), 'draft', ['account_id'], unique=False)
    op.create_table('duty',
        sa.Column('id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('duty_on', sa.Date(), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_duty_account_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_duty_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty')),
        sa.UniqueConstraint('station_id', 'duty_on', name=op.f('uq_duty_station_id_duty_on'))
    )
    op.create_index(op.f('ix_duty_account_id'), 'duty', ['account_id'], unique=False)
    op.create_index(op.f('ix_duty_station_id'), 'duty', ['station_id'], unique=False)
    op.create_table('event',
        sa.Column('id', BIG, nullable=False),
        sa.Column('stream', sa.String(length=80), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('entered_at', sa.DateTime(), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=True),
        sa.Column('actor_id', BIG, nullable=True),
        sa.Column('actor_label', sa.String(length=60), nullable=False),
        sa.Column('data', sa.Text(), nullable=False),
        sa.Column('prev', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_event_actor_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
        sa.UniqueConstraint('hash', name=op.f('uq_event_hash')),
        sa.UniqueConstraint('prev', name=op.f('uq_event_prev')),
        sa.UniqueConstraint('stream', 'seq', name=op.f('uq_event_stream_seq'))
    )
    op.create_table('export_run',
        sa.Column('id', BIG, nullable=False),
        sa.Column('account_id', BIG, nullable=True),
        sa.Column('actor_label', sa.String(length=60), nullable=False),
        sa.Column('sheet', sa.String(length=20), nullable=False),
        sa.Column('form', sa.String(length=4), nullable=False),
        sa.Column('filters', sa.JSON(), nullable=False),
        sa.Column('asked_at', sa.DateTime(), nullable=False),
        sa.Column('started_at', sa.DateTime(), nullable=True),
        sa.Column('finished_at', sa.DateTime(), nullable=True),
        sa.Column('rows', sa.Integer(), nullable=True),
        sa.Column('columns', sa.Integer(), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('rows_sha256', sa.String(length=64), nullable=False),
        sa.Column('is_complete', sa.Boolean(), nullable=False),
        sa.Column('is_unmasked', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('approved_by_id', BIG, nullable=True),
        sa.Column('approved_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_export_run_account_id')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['account.id'], name=op.f('fk_export_run_approved_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_export_run'))
    )
    op.create_index(op.f('ix_export_run_account_id'), 'export_run', ['account_id'], unique=False)
    op.create_table('feed',
        sa.Column('id', BIG, nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('revoked_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_feed_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_feed')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_feed_secret_hash'))
    )
    op.create_index(op.f('ix_feed_account_id'), 'feed', ['account_id'], unique=False)
    op.create_table('issued_figure',
        sa.Column('id', BIG, nullable=False),
        sa.Column('number', sa.String(length=80), nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('period', sa.String(length=40), nullable=False),
        sa.Column('cut_off_on', sa.Date(), nullable=False),
        sa.Column('recipient', sa.String(length=200), nullable=False),
        sa.Column('purpose', sa.String(length=300), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('last_event_id', BIG, nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('issued_at', sa.DateTime(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_issued_figure_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_issued_figure_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_figure')),
        sa.UniqueConstraint('number', name=op.f('uq_issued_figure_number'))
    )
    op.create_index(op.f('ix_issued_figure_station_id'), 'issued_figure', ['station_id'], unique=False)
    op.create_table('login_session',
        sa.Column('id', BIG, nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('seen_at', sa.DateTime(), nullable=False),
        sa.Column('fresh_at', sa.DateTime(), nullable=False),
        sa.Column('ended_at', sa.DateTime(), nullable=True),
        sa.Column('address', sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_login_session_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_login_session_token_hash'))
    )
    op.create_index(op.f('ix_login_session_account_id'), 'login_session', ['account_id'], unique=False)
    op.create_table('rule_check',
        sa.Column('id', BIG, nullable=False),
        sa.Column('rule', sa.String(length=20), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('checked_on', sa.Date(), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_rule_check_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_check'))
    )
    op.create_index(op.f('ix_rule_check_account_id'), 'rule_check', ['account_id'], unique=False)
    op.create_index(op.f('ix_rule_check_rule'), 'rule_check', ['rule'], unique=False)
    op.create_table('sample',
        sa.Column('id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('seed', sa.String(length=40), nullable=False),
        sa.Column('filters', sa.JSON(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('population', sa.Integer(), nullable=False),
        sa.Column('population_digest', sa.String(length=64), nullable=False),
        sa.Column('drawn_at', sa.DateTime(), nullable=False),
        sa.Column('drawn_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_sample_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_sample_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sample'))
    )
    op.create_index(op.f('ix_sample_station_id'), 'sample', ['station_id'], unique=False)
    op.create_table('search_words',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('words_sealed', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_search_words_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_words')),
        sa.UniqueConstraint('uid', name=op.f('uq_search_words_uid'))
    )
    op.create_index(op.f('ix_search_words_account_id'), 'search_words', ['account_id'], unique=False)
    op.create_table('submit_token',
        sa.Column('token', sa.String(length=40), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('result', sa.String(length=300), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_submit_token_account_id')),
        sa.PrimaryKeyConstraint('token', name=op.f('pk_submit_token'))
    )
    op.create_index(op.f('ix_submit_token_account_id'), 'submit_token', ['account_id'], unique=False)
    op.create_table('case_link',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('lead_id', BIG, nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('linked_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_case_link_case_id')),
        sa.ForeignKeyConstraint(['lead_id'], ['dispute.id'], name=op.f('fk_case_link_lead_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_link')),
        sa.UniqueConstraint('case_id', name=op.f('uq_case_link_case_id'))
    )
    op.create_index(op.f('ix_case_link_lead_id'), 'case_link', ['lead_id'], unique=False)
    op.create_table('case_member',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_case_member_account_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_case_member_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_member'))
    )
    op.create_index(op.f('ix_case_member_account_id'), 'case_member', ['account_id'], unique=False)
    op.create_index(op.f('ix_case_member_case_id'), 'case_member', ['case_id'], unique=False)
    op.create_table('clock_change',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('rule', sa.String(length=20), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=True),
        sa.Column('ground', sa.String(length=20), nullable=True),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('consents', sa.JSON(), nullable=False),
        sa.Column('signed', sa.JSON(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_clock_change_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_clock_change_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_change'))
    )
    op.create_index(op.f('ix_clock_change_case_id'), 'clock_change', ['case_id'], unique=False)
    op.create_table('commission',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('agency_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('direction', sa.String(length=5), nullable=False),
        sa.Column('document_number', sa.String(length=100), nullable=False),
        sa.Column('task', sa.String(length=10), nullable=False),
        sa.Column('purpose', sa.String(length=300), nullable=False),
        sa.Column('sent_on', sa.Date(), nullable=True),
        sa.Column('reply_due_on', sa.Date(), nullable=True),
        sa.Column('due_reason', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('taken_on', sa.Date(), nullable=True),
        sa.Column('replied_on', sa.Date(), nullable=True),
        sa.Column('result', sa.String(length=500), nullable=False),
        sa.Column('return_reason', sa.String(length=300), nullable=False),
        sa.Column('reply_way', sa.String(length=10), nullable=False),
        sa.Column('reply_number', sa.String(length=100), nullable=False),
        sa.Column('is_entered_for', sa.Boolean(), nullable=False),
        sa.Column('answered_by_id', BIG, nullable=True),
        sa.Column('shared_parts', sa.JSON(), nullable=False),
        sa.Column('share_ground', sa.String(length=10), nullable=False),
        sa.Column('legal_basis', sa.String(length=200), nullable=False),
        sa.Column('recalled_on', sa.Date(), nullable=True),
        sa.Column('consultation_id', BIG, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_commission_agency_id')),
        sa.ForeignKeyConstraint(['answered_by_id'], ['account.id'], name=op.f('fk_commission_answered_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_commission_case_id')),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_commission_consultation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_commission'))
    )
    op.create_index(op.f('ix_commission_agency_id'), 'commission', ['agency_id'], unique=False)
    op.create_index(op.f('ix_commission_case_id'), 'commission', ['case_id'], unique=False)
    op.create_index(op.f('ix_commission_consultation_id'), 'commission', ['consultation_id'], unique=False)
    op.create_index(op.f('ix_commission_reply_due_on'), 'commission', ['reply_due_on'], unique=False)
    op.create_table('consultation_case',
        sa.Column('id', BIG, nullable=False),
        sa.Column('consultation_id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_consultation_case_case_id')),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'],
            name=op.f('fk_consultation_case_consultation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_case')),
        sa.UniqueConstraint('consultation_id', 'case_id', name=op.f('uq_consultation_case_consultation_id_case_id'))
    )
    op.create_index(op.f('ix_consultation_case_case_id'), 'consultation_case', ['case_id'], unique=False)
    op.create_index(op.f('ix_consultation_case_consultation_id'), 'consultation_case', ['consultation_id'],
            unique=False)
    op.create_table('consultation_opinion',
        sa.Column('id', BIG, nullable=False),
        sa.Column('consultation_id', BIG, nullable=False),
        sa.Column('agency_id', BIG, nullable=False),
        sa.Column('is_present', sa.Boolean(), nullable=True),
        sa.Column('who', sa.String(length=100), nullable=False),
        sa.Column('opinion', sa.Text(), nullable=False),
        sa.Column('given_on', sa.Date(), nullable=True),
        sa.Column('way', sa.String(length=10), server_default='', nullable=False),
        sa.Column('number', sa.String(length=100), server_default='', nullable=False),
        sa.Column('is_entered_for', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
        sa.Column('written_by_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_consultation_opinion_agency_id')),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'],
            name=op.f('fk_consultation_opinion_consultation_id')),
        sa.ForeignKeyConstraint(['written_by_id'], ['account.id'], name=op.f('fk_consultation_opinion_written_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_opinion')),
        sa.UniqueConstraint('consultation_id', 'agency_id',
            name=op.f('uq_consultation_opinion_consultation_id_agency_id'))
    )
    op.create_index(op.f('ix_consultation_opinion_agency_id'), 'consultation_opinion', ['agency_id'], unique=False)
    op.create_index(op.f('ix_consultation_opinion_consultation_id'), 'consultation_opinion', ['consultation_id'],
            unique=False)
    op.create_table('explanation',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('rule', sa.String(length=30), nullable=False),
        sa.Column('mark', sa.String(length=40), nullable=False),
        sa.Column('figures', sa.String(length=100), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_explanation_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_explanation_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_explanation_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_explanation'))
    )
    op.create_index(op.f('ix_explanation_case_id'), 'explanation', ['case_id'], unique=False)
    op.create_index(op.f('ix_explanation_union_id'), 'explanation', ['union_id'], unique=False)
    op.create_table('external_number',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('register', sa.String(length=20), nullable=False),
        sa.Column('number', sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_external_number_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_external_number')),
        sa.UniqueConstraint('case_id', 'register', name=op.f('uq_external_number_case_id_register'))
    )
    op.create_index(op.f('ix_external_number_case_id'), 'external_number', ['case_id'], unique=False)
    op.create_index(op.f('ix_external_number_number'), 'external_number', ['number'], unique=False)
    op.create_table('handover',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('agency_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('document_number', sa.String(length=100), nullable=False),
        sa.Column('case_number', sa.String(length=100), nullable=False),
        sa.Column('sent_on', sa.Date(), nullable=False),
        sa.Column('reply_due_on', sa.Date(), nullable=True),
        sa.Column('body_sealed', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('return_reason', sa.String(length=300), nullable=False),
        sa.Column('settled_by_id', BIG, nullable=True),
        sa.Column('draft_token', sa.String(length=40), nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_handover_agency_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_handover_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_handover_made_by_id')),
        sa.ForeignKeyConstraint(['settled_by_id'], ['account.id'], name=op.f('fk_handover_settled_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_handover_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_agency_id'), 'handover', ['agency_id'], unique=False)
    op.create_index(op.f('ix_handover_case_id'), 'handover', ['case_id'], unique=False)
    op.create_index(op.f('ix_handover_draft_token'), 'handover', ['draft_token'], unique=False)
    op.create_index(op.f('ix_handover_union_id'), 'handover', ['union_id'], unique=False)
    op.create_table('inquiry',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('asked_on', sa.Date(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('phone_sealed', sa.String(length=300), nullable=True),
        sa.Column('way', sa.String(length=10), nullable=False),
        sa.Column('topic', sa.String(length=20), nullable=False),
        sa.Column('people', sa.Integer(), server_default='1', nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('question', sa.Text(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('next_step', sa.String(length=10), server_default='', nullable=False),
        sa.Column('draft_token', sa.String(length=40), nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_inquiry_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_inquiry_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_inquiry_station_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_inquiry_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry'))
    )
    op.create_index(op.f('ix_inquiry_asked_on'), 'inquiry', ['asked_on'], unique=False)
    op.create_index(op.f('ix_inquiry_case_id'), 'inquiry', ['case_id'], unique=False)
    op.create_index(op.f('ix_inquiry_draft_token'), 'inquiry', ['draft_token'], unique=False)
    op.create_index(op.f('ix_inquiry_union_id'), 'inquiry', ['union_id'], unique=False)
    op.create_table('interruption',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('interrupted_on', sa.Date(), nullable=False),
        sa.Column('evidence', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_interruption_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_interruption'))
    )
    op.create_index(op.f('ix_interruption_case_id'), 'interruption', ['case_id'], unique=False)
    op.create_table('lead',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('employer_id', BIG, nullable=True),
        sa.Column('employer_told', sa.String(length=200), nullable=False),
        sa.Column('source', sa.String(length=12), nullable=False),
        sa.Column('risk', sa.String(length=20), nullable=False),
        sa.Column('found_on', sa.Date(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('settled_on', sa.Date(), nullable=True),
        sa.Column('settled_note', sa.String(length=300), nullable=False),
        sa.Column('draft_token', sa.String(length=40), nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_lead_case_id')),
        sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_lead_employer_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_lead_made_by_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_lead_station_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_lead_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lead'))
    )
    op.create_index(op.f('ix_lead_case_id'), 'lead', ['case_id'], unique=False)
    op.create_index(op.f('ix_lead_draft_token'), 'lead', ['draft_token'], unique=False)
    op.create_index(op.f('ix_lead_employer_id'), 'lead', ['employer_id'], unique=False)
    op.create_index(op.f('ix_lead_found_on'), 'lead', ['found_on'], unique=False)
    op.create_index(op.f('ix_lead_union_id'), 'lead', ['union_id'], unique=False)
    op.create_table('letter',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('employer_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=15), nullable=False),
        sa.Column('number', sa.String(length=80), nullable=False),
        sa.Column('sent_on', sa.Date(), nullable=False),
        sa.Column('agency_id', BIG, nullable=True),
        sa.Column('copies_to', sa.String(length=200), nullable=False),
        sa.Column('facts', sa.Text(), nullable=False),
        sa.Column('demand', sa.Text(), nullable=False),
        sa.Column('basis', sa.String(length=300), nullable=False),
        sa.Column('signer', sa.String(length=60), nullable=False),
        sa.Column('supervisors', sa.String(length=200), nullable=False),
        sa.Column('reply_due_on', sa.Date(), nullable=True),
        sa.Column('due_reason', sa.String(length=200), nullable=False),
        sa.Column('filing_due_on', sa.Date(), nullable=True),
        sa.Column('filed_on', sa.Date(), nullable=True),
        sa.Column('filing_note', sa.String(length=300), server_default='', nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('replied_on', sa.Date(), nullable=True),
        sa.Column('reply', sa.Text(), nullable=False),
        sa.Column('rectified_on', sa.Date(), nullable=True),
        sa.Column('reviewed_on', sa.Date(), nullable=True),
        sa.Column('review', sa.Text(), nullable=False),
        sa.Column('is_rectified', sa.Boolean(), nullable=True),
        sa.Column('follows_id', BIG, nullable=True),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_letter_agency_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_letter_case_id')),
        sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_letter_employer_id')),
        sa.ForeignKeyConstraint(['follows_id'], ['letter.id'], name=op.f('fk_letter_follows_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_letter_made_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_letter_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
        sa.UniqueConstraint('follows_id', name=op.f('uq_letter_follows_id'))
    )
    op.create_index(op.f('ix_letter_case_id'), 'letter', ['case_id'], unique=False)
    op.create_index(op.f('ix_letter_employer_id'), 'letter', ['employer_id'], unique=False)
    op.create_index(op.f('ix_letter_reply_due_on'), 'letter', ['reply_due_on'], unique=False)
    op.create_index(op.f('ix_letter_sent_on'), 'letter', ['sent_on'], unique=False)
    op.create_index(op.f('ix_letter_union_id'), 'letter', ['union_id'], unique=False)
    op.create_table('note',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('salt', sa.String(length=32), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('is_concession', sa.Boolean(), nullable=False),
        sa.Column('made_at', sa.DateTime(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('erased_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_note_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_note_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    op.create_index(op.f('ix_note_case_id'), 'note', ['case_id'], unique=False)
    op.create_table('paper',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('number', sa.String(length=80), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=True),
        sa.Column('given_on', sa.Date(), nullable=True),
        sa.Column('given_way', sa.String(length=20), nullable=False),
        sa.Column('given_to', sa.String(length=100), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_paper_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper'))
    )
    op.create_index(op.f('ix_paper_case_id'), 'paper', ['case_id'], unique=False)
    op.create_table('party',
        sa.Column('id', BIG, nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('side', sa.String(length=12), nullable=False),
        sa.Column('part', sa.String(length=20), nullable=False),
        sa.Column('is_person', sa.Boolean(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('name_other', sa.String(length=200), nullable=False),
        sa.Column('as_told', sa.String(length=300), nullable=False),
        sa.Column('site', sa.String(length=200), nullable=False),
        sa.Column('employer_id', BIG, nullable=True),
        sa.Column('headcount', sa.Integer(), nullable=False),
        sa.Column('phone_sealed', sa.String(length=300), nullable=True),
        sa.Column('phone_index', sa.String(length=32), nullable=True),
        sa.Column('phone_tail', sa.String(length=4), nullable=True),
        sa.Column('phone_note', sa.String(length=100), nullable=False),
        sa.Column('id_type', sa.String(length=20), nullable=False),
        sa.Column('identity_sealed', sa.String(length=300), nullable=True),
        sa.Column('identity_index', sa.String(length=32), nullable=True),
        sa.Column('identity_tail', sa.String(length=4), nullable=True),
        sa.Column('is_identity_seen', sa.Boolean(), nullable=False),
        sa.Column('account_sealed', sa.String(length=300), nullable=True),
        sa.Column('account_tail', sa.String(length=4), nullable=True),
        sa.Column('payee_name', sa.String(length=100), nullable=False),
        sa.Column('sex', sa.String(length=1), nullable=False),
        sa.Column('born_on', sa.Date(), nullable=True),
        sa.Column('ethnicity', sa.String(length=20), nullable=False),
        sa.Column('address', sa.String(length=200), nullable=False),
        sa.Column('language', sa.String(length=20), nullable=False),
        sa.Column('interpreter', sa.String(length=60), nullable=False),
        sa.Column('is_interpreter_needed', sa.Boolean(), nullable=False),
        sa.Column('acts_for_id', BIG, nullable=True),
        sa.Column('is_representative', sa.Boolean(), nullable=False),
        sa.Column('authority', sa.JSON(), nullable=False),
        sa.Column('removed_on', sa.Date(), nullable=True),
        sa.Column('removed_reason', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['acts_for_id'], ['party.id'], name=op.f('fk_party_acts_for_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_party_case_id')),
        sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_party_employer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_party'))
    )
    op.create_index(op.f('ix_party_case_id'), 'party', ['case_id'], unique=False)
    op.create_index(op.f('ix_party_employer_id'), 'party', ['employer_id'], unique=False)
    op.create_index(op.f('ix_party_identity_index'), 'party', ['identity_index'], unique=False)
    op.create_index(op.f('ix_party_name'), 'party', ['name'], unique=False)
    op.create_index(op.f('ix_party_phone_index'), 'party', ['phone_index'], unique=False)
    op.create_table('sample_case',
        sa.Column('id', BIG, nullable=False),
        sa.Column('sample_id', BIG, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('mark', sa.String(length=10), nullable=False),
        sa.Column('marked_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_sample_case_case_id')),
        sa.ForeignKeyConstraint(['sample_id'], ['sample.id'], name=op.f('fk_sample_case_sample_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_case')),
        sa.UniqueConstraint('sample_id', 'seq', name=op.f('uq_sample_case_sample_id_seq'))
    )
    op.create_index(op.f('ix_sample_case_case_id'), 'sample_case', ['case_id'], unique=False)
    op.create_index(op.f('ix_sample_case_sample_id'), 'sample_case', ['sample_id'], unique=False)
    op.create_table('scope_check',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('checked_on', sa.Date(), nullable=False),
        sa.Column('relation', sa.String(length=20), nullable=False),
        sa.Column('facts_on', sa.Date(), nullable=False),
        sa.Column('exclusion', sa.String(length=20), nullable=False),
        sa.Column('has_pension', sa.Boolean(), nullable=True),
        sa.Column('is_delayed', sa.Boolean(), nullable=False),
        sa.Column('verdict', sa.String(length=12), nullable=False),
        sa.Column('ground', sa.String(length=200), nullable=False),
        sa.Column('cites', sa.String(length=60), nullable=False),
        sa.Column('confidence', sa.String(length=1), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_scope_check_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_scope_check_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scope_check'))
    )
    op.create_index(op.f('ix_scope_check_case_id'), 'scope_check', ['case_id'], unique=False)
    op.create_table('search_gram',
        sa.Column('gram', sa.String(length=40), nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_search_gram_case_id')),
        sa.PrimaryKeyConstraint('gram', 'case_id', name=op.f('pk_search_gram')),
        sqlite_with_rowid=False
    )
    op.create_index('ix_search_gram_tail', 'search_gram', ['case_id'], unique=False,
            sqlite_where=sa.text("substr(gram, 1, 1) = '#'"), postgresql_where=sa.text("substr(gram, 1, 1) = '#'"))
    op.create_table('search_text',
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_search_text_case_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_search_text'))
    )
    op.create_table('side_procedure',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('applicant_on', sa.Date(), nullable=True),
        sa.Column('respondent_on', sa.Date(), nullable=True),
        sa.Column('requested_on', sa.Date(), nullable=False),
        sa.Column('accepted_on', sa.Date(), nullable=True),
        sa.Column('decided_on', sa.Date(), nullable=True),
        sa.Column('result', sa.String(length=20), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_side_procedure_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_side_procedure_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_side_procedure'))
    )
    op.create_index(op.f('ix_side_procedure_case_id'), 'side_procedure', ['case_id'], unique=False)
    op.create_table('agreement',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('form', sa.String(length=10), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=True),
        sa.Column('effective_on', sa.Date(), nullable=True),
        sa.Column('is_accelerated', sa.Boolean(), nullable=False),
        sa.Column('terms', sa.Text(), nullable=False),
        sa.Column('non_cash', sa.String(length=500), nullable=False),
        sa.Column('payer_party_id', BIG, nullable=True),
        sa.Column('total_fen', sa.BigInteger(), nullable=False),
        sa.Column('superseded_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_agreement_case_id')),
        sa.ForeignKeyConstraint(['payer_party_id'], ['party.id'], name=op.f('fk_agreement_payer_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement'))
    )
    op.create_index(op.f('ix_agreement_case_id'), 'agreement', ['case_id'], unique=False)
    op.create_table('attachment',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('commission_id', BIG, nullable=True),
        sa.Column('consultation_id', BIG, nullable=True),
        sa.Column('agency_id', BIG, nullable=True),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('stored_name', sa.String(length=40), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=5), nullable=False),
        sa.Column('added_at', sa.DateTime(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_attachment_agency_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_attachment_case_id')),
        sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_attachment_commission_id')),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_attachment_consultation_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_attachment_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
        sa.UniqueConstraint('stored_name', name=op.f('uq_attachment_stored_name'))
    )
    op.create_index(op.f('ix_attachment_case_id'), 'attachment', ['case_id'], unique=False)
    op.create_index(op.f('ix_attachment_commission_id'), 'attachment', ['commission_id'], unique=False)
    op.create_index(op.f('ix_attachment_consultation_id'), 'attachment', ['consultation_id'], unique=False)
    op.create_table('case_fact',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('procedure_id', BIG, nullable=True),
        sa.Column('fact', sa.String(length=30), nullable=False),
        sa.Column('fact_on', sa.Date(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('dropped_on', sa.Date(), nullable=True),
        sa.Column('dropped_reason', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_case_fact_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_case_fact_made_by_id')),
        sa.ForeignKeyConstraint(['procedure_id'], ['side_procedure.id'], name=op.f('fk_case_fact_procedure_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_fact'))
    )
    op.create_index(op.f('ix_case_fact_case_id'), 'case_fact', ['case_id'], unique=False)
    op.create_table('claim',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('head', sa.String(length=20), nullable=False),
        sa.Column('amount_fen', sa.BigInteger(), nullable=True),
        sa.Column('precision', sa.String(length=10), nullable=False),
        sa.Column('as_told', sa.String(length=100), nullable=False),
        sa.Column('from_told', sa.String(length=40), nullable=False),
        sa.Column('to_told', sa.String(length=40), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=False),
        sa.Column('dropped_on', sa.Date(), nullable=True),
        sa.Column('dropped_reason', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_claim_case_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_claim_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claim'))
    )
    op.create_index(op.f('ix_claim_case_id'), 'claim', ['case_id'], unique=False)
    op.create_index(op.f('ix_claim_party_id'), 'claim', ['party_id'], unique=False)
    op.create_table('contact',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=True),
        sa.Column('whom', sa.String(length=100), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('is_reached', sa.Boolean(), nullable=False),
        sa.Column('answer', sa.String(length=20), nullable=False),
        sa.Column('contacted_on', sa.Date(), nullable=False),
        sa.Column('contacted_time', sa.String(length=5), nullable=False),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('next_step', sa.String(length=200), nullable=False),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('is_next_done', sa.Boolean(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_contact_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_contact_made_by_id')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_contact_note_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_contact_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_index(op.f('ix_contact_case_id'), 'contact', ['case_id'], unique=False)
    op.create_index(op.f('ix_contact_next_on'), 'contact', ['next_on'], unique=False)
    op.create_index(op.f('ix_contact_party_id'), 'contact', ['party_id'], unique=False)
    op.create_table('handover_file',
        sa.Column('id', BIG, nullable=False),
        sa.Column('handover_id', BIG, nullable=False),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('stored_name', sa.String(length=40), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=5), nullable=False),
        sa.Column('added_at', sa.DateTime(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_file_handover_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_handover_file_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_file')),
        sa.UniqueConstraint('stored_name', name=op.f('uq_handover_file_stored_name'))
    )
    op.create_index(op.f('ix_handover_file_handover_id'), 'handover_file', ['handover_id'], unique=False)
    op.create_table('hearing',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('held_time', sa.String(length=5), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=True),
        sa.Column('place', sa.String(length=100), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('present', sa.JSON(), nullable=False),
        sa.Column('others', sa.String(length=300), nullable=False),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('concession_note_id', BIG, nullable=True),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('next_time', sa.String(length=5), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_hearing_case_id')),
        sa.ForeignKeyConstraint(['concession_note_id'], ['note.id'], name=op.f('fk_hearing_concession_note_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_hearing_made_by_id')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_hearing_note_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing'))
    )
    op.create_index(op.f('ix_hearing_case_id'), 'hearing', ['case_id'], unique=False)
    op.create_index(op.f('ix_hearing_next_on'), 'hearing', ['next_on'], unique=False)
    op.create_table('payment',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('paid_on', sa.Date(), nullable=True),
        sa.Column('paid_told', sa.String(length=60), nullable=False),
        sa.Column('amount_fen', sa.BigInteger(), nullable=False),
        sa.Column('payer_party_id', BIG, nullable=True),
        sa.Column('payer_name', sa.String(length=100), nullable=False),
        sa.Column('payer_kind', sa.String(length=20), nullable=False),
        sa.Column('direction', sa.String(length=20), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('proof', sa.String(length=20), nullable=False),
        sa.Column('proof_note', sa.String(length=200), nullable=False),
        sa.Column('reverses_id', BIG, nullable=True),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('entered_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_payment_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_payment_made_by_id')),
        sa.ForeignKeyConstraint(['payer_party_id'], ['party.id'], name=op.f('fk_payment_payer_party_id')),
        sa.ForeignKeyConstraint(['reverses_id'], ['payment.id'], name=op.f('fk_payment_reverses_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
        sa.UniqueConstraint('reverses_id', name=op.f('uq_payment_reverses_id'))
    )
    op.create_index(op.f('ix_payment_case_id'), 'payment', ['case_id'], unique=False)
    op.create_index(op.f('ix_payment_paid_on'), 'payment', ['paid_on'], unique=False)
    op.create_table('supervision',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('to_id', BIG, nullable=True),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('answer_note_id', BIG, nullable=True),
        sa.Column('answered_by_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['answer_note_id'], ['note.id'], name=op.f('fk_supervision_answer_note_id')),
        sa.ForeignKeyConstraint(['answered_by_id'], ['account.id'], name=op.f('fk_supervision_answered_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_supervision_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_supervision_made_by_id')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_supervision_note_id')),
        sa.ForeignKeyConstraint(['to_id'], ['account.id'], name=op.f('fk_supervision_to_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision'))
    )
    op.create_index(op.f('ix_supervision_case_id'), 'supervision', ['case_id'], unique=False)
    op.create_index(op.f('ix_supervision_to_id'), 'supervision', ['to_id'], unique=False)
    op.create_index('ix_supervision_unanswered', 'supervision', ['case_id'], unique=False,
            sqlite_where=sa.text('answered_on IS NULL'), postgresql_where=sa.text('answered_on IS NULL'))
    op.create_table('visit',
        sa.Column('id', BIG, nullable=False),
        sa.Column('case_id', BIG, nullable=False),
        sa.Column('visited_on', sa.Date(), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('party_id', BIG, nullable=True),
        sa.Column('satisfaction', sa.String(length=20), nullable=False),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_visit_case_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_visit_made_by_id')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_visit_note_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_visit_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    op.create_index(op.f('ix_visit_case_id'), 'visit', ['case_id'], unique=False)
    op.create_index(op.f('ix_visit_next_on'), 'visit', ['next_on'], unique=False)
    op.create_table('agreement_item',
        sa.Column('id', BIG, nullable=False),
        sa.Column('agreement_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('head', sa.String(length=20), nullable=False),
        sa.Column('amount_fen', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_agreement_item_agreement_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_agreement_item_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_item'))
    )
    op.create_index(op.f('ix_agreement_item_agreement_id'), 'agreement_item', ['agreement_id'], unique=False)
    op.create_index(op.f('ix_agreement_item_party_id'), 'agreement_item', ['party_id'], unique=False)
    op.create_table('consent',
        sa.Column('id', BIG, nullable=False),
        sa.Column('agreement_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('consented_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_consent_agreement_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_consent_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_agreement_id'), 'consent', ['agreement_id'], unique=False)
    op.create_index(op.f('ix_consent_party_id'), 'consent', ['party_id'], unique=False)
    op.create_table('finding',
        sa.Column('id', BIG, nullable=False),
        sa.Column('station_id', BIG, nullable=False),
        sa.Column('subject', sa.String(length=10), nullable=False),
        sa.Column('reference', sa.String(length=100), nullable=False),
        sa.Column('case_id', BIG, nullable=True),
        sa.Column('payment_id', BIG, nullable=True),
        sa.Column('topic', sa.String(length=12), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('noted_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['dispute.id'], name=op.f('fk_finding_case_id')),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_finding_payment_id')),
        sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_finding_station_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    op.create_index(op.f('ix_finding_case_id'), 'finding', ['case_id'], unique=False)
    op.create_index(op.f('ix_finding_state'), 'finding', ['state'], unique=False)
    op.create_index(op.f('ix_finding_station_id'), 'finding', ['station_id'], unique=False)
    op.create_table('instalment',
        sa.Column('id', BIG, nullable=False),
        sa.Column('agreement_id', BIG, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('due_told', sa.String(length=60), nullable=False),
        sa.Column('amount_fen', sa.BigInteger(), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_instalment_agreement_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment'))
    )
    op.create_index(op.f('ix_instalment_agreement_id'), 'instalment', ['agreement_id'], unique=False)
    op.create_index(op.f('ix_instalment_due_on'), 'instalment', ['due_on'], unique=False)
    op.create_table('reconciliation',
        sa.Column('id', BIG, nullable=False),
        sa.Column('payment_id', BIG, nullable=False),
        sa.Column('compared', sa.JSON(), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('checked_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('withdrawn_on', sa.Date(), nullable=True),
        sa.Column('withdrawn_by_id', BIG, nullable=True),
        sa.Column('withdrawn_reason', sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_reconciliation_made_by_id')),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_reconciliation_payment_id')),
        sa.ForeignKeyConstraint(['withdrawn_by_id'], ['account.id'], name=op.f('fk_reconciliation_withdrawn_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation'))
    )
    op.create_index(op.f('ix_reconciliation_payment_id'), 'reconciliation', ['payment_id'], unique=False)
    op.create_index('uq_reconciliation_standing', 'reconciliation', ['payment_id'], unique=True,
            sqlite_where=sa.text('withdrawn_on IS NULL'), postgresql_where=sa.text('withdrawn_on IS NULL'))
    op.create_table('signature',
        sa.Column('id', BIG, nullable=False),
        sa.Column('agreement_id', BIG, nullable=False),
        sa.Column('signer', sa.String(length=12), nullable=False),
        sa.Column('party_id', BIG, nullable=True),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('witness', sa.String(length=60), nullable=False),
        sa.Column('signed_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_signature_agreement_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_signature_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signature'))
    )
    op.create_index(op.f('ix_signature_agreement_id'), 'signature', ['agreement_id'], unique=False)
    op.create_table('finding_step',
        sa.Column('id', BIG, nullable=False),
        sa.Column('finding_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('note_id', BIG, nullable=False),
        sa.Column('done_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_finding_step_finding_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_finding_step_made_by_id')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_finding_step_note_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_step'))
    )
    op.create_index(op.f('ix_finding_step_finding_id'), 'finding_step', ['finding_id'], unique=False)
    op.create_table('instalment_share',
        sa.Column('id', BIG, nullable=False),
        sa.Column('instalment_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('amount_fen', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['instalment_id'], ['instalment.id'], name=op.f('fk_instalment_share_instalment_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_instalment_share_party_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment_share'))
    )
    op.create_index(op.f('ix_instalment_share_instalment_id'), 'instalment_share', ['instalment_id'], unique=False)
    op.create_index(op.f('ix_instalment_share_party_id'), 'instalment_share', ['party_id'], unique=False)
    op.create_table('payment_share',
        sa.Column('id', BIG, nullable=False),
        sa.Column('payment_id', BIG, nullable=False),
        sa.Column('party_id', BIG, nullable=False),
        sa.Column('instalment_id', BIG, nullable=True),
        sa.Column('amount_fen', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['instalment_id'], ['instalment.id'], name=op.f('fk_payment_share_instalment_id')),
        sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_payment_share_party_id')),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_share_payment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_share'))
    )
    op.create_index(op.f('ix_payment_share_instalment_id'), 'payment_share', ['instalment_id'], unique=False)
    op.create_index(op.f('ix_payment_share_party_id'), 'payment_share', ['party_id'], unique=False)
    op.create_index(op.f('ix_payment_share_payment_id'), 'payment_share', ['payment_id'], unique=False)
    op.create_table('period_closing',
        sa.Column('id', BIG, nullable=False),
        sa.Column('union_id', BIG, nullable=False),
        sa.Column('period', sa.String(length=20), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('closed_at', sa.DateTime(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=False),
        sa.Column('made_by_id', BIG, nullable=False),
        sa.Column('last_event_id', BIG, nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('explained', sa.Integer(), nullable=False),
        sa.Column('reopened_on', sa.Date(), nullable=True),
        sa.Column('reopened_by_id', BIG, nullable=True),
        sa.Column('reopened_reason', sa.String(length=300), nullable=False),
        sa.Column('finding_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_period_closing_finding_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_period_closing_made_by_id')),
        sa.ForeignKeyConstraint(['reopened_by_id'], ['account.id'], name=op.f('fk_period_closing_reopened_by_id')),
        sa.ForeignKeyConstraint(['union_id'], ['station.id'], name=op.f('fk_period_closing_union_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_period_closing'))
    )
    op.create_index(op.f('ix_period_closing_union_id'), 'period_closing', ['union_id'], unique=False)
    op.create_index('uq_period_closing_standing', 'period_closing', ['union_id', 'period'], unique=True,
            sqlite_where=sa.text('reopened_on IS NULL'), postgresql_where=sa.text('reopened_on IS NULL'))
    guard_appended(op.get_bind())


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
