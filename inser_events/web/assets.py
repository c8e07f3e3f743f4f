"""Static files under an address that changes with their content, so that browsers may keep them for ever.

``/static/v-<hash>/…`` serves static/; the hash covers all of it, so modules that import each other by relative
address change together. ``bundle.css`` is every style sheet of static/css/ in one, in layer order.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from inser_events.config import STATIC
from inser_events.web.access import public
from inser_events.web.caching import rendered, respond

FOREVER = 31_536_000
FIRST_SHEETS = ("fonts.css", "tokens.css", "reset.css", "base.css", "layout.css")
FOLDERS = ("components", "pages")
FONTS = frozenset({".woff2", ".ttf"})
COMPRESSED = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
"""What is worth compressing, and as what it is sent."""

blueprint = Blueprint("assets", __name__)


def style_sheets() -> list[Path]:
    """The style sheets of the bundle, in order."""
    css = STATIC / "css"
    first = [css / name for name in FIRST_SHEETS if (css / name).is_file()]
    rest = sorted(path for path in css.glob("*.css") if path not in first)
    return first + rest + [path for folder in FOLDERS for path in sorted((css / folder).glob("*.css"))]


def bundle() -> str:
    """All style sheets, one after the other."""
    return "\n".join(path.read_text() for path in style_sheets())


@lru_cache(maxsize=1)
def version() -> str:
    """Short hash of everything under static/."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        # The hundreds of font files of a vendor folder come and go with its style sheet.
        if path.suffix not in FONTS and path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            stat = path.stat()
            # Size and time stand for the content of vendor files: hashing megabytes would slow the start.
            vendor = "vendor" in path.parts
            digest.update(f"{stat.st_size}:{stat.st_mtime_ns}".encode() if vendor else path.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """Address of a static file, or of ``bundle.css``."""
    return f"/static/v-{current_version()}/{path}"


def current_version() -> str:
    """The version; worked out anew on each call in debug mode, so that an edit shows at once."""
    if current_app.debug:
        version.cache_clear()
    return version()


@blueprint.get("/static/v-<tag>/bundle.css")
@public
def bundle_css(tag: str) -> ResponseReturnValue:
    """The bundled style sheet."""
    return _kept(_compressed("bundle.css", COMPRESSED[".css"], lambda: bundle().encode()), tag)


@blueprint.get("/static/v-<tag>/<path:path>")
@public
def file(tag: str, path: str) -> ResponseReturnValue:
    """A file of static/."""
    if path.startswith("vendor/fonts-print/"):
        raise NotFound
    sent_as = COMPRESSED.get(Path(path).suffix)
    found = safe_join(str(STATIC), path) if sent_as else None
    if sent_as and found and Path(found).is_file():
        return _kept(_compressed(path, sent_as, Path(found).read_bytes), tag)
    return _kept(send_from_directory(STATIC, path), tag)


def _compressed(name: str, content_type: str, read: Callable[[], bytes]) -> Response:
    """A file of this version, compressed once for all readers who can."""
    return respond(rendered(("asset", current_version(), name), content_type, read))


def _kept(response: Response, tag: str) -> Response:
    # With "no-cache" beside it browsers would ask for every file on every page.
    kept = f"public, max-age={FOREVER}, immutable" if tag == version() else "public, no-cache"
    response.headers["Cache-Control"] = kept
    return response


def init_app(app: Flask) -> None:
    """Serve static files and let templates name them."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset
