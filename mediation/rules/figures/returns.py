"""The returns to other bodies as tables: classes of the HR mediation return, and the identity of the yearbook.

Sources: law.md 6.1 (MA1, circa 2010: ask the local HR bureau for today's form) and 6.2 (yearbook). An outcome that
only says where a case went counts by its mediation: none was reached.
"""
from __future__ import annotations

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law import causes

BODIES = vocabulary(
    Word("enterprise", "企业调解委员会", "Enterprise committees"),
    Word("township", "乡镇（街道）调解组织", "Township and street bodies"),
    Word("institution", "机关事业单位调解组织", "Bodies of public institutions"),
    Word("arbitration", "仲裁机构案外调解", "Mediation of arbitration bodies, before filing"),
    Word("other", "其他调解组织", "Other bodies"),
)
# Which channels count for which body; a union's station under none of them falls among the others.
BODY_CHANNELS: dict[str, tuple[str, ...]] = {
    "enterprise": ("A",), "township": ("C",), "institution": (), "arbitration": ("G", "H"),
    "other": ("B", "D", "E", "F", "I")}
CLASSES = vocabulary(
    Word("agreed", "达成调解协议", "Agreement reached"),
    Word("settled", "达成和解", "Settled"),
    Word("failed", "未达成协议", "No agreement"),
    Word("withdrawn", "申请人撤销申请", "Withdrawn by the applicant"),
)
CLASS_OUTCOMES: dict[str, tuple[str, ...]] = {
    "agreed": ("AGREED",), "settled": ("SETTLED",), "withdrawn": ("WITHDRAWN",),
    "failed": ("FAILED", "TERMINATED_FRAUD", "TO_ARBITRATION", "TO_COURT", "TO_INSPECTION", "TO_OTHER")}
REASONS = {**causes.REASONS, **vocabulary(Word("none", "没有填原因", "No reason given"))}
TITLES = {"mediation": Text("劳动人事争议调解情况（人社统计）", "Mediation of labour disputes (HR return)"),
          "yearbook": Text("劳动争议处理情况（年鉴口径）", "Handling of labour disputes (yearbook)")}
