"""A database that fails while a request is answered: once more where that is harmless, else a page that asks none.

What is only read may be read again. A form may be sent again, because the first commit keeps its submit token in the
same transaction: where that commit arrived and only its answer was lost, the second try leads to what was saved.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from flask import Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from mediation import postgresql
from mediation.extensions import begin_anew
from mediation.rules.language import Text
from mediation.views import guard

T = TypeVar("T")
TRIES = 4
LONGEST = 40.0  # seconds after which a request is not tried once more
RETRY_SECONDS = 5
KEPT = ("started", "request_id", "tries")  # of the request, whatever becomes of its first answer

BUSY = Text("系统正忙，什么都没有改动。", "The system is busy; nothing was changed.")
UNKNOWN = Text("数据库一时连不上，刚才这一下存上了没有，现在说不准。",
               "The database cannot be reached just now. Whether this was saved cannot be known yet.")
SEND = Text("填的都还在这一页，请再按一次。已经存上的，会带您到结果，不会存两次。",
            "What you typed is kept on this page: press once more. What was saved is shown and not saved twice.")
FILES = Text("选好的文件没有留下，再按一次之后请重新选。", "Chosen files are not kept; choose them again after pressing.")
LATER = Text("请过一会儿再打开，什么都没有改动。", "Please open it again in a while; nothing was changed.")
DO_AGAIN = Text("请过一会儿退回上一页，看看再做。", "Please go back in a while, look, and do it again.")
GONE = Text("数据库一时连不上。", "The database cannot be reached just now.")
AGAIN = Text("再按一次", "Press once more")
REOPEN = Text("再打开一次", "Open it again")
TITLE = Text("现在连不上，请稍后再试", "Not reachable just now, please try again")


def repeating(answer: Callable[[], T], anew: Callable[[], T | None] | None = None) -> T:
    """What ``answer`` gives, tried again after a failure that passes; ``anew`` is asked first then, and may answer."""
    while True:
        try:
            return answer()
        except DBAPIError as error:
            if not may_repeat(error):
                raise
        _begin_again()
        if anew is not None and (early := anew()) is not None:
            return early


def may_repeat(error: DBAPIError) -> bool:
    """Whether the request may be answered once more: its failure passes, and it does nothing twice."""
    g.tries = g.get("tries", 1) + 1
    is_harmless = request.method in ("GET", "HEAD") or (guard.is_keepable() and bool(_token()))
    return (postgresql.is_passing(error) and is_harmless and g.tries <= TRIES
            and time.perf_counter() - g.get("started", 0) < LONGEST)


def _token() -> str:
    return next((value for name, value in request.form.items(multi=True) if name.endswith("submit_token")), "")


def _begin_again() -> None:
    """Forget what the first try found; a server that takes no writing any more is not asked again."""
    current_app.logger.warning("once more: %s %s, number %s", request.method, request.endpoint, g.get("request_id", ""))
    begin_anew()
    for name in [name for name in g if name not in KEPT]:
        g.pop(name)
    for _name, file in request.files.items(multi=True):
        file.stream.seek(0)


def page(is_busy: bool, cause: Text | None = None) -> Response:
    """The answer that needs no database: what happened, what was typed, and a button that sends it once more.

    ``cause``: the sentence for a failure that is known not to have saved anything, with what to do.
    """
    begin_anew()
    kept = g._get_current_object()
    kept.is_unreachable = True  # nothing was shown, so nobody looked at anything
    if "language" not in kept:
        chosen = request.cookies.get("language", "")
        kept.language = chosen if chosen in ("zh", "en") else "zh"
    fields = [pair for pair in request.form.items(multi=True) if pair[0]] if guard.is_keepable() else []
    is_sent = bool(fields) and bool(_token())
    said = [cause or (BUSY if is_busy else UNKNOWN if request.method == "POST" else GONE)]
    said += [SEND] if is_sent else [LATER if request.method in ("GET", "HEAD") or is_busy else DO_AGAIN]
    said += [FILES] if is_sent and any(file.filename for file in request.files.values()) else []
    body = current_app.jinja_env.get_template("unreachable.html").render(
        language=kept.language, title=TITLE.say(kept.language), said=[text.say(kept.language) for text in said],
        fields=fields if is_sent else [], address=request.full_path.rstrip("?"), request_id=g.get("request_id", ""),
        button=(AGAIN if is_sent else REOPEN).say(kept.language), is_open=request.method == "GET")
    return Response(body, 503, {"Retry-After": str(RETRY_SECONDS)})
