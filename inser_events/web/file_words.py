"""How large a file is, and what opens it, in words."""

from babel import units
from flask_babel import get_locale

MEGABYTE = 1_000_000


def file_size(size: int) -> str:
    """A file's bytes as people say them: ``240 kB``, ``2.4 MB``."""
    if size < MEGABYTE:
        return units.format_unit(
            max(1, round(size / 1000)), "digital-kilobyte", length="short", locale=get_locale() or "en"
        )
    megabytes = round(size / MEGABYTE, 1)
    return units.format_unit(megabytes, "digital-megabyte", length="short", locale=get_locale() or "en")


def file_kind(media_type: str) -> str:
    """What opens a file: ``PDF``, ``Word``."""
    words = {"pdf": "PDF", "document": "Word", "sheet": "Excel", "presentation": "PowerPoint"}
    return words.get(media_type.rpartition("/")[2].rpartition(".")[2], "")
