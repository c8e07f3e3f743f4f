"""Tickets: what every reader of them, in Python and in JavaScript, has to find."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inser_events import tokens

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tickets.json").read_text(encoding="utf-8"))
KEY = bytes.fromhex(VECTORS["key"])
OTHER_KEY = bytes(reversed(KEY))

numbers = st.integers(min_value=0, max_value=2**40 - 1)

# What a scanner set to the American layout types on a machine set to the French or German one.
AZERTY = str.maketrans("AQZWMaqzwm;:/.-0123456789", "QAWZ?qawz,m:!:)à&é\"'(-è_ç")
QWERTZ = str.maketrans("YZyz:/-", "ZYzyÖ-ß")


@pytest.mark.parametrize("vector", VECTORS["tickets"], ids=lambda vector: vector["number"])
def test_ticket_is_the_one_of_the_vectors(vector: dict[str, str]) -> None:
    token = tokens.ticket_token(int(vector["number"]), KEY)
    assert token == vector["token"]
    assert tokens.ticket_number(token) == int(vector["number"])
    assert tokens.is_authentic(token, KEY)


@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda vector: vector["about"])
def test_token_is_found_in_what_a_reader_typed(vector: dict[str, str | None]) -> None:
    assert tokens.find_token(str(vector["text"])) == vector["token"]


@pytest.mark.parametrize("vector", VECTORS["forged"], ids=lambda vector: vector["about"])
def test_forged_ticket_is_not_authentic(vector: dict[str, str]) -> None:
    assert not tokens.is_authentic(vector["token"], KEY)


@given(numbers)
def test_number_survives_the_ticket(number: int) -> None:
    assert tokens.ticket_number(tokens.ticket_token(number, KEY)) == number


@given(numbers, st.sampled_from(["https://events.example.org", "http://127.0.0.1:8000", "https://a.example/inser/"]))
def test_token_is_found_in_its_qr_text(number: int, host: str) -> None:
    token = tokens.ticket_token(number, KEY)
    assert tokens.find_token(tokens.qr_text(host, token)) == token


@given(numbers, st.sampled_from([AZERTY, QWERTZ]), st.booleans(), st.sampled_from(["", "\r\n", "\t", " "]))
def test_token_survives_the_wrong_keyboard_layout(number: int, layout: dict[int, str], lower: bool, end: str) -> None:
    token = tokens.ticket_token(number, KEY)
    typed = tokens.qr_text("https://events.example.org", token).translate(layout) + end
    assert tokens.find_token(typed.lower() if lower else typed) == token


@given(numbers)
def test_token_typed_in_groups_is_found(number: int) -> None:
    token = tokens.ticket_token(number, KEY)
    assert tokens.find_token(tokens.grouped(token).lower()) == token
    assert tokens.find_token(tokens.grouped(token).replace(" ", "-")) == token


@given(st.text())
def test_any_text_gives_a_token_or_none(text: str) -> None:
    found = tokens.find_token(text)
    assert found is None or (len(found), set(found) <= set(tokens.ALPHABET)) == (30, True)


@given(st.text(st.sampled_from("cbdCBDıİＣ -\r\n/é\ud800"), max_size=200))
def test_found_token_is_found_in_itself(text: str) -> None:
    found = tokens.find_token(text)
    assert found is None or tokens.find_token(found) == found


@given(numbers, st.integers(0, 29), st.sampled_from(tokens.ALPHABET))
def test_changing_a_letter_is_noticed(number: int, place: int, letter: str) -> None:
    token = tokens.ticket_token(number, KEY)
    changed = token[:place] + letter + token[place + 1 :]
    assert tokens.is_authentic(changed, KEY) == (changed == token)


@given(st.text())
def test_text_that_is_no_token_is_not_authentic(text: str) -> None:
    assert not tokens.is_authentic(text, KEY)


def test_ticket_of_another_event_is_not_authentic() -> None:
    assert not tokens.is_authentic(tokens.ticket_token(7, KEY), OTHER_KEY)


def test_badge_does_not_open_the_private_page() -> None:
    ticket, link = tokens.ticket_token(7, KEY), tokens.link_token(7, KEY)
    assert [len(link), tokens.ticket_number(link)] == [30, 7]
    assert not tokens.is_authentic_link(ticket, KEY)
    assert not tokens.is_authentic(link, KEY)
    assert tokens.is_authentic_link(link, KEY)


def test_link_for_one_purpose_does_not_serve_another() -> None:
    assert not tokens.is_authentic_link(tokens.link_token(7, KEY, purpose="slot"), KEY)
    assert tokens.is_authentic_link(tokens.link_token(7, KEY, purpose="slot"), KEY, purpose="slot")


def test_very_long_input_without_a_token_is_read_in_one_pass() -> None:
    assert tokens.find_token("cbdefghijklnrtuvcbdefghijklnr!" * 100_000) is None


@pytest.mark.parametrize("number", [-1, 2**40])
def test_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="40 bits"):
        tokens.ticket_token(number, KEY)


@pytest.mark.parametrize("token", ["", "C" * 29, "C" * 31, "c" * 30, "A" * 30, "Ｃ" * 30])
def test_number_of_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="thirty letters"):
        tokens.ticket_number(token)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://events.example.org", "HTTPS://EVENTS.EXAMPLE.ORG/B/"),
        ("https://events.example.org/", "HTTPS://EVENTS.EXAMPLE.ORG/B/"),
        ("http://127.0.0.1:8000", "HTTP://127.0.0.1:8000/B/"),
        ("http://[::1]:8000", "HTTP://[::1]:8000/B/"),
        ("https://bücher.example", "HTTPS://XN--BCHER-KVA.EXAMPLE/B/"),
        ("https://example.org/inser/", "HTTPS://EXAMPLE.ORG/inser/B/"),
    ],
)
def test_qr_text_keeps_the_address_of_the_installation(host: str, expected: str) -> None:
    token = tokens.ticket_token(1, KEY)
    assert tokens.qr_text(host, token) == expected + token


def test_new_numbers_fit_and_differ() -> None:
    drawn = {tokens.new_ticket_number() for _ in range(1000)}
    assert (len(drawn), max(drawn) < 2**40, max(drawn) > 2**38) == (1000, True, True)


def test_derived_keys_are_independent_and_repeatable() -> None:
    keys = [tokens.key_from(KEY, label) for label in ("tickets", "links", "tickets")]
    assert [len(keys[0]), keys[0] == keys[2], keys[0] == keys[1]] == [32, True, False]


def test_derived_key_is_hkdf_with_sha_256() -> None:
    assert tokens.key_from(KEY, "event 1").hex() == VECTORS["derived"]["event 1"]


def test_code_is_grouped_for_reading_aloud() -> None:
    assert tokens.grouped("CBDEFGHIJKLNRTUVCBDEFGHIJKLNRT") == "CBDEF GHIJK LNRTU VCBDE FGHIJ KLNRT"
