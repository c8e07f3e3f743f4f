"""VTIMEZONE components give the same instants as zoneinfo, read by dateutil and by icalendar."""

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped] # its stubs are a package we do not need otherwise
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Timezone

from inser_events.documents.timezones import observances, vtimezone

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and zone.split("/")[0] not in {"posix", "right"})
CASABLANCA = "Africa/Casablanca"

moments = st.datetimes(datetime(1902, 1, 3), datetime(2099, 12, 28), timezones=st.just(UTC))  # noqa: DTZ001 — hypothesis adds UTC


def read_by_dateutil(lines: list[str]) -> tzinfo:
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    zone = tzical(StringIO(text)).get()
    assert isinstance(zone, tzinfo)
    return zone


def read_by_icalendar(lines: list[str]) -> tzinfo:
    component = Timezone.from_ical("\r\n".join([*lines, ""]))
    assert isinstance(component, Timezone)
    zone = component.to_tz(lookup_tzid=False)
    assert isinstance(zone, tzinfo)
    return zone


def local_time(zone: str, at: datetime) -> datetime:
    """What a calendar file says: the clock's time without its zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def assert_same_instant(zone: str, at: datetime, lines: list[str]) -> None:
    local = local_time(zone, at)
    if not local.fold:  # said in UTC by the calendar, because a file cannot say "the second 02:30"
        assert local.replace(tzinfo=read_by_dateutil(lines)).astimezone(UTC) == at


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (datetime(2025, 9, 15, 9, tzinfo=UTC), 1),
        (datetime(2026, 2, 20, 9, tzinfo=UTC), 0),
        (datetime(2026, 3, 25, 9, tzinfo=UTC), 1),
        (datetime(2027, 2, 15, 9, tzinfo=UTC), 0),
    ],
)
@pytest.mark.parametrize("reader", [read_by_dateutil, read_by_icalendar])
def test_morocco_in_and_out_of_ramadan(reader: object, day: datetime, hours: int) -> None:
    assert callable(reader)
    zone = reader(vtimezone(CASABLANCA, day, day))
    assert local_time(CASABLANCA, day).replace(tzinfo=zone).utcoffset() == timedelta(hours=hours)


def test_every_day_of_ramadan_in_two_years() -> None:
    first, last = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 12, 31, 12, tzinfo=UTC)
    zone = read_by_dateutil(vtimezone(CASABLANCA, first, last))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    read = [local_time(CASABLANCA, day).replace(tzinfo=zone).astimezone(UTC) for day in days]
    assert read == days


def test_lines_of_a_ramadan_year() -> None:
    at = datetime(2026, 2, 20, tzinfo=UTC)
    assert vtimezone(CASABLANCA, at, at) == [
        "BEGIN:VTIMEZONE",
        "TZID:Africa/Casablanca",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700101T010000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "TZNAME:+01",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20260215T030000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:+00",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260322T020000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:+01",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), moments)
@example("Europe/Rome", datetime(2025, 3, 30, 1, 0, tzinfo=UTC))
@example("Europe/Rome", datetime(2025, 10, 26, 0, 30, tzinfo=UTC))
@example("Asia/Kathmandu", datetime(1985, 12, 31, 18, 30, tzinfo=UTC))
@example("America/St_Johns", datetime(2025, 11, 2, 4, 31, tzinfo=UTC))
@example("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC))
@example("Africa/Monrovia", datetime(1971, 6, 1, 12, 0, tzinfo=UTC))
@example("Europe/Dublin", datetime(2025, 7, 1, 12, 0, tzinfo=UTC))
def test_any_zone_at_any_time_is_read_as_zoneinfo_says(zone: str, at: datetime) -> None:
    assert_same_instant(zone, at, vtimezone(zone, at, at))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([CASABLANCA, "Europe/Rome", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]), st.data())
def test_hours_around_each_change_are_read_as_zoneinfo_says(zone: str, data: st.DataObject) -> None:
    first, last = datetime(2010, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    onset = data.draw(
        st.sampled_from([observance.onset for observance in observances(zone, first, last)][1:] or [last])
    )
    at = onset + timedelta(minutes=data.draw(st.integers(-180, 180)))
    assert_same_instant(zone, at, vtimezone(zone, at, at))


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT-5", "Asia/Kolkata", "Asia/Kathmandu"])
def test_a_zone_without_changes_has_one_standard_time(zone: str) -> None:
    at = datetime(2025, 9, 15, tzinfo=UTC)
    lines = vtimezone(zone, at, at)
    assert [line for line in lines if line.startswith("BEGIN")] == ["BEGIN:VTIMEZONE", "BEGIN:STANDARD"]
    assert_same_instant(zone, at, lines)


def test_offsets_with_seconds_are_kept() -> None:
    at = datetime(1971, 6, 1, tzinfo=UTC)
    assert "TZOFFSETTO:-004430" in vtimezone("Africa/Monrovia", at, at)


def test_component_covers_all_years_between() -> None:
    first, last = datetime(2024, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
    assert len(observances("Europe/Rome", first, last)) == 1 + 2 * 4


def test_component_stays_the_same_while_an_agenda_moves_within_a_year() -> None:
    spring, autumn = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC)
    assert vtimezone("Europe/Rome", spring, spring) == vtimezone("Europe/Rome", autumn, autumn)


def test_unknown_zone_is_refused() -> None:
    at = datetime(2025, 9, 15, tzinfo=UTC)
    with pytest.raises(ZoneInfoNotFoundError):
        vtimezone("Mars/Olympus", at, at)
