"""Fixtures of all tests. What they are made of stands in ``house``, ``pages`` and ``servers``; what
many tests begin with is filled once and copied (``prepared``).

app       the product over a fresh copy of the test house; ``@pytest.mark.settings(NAME=value)`` changes settings, and
          without arguments asks for an application that no other test has used
inside    the same with an application context open, for tests of services and queries
actor     ``actor("lead")``: a person as services get it; brings ``inside``
client    ``client("lead")``: a PageClient logged in as that person, ``client()`` one who is not; never with ``inside``
site      the address of the product behind its real server
visit     ``visit("lead", javascript=False)``: a Chromium page logged in as that person

On which database a test runs that asks for the product:

``--database=sqlite``, ``--database=postgresql``   every one on this
``--database=chosen``   all on SQLite, and on PostgreSQL too where the two may differ: the folder ``queries``, and what is
                        marked ``@pytest.mark.postgresql`` (locks, uniqueness, the journal and its digests, streams, money)
``--database=both``     all of services, queries and views on both

The end of a run says how many ran on PostgreSQL.
"""
from __future__ import annotations

import copy
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from playwright.sync_api import BrowserContext, Page

from tests import house, prepared, servers
from tests.pages import PageClient

settings.register_profile("house", deadline=None)  # a slow machine is no fault of the rules
settings.load_profile("house")

DATABASES = ("sqlite", "postgresql")
ON_BOTH = {"chosen": {"queries"}, "both": {"queries", "services", "views"}}  # folders by option


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*DATABASES, *ON_BOTH], default=os.environ.get("TEST_DATABASE", "sqlite"),
                     help="database under the tests; 'chosen' adds PostgreSQL for queries and for marked tests, 'both' for "
                     "all of services, queries and views (default: sqlite)")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("MEDIATION_")]:
        del os.environ[name]  # the operator's own settings must not reach the tests
    config.addinivalue_line("markers", "settings(NAME=value): settings of the product for this test")
    config.addinivalue_line("markers", "postgresql(only=False): the databases may differ here; runs on PostgreSQL too when chosen, or there alone")
    if (memory := servers.memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, and is not gone through again and again: that was a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" not in metafunc.fixturenames:
        return
    option, test = metafunc.config.getoption("--database"), metafunc.definition
    marker = test.get_closest_marker("postgresql")
    if marker is not None and marker.kwargs.get("only"):
        metafunc.parametrize("database", ["postgresql"], indirect=True, scope="session")
        return
    is_marked = option in ON_BOTH and marker is not None
    is_on_both = is_marked or test.path.relative_to(Path(__file__).parent).parts[0] in ON_BOTH.get(option, ())
    names = DATABASES if is_on_both else [option if option in DATABASES else "sqlite"]
    metafunc.parametrize("database", names, indirect=True, scope="session")


def pytest_itemcollected(item: pytest.Item) -> None:
    if "postgresql" in getattr(getattr(item, "callspec", None), "params", {}).values():
        item.user_properties.append(("database", "postgresql"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ran = [report for reports in terminalreporter.stats.values() for report in reports
           if isinstance(report, pytest.TestReport) and report.when == "call"]
    there = [report for report in ran if ("database", "postgresql") in map(tuple, report.user_properties)]
    terminalreporter.write_line(f"{len(there)} of {len(ran)} tests ran on PostgreSQL")


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
def applications() -> dict[str, Flask]:
    """The application by database that tests without wishes of their own use one after another."""
    return {}


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def is_shared(request: pytest.FixtureRequest) -> bool:
    """Whether the test does with the common application: it has no settings of its own."""
    return request.node.get_closest_marker("settings") is None


@pytest.fixture
def instance(request, database, templates, numbers, is_shared, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """Folder and database address of a fresh copy of the house; the common application finds it where it looks."""
    if database not in templates:
        first = tmp_path_factory.mktemp(f"house-{database}")
        house.furnish(house.make_app(first, _new_database(request, database, "house")))
        templates[database] = first
    name = "shared" if is_shared else f"test_{next(numbers)}"
    folder = tmp_path_factory.getbasetemp() / f"instance-{database}-{name}"
    shutil.copytree(templates[database], folder)
    prepared.is_fresh_again()
    yield folder, _new_database(request, database, name, "house")
    shutil.rmtree(folder)
    if database == "postgresql":
        servers.sql(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


def _new_database(request: pytest.FixtureRequest, database: str, name: str, template: str = "template0") -> str:
    if database == "sqlite":
        return ""
    server = request.getfixturevalue("postgresql_server")
    servers.copy_database(server, name, template)
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def app(request, instance: tuple[Path, str], database, is_shared, applications) -> Iterator[Flask]:
    """Making an application, compiling its templates and statements costs more than most tests: one is kept for all
    that change nothing in it, over rows and files that are fresh each time."""
    marker = request.node.get_closest_marker("settings")
    made = applications.get(database) if is_shared else None
    if made is None:
        made = house.make_app(*instance, **(marker.kwargs if marker else {}))
    if is_shared:
        applications[database] = made
    config, extensions = copy.deepcopy(dict(made.config)), dict(made.extensions)
    yield made
    with made.app_context():
        house.close_engines()
    for kept, before in ((made.config, config), (made.extensions, extensions)):
        kept.clear()
        kept.update(before)


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
            visitor.enter(username)
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


@pytest.fixture(scope="session")
def sites() -> Iterator[dict[int, servers.Site]]:
    """Servers by the identity of their application; that of the common one serves all tests of a run."""
    running: dict[int, servers.Site] = {}
    yield running
    for site in running.values():
        site.close()


@pytest.fixture
def site(app: Flask, sites: dict[int, servers.Site]) -> Iterator[str]:
    if id(app) not in sites:
        sites[id(app)] = servers.Site(app)
    yield sites[id(app)].url
    sites[id(app)].wait_until_idle()


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
def visit(new_context: Callable[..., BrowserContext], app: Flask, site: str) -> Callable[..., Page]:
    """Somebody at the first page, or at the log-in page, with the cookie of a log-in that happened before."""
    def enter(username: str = "", javascript: bool = True, **options) -> Page:
        context = new_context(java_script_enabled=javascript, **options)
        if username:
            visitor = PageClient(app)
            visitor.enter(username)
            context.add_cookies([{"name": name, "value": value, "url": site} for name, value in visitor.cookies().items()])
        page = context.new_page()
        page.goto("/" if username else "/login")
        return page

    return enter
