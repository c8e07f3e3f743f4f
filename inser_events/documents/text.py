"""What text may stand in a file we hand out, and HTML brought down to plain text.

One rule for every format, so that a name reads the same in a calendar, a schedule and a spreadsheet.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Not allowed by XML 1.0 (section 2.2) or RFC 5545 (CONTROL); lone surrogates cannot be written as UTF-8 at all.
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK_OR_TAB = re.compile(r"[\n\t]+")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Unseen, but part of how names are written in Persian, Urdu, Sinhala and Malayalam."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")

_ARABIC, _HAN, _KANA = range(0x0600, 0x0780), range(0x3400, 0xA000), range(0x3041, 0x3100)

_SCRIPTS = (
    (range(0x0370, 0x0400), ("el",)),
    (range(0x0400, 0x0530), ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg")),
    (range(0x0530, 0x0590), ("hy",)),
    (range(0x0590, 0x0600), ("he", "yi")),
    (_ARABIC, ("ar", "fa", "ur", "ps")),
    (range(0x0900, 0x0980), ("hi", "mr", "ne")),
    (range(0x0980, 0x0A00), ("bn", "as")),
    (range(0x0E00, 0x0E80), ("th",)),
    (range(0x0E80, 0x0F00), ("lo",)),
    (range(0x1000, 0x10A0), ("my",)),
    (range(0x10A0, 0x1100), ("ka",)),
    (range(0x1200, 0x1380), ("am", "ti")),
    (range(0x1780, 0x1800), ("km",)),
    (_HAN, ("zh", "ja")),
    (range(0xAC00, 0xD7A4), ("ko",)),
)
"""Letters of a script, and languages written in it, the likeliest first."""
_LATIN = "und-Latn"
"""Some language in Latin letters (BCP 47)."""

_BLOCKS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "pre"})
_LINES = frozenset({"li", "tr", "br", "dt", "dd"})
_UNSEEN = frozenset({"script", "style"})


def printable(text: str) -> str:
    r"""Drop the characters no file may carry; every kind of line break becomes ``\n``, tabs stay."""
    if text.isprintable():
        return text
    return _FORBIDDEN.sub("", _LINE_BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """`printable` text for a title or a name: line breaks and tabs become one space, ends are trimmed."""
    if text.isprintable():
        return text.strip()
    return _BREAK_OR_TAB.sub(" ", printable(text)).strip()


def tidy(text: str | None) -> str:
    """What was typed into a line: no control characters, no doubled blanks; letters of every script stay as typed."""
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() or letter in _JOINERS else " " for letter in text)
    return " ".join(text.split())


def with_commas(parts: Iterable[str]) -> str:
    """What there is of *parts* as a list, each followed by the comma of the script it ends in."""
    found = [part for part in map(one_line, parts) if part]
    return "".join(f"{part}{comma_after(part)}" for part in found[:-1]) + "".join(found[-1:])


def comma_after(text: str) -> str:
    """The comma of the script that *text* ends in, with the space that belongs to it."""
    last = next((ord(letter) for letter in reversed(text) if letter.isalpha()), 0)
    if last in _ARABIC:
        return "\N{ARABIC COMMA} "
    return "\N{FULLWIDTH COMMA}" if last in _HAN else ", "


def spoken_language(text: str, around: str, own: str = "") -> str:
    """The language to mark a name with so that it is read aloud right; empty where it is written as what is *around*.

    *own* is its language when it is known and written like this.
    """
    scripts = _scripts(text)
    if around.partition("-")[0] in scripts or (not scripts and _is_latin(around)):
        return ""
    if own and (own.partition("-")[0] in scripts or (not scripts and _is_latin(own))):
        return own
    return scripts[0] if scripts else _LATIN


@lru_cache(maxsize=4096)
def other_script(text: str, around: str) -> str:
    """The language to mark *text* with if all its letters are of a script that *around* is not written in.

    Empty for Latin letters, of which nobody can say what language they are.
    """
    languages = _scripts(text)
    if not languages or around.partition("-")[0] in languages:
        return ""
    ranges = [letters for letters, spoken in _SCRIPTS if languages[0] in spoken]
    ranges += [_KANA] if languages == ("ja",) else []
    is_whole = all(any(ord(letter) in letters for letters in ranges) for letter in text if letter.isalpha())
    return languages[0] if is_whole else ""


@lru_cache(maxsize=4096)
def _scripts(text: str) -> tuple[str, ...]:
    """Languages of the first letter that is not Latin; none for Latin."""
    if text.isascii():
        return ()
    if any(ord(letter) in _KANA for letter in text):
        return ("ja",)
    for letter in text:
        for letters, languages in _SCRIPTS:
            if ord(letter) in letters:
                return languages
    return ()


def _is_latin(language: str) -> bool:
    primary = language.partition("-")[0]
    return not any(primary in languages for _letters, languages in _SCRIPTS)


def plain_text(html: str) -> str:
    """Readable text of an HTML fragment: paragraphs apart by a blank line, list items begin with a dash."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in "".join(reader.parts).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text of a fragment with the line breaks its elements stand for."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 — HTMLParser's own
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(_SPACES.sub(" ", data))
