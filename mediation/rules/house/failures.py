"""What keeps the database or the disk from taking anything: told apart by what driver and system say, each with one
sentence that says what to do. Nothing of a request that fails so is kept but what was acknowledged before.
"""
from __future__ import annotations

import errno

from mediation.rules.language import Text

NOTHING = Text("这一次什么都没有存", "nothing of this was saved")


def _say(zh: str, en: str) -> Text:
    return Text(f"{zh}；{NOTHING.zh}", f"{en}; {NOTHING.en}")


BUSY = _say("数据库正被占用（备份、杀毒或另一个程序），请过一会儿再试",
            "Something else holds the database (a copy, a virus scan, another program); try again in a moment")
FULL = _say("磁盘满了，请管理员腾出空间；腾出后不用重启，再送一次就行",
            "The disk is full: the administrator has to make room; then send it again, no restart is needed")
READ_ONLY = _say("磁盘或数据库只能读不能写，请管理员检查磁盘和文件夹的权限",
                 "Disk or database can only be read: the administrator has to check disk and rights")
GONE = _say("数据库打不开或连不上，请管理员检查磁盘和数据库服务；恢复后不用重启",
            "The database cannot be opened or reached: the administrator has to check disk and database server; "
            "no restart is needed afterwards")
DAMAGED = _say("数据库文件有损坏，请停止录入，请管理员用最近的备份恢复（restore）",
               "The database file is damaged: stop; the administrator has to put the latest copy back (restore)")
OUTDATED = _say("数据库的版本和程序的不同，请管理员换上对应的程序，或运行 init",
                "Database and program are of different versions: the administrator has to install the right program or "
                "run init")
UNMADE = _say("这里还没有数据库：先运行 init", "There is no database here yet: run init first")

# What SQLite says, as its own texts; then the classes of PostgreSQL's states, then the system's own numbers.
SQLITE = (("database is locked", BUSY), ("database table is locked", BUSY), ("database or disk is full", FULL),
          ("readonly database", READ_ONLY), ("disk I/O error", FULL), ("unable to open database", GONE),
          ("malformed", DAMAGED), ("not a database", DAMAGED), ("no such table", OUTDATED),
          ("no such column", OUTDATED))
POSTGRESQL = (("53100", FULL), ("53", BUSY), ("55P03", BUSY), ("57014", BUSY), ("40", BUSY), ("25006", READ_ONLY),
              ("58", GONE), ("08", GONE), ("57", GONE), ("XX001", DAMAGED), ("XX002", DAMAGED), ("42P01", OUTDATED),
              ("42703", OUTDATED))
SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY,
          errno.EPERM: READ_ONLY, errno.EIO: GONE}

LOW_SHARE = 0.1  # of the disk, below which the administrator is warned


def of_database(said: str, state: str = "", is_cut: bool = False) -> Text | None:
    """The sentence for what a driver says (and PostgreSQL's state); None for a fault of the program."""
    if is_cut:
        return GONE
    for begin, text in POSTGRESQL:
        if state and state.startswith(begin):
            return text
    return next((text for part, text in SQLITE if part in said), None)


def of_system(number: int | None) -> Text | None:
    """The sentence for what writing a file came to; None for another fault."""
    return SYSTEM.get(number) if number is not None else None


def is_low(free: int, total: int) -> bool:
    return total > 0 and free < LOW_SHARE * total


