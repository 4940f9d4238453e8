"""An import is killed again and again while it makes cases: DRILL_KILLS times (default 20). The same command goes on with
it, and in the end every row is one case."""
from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.drills.office import ROOT, Office

KILLS = int(os.environ.get("DRILL_KILLS", "20"))
ROWS = 150 * KILLS
HEADINGS = "受理日期,案件来源,申请人,涉及人数,联系电话,被申请人,争议类型,诉求金额（元）,结果,协议金额（元）,已到账金额（元）,结案日期"


def register(path: Path) -> None:
    lines = [f"2025-{1 + n % 9:02d}-{1 + n % 27:02d},来访,演练{n}号,1,139{n:08d},第{n}建筑公司,劳动报酬,{1000 + n},达成调解协议,"
             f"{900 + n},{900 + n},2025-11-02" for n in range(ROWS)]
    path.write_text("\n".join([HEADINGS, *lines]), encoding="utf-8")


def asked(office: Office, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(office.folder / "gonghe.sqlite")) as database:
        return database.execute(sql).fetchall()


def test_an_import_survives_every_kill(tmp_path):
    office, chance = Office(tmp_path / "instance"), random.Random(2026)
    path = tmp_path / "旧台账.csv"
    register(path)
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "import", str(path), "--station", "urad-middle", "--json"]
    killed, seen = 0, [0]
    while killed < KILLS:
        run = subprocess.Popen(command, env=office.environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while run.poll() is None and not asked(office, "SELECT 1 FROM import_row WHERE mark = 'taken' LIMIT 1"):
            time.sleep(0.02)
        begun = asked(office, "SELECT count(*) FROM import_row WHERE mark = 'taken'")[0][0]
        while run.poll() is None and asked(office, "SELECT count(*) FROM import_row WHERE mark = 'taken'")[0][0] == begun:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        if run.poll() is not None:
            break
        run.kill()
        run.communicate()
        killed += 1
        seen.append(asked(office, "SELECT count(*) FROM import_row WHERE mark = 'taken'")[0][0])
        assert asked(office, "SELECT count(*) FROM dispute") == [(seen[-1],)]
    assert seen == sorted(seen)
    done = subprocess.run(command, env=office.environ, cwd=ROOT, capture_output=True, text=True)
    told = json.loads(done.stdout)["sheets"][0]
    if told["state"] != "done":  # the last one had come to its end before it could be killed
        assert "已导入过" in told["refused"][0]
    print(f"killed {killed} times, taken at each: {seen}")
    assert asked(office, "SELECT count(*), sum(claimed_fen), sum(agreed_fen), sum(arrived_fen) FROM dispute") == [
        (ROWS, *(sum((first + n) * 100 for n in range(ROWS)) for first in (1000, 900, 900)))]
    assert asked(office, "SELECT count(DISTINCT case_id), count(case_id) FROM import_row") == [(ROWS, ROWS)]
    assert [int(number[-4:]) for (number,) in asked(office, "SELECT number FROM dispute ORDER BY id")] == list(
        range(1, ROWS + 1))
    office.assert_sound()
