"""An event's looks in its mails: colours, and the logo inside the mail itself."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.colours import NIGHT, READABLE, WHITE, contrast
from inser_events.events import identity_operations as operations
from inser_events.events.identity import folder, look_of
from inser_events.events.letterhead import ACCENT, ACCENT_DARK, BOX, letterhead_of
from inser_events.events.models import Event
from inser_events.mail import OutboxMail, ready
from inser_events.registration.operations import register
from tests.registration.factories import make_open_event, someone


def picture(width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("RGBA", (width, height), (20, 90, 60, 255)).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(name={"en": "Soil days"})


@pytest.fixture
def mailed(app: Flask) -> Callable[[Event], EmailMessage]:
    """The mail that somebody who registers for an event gets."""

    def sent(event: Event) -> EmailMessage:
        register(event, someone(), at=now())
        commit()
        mail = ready(db.session.query(OutboxMail).one())
        assert mail is not None
        return message_from_bytes(mail.message, policy=policy.default)

    return sent


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_without_looks_of_its_own_an_event_writes_in_ours(event: Event) -> None:
    head = letterhead_of(event.id)
    assert (head.accent, head.accent_dark, head.logo, head.pictures) == (ACCENT, ACCENT_DARK, "", ())


def test_the_logo_travels_inside_the_mail(event: Event, mailed: Callable[[Event], EmailMessage]) -> None:
    operations.set_picture(event, "logo", picture(900, 300))
    message = mailed(event)
    found = re.findall(
        r'<img class="logo" src="cid:([^"]+)" width="(\d+)" height="(\d+)" alt="Soil days">', html_of(message)
    )
    [part] = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert found == [(part["Content-ID"].strip("<>"), "168", "56")]
    assert (part.get_content_disposition(), Image.open(BytesIO(part.get_content())).size) == ("inline", (440, 147))


def test_text_html_and_invitation_stay_alternatives_of_each_other(
    event: Event, mailed: Callable[[Event], EmailMessage]
) -> None:
    operations.set_picture(event, "logo", picture(80, 80))
    message = mailed(event)
    [alternative] = [part for part in message.walk() if part.get_content_type() == "multipart/alternative"]
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "multipart/related", "text/calendar"]


def test_nothing_in_a_mail_is_fetched_from_elsewhere(event: Event, mailed: Callable[[Event], EmailMessage]) -> None:
    operations.set_picture(event, "logo", picture(80, 80))
    assert re.findall(r'(?:src|srcset|background)="(?!cid:)|url\(|@import|<link', html_of(mailed(event))) == []


def test_buttons_have_the_colour_of_the_event_and_can_be_read(
    event: Event, mailed: Callable[[Event], EmailMessage]
) -> None:
    operations.set_colours(event, "#14507a", "")
    head = letterhead_of(event.id)
    assert ".action td { border-radius: 8px; background: #14507a; }" in html_of(mailed(event))
    assert [contrast(head.accent, WHITE) >= READABLE, contrast(head.accent_dark, NIGHT) >= READABLE] == [True, True]


def test_a_logo_that_is_gone_leaves_a_mail_without_one(event: Event, mailed: Callable[[Event], EmailMessage]) -> None:
    operations.set_picture(event, "logo", picture(80, 81))
    (folder() / look_of(event.id).logo).unlink()
    assert "<img" not in html_of(mailed(event))


@pytest.mark.parametrize("size", [(3000, 20), (20, 3000), (1, 1), (440, 112)])
def test_a_logo_of_any_shape_fits(event: Event, size: tuple[int, int]) -> None:
    operations.set_picture(event, "logo", picture(*size))
    head = letterhead_of(event.id)
    assert (head.width <= BOX[0], head.height <= BOX[1]) == (True, True)
