"""Each request gets an id, a line in the log and its place in the counts.

It stands around Flask and not in its hooks: those reach the request through proxies, which cost more than the rest.
"""

import os
import re
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from prometheus_client import Counter
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import MapAdapter
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

from core import logs, metrics
from web import headers

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "OPTIONS"))
NOT_LOGGED = frozenset(
    ("static", "bootstrap.static", "operations.healthz", "operations.readyz", "operations.metrics")
)
ID = "dateline.request_id"
_counters: dict[tuple[str, str], Counter] = {}  # finding a counter by its labels costs more than counting


class Asked(Request):
    """A request that finds its cookies at once, whatever bytes other sites of its domain have put beside them.

    Werkzeug looks through all headers, and raises an exception where a cookie is not UTF-8; ours are ASCII.
    """

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that came."""
        return cast(
            "ImmutableMultiDict[str, str]", parse_cookie(self.environ.get("HTTP_COOKIE"), ImmutableMultiDict)
        )


class Addresses(MapAdapter):
    """Werkzeug's, with redirects (to the address with its last slash) that stay on the host that was asked."""

    def make_redirect_url(self, *arguments: Any, **named: Any) -> str:
        """The path, without a host: whoever asks can name any."""
        found = urlsplit(super().make_redirect_url(*arguments, **named))
        return found._replace(scheme="", netloc="").geturl()


class Answer(Response):
    """An answer whose body is handed to the server as it is where nothing is left to do once it is sent."""

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """The body. Werkzeug wraps it in two iterators, which only streams and files need."""
        body = self.response
        is_whole = type(body) is list and len(body) == 1 and type(body[0]) is bytes and not self._on_close
        if is_whole and self.status_code == 200 and environ["REQUEST_METHOD"] != "HEAD":
            return cast("list[bytes]", body)
        return super().get_app_iter(environ)


class Site(Flask):
    """A Flask that accounts for its requests, and notes what broke by endpoint: an address may hold a link."""

    request_class = Asked
    response_class = Answer

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        begun, status, endpoint = perf_counter(), "500", "none"
        request_id = environ[ID] = environ.get(ID) or os.urandom(8).hex()

        def start(line: str, said: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status, endpoint
            status = line[:3]
            asked = environ.get("werkzeug.request")  # gone once the app has returned
            endpoint = (asked and asked.endpoint) or "none"
            said = headers.completed(said, status, asked, is_https=self.config["DATELINE"].is_https)
            return start_response(line, [*said, ("X-Request-Id", request_id)], *more)

        body = super().wsgi_app(environ, start)
        seconds = perf_counter() - begun
        counter = _counters.get((endpoint, status))
        if counter is None:
            counter = _counters[endpoint, status] = metrics.REQUESTS.labels(endpoint, status)
        counter.inc()
        metrics.SECONDS.observe(seconds)
        if endpoint not in NOT_LOGGED and self.config["LOG_REQUESTS"]:
            method = environ["REQUEST_METHOD"]
            logs.request(request_id, method if method in METHODS else "OTHER", endpoint, status, seconds)
        return body

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the view of a request. Flask's looks three times at the host, and believes it."""
        if request is None:
            return super().create_url_adapter(None)
        scheme, _, host = self.config["DATELINE"].url.partition("://")
        path, asked = request.path, request.query_string.decode(errors="replace")
        return Addresses(self.url_map, host, request.root_path, "", scheme, path, request.method, asked)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: no view is a coroutine, and Flask would look at each anew for each request."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Note what broke."""
        log = logs.get(__name__)
        log.error("request broke", endpoint=request.endpoint, method=request.method, exc_info=exc_info)


def request_id(asked: Request) -> str:
    """The id of this request, by which its lines in the log are found."""
    return cast(str, asked.environ.get(ID, ""))


def well_formed(given: str) -> str:
    """The id that a trusted proxy gave the request, or "" when it is something else."""
    return given if WELL_FORMED.fullmatch(given) else ""
