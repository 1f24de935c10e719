"""The guide about nginx, tried: its own lines before the real processes, with only addresses and places changed."""

import http.client
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import clock
from core.limits import RateCount
from submissions.models import Version
from tests.season import PDF, Season, make_app, open_season
from tests.servers import INSTALL, ROOT, Dateline, free_port, stopping, wait_until
from tests.submissions.door import HOME
from tests.submissions.test_sockets import form
from venues.deadlines import DateKind
from venues.models import VenueDate

HOST = "papers.example.org"


class Nginx:
    """nginx with the server block of the operators' guide."""

    def __init__(self, folder: Path, upstream: int) -> None:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            pytest.fail(f"nginx is missing. {INSTALL} nginx-light")
        self.port, self.bodies = free_port(), folder / "bodies"
        folder.mkdir()
        key, certificate, config = folder / "privkey.pem", folder / "fullchain.pem", folder / "nginx.conf"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        block = block_of_the_guide()
        for written, here in {
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
            "http://127.0.0.1:8000": f"http://127.0.0.1:{upstream}",
        }.items():
            assert block.count(written) == 1, written
            block = block.replace(written, here)
        places = [f"{name}_temp_path {folder / name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")]
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(
            f"{user} daemon off; pid {folder / 'pid'}; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {self.bodies}; {' '.join(places)}\n{block}\n}}\n"
        )
        self.process = subprocess.Popen([program, "-p", folder, "-c", config, "-e", folder / "error.log"])
        wait_until(lambda: (folder / "pid").exists() and self._answers(), "nginx", 60)

    def connect(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """A connection from this address."""
        context = ssl._create_unverified_context()
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=60, context=context, source_address=(source, 0)
        )

    def is_taking_a_body(self) -> bool:
        """Whether a body is on its way into nginx's own file, which has no name any more."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        opened = [
            str(place.readlink()) for child in children for place in Path(f"/proc/{child}/fd").iterdir()
        ]
        return any(place.startswith(str(self.bodies)) for place in opened)

    def _answers(self) -> bool:
        try:
            connection = self.connect()
            connection.request("GET", "/healthz", headers={"Host": HOST})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def block_of_the_guide() -> str:
    """The server block, as the guide has it."""
    page = (ROOT / "docs" / "operators.md").read_text()
    found = re.search(r"^    server \{.*?^    \}$", page, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


@pytest.fixture
def server(serve: Callable[..., Dateline]) -> Dateline:
    return serve(DATELINE_URL=f"https://{HOST}", DATELINE_TRUSTED_PROXY="127.0.0.1", DATELINE_WORKER=0)


@pytest.fixture
def nginx(server: Dateline, tmp_path: Path) -> Iterator[Nginx]:
    yield from stopping(Nginx(tmp_path / "nginx", server.port))


@pytest.fixture
def season(server: Dateline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """The season in the server's database; the clock goes, and submission closes in some years."""
    real = clock.real
    app = make_app(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'dateline.db'}")
    with open_season(app, monkeypatch) as made:
        monkeypatch.setattr(clock, "real", real)
        close(made, real().replace(year=2999))
        yield made


def close(season: Season, at: object) -> None:
    """Let submission close at this instant."""
    season.session.execute(update(VenueDate).where(VenueDate.kind == DateKind.SUBMISSION).values(at=at))
    season.session.commit()


def filled_in(season: Season, connection: http.client.HTTPConnection) -> tuple[dict[str, str], bytes]:
    """The headers and the body that ada's browser sends on this connection."""
    found = season.client(season.ada).get_cookie("session")
    assert found
    connection.request("GET", f"{HOME}/new", headers={"Host": HOST, "Cookie": f"session={found.value}"})
    page = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token, page.status
    kept = str(page.headers["Set-Cookie"]).partition(";")[0]
    kind, body = form(PDF + b" " * 300_000, csrf_token=token[1])
    return {"Host": HOST, "Cookie": kept, "Content-Type": kind, "Content-Length": str(len(body))}, body


def versions(season: Season) -> list[Version]:
    season.session.rollback()
    return list(season.session.scalars(select(Version).order_by(Version.id)))


def test_an_upload_over_the_deadline_counts_from_its_beginning(season: Season, nginx: Nginx) -> None:
    connection = nginx.connect()
    headers, body = filled_in(season, connection)
    connection.putrequest("POST", f"{HOME}/new", skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body[:200_000])
    wait_until(nginx.is_taking_a_body, "half of the body at nginx")
    closed = clock.real()
    close(season, closed)
    connection.send(body[200_000:])
    assert connection.getresponse().status == 303
    connection.close()
    (version,) = versions(season)
    assert (version.is_late, version.began_at < closed < version.saved_at) == (False, True)


@pytest.mark.parametrize("way", ["through nginx", "past it"])
def test_nobody_else_says_when_an_upload_began(
    season: Season, nginx: Nginx, server: Dateline, way: str
) -> None:
    through = way == "through nginx"
    source = ("127.0.0.2", 0)  # not the trusted proxy's address
    connection: http.client.HTTPConnection = (
        nginx.connect()
        if through
        else http.client.HTTPConnection("127.0.0.1", server.port, 60, source_address=source)
    )
    headers, body = filled_in(season, connection)
    closed = clock.real()
    close(season, closed)
    forged = {"X-Request-Start": f"t={closed.timestamp() - 60:.3f}", "X-Request-Id": "forged-by-somebody"}
    connection.request("POST", f"{HOME}/new", body, headers | forged)
    answer = connection.getresponse()
    assert answer.status == 303
    assert re.fullmatch("[0-9a-f]{32}" if through else "[0-9a-f]{16}", answer.headers["X-Request-Id"])
    connection.close()
    (version,) = versions(season)
    assert (version.is_late, version.began_at >= closed.replace(microsecond=0)) == (True, True)


def test_people_are_told_apart_and_too_much_is_refused(season: Season, nginx: Nginx) -> None:
    connection = nginx.connect(source="127.0.0.3")
    connection.request("GET", "/", headers={"Host": HOST})
    front = connection.getresponse()
    front.read()
    assert front.headers["Strict-Transport-Security"] == "max-age=31536000"
    connection.request("GET", "/sign-in", headers={"Host": HOST})
    page = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token
    assert "; Secure;" in page.headers["Set-Cookie"]
    kept = str(page.headers["Set-Cookie"]).partition(";")[0]
    told = {"Host": HOST, "Cookie": kept, "Content-Type": "application/x-www-form-urlencoded"}
    # What a visitor claims of himself is not passed on.
    told |= {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example.org"}
    body = f"csrf_token={token[1]}&email=nel%40example.org&password=wrong-password"
    connection.request("POST", "/sign-in", body, told)
    connection.getresponse().read()
    season.session.rollback()
    keys = " ".join(season.session.scalars(select(RateCount.key)))
    assert ("127.0.0.3" in keys, "203.0.113.9" in keys) == (True, False)
    connection.putrequest("POST", f"{HOME}/new", skip_host=True)
    for name, value in (("Host", HOST), ("Content-Length", str(311 << 20))):
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
