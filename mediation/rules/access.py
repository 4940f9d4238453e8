"""Who may do what: one matrix. It marks the views, filters the rows, and prints the page of rights.

A cell holds the scope of a permission for a role:
own      the account itself                     mine   handler, co-mediator, duty officer of the site where it lies,
site     cases that lie at the actor's site            or a colleague of that site while nobody holds the case
union    all sites of the actor's union         below  the actor's station and everything under it
invited  cases shared with the actor's body     all    everything
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from mediation.rules.cases.numbers import known_to
from mediation.rules.language import Text, Word, vocabulary

SCOPES = vocabulary(
    Word("own", "本人", "own"),
    Word("mine", "本人承办", "own cases"),
    Word("site", "本站点", "own site"),
    Word("union", "本工会", "own union"),
    Word("below", "本级及下级", "own level and below"),
    Word("invited", "共享给本单位的", "shared with the body"),
    Word("all", "全部", "all"),
)


@dataclass(frozen=True)
class Actor:
    """Who acts, from where, and when; the only source of time for services and queries."""

    user_id: int | None
    username: str
    name: str
    role: str
    station_id: int | None
    station_path: str
    union_id: int | None
    agency_id: int | None
    language: str
    now: datetime
    today: date
    address: str = ""
    request_id: str = ""
    union_code: str = ""  # of ``union_id``

    def known(self, number: str) -> str:
        """A register number as this reader knows it; addresses keep the whole one."""
        return known_to(number, self.union_code)


@dataclass(frozen=True)
class Permission:
    label: Text
    grants: dict[str, str]


def _p(zh: str, en: str, **grants: str) -> Permission:
    return Permission(Text(zh, en), grants)


GRANTS: dict[str, Permission] = {
    "desk.see": _p("工作台", "Desk", mediator="own", lead="own", supervisor="own", liaison="own", auditor="own",
                   admin="own"),
    "case.read": _p("查看案件", "Read cases", mediator="union", lead="union", supervisor="below", auditor="below",
                    liaison="invited"),
    "case.register": _p("登记案件", "Register cases", mediator="site", lead="site"),
    "case.work": _p("办理案件（受理、调解、协议、结案）", "Work cases (accept, mediate, agree, close)",
                    mediator="mine", lead="site"),
    "case.contact": _p("记联系（含代记）", "Log contacts, also for a colleague", mediator="union", lead="union"),
    "case.route": _p("分流到站点", "Route to a station", mediator="mine", lead="site", supervisor="below"),
    "case.assign": _p("指派、改派", "Assign and reassign", lead="site", supervisor="below"),
    "case.reopen": _p("恢复办理", "Reopen", lead="site", supervisor="below"),
    "case.supervise": _p("催办、督办", "Remind and supervise", lead="site", supervisor="below"),
    "case.archive": _p("归档", "File away", mediator="mine", lead="site", supervisor="below"),
    "case.erase": _p("提出、同意销毁保管期满的案件", "Propose and agree to erase cases kept long enough", lead="site",
                     supervisor="below"),
    "case.import": _p("导入旧台账，撤销自己的导入", "Import old registers, undo an import", lead="site", supervisor="below"),
    "case.seal": _p("限定知悉范围", "Narrow who may read", supervisor="below"),
    "party.read": _p("查看当事人（号码打码）", "See the parties (numbers masked)", mediator="union", lead="union",
                     supervisor="below", auditor="below", liaison="invited"),
    "party.phone": _p("直接看在办案件的电话", "See telephones of own open cases", mediator="mine", lead="mine"),
    "party.reveal": _p("看证件号、账号和电话全号（要理由）", "Reveal full numbers, with a reason", mediator="mine",
                       lead="site", supervisor="below"),
    "note.concession": _p("看让步记录", "Read notes of concessions", mediator="mine", lead="site",
                          supervisor="below"),
    "money.read": _p("查看协议和到账", "See agreements and money", mediator="union", lead="union",
                     supervisor="below", auditor="below", liaison="invited"),
    "money.record": _p("登记到账、冲销", "Record and reverse payments", mediator="mine", lead="site"),
    "money.reconcile": _p("核对到账（不能核对自己登记的）", "Reconcile payments (not one's own entries)", lead="site",
                          supervisor="below"),
    "money.explain": _p("说明账目矛盾", "Explain contradictions of the books", mediator="mine", lead="site",
                        supervisor="below"),
    "journal.read": _p("查看经过", "Read the journal", mediator="union", lead="union", supervisor="below",
                       auditor="below"),
    "paper.print": _p("打印文书", "Print papers", mediator="union", lead="union", supervisor="below",
                      auditor="below"),
    "employer.read": _p("查看单位", "See employers", mediator="union", lead="union", supervisor="below",
                        auditor="below"),
    "employer.write": _p("登记、更正单位", "Register and correct employers", mediator="union", lead="union",
                         supervisor="below"),
    "commission.answer": _p("接收、答复、退回本单位的事项", "Take, answer and return what the body was asked", liaison="invited"),
    "commission.send": _p("委派、委托、移送案件给工会", "Commission or transfer a case to the union", liaison="own"),
    "prevention.read": _p("查看咨询、走访、线索和一函两书", "See inquiries, visits, leads and supervision letters",
                          mediator="union", lead="union", supervisor="below", auditor="below"),
    "prevention.write": _p("记咨询、走访、线索", "Log inquiries, visits and leads", mediator="union", lead="union",
                           supervisor="below"),
    "letter.write": _p("发提示函、意见书、建议书，记答复和复核", "Send supervision letters, log replies and reviews",
                       lead="union", supervisor="below"),
    "ledger.read": _p("台账", "Ledger", mediator="union", lead="union", supervisor="below", auditor="below"),
    "ledger.unmask": _p("导出未打码的号码（要理由和第二人同意）",
                        "Export full numbers, with a reason and a second person's approval", supervisor="below"),
    "audit.read": _p("看审计发现", "See findings of audits", mediator="union", lead="union", supervisor="below",
                     auditor="below"),
    "audit.write": _p("提出、了结审计发现", "Note and close findings", auditor="below"),
    "look.read": _p("看谁看过（访问记录）", "See who looked (the access log)", supervisor="below", auditor="below"),
    "audit.pack": _p("做迎检材料包", "Make the evidence pack", supervisor="below", auditor="below"),
    "audit.answer": _p("答复审计发现", "Answer findings", lead="site", supervisor="below"),
    "period.close": _p("关账、恢复期间", "Close and reopen periods", supervisor="below"),
    "statistics.read": _p("统计", "Statistics", mediator="union", lead="union", supervisor="below",
                          auditor="below"),
    "figure.issue": _p("出具数字（冻结、编号）", "Give out figures, frozen and numbered", supervisor="below"),
    "user.read": _p("查看账号", "See accounts", lead="site", supervisor="below", admin="all"),
    "user.create": _p("建立、停用账号", "Create and disable accounts", admin="all"),
    "user.confirm": _p("确认账号的角色和站点", "Confirm role and station of accounts", supervisor="below"),
    "user.password": _p("重设密码", "Reset passwords", lead="site", admin="all"),
    "station.read": _p("查看站点和成员单位", "See stations and bodies", mediator="union", lead="union",
                       supervisor="below", auditor="below", admin="all"),
    "station.write": _p("维护站点和成员单位", "Maintain stations and bodies", admin="all"),
    "calendar.write": _p("载入工作日历、本地放假", "Load the calendar and local days off", supervisor="all", admin="all"),
    "rule.check": _p("核对期限规则", "Mark rules as checked", supervisor="all"),
    "setting.write": _p("更改联系人等设置", "Change settings such as the contact", admin="all"),
    "duty.write": _p("排值班", "Set the duty roster", lead="site", supervisor="below"),
    "wording.write": _p("更换文书样式", "Replace the wording of papers", lead="site", supervisor="below"),
    "calendar.read": _p("查看工作日历", "See the calendar", mediator="all", lead="all", supervisor="all",
                        auditor="all", liaison="all", admin="all"),
    "rule.read": _p("查看期限规则和权限表", "See the rules and the rights", mediator="all", lead="all",
                    supervisor="all", auditor="all", liaison="all", admin="all"),
    "setting.read": _p("查看设置和系统状态", "See settings and state", admin="all"),
}

# Rights that count cases and do not open them: totals are the same for every reader whose stations cover them, so
# sealed cases are in; what would say who they are about is withheld from those not named.
COUNTING = frozenset({"ledger.read", "statistics.read"})
WITHHELD = Text("限定知悉", "restricted")

# Marks of views that need no row of the matrix.
PUBLIC = "public"  # without log-in
SELF = "self"  # any account, about itself

# Parts of a case that can be shared with a body; the first three by default (decisions.md, Access).
SHARE_PARTS = vocabulary(
    Word("summary", "概况", "Summary"),
    Word("outcome", "结果", "Outcome"),
    Word("agreement", "协议", "Agreement"),
    Word("parties", "当事人（打码）", "Parties (masked)"),
    Word("claims", "诉求", "Claims"),
    Word("sessions", "调解日期", "Session dates"),
    Word("money", "到账", "Money"),
    Word("papers", "选定的材料", "Chosen papers"),
)
DEFAULT_SHARE = ("summary", "outcome", "agreement")


@dataclass(frozen=True)
class Holding:
    """Where a case lies and who holds it: all that a scope looks at."""

    union_id: int
    station_id: int
    station_path: str
    is_open: bool
    handler_id: int | None
    co_handler_ids: frozenset[int] = frozenset()
    duty_ids: frozenset[int] = frozenset()  # today's officers of the site where it lies
    invited_agency_ids: frozenset[int] = frozenset()
    named_ids: frozenset[int | None] | None = None  # of a sealed case; None when it is not sealed


def scope_of(role: str, permission: str) -> str:
    """The cell of the matrix; '' when the role lacks the permission."""
    return GRANTS[permission].grants.get(role, "")


def allows(actor: Actor, permission: str, holding: Holding) -> bool:
    """Whether the actor's scope of ``permission`` covers a case."""
    if holding.named_ids is not None and actor.user_id not in holding.named_ids:
        return False
    return REACH[scope_of(actor.role, permission)](actor, holding)


def _is_mine(actor: Actor, holding: Holding) -> bool:
    if holding.union_id != actor.union_id:
        return False
    people = {holding.handler_id} | holding.co_handler_ids | holding.duty_ids
    is_free = holding.handler_id is None and holding.station_id == actor.station_id
    return actor.user_id in people or is_free


def _is_at_site(actor: Actor, holding: Holding) -> bool:
    return holding.union_id == actor.union_id and (
        holding.station_id == actor.station_id or _is_mine(actor, holding))


REACH: dict[str, Callable[[Actor, Holding], bool]] = {
    "": lambda actor, holding: False,
    "own": lambda actor, holding: False,
    "mine": _is_mine,
    "site": _is_at_site,
    "union": lambda actor, holding: holding.union_id == actor.union_id,
    "below": lambda actor, holding: bool(actor.station_path) and holding.station_path.startswith(actor.station_path),
    "invited": lambda actor, holding: actor.agency_id in holding.invited_agency_ids,
    "all": lambda actor, holding: True,
}
