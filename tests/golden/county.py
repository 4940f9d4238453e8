"""The golden county: two unions and twenty cases, played through the services on fixed days.

Small, and yet every outcome, way of paying, body and kind of record is in it. What the product makes of it is
recorded (``record``), so that a change of any figure, cell, digest, address or command shows. Nothing in it depends on
the day on which it is built: the house's day is ``house.TODAY`` and every act has its own day and hour.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from unittest.mock import patch

from flask import Flask

from mediation.cli.demo import county, plays
from mediation.cli.demo.plays import Play
from mediation.extensions import close_engines, db
from mediation.models import Case, Employer, Payment
from mediation.queries.audit import findings
from mediation.queries.figures import scopes
from mediation.queries.ledger import selection
from mediation.queries.money import case_money as money_queries
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue
from mediation.rules.money.agreement_checks import Item, Sign, Terms
from mediation.rules.money.payment_checks import Entry
from mediation.rules.money.plans import Step
from mediation.rules.people import identity
from mediation.services import journal, records
from mediation.services.audit import findings as service
from mediation.services.audit import sampling
from mediation.services.bodies import coordination, handovers
from mediation.services.cases import intake, links, merging, moves, origins
from mediation.services.desk import supervision
from mediation.services.figures import closings, issuing
from mediation.services.house import accounts, setup
from mediation.services.money import agreements, payments
from mediation.services.papers import issued_papers
from mediation.services.people import employers
from mediation.services.prevention import before_cases, supervision_letters
from tests import house
from tests.golden import clock

NOW = datetime.combine(house.TODAY, time(6), UTC)  # two in the afternoon in Beijing
TEN = "\n".join(f"{name} 8640 138478611{n:02d}" for n, name in enumerate(
    ("朝鲁", "达来", "格日勒", "哈斯", "呼和", "毕力格", "宝音", "张有福", "马三", "高明"), 1))
TAKE = ((0, "agrees", {}), (1, "accept", {}), (1, "take_up", {}))


def _story(key: str, came: str, by: str, facts: dict, *steps: tuple) -> county.Story:
    return county.Story(key, came, by, facts, steps, is_left=True)


STORIES = (
    _story("agreed", "2025-11-20", "mediator", county.request(
        "斯琴", "草原人家饭店", "wages", 18000, "六个月工资没给，老板说年后再说。"),
        *TAKE, (4, "session", {"said": "老板认账，愿意分两次给。", "concession": "私下说可以一次付清。"}), (5, "resolve", {"employer": "hotel"}),
        (6, "papers", {"kinds": ("receipt", "acceptance")}),
        (8, "agree", {"yuan": 16500, "count": 2, "first": 20, "rhythm": "month"}), (20, "pay", {"whole": True}),
        (22, "reconcile", {"seq": 1}), (50, "pay", {"whole": True}), (55, "visit", {}), (55, "close", {}),
        (60, "archive", {})),
    _story("group", "2026-01-08", "lead", county.request(
        "朝鲁", "宏远劳务，职教中心工地", "wages", 8640, "十个人绑钢筋，工钱一分没给。", roster=TEN, headcount=10,
        part="sub_contractor", source="court", channel="E", source_number="（2026）内0824诉前调123号",
        source_body="乌拉特中旗人民法院", language="mongolian", interpreter="其其格", flags=["rural"],
        second=("建安公司", "general_contractor")),
        *TAKE, (2, "representatives", {"count": 3}),
        (4, "letter", {"agency": "hr", "kind": "task", "purpose": "核实总包是否已拨付人工费", "number": "乌中工函〔2026〕2号", "due": 20}),
        (9, "reply", {"agency": "hr", "said": "总包已拨付七成。", "number": "中人社函〔2026〕31号"}),
        (10, "consult", {"agenda": "谁先垫付", "conclusion": "总包先付一半。", "bodies": (("hr", "监察大队", "应当先行清偿。"),)}),
        (10, "session", {"said": "数目对得上。", "others": "人社局", "next": 14}),
        (12, "resolve", {"employer": "hongyuan", "part": "sub_contractor"}),
        (15, "agree", {"each": 8000, "count": 2, "first": 40, "rhythm": "month"}), (40, "pay", {"whole": True}),
        (45, "entry", {"yuan": 5000, "way": "wage_account", "payer": "second"}),
        (46, "entry", {"yuan": 2000, "way": "cash", "proof": "said"}), (50, "verify", {"seq": 3}),
        (52, "entry", {"yuan": 1000, "way": "wechat", "proof": "transfer_record"}), (53, "reverse", {"seq": 6}),
        (60, "entry", {"yuan": 900, "way": "goods", "proof": "receipt"}),
        (70, "contact", {"reached": False, "whom": "respondent", "next_step": "再打", "next": 75})),
    _story("settled", "2026-02-03", "mediator", county.request(
        "马小军", "快送站点", "deposit", 6200, "站点扣了押金。", flags=["new_form"], source="hotline",
        external="12351-2026-07731"),
        *TAKE, (3, "resolve", {"employer": "rider"}), (4, "settle", {"yuan": 5500}),
        (6, "entry", {"yuan": 200, "way": "cash", "proof": "receipt", "reason": "另给的路费"}),
        (7, "entry", {"yuan": 100, "direction": "to_employer", "reason": "多给的退回"}),
        (8, "visit", {"satisfaction": "mostly"}), (9, "close", {})),
    _story("failed", "2026-02-25", "mediator", county.request(
        "丁文", "金泉矿业", "unlawful_ending", 46000, "被辞退，要赔偿金。", flags=["injury"]),
        *TAKE, (6, "session", {"said": "差距太大。", "way": "phone"}), (12, "fail", {"reason_code": "too_far"}), (13, "notify", {}),
        (13, "close", {"way": "arbitration"}),
        (15, "move", {"key": "refer_on", "to": "TO_ARBITRATION", "reason": "已申请仲裁"}), (40, "archive", {})),
    _story("withdrawn", "2026-03-02", "window", county.request(
        "陈立", "建安公司", "wages", 5600, "拖了三个月。", source="governance", external="综治2026-1102"),
        *TAKE, (4, "withdraw", {"reason": "单位私下结清"}), (6, "close", {"way": "given_up"}),
        (10, "move", {"key": "reopen", "reason": "单位没有结清", "by": "supervisor"}), (14, "withdraw", {"reason": "这次真的结清了"}),
        (15, "close", {"way": "given_up"})),
    _story("refused", "2026-03-16", "window", county.request(
        "葛根", "老魏（包工头）", "wages", 6000, "打零工的钱。", part="labour_contractor"),
        (1, "refuses", {}), (2, "refuse", {"next_door": "arbitration"}), (3, "notify", {}), (3, "close", {"way": "informed"})),
    _story("unreachable", "2026-03-20", "colleague", county.request(
        "佟海", "刘工头（外省）", "wages", 5400, "人走了。", part="labour_contractor", flags=["rural"]),
        (1, "no_answer", {"next": 2}), (2, "no_answer", {"next": 4}), (4, "no_answer", {}),
        (5, "unreachable", {"next_door": "hr"}), (6, "notify", {}), (6, "close", {"way": "informed"})),
    _story("declined", "2026-04-02", "lead", county.request(
        "彭德", "张三（盖自家房）", "service_fee", 3000, "给张三家盖房，工钱没给。", part="household"),
        (1, "decline", {"ground": "not_labour", "next_door": "court"}), (2, "notify", {}), (2, "close", {"way": "informed"})),
    _story("referred", "2026-04-14", "mediator", county.request(
        "布仁", "建安公司", "injury_grants", 88000, "工伤十级，伤残补助没给。", flags=["injury"]),
        *TAKE, (8, "session", {"said": "想要仲裁的结论。"}),
        (14, "refer", {"to": "TO_ARBITRATION", "agency": "arbitration", "reason": "双方愿意由仲裁裁决"}),
        (20, "close", {"way": "arbitration"})),
    _story("returned", "2026-05-06", "mediator", county.request(
        "孟和", "顺达物流", "wages", 21000, "三个月运费提成没结。", source="court", channel="E",
        source_number="（2026）内0824诉前调102号", source_body="乌拉特中旗人民法院"),
        *TAKE, (9, "refer", {"to": "TO_COURT", "agency": "court", "reason": "对方不再来"}), (12, "close", {"way": "court"})),
    _story("inspected", "2026-05-11", "colleague", county.request("郝建军", "老魏（包工头）", "wages", 14200, "电话打不通。"),
        *TAKE, (3, "refer", {"to": "TO_INSPECTION", "agency": "hr", "reason": "涉嫌拖欠多人"}), (9, "close", {"way": "inspection"})),
    _story("elsewhere", "2026-07-20", "window", county.request("田野", "快送站点", "other", None, "要求公开道歉。"),
        (3, "refer", {"to": "TO_OTHER", "agency": "court", "reason": "属名誉权纠纷"}), (4, "close", {"way": "court"})),
    _story("sham", "2026-05-20", "mediator", county.request("钱六", "快送站点", "wages", 99000, "数额对不上。"),
        *TAKE, (5, "move", {"key": "stop_sham", "reason": "双方串通", "reported_to": "分管负责人"}), (7, "close", {"way": "given_up"})),
    _story("duplicate", "2026-09-15", "mediator", county.request("姚静", "金泉矿业", "wages", 9800, "同一件事又来登记。"),
        (1, "agrees", {}), (1, "accept", {})),
    _story("sealed", "2026-09-17", "mediator", county.request("姚静", "金泉矿业", "wages", 9800, "不要让厂里的人知道。", person=14),
        *TAKE, (3, "seal", {"by": "supervisor", "reason": "涉及个人隐私，本人书面要求"}),
        (9, "session", {"said": "厂里答应补差额。", "next": 20}),
        (10, "pause", {"ground": "injury_finding", "document": "工伤认定申请受理通知"}), (20, "move", {"key": "resume", "reason": "已有结论"}),
        (21, "extend", {"days": 15})),
    _story("passed", "2026-10-12", "window", county.request(
        "高翔", "金泉矿业", "overtime", 23500, "加班费按平时算的。"),
        (1, "agrees", {}), (2, "accept", {}), (2, "route", {"station": "practice"}), (3, "give", {"to": "mediator", "by": "lead"}),
        (4, "move", {"key": "return", "reason": "手上太多", "by": "mediator"}), (5, "give", {"to": "colleague", "by": "lead"}),
        (6, "move", {"key": "take", "by": "colleague"}), (7, "move", {"key": "recuse", "reason": "是亲戚", "by": "colleague"}),
        (8, "give", {"to": "mediator", "by": "lead"}), (9, "move", {"key": "take", "by": "mediator"}),
        (10, "give", {"key": "reassign", "reason": "休假", "to": "lead", "by": "lead"})),
    _story("waiting", "2026-11-16", "mediator", county.request(
        "其其格", "李老板，城南工地", "wages", 9600, "做饭半年，只给过2000元。", part="labour_contractor", evidence=["workmates"],
        tried=["none"], flags=["rural"])),
    _story("neighbour", "2026-06-09", "mediator2", county.request("示例甲", "示例公司", "wages", 7777, "邻旗的案子。"),
        *TAKE, (5, "resolve", {"employer": "port"}), (6, "agree", {"yuan": 7000, "count": 2, "first": 30, "rhythm": "month"}),
        (9, "procedure", {"kind": "jud_confirm", "document": "司法确认申请书",
                          "steps": ((3, "accept", ""), (18, "decide", "granted"))}),
        (30, "pay", {"whole": True}), (70, "visit", {"satisfaction": "dissatisfied"}), (75, "close", {"way": "enforcement"}),
        (80, "move", {"key": "enforce", "document": "（2026）内0825执9号"})),
)
EMPLOYERS = {"urad-middle": ("hotel", "hongyuan", "rider"), "example": ("port",)}


# What the stories need beside the verbs of the demonstration


def _entry(run: Play, facts: dict) -> None:
    given = dict(facts)
    parties = [p for p in run.case.parties if p.side == "respondent"]
    payer = parties[-1] if given.pop("payer", "") == "second" else parties[0]
    payments.record_payment(run.case, Entry(run.on, given.pop("yuan") * 100, payer_party_id=payer.id, **given), run.actor(),
                              confirmed=True)


def _payment(run: Play, seq: int) -> Payment:
    return next(row for row in money_queries.payments_of(run.case) if row.seq == seq)


def _verify(run: Play, facts: dict) -> None:
    said = _payment(run, facts["seq"])
    payments.verify_payment(run.case, said, Entry(run.on, said.amount_fen, payer_party_id=said.payer_party_id), run.actor(),
                              confirmed=True)


def _reverse(run: Play, facts: dict) -> None:
    payments.reverse_payment(run.case, _payment(run, facts["seq"]), "记错了", run.actor())


def _settle(run: Play, facts: dict) -> None:
    """Settled between themselves and paid on the spot."""
    worker, boss, fen = run.party("applicant"), run.party("respondent"), facts["yuan"] * 100
    signs = [Sign("applicant", worker.id, "sign", run.on), Sign("respondent", boss.id, "stamp", run.on)]
    terms = Terms(run.on, payer_party_id=boss.id, items=[Item(worker.id, "deposit", fen)], steps=[Step(run.on, "", fen)],
                  signatures=signs)
    agreements.agree_and_pay(run.case, terms, Entry(run.on, fen, payer_party_id=boss.id, way="wechat",
                                                    proof="transfer_record"), run.actor(), confirmed=True, settle=True)


def _move(run: Play, facts: dict) -> None:
    given = dict(facts)
    key, by = given.pop("key"), given.pop("by", "")
    moves.move(run.case, key, {"happened_on": run.on, **given}, run.actor(by))


def _give(run: Play, facts: dict) -> None:
    given = {"key": "assign", **facts}
    _move(run, {**given, "mediator": house.get_user(given.pop("to")).id})


def _route(run: Play, facts: dict) -> None:
    _move(run, {"key": "route", "station": house.get_station(facts["station"]).id, "by": "supervisor"})


def _papers(run: Play, facts: dict) -> None:
    issued_papers.record(run.case, facts["kinds"], issued_papers.Given(run.on, "hand", "本人"), run.actor())


VERBS: dict[str, Callable[[Play, dict], None]] = {
    "entry": _entry, "verify": _verify, "reverse": _reverse, "settle": _settle, "move": _move, "give": _give, "route": _route,
    "papers": _papers}


# The house


def actor(username: str, on: date) -> Actor:
    return _acting(username, datetime.combine(on, time(2), UTC))


def _acting(username: str, at: datetime) -> Actor:
    """What ``house.actor`` gives, which the house itself calls with the true time."""
    return accounts.actor_of(house.get_user(username), at, at.date(), "zh", "127.0.0.1")


def build(app: Flask, folder: Path) -> None:
    """Fill the empty database of the application; ``folder``: its instance."""
    with clock.standing(NOW), app.app_context(), patch.dict(plays.VERBS, VERBS):
        house.build_schema()
        _furnish()
        played = {story.key: plays.play(story, house.TODAY, n) for n, story in enumerate(STORIES, 1)}
        _beside(played, folder)
        _audit(played)
        journal.seal(actor("supervisor", house.TODAY))
        db.session.commit()
        db.session.remove()
        close_engines()


def _furnish() -> None:
    began = datetime(2025, 11, 3, 2, tzinfo=UTC)
    clerk = accounts.operator("golden", began, began.date())
    with patch.object(house, "actor", lambda username: _acting(username, began)):
        setup.load_calendar(clerk)
        stations = house.add_stations(clerk)
        bodies = house.add_agencies(clerk, stations["urad-middle"])
        house.add_people(clerk, stations, bodies)
    bureau, _secret = accounts.create(clerk, "bureau", "苏队长", "liaison", stations["urad-middle"], bodies["hr"].id,
                                      password=house.PASSWORD)
    accounts.confirm(bureau, _acting("supervisor", began))
    known = {row[0]: row for row in county.EMPLOYERS}
    for union, keys in EMPLOYERS.items():
        for _key, name, code, sector, ownership, person in (known[key] for key in keys):
            employers.register({"name": name, "credit_code": code + identity.credit_check_digit(code), "sector": sector,
                                "ownership": ownership, "legal_person": person},
                               actor("supervisor" if union == "urad-middle" else "supervisor2", began.date()),
                               stations[union].id)


def _beside(played: dict[str, Case], folder: Path) -> None:
    """What is not the story of one case: a merger, a late entry, prevention, letters, books, a hand-over, leave."""
    on = date(2026, 9, 18)
    merging.merge(played["duplicate"], {"happened_on": on, "into": played["sealed"].number, "reason": "同一件事"},
               actor("mediator", on))
    _late_entries()
    _prevention(played)
    _letters()
    _books(played)
    coordination.add_member(played["passed"], house.get_user("window").id, actor("lead", date(2026, 11, 2)))
    links.link(played["waiting"], played["passed"].number, "同一批工钱", actor("lead", date(2026, 11, 17)))
    handovers.send(handovers.Sent("before_filing", "乌中法委〔2026〕27号", "（2026）内0824诉前调139号", None, {
        "name": "苏雅", "phone": "13847815120", "told": "草原人家饭店", "head": "wages", "amount": "6400",
        "narrative": "端盘子四个月，不认账。"}, ("委派调解函.txt", "现将苏雅一案委派你会调解。".encode())),
        actor("liaison", date(2026, 11, 16)), folder)
    above = actor("supervisor", date(2026, 11, 12))
    supervision.urge(played["sealed"], "先约一次再谈。", date(2026, 11, 20), above)
    supervision.supervise(played["group"], "尾款拖了几个月，请写明办法。", date(2026, 11, 23), above)
    supervision.hand_over(supervision.Leave(
        house.get_user("colleague").id, house.get_user("mediator").id, house.TODAY, house.TODAY + timedelta(6), "培训"),
        actor("supervisor", house.TODAY))


def _late_entries() -> None:
    """A register's line whose days are partly not known, with money whose day nobody knows; and one closed long ago."""
    clerk = actor("mediator2", date(2026, 7, 1))
    row = intake.late_enter(clerk, intake.Late(
        received_on=date(2025, 12, 5), source="walk_in", name="不详", headcount=5, state="MEDIATING",
        respondents=[intake.Respondent("某建筑公司", part="employer", is_person=False)],
        claims=[intake.ClaimLine("wages", 8000000, "about")], dates={"accepted_on": date(2025, 12, 8)}))
    worker, boss = (next(p for p in row.parties if p.side == side) for side in ("applicant", "respondent"))
    agreements.agree(row, Terms(None, payer_party_id=boss.id, items=[Item(worker.id, "wages", 7000000)],
                                steps=[Step(None, "年底前", 7000000)]), clerk, confirmed=True)
    known = {"proof": "published", "proof_note": "旗报2026年2月", "reason": "公开来源所载"}
    payments.record_payment(row, Entry(None, 500000, paid_told="不详", **known), clerk, confirmed=True)
    payments.record_payment(row, Entry(date(2026, 2, 10), 3000000, payer_kind="fund", **known), clerk, confirmed=True)
    intake.late_enter(clerk, intake.Late(
        received_on=date(2025, 12, 20), source="walk_in", name="刘芳", headcount=1, state="CLOSED", outcome="FAILED",
        outcome_reason="refusal", respondents=[intake.Respondent("某饭店", part="employer", is_person=False)],
        claims=[intake.ClaimLine("overtime", 780000)],
        dates={"accepted_on": date(2025, 12, 22), "concluded_on": date(2026, 1, 5), "closed_on": date(2026, 1, 6)}))


def _prevention(played: dict[str, Case]) -> None:
    for n, (way, topic, people, step) in enumerate((
            ("phone", "wages", 3, "come"), ("outreach", "overtime", 6, "done"), ("walk_in", "injury_benefit", 1, "elsewhere"))):
        on = date(2026, 3, 10) + timedelta(80 * n)
        row = records.record("inquiry", {
            "way": way, "topic": topic, "people": people, "name": "其其格", "question": "没有合同怎么办？", "answer": "先收集考勤。",
            "next_step": step, "asked_on": on}, actor("mediator", on))
        if step == "come":
            before_cases.draft_of(row, actor("mediator", on))
            origins.link_case(row.draft_token, played["waiting"], actor("mediator", on))
    employer = _employer("hotel")
    for kind, on, people in (("visit", date(2026, 2, 18), 6), ("lecture", date(2026, 8, 12), 45)):
        records.record("activity", {
            "kind": kind, "title": "看工资台账", "bodies": "人社局", "people": people, "leaflets": 30, "done_on": on,
            "employer_id": employer.id if kind == "visit" else None}, actor("mediator", on))
    on = date(2026, 6, 1)
    found = [records.record("lead", {
        "employer_id": employer.id if told == "" else None, "employer_told": told, "source": source, "risk": "wages",
        "people": 8, "note": "提成压了两个月", "found_on": on}, actor("mediator", on))
        for told, source in (("", "visit"), ("老魏（包工头）", "report"))]
    before_cases.resolve_lead(found[0], "补发了差额", actor("mediator", on + timedelta(9)))


def _letters() -> None:
    """A reminder, followed by an opinion, to one employer; the reminder was reviewed."""
    employer, before = _employer("hongyuan"), None
    for kind, on, signer in (("reminder", date(2026, 3, 30), ""), ("opinion", date(2026, 9, 1), "刘建国（监督委员会主任）")):
        before = supervision_letters.send(employer, {
            "kind": kind, "facts": "没有按月支付。", "demand": "请按月支付。", "basis": "《工会法》第二十二条", "sent_on": on,
            "supervisors": "刘建国 NM0012、王秀英 NM0034" if signer else "", "signer": signer, "agency_id": None},
            actor("supervisor", on), before)
        if kind == "reminder":
            supervision_letters.review(before, False, "台账仍未建立。", actor("supervisor", on + timedelta(20)))


def _books(played: dict[str, Case]) -> None:
    """A quarter is closed, a slip of it corrected afterwards; figures are given out."""
    on = date(2026, 4, 10)
    case, clerk = played["group"], actor("lead", date(2026, 5, 20))
    closings.close(case.union, "2026Q1", actor("supervisor", on))
    wrong = money_queries.payments_of(case)[0]
    payments.reverse_payment(case, wrong, "回单是第二天的", clerk)
    payments.record_payment(case, Entry(
        wrong.paid_on + timedelta(50), wrong.amount_fen, payer_party_id=wrong.payer_party_id, instalment_seq=1,
        shares={row.party_id: row.amount_fen for row in wrong.shares}), clerk, confirmed=True)
    chief = actor("supervisor", date(2026, 10, 12))
    issuing.issue(scopes.read(chief, "2026Q3"), [key for key, row in catalogue.FIGURES.items() if row.group == "published"],
                  issuing.Purpose("旗委政法委", "季度通报"), chief)


def _audit(played: dict[str, Case]) -> None:
    """A sample with a finding that was answered and closed, and one that is open."""
    auditor = actor("auditor", date(2026, 11, 10))
    sample = sampling.draw(selection.read({"sheet": "cases", "period": "2026", "station": "urad-middle"}), "骰子4-2-6-1", 3,
                           auditor)
    sampling.mark(sample, 1, "clear", auditor)
    for case, topic in ((played["agreed"], "papers"), (played["failed"], "dates")):
        row = service.note(findings.about_case(case), topic, "请补送达凭据或说明", date(2026, 11, 25), auditor)
        if topic == "papers":
            service.take(row, "answered", "已补。", actor("supervisor", date(2026, 11, 13)))
            service.take(row, "closed", "看过。", actor("auditor", date(2026, 11, 17)))


def _employer(key: str) -> Employer:
    name = next(row[1] for row in county.EMPLOYERS if row[0] == key)
    return db.session.scalars(db.select(Employer).where(Employer.name == name)).one()
