"""A bound on the time that one report takes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(BaseException):
    """The time is up. No Exception: what reads pages catches those of its heuristics, and would go on."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooSlow within it once the time is up, and again each second should something swallow it.

    By the alarm of POSIX, which reaches the main thread only: elsewhere, and on Windows, nothing is bounded. What runs outside
    Python ends first.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
