"""WeasyPrint and the libraries below it: found, loaded when a document is asked for, and amended.

The only place that imports WeasyPrint, and only when it is needed: it takes a third of a second and needs Pango, a
system library, so a server without it must start and say what is missing.
"""

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

from PIL import ImageFile

from inser_events.documents import fonts

Library = Any
"""A module of WeasyPrint or an object of the C libraries below it; they have no types."""

_INSTALL = (
    "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; "
    "Fedora: dnf install pango; macOS: brew install pango"
)
AMENDED = "70."
"""The release whose insides `_amend` knows; another is used as it is: slower, and silent about languages."""
_SELDOM = ("fontTools.subset", "fontTools.varLib.instancer")
"""What WeasyPrint imports for fonts unlike ours: those of variable shape, and without HarfBuzz's subsetter."""

# Fontconfig and Pango are not safe to use from several threads at once, and a document keeps a core busy anyway.
_one_at_a_time = threading.RLock()


class PdfUnavailable(Exception):
    """Pango is missing, so no PDF can be made; the message says how to install it."""


class TextEngine(NamedTuple):
    """What `documents.typeset` needs of the libraries that WeasyPrint has loaded: Pango and HarfBuzz through cffi."""

    ffi: Library
    pango: Library
    gobject: Library
    harfbuzz: Library
    pydyf: Library
    font: Library
    """``weasyprint.pdf.fonts.Font``: one font file and the glyphs used of it."""
    font_key: Library
    build_fonts: Library
    font_map: Library


def engine_lock() -> threading.RLock:
    """Return the lock that whoever uses the engine must hold."""
    return _one_at_a_time


def pdf_problem() -> str | None:
    """Say in one line why no PDF can be made, or None when all is well."""
    try:
        layout_engine()
    except PdfUnavailable as error:
        return str(error)
    return None


def layout_engine() -> Library:
    """Return WeasyPrint. Raises PdfUnavailable."""
    fonts.configure()
    try:
        with _without_what_is_seldom_needed():
            import weasyprint  # noqa: PLC0415 — see the module's docstring
    except OSError as error:
        msg = f"PDF needs Pango, which is not installed. {_INSTALL}"
        raise PdfUnavailable(msg) from error
    if weasyprint.__version__.startswith(AMENDED):
        _amend()
    # WeasyPrint lets Pillow take pictures that are cut off, everywhere; an upload must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@lru_cache(maxsize=1)
def text_engine() -> TextEngine:
    """Return the libraries for setting text directly. Raises PdfUnavailable."""
    layout_engine()
    import pydyf  # noqa: PLC0415 — loaded with WeasyPrint, see the module's docstring
    from weasyprint.pdf.fonts import Font, build_fonts_dictionary  # noqa: PLC0415 — same
    from weasyprint.text import ffi  # noqa: PLC0415 — same
    from weasyprint.text.fonts import get_pango_font_key  # noqa: PLC0415 — same

    return TextEngine(
        ffi=ffi.ffi,
        pango=ffi.pango,
        gobject=ffi.gobject,
        harfbuzz=ffi.harfbuzz,
        pydyf=pydyf,
        font=Font,
        font_key=get_pango_font_key,
        build_fonts=build_fonts_dictionary,
        font_map=font_configuration().font_map,
    )


@lru_cache(maxsize=1)
def font_configuration() -> Library:
    """Share one list of fonts: nothing is added to it, for our documents have no ``@font-face``."""
    fonts.configure()
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 — see the module's docstring

    return FontConfiguration()


class _Later(ModuleType):
    """Stands for a module until one of its functions is called: a tenth of a second and ten megabytes less."""

    def __getattr__(self, name: str) -> Callable[..., Library]:
        if name.startswith("__"):
            raise AttributeError(name)

        def later(*args: Library, **options: Library) -> Library:
            return getattr(importlib.import_module(self.__name__), name)(*args, **options)

        return later


@contextmanager
def _without_what_is_seldom_needed() -> Iterator[None]:
    placed = {name: _Later(name) for name in _SELDOM if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name in placed:
            del sys.modules[name]


@lru_cache(maxsize=1)
def _amend() -> None:
    """What WeasyPrint 70 does over again, to the same end, is done once, and tags say their language."""
    import pydyf  # noqa: PLC0415 — loaded with WeasyPrint, see the module's docstring
    from weasyprint.css.targets import TargetCollector  # noqa: PLC0415 — same
    from weasyprint.formatting_structure.boxes import LineBox  # noqa: PLC0415 — same
    from weasyprint.layout import inline, page  # noqa: PLC0415 — same
    from weasyprint.pdf import tags  # noqa: PLC0415 — same

    tags._build_box_tree = _in_its_language(tags._build_box_tree, pydyf.String)  # noqa: SLF001 — no other way in
    inline.avoid_collisions = _begun_at_their_end(inline.avoid_collisions, LineBox)
    page.make_page = _with_numbers_known_so_far(page.make_page)
    TargetCollector.collect_missing_counters = _by_their_names(TargetCollector.collect_missing_counters)
    TargetCollector.cache_target_page_counters = _but_their_count(TargetCollector.cache_target_page_counters)
    pydyf.PDF.page_references = property(_pages_listed_once)


def _in_its_language(build: Library, string: Library) -> Library:
    """Give the structure of a document the ``lang`` of the HTML (PDF/UA-1, 7.2), so that each part is read out right.

    The tree is built from the outside in, so a list of the languages around is enough to mark only what differs.
    """
    around: list[str] = []

    def box_tree(box: Library, *rest: Library) -> Iterator[Library]:
        outer = around[-1] if around else ""
        around.append(box.style["lang"] or outer)
        try:
            for element in build(box, *rest):
                if outer and around[-1] != outer:
                    element["Lang"] = string(around[-1])
                    if element["S"] == "/NonStruct":  # ``bdi``: what has no meaning of its own need not be heeded
                        element["S"] = "/Span"
                yield element
        finally:
            around.pop()

    return box_tree


def _begun_at_their_end(placed: Library, line_box: Library) -> Library:
    """Spare every line that is read from the right a second layout: a quarter of the time of an Arabic programme.

    WeasyPrint compares where a line begins with where it ends when no picture floats beside it, finds them different
    and starts again (`get_next_linebox`).
    """

    def avoid_collisions(context: Library, box: Library, around: Library, *, outer: bool = True) -> Library:
        x, y, width = placed(context, box, around, outer=outer)
        if isinstance(box, line_box) and around.style["direction"] == "rtl" and not context.excluded_shapes:
            x -= box.width
        return x, y, width

    return avoid_collisions


def _by_their_names(collect: Library) -> Library:
    """Say which links wait for the page of which place, so that nothing else is laid out again.

    Where ``attr(href url)`` names the place, WeasyPrint notes it without its name, and the page of the place as if it
    were that of the link: every page with a link is laid out three times, whether its numbers were known or not.
    """

    def collect_missing_counters(self: Library, box: Library, token: str, again: Library, *missing: Library) -> None:
        own, of_targets = missing
        if None in of_targets:
            place = box.element.get("href", "").removeprefix("#")
            own, of_targets = [], {place: of_targets[None]}
        collect(self, box, token, again, own, of_targets)

    return collect_missing_counters


def _with_numbers_known_so_far(make_page: Library) -> Library:
    """Fill in the pages that an index points back to before its own page is laid out, not after."""

    def page_with_numbers(context: Library, *rest: Library) -> Library:
        for lookup in context.target_collector.counter_lookup_items.values():
            if lookup.pending:
                lookup.pending = False
                lookup.parse_again(lookup.cached_page_counter_values)
        return make_page(context, *rest)

    return page_with_numbers


def _but_their_count(cache: Library) -> Library:
    """Of the place a link leads to we print the page, never how many there are: that is known only after a first round.

    With the number of pages among what is compared, every page with a link would be laid out a third time.
    """

    def cache_target_page_counters(
        self: Library, anchor: str, counters: dict[str, Library], place: int, pages: Library
    ) -> None:
        cache(self, anchor, {name: values for name, values in counters.items() if name != "pages"}, place, pages)

    return cache_target_page_counters


def _pages_listed_once(document: Library) -> tuple[bytes, ...]:
    """Every element of the structure asks for the references of all pages."""
    numbers: list[int] = document.pages["Kids"]
    known: tuple[bytes, ...] = getattr(document, "_references", ())
    if 3 * len(known) != len(numbers):
        known = document._references = tuple(f"{number} 0 R".encode() for number in numbers[::3])  # noqa: SLF001 — the one place to keep it
    return known
