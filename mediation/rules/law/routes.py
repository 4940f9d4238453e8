"""Side procedures: which the law opens for a case now, and why the others stay closed (law.md 3.5, S27, L29)."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.law.clocks import Clock
from mediation.rules.law.laws import cite
from mediation.rules.law.limitation import PAY_HEADS, is_aid_urgent
from mediation.rules.law.refusals import review_problems
from mediation.rules.law.ways import WAYS, Way, weaker

NO_EFFECT = Text("调解协议还没有生效", "the agreement has not taken effect")
NO_WINDOW = Text("这个渠道没有这一申请（法院、仲裁另行制作调解书）",
                 "not on this channel: court or arbitration makes its own paper")
WINDOW_OVER = Text("申请期限{due}已届满", "the window ended on {due}")
NOT_PAY_ORDER = Text("支付令只适用于拖欠报酬、工伤医疗费、经济补偿、赔偿金",
                     "a payment order serves only pay, injury medical costs, severance and damages")
NOTHING_OVERDUE = Text("没有到期未付的款项", "nothing is overdue")
UNSERVABLE = Text("支付令无法送达对方", "the order cannot be served on the other side")
NOT_WAGES = Text("没有欠薪、违反工时等监察事项", "no wage arrears or other matter of inspection")
LOOK_BACK_OVER = Text("违法行为已过二年，监察不再查处（{due}）", "the two years of inspection ended on {due}")
NO_ORDER = Text("须先有监察责令支付而拒不支付", "an official order to pay must come first and be ignored")
BELOW_FIGURE = Text("数额或人数未到追诉标准的下限", "below the lowest figures for prosecution")
NOT_THIS_WAY = Text("{matter}不走这条路", "not open to this way of law: {matter}")
OBJECTED = Text("支付令已因对方异议终结，不再申请：凭调解协议起诉或者走其他途径",
                "the order ended with the other side's objection; sue on the agreement or take another way")
ONLY_PAY = Text("仅就劳动报酬达成的协议，或支付令终结后，才能凭协议直接起诉",
                "only on an agreement about pay alone, or once a payment order has ended")
ORDINARY_SUIT = Text("民事纠纷本来就可以直接起诉，不用这一条", "a civil dispute goes to court anyway")

# TJF 16: what a payment order may cover.
ORDER_HEADS = PAY_HEADS | {"injury_medical", "severance", "double_pay", "unlawful_ending", "extra_damages"}
INSPECTION_HEADS = PAY_HEADS | {"insurance_arrears", "annual_leave", "deposit"}
# S27: one worker, three months and 5,000 yuan; or ten workers and 30,000 yuan. The lowest figures of the range:
# the region's own may be higher.
ONE_MONTHS, ONE_FEN = 3, 500_000
MANY_WORKERS, MANY_FEN = 10, 3_000_000


@dataclass(frozen=True)
class Situation:
    """What the routes ask of a case. ``review`` and ``confirmation``: the windows L8 and L10, None when they do
    not run; ``look_back`` L26; ``bar_due`` the nearest time bar; sums in fen."""

    on: date
    heads: frozenset[str] = frozenset()
    is_effective: bool = False
    way: Way = WAYS["A"]
    is_objected: bool = False  # a payment order ended with an objection
    is_order_over: bool = False  # or in another way without money
    is_confirmed: bool = False
    review: Clock | None = None
    confirmation: Clock | None = None
    look_back: Clock | None = None
    bar_due: date | None = None
    overdue_fen: int = 0
    can_serve: bool = True
    workers: int = 1
    unpaid_months: int = 0
    unpaid_fen: int = 0
    has_official_order: bool = False


class Route(NamedTuple):
    """A side procedure: code, words, where it stands, and the check that gives the reasons against it."""

    code: str
    zh: str
    en: str
    cites: str
    confidence: str
    note: Text
    against: Callable[[Situation], list[Text]]
    level: Callable[[Way], str] = lambda way: "H"  # the confidence with which the way of law opens it

    def say(self, language: str) -> str:
        """The route on the screen."""
        return self.en if language == "en" else self.zh

    @property
    def article(self) -> Text:
        """Law and article in words."""
        return cite(self.cites)


def _window(clock: Clock | None, at: Situation) -> list[Text]:
    if not at.is_effective:
        return [NO_EFFECT]
    if clock is None:
        return [NO_WINDOW]
    return [WINDOW_OVER.fill(due=clock.due)] if clock.due and at.on > clock.due else []


def _review(at: Situation) -> list[Text]:
    if not at.way.review and not at.way.is_sent:
        return [NOT_THIS_WAY.fill(matter=at.way.label)]
    return [*_window(at.review, at), *(p.text for p in review_problems(at.heads, at.is_confirmed))]


def _pay_order(at: Situation) -> list[Text]:
    if not at.way.order:
        return [NOT_THIS_WAY.fill(matter=at.way.label)]
    if at.is_objected:
        return [OBJECTED]
    against = [] if at.is_effective else [NO_EFFECT]
    against += [] if at.way.order_cites != "TJF 16" or at.heads & ORDER_HEADS else [NOT_PAY_ORDER]
    against += [] if at.overdue_fen > 0 else [NOTHING_OVERDUE]
    return against if at.can_serve else [*against, UNSERVABLE]


def _suit(at: Situation) -> list[Text]:
    """Straight on the agreement: about pay alone (JS1 51(2)), or what TJF 16 names once its order ended (JS1 13)."""
    if at.way.is_civil:
        return [ORDINARY_SUIT]
    is_after_order = (at.is_objected or at.is_order_over) and at.way.order_cites == "TJF 16" and bool(at.way.order)
    if not at.way.suit and not is_after_order:
        return [NOT_THIS_WAY.fill(matter=at.way.label)]
    against = [] if at.is_effective else [NO_EFFECT]
    against += [] if is_after_order or (at.heads and at.heads <= PAY_HEADS) else [ONLY_PAY]
    return against if at.overdue_fen > 0 else [*against, NOTHING_OVERDUE]


def _inspection(at: Situation) -> list[Text]:
    if at.way.code == "Z":
        return [NOT_THIS_WAY.fill(matter=at.way.label)]
    against = [] if at.heads & INSPECTION_HEADS else [NOT_WAGES]
    if at.look_back and at.look_back.due and at.on > at.look_back.due:
        against.append(LOOK_BACK_OVER.fill(due=at.look_back.due))
    return against


def _clue(at: Situation) -> list[Text]:
    one = at.unpaid_months >= ONE_MONTHS and at.unpaid_fen >= ONE_FEN
    many = at.workers >= MANY_WORKERS and at.unpaid_fen >= MANY_FEN
    return ([] if at.has_official_order else [NO_ORDER]) + ([] if one or many else [BELOW_FIGURE])


_ROUTES = (
    Route("arb_review", "仲裁审查", "Arbitration review", "R33 74", "H",
          Text("双方共同申请；制作仲裁调解书，可强制执行",
               "both ask together; ends in an enforceable arbitration paper"), _review,
          lambda way: way.review),
    Route("jud_confirm", "司法确认", "Judicial confirmation", "CPL 205; RMTJ 33", "H",
          Text("双方共同申请；裁定可强制执行。范围先问当地法院",
               "both ask together; enforceable. Ask the local court on its scope"),
          lambda at: _window(at.confirmation, at), lambda way: way.confirm),
    Route("pay_order", "支付令", "Payment order", "TJF 16; JS1 13; CPLJ 427", "H",
          Text("须能送达、双方没有其他债务纠纷、没有申请过诉前保全；支付令失效的，可凭调解协议直接起诉",
               "it must be serveable, with no counter-duty and no prior preservation order; if it lapses, the "
               "agreement may be sued on directly"), _pay_order, lambda way: way.order),
    Route("direct_suit", "凭调解协议起诉", "Suit on the agreement", "JS1 51(2); JS1 13", "H",
          Text("仅就劳动报酬达成协议而不履行的，不经仲裁直接起诉，由法院决定是否受理；支付令终结后也可以",
               "an unperformed agreement about pay alone, without arbitration first, if the court takes it; also once "
               "a payment order has ended"), _suit, lambda way: way.suit),
    Route("legal_aid", "法律援助", "Legal aid", "FY 43", "H",
          Text("农民工讨薪、工伤免核经济困难", "no means check for migrant workers' pay and injury"), lambda at: []),
    Route("inspection", "移送劳动监察", "Referral to labour inspection", "JC 20; NMG 51", "H",
          Text("已在调解、仲裁、诉讼中的，监察告知走该程序",
               "a matter in mediation or court is pointed back to it"), _inspection),
    Route("procuratorate_clue", "检察线索（拒不支付劳动报酬）", "Clue to the procuratorate", "XS 3", "L",
          Text("数额标准由自治区定，此处按下限提示", "the region fixes the figures; these are the lowest"), _clue),
)
ROUTES = {route.code: route for route in _ROUTES}


class Offer(NamedTuple):
    """A route and the reasons against it; open when there are none."""

    route: Route
    against: tuple[Text, ...]
    is_urgent: bool = False
    confidence: str = "H"
    cites: str = ""

    @property
    def article(self) -> Text:
        """Law and article in words, as the case's way has them."""
        return cite(self.cites)

    @property
    def is_open(self) -> bool:
        """Whether the law allows the route now."""
        return not self.against


def offers(at: Situation) -> list[Offer]:
    """Every side procedure in the order of the table, open or with its reasons against."""
    return [Offer(route, tuple(route.against(at)), route.code == "legal_aid" and is_aid_urgent(at.bar_due, at.on),
                  weaker(route.confidence, route.level(at.way) or "H"),
                  _cites(route, at.way)) for route in _ROUTES]


def _cites(route: Route, way: Way) -> str:
    """A payment order outside labour disputes, and confirmation outside people's mediation, stand on the civil
    procedure law alone."""
    if route.code == "jud_confirm" and way.channel != "B":
        return "CPL 205"
    return way.order_cites if route.code == "pay_order" and way.order_cites != "TJF 16" else route.cites
