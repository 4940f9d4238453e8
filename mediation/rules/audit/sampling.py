"""Drawing a sample that anybody can draw again: the order is a hash over the seed and each case's number.

No state, no generator of chance: with the seed and the list of numbers a spreadsheet or ten lines of Python give the
same cases. The text of ALGORITHM is printed on every sample and is what a reader recomputes.
"""
from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mediation.rules.language import Problem, Text, Word, vocabulary

MARKS = vocabulary(
    Word("", "未看", "Not seen"),
    Word("seen", "已看", "Seen"),
    Word("clear", "无发现", "Nothing found"),
    Word("found", "有发现", "Findings"),
)
MOST = 500
LONGEST_SEED = 40
ALGORITHM = Text(
    "对总体里每个案件编号，求“种子+编号”（直接相连，UTF-8）的 SHA-256，按十六进制从小到大排，取前若干件。"
    "总体校验码：全部编号按字符排序，每个编号后加换行（LF），UTF-8，求 SHA-256。编号取自同一范围导出的案件表。",
    "For every case number of the population take the SHA-256 of seed and number (joined as they are, UTF-8), sort by "
    "the hexadecimal digest, and take the first ones. Digest of the population: all numbers sorted by character, a "
    "line feed after each, UTF-8, SHA-256. The numbers are those of the cases sheet exported with the same filter.")
NO_SIZE = Text("请写抽几件，1到{most}", "Say how many, from 1 to {most}")
NO_SEED = Text("请写种子：任意数字或字母，比如掷骰子的结果", "Give a seed: any digits or letters, such as a throw of dice")
TOO_FEW = Text("这个范围只有{n}件，抽不出{size}件", "There are only {n} cases; {size} cannot be drawn")


def rank(seed: str, number: str) -> str:
    """The place of a case in the order of a seed."""
    return hashlib.sha256(f"{seed}{number}".encode()).hexdigest()


@dataclass
class Population:
    """Counts and digests the numbers that pass through, sorted as they come; only the sample is kept."""

    count: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def watch(self, numbers: Iterable[str]) -> Iterator[str]:
        for number in numbers:
            self.count += 1
            self._digest.update(f"{number}\n".encode())
            yield number

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def draw(seed: str, size: int, numbers: Iterable[str]) -> tuple[list[str], Population]:
    """The first ``size`` numbers in the order of the seed, and the population; ``numbers`` come sorted."""
    population = Population()
    return heapq.nsmallest(size, population.watch(numbers), key=lambda number: rank(seed, number)), population


def draw_problems(seed: str, size: int | None) -> list[Problem]:
    """What is missing before anything can be drawn."""
    found = [] if seed else [Problem("seed", NO_SEED)]
    return found if size and 0 < size <= MOST else [*found, Problem("size", NO_SIZE.fill(most=MOST))]
