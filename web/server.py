"""The embedded server: waitress, with each request stamped when its head arrived."""

import threading
from datetime import datetime, timedelta, timezone
from time import monotonic
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import MultiSocketServer, TcpWSGIServer, create_server
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


class Server:
    """Listens on the configured address, on each of its families where a name has several."""

    def __init__(self, app: Flask, config: Config) -> None:
        proxy: dict[str, Any] = {}
        if config.trusted_proxy:
            proxy = {
                "trusted_proxy": config.trusted_proxy,
                "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
            }
        self._map: dict[int, Any] = {}
        self._server: TcpWSGIServer | MultiSocketServer = create_server(
            app,
            map=self._map,
            host=config.host,
            port=config.port,
            threads=config.threads,
            connection_limit=1000,  # slow uploads wait in buffers without holding a thread
            channel_timeout=1200,  # an upload may pause; the window of venues is 20 minutes
            # The app refuses first, in a sentence.
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + (1 << 20),
            clear_untrusted_proxy_headers=True,
            ident="",
            **proxy,
        )
        self._listeners = [one for one in self._map.values() if isinstance(one, TcpWSGIServer)]
        for listener in self._listeners:
            listener.channel_class = ArrivalChannel
        self._stop, self._end = threading.Event(), 0.0

    def run(self) -> None:
        """Serve until `stop`; then accept nothing new, and let what has begun end within the patience."""
        while not self._stop.is_set():
            self._turn(1.0)
        for listener in self._listeners:
            wasyncore.dispatcher.close(listener)  # its own would close what wakes the loop, too
        while self._in_flight() and monotonic() < self._end:
            self._turn(0.2)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def stop(self, patience: float = 0) -> None:
        """End `run`, which lets uploads and answers in flight take this many seconds. For other threads and signals."""
        self._end = monotonic() + patience
        self._stop.set()
        self._listeners[0].pull_trigger()

    def channels(self) -> list[ArrivalChannel]:
        """The open connections."""
        return [one for one in list(self._map.values()) if isinstance(one, ArrivalChannel)]

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _in_flight(self) -> bool:
        """Whether a request has begun to come, waits for its answer or is being answered; idle connections end here."""
        busy = False
        for channel in self.channels():
            if channel.request is not None or channel.requests or channel.total_outbufs_len:
                busy = True
            else:
                channel.will_close = True
        return busy
