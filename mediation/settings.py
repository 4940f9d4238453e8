"""Every setting: its default, its environment variable (MEDIATION_ + name) and one line of meaning."""
from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from mediation.rules.language import Text

ROOT = Path(__file__).resolve().parent.parent


class Setting(NamedTuple):
    name: str
    default: object
    meaning: Text


SETTINGS = (
    Setting("INSTANCE", str(ROOT / "instance"), Text(
        "数据库、文书和密钥所在的文件夹", "folder of the database, the papers and the keys")),
    Setting("DATABASE_URL", "", Text("数据库；空着是文件夹里的 SQLite", "database; empty means SQLite in the instance folder")),
    Setting("REPLICA_URL", "", Text(
        "清单、工作台、统计和导出用的 PostgreSQL 只读副本；空着用同一个",
        "read-only copy of a PostgreSQL database for lists, desks, statistics and exports; empty means the same")),
    Setting("FILES", "", Text(
        "附件所在的文件夹，几台服务器共用一个；空着是 INSTANCE",
        "folder of the uploaded files, one for all servers that share a database; empty means INSTANCE")),
    Setting("ORGANISATION", "工会劳动争议联动调解", Text("每页和文书上的机构名称", "name in the head of every page and paper")),
    Setting("BACKUPS", "", Text(
        "每天备份放在哪个文件夹，最好在另一块磁盘上；空着是 instance 里的 backups",
        "folder of the daily copies, best on another disk; empty means backups in the instance folder")),
    Setting("BACKUPS_KEPT", 14, Text("保留多少份每天的备份", "how many of the daily copies are kept")),
    Setting("HOSTS", "", Text(
        "允许访问的主机名，用逗号隔开", "host names, separated by commas, under which the pages may be asked for")),
    Setting("PUBLIC_URL", "", Text(
        "文书上二维码里的地址，如 https://gonghe.example.cn；空着不印二维码",
        "address in the codes on papers, as https://gonghe.example.cn; empty means no codes")),
    Setting("HOST", "127.0.0.1", Text("监听的地址", "address to listen on")),
    Setting("PORT", 8000, Text("监听的端口", "port to listen on")),
    Setting("PLAIN_HTTP", False, Text("允许不加密地向本机以外提供服务", "allow serving beyond this machine without TLS")),
    Setting("TRUSTED_PROXY", "", Text("可信反向代理的地址", "address of the proxy whose forwarded headers are believed")),
    Setting("TODAY", "", Text(
        "演示和测试用的业务日期，空着是今天", "business date for demonstrations and tests, YYYY-MM-DD; empty means today")),
    Setting("DEMO_PASSWORD", "", Text("演示账号的密码；空着随机", "password of the demonstration's accounts; empty means random")),
    Setting("TOTP_ROLES", "", Text("登录要用一次性验证码的角色，用逗号隔开，如 admin,supervisor",
                                   "roles that log in with a one-time code, separated by commas")),
    Setting("PASSWORD_PROFILE", "asvs", Text(
        "密码规则：asvs，或等保要求字符种类的 mlps", "password rules: asvs, or mlps for a filing that asks for classes of characters")),
    Setting("SESSION_IDLE_MINUTES", 15, Text("多少分钟不操作就退出", "minutes without a request after which a log-in ends")),
    Setting("SESSION_HOURS", 10, Text("登录最长多少小时", "hours after which a log-in ends in any case")),
    Setting("MAX_BODY_MB", 24, Text("一次最多送多少兆", "largest request body in megabytes")),
    Setting("THREADS", 8, Text("服务线程数", "threads of the server")),
)


def session_limits(values: Mapping[str, object]) -> tuple[timedelta, timedelta]:
    """How long a log-in lasts without a request, and how long in any case."""
    return (timedelta(minutes=int(str(values["SESSION_IDLE_MINUTES"]))),
            timedelta(hours=int(str(values["SESSION_HOURS"]))))


def code_roles(values: Mapping[str, object]) -> frozenset[str]:
    """Roles that have to log in with a one-time code."""
    return frozenset(part.strip() for part in str(values["TOTP_ROLES"]).split(",") if part.strip())


def load(overrides: Mapping[str, object] | None = None) -> dict[str, object]:
    """Settings by name: defaults, then ``settings.py`` of the instance, then the environment, then overrides."""
    values: dict[str, object] = {s.name: s.default for s in SETTINGS}
    overrides = dict(overrides or {})
    values.update(_from_file(instance_folder(overrides) / "settings.py"))
    for setting in SETTINGS:
        raw = os.environ.get("MEDIATION_" + setting.name)
        if raw is not None:
            values[setting.name] = _typed(raw, setting.default)
    values.update(overrides)
    values["INSTANCE"] = str(Path(str(values["INSTANCE"])).resolve())
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = "sqlite:///" + str(Path(str(values["INSTANCE"])) / "gonghe.sqlite")
    return values


def instance_folder(overrides: Mapping[str, object]) -> Path:
    return Path(str(overrides.get("INSTANCE") or os.environ.get("MEDIATION_INSTANCE") or ROOT / "instance"))


def owner_instead_of_root(folder: Path) -> str:
    """The account that a folder belongs to, where root is at work and it belongs to another; else ''.

    What root makes there the server of that account could neither read nor write, and its settings are a program.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not folder.is_dir():
        return ""
    number = folder.stat().st_uid
    if number == 0:
        return ""
    try:
        return folder.owner()
    except KeyError:
        return f"#{number}"


def files_folder(values: Mapping[str, object]) -> Path:
    """The folder under which uploaded files lie."""
    return Path(str(values["FILES"] or values["INSTANCE"]))


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    found: dict[str, object] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), found)  # the operator's own file
    names = {s.name for s in SETTINGS}
    return {key: value for key, value in found.items() if key in names}


def _typed(raw: str, default: object) -> object:
    if isinstance(default, bool):
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    if isinstance(default, int):
        return int(raw)
    return raw
