"""The part of an agreement's page that offers the usual clauses."""
from __future__ import annotations

from wtforms import Field

from mediation.rules.law.ways import Way
from mediation.rules.papers import clauses
from mediation.rules.papers.clauses import Clause


class ClausePart:
    """Beside the other terms (``terms_text``): ticks that write their sentences into them."""

    law_way: Way
    clauses: Field

    def offered(self) -> list[Clause]:
        return clauses.offered(self.law_way)

    def write_clauses(self) -> None:
        """The ticked sentences into the other terms, to be changed there; the ticks are done with."""
        self.terms_text.data, self.clauses.data = self.whole_terms(), []

    def whole_terms(self) -> str:
        """The other terms with what is ticked and was not written yet."""
        return clauses.written(self.terms_text.data or "", self.clauses.data or (), self.law_way)
