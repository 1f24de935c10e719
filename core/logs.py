"""What the processes say about themselves: one event a line, readable or as JSON, with nothing in it that opens a door.

Events name things by their ids and pages by their endpoint (an address may hold a link that signs in). What libraries
and exceptions say besides goes through `redact`: no e-mail, no token, no quoted text that somebody may have typed.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO

import structlog
from flask import has_request_context
from flask import request as asked
from structlog.typing import EventDict, Processor

from core import clock

EMAIL = re.compile(r"[^\s<>()'\"=:;,]+@[^\s<>()'\"=:;,]+")
TOKEN = re.compile(r"(?=[\w.-]*\d)(?=[\w.-]*[A-Z])(?=[\w.-]*[a-z])[\w-]{20,}(?:\.[\w-]+)*")
QUOTED = re.compile(r"'(?![a-z_.]+')[^']*'|\"(?![a-z_.]+\")[^\"]*\"")  # names of our own code stay
LONGEST = 300

_requests_to: TextIO | None = None
_as_json = False


def get(name: str) -> Any:
    """The logger of a module: `log.info("letter sent", letter=12)`."""
    return structlog.stdlib.get_logger(name)


def configure(*, as_json: bool, to: TextIO | None = None) -> None:
    """From now on everything goes to standard error (or `to`). Without it, only warnings do, and plainly."""
    global _requests_to, _as_json
    last: Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*BEFORE, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _trouble, _clean, last],
    )
    stream = to or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    logging.getLogger("waitress").setLevel(logging.WARNING)  # its news are raw addresses of those who hung up
    logging.getLogger("alembic").setLevel(logging.WARNING)  # says at each look what kind of database it is
    _requests_to, _as_json = stream, as_json


def silence() -> None:
    """Write no more lines of requests."""
    global _requests_to
    _requests_to = None


def request(request_id: str, method: str, endpoint: str, status: str, seconds: float) -> None:
    """The line of an answered request. Written by hand: for each page, structlog would cost as much as a query.

    Every value is ours or was checked by the caller, so that nothing needs escaping.
    """
    if _requests_to is None:
        return
    at = clock.real().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if _as_json:
        line = (
            f'{{"event": "request", "request": "{request_id}", "method": "{method}", "endpoint": "{endpoint}", '
            f'"status": {status}, "ms": {seconds * 1000:.1f}, "level": "info", "timestamp": "{at}"}}\n'
        )
    else:
        line = f"{at} [info     ] request {request_id} {method} {endpoint} {status} {seconds * 1000:.1f} ms\n"
    _requests_to.write(line)


def redact(text: str) -> str:
    """The text without e-mails and without what looks like a token; not longer than a line wants to be."""
    text = TOKEN.sub("[token]", EMAIL.sub("[e-mail]", text))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def describe(error: BaseException) -> str:
    """An exception in a line: its type and the first line of what it says, without quoted text; then its cause."""
    said = QUOTED.sub("'…'", redact((str(error).splitlines() or [""])[0]))
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{words} < {describe(cause)}" if cause is not None and len(words) < LONGEST else words


def _trouble(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as its description and its frames: no source line, no value."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = describe(error)
        event["frames"] = _frames(error.__traceback__)
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-20:]]


def _request_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """What is said while a request is answered names it."""
    if has_request_context() and "dateline.request_id" in asked.environ:
        event["request"] = asked.environ["dateline.request_id"]
    return event


def _clean(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str) and key not in ("timestamp", "level"):
            event[key] = redact(value)
    return event


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso"),
]
structlog.configure(
    processors=[*BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
