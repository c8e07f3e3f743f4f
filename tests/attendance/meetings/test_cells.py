"""Cells of attendance reports, as the platforms have written them over the years."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from inser_events.attendance.meetings import cells

RABAT = ZoneInfo("Africa/Casablanca")
LAUNCH = date(2025, 9, 15)


def utc(cell: str, day: date | None = LAUNCH, zone: ZoneInfo = RABAT) -> str:
    found = cells.moment(cell)
    if found is None:
        return ""
    when = cells.in_utc(found, is_day_first=cells.day_first([found], day), day=day, zone=zone)
    return f"{when:%Y-%m-%d %H:%M:%S}" if when else "none"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("09/15/2025 11:35:16 AM", "2025-09-15 10:35:16"),
        ("9/15/25, 2:05:00\u202fPM", "2025-09-15 13:05:00"),
        ("15/09/25, 09:29:07", "2025-09-15 08:29:07"),
        ("15.09.2025 09:29", "2025-09-15 08:29:00"),
        ("2025-09-15 09:29:07", "2025-09-15 08:29:07"),
        ("2025-09-15T09:29:07Z", "2025-09-15 09:29:07"),
        ("2025-09-15 09:29:07 +02:00", "2025-09-15 07:29:07"),
        ("2025-09-15 09:29:07 UTC", "2025-09-15 09:29:07"),
        ("Sep 15, 2025 9:29 PM", "2025-09-15 20:29:00"),
        ("Sep 15, 2025 12:05 AM", "2025-09-14 23:05:00"),
        ("15 septembre 2025 à 09:29", "2025-09-15 08:29:00"),
        ("15 de septiembre de 2025 9:29", "2025-09-15 08:29:00"),
        ("15 сентября 2025 г., 09:29", "2025-09-15 08:29:00"),
        ("٢٠٢٥-٠٩-١٥ ٠٩:٢٩", "2025-09-15 08:29:00"),
        ("2025年9月15日 下午2:05", "2025-09-15 13:05:00"),
        ('="2025-09-15 17:00:00"', "2025-09-15 16:00:00"),
        ("9:02 AM", "2025-09-15 08:02:00"),
        ("09:02:33", "2025-09-15 08:02:33"),
        ("2026-02-20 09:00", "2026-02-20 09:00:00"),  # Ramadan: no hour between Rabat and UTC
        ("", ""),
        ("later", ""),
        ("15/09/2025", ""),
        ("25:61", ""),
        ("2025-02-31 09:00", "none"),
    ],
)
def test_moment_in_utc(cell: str, told: str) -> None:
    assert utc(cell) == told


def test_day_before_month_is_decided_by_any_cell_of_the_file() -> None:
    moments = [one for cell in ("03/04/2025 09:00", "25/04/2025 09:00") if (one := cells.moment(cell))]
    assert cells.day_first(moments, None)
    american = [one for cell in ("03/04/2025 09:00", "04/25/2025 9:00") if (one := cells.moment(cell))]
    assert not cells.day_first(american, None)


def test_day_before_month_is_decided_by_the_day_of_the_event() -> None:
    moments = [one for cell in ("06/05/2025 09:00", "06/05/2025 10:00") if (one := cells.moment(cell))]
    assert cells.day_first(moments, date(2025, 5, 6))
    assert not cells.day_first(moments, date(2025, 6, 5))


@pytest.mark.parametrize("day", [None, date(2024, 1, 1)])
def test_date_that_can_be_read_in_two_ways_is_not_guessed(day: date | None) -> None:
    found = cells.moment("06/05/2025 09:00")
    assert found is not None
    with pytest.raises(cells.UndecidableDate):
        cells.day_first([found], day)


def test_time_alone_needs_a_day() -> None:
    found = cells.moment("9:02 AM")
    assert found is not None
    with pytest.raises(cells.UndecidableDate):
        cells.in_utc(found, is_day_first=True, day=None, zone=RABAT)


def test_the_same_day_and_month_needs_no_decision() -> None:
    found = cells.moment("05/05/2025 09:00")
    assert found is not None
    when = cells.in_utc(found, is_day_first=cells.day_first([found], None), day=None, zone=RABAT)
    assert when == datetime(2025, 5, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("62", 62), ("1 hr 2 min", 62), ("58 min", 58), ("204 mins", 204), ("19m 30s", 19.5), ("1h 2m 30s", 62.5),
        ("01:02:30", 62.5), ("02:30", 2.5), ("1 h 2 min", 62), ("1 ч 2 мин", 62), ("1小时2分钟", 62), ("62,5", 62.5),
        ("1 uur 2 m", 62), ("-", None), ("", None), ("soon", None),
    ],
)  # fmt: skip
def test_duration_in_minutes(cell: str, minutes: float | None) -> None:
    assert cells.minutes(cell) == minutes


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Lamiae Ghaouti", "Lamiae Ghaouti"),
        ("Lamiae Ghaouti (Guest)", "Lamiae Ghaouti"),
        ("JANSSENS JAN (EXT)", "JANSSENS JAN"),
        ("Lamiae Ghaouti (Invité)", "Lamiae Ghaouti"),
        ("Ghaouti, Lamiae (External)", "Lamiae Ghaouti"),
        ("García Simón, Pedro", "Pedro García Simón"),
        ("Jane Roe, FAO", "Jane Roe"),
        ("Jane Roe, PhD", "Jane Roe"),
        ("[INRA] Lamiae Ghaouti", "Lamiae Ghaouti"),
        ("iPad (Lamiae Ghaouti)", "Lamiae Ghaouti"),
        ("Lamiae (Lamiae Ghaouti)", "Lamiae Ghaouti"),
        ("Lamiae Ghaouti (lg)", "Lamiae Ghaouti"),
        ("Lamiae Ghaouti (iPhone)", "Lamiae Ghaouti"),
        ("لمياء غوتي (ضيف)", "لمياء غوتي"),
        ("+212 5 37 77 26", "+212 5 37 77 26"),
        ("[only this]", "[only this]"),
        ("", ""),
    ],
)
def test_name_without_what_stands_around_it(shown: str, name: str) -> None:
    assert cells.name(shown) == name


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("Amina@Example.ORG", "amina@example.org"),
        ("anonymous", ""),
        ("", ""),
        ("a b@c", ""),
        ("mailto:a@b.org", "a@b.org"),
    ],
)
def test_address(cell: str, email: str) -> None:
    assert cells.email(cell) == email
