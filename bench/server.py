"""The processes that are measured: Dateline, and bare Flask pages, both under Dateline's own server."""

import argparse
import os
import tempfile
from pathlib import Path

from flask import Flask, request

import core.config
from core.config import Config
from web import create_app
from web.server import Server


def bare(config: Config) -> Flask:
    """The least that Flask can do: a page, and an upload that is saved and fsynced."""
    app = Flask("bare")
    app.config["MAX_CONTENT_LENGTH"] = 3 * config.max_upload
    folder = Path(tempfile.mkdtemp(dir=config.data))

    @app.get("/")
    def hello() -> str:
        return "Hello"

    @app.post("/upload")
    def upload() -> str:
        descriptor, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            while chunk := request.stream.read(1 << 20):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        Path(name).unlink()
        return "saved"

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("app", choices=["bare", "dateline"])
    settings = core.config.read()
    chosen = bare(settings) if parser.parse_args().app == "bare" else create_app(settings)
    Server(chosen, settings).run()
