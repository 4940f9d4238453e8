"""The set-up script: what it demands, when it works and when it leaves well alone, and how it says no."""
from __future__ import annotations

import contextlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """app.py's own names, at work in an empty folder, with nothing really made, installed or run."""
    monkeypatch.setenv("MEDIATION_INSTANCE", str(tmp_path / "instance"))
    names = runpy.run_path(str(ROOT / "app.py"), run_name="setup")
    module = SimpleNamespace(**names, done=[])
    changes = {
        "ROOT": tmp_path, "VENV": tmp_path / ".venv", "STAMP": tmp_path / ".venv/gonghe.json",
        "RUN_LOCK": tmp_path / "requirements.lock", "TEST_LOCK": tmp_path / "requirements-test.lock",
        "make_venv": lambda: (module.done.append("made"), (tmp_path / ".venv").mkdir(exist_ok=True)),
        "install": lambda lock: module.done.append(lock.name),
        "venv_version": lambda: HERE if (tmp_path / ".venv").exists() else None,
        "has_pip": lambda: True,
    }
    module.inner = names["prepare"].__globals__
    for name, value in changes.items():
        monkeypatch.setitem(module.inner, name, value)
    (tmp_path / "requirements.lock").write_text("a==1")
    (tmp_path / "requirements-test.lock").write_text("a==1\nb==2")
    module.run_lock, module.test_lock = tmp_path / "requirements.lock", tmp_path / "requirements-test.lock"
    return module


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(ROOT / "app.py"), *words], capture_output=True, text=True, cwd=cwd)


def test_the_first_run_makes_and_installs_and_the_second_does_nothing(setup):
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock"]
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock"]


def test_the_test_lock_serves_the_product_too_but_not_the_reverse(setup):
    setup.prepare(setup.run_lock)
    setup.prepare(setup.test_lock)
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock", "requirements-test.lock"]


def test_a_changed_lock_is_installed_into_the_same_environment(setup):
    setup.prepare(setup.run_lock)
    setup.run_lock.write_text("a==2")
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock", "requirements.lock"]


@pytest.mark.parametrize("change", [{"root": "/somewhere/else"}, {"python": "3.9"}])
def test_an_environment_of_another_folder_or_python_is_made_anew(setup, tmp_path, change):
    setup.prepare(setup.run_lock)
    stamp = tmp_path / ".venv/gonghe.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), **change}))
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock"] * 2


def test_an_environment_in_a_folder_of_any_name_is_known_again(monkeypatch, tmp_path):
    names = runpy.run_path(str(ROOT / "app.py"), run_name="setup")
    place, printed = tmp_path / "工会 office", io.TextIOWrapper(io.BytesIO(), "ascii")  # a code page without Chinese

    def run(command: list[str], **_) -> SimpleNamespace:
        with monkeypatch.context() as inside, contextlib.redirect_stdout(printed):
            inside.setattr(sys, "prefix", str(place))
            exec(command[-1], {})
        printed.flush()
        return SimpleNamespace(returncode=0, stdout=printed.buffer.getvalue().decode("ascii"))
    monkeypatch.setitem(names["venv_version"].__globals__, "VENV", place)
    monkeypatch.setattr(names["subprocess"], "run", run)
    assert names["venv_version"]() == HERE


def test_a_damaged_stamp_only_costs_an_installation(setup, tmp_path):
    setup.prepare(setup.run_lock)
    (tmp_path / ".venv/gonghe.json").write_text("{")
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock", "requirements.lock"]


def test_a_missing_lock_is_said_in_one_sentence(setup):
    setup.run_lock.unlink()
    with pytest.raises(setup.Stopped, match=r"requirements\.lock is missing from the folder"):
        setup.prepare(setup.run_lock)


def test_without_rights_the_line_to_type_is_named(setup, monkeypatch):
    monkeypatch.setitem(setup.inner, "is_root", lambda: False)
    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(setup.Stopped, match=r"type: sudo apt-get install -y --no-install-recommends python3-venv$"):
        setup.need(["python3-venv"])


def test_root_on_debian_installs_what_is_missing(setup, monkeypatch):
    ran = []
    monkeypatch.setitem(setup.inner, "is_root", lambda: True)
    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(setup.subprocess, "call", lambda command, **_: ran.append(command) or 0)
    monkeypatch.setattr(setup.subprocess, "run",
                        lambda command, **_: ran.append(command) or SimpleNamespace(returncode=0, stderr=""))
    setup.need(["chromium", "libatomic1"])
    assert ran == [["apt-get", "update", "-qq"],
                   ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "libatomic1"]]


def test_elsewhere_the_packages_are_named(setup, monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    with pytest.raises(setup.Stopped, match="lacks chromium"):
        setup.need(["chromium"])


@pytest.fixture
def checks(setup, monkeypatch):
    """Runs ``app.py test`` with nothing really done: ``checks("-x", failing=(1, 2))`` lets the second and third step
    fail, with 2 and 3 as their statuses, and gives the status of all and the commands."""
    def run_them(*words: str, command: str = "test", failing: tuple[int, ...] = ()) -> tuple[int, list[list[str]]]:
        ran = []

        def call(step: list[str], cwd: str) -> int:
            ran.append(step[2:])
            return len(ran) if len(ran) - 1 in failing else 0

        monkeypatch.setitem(setup.inner, "need_for_tests", lambda: None)
        monkeypatch.setattr(setup.subprocess, "call", call)
        monkeypatch.setenv("REQUIRE_BROWSER", "")
        return setup.main([command, *words]), ran

    return run_them


def test_every_step_runs_and_the_first_failure_decides_the_status(checks, capsys):
    status, ran = checks(failing=(0, 1))
    assert status == 1
    assert [step[0] for step in ran] == ["ruff", "mypy", "pytest"]
    told = [line.split() for line in capsys.readouterr().out.strip().splitlines()[-4:]]
    assert [line[:2] for line in told[:2]] == [["failed", "(1)"], ["failed", "(2)"]]
    assert told[2][:2] == ["ok", "tests"] and told[3][:2] == ["in", "all"]
    assert all(line[-4:] == ["0", "min", "00", "s"] for line in told)


def test_a_failing_test_fails_the_run_and_one_runs_more_than_there_are_cores(checks, setup, monkeypatch):
    monkeypatch.setattr(setup.os, "cpu_count", lambda: 6)
    status, ran = checks(failing=(2,))
    assert status == 3
    assert ran[2][-4:] == ["-n", "7", "--dist", "worksteal"] and not any(word.startswith("tests") for word in ran[2])
    assert checks()[0] == 0


def test_both_databases_are_asked_for_and_the_slowest_are_named(checks, setup, monkeypatch):
    for is_windows, database in ((False, "--database=chosen"), (True, "--database=sqlite")):
        monkeypatch.setitem(setup.inner, "IS_WINDOWS", is_windows)
        for step in checks()[1][2:]:
            assert step[1] == database and "--durations=20" in step


def test_arguments_that_name_no_tests_are_for_all_of_them(checks):
    [step] = checks("--database=both", "-x")[1][2:]
    assert step[1:4] == ["--database=chosen", "--database=both", "-x"] and "-n" in step
    assert checks("tests/rules", "-x")[1][2:] == [["pytest", "--database=chosen", "tests/rules", "-x"]]


def test_drills_follow_the_whole_on_both_databases(checks):
    status, ran = checks(command="drill", failing=(0,))
    assert status == 1 and [step[1] for step in ran] == ["--database=both", "--verbose"]
    assert "-n" in ran[0] and ran[1] == ["pytest", "--verbose", "tests/drills"]
    assert checks("tests/drills/test_kills.py", command="drill")[1] == [["pytest", "tests/drills/test_kills.py"]]


def test_drills_are_no_part_of_the_ordinary_run():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    named = subprocess.run([*command, "tests/drills"], capture_output=True, text=True, cwd=ROOT).stdout
    assert "tests/drills/test_kills.py::" in named
    others = ["--ignore-glob=tests/[!d]*", "tests"]
    assert "tests/drills/" not in subprocess.run([*command, *others], capture_output=True, text=True, cwd=ROOT).stdout


@pytest.mark.parametrize("option, places", [
    ("sqlite", set()), ("chosen", {"queries", "handovers"}), ("both", {"queries", "handovers", "sessions"})])
def test_postgresql_runs_under_what_is_chosen(option, places):
    """R68: A folder, a marked module and one that is not marked."""
    named = {"queries": "queries/money/test_worker", "handovers": "services/bodies/test_handovers",
             "sessions": "services/cases/test_sessions"}
    paths = [f"tests/{name}.py" for name in named.values()]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", f"--database={option}", *paths]
    listed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout
    assert {place for place, name in named.items() if f"tests/{name}.py" in listed} == set(named)
    assert {place for place, name in named.items() if re.search(rf"tests/{name}\.py::\w+\[postgresql", listed)} == places


def test_with_arguments_only_what_they_name_is_tested(checks):
    _status, ran = checks("-x", "tests/rules")
    assert [step for step in ran if step[0] == "pytest"] == [["pytest", "--database=chosen", "-x", "tests/rules"]]


def test_words_of_the_product_are_handed_over_inside_the_environment(setup, monkeypatch):
    handed = []
    monkeypatch.setitem(setup.inner, "hand_over", lambda command: handed.append(command) or 0)
    assert setup.main(["user", "add", "li", "--role", "mediator"]) == 0
    assert handed[0][1:] == ["-m", "flask", "--app", str(ROOT / "app.py"), "user", "add", "li", "--role", "mediator"]
    assert handed[0][0].startswith(str(setup.inner["VENV"]))


def test_a_failing_demonstration_is_not_served(setup, monkeypatch):
    served = []
    monkeypatch.setitem(setup.inner, "hand_over", lambda command: served.append(command) or 0)
    monkeypatch.setattr(setup.subprocess, "call", lambda command: 4)
    assert setup.main(["demo"]) == 4
    monkeypatch.setattr(setup.subprocess, "call", lambda command: 0)
    assert setup.main(["demo", "--port", "8123"]) == 0
    assert [command[-3:] for command in served] == [["serve", "--port", "8123"]]


def test_an_old_python_is_refused(setup, monkeypatch, capsys):
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 2))
    assert setup.main(["serve"]) == 1
    assert capsys.readouterr().err == "app.py: Python 3.11 or newer is needed; this is 3.9.\n"


@pytest.mark.parametrize(("encoding", "command"), [
    ("ascii", ["app.py", "--help"]),
    ("cp1252", ["-m", "flask", "--app", "app.py", "clocks", "--channel", "A", "--fact", "received=2026-09-30"])])
def test_what_the_output_cannot_hold_is_written_otherwise_and_stops_nothing(tmp_path, encoding, command):
    environ = {**os.environ, "PYTHONIOENCODING": encoding, "MEDIATION_INSTANCE": str(tmp_path)}
    told = subprocess.run([sys.executable, *command], capture_output=True, encoding=encoding, env=environ, cwd=ROOT)
    assert told.returncode == 0 and "\\u" in told.stdout and "Traceback" not in told.stderr


def test_a_set_up_for_another_account_leaves_nothing_to_make_to_it(setup, monkeypatch):
    ran = []
    monkeypatch.setattr(setup.subprocess, "call", lambda command, **_: ran.append(command) or 0)
    assert setup.main(["install"]) == 0
    assert setup.done == ["made", "requirements.lock"] and ran[0][1:3] == ["-m", "compileall"]


def test_help_needs_no_environment_and_an_empty_line_is_an_error(tmp_path):
    asked, empty = run("--help", cwd=tmp_path), run(cwd=tmp_path)
    assert (asked.returncode, empty.returncode) == (0, 2)
    assert "python3 app.py demo" in asked.stdout
    assert asked.stdout == empty.stdout


# A folder for a machine without a network


def test_a_bundle_holds_source_libraries_and_scripts_and_says_for_which_system(setup, tmp_path, monkeypatch, capsys):
    fetched = []

    def fetch(command: list[str]) -> int:
        fetched.append(command)
        wheels = Path(command[command.index("--dest") + 1])
        wheels.mkdir()
        (wheels / "a-1-py3-none-any.whl").write_bytes(b"wheel")
        return 0
    monkeypatch.setitem(setup.inner, "ROOT", ROOT)
    monkeypatch.setitem(setup.inner, "prepare", lambda lock: None)
    monkeypatch.setattr(setup.subprocess, "call", fetch)
    folder = tmp_path / "out"
    assert setup.main(["bundle", str(folder)]) == 0
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"app.py", "requirements.lock", "mediation/models.py", "templates/layout.html", "static/app.css", "start.sh",
            "gonghe.cmd", "gonghe.service", "nginx.conf", "bundle.json", "wheels/a-1-py3-none-any.whl"} <= names
    assert not any(name.startswith(("tests/", "instance/", ".git/", ".venv/")) for name in names)
    assert "--only-binary" in fetched[0] and "--require-hashes" in fetched[0]
    assert json.loads((folder / "bundle.json").read_text()) == setup.this_system()
    assert "Copy it whole" in capsys.readouterr().out
    assert setup.main(["bundle", str(folder)]) == 1 and "not empty" in capsys.readouterr().err


@pytest.mark.parametrize("change", [{"system": "win32"}, {"machine": "aarch64"}, {"python": "3.99"}, {"libc": "musl"}])
def test_a_bundle_for_another_system_is_refused_and_installs_nothing(setup, tmp_path, monkeypatch, change):
    made = tmp_path / "bundle.json"
    monkeypatch.setitem(setup.inner, "MADE", made)
    made.write_text(json.dumps({**setup.this_system(), **change}))
    with pytest.raises(setup.Stopped, match=rf"made for .*{next(iter(change.values()))}.*this machine is"):
        setup.prepare(setup.run_lock)
    assert setup.done == []
    made.write_text(json.dumps(setup.this_system()))
    setup.prepare(setup.run_lock)
    assert setup.done == ["made", "requirements.lock"]


def test_a_bundle_installs_from_its_own_folder_alone(tmp_path, monkeypatch):
    names = SimpleNamespace(**runpy.run_path(str(ROOT / "app.py"), run_name="setup"))
    made, commands = tmp_path / "bundle.json", []
    monkeypatch.setattr(names.subprocess, "call", lambda command, env=None: commands.append(command) or 0)
    names.install(names.RUN_LOCK)
    made.write_text("{}")
    monkeypatch.setitem(names.install.__globals__, "MADE", made)
    names.install(names.RUN_LOCK)
    assert "--no-index" not in commands[0] and "--no-index" in commands[1] and "--find-links" in commands[1]
