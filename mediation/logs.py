"""What is logged holds no personal data, whatever fails and whoever logs it.

What a person typed comes into a log by three ways: the message of an exception (a driver quotes the value it refuses),
an address with its query, and a library that puts a value into its line. So every record, of any library, is made
without them: of an exception the kinds and the places in the source stand in the log, never its words; in the lines of
others whatever a value can look like is left out. Our own lines are constant sentences, codes and numbers of requests.
"""
from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

OURS = "mediation"
GONE = "…"
VALUES = re.compile("|".join((  # in the line of a library:
    "'[^']*'", '"[^"]*"',  # quoted words
    r"(?<!\S)/\S*", r"\?\S*",  # addresses and their queries
    "(?:%[0-9A-Fa-f]{2})+", r"\\[xuU][0-9A-Fa-f]+", r"[^\x00-\x7f]+",  # escaped and other than ASCII characters
    r"\S+@\S+",  # addresses of mail
    r"\d{7,}[Xx]?")))  # digits as long as a telephone, identity or account number

_make = logging.LogRecord


def install() -> None:
    """From here on every record of the process is made without values, and what nobody catches is logged like that.

    Hooks that somebody else has put in place stay.
    """
    logging.setLogRecordFactory(make_record)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = lambda kind, error, trace: _last_words(error)
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda told: _last_words(told.exc_value)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda told: _last_words(told.exc_value)


def keep(folder: Path) -> None:
    """Keep the lines of a server in files as well, for their owner only: five of five megabytes, the oldest goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = RotatingFileHandler(folder / "gonghe.log", maxBytes=5 * 2**20, backupCount=5, encoding="utf-8", delay=True,
                               errors="replace")
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    shown = logging.StreamHandler()
    shown.setFormatter(kept.formatter)
    root = logging.getLogger()
    root.handlers[:] = [kept, shown]
    logging.getLogger(OURS).setLevel(logging.INFO)


def make_record(*args: Any, **values: Any) -> logging.LogRecord:
    """A record whose exception is told as text already, so that no handler of any library words it by itself."""
    record = _make(*args, **values)
    if record.exc_info:
        error = record.exc_info[1]
        record.exc_text = tell(error) if error is not None else None
        record.exc_info = None
    said = _said(record)
    is_ours = str(record.name).split(".")[0] == OURS
    record.msg, record.args = (said if is_ours else VALUES.sub(GONE, said)), ()
    return record


def _said(record: logging.LogRecord) -> str:
    """The line, with only the kind of an exception that is put into it."""
    if isinstance(record.msg, BaseException):
        return _kind(record.msg)
    args = record.args
    if isinstance(args, tuple):
        record.args = tuple(_kind(arg) if isinstance(arg, BaseException) else arg for arg in args)
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a line of a library that does not fit its values
        return str(record.msg)


def tell(error: BaseException) -> str:
    """Where it happened and of which kind it is, with what caused it; not a word of what it says."""
    parts: list[str] = []
    known: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in known:
        known.add(id(now))
        parts.append("".join(traceback.format_tb(now.__traceback__)) + _kind(now))
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return "\nwhich came after:\n".join(parts)


def _kind(error: BaseException) -> str:
    """The kind of an exception, and of the driver's own behind one of the database."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    inner = getattr(error, "orig", None)
    return f"{kind} ({_kind(inner)})" if isinstance(inner, BaseException) else kind


def _last_words(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        logging.getLogger(OURS).critical("stopped:\n%s", tell(error))
