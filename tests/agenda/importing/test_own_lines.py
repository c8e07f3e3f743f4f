"""The lines of our own exports, taken apart again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from inser_events.agenda.importing.own_lines import best_words, read_course, words_in
from inser_events.agenda.importing.tree import ReadPerson

pytestmark = pytest.mark.usefixtures("app")
NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
RABAT = ZoneInfo("Africa/Casablanca")
PEOPLE = [
    ReadPerson(name="Li", key="1"),
    ReadPerson(name="Li Wei", key="2"),
    ReadPerson(name="Ada", key="3"),
    ReadPerson(name="Ada", key="4"),
]


def told(text: str, people: list[ReadPerson] | None = PEOPLE) -> tuple[list[str], list[str]] | None:
    """Leads and slots in short."""
    course = read_course(text, NINE, RABAT, words_in("en"), people)
    if course is None:
        return None

    def short(person: ReadPerson) -> str:
        return f"{person.key} {person.role} {person.honorific}|{person.name}|{person.organisation}"

    leads = [short(person) for person in course.leads]
    slots = [f"{slot.minutes} {slot.kind} {slot.title}: {list(map(short, slot.people))}" for slot in course.slots]
    return leads, slots


def test_leads_and_slots() -> None:
    text = "Chair: Ms Ada (FAO, Rome)\n09:00–09:20 Opening — Mr Li (FAO), Moderator: Li Wei\n09:20–09:50 Talk"
    assert told(text) == (
        ["3 chair Ms|Ada|FAO, Rome"],
        ["20 talk Opening: ['1 speaker Mr|Li|FAO', '2 moderator |Li Wei|']", "30 talk : []"],
    )


def test_a_dash_in_a_title_stays_there() -> None:
    assert told("09:00–09:20 Soil — a history — Li") == ([], ["20 talk Soil — a history: ['1 speaker |Li|']"])


def test_people_nobody_knows_stay_in_the_title() -> None:
    assert told("09:00–09:20 Opening — Somebody Else") == ([], ["20 talk Opening — Somebody Else: []"])


def test_namesakes_are_told_apart_by_what_stands_beside_them() -> None:
    text = "09:00–09:10 A — Ada (FAO)\n09:10–09:20 B — Ada (JRC)\n09:20–09:30 C — Ada (FAO)"
    course = told(text)
    assert course is not None
    assert [line.rpartition("['")[2][0] for line in course[1]] == ["3", "4", "3"]


def test_namesakes_in_one_line_are_two() -> None:
    assert told("09:00–09:10 A — Ada, Ada") == ([], ["10 talk A: ['3 speaker |Ada|', '4 speaker |Ada|']"])


def test_a_label_of_a_kind_is_no_title() -> None:
    assert told("09:00–09:10 Remarks — Li") == ([], ["10 remarks : ['1 speaker |Li|']"])


@pytest.mark.parametrize("text", ["10:00–10:20 Late", "09:00–09:10 A\n09:20–09:30 B", "09:00–09:10 A\nno time"])
def test_lines_that_do_not_follow_each_other_are_no_course(text: str) -> None:
    assert told(text) is None


def test_past_midnight_and_a_whole_day() -> None:
    late = datetime(2025, 9, 15, 22, 30, tzinfo=UTC)
    course = read_course("23:30–00:30 A\n00:30–00:30 B", late, RABAT, words_in("en"), [])
    assert course is not None
    assert [slot.minutes for slot in course.slots] == [60, 1440]


def test_a_slot_across_a_change_of_the_clocks() -> None:
    before = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    course = read_course("02:30–02:30 A", before, ZoneInfo("Europe/Rome"), words_in("en"), [])
    assert course is not None
    assert [slot.minutes for slot in course.slots] == [60]


def test_a_calendar_names_people_without_a_list() -> None:
    assert told("09:00–09:10 A — Dr Ada Lovelace (FAO, Rome), Chair: Li", None) == (
        [],
        [
            (
                "10 talk A: ['words:Dr Ada Lovelace (FAO, Rome) speaker Dr|Ada Lovelace|FAO, Rome', "
                "'words:Li () chair |Li|']"
            )
        ],
    )


def test_words_are_english_when_nothing_tells_otherwise() -> None:
    assert best_words([], ["en"]).language == "en"
