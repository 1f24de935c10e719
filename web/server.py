"""The embedded server: waitress, with each request stamped when its head arrived."""

from datetime import datetime, timedelta, timezone
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, create_server
from waitress.task import WSGITask

from core import clock
from core.config import Config
from web.accounting import ID, well_formed


class ArrivalParser(HTTPRequestParser):
    """Notes when the head was complete. The app sees a request only after its body, perhaps minutes later."""

    arrived_at: datetime | None = None

    def parse_header(self, header_plus: bytes) -> None:
        self.arrived_at = clock.real()
        super().parse_header(header_plus)


class ArrivalTask(WSGITask):
    """Hands the arrival to the app; behind the trusted proxy, the proxy's own stamp and id.

    They are X-Request-Start: t=SECONDS and X-Request-Id.
    """

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["dateline.arrived_at"] = self.request.arrived_at
        environ[ID] = ""
        adjustments: Adjustments = self.channel.adj
        if adjustments.trusted_proxy and self.channel.addr[0] == adjustments.trusted_proxy:
            environ[ID] = well_formed(environ.get("HTTP_X_REQUEST_ID", ""))
            started = _request_start(environ.get("HTTP_X_REQUEST_START", ""))
            if started is not None and started <= self.request.arrived_at:
                environ["dateline.arrived_at"] = started
        return environ


class ArrivalChannel(HTTPChannel):
    parser_class = ArrivalParser
    task_class = ArrivalTask


def _request_start(text: str) -> datetime | None:
    """The instant in nginx's `t=${msec}`; None when it is something else."""
    try:
        return datetime.fromtimestamp(float(text.removeprefix("t=")), tz=timezone(timedelta(0)))
    except (ValueError, OverflowError, OSError):
        return None


def make_server(app: Flask, config: Config) -> TcpWSGIServer:
    """A server bound to the configured address; `.run()` serves until it is closed."""
    proxy: dict[str, Any] = {}
    if config.trusted_proxy:
        proxy = {
            "trusted_proxy": config.trusted_proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        }
    server = create_server(
        app,
        host=config.host,
        port=config.port,
        threads=config.threads,
        connection_limit=1000,  # slow uploads wait in buffers without holding a thread
        channel_timeout=1200,  # an upload may pause; the window of venues is 20 minutes
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"]
        + (1 << 20),  # the app refuses first, in a sentence
        clear_untrusted_proxy_headers=True,
        ident="",
        **proxy,
    )
    server.channel_class = ArrivalChannel
    return server
