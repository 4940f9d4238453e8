"""The part of an agreement's page that shares its total: by claim, by heads, or as a list says."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from mediation.forms.base import ListArea, today
from mediation.rules import uploads
from mediation.rules.language import Problem, Refused
from mediation.rules.money import sharing
from mediation.rules.money.sharing import Sharer


class SharePart:
    """Beside the lines of who gets how much (``item_fields``): the ways to fill them."""

    shares = ListArea(_l("各人金额的名单"), limit=200_000)
    shares_file = FileField(_l("名单是表格的"), render_kw={"accept": uploads.ACCEPT_TABLES})

    def _rows(self) -> list:
        """Lines that share the total; what goes to the employer has no part in it."""
        return [(row, field) for row, field in self.item_fields() if row.head != "to_employer"]

    def share_out(self) -> None:
        """In proportion to the claims."""
        rows = self._rows()
        fens = sharing.by_weight(self.total.data or 0, [row.claimed_fen or 0 for row, _field in rows])
        for (_row, field), fen in zip(rows, fens, strict=True):
            field.data, field.typed, field.errors = fen, "", []

    def share_by_heads(self) -> None:
        """Equally among the people."""
        self._put(sharing.by_heads(self.total.data or 0, self._people()))

    def share_as_listed(self) -> None:
        """As the list says; raises Refused with what is to be looked at, after the sums were put in."""
        found = sharing.as_listed(self.shares.data or "", self._people(), self.total.data, today())
        self._put(found.shares)
        if self.total.data is None and found.shares:
            self.total.data, self.total.typed, self.total.errors = sum(found.shares.values()), "", []
        if found.problems:
            raise Refused([Problem("shares", problem.text) for problem in found.problems])

    def _people(self) -> list[Sharer]:
        people = {row.party.id: row.party for row, _field in self._rows()}
        return [Sharer(party.id, party.name, party.headcount) for party in people.values()]

    def _put(self, shares: Mapping[int, int]) -> None:
        """Each one's sum into his lines, by head in proportion to the claims."""
        for worker, fen in shares.items():
            rows = [(row, field) for row, field in self._rows() if row.party.id == worker]
            parts = sharing.by_weight(fen, [row.claimed_fen or 0 for row, _field in rows])
            for (_row, field), part in zip(rows, parts, strict=True):
                field.data, field.typed, field.errors = part, "", []
