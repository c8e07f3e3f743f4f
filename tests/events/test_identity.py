"""An event's looks: colours that can be read, pictures that carry nothing, pages and papers that show them."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from inser_events.accounts.models import User
from inser_events.documents import colours, pictures
from inser_events.documents.pictures import UnusablePicture
from inser_events.events import identity_operations as operations
from inser_events.events.identity import Look, Partner, colours_css, folder, look_of
from inser_events.events.identity_operations import UnusableLook
from inser_events.events.models import Event, TeamRole
from tests.attendance.factories import make_published
from tests.documents.accessible import problems
from tests.factories import make_event, make_member, make_user

SignIn = Callable[[User], FlaskClient]


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **values: object) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "#3d5c2f").save(buffer, kind, **values)
    return buffer.getvalue()


def broken() -> bytes:
    return picture()[:200]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def event(owner: User) -> Event:
    return make_published(owner=owner, slug="launch")


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.54)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(colours.contrast(one, other), 2) == expected


@pytest.mark.parametrize("colour", ["#ffff00", "#00ff00", "#777777", "#9b3d1b", "#000000", "#ffffff"])
def test_a_colour_becomes_readable_on_paper_and_in_the_dark(colour: str) -> None:
    on = [colours.contrast(colours.readable(colour, ground), ground) for ground in (colours.WHITE, colours.NIGHT)]
    assert min(on) >= 4.5


def test_colour_that_cannot_be_read_is_refused_with_one_that_can(event: Event) -> None:
    with pytest.raises(UnusableLook) as refusal:
        operations.set_colours(event, "#ffcc00", "")
    proposed = refusal.value.message.rsplit(" ", 1)[1].rstrip(".")
    assert operations.set_colours(event, proposed, "#ffcc00").primary == proposed


@pytest.mark.parametrize("text", ["red", "#12", "#12345g", "url(x)", "#123456;}"])
def test_what_is_no_colour_is_refused(event: Event, text: str) -> None:
    with pytest.raises(UnusableLook):
        operations.set_colours(event, "", text)


def test_style_sheet_says_only_colours() -> None:
    css = colours_css(Look(primary="#3d5c2f", secondary="#a8481f"))
    assert css.startswith("@layer pages{:root{--accent:light-dark(#3d5c2f,#")
    assert colours_css(Look()) == ""


def test_what_was_in_the_file_beside_the_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    sent = picture("JPEG", exif=exif, comment=b"secret")
    made = [pictures.photograph(sent), pictures.logo(sent)]
    assert [name.extension for name in made] == ["jpg", "png"]
    assert [b"home" in each.content or b"secret" in each.content for each in made] == [False, False]


@pytest.mark.parametrize(("make", "limit"), [(pictures.logo, 1000), (pictures.photograph, 2000)])
def test_a_large_picture_is_made_smaller(make: Callable[[bytes], pictures.Picture], limit: int) -> None:
    assert max(Image.open(BytesIO(make(picture(size=(3000, 600))).content)).size) == limit


@pytest.mark.parametrize(
    "sent",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"GIF89a" + bytes(50), broken(), b"%PDF-1.7"],
    ids=["nothing", "svg", "gif", "broken", "pdf"],
)
def test_what_is_no_harmless_picture_is_refused(sent: bytes) -> None:
    for make in (pictures.logo, pictures.photograph):
        with pytest.raises(UnusablePicture):
            make(sent)


def test_a_scan_in_sixteen_bits_keeps_its_greys() -> None:
    scan = Image.new("I;16", (2, 1))
    scan.putdata([0x4000, 0xFFFF])
    file = BytesIO()
    scan.save(file, "PNG")
    made = Image.open(BytesIO(pictures.logo(file.getvalue()).content)).convert("L")
    assert [made.getpixel((0, 0)), made.getpixel((1, 0))] == [63, 255]


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_shown(kind: str) -> None:
    file = BytesIO()
    Image.new("RGB", (9, 9), "black").save(file, kind, save_all=True, append_images=[Image.new("RGB", (9, 9), "white")])
    made = Image.open(BytesIO(pictures.logo(file.getvalue()).content))
    assert (getattr(made, "n_frames", 1), made.convert("L").getpixel((4, 4))) == (1, 0)


def test_a_picture_in_printers_inks_gets_the_colours_of_a_screen() -> None:
    file = BytesIO()
    Image.new("CMYK", (9, 9), (0, 255, 255, 0)).save(file, "JPEG")
    assert Image.open(BytesIO(pictures.logo(file.getvalue()).content)).convert("RGB").getpixel((4, 4)) == (255, 0, 0)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(UnusablePicture):
        pictures.logo(picture("PNG", (10_000, 6_000)))


def test_organiser_gives_the_event_its_looks(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    base = "/manage/launch/identity"
    forms = [
        ("/colours", {"primary": "#3D5C2F", "secondary": "#a8481f"}),
        ("/logo", {"picture": (BytesIO(picture()), "logo.png")}),
        ("/cover", {"picture": (BytesIO(picture("JPEG")), "cover.jpg")}),
        ("/partners", {"name": "FAO", "picture": (BytesIO(picture(size=(90, 40))), "fao.png")}),
    ]
    assert [client.post(base + path, data=form).status_code for path, form in forms] == [303] * 4
    look = look_of(event.id)
    assert (look.primary, [partner.name for partner in look.partners], len(look.files)) == ("#3d5c2f", ["FAO"], 3)
    assert client.get(base).status_code == 200


@pytest.mark.parametrize(
    ("path", "form", "message"),
    [
        ("/colours", {"primary": "#ffff00"}, "hard to read"),
        ("/colours", {"secondary": "blue"}, "Write the colour as"),
        ("/logo", {"picture": (b"<svg/>", "logo.svg")}, "could not be read as a picture"),
        ("/cover", {}, "Choose a picture first"),
        ("/partners", {"name": " "}, "Enter the name of the partner"),
    ],
)
def test_what_cannot_be_used_comes_back_with_a_message(
    path: str, form: dict[str, object], message: str, event: Event, owner: User, sign_in: SignIn
) -> None:
    files = {name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in form.items()}
    answer = sign_in(owner).post(f"/manage/launch/identity{path}", data=files)
    assert (answer.status_code, message in answer.get_data(as_text=True)) == (422, True)


def test_public_page_shows_the_looks_at_once(event: Event, client: FlaskClient) -> None:
    assert "pictures/" not in client.get("/events/launch").get_data(as_text=True)
    operations.set_colours(event, "#3d5c2f", "")
    operations.set_picture(event, "logo", picture())
    operations.add_partner(event, "FAO", picture())
    look = look_of(event.id)
    page = client.get("/events/launch").get_data(as_text=True)
    wanted = [f"pictures/{look.logo}", f"colours-{look.tag}.css", 'alt="FAO"']
    assert [text for text in wanted if text not in page] == []
    assert "#3d5c2f" in client.get(f"/events/launch/colours-{look.tag}.css").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/agenda", "/speakers", "/changes", "/live", "/register"])
def test_every_page_of_the_event_asks_for_its_colours(event: Event, client: FlaskClient, path: str) -> None:
    assert client.get(f"/events/launch{path}").text.count('href="/events/launch/colours.css"') == 1


def test_style_sheet_of_kept_pages_shows_the_looks_at_once(event: Event, client: FlaskClient) -> None:
    before = client.get("/events/launch/colours.css")
    operations.set_colours(event, "#3d5c2f", "")
    operations.set_picture(event, "logo", picture(size=(80, 40)))
    after = client.get("/events/launch/colours.css", headers={"If-None-Match": before.headers["ETag"]})
    wanted = [
        "--accent-fill:#3d5c2f",
        f"url(/events/launch/pictures/{look_of(event.id).logo})",
        "--event-logo-ratio:80/40",
    ]
    assert (before.text, after.status_code, [text for text in wanted if text not in after.text]) == ("", 200, [])
    again = client.get("/events/launch/colours.css", headers={"If-None-Match": after.headers["ETag"]})
    assert (again.status_code, again.headers.get("Set-Cookie")) == (304, None)


def test_style_sheet_tells_a_draft_from_nothing_to_nobody(app: Flask, client: FlaskClient) -> None:
    operations.set_colours(make_event(slug="draft"), "#3d5c2f", "")
    answers = [client.get(f"/events/{slug}/colours.css") for slug in ("draft", "nothing")]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, ""), (200, "")]


def test_a_picture_is_kept_by_browsers_and_nothing_else_is_served(event: Event, client: FlaskClient) -> None:
    operations.set_picture(event, "logo", picture())
    name = look_of(event.id).logo
    answer = client.get(f"/events/launch/pictures/{name}")
    assert (answer.content_type, answer.cache_control.immutable, "Set-Cookie" in answer.headers) == (
        "image/png",
        True,
        False,
    )
    answer.close()
    (folder() / "other.png").write_bytes(b"x")
    statuses = [client.get(f"/events/launch/pictures/{path}").status_code for path in ("other.png", "..%2fsecret", "x")]
    assert statuses == [404, 404, 404]


def test_pictures_of_one_event_are_not_those_of_another(event: Event, client: FlaskClient) -> None:
    operations.set_picture(event, "logo", picture())
    other = make_published(slug="other")
    assert client.get(f"/events/{other.slug}/pictures/{look_of(event.id).logo}").status_code == 404


def test_a_removed_logo_is_no_longer_shown(event: Event, owner: User, sign_in: SignIn) -> None:
    operations.set_picture(event, "logo", picture())
    operations.add_partner(event, "FAO", picture())
    client = sign_in(owner)
    client.post("/manage/launch/identity/logo", data={"remove": "1"})
    client.post("/manage/launch/identity/partners/0/remove")
    client.post("/manage/launch/identity/partners/7/remove")
    assert look_of(event.id) == Look()


def test_pictures_nobody_shows_are_deleted_after_a_while(event: Event) -> None:
    for width in (30, 40):
        operations.set_picture(event, "logo", picture(size=(width, 30)))
    operations.add_partner(event, "FAO", picture(size=(60, 30)))
    before = len(list(folder().iterdir()))
    operations.sweep_pictures()
    young = len(list(folder().iterdir()))
    for path in folder().iterdir():
        os.utime(path, (0, 0))
    operations.sweep_pictures()
    assert (before, young, {path.name for path in folder().iterdir()}) == (3, 3, look_of(event.id).files)


def test_programme_carries_the_pictures(event: Event, client: FlaskClient) -> None:
    operations.set_picture(event, "logo", picture())
    operations.set_picture(event, "cover", picture("JPEG"))
    operations.add_partner(event, "FAO", picture(size=(80, 40)))
    with pikepdf.open(BytesIO(client.get("/events/launch/programme.pdf").data)) as opened:
        images = opened.pages[0].get_images()
    assert len(images) == 3


def test_programme_is_printed_without_a_picture_that_is_gone(event: Event, client: FlaskClient) -> None:
    operations.set_picture(event, "logo", picture())
    Path(folder() / look_of(event.id).logo).unlink()
    assert client.get("/events/launch/programme.pdf").status_code == 200


def test_a_broken_picture_is_left_out_of_the_programme(event: Event, client: FlaskClient) -> None:
    operations.set_picture(event, "logo", picture())
    operations.set_picture(event, "cover", picture("JPEG"))
    path = Path(folder() / look_of(event.id).cover)
    path.write_bytes(path.read_bytes()[:40])
    with pikepdf.open(BytesIO(client.get("/events/launch/programme.pdf").data)) as opened:
        assert len(opened.pages[0].get_images()) == 1


def test_partners_have_a_chapter_of_their_own(event: Event, client: FlaskClient, tmp_path: Path) -> None:
    operations.add_partner(event, "Soil Board", picture(size=(80, 40)))
    document = client.get("/events/launch/programme.pdf").data
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)).split())
    assert (words.count("Partners Soil Board"), problems(document, tmp_path)) == (1, [])


def test_only_editors_change_the_looks(event: Event, sign_in: SignIn) -> None:
    colleague, stranger = make_user(), make_user()
    make_member(event, colleague, TeamRole.REGISTRAR)
    assert [sign_in(user).get("/manage/launch/identity").status_code for user in (colleague, stranger)] == [403, 404]


def test_looks_of_a_draft_stay_hidden(app: Flask, client: FlaskClient) -> None:
    make_event(slug="draft")
    assert client.get("/events/draft/colours-x.css").status_code == 404


def test_partners_keep_their_order(event: Event) -> None:
    for name in ("FAO", "JRC"):
        operations.add_partner(event, name, picture())
    file = look_of(event.id).partners[0].file
    assert look_of(event.id).partners == (Partner("FAO", file), Partner("JRC", file))
