"""What every answer carries, and the page of an error."""
from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from mediation.extensions import read_only

POLICY = ("default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")


def headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers["Cache-Control"] = "public, max-age=3600" if request.endpoint == "static" else "no-store"
    return response


def error_page(error: HTTPException, render: Callable) -> tuple[str, int]:
    """A number and what to do; the number is in the log, the inside never on the page."""
    code = error.code or 500
    if request.method == "POST" or code >= 500:
        read_only()  # a transaction that failed answers nothing any more
    return render("error.html", code=code, title=_title(code), request_id=g.get("request_id", "")), code


def _title(code: int) -> str:
    return {400: _("请求有误"), 403: _("没有这个权限"), 404: _("没有这个页面"), 413: _("内容太大"),
            405: _("不能这样访问"), 503: _("现在忙，请稍后再试")}.get(code, _("出了点问题"))
