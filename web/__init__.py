"""The roof: one app made of all packages."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, session
from flask_bootstrap import Bootstrap5

import core.config
from core import clock, limits
from core.config import Config
from core.db import make_sessions
from core.engine import make_engine
from core.files import DiskStore
from venues import current
from venues.slugs import SlugConverter
from web import errors, icons, second_factor, shell, templating, urls
from web.accounting import Site
from web.readiness import Readiness
from web.sessions import Protection, Sessions, SignIns

ROOT = Path(__file__).parent.parent
csrf = Protection()


def create_app(config: Config | None = None) -> Flask:
    """The whole application, for the given or the environment's configuration."""
    config = config or core.config.read()
    core.config.activate(config)
    app = Site("dateline", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(
        DATELINE=config,
        SECRET_KEY=config.secret_key,
        SERVER_NAME=None,
        # Three times the largest file: a file that is too large is still read, so that the form can say so beside the
        # field and give back what was typed. Beyond that nothing is read.
        MAX_CONTENT_LENGTH=3 * config.max_upload,
        MAX_FORM_MEMORY_SIZE=4 << 20,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,  # but each day (_init_login): signing the cookie costs as much as a query
        # A reviewer may write for hours: the token lives as long as the session it is bound to.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # Referrer-Policy: no-referrer sends none to check; the token is the protection
        BOOTSTRAP_SERVE_LOCAL=True,
        KEEP_PAGES=True,
        LOG_REQUESTS=True,
        ASSETS=_fingerprint(ROOT / "static"),
    )
    app.session_interface = Sessions()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    engine = make_engine(config.database_url)
    app.extensions["engine"] = engine
    app.extensions["sessions"] = make_sessions(engine)
    app.extensions["store"] = DiskStore(config.data / "files")
    app.extensions["readiness"] = Readiness(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["venue"] = SlugConverter
    Bootstrap5(app)
    csrf.init_app(app)
    limits.init(app)
    _init_login(app)
    second_factor.add(app)
    errors.add(app)
    templating.add(app)
    shell.add(app)
    icons.add(app)
    urls.add(app)

    @app.teardown_appcontext
    def _close_session(_error: BaseException | None) -> None:
        if "session" in g:
            g.pop("session").close()

    return app


def _fingerprint(folder: Path) -> str:
    """The version of the static files: changes when one of them does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _init_login(app: Flask) -> None:
    manager = SignIns(app)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)  # of which we have none
    manager.unauthorized_handler(errors.sign_in_first)

    @manager.user_loader
    def _load(key: str) -> Any:
        person_id, _, session_key = key.partition(".")
        if not person_id.isdigit():
            return None
        today = clock.real().toordinal()
        if session.get("day") != today:
            session["day"] = today  # the cookie is sent anew, and lives for its thirty days from now
        return current.visitor(int(person_id), session_key)
