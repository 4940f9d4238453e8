"""Laying out in a process of its own: typst keeps what it has laid out (300 MB after ten papers), and the server must
not."""
from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mediation.papers import pdf
from mediation.papers.pdf import Source, Values
from mediation.rules.language import Problem, Refused, Text

SERVE = "from mediation.papers import laying; laying.serve()"
ROOT = Path(__file__).parents[2]
BROKEN_OFF = Text("排版中断了，请再试一次", "Laying out broke off; try again")


class Layer:
    """The process; each task is a line to it, each answer a line back."""

    def __enter__(self) -> Layer:
        self._child = subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        return self

    def __exit__(self, *_how: object) -> None:
        self._child.kill()
        self._child.communicate()

    def lay(self, sources: Sequence[Source], target: Path) -> None:
        """Write the papers into ``target``, each from an odd page on. Raises Refused as ``pdf.convert`` does."""
        papers = [(one.title, base64.b64encode(one.content).decode()) for one in sources]
        self._do({"target": str(target), "papers": papers})

    def render(self, data: Values, target: Path, *, is_tagged: bool = False) -> None:
        """Write described documents into ``target``. Raises Refused as ``pdf.render`` does."""
        self._do({"target": str(target), "data": data, "is_tagged": is_tagged})

    def _do(self, task: Values) -> None:
        assert self._child.stdin is not None and self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(task) + "\n")
            self._child.stdin.flush()
            answer = self._child.stdout.readline()
        except OSError:
            answer = ""
        told = json.loads(answer) if answer else list(BROKEN_OFF)
        if told:
            raise Refused([Problem("", Text(*told))])


def rendered(data: Values) -> bytes:
    """The PDF of described documents, for readers of screens too. Raises Refused as ``pdf.render`` does."""
    with TemporaryDirectory() as scratch, Layer() as layer:
        target = Path(scratch) / "made.pdf"
        layer.render(data, target, is_tagged=True)
        return target.read_bytes()


def _answer(line: str) -> list[str]:
    """Do a task; gives what stands against it in both languages, nothing where it was done."""
    task = json.loads(line)
    try:
        Path(task["target"]).write_bytes(_made(task))
    except Refused as refusal:
        return list(refusal.problems[0].text)
    return []


def _made(task: Values) -> bytes:
    if "data" in task:
        return pdf.render(task["data"], task["is_tagged"])
    sources = [Source(title, base64.b64decode(content)) for title, content in task["papers"]]
    return pdf.convert(sources, is_odd=True, is_tagged=False)


def serve() -> None:
    """Answer tasks until there are no more."""
    for task in sys.stdin:
        print(json.dumps(_answer(task)), flush=True)
