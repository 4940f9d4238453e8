"""The papers for an inspection: roster, month reports, figures, follow-ups, and cases told without anybody's name."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from mediation.extensions import db
from mediation.models import Agreement, Case, Payment, Station, User
from mediation.queries import door
from mediation.queries.cases import case_filters
from mediation.queries.figures import measures, row_sets, scopes, statistics
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.law import time_limits
from mediation.rules.money import currencies
from mediation.rules.people import headcounts

Row = Sequence[object]
MOST_MONTHS = 24


def roster(actor: Actor, station: Station) -> list[Row]:
    """The people who mediate at a station and below, with their certificates."""
    rows = db.session.execute(select(Station.name, User.name, User.role, User.certificates).join(
        Station, Station.id == User.station_id).where(
        Station.path.startswith(station.path, autoescape=True), Station.id.in_(door.stations_below(actor.station_path)),
        User.role.in_(("mediator", "lead", "supervisor")), User.is_active.is_(True)).order_by(
        Station.path, User.role, User.id)).all()
    return [("站点", "姓名", "职责", "证书"), *((place, name, words.ROLES[role].zh, papers or "未登记")
                                       for place, name, role, papers in rows)]


def figures(actor: Actor, period: str, station: Station) -> list[Row]:
    """The figures of the period with their formulas; money in yuan, as everywhere in the pack."""
    made = statistics.summary(actor, period, station.code)
    return [("指标", "数值", "分子（钱以元计）", "分母（钱以元计）", "怎么算的"), *(
        (shown.figure.label.zh, shown.text, shown.part(shown.numerator), shown.part(shown.denominator),
         shown.figure.formula.zh) for shown in made.figures)]


def months(actor: Actor, period: Span, station: Station) -> list[Row]:
    """The same figures month by month, up to this one; each as things stood at the month's end."""
    last = min(period.last or actor.today, actor.today)
    first = period.first or date(last.year, 1, 1)
    span = range(12 * first.year + first.month - 1, 12 * last.year + last.month)[-MOST_MONTHS:]
    names = [f"{n // 12}-{n % 12 + 1:02d}" for n in span]
    ends = [min(date((n + 1) // 12, (n + 1) % 12 + 1, 1) - timedelta(1), actor.today) for n in span]
    made = [statistics.summary(actor, name, station.code, on) for name, on in zip(names, ends, strict=True)]
    head = ["月份", *(shown.figure.label.zh for shown in made[0].figures)] if made else ["月份"]
    return [head, *([name, *(shown.text for shown in one.figures)] for name, one in zip(names, made, strict=True))]


def follow_ups(actor: Actor, period: Span, station: Station) -> list[Row]:
    """Settled cases of the period, those of them that were visited or called afterwards, and what people said."""
    asked = scopes.read(actor, period.code, station.code)
    said = {word: f"won_{word.code}" for word in words.SATISFACTION.values()}
    found = measures.totals(asked, ["won", "won_visited", *said.values()])
    settled, visited = found["won"].count, found["won_visited"].count
    rate = reporting.rate(visited, settled)
    return [("项目", "数值"), ("期间内化解（件）", settled), ("其中已回访（件）", visited),
            ("回访率", f"{rate} %" if rate else "—"),
            *((f"满意度：{word.zh}（次）", found[name].count) for word, name in said.items())]


def limits() -> list[Row]:
    """What hangs on the wall: the steps of a case, and the limits of the law behind them."""
    steps = [("步骤", label.zh, "", "") for label, _states in workflow.STEPS]
    return [("类别", "名称", "依据", "可信程度"), *steps,
            *(("期限", rule.label.zh, rule.article.zh, rule.confidence) for rule in time_limits.CLOCKS)]


def typical(actor: Actor, period: Span, station: Station, count: int, number: str = "") -> list[Case]:
    """The newest settled cases of the period, or the one known by ``number``; sealed ones are never typical."""
    won = row_sets.ROW_SETS["won"].select(scopes.read(actor, period.code, station.code)).subquery()
    rows = select(Case).where(
        door.filter_for(actor), Case.is_sealed.is_(False), Case.id.in_(select(won.c.key)),
        *([case_filters.KEYS["number"].build(number, actor)] if number else ()))
    return list(db.session.scalars(rows.order_by(Case.concluded_on.desc(), Case.id.desc()).limit(count).options(
        joinedload(Case.station), selectinload(Case.hearings), selectinload(Case.visits),
        selectinload(Case.payments), selectinload(Case.agreements).selectinload(Agreement.instalments))))


def told(row: Case, n: int) -> Iterator[str]:
    """A case without names, numbers, places or anything that people typed: days, kinds and sums only."""
    yield f"典型案例{n}"
    yield f"编号：{row.number[:-4]}****"
    yield f"站点：{row.station.name}"
    yield f"渠道：{words.CHANNELS[row.channel].zh}；来源：{words.SOURCES[row.source].zh}"
    yield f"争议类型：{words.HEADS[row.main_head].zh if row.main_head in words.HEADS else '—'}；涉及{headcounts.say(row).zh}"
    about = "约" if row.is_claim_about else ""
    yield f"诉求金额：{about}{_sum(row, row.claimed_fen)}"
    yield f"结果：{words.OUTCOMES[row.outcome].zh}；协议金额：{_agreed(row)}"
    yield f"已到账：{_sum(row, row.arrived_fen)}"
    yield ""
    yield from (f"{day.isoformat() if day else '日期不详'}　{said}" for day, said in sorted(
        _days(row), key=lambda pair: (pair[0] or date.max, pair[1])))


def _agreed(row: Case) -> str:
    if row.agreed_fen is None and any(one.is_undisclosed for one in row.agreements):
        return "未公开"
    return f"{_sum(row, row.agreed_fen or 0)}"


def _days(row: Case) -> Iterator[tuple[date | None, str]]:
    fixed = ((row.received_on, "收到申请"), (row.accepted_on, "受理"), (row.agreed_on, "达成协议"),
             (row.effective_on, "协议生效"), (row.concluded_on, "有结果"), (row.closed_on, "结案"))
    yield from ((day, said) for day, said in fixed if day)
    for hearing in row.hearings:
        way = words.SESSION_WAYS.get(hearing.way)
        yield hearing.held_on, f"第{hearing.seq}次调解{f'（{way.zh}）' if way else ''}"
    for agreement in row.agreements:
        if agreement.superseded_on is None:
            yield from ((one.due_on, f"第{one.seq}期应付{_sum(row, one.amount_fen)}") for one in agreement.instalments)
    for paid in row.payments:
        yield paid.paid_on, f"到账{_sum(row, paid.amount_fen)}（{_proof(paid)}）"
    for visit in row.visits:
        said = words.SATISFACTION.get(visit.satisfaction)
        yield visit.visited_on, f"回访{f'：{said.zh}' if said else ''}"


def _sum(row: Case, fen: int | None) -> str:
    return "—元" if fen is None else currencies.named(fen, row.station.currency)


def _proof(row: Payment) -> str:
    return "冲销" if row.reverses_id else words.PROOFS[row.proof].zh if row.proof in words.PROOFS else row.proof
