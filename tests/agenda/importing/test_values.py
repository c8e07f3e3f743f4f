from datetime import UTC, date, datetime, time

import pytest

from inser_events.agenda.importing import values
from inser_events.agenda.importing.values import Start


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("00:45", 45),
        ("0:45", 45),
        ("8:00", 480),
        ("25:30", 1530),
        ("1:12:00", 36 * 60),
        ("00:45:00", 45),
        ("1:30:00", 90),
        ("P0DT00H10M00S", 10),
        ("PT1H30M", 90),
        ("P1D", 1440),
        ("45", 45),
        (45, 45),
        (45.0, 45),
        ("90 min", 90),
        ("1h30", 90),
        ("2 h", 120),
        ("", None),
        (None, None),
        ("soon", None),
        ("P", None),
    ],
)
def test_lengths_in_all_their_forms(written: object, minutes: int | None) -> None:
    assert values.minutes_of(written) == minutes


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("2025-09-15T09:00:00Z", Start(instant=datetime(2025, 9, 15, 9, 0, tzinfo=UTC))),
        ("2025-09-15T09:00:00+01:00", Start(instant=datetime.fromisoformat("2025-09-15T09:00:00+01:00"))),
        ("2025-09-15 09:00", Start(local=datetime(2025, 9, 15, 9, 0))),  # noqa: DTZ001 — a clock without a zone
        ("2025-09-15", None),
        ("09:00", None),
        ("2025-13-45T99:00", None),
    ],
)
def test_moments_need_a_date_and_a_time(written: str, start: Start | None) -> None:
    assert values.moment_of(written) == start


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-09-15", date(2025, 9, 15)),
        ("2025-09-15 00:00", date(2025, 9, 15)),
        ("15.09.2025", date(2025, 9, 15)),
        ("1/9/2025", date(2025, 9, 1)),
        ("31/02/2025", None),
        ("Monday", None),
    ],
)
def test_dates_put_the_day_first(written: str, day: date | None) -> None:
    assert values.day_of(written) == day


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("09:00", time(9)),
        ("9.30", time(9, 30)),
        ("9h15", time(9, 15)),
        ("09:00:00", time(9)),
        ("2:15 pm", time(14, 15)),
        ("12:00 am", time(0)),
        ("24:00", time(0)),
        ("25:00", None),
        ("nine", None),
    ],
)
def test_times_of_day(written: str, at: time | None) -> None:
    assert values.clock_of(written) == at


@pytest.mark.parametrize(
    ("written", "code"),
    [("en", "en"), ("EN", "en"), ("de_DE", "de-DE"), ("Deutsch", "de"), ("French", "fr"), ("klingon", ""), ("", "")],
)
def test_languages_by_code_and_by_name(written: str, code: str) -> None:
    assert values.language_of(written) == code


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("opening", "opening"),
        ("Talk", "plenary"),
        ("Workshop (90 min)", "workshop"),
        ("Self-organized session", "discussion"),
        ("Coffee break", "break"),
        ("DJ Set", "social"),
    ],
)
def test_types_of_talks(written: str, kind: str) -> None:
    assert values.kind_of(written) == kind


@pytest.mark.parametrize("title", ["CANCELLED: Opening", "[Canceled] Opening", "Abgesagt – Opening", "Annulé : x"])
def test_a_title_may_say_that_it_is_called_off(title: str) -> None:
    assert values.is_called_off(title)


@pytest.mark.parametrize("title", ["Cancelling noise", "How to be cancelled", "Opening"])
def test_a_title_about_cancelling_is_not_called_off(title: str) -> None:
    assert not values.is_called_off(title)


def test_plain_text_becomes_paragraphs_whatever_stands_in_it() -> None:
    assert values.paragraphs("a < b\nc\n\n<p>d") == "<p>a &lt; b<br>c</p>\n<p>&lt;p&gt;d</p>"


def test_text_per_language() -> None:
    assert values.localized_of({"en": "Hall", "de": "Saal", "fr": None}) == {"en": "Hall", "de": "Saal"}
    assert values.localized_of("Hall") == {"": "Hall"}
    assert values.text_of({"de": "Saal", "en": "Hall"}) == "Hall"
