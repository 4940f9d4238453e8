"""What is only kept, as data: how the lists of inquiries, activities, leads and letters are filtered and summed up.

A row names its columns, vocabularies and conditions as words; the store finds the model by the name of its table.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.language import Text, Word


class Filter(NamedTuple):
    """A condition of a list: its name in the address, its words, its vocabulary in rules/words.py, its column."""

    name: str
    label: Text
    words: str
    column: str

    @property
    def choices(self) -> Mapping[str, Word]:
        return getattr(words, self.words)


class Total(NamedTuple):
    """A sum over a filtered list: its words, the column that a row weighs ('': 1), and which rows count: a column and
    the values it may have, with no value any; () counts all."""

    label: Text
    weight: str = ""
    where: tuple = ()


@dataclass(frozen=True)
class Listing:
    """A list of rows, newest first: the column of the day, filters and totals, relations that are read along."""

    day: str
    filters: tuple[Filter, ...]
    totals: tuple[Total, ...]
    loads: tuple[str, ...]


LISTINGS: dict[str, Listing] = {
    "inquiry": Listing("asked_on", (
        Filter("topic", Text("问什么", "Topic"), "HEADS", "topic"),
        Filter("way", Text("怎么问的", "Way"), "INQUIRY_WAYS", "way"),
        Filter("next", Text("下一步", "Next"), "INQUIRY_NEXTS", "next_step")), (
        Total(Text("咨询（件）", "Inquiries")), Total(Text("法律咨询（人次）", "Person-times"), "people"),
        Total(Text("转为案件", "Became cases"), where=("case_id",))), ("case", "made_by")),
    "activity": Listing("done_on", (Filter("kind", Text("种类", "Kind"), "ACTIVITY_KINDS", "kind"),), (
        Total(Text("走访企业（家次）", "Visits to employers"), where=("kind", "visit")),
        Total(Text("讲座、宣传（场）", "Lectures and stands"), where=("kind", "lecture", "stand")),
        Total(Text("参加（人次）", "People who came"), "people", ("kind", "lecture", "stand")),
        Total(Text("发资料（份）", "Leaflets"), "leaflets")), ("employer", "made_by")),
    "lead": Listing("found_on", (
        Filter("state", Text("办到哪", "State"), "LEAD_STATES", "state"),
        Filter("risk", Text("风险", "Risk"), "HEADS", "risk"),
        Filter("source", Text("怎么发现的", "Found by"), "LEAD_SOURCES", "source")), (
        Total(Text("线索（条）", "Leads")), Total(Text("在跟", "Followed"), where=("state", "open")),
        Total(Text("就地化解", "Settled"), where=("state", "settled")),
        Total(Text("转为案件", "Became cases"), where=("case_id",))), ("employer", "case", "made_by")),
    "letter": Listing("sent_on", (
        Filter("kind", Text("种类", "Kind"), "LETTER_KINDS", "kind"),
        Filter("state", Text("办到哪", "State"), "LETTER_STATES", "state")), (
        *(Total(Text(word.zh, word.en), where=("kind", code)) for code, word in words.LETTER_KINDS.items()),
        Total(Text("已整改", "Put right"), where=("is_rectified", True))), ("employer", "agency")),
}
