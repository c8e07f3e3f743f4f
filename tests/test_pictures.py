"""Pictures of papers in the documentation; ``python -m tests.pictures`` makes them."""

import pytest

from inser_events.config import PACKAGE
from tests.pictures import LANGUAGES

FOLDER = PACKAGE.parent / "docs" / "pictures"
LARGEST = 150 * 1024


@pytest.mark.parametrize("name", ["programme", "badges", "name-plates"])
def test_papers_are_shown_in_four_languages_by_small_pictures(name: str) -> None:
    sizes = [(FOLDER / f"{name}-{language}.png").stat().st_size for language in LANGUAGES]
    assert [size for size in sizes if size > LARGEST] == []
