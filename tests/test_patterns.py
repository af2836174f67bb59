"""No pattern of the reading rooms takes for ever over a hostile line: papers are written by strangers."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from typing import Any

import extractors
import extractors.documents
import extractors.numbers

PIECES = (
    ["1", "A", "收", "万", "月", "为", "-", ",", ".", "1,", "1.", "A·", "税前", "计", "年", "第1页", "一", "(", "()", "（）", "中·", "人民币", "正式", "副", "第", "号", "路1号", "a1", "有限公司", ":", "1-", "共1页", "/1", "(税前", "月收入(", "元"]
)
LONGEST_S = 2


def _patterns(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        yield from (found for each in value.values() for found in _patterns(each))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (found for each in value for found in _patterns(each))


def _all_patterns() -> dict[str, tuple[str, re.Pattern[str]]]:
    found: dict[str, tuple[str, re.Pattern[str]]] = {}
    for package in (extractors, extractors.documents, extractors.numbers):
        for module in pkgutil.iter_modules(package.__path__):
            if not module.ispkg and not module.name.startswith("__"):
                for name, value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).items():
                    found |= {pattern.pattern: (f"{module.name}.{name}", pattern) for pattern in _patterns(value)}
    return found


def _slow(pattern: re.Pattern[str]) -> str:
    """The piece whose repetition the pattern does not get through in time, else ""."""
    for piece in PIECES:
        hostile = (piece * 60)[:60] + "\x00!"
        signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
        try:
            for text in (hostile, "第" + hostile, "月收入" + hostile):
                pattern.search(text)
                pattern.fullmatch(text)
        except TimeoutError:
            return piece
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def test_no_pattern_tries_all_ways_through_a_hostile_line() -> None:
    def out_of_time(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, out_of_time)
    try:
        every = _all_patterns()
        slow = {name: piece for name, pattern in every.values() if (piece := _slow(pattern))}
        assert _slow(re.compile(r"第?\d+页?(?:[/共]?\d*页?)*")), "the test itself sees one"
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(every) > 200 and slow == {}
