"""Searching names without accents, case or order, on any database."""

import re
import unicodedata


def fold(*parts: str) -> str:
    """One searchable line: lower case, without accents and marks, single blanks.

    Arabic, Chinese and Cyrillic letters stay; only what Unicode decomposes (é, ễ, ё) loses its marks. Letters that
    do not decompose but people type plainly (ø, ł, đ, ß) are spelled out.
    """
    whole = " ".join(parts)
    if whole.isascii() and whole.isprintable():
        return " ".join(whole.lower().split())
    text = unicodedata.normalize("NFKD", whole).casefold().translate(_PLAIN)
    return " ".join(_NOT_ASCII.sub(_kept, text).split())


_NOT_ASCII = re.compile(r"[^ -~]")


def _kept(letter: re.Match[str]) -> str:
    found = letter[0]
    return found if found.isprintable() and not unicodedata.combining(found) else ""


_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def words(query: str) -> list[str]:
    """The folded words of a query; each must occur."""
    return fold(query).split()[:8]


def like(word: str) -> str:
    """A LIKE pattern that finds *word* anywhere; escape character is a backslash."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
