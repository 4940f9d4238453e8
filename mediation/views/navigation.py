"""The navigation as data: each entry names its endpoint; the permission is the mark of that view."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import current_app, request

from mediation.rules import access
from mediation.rules.language import Text

# Beside each entry: the addresses that belong to it beyond its own. The longest that fits is the one marked.
ENTRIES: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    ("desk.show", Text("工作台", "Desk"), ("/assign", "/desk", "/handovers")),
    ("lists.index", Text("案件", "Cases"), ("/consultations", "/payments")),
    ("intake.new", Text("登记", "Register"), ()),
    ("employers.index", Text("单位", "Employers"), ()),
    ("prevention.index", Text("预防", "Prevention"), ("/letters", "/registers")),
    ("sheets.index", Text("台账", "Ledger"), ("/help/columns",)),
    ("imports.index", Text("导入", "Import"), ()),
    ("statistics.index", Text("统计", "Statistics"), ()),
    ("samples.index", Text("审计", "Audit"), ()),
    ("admin.index", Text("管理", "Admin"), ()),
    ("help.index", Text("帮助", "Help"), ("/papers",)),
)


class Entry(NamedTuple):
    """An entry that a role may open: its address, and the addresses that belong to it beyond that."""

    endpoint: str
    label: Text
    href: str
    more: tuple[str, ...]


def entries(role: str, url_for: Callable[[str], str]) -> list[dict]:
    """The entries that a role may open, with the current one marked."""
    found = _open_to(role, url_for)
    lengths = [max(fit(request.path, address) for address in (row.href, *row.more)) for row in found]
    best = max(lengths, default=0)
    return [{"endpoint": row.endpoint, "label": row.label, "href": row.href, "is_current": length == best > 0}
            for row, length in zip(found, lengths, strict=True)]


def _open_to(role: str, url_for: Callable[[str], str]) -> list[Entry]:
    """Kept by the application: roles, views and addresses are the same as long as it runs."""
    kept = current_app.extensions.setdefault("navigation", {})
    key = (role, request.script_root)
    if key not in kept:
        views = current_app.view_functions
        kept[key] = [Entry(endpoint, label, url_for(endpoint), more) for endpoint, label, more in ENTRIES
                     if endpoint in views and _may_open(role, views[endpoint].permission)]
    return kept[key]


def _may_open(role: str, permission: str) -> bool:
    return permission in (access.PUBLIC, access.SELF) or bool(access.scope_of(role, permission))


def fit(path: str, address: str) -> int:
    """How many characters of the path the address accounts for: all or whole steps of it, else none."""
    return len(address) if path == address or (address != "/" and path.startswith(address + "/")) else 0
