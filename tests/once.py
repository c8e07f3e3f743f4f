"""What the suite makes once instead of for each of the thousands of applications that its tests make.

None of it changes what is tested: compiled routes, templates and statements depend on nothing but their sources, and
whether a file has reached the disk matters to nobody when the test is over.
"""

import gc
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from werkzeug.routing import Rule

from inser_events import journal
from inser_events.database import db

_compile = Rule.compile
_routes: dict[object, dict[str, Any]] = {}
_builders: dict[object, tuple[Any, Any]] = {}
_LEARNT = ("_parts", "_trace", "_converters", "arguments")


def _compile_once(rule: Rule) -> None:
    """Werkzeug parses each route and compiles two functions for it."""
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
    if key not in _routes:
        _compile(rule)
        _routes[key] = {name: getattr(rule, name) for name in _LEARNT}
        _builders[key] = (rule._build.__func__, rule._build_unknown.__func__)  # type: ignore[attr-defined] # bound functions
    vars(rule).update(_routes[key])
    known, unknown = _builders[key]
    rule._build, rule._build_unknown = known.__get__(rule), unknown.__get__(rule)


class CompiledTemplates(BytecodeCache):
    """Templates compiled by any application of this process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same source."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._known[bucket.key, bucket.checksum] = bucket.code


_templates = CompiledTemplates()
_statements: dict[str, tuple[Any, Any]] = {}


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def share(app: Flask) -> None:
    """Let an application use what others have made; call it inside its context, before it reads its database."""
    app.jinja_env.bytecode_cache = _templates
    engine = db.engine
    # Compiled statements are kept by engine and by dialect: they are the same for all.
    name = engine.dialect.name
    if name not in _statements:
        engine.connect().close()  # only then the dialect knows the server's version
        _statements[name] = engine.dialect, engine._compiled_cache
    engine.dialect, engine._compiled_cache = _statements[name]
    if name == "sqlite":
        event.listen(engine, "connect", _do_not_wait_for_the_disk)


def freeze_imports() -> None:
    """Everything imported by now stays until the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


journal._sync = lambda _log: None
Rule.compile = _compile_once  # type: ignore[assignment, method-assign] # see above
