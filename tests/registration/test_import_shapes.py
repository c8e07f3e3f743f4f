"""Files as other programs write them: which column is read as what, and who is brought in."""

import pytest
from flask import Flask

from inser_events.documents.tables import table_from
from inser_events.events.models import Event
from inser_events.registration import import_plans
from inser_events.registration.import_headings import guess, is_heading
from inser_events.registration.import_reading import LOOKS, Defaults, read_row, read_rows
from tests.registration.factories import make_open_event

EVENTBRITE = "Order #,Date,First Name,Last Name,Email,Ticket,Attendee Status,Home Country,Job Title,Company,Cell Phone"
INDICO = "ID,Name,Email Address,Affiliation,Position,Country,Phone Number,Registration state,Title,First Name,Last Name"
PRETIX = (
    "Order code;Position ID;Status;Email;Phone number;Attendee name;Attendee name: Given name;"
    "Attendee name: Family name;Attendee email;Company;Country;Order locale"
)
ZOOM = "First Name,Last Name,Email,City,Country/Region Name,Registration Time,Approval Status,Organization,Job Title"
GOOGLE = "Timestamp,Email Address,Full name,Country,Will you join in person or online?"
FORMS = (
    'Id,Start time,Completion time,Email,Name,"First\u00a0name, as in your passport","Your family\nname",'
    '"Institution\u00a0/ Organisation:",How will you attend the event?\u00a0,'
    "Points - How will you attend the event?,Feedback - How will you attend the event?,E-mail address2,Mobile"
)
ANA = {"given_name": "Ana", "family_name": "Díaz", "email": "ana@example.org"}


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            f"{EVENTBRITE}\n1,2025-08-01,Ana,Díaz,ana@example.org,Free,Attending,ES,Director,CSIC,+34 612 345 678\n",
            {"organisation": "CSIC", "job_title": "Director", "country": "ES", "phone": "+34 612 34 56 78"},
        ),
        (
            f'{INDICO}\n1,"Díaz, Ana",ana@example.org,CSIC,Director,Spain,+34 612 345 678,Completed,Dr,Ana,Díaz\n',
            {
                "organisation": "CSIC",
                "job_title": "Director",
                "country": "ES",
                "phone": "+34 612 34 56 78",
                "honorific": "Dr",
            },
        ),
        (
            f"{PRETIX}\nA;1;paid;buyer@example.org;;Ana Díaz;Ana;Díaz;ana@example.org;CSIC;ES;es\n",
            {"organisation": "CSIC", "country": "ES", "language": "es"},
        ),
        (
            f"Report\nTopic,ID\nINSER,1\n{ZOOM}\nAna,Díaz,ana@example.org,Rome,Spain,8/1/2025,approved,CSIC,Director\n",
            {"organisation": "CSIC", "job_title": "Director", "country": "ES"},
        ),
        (
            f"{GOOGLE}\n2025/08/01 9:03:12 am GMT+1,ana@example.org,Ana Díaz,Spain,In person\n",
            {"country": "ES", "mode": "in_person"},
        ),
        (
            f"{FORMS}\n1,x,x,anonymous,,Ana,Díaz,CSIC,In person (Rabat),0,,ana@example.org,212612345678\n",
            {"organisation": "CSIC", "mode": "in_person", "phone": "+212 6 12 34 56 78"},
        ),
    ],
    ids=["eventbrite", "indico", "pretix", "zoom", "google", "microsoft"],
)
def test_the_files_of_other_programs_are_understood(event: Event, text: str, values: dict[str, str]) -> None:
    table = table_from(text.encode(), "a.csv", is_heading=is_heading)
    rows = list(read_rows(table, guess(table, LOOKS)))
    assert [(row.values, row.problems) for row in rows] == [(ANA | values, [])]


@pytest.mark.parametrize(
    "table",
    [
        "Order code,Attendee name,Attendee email,Status\nA,Ana Díaz,ana@example.org,Canceled\n",
        f"{EVENTBRITE}\n1,2025-08-01,Ana,Díaz,ana@example.org,Free,Not Attending,ES,Director,CSIC,\n",
        f"{INDICO}\n1,,ana@example.org,CSIC,Director,Spain,,Withdrawn,Dr,Ana,Díaz\n",
        f"{ZOOM}\nAna,Díaz,ana@example.org,Rome,Spain,8/1/2025,denied,CSIC,Director\n",
        "Nom,Courriel,Statut\nAna Díaz,ana@example.org,Annulé\n",
    ],
    ids=["pretix", "eventbrite", "indico", "zoom", "french"],
)
def test_who_cancelled_elsewhere_is_not_registered_here(event: Event, table: str) -> None:
    read = table_from(table.encode(), "a.csv", is_heading=is_heading)
    rows = list(read_rows(read, guess(read, LOOKS)))
    assert [one.outcome for one in import_plans.planned(event, rows, Defaults("in_person"))] == ["same"]


@pytest.mark.parametrize("text", ["Ana Díaz <ana@example.org>", "mailto:ana@example.org", "<mailto:ana@example.org>"])
def test_an_address_copied_from_a_mail_program(app: Flask, text: str) -> None:
    assert read_row(2, {"email": text}).values == {"email": "ana@example.org"}


@pytest.mark.parametrize("text", ["+212 612 345 678", "00212 612 345 678", "212612345678", "212 612 345 678"])
def test_a_number_that_lost_its_plus(app: Flask, text: str) -> None:
    assert read_row(2, {"email": "a@example.org", "phone": text}).values["phone"] == "+212 6 12 34 56 78"


def test_a_number_that_a_spreadsheet_rounded_is_refused(app: Flask) -> None:
    refused = "“2.12612E+11” is no telephone number with the code of its country."
    assert read_row(2, {"email": "a@example.org", "phone": "2.12612E+11", "country": "MA"}).problems == [refused]


def test_of_two_columns_with_one_heading_the_chosen_one_is_remembered(event: Event) -> None:
    table = table_from(b"Email,Email,Name\nana@example.org,,Ana\n", "a.csv", is_heading=is_heading)
    assert guess(table, LOOKS, {"email": "email", "name": "family_name"}) == {0: "email", 2: "family_name"}
