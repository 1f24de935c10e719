"""Addresses for those who run the machine, and for whoever found a hole in it."""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import cast

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

import core.request
from core import clock, jobs, links, metrics
from core.config import Config
from core.verdict import HIDDEN
from mail import sending
from venues import current
from venues.deadlines import iso
from web.readiness import Readiness

CONTACT_LASTS = timedelta(days=180)
pages = Blueprint("operations", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers. It asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether everything that the season needs works; 503 when something does not."""
    readiness = cast(Readiness, current_app.extensions["readiness"])
    checks = readiness.checks()
    is_ready = all(check.is_well for check in checks.values())
    said = {
        name: {"ok": check.is_well, "says": check.sentence}
        | ({} if check.seconds is None else {"seconds": round(check.seconds, 1)})
        for name, check in sorted(checks.items())
    }
    return {"ready": is_ready, "checks": said}, 200 if is_ready else 503


@pages.get("/metrics", endpoint="metrics")
def metrics_page() -> ResponseReturnValue:
    """The counts, for Prometheus with the token and for the site's administrators; there is nothing here for others."""
    if not _may_measure():
        HIDDEN.enforce()
    stored = CollectorRegistry()
    stored.register(_Stored(core.request.session()))
    return Response(
        generate_latest(metrics.REGISTRY) + generate_latest(stored), content_type=CONTENT_TYPE_LATEST
    )


def _may_measure() -> bool:
    token = _config().metrics_token
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and kind == "Bearer":
        return hmac.compare_digest(given.encode(), token.encode())
    person = current.person()
    return person is not None and person.is_site_admin


class _Stored(Collector):
    """What the database knows, asked when somebody looks: it counts for all processes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def collect(self) -> Iterator[GaugeMetricFamily]:
        letters = GaugeMetricFamily("dateline_letters", "Letters by state.", labels=["state"])
        for state, count in sending.count_by_state(self._session).items():
            letters.add_metric([state], count)
        work = GaugeMetricFamily("dateline_jobs", "Jobs by state.", labels=["state"])
        for state, count in jobs.count_by_state(self._session).items():
            work.add_metric([state], count)
        yield from (letters, work)
        waits = GaugeMetricFamily(
            "dateline_queue_seconds", "Age of the oldest that is due.", labels=["queue"]
        )
        waits.add_metric(["jobs"], jobs.longest_wait(self._session, jobs.URGENT).total_seconds())
        waits.add_metric(["later"], jobs.longest_wait(self._session, jobs.LATER).total_seconds())
        waits.add_metric(["letters"], sending.longest_wait(self._session).total_seconds())
        yield waits
        reported = jobs.last_report(self._session)
        if reported is not None:
            age = (clock.real() - reported).total_seconds()
            yield GaugeMetricFamily(
                "dateline_worker_silent_seconds", "Since a worker last reported.", value=age
            )


@pages.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    """Whom to tell of a hole (RFC 9116). Nothing, when no contact is set."""
    contact = _config().security_contact
    if not contact:
        HIDDEN.enforce()
    today = datetime.combine(clock.real().date(), time(), UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {iso(today + CONTACT_LASTS)}",
        "Preferred-Languages: en",
        f"Canonical: {links.absolute('.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _config() -> Config:
    return cast(Config, current_app.config["DATELINE"])
