"""Every row against the tables of rules: what ``flask check`` finds. Findings name a case and a sentence."""
from __future__ import annotations

import json
import re
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select, true
from sqlalchemy import case as either
from sqlalchemy import inspect as look_at
from sqlalchemy.orm import joinedload, selectinload

from mediation import vault
from mediation.extensions import db
from mediation.migrations import APPEND_ONLY, current, head
from mediation.models import (
    TABLES,
    Agreement,
    AgreementItem,
    Case,
    Claim,
    Closing,
    Consultation,
    Contact,
    Counter,
    Event,
    ImportBatch,
    ImportRow,
    Instalment,
    InstalmentShare,
    IssuedFigure,
    Letter,
    Paper,
    Party,
    Payment,
    PaymentShare,
    PlanPayer,
    SearchText,
    Station,
    User,
)
from mediation.queries import imports
from mediation.queries.audit import explanations
from mediation.queries.cases import case_rows, merging
from mediation.queries.desk import tallies
from mediation.queries.figures import issued
from mediation.queries.house import canonical
from mediation.queries.house.digests import MANY, Fault, whole
from mediation.queries.money import case_money, corrections
from mediation.queries.papers import case_papers as papers
from mediation.queries.papers import served
from mediation.rules import words
from mediation.rules.cases import workflow
from mediation.rules.cases.numbers import register_order
from mediation.rules.figures import closings
from mediation.rules.papers import numbering
from mediation.sqlite import database_faults
from mediation.vault import Encrypted

DIGITS = re.compile(r"\d+")

CODES = (
    (Case, "state", workflow.STATES), (Case, "channel", words.CHANNELS), (Case, "source", words.SOURCES),
    (Case, "relation", words.RELATIONS), (Party, "part", words.PARTS), (Party, "side", words.SIDES),
    (Claim, "head", words.HEADS), (Contact, "way", words.CONTACT_WAYS), (Payment, "proof", words.PROOFS),
    (Payment, "payer_kind", words.PAYER_KINDS), (Station, "kind", words.STATION_KINDS), (User, "role", words.ROLES),
)


def run() -> list[Fault]:
    """All findings, in the order of the checks; where tables or columns are gone, just these."""
    return gone() or [fault for part in (
        _settings, _guards, _accounts, _codes, _outcomes, _numbers, _counters, _sealed, _staged_rows, _sums, _plans,
        _books, _hints, _waiting, _tallies, _index, _mergers, _imports, _closings, _issued, _papers)
        for fault in whole(part)]


def gone() -> list[Fault]:
    """Tables and columns that are not there any more: no row of theirs could be missed. Of another version's schema
    nothing is said here."""
    return list(_gone()) if current(db.session.connection()) == head() else []


def _gone() -> Iterator[Fault]:
    found = look_at(db.session.connection())
    present = set(found.get_table_names())
    for name, model in sorted(TABLES.items()):
        if name not in present:
            yield Fault(name, "这张表不见了", "this table is gone")
            continue
        columns = {column["name"] for column in found.get_columns(name)}
        for column in sorted({column.name for column in model.__table__.columns} - columns):
            yield Fault(f"{name}.{column}", "这一列不见了", "this column is gone")


def _papers() -> Iterator[Fault]:
    """Papers that were issued, against the digest under which their page is kept."""
    for place in papers.lost_pages():
        yield Fault(place, "出具过的文书不是留存时的样子，或不见了", "the kept page of an issued paper was changed or is gone")


def _imports() -> Iterator[Fault]:
    """Rows of old registers, by which an import is undone, against the journal of the cases made from them."""
    for number in imports.unlike_journal():
        yield Fault(number, "导入的行与经过记录的不符", "its row in an import is not the one that the journal names")


def _tallies() -> Iterator[Fault]:
    """What desks count, against the open cases."""
    for (station, _span, day, handler, kind, _union), (kept, found) in tallies.wrong().items():
        yield Fault(f"open_tally {station} {handler} {kind} {day}", f"工作台的数与案件不符（记{kept}，实{found}），请运行 index",
                    f"counts of desks do not match the cases ({kept} kept, {found} found); run index")


def _index() -> Iterator[Fault]:
    """Cases that no search finds, because the index does not know them."""
    for number in db.session.scalars(select(Case.number).outerjoin(SearchText, SearchText.case_id == Case.id).where(
            SearchText.case_id.is_(None)).order_by(Case.id)):
        yield Fault(number, "搜索里找不到这件", "no search finds this case")


def _mergers() -> Iterator[Fault]:
    """Mergers that run in a ring or end nowhere, and merged cases that still hold rows or are open."""
    for one in merging.wrong(true()):
        yield Fault(one.number, one.text.zh, one.text.en)


# Contradictions that are faults of the books until somebody has explained them.
BOOKS = frozenset({"payee_unasked", "more_back_than_came", "paid_twice"})


def _books() -> Iterator[Fault]:
    """Money that went to somebody else after signing without a word, went back though it had not come by then, or was
    recorded twice without the question; what was explained since is none."""
    alike = select(Payment.case_id).group_by(
        Payment.case_id, Payment.paid_on, Payment.paid_told, Payment.amount_fen, Payment.direction).having(
        func.count() > 1)
    rows = or_(Case.id.in_({row.case_id for row in corrections.unasked(true())}), Case.id.in_(alike),
               Case.id.in_(select(Payment.case_id).where(Payment.direction == "to_employer")))
    for line in explanations.of_cases(rows, date.max):
        if line.found.key in BOOKS and not line.is_explained:
            yield Fault(line.number, line.found.text.zh, line.found.text.en)


def _issued() -> Iterator[Fault]:
    """Figures that were given out, against their digest and the journal of the house."""
    for place, zh, en in issued.faults():
        yield Fault(place, zh, en)


def _closings() -> Iterator[Fault]:
    """What was frozen when a period was closed, against the digest that its event names."""
    named = {data["closing"]: data["figures_digest"] for data in map(json.loads, db.session.scalars(
        select(Event.data).where(Event.is_of_house(), Event.kind == "period_closed")))}
    for row in db.session.scalars(select(Closing).order_by(Closing.id).options(joinedload(Closing.union))):
        made = closings.digest(row.union.code, row.period, row.last_on, row.figures, row.parts)
        if not row.digest == made == named.get(row.id):
            yield Fault(f"{row.union.code} {row.period}", "关账的数字被改过", "the figures of a closed period were changed")


def _settings() -> Iterator[Fault]:
    for name in database_faults(db.session.connection()):
        yield Fault("database", f"设置{name}不对", f"setting {name} is wrong")


def _guards() -> Iterator[Fault]:
    """The triggers that refuse to change what is only ever appended to: without them anything could be rewritten."""
    connection = db.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'" if is_sqlite else
                                      "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
    present = set(rows.scalars())
    for table in APPEND_ONLY:
        wanted = {f"keep_{table}_update", f"keep_{table}_delete"} if is_sqlite else {f"keep_{table}"}
        if wanted - present:
            yield Fault(table, "防改的触发器不在了", "the trigger that keeps its rows is gone")


def _accounts() -> Iterator[Fault]:
    """Role and station of every account that may log in, as they were created or confirmed last."""
    told: dict[int, tuple[str, str, int]] = {}
    for kind, text in db.session.execute(select(Event.kind, Event.data).where(
            Event.is_of_house(), Event.kind.in_(("user_created", "user_confirmed"))).order_by(Event.id)):
        data = json.loads(text)
        told[data["user"]] = kind, data["role"], data["station"]
    for row in db.session.scalars(select(User).where(User.confirmed_at.is_not(None)).order_by(User.id)):
        kind, *place = told.get(row.id, ("", "", 0))
        if place != [row.role, row.station_id] or (row.confirmed_by_id and kind != "user_confirmed"):
            yield Fault(f"account {row.username}", "角色、站点或确认和记录不符",
                        "role, station or confirmation is not what the journal says")


def _codes() -> Iterator[Fault]:
    for model, column, table in CODES:
        for code in db.session.scalars(select(getattr(model, column)).distinct()):
            if code not in table:
                yield Fault(f"{model.__tablename__}.{column}", f"未知代码{code}", f"unknown code {code}")


def _outcomes() -> Iterator[Fault]:
    asked = select(Case.number, Case.state, Case.outcome, Case.concluded_on, Case.is_open, Case.is_late_entry,
                   Case.voided_on)
    for case in db.session.execute(asked.order_by(Case.id)):
        if case.outcome and case.outcome not in words.OUTCOMES:
            yield Fault(case.number, f"未知结果{case.outcome}", f"unknown outcome {case.outcome}")
        if bool(case.outcome) != (case.concluded_on is not None) and not case.is_late_entry:
            yield Fault(case.number, "结果和结果日期不一致", "outcome and its day do not agree")
        state = workflow.STATES.get(case.state)
        if state is None:
            yield Fault(case.number, f"未知状态{case.state}", f"unknown state {case.state}")
        elif case.is_open != int(state.is_open and case.voided_on is None):
            yield Fault(case.number, "是否在办与状态不符", "open mark and state do not agree")
        if case.state in ("CLOSED", "ARCHIVED") and not case.outcome and not case.is_late_entry:
            yield Fault(case.number, "已结案没有结果", "closed without an outcome")


def _numbers() -> Iterator[Fault]:
    """Register numbers without gaps, per union and year."""
    for row in db.session.scalars(select(Counter).where(Counter.series == "register")):
        union = db.session.get_one(Station, row.union_id)
        found = db.session.scalar(select(func.count()).where(Case.number.startswith(f"{union.code}-{row.year}-")))
        if found != row.last:
            yield Fault(f"{union.code}-{row.year}", f"登记号有缺：用到{row.last}，只有{found}件",
                          f"register numbers have gaps: {row.last} drawn, {found} cases")


def _counters() -> Iterator[Fault]:
    """The last number of every series of papers against the numbers in use: it is there, and none is beyond it."""
    kept = {(row.union_id, row.series, row.year): row.last for row in db.session.scalars(select(Counter))}
    used: dict[tuple[int, str, int], set[int]] = defaultdict(set)
    own: dict[tuple[int, str, int], set[int]] = defaultdict(set)  # not of late entries, whose numbers were typed
    for union, series, number, is_typed in _numbers_in_use():
        found = {int(one) for one in DIGITS.findall(number)}
        for year in found:
            used[union, series, year] |= found
            if not is_typed:
                own[union, series, year].add(int(DIGITS.findall(number)[-1]))
        if not is_typed and not any((union, series, year) in kept for year in found):
            yield Fault(f"counter {union} {series}", f"{number}的编号没有登记", f"the series of {number} is on no record")
    for (union, series, year), last in sorted(kept.items()):
        if last not in used.get((union, series, year), set()) or last + 1 in own.get((union, series, year), set()):
            yield Fault(f"counter {union} {series} {year}", f"末号{last}与在用的编号不符",
                        f"the last number {last} does not match those in use")


def _numbers_in_use() -> Iterator[tuple[int, str, str, bool]]:
    """Union, series, number as printed, and whether somebody may have typed it."""
    late = Case.is_late_entry
    printed: tuple[tuple[str, Select[Any]], ...] = (
        ("register", select(Case.union_id, Case.number, false())),
        ("accepted", select(Case.union_id, Case.printed_number, late)),
        ("agreement", select(Case.union_id, Agreement.number, late).join(Case, Case.id == Agreement.case_id)),
        ("consultation", select(Consultation.union_id, Consultation.number, false())),
        ("issued", select(Station.union_id, IssuedFigure.number, false()).join(
            IssuedFigure, IssuedFigure.station_id == Station.id)),
        *((f"letter_{kind}", select(Letter.union_id, Letter.number, false()).where(Letter.kind == kind))
          for kind in words.LETTER_KINDS))
    for series, numbers in printed:
        yield from ((union, series, number, bool(is_typed))
                    for union, number, is_typed in db.session.execute(numbers) if number)
    for union, kind, year, serial in db.session.execute(select(
            Case.union_id, Paper.kind, Paper.serial_year, Paper.serial).join(Case, Case.id == Paper.case_id).where(
            Paper.serial.is_not(None))):
        yield union, numbering.series(kind), f"{year} {serial}", False


def _sealed() -> Iterator[Fault]:
    """What is kept beside sealed values to find and to show them: blind index and last characters."""
    keys = vault.current()
    for model in TABLES.values():
        for name in canonical.sealed_of(model):
            part: Encrypted = vars(model)[name]
            columns = [getattr(model, f"{name}_{one}") for one in ("index", "tail") if hasattr(model, f"{name}_{one}")]
            if not columns:
                continue
            place = select(model.id, Case.number, model.uid, getattr(model, f"{name}_sealed"), *columns).join(
                Case, Case.id == model.case_id).order_by(model.id).execution_options(yield_per=MANY)
            for key, number, uid, sealed, *kept in db.session.execute(place):
                try:
                    value = keys.decrypt(sealed, f"{part.place}.{uid}") if sealed else ""
                except vault.WrongKey:
                    yield Fault(f"{number} {model.__tablename__} {key}", "密文打不开", "a sealed value does not open")
                    continue
                wanted = [({one.blind(value, name) for one in (keys, *keys.earlier)} if column.key.endswith("_index")
                           else {value[-part.tail:]}) if value else {None} for column in columns]
                if any((one or None) not in good for one, good in zip(kept, wanted, strict=True)):
                    yield Fault(f"{number} {model.__tablename__} {key}", "查找用的码或尾号与密文不符",
                                "its index or last digits do not match the sealed value")


def _staged_rows() -> Iterator[Fault]:
    """Staged rows: their sealed cells open, and the case that a row became is the one whose event names the row."""
    came: dict[tuple[int, int], str] = {}
    for stream, data in db.session.execute(select(Event.stream, Event.data).where(Event.kind == "imported")):
        told = json.loads(data)
        came[told["import_batch"], told["row"]] = stream.removeprefix("case:")
    rows = select(ImportRow, ImportBatch, Case.number).outerjoin(
        ImportBatch, ImportBatch.id == ImportRow.import_id).outerjoin(Case, Case.id == ImportRow.case_id).order_by(
        ImportRow.id).execution_options(yield_per=MANY)
    for row, batch, number in db.session.execute(rows):
        place = f"import_row {row.id}"
        try:
            imports.opened(batch, row)
        except (vault.WrongKey, AttributeError, ValueError):
            yield Fault(place, "密文打不开", "a sealed value does not open")
        if came.pop((row.import_id, row.number), None) != number or (row.mark == "taken") != (number is not None):
            yield Fault(place, "变成的案件与经过不符", "the case it became is not the one that the journal names")
    for (key, n), number in came.items():
        yield Fault(f"import_row {key}/{n} {number}", "这一行不见了", "this row is gone")
    for batch, count in db.session.execute(select(ImportBatch, func.count(ImportRow.id)).outerjoin(
            ImportRow, ImportRow.import_id == ImportBatch.id).group_by(ImportBatch.id)):
        if batch.state != "dropped" and batch.tally.get("staged", count) != count:
            yield Fault(f"import_batch {batch.id}", "读入的行有不见的", "staged rows are gone")


def _sums() -> Iterator[Fault]:
    """Shares sum to their slip, instalments to their agreement, to the fen."""
    yield from _unequal(select(Payment.id, Payment.amount_fen, func.sum(PaymentShare.amount_fen)).join(
        PaymentShare).group_by(Payment.id), "payment")
    yield from _unequal(select(Instalment.id, Instalment.amount_fen, func.sum(InstalmentShare.amount_fen)).join(
        InstalmentShare).group_by(Instalment.id), "instalment")
    yield from _unequal(select(Agreement.id, Agreement.total_fen, func.sum(Instalment.amount_fen)).join(
        Instalment).group_by(Agreement.id, Agreement.total_fen), "agreement")


def _plans() -> Iterator[Fault]:
    """What every worker was promised against his parts of the instalments: plans that do not add up, workers in none.
    Then the payers of plans: for every plan or for none, and nobody in two plans of one payer."""
    fen = AgreementItem.amount_fen
    signed = func.sum(either((AgreementItem.head == "to_employer", -fen), else_=fen))
    promised = select(AgreementItem.agreement_id, AgreementItem.party_id, signed.label("fen")).group_by(
        AgreementItem.agreement_id, AgreementItem.party_id).subquery()
    planned = select(
        Instalment.agreement_id, InstalmentShare.party_id, func.sum(InstalmentShare.amount_fen).label("fen")).join(
        InstalmentShare, InstalmentShare.instalment_id == Instalment.id).group_by(
        Instalment.agreement_id, InstalmentShare.party_id).subquery()
    rows = select(Case.number, promised.c.fen, func.coalesce(planned.c.fen, 0)).join(
        Agreement, Agreement.case_id == Case.id).join(promised, promised.c.agreement_id == Agreement.id).outerjoin(
        planned, and_(planned.c.agreement_id == Agreement.id, planned.c.party_id == promised.c.party_id)).where(
        promised.c.fen != func.coalesce(planned.c.fen, 0)).order_by(Case.id)
    for number, total, parts in db.session.execute(rows):
        if parts:
            yield Fault(number, f"一名工人的付款计划合计{parts}分，协议{total}分",
                        f"the plans of a worker sum to {parts} fen, the agreement to {total}")
        else:
            yield Fault(number, f"一名工人协议{total}分，不在任何付款计划里", f"a worker with {total} fen stands in no plan")
    yield from _payers()


def _payers() -> Iterator[Fault]:
    named = select(PlanPayer.agreement_id).distinct()
    for agreement in db.session.scalars(select(Agreement).where(Agreement.id.in_(named)).options(
            joinedload(Agreement.case), selectinload(Agreement.instalments).selectinload(Instalment.shares))):
        payers = case_money.payers_by_plan(agreement)
        if set(payers) != set(agreement.plans):
            yield Fault(agreement.case.number, "有的付款计划没有付款人", "a plan has no payer")
        places = [(step.plan, share.party_id) for step in agreement.instalments for share in step.shares]
        seen = Counts((payer, worker) for plan, worker in set(places) for payer in payers.get(plan, ()))
        if any(count > 1 for count in seen.values()):
            yield Fault(agreement.case.number, "一名工人在同一付款人的两份付款计划里",
                        "a worker stands in two plans of one payer")


def _unequal(rows: Select[Any], name: str) -> Iterator[Fault]:
    for key, total, parts in db.session.execute(rows):
        if total != parts:
            yield Fault(f"{name} {key}", f"分项合计{parts}分，总数{total}分",
                          f"parts sum to {parts} fen, the whole is {total}")


def _hints() -> Iterator[Fault]:
    """The stored sums against the sums computed from the rows."""
    ids = db.session.execute(select(Case.id).order_by(Case.id).execution_options(yield_per=MANY)).scalars()
    for some in ids.partitions():
        for case in case_rows.read_many(some, date.max).values():
            money = case_money.position(case, date.max)
            computed = (money.claimed_fen, money.is_claim_about, case_money.known_agreed(case, money),
                        money.arrived_fen, case_money.known_outstanding(money), money.unverified_fen, money.agreed_fen,
                        money.unpaid_fen)
            if (case.claimed_fen, case.is_claim_about, case.agreed_fen, case.arrived_fen, case.outstanding_fen,
                    case.unverified_fen, case.bound_fen, case.unpaid_fen) != computed:
                yield Fault(case.number, "列表里的金额与明细不符", "the sums kept for lists do not match the rows")
            if case.number_order != register_order(case.number):
                yield Fault(case.number, "登记号的排序与登记号不符", "the number as it sorts does not match the number")


def _waiting() -> Iterator[Fault]:
    """How many papers of a case wait for service, against the entries of those who have got theirs."""
    some = select(Case).where(Case.id.in_(select(Paper.case_id))).order_by(Case.id).options(selectinload(Case.papers))
    for case in db.session.scalars(some.execution_options(yield_per=MANY)):
        wanted = served.to_serve(case)
        if any(row.to_serve != wanted.get(row.id, 0) for row in case.papers):
            yield Fault(case.number, "还没送到的人数与送达记录不符，请运行 index",
                        "how many papers wait for service does not match the entries; run index")
