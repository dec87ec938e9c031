"""What all tests share."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are named by their length: gzip stamps the time into them, and tests that run side by side must have the same names."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
