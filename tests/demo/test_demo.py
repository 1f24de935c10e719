"""The demo as a newcomer starts it: a process of its own, driven in Chromium."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from alembic import command as alembic
from playwright.sync_api import Page, expect

from cli import db
from cli.demo import MARK
from tests.browser import assert_accessible
from tests.servers import ROOT, free_port, wait_until
from web.readiness import head


def command(
    data: Path, *arguments: str, environ: Mapping[str, str] = {}, stdout: int | IO[str] = subprocess.PIPE
) -> "subprocess.Popen[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    clean |= {"DATELINE_DATA": str(data), **environ}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", *arguments],
        cwd=ROOT,
        env=clean,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"DATABASE_URL": "postgresql://db/real"}, "DATABASE_URL is set"),
        ({"DATELINE_HOST": "0.0.0.0"}, "listens on the loopback only"),
        ({"DATELINE_TRUSTED_PROXY": "10.0.0.1"}, "not for the network"),
        ({"DATELINE_URL": "https://papers.example.org"}, "not for the network"),
    ],
)
def test_it_refuses_the_network_and_other_databases(
    tmp_path: Path, environ: dict[str, str], sentence: str
) -> None:
    started = command(tmp_path / "demo", environ=environ)
    said, _ = started.communicate(timeout=60)
    assert (started.returncode, sentence in said) == (2, True), said
    assert not (tmp_path / "demo").exists()


def test_it_refuses_a_folder_that_holds_other_data(tmp_path: Path) -> None:
    (tmp_path / "dateline.db").write_bytes(b"a real venue")
    started = command(tmp_path, "--fresh")
    said, _ = started.communicate(timeout=60)
    assert (started.returncode, "not the demo's" in said) == (2, True), said
    assert (tmp_path / "dateline.db").read_bytes() == b"a real venue"


def test_the_data_of_an_older_demo_are_brought_up_to_date(tmp_path: Path) -> None:
    data, log, port = tmp_path / "demo", tmp_path / "demo.log", free_port()
    data.mkdir()
    (data / MARK).touch()
    both = [data / "dateline.db", data / "pristine.db"]
    for file in both:
        alembic.upgrade(db.alembic_config(f"sqlite:///{file}"), "0004")
    with log.open("w") as said:
        started = command(data, "--port", str(port), stdout=said)
    wait_until(
        lambda: started.poll() is not None or "Dateline listens" in log.read_text(), "demo that listens"
    )
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=60) == 0, log.read_text()
    assert "Making the demo's season" not in log.read_text()
    for file in both:
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(),)]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    port, log = free_port(), tmp_path / "demo.log"
    # Into a file: a pipe that nobody reads is full in the middle of a season, and stops the server.
    with log.open("w") as said:
        started = command(tmp_path / "demo", "--port", str(port), stdout=said)

    def listens() -> bool:
        if started.poll() is not None:
            pytest.fail(log.read_text())
        return "\nDateline listens" in log.read_text()

    wait_until(listens, "demo that listens", 600)
    assert "\n  papers written: 74\n" in log.read_text()
    yield f"http://127.0.0.1:{port}"
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=60) == 0


def move(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".demo-bar-moments [aria-current]")).to_have_text(label)


def become(page: Page, name: str) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/demo/people")
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_a_newcomer_lives_the_season(demo: str, page: Page, tmp_path: Path) -> None:
    page.goto(demo)
    expect(page).to_have_url(f"{demo}/sbm2022/")
    expect(page.get_by_role("heading", level=1)).to_have_text("NeurIPS 2022 Workshop on Score-Based Methods")
    assert_accessible(page)
    bar = page.locator(".demo-bar")
    expect(bar).to_be_visible()
    page.emulate_media(media="print")
    expect(bar).to_be_hidden()
    page.emulate_media(media="screen")
    move(page, "The second after it")
    expect(page.locator("main")).to_contain_text("closed")

    move(page, "Reviews")
    become(page, "Gabriele Corso")
    page.goto(f"{demo}/sbm2022/submissions/")
    page.get_by_role(
        "link", name="DiffDock: Diffusion Steps, Twists, and Turns for Molecular Docking"
    ).click()
    page.get_by_role("link", name="Decision", exact=True).click()
    expect(page.locator("main")).to_contain_text("Decisions come on Oct 20, 2022")
    decided = page.url

    move(page, "Nov 25")
    page.goto(decided)
    expect(page.locator("main")).to_contain_text("Accepted as a talk, with a poster")

    mailbox = tmp_path / "demo" / "mailbox"

    def has_letter() -> bool:
        page.goto(f"{demo}/demo/mailbox?to=gabriele.corso@example.org")
        if page.get_by_role("link", name="Accepted for a talk: DiffDock").count() == 1:
            return True
        page.wait_for_timeout(1000)  # the worker, which sends some hundred letters, wants the machine, too
        return False

    wait_until(has_letter, "decision letter in the mailbox", 240)
    assert_accessible(page)
    page.get_by_role("link", name="Accepted for a talk: DiffDock").click()
    expect(page.locator(".letter-body")).to_contain_text("Congratulations!")

    page.get_by_role("link", name="Start over").click()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("main, .flashes").first).to_contain_text("as it was in the beginning")
    page.goto(f"{demo}/demo/mailbox?to=gabriele.corso@example.org")
    assert page.get_by_role("link", name="Accepted for a talk: DiffDock").count() == 0
    with sqlite3.connect(tmp_path / "demo" / "dateline.db") as database:
        counts = database.execute(
            "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM decisions WHERE outcome != 'reject'),"
            " (SELECT count(*) FROM reviews), (SELECT count(*) FROM releases WHERE first_used_at IS NOT NULL)"
        ).fetchone()
    assert counts == (74, 54, 210, 0)
    assert mailbox.is_dir()
