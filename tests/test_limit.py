"""The bound on time."""

import signal
import threading
import time

import pytest

from dateline.limit import TooSlow, at_most


def test_it_ends_what_takes_too_long() -> None:
    start = time.monotonic()
    with pytest.raises(TooSlow), at_most(0.1):
        while True:
            pass
    assert time.monotonic() - start < 5


def test_it_is_not_swallowed() -> None:
    with pytest.raises(TooSlow), at_most(0.1):
        while True:
            try:
                time.sleep(10)
            except Exception:
                continue


def test_what_is_in_time_is_left_alone_and_the_alarm_is_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with at_most(0.2):
        done = True
    time.sleep(0.3)
    assert done
    assert signal.getsignal(signal.SIGALRM) == before


def test_off_the_main_thread_nothing_is_bounded() -> None:
    out: list[int] = []

    def work() -> None:
        with at_most(0.01):
            time.sleep(0.05)
            out.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert out == [1]
