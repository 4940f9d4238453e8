"""A browser without pixels for the tests: it logs in, remembers its token, and reads every page as a strict clerk.

``lint`` is what the pages fetched by a ``PageClient`` have to pass. It reads with html5lib, which says what is not valid
HTML but takes longer than the server takes to make the page; so a page is linted once in a run for each endpoint, status
and role, and read by Python's own parser wherever a test looks into it.
"""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder
from flask import Flask, has_app_context, session
from flask_login import login_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from mediation.extensions import db
from mediation.services.house import accounts
from mediation.views import guard
from tests import house

UNTYPED = {"hidden", "submit", "button", "image", "reset"}
POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
TOKEN = re.compile(r'name="csrf_token"\s+value="([\w.-]+)"')
WORDS = {"move", "kind", "side", "step", "sheet", "names", "figure"}  # parts of an address that name different forms
FIRST_LINE = re.compile(r"(<(?:textarea|pre)\b[^>]*>)\n")  # a line break there is no part of the text
LEAKS = re.compile(r"\{\{|\{%|Text\(zh=|Word\(code=|Undefined|<bound method|object at 0x")

# Parse errors that html5lib, older than today's HTML, reports for valid pages.
KNOWN_PARSE_ERRORS: frozenset[str] = frozenset()


def squeeze(text: str) -> str:
    return " ".join(text.split())


def lint(html: str) -> list[str]:
    """What is wrong with a page, one sentence per finding; empty for a good page."""
    soup = BeautifulSoup(html, builder=Reader(store_line_numbers=False))  # its parse errors are in ``builder.errors``
    return [finding for rule in RULES for finding in rule(soup)] + _parse_errors(html, soup) + _leaks(soup)


class Reader(HTML5TreeBuilder):
    """Keeps what its parser complains of, so that tree and errors come from one reading."""

    def feed(self, markup: str) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        parser.parse(markup)
        self.errors = parser.errors


def _parse_errors(html: str, soup: BeautifulSoup) -> list[str]:
    lines = html.split("\n")
    return [
        f"line {where[0]} is not valid HTML ({code} {values}): {lines[min(where[0], len(lines)) - 1].strip()[:120]}"
        for where, code, values in soup.builder.errors if code not in KNOWN_PARSE_ERRORS
    ]


def _leaks(soup: BeautifulSoup) -> list[str]:
    return [f"the page shows program text: {found.group()}" for found in LEAKS.finditer(soup.get_text())]


def _headings(soup: BeautifulSoup) -> list[str]:
    headings = [squeeze(h.get_text()) for h in soup.find_all("h1")]
    title = squeeze(soup.title.get_text()) if soup.title else ""
    if len(headings) != 1:
        return [f"{len(headings)} h1 headings instead of one"]
    if headings[0] and title.startswith(headings[0]):
        return []
    return [f"title {title!r} does not begin with {headings[0]!r}"]


def _document(soup: BeautifulSoup) -> list[str]:
    found = [] if soup.html and soup.html.get("lang") else ["html has no lang"]
    return found if soup.find("meta", attrs={"name": "viewport"}) else [*found, "no viewport for telephones"]


def _forms(soup: BeautifulSoup) -> list[str]:
    found = []
    for form in soup.find_all("form"):
        name = form.get("action") or "?"
        if not form.get("action"):
            found.append("a form has no action")
        if form.get("method", "get").lower() == "post" and not form.find("input", attrs={"name": "csrf_token"}):
            found.append(f"form {name} has no csrf_token")
    return found


def _labels(soup: BeautifulSoup) -> list[str]:
    named = {label.get("for") for label in soup.find_all("label") if squeeze(label.get_text())}
    return [f"no label on {_short(e)}" for e in soup.find_all(["input", "select", "textarea"])
            if not _has_label(e, named)]


def _has_label(element: Tag, named: set) -> bool:
    if element.name == "input" and element.get("type", "text") in UNTYPED:
        return True
    if element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in named:
        return True
    around = element.find_parent("label")
    return around is not None and bool(squeeze(around.get_text()))


def _names(soup: BeautifulSoup) -> list[str]:
    """Things to press and pictures say what they are."""
    found = [f"nothing to read on {_short(e)}" for e in soup.find_all(["button", "a"])
             if not (squeeze(e.get_text()) or e.get("aria-label") or e.find("img", alt=True))]
    return found + [f"no alt on {_short(e)}" for e in soup.find_all("img") if e.get("alt") is None]


def _ids(soup: BeautifulSoup) -> list[str]:
    ids = Counter(e["id"] for e in soup.find_all(id=True))
    found = [f"id {name!r} stands {n} times" for name, n in ids.items() if n > 1]
    for attribute in POINTERS:
        for element in soup.find_all(attrs={attribute: True}):
            value = element[attribute]
            targets = value if isinstance(value, list) else value.split()
            found += [f"{attribute}={t!r} leads nowhere" for t in targets if t not in ids]
    return found


def _inline(soup: BeautifulSoup) -> list[str]:
    """What the content-security policy ``default-src 'self'`` would not run or load."""
    found = [f"inline script: {squeeze(s.get_text())[:60]}" for s in soup.find_all("script") if not s.get("src")]
    found += ["inline style sheet" for _ in soup.find_all("style")]
    for element in soup.find_all(True):
        found += [f"{name}= on {_short(element)}" for name in element.attrs if name == "style" or name.startswith("on")]
    for element in soup.find_all(["script", "img", "link", "iframe", "source"]):
        address = element.get("src") or element.get("href") or ""
        if re.match(r"(?:[a-z]+:)?//|data:", address):
            found.append(f"loaded from elsewhere: {address[:80]}")
    scripts = soup.find_all("a", href=re.compile(r"^\s*javascript:", re.I))
    return found + [f"script as address on {_short(a)}" for a in scripts]


def _short(element: Tag) -> str:
    return str(element)[:120].split("\n")[0]


RULES = (_headings, _document, _forms, _labels, _names, _ids, _inline)


@dataclass
class Page:
    """One answer of the server."""

    path: str
    response: TestResponse = field(repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path."""
        return re.sub(r"^https?://[^/]+", "", self.response.headers.get("Location", ""))

    @cached_property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(FIRST_LINE.sub(r"\1", self.html.replace("\r\n", "\n")), "html.parser")

    @property
    def title(self) -> str:
        return squeeze(self.soup.title.get_text()) if self.soup.title else ""

    @property
    def text(self) -> str:
        """What the reader sees of the main part, white space squeezed."""
        return squeeze((self.soup.find("main") or self.soup).get_text(" "))

    def all(self, selector: str) -> list[str]:
        """The words of every element that a CSS selector finds."""
        return [squeeze(e.get_text(" ")) for e in self.soup.select(selector)]

    @property
    def errors(self) -> list[str]:
        """Sentences beside fields and in the summary of a refused form."""
        return self.all("[role=alert], .error, .field-error")

    def form(self, selector: str = "form") -> tuple[str, dict[str, object]]:
        """Address and values of a form as a browser would send them untouched; several values as a list."""
        form = self.soup.select_one(selector)
        assert form is not None, f"{self.path}: no form {selector!r}"
        values: dict[str, object] = {}
        for element in form.find_all(["input", "select", "textarea"]):
            for value in _sent(element):
                _add(values, element["name"], value)
        return form.get("action") or self.path, values


def _sent(element: Tag) -> list[str]:
    if not element.get("name") or element.has_attr("disabled"):
        return []
    if element.name == "select":
        options = element.find_all("option")
        chosen = [o for o in options if o.has_attr("selected")] or ([] if element.has_attr("multiple") else options[:1])
        return [o.get("value", o.get_text()) for o in chosen]
    if element.name == "textarea":
        return [element.get_text()]
    kind = element.get("type", "text")
    if kind in {"submit", "button", "image", "reset", "file"}:
        return []
    if kind in {"checkbox", "radio"} and not element.has_attr("checked"):
        return []
    return [element.get("value", "on" if kind in {"checkbox", "radio"} else "")]


def _add(values: dict[str, object], name: str, value: str) -> None:
    if name not in values:
        values[name] = value
    elif isinstance(values[name], list):
        values[name].append(value)
    else:
        values[name] = [values[name], value]


class PageClient:
    """One person at one browser. The pages that come back are linted, one of each kind."""

    passed: set[tuple] = set()  # kinds of pages that had no findings in this run

    def __init__(self, app: Flask):
        self.app = app
        self.raw = app.test_client()
        self.token = ""
        self.role = ""

    def get(self, path: str, status: int = 200, fragment: bool = False, **options) -> Page:
        """Fetch a page; ``fragment`` says that a piece of a page is meant, which is not linted."""
        return self._open("GET", path, status, fragment, **options)

    def post(self, path: str, data: dict | None = None, status: int = 303, **options) -> Page:
        """Send a form with this session's token; a redirect is not followed."""
        if not self.token:
            self._open("GET", "/", None, False, follow_redirects=True)
        return self._open("POST", path, status, False, data={"csrf_token": self.token, **(data or {})}, **options)

    def send(self, path: str, data: dict | None = None, **options) -> Page:
        """Send a form that must succeed, and fetch the page to which it leads."""
        return self.get(self.post(path, data, **options).location)

    def submit(self, page: Page, form: str = "form", status: int = 303, **fields: object) -> Page:
        """Fill in a form of a page, leaving the rest as it stands, and send it; ``None`` takes a field out."""
        path, values = page.form(form)
        values = {k: v for k, v in {**values, **fields}.items() if v is not None}
        return self.post(path, values, status=status)

    def enter(self, username: str) -> None:
        """Be logged in as somebody: the row and the cookie that a log-in leaves, without its page and its hash."""
        with self.app.test_request_context(environ_overrides=self.raw.environ_base):
            row = house.get_user(username)
            key = accounts.open_session(row, accounts.actor_of(None, guard.now(), guard.today(), "zh", "127.0.0.1"))
            db.session.commit()
            login_user(guard.load_user(key))
            self.token, self.role = generate_csrf(), row.role
            cookie = dict(session)
            db.session.remove()
        with self.raw.session_transaction() as kept:
            kept.update(cookie)

    def cookies(self) -> dict[str, str]:
        """What a browser of the same person would send."""
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {name: self.raw.get_cookie(name).value}

    def log_in(self, username: str, password: str, status: int = 303) -> Page:
        """Log in through the page, as tests of logging in do."""
        self.get("/login")
        answer = self.post("/login", {"username": username, "password": password}, status=status)
        self.token = "" if status == 303 else self.token  # a fresh session has a fresh token
        self.role = username
        return answer

    def _open(self, method: str, path: str, status: int | None, fragment: bool, **options) -> Page:
        # Within an application context Flask-Login would keep the first user: the wrong person would be tested.
        assert not has_app_context(), "close the application context before using a client"
        page = Page(path, self.raw.open(path, method=method, **options))
        assert status is None or page.status == status, (
            f"{method} {path}: {page.status} instead of {status}\n{page.location} {page.text[:1500]}")
        if page.response.mimetype == "text/html" and not fragment and not 300 <= page.status < 400:
            self._read(page, f"{method} {path}")
        return page

    def _read(self, page: Page, asked: str) -> None:
        """Remember the page's token; lint the page where none of its kind was linted, or where it may show program text."""
        kind = self._kind(page)
        if kind not in self.passed or LEAKS.search(page.html):
            found = lint(page.html)
            assert not found, f"{asked}:\n  " + "\n  ".join(found)
            self.passed.add(kind)
        token = TOKEN.search(page.html)
        self.token = token[1] if token else self.token

    def _kind(self, page: Page) -> tuple:
        """Endpoint with the words in its address (a move, a paper), status, role and language.

        Where redirects were followed, of the last page; all addresses that lead nowhere are of one kind.
        """
        request = page.response.request
        try:
            endpoint, values = self.app.url_map.bind("").match(request.path, request.method)
        except HTTPException:
            endpoint, values = "", {}
        words = sorted(str(value) for name, value in values.items() if name in WORDS)
        return endpoint, *words, page.status, self.role, '<html lang="en' in page.html
