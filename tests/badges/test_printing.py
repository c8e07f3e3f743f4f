"""Print runs: who is on them, in which order, what counts as printed, what becomes of the files."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from inser_events.badges import log, runs
from inser_events.badges.models import BadgePrint, BadgeRun, BadgeStanding
from inser_events.badges.selection import Selection, Which, count
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.typeset import MM
from inser_events.events.models import Event, TeamRole
from inser_events.jobs import run_waiting
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import reissue_ticket
from tests.badges.conftest import SignIn
from tests.checkin.factories import make_registration
from tests.factories import make_member, make_user
from tests.queries import count_queries

HOME = "/manage/launch/badges"
FORM = {"layout": "a6", "which": "all", "mode": "", "category": "", "order": "name", "place": "1", "counts": "y"}


def printed(desk: FlaskClient, **values: Any) -> TestResponse:
    return desk.post(f"{HOME}/print", data={**FORM, **values})


def pages(desk: FlaskClient, answer: TestResponse, number: int = 1) -> list[str]:
    """The words of each page of a run's file."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    document = desk.get(f"{answer.location}/{number}.pdf")
    assert document.status_code == 200
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(BytesIO(document.data))]


def families(texts: list[str]) -> list[str]:
    """Which of the family names below stands on each page."""
    known = ("Benali", "Çelik", "Zając", "Иванова", "王")
    return [next((name for name in known if name in text), "?") for text in texts]


@pytest.fixture
def people(launch: Event) -> list[Registration]:
    """Five confirmed people and one who waits."""
    found = [
        make_registration(launch, family_name="王", name_latin="Wang Wei", organisation="ISSAS", country="CN"),
        make_registration(launch, family_name="Zając", organisation="Academy", country="PL", category="speaker"),
        make_registration(launch, family_name="Иванова", name_latin="Ivanova Nina", organisation="MSU", country="RU"),
        make_registration(launch, family_name="Çelik", organisation="FAO", country="TR", mode="online"),
        make_registration(launch, family_name="Benali", organisation="INRA", country="MA"),
    ]
    make_registration(launch, family_name="Waits", state=State.WAITLISTED)
    commit()
    return found


def test_everyone_confirmed_is_printed_in_the_alphabet_of_the_event(
    people: list[Registration], desk: FlaskClient
) -> None:
    assert families(pages(desk, printed(desk))) == ["Benali", "Çelik", "Иванова", "王", "Zając"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"order": "organisation"}, ["Zając", "Çelik", "Benali", "王", "Иванова"]),
        ({"order": "country"}, ["王", "Benali", "Zając", "Иванова", "Çelik"]),
        ({"mode": "online"}, ["Çelik"]),
        ({"category": "speaker"}, ["Zając"]),
    ],
)
def test_run_is_sorted_and_narrowed(
    people: list[Registration], desk: FlaskClient, values: dict[str, str], expected: list[str]
) -> None:
    assert families(pages(desk, printed(desk, **values))) == expected


def test_ticked_people_are_printed(people: list[Registration], desk: FlaskClient) -> None:
    uids = [people[1].uid, people[4].uid]
    page = desk.get(f"{HOME}/print", query_string={"uid": uids}).get_data(as_text=True)
    assert [page.count(f'name="uid" value="{uid}"') for uid in uids] == [1, 1]
    assert families(pages(desk, printed(desk, which="chosen", uid=uids))) == ["Benali", "Zając"]


def test_bulk_page_may_send_its_ticks(people: list[Registration], desk: FlaskClient) -> None:
    page = desk.post(f"{HOME}/print", data={"uids": people[0].uid}).get_data(as_text=True)
    assert (page.count(f'name="uid" value="{people[0].uid}"'), "The people you ticked" in page) == (1, True)


def test_only_new_is_who_came_since(people: list[Registration], launch: Event, desk: FlaskClient) -> None:
    printed(desk)
    make_registration(launch, family_name="Benali")
    commit()
    assert families(pages(desk, printed(desk, which="new"))) == ["Benali"]
    assert printed(desk, which="new").status_code == 422


@pytest.mark.parametrize(
    "values",
    [{"family_name": "Zając-Nowak"}, {"organisation": "FAO"}, {"category": "press"}, {"name_latin": "Zajac"}],
)
def test_only_changed_is_whose_badge_says_something_else(
    people: list[Registration], desk: FlaskClient, values: dict[str, str]
) -> None:
    printed(desk)
    db.session.execute(update(Registration).where(Registration.id == people[1].id).values(**values))
    commit()
    assert families(pages(desk, printed(desk, which="changed"))) == ["Zając"]
    assert printed(desk, which="changed").status_code == 422


def test_what_no_badge_shows_changes_none(people: list[Registration], launch: Event, desk: FlaskClient) -> None:
    printed(desk)
    db.session.execute(update(Registration).values(phone="+212 5 37 00 00 00", language="fr"))
    commit()
    assert count(launch, Selection(which=Which.CHANGED)) == 0


def test_new_ticket_makes_another_badge(people: list[Registration], launch: Event, desk: FlaskClient) -> None:
    printed(desk)
    reissue_ticket(db.session.get_one(Registration, people[2].id), at=now())
    commit()
    assert families(pages(desk, printed(desk, which="due"))) == ["Иванова"]


def test_trial_counts_for_nothing(people: list[Registration], desk: FlaskClient) -> None:
    values = {**FORM}
    values.pop("counts")
    desk.post(f"{HOME}/print", data=values)
    assert (len(db.session.scalars(select(BadgeStanding)).all()), len(pages(desk, printed(desk, which="new")))) == (
        0,
        5,
    )


def test_nobody_to_print_is_said_at_the_choice(launch: Event, desk: FlaskClient) -> None:
    answer = printed(desk)
    assert (answer.status_code, "Nobody fits this choice." in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"place": "11", "layout": "labels-80x50"}, "A sheet of this layout has places 1 to 10."),
        ({"place": "0", "layout": "labels-80x50"}, "A sheet of this layout has places 1 to 10."),
        ({"place": ""}, "Write a number, 1 for a whole sheet."),
        ({"layout": "own-nothing"}, "Choose from what is shown."),
        ({"which": "x"}, "Choose from what is shown."),
    ],
)
def test_choice_that_cannot_be_is_told_and_kept(
    people: list[Registration], desk: FlaskClient, values: dict[str, str], message: str
) -> None:
    answer = printed(desk, order="country", **values)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, message in page, 'selected value="country"' in page) == (422, True, True)


def places(desk: FlaskClient, answer: TestResponse) -> list[tuple[int, int]]:
    """Left and upper edge of the category band of each badge on the first page, in millimetres."""
    document = pypdfium2.PdfDocument(BytesIO(desk.get(f"{answer.location}/1.pdf").data))
    text = document[0].get_textpage()
    found = []
    for word in ("Participant", "Speaker"):
        search = text.search(word)
        while (hit := search.get_next()) is not None:
            left, foot, _right, _top = text.get_charbox(hit[0])
            found.append((round(left / MM), round(297 - foot / MM)))
    return sorted(found, key=lambda place: (place[1], place[0]))


def test_used_sheet_goes_on_where_it_ended(people: list[Registration], desk: FlaskClient) -> None:
    whole = places(desk, printed(desk, layout="labels-80x50"))
    begun = places(desk, printed(desk, layout="labels-80x50", place="4"))
    assert begun[:2] == whole[3:5]


def test_printer_that_is_off_is_met_halfway(people: list[Registration], desk: FlaskClient) -> None:
    before = places(desk, printed(desk, layout="labels-80x50"))
    desk.post(f"{HOME}/calibrate?layout=labels-80x50", data={"right": "3", "down": "-2"})
    after = places(desk, printed(desk, layout="labels-80x50"))
    assert after == [(left + 3, top - 2) for left, top in before]


@pytest.mark.parametrize("value", ["nan", "inf", "21", "-30", "x"])
def test_calibration_of_another_kind_is_refused(desk: FlaskClient, value: str) -> None:
    answer = desk.post(f"{HOME}/calibrate?layout=a6", data={"right": value, "down": "0"})
    assert (answer.status_code, f'value="{value}"' in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("layout", ["a6", "labels-63x38"])
def test_calibration_page_is_one_sheet(desk: FlaskClient, layout: str) -> None:
    document = desk.get(f"{HOME}/calibration.pdf?layout={layout}")
    assert len(pypdfium2.PdfDocument(BytesIO(document.data))) == 1


def test_many_badges_are_made_in_the_background(
    launch: Event, desk: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PART", 20)
    for _number in range(30):
        make_registration(launch)
    commit()
    answer = printed(desk)
    assert "0 of 30 badges" in desk.get(answer.location).get_data(as_text=True)
    assert desk.get(f"{answer.location}/1.pdf").status_code == 404
    run_waiting(app)
    assert "Badges 21 to 30" in desk.get(answer.location).get_data(as_text=True)
    assert [len(pages(desk, answer, number)) for number in (1, 2)] == [20, 10]
    assert len(db.session.scalars(select(BadgePrint)).all()) == 30


def test_run_that_fails_says_so_and_counts_nothing(
    launch: Event, desk: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> bytes:
        raise RuntimeError("no paper")

    for _number in range(30):
        make_registration(launch)
    commit()
    answer = printed(desk)
    monkeypatch.setattr(runs, "badges_pdf", broken)
    run_waiting(app)
    page = desk.get(answer.location).get_data(as_text=True)
    assert ("Nothing is counted as printed" in page, db.session.scalars(select(BadgePrint)).all()) == (True, [])


def test_run_asked_for_twice_prints_once(launch: Event, desk: FlaskClient, app: Flask) -> None:
    for _number in range(30):
        make_registration(launch)
    commit()
    printed(desk)
    run_waiting(app)
    runs.make_badges(run_id=db.session.scalars(select(BadgeRun.id)).one())
    commit()
    assert len(db.session.scalars(select(BadgePrint)).all()) == 30


def test_files_go_after_a_week_and_lost_runs_are_named(
    people: list[Registration], launch: Event, desk: FlaskClient
) -> None:
    answer = printed(desk)
    old = now() - timedelta(days=8)
    db.session.execute(update(BadgeRun).values(finished_at=old))
    db.session.add(
        BadgeRun(event_id=launch.id, layout="a6", layout_name="A6", options={}, total=5, created_at=old, actor="x")
    )
    commit()
    runs.forget_runs()
    commit()
    assert desk.get(f"{answer.location}/1.pdf").status_code == 404
    assert "The files of this run are deleted." in desk.get(answer.location).get_data(as_text=True)
    assert [run.state for run in db.session.scalars(select(BadgeRun).order_by(BadgeRun.id))] == ["done", "failed"]


def test_log_says_who_printed_what(people: list[Registration], desk: FlaskClient) -> None:
    printed(desk, category="speaker")
    page = desk.get(f"{HOME}/log").get_data(as_text=True)
    assert [part in page for part in ("Zając", "owner@example.org", "1 badge", "A6")] == [True] * 4


def test_badge_is_printed_again_with_a_reason(people: list[Registration], desk: FlaskClient) -> None:
    printed(desk)
    address = f"{HOME}/person/{people[1].uid}"
    refused = desk.post(address, data={"layout": "a6", "reason": " "})
    again = desk.post(address, data={"layout": "card", "reason": "lost"})
    assert (refused.status_code, families(pages(desk, again))) == (422, ["Zając"])
    assert "Say why it is printed again." in refused.get_data(as_text=True)
    reasons = [one.reason for one in db.session.scalars(select(BadgePrint).order_by(BadgePrint.id))]
    assert sorted(reasons) == ["", "", "", "", "", "lost"]
    assert db.session.get_one(BadgeStanding, people[1].id).times == 2


def test_first_badge_of_a_person_needs_no_reason(people: list[Registration], desk: FlaskClient) -> None:
    assert desk.post(f"{HOME}/person/{people[1].uid}", data={"layout": "a6"}).status_code == 303


def test_who_is_not_confirmed_has_no_badge(launch: Event, desk: FlaskClient) -> None:
    waiting = make_registration(launch, state=State.WAITLISTED)
    commit()
    answer = desk.post(f"{HOME}/person/{waiting.uid}", data={"layout": "a6"})
    assert (answer.status_code, "Only confirmed people have a badge." in answer.get_data(as_text=True)) == (422, True)


def test_pages_cost_the_same_for_one_and_for_many(launch: Event, desk: FlaskClient) -> None:
    costs = []
    for _round in range(2):
        for _number in range(3):
            make_registration(launch)
        commit()
        printed(desk, which="new")
        with count_queries() as asked:
            desk.get(f"{HOME}/log")
            desk.get(f"{HOME}/print")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_only_registrars_print(people: list[Registration], launch: Event, desk: FlaskClient, sign_in: SignIn) -> None:
    run = printed(desk).location
    colleague, stranger = make_user(), make_user()
    make_member(launch, colleague, TeamRole.DOOR)
    commit()
    addresses = [
        f"{HOME}/print",
        run,
        f"{run}/1.pdf",
        f"{HOME}/log",
        f"{HOME}/calibrate",
        f"{HOME}/person/{people[0].uid}",
    ]
    lesser, none = sign_in(colleague), sign_in(stranger)
    assert [lesser.get(address).status_code for address in addresses] == [403] * 6
    assert [none.get(address).status_code for address in addresses] == [404] * 6


def test_erased_person_leaves_no_text_in_the_log(people: list[Registration], desk: FlaskClient) -> None:
    printed(desk)
    log.forget([people[0].id])
    commit()
    assert db.session.get_one(BadgeStanding, people[0].id).shown == ""


def test_person_is_told_when_their_badge_was_printed(people: list[Registration], desk: FlaskClient) -> None:
    printed(desk)
    assert [one["layout"] for one in log.told(db.session.get_one(Registration, people[0].id))] == ["A6"]
