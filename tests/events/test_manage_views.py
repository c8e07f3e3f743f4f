import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.events.operations import show_published
from tests.events.test_operations import CARD
from tests.factories import make_event, make_member, make_user, soon
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
TYPED = {
    "name": "Soil days",
    "kind": "workshop",
    "network_id": "0",
    "time_zone": "Africa/Casablanca",
    "starts_on": "2025-09-15",
    "ends_on": "",
    "main_language": "en",
    "other_languages": ["fr", "ar"],
    "venue_country": "MA",
    "in_person": "y",
    "in_person_capacity": "150",
    "online": "y",
    "online_capacity": "",
    "rooms": "Plenary hall, 200\n\nRoom 2",
    "online_link": "https://meet.example.org/x",
    "registration_closes_at": "2025-09-14T18:00",
}
NAUGHTY = Path(__file__).parents[3] / "shared/data/names/blns.json"


def one_event() -> Event:
    return db.session.scalars(select(Event)).one()


def plain(page: str) -> str:
    return " ".join(unescape(page).split())


def test_a_stranger_is_sent_to_sign_in(client: FlaskClient) -> None:
    make_event(slug="launch")
    answers = [client.get(address).location for address in ("/manage", "/manage/new", "/manage/launch")]
    assert answers == ["/login?next=/manage", "/login?next=/manage/new", "/login?next=/manage/launch"]


def test_an_empty_list_shows_the_first_step(app: Flask, sign_in: SignIn) -> None:
    page = sign_in(make_user()).get("/manage").text
    assert page.count('href="/manage/new"') == 2


def test_the_list_shows_my_events_with_my_role(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    make_member(make_event(name={"en": "Mine"}), user, TeamRole.DOOR)
    make_event(name={"en": "Theirs"})
    page = sign_in(user).get("/manage").text
    assert (page.count("Mine"), page.count("Door staff"), page.count("Theirs")) == (1, 1, 0)


def test_what_comes_next_is_listed_first(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    for name, days in (("Later", 40), ("Over", -3), ("Soon", 4), ("Long over", -30)):
        make_event(owner=user, name={"en": name}, starts_on=soon(days), ends_on=soon(days))
    page = sign_in(user).get("/manage").text
    assert re.findall(r">(Later|Over|Soon|Long over|Coming up|Past events)</(?:a|h2)>", page) == [
        "Coming up", "Soon", "Later", "Past events", "Over", "Long over",
    ]  # fmt: skip


def test_the_list_asks_as_much_for_three_events_as_for_one(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    make_event(owner=user)
    client = sign_in(user)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            make_event(owner=user)
        with count_queries() as statements:
            client.get("/manage")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_one_form_makes_a_hybrid_event(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    answer = sign_in(user).post("/manage/new", data=TYPED)
    event = one_event()
    assert answer.location == "/manage/soil-days"
    assert [(room.name, room.capacity) for room in event.rooms] == [
        ({"en": "Plenary hall"}, 200),
        ({"en": "Room 2"}, None),
    ]
    assert {one.mode: one.capacity for one in event.seats} == {"in_person": 150, "online": None}
    assert (event.languages, event.ends_on) == (["en", "fr", "ar"], event.starts_on)


def test_times_are_those_of_the_event_zone(app: Flask, sign_in: SignIn) -> None:
    sign_in(make_user()).post("/manage/new", data=TYPED)
    assert one_event().registration_closes_at == datetime(2025, 9, 14, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the name of the event."),
        ("starts_on", "", "Enter the first day."),
        ("ends_on", "2025-09-14", "The last day is before the first day."),
        ("time_zone", "", "Choose the time zone of the place."),
        ("slug", "Soil Days!", "Use small letters, digits and hyphens, such as soil-workshop-2026."),
        ("contact_email", "nobody", "Check the address: it should look like name@example.org."),
        ("online_link", "meet", "Enter the whole link, starting with https://"),
        ("in_person_capacity", "-1", "Enter a whole number, or leave it empty when there is no limit."),
    ],
)
def test_a_form_that_cannot_be_used_comes_back_as_typed(
    app: Flask, sign_in: SignIn, field: str, value: str, message: str
) -> None:
    answer = sign_in(make_user()).post("/manage/new", data={**TYPED, "tagline": "Kept as typed", field: value})
    page = plain(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert message in page
    assert 'value="Kept as typed"' in page
    assert "Plenary hall, 200" in page
    assert db.session.scalar(select(Event)) is None


def test_no_way_to_take_part_is_refused_at_the_field(app: Flask, sign_in: SignIn) -> None:
    typed = {name: value for name, value in TYPED.items() if name not in {"in_person", "online"}}
    answer = sign_in(make_user()).post("/manage/new", data=typed)
    assert (answer.status_code, answer.text.count('id="in_person-error"')) == (422, 1)


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (TeamRole.OWNER, [200, 200, 200, 200, 200, 200]),
        (TeamRole.EDITOR, [200, 200, 200, 200, 403, 403]),
        (TeamRole.VIEWER, [200, 200, 403, 403, 403, 403]),
        (None, [404, 404, 404, 404, 404, 404]),
    ],
)
def test_who_may_open_what(app: Flask, sign_in: SignIn, role: TeamRole | None, statuses: list[int]) -> None:
    event, user = make_event(slug="launch", owner=make_user()), make_user()
    if role:
        make_member(event, user, role)
    client = sign_in(user)
    pages = ("", "/history", "/settings", "/rooms", "/team", "/end")
    assert [client.get(f"/manage/launch{page}").status_code for page in pages] == statuses


def test_settings_show_and_save(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    client = sign_in(owner)
    client.post("/manage/new", data=TYPED)
    page = client.get("/manage/soil-days/settings").text
    assert 'value="2025-09-14T18:00"' in page
    answer = client.post("/manage/soil-days/settings", data={**TYPED, "name": "Soil week", "version": "1"})
    assert answer.location == "/manage/soil-days/settings"
    assert (one_event().name, one_event().version) == ({"en": "Soil week"}, 2)


def test_a_stale_save_shows_both_versions_and_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    client.post("/manage/new", data=TYPED)
    client.post("/manage/soil-days/settings", data={**TYPED, "name": "Theirs", "version": "1"})
    answer = client.post("/manage/soil-days/settings", data={**TYPED, "name": "Mine", "version": "1"})
    page = plain(answer.text)
    assert (answer.status_code, one_event().name) == (409, {"en": "Theirs"})
    assert "Someone else saved this while you were editing" in page
    assert '<td data-label="Saved by them">Theirs</td><td data-label="Typed by you">Mine</td>' in page
    assert 'name="version" type="hidden" value="2"' in page
    client.post("/manage/soil-days/settings", data={**TYPED, "name": "Mine", "version": "2"})
    assert one_event().name == {"en": "Mine"}


def test_a_save_without_a_version_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    client.post("/manage/new", data=TYPED)
    answers = [
        client.post("/manage/soil-days/settings", data={**TYPED, "name": "X", "version": version}).status_code
        for version in ("", "abc", "9" * 30, "-1")
    ]
    assert (answers, one_event().name) == ([409] * 4, {"en": "Soil days"})


def test_texts_in_another_language(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    client.post("/manage/new", data=TYPED)
    client.post("/manage/soil-days/texts/ar", data={"name": "أيام التربة", "version": "1"})
    assert one_event().name == {"en": "Soil days", "ar": "أيام التربة"}
    assert client.get("/manage/soil-days/texts/ru").status_code == 404


def test_stale_texts_keep_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    client.post("/manage/new", data=TYPED)
    client.post("/manage/soil-days/texts/fr", data={"name": "Le leur", "version": "1"})
    answer = client.post("/manage/soil-days/texts/fr", data={"name": "Le mien", "version": "1"})
    assert (answer.status_code, one_event().name["fr"]) == (409, "Le leur")
    assert 'value="Le mien"' in answer.text


def test_a_public_event_is_not_deleted(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    event = make_event(slug="launch", owner=owner)
    show_published(event, CARD, at=datetime(2025, 7, 1, tzinfo=UTC))
    client = sign_in(owner)
    assert client.post("/manage/launch/delete").status_code == 409


def test_deleting_a_draft(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    make_event(slug="launch", owner=owner)
    assert sign_in(owner).post("/manage/launch/delete").location == "/manage"
    assert db.session.scalar(select(Event)) is None


def test_the_overview_says_what_is_missing(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    make_event(slug="launch", owner=owner, venue_name={}, online_link="")
    page = sign_in(owner).get("/manage/launch").text
    assert page.count("steps__item--done") == 1
    assert page.count('class="steps__item"') == 3
    assert page.count("steps__item--next") == 1


@pytest.mark.parametrize("page", ["", "/outbox"])
@pytest.mark.parametrize(
    ("smtp_url", "is_sample", "warns"),
    [("", False, True), ("smtp://mail.example.org", False, False), ("", True, False)],
)
def test_organisers_are_told_when_no_mail_leaves(
    app: Flask, sign_in: SignIn, page: str, smtp_url: str, is_sample: bool, warns: bool
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=smtp_url)
    owner = make_user()
    make_event(slug="launch", owner=owner, is_sample=is_sample)
    said = "No mail server is set" in sign_in(owner).get(f"/manage/launch{page}").text
    assert said == warns


def test_a_public_event_without_sessions_is_not_told_to_publish(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    event = make_event(slug="launch", owner=owner)
    client = sign_in(owner)
    before = client.get("/manage/launch").text.count("Everything is public only after that.")
    show_published(event, CARD, at=datetime(2025, 7, 1, tzinfo=UTC))
    after = client.get("/manage/launch").text.count("Everything is public only after that.")
    assert (before, after) == (1, 0)


def test_the_link_to_register_can_be_copied_while_people_can_register(app: Flask, sign_in: SignIn) -> None:
    owner = make_user()
    event = make_event(slug="launch", owner=owner, starts_on=soon(), ends_on=soon())
    client = sign_in(owner)
    link = 'readonly value="https://events.example.org/events/launch/register"'
    before = client.get("/manage/launch").text.count(link)
    show_published(event, CARD, at=datetime(2025, 7, 1, tzinfo=UTC))
    assert (before, client.get("/manage/launch").text.count(link)) == (0, 1)


def test_what_few_people_fill_in_is_folded_away_until_it_needs_a_look(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    fresh = client.get("/manage/new").text
    wrong = client.post("/manage/new", data={**TYPED, "slug": "!" * 61}).text
    assert (fresh.count('form-section" open>'), wrong.count('form-section" open>')) == (0, 1)


def test_history_tells_who_changed_what(app: Flask, sign_in: SignIn) -> None:
    owner = make_user("ann@example.org")
    client = sign_in(owner)
    client.post("/manage/new", data=TYPED)
    client.post("/manage/soil-days/settings", data={**TYPED, "name": "Soil week", "version": "1"})
    page = plain(client.get("/manage/soil-days/history").text)
    assert "<b><bdi>ann@example.org</bdi></b> changed the event: <bdi>Soil week</bdi>" in page
    assert "<del>Soil days</del>" in page


@pytest.mark.parametrize("page", ["0", "-3", "99", "x"])
def test_history_takes_any_page_number(app: Flask, sign_in: SignIn, page: str) -> None:
    owner = make_user()
    make_event(slug="launch", owner=owner)
    assert sign_in(owner).get(f"/manage/launch/history?page={page}").status_code == 200


@pytest.mark.slow
@pytest.mark.skipif(not NAUGHTY.is_file(), reason="the list of naughty strings is not here")
def test_every_string_can_be_a_name_and_comes_out_right(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    client.post("/manage/new", data=TYPED)
    event = one_event()
    names = [name for name in json.loads(NAUGHTY.read_text()) if 0 < len(name.strip()) <= 200]
    assert len(names) > 400
    for name in names:
        answer = client.post(
            "/manage/soil-days/settings", data={**TYPED, "name": name, "version": str(one_event().version)}
        )
        assert answer.status_code in {302, 422}, name
        if answer.status_code == 422:  # nothing but characters that no text may carry
            assert 'id="name-error"' in answer.text
    saved = one_event().name["en"]
    assert (saved == names[-1].strip(), event.id) == (True, one_event().id)
    page = client.get("/manage/soil-days")
    assert f'<h1 class="page-header__title">{saved}</h1>' in unescape(page.text)
