"""sums by station and month"""
import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What a case adds to the month of each of its days. {r} is the row: the case, or OLD and NEW of a trigger.
WAS_ACCEPTED = """({r}.accepted_on IS NOT NULL OR ({r}.is_late_entry
    AND {r}.outcome NOT IN ('NOT_ACCEPTED', 'REFUSED_BY_PARTY', 'UNREACHABLE', 'DUPLICATE')
    AND {r}.state NOT IN ('REGISTERED', 'CONSENT_PENDING')))"""
IS_RATED = """({r}.outcome NOT IN ('', 'NOT_ACCEPTED', 'REFUSED_BY_PARTY', 'UNREACHABLE', 'DUPLICATE')
    AND """ + WAS_ACCEPTED + ")"
IS_TRACED = "({r}.received_on IS NOT NULL AND ({r}.outcome = '' OR {r}.concluded_on IS NOT NULL))"
IS_WON = "{r}.outcome IN ('AGREED', 'SETTLED')"
DAYS = {
    "received_on": ("{r}.voided_on IS NULL", {
        "registered": "1", "came": f"CASE WHEN {IS_TRACED} THEN 1 ELSE 0 END",
        "declined": "CASE WHEN {r}.outcome = 'NOT_ACCEPTED' THEN 1 ELSE 0 END",
        "refused": "CASE WHEN {r}.outcome = 'REFUSED_BY_PARTY' THEN 1 ELSE 0 END",
        "unreachable": "CASE WHEN {r}.outcome = 'UNREACHABLE' THEN 1 ELSE 0 END"}),
    "accepted_on": ("{r}.voided_on IS NULL AND {r}.outcome <> 'DUPLICATE' AND " + WAS_ACCEPTED, {
        "accepted": "1", "workers": "{r}.headcount", "claimed_fen": "COALESCE({r}.claimed_fen, 0)",
        "settled": f"CASE WHEN {IS_WON} THEN 1 ELSE 0 END", "group_cases": "CASE WHEN {r}.is_group THEN 1 ELSE 0 END",
        "group_workers": "CASE WHEN {r}.is_group THEN {r}.headcount ELSE 0 END",
        "owing": "CASE WHEN {r}.outstanding_fen > 0 THEN 1 ELSE 0 END",
        "owing_fen": "CASE WHEN {r}.outstanding_fen > 0 THEN {r}.outstanding_fen ELSE 0 END"}),
    "concluded_on": ("{r}.voided_on IS NULL AND {r}.outcome <> ''", {
        "concluded": f"CASE WHEN {IS_RATED} THEN 1 ELSE 0 END",
        "won": f"CASE WHEN {IS_RATED} AND {IS_WON} THEN 1 ELSE 0 END",
        "agreed": f"CASE WHEN {IS_RATED} AND {{r}}.outcome = 'AGREED' THEN 1 ELSE 0 END",
        "ended": f"CASE WHEN {IS_TRACED} THEN 1 ELSE 0 END"}),
    "closed_on": ("{r}.voided_on IS NULL AND {r}.is_open = 0", {
        "closed": "1",
        "closed_dated": "CASE WHEN {r}.received_on IS NOT NULL AND {r}.closed_on IS NOT NULL THEN 1 ELSE 0 END"}),
}
COLUMNS = [name for _where, columns in DAYS.values() for name in columns]
KEYS = "union_id, month, station_id, holder_id"
LOOKED_AT = ("union_id", "station_id", "accepted_station_id", "voided_on", *DAYS, "is_open", "outcome", "state",
             "is_late_entry", "headcount", "claimed_fen", "is_group", "outstanding_fen")
MONTH = {"sqlite": "COALESCE(CAST(strftime('%Y%m', {day}) AS INTEGER), 0)",
         "postgresql": "COALESCE(CAST(to_char({day}, 'YYYYMM') AS INTEGER), 0)"}
WRITER = {"sqlite": "0", "postgresql": "pg_backend_pid()"}
OTHER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def added(engine: str, signs: dict[str, int], source: str = "") -> str:
    """Add what rows come to, each with its sign, to the sums of the months."""
    parts = []
    for row, sign in signs.items():
        for day, (where, columns) in DAYS.items():
            values = ", ".join(f"{columns.get(name, '0')} AS {name}" for name in COLUMNS)
            month = MONTH[engine].format(day=f"{row}.{day}")
            parts.append(f"SELECT {sign} AS sign, {row}.union_id AS union_id, {month} AS month, {row}.station_id AS "
                         f"station_id, COALESCE({row}.accepted_station_id, {row}.station_id) AS holder_id, "
                         f"{values} {source} WHERE {where}".replace("{r}", row))
    sums = ", ".join(f"SUM(sign * {name})" for name in COLUMNS)
    is_any = " OR ".join(f"SUM(sign * {name}) <> 0" for name in COLUMNS)
    kept = ", ".join(f"{name} = month_sum.{name} + excluded.{name}" for name in COLUMNS)
    return (f"INSERT INTO month_sum ({KEYS}, writer, {', '.join(COLUMNS)}) SELECT {KEYS}, {WRITER[engine]}, {sums} "
            f"FROM ({' UNION ALL '.join(parts)}) AS rows_of_days WHERE true GROUP BY {KEYS} HAVING {is_any} "
            f"ON CONFLICT ({KEYS}, writer) DO UPDATE SET {kept}")


def upgrade():
    op.create_table(
        'month_sum',
        *(sa.Column(name, BIG, nullable=False, autoincrement=False)
          for name in ('union_id', 'month', 'station_id', 'holder_id', 'writer')),
        *(sa.Column(name, sa.BigInteger(), server_default='0', nullable=False) for name in COLUMNS),
        sa.PrimaryKeyConstraint('union_id', 'month', 'station_id', 'holder_id', 'writer', name=op.f('pk_month_sum')))
    engine = op.get_bind().dialect.name
    run = op.get_bind().exec_driver_sql
    run(added(engine, {"dispute": 1}, "FROM dispute"))
    changed = " OR ".join(f"OLD.{name} {OTHER[engine]} NEW.{name}" for name in LOOKED_AT)
    acts = {"insert": ("INSERT", "", {"NEW": 1}), "delete": ("DELETE", "", {"OLD": -1}),
            "update": (f"UPDATE OF {', '.join(LOOKED_AT)}", f"WHEN ({changed})", {"OLD": -1, "NEW": 1})}
    for name, (act, when, signs) in acts.items():
        if engine == "sqlite":
            run(f"CREATE TRIGGER sum_{name} AFTER {act} ON dispute {when} BEGIN {added(engine, signs)}; END")
            continue
        run(f"CREATE FUNCTION sum_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {added(engine, signs)}; RETURN NULL; END $$")
        run(f"CREATE TRIGGER sum_{name} AFTER {act} ON dispute FOR EACH ROW {when} EXECUTE FUNCTION sum_{name}()")


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
