"""What readers see of dates, zones, names and labels, in several languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from inser_events.web import filters

LAUNCH = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
RAMADAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RABAT = "Africa/Casablanca"


def single_spaced(text: str) -> str:
    """The text with the thin and unbreakable spaces of the CLDR made plain."""
    return text.replace("\N{THIN SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@dataclass(frozen=True)
class Somebody:
    """A person with a name."""

    name: str
    honorific: str = ""


@pytest.fixture(autouse=True)
def english_page() -> Iterator[None]:
    """A page in English; `force_locale` makes it one in another language."""
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def test_plain_prefers_the_language_of_the_page() -> None:
    with force_locale("fr"):
        assert filters.plain({"en": "Opening", "fr": "Ouverture"}) == "Ouverture"


def test_plain_falls_back_to_english_then_to_any() -> None:
    with force_locale("ru"):
        assert filters.plain({"fr": "Ouverture", "en": "Opening"}) == "Opening"
        assert filters.plain({"fr": "Ouverture"}) == "Ouverture"


def test_plain_of_nothing_is_empty() -> None:
    assert filters.plain({}) == ""


def test_localized_text_in_the_language_of_the_page_is_bare() -> None:
    assert filters.localized({"en": "Soil & water"}) == "Soil &amp; water"


def test_localized_text_in_another_language_says_so() -> None:
    assert filters.localized({"ar": "تربة <b>"}) == '<span lang="ar" dir="rtl">تربة &lt;b&gt;</span>'


def test_rich_text_in_another_language_says_so() -> None:
    assert filters.rich({"fr": "<p>Sol</p>"}) == '<div lang="fr" dir="ltr"><p>Sol</p></div>'
    assert filters.rich({"en": "<p>Soil</p>"}) == "<p>Soil</p>"


@pytest.mark.parametrize(("at", "clock"), [(LAUNCH, "09:00"), (RAMADAN, "08:00")])
def test_time_follows_the_zone_in_and_out_of_ramadan(at: datetime, clock: str) -> None:
    assert filters.clock_time(at, RABAT) == clock


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        (RABAT, LAUNCH, "Casablanca time, UTC+01:00"),
        (RABAT, RAMADAN, "Casablanca time, UTC"),
        ("America/St_Johns", LAUNCH, "St John’s time, UTC\N{MINUS SIGN}02:30"),
        ("Asia/Kathmandu", LAUNCH, "Kathmandu time, UTC+05:45"),
        ("UTC", LAUNCH, "UTC"),
    ],
)
def test_zone_name_says_the_offset_at_that_instant(zone: str, at: datetime, name: str) -> None:
    assert filters.zone_name(zone, at) == name


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Monday 15 September 2025"),
        ("fr", "lundi 15 septembre 2025"),
        ("es", "lunes, 15 de septiembre de 2025"),
        ("ru", "понедельник, 15 сентября 2025 г."),
        ("zh", "2025年9月15日星期一"),
        ("ar", "الاثنين، 15 سبتمبر 2025"),
    ],
)
def test_day_is_written_out_in_every_language(language: str, words: str) -> None:
    with force_locale(language):
        assert single_spaced(filters.day(date(2025, 9, 15))) == words


@pytest.mark.parametrize(
    ("ends_on", "words"),
    [
        (date(2025, 6, 29), "29 June 2025"),
        (date(2025, 6, 30), "29\N{EN DASH}30 June 2025"),
        (date(2025, 7, 2), "29 June \N{EN DASH} 2 July 2025"),
        (date(2026, 1, 2), "29 June 2025 \N{EN DASH} 2 January 2026"),
    ],
)
def test_date_range_says_once_what_its_ends_share(ends_on: date, words: str) -> None:
    assert single_spaced(filters.date_range(date(2025, 6, 29), ends_on)) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "3\N{EN DASH}5 juin 2025"),
        ("es", "3\N{EN DASH}5 de junio de 2025"),
        ("ru", "3\N{EN DASH}5 июня 2025 г."),
        ("zh", "2025年6月3日至5日"),
        ("ar", "3\N{EN DASH}5 يونيو 2025"),
    ],
)
def test_date_range_has_whole_month_names_in_every_language(language: str, words: str) -> None:
    with force_locale(language):
        assert single_spaced(filters.date_range(date(2025, 6, 3), date(2025, 6, 5))) == words


def test_moment_is_on_the_clock_of_the_event() -> None:
    late = datetime(2025, 9, 14, 23, 30, tzinfo=UTC)
    assert filters.moment(late, RABAT) == "15 September 2025, 00:30"


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "15 septembre 2025, 00:30"), ("ar", "15 سبتمبر 2025، 00:30"), ("zh", "2025年9月15日，00:30")],
)
def test_a_moment_has_the_comma_of_its_language(language: str, text: str) -> None:
    with force_locale(language):
        assert filters.moment(datetime(2025, 9, 14, 23, 30, tzinfo=UTC), RABAT) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "15 Sept"), ("fr", "15 sept."), ("ar", "15 سبتمبر"), ("zh", "9月15日"), ("ru", "15 сент.")],
)
def test_a_day_for_a_narrow_place(language: str, text: str) -> None:
    with force_locale(language):
        assert filters.day_of_year(date(2025, 9, 15)) == text


@pytest.mark.parametrize(("count", "words"), [(45, "45 min"), (120, "2 h"), (90, "1 h 30 min"), (0, "0 min")])
def test_minutes_read_as_people_say_them(count: int, words: str) -> None:
    assert filters.minutes(count) == words


def test_duration_is_the_time_between() -> None:
    assert filters.duration(LAUNCH, datetime(2025, 9, 15, 9, 15, tzinfo=UTC)) == "1 h 15 min"


def test_country_is_named_in_the_language_of_the_page() -> None:
    with force_locale("ar"):
        assert filters.country("MA") == "المغرب"
    assert filters.country("ma") == "Morocco"
    assert filters.country("ZZZ") == "ZZZ"
    assert filters.country("") == ""


def test_language_names_start_with_a_capital() -> None:
    with force_locale("fr"):
        assert filters.language_name("ar") == "Arabe"
    assert filters.language_name("xx") == "Xx"


def test_language_names_are_joined_as_the_language_of_the_page_does() -> None:
    assert filters.language_names(["en", "fr", "ar"]) == "English, French and Arabic"
    assert filters.language_names(["en"]) == "English"
    assert filters.language_names([]) == ""
    with force_locale("es"):
        assert filters.language_names(["en", "fr"]) == "Inglés y Francés"


@pytest.mark.parametrize(("code", "name"), [("zh", "中文"), ("pt", "português"), ("not-a-language", "not-a-language")])
def test_endonym_is_the_name_a_language_gives_itself(code: str, name: str) -> None:
    assert filters.endonym(code) == name


def test_person_name_is_escaped_and_isolated() -> None:
    assert filters.person_name(Somebody("王 <小明>", "Mr")) == "<bdi>Mr 王 &lt;小明&gt;</bdi>"


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("mode_label", "in_person", "In person"),
        ("role_label", "panellist", "Panellist"),
        ("category_label", "delegate", "Delegate"),
        ("state_label", "waitlisted", "Waiting list"),
        ("kind_label", "plenary", "Plenary assembly"),
        ("purpose_label", "information_and_decision", "For information and decision"),
        ("category_label", "interpreter_team", "Interpreter team"),
    ],
)
def test_stored_values_have_words_and_unknown_ones_stay_readable(label: str, value: str, words: str) -> None:
    assert filters.FILTERS[label](value) == words


def test_a_filter_over_a_fixed_value_is_asked_for_every_page() -> None:
    """Jinja would otherwise keep the language of whoever opened the page first."""
    app = Flask(__name__)
    Babel(app, default_locale="en")
    filters.register(app)
    legend = app.jinja_env.from_string("{{ 'MA'|country }}, {% set other = 'FR'|country %}{{ other }}")
    with app.test_request_context(), force_locale("en"):
        assert legend.render() == "Morocco, France"
    with app.test_request_context(), force_locale("es"):
        assert legend.render() == "Marruecos, Francia"


def test_a_range_of_times_reads_from_the_left_in_every_language() -> None:
    ends = LAUNCH + timedelta(hours=1, minutes=30)
    assert filters.time_range(LAUNCH, ends, RABAT) == "09:00–10:30"
    with force_locale("ar"):
        assert filters.time_range(LAUNCH, ends, RABAT) == "09:00\u200e–\u200e10:30"
