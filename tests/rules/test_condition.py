"""The state of the house in plain words: what is well, and for everything that is not, what to do."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mediation.rules.house import condition

NOW = datetime(2026, 9, 30, 9, tzinfo=UTC)
WELL = condition.Facts(
    faults=0, is_writable=True, schema="0024", wanted_schema="0024", free=40, total=100, backup_at=NOW - timedelta(hours=3),
    backups="/srv/backups", sealed_at=NOW - timedelta(hours=3), unsealed=4, has_keys=True, keys="/srv/keys.json",
    jumped_at=None, newest=NOW - timedelta(minutes=1), version="1.0", checked_at=NOW - timedelta(hours=5), check_faults=0,
    held_back=0, unconfirmed=1, is_plain=False, now=NOW)


def test_where_all_is_well_nothing_is_asked_for():
    assert all(line.is_well for line in condition.lines(WELL))


@pytest.mark.parametrize(("change", "key", "todo"), [
    ({"faults": 1}, "database", "设置和状态"), ({"is_writable": False}, "database", "磁盘"),
    ({"schema": "0023"}, "version", "init"), ({"free": 9}, "disk", "磁盘"), ({"backup_at": None}, "backup", "backup"),
    ({"backup_at": NOW - timedelta(hours=27)}, "backup", "backup"),
    ({"backup_at": None, "backups": ""}, "backup", "pg_dump"),
    ({"sealed_at": NOW - timedelta(days=2)}, "seal", "journal seal"), ({"checked_at": None}, "check", "journal verify"),
    ({"check_faults": 2}, "check", "备份恢复"), ({"has_keys": False}, "keys", "keys.json"),
    ({"newest": NOW + timedelta(hours=1)}, "clock", "自动对时"), ({"jumped_at": NOW - timedelta(days=1)}, "clock", "自动对时"),
    ({"held_back": 1}, "accounts", "重设"), ({"is_plain": True}, "tls", "nginx.conf")])
def test_what_is_not_well_stands_first_and_says_what_to_do(change, key, todo):
    first, *rest = condition.lines(WELL._replace(**change))
    assert (first.key, first.is_well) == (key, False) and todo in first.todo.zh and first.todo.en
    assert all(line.is_well for line in rest)
