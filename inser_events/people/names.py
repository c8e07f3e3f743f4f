"""A name typed or pasted as one line, taken apart, and where a name stands in the alphabet."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from inser_events.documents.collation import Key, is_familiar, sort_key
from inser_events.people.models import PersonFields

_HONORIFICS = frozenset(
    [
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "h.e", "hon", "eng", "ing"),
        *("ambassador", "amb", "m", "mme", "mlle", "pr", "dre", "pre", "s.e", "s.e.m", "sr", "sra", "srta", "dra"),
        *("г-н", "г-жа", "д-р", "проф"),
    ]
)
"""Lower case, without the final full stop."""

_FAMILY_LETTERS = 2
"""A family name in capitals has at least two letters; one alone is an initial."""


class NameParts(NamedTuple):
    """A name in its parts. A person with one name has only a family name."""

    honorific: str
    given_name: str
    family_name: str


def name_parts(text: str) -> NameParts:
    """Take a name apart: ``Ms. Lamiae GHAOUTI`` and ``Prof. Dr Lifeng Li`` come out right.

    Words in capitals are the family name wherever they stand, as the United Nations write it; else the last word is.
    A name without blanks, as Chinese names are written, stays whole.
    """
    words = text.split()
    count = 0
    while count < len(words) - 1 and _is_honorific(words[count]):
        count += 1
    honorific, rest = " ".join(words[:count]), words[count:]
    capitals = [_in_capitals(word) for word in rest]
    if any(capitals) and not all(capitals):
        family = [word for word, capital in zip(rest, capitals, strict=True) if capital]
        given = [word for word, capital in zip(rest, capitals, strict=True) if not capital]
        return NameParts(honorific, " ".join(given), " ".join(family))
    return NameParts(honorific, " ".join(rest[:-1]), rest[-1] if rest else "")


def _is_honorific(word: str) -> bool:
    return word.casefold().rstrip(".") in _HONORIFICS


def _in_capitals(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) >= _FAMILY_LETTERS and all(letter.isupper() for letter in letters)


P = TypeVar("P", bound=PersonFields)


@lru_cache(maxsize=4096)
def name_key(family_name: str, given_name: str, name_latin: str, language: str) -> Key:
    """Where a name stands for readers of *language*: by family name, in letters they know if there are such."""
    if name_latin and not is_familiar(family_name, language):
        parts = name_parts(name_latin)
        family_name, given_name = parts.family_name, parts.given_name
    # A sign that sorts before every letter, so that Li Wei comes before Lian An.
    return sort_key(f"{family_name}\t{given_name}", language)


def by_name(people: Iterable[P], language: str) -> list[P]:
    """People in the order of the alphabet, as readers of *language* know it."""
    return sorted(people, key=lambda one: name_key(one.family_name, one.given_name, one.name_latin, language))
