"""What every page shows around its content: plain values, worked out once per page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, session, url_for
from flask_wtf.csrf import generate_csrf

from core import request as here
from venues import current
from venues.models import Role
from web.due import due_here


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    home_url: str
    venue_name: str
    venue_url: str
    nav: list[tuple[str, str, bool]]
    person_id: int | None
    person_name: str
    account_url: str
    sign_in_url: str
    sign_out_url: str
    csrf_token: str
    demo_bar: Any
    now: str


def add(app: Flask) -> None:
    """Give every template its `shell`, and links that are made once."""

    @app.context_processor
    def _shell() -> dict[str, Any]:
        link = _links()
        return {
            "shell": build(app, link),
            "slug": g.get("slug", ""),
            "assets": app.config["ASSETS"],
            "due_here": due_here,
            "url_for": link,
        }


def build(app: Flask, link: Callable[..., str]) -> Shell:
    """The frame for this request, with its links."""
    person = current.person()
    venue = g.get("venue")
    nav = _nav(venue.slug) if venue else []
    path = request.path
    is_door = path == "/" or request.blueprint == "accounts"  # no place to come back to
    demo_bar = app.extensions.get("demo_bar")
    return Shell(
        home_url="/",
        venue_name=venue.short_name if venue else "",
        venue_url=f"/{venue.slug}/" if venue else "",
        nav=[
            (label, url, path == url or (url.count("/") > 2 and path.startswith(url))) for label, url in nav
        ],
        person_id=person.id if person else None,
        person_name=person.name if person else "",
        account_url="/account",
        sign_in_url="" if person else _sign_in_url(link, None if is_door else path),
        sign_out_url="/sign-out",
        csrf_token=_csrf_token() if person else "",
        demo_bar=demo_bar() if demo_bar else None,
        now=here.at().isoformat(),
    )


def _links() -> Callable[..., str]:
    """Flask's `url_for` for this page, remembered: a page of a list asks for the same links again and again."""
    root, blueprint, slug = request.script_root, request.blueprint, g.get("slug")

    def link(endpoint: str, **values: Any) -> str:
        if "_external" in values:
            return url_for(endpoint, **values)
        return _link(root, blueprint, slug, endpoint, tuple(values.items()))

    return link


@lru_cache(maxsize=20_000)
def _link(
    _root: str, _blueprint: str | None, _slug: str | None, endpoint: str, values: tuple[tuple[str, Any], ...]
) -> str:
    return url_for(endpoint, **dict(values))


def _sign_in_url(link: Callable[..., str], back: str | None) -> str:
    """Where to sign in, and come back from. Anybody can ask for any path: long ones are not remembered."""
    return str((url_for if back and len(back) > 200 else link)("accounts.sign_in", next=back))


def _csrf_token() -> str:
    """The token for this page's forms, signed once for each session rather than for each page."""
    if raw := session.get("csrf_token"):
        g.csrf_token = _signed_token(raw)  # where Flask-WTF looks before it signs one
    return str(generate_csrf())


@lru_cache(maxsize=10_000)
def _signed_token(_raw: str) -> str:
    return str(generate_csrf())


def _nav(slug: str) -> list[tuple[str, str]]:
    """The tabs of a venue for whoever asks."""
    tabs = [("Home", f"/{slug}/")]
    if current.person() is None:
        return tabs
    tabs.append(("My submissions", f"/{slug}/submissions/"))
    roles = current.roles()
    if Role.REVIEWER in roles:
        tabs.append(("My reviews", f"/{slug}/papers/"))
    if Role.ORGANIZER in roles:
        tabs.append(("Organize", f"/{slug}/organize/"))
    return tabs
