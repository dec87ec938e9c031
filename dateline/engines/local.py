"""Processes on this machine."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")

AHEAD = 2  # batches a worker may have waiting: enough that none idles, few enough that memory stays flat

MakeStep = Callable[[int], Callable[[A], B]]  # from the cores that the step may use

_step: Callable[[Any], Any]


def run(make_step: MakeStep[A, B], batches: Iterable[A], workers: int) -> Iterator[B]:
    """Each batch's result, in order. `make_step` is picklable: each worker makes its step, and so loads its model, once.

    A single batch, or one worker, runs in this process on all cores. Raises whatever making a step, or a step, raises: steps turn
    what a report does into failures themselves. Raises BrokenProcessPool where a worker was killed.
    """
    todo = iter(batches)
    first = list(itertools.islice(todo, 2))
    if workers == 1 or len(first) < 2:
        step = make_step(cores()) if first else None
        for batch in itertools.chain(first, todo):
            yield step(batch)  # type: ignore[misc]
        return
    # Forked workers would share onnxruntime's threads; spawned ones start clean, on every platform.
    context = multiprocessing.get_context("spawn")
    share = max(1, cores() // workers)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make_step, share)) as pool:
        waiting: deque[Future[B]] = deque()
        try:
            with _deaf_to_interrupts():  # what is spawned here must not answer Ctrl-C with a traceback of its own
                waiting.extend(pool.submit(_run, batch) for batch in first)
            for batch in todo:
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


class _deaf_to_interrupts:
    """Within it Ctrl-C is ignored, by processes that start within it for good. Off the main thread nothing changes."""

    def __enter__(self) -> None:
        self.main = threading.current_thread() is threading.main_thread()
        self.before = signal.signal(signal.SIGINT, signal.SIG_IGN) if self.main else None

    def __exit__(self, *_: object) -> None:
        if self.main:
            signal.signal(signal.SIGINT, self.before)


def _start(make_step: MakeStep[Any, Any], share: int) -> None:
    global _step
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _step = make_step(share)
    except Exception as error:
        # An initializer's exception would break the pool without a word: let the first batch say it.
        _step = _raiser(error)


def _raiser(error: Exception) -> Callable[[Any], Any]:
    def step(_: Any) -> Any:
        raise error

    return step


def _end_with_parent() -> None:
    """A run that is killed must not leave workers behind that hold a model each."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(batch: Any) -> Any:
    return _step(batch)
