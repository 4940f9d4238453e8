"""Gonghe's front door, in two parts.

Imported (``flask --app app …``) it is the WSGI object ``app``. Run as a script it is the set-up, with the standard
library only: it makes ``.venv`` beside itself, installs the locked libraries, and runs the rest inside.

    python3 app.py demo [--port P]      set up, fill the demonstration county, serve it
    python3 app.py test                 set up and run linter, type checker, all tests and those of the browser; every
                                        step runs, and the end says how each went
    python3 app.py test arguments       the same with only the tests that these arguments of pytest name
    python3 app.py drill                by hand, before a release: every test on both databases, then the drills of
                                        tests/drills (kills, load, full disk, restoring, axe on every page)
    python3 app.py drill arguments      only the drills that these arguments of pytest name
    python3 app.py drill cluster        a cluster of three PostgreSQL on this machine, whose leader is killed 20 times
    python3 app.py bundle FOLDER        one folder that installs without a network on a machine like this one: source,
                                        libraries for this system, start scripts, service file, recipe for TLS
    python3 app.py install              set up only, with everything compiled: for a program that the account of its
                                        server may not change (mediation/servers.md)
    python3 app.py COMMAND …            any command of the product: init, serve, user add, import, export, report,
                                        clocks, due, journal, check, backup, restore, bench, db; each has --help

On Windows type ``py app.py`` instead. Mirrors and wheel folders are the installer's own variables (PIP_INDEX_URL,
PIP_FIND_LINKS); none is named here.
"""
from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

APP = Path(__file__).resolve()
ROOT = APP.parent
VENV = ROOT / ".venv"
STAMP = VENV / "gonghe.json"
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
OLDEST = (3, 11)
WHEELS = ROOT / "wheels"  # in a bundle: the libraries for the system that MADE names
MADE = ROOT / "bundle.json"
LEFT_OUT = ("tests", "instance", ".git", ".venv", "wheels", ".github")
IS_WINDOWS = os.name == "nt"
CLUSTER = ["postgresql", "patroni", "etcd-server", "etcd-client", "python3-etcd", "pgbouncer", "haproxy"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Stopped(Exception):
    """The set-up cannot go on; the message is one sentence for the person at the keyboard."""


def main(words: list[str]) -> int:
    """Run one command line; the result is the exit status."""
    say_what_can_be_said()
    try:
        if not words or words[0] in {"-h", "--help", "help"}:
            print(__doc__.strip())
            return 0 if words else 2
        if sys.version_info < OLDEST:
            raise Stopped(f"Python {dotted(OLDEST)} or newer is needed; this is {dotted(sys.version_info[:2])}.")
        own = {"demo": demo, "test": test, "drill": drill, "bundle": bundle, "install": only_set_up}
        if words[0] in own:
            return own[words[0]](words[1:])
        prepare(RUN_LOCK)
        return hand_over([*inside("flask"), "--app", str(APP), *words])
    except Stopped as stop:
        print(f"app.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def say_what_can_be_said() -> None:
    """Let no sign stop a command that its output cannot hold, as a file in the code page of Windows cannot hold all of
    Chinese: it is written as its number. What is started from here does the same."""
    if getattr(sys.stdout, "errors", "") in ("strict", "surrogateescape"):
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    os.environ.setdefault("PYTHONIOENCODING", ":backslashreplace")


def only_set_up(words: list[str]) -> int:
    """Make the environment and compile the program, so that whoever runs it needs to write neither."""
    argparse.ArgumentParser(prog="app.py install", description="Set up, and run nothing.").parse_args(words)
    prepare(RUN_LOCK)
    return subprocess.call([*inside("compileall"), "-q", str(APP), str(ROOT / "mediation")])


def demo(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="app.py demo", description="Fill the demonstration county and serve it.")
    parser.add_argument("--port", type=int, help="port to listen on (default: MEDIATION_PORT, else 8000)")
    port = parser.parse_args(words).port
    prepare(RUN_LOCK)
    status = subprocess.call([*inside("flask"), "--app", str(APP), "demo"])
    if status:
        return status
    return hand_over([*inside("flask"), "--app", str(APP), "serve", *(["--port", str(port)] if port else [])])


def bundle(words: list[str]) -> int:
    """Put everything into one folder that a machine without a network needs."""
    parser = argparse.ArgumentParser(prog="app.py bundle", description="Make a folder that installs without a network.")
    parser.add_argument("folder", type=Path, help="a new or empty folder, for example gonghe-bundle")
    folder = parser.parse_args(words).folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Stopped(f"{folder} is not empty; name another folder.")
    prepare(RUN_LOCK)
    for name in sources():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for path in sorted((ROOT / "mediation/data/office").iterdir()):
        shutil.copy(path, folder / path.name)
    (folder / "start.sh").chmod(0o755)
    command = [*inside("pip"), "download", "--quiet", "--disable-pip-version-check", "--require-hashes",
               "--only-binary", ":all:", "--dest", str(folder / "wheels"), "-r", str(RUN_LOCK)]
    if subprocess.call(command):
        raise Stopped("The libraries could not be fetched; the installer's reason stands above.")
    (folder / "bundle.json").write_text(json.dumps(this_system()), encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 2**20
    print(f"{folder}: {size} MB for {said(this_system())}. Copy it whole; there type: python3 app.py init")
    return 0


def sources() -> list[str]:
    """The files of the product, as paths from its root."""
    told = subprocess.run(["git", "-c", "core.quotepath=off", "ls-files"], cwd=ROOT, capture_output=True, text=True
                          ) if (ROOT / ".git").exists() and shutil.which("git") else None
    found = told.stdout.splitlines() if told is not None else [
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [name for name in found if Path(name).parts[0] not in LEFT_OUT and (ROOT / name).is_file()]


def this_system() -> dict[str, str]:
    """What libraries are built for."""
    return {"system": sys.platform, "machine": platform.machine(), "libc": platform.libc_ver()[0],
            "python": dotted(sys.version_info[:2])}


def said(system: dict[str, str]) -> str:
    return f"{system['system']} {system['machine']} {system['libc']} with Python {system['python']}".replace("  ", " ")


def need_fitting_bundle() -> None:
    """A bundle installs on the kind of system that it was made on."""
    if not MADE.is_file():
        return
    made = {**dict.fromkeys(this_system(), "?"), **json.loads(MADE.read_text(encoding="utf-8"))}
    if made != this_system():
        raise Stopped(f"This bundle was made for {said(made)}; this machine is {said(this_system())}. "
                      "Make one on a machine like this one: python3 app.py bundle FOLDER")


class Step(NamedTuple):
    """One command of a run of checks."""

    name: str
    command: list[str]


def test(words: list[str]) -> int:
    """Run linter, type checker and tests; the exit status is that of the first step that failed."""
    prepare_tests()
    database = "sqlite" if IS_WINDOWS else "chosen"
    return run_all([
        Step("ruff", [*inside("ruff"), "check", "."]),
        Step("mypy", inside("mypy")),
        *tests(f"--database={database}", words),
    ])


def drill(words: list[str]) -> int:
    """Run every test on both databases, and what takes too long or is too rough for every day."""
    prepare_tests()
    database = "sqlite" if IS_WINDOWS else "both"
    if words[:1] == ["cluster"]:
        need([] if shutil.which("patroni") and shutil.which("etcd") and shutil.which("haproxy") else CLUSTER)
        return run_all([Step("cluster", [*inside("tests.drills.cluster"), *words[1:]])])
    if words:
        return run_all([Step("drills", [*inside("pytest"), *words])])
    drills = Step("drills", [*inside("pytest"), "--verbose", "tests/drills"])
    return run_all([*tests(f"--database={database}", []), drills])


def prepare_tests() -> None:
    """See to what tests need; a missing browser is an error from here on."""
    need_for_tests()
    prepare(TEST_LOCK)
    os.environ["REQUIRE_BROWSER"] = "1"


def tests(database: str, words: list[str]) -> list[Step]:
    """All tests, one more at a time than there are cores: those of the browser wait half of their time. Where arguments
    name some, just those."""
    pytest = [*inside("pytest"), database, *words]
    if any(not word.startswith("-") for word in words):
        return [Step("tests", pytest)]
    workers = str((os.cpu_count() or 1) + 1)
    return [Step("tests", [*pytest, "--quiet", "--durations=20", "-n", workers, "--dist", "worksteal"])]


def run_all(steps: list[Step]) -> int:
    """Run every step, whatever came of those before it; then one line for each, and the time of all."""
    status, told, begun = 0, [], time.monotonic()
    for step in steps:
        print(f"\n== {step.name}", flush=True)
        start = time.monotonic()
        ended = subprocess.call(step.command, cwd=str(ROOT))
        word = "ok" if ended == 0 else f"failed ({ended})"
        told.append(f"{word:<12}{step.name:<10}{clock(time.monotonic() - start)}")
        status = status or ended
    print("\n" + "\n".join([*told, f"{'':<12}{'in all':<10}{clock(time.monotonic() - begun)}"]), flush=True)
    return status


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60:3} min {int(seconds) % 60:02} s"


def inside(module: str) -> list[str]:
    """The beginning of a command that runs a module with the environment's own Python."""
    return [str(venv_python()), "-m", module]


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")


def hand_over(command: list[str]) -> int:
    """Become the command, so that signals reach it; Windows has no such thing and waits for it."""
    if IS_WINDOWS:
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(command[0], command)
    return 0


# The environment


def prepare(lock: Path) -> None:
    """Make ``.venv`` fit the lock. Nothing is done when the stamp says that it does already."""
    need_fitting_bundle()
    want = digest(lock)
    stamp = read_stamp()
    python = venv_version()
    is_ours = python is not None and stamp.get("root", str(ROOT)) == str(ROOT) and stamp.get("python", python) == python
    if is_ours and want in stamp.get("locks", []):
        return
    if not is_ours or not has_pip():
        make_venv()
    install(lock)
    # The test lock holds all of the other one, with the same versions.
    locks = [digest(RUN_LOCK), want] if lock == TEST_LOCK else [want]
    text = json.dumps({"root": str(ROOT), "python": venv_version(), "locks": locks})
    STAMP.write_text(text, encoding="utf-8")


def digest(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError:
        raise Stopped(f"The list of libraries {lock.name} is missing from the folder {ROOT}.") from None


def read_stamp() -> dict:
    """What the last set-up wrote; empty when there was none or it is damaged."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def venv_version() -> str | None:
    """Version of the environment's Python, or None where it does not start or belongs to another folder."""
    # As JSON: a folder may have a name that the code page of the output cannot hold.
    code = "import json, sys; print(json.dumps([sys.prefix, '%d.%d' % sys.version_info[:2]]))"
    try:
        told = subprocess.run([str(venv_python()), "-I", "-c", code], capture_output=True, text=True, timeout=60)
        prefix, version = json.loads(told.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if told.returncode or Path(prefix).resolve() != VENV.resolve():
        return None
    is_old = tuple(int(part) for part in version.split(".")) < OLDEST
    return None if is_old else version


def has_pip() -> bool:
    return subprocess.run([*inside("pip"), "--version"], capture_output=True).returncode == 0


def make_venv() -> None:
    need_venv_module()
    print(f"Making the environment {VENV} …", flush=True)
    try:
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(VENV)
    except OSError as error:
        raise Stopped(f"The old environment {VENV} cannot be removed: {error.strerror}.") from None
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise Stopped(f"The environment {VENV} could not be made: {reason[0]}")


def install(lock: Path) -> None:
    print(f"Installing the libraries of {lock.name}; the first time this takes a minute …", flush=True)
    command = [*inside("pip"), "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if MADE.is_file():
        command += ["--no-index", "--find-links", str(WHEELS)]
    # A --user default or an outer virtualenv rule of this account is not meant for the environment.
    environ = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    if subprocess.call([*command, "--require-hashes", "-r", str(lock)], env=environ):
        raise Stopped("The libraries could not be installed; the installer's reason stands above.")


# What the machine itself must have


def need_venv_module() -> None:
    need([] if has_venv_module() else ["python3-venv"])
    if not has_venv_module():
        raise Stopped("This Python has no venv module; install the one that belongs to it and try again.")


def has_venv_module() -> bool:
    """Whether an environment with pip can be made: Debian keeps ``ensurepip`` in a package of its own."""
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def need_for_tests() -> None:
    """See to a browser, Chinese fonts, a word processor and, for root, a database server.

    PostgreSQL from pip refuses root.
    """
    if IS_WINDOWS:
        return
    has = {
        "python3-venv": venv_version() is not None or has_venv_module(),
        "chromium": has_browser(),
        "libatomic1": has_library("libatomic.so.1"),
        "fonts-noto-cjk": has_chinese_font(),
        "libreoffice-writer-nogui": bool(shutil.which("soffice")),
        "postgresql": not is_root() or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    }
    if sys.platform.startswith("linux"):
        need([package for package, is_there in has.items() if not is_there])


def has_browser() -> bool:
    return bool(os.environ.get("BROWSER_PATH")) or any(shutil.which(name) for name in BROWSERS)


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Whether fontconfig, which a browser brings along, knows a font with Chinese characters."""
    try:
        return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout.strip())
    except OSError:
        return False


def need(packages: list[str]) -> None:
    """Install Debian packages where this account may; otherwise stop with the line to type."""
    if not packages:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise Stopped(f"This machine lacks {', '.join(packages)} (Debian's names); install them and try again.")
    if not is_root():
        raise Stopped(f"This machine lacks {', '.join(packages)}; type: sudo {line}")
    print(f"Installing {', '.join(packages)} …", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=environ)
    # The packages' own chatter belongs on neither stream of a successful set-up.
    done = subprocess.run(line.split(), env=environ, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip(), file=sys.stderr)
        raise Stopped(f"Debian could not install them; type: {line}")


def is_root() -> bool:
    return not IS_WINDOWS and os.geteuid() == 0


def dotted(version: tuple) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
else:
    from mediation import create_app  # here and not above: the bare system Python has none of the libraries

    say_what_can_be_said()
    app = create_app()
