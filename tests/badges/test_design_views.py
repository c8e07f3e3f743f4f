"""The layout designer, as an organiser uses it: forms, steps back, warnings, files."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.badges.designs import Field, Kind
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.models import BadgeLayout
from inser_events.badges.stock import layout_from
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from tests.badges.conftest import SignIn
from tests.factories import make_event, make_member, make_user

HOME = "/manage/launch/badges"
WELL = {"left": "10", "top": "10", "width": "40", "height": "8", "size": "12", "least": "6", "small": "8"}
MORE = {"align": "centre", "upright": "middle", "lines": "all", "colour": ""}


def made(desk: FlaskClient, start: str = "a6", name: str = "Our badge") -> BadgeLayout:
    """A layout of the event's own."""
    answer = desk.post(HOME, data={"name": name, "start": start})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return only()


def only() -> BadgeLayout:
    return db.session.scalars(select(BadgeLayout)).one()


def field(kind: str = "person", side: str = "front") -> Field:
    layout = layout_from(only())
    fields = layout.back if side == "back" else layout.fields
    return next(one for one in fields if one.kind == kind)


def saved(desk: FlaskClient, kind: str = "person", **values: Any) -> TestResponse:
    row = only()
    data = {**WELL, **MORE, "version": row.version, **values}
    return desk.post(f"{HOME}/{row.uid}/fields/{field(kind).key}", data=data)


def errors(answer: TestResponse) -> list[str]:
    """Messages at the inputs of a page."""
    page = answer.get_data(as_text=True)
    parts = page.split('<span class="visually-hidden">Error: </span>')[1:]
    return [part.partition("</span>")[0] for part in parts]


def test_gallery_shows_every_ready_layout(desk: FlaskClient) -> None:
    page = desk.get(HOME).get_data(as_text=True)
    assert [name for name in LAYOUTS if f"{HOME}/ready/{name}.png" not in page] == []


def test_layout_begins_as_a_copy_of_a_ready_one(desk: FlaskClient) -> None:
    layout = layout_from(made(desk, "card"))
    assert (layout.badge, layout.fields) == (LAYOUTS["card"].badge, LAYOUTS["card"].fields)


def test_layout_begins_as_a_copy_of_ones_own(desk: FlaskClient) -> None:
    first = made(desk, "a7")
    desk.post(HOME, data={"name": "Second", "start": f"own-{first.uid}"})
    assert [row.content for row in db.session.scalars(select(BadgeLayout))] == [first.content] * 2


def test_layout_needs_a_name(desk: FlaskClient) -> None:
    answer = desk.post(HOME, data={"name": "  ", "start": "a6"})
    assert (answer.status_code, errors(answer)) == (422, ["Give the layout a name."])


def test_field_is_changed_by_its_form(desk: FlaskClient) -> None:
    made(desk)
    assert saved(desk, left="12.5", size="20", colour="#9B3D1B", align="start", lines="latin").status_code == 303
    now = field()
    assert (now.left, now.size, now.colour, now.align, now.lines[0]) == (12.5, 20, "#9b3d1b", "start", "name_latin")


@pytest.mark.parametrize("typed", ["12,5", " 12.5 ", "١٢٫٥"])
def test_lengths_are_read_as_people_write_them(desk: FlaskClient, typed: str) -> None:
    made(desk)
    assert (saved(desk, left=typed).status_code, field().left) == (303, 12.5)


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("person", {"left": "90"}, "Reaches over the edge: the badge is 105 mm wide."),
        ("person", {"top": "-1"}, "Reaches over the edge: the badge is 148 mm high."),
        ("person", {"height": "500"}, "Reaches over the edge: the badge is 148 mm high."),
        ("person", {"size": "3"}, "Nobody can read this. Use at least 4.5 pt."),
        ("person", {"least": "2"}, "Nobody can read this. Use at least 3.5 pt."),
        ("person", {"least": "14"}, "This is larger than the largest size."),
        ("person", {"small": "2"}, "Nobody can read this. Use at least 4.5 pt."),
        ("person", {"left": "nan"}, "Write a number, such as 1.5."),
        ("person", {"left": "ten"}, "Write a number, such as 12.5."),
        ("person", {"left": ""}, "Write a number, such as 12.5."),
        ("person", {"colour": "red"}, "Write the colour as # and six digits or letters from a to f, as in #9b3d1b."),
        ("band", {"colour": "#ffee00"}, "White letters cannot be read on this colour. Choose a darker one."),
        ("qr", {"width": "12", "height": "12"}, "Too small to scan. Make the code at least 18.5 mm wide and high."),
    ],
)
def test_what_goes_wrong_on_paper_is_told_at_the_field(
    desk: FlaskClient, kind: str, values: dict[str, str], message: str
) -> None:
    made(desk)
    before = field(kind)
    answer = saved(desk, kind, **values)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, errors(answer), field(kind)) == (422, [message], before)
    assert [value for value in values.values() if f'value="{value}"' not in page] == []


def test_code_is_moved_with_only_what_its_form_has(desk: FlaskClient) -> None:
    row = made(desk)
    data = {"left": "3", "top": "100", "width": "30", "height": "30", "version": row.version}
    answer = desk.post(f"{HOME}/{row.uid}/fields/qr", data=data)
    assert (answer.status_code, field("qr").left, field("qr").align) == (303, 3, "centre")


def test_fixed_words_are_kept_in_each_language(desk: FlaskClient) -> None:
    row = made(desk)
    desk.post(f"{HOME}/{row.uid}/fields", data={"kind": "text", "version": row.version})
    saved(desk, "text", words_en="Wifi: soil", words_fr="Wifi : sol")
    assert field("text").words == {"en": "Wifi: soil", "fr": "Wifi : sol"}


def test_fixed_words_must_not_be_empty(desk: FlaskClient) -> None:
    row = made(desk)
    desk.post(f"{HOME}/{row.uid}/fields", data={"kind": "text", "version": row.version})
    answer = saved(desk, "text", words_en=" ")
    assert (answer.status_code, "Write the words that stand here." in answer.get_data(as_text=True)) == (422, True)


def test_dragged_field_is_kept_on_the_badge(desk: FlaskClient) -> None:
    row = made(desk)
    place = {"key": "qr", "left": "-40", "top": "500", "width": "30", "height": "30", "version": row.version}
    desk.post(f"{HOME}/{row.uid}/place", data=place)
    assert (field("qr").left, field("qr").top) == (0, 118)


def test_dragging_never_makes_a_code_too_small(desk: FlaskClient) -> None:
    row = made(desk)
    before = field("qr")
    place = {"key": "qr", "left": "1", "top": "1", "width": "5", "height": "5", "version": row.version}
    answer = desk.post(f"{HOME}/{row.uid}/place", data=place, follow_redirects=True)
    assert (field("qr"), "Too small to scan" in answer.get_data(as_text=True)) == (before, True)


@pytest.mark.parametrize("value", ["nan", "inf", "x", ""])
def test_dragging_to_nowhere_changes_nothing(desk: FlaskClient, value: str) -> None:
    row = made(desk)
    before = field("qr")
    desk.post(f"{HOME}/{row.uid}/place", data={"key": "qr", "left": value, "version": row.version})
    assert (field("qr").left, field("qr").width) == (round(before.left, 1), round(before.width, 1))


def test_changes_are_taken_back_and_made_again(desk: FlaskClient) -> None:
    row = made(desk)
    first = field()
    saved(desk)
    second = field()
    seen = []
    for way in ("undo", "undo", "redo", "redo"):
        desk.post(f"{HOME}/{row.uid}/step", data={"way": way, "version": only().version})
        seen.append(field())
    assert seen == [first, first, second, second]


def test_somebody_elses_change_is_not_overwritten(desk: FlaskClient) -> None:
    made(desk)
    saved(desk, left="11")
    answer = saved(desk, left="12", version=1)
    assert (answer.status_code, field().left) == (409, 11)
    assert (
        "Somebody else changed this layout" in answer.get_data(as_text=True),
        'value="12"' in answer.get_data(as_text=True),
    ) == (True, True)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.PICTURE])
def test_every_kind_of_field_can_be_added_and_drawn(desk: FlaskClient, kind: str) -> None:
    row = made(desk, "labels-63x38")
    answer = desk.post(f"{HOME}/{row.uid}/fields", data={"kind": kind, "version": row.version, "side": "back"})
    assert answer.status_code == 303
    assert desk.get(answer.location).status_code == 200
    assert desk.get(f"{HOME}/{row.uid}/preview.png?side=back&v=2").mimetype == "image/png"


def picture() -> BytesIO:
    buffer = BytesIO()
    Image.new("RGB", (60, 20), "#3d5c2f").save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def test_picture_of_ones_own_is_printed(desk: FlaskClient) -> None:
    row = made(desk)
    data = {"kind": "picture", "version": row.version, "picture": (picture(), "flag.png")}
    desk.post(f"{HOME}/{row.uid}/fields", data=data, content_type="multipart/form-data")
    png = desk.get(f"{HOME}/{row.uid}/preview.png?width=400").data
    with Image.open(BytesIO(png)) as shown:
        colours = {colour for _number, colour in shown.convert("RGB").getcolors(10**6) or []}
    assert (0x3D, 0x5C, 0x2F) in colours


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_refused(desk: FlaskClient, content: bytes) -> None:
    row = made(desk)
    data = {"kind": "picture", "version": row.version, "picture": (BytesIO(content), "x.png")}
    desk.post(f"{HOME}/{row.uid}/fields", data=data, content_type="multipart/form-data")
    assert [one.kind for one in layout_from(only()).fields if one.kind == "picture"] == []


def test_last_field_stays(desk: FlaskClient) -> None:
    row = made(desk)
    for one in layout_from(row).fields:
        desk.post(f"{HOME}/{row.uid}/fields/{one.key}/remove", data={"version": only().version})
    assert len(layout_from(only()).fields) == 1


def test_badge_without_a_code_is_warned_of(desk: FlaskClient) -> None:
    row = made(desk)
    desk.post(f"{HOME}/{row.uid}/fields/qr/remove", data={"version": row.version})
    assert "There is no QR code on the front" in desk.get(f"{HOME}/{row.uid}").get_data(as_text=True)


PAPER = {
    "name": "Sheet", "badge_width": "80", "badge_height": "50", "page_width": "210", "page_height": "297",
    "columns": "2", "rows": "5", "gap_across": "15", "gap_down": "5", "left": "17.5", "top": "13.5", "back": "none",
    "language": "fr",
}  # fmt: skip


def paper(desk: FlaskClient, **values: str) -> TestResponse:
    row = only()
    return desk.post(f"{HOME}/{row.uid}/paper", data={**PAPER, "version": row.version, **values})


def test_paper_is_changed(desk: FlaskClient) -> None:
    made(desk)
    assert paper(desk, back="sheet", band_press="#123456").status_code == 303
    layout = layout_from(only())
    assert (layout.badge, layout.corner, layout.gap, layout.is_duplex) == ((80, 50), (17.5, 13.5), (15, 5), True)
    assert (layout.language, layout.bands, only().name) == ("fr", {"press": "#123456"}, "Sheet")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"columns": "3"}, "So many do not fit on the paper."),
        ({"rows": "0"}, "From 1 to 20."),
        ({"badge_width": "-5"}, "Paper and badges are from 10 to 1000 mm wide and high, gaps from 0."),
        ({"badge_width": "inf"}, "Write a number, such as 1.5."),
        ({"band_press": "#ffffff"}, "White letters cannot be read on this colour. Choose a darker one."),
        ({"name": ""}, "Give the layout a name."),
    ],
)
def test_paper_that_cannot_be_is_refused(desk: FlaskClient, values: dict[str, str], message: str) -> None:
    made(desk)
    before = only().content
    answer = paper(desk, **values)
    assert (answer.status_code, only().content) == (422, before)
    assert message in answer.get_data(as_text=True)


def test_fields_outside_after_a_smaller_paper_are_told(desk: FlaskClient) -> None:
    row = made(desk)
    paper(desk)
    assert "Reaches over the edge: the badge is 80 mm wide." in desk.get(f"{HOME}/{row.uid}").get_data(as_text=True)


def test_layout_travels_as_a_file(desk: FlaskClient) -> None:
    row = made(desk)
    saved(desk)
    content = desk.get(f"{HOME}/{row.uid}/layout.json").data
    changed = layout_from(only()).fields
    desk.post(f"{HOME}/{row.uid}/remove")
    desk.post(f"{HOME}/import", data={"file": (BytesIO(content), "layout.json")}, content_type="multipart/form-data")
    assert (only().name, layout_from(only()).fields) == ("Our badge", changed)


def hostile(**values: Any) -> bytes:
    plain = {"key": "a", "kind": "name", "left": 0, "top": 0, "width": 10, "height": 10}
    return json.dumps({"page": [100, 100], "badge": [100, 100], "front": [plain | values]}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"\xff\xfe", b"{}", b"null", b'{"page":[1e999,1],"badge":[1,1]}', b"[" * 100_000,
        hostile(left=1e9), hostile(width=0), hostile(kind="script"), hostile(key="../x"),
        hostile(words={"en": "x" * 999}), hostile(more=1), b"x" * 300_000,
    ],
    ids=range(15),
)  # fmt: skip
def test_file_that_is_no_layout_is_refused(desk: FlaskClient, content: bytes) -> None:
    files = {"file": (BytesIO(content), "layout.json")}
    answer = desk.post(f"{HOME}/import", data=files, content_type="multipart/form-data", follow_redirects=True)
    assert (answer.status_code, list(db.session.scalars(select(BadgeLayout)))) == (200, [])
    assert "a badge layout" in answer.get_data(as_text=True)


@pytest.mark.parametrize("values", [{"colour": "') Tj"}, {"picture": "../../secret"}, {"words": {"en": "\x00(("}}])
def test_strange_values_of_a_file_are_drawn_harmlessly(desk: FlaskClient, values: dict[str, Any]) -> None:
    files = {"file": (BytesIO(hostile(**values)), "layout.json")}
    desk.post(f"{HOME}/import", data=files, content_type="multipart/form-data")
    assert desk.get(f"{HOME}/{only().uid}/preview.png").mimetype == "image/png"


@pytest.mark.parametrize("who", ["usual", "longest", "arabic", "chinese", "vietnamese", "alone", "real", "?"])
def test_preview_shows_every_sample_person(desk: FlaskClient, who: str) -> None:
    row = made(desk, "card")
    answer = desk.get(f"{HOME}/{row.uid}/preview.png?person={who}&width=300")
    with Image.open(BytesIO(answer.data)) as shown:
        assert shown.size == (300, 189)


def test_trial_print_has_all_samples(desk: FlaskClient) -> None:
    assert desk.get(f"{HOME}/sample.pdf?layout=a6").data[:5] == b"%PDF-"
    assert desk.get(f"{HOME}/sample.pdf?layout=own-x").status_code == 404


def test_layout_of_another_event_is_not_found(desk: FlaskClient, owner: User) -> None:
    row = made(desk)
    make_event(owner=owner, slug="other")
    db.session.commit()
    answers = [
        desk.get(f"/manage/other/badges/{row.uid}"),
        desk.get(f"/manage/other/badges/{row.uid}/preview.png"),
        desk.post(f"/manage/other/badges/{row.uid}/remove"),
        desk.get(f"/manage/other/badges/sample.pdf?layout=own-{row.uid}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_only_registrars_design(desk: FlaskClient, launch: Event, sign_in: SignIn) -> None:
    row = made(desk)
    colleague, stranger = make_user(), make_user()
    make_member(launch, colleague, TeamRole.DOOR)
    addresses = [HOME, f"{HOME}/{row.uid}", f"{HOME}/{row.uid}/preview.png", f"{HOME}/ready/a6.png"]
    lesser, none = sign_in(colleague), sign_in(stranger)
    assert [lesser.get(address).status_code for address in addresses] == [403] * 4
    assert [none.get(address).status_code for address in addresses] == [404] * 4
