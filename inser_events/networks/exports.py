"""The list of members as a spreadsheet. Pure: members in, rows or bytes out."""

from collections.abc import Iterable, Iterator, Sequence

from inser_events.documents import sheets
from inser_events.networks.models import Membership

HEADER = (
    *("Title", "Given name", "Family name", "Name in Latin letters", "E-mail", "Organisation", "Position", "Country"),
    "Member since",
)
WIDTHS = (8, 20, 20, 24, 32, 36, 28, 9, 14)


def rows(members: Iterable[Membership]) -> Iterator[Sequence[sheets.Cell]]:
    """One row per member; the headings are those that the import reads."""
    for member in members:
        person = member.person
        yield (
            *(person.honorific, person.given_name, person.family_name, person.name_latin, person.email),
            *(person.organisation, person.job_title, person.country, member.joined_at.date()),
        )


def csv(members: Iterable[Membership]) -> bytes:
    """As CSV."""
    return sheets.csv([HEADER, *rows(members)])


def xlsx(name: str, members: Iterable[Membership]) -> bytes:
    """As a workbook with one sheet."""
    return sheets.xlsx([sheets.Sheet(name=name, header=HEADER, rows=rows(members), widths=WIDTHS)])
