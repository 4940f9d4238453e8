"""sums of payments and instalments"""
from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

sums = import_module("mediation.migrations.versions.0032_sums_of_money_and_days")
COUNTS = ("p.case_id = c.id AND p.direction = 'to_worker' AND p.way <> 'goods' AND "
          "p.proof IN ('bank_slip', 'transfer_record', 'receipt', 'worker_word', 'published', 'register')")
IN_FORCE = "i.agreement_id = a.id AND a.case_id = c.id AND i.due_on IS NOT NULL AND "
ARRIVED = (
    ("p.paid_on", COUNTS, {"arrivals": "1", "arrived_fen": "p.amount_fen - p.back_fen"}),
    ("c.accepted_on", f"{COUNTS} AND {sums.IS_ACCEPTED}", {
        "cohort_arrivals": "1", "cohort_arrived_fen": "p.amount_fen - p.back_fen"}))
DUE = (("c.accepted_on", f"{IN_FORCE}i.bound_fen <> 0 AND {sums.IS_ACCEPTED}", {"dues": "1", "due_fen": "i.bound_fen"}),)
LATE = (("i.due_on", f"{IN_FORCE}i.bound_fen > i.paid_fen", {
    "what": "'late'", "part": "{day}", "cases": "1", "fen": "i.bound_fen - i.paid_fen"}),)
ACCEPTED = (*sums.PLACE, "accepted_on", "outcome", "state", "is_late_entry")
GROUPS = {
    "sum_paid": ("month_sum", ARRIVED, {"dispute": ACCEPTED, "payment": (
        "case_id", "paid_on", "amount_fen", "back_fen", "direction", "way", "proof")}),
    "sum_due": ("month_sum", DUE, {"dispute": ACCEPTED, "agreement": ("case_id",), "instalment": (
        "agreement_id", "due_on", "bound_fen")}),
    "sum_late": ("month_part", LATE, {"dispute": sums.PLACE, "agreement": ("case_id",), "instalment": (
        "agreement_id", "due_on", "bound_fen", "paid_fen")})}
BIG = {"server_default": "0", "nullable": False}
# What the agreement in force promises those whom it binds, and what of it is paid, each worker's money filling his
# earliest instalments first. Plans with payers of their own, and what went back, are set right after the upgrade.
BOUND = """WITH part AS (
    SELECT instalment.id, instalment.due_on, instalment.seq, agreement.case_id, instalment_share.party_id,
        instalment_share.amount_fen AS fen
    FROM agreement JOIN instalment ON instalment.agreement_id = agreement.id
    JOIN instalment_share ON instalment_share.instalment_id = instalment.id
    WHERE agreement.superseded_on IS NULL AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.agreement_id = agreement.id
        AND consent.party_id = instalment_share.party_id AND consent.consented_on IS NULL)),
came AS (
    SELECT payment.case_id, payment_share.party_id, SUM(CASE WHEN payment.direction = 'to_employer'
        THEN -payment_share.amount_fen ELSE payment_share.amount_fen END) AS fen
    FROM payment JOIN payment_share ON payment_share.payment_id = payment.id
    WHERE payment.proof <> 'said' AND payment.way <> 'goods' AND payment.payer_kind <> 'fund'
    GROUP BY payment.case_id, payment_share.party_id),
filled AS (
    SELECT part.id, part.fen, COALESCE(came.fen, 0) - SUM(part.fen) OVER (
        PARTITION BY part.case_id, part.party_id ORDER BY COALESCE(part.due_on, {never}), part.seq, part.id
        ROWS UNBOUNDED PRECEDING) + part.fen AS rest
    FROM part LEFT JOIN came ON came.case_id = part.case_id AND came.party_id = part.party_id),
sums AS (
    SELECT id, SUM(fen) AS bound, SUM(CASE WHEN rest <= 0 THEN 0 WHEN rest >= fen THEN fen ELSE rest END) AS paid
    FROM filled GROUP BY id)
UPDATE instalment SET bound_fen = sums.bound, paid_fen = sums.paid FROM sums WHERE sums.id = instalment.id"""
NEVER = {"sqlite": "'9999-12-31'", "postgresql": "DATE '9999-12-31'"}


def upgrade():
    engine = op.get_bind().dialect.name
    for table, name in (("instalment", "bound_fen"), ("instalment", "paid_fen"), ("payment", "back_fen"),
                        ("month_part", "fen"), *(("month_sum", name) for _day, _where, columns in (*ARRIVED, *DUE)
                                                 for name in columns)):
        op.add_column(table, sa.Column(name, sa.BigInteger(), **BIG))
    run = op.get_bind().exec_driver_sql
    run(BOUND.format(never=NEVER[engine]))
    for label, group in GROUPS.items():
        sums.keep(engine, run, label, group)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
