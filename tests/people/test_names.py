import pytest

from inser_events.people.names import NameParts, name_parts


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
