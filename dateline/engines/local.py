"""Processes on this machine."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")

AHEAD = 2  # batches a worker may have waiting: enough that none idles, few enough that memory stays flat

_step: Callable[[Any], Any]


def run(make_step: Callable[[], Callable[[A], B]], batches: Iterable[A], workers: int) -> Iterator[B]:
    """Each batch's result, in order. `make_step` is picklable: each worker makes its step, and so loads its model, once.

    A single batch, or one worker, runs in this process. Raises whatever a step raises: steps turn what a report does into
    failures themselves. Raises BrokenProcessPool where a worker was killed.
    """
    todo = iter(batches)
    first = list(itertools.islice(todo, 2))
    if workers == 1 or len(first) < 2:
        step = make_step() if first else None
        for batch in itertools.chain(first, todo):
            yield step(batch)  # type: ignore[misc]
        return
    # Forked workers would share onnxruntime's threads; spawned ones start clean, on every platform.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make_step,)) as pool:
        waiting: deque[Future[B]] = deque()
        try:
            for batch in itertools.chain(first, todo):
                waiting.append(pool.submit(_run, batch))
                if len(waiting) > AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(make_step: Callable[[], Callable[[Any], Any]]) -> None:
    global _step
    _step = make_step()


def _run(batch: Any) -> Any:
    return _step(batch)
