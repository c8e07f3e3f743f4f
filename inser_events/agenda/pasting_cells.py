"""Cells that were copied from a spreadsheet, put in the order in which `agenda.pasting` reads a line."""

import re
from collections.abc import Iterator, Sequence

_COLUMNS = {
    "start": ("start", "from", "begin", "time", "heure", "début", "hora", "inicio", "время", "начало", "الوقت", "时间"),
    "end": ("end", "to", "until", "fin", "hasta", "конец", "окончание", "结束"),
    "minutes": ("minutes", "duration", "length", "min", "durée", "duración", "длительность", "المدة", "时长"),
    "title": ("title", "session", "topic", "activity", "agenda", "titre", "sujet", "título", "тема", "العنوان", "议题"),
    "name": (
        "speaker",
        "name",
        "presenter",
        "who",
        "intervenant",
        "orateur",
        "ponente",
        "докладчик",
        "المتحدث",
        "发言人",
    ),
    "position": ("position", "job", "function", "fonction", "poste", "cargo", "должность", "职务"),
    "organisation": ("organi", "institution", "affiliation", "company", "entidad", "организация", "المنظمة", "机构"),
}
"""What a column may be called, in the languages of the interface; the beginning of the word is enough."""
_TIME = re.compile(r"\d{1,2}\s*[:.hH\uff1a]")
_LENGTH = re.compile(r"(\d{1,3})\s*(?:min\w*|')?\.?")


def in_lines(text: str) -> Iterator[tuple[int, str]]:
    """Every line with its number from 1; one of cells as ``09:00-09:15 Title — Name, Position, Organisation``."""
    columns: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in _split(line)]
        if len(cells) == 1:
            yield number, line
        elif found := _header(cells):
            columns = found
        elif not any(cells):
            yield number, ""
        else:
            yield number, _line(cells, _fitting(columns, cells) or _guessed(cells))


def _split(line: str) -> list[str]:
    """Cells between tabs, or between the bars of a table as people draw it in plain text."""
    drawn = line.strip()
    if "\t" not in line and drawn.startswith("|") and drawn.endswith("|") and set(drawn) - set("|-: "):
        return drawn.strip("|").split("|")
    return line.split("\t")


def _fitting(columns: list[str], cells: Sequence[str]) -> list[str]:
    """The columns for a row; where one name stands above both times, the second cell is the end."""
    if len(cells) > 1 and _TIME.match(cells[1]) and columns[:2] not in ([], ["start", "end"]):
        return [columns[0], "end", *columns[1:]]
    return columns


def _header(cells: Sequence[str]) -> list[str]:
    """What each column holds, when the row names them; empty when it is no such row."""
    folded = [cell.casefold() for cell in cells]
    names = [
        next((column for column, words in _COLUMNS.items() if cell.startswith(words)), "") if cell else ""
        for cell in folded
    ]
    is_header = {"start", "title"} <= set(names) and not any(_TIME.match(cell) for cell in cells)
    return names if is_header else []


def _guessed(cells: Sequence[str]) -> list[str]:
    """A row without names above it: times come first, perhaps a length, then the title, then who."""
    columns = ["start"]
    for cell in cells[1:]:
        if "title" in columns:
            columns.append("who")
        elif _TIME.match(cell) and "end" not in columns:
            columns.append("end")
        elif _LENGTH.fullmatch(cell) and "minutes" not in columns:
            columns.append("minutes")
        else:
            columns.append("title")
    return columns


def _line(cells: Sequence[str], columns: Sequence[str]) -> str:
    found: dict[str, list[str]] = {}
    for column, cell in zip(columns, cells, strict=False):
        if cell:
            found.setdefault(column, []).append(cell)
    times = "-".join(found.get("start", []) + found.get("end", []))
    length = _LENGTH.fullmatch(found["minutes"][0]) if "minutes" in found else None
    title = ", ".join(found.get("title", [])) + (f" ({length.group(1)} min)" if length else "")
    return f"{times} {title}" + (f" \u2014 {people}" if (people := _people(found)) else "")


def _people(found: dict[str, list[str]]) -> str:
    """Who: several to a cell stay as they were written; else name, position and organisation are one person's."""
    named = [cell for column in ("name", "position", "organisation") for cell in found.get(column, [])]
    loose = found.get("who", [])
    if any("," in cell for cell in loose):
        return "; ".join([*loose, *named])
    return ", ".join([*loose, *named])
