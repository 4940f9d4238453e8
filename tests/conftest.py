"""Fixtures of all tests. What they are made of stands in ``house``, ``pages`` and ``servers``.

app       the product over a fresh copy of the test house; ``@pytest.mark.settings(NAME=value)`` changes settings
inside    the same with an application context open, for tests of services and queries
actor     ``actor("lead")``: a person as services get it; brings ``inside``
client    ``client("lead")``: a PageClient logged in as that person, ``client()`` one who is not; never with ``inside``
site      the address of the product behind its real server
visit     ``visit("lead", javascript=False)``: a Chromium page logged in as that person

Tests of services, queries and views run on both databases with ``--database=both``.
"""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from playwright.sync_api import BrowserContext, Page

from tests import house, servers
from tests.pages import PageClient

settings.register_profile("house", deadline=None)  # a slow machine is no fault of the rules
settings.load_profile("house")

DATABASES = ("sqlite", "postgresql")
ON_BOTH = {"services", "queries", "views"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*DATABASES, "both"], default=os.environ.get("TEST_DATABASE", "sqlite"),
                     help="database under the tests; 'both' concerns services, queries and views (default: sqlite)")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("MEDIATION_")]:
        del os.environ[name]  # the operator's own settings must not reach the tests
    config.addinivalue_line("markers", "settings(NAME=value): settings of the product for this test")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    is_on_both = metafunc.definition.path.parent.name in ON_BOTH
    names = (DATABASES if is_on_both else DATABASES[:1]) if chosen == "both" else [chosen]
    metafunc.parametrize("database", names, indirect=True, scope="session")


# The product


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator:
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Instance folders with the furnished house by database, filled by ``instance`` as they are asked for."""
    return {}


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def instance(request, database, templates, numbers, tmp_path, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """Folder and database address of a fresh copy of the house."""
    if database not in templates:
        first = tmp_path_factory.mktemp(f"house-{database}")
        house.furnish(house.make_app(first, _new_database(request, database, "house")))
        templates[database] = first
    folder = tmp_path / "instance"
    shutil.copytree(templates[database], folder)
    if database == "sqlite":
        yield folder, ""
        return
    name = f"test_{next(numbers)}"
    yield folder, _new_database(request, database, name, "house")
    server = request.getfixturevalue("postgresql_server")
    servers.sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def _new_database(request: pytest.FixtureRequest, database: str, name: str, template: str = "template0") -> str:
    if database == "sqlite":
        return ""
    server = request.getfixturevalue("postgresql_server")
    servers.sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def app(request: pytest.FixtureRequest, instance: tuple[Path, str]) -> Iterator[Flask]:
    marker = request.node.get_closest_marker("settings")
    folder, database_url = instance
    made = house.make_app(folder, database_url, **(marker.kwargs if marker else {}))
    yield made
    with made.app_context():
        house.db.engine.dispose()


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        house.db.session.rollback()
        house.db.session.remove()


@pytest.fixture
def actor(inside: Flask) -> Callable:
    return house.actor


@pytest.fixture
def client(app: Flask) -> Callable[..., PageClient]:
    def enter(username: str = "") -> PageClient:
        visitor = PageClient(app)
        if username:
            visitor.log_in(username, house.PASSWORD)
        return visitor

    return enter


# The browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    found = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, _browsers())), None)
    launch = {**browser_type_launch_args}
    if found:
        launch["executable_path"] = found
    elif os.name == "nt":
        launch["channel"] = "msedge"
    else:
        line = "no browser: apt-get install -y chromium libatomic1 fonts-noto-cjk, or name one in BROWSER_PATH"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(line)
        pytest.skip(line)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        launch["args"] = [*launch.get("args", []), "--no-sandbox"]  # Chromium refuses root with its sandbox
    return launch


def _browsers() -> tuple[str, ...]:
    return "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every test has a site of its own; ``new_context`` names it."""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1366, "height": 768}}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with servers.serving(app) as url:
        yield url


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complains of; a test that provokes a refusal on purpose clears it."""
    return []


@pytest.fixture
def new_context(new_context: Callable, site: str, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """The plugin's, at home on our site; any error in the console, broken policy or script error fails the test."""
    def make(**options) -> BrowserContext:
        made = new_context(**{"base_url": site, **options})
        made.set_default_timeout(15_000)
        made.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        made.on("weberror", lambda error: complaints.append(str(error.error)))
        return made

    yield make
    assert not complaints, "the browser complained:\n  " + "\n  ".join(complaints)


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def enter(username: str = "", javascript: bool = True, **options) -> Page:
        page = new_context(java_script_enabled=javascript, **options).new_page()
        page.goto("/login")
        if username:
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", house.PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    return enter
