"""Court causes with their edition, the HR statistics heads, and what a claim's head suggests (law.md 1.2, 1.3)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Word, vocabulary


class Cause(NamedTuple):
    """A court cause: number, words, group, the edition it belongs to, and how sure the number is."""

    code: str
    zh: str
    en: str
    group: str
    version: str
    confidence: str = "M"

    def say(self, language: str) -> str:
        """Number and words on the screen."""
        return f"{self.code} {self.en if language == 'en' else self.zh}"


VERSION = "2026"  # 法〔2025〕226、227号, in force from 2026-01-01; numbers differ from the edition of 2020
VERSIONS = {"2026": (date(2026, 1, 1), None), "2020": (date(2021, 1, 1), date(2025, 12, 31))}
_ROWS = (
    ("205", "劳动合同纠纷", "Labour contract", "labour"),
    ("205(1)", "确认劳动关系纠纷", "Confirming the relationship", "labour"),
    ("205(2)", "集体合同纠纷", "Collective contract", "labour"),
    ("205(3)", "劳务派遣合同纠纷", "Dispatch contract", "labour"),
    ("205(4)", "非全日制用工纠纷", "Part-time work", "labour"),
    ("205(5)", "追索劳动报酬纠纷", "Pay", "labour"),
    ("205(6)", "经济补偿金纠纷", "Severance", "labour"),
    ("205(7)", "竞业限制纠纷", "Non-compete", "labour"),
    ("206", "社会保险纠纷", "Social insurance", "labour"),
    ("206(1)", "养老保险待遇纠纷", "Pension benefits", "labour"),
    ("206(2)", "工伤保险待遇纠纷", "Work-injury benefits", "labour"),
    ("206(3)", "医疗保险待遇纠纷", "Medical benefits", "labour"),
    ("206(4)", "生育保险待遇纠纷", "Maternity benefits", "labour"),
    ("206(5)", "失业保险待遇纠纷", "Unemployment benefits", "labour"),
    ("207", "福利待遇纠纷", "Welfare", "labour"),
    ("208", "超龄劳动者用工纠纷", "Over-age workers", "labour"),
    ("209", "承包人、被挂靠人用工主体责任纠纷", "Liability of contractor or host", "labour"),
    ("210", "聘用合同纠纷", "Appointment contract (public institution)", "personnel"),
    ("211", "聘任合同纠纷", "Appointment contract (civil service)", "personnel"),
    ("212", "辞职纠纷", "Resignation", "personnel"),
    ("213", "辞退纠纷", "Dismissal", "personnel"),
    ("214", "新就业形态用工合同纠纷", "New-form work contract", "new_form"),
    ("214(1)", "确认劳动关系纠纷", "Confirming the relationship (new form)", "new_form"),
    ("214(2)", "追索劳动报酬纠纷", "Pay (new form)", "new_form"),
    ("215", "新就业形态社会保险纠纷", "Social insurance (new form)", "new_form"),
    ("215(1)", "工伤保险待遇纠纷", "Work-injury benefits (new form)", "new_form"),
    ("216", "新就业形态职业伤害保障纠纷", "Occupational-injury cover", "new_form"),
    ("144", "劳务合同纠纷", "Service contract", "contract"),
    ("144(1)", "超龄劳动者劳务合同纠纷", "Service contract of an over-age worker", "contract"),
)
SURE = frozenset({"208", "144(1)"})  # two independent sources; the other numbers rest on one secondary list
CAUSES = {code: Cause(code, zh, en, group, VERSION, "H" if code in SURE else "M") for code, zh, en, group in _ROWS}

# Dispute reasons of the HR statistics: one primary reason a case (MA1).
REASONS_VERSION = "MA1"
REASONS = vocabulary(
    Word("pay", "劳动报酬", "Pay"),
    Word("insurance", "社会保险", "Social insurance"),
    Word("injury", "其中：工伤", "of which work injury"),
    Word("contract_change", "变更劳动合同", "Changing the contract"),
    Word("contract_end", "解除劳动合同", "Dissolving the contract"),
    Word("contract_expiry", "终止劳动合同", "Ending the contract"),
    Word("contract_making", "订立劳动合同", "Making the contract"),
    Word("hours", "工作时间及休假", "Hours and leave"),
    Word("welfare", "福利", "Welfare"),
    Word("training", "培训", "Training"),
    Word("protection", "劳动保护", "Labour protection"),
    Word("relationship", "确认劳动关系", "Confirming the relationship"),
    Word("compensation", "经济补偿、赔偿金", "Severance and damages"),
    Word("other", "其他", "Other"),
)
# What each head of words.HEADS counts as: its reason, and its cause within an ordinary labour relationship.
HEAD_REASONS: dict[str, tuple[str, str]] = {
    "wages": ("pay", "205(5)"), "overtime": ("pay", "205(5)"), "minimum_wage": ("pay", "205(5)"),
    "bonus": ("pay", "205(5)"), "annual_leave": ("hours", "205(5)"), "double_pay": ("contract_making", "205"),
    "severance": ("compensation", "205(6)"), "notice_pay": ("compensation", "205"),
    "unlawful_ending": ("compensation", "205"), "extra_damages": ("compensation", "205"),
    "injury_benefit": ("injury", "206(2)"), "injury_medical": ("injury", "206(2)"),
    "injury_leave": ("injury", "206(2)"), "injury_grants": ("injury", "206(2)"), "death_benefit": ("injury", "206(2)"),
    "insurance_arrears": ("insurance", "206"), "insurance_loss": ("insurance", "206"), "deposit": ("other", "205"),
    "non_compete": ("other", "205(7)"), "service_fee": ("other", "144"), "relationship": ("relationship", "205(1)"),
    "reinstatement": ("contract_end", "205"), "to_employer": ("other", "205"), "other": ("other", "205"),
}
NEW_FORM_CAUSES = {"205(1)": "214(1)", "205(5)": "214(2)", "206(2)": "216", "206": "215"}
RELATION_CAUSES = {"over_age": "208", "liability": "209", "civil": "144", "personnel": "210", "dispatch": "205(3)",
                   "part_time": "205(4)"}


def causes_on(day: date) -> dict[str, Cause]:
    """The causes of the edition in force on ``day``; the edition of 2020 is not shipped and gives none."""
    return CAUSES if day >= VERSIONS[VERSION][0] else {}


def suggested_cause(relation: str, head: str, day: date, is_labour: bool = True) -> Cause | None:
    """A cause to propose for the main claim; the person decides. None before the shipped edition.

    An over-age worker has two: 208 for a labour dispute, 144(1) for a service contract (``is_labour`` False).
    """
    if relation == "over_age" and not is_labour:
        code = "144(1)"
    elif relation in RELATION_CAUSES:
        code = RELATION_CAUSES[relation]
    else:
        code = HEAD_REASONS.get(head, ("other", "205"))[1]
        code = NEW_FORM_CAUSES.get(code, "214") if relation == "new_form" else code
    return causes_on(day).get(code)


def suggested_reason(heads: Iterable[str]) -> str:
    """The statistics head of a case: that of its first (main) claim."""
    return next((HEAD_REASONS[head][0] for head in heads if head in HEAD_REASONS), "other")
