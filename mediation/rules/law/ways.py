"""The ways of law: where a dispute goes when mediation fails, which time bar runs, what may follow an agreement.

One table of twelve ways feeds guards, side procedures, sentences on the screen and every paper. Nine belong to the
channel (whose name and seal, who sent the case), three to the matter: personnel, civil service, and what of an
over-age worker's dispute goes to court. ``find`` is the only place that tells a case's way.
Confidence: H the text is clear, M and L to be confirmed with the local court or commission, '' not open at all.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.law import jurisdiction
from mediation.rules.law.laws import cite


class Goal(NamedTuple):
    """Where a dispute goes without an agreement: ``told`` completes 书面告知…, ``notice`` is the sentence of papers,
    ``at_once`` says on the slip what whoever will not mediate may do; ``doors`` of jurisdiction.DOORS."""

    told: Text
    notice: str
    at_once: str
    doors: tuple[str, ...]


GOALS: dict[str, Goal] = {
    "arbitration": Goal(Text("可以申请仲裁", "arbitration is open"),
                        "可以依法向有管辖权的劳动人事争议仲裁委员会申请仲裁", "可以随时去仲裁", ("arbitration",)),
    "lawful": Goal(Text("可以通过仲裁、行政、司法途径维权", "arbitration, authorities and courts are open"),
                   "可以依法通过仲裁、行政、司法等途径维护自己的权利", "可以随时走仲裁等途径", ("arbitration",)),
    "either": Goal(Text("属于劳动争议的可以申请仲裁，不属于的可以向法院起诉",
                        "arbitration is open for a labour dispute, the court for another"),
                   "属于劳动争议的，可以依法向有管辖权的劳动人事争议仲裁委员会申请仲裁；不属于劳动争议的，可以依法直接向人民法院起诉",
                   "可以随时去仲裁（不属于劳动争议的去法院）", ("arbitration", "court")),
    "personnel": Goal(Text("可以申请人事争议仲裁", "personnel arbitration is open"),
                      "可以依法向有管辖权的劳动人事争议仲裁委员会申请人事争议仲裁", "可以随时去申请人事争议仲裁",
                      ("arbitration",)),
    "court": Goal(Text("可以向法院起诉", "the court is open"), "可以依法向有管辖权的人民法院起诉", "可以随时去法院起诉",
                  ("court", "justice")),
    "return": Goal(Text("材料退回法院，坚持诉讼的依法登记立案", "the papers return to the court, which files on insistence"),
                   "材料退回委派的人民法院；坚持诉讼的，由人民法院依法登记立案", "由法院依法登记立案", ("court",)),
    "trial": Goal(Text("转入审判程序", "the trial goes on"), "本案转入审判程序，由人民法院继续审理", "由法院继续审理", ("court",)),
    "hearing": Goal(Text("由仲裁庭开庭审理", "the hearing of the arbitration opens"), "本案由仲裁庭开庭审理", "由仲裁庭开庭审理",
                    ("arbitration",)),
    "commission": Goal(Text("请仲裁委依法受理", "the commission takes the case"), "可以请仲裁委员会依法受理",
                       "由仲裁委依法受理", ("arbitration",)),
}


class Bar(NamedTuple):
    """The time bar of a way: the ids of its rows in time_limits.py, its name, and what papers say of it."""

    ids: tuple[str, ...]
    name: Text
    said: str


_YEAR = "申请仲裁的时效为一年，从知道或者应当知道权利被侵害之日起算"
_CIVIL = "诉讼时效为三年，自知道或者应当知道权利受到损害以及义务人之日起算"
LABOUR_BAR, CIVIL_BAR = Text("仲裁时效", "The arbitration time bar"), Text("诉讼时效", "The limitation of actions")
BARS: dict[str, Bar] = {
    "labour": Bar(("L16", "L17"), LABOUR_BAR,
                  f"{_YEAR}；劳动关系存续期间因拖欠劳动报酬发生争议的，不受一年的限制，但劳动关系终止的，应当自终止之日起一年内提出"),
    # Whether TJF 27(4) holds for pay of over-age workers is unclear (R56 19): the paper promises only the year.
    "over_age": Bar(("L16",), LABOUR_BAR, _YEAR),
    "personnel": Bar(("S36",), LABOUR_BAR, _YEAR.replace("申请仲裁", "申请人事争议仲裁")
                     + "；聘任制公务员应当自争议发生之日起六十日内申请"),
    "civil": Bar(("L37",), CIVIL_BAR, f"{_CIVIL}；分期履行的，自最后一期履行期限届满之日起算"),
    "either": Bar(("L16", "L17", "L37"), Text("时效", "The time bar"),
                  f"属于劳动争议的，{_YEAR}，拖欠劳动报酬的最迟自劳动关系终止之日起一年；不属于劳动争议的，{_CIVIL}"),
    "own": Bar((), Text("时效", "The time bar"), ""),  # that of the matter; ``find`` puts it in the place of this
    "none": Bar((), Text("", ""), ""),  # the case is before court or commission already
}

# Under which rule a failed mediation or a request starts the bar anew; '' where none runs.
RESTARTS: dict[str, tuple[str, str]] = {
    "failure": ("R17 31", "申请调解、一方不愿调解、调解期满未达成协议的，时效中断，从中断时起重新计算"),
    "request": ("TJF 27(2); R33 27[1]", "以申请调解等方式向对方主张权利的，时效中断，从中断时起重新计算"),
    "claim": ("R33 27[1]", "履行的请求到达对方的，时效中断，从中断时起重新计算"),
    "civil": ("CC 195", "请求到达对方，或者向人民调解委员会等有权解决纠纷的组织提出请求的，时效中断，从中断、有关程序终结时起重新计算"),
    "": ("", ""),
}
# Whether and how both may extend the period; '' where the rules say nothing.
EXTENSIONS: dict[str, Text] = {
    "both": Text("双方同意的，可以延长", "both may extend it, no cap stated"),
    "local": Text("延长依当地规定", "extended under local rules"),
    "once": Text("双方同意的，可以延长一次，最长十五日", "both may extend it once, by 15 days at most"),
    "none": Text("不能以双方同意延长", "not extended, whoever agrees"),
    "private": Text("双方可以另行约定延长", "both may agree to extend it"),
    "": Text("", ""),
}


@dataclass(frozen=True)
class Way:
    """A row. ``cites``: what the notice after failure stands on. ``confirm`` (CPL 205), ``review`` (R33 74), ``order``
    (payment order) and ``suit`` (straight on an agreement about pay, JS1 51(2)): the confidence with which each is
    open. ``free``: the way is open at any time, not only after the 15 days of TJF 14. ``declines``: what a notice of
    non-acceptance cites. ``also``: where a part of the claims goes another way."""

    code: str
    label: Text
    goal_code: str
    bar_code: str
    cites: str
    confidence: str
    extension_code: str = ""
    confirm: str = "H"
    review: str = "H"
    order: str = "H"
    suit: str = ""
    order_cites: str = "TJF 16"
    restart_code: str = "request"
    declines: str = ""
    is_free: bool = False
    also: Way | None = None
    channel: str = ""  # on which the case runs; of a way of the matter filled in by ``find``

    @property
    def goal(self) -> Goal:
        return GOALS[self.goal_code]

    @property
    def bar(self) -> Bar:
        return BARS[self.bar_code]

    @property
    def article(self) -> Text:
        """Law and article of the notice after failure."""
        return cite(self.cites)

    @property
    def cited(self) -> str:
        """The citation as a paper of this channel may carry it; '' where it may not name that law."""
        named = LISTED.get(self.channel)
        return "" if named and self.cites not in named else self.article.zh

    @property
    def extension(self) -> Text:
        return EXTENSIONS[self.extension_code]

    @property
    def is_civil(self) -> bool:
        """Whether the limits of labour disputes stay out (``clocks.run``)."""
        return self.bar_code == "civil"

    @property
    def is_sent(self) -> bool:
        """Whether court or commission has the case before it, and makes its own paper of an agreement."""
        return self.code in SENT

    @property
    def goes_back(self) -> bool:
        """Whether the case returns to the court or commission that sent it."""
        return self.goal_code in ("return", "trial", "hearing", "commission")

    @property
    def bar_name(self) -> Text:
        """The time bar by its name; one that the sending court will judge has none."""
        return BARS["own"].name if self.goal_code == "return" else self.bar.name

    @property
    def restarted(self) -> Text:
        """What a failure does to the bar, for the sentence after the move."""
        if self.restart_code in ("", "claim"):
            return Text("", "")
        return Text(f"，{self.bar_name.zh}重新计算", f"; {self.bar_name.en.lower()} restarts")


def _t(zh: str, en: str) -> Text:
    return Text(zh, en)


# All that the papers of a union federation's own committee may cite: it is no body of TJF 10 nor of RMTJ.
LISTED: dict[str, tuple[str, ...]] = {"I": ("TJF 4", "TJF 5", "TJF 27", "R33 27", "GH 22", "NGH 22", "U23")}
SENT = "FG"  # already filed with a court, already taken by a commission
_ROWS = (
    Way("A", _t("企业调委会", "Enterprise committee"), "arbitration", "labour", "R17 30", "H", "both", suit="H",
        restart_code="failure", declines="R17 22"),
    Way("B", _t("人民调解委员会（劳动争议）", "People's mediation committee, labour"), "lawful", "labour", "RMTJ 26", "H", "",
        suit="H"),
    Way("C", _t("苏木镇、街道调解组织", "Township or street body"), "arbitration", "labour", "TJF 5; TJF 14", "H", "local",
        suit="H"),
    Way("D", _t("新就业形态一站式", "One-stop centre, new forms"), "either", "either", "N4", "H", "once", order="M", suit="M"),
    Way("E", _t("法院委派（立案前）", "Court, before filing"), "return", "own", "TY 21", "H", "both", review="M", order="M",
        suit="M"),
    Way("F", _t("法院委托（立案后）", "Court, after filing"), "trial", "none", "TY 21", "H", "both", confirm="", review="",
        order="", restart_code=""),
    Way("G", _t("仲裁委托", "Sent by arbitration"), "hearing", "none", "R33 70", "H", "none", confirm="", review="",
        order="", restart_code=""),
    Way("H", _t("仲裁建议调解", "Advised by arbitration"), "commission", "labour", "R33 69", "H", "", confirm="M", review="M",
        order="M", suit="M"),
    Way("I", _t("工会自设调解组织", "A union federation's own committee"), "arbitration", "labour", "TJF 5", "H", "private",
        confirm="M", review="M", order="M", restart_code="claim", is_free=True),
    Way("P", _t("人事争议", "Personnel dispute"), "personnel", "personnel", "R33 2", "H", order="L"),
    Way("Z", _t("民事劳务", "Civil service dispute"), "court", "civil", "CC 188", "H", review="", order_cites="CPL 225",
        restart_code="civil", is_free=True),
    Way("O", _t("超龄用工的其他请求", "Over-age worker, other matters"), "court", "civil", "R56 19(2)", "H", review="",
        order_cites="CPL 225", restart_code="civil", is_free=True),
)
OF_MATTER = "PZO"
WAYS: dict[str, Way] = {way.code: replace(way, channel="" if way.code in OF_MATTER else way.code) for way in _ROWS}
# Claims of new-form workers and of relations nobody has settled yet: both branches stand on the paper.
UNSETTLED = replace(WAYS["D"], review="M")
OF_NATURE: dict[str, Way] = {"personnel": WAYS["P"], "civil": WAYS["Z"], "over_age_other": WAYS["O"],
                             "unsettled": UNSETTLED}


# The nature of a matter -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Basis:
    """What tells a case's way. ``ground``: on which it was accepted (words.SCOPE_GROUNDS); ``is_civil``: accepted or
    entered as a civil dispute; ``exclusion``, ``has_pension``, ``is_delayed``: of the newest check of its scope."""

    channel: str
    relation: str = "unclear"
    heads: frozenset[str] = frozenset()
    facts_on: date = date.max
    ground: str = ""
    is_civil: bool = False
    exclusion: str = ""
    has_pension: bool | None = None
    is_delayed: bool = False


# A ground of acceptance that says what the relation is, whatever was thought of it before.
OF_GROUND = {"personnel": "personnel", "over_age": "over_age", "new_form": "new_form", "liability": "liability"}


def nature_of(basis: Basis) -> str:
    """labour, personnel, civil, over_age (matters of R56 19), over_age_other, over_age_both, or unsettled."""
    relation = OF_GROUND.get(basis.ground) or basis.relation or "unclear"
    scope = jurisdiction.jurisdiction_of(relation, basis.heads, basis.facts_on, basis.exclusion, basis.has_pension,
                                         basis.is_delayed)
    if relation == "over_age" and not basis.is_delayed and scope.cites == "R56 19":
        if scope.verdict == "out":
            return "over_age_other" if basis.heads else "over_age"
        return "civil" if basis.is_civil else "over_age_both" if scope.doors else "over_age"
    if basis.is_civil or scope.is_court_matter:
        return "civil"
    if scope.verdict == "personnel":
        return "personnel"
    return "unsettled" if scope.verdict in ("review", "one_stop") else "labour"


NOT_R56 = Text("令56号只管报酬、休息休假、劳动安全卫生、工伤，这些请求直接向法院起诉，不能作为劳动争议受理（{article}）",
               "Order No. 56 covers pay, rest, safety and injury alone: these claims go to court directly and are not "
               "accepted as a labour dispute ({article})")
BEFORE_R56 = Text("事实发生在令56号施行（{day}）以前，能不能按它受理须人工审查（{article}）",
                  "The facts lie before Order No. 56 took effect ({day}): whether it serves is to be examined "
                  "({article})")


def ground_problems(basis: Basis) -> list[Problem]:
    """Why a dispute of an over-age worker may not be accepted on this ground; doubt about the day is asked back."""
    if basis.ground not in ("labour", "over_age"):
        return []
    if nature_of(basis) == "over_age_other":
        return [Problem("ground", NOT_R56.fill(article=cite("R56 19")))]
    start = jurisdiction.OVER_AGE_RULES_START
    if basis.ground == "over_age" and basis.facts_on < start:
        return [Problem("ground", BEFORE_R56.fill(day=start, article=cite("R56 19")), "over_age")]
    return []


# The way ----------------------------------------------------------------------------------------------------------

def find(basis: Basis) -> Way:
    """The way of a case: that of its matter where the matter decides, else that of its channel.

    A court or commission that sent the case keeps it whatever the matter (E, F, G); the commission's advice (H)
    only where the commission may take it. What may follow an agreement is the weaker of channel and matter; the
    period, its extension and what is cited are the channel's.
    """
    nature, channel = nature_of(basis), WAYS[basis.channel]
    matter = OF_NATURE.get(nature)
    bar = BAR_OF[nature]
    if channel.code in SENT:
        return channel
    also = WAYS["O"] if nature == "over_age_both" and channel.code != "E" else None
    if channel.code == "E" or (channel.code == "H" and bar != "civil"):
        restart = "civil" if bar == "civil" else channel.restart_code
        return _weaker(replace(channel, bar_code=bar, restart_code=restart, also=also), matter)
    if matter is None:
        bar = channel.bar_code if nature == "labour" else bar
        return replace(channel, bar_code=bar, also=also)
    return _weaker(_on_channel(matter, channel), channel)


BAR_OF = {"labour": "labour", "over_age": "over_age", "over_age_both": "over_age", "personnel": "personnel",
          "civil": "civil", "over_age_other": "civil", "unsettled": "either"}


def _on_channel(matter: Way, channel: Way) -> Way:
    """A way of the matter as it runs on a channel."""
    is_open_matter = matter.code == "D"  # which branch it is, nobody knows yet: the rest is the channel's own
    return replace(
        matter, channel=channel.code, extension_code=channel.extension_code, declines=channel.declines,
        code=channel.code if is_open_matter else matter.code, label=channel.label if is_open_matter else matter.label,
        cites=channel.cites if is_open_matter else matter.cites,
        restart_code=channel.restart_code if is_open_matter or matter.code == "P" else matter.restart_code,
        is_free=matter.is_free or channel.is_free)


LEVELS = "HML"


def _weaker(way: Way, other: Way | None) -> Way:
    """The way with what may follow an agreement no surer than the other one allows."""
    if other is None:
        return way
    cites = other.order_cites if other.order_cites != "TJF 16" else way.order_cites
    return replace(way, confirm=weaker(way.confirm, other.confirm), review=weaker(way.review, other.review),
                   order=weaker(way.order, other.order), suit=weaker(way.suit, other.suit), order_cites=cites)


def weaker(one: str, other: str) -> str:
    """The lower of two confidences; '' where one of them is not open."""
    return max(one, other, key=LEVELS.index) if one and other else ""


def blank(channel: str) -> Way:
    """For an empty form of an office: the matter is not known yet, so both branches stand on it."""
    return find(Basis(channel, "other"))


# What R17 31 lists; outside its scope only what reaches the other side, an authority or the debtor's word restarts.
OF_MEDIATION = frozenset({"request", "refused", "refused_midway", "period_passed", "agreement_broken"})


def restarts(channel: str, kind: str) -> bool:
    """Whether an act of mediation on this channel starts the time bar anew (limitation.INTERRUPTIONS)."""
    row = WAYS[channel]
    return bool(row.restart_code) and not (row.restart_code == "claim" and kind in OF_MEDIATION)
