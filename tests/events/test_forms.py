import pytest

from inser_events.events.forms import rooms_from, zone_choices
from inser_events.events.operations import RoomData


@pytest.mark.parametrize(
    ("line", "name", "capacity"),
    [
        ("Plenary hall, 200", "Plenary hall", 200),
        ("Plenary hall;200", "Plenary hall", 200),
        ("全体会议厅，200", "全体会议厅", 200),
        ("القاعة الكبرى، 200", "القاعة الكبرى", 200),
        ("Plenary hall: 200 ", "Plenary hall", 200),
        ("Room 3", "Room 3", None),
        ("Hall A, left, 20", "Hall A, left", 20),
        ("القاعة الكبرى, 50", "القاعة الكبرى", 50),
        ("Cellar, 0", "Cellar", None),
        ("Hall, 12345678", "Hall, 12345678", None),
    ],
)
def test_a_room_in_one_line(line: str, name: str, capacity: int | None) -> None:
    assert rooms_from(line, "en") == [RoomData({"en": name}, capacity)]


def test_blank_lines_are_no_rooms() -> None:
    assert rooms_from("\n  \n, 20\n", "en") == []


def test_zones_are_places_and_utc() -> None:
    names = [name for name, _label in zone_choices()]
    assert (names[0], "Africa/Casablanca" in names, "US/Eastern" in names) == ("UTC", True, False)


def test_an_unusual_zone_of_an_event_stays_choosable() -> None:
    assert zone_choices("US/Eastern")[0] == ("US/Eastern", "US/Eastern")
