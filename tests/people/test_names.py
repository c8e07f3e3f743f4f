import pytest

from inser_events.people.models import Person
from inser_events.people.names import NameParts, by_name, name_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mr Lifeng Li", ("Mr", "Lifeng", "Li")),
        ("Ms. Lamiae GHAOUTI", ("Ms.", "Lamiae", "GHAOUTI")),
        ("Prof. Dr Anna Maria Rossi", ("Prof. Dr", "Anna Maria", "Rossi")),
        ("WOLFRAM PETURSDOTTIR Thorunn", ("", "Thorunn", "WOLFRAM PETURSDOTTIR")),
        ("H.E. John Q. Public", ("H.E.", "John Q.", "Public")),
        ("李立峰", ("", "", "李立峰")),
        ("Sukarno", ("", "", "Sukarno")),
        ("г-н Иван Петров", ("г-н", "Иван", "Петров")),
        ("Dr", ("", "", "Dr")),
        ("", ("", "", "")),
    ],
)
def test_a_name_on_one_line_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert name_parts(text) == NameParts(*parts)


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["Åberg", "Älvsjö", "de Vries", "李", "Lian", "Ли"]),
        ("ru", ["Ли", "Åberg", "Älvsjö", "de Vries", "李", "Lian"]),
    ],
)
def test_people_stand_in_the_order_of_the_readers_alphabet(language: str, order: list[str]) -> None:
    people = [
        Person(family_name=family, given_name="A", name_latin=latin)
        for family, latin in (
            *(("de Vries", ""), ("Älvsjö", ""), ("李", "A Li"), ("Lian", ""), ("Åberg", ""), ("Ли", "A Vu")),
        )
    ]
    assert [one.family_name for one in by_name(people, language)] == order
