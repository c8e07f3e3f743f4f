"""One name for a country, wherever it is written."""

import pytest
from flask import Flask

from inser_events.country_names import OFFICIAL, country_name
from inser_events.languages import INTERFACE
from inser_events.people.countries import code_of_country, country_choices, is_country
from inser_events.web.filters import country


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("VN", "en", "Viet Nam"),
        ("vn", "fr", "Viet Nam"),
        ("BO", "es", "Bolivia (Estado Plurinacional de)"),
        ("RU", "ru", "Российская Федерация"),
        ("KR", "zh", "大韩民国"),
        ("PS", "ar", "دولة فلسطين"),
        ("MA", "en", "Morocco"),
        ("MA", "de", "Marokko"),
        ("US", "en-GB", "United States of America"),
        ("XX", "en", "XX"),
    ],
)
def test_countries_have_their_official_names(code: str, language: str, name: str) -> None:
    assert country_name(code, language) == name


def test_pages_choices_and_papers_use_the_same_names(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert dict(country_choices("en"))["VN"] == country("VN") == country_name("VN", "en")


@pytest.mark.parametrize("language", sorted(OFFICIAL))
def test_every_official_name_is_of_a_country_and_finds_it(language: str) -> None:
    wrong = [
        code
        for code, name in OFFICIAL[language].items()
        if not is_country(code) or code_of_country(name, INTERFACE) != code
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Vietnam", "VN"),
        ("Viet Nam", "VN"),
        ("South Korea", "KR"),
        ("Russia", "RU"),
        ("Russian Federation", "RU"),
        ("Corée du Sud", "KR"),
        ("Republic of the Congo", "CG"),
        ("COD", "CD"),
        ("Atlantis", ""),
    ],
)
def test_a_country_is_found_by_its_everyday_and_official_names(text: str, code: str) -> None:
    assert code_of_country(text, INTERFACE) == code
