"""What every answer carries and every form says, the currency that its sums are said in, and the page of an error."""
from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask, Response, g, request, session
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from mediation.extensions import read_only
from mediation.models import Case
from mediation.queries import door
from mediation.queries.house import replica
from mediation.rules.money import currencies
from mediation.services.cases import drafts

POLICY = ("default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")


SAID = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def headers(response: Response) -> Response:
    response.headers.extend(SAID)  # no view says any of them itself
    response.headers["Cache-Control"] = "public, max-age=3600" if request.endpoint == "static" else "no-store"
    return response


def remember_position(response: Response) -> Response:
    """After a change its own writer reads no copy that lacks it."""
    if request.method == "POST" and response.status_code < 400 and replica.is_configured():
        session["wrote"] = replica.position()
    return response


def sent_content() -> str:
    """What the form says, to be compared with another sending of it."""
    said = sorted((name, value) for name, value in request.form.items(multi=True) if not name.endswith(drafts.UNKEPT))
    files = sorted((name, file.filename or "") for name, file in request.files.items(multi=True))
    return json.dumps([said, files])


def install(app: Flask) -> None:
    """Sums are said in the currency of the reader's station, and of a case on the pages of the case; the thread that
    answers goes on to other readers, so that ends with the request."""
    app.before_request(_in_that_of_the_reader)
    app.teardown_request(lambda _error: currencies.use(currencies.YUAN))


def _in_that_of_the_reader() -> None:
    is_admitted = "_login_user" in g  # by the gate; what asks for nobody, such as a picture, asks no database
    is_whole = is_admitted and current_user.is_authenticated and not current_user.is_half
    currencies.use(current_user.row.station.currency if is_whole else currencies.YUAN)


def in_its_currency(case: Case) -> Case:
    """The case, whose sums are said in its union's currency from here on."""
    place = current_user.row.station
    currencies.use(place.currency if case.union_id == place.union_id else door.currency_of(case.union_id))
    return case


def error_page(error: HTTPException, render: Callable) -> tuple[str, int]:
    """A number and what to do; the number is in the log, the inside never on the page."""
    code = error.code or 500
    if request.method == "POST" or code >= 500:
        read_only()  # a transaction that failed answers nothing any more
    return render("error.html", code=code, title=_title(code), request_id=g.get("request_id", "")), code


def _title(code: int) -> str:
    return {400: _("请求有误"), 403: _("没有这个权限"), 404: _("没有这个页面"), 413: _("内容太大"),
            405: _("不能这样访问"), 503: _("现在忙，请稍后再试")}.get(code, _("出了点问题"))
