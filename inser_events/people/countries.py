"""Countries by ISO 3166-1 code, named and sorted by the CLDR in the reader's language."""

from functools import cache, lru_cache

import pycountry
from babel import Locale

from inser_events.people.search import fold

# What the CLDR calls by a name other than the one the United Nations use for their members.
_UN_NAMES = {"en": {"TR": "Türkiye", "CZ": "Czechia", "PS": "Palestine"}}


@lru_cache(maxsize=16)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and name, an empty choice first, in the alphabetical order of the language."""
    named = [(country.alpha_2, country_name(country.alpha_2, language)) for country in pycountry.countries]
    return (("", ""), *sorted(named, key=lambda pair: fold(pair[1])))


def country_name(code: str, language: str) -> str:
    """The country's name in a language; the code when the CLDR has none."""
    special = _UN_NAMES.get(language, {}).get(code)
    return special or Locale.parse(language, sep="-").territories.get(code, code)


def is_country(code: str) -> bool:
    """Whether *code* is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)
