"""What sort of file somebody sent: judged by its bytes, never by its name, and nothing of it is unpacked."""

from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from flask_babel import gettext as _

from inser_events.agenda.errors import Unusable
from inser_events.documents.text import one_line

MEGABYTE = 1024 * 1024
LARGEST = 40 * MEGABYTE
FILENAME_LENGTH = 120
PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument"
PPTX = f"{OFFICE}.presentationml.presentation"
DOCX = f"{OFFICE}.wordprocessingml.document"
XLSX = f"{OFFICE}.spreadsheetml.sheet"
ENDINGS = {PDF: ".pdf", PPTX: ".pptx", DOCX: ".docx", XLSX: ".xlsx"}
_PARTS = {PPTX: "ppt/presentation.xml", DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
"""What a file of each kind has inside, beside its list of contents."""


def kind_of(content: bytes, accepted: Collection[str], *, otherwise: str) -> str:
    """The media type, one of those *accepted*. Raises Unusable for ``file``; *otherwise*: which kinds to send."""
    if not content:
        raise Unusable("file", _("Choose a file first. The one you sent is empty."))
    if len(content) > LARGEST:
        words = _("This file is larger than %(size)s MB. Make its pictures smaller, or save it as PDF.", size=40)
        raise Unusable("file", words)
    # Some programs write a few bytes before the header; readers accept it within the first 1,024 bytes.
    if PDF in accepted and b"%PDF-" in content[:1024]:
        return PDF
    names = _names_in(content) if content.startswith(b"PK") else set()
    found = next((kind for kind, part in _PARTS.items() if {"[Content_Types].xml", part} <= names), "")
    if found not in accepted:
        raise Unusable("file", otherwise)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unusable("file", _("This file contains macros. Save it without them, or as PDF."))
    return found


def _names_in(content: bytes) -> set[str]:
    """What a ZIP file lists."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return set(archive.namelist())
    except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        words = _("This file is damaged or was cut off on its way. Send it again, or save it as PDF.")
        raise Unusable("file", words) from error


def readable(filename: str, ending: str) -> str:
    """The sender's name for the file without folders, and with the ending of what it is."""
    stem = Path(one_line(filename).replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    return (stem[:FILENAME_LENGTH] or "file") + ending
