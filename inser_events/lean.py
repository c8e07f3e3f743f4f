"""Keeping parts of libraries out of memory that nobody here uses.

Some libraries import every package they could work with when it happens to be installed. Each process of ours would
carry tens of megabytes of drivers and terminal colours, and start half a second later.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Import inside as if these packages were not installed; one that is loaded already stays."""
    hidden = [package for package in packages if package not in sys.modules]
    for package in hidden:
        sys.modules[package] = None  # type: ignore[assignment] # "not there", Python reference, section 5.3.1
    try:
        yield
    finally:
        for package in hidden:
            del sys.modules[package]
