from datetime import time

import pytest

from inser_events.agenda.pasting import PastedEntry, read_agenda
from inser_events.people.operations import PersonData


def only(text: str) -> PastedEntry:
    pasted = read_agenda(text)
    assert pasted.unread == []
    (entry,) = pasted.entries
    return entry


@pytest.mark.parametrize(
    ("line", "starts", "minutes", "title"),
    [
        ("09:00-09:15 Opening remarks", time(9), 15, "Opening remarks"),
        ("09:00 – 09:15: Opening remarks", time(9), 15, "Opening remarks"),
        ("8 :00-8 :30 Accueil des participants", time(8), 30, "Accueil des participants"),
        ("14h-14h30 Discussion", time(14), 30, "Discussion"),
        ("9h15 à 10h Vision", time(9, 15), 45, "Vision"),
        ("10.30 - 11.00 Pause café", time(10, 30), 30, "Pause café"),
        ("2:00 pm - 3:30 PM Field visit", time(14), 90, "Field visit"),
        ("22:00-01:00 Dinner", time(22), 180, "Dinner"),
        ("• 09:00—09:45 | Plenary", time(9), 45, "Plenary"),
        ("09:00\t09:20\tVision", time(9), 20, "Vision"),
        ("9：00－9：30 开幕", time(9), 30, "开幕"),
        ("11:00 Closing (20 min)", time(11), 20, "Closing"),
    ],
)
def test_a_line_with_a_time_is_read(line: str, starts: time, minutes: int, title: str) -> None:
    entry = only(line)
    assert (entry.starts_at, entry.minutes, entry.title) == (starts, minutes, title)


def test_people_stand_after_a_dash() -> None:
    entry = only("09:00-09:15 Opening remarks — Mr Lifeng Li, Director, Land and Water Division, FAO; Yuxin Tong (FAO)")
    assert entry.people == (
        PersonData(
            honorific="Mr",
            given_name="Lifeng",
            family_name="Li",
            job_title="Director, Land and Water Division",
            organisation="FAO",
        ),
        PersonData(given_name="Yuxin", family_name="Tong", organisation="FAO"),
    )


def test_a_hyphen_inside_a_word_is_part_of_the_title() -> None:
    assert only("09:00-09:15 Land-use change and run-off").title == "Land-use change and run-off"


def test_people_may_stand_on_lines_of_their_own() -> None:
    pasted = read_agenda("09:00-10:00 Panel\n  Ms Lamiae Ghaouti, INRA\n  Thorunn Petursdottir, FAO")
    assert [person.family_name for person in pasted.entries[0].people] == ["Ghaouti", "Petursdottir"]


def test_a_missing_end_is_the_next_start() -> None:
    pasted = read_agenda("09:00 Opening\n09:20 Vision\n10:00 Closing")
    assert [(entry.minutes, entry.guessed) for entry in pasted.entries] == [(20, False), (40, False), (30, True)]


def test_empty_lines_part_blocks() -> None:
    pasted = read_agenda("09:00-09:10 A\n09:10-09:20 B\n\n10:00-10:10 C")
    assert [[entry.title for entry in block.entries] for block in pasted.blocks] == [["A", "B"], ["C"]]


def test_a_line_above_a_block_is_its_heading() -> None:
    pasted = read_agenda("Session 1: Opening\n09:00-09:10 A\n\n10:00-10:10 C")
    assert [block.title for block in pasted.blocks] == ["Session 1: Opening", "C"]


def test_what_cannot_be_read_is_named_by_its_line() -> None:
    pasted = read_agenda("Programme\n09:00-09:10 A\n25:00 nonsense\n09:61 odd\n12:00-13:00")
    assert [(line.number, line.text) for line in pasted.unread] == [
        (1, "Programme"),
        (3, "25:00 nonsense"),
        (4, "09:61 odd"),
        (5, "12:00-13:00"),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Coffee break", "break"), ("Cérémonie d’ouverture", "opening"), ("Table ronde", "panel"), ("Vision", "plenary")],
)
def test_the_kind_follows_from_the_words(title: str, kind: str) -> None:
    assert only(f"09:00-10:00 {title}").kind == kind


@pytest.mark.parametrize("text", ["", "\n\n", "no times here", "::::", "9", "—", "09:00", "\x00", "1" * 5000])
def test_any_text_is_survived(text: str) -> None:
    assert read_agenda(text).entries == []
