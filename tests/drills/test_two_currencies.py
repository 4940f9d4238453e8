"""Two unions of one region in two currencies, walked over all pages and files: no sum of both, no 元 for the other."""
from __future__ import annotations

import io
import re
import zipfile
from collections import deque

import openpyxl
import pytest

from mediation.extensions import db
from mediation.rules.money import currencies
from tests import casework, exports, house

HOME, AWAY = 1111111, 2222222  # fen claimed in each case of a union: 11,111.11 and 22,222.22
PAID = {HOME: 300001, AWAY: 500003}
SUMS = [(a + b) for a, b in ((HOME, AWAY), (HOME // 10 * 9, AWAY // 10 * 9), (300001, 500003))]
YUAN = re.compile(r"(?<![0-9])(?:22,?222\.22|19,?999\.98|5,?000\.03|14,?999\.95) ?(?:元|yuan)")
A_YUAN = re.compile(r"[0-9]\.[0-9]{2} ?(?:元|yuan)|[（(]元[）)]|单位：元|以元计|\(yuan\)|[Ii]n yuan|人民币|[壹贰叁肆伍陆柒捌玖][拾佰仟万]")
LEAVES = re.compile(r"/(logout|language|login|static|drafts|calendar|admin|help|password|imports?|press)\b")


@pytest.fixture
def two(app):
    """A case of each union, agreed in part and paid in part, late since; their numbers."""
    with app.app_context():
        for code in ("example", "example-practice"):
            house.get_station(code).currency = "USD"
        db.session.flush()
        made = []
        for username, fen in (("mediator", HOME), ("mediator2", AWAY)):
            actor = house.actor(username)
            case = exports.open_case(actor, 1, fen)
            exports.agree(case, actor, [fen // 10 * 9], 2)
            exports.pay(case, actor, PAID[fen])
            casework.rest(case, actor)
            made.append(case.number)
        db.session.commit()
        db.session.remove()
        house.close_engines()
    yield made
    currencies.use(currencies.YUAN)


def words_of(path: str, response) -> str:
    """All that a page or a file says."""
    data = response.get_data()
    if data[:4] == b"%PDF":
        return ""  # laid out from the Word file of the same paper
    if data[:2] != b"PK":
        return re.sub(r"\s+", " ", re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", data.decode(errors="ignore")))
    if path.split("?")[0].endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [package.read(name).decode("utf-8", "ignore") for name in package.namelist()
                 if name.endswith((".xml", ".html", ".txt", ".csv"))]
    return re.sub(r"<[^>]+>", "", " ".join(parts))


def walk(client, most: int = 400) -> dict[str, str]:
    """The words of every page and file that links lead to, one of each kind of address."""
    todo, seen, found = deque(["/"]), {"/"}, {}
    while todo and len(found) < most:
        path = todo.popleft()
        response = client.raw.get(path, follow_redirects=True)
        if response.status_code not in (200, 422):
            continue
        found[path] = words_of(path, response)
        if response.mimetype != "text/html":
            continue
        for link in re.findall(r'(?:href|action)="(/[^"#]*)', response.get_data(as_text=True)):
            link = link.replace("&amp;", "&")
            kind = re.sub(r"\d+", "0", link.split("?")[0]) + ",".join(sorted(re.findall(r"[?&](\w+)=", link)))
            if kind not in seen and not LEAVES.match(link):
                seen.add(kind)
                todo.append(link)
    return found


def test_whoever_sees_both_is_told_no_sum_of_them_and_no_yuan_of_the_other(client, two):
    wrong = []
    for path, said in walk(client("auditor")).items():
        bare = said.replace(",", "")
        wrong += [(path, hit[0]) for hit in YUAN.finditer(said)]
        wrong += [(path, fen) for fen in SUMS if f"{fen // 100}.{fen % 100:02d}" in bare]
    assert not wrong, wrong


@pytest.mark.parametrize("language", ["zh", "en"])
def test_those_of_the_other_union_read_no_yuan_at_all(app, client, two, language):
    with app.app_context():
        house.get_user("mediator2").language = language
        db.session.commit()
    found = walk(client("mediator2"))
    wrong = {path: {*(hit[0] for hit in A_YUAN.finditer(said))} for path, said in found.items() if A_YUAN.search(said)}
    assert not wrong, wrong
    word = {"zh": "美元", "en": "US dollars"}[language]
    for path in (f"/cases/{two[1]}/claims", f"/cases/{two[1]}/journal", "/ledger"):
        assert word in found[path] or word in client("mediator2").get(path).text, path
