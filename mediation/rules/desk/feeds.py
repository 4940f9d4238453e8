"""A calendar feed (RFC 5545) of sessions and deadlines: numbers and masked titles only, times in Beijing."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from mediation.rules.people.headcounts import split_title

LINE_BYTES = 75
BEIJING = timezone(timedelta(hours=8))
HOUR = timedelta(hours=1)
SENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Entry:
    """One line of the calendar: a day, with ``time`` (HH:MM) where an hour is known."""

    key: str
    on: date
    summary: str
    time: str = ""


def mask_title(title: str) -> str:
    """巴特尔等12人 as 巴某等12人: the first sign of the name, and how many there are."""
    name, others = split_title(title)
    return f"{name[:1]}某{others}" if name else ""


def feed(entries: Iterable[Entry], name: str, now: datetime, host: str = "gonghe") -> str:
    """The whole file, lines folded at 75 bytes and ended as the standard asks."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gonghe//CN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{_escape(name)}"]
    for entry in entries:
        lines += _event(entry, now, host)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _fold(line))


def _event(entry: Entry, now: datetime, host: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{entry.key}@{host}", f"DTSTAMP:{now.astimezone(UTC):{SENT}}", *_when(entry),
            f"SUMMARY:{_escape(entry.summary)}", "TRANSP:OPAQUE" if entry.time else "TRANSP:TRANSPARENT", "END:VEVENT"]


def _when(entry: Entry) -> list[str]:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", entry.time.strip())
    if found is None:
        after = entry.on + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    start = datetime(entry.on.year, entry.on.month, entry.on.day, int(found[1]), int(found[2]), tzinfo=BEIJING)
    return [f"DTSTART:{start.astimezone(UTC):{SENT}}", f"DTEND:{(start + HOUR).astimezone(UTC):{SENT}}"]


def _escape(text: str) -> str:
    """As text of the standard: marks escaped, line ends as \\n, no other control sign."""
    text = re.sub("\r\n?", "\n", text)
    text = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _fold(line: str) -> list[str]:
    """A line in parts of at most 75 bytes, never through a sign; the parts after the first begin with a space."""
    parts, rest = [], line
    while len(rest.encode()) > LINE_BYTES:
        cut = LINE_BYTES
        while len(rest[:cut].encode()) > LINE_BYTES:
            cut -= 1
        parts.append(rest[:cut])
        rest = " " + rest[cut:]
    return [*parts, rest]
