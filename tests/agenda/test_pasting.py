from datetime import date, time

import pytest

from inser_events.agenda.pasting import PastedEntry, on_days, read_agenda
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


@pytest.mark.parametrize(
    ("line", "at", "minutes", "title"),
    [
        ("De 10h30 à 12h00 : Panel", "10:30", 90, "Panel"),
        ("From 9:00 to 9:45 Vision", "09:00", 45, "Vision"),
        ("с 9.00 до 9.30 Регистрация", "09:00", 30, "Регистрация"),
        ("9:00 a 9:30 h Registro", "09:00", 30, "Registro"),
        ("10:15–11:00 (CEST) Goals", "10:15", 45, "Goals"),
        ("10:20 - 11:00 hrs Item 2", "10:20", 40, "Item 2"),
        ("9:00-9:30 UTC+2 Opening", "09:00", 30, "Opening"),
        ("0900-0930 Opening", "09:00", 30, "Opening"),
        ("下午2:00-3:00 开幕", "14:00", 60, "开幕"),
        ("上午10:00-10:30 茶歇", "10:00", 30, "茶歇"),
        ("٠٩:٠٠ – ٠٩:٣٠ التسجيل", "09:00", 30, "التسجيل"),
        ("9:00 Hydrology of slopes (30 min)", "09:00", 30, "Hydrology of slopes"),
    ],
)
def test_times_as_people_write_them(line: str, at: str, minutes: int, title: str) -> None:
    [entry] = read_agenda(line).entries
    assert (f"{entry.starts_at:%H:%M}", entry.minutes, entry.title) == (at, minutes, title)


@pytest.mark.parametrize("line", ["2025-2026 strategy", "Room 1200", "9 speakers", "x" * 5000])
def test_what_is_no_time_is_left_out(line: str) -> None:
    assert (read_agenda(line).entries, len(read_agenda(line).unread)) == ([], 1)


ROWS = {
    "names above": "Start\tEnd\tTitle\tSpeaker\tOrganisation\n09:00\t09:15\tRemarks\tLifeng Li\tFAO",
    "one name above both times": "Time\tSession\tSpeaker\tOrganisation\n09:00\t09:15\tRemarks\tLifeng Li\tFAO",
    "lengths": "Heure\tDurée\tTitre\tIntervenant\n9h00\t15 min\tRemarks\tLifeng Li, FAO",
    "other order": "Title\tSpeaker\tStart\tMinutes\nRemarks\tLifeng Li, FAO\t9:00\t15",
    "nothing above": "9:00\t9:15\tRemarks\tLifeng Li\tFAO",
    "a length": "9:00\t15\tRemarks\tLifeng Li, FAO",
    "drawn": "| Time | Session | Speaker |\n|---|---|---|\n| 09:00 – 09:15 | Remarks | Lifeng Li, FAO |",
}


@pytest.mark.parametrize("name", ROWS)
def test_cells_of_a_spreadsheet(name: str) -> None:
    pasted = read_agenda(ROWS[name])
    [entry] = pasted.entries
    [person] = entry.people
    told = (entry.begins, entry.minutes, entry.title, person.given_name, person.family_name, person.organisation)
    assert (told, pasted.unread) == ((540, 15, "Remarks", "Lifeng", "Li", "FAO"), [])


def test_people_on_their_own_lines_with_their_roles() -> None:
    lines = "9:00 Panel\nModerator: Ms Jane Doe, JRC\nPanellists: John Smith (WASWAC), Mary Jones (IUSS)\n• Mr Li, FAO"
    [entry] = read_agenda(lines).entries
    told = [
        (role, person.family_name, person.organisation) for role, person in zip(entry.roles, entry.people, strict=True)
    ]
    assert told == [
        ("moderator", "Doe", "JRC"),
        ("panellist", "Smith", "WASWAC"),
        ("panellist", "Jones", "IUSS"),
        ("speaker", "Li", "FAO"),
    ]


def test_brackets_name_people_only_with_a_form_of_address() -> None:
    both = [read_agenda(line).entries[0] for line in ("9:00 Vision (Mr Yuxin Tong, FAO)", "9:00 Item 1 (for decision)")]
    assert [(entry.title, len(entry.people)) for entry in both] == [("Vision", 1), ("Item 1 (for decision)", 0)]


DAYS = [date(2025, 9, 15), date(2025, 9, 16)]


@pytest.mark.parametrize(
    "heading",
    [
        *("DAY 2 – Tuesday 16 September 2025", "Mardi 16 septembre", "Jour 2", "16/09/2025", "2025-09-16"),
        *("September 16, 2025", "martes, 16 de septiembre de 2025", "16 сентября", "第2天", "9月16日", "16 سبتمبر"),
    ],
)
def test_a_line_that_names_a_day_moves_what_follows_there(heading: str) -> None:
    pasted = on_days(read_agenda(f"9:00 Opening\n{heading}\n9:00 Closing"), DAYS)
    assert [(block.day, block.title) for block in pasted.blocks] == [(None, "Opening"), (DAYS[1], "Closing")]
    assert pasted.unread == []


def test_a_day_outside_the_event_is_left_out_in_words() -> None:
    pasted = on_days(read_agenda("Monday 1 December 2025\n9:00 Opening"), DAYS)
    assert ([block.day for block in pasted.blocks], len(pasted.unread)) == ([None], 1)
