"""The building code: what a reader may rely on in every file, checked over the source and the running product."""
from __future__ import annotations

import ast
import fnmatch
import re
import subprocess
import sys
import tomllib
from datetime import date
from functools import cache
from graphlib import CycleError, TopologicalSorter
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import meta
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer
from sqlalchemy.types import TypeDecorator

from mediation import models
from mediation.rules import access, journal
from mediation.rules.cases import guards, workflow
from mediation.rules.language import Text as Sentence
from mediation.rules.language import Word
from mediation.rules.law import channels, limits, time_limits
from mediation.views import navigation

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mediation"
TOP_LEVEL = {"app.py", "pyproject.toml", "README.md", "mediation", "templates", "static", "instance", "tests",
             "LICENSE", "requirements.lock", "requirements-test.lock"}
# From the ground up; a module belongs to the floor that names its first word.
FLOORS = (
    {"rules"},
    {"models", "extensions", "sqlite", "postgresql", "vault", "sheets", "packed", "tables", "workbooks", "papers",
     "settings", "migrations", "data", "logs", "rendering"},
    {"queries"},
    {"services"},
    {"forms"},
    {"views", "cli"},
    {"mediation"},
)
# One word for each capability, the same on every floor, in the templates and in the tests.
COLUMNS = {"cases", "people", "money", "law", "bodies", "prevention",
           "figures", "imports", "ledger", "papers", "audit", "desk", "house"}
COLUMN_FLOORS = ("rules", "queries", "services", "forms", "views", "cli")
BESIDE = {"cli": {"demo", "bench"}}
# What a whole floor stands on and no column owns.
GROUND = {
    "rules": {"access", "date_phrases", "editions", "journal", "language", "reading", "recording", "records", "text_cleaning",
        "uploads", "words"},
    "queries": {"door", "prepared", "records"},
    "services": {"journal", "many", "numbers", "records", "submits"},
    "forms": {"base", "records"},
    "views": {"answers", "blueprints", "filters", "firsts", "guard", "kept", "late", "marks", "navigation", "press",
              "records", "unreachable"},
    "cli": {"base"},
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)[^}]*\}(?!\})")
PERCENT_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


# Reading the source


@cache
def sources(folder: str = "mediation") -> dict[str, Path]:
    """Python files by dotted module name; the package root is 'mediation'."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules(floor: str) -> list[str]:
    """The modules of one floor, for a check over each."""
    return [name for name in sources() if name.split(".")[1:2] == [floor]]


def imports(module: str) -> list[str]:
    """Dotted names that a module imports; a name taken from a package counts as its module where it is one."""
    found = []
    for node in ast.walk(tree(sources()[module])):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written in full"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.append(full if full in sources() else node.module)
    return found


def floor(module: str) -> int:
    word = [*module.split("."), "mediation"][1]
    return next(height for height, words in enumerate(FLOORS) if word in words)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def calls(path: Path) -> list[tuple[str, int]]:
    """Every called name, as written, with its line."""
    return [(ast.unparse(node.func), node.lineno) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def tracked() -> list[str]:
    """Files that belong to the project, as paths from its root."""
    if (ROOT / ".git").exists():
        command = ["git", "-c", "core.quotepath=off", "ls-files"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [name for name in listed.splitlines() if (ROOT / name).is_file()]
    hidden = {"__pycache__", ".venv"}
    return [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and not hidden & set(p.parts)]


def texts() -> list[tuple[str, str]]:
    kinds = {".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".json", ".lock", ".po", ".csv"}
    names = [name for name in tracked() if Path(name).suffix in kinds and "vendor" not in Path(name).parts]
    return [(name, (ROOT / name).read_text(encoding="utf-8")) for name in names]


# Floors


@pytest.mark.parametrize("module", sources())
def test_imports_go_down(module):
    ours = [name for name in imports(module) if name.split(".")[0] == "mediation"]
    assert [name for name in ours if floor(name) > floor(module)] == []


@pytest.mark.parametrize("module", sources())
def test_nothing_is_imported_from_the_package_root(module):
    assert "mediation" not in imports(module)


def test_modules_do_not_import_each_other_in_a_circle():
    graph = {module: {name for name in imports(module) if name in sources()} - {module} for module in sources()}
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


@pytest.mark.parametrize("module", sources())
def test_no_import_is_hidden_in_a_function(module):
    hidden = [f"{f.name}: {ast.unparse(node)}" for f in functions(sources()[module]) for node in ast.walk(f)
              if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert hidden == []


# Columns


@pytest.mark.parametrize("floor", COLUMN_FLOORS)
def test_every_module_stands_in_a_column(floor):
    """A column is a folder or one file of its name; what belongs to the whole floor is a short list."""
    entries = {path.stem for path in (PACKAGE / floor).iterdir() if not path.name.startswith("__")}
    assert entries - COLUMNS - BESIDE.get(floor, set()) == GROUND[floor]


@pytest.mark.parametrize("floor", COLUMN_FLOORS)
def test_a_folder_opens_with_its_docstring_alone(floor):
    """A name is imported from the module that makes it, so that every import shows where things stand."""
    if floor == "cli":
        roots = [path for path in (PACKAGE / floor).rglob("__init__.py") if path.parent.name != "cli"]
    else:
        roots = list((PACKAGE / floor).rglob("__init__.py"))
    assert [str(path) for path in roots if len(tree(path).body) != 1 or not ast.get_docstring(tree(path))] == []


def test_templates_and_tests_stand_in_the_same_columns():
    templates = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert templates - COLUMNS - {"macros", "records"} == set()
    tests = {path.name for floor in COLUMN_FLOORS for path in (ROOT / "tests").glob(f"{floor}/*")
             if path.is_dir() and not path.name.startswith("__")}
    assert tests - COLUMNS - {"demo", "bench"} == set()


# Parts of the standard library that look at the clock, the disk, the network or chance.
WORLDLY = {"os", "io", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "random", "secrets", "time", "urllib",
           "tempfile", "threading", "logging", "http"}


@pytest.mark.parametrize("module", modules("rules"))
def test_rules_know_only_the_standard_library_and_themselves(module):
    allowed = sys.stdlib_module_names - WORLDLY
    others = [name for name in imports(module) if not name.startswith("mediation.rules")]
    assert [name for name in others if name.split(".")[0] not in allowed] == []


@pytest.mark.parametrize("module", modules("rules"))
def test_rules_look_neither_at_the_clock_nor_at_the_disk(module):
    looks = re.compile(r"(?:^|\.)(?:now|today|utcnow|open|read_text|read_bytes|write_text)$")
    assert [f"line {line}: {name}" for name, line in calls(sources()[module]) if looks.search(name)] == []


@pytest.mark.parametrize("module", modules("queries") + modules("services"))
def test_queries_and_services_know_no_web(module):
    web = {"flask", "flask_login", "flask_wtf", "flask_babel", "wtforms", "werkzeug", "jinja2"}
    assert [name for name in imports(module) if name.split(".")[0] in web] == []


# A password is hashed with no transaction open: under SQLite it would hold up every other writer.
ENDS_ITS_READING = {"mediation.services.house.accounts"}


@pytest.mark.parametrize("module", modules("queries") + modules("services") + modules("forms"))
def test_nobody_commits_below_the_doors(module):
    forbidden = r"session\.commit$" if module in ENDS_ITS_READING else r"session\.(commit|rollback)$"
    assert [f"line {n}: {name}" for name, n in calls(sources()[module]) if re.search(forbidden, name)] == []


@pytest.mark.parametrize("module", modules("views"))
def test_views_leave_the_session_to_the_guard(module):
    if module == "mediation.views.guard":
        return
    touched = [f"line {node.lineno}" for node in ast.walk(tree(sources()[module]))
               if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("db.session")]
    assert touched == []


# Size


@pytest.mark.parametrize("module", [m for m in sources() if ".migrations" not in m])
def test_functions_and_modules_stay_small(module):
    path = sources()[module]
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions(path) if f.end_lineno - f.lineno >= 60]
    assert long == []
    assert module == "mediation.models" or len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("module", [m for m in sources() if ".migrations" not in m])
def test_lines_are_no_longer_than_120_characters(module):
    lines = sources()[module].read_text(encoding="utf-8").splitlines()
    assert [f"line {n}: {len(line)}" for n, line in enumerate(lines, 1) if len(line) > 120] == []


# Doors and rights


@pytest.fixture
def marks(app) -> dict[str, str]:
    """Endpoint -> mark of its view; '' where the mark is missing. Flask's own files are no view of ours."""
    return {name: getattr(view, "permission", "") for name, view in app.view_functions.items() if name != "static"}


def test_every_endpoint_carries_a_known_mark(marks):
    """R02: no route without a declared rule."""
    known = {*access.GRANTS, access.PUBLIC, access.SELF}
    assert {name: mark for name, mark in marks.items() if mark not in known} == {}


def test_every_entry_of_the_navigation_is_a_door(marks):
    """Its permission is the mark of that view, so that menu and access cannot disagree."""
    assert [endpoint for endpoint, *_ in navigation.ENTRIES if endpoint not in marks] == []


def test_every_permission_is_used(marks):
    """By a view's mark, or by name where something finer than a page is decided."""
    named = {node.value for module, path in sources().items() if module != "mediation.rules.access"
             for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    in_pages = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    unused = [p for p in access.GRANTS if p not in {*marks.values(), *named} and f"'{p}'" not in in_pages
              and f'"{p}"' not in in_pages]
    assert unused == []


def test_grants_name_roles_and_scopes_that_exist():
    roles = {"mediator", "lead", "supervisor", "liaison", "auditor", "admin"}
    for name, permission in access.GRANTS.items():
        assert set(permission.grants) <= roles, name
        assert set(permission.grants.values()) <= set(access.SCOPES), name


# Procedure and journal


def test_every_move_stands_on_things_that_exist():
    for key, move in workflow.MOVES.items():
        assert key == move.key
        assert move.sources <= set(workflow.STATES), key
        assert move.target is None or move.target in workflow.STATES, key
        assert move.permission in access.GRANTS, key
        assert move.event in journal.KINDS, key
        assert set(move.guards) <= set(guards.GUARDS), key
        assert len({ask.name for ask in move.asks}) == len(move.asks), key


def test_every_guard_is_demanded_by_some_move():
    assert set(guards.GUARDS) - {guard for move in workflow.MOVES.values() for guard in move.guards} == set()


def test_no_move_but_the_reopening_leaves_a_final_state():
    final = {code for code, state in workflow.STATES.items() if state.is_final}
    assert final
    leaving = {key for key, m in workflow.MOVES.items() if m.sources & final and m.target not in {None, *final}}
    assert leaving <= {"reopen"}


def test_every_state_can_be_reached():
    reached = {"REGISTERED"}
    for _ in workflow.STATES:
        reached |= {m.target for m in workflow.MOVES.values() if m.sources & reached and m.target}
    assert reached == set(workflow.STATES)


def test_every_clock_stands_on_a_law_and_on_things_that_exist():
    ids = {rule.id for rule in time_limits.CLOCKS}
    for rule in time_limits.CLOCKS:
        assert rule.law.key, rule.id
        assert rule.confidence in limits.CONFIDENCES, rule.id
        assert rule.nature in limits.NATURES, rule.id
        assert rule.length is None or rule.unit in limits.UNITS, rule.id
        assert {*rule.triggers, *rule.stops, *filter(None, [rule.fallback])} <= set(limits.FACTS), rule.id
        assert set(rule.channels) <= set(channels.CHANNELS), rule.id
        assert not rule.twin or rule.twin in ids, rule.id
        assert rule.extension is None or set(rule.extension.consents) <= set(limits.CONSENTERS), rule.id


def test_no_two_rows_of_one_clock_hold_on_the_same_day():
    """For one label, channel, procedure and kind of claim."""
    spans: dict[tuple, list] = {}
    for rule in time_limits.CLOCKS:
        for channel in rule.channels:
            for claims in ("labour", "civil") if rule.claims == "both" else (rule.claims,):
                span = rule.since or date.min, rule.until or date.max
                spans.setdefault((rule.label, channel, rule.procedure, claims), []).append(span)
    overlaps = [key for key, rows in spans.items() for a, b in pairwise(sorted(rows)) if b[0] <= a[1]]
    assert overlaps == []


def test_every_event_kind_has_both_sentences_over_its_own_fields():
    for key, kind in journal.KINDS.items():
        assert len(set(kind.fields)) == len(kind.fields), key
        assert kind.text.zh and kind.text.en, key
        for sentence in kind.text:
            assert set(PLACEHOLDER.findall(sentence)) <= set(kind.fields), key


def test_every_event_kind_is_recorded_somewhere():
    named = {node.value for module, path in sources().items() if module != "mediation.rules.journal"
             for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(journal.KINDS) - named == set()


# Two languages


@pytest.mark.parametrize("module", sources())
def test_pairs_of_sentences_are_in_their_languages(module):
    """Text("中文", "English") and Word("code", "中文", "English"); no value in English that Chinese lacks."""
    wrong = []
    for node in ast.walk(tree(sources()[module])):
        pair = _pair(node)
        if pair is None:
            continue
        zh, en = pair
        if bool(zh) != bool(en) or not _is_english(en, zh) or not _values(en) <= _values(zh):
            wrong.append(f"line {node.lineno}: {zh!r} / {en!r}")
    assert wrong == []


def _is_english(en: str, zh: str) -> bool:
    """English may quote a word that the reader has to type in Chinese, if the Chinese sentence has it too."""
    quoted = CHINESE.findall(en)
    return 3 * len(quoted) <= len(en) and set(quoted) <= set(zh)


def _values(sentence: str) -> set[str]:
    return set(PLACEHOLDER.findall(sentence))


def _pair(node: ast.AST) -> tuple[str, str] | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    fields = {"Text": Sentence._fields, "Word": Word._fields}.get(node.func.id)
    if fields is None:
        return None
    given = dict(zip(fields, node.args, strict=False)) | {k.arg: k.value for k in node.keywords}
    pair = given.get("zh"), given.get("en")
    if all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in pair):
        return pair[0].value, pair[1].value
    return None


def extracted() -> set[str]:
    """Every phrase that templates and code put through gettext."""
    jinja = {"trimmed": "true", "silent": "false"}
    keywords = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "ngettext": (1, 2), "N_": None}
    found = extract_from_dir(str(ROOT / "templates"), [("**.html", "jinja2"), ("**.txt", "jinja2")],
                             {"**.html": jinja, "**.txt": jinja}, keywords)
    code = extract_from_dir(str(PACKAGE), [("**.py", "python")], {}, keywords)
    phrases = [message for part in (found, code) for _file, _line, message, _comments, _context in part]
    return {one for phrase in phrases for one in (phrase if isinstance(phrase, tuple) else (phrase,)) if one}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with open(PACKAGE / "translations/en/LC_MESSAGES/messages.po", "rb") as file:
        return read_po(file, locale="en")


def test_every_phrase_has_english(english):
    entries = {message.id: message for message in english if message.id and isinstance(message.id, str)}
    assert sorted(p for p in extracted() if p not in entries or not entries[p].string) == []
    assert sorted(message.id for message in entries.values() if message.fuzzy) == []


def test_english_is_english_with_the_same_placeholders(english):
    def values(sentence: str) -> set[str]:
        return set(PERCENT_PLACEHOLDER.findall(sentence))

    pairs = [(m.id, m.string) for m in english if m.id and isinstance(m.id, str)]
    # The name of the other language is written in that language.
    assert [zh for zh, en in pairs if CHINESE.search(en) and zh != "中文"] == []
    assert [zh for zh, en in pairs if values(zh) != values(en)] == []


def test_the_compiled_catalogue_is_up_to_date(english):
    compiled = read_mo(BytesIO((PACKAGE / "translations/en/LC_MESSAGES/messages.mo").read_bytes()))
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in english if m.id and m.string}


# Templates


def test_every_template_is_used(app):
    folder = ROOT / "templates"
    existing = {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    assert existing
    patterns = {pattern for path in sources().values() for pattern in _template_names(tree(path))}
    for name in existing:
        source = (folder / name).read_text(encoding="utf-8")
        patterns |= {ref for ref in meta.find_referenced_templates(app.jinja_env.parse(source)) if ref}
    assert sorted(n for n in existing if not any(fnmatch.fnmatchcase(n, p) for p in patterns)) == []


def _template_names(node: ast.AST) -> set[str]:
    """Strings that name a template; what is filled in at run time stands as '*'."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            found.add("".join(v.value if isinstance(v, ast.Constant) else "*" for v in part.values))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.add(part.value)
    return {name for name in found if name.endswith((".html", ".txt")) and not name.startswith("*")}


def test_templates_hold_no_inline_script_or_style():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style\b|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|\|\s*safe\b")
    found = [f"{path.name}: {m.group().strip()}" for path in (ROOT / "templates").rglob("*.html")
             for m in inline.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


# Tests


CHECKING = re.compile(r"assert|check|lint|expect|raises|fail")


@pytest.mark.parametrize("module", [m for m in sources("tests") if m.split(".")[-1].startswith("test_")])
def test_every_test_asserts(module):
    silent = [f.name for f in functions(sources("tests")[module]) if f.name.startswith("test_") and not _checks(f)]
    assert silent == []


def _checks(function: ast.AST) -> bool:
    return any(isinstance(node, (ast.Assert, ast.Raise)) or
               (isinstance(node, ast.Call) and CHECKING.search(ast.unparse(node.func))) for node in ast.walk(function))


def test_every_view_test_module_contains_the_outsider():
    paths = sorted((ROOT / "tests/views").rglob("test_*.py"))
    assert paths
    assert [path.name for path in paths if "mediator2" not in path.read_text(encoding="utf-8")] == []


# Names


def columns(kind: type) -> list[tuple[str, object]]:
    """Columns of one type as 'table.column'; a decorated type counts as what it stands on."""
    found = []
    for table in models.db.metadata.sorted_tables:
        for column in table.columns:
            plain = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
            if isinstance(plain, kind):
                found.append((f"{table.name}.{column.name}", plain))
    return found


def test_names_of_columns_tell_their_type():
    every = {name for name, _type in columns(object)}
    assert every
    days = {name for name, _type in columns(Date)}
    instants = {name for name, _type in columns(DateTime)}
    sums = {name for name, _type in columns(Integer)} | {name for name, _type in columns(BigInteger)}
    assert {n for n in every if n.endswith("_on")} == days
    assert {n for n in every if n.endswith("_at")} == instants
    assert {n for n in every if n.endswith("_fen")} - sums == set()
    truths = {name for name, _type in columns(Boolean)}
    assert {n for n in truths if not re.search(r"\.(is|has|must)_", n)} == set()


# Keys by which the rows of prevention and of settings are written stand in their tables.
WRITERS = ("services.*", "cli.*", "rules.records", "queries.house.digests", "queries.figures.month_sums")


def test_every_column_is_written_somewhere():
    """A column that nothing writes is a promise on the screen, in the ledger or in the proof that nothing keeps."""
    written = set().union(*(_written(path) for name, path in sources().items() if not re.search(r"\.(demo|bench)\b", name)
                            and any(fnmatch.fnmatch(name, f"mediation.{writer}") for writer in WRITERS)))
    silent = [f"{mapper.local_table.name}.{column.key}" for mapper in models.db.Model.registry.mappers
              for column in mapper.column_attrs if not column.columns[0].primary_key
              and not {column.key, re.sub("_(id|sealed|index|tail|told)$", "", column.key)} & written]
    assert written and silent == []


def _written(path: Path) -> set[str]:
    """Names that a module gives values to: keywords, attributes, fields of its tuples, and keys, alone or in a list of words."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.keyword(arg=str(name)) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.AnnAssign(
                    target=ast.Name(id=name)):
                found.add(name)
            case ast.Constant(value=str(words)):
                found |= set(words.split())
    return found


# The tree and what must not stand in it


def test_the_top_level_is_the_fixed_list():
    names = {name.split("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_nothing_names_one_machine():
    places = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+|Users/\w+)/|[A-Z]:\\\\?Users\\")
    assert [f"{name}: {found.group()}" for name, text in texts() if (found := places.search(text))] == []


def test_nothing_names_a_registry():
    hosts = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|registry|mirror)[\w.-]*", re.IGNORECASE)
    assert [f"{name}: {found.group()}" for name, text in texts() if (found := hosts.search(text))] == []


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
    code = [(name, text) for name, text in texts() if name.endswith((".py", ".html", ".js", ".css"))]
    assert [f"{name}: {found.group()}" for name, text in code if (found := later.search(text))] == []


# The locks


def pins(lock: str) -> set[str]:
    """'name==version' of every requirement."""
    return set(re.findall(r"^([a-z0-9-]+(?:\[[a-z,]+\])?==[^\s;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_locks_carry_hashes_and_no_addresses(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_test_lock_holds_the_other_one():
    assert pins("requirements.lock") - pins("requirements-test.lock") == set()


def test_locks_hold_what_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {"requirements.lock": project["dependencies"],
             "requirements-test.lock": project["dependencies"] + project["optional-dependencies"]["test"]}
    for lock, requirements in named.items():
        locked = {pin.split("==")[0].split("[")[0] for pin in pins(lock)}
        wanted = {re.match(r"[A-Za-z0-9_.-]+", r).group().lower().replace("_", "-") for r in requirements}
        assert wanted - locked == set(), lock


# Requirements of safety


def requirements() -> list[tuple[str, bool, list[str]]]:
    """Number, whether it stops a release, and the tests named for it, of ``mediation/requirements.md``."""
    text = (ROOT / "mediation/requirements.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\**)(R\d\d)\**? \| [^|]* \| ([^|]*) \| [^|]+ \|$", text, re.M)
    return [(number, bool(bold), re.findall(r"`(tests/[^`]+)`", named)) for bold, number, named in rows]


def test_every_requirement_of_safety_is_listed_once():
    assert [number for number, _bold, _named in requirements()] == [f"R{n:02}" for n in range(1, 76)]


def test_every_test_that_a_requirement_names_exists_and_a_bold_one_says_its_number():
    wrong = []
    for number, is_bold, named in requirements():
        for one in named:
            path, _, name = one.partition("::")
            known = {f.name: ast.get_docstring(f) or "" for f in functions(ROOT / path)} if (ROOT / path).is_file() else {}
            if not known or (name and name not in known) or (is_bold and number not in known.get(name, "")):
                wrong.append(f"{number} {one}")
    assert wrong == []
