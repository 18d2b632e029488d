"""Logs: one JSON object a line on standard error, without personal data.

Only named keys are written; whatever else a call passes is dropped, so that a slip in one place
does not put an ID number into a file that everybody on the machine can read.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED_KEYS = frozenset(
    {
        "address", "boot_id", "bytes", "call_id", "case_id", "code", "connection_id", "count",
        "county_id", "deadline_s", "error", "event", "exception", "folder", "kind", "lag_ms",
        "level", "lived_s", "logger", "method", "node_id", "offer_id", "path", "pid", "port",
        "process", "reason", "recording_id", "room_id", "route", "socket_id", "staff_id", "state",
        "status", "surface", "ticket_id", "timestamp", "topic", "type",
    }
)  # fmt: skip


def keep_allowed(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    # What structlog itself carries along begins with an underscore and is taken off at the end.
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS or key[0] == "_"}


def configure_logs(level: str) -> None:
    """Sets up structlog and the standard library's loggers of aiohttp and the like."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    processors: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        keep_allowed,
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False),
            foreign_pre_chain=processors,
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    # These say too much for a log that runs all day: SDP and ICE passwords among it.
    for name in ("aiortc", "aioice", "aiohttp.access", "asyncio"):
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
