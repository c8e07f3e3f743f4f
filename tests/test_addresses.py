"""Mail addresses as people type and paste them."""

import pytest

from inser_events.addresses import UnusableEmail, clean_email, folded_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Amina@Example.ORG ", "Amina@example.org"),
        ("amina+soil@example.org", "amina+soil@example.org"),
        ("ａｍｉｎａ＠ｅｘａｍｐｌｅ。ｏｒｇ", "amina@example.org"),
        ("amina@example.org\u200b", "amina@example.org"),
        ("mailto:amina@example.org", "amina@example.org"),
        ("Amina Benali <amina@example.org>", "amina@example.org"),
        ("a@xn--bcher-kva.example", "a@bücher.example"),
        ("أمينة@example.org", "أمينة@example.org"),
    ],
)
def test_an_address_is_kept_as_it_was_meant(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "amina",
        "amina@",
        "@example.org",
        "amina @example.org",
        "amina@example,org",
        "amina@example.org.",
        "a@b@c.org",
    ],
)
def test_what_is_no_address_is_refused_in_our_words(typed: str) -> None:
    with pytest.raises(UnusableEmail, match=r"it should look like name@example\.org"):
        clean_email(typed)


def test_two_people_in_one_line_are_refused() -> None:
    with pytest.raises(UnusableEmail):
        clean_email("amina@example.org, yusuf@example.org")


def test_case_makes_no_other_address() -> None:
    assert folded_email("Amina@Example.org ") == folded_email("amina@example.org")
