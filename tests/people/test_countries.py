"""Lists of countries are in the alphabetical order of the reader's language, not in that of Unicode."""

import pytest

from inser_events.people.countries import country_choices


def place_of(code: str, language: str) -> int:
    return [choice for choice, _name in country_choices(language)].index(code)


@pytest.mark.parametrize(
    ("language", "in_order"),
    [
        ("en", ["DZ", "MX", "MA", "ZW"]),  # Algeria, Mexico, Morocco, Zimbabwe
        ("fr", ["DE", "EG", "ES", "MA", "MX"]),  # Allemagne, Égypte, Espagne, Maroc, Mexique
        ("es", ["AF", "DE", "ES", "MA", "MX"]),  # Afganistán, Alemania, España, Marruecos, México
        ("ru", ["AU", "IT", "YE", "MA", "JP"]),  # Австралия, Италия, Йемен, Марокко, Япония
        ("ar", ["MA", "MX", "YE", "EG"]),  # المغرب, المكسيك, اليمن, مصر: the article counts
        ("zh", ["AL", "FR", "MA", "CN"]),  # 阿 ā, 法 fǎ, 摩 mó, 中 zhōng
    ],
)
def test_countries_are_in_the_order_of_the_language(language: str, in_order: list[str]) -> None:
    places = [place_of(code, language) for code in in_order]
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_an_empty_choice_comes_first_and_no_country_is_missing(language: str) -> None:
    choices = country_choices(language)
    assert (choices[0], len({code for code, _name in choices})) == (("", ""), 250)
