"""Organisers' rich text: a small, safe part of HTML. The only place that imports nh3.

A text is cleaned when it is saved, so pages and documents may show it as it is stored. Whoever writes plain
paragraphs need not know HTML: blank lines become paragraphs, and come back as blank lines when edited again.
"""

import re
from html import escape, unescape

TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "em", "h3", "h4", "hr", "i", "li", "ol", "p", "strong", "sub", "sup", "ul"}
)
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_PARAGRAPHS_ONLY = re.compile(r"(?:<p>(?:[^<]|<br>)*</p>\s*)+")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


def cleaned(text: str) -> str:
    """Safe HTML of what an organiser typed; empty when nothing is left to read."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not any(tag.lower() in TAGS for tag in _TAG.findall(text)):
        return _paragraphs(text)
    import nh3  # noqa: PLC0415 — a server at rest needs none of it

    html = nh3.clean(text, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return html.strip()


def editable(html: str) -> str:
    """What to put into the text area: plain paragraphs without their tags, anything richer as it is."""
    if not _PARAGRAPHS_ONLY.fullmatch(html):
        return html
    return "\n\n".join(unescape(part.replace("<br>", "\n")) for part in _PARAGRAPH.findall(html))


def _paragraphs(text: str) -> str:
    parts = [part.strip() for part in _BLANK_LINE.split(text) if part.strip()]
    return "\n".join("<p>" + escape(part, quote=False).replace("\n", "<br>") + "</p>" for part in parts)
