"""What SQLite and PostgreSQL could answer differently, each with the one answer that both have to give."""
from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import BigInteger, String, cast, func, insert, literal, or_, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from mediation.extensions import close_engines, db
from mediation.models import AccessLog, Case, Payment, Station
from mediation.queries.cases import search
from tests import docket, house, ledgers

WIDE = "𠮷" * 20  # of four bytes each
NAMES = ("张三", "李四", "阿", "啊", "Ａ", "a", "B", "_", "0", "𠮷田", "é", "e", "z", "　", " ")
MOMENT = datetime(2026, 3, 1, 7, 30, 15, 123456, timezone(timedelta(hours=8)))
MOST = 2**63 - 1


def stations(*rows: dict[str, object]) -> None:
    for n, row in enumerate(rows):
        db.session.execute(insert(Station).values({
            "code": f"t{n}", "name": "", "short_name": "", "kind": "studio", "path": "/t/", **row}))


def named(condition) -> list[str]:
    """The names that a condition finds among ``NAMES`` and some that look alike."""
    stations(*({"name": name} for name in (*NAMES, "Batu", "batu", "BATU", "ｂａｔｕ", "50%", "505", "a_b", "axb", "a\\b", "城南")))
    return sorted(db.session.scalars(select(Station.name).where(Station.path == "/t/", condition)))


def in_order() -> list[str]:
    stations(*({"name": name} for name in NAMES))
    return list(db.session.scalars(select(Station.name).where(Station.path == "/t/").order_by(Station.name)))


def refused(act: Callable[[], object]) -> str:
    """Which kind of refusal the database gives."""
    try:
        with db.session.begin_nested():
            act()
    except IntegrityError:
        return "integrity"
    except (DBAPIError, StatementError, OverflowError):
        return "refused"
    return "taken"


def kept(name: str, value: object) -> object:
    stations({name: value})
    db.session.expire_all()
    return db.session.scalar(select(getattr(Station, name)).where(Station.code == "t0"))


def moment(value: datetime) -> datetime:
    db.session.execute(insert(AccessLog).values(logged_at=value, role="", kind="open", object="a moment"))
    return db.session.scalars(select(AccessLog.logged_at).where(AccessLog.object == "a moment")).one()


def stored_day(day: date) -> date | None:
    case = docket.open_case()
    db.session.execute(update(Case).where(Case.id == case.id).values(next_due_on=day))
    return db.session.scalar(select(Case.next_due_on).where(Case.id == case.id, Case.next_due_on == day))


def between() -> int:
    """Moments on both sides of midnight in Beijing, counted by a day there."""
    for hour in (15, 16):  # 23:00 and 24:00
        moment_of = datetime(2026, 3, 1, hour, tzinfo=UTC)
        db.session.execute(insert(AccessLog).values(logged_at=moment_of, role="", kind="open", object="midnight"))
    first = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))
    return db.session.scalar(select(func.count()).where(AccessLog.object == "midnight", AccessLog.logged_at >= first))


def number(expression) -> object:
    found = db.session.scalar(select(expression))
    return found if found is None else (float(found) if found % 1 else int(found))


def paid(*fen: int) -> Case:
    case = ledgers.agreed_case(house.actor("mediator"), [sum(fen)], date(2026, 12, 1))
    for one in fen:
        ledgers.pay(case, house.actor("mediator"), one)
    return case


def titles(said: str, **rows: str) -> list[str]:
    docket.open_case(worker="Batu-Erdene", respondent="ＡＢＣ 公司")
    docket.open_case(worker="巴图", respondent="abd 公司")
    actor = house.actor("mediator")
    return sorted(row.title for row in search.page(search.read(rows, said, actor), actor).rows)


def order_by_lacking() -> list[str]:
    """Cases by a day that not all have, as the list sorts them."""
    actor = house.actor("mediator")
    for name, day in (("一", None), ("二", date(2026, 12, 1)), ("三", date(2026, 11, 20))):
        case = docket.open_case(worker=name)
        db.session.execute(update(Case).where(Case.id == case.id).values(next_due_on=day))
    return [row.title[:1] for row in search.page(search.read({"sort": "due"}, "", actor), actor).rows]


def parameters() -> int:
    """More values in one question than old limits of either."""
    return db.session.scalar(select(func.count()).where(Station.id.in_(range(1, 30_000)), Station.code == "practice"))


TABLE: dict[str, tuple[Callable[[], object], object]] = {
    # order
    "names are ordered by their code points": (in_order, sorted(NAMES)),
    "rows that lack a value come last in the list of cases": (order_by_lacking, ["三", "二", "一"]),
    # equality and search
    "upper and lower case are different names": (lambda: named(Station.name == "batu"), ["batu"]),
    "full width is another name": (lambda: named(Station.name == "Ａ"), ["Ａ"]),
    "a space at the end counts": (lambda: named(Station.name == "城南 "), []),
    "a wide space is no empty text": (lambda: named(Station.name == "　"), ["　"]),
    "what is contained, Chinese": (lambda: named(Station.name.contains("南", autoescape=True)), ["城南"]),
    "a percent sign finds itself": (lambda: named(Station.name.contains("%", autoescape=True)), ["50%"]),
    "an underscore finds itself": (lambda: named(Station.name.contains("_", autoescape=True)), ["_", "a_b"]),
    "a backslash finds itself": (lambda: named(Station.name.contains("\\", autoescape=True)), ["a\\b"]),
    "a beginning, with signs of a pattern in it": (lambda: named(Station.name.startswith("a_", autoescape=True)), ["a_b"]),
    "lower case is made of Latin letters alone": (
        lambda: db.session.scalar(select(func.lower(literal("BATU Ａ阿", String)))), "batu Ａ阿"),
    "the search knows no case": (lambda: titles("batu-erdene"), ["Batu-Erdene"]),
    "the search knows no width": (lambda: titles("abc"), ["Batu-Erdene"]),
    "the search takes signs of patterns as signs": (lambda: titles("%"), []),
    # uniqueness
    "codes of another case are other codes": (
        lambda: refused(lambda: stations({"code": "Court"}, {"code": "court"})), "taken"),
    "codes of another width are other codes": (
        lambda: refused(lambda: stations({"code": "ａ"}, {"code": "a"})), "taken"),
    "the same code twice": (lambda: refused(lambda: stations({"code": "x"}, {"code": "x"})), "integrity"),
    "a row that is named and is not there": (
        lambda: refused(lambda: stations({"parent_id": 999_999})), "integrity"),
    "no value where one must be": (lambda: refused(lambda: stations({"name": None})), "integrity"),
    # texts
    "empty text is no missing value": (
        lambda: (kept("phone", ""), db.session.scalar(select(func.count()).where(Station.phone.is_(None)))), ("", 0)),
    "a text as wide as its column, of wide signs": (lambda: kept("short_name", WIDE), WIDE),
    "a text counts by signs": (lambda: db.session.scalar(select(func.length(literal(WIDE, String)))), 20),
    "a part of a text counts by signs": (
        lambda: db.session.scalar(select(func.substr(literal("𠮷田阿不都", String), 2, 3))), "田阿不"),
    "line breaks and tabs stay": (lambda: kept("address", "一\r\n二\t三\n"), "一\r\n二\t三\n"),
    "composed and decomposed signs stay what they were": (lambda: kept("address", "é é"), "é é"),
    "a missing value makes a joined text missing": (
        lambda: db.session.scalar(select(literal("a", String) + cast(None, String))), None),
    # numbers
    "the largest number": (lambda: number(cast(literal(MOST, BigInteger), BigInteger)), MOST),
    "a number beyond the largest": (
        lambda: refused(lambda: db.session.execute(update(Case).values(claimed_fen=MOST + 1))), "refused"),
    "whole numbers divide towards zero, as sums of fen do": (
        lambda: [number(literal(n, BigInteger) // literal(2, BigInteger)) for n in (7, -7)], [3, -3]),
    "a sum of nothing is missing": (
        lambda: number(select(func.sum(Payment.amount_fen)).where(Payment.id < 0).scalar_subquery()), None),
    "a sum of fen is exact": (
        lambda: (paid(10, 20), number(select(func.sum(Payment.amount_fen)).scalar_subquery()))[1], 30),
    "true counts as one way of being true": (
        lambda: (kept("is_active", False), db.session.scalar(select(func.count()).where(
            Station.code == "t0", Station.is_active.is_(False)))), (False, 1)),
    # days and moments
    "a moment comes back with its zone, to the microsecond": (lambda: moment(MOMENT), MOMENT),
    "a moment without a zone": (lambda: refused(lambda: moment(datetime(2026, 3, 1))), "refused"),
    "a day of Beijing begins there": (between, 1),
    "the first and the last day": (
        lambda: [stored_day(day) for day in (date.min, date.max)], [date.min, date.max]),
    # questions
    "none of no values": (lambda: named(Station.name.in_([])), []),
    "many values": (parameters, 1),
    "neither of a missing value": (
        lambda: db.session.scalar(select(func.count()).where(Station.code == "region", or_(
            Station.parent_id == 1, Station.parent_id != 1))), 0),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("what", TABLE)
def test_r68_both_engines_answer_alike(inside, what):
    """R68: same behaviour on both databases, a fixed table of where they could differ."""
    ask, answer = TABLE[what]
    assert ask() == answer


@pytest.mark.postgresql
def test_r68_of_two_at_once_with_one_key_one_is_told(app):
    """R68: the same key written by two at once: one is there, the other is refused and leaves nothing."""
    gate, said = threading.Barrier(2), []

    def write() -> None:
        with app.app_context():
            gate.wait()
            try:
                stations({"code": "twice", "path": "/twice/"})
                db.session.commit()
                said.append("taken")
            except IntegrityError:
                db.session.rollback()
                said.append("refused")
            db.session.remove()
    threads = [threading.Thread(target=write) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["refused", "taken"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Station.code == "twice")) == 1
        db.session.remove()
        close_engines()


@pytest.mark.postgresql
def test_r68_what_is_typed_by_hand_is_refused_or_stored_alike(app, client):
    """R68: a text longer than its column, and signs that one of the two does not take, are refused on the page."""
    admin = client("admin")
    for name, words in (("长" * 101, "100"), ("旗\x00总工会", ""), ("旗\ud800总工会".encode("utf-8", "surrogatepass"), "")):
        path, values = admin.get("/admin/stations/new").form("main form")
        answer = admin.post(path, {**values, "code": "long", "name": name, "kind": "studio"}, status=None)
        assert answer.status in (400, 422) and words in answer.text
    with app.app_context():
        assert not db.session.scalar(select(func.count()).where(Station.code == "long"))
        db.session.remove()
