from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at
from inser_events.database import db
from inser_events.events.access import role_in
from inser_events.events.cards import PublishedCard
from inser_events.events.errors import AlreadyCancelled, AlreadyPublic, Outdated, SlugTaken, UnusableEvent
from inser_events.events.models import Event, Mode, Seats
from inser_events.events.operations import (
    EventData,
    RoomData,
    add_room,
    cancel_event,
    change_event,
    change_room,
    create_event,
    delete_event,
    move_room,
    remove_room,
    restore_event,
    set_capacity,
    show_published,
    slug_from,
)
from tests.factories import LAUNCH_DAY, make_event, make_user

MOMENT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
LAUNCH = EventData(
    name={"en": "Soil days", "fr": "Journées du sol"},
    time_zone="Africa/Casablanca",
    starts_on=LAUNCH_DAY,
    ends_on=LAUNCH_DAY,
    languages=["en", "fr"],
)
CARD = PublishedCard(
    name={"en": "Soil days"}, kind="workshop", starts_on=LAUNCH_DAY, ends_on=LAUNCH_DAY, modes=["online"]
)


def entries(action: str) -> list[AuditEntry]:
    db.session.flush()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def seats(event: Event, mode: str) -> Seats:
    return next(one for one in event.seats if one.mode == mode)


def test_create_event_makes_the_creator_its_owner(app: Flask) -> None:
    user = make_user()
    event = create_event(LAUNCH, user)
    assert (event.slug, role_in(user, event), event.version) == ("soil-days", "owner", 1)


def test_create_event_takes_rooms_in_order_and_capacities(app: Flask) -> None:
    rooms = [RoomData({"en": "Hall"}, 200), RoomData({"en": "Foyer"})]
    event = create_event(LAUNCH, make_user(), rooms=rooms, capacities={Mode.IN_PERSON: 150})
    assert [(room.name["en"], room.capacity, room.position) for room in event.rooms] == [
        ("Hall", 200, 0),
        ("Foyer", None, 1),
    ]
    assert (event.modes, seats(event, "in_person").capacity) == ([Mode.IN_PERSON], 150)


def test_create_event_offers_both_modes_without_limit_when_nothing_is_said(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    assert [(one.mode, one.offered, one.capacity) for one in event.seats] == [
        ("in_person", True, None),
        ("online", True, None),
    ]


def test_create_event_leaves_an_entry_without_the_join_link(app: Flask) -> None:
    create_event(replace(LAUNCH, online_link="https://meet.example.org/secret"), make_user())
    assert [entry.after["online_link"] for entry in entries("create event")] == ["…"]


def test_two_events_of_one_name_get_two_addresses(app: Flask) -> None:
    user = make_user()
    assert [create_event(LAUNCH, user).slug for _ in range(3)] == ["soil-days", "soil-days-2", "soil-days-3"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Épisode d’érosion 2026", "episode-d-erosion-2026"),
        ("إطلاق الشبكة", ""),
        ("  --  ", ""),
        ("x" * 100, "x" * 60),
        ("Straße in Ørsted", "strasse-in-orsted"),
    ],
)
def test_slug_from_any_text(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_a_name_without_latin_letters_still_gets_an_address(app: Flask) -> None:
    event = create_event(replace(LAUNCH, name={"ar": "إطلاق الشبكة"}, languages=["ar"]), make_user())
    assert event.slug == "workshop-2025"


@pytest.mark.parametrize("slug", ["Soil Days", "soil_days", "-soil", "soil--days", "new", "users", "ü", "a" * 61])
def test_an_address_that_cannot_be_used_is_refused(app: Flask, slug: str) -> None:
    with pytest.raises(UnusableEvent) as error:
        create_event(replace(LAUNCH, slug=slug), make_user())
    assert error.value.field == "slug"


def test_an_address_in_use_is_refused(app: Flask) -> None:
    user = make_user()
    create_event(LAUNCH, user)
    with pytest.raises(SlugTaken):
        create_event(replace(LAUNCH, slug="soil-days"), user)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": {"fr": "Seulement en français"}}),
        ("name", {"name": {"en": "  "}}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("time_zone", {"time_zone": "../../etc/passwd"}),
        ("ends_on", {"ends_on": date(2025, 9, 14)}),
        ("ends_on", {"ends_on": date(2026, 9, 15)}),
        ("languages", {"languages": []}),
        ("languages", {"languages": ["en", "en"]}),
        ("languages", {"languages": ["en", "klingon!"]}),
        ("kind", {"kind": "party"}),
        ("venue_country", {"venue_country": "XX"}),
        ("contact_email", {"contact_email": "nobody"}),
        ("online_link", {"online_link": "javascript:alert(1)"}),
        (
            "registration_closes_at",
            {"registration_opens_at": MOMENT, "registration_closes_at": MOMENT},
        ),
    ],
)
def test_a_value_that_cannot_be_used_names_its_field(app: Flask, field: str, change: dict[str, object]) -> None:
    with pytest.raises(UnusableEvent) as error:
        create_event(replace(LAUNCH, **change), make_user())  # type: ignore[arg-type] # any value, that is the point
    assert error.value.field == field


@pytest.mark.parametrize("capacities", [{}, {"by_post": 3}])
def test_an_event_without_a_way_to_take_part_is_refused(app: Flask, capacities: dict[str, int | None]) -> None:
    with pytest.raises(UnusableEvent) as error:
        create_event(LAUNCH, make_user(), capacities=capacities)
    assert error.value.field == "modes"


def test_the_description_is_cleaned(app: Flask) -> None:
    data = replace(LAUNCH, description={"en": "<p>Soil<script>alert(1)</script></p>", "fr": "Un\n\nDeux"})
    assert create_event(data, make_user()).description == {"en": "<p>Soil</p>", "fr": "<p>Un</p>\n<p>Deux</p>"}


def test_change_event_saves_and_says_what_changed(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    change_event(event, replace(LAUNCH, name={"en": "Soil week"}), 1)
    assert (event.name, event.slug, event.version) == ({"en": "Soil week"}, "soil-days", 2)
    assert [(entry.before, entry.after) for entry in entries("change event")] == [
        ({"name": LAUNCH.name}, {"name": {"en": "Soil week"}})
    ]


def test_change_event_refuses_an_older_version_and_changes_nothing(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    change_event(event, replace(LAUNCH, name={"en": "Soil week"}), 1)
    with pytest.raises(Outdated):
        change_event(event, replace(LAUNCH, name={"en": "Soil year"}), 1)
    assert (event.name, event.version) == ({"en": "Soil week"}, 2)


def test_saving_without_a_change_leaves_no_entry(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    change_event(event, LAUNCH, 1)
    assert entries("change event") == []


def test_the_address_of_a_draft_can_change(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    change_event(event, replace(LAUNCH, slug="soil-week"), 1)
    assert event.slug == "soil-week"


def test_the_address_of_a_published_event_stays(app: Flask) -> None:
    event = create_event(LAUNCH, make_user())
    show_published(event, CARD, at=MOMENT)
    with pytest.raises(UnusableEvent) as error:
        change_event(event, replace(LAUNCH, slug="soil-week"), 1)
    assert error.value.field == "slug"


def test_rooms_are_added_renamed_moved_and_removed(app: Flask) -> None:
    event = create_event(LAUNCH, make_user(), rooms=[RoomData({"en": "A"}), RoomData({"en": "B"})])
    third = add_room(event, RoomData({"en": " C\n "}, 30))
    move_room(third, -1)
    change_room(third, RoomData({"fr": "Salle C"}, 40))
    db.session.flush()
    db.session.refresh(event)
    assert [room.name["en"] for room in event.rooms] == ["A", "C", "B"]
    assert (third.name, third.capacity) == ({"en": "C", "fr": "Salle C"}, 40)
    remove_room(third)
    assert [room.name["en"] for room in event.rooms] == ["A", "B"]


@pytest.mark.parametrize(("steps", "order"), [(-5, "ABC"), (9, "BCA"), (1, "BAC")])
def test_a_room_moves_as_far_as_there_is_place(app: Flask, steps: int, order: str) -> None:
    event = create_event(LAUNCH, make_user(), rooms=[RoomData({"en": letter}) for letter in "ABC"])
    move_room(event.rooms[0], steps)
    db.session.flush()
    db.session.refresh(event)
    assert "".join(room.name["en"] for room in event.rooms) == order


@pytest.mark.parametrize("data", [RoomData({"en": " "}), RoomData({}), RoomData({"en": "Hall"}, 0)])
def test_a_room_that_cannot_be_used_is_refused(app: Flask, data: RoomData) -> None:
    event = make_event()
    with pytest.raises(UnusableEvent):
        add_room(event, data)


def test_a_lower_capacity_throws_nobody_out(app: Flask) -> None:
    event = make_event(in_person=10)
    seats(event, "in_person").taken = 8
    set_capacity(event, Mode.IN_PERSON, 5)
    place = seats(event, "in_person")
    assert (place.taken, place.capacity, place.left) == (8, 5, 0)


def test_the_last_mode_cannot_be_withdrawn(app: Flask) -> None:
    event = make_event()
    set_capacity(event, Mode.ONLINE, None, offered=False)
    with pytest.raises(UnusableEvent):
        set_capacity(event, Mode.IN_PERSON, 10, offered=False)
    assert event.modes == [Mode.IN_PERSON]


def test_a_capacity_below_zero_is_refused(app: Flask) -> None:
    with pytest.raises(UnusableEvent) as error:
        set_capacity(make_event(), Mode.ONLINE, -1)
    assert error.value.field == "online_capacity"


def test_show_published_keeps_the_moment_of_the_first_release(app: Flask) -> None:
    event = make_event()
    show_published(event, CARD, at=MOMENT)
    show_published(event, CARD, at=datetime(2025, 8, 1, tzinfo=UTC))
    assert event.published_at == MOMENT


def test_cancel_and_take_back(app: Flask) -> None:
    event = make_event()
    with fixed_at(MOMENT):
        cancel_event(event)
    assert event.cancelled_at == MOMENT
    with pytest.raises(AlreadyCancelled):
        cancel_event(event)
    restore_event(event)
    assert event.cancelled_at is None


def test_a_draft_can_be_deleted(app: Flask) -> None:
    event = make_event(owner=make_user())
    delete_event(event)
    assert db.session.scalar(select(Event)) is None


def test_a_published_event_cannot_be_deleted(app: Flask) -> None:
    event = make_event(published_at=MOMENT)
    with pytest.raises(AlreadyPublic):
        delete_event(event)
