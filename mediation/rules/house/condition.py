"""How the house stands, line by line for its administrator: what is well, what is not, and what to do then.

Pure: the figures come in, sentences go out. Nothing of a case is in them.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from mediation.rules.house import failures
from mediation.rules.language import Text

DAILY = timedelta(hours=26)  # after which what is done each day is overdue
WEEK = timedelta(days=7)
NOTHING_TO_DO = Text("不用做什么", "Nothing to do")


class Facts(NamedTuple):
    """What was found. ``faults``: names of settings of the database that are not safe; None where nothing is known."""

    faults: int
    is_writable: bool
    schema: str
    wanted_schema: str
    free: int
    total: int
    backup_at: datetime | None
    backups: str  # where the daily copies lie; '' where the database is copied by its own means
    sealed_at: datetime | None
    unsealed: int
    has_keys: bool
    keys: str  # the file
    jumped_at: datetime | None
    newest: datetime | None  # the newest entry of the journal
    version: str
    checked_at: datetime | None
    check_faults: int
    held_back: int  # accounts with failed log-ins enough to wait
    unconfirmed: int
    is_plain: bool
    now: datetime


class Line(NamedTuple):
    """One thing: its name, whether it is well, what was found, what to do."""

    key: str
    name: Text
    is_well: bool
    found: Text
    todo: Text = NOTHING_TO_DO


def lines(facts: Facts) -> list[Line]:
    """Every line, what needs doing first."""
    made = [_database(facts), _version(facts), _disk(facts), _backup(facts), _seal(facts), _check(facts), _keys(facts),
            _clock(facts), _accounts(facts), _line_to_readers(facts)]
    return sorted(made, key=lambda line: line.is_well)


def _said(facts: Facts, at: datetime | None) -> tuple[str, str]:
    """How long ago, in both languages."""
    if at is None:
        return "从来没有", "never"
    hours = max(int((facts.now - at).total_seconds() // 3600), 0)
    if hours < 1:
        return "不到一小时以前", "less than an hour ago"
    return (f"{hours}小时以前", f"{hours} hours ago") if hours < 48 else (f"{hours // 24}天以前", f"{hours // 24} days ago")


def _is_old(facts: Facts, at: datetime | None) -> bool:
    return at is None or facts.now - at > DAILY


def _database(facts: Facts) -> Line:
    name = Text("数据库", "Database")
    if not facts.is_writable:
        return Line("database", name, False, Text("现在写不进去", "It takes nothing just now"),
                    Text("看磁盘是不是满了、只读了，文件夹的权限对不对；好了以后不用重启",
                         "See whether the disk is full or read-only, and whose the folder is; no restart is needed"))
    if facts.faults:
        return Line("database", name, False, Text(f"有{facts.faults}项设置不安全", f"{facts.faults} settings are not safe"),
                    Text("打开“设置和状态”看是哪几项，请技术人员改", "See under Settings and state which, and have them changed"))
    return Line("database", name, True, Text("能读能写，设置是安全的", "It can be read and written; its settings are safe"))


def _version(facts: Facts) -> Line:
    name = Text("版本", "Version")
    found = Text(f"程序{facts.version}，数据库{facts.schema}", f"Program {facts.version}, database {facts.schema}")
    if facts.schema == facts.wanted_schema:
        return Line("version", name, True, found)
    return Line("version", name, False, found, Text(
        f"程序要的是{facts.wanted_schema}：在服务器上运行 init，或换上对应的程序",
        f"The program wants {facts.wanted_schema}: run init on the server, or install the right program"))


def _disk(facts: Facts) -> Line:
    name = Text("磁盘", "Disk")
    percent = facts.free * 100 // facts.total if facts.total else 100
    room = f"{facts.free / 1e9:.1f} GB"
    found = Text(f"还剩{room}，{percent}%", f"{room} left, {percent}%")
    if not failures.is_low(facts.free, facts.total):
        return Line("disk", name, True, found)
    return Line("disk", name, False, found, Text(
        "删掉或移走别的文件，或换大些的磁盘；满了就什么都存不进去，已存的不会丢",
        "Remove other files or take a larger disk; when it is full nothing more is saved, and nothing saved is lost"))


def _backup(facts: Facts) -> Line:
    name, (zh, en) = Text("备份", "Copy"), _said(facts, facts.backup_at)
    where = Text(f"，在 {facts.backups}", f", in {facts.backups}") if facts.backups else Text("", "")
    found = Text(f"上次备份：{zh}{where.zh}", f"Last copy: {en}{where.en}")
    if not _is_old(facts, facts.backup_at):
        return Line("backup", name, True, found, Text(
            "隔一阵抄一份到别的机器或U盘上", "Take one to another machine now and then"))
    if not facts.backups:
        return Line("backup", name, False, found, Text(
            "PostgreSQL 由 pg_dump 备份：请技术人员看一下", "PostgreSQL is copied by pg_dump: have it looked at"))
    return Line("backup", name, False, found, Text(
        "服务开着就每天自己备份：看磁盘够不够，再看 instance/logs；急用就在服务器上运行 backup",
        "A running server copies each day by itself: see disk and instance/logs; at once: run backup on the server"))


MOST = 1000  # entries without a seal are counted up to here


def entries(count: int) -> str:
    """How many entries no seal holds yet, as far as they are counted."""
    return f"{count:,}" if count <= MOST else f"{MOST:,}+"


def _seal(facts: Facts) -> Line:
    name, (zh, en) = Text("封存", "Seal"), _said(facts, facts.sealed_at)
    found = Text(f"上次封存：{zh}，以后又记了{entries(facts.unsealed)}条",
                 f"Last seal: {en}, {entries(facts.unsealed)} entries since")
    if not _is_old(facts, facts.sealed_at):
        return Line("seal", name, True, found, Text(
            "把封存码打印或发到别处，才看得出旧库被换回来", "Print its digest or send it away: only so an old database put back shows"))
    return Line("seal", name, False, found, Text(
        "服务开着就每天自己封存；急用就在服务器上运行 journal seal",
        "A running server seals each day by itself; at once: run journal seal on the server"))


def _check(facts: Facts) -> Line:
    name, (zh, en) = Text("核对", "Check"), _said(facts, facts.checked_at)
    if facts.checked_at is not None and facts.check_faults:
        return Line("check", name, False, Text(f"{zh}核对，有不符", f"Checked {en}; something does not agree"), Text(
            "停止录入；在服务器上运行 check 和 journal verify，看是哪一行，再用备份恢复",
            "Stop; run check and journal verify on the server to see which row, then put a copy back"))
    if facts.checked_at is None or facts.now - facts.checked_at > WEEK:
        return Line("check", name, False, Text(f"上次核对全部数据：{zh}", f"Last check of all rows: {en}"), Text(
            "服务开着就每天自己核对；急用就在服务器上运行 check 和 journal verify",
            "A running server checks each day by itself; at once: run check and journal verify on the server"))
    return Line("check", name, True, Text(f"{zh}核对，全部相符", f"Checked {en}; everything agrees"))


def _keys(facts: Facts) -> Line:
    name = Text("密钥", "Keys")
    if not facts.has_keys:
        return Line("keys", name, False, Text(f"{facts.keys} 不见了", f"{facts.keys} is gone"), Text(
            "别停服务；把另外保存的那一份 keys.json 放回去，再运行 keys check",
            "Do not stop the server; put the kept copy of keys.json back, then run keys check"))
    return Line("keys", name, True, Text("打得开数据", "They open what is encrypted"), Text(
        "keys.json 另外抄存一份，不和备份放在一起", "Keep a copy of keys.json, apart from the backups"))


def _clock(facts: Facts) -> Line:
    name = Text("时钟", "Clock")
    todo = Text("看日期和时间对不对，让服务器自动对时；期限和验证码都靠它",
                "See whether date and time are right, and let the server keep them; time limits and codes rest on them")
    if facts.newest is not None and facts.newest - facts.now > timedelta(minutes=2):
        return Line("clock", name, False, Text(
            "比最近的记录还早：时钟往回拨了", "Before the newest entry: it was set back"), todo)
    if facts.jumped_at is not None and facts.now - facts.jumped_at < WEEK:
        zh, en = _said(facts, facts.jumped_at)
        return Line("clock", name, False, Text(f"{zh}跳过一次", f"It jumped {en}"), todo)
    return Line("clock", name, True, Text("走得准，一周内没有跳过", "No jump within a week"))


def _accounts(facts: Facts) -> Line:
    name = Text("账号", "Accounts")
    found = Text(f"{facts.held_back}个账号一小时内输错密码太多在等，{facts.unconfirmed}个等确认",
                 f"{facts.held_back} accounts wait after too many wrong passwords within an hour, "
                 f"{facts.unconfirmed} for confirmation")
    if not facts.held_back:
        return Line("accounts", name, True, found)
    return Line("accounts", name, False, found, Text(
        "问本人是不是忘了密码，忘了就重设，重设后马上能用；不是本人输的，请当心有人猜密码",
        "Ask its owner: if it was forgotten, reset it, which lifts the wait; if not, somebody is guessing"))


def _line_to_readers(facts: Facts) -> Line:
    name = Text("加密传输", "Encryption on the way")
    if facts.is_plain:
        found = Text("现在不加密：密码和案情在网上是明文", "None: passwords and cases are readable on the network")
        return Line("tls", name, False, found, Text(
            "放到有 TLS 的反向代理后面（mediation/data/office/nginx.conf），去掉 MEDIATION_PLAIN_HTTP",
            "Put it behind a proxy with TLS (mediation/data/office/nginx.conf), drop MEDIATION_PLAIN_HTTP"))
    return Line("tls", name, True, Text("只在本机，或在加密的代理后面", "On this machine only, or behind a proxy that encrypts"))
