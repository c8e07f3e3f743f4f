"""Fixtures of the door's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inser_events.web import caching
from tests.live import Live, serving


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """A running server with an empty database."""
    caching.forget_all()
    with serving(tmp_path, database_url) as running:
        yield running
