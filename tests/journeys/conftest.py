"""A season that is served to a browser."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.browser import Visitor
from tests.journeys.hands import Opener, Site
from tests.season import Season


@pytest.fixture
def opened(season: Season, visitor: Visitor, tmp_path: Path) -> Iterator[Opener]:
    season.app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, season.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield lambda width, hand: Site(season, visitor, f"http://127.0.0.1:{server.port}", tmp_path, width, hand)
    server.shutdown()
    thread.join()
    server.server_close()
