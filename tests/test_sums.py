"""Signed monthly sums: what a confirmed key signed is shown beside one's own, and nothing else is taken."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from mediation.extensions import close_engines, db
from mediation.models import Station
from mediation.rules.money import currencies
from tests import casework, house


def run(app: Flask, *words: str):
    return app.test_cli_runner().invoke(args=["sums", *words])


@pytest.fixture
def county(tmp_path: Path) -> Flask:
    """Another office with one accepted case of this month."""
    made = house.make_app(tmp_path / "county")
    house.furnish(made)
    with made.app_context():
        casework.bring(casework.make_case(house.actor()), "ACCEPTED", house.actor())
        db.session.commit()
        db.session.remove()
        close_engines()
    return made


@pytest.fixture
def sent(county: Flask, tmp_path: Path) -> tuple[Path, str]:
    """The file of its sums, and its fingerprint as told over the telephone."""
    file = tmp_path / "sums.json"
    done = run(county, "write", str(file), "--month", "2026-11", "--office", "示例县总工会")
    assert done.exit_code == 0, done.output
    return file, done.output.split("：")[-1].strip()


def test_what_a_confirmed_key_signed_stands_beside_ones_own(app, sent):
    file, key = sent
    unknown = run(app, "read", str(file))
    assert unknown.exit_code == 1 and key in unknown.output and "还没有人核对过" in unknown.output
    assert run(app, "confirm", key, "--office", "示例县总工会").exit_code == 0
    assert run(app, "read", str(file)).exit_code == 0
    shown = run(app, "show", "--month", "2026-11").output
    assert "本单位" in shown and f"示例县总工会 1  密钥 {key[:16]}" in shown and "合计 1" in shown


def test_sums_of_an_office_in_another_currency_stand_beside_ones_own_and_are_not_added(app, county, tmp_path):
    with county.app_context():
        db.session.execute(db.update(Station).values(currency="USD"))
        db.session.commit()
        db.session.remove()
        close_engines()
    file = tmp_path / "usd.json"
    key = run(county, "write", str(file), "--month", "2026-11", "--office", "边境站").output.split("：")[-1].strip()
    currencies.use(currencies.YUAN)  # a command of its own process
    run(app, "confirm", key, "--office", "边境站")
    assert run(app, "read", str(file)).exit_code == 0
    shown = run(app, "show", "--month", "2026-11").output
    assert " USD  密钥" in shown and "货币不同，不相加" in shown and "合计 1" in shown


def test_a_changed_figure_is_refused(app, sent):
    file, key = sent
    run(app, "confirm", key, "--office", "示例县总工会")
    told = json.loads(file.read_text(encoding="utf-8"))
    told["body"]["figures"]["accepted"][2] += 1
    file.write_text(json.dumps(told), encoding="utf-8")
    refused = run(app, "read", str(file))
    assert refused.exit_code == 1 and "签名不对" in refused.output
    assert "示例县总工会" not in run(app, "show", "--month", "2026-11").output


def test_what_is_no_file_of_sums_and_an_older_one_are_refused(app, county, sent, tmp_path):
    file, key = sent
    run(app, "confirm", key, "--office", "示例县总工会")
    later = tmp_path / "later.json"
    run(county, "write", str(later), "--month", "2026-11", "--office", "示例县总工会")
    assert run(app, "read", str(later)).exit_code == 0
    older = run(app, "read", str(file))
    assert older.exit_code == 1 and "更晚" in older.output
    file.write_text("件数 3", encoding="utf-8")
    nonsense = run(app, "read", str(file))
    assert nonsense.exit_code == 1 and "不是月度汇总" in nonsense.output
    assert run(app, "confirm", "abc", "--office", "x").exit_code == 1


def test_sums_name_nobody(sent):
    body = json.loads(sent[0].read_text(encoding="utf-8"))["body"]
    assert set(body) == {"form", "office", "month", "cut_off", "made_at", "key", "seal", "figures"}
    assert "巴特尔" not in json.dumps(body, ensure_ascii=False)


def test_the_page_shows_each_office_with_its_key_and_file(app, client, sent):
    file, key = sent
    with app.app_context():
        db.session.remove()
        close_engines()
    assert run(app, "confirm", key, "--office", "示例县总工会").exit_code == 0
    assert run(app, "read", str(file)).exit_code == 0
    visitor = client("supervisor")
    page = visitor.get("/statistics/offices?period=2026-11&figure=accepted").html
    assert "示例县总工会" in page and key in page and "本单位" in page and "合计" in page
    assert "示例县总工会" not in visitor.get("/statistics/offices?period=2026-10").html
    visitor.get("/statistics/offices?figure=gossip", status=404)
    visitor.get("/statistics/offices?period=x", status=422)
