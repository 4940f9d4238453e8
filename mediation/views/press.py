"""One press: what every view that changes something does with its form.

A view names the form, the act, the page that shows the form again, and where to go afterwards. What the press does the
same for all of them: a form that was sent before leads to its first answer; what is refused stands beside its field,
with what was typed, and no write lock is held while that page is made; after a lost race the next press is judged by
what stands now; a form that outlived its log-in is shown again with a fresh token.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from flask import flash, g, redirect, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from mediation.forms.base import BaseForm
from mediation.rules import text_cleaning
from mediation.rules.language import Problem, Text
from mediation.services.cases import drafts
from mediation.views import guard

T = TypeVar("T")
Said = Text | str
Answer = Response | str | tuple[str, int]

OUTDATED = Text("这一页放得太久，登录已换过。填的都还在，请再按一次",
                "This page is older than the present log-in. What you typed is kept; press once more")
AGAIN = Text("这张表刚才已经收过，这次改动的内容还没有存。确实要再送一次，就再按一次",
             "This form had been taken before; what was changed in it since is not saved. To send it all the same, "
             "press once more")
FILE_GONE = Text("文件没有留下，请重新选", "The file was not kept; choose it again")


class OnlyShown(Exception):
    """Raised by an act that answers with the page instead: a preview, a sum laid out; nothing is written."""


@dataclass(frozen=True)
class Reopened:
    """A kept form that is shown again: the submit token that names its draft, the day on which it was typed."""

    token: str
    day: date


def press(form: BaseForm, act: Callable[[], T], page: Callable[[], str], target: str | Callable[[T], str],
          message: Said | Callable[[T], Said] = "", *, remarks: Callable[[T], Iterable[Said]] | None = None,
          missing: Callable[[], Iterable[Problem]] | None = None,
          shown: Callable[[T], Callable[[], str]] | None = None,
          present: Callable[[], BaseForm] | None = None) -> Answer:
    """Answer a form that was sent.

    act      the one service call, with the readable form; raises Refused, Conflict, Forbidden or OnlyShown
    page     makes the page with the form as it was typed; called without a write lock, so that it reads rows anew
    target   where a done press leads; ``target``, ``message``, ``remarks`` may depend on what the act gave
    remarks  warnings beside the message
    missing  what the rules miss of a form that has unreadable fields, so that one press tells all
    shown    for what is shown once and never again: takes what it needs from the act's result, before the commit, and
             gives the page to be made after it
    present  of a form that changes what stands: the form as it would be opened now; after a lost race the page shows
             what stands beside what was typed
    """
    if (early := before(form, page)) is not None:
        return early
    if not form.validate():
        guard.release_write_lock()
        guard.attach_problems(form,
                              [problem for problem in (missing() if missing else ()) if not _has_error(form, problem)])
        return _refused(form, page)
    try:
        with guard.attempt(form) as attempt:
            result = perform(act)
    except OnlyShown:
        return page()
    if not attempt.ok:
        if attempt.version is not None:
            form.renew(attempt.version)
            form.theirs = form.differences(present()) if present else []
        return _refused(form, page)
    return _done(form, result, target, message, remarks, shown)


def perform(act: Callable[[], T]) -> T:
    return act()


def show_again(form: BaseForm, page: Callable[[], str], arrange: Callable[[], object] = lambda: None) -> Answer:
    """Answer a button that only rearranges the page (one line more, a plan laid out): nothing is written."""
    if (early := before(form, page)) is not None:
        return early
    guard.release_write_lock()
    arrange()
    return page()


def before(form: BaseForm, page: Callable[[], str]) -> Answer | None:
    """The answers that need no act: a kept form is opened, the log-in has changed, the form was taken before, its case
    was merged.

    A form about a row (it has a version) that comes again with other words is shown with them; any other leads to its
    first answer, where it says that the words were not taken, so that nothing is recorded twice by a mere second press.
    """
    if (kept := g.get("reopened")) is not None:
        _reopen(form, kept)
        return page()
    if guard.is_outdated():
        form.problems.append(OUTDATED.say(guard.language()))
        return _refused(form, page)
    sent = guard.find_sent(form.submit_token.data or "")
    if sent is None and (merged := g.get("merged")) is not None:
        form.problems.append(merged.say(guard.language()))
        guard.release_write_lock()
        return _refused(form, page)
    if sent is None:
        return None
    if form.seen_version is None or not guard.is_changed(sent, form.submit_token.data or ""):
        return guard.repeated(form.submit_token.data or "")
    form.renew_token()
    form.problems.append(AGAIN.say(guard.language()))
    guard.release_write_lock()
    return _refused(form, page)


def _reopen(form: BaseForm, kept: Reopened) -> None:
    """Fill what a kept form means today; of a file that was chosen its name alone was kept."""
    form.submit_token.data = kept.token
    for field in form.days():
        field.said_on(kept.day)
    for chosen in form.files():
        if request.form.get(chosen.name):
            chosen.errors = [*chosen.errors, FILE_GONE.say(guard.language())]
    g.form = form


class Lost(NamedTuple):
    """What a page leaves out of the form that was sent: sentences about it, and label and words of what was typed."""

    problems: list[str]
    typed: list[tuple[str, str]]


def unshown(body: Markup) -> Lost | None:
    """What ``body``, the main part of the page, does not say of a refused or reopened form: somebody else may have been
    first, so that the page has no such form any more."""
    form: BaseForm | None = g.get("form")
    if form is None:
        return None
    found = Lost([words for words in form.sentences() if escape(words) not in body], form.unshown())
    return found if found.problems or found.typed else None


CODE = re.compile("[a-z_:-]*")  # what a button or a choice sends; nobody typed it


def words_sent(code: int) -> list[str]:
    """What was typed into a form whose address is closed to the sender, mostly because somebody else was first."""
    if code not in (403, 404) or request.endpoint is None or not guard.is_keepable():
        return []
    return [text_cleaning.CONTROLS.sub("", value) for name, value in request.form.items(multi=True)
            if not name.endswith((*drafts.UNKEPT, "version")) and not CODE.fullmatch(value)]


def _has_error(form: BaseForm, problem: Problem) -> bool:
    field = guard.find_field(form, problem.field)
    return field is not None and bool(field.errors)


def _refused(form: BaseForm, page: Callable[[], str]) -> tuple[str, int]:
    g.form = form
    for field in form.chosen_files():
        field.errors = [*field.errors, FILE_GONE.say(guard.language())]
    return page(), 422


def _done(form: BaseForm, result: T, target: str | Callable[[T], str], message: Said | Callable[[T], Said],
          remarks: Callable[[T], Iterable[Said]] | None, shown: Callable[[T], Callable[[], str]] | None) -> Answer:
    """The commit; what is said depends on rows as the act left them, so it is put into words before."""
    path = target(result) if callable(target) else target
    words = message(result) if callable(message) else message
    warnings = list(remarks(result)) if remarks else []
    made = shown(result) if shown else None
    answer = guard.finish(path, "" if made else words, form.submit_token.data or "")
    for warning in warnings:
        flash(warning.say(guard.language()) if isinstance(warning, Text) else warning, "warn")
    if made is None:
        return answer
    guard.release_write_lock()
    return made()


def back(act: Callable[[], T], target: str | Callable[[T], str], message: Said | Callable[[T], Said], refused: str
         ) -> Response:
    """Answer a button with nothing to fill in; a refusal is told on the page ``refused``, from which it was pressed."""
    if guard.is_outdated():
        flash(OUTDATED.say(guard.language()), "error")
        return redirect(refused, 303)
    with guard.attempt() as attempt:
        result = perform(act)
    if attempt.ok:
        return guard.finish(target(result) if callable(target) else target,
                            message(result) if callable(message) else message)
    for problem in attempt.problems:
        flash(problem.text.say(guard.language()), "error")
    return redirect(refused, 303)
