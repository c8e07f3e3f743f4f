"""Documents as files: judged by their bytes, named by a release, downloaded by anyone, withdrawn at once."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.agenda import document_files, received
from inser_events.agenda.document_files import KEPT_SECONDS, folder, sweep_document_files
from inser_events.agenda.errors import Unusable
from inser_events.agenda.models import Document, DocumentFile, Item
from inser_events.agenda.papers import remove_document
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import latest_snapshot
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from tests.factories import make_event, make_member, make_session, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
PDF = b"%PDF-1.7 the text"
LIST = "/events/launch/documents"


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user("owner@example.org")


@pytest.fixture
def event(owner: User) -> Event:
    event = make_event(slug="launch", owner=owner, languages=["en", "fr"])
    make_session(event)
    return event


@pytest.fixture
def document(event: Event) -> Document:
    """Promised in English and French, and taken by item 3."""
    document = Document(
        event_id=event.id, symbol="GSPPA XIII/2025/3", title={"en": "Work plan"}, languages=["en", "fr"]
    )
    db.session.add_all([document, Item(event_id=event.id, number="3", title={"en": "Plan"}, documents=[document])])
    db.session.flush()
    return document


def put(document: Document, language: str = "en", content: bytes = PDF, name: str = "plan.pdf") -> DocumentFile:
    return document_files.put_file(document, language, io.BytesIO(content), name)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def address(file: DocumentFile) -> str:
    return f"/events/launch/files/{file.uid}"


def fetched(client: FlaskClient, path: str, **headers: str) -> Any:
    """The answer, read and closed: a file that is sent stays open otherwise."""
    with client.get(path, headers=headers) as answer:
        answer.get_data()
        return answer


def status(client: FlaskClient, file: DocumentFile) -> int:
    return int(fetched(client, address(file)).status_code)


def publish(event: Event) -> None:
    publish_agenda(event, at=now())


def send(client: FlaskClient, document: Document, content: bytes, language: str = "en", name: str = "a.pdf") -> Any:
    return client.post(
        f"/manage/launch/agenda/documents/{document.uid}/files",
        data={"language": language, "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def test_a_file_is_public_with_the_next_release(client: FlaskClient, event: Event, document: Document) -> None:
    publish(event)
    file = put(document)
    assert status(client, file) == 404
    publish(event)
    answer = fetched(client, address(file))
    assert (answer.data, answer.content_type, answer.headers["X-Content-Type-Options"]) == (
        *(PDF, "application/pdf"),
        "nosniff",
    )
    assert answer.headers["Content-Disposition"] == "attachment; filename=GSPPA-XIII-2025-3-en.pdf"
    again = fetched(client, address(file), **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, answer.headers.get("Set-Cookie")) == (304, None)


def test_the_public_pages_show_what_there_is_and_what_is_missing(
    client: FlaskClient, event: Event, document: Document
) -> None:
    file = put(document)
    publish(event)
    for path in (LIST, "/events/launch/agenda"):
        page = text(client.get(path))
        assert (page.count(f'href="{address(file)}"'), page.count("not there yet")) == (1, 1)
    assert text(client.get("/events/launch")).count(f'href="{LIST}"') == 1


def test_a_replaced_file_is_served_until_the_new_one_is_public(
    client: FlaskClient, event: Event, document: Document
) -> None:
    old = put(document)
    publish(event)
    new = put(document, content=b"%PDF-1.7 better")
    assert [status(client, one) for one in (old, new)] == [200, 404]
    publish(event)
    assert [status(client, one) for one in (old, new)] == [404, 200]


def test_a_withdrawn_file_stops_at_once(client: FlaskClient, event: Event, document: Document) -> None:
    file = put(document)
    publish(event)
    document_files.withdraw_file(file)
    assert status(client, file) == 404
    db.session.refresh(document)
    assert document_files.missing_languages(document) == ["en", "fr"]


@pytest.mark.parametrize("state", ["in_preparation", "withdrawn"])
def test_the_status_decides_whether_a_release_offers_files(
    client: FlaskClient, event: Event, document: Document, state: str
) -> None:
    file = put(document)
    document.status = state
    publish(event)
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    assert (snapshot.documents[0].files, status(client, file)) == ([], 404)


def test_files_of_another_event_are_not_found(client: FlaskClient, event: Event, document: Document) -> None:
    file = put(document)
    publish(event)
    other = make_event(slug="other")
    make_session(other)
    publish(other)
    assert client.get(f"/events/other/files/{file.uid}").status_code == 404


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, received.PDF),
        (zipped("word/document.xml"), received.DOCX),
        (zipped("xl/workbook.xml"), received.XLSX),
        (zipped("ppt/presentation.xml"), received.PPTX),
    ],
)
def test_the_bytes_say_what_a_file_is(document: Document, content: bytes, media_type: str) -> None:
    file = put(document, content=content, name="../../x\\evil.exe")
    ending = received.ENDINGS[media_type]
    assert (file.media_type, file.filename, file.stored_name.endswith(ending)) == (media_type, f"evil{ending}", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first. The one you sent is empty."),
        (b"<html><script>", "Send a PDF, Word, Excel or PowerPoint file."),
        (zipped("other.xml"), "Send a PDF, Word, Excel or PowerPoint file."),
        (zipped("word/document.xml", "word/vbaProject.bin"), "This file contains macros."),
        (b"PK\x03\x04broken", "This file is damaged"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_field(
    sign_in: SignIn, owner: User, document: Document, content: bytes, words: str
) -> None:
    answer = send(sign_in(owner), document, content, "fr")
    page = text(answer)
    assert (answer.status_code, words in page, '<option selected value="fr"' in page) == (422, True, True)
    assert db.session.scalars(select(DocumentFile)).all() == []


def test_too_large_a_file_is_refused(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "LARGEST", 5)
    with pytest.raises(Unusable, match="larger than"):
        put(document)


def test_a_form_without_a_file_or_language_is_answered(sign_in: SignIn, owner: User, document: Document) -> None:
    client = sign_in(owner)
    home = f"/manage/launch/agenda/documents/{document.uid}/files"
    assert text(client.post(home, data={"language": "en"})).count("Choose a file first.") == 2
    assert send(client, document, PDF, "xx").status_code == 422


def test_uploading_and_replacing_through_the_page(sign_in: SignIn, owner: User, document: Document) -> None:
    client = sign_in(owner)
    for name in ("first.pdf", "second.pdf"):
        assert send(client, document, PDF, name=name).status_code == 303
    page = text(client.get(f"/manage/launch/agenda/documents/{document.uid}/files"))
    assert [page.count(words) for words in ("first.pdf", "second.pdf", ">Missing<")] == [0, 2, 1]
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%document file")))
    assert list(acts) == ["add document file", "replace document file"]


def test_a_new_language_is_promised_with_its_file(document: Document) -> None:
    put(document, "ar")
    assert document.languages == ["en", "fr", "ar"]


def test_the_register_counts_what_is_missing(sign_in: SignIn, owner: User, document: Document) -> None:
    put(document)
    assert text(sign_in(owner).get("/manage/launch/agenda/items")).count("1 file missing") == 1


def test_withdrawing_through_the_page(sign_in: SignIn, owner: User, document: Document) -> None:
    file, client = put(document), sign_in(owner)
    draft = f"/manage/launch/agenda/documents/files/{file.uid}"
    assert fetched(client, draft).data == PDF
    assert client.post(f"{draft}/withdraw").status_code == 303
    assert [client.get(draft).status_code, client.post(f"{draft}/withdraw").status_code] == [404, 404]


def test_only_editors_change_files(sign_in: SignIn, event: Event, document: Document) -> None:
    file = put(document)
    registrar, stranger = make_user("registrar@example.org"), make_user("stranger@example.org")
    make_member(event, registrar, TeamRole.REGISTRAR)
    for user, wanted in ((registrar, 403), (stranger, 404)):
        client = sign_in(user)
        answers = [
            send(client, document, PDF),
            client.post(f"/manage/launch/agenda/documents/files/{file.uid}/withdraw"),
        ]
        assert [answer.status_code for answer in answers] == [wanted, wanted]


def test_the_sweep_keeps_what_the_public_release_offers(client: FlaskClient, event: Event, document: Document) -> None:
    old = put(document)
    publish(event)
    put(document, content=b"%PDF-1.7 better")
    remove_document(event, document)
    later = now() + timedelta(seconds=KEPT_SECONDS + 60)
    stray = folder() / "stray.pdf"
    stray.write_bytes(PDF)
    for path in folder().glob("*"):
        os.utime(path, (now().timestamp() - 60, now().timestamp() - 60))
    with fixed_at(later):
        sweep_document_files()
    assert (status(client, old), len(list(folder().glob("*")))) == (200, 1)
    publish(event)
    with fixed_at(later):
        sweep_document_files()
    assert (db.session.scalars(select(DocumentFile)).all(), list(folder().glob("*"))) == ([], [])


def test_more_documents_need_no_more_queries(sign_in: SignIn, owner: User, event: Event, document: Document) -> None:
    client, counts = sign_in(owner), []
    for number in (1, 2, 3):
        more = Document(event_id=event.id, symbol=f"X/{number}", languages=["en"])
        db.session.add(more)
        db.session.flush()
        put(more)
        with count_queries() as asked:
            client.get("/manage/launch/agenda/items")
        counts.append(len(asked))
    assert counts[0] == counts[2]
