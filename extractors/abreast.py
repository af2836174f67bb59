"""Works done side by side, a few at a time, whose results are taken one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class Abreast:
    """Up to `most` works at a time, each in a thread; one at a time needs none.

    Results are handed over in the order in which the works were put, in the thread that puts them, at the latest when the context is
    left. What a work raises is raised in place of its result; no work begins after that, and none still runs when the context is left.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool = ThreadPoolExecutor(most, "abreast") if most > 1 else None
        self._begun: deque[tuple[Future[Any], Callable[[Any], None]]] = deque()

    def __enter__(self) -> Abreast:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            while error is None and self._begun:
                self._hand_over()
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def put(self, work: Callable[[], T], take: Callable[[T], None]) -> None:
        """Begins a work, whose result `take` will get; returns when no work waits for its thread."""
        if self._pool is None:
            take(work())
            return
        self._begun.append((self._pool.submit(work), take))
        while len(left := [future for future, _ in self._begun if not future.done()]) > self._most:
            wait(left, return_when=FIRST_COMPLETED)
        while self._begun and self._begun[0][0].done():
            self._hand_over()

    def _hand_over(self) -> None:
        future, take = self._begun.popleft()
        take(future.result())
