"""What belongs to labour mediation and what does not, by kind of relation and by date (law.md 1), and the next door."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.language import Problem, Text, Word, vocabulary
from mediation.rules.law.laws import cite

VERDICTS = vocabulary(
    Word("labour", "劳动争议，可以受理", "Labour dispute: may be accepted"),
    Word("personnel", "人事争议，可以受理", "Personnel dispute: may be accepted"),
    Word("one_stop", "新就业形态纠纷，可以受理", "New employment form: may be accepted"),
    Word("civil", "民事纠纷，只能按人民调解或法院委派办理", "Civil dispute: only by people's mediation or court assignment"),
    Word("review", "没有明确规定，须人工审查", "No clear rule: to be examined by a person"),
    Word("out", "不属劳动争议", "Not a labour dispute"),
)
DOORS = vocabulary(
    Word("justice", "司法所（人民调解）", "Justice office (people's mediation)"),
    Word("court", "法院", "Court"),
    Word("arbitration", "劳动人事争议仲裁委", "Labour and personnel arbitration"),
    Word("inspection", "劳动监察", "Labour inspection"),
    Word("insurance", "社保经办机构", "Social-insurance agency"),
    Word("collecting", "社保费征收机构（税务）", "Collecting authority (tax office)"),
    Word("findings", "工伤认定、劳动能力鉴定部门", "Injury and capacity findings authority"),
    Word("petition", "信访局", "Petition office"),
    Word("police", "公安", "Police"),
    Word("procuratorate", "检察院", "Procuratorate"),
    Word("legal_aid", "法律援助中心", "Legal aid centre"),
)
# Which of a union's outside bodies (words.AGENCY_KINDS) stand behind a door.
DOOR_KINDS: dict[str, tuple[str, ...]] = {code: (code,) for code in DOORS} | {
    "inspection": ("hr",), "insurance": ("hr",), "findings": ("hr",), "legal_aid": ("justice",), "collecting": ()}


class Jurisdiction(NamedTuple):
    """The answer: a verdict, its ground in words, where it stands, and the doors for what is turned away."""

    verdict: str
    ground: Text
    cites: str
    confidence: str
    doors: tuple[str, ...] = ()

    @property
    def is_civil(self) -> bool:
        """Whether the labour time limits stay out (clocks.run's ``civil``)."""
        return self.verdict == "civil"

    @property
    def is_court_matter(self) -> bool:
        """Whether the dispute goes straight to court as a civil one; R56 19 has a way of its own."""
        return self.is_civil or (self.verdict == "out" and "court" in self.doors and self.cites != "R56 19")

    @property
    def article(self) -> Text:
        """Law and article in words."""
        return cite(self.cites)


# Matters that are not labour disputes whatever the relation (S3, S6, S7).
EXCLUSIONS: dict[str, Jurisdiction] = {
    "benefit_claim": Jurisdiction("out", Text("向社保经办机构要待遇的纠纷", "a benefit claim against the insurance agency"),
                                  "JS1 2", "H", ("insurance",)),
    "housing_reform": Jurisdiction("out", Text("住房制度改革的公房转让纠纷", "sale of reform housing"),
                                   "JS1 2", "H", ("court",)),
    "finding_objection": Jurisdiction("out", Text("对伤残等级或职业病鉴定结论的异议", "an objection to a medical finding"),
                                      "JS1 2", "H", ("findings",)),
    "household_helper": Jurisdiction("out", Text("家庭与家政服务人员的纠纷", "household and domestic helper"),
                                     "JS1 2", "H", ("justice", "court")),
    "craftsman_helper": Jurisdiction("out", Text("个体工匠与帮工、学徒的纠纷",
                                                 "individual craftsman and helper or apprentice"),
                                     "JS1 2", "H", ("justice", "court")),
    "farm_hand": Jurisdiction("out", Text("农牧户与受雇人的纠纷", "farm or herding household and hired hand"),
                              "JS1 2", "H", ("justice", "court")),
    "wage_iou": Jurisdiction("civil", Text("凭工资欠条、没有其他请求的，可直接起诉",
                                           "a wage IOU and nothing else: suit is open"),
                             "JS1 15", "H", ("court", "justice")),
    "insurance_arrears": Jurisdiction("out", Text("补缴社保归征收机构",
                                                  "unpaid contributions belong to the collecting authority"),
                                      "HR", "M", ("collecting", "inspection")),
}

# Heads of words.HEADS that R56 19 puts under the mediation and arbitration law: pay, rest, safety, work injury.
OVER_AGE_HEADS = frozenset({"wages", "overtime", "minimum_wage", "bonus", "annual_leave", "injury_benefit",
                            "injury_medical", "injury_leave", "injury_grants", "death_benefit"})
# Heads of N4: pay, rewards and penalties, rest, occupational injury.
NEW_FORM_HEADS = OVER_AGE_HEADS
OVER_AGE_PENSION_END = date(2025, 8, 31)
OVER_AGE_RULES_START = date(2026, 7, 1)
LIABILITY_START = date(2025, 9, 1)
NEW_FORM_START = date(2024, 1, 19)

RELATION_SCOPES: dict[str, Jurisdiction] = {
    "labour": Jurisdiction("labour", Text("劳动关系", "a labour relationship"), "TJF 2", "H"),
    "factual": Jurisdiction("labour", Text("没有书面合同的事实劳动关系", "a factual relationship without written contract"),
                            "JS1 1", "H"),
    "dispatch": Jurisdiction("labour", Text("劳务派遣", "dispatched labour"), "TJF 2", "H"),
    "part_time": Jurisdiction("labour", Text("非全日制用工", "part-time work"), "TJF 2", "H"),
    "unclear": Jurisdiction("labour", Text("是否劳动关系本身可以调解",
                                           "whether there is a relationship may itself be mediated"),
                            "TJF 2", "M"),
    "personnel": Jurisdiction("personnel", Text("聘用合同等人事关系", "a personnel relationship"), "R33 2", "H"),
    "civil": Jurisdiction("civil", Text("劳务合同纠纷，不经仲裁", "a service contract: no arbitration step"),
                          "AY", "M",
                          ("justice", "court")),
    "other": Jurisdiction("review", Text("关系不明", "the relation is not known"), "TJF 2", "M", ("justice", "court")),
}


def _split(heads: Iterable[str], inside: frozenset[str]) -> tuple[bool, bool]:
    """Whether any head lies inside the list and whether any lies outside."""
    given = set(heads)
    return bool(given & inside), bool(given - inside)


def over_age(heads: Iterable[str], facts_on: date, has_pension: bool | None = None,
             is_delayed: bool = False) -> Jurisdiction:
    """The three regimes for workers over retirement age, by the day of the facts (S11 to S16).

    ``has_pension``: whether a pension is drawn (None: not known). ``is_delayed``: elastic delayed retirement,
    which leaves an ordinary employee.
    """
    if is_delayed:
        return Jurisdiction("labour", Text("弹性延迟退休期间，仍是劳动关系", "delayed retirement: an ordinary employee"),
                            "R56 23", "H")
    if facts_on <= OVER_AGE_PENSION_END:
        if has_pension is False:
            return Jurisdiction("review", Text("未享受养老待遇的超龄人员，须人工审查",
                                               "over age without pension: to be examined"),
                                "JS1 32", "L", ("court", "justice"))
        return Jurisdiction("civil", Text("2025年8月31日前，领取养老待遇的按劳务关系",
                                          "until 2025-08-31 pensioners work as service"),
                            "JS1 32(1)", "H" if has_pension else "M", ("court", "justice"))
    if facts_on < OVER_AGE_RULES_START:
        return Jurisdiction("review", Text("2025年9月1日至2026年6月30日的事实，没有明确规定，须人工审查",
                                           "facts of 2025-09-01 to 2026-06-30: no rule found, to be examined"),
                            "JS2 21", "L", ("court", "justice"))
    inside, outside = _split(heads, OVER_AGE_HEADS)
    if inside:
        note = Text("报酬、休息休假、劳动安全卫生、工伤按劳动争议办理", "pay, rest, safety and injury: as labour disputes")
        if outside:
            note = Text(f"{note.zh}；其他请求直接向法院起诉", f"{note.en}; the other claims go to court directly")
        return Jurisdiction("labour", note, "R56 19", "H", ("court",) if outside else ())
    return Jurisdiction("out", Text("报酬、休息、安全卫生、工伤以外的请求，直接向法院起诉",
                                    "claims other than pay, rest, safety and injury go to court directly"),
                        "R56 19", "H", ("court", "justice"))


def new_form(heads: Iterable[str], facts_on: date) -> Jurisdiction:
    """Platform and other new-form workers: no proven labour relationship is asked for (S17)."""
    inside, outside = _split(heads, NEW_FORM_HEADS)
    if facts_on < NEW_FORM_START or not inside:
        return Jurisdiction("review", Text("不在一站式调解所列事项内", "not among the matters of one-stop mediation"),
                            "N4", "M",
                            ("arbitration", "court"))
    return Jurisdiction("one_stop", Text("报酬、奖惩、休息、职业伤害纠纷，不要求先证明劳动关系",
                                        "pay, rewards, rest or occupational injury; no proof of a labour relationship"),
                        "N4", "M" if outside else "H")


def liability(facts_on: date) -> Jurisdiction:
    """Illegal sub-contract or affiliation: the qualified contractor or host may be liable (S9)."""
    return Jurisdiction("labour", Text("承包人、被挂靠人的用工主体责任", "liability of contractor or host"), "JS2 1",
                        "H" if facts_on >= LIABILITY_START else "M")


def jurisdiction_of(relation: str, heads: Iterable[str], facts_on: date, exclusion: str = "",
                    has_pension: bool | None = None,
                    is_delayed: bool = False) -> Jurisdiction:
    """Whether a dispute belongs here, with ground, article, confidence and next doors.

    ``relation`` of words.RELATIONS, ``heads`` of words.HEADS, ``facts_on`` the day of the facts in dispute,
    ``exclusion`` one of EXCLUSIONS when the person at the desk recognises it.
    """
    given = frozenset(heads)
    if exclusion:
        return EXCLUSIONS[exclusion]
    if given == {"insurance_arrears"}:
        return EXCLUSIONS["insurance_arrears"]
    if relation == "over_age":
        return over_age(given, facts_on, has_pension, is_delayed)
    if relation == "new_form":
        return new_form(given, facts_on)
    return liability(facts_on) if relation == "liability" else RELATION_SCOPES[relation]


CIVIL_ELSEWHERE = Text("民事劳务纠纷只有以人民调解委员会名义、或法院委派委托的才能调解（{article}）",
                       "A civil service dispute is mediated only in the name of a people's mediation committee "
                       "or when a court sends it ({article})")


def channel_fit_problems(scope: Jurisdiction, channel: str) -> list[Problem]:
    """Whether the channel may take the matter; asked back, not refused (S5, confidence M)."""
    if not scope.is_civil or channel in "BEF":
        return []
    return [Problem("channel", CIVIL_ELSEWHERE.fill(article=cite("RMTJ")), "civil_channel")]


def every_jurisdiction() -> list[tuple[Text, Jurisdiction]]:
    """Every answer of this module with the question that it answers, for whoever wants to read them all."""
    relations = [(Text(word.zh, word.en), RELATION_SCOPES[code]) for code, word in words.RELATIONS.items()
                 if code in RELATION_SCOPES]
    inside, outside, both = {"wages"}, {"severance"}, {"wages", "severance"}
    old = Text("超龄用工", "Over-age worker")
    regimes = [(old, over_age(heads, on, pension, delayed)) for heads, on, pension, delayed in (
        (inside, OVER_AGE_PENSION_END, True, False), (inside, OVER_AGE_PENSION_END, False, False),
        (inside, LIABILITY_START, None, False), (both, OVER_AGE_RULES_START, None, False),
        (outside, OVER_AGE_RULES_START, None, False), (inside, OVER_AGE_RULES_START, None, True))]
    platform = Text("新就业形态", "New employment form")
    others = [(platform, new_form(heads, OVER_AGE_RULES_START)) for heads in (inside, outside)]
    host = (Text("用工主体责任", "Liability as host of the work"), liability(LIABILITY_START))
    exclusions = [(Text("不论什么关系", "Whatever the relation"), row) for row in EXCLUSIONS.values()]
    return [*relations, *regimes, *others, host, *exclusions]


# Group cases (S21, S22).
GROUP_SIZE = 10
REPRESENTATIVES = (3, 5)
REPRESENTATIVE_COUNT = Text("群体争议推举3至5名代表，现在是{number}名（{article}）",
                            "A group names 3 to 5 representatives, not {number} ({article})")


def is_group(workers: int, has_common_request: bool) -> bool:
    """Ten or more workers with a common request (TJF 7; ten is included, CC 1259)."""
    return workers >= GROUP_SIZE and has_common_request


def representative_problems(number: int, is_group: bool = True) -> list[Problem]:
    """A warning when a group's representatives are not 3 to 5; none while nobody is named yet."""
    least, most = REPRESENTATIVES
    if not is_group or not number or least <= number <= most:
        return []
    text = REPRESENTATIVE_COUNT.fill(number=number, article=cite("R33 63"))
    return [Problem("representatives", text, "representatives")]


# Registering a wage case may close the inspection route: say so, record the worker's choice (law.md 3.5).
INSPECTION_WARNING = Text("欠薪已进入调解的，劳动监察可能告知先走调解程序：请问本人先调解还是先投诉（{article}）",
                          "Once wages are in mediation, labour inspection may point back to it: ask the worker "
                          "which way comes first ({article})").fill(article=cite("JC 21(2)"))
