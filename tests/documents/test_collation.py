"""The order of the alphabet; the expected orders are ICU's (release 78, CLDR 48)."""

import pytest

from inser_events.documents.collation import sort_key

ORDERS = {
    "en": [
        "Afghanistan",
        "Åland Islands",
        "Albania",
        "Côte d’Ivoire",
        "Morocco",
        "Réunion",
        "Romania",
        "Türkiye",
        "Zambia",
    ],
    "fr": ["Afghanistan", "Égypte", "El Salvador", "Maroc", "Maurice", "Nigéria", "Norvège", "Tchad", "Tchéquie"],
    "es": ["España", "Marruecos", "Namibia", "Nunez", "Nuoz", "ñandu", "Omán", "Peñalver", "Perú"],
    "ru": ["Гаити", "Гайана", "Ежов", "Елкин", "Ёлкин", "Израиль", "Италия", "Йемен", "Марокко", "Morocco"],
    "ar": ["آيسلندا", "إثيوبيا", "أذربيجان", "ألبانيا", "الجزائر", "المغرب", "تونس", "مصر", "Morocco"],
    "zh": ["阿尔巴尼亚", "埃及", "巴西", "法国", "梵蒂冈", "菲律宾", "摩洛哥", "瑙鲁", "中国", "Morocco"],
}


@pytest.mark.parametrize("language", ORDERS)
def test_names_stand_in_the_order_of(language: str) -> None:
    expected = ORDERS[language]
    assert sorted(set(expected), key=lambda name: sort_key(name, language)) == expected


def test_accents_and_capitals_decide_only_between_equal_words() -> None:
    expected = ["cote", "coté", "côte", "côté", "coteau", "eric", "Eric", "Éric", "Erica"]
    assert sorted(set(expected), key=lambda word: sort_key(word, "fr")) == expected


def test_blanks_and_signs_come_before_letters() -> None:
    expected = ["Al-Hassan", "Alhassan", "d'Arc", "Darc", "de Ferrari", "Deb"]
    assert sorted(set(expected), key=lambda word: sort_key(word, "en")) == expected


@pytest.mark.parametrize("text", ["", " ", "👩‍👩‍👧", "\ufdfa", "١٢", "a\u0300\u0301" * 50, "\ud800"])
def test_any_text_has_a_place(text: str) -> None:
    assert sort_key(text, "zh") <= sort_key(text, "zh")
