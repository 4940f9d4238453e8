"""counts of open cases"""
import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

WHAT = "is_open union_id station_id handler_id state outcome is_late_entry is_sealed voided_on next_due_on touched_at"
KEY = "station_id, span, day_on, handler_id, kind, union_id"
NEVER, NEVER_MONTH = "9999-12-31", "9999-12-01"
# {r}: the row of a case; its state with its marks, and the day since which it rests.
KIND = "{r}.state || CASE WHEN {r}.outcome <> '' THEN '+' ELSE '' END || CASE WHEN {late} THEN '~' ELSE '' END"
SQLITE = {
    "counts": "{r}.is_open = 1 AND {r}.is_sealed = 0 AND {r}.voided_on IS NULL", "late": "{r}.is_late_entry = 1",
    "due": "coalesce({r}.next_due_on, '" + NEVER + "')",
    "rests": "CASE WHEN {r}.state = 'PERFORMING' THEN max(date({r}.touched_at, '+8 hours', '+14 days'), "
             "coalesce({r}.next_due_on, '" + NEVER + "')) ELSE date({r}.touched_at, '+8 hours', '+14 days') END",
    "month": "substr({day}, 1, 7) || '-01'"}
POSTGRESQL = {
    "counts": "{r}.is_open = 1 AND NOT {r}.is_sealed AND {r}.voided_on IS NULL", "late": "{r}.is_late_entry",
    "due": "coalesce({r}.next_due_on, DATE '" + NEVER + "')",
    "rests": "CASE WHEN {r}.state = 'PERFORMING' THEN greatest(({r}.touched_at + interval '8 hours')::date + 14, "
             "coalesce({r}.next_due_on, DATE '" + NEVER + "')) ELSE ({r}.touched_at + interval '8 hours')::date + 14 END",
    "month": "date_trunc('month', {day})::date"}

# The first call of a case that was planned and not followed by a contact that settles it, or its next visit.
CALLS = """UPDATE dispute SET call_on = (SELECT min(plans.next_on) FROM (
    SELECT contact.next_on FROM contact WHERE contact.case_id = dispute.id AND contact.next_on IS NOT NULL
        AND contact.is_next_done = {no} AND NOT EXISTS (SELECT 1 FROM contact AS later
            WHERE later.case_id = contact.case_id AND later.id > contact.id
            AND coalesce(later.party_id, 0) = coalesce(contact.party_id, 0)
            AND (later.is_reached = {yes} OR later.way <> 'message' OR later.next_on IS NOT NULL))
    UNION ALL SELECT visit.next_on FROM visit WHERE visit.case_id = dispute.id AND visit.next_on IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM visit AS later WHERE later.case_id = visit.case_id AND later.id > visit.id)
    ) AS plans)
    WHERE id IN (SELECT case_id FROM contact WHERE next_on IS NOT NULL
        UNION SELECT case_id FROM visit WHERE next_on IS NOT NULL)"""


def rows(words, row, n, source=""):
    """The four rows of a case: by its deadline and by its rest, of the day and of the month."""
    kind = KIND.replace("{late}", words["late"])
    parts = []
    for name, day, where in ((kind, words["due"], words["counts"]),
                             ("'RESTING'", words["rests"], words["counts"] + f" AND NOT ({words['late']})")):
        for span, on in (("d", day), ("m", words["month"].replace("{day}", day))):
            parts.append(f"SELECT {{r}}.station_id AS station_id, '{span}' AS span, {on} AS day_on, "
                         f"coalesce({{r}}.handler_id, 0) AS handler_id, {name} AS kind, {{r}}.union_id AS union_id, "
                         f"{n} AS cases {source} WHERE {where}")
    return " UNION ALL ".join(parts).replace("{r}", row)


def change(words, *parts):
    """Add what a change adds and take away what it takes away; in the order of the key, so that two changes at once
    wait for each other's rows in one order."""
    some = " UNION ALL ".join(rows(words, *part) for part in parts)
    return (f"INSERT INTO open_tally ({KEY}, cases) SELECT {KEY}, sum(cases) FROM ({some}) AS found WHERE true "
            f"GROUP BY {KEY} HAVING sum(cases) <> 0 ORDER BY {KEY} "
            f"ON CONFLICT ({KEY}) DO UPDATE SET cases = open_tally.cases + excluded.cases")


def emptied(words, row):
    due, rests = words["due"], words["rests"]
    days = ", ".join(part for day in (due, rests) for part in (day, words["month"].replace("{day}", day)))
    return ("DELETE FROM open_tally WHERE station_id = {r}.station_id AND span IN ('d', 'm') AND day_on IN (" + days
            + ") AND handler_id = coalesce({r}.handler_id, 0) AND cases = 0").replace("{r}", row)


def sqlite():
    old, new = (SQLITE["counts"].replace("{r}", row) for row in ("OLD", "NEW"))
    other = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in WHAT.split())
    for name, act, when, body in (
            ("insert", "INSERT", new, change(SQLITE, ("NEW", "1"))),
            ("update", f"UPDATE OF {', '.join(WHAT.split())}", f"(({old}) OR ({new})) AND ({other})",
             f"{change(SQLITE, ('OLD', '-1'), ('NEW', '1'))}; {emptied(SQLITE, 'OLD')}"),
            ("delete", "DELETE", old, f"{change(SQLITE, ('OLD', '-1'))}; {emptied(SQLITE, 'OLD')}")):
        op.execute(f"CREATE TRIGGER tally_{name} AFTER {act} ON dispute WHEN {when} BEGIN {body}; END")


def postgresql():
    old, new = (POSTGRESQL["counts"].replace("{r}", row) for row in ("OLD", "NEW"))
    other = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in WHAT.split())
    bodies = {"insert": change(POSTGRESQL, ("NEW", "1")),
              "update": f"{change(POSTGRESQL, ('OLD', '-1'), ('NEW', '1'))}; {emptied(POSTGRESQL, 'OLD')}",
              "delete": f"{change(POSTGRESQL, ('OLD', '-1'))}; {emptied(POSTGRESQL, 'OLD')}"}
    whens = {"insert": new, "update": f"(({old}) OR ({new})) AND ({other})", "delete": old}
    for name, body in bodies.items():
        op.execute(f"CREATE FUNCTION tally_{name}() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN {body}; RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER tally_{name} AFTER {name.upper()} ON dispute FOR EACH ROW "
                   f"WHEN ({whens[name]}) EXECUTE FUNCTION tally_{name}()")


def indexes():
    """Made by themselves, without the table anew."""
    beside = ["is_sealed", "handler_id", "is_open", "voided_on", "state"]
    for name, columns, where in (
            ("backlog", ["union_id", "next_due_on", "id", "station_id", *beside], "is_open = 1"),
            ("open", ["next_due_on", "id", "station_id", *beside], "is_open = 1"),
            ("hand", ["handler_id", "next_due_on", "id", "state", "union_id", "station_id", "is_sealed", "is_open", "voided_on"],
             "is_open = 1"),
            ("call", ["handler_id", "call_on", "station_id"], "is_open = 1 AND call_on IS NOT NULL"),
            *((day, [day, "id", "union_id", "station_id", "is_sealed", "handler_id", "voided_on", "outcome"],
               f"{day} IS NOT NULL") for day in ("accepted_on", "concluded_on", "closed_on")),
            ("late", ["next_due_on", "id", "union_id", "station_id", "is_sealed", "handler_id", "voided_on"],
             "is_open = 1 AND state = 'PERFORMING'"),
            ("nobody", ["union_id", "station_id"], "is_open = 1 AND handler_id IS NULL"),
            ("given", ["union_id", "handler_id", "station_id"], "is_open = 1 AND state = 'ASSIGNED'")):
        if name in ("backlog", "open", "accepted_on", "concluded_on", "closed_on"):
            op.drop_index(f"ix_dispute_{name}", "dispute")
        op.create_index(f"ix_dispute_{name}", "dispute", columns, sqlite_where=sa.text(where),
                        postgresql_where=sa.text(where))
    asked = sa.text("direction = 'out' AND replied_on IS NULL AND recalled_on IS NULL")
    op.create_index("ix_commission_asked", "commission", ["reply_due_on", "case_id", "state"], sqlite_where=asked,
                    postgresql_where=asked)


def upgrade():
    op.create_table(
        'open_tally',
        sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False,
                  nullable=False),
        sa.Column('span', sa.String(length=1), nullable=False),
        sa.Column('day_on', sa.Date(), nullable=False),
        sa.Column('handler_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False,
                  nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('union_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False,
                  nullable=False),
        sa.Column('cases', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('station_id', 'span', 'day_on', 'handler_id', 'kind', 'union_id'),
        sqlite_with_rowid=False)
    op.create_index('ix_open_tally_hand', 'open_tally', ['handler_id', 'span', 'day_on'])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column('dispute', sa.Column('call_on', sa.Date(), nullable=True))
    op.execute(CALLS.format(no="0", yes="1") if is_sqlite else CALLS.format(no="false", yes="true"))
    op.execute(change(SQLITE if is_sqlite else POSTGRESQL, ("c", "1", "FROM dispute AS c")))
    indexes()
    (sqlite if is_sqlite else postgresql)()


def downgrade():
    raise RuntimeError("a database only ever goes forward; put the copy back instead")
