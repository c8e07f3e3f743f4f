"""The language of a page: by ``?lang=``, else the reader's own where known, else the browser's, else English.

`web.links` keeps what came with the address on every link. A signed-in reader's choice is kept in the account; whoever
opens a link of their own (a ticket) reads it in the language they registered in. A page asked for without any of these
comes in the language the browser prefers, and says so to caches (``Vary``); a file under the same circumstances is the
same for everybody.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, refresh
from flask_security import current_user

from inser_events.languages import INTERFACE, direction, preferred
from inser_events.web.caching import is_for_everyone
from inser_events.web.requests import WITHOUT_COOKIE

babel = Babel()
TRANSLATED = INTERFACE
"""Languages with a complete catalogue; mails and papers are written in them."""

DEFAULT = "en"
ALIKE = ("/scan", "/kiosk", "/api/", "/static/")
"""Where the browser's language is not asked for: shells that work without a network choose theirs on the device."""


class Carried(NamedTuple):
    """A language for links; empty when there is nothing to carry."""

    language: str
    everywhere: bool
    """False: not to pages that know it by themselves, as those behind a sign-in or a personal link do."""


def init_app(app: Flask) -> None:
    """Install Flask-Babel and tell templates the page's language."""
    babel.init_app(app, default_locale=DEFAULT, default_timezone="UTC", locale_selector=_wanted)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.context_processor(_page_context)
    app.after_request(_tell_caches)


def _page_context() -> dict[str, object]:
    language = page_language()
    links = list(_links()) if has_request_context() else []
    return {
        "page_language": language,
        "page_direction": direction(language),
        "language_links": links,
        "without_language": _without_language() if has_request_context() else "",
    }


def _without_language() -> str:
    """This page without a language in its address; empty for one that cannot be opened again."""
    if request.method != "GET":
        return ""
    others = urlencode(_other_arguments())
    return f"{request.path}?{others}" if others else request.path


def _links() -> Iterator[tuple[str, str]]:
    """This page in each language. Relative: the page of a badge code must not repeat the code."""
    # A page that is kept for everybody must not repeat what one reader's address said besides.
    others = [] if is_for_everyone() else _other_arguments()
    return ((code, f"?{urlencode([*others, ('lang', code)])}") for code in INTERFACE)


def _other_arguments() -> list[tuple[str, str]]:
    return [(name, text) for name, text in request.args.items(multi=True) if name != "lang"]


def asked_language() -> str:
    """The language in the address, when it is one of ours; else empty. Its region does not matter: ``fr-MA``."""
    asked = request.args.get("lang", "") if has_request_context() else ""
    language = asked.lower().replace("_", "-").partition("-")[0]
    return language if language in INTERFACE else ""


def carried_language() -> Carried:
    """The language that the links of the page being made carry on."""
    asked = asked_language()
    own = "" if asked else g.get("reader_language") or _of_account() or of_browser()
    # English needs no saying, except to a browser that would be given another language.
    is_plain = own not in INTERFACE or (own == DEFAULT and of_browser() in {"", DEFAULT})
    return Carried(asked or ("" if is_plain else own), everywhere=bool(asked))


def read_in(language: str) -> None:
    """From here on the page is in *language*, the one its reader once chose, unless the address asks for another."""
    g.reader_language = language
    refresh()  # what has been looked up in this request so far


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Write in *language* to somebody else than the reader of the page; in English where we have no words in it."""
    wanted = language if language in TRANSLATED else DEFAULT
    before = g.get("language")
    g.language = wanted
    try:
        with force_locale(wanted):
            yield
    finally:
        g.language = before


def said_everywhere(words: Callable[[], Mapping[str, str]]) -> dict[str, list[str]]:
    """What *words* says by each key in every language of the interface: in English only where there is no application.

    For tables that come back to us headed in the language of whoever made them.
    """
    found: dict[str, list[str]] = {}
    for language in INTERFACE:
        with force_locale(language):
            for key, word in words().items():
                found.setdefault(key, []).append(word)
    return found


def variant() -> str:
    """What an answer that is kept for everybody depends on besides its content; see `carried_language`."""
    asked = asked_language()
    return asked or f"~{of_browser()}"


def of_browser() -> str:
    """The language of ours that the browser prefers, for a page; empty when it names none."""
    if not has_request_context() or not is_negotiated(request.path):
        return ""
    return preferred(request.headers.get("Accept-Language", ""))


def is_negotiated(path: str) -> bool:
    """Whether the browser's language counts at an address.

    Not for public files, which calendars and programs read too; for those of organisers as for their pages.
    """
    return not path.startswith(ALIKE) and (path.startswith("/manage/") or "." not in path.rpartition("/")[2])


def _tell_caches(response: Response) -> Response:
    if is_negotiated(request.path) and not asked_language():
        response.vary.add("Accept-Language")
    return response


def _wanted() -> str:
    forced: str | None = g.get("language")
    wanted = forced or asked_language() or g.get("reader_language") or _of_account() or of_browser()
    return wanted if wanted in INTERFACE else DEFAULT


def _of_account() -> str:
    """What the signed-in reader chose; nobody is looked for where the answer is the same for all."""
    view = current_app.view_functions.get(request.endpoint or "") if has_request_context() else None
    if view is None or getattr(view, "inser_access", None) in WITHOUT_COOKIE or not current_user.is_authenticated:
        return ""
    return str(getattr(current_user, "language", None) or "")


def page_language() -> str:
    """The language tag of the page being made."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT
