"""A made-up league for measuring: any number of cases with people, money, search index and journal, inserted in bulk.

The rows are such as the services write: ``flask check`` and ``flask journal verify`` find nothing in them, but for the
copies of which more than ``BLOCK`` cases consist (blocks.py). Nothing of
it is about anybody, and it is only ever put into an empty database of its own.
"""
from __future__ import annotations

import random
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, func, insert, select

from mediation import sheets, vault
from mediation.cli.base import today
from mediation.cli.bench import blocks
from mediation.cli.demo import county, plays
from mediation.extensions import close_engines, db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    Claim,
    Counter,
    Event,
    Instalment,
    InstalmentShare,
    Party,
    Payment,
    PaymentShare,
    SearchGram,
    SearchText,
    Station,
    Stream,
    User,
)
from mediation.queries.cases import search_index
from mediation.queries.house import canonical
from mediation.rules import journal
from mediation.rules.access import Actor
from mediation.rules.cases import numbers
from mediation.rules.law import workdays
from mediation.rules.people import identity
from mediation.services.cases import sounds
from mediation.services.desk import tallies
from mediation.services.figures import month_sums
from mediation.services.house import accounts, proofs, setup
from mediation.services.journal import HOUSE, record
from mediation.services.papers import issued_papers
from mediation.services.people import employers

UNIONS, SITES = 20, 4
PASSWORD = "measured-and-thrown-away"
MEDIATOR, SUPERVISOR, AUDITOR = "mediator01", "supervisor01", "auditor"
WHO = {"mediator": MEDIATOR, "supervisor": SUPERVISOR, "auditor": AUDITOR}
BATCH = 2000
BLOCK = 10_000  # so many cases are made one by one; more are copies of them (blocks.py)
FAST = {"sqlite": ("PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-400000"),
        "postgresql": ("SET synchronous_commit = off", "SET session_replication_role = replica",
                       "SET maintenance_work_mem = '512MB'", "SET work_mem = '256MB'")}
SURE = 8  # so many open cases of one worker lie at the first site, however few there are in all
DAYS = 5 * 365
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志海山春雪晨阳雨欣怡浩宇轩梓涵子博文思远"
HERDERS = ("巴特尔", "斯琴高娃", "乌云其木格", "孟和巴雅尔", "阿古拉", "其其格", "图雅", "布仁巴雅尔", "萨仁", "呼和")
PLACES = ("城南工地", "砖厂", "牧场", "矿区", "加油站", "饭店", "物流园", "光伏电站", "养殖场", "学校食堂")
TRADES = ("绑钢筋", "开铲车", "剪羊毛", "看大门", "送货", "砌墙", "装卸", "洗碗", "修路", "焊架子")
FIRMS = ("建筑", "矿业", "牧业", "运输", "餐饮", "物业", "能源", "食品")
HEADS = ("wages", "wages", "wages", "overtime", "severance", "injury_benefit")

# In the order in which rows may be inserted.
TABLES = tuple(model.__table__ for model in (
    Case, Party, Claim, Agreement, AgreementItem, Instalment, InstalmentShare, Payment, PaymentShare, Event, Stream,
    SearchText, SearchGram))

Rows = dict[type, list[dict]]
Site = tuple[int, str, int, int]  # union, its code, site, mediator


def fill(actor: Actor, cases: int, watch: Callable[[int], object] = lambda n: None) -> None:
    """Fill the empty database of the running application; the first union is where the accounts work.

    Up to ``BLOCK`` cases, and what is over whole blocks, are made one by one; the others are copies of the first block.
    """
    chance = random.Random(cases)
    sites = _house(actor)
    db.session.commit()
    last = db.session.scalar(select(func.max(Event.id))) or 0
    db.session.remove()
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        for setting in FAST[connection.dialect.name]:
            driver.execute(setting)  # outside a transaction; nobody needs these rows after a crash
        driver.commit()
        with blocks.unindexed(connection, TABLES):
            _fill_blocks(connection, Maker(chance, sites, actor.today, last), cases, watch)
        connection.commit()
        tallies.keep_all()
        month_sums.rebuild()
        db.session.commit()
        db.session.remove()
        blocks.tidy(connection)
        connection.invalidate()  # nobody after this works under its settings
    proofs.adopt(actor, again=True)
    rich_case(MEDIATOR)
    db.session.commit()
    db.session.remove()
    close_engines()


def _fill_blocks(connection: Connection, maker: Maker, cases: int, watch: Callable[[int], object]) -> None:
    copies, start = max(cases // BLOCK - 1, 0), maker.events
    connection.exec_driver_sql("CREATE TEMP TABLE bench_gram (gram TEXT, case_id INTEGER)")
    first = min(cases, BLOCK)
    _make(connection, maker, 1, first, watch)
    block, series, printed = maker.last_keys(), dict(maker.numbers), dict(maker.printed)
    _make(connection, maker, first + 1, cases - copies * BLOCK, watch)
    spans = {name: blocks.Span(last, last - (start if name == Event.__tablename__ else 0))
             for name, last in block.items()}
    codes = {union: code for union, code, _site, _mediator in maker.sites}
    numbers = [(f"{codes[union]}-{year}-", size, maker.numbers[union, year]) for (union, year), size in series.items()]
    copier = blocks.Copier(connection, blocks.Letters(SURNAMES, GIVEN), spans, maker.last_keys(), numbers)
    copier.copy(TABLES, copies, watch)
    copier.copy_tokens(copies)
    for number, size in series.items():
        maker.numbers[number] += copies * size
    if copies:  # a printed number is the key of its case
        maker.printed |= {number: last + cases - BLOCK for number, last in printed.items()}
    connection.execute(insert(Counter.__table__), maker.counters())
    blocks.next_keys(connection, TABLES)
    connection.commit()


def _make(connection: Connection, maker: Maker, first: int, last: int, watch: Callable[[int], object]) -> None:
    """The cases of these ids, one by one."""
    for key in range(first, last + 1, BATCH):
        size = min(BATCH, last + 1 - key)
        _insert(connection, maker.batch(key, size))
        connection.commit()
        watch(size)


def told() -> dict[str, str]:
    """What a clerk types for a new case: about somebody new each time, so that nothing is asked back."""
    chance = random.Random()
    return {
        "action": "register", "received": "今天", "source": "walk_in", "way": "oral", "part": "worker",
        "name": "测" + "".join(chance.choices(GIVEN, k=3)), "phone": f"15{chance.randint(10**8, 10**9 - 1)}",
        "respondents-0-told": f"李老板，{chance.randint(1, 10**6)}号工地", "claims-0-head": "wages",
        "claims-0-amount": "15500", "narrative": "五月去的工地，干到九月，说好一天三百，没给。"}


# A case with much in it, which the made-up rows are not


RICH = "白音那"
RICH_BODIES = (("court", "法院"), ("hr", "人社局"), ("justice", "司法局"))
RICH_PAPERS = ("receipt", "rights_notice", "delegates", "acceptance", "consent", "record", "agreement", "allocation")


def rich_case(username: str) -> Case:
    """A group case in performance: thirty workers, sessions, contacts, letters, papers, instalments, payments.

    Played through the services as ``username`` of a union's site on days before today; the union gets the bodies and
    the employer that it lacks. Flushed, not committed.
    """
    clerk = accounts.operator("bench", datetime.now(UTC), today())
    station = db.session.scalars(select(User).where(User.username == username)).one().station
    known = {row.code for row in setup.agencies_of(station.union)}
    for code, name in RICH_BODIES:
        if code not in known:
            setup.save_agency(clerk, station.union, code, code, f"{station.union.short_name}{name}", short_name=name)
    came = clerk.today - timedelta(75)
    row = plays.actor(username, came)
    name, code = next((row[1], row[2]) for row in county.EMPLOYERS if row[0] == "hongyuan")
    employers.register({"name": name, "credit_code": code + identity.credit_check_digit(code)}, row, station.union_id)
    made = plays.play(_rich_story(username), clerk.today, 1)
    issued_papers.record(made, RICH_PAPERS, issued_papers.Given(clerk.today, "hand", "本人"),
                         plays.actor(username, clerk.today))
    return made


def _rich_story(username: str) -> county.Story:
    people = "\n".join(f"{RICH if n == 1 else SURNAMES[n % 28] + GIVEN[n]} 12000 138471{n:05d}" for n in range(1, 31))
    said = "双方对账，核对考勤和已付的数额。"
    contacts = tuple((day, "contact", {"reached": day % 4 == 0, "whom": "respondent", "next_step": "再问工程款",
                                       "next": day + 3}) for day in range(3, 33, 3))
    sessions = tuple((day, "session", {"said": said, "next": day + 4}) for day in range(4, 20, 4))
    later = (
        (2, "letter", {"agency": "hr", "kind": "task", "purpose": "核实总包是否已拨付人工费", "number": "工函〔2026〕2号"}),
        (5, "letter", {"agency": "court", "kind": "task", "purpose": "查被申请人涉诉情况", "number": "工函〔2026〕5号"}),
        (7, "phoned", {"agency": "hr", "said": "总包已拨付七成。"}),
        (9, "consult", {"agenda": "谁先垫付", "conclusion": "总包先付三成。", "bodies": (
            ("hr", "监察大队", "应当先行清偿。"), ("justice", "法律援助", "可以提供援助。"))}),
        (14, "resolve", {"employer": "hongyuan", "part": "sub_contractor"}),
        (21, "agree", {"each": 11000, "count": 6, "first": 30, "rhythm": "month"}),
        (22, "procedure", {"kind": "jud_confirm", "document": "司法确认申请书", "steps": ((3, "accept", ""),)}),
        (31, "pay", {"whole": True}), (61, "pay", {"whole": True}))
    after = sorted((*contacts, *sessions, *later), key=lambda step: step[0])
    return county.Story("rich", 75, username, county.request(
        RICH, "宏远劳务，城东工地", "wages", 12000, "三十个人在城东工地干了三个月，工钱没给。", roster=people, headcount=30,
        part="sub_contractor", second=("建安公司", "general_contractor"), flags=["rural"]), (
        (0, "agrees", {}), (0, "accept", {}), (0, "take_up", {}), (1, "representatives", {"count": 3}), *after),
        is_left=True)


def _insert(connection: Connection, found: tuple[Rows, list[tuple[str, int]]]) -> None:
    rows, pairs = found
    for model, some in rows.items():
        connection.execute(insert(model.__table__), some)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO bench_gram VALUES (?, ?)", pairs)
        return
    with connection.connection.driver_connection.cursor().copy("COPY bench_gram FROM STDIN") as copied:
        for pair in pairs:
            copied.write_row(pair)


def _house(actor: Actor) -> list[Site]:
    """The league, its unions with their sites and one mediator at each; gives those."""
    setup.load_calendar(actor)
    secret = accounts.hash_password(PASSWORD)
    top = setup.save_station(actor, "league", "测量盟总工会", "league")
    _account(actor, secret, AUDITOR, "auditor", top)
    sites = []
    for n in range(1, UNIONS + 1):
        union = setup.save_station(actor, f"u{n:02d}", f"第{n}旗总工会", "union", top, short_name=f"{n}旗")
        _account(actor, secret, f"supervisor{n:02d}", "supervisor", union)
        for place in range(1, SITES + 1):
            site = setup.save_station(actor, f"u{n:02d}-{place}", f"第{n}旗第{place}实践站", "practice_station", union)
            name = f"mediator{(n - 1) * SITES + place:02d}"
            sites.append((union.id, union.code, site.id, _account(actor, secret, name, "mediator", site)))
    return sites


def _account(actor: Actor, secret: str, username: str, role: str, station: Station) -> int:
    """A confirmed account; all share one hash, which takes its time on purpose."""
    row = User(username=username, name=username, role=role, station_id=station.id, password_hash=secret,
               password_set_at=actor.now, confirmed_at=actor.now, must_change=False)
    db.session.add(row)
    db.session.flush()
    record(actor, HOUSE, "user_created", {"user": row.id, "role": role, "station": station.id})
    return row.id


class Maker:
    """Makes batches of cases; keeps the counters of rows and of numbers."""

    def __init__(self, chance: random.Random, sites: list[Site], today: date, last_event: int):
        self.chance, self.today, self.events, self.cases = chance, today, last_event, 0
        self.sites = sites
        self.ids: Tally[type] = Tally()
        self.numbers: Tally[tuple[int, int]] = Tally()
        self.printed: dict[tuple[int, int], int] = {}  # the last number on paper of a union and year
        self.calendar = sheets.shipped_calendar()
        self.sounds: dict[str, set[str]] = {}

    def counters(self) -> list[dict]:
        return [{"union_id": union, "series": series, "year": year, "last": last}
                for series, known in (("register", self.numbers), ("accepted", self.printed))
                for (union, year), last in known.items()]

    def last_keys(self) -> dict[str, int]:
        """The last key given in each table."""
        return {model.__tablename__: last for model, last in self.ids.items()} | {
            Case.__tablename__: self.cases, Event.__tablename__: self.events}

    def batch(self, first: int, size: int) -> tuple[Rows, list[tuple[str, int]]]:
        rows: Rows = defaultdict(list)
        self.cases = first + size - 1
        made = [_Case(self, key) for key in range(first, first + size)]
        for model, row in (pair for one in made for pair in one.rows):
            rows[model].append(row)
        return rows, [(gram, one.key) for one in made for gram in one.grams]

    def key(self, model: type) -> int:
        self.ids[model] += 1
        return self.ids[model]

    def person(self) -> str:
        if self.chance.random() < 0.2:
            return self.chance.choice(HERDERS)
        return self.chance.choice(SURNAMES) + "".join(self.chance.choices(GIVEN, k=self.chance.choice((1, 2, 2))))

    def sounds_of(self, name: str) -> set[str]:
        if name not in self.sounds:
            self.sounds[name] = sounds.initials(name) | sounds.spelled(name)
        return self.sounds[name]


class _Case:
    """One case with everything that hangs on it, as rows in the order of their tables."""

    def __init__(self, maker: Maker, key: int):
        self.maker, self.key, self.chance = maker, key, maker.chance
        self.rows: list[tuple[type, dict]] = []
        self.plain: list[tuple[type, int, dict]] = []
        chance, is_first = self.chance, key <= SURE
        where = 0 if is_first else int(chance.random() ** 1.2 * len(maker.sites))  # the first sites have more
        union, code, site, mediator = maker.sites[where]
        self.mediator = mediator
        self.received = maker.today - timedelta(int(chance.random() * DAYS))
        number = (union, self.received.year)
        maker.numbers[number] += 1
        self.number = f"{code}-{self.received.year}-{maker.numbers[number]:04d}"
        self.is_open = is_first or chance.random() < (0.9 if (maker.today - self.received).days < 120 else 0.15)
        most = 200 if chance.random() < 0.02 else 12
        self.workers = 1 if is_first or chance.random() < 0.97 else chance.randint(2, most)
        self.at = datetime.combine(self.received, time(3), UTC)
        self.case = self._case(union, site)
        people = self._people()
        self._money(people)
        self._journal()
        self._words()

    def _add(self, model: type, **values) -> int:
        """A row that is part of the case's digest; sealed numbers are given in ``canonical``'s plain form."""
        key = self.maker.key(model)
        personal = {name: values.pop(name) for name in ("phone", "identity") if name in values}
        row = {"id": key, **values}
        for name, number in personal.items():
            row |= _encrypted(name, number, values["uid"])
        self.rows.append((model, row))
        self.plain.append((model, key, {**values, **personal}))
        return key

    def _case(self, union: int, site: int) -> dict:
        after = self.received + timedelta(3)
        self.maker.printed[union, self.received.year] = self.key
        case = {
            "id": self.key, "number": self.number, "union_id": union, "station_id": site, "is_open": int(self.is_open),
            "state": "MEDIATING" if self.is_open else "CLOSED", "outcome": "", "outcome_reason": "",
            "channel": "A", "source": "walk_in", "way": "oral",
            "received_on": self.received, "accepted_on": after, "taken_on": after,
            "accepted_station_id": site, "printed_number": f"工调〔{self.received.year}〕{self.key}号", "version": 3,
            "registered_at": self.at, "rules_on": self.received, "handler_id": self.mediator,
            "registered_by_id": self.mediator, "main_head": self.chance.choice(HEADS), "relation": "labour",
            "headcount": self.workers, "is_group": self.workers >= 10, "is_same_claim": True, "touched_at": self.at,
            "concluded_on": None, "closed_on": None, "agreed_on": None, "effective_on": None, "next_due_rule": "",
            "next_due_on": None, "claimed_fen": 0, "agreed_fen": None, "arrived_fen": 0, "outstanding_fen": None,
            "bound_fen": 0, "unpaid_fen": 0, "number_order": numbers.register_order(self.number), "flags": ["rural"]}
        if self.is_open:
            case |= {"next_due_on": workdays.roll(after + timedelta(15), self.maker.calendar), "next_due_rule": "M-A"}
        self.rows.append((Case, case))
        return case

    def _people(self) -> list[tuple[int, int]]:
        """Applicants with their claims, and the other side; gives applicants and sums."""
        chance, found, self.names, self.phone = self.chance, [], [], ""
        for n in range(self.workers):
            name, fen = self.maker.person(), 100 * chance.randint(800, 60000)
            self.names.append(name)
            phone = f"13{chance.randint(10**8, 10**9 - 1)}" if n == 0 else ""
            identity = f"152824{chance.randint(1960, 2005)}0101{chance.randint(1000, 9999)}" if n == 0 else ""
            self.phone = self.phone or phone
            party = self._add(Party, uid=f"{self.maker.ids[Party]:016x}", case_id=self.key, side="applicant",
                              part="worker", is_person=True, name=name, headcount=1, phone=phone, identity=identity)
            self._add(Claim, case_id=self.key, party_id=party, head=self.case["main_head"], amount_fen=fen,
                      precision="exact")
            found.append((party, fen))
        self.firm = f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)}{chance.choice(FIRMS)}公司"
        self._add(Party, uid=f"{self.maker.ids[Party]:016x}", case_id=self.key, side="respondent", part="employer",
                  is_person=False, name=self.firm, headcount=1, phone="", identity="")
        title = self.names[0] if self.workers == 1 else f"{self.names[0]}等{self.workers}人"
        self.case |= {"title": title, "respondent_title": self.firm, "claimed_fen": sum(fen for _key, fen in found)}
        return found

    def _money(self, people: list[tuple[int, int]]) -> None:
        """Three of five that were concluded were agreed, and nine of ten of those were paid."""
        if self.is_open:
            return
        end = self.received + timedelta(self.chance.randint(5, 40))
        is_agreed = self.chance.random() < 0.6
        self.case |= {"outcome": "AGREED" if is_agreed else "FAILED", "concluded_on": end, "closed_on": end}
        if not is_agreed:
            self.case["outcome_reason"] = "too_far"
            return
        shares, head = [(party, fen * 4 // 5) for party, fen in people], self.case["main_head"]
        total, due, is_paid = sum(fen for _party, fen in shares), end + timedelta(15), self.chance.random() < 0.9
        self.case |= {"agreed_on": end, "effective_on": end, "agreed_fen": total, "bound_fen": total,
                      "outstanding_fen": total, "unpaid_fen": total}
        agreement = self._add(Agreement, case_id=self.key, seq=1, number="", kind="mediated", form="written",
                              made_on=end, effective_on=end, total_fen=total)
        for party, fen in shares:
            self._add(AgreementItem, agreement_id=agreement, party_id=party, head=head, amount_fen=fen)
        rest = {"amount_fen": total, "bound_fen": total, "paid_fen": total * is_paid}
        step = self._add(Instalment, agreement_id=agreement, seq=1, due_on=due, way="transfer", **rest)
        for party, fen in shares:
            self._add(InstalmentShare, instalment_id=step, party_id=party, amount_fen=fen)
        if is_paid:
            self._paid(shares, total, due, step)

    def _paid(self, shares: list[tuple[int, int]], total: int, due: date, step: int) -> None:
        self.case |= {"arrived_fen": total, "outstanding_fen": 0, "unpaid_fen": 0}
        slip = self._add(Payment, case_id=self.key, seq=1, paid_on=due, amount_fen=total, payer_kind="respondent",
                         direction="to_worker", way="transfer", proof="bank_slip", entered_on=due,
                         made_by_id=self.mediator)
        for party, fen in shares:
            self._add(PaymentShare, payment_id=slip, party_id=party, instalment_id=step, amount_fen=fen)

    def _journal(self) -> None:
        case, chance = self.case, self.chance
        case["narrative"] = (f"{chance.randint(1, 12)}月到{chance.choice(PLACES)}{chance.choice(TRADES)}，"
                             f"干了{chance.randint(20, 200)}天，欠{case['claimed_fen'] // 100}元没给。")
        case["touched_at"] = self.at + timedelta(2)  # when the last of its three events was entered
        self.rows[0] = Case, case
        order = {model: n for n, model in enumerate(canonical.DIGESTED)}
        rows = sorted(self.plain, key=lambda row: (order[row[0]], row[1]))
        sealed = vault.current().digest(canonical.canonical([(Case, self.key, case), *rows]))
        stream, prev = f"case:{self.number}", journal.genesis(f"case:{self.number}")
        for seq, (kind, data) in enumerate(self._events(sealed), 1):
            prev = self._event(stream, seq, kind, data, prev)
        self.rows.append((Stream, {"name": stream, "seq": 3, "hash": prev}))

    def _events(self, sealed: str) -> Iterator[tuple[str, dict]]:
        case = self.case
        yield "registered", {"number": self.number, "channel": "A", "source": "walk_in", "way": "oral",
                             "station": case["station_id"], "claimed_fen": case["claimed_fen"],
                             "headcount": self.workers}
        yield "accepted", {"printed_number": case["printed_number"], "ground": "labour", "relation": "labour"}
        yield "taken_up", {"handler": self.mediator, "digest": sealed}

    def _event(self, stream: str, seq: int, kind: str, data: dict, prev: str) -> str:
        body, at, on = journal.canonical(data), self.at + timedelta(seq - 1), self.received + timedelta(seq - 1)
        made = journal.link(prev, stream, seq, at.isoformat(), on.isoformat(), f"{self.mediator}:", kind, body)
        self.maker.events += 1
        self.rows.append((Event, {
            "id": self.maker.events, "stream": stream, "seq": seq, "kind": kind, "entered_at": at, "happened_on": on,
            "actor_id": self.mediator, "actor_label": "", "data": body, "prev": prev, "hash": made}))
        return made

    def _words(self) -> None:
        case, names = self.case, [*self.names, self.firm]
        short = sorted(set().union(*map(self.maker.sounds_of, names)))
        texts = (*names, self.number, case["printed_number"], case["narrative"], *short)
        body = "\n".join(dict.fromkeys(search_index.plain(text) for text in texts))
        self.rows.append((SearchText, {"case_id": self.key, "body": body}))
        self.grams = search_index.tokens(body) | search_index.phone_tokens(self.phone)


def _encrypted(name: str, number: str, uid: str) -> dict:
    if not number:
        return {f"{name}_sealed": None, f"{name}_index": None, f"{name}_tail": None}
    keys = vault.current()
    return {f"{name}_sealed": keys.encrypt(number, f"party.{name}.{uid}"), f"{name}_index": keys.blind(number, name),
            f"{name}_tail": number[-4:]}
