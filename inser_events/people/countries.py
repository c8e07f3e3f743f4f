"""Countries by ISO 3166-1 code: a list to choose from in the reader's language, and finding one by its name."""

from functools import cache, lru_cache

import pycountry
from babel import Locale

from inser_events.country_names import country_name as country_name  # noqa: PLC0414 — people's code asks here
from inser_events.documents.collation import sort_key
from inser_events.people.search import fold


@lru_cache(maxsize=16)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and name, an empty choice first, in the alphabetical order of the language."""
    named = [(country.alpha_2, country_name(country.alpha_2, language)) for country in pycountry.countries]
    return (("", ""), *sorted(named, key=lambda pair: sort_key(pair[1], language)))


def code_of_country(text: str, languages: tuple[str, ...]) -> str:
    """The code of a country written as a code, or by any of its names in these languages; empty for anything else."""
    by_code = pycountry.countries.get(alpha_2=text.upper()) or pycountry.countries.get(alpha_3=text.upper())
    return str(by_code.alpha_2) if by_code else _codes_by_name(languages).get(fold(text), "")


@lru_cache(maxsize=2)
def _codes_by_name(languages: tuple[str, ...]) -> dict[str, str]:
    """Folded names, everyday ones before official ones, so that none of them takes another's."""
    codes: dict[str, str] = {}
    known = [country.alpha_2 for country in pycountry.countries]
    for language in languages:
        everyday = Locale.parse(language, sep="-").territories
        for code in known:
            codes.setdefault(fold(everyday.get(code, code)), code)
    for language in languages:
        for code in known:
            codes.setdefault(fold(country_name(code, language)), code)
    for country in pycountry.countries:
        for name in ("name", "common_name", "official_name"):
            codes.setdefault(fold(getattr(country, name, "") or country.alpha_3), country.alpha_2)
    return codes


def is_country(code: str) -> bool:
    """Whether *code* is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)
