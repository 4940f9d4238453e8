"""The usual clauses of an agreement: sentences offered for its other terms, which the office may change before it is
signed.

Each stands on its source and is offered where the case's way of law has it. The sentences themselves name no law, as
the papers of a federation's own committee may not cite all of them (rules/law/ways.py).
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.law.laws import cite
from mediation.rules.law.ways import Way


class Clause(NamedTuple):
    """A row. ``on``: where it is offered, a key of OFFERED; ``text``: with {court}, the court that is asked."""

    key: str
    label: Text
    text: str
    on: str
    cites: str

    @property
    def article(self) -> Text:
        return cite(self.cites)


_RELEASE = "本协议约定的款项全部付清后，双方就本案请求事项再无其他争议，互不追究"
_ASKED_BY = "双方应当自本协议生效之日起{days}日内共同向{whom}，一方不得无故不予配合。"
_ROWS = (
    Clause("breach", Text("违约责任", "Breach"),
           "付款人逾期付款的，以逾期未付的金额为基数，自逾期的次日起至付清之日止，按照逾期时一年期贷款市场报价利率向申请人支付违约金。",
           "always", "CC 585"),
    # What the law gives a worker beyond bargaining stays with him: the release says so.
    Clause("release", Text("互不追究", "Mutual release"), f"{_RELEASE}；社会保险等依照法律不能放弃的权利除外。",
           "not_civil", "JS1 35; JS2 19"),
    Clause("release", Text("互不追究", "Mutual release"), f"{_RELEASE}。", "civil", "CC 143"),
    Clause("review", Text("15日内仲裁审查", "Arbitration review within 15 days"),
           _ASKED_BY.format(days="十五", whom="有管辖权的仲裁委员会申请仲裁审查"), "review", "R33 74"),
    Clause("confirm", Text("30日内司法确认", "Judicial confirmation within 30 days"),
           _ASKED_BY.format(days="三十", whom="{court}申请司法确认"), "confirm", "CPL 205"),
    Clause("court_paper", Text("请法院出调解书", "Mediation paper of the court"),
           "双方同意由受理本案的人民法院依据本协议制作调解书。", "court", "TY 20; TY 24"),
    Clause("commission_paper", Text("请仲裁委出调解书", "Mediation paper of the commission"),
           "双方同意由受理本案的仲裁委员会依据本协议制作调解书。", "commission", "R33 72"),
)
OFFERED: dict[str, Callable[[Way], bool]] = {
    "always": lambda way: True,
    "civil": lambda way: way.is_civil,
    "not_civil": lambda way: not way.is_civil,
    "review": lambda way: bool(way.review),
    "confirm": lambda way: bool(way.confirm),
    "court": lambda way: way.code == "F",
    "commission": lambda way: way.code == "G",
}
BREACH = ("违约", "逾期")  # words by which other terms speak of it


def offered(way: Way) -> list[Clause]:
    """The clauses that a case's way of law has, their sentences ready to be written."""
    court = "委派本案的人民法院" if way.channel == "E" else "有管辖权的人民法院"
    return [row._replace(text=row.text.format(court=court)) for row in _ROWS if OFFERED[row.on](way)]


def written(terms: str, keys: Collection[str], way: Way) -> str:
    """Other terms with the sentences of ``keys`` behind them, one a line; one that stands there already stays once."""
    lines = [terms.rstrip()] if terms.strip() else []
    return "\n".join([*lines, *(row.text for row in offered(way) if row.key in keys and row.text not in terms)])


def names_breach(terms: str) -> bool:
    """Whether other terms say what follows a breach, so that the agreement points there instead of leaving a line."""
    return any(word in terms for word in BREACH)
