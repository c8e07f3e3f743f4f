"""What one badge shows."""

from dataclasses import dataclass

BANDS = {
    "participant": "3d5c2f",
    "speaker": "9b3d1b",
    "delegate": "5a3a24",
    "observer": "2a5673",
    "press": "6b3358",
    "organiser": "7d5204",
    "staff": "33302c",
}
"""Colour of the band for each colour token: white letters on it have a contrast of at least 6 to 1."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a badge shows; every text is already in the reader's language."""

    name: str
    event_name: str
    event_place_date: str
    category: str
    category_colour: str
    """A key of `BANDS`; any other is drawn as ``participant``."""
    qr_text: str
    code: str
    """The token in groups, for reading aloud and typing."""
    mode: str = ""
    name_latin: str = ""
    honorific: str = ""
    job_title: str = ""
    organisation: str = ""
    country: str = ""
    language: str = ""
    """Language of the name and of the texts, where it matters for the shape of Han characters."""
    logo: bytes = b""
    """The event's own logo as PNG, above its name on large badges."""
    colours: tuple[str, ...] = ()
    """The event's own colours as ``rrggbb``, for the stripes in place of ours."""
    alt: str = "QR code"
    """What the code is, for those who listen."""
    logo_alt: str = ""
    """What the logo is; empty: the event's name."""

    @property
    def full_name(self) -> str:
        """With the honorific before it."""
        return f"{self.honorific} {self.name}".strip() if self.honorific else self.name
