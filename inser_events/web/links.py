"""A language that came with the address stays: on every link, form and redirect of the answer.

Public pages set no cookie and are kept for everybody under their address, so the address alone can carry a reader's
choice. Templates write plain addresses; finished pages are gone through once, when they are made and not when they
are served, and only those whose reader chose a language.
"""

import re

from flask import Flask, Response, has_request_context, request
from jinja2 import Template
from markupsafe import escape

from inser_events.web.languages import asked_language, carried_language

ELSEWHERE = ("//", "/static/", "/api/")
_TAG = re.compile(r"<(a|form|button|input)\b([^>]*)>")
_ADDRESS = re.compile(r'(\s(?:href|action|formaction))="([^"]*)"')
_KNOWING = re.compile(r"\?|/(?:manage|logout|slots/|tickets/(?!lost))")
_NAMED = re.compile(r"[?&](?:amp;)?lang=")


class Page(Template):
    """A template whose finished page keeps the language."""

    def render(self, *args: object, **kwargs: object) -> str:
        """Fill it in."""
        text = super().render(*args, **kwargs)
        if not has_request_context() or not _is_page(self.name):
            return text
        language, everywhere = carried_language()
        return kept(text, language, everywhere=everywhere) if language else text


def init_app(app: Flask) -> None:
    """Let pages and redirects keep the language."""
    app.jinja_env.template_class = Page
    app.after_request(_keep_on_redirect)


def kept(page: str, language: str, *, everywhere: bool = True) -> str:
    """The page with *language* in the addresses of its links and forms, unless they name one themselves.

    Not *everywhere*: only where the page they lead to would not know it by itself.
    """

    def put(found: re.Match[str]) -> str:
        known = not everywhere and _KNOWING.match(found[2])
        return found[0] if known else f'{found[1]}="{address(found[2], language, "&amp;")}"'

    def tag(found: re.Match[str]) -> str:
        name, attributes = found[1], _ADDRESS.sub(put, found[2])
        # The address of a form that is not posted loses its query to the fields.
        is_query = everywhere and name == "form" and 'method="get"' in attributes
        hidden = f'<input type="hidden" name="lang" value="{escape(language)}">' if is_query else ""
        return f"<{name}{attributes}>{hidden}"

    return _TAG.sub(tag, page)


def address(text: str, language: str, joint: str = "&") -> str:
    """An address of ours with the language; *joint* is what parts of its query are joined with."""
    if not text.startswith(("/", "?")) or text.startswith(ELSEWHERE) or _NAMED.search(text):
        return text
    before, sharp, after = text.partition("#")
    return f"{before}{joint if '?' in before else '?'}lang={language}{sharp}{after}"


def _is_page(template: str | None) -> bool:
    return template is not None and template.endswith(".html") and not template.startswith("emails/")


def _keep_on_redirect(response: Response) -> Response:
    language = asked_language()
    if language and response.location and request.method in {"GET", "HEAD", "POST"}:
        response.location = address(response.location, language)
    return response
