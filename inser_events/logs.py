"""What the server writes to its log: one JSON object a line, or readable lines on a terminal.

Secrets travel in addresses (ticket links, reset links): a path is logged with its tokens blotted out, and nothing a
person typed is logged at all.
"""

import logging
import re
import sys

from inser_events.lean import without

with without("rich"):
    import structlog
    from structlog.types import EventDict, Processor, WrappedLogger

_SECRETS = re.compile(r"(/(?:tickets|slots|reset|B|verify)/)[^/\s?\"']+")


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blot out the tokens of private addresses in every text of an entry."""
    return {key: _SECRETS.sub(r"\1…", value) if isinstance(value, str) else value for key, value in event.items()}


def set_up(*, level: int = logging.INFO) -> None:
    """Send Python's logging through structlog, to standard error."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    shown: Processor = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_secrets, shown],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("huey", "weasyprint", "fontTools", "alembic", "inser_events.database.Turns"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
