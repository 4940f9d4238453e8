"""sums of money and days"""
import re

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_ACCEPTED = """c.outcome <> 'DUPLICATE' AND (c.accepted_on IS NOT NULL OR (c.is_late_entry
    AND c.outcome NOT IN ('NOT_ACCEPTED', 'REFUSED_BY_PARTY', 'UNREACHABLE', 'DUPLICATE')
    AND c.state NOT IN ('REGISTERED', 'CONSENT_PENDING')))"""
IS_RATED = "c.outcome NOT IN ('', 'NOT_ACCEPTED', 'REFUSED_BY_PARTY', 'UNREACHABLE') AND " + IS_ACCEPTED
IS_TRACED = "c.received_on IS NOT NULL AND (c.outcome = '' OR c.concluded_on IS NOT NULL)"
IS_WON = "c.outcome IN ('AGREED', 'SETTLED')"
IN_FORCE = "a.case_id = c.id AND a.superseded_on IS NULL"


def one(where):
    return f"CASE WHEN {where} THEN 1 ELSE 0 END"


def fen(name):
    return f"CASE WHEN c.{name} > 0 THEN c.{name} ELSE 0 END"


# What a row adds to the month of a day of it; c is the case, a its agreement in force.
DAYS = (
    ("c.received_on", "", {
        "registered": "1", "came": one(IS_TRACED), "declined": one("c.outcome = 'NOT_ACCEPTED'"),
        "refused": one("c.outcome = 'REFUSED_BY_PARTY'"), "unreachable": one("c.outcome = 'UNREACHABLE'")}),
    ("c.accepted_on", IS_ACCEPTED, {
        "accepted": "1", "workers": "c.headcount", "claimed_fen": "COALESCE(c.claimed_fen, 0)", "settled": one(IS_WON),
        "group_cases": one("c.is_group"), "group_workers": "CASE WHEN c.is_group THEN c.headcount ELSE 0 END",
        "owing": one("c.outstanding_fen > 0"), "owing_fen": fen("outstanding_fen")}),
    ("c.concluded_on", "c.outcome <> ''", {
        "concluded": one(IS_RATED), "won": one(f"{IS_RATED} AND {IS_WON}"),
        "agreed": one(f"{IS_RATED} AND c.outcome = 'AGREED'"), "ended": one(IS_TRACED)}),
    ("c.closed_on", "c.is_open = 0", {
        "closed": "1", "closed_dated": one("c.received_on IS NOT NULL AND c.closed_on IS NOT NULL")}))
MONEY = (
    ("a.effective_on", IN_FORCE, {
        "agreements": "1", "agreed_fen": "c.bound_fen", "promised": one("c.bound_fen > 0"),
        "performed": one("c.bound_fen > 0 AND c.unpaid_fen = 0"),
        "performed_fen": "CASE WHEN c.bound_fen > 0 AND c.unpaid_fen = 0 THEN c.bound_fen ELSE 0 END",
        "waiting": one("c.outstanding_fen > 0"), "waiting_fen": fen("outstanding_fen")}),
    ("c.accepted_on", f"{IN_FORCE} AND {IS_ACCEPTED}", {
        "cohort_agreements": "1", "cohort_agreed_fen": "c.bound_fen"}))
# What of the cases of a month is of one kind, was closed after so many days, or was received on one day and is open.
PARTS = (
    ("c.accepted_on", IS_ACCEPTED, {"what": "'kind'", "part": "c.main_head", "cases": "1"}),
    ("c.closed_on", "c.is_open = 0 AND c.received_on IS NOT NULL AND c.closed_on IS NOT NULL", {
        "what": "'took'", "part": "{took}", "cases": "1"}),
    ("c.received_on", "c.received_on IS NOT NULL AND c.outcome = ''", {
        "what": "'open'", "part": "{day}", "cases": "1"}))
PLACE = ("union_id", "station_id", "accepted_station_id", "voided_on")
COUNTS = ("received_on", "accepted_on", "concluded_on", "closed_on", "is_open", "outcome", "state", "is_late_entry")
# By trigger: the table that keeps it, what is added up, and which columns of which table change it.
GROUPS = {
    "sum": ("month_sum", DAYS, {"dispute": (*PLACE, *COUNTS, "headcount", "claimed_fen", "is_group",
                                            "outstanding_fen")}),
    "sum_money": ("month_sum", MONEY, {
        "dispute": (*PLACE, "accepted_on", "outcome", "state", "is_late_entry", "bound_fen", "unpaid_fen",
                    "outstanding_fen"),
        "agreement": ("case_id", "effective_on", "superseded_on")}),
    "sum_part": ("month_part", PARTS, {"dispute": (*PLACE, *COUNTS, "main_head")})}
ALIAS = {"dispute": "c", "agreement": "a", "instalment": "i", "payment": "p"}
KEYS = {"month_sum": ("union_id", "month", "station_id", "holder_id"),
        "month_part": ("union_id", "what", "month", "part", "station_id", "holder_id")}
COLUMNS = {"month_sum": tuple(name for _day, _where, columns in (*DAYS, *MONEY) for name in columns),
           "month_part": ("cases",)}
EVERYWHERE = {"union_id": "0", "station_id": "0", "holder_id": "0"}  # of all unions together
MONTH = {"sqlite": "COALESCE(CAST(strftime('%Y%m', {day}) AS INTEGER), 0)",
         "postgresql": "COALESCE(CAST(to_char({day}, 'YYYYMM') AS INTEGER), 0)"}
WORDS = {"sqlite": {"{took}": "CAST(CAST(julianday(c.closed_on) - julianday(c.received_on) AS INTEGER) AS TEXT)",
                    "{day}": "strftime('%d', {day})"},
         "postgresql": {"{took}": "CAST(c.closed_on - c.received_on AS TEXT)", "{day}": "to_char({day}, 'DD')"}}
WRITER = {"sqlite": "0", "postgresql": "pg_backend_pid()"}
OTHER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def added(engine, group, signs, of=""):
    """Add what rows of a table (``of``; of all together where none is named) come to, each with its sign."""
    target, parts, _tables = group
    keys, columns = KEYS[target], tuple(dict.fromkeys(
        name for _day, _where, found in parts for name in found if name not in KEYS[target]))
    found = [told(engine, group, part, columns, row, sign, of) for row, sign in signs.items() for part in parts]
    levels = ", ".join(f"CASE WHEN level = 0 THEN {EVERYWHERE[name]} ELSE {name} END AS {name}" if name in EVERYWHERE
                       else name for name in keys)
    sums = ", ".join(f"SUM({name}) AS {name}" for name in columns)
    is_any = " OR ".join(f"SUM({name}) <> 0" for name in columns)
    kept = ", ".join(f"{name} = {target}.{name} + excluded.{name}" for name in columns)
    at = ", ".join(map(str, range(1, len(keys) + 1)))
    return (f"INSERT INTO {target} ({', '.join(keys)}, writer, {', '.join(columns)}) SELECT {levels}, {WRITER[engine]}, "
            f"{sums} FROM ({' UNION ALL '.join(found)}) AS found CROSS JOIN (SELECT 0 AS level UNION ALL SELECT 1) "
            f"AS levels WHERE true GROUP BY {at} HAVING {is_any} "
            f"ON CONFLICT ({', '.join(keys)}, writer) DO UPDATE SET {kept}")


def told(engine, group, part, columns, row, sign, of):
    target, _parts, tables = group
    day, where, found = part
    others = [f"{name} AS {ALIAS[name]}" for name in tables if name != of]
    source = f"FROM {', '.join(others)}" if others else ""
    keys = {"union_id": "c.union_id", "month": MONTH[engine].format(day=day), "station_id": "c.station_id",
            "holder_id": "COALESCE(c.accepted_station_id, c.station_id)", **found}
    values = ", ".join([*(f"{keys[name]} AS {name}" for name in KEYS[target]),
                        *(f"{sign} * ({found.get(name, '0')}) AS {name}" for name in columns)])
    text = f"SELECT {values} {source} WHERE " + " AND ".join(filter(None, ("c.voided_on IS NULL", where)))
    for word, said in WORDS[engine].items():
        text = text.replace(word, said.format(day=day))
    return re.sub(rf"\b{ALIAS[of]}\.", f"{row}.", text) if of else text


def acts(engine, group, table, looked_at):
    """When a trigger of a table acts, and what it does."""
    changed = " OR ".join(f"OLD.{name} {OTHER[engine]} NEW.{name}" for name in looked_at)
    yield "insert", "INSERT", "", added(engine, group, {"NEW": 1}, table)
    yield "delete", "DELETE", "", added(engine, group, {"OLD": -1}, table)
    yield "update", f"UPDATE OF {', '.join(looked_at)}", f"WHEN ({changed})", added(
        engine, group, {"OLD": -1, "NEW": 1}, table)


def keep(engine, run, label, group):
    """Add up all that is there, and from here on whatever changes."""
    run(added(engine, group, {"": 1}))
    for table, looked_at in group[2].items():
        for act, event, when, body in acts(engine, group, table, looked_at):
            name = f"{label}_{table}_{act}"
            if engine == "sqlite":
                run(f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} BEGIN {body}; END")
                continue
            run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
            run(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")


def upgrade():
    engine = op.get_bind().dialect.name
    run = op.get_bind().exec_driver_sql
    for act in ("insert", "update", "delete"):
        run(f"DROP TRIGGER sum_{act}" + (" ON dispute" if engine == "postgresql" else ""))
        if engine == "postgresql":
            run(f"DROP FUNCTION sum_{act}()")
    op.drop_table("month_sum")
    for table, keys in KEYS.items():
        texts = {"what": sa.String(8), "part": sa.String(20)}
        op.create_table(
            table,
            *(sa.Column(name, texts.get(name, BIG), nullable=False, autoincrement=False) for name in (*keys, "writer")),
            *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in COLUMNS[table]),
            sa.PrimaryKeyConstraint(*keys, "writer", name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False)
    is_pause = sa.text("kind = 'pause'")
    op.create_index("ix_clock_change_pause", "clock_change", ["case_id", "rule", "from_on", "to_on"],
                    sqlite_where=is_pause, postgresql_where=is_pause)
    for label, group in GROUPS.items():
        keep(engine, run, label, group)


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
