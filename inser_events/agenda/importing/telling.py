"""A report for readers: notes of one kind together, the weightiest first."""

from dataclasses import dataclass

from inser_events.agenda.importing.report import Level, Note, Report


@dataclass(frozen=True)
class Group:
    """Notes of one level and code, in the order of the file."""

    level: Level
    code: str
    notes: list[Note]


def grouped(report: Report) -> list[Group]:
    """The notes by code, what could not be used first."""
    groups: dict[tuple[Level, str], list[Note]] = {}
    for note in report.notes:
        groups.setdefault((note.level, note.code), []).append(note)
    weight = list(Level)
    found = [Group(level, code, notes) for (level, code), notes in groups.items()]
    return sorted(found, key=lambda group: -weight.index(group.level))
