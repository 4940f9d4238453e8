"""What the pages share on which a case is typed from nothing: their buttons, their drafts, and cases like it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import abort, request
from flask_babel import gettext as _

from mediation.forms.base import BaseForm
from mediation.forms.cases.intake import draft_pairs
from mediation.models import Draft
from mediation.queries.cases.intake import Similar, find_similar
from mediation.rules.access import Actor
from mediation.rules.cases.intake import Intake
from mediation.services.cases import drafts
from mediation.views import guard
from mediation.views.guard import BEIJING
from mediation.views.press import Answer, back, before

Form = TypeVar("Form", bound=BaseForm)


@dataclass(frozen=True)
class Drafted:
    """A page whose words are kept: each opened one has a draft of its own, so that no visitor overwrites another."""

    place: str
    address: str

    def of(self, token: str) -> str:
        """The place of the draft of the page with this token."""
        return f"{self.place}:{token}"[:100]

    def keep(self, actor: Actor, posted, address: str = "") -> Draft | None:
        """Keep what was typed, unless nothing was told or this page has already been sent."""
        pairs, token = draft_pairs(posted, actor.today), posted.get("submit_token", "")
        return drafts.save(actor, self.of(token), pairs, address) if pairs and not guard.is_sent(token, actor) else None

    def offered(self, token: str) -> list[Draft]:
        """The reader's drafts but that of the page with this token."""
        return [row for row in drafts.offered(guard.actor(), self.place) if row.place != self.of(token)]

    def save(self, form: BaseForm, page: Callable[[], str]) -> Answer:
        """The button that keeps a draft."""
        return before(form, page) or back(
            lambda: self.keep(guard.actor(), request.form), lambda draft: _draft_address(self.address, draft),
            lambda draft: _("草稿已存，一周内都可以接着填。") if draft else _("还没有填什么，不用存。"), self.address)

    def carry(self, form: BaseForm, page: Callable[[], str], to: str) -> Answer:
        """The button that takes what was typed over to another page."""
        return before(form, page) or back(
            lambda: self.keep(guard.actor(), request.form), lambda draft: _draft_address(to, draft), "",
            self.address)

    def saved_while_typing(self) -> dict[str, str]:
        """Keep a draft while it is typed; says when."""
        draft = self.keep(guard.actor(), request.form)
        guard.commit()
        return {"saved_at": draft.saved_at.astimezone(BEIJING).strftime("%H:%M") if draft else ""}


def _draft_address(to: str, draft: Draft | None) -> str:
    return f"{to}?from_draft={draft.uid}" if draft else to


def pressed(form: Form, actions: Mapping[str, Callable[[Form, str], Answer]], usual: str) -> Answer:
    """One of the page's buttons; whatever comes of it, nothing that was typed is lost."""
    action, _colon, name = request.form.get("action", usual).partition(":")
    if action not in actions:
        abort(400)
    return actions[action](form, name)


def similar_to(told: Intake, but: str = "") -> list[Similar]:
    """Cases that may be the one that is being typed, ``but`` the one that was just made of it."""
    names = [told.name, told.for_name, *(row.name for row in told.roster)]
    return find_similar(guard.actor(), names, told.phone, told.identity, [row.told for row in told.respondents],
                        told.heads, told.received_on, but)


def similar_in_words(told: Intake, number: str) -> list[str]:
    """Cases that may be the same as the one of this number, a line each, for those without scripts."""
    return [_("%(why)s的案件：%(title)s（%(number)s）", why=row.reason.say(guard.language()), title=row.title,
              number=guard.actor().known(row.number)) for row in similar_to(told, number)]


__all__ = ["Drafted", "pressed", "similar_in_words", "similar_to"]
