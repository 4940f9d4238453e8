"""An old register as an office keeps it, staged and taken."""
from __future__ import annotations

import hashlib

from mediation import tables
from mediation.models import ImportBatch
from mediation.rules.imports import mapping as mappings
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.sheet import Table
from mediation.services.imports import judging, staging, taking
from tests import house

HEAD = "受理日期,案件来源,申请人,涉及人数,联系电话,被申请人,争议类型,诉求金额（元）,结果,协议金额（元）,已到账金额（元）,结案日期,备注"
GOOD = ("2025-03-04,来访,谭某等27人,,13847862200,阿拉塔煤业有限公司,劳动报酬,40余万,达成调解协议,300000,250000,2025-04-01,分两次付",
        "2025.5,工单,苏布德,1,,城南工地李老板,工伤,未填,调解不成,,,—,")
BAD = "2025-13-45,来访,巴特尔,1,12345,城北公司,劳动报酬,三千块钱左右吧,达成调解协议,3000,3000,2025-06-01,"


def table(*rows: str, head: str = HEAD) -> tuple[bytes, Table]:
    """A register as bytes of a file, and as it is read."""
    data = "\r\n".join(["某某旗2025年台账", head, *rows, "合计,,,,,,,700000,,,,,"]).encode("gb18030")
    return data, tables.read(data, "台账.csv")[0]


def stage(actor, *rows: str, station: str = "practice", mapping: Mapping | None = None, head: str = HEAD) -> ImportBatch:
    """A register read and checked, by the mapping that is proposed for it."""
    data, sheet = table(*rows, head=head)
    batch = staging.stage(actor, sheet, "台账.csv", hashlib.sha256(data).hexdigest(), house.get_station(station).id)
    list(staging.rows(batch, sheet))
    _layout, proposed = staging.propose(batch)
    staging.settle(batch, mappings.choose(mapping or proposed, {}), actor)
    list(judging.judge(batch, actor))
    return batch


def take(batch: ImportBatch, actor) -> None:
    """Take all that is good of it."""
    taking.begin(batch, actor)
    list(taking.take(batch, actor))
