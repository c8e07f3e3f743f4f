"""The language of a page: by ``?lang=``, else the signed-in reader's choice, else English."""

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale

from inser_events.languages import INTERFACE, direction

babel = Babel()
TRANSLATED = INTERFACE
"""Languages with a complete catalogue; mails and papers are written in them."""


def init_app(app: Flask) -> None:
    """Install Flask-Babel and tell templates the page's language."""
    babel.init_app(app, default_locale="en", default_timezone="UTC", locale_selector=_wanted)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.context_processor(_page_context)


def _page_context() -> dict[str, object]:
    language = page_language()
    # Relative: the page of a badge code must not repeat the code.
    links = [(code, f"?lang={code}") for code in INTERFACE]
    return {"page_language": language, "page_direction": direction(language), "language_links": links}


def _wanted() -> str:
    forced: str | None = g.get("language")
    if forced:
        return forced
    wanted = request.args.get("lang", "") if has_request_context() else ""
    return wanted if wanted in INTERFACE else "en"


def page_language() -> str:
    """The language tag of the page being made."""
    locale = get_locale()
    return str(locale.language) if locale else "en"
