from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.models import Document, Item, Release, Session, Slot, Speaker
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from tests.agenda.desk import HOME, compared, sessions, text
from tests.factories import NINE, make_event, make_member, make_person, make_session, make_slot, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
SESSION = {"title_en": "Opening", "day": "2025-09-15", "at": "09:00", "minutes": "60", "kind": "opening", "room": ""}


def test_an_empty_agenda_says_how_to_begin(owner: FlaskClient) -> None:
    page = text(owner.get(HOME))
    assert [page.count(words) for words in ("No sessions yet", f'href="{HOME}/paste"')] == [1, 1]


def test_the_first_session_is_suggested_for_nine_in_the_first_room(owner: FlaskClient, draft: Event) -> None:
    page = text(owner.get(f"{HOME}/sessions/new"))
    assert page.count('value="09:00"') == 1
    assert page.count(f'<option selected value="{draft.rooms[0].uid}">') == 1


def test_the_next_session_is_suggested_where_the_last_one_ends(owner: FlaskClient, draft: Event) -> None:
    make_session(draft, minutes=75)
    assert text(owner.get(f"{HOME}/sessions/new")).count('value="10:15"') == 1


def test_a_session_is_added_on_the_events_own_clock(owner: FlaskClient, draft: Event) -> None:
    answer = owner.post(f"{HOME}/sessions/new", data={**SESSION, "title_fr": "Ouverture", "online": "y"})
    (session,) = sessions(draft)
    assert answer.location == f"{HOME}/sessions/{session.uid}#add-slot"
    assert (session.starts_at, session.title, session.online) == (NINE, {"en": "Opening", "fr": "Ouverture"}, True)


def test_add_then_another_leads_to_the_next_form(owner: FlaskClient) -> None:
    answer = owner.post(f"{HOME}/sessions/new", data={**SESSION, "then": "another"}, follow_redirects=True)
    assert text(answer).count('value="10:00"') == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title_en": " "}, "Enter a title in the event’s main language."),
        ({"minutes": "0"}, "Enter a length between 1 and 1440 minutes."),
        ({"minutes": "soon"}, "Enter a whole number."),
        ({"at": ""}, "Enter the time it starts, for example 09:30."),
        ({"day": "2025-12-24"}, "Choose from what is shown."),
        ({"room": "elsewhere"}, "Choose from what is shown."),
    ],
)
def test_a_session_that_cannot_be_is_shown_again_as_typed(
    owner: FlaskClient, draft: Event, wrong: dict[str, str], words: str
) -> None:
    answer = owner.post(f"{HOME}/sessions/new", data={**SESSION, "title_fr": "Tel que saisi", **wrong})
    assert (answer.status_code, sessions(draft)) == (422, [])
    assert text(answer).count(words) >= 1
    assert text(answer).count("Tel que saisi") == 1


def test_a_time_shown_twice_asks_which_one(app: Flask, sign_in: SignIn) -> None:
    day = {"day": "2025-10-26", "at": "02:30"}
    owner = make_user()
    event = make_event(
        slug="launch", owner=owner, time_zone="Europe/Rome", starts_on=NINE.date().replace(month=10, day=26),
        ends_on=NINE.date().replace(month=10, day=26),
    )  # fmt: skip
    client = sign_in(owner)
    asked = client.post(f"{HOME}/sessions/new", data={**SESSION, **day})
    assert (asked.status_code, text(asked).count("The second time, an hour later")) == (422, 1)
    client.post(f"{HOME}/sessions/new", data={**SESSION, **day, "second": "1"})
    assert sessions(event)[0].starts_at.hour == 1


def test_a_session_is_changed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft, title={"en": "Opening", "ar": "افتتاح"})
    answer = owner.post(f"{HOME}/sessions/{session.uid}/edit", data={**SESSION, "at": "09:30", "version": "1"})
    assert answer.status_code == 302
    assert (session.starts_at - NINE, session.title) == (timedelta(minutes=30), {"en": "Opening", "ar": "افتتاح"})


def test_the_form_shows_what_is_saved(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft, abstract={"en": "<p>One</p>\n<p>Two</p>"}, track="Policy", interpretation=["fr"])
    page = text(owner.get(f"{HOME}/sessions/{session.uid}/edit"))
    for words in ('value="Policy"', "One\n\nTwo", 'value="09:00"', 'value="2025-09-15"', 'name="version"'):
        assert page.count(words) == 1, words


def test_of_two_who_save_the_second_sees_both_versions_and_loses_nothing(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    address = f"{HOME}/sessions/{session.uid}/edit"
    owner.post(address, data={**SESSION, "title_en": "Theirs", "version": "1"})
    answer = owner.post(address, data={**SESSION, "title_en": "Mine", "version": "1"})
    page = text(answer)
    assert (answer.status_code, session.title) == (409, {"en": "Theirs"})
    assert compared(page) == (1, 1)
    assert [page.count(words) for words in ('value="Mine"', 'name="version" type="hidden" value="2"')] == [1, 1]
    owner.post(address, data={**SESSION, "title_en": "Mine", "version": "2"})
    assert session.title == {"en": "Mine"}


def test_a_slot_and_its_speaker_are_added_together(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    owner.post(
        f"{HOME}/sessions/{session.uid}/slots",
        data={
            "title_en": "Opening remarks",
            "minutes": "15",
            "kind": "remarks",
            "speaker": "Mr Lifeng Li",
            "organisation": "FAO",
            "confirmed": "y",
        },
    )
    (slot,) = session.slots
    (speaker,) = slot.speakers
    assert (slot.title, slot.minutes, speaker.state) == ({"en": "Opening remarks"}, 15, "confirmed")
    assert (speaker.person.honorific, speaker.person.name, speaker.person.organisation) == ("Mr", "Lifeng Li", "FAO")


def test_times_of_slots_follow_from_their_lengths(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    for minutes in (15, 20):
        make_slot(session, minutes=minutes)
    page = text(owner.get(f"{HOME}/sessions/{session.uid}"))
    assert [page.count(words) for words in ("09:00–09:15", "09:15–09:35", "25 min still free")] == [1, 1, 1]


def test_a_wrong_slot_is_shown_again_as_typed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    data = {"title_en": "As typed", "minutes": "-1", "kind": "talk", "speaker": "Li"}
    answer = owner.post(f"{HOME}/sessions/{session.uid}/slots", data=data)
    assert (answer.status_code, text(answer).count('value="As typed"'), len(session.slots)) == (422, 1, 0)


def test_slots_are_moved_edited_and_removed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    first, second = (make_slot(session, title={"en": title}) for title in ("A", "B"))
    owner.post(f"{HOME}/slots/{second.uid}/move", data={"to": "up"})
    assert [slot.title["en"] for slot in session.slots] == ["B", "A"]
    page = text(owner.get(f"{HOME}/slots/{first.uid}"))
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    owner.post(f"{HOME}/slots/{first.uid}", data={"title_en": "C", "minutes": "5", "kind": "talk", "seen": seen})
    assert [slot.title["en"] for slot in session.slots] == ["B", "C"]
    owner.post(f"{HOME}/slots/{second.uid}/remove")
    assert [slot.title["en"] for slot in session.slots] == ["C"]


def test_a_slot_changed_meanwhile_is_compared(owner: FlaskClient, draft: Event) -> None:
    slot = make_slot(make_session(draft), title={"en": "Theirs"})
    data = {"title_en": "Mine", "minutes": "5", "kind": "talk", "seen": "old"}
    answer = owner.post(f"{HOME}/slots/{slot.uid}", data=data)
    assert (answer.status_code, slot.title, compared(text(answer))) == (409, {"en": "Theirs"}, (1, 1))


def test_speakers_are_added_corrected_confirmed_and_removed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    slot = make_slot(session)
    data = {"family_name": "Li", "given_name": "Lifeng", "role": "chair", "state": "invited", "country": ""}
    owner.post(f"{HOME}/sessions/{session.uid}/speakers", data=data)
    (chair,) = session.speakers
    owner.post(f"{HOME}/slots/{slot.uid}/speakers?person={chair.person.uid}", data={**data, "role": "speaker"})
    (speaker,) = slot.speakers
    assert (chair.role, speaker.person_id) == ("chair", chair.person_id)
    owner.post(f"{HOME}/speakers/{speaker.uid}/answer")
    assert speaker.state == "confirmed"
    page = text(owner.get(f"{HOME}/speakers/{speaker.uid}"))
    assert page.count("This person appears in 1 more place.") == 1
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    new = {**data, "given_name": "Li-Feng", "role": "panellist", "state": "confirmed", "seen": seen}
    owner.post(f"{HOME}/speakers/{speaker.uid}", data=new)
    assert (speaker.person.given_name, speaker.role) == ("Li-Feng", "panellist")
    owner.post(f"{HOME}/speakers/{speaker.uid}/remove")
    assert slot.speakers == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"family_name": ""}, "Enter a family name, or the only name."),
        ({"email": "nobody"}, "it should look like name@example.org"),
    ],
)
def test_a_wrong_speaker_is_shown_again(owner: FlaskClient, draft: Event, wrong: dict[str, str], words: str) -> None:
    slot = make_slot(make_session(draft))
    data = {"family_name": "Li", "organisation": "As typed", "role": "speaker", "state": "invited", "country": ""}
    answer = owner.post(f"{HOME}/slots/{slot.uid}/speakers", data={**data, **wrong})
    assert (answer.status_code, text(answer).count('value="As typed"'), slot.speakers) == (422, 1, [])
    assert text(answer).count(words) >= 1


def test_a_session_is_copied_withdrawn_restored_and_removed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    publish_agenda(draft, at=now())
    owner.post(f"{HOME}/sessions/{session.uid}/copy")
    copy = sessions(draft)[1]
    assert copy.starts_at == session.ends_at
    owner.post(f"{HOME}/sessions/{session.uid}/withdraw")
    assert session.withdrawn_at is not None
    owner.post(f"{HOME}/sessions/{session.uid}/restore")
    assert session.withdrawn_at is None
    assert owner.post(f"{HOME}/sessions/{session.uid}/remove").status_code == 409
    owner.post(f"{HOME}/sessions/{copy.uid}/remove")
    assert sessions(draft) == [session]


def test_a_day_is_copied(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    event = make_event(slug="launch", owner=user, ends_on=NINE.date() + timedelta(days=1))
    make_slot(make_session(event), person=make_person())
    sign_in(user).post(f"{HOME}/days/2025-09-15/copy", data={"day": "2025-09-16"})
    assert [(one.starts_at, len(one.slots)) for one in sessions(event)] == [(NINE, 1), (NINE + timedelta(days=1), 1)]


def test_publishing_shows_what_changes_and_then_does_it(owner: FlaskClient, draft: Event) -> None:
    make_session(draft)
    page = text(owner.get("/manage/launch/publish"))
    assert [page.count(words) for words in ("What becomes public", "an agenda of 1 session", "Publish release 1")] == [
        1,
        1,
        1,
    ]
    owner.post("/manage/launch/publish", data={"after": "0", "note": "Out"})
    release = db.session.query(Release).one()
    assert (release.number, release.note, release.published_by) == (1, "Out", "owner@example.org")
    assert owner.get("/events/launch/agenda").status_code == 200


def test_a_second_click_does_not_publish_twice(owner: FlaskClient, draft: Event) -> None:
    owner.post("/manage/launch/publish", data={"after": "0"})
    again = owner.post("/manage/launch/publish", data={"after": "0", "note": "Mine"})
    assert (again.status_code, db.session.query(Release).count()) == (409, 1)
    assert [text(again).count(words) for words in ('value="Mine"', "Someone else published in the meantime")] == [1, 1]


def test_the_first_publication_leads_to_what_comes_next(owner: FlaskClient, draft: Event) -> None:
    first, second = (owner.post("/manage/launch/publish", data={"after": number}).location for number in ("0", "1"))
    assert (first, second) == ("/manage/launch", "/manage/launch/publish")


def test_conflicts_are_shown_where_one_works(owner: FlaskClient, draft: Event) -> None:
    first, second = make_session(draft), make_session(draft)
    for address in (HOME, "/manage/launch/publish", f"{HOME}/sessions/{second.uid}", f"{HOME}/sessions/{first.uid}"):
        assert text(owner.get(address)).count("is taken twice") == 1


def queries_of(client: FlaskClient, address: str) -> int:
    client.get(address)
    with count_queries() as ran:
        assert client.get(address).status_code == 200
    return len(ran)


@pytest.mark.parametrize("address", [HOME, f"{HOME}/items", "/manage/launch/publish"])
def test_three_entries_take_as_many_queries_as_one(owner: FlaskClient, draft: Event, address: str) -> None:
    counts = []
    for number in (1, 3):
        for place in range(len(sessions(draft)), number):
            session = make_session(draft, starts_at=NINE + timedelta(hours=place))
            make_slot(session, person=make_person(f"Person {place}"))
            item = Item(event_id=draft.id, number=str(place), title={"en": "Item"}, position=place)
            item.documents.append(Document(event_id=draft.id, symbol=f"A/{place}"))
            session.slots[0].items.append(item)
        db.session.flush()
        counts.append(queries_of(owner, address))
    assert counts[0] == counts[1]


def addresses(draft: Event) -> list[tuple[str, str]]:
    session = make_session(draft)
    slot = make_slot(session, person=make_person())
    return [
        ("GET", f"{HOME}/sessions/new"),
        ("POST", f"{HOME}/sessions/new"),
        ("POST", f"{HOME}/sessions/{session.uid}/edit"),
        ("POST", f"{HOME}/sessions/{session.uid}/copy"),
        ("POST", f"{HOME}/sessions/{session.uid}/slots"),
        ("POST", f"{HOME}/items/new"),
        ("POST", f"{HOME}/documents/new"),
        ("POST", f"{HOME}/paste"),
        ("POST", f"{HOME}/slots/{slot.uid}"),
        ("POST", f"{HOME}/slots/{slot.uid}/move"),
        ("POST", f"{HOME}/slots/{slot.uid}/speakers"),
        ("POST", f"{HOME}/speakers/{slot.speakers[0].uid}"),
        ("POST", f"{HOME}/speakers/{slot.speakers[0].uid}/answer"),
        ("POST", f"{HOME}/speakers/{slot.speakers[0].uid}/remove"),
        ("POST", f"{HOME}/slots/{slot.uid}/remove"),
        ("POST", f"{HOME}/sessions/{session.uid}/withdraw"),
        ("POST", f"{HOME}/sessions/{session.uid}/restore"),
        ("POST", f"{HOME}/sessions/{session.uid}/remove"),
        ("POST", "/manage/launch/publish"),
    ]


@pytest.mark.parametrize(
    ("role", "look", "change"),
    [
        (TeamRole.VIEWER, 200, {403}),
        (TeamRole.REGISTRAR, 200, {403}),
        (TeamRole.DOOR, 200, {403}),
        (TeamRole.EDITOR, 200, {200, 302, 409, 422}),
        (None, 404, {404}),
    ],
)
def test_only_owners_and_editors_change_the_agenda(
    draft: Event, sign_in: SignIn, role: TeamRole | None, look: int, change: set[int]
) -> None:
    user = make_user()
    if role:
        make_member(draft, user, role)
    tried = addresses(draft)
    client = sign_in(user)
    assert [client.get(path).status_code for path in (HOME, f"{HOME}/items")] == [look, look]
    assert {client.open(path, method=method).status_code for method, path in tried} <= change
    if role != TeamRole.EDITOR:
        counts = [db.session.query(table).count() for table in (Session, Slot, Speaker, Release)]
        assert counts == [1, 1, 1, 0]


def test_an_entry_of_another_event_is_not_found(owner: FlaskClient, draft: Event) -> None:
    slot = make_slot(make_session(make_event()), person=make_person())
    for path in (f"sessions/{slot.session.uid}", f"slots/{slot.uid}", f"speakers/{slot.speakers[0].uid}"):
        assert owner.get(f"{HOME}/{path}").status_code == 404


def test_a_pasted_agenda_goes_to_the_days_that_it_names(owner: FlaskClient, draft: Event) -> None:
    draft.ends_on = draft.starts_on + timedelta(days=1)
    text_ = "9:00 Opening\nTuesday 16 September\n9:00 Panel\nModerator: Ms Jane Doe, JRC"
    form = {"text": text_, "day": "2025-09-15", "room": "", "within": "sessions"}
    page = text(owner.post(f"{HOME}/paste", data={**form, "then": "show"}))
    assert page.count("Tuesday 16 September") == 2  # as typed, and above what was read for it
    assert page.index("This is what was read") < page.index("<textarea")
    owner.post(f"{HOME}/paste", data={**form, "then": "add"})
    assert [one.starts_at for one in sessions(draft)] == [NINE, NINE + timedelta(days=1)]
    assert [one.role for one in sessions(draft)[1].slots[0].speakers] == ["moderator"]


@pytest.mark.parametrize(
    ("place", "order"),
    [("2", ["Two", "Three", "One"]), ("0", ["One", "Two", "Three"]), ("99", ["Two", "Three", "One"])],
)
def test_a_slot_goes_to_the_place_where_it_was_dropped(
    owner: FlaskClient, draft: Event, place: str, order: list[str]
) -> None:
    session = make_session(draft)
    slots = [make_slot(session, title={"en": title}) for title in ("One", "Two", "Three")]
    owner.post(f"{HOME}/slots/{slots[0].uid}/move", data={"place": place})
    assert [slot.title["en"] for slot in session.slots] == order
