"""Short texts set straight into PDF pages: a thousand badges in a second.

WeasyPrint lays out a page of five lines in five milliseconds, most of it spent on CSS and boxes. Here Pango, the
engine below it, sets each text on its own: the same fonts, shaping, writing directions and line breaks, without a
page around them. Lengths are points (1/72 inch); y grows upwards, as in PDF.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO

from inser_events.documents import fonts
from inser_events.documents.engine import Library, engine_lock, text_engine
from inser_events.documents.pictures import Pixels, pixels
from inser_events.documents.structure import Part, Tree, metadata
from inser_events.documents.text import one_line

MM = 72 / 25.4
"""Points to a millimetre."""

_REFERENCE = 200
"""Size at which everything is measured; widths in em follow. Larger would overflow Pango's units on long lines."""

_REPLACEMENT = "\ufffd"
_TALL_SCRIPTS = range(0x0600, 0x1100)  # Arabic to Myanmar: marks above and below need more room than Latin's
_TALL = 1.3
_CENTRE_OF_CAPITALS = 0.357
_CENTRE_OF_TALL = 0.24
# Nobody's name has more marks on one letter; strings made to run over their neighbours do.
_STACKED = re.compile("([\u0300-\u036f\u0488\u0489]{3})[\u0300-\u036f\u0488\u0489]+")
_NARROWER = (0.55, 0.65, 0.75, 0.85, 0.92)


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font: *glyphs* are the operands of TJ, *rise* lifts them, in em."""

    font: str
    glyphs: str
    rise: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; *width* in em."""

    width: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A text set in lines at *size* points with *leading* points from line to line."""

    text: str
    lines: tuple[Line, ...]
    size: float
    leading: float
    is_whole: bool = True
    """False when a word had to be broken, or stands out."""
    centre: float = _CENTRE_OF_CAPITALS
    """Em from the baseline to the middle of a line."""

    @property
    def height(self) -> float:
        """Points from the top of the first line to the foot of the last."""
        return len(self.lines) * self.leading

    @property
    def width(self) -> float:
        """Points of the widest line."""
        return max((line.width for line in self.lines), default=0) * self.size

    def operators(self, left: float, top: float, width: float, *, align: float = 0.5) -> str:
        """Return the PDF operators that draw it; *align* 0 is left, 0.5 centred and 1 right in *width*."""
        drawn = ["BT"]
        first = top - self.leading / 2 - self.centre * self.size
        for number, line in enumerate(self.lines):
            x = left + (width - line.width * self.size) * align
            drawn.append(f"1 0 0 1 {x:.2f} {first - number * self.leading:.2f} Tm")
            drawn += self._shown(line)
        drawn.append("ET")
        return " ".join(drawn)

    def _shown(self, line: Line) -> Iterator[str]:
        rise = 0.0
        for run in line.runs:
            if run.rise != rise:
                rise = run.rise
                yield f"{rise * self.size:.2f} Ts"
            yield f"/{run.font} {self.size:g} Tf [{run.glyphs}]TJ"
        if rise:
            yield "0 Ts"


@dataclass(slots=True)
class _Layout:
    """A PangoLayout for one language and weight, and what has to stay alive with it."""

    layout: Library
    keep: tuple[Library, ...]


@dataclass(slots=True)
class Press:
    """Sets texts and gathers the pages of one PDF. Hold `engine.engine_lock()` for as long as one is in use.

    Raises PdfUnavailable when Pango is missing.
    """

    _engine: Library = field(default_factory=text_engine)
    _layouts: dict[tuple[str, int], _Layout] = field(default_factory=dict)
    _set: dict[tuple[str, int, str, float, bool], tuple[tuple[Line, ...], bool, str]] = field(default_factory=dict)
    _fonts: dict[int, Library] = field(default_factory=dict)
    _by_address: dict[int, Library] = field(default_factory=dict)
    _pages: list[tuple[float, float, bytes]] = field(default_factory=list)
    _forms: list[tuple[float, float, bytes]] = field(default_factory=list)
    _images: dict[bytes, tuple[str, Pixels]] = field(default_factory=dict)
    _tree: Tree = field(default_factory=Tree)

    def block(
        self, text: str, size: float, width: float, *, weight: int = 400, leading: float = 1.25, language: str = "",
        break_words: bool = False,
    ) -> Block:  # fmt: skip
        """Set *text* at *size* in lines of at most *width* points; empty text gives no lines."""
        text = _STACKED.sub(r"\1", one_line(text))
        if not text:
            return Block("", (), size, 0)
        language = fonts.language_of(text, language)
        is_tall = not text.isascii() and any(ord(character) in _TALL_SCRIPTS for character in text)
        lines, is_whole, shown = self._lines(text, weight, language, width / size, break_words=break_words)
        if is_tall:
            return Block(shown, lines, size, leading * _TALL * size, is_whole, _CENTRE_OF_TALL)
        return Block(shown, lines, size, leading * size, is_whole)

    def fitted(
        self, text: str, sizes: Sequence[float], width: float, height: Callable[[float], float], *, weight: int = 400,
        leading: float = 1.25, language: str = "",
    ) -> Block:  # fmt: skip
        """Set *text* at the first of *sizes* at which no word breaks and it is not higher than *height* of the size.

        Its lines are made about equally long. At the last size words may be broken between any two letters and the
        height is what it takes.
        """
        for size in sizes:
            block = self.block(text, size, width, weight=weight, leading=leading, language=language)
            if block.is_whole and block.height <= height(size):
                shares = _NARROWER if len(block.lines) > 1 else ()
                tries = (self.block(text, size, width * share, weight=weight, leading=leading, language=language)
                         for share in shares)  # fmt: skip
                return next((t for t in tries if t.is_whole and len(t.lines) == len(block.lines)), block)
        return self.block(text, sizes[-1], width, weight=weight, leading=leading, language=language, break_words=True)

    def add_form(self, width: float, height: float, operators: str) -> str:
        """Keep a drawing that many pages repeat; returns the name to draw it by (``/name Do``)."""
        self._forms.append((width, height, operators.encode()))
        return f"F{len(self._forms) - 1}"

    def add_image(self, content: bytes) -> tuple[str, float]:
        """Keep a picture; returns the name to draw it by and its width for a height of one."""
        if content not in self._images:
            self._images[content] = (f"I{len(self._images)}", pixels(content))
        name, picture = self._images[content]
        return name, picture.width / picture.height

    def add_page(self, width: float, height: float, parts: Iterable[Part]) -> None:
        """Add a page of *width* by *height* points; whatever it shows is a `Mark`."""
        self._pages.append((width, height, _deflated(self._tree.page(parts).encode())))

    def pdf(self, *, title: str, when: datetime, language: str) -> bytes:
        """Return the pages as a PDF/UA: fonts embedded once, printed without scaling, the same bytes each time."""
        pydyf = self._engine.pydyf
        document = pydyf.PDF()
        forms = pydyf.Dictionary()
        resources = pydyf.Dictionary({"XObject": forms})
        document.add_object(resources)
        for number, (width, height, operators) in enumerate(self._forms):
            box = pydyf.Array([0, 0, round(width, 3), round(height, 3)])
            kind = {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Resources": resources.reference}
            forms[f"F{number}"] = self._stream(document, _deflated(operators), kind)
        for name, picture in self._images.values():
            forms[name] = self._picture(document, picture)
        for number, (width, height, packed) in enumerate(self._pages):
            page = {
                "Type": "/Page",
                "Tabs": "/S",
                **({"StructParents": number} if self._tree.holds(number) else {}),
                "Parent": document.pages.reference,
                "MediaBox": pydyf.Array([0, 0, round(width, 3), round(height, 3)]),
                "Resources": resources.reference,
                "Contents": self._stream(document, packed, {}),
            }
            document.add_page(pydyf.Dictionary(page))
        self._tree.write(document, pydyf)
        options = {"hinting": False, "pdf_version": "1.7"}
        resources["Font"] = self._engine.build_fonts(document, self._fonts, True, True, options)  # noqa: FBT003 — theirs
        document.catalog["Lang"] = pydyf.String(language)
        document.catalog["Metadata"] = self._metadata(document, metadata(title=title, language=language, when=when))
        document.catalog["ViewerPreferences"] = "<</DisplayDocTitle true/PrintScaling/None>>"
        stamp = pydyf.String(f"D:{when.astimezone(UTC):%Y%m%d%H%M%S}Z")
        document.info.update({"Title": pydyf.String(title), "Creator": pydyf.String("INSER events")})
        document.info.update({"CreationDate": stamp, "ModDate": stamp})
        written = BytesIO()
        document.write(written, version=b"1.7", identifier=True, compress=True)
        return written.getvalue()

    def _metadata(self, document: Library, content: bytes) -> Library:
        # Not compressed, so that programs that know nothing of PDF find it.
        stream = self._engine.pydyf.Stream([content], {"Type": "/Metadata", "Subtype": "/XML"})
        document.add_object(stream)
        return stream.reference

    def _stream(self, document: Library, packed: bytes, extra: dict[str, object]) -> Library:
        stream = self._engine.pydyf.Stream([packed], {"Filter": "/FlateDecode", **extra})
        document.add_object(stream)
        return stream.reference

    def _picture(self, document: Library, picture: Pixels) -> Library:
        size = {"Type": "/XObject", "Subtype": "/Image", "Width": picture.width, "Height": picture.height}
        size["BitsPerComponent"] = 8
        mask = self._stream(document, _deflated(picture.alpha), {**size, "ColorSpace": "/DeviceGray"})
        colours = {**size, "ColorSpace": "/DeviceRGB", "SMask": mask}
        return self._stream(document, _deflated(picture.colours), colours)

    def _lines(
        self, text: str, weight: int, language: str, width: float, *, break_words: bool
    ) -> tuple[tuple[Line, ...], bool, str]:
        key = (text, weight, language, width, break_words)
        found = self._set.get(key)
        if found is None:
            found = self._set[key] = self._broken_into_lines(text, weight, language, width, break_words=break_words)
        return found

    def _broken_into_lines(
        self, text: str, weight: int, language: str, width: float, *, break_words: bool
    ) -> tuple[tuple[Line, ...], bool, str]:
        engine = self._engine
        layout = self._layout(language, weight)
        wrap = engine.pango.PANGO_WRAP_WORD_CHAR if break_words else engine.pango.PANGO_WRAP_WORD
        engine.pango.pango_layout_set_wrap(layout, wrap)
        engine.pango.pango_layout_set_width(layout, int(width * _REFERENCE * 1024))
        lines, missing = self._laid_out(layout, text)
        if missing:
            shown = _REPLACEMENT if _REPLACEMENT not in missing else "?"
            text = text.translate(dict.fromkeys(map(ord, missing), shown))
            lines, missing = self._laid_out(layout, text)
        is_whole = not break_words and all(line.width <= width + 0.001 for line in lines)
        return lines, is_whole, text

    def _laid_out(self, layout: Library, text: str) -> tuple[tuple[Line, ...], set[str]]:
        engine = self._engine
        encoded = text.encode()
        engine.pango.pango_layout_set_text(layout, encoded, len(encoded))
        missing: set[str] = set()
        lines: list[Line] = []
        extents = engine.ffi.new("PangoRectangle *")
        while (line := engine.pango.pango_layout_get_line_readonly(layout, len(lines))) != engine.ffi.NULL:
            engine.pango.pango_layout_line_get_extents(line, engine.ffi.NULL, extents)
            runs = [run for item in _items(engine, line) for run in self._runs(item, encoded, missing)]
            lines.append(Line(extents.width / 1024 / _REFERENCE, tuple(runs)))
        return tuple(lines), missing

    def _runs(self, item: Library, encoded: bytes, missing: set[str]) -> Iterator[Run]:
        """Write the glyphs of a PangoGlyphItem as operands of TJ; numbers are thousandths of an em, leftwards."""
        pango = self._engine.pango
        font = self._font(item.item.analysis.font)
        glyphs: list[str] = []
        rise = 0
        for number, info in enumerate(item.glyphs.glyphs[0 : item.glyphs.num_glyphs]):
            glyph, width = info.glyph, info.geometry.width / _THOUSANDTH
            if glyph == pango.PANGO_GLYPH_EMPTY:
                glyphs += [f"{-width:.0f}"] if width else []
                continue
            if glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG:
                missing.add(chr(glyph - pango.PANGO_GLYPH_UNKNOWN_FLAG))
                continue
            if glyph not in font.widths:
                self._learn(font, item, number, encoded)
            if info.geometry.y_offset != rise:
                if glyphs:
                    yield Run(font.hash, "".join(glyphs), -rise / _THOUSANDTH / 1000)
                glyphs, rise = [], info.geometry.y_offset
            shift = round(info.geometry.x_offset / _THOUSANDTH)
            after = round(font.widths[glyph] - width) + shift
            glyphs.append(f"{-shift}<{glyph:04x}>" if shift else f"<{glyph:04x}>")
            if after:
                glyphs.append(str(after))
        if glyphs:
            yield Run(font.hash, "".join(glyphs).replace("><", ""), -rise / _THOUSANDTH / 1000)

    def _learn(self, font: Library, item: Library, number: int, encoded: bytes) -> None:
        """Note a glyph's advance and the text it stands for."""
        engine = self._engine
        glyph = item.glyphs.glyphs[number].glyph
        logical = engine.ffi.new("PangoRectangle *")
        engine.pango.pango_font_get_glyph_extents(item.item.analysis.font, glyph, engine.ffi.NULL, logical)
        font.widths[glyph] = round(logical.width / _THOUSANDTH)
        clusters = list(item.glyphs.log_clusters[0 : item.glyphs.num_glyphs])
        start = clusters[number]
        end = min((other for other in clusters if other > start), default=item.item.length)
        # Of several glyphs for one letter the marks stand for nothing, or the letter would be read twice.
        is_mark = not logical.width and clusters.count(start) > 1
        first, last = item.item.offset + start, item.item.offset + end
        font.to_unicode[glyph] = "" if is_mark else encoded[first:last].decode()

    def _font(self, pango_font: Library) -> Library:
        address = int(self._engine.ffi.cast("uintptr_t", pango_font))
        font = self._by_address.get(address)
        if font is None:
            key, description, size = self._engine.font_key(pango_font)
            font = self._fonts.setdefault(key, self._engine.font(pango_font, description, size))
            self._by_address[address] = font
        return font

    def _layout(self, language: str, weight: int) -> Library:
        found = self._layouts.get((language, weight))
        if found is None:
            found = self._layouts[language, weight] = _new_layout(self._engine, language, weight)
        return found.layout


_THOUSANDTH = 1024 * _REFERENCE / 1000
"""Pango units in a thousandth of an em at the reference size."""


def missing_glyphs(text: str) -> set[str]:
    """Return the characters of *text* that no font, ours or the machine's, can draw. Raises PdfUnavailable."""
    return _missing(text) if text else set()


@lru_cache(maxsize=1024)
def _missing(text: str) -> set[str]:
    with engine_lock():
        press = Press()
        return press._laid_out(press._layout("", 400), one_line(text))[1]  # noqa: SLF001 — its own module


def _new_layout(engine: Library, language: str, weight: int) -> _Layout:
    ffi, pango, gobject = engine.ffi, engine.pango, engine.gobject
    context = ffi.gc(pango.pango_font_map_create_context(engine.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)  # noqa: FBT003 — a C function
    if language:
        pango.pango_context_set_language(context, pango.pango_language_from_string(language.encode()))
    description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
    pango.pango_font_description_set_family(description, ",".join(fonts.families(language)).encode())
    pango.pango_font_description_set_weight(description, weight)
    pango.pango_font_description_set_absolute_size(description, _REFERENCE * 1024)
    layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
    pango.pango_layout_set_font_description(layout, description)
    # A name broken at its end must not gain a hyphen that is not part of it.
    attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    pango.pango_attr_list_insert(attributes, pango.pango_attr_insert_hyphens_new(False))  # noqa: FBT003 — a C function
    pango.pango_layout_set_attributes(layout, attributes)
    return _Layout(layout, (context, description, attributes))


def _items(engine: Library, line: Library) -> Iterator[Library]:
    run = line.runs
    while run != engine.ffi.NULL:
        yield run.data
        run = run.next


def _deflated(operators: bytes) -> bytes:
    return zlib.compress(operators, 9)
