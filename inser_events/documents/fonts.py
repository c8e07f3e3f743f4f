"""The fonts of what we print: Noto, installed beside the style sheets, with the machine's own fonts behind them.

Pango and WeasyPrint ask fontconfig for fonts. A small configuration of ours names the folder, so that nothing has to
be installed on the machine and fontconfig keeps its index of seventy megabytes of fonts between runs. Measured: a page
takes 9 ms so, and 190 ms with the same fonts through ``@font-face``, because each document copies them.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

from inser_events.config import STATIC

FOLDER = STATIC / "vendor" / "fonts-print"

# Noto's Arabic takes letters apart: a bowl that five letters share, and dots. Text copied, searched or read aloud from
# such a PDF is garbage, since a bowl stands for no letter. This one has a glyph for every letter.
_ARABIC = "Vazirmatn"
_SCRIPTS = (
    *("Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Gujarati", "Gurmukhi", "Kannada", "Malayalam"),
    *("Oriya", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Georgian", "Armenian", "Ethiopic", "Thaana", "Tifinagh"),
)
_NEEDED = ("NotoSans", "Vazirmatn", "NotoSansSC", "NotoSansJP", "NotoEmoji")
_RARE = ("Noto Serif Tibetan", "Noto Sans Math", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Deseret")

# One character has different shapes in China, Taiwan, Japan and Korea: the language decides which font comes first.
_HAN = {"zh": ("SC", "TC", "JP", "KR"), "ja": ("JP", "SC", "TC", "KR"), "ko": ("KR", "SC", "TC", "JP")}
_TRADITIONAL = ("TC", "SC", "JP", "KR")
HAN_LANGUAGES = ("zh-Hant", "zh-TW", "zh-HK", "ja", "ko")
"""Languages that need another order of fonts than the usual one, for which Han means simplified Chinese."""

_KANA = range(0x3041, 0x3100)
_HANGUL = range(0xAC00, 0xD7A4)


def families(language: str = "") -> tuple[str, ...]:
    """Return the font families to try in turn for text in *language*, a BCP 47 tag."""
    order = _han(language)
    return (_name(order), "sans-serif") if _is_ours() else _listed(order)


def style_sheet(html: str = "") -> str:
    """Return the CSS that gives every language in *html* its fonts. A rule for no language costs time all the same."""
    rules = [f"html{{font-family:{_css(families())}}}"]
    rules += [
        f":lang({language}){{font-family:{_css(families(language))}}}"
        for language in HAN_LANGUAGES
        if f'lang="{language}' in html
    ]
    return "\n".join(rules)


def _han(language: str) -> tuple[str, ...]:
    """In which order the fonts for Han characters come in *language*."""
    primary, *rest = language.split("-")
    traditional = primary == "zh" and bool({"Hant", "TW", "HK", "MO"} & set(rest))
    return _TRADITIONAL if traditional else _HAN.get(primary, _HAN["zh"])


def _listed(order: tuple[str, ...]) -> tuple[str, ...]:
    scripts = (f"Noto Sans {name}" for name in (*_SCRIPTS, *order))
    return ("Noto Sans", _ARABIC, *scripts, "Noto Emoji", *_RARE, "sans-serif")


def _name(order: tuple[str, ...]) -> str:
    """One name for the whole list, known to our configuration: a list is copied and compared for every line of text."""
    return f"INSER {order[0]}"


def language_of(text: str, default: str = "") -> str:
    """Guess the language that decides the shape of Han characters in a name: kana is Japanese, hangul Korean."""
    for character in text:
        if ord(character) in _KANA:
            return "ja"
        if ord(character) in _HANGUL:
            return "ko"
    return default


def fonts_problem() -> str | None:
    """Say in one line which of the print fonts are missing, or None."""
    missing = [name for name in _NEEDED if not any(FOLDER.glob(f"{name}_*.ttf"))]
    if not missing:
        return None
    return (
        f"Print fonts are missing from {FOLDER}: {', '.join(missing)}. Run `make`; until then names may show as boxes."
    )


def configure() -> None:
    """Point fontconfig at our fonts. Does nothing when the machine's owner has set FONTCONFIG_FILE."""
    if "FONTCONFIG_FILE" not in os.environ and any(FOLDER.glob("*.ttf")):
        os.environ["FONTCONFIG_FILE"] = str(_written(_configuration()))


def _is_ours() -> bool:
    """Whether fontconfig reads our file, be it that the process that started this one has named it."""
    return os.environ.get("FONTCONFIG_FILE") == str(_path(_configuration()))


def _alias(order: tuple[str, ...]) -> str:
    # "Same": as strong as if the names were asked for themselves. First, so that the machine's rules see them.
    names = "".join(f"<family>{name}</family>" for name in _listed(order)[:-1])
    return f'  <alias binding="same"><family>{_name(order)}</family><prefer>{names}</prefer></alias>'


def _configuration() -> str:
    # Noto Sans takes apart letters with two accents, as in "Thị", for which the same holds; it has them whole as well.
    # Colour emoji fonts are bitmaps or layers that cannot be set as text; the outline font prints well in grey.
    aliases = "\n".join(_alias(order) for order in (_TRADITIONAL, *_HAN.values()))
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{aliases}
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">/opt/homebrew/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">/usr/local/etc/fonts/fonts.conf</include>
  <dir>{escape(str(FOLDER))}</dir>
  <cachedir>{escape(str(_cache_folder()))}</cachedir>
  <selectfont><rejectfont>
    <pattern><patelt name="color"><bool>true</bool></patelt></pattern>
    <pattern><patelt name="scalable"><bool>false</bool></patelt></pattern>
  </rejectfont></selectfont>
  <match target="pattern">
    <test name="family"><string>emoji</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Noto Emoji</string></edit>
  </match>
  <match target="font">
    <test name="family" compare="eq"><string>Noto Sans</string></test>
    <edit name="fontfeatures" mode="append"><string>ccmp 0</string></edit>
  </match>
</fontconfig>
"""


def _written(text: str) -> Path:
    """Write the configuration once, under a name made from its content; several processes may do so together."""
    path = _path(text)
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    return path


def _path(text: str) -> Path:
    return _cache_folder() / f"fonts-{sha256(text.encode()).hexdigest()[:12]}.conf"


def _cache_folder() -> Path:
    """Return a folder of our own for fontconfig's index, in the user's cache or else a fresh temporary one."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 — Path.home() may raise
    folder = Path(home) / "inser-events"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _temporary_folder()
    return folder if os.access(folder, os.W_OK) else _temporary_folder()


def _temporary_folder() -> Path:
    # Never a fixed name in a folder that everyone can write to.
    if not _temporary:
        _temporary.append(Path(tempfile.mkdtemp(prefix="inser-events-")))
    return _temporary[0]


_temporary: list[Path] = []


def _css(names: tuple[str, ...]) -> str:
    return ",".join(name if name == "sans-serif" else f'"{name}"' for name in names)
