"""Configuration from the environment. An unknown name or a wrong value stops the start with a sentence."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core import clock, signing, tokens
from core.addresses import AddressError, canonical

ROOT = Path(__file__).parent.parent
NAMES = {
    "DATELINE_DATA": "the folder of files, keys and (by default) database; `data` beside ./dateline unless set",
    "DATABASE_URL": "sqlite:///… or postgresql://user:password@host/name; SQLite in the data folder unless set",
    "DATELINE_URL": "the address people use, such as https://papers.example.org; http://HOST:PORT unless set",
    "DATELINE_HOST": "the address to listen on; 127.0.0.1 unless set",
    "DATELINE_PORT": "the port to listen on; 8000 unless set",
    "DATELINE_SMTP": "smtp://user:password@host:587 (STARTTLS) or smtps://…:465; letters wait in the outbox unless set",
    "DATELINE_MAIL_FROM": "the sender of all letters, such as dateline@example.org",
    "DATELINE_ADMIN": "the e-mail of the first administrator",
    "DATELINE_MAX_UPLOAD_MB": "the largest file anybody may upload; 100 unless set",
    "DATELINE_TRUSTED_PROXY": "the address of the proxy whose X-Forwarded-* and X-Request-Start headers are believed",
    "DATELINE_THREADS": "how many requests are answered at once; 8 unless set",
    "DATELINE_WORKER": "0: `serve` starts no worker beside itself; 1 unless set",
    "DATELINE_STOP_SECONDS": "how long uploads and answers in flight may take after SIGTERM; 60 unless set",
    "DATELINE_LOG": "json: one JSON object a line on standard error; text, for people, unless set",
    "DATELINE_METRICS_TOKEN": "whoever sends it as a bearer token reads /metrics; administrators only unless set",
    "DATELINE_SECURITY_CONTACT": "who is told of security holes (security.txt): an e-mail or an https:// address",
    "DATELINE_SECOND_FACTOR": "1: organizers and administrators must sign in with a second factor; 0 unless set",
    "DATELINE_REHEARSAL": "1: the season's clock may be moved (data/clock); never for a real venue",
}


class ConfigError(Exception):
    """What is wrong with the environment, in one sentence."""


@dataclass(frozen=True)
class Config:
    """Everything that the environment decides."""

    data: Path
    database_url: str
    url: str
    host: str
    port: int
    smtp: str
    mail_from: str
    admin: str
    max_upload: int
    trusted_proxy: str
    threads: int
    worker: bool
    second_factor: bool
    rehearsal: bool
    stop_seconds: int
    logs_json: bool
    metrics_token: str
    security_contact: str
    secret_key: str

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration, with the data folder and its key made on first use. Raises ConfigError."""
    for name in environ:
        if name.startswith("DATELINE_") and name not in NAMES:
            raise ConfigError(f"{name} is not a setting of Dateline. The settings are: {', '.join(NAMES)}.")

    def number(name: str, default: int, least: int, most: int) -> int:
        text = environ.get(name, str(default))
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ConfigError(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
        return int(text)

    data = data_folder(environ)
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATELINE_DATA: the folder {data} cannot be made ({error.strerror}).") from None
    host = environ.get("DATELINE_HOST") or "127.0.0.1"
    port = number("DATELINE_PORT", 8000, 1, 65535)
    return Config(
        data=data,
        database_url=database_url(environ, data),
        url=_address(environ.get("DATELINE_URL") or f"http://{host}:{port}"),
        host=host,
        port=port,
        smtp=_smtp(environ.get("DATELINE_SMTP", "")),
        mail_from=_mail_from(environ),
        admin=_admin(environ.get("DATELINE_ADMIN", "")),
        max_upload=number("DATELINE_MAX_UPLOAD_MB", 100, 1, 2000) << 20,
        trusted_proxy=environ.get("DATELINE_TRUSTED_PROXY", ""),
        threads=number("DATELINE_THREADS", 8, 1, 64),
        worker=bool(number("DATELINE_WORKER", 1, 0, 1)),
        second_factor=bool(number("DATELINE_SECOND_FACTOR", 0, 0, 1)),
        rehearsal=bool(number("DATELINE_REHEARSAL", 0, 0, 1)),
        stop_seconds=number("DATELINE_STOP_SECONDS", 60, 0, 3600),
        logs_json=_log_style(environ.get("DATELINE_LOG", "text")) == "json",
        metrics_token=_metrics_token(environ.get("DATELINE_METRICS_TOKEN", "")),
        security_contact=_security_contact(environ.get("DATELINE_SECURITY_CONTACT", "")),
        secret_key=_secret_key(data / "secret.key"),
    )


def activate(config: Config) -> None:
    """Give the process its keys and, in a rehearsal, its movable clock."""
    tokens.use(config.secret_key)
    signing.use(config.data / "receipt-keys")
    clock.rehearse(config.data / "clock" if config.rehearsal else None)


def data_folder(environ: Mapping[str, str]) -> Path:
    """The folder of everything that is kept; it need not be there."""
    return Path(environ.get("DATELINE_DATA") or ROOT / "data").absolute()


def database_url(environ: Mapping[str, str], data: Path) -> str:
    """SQLAlchemy's address of the database. Raises ConfigError."""
    text = environ.get("DATABASE_URL", "")
    if not text:
        return f"sqlite:///{data / 'dateline.db'}"
    # The hosting world writes postgres://; SQLAlchemy wants the driver named.
    text = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    is_whole = parts.scheme in ("http", "https") and parts.netloc
    if (
        not is_whole or parts.path.strip("/") or parts.query or parts.fragment
    ):  # there is no way to live below a path
        raise ConfigError(f"DATELINE_URL is {text!r}; it must look like https://papers.example.org.")
    return text.rstrip("/")


def _smtp(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = not text or (parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError("DATELINE_SMTP must look like smtp://user:password@mail.example.org:587.")
    return text


def _mail_from(environ: Mapping[str, str]) -> str:
    text = environ.get("DATELINE_MAIL_FROM", "")
    if environ.get("DATELINE_SMTP") and not text:
        raise ConfigError("DATELINE_SMTP is set, so DATELINE_MAIL_FROM must name the sender of the letters.")
    if text and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ConfigError(
            f"DATELINE_MAIL_FROM is {text!r}; it must be a bare address such as papers@example.org."
        )
    return text or "dateline@localhost"


def _admin(text: str) -> str:
    try:
        return canonical(text) if text else ""
    except AddressError as error:
        raise ConfigError(f"DATELINE_ADMIN: {error}") from None


def _log_style(text: str) -> str:
    if text not in ("json", "text"):
        raise ConfigError(f"DATELINE_LOG is {text!r}; it must be json or text.")
    return text


def _metrics_token(text: str) -> str:
    if text and not re.fullmatch(r"[!-~]{16,200}", text):
        raise ConfigError("DATELINE_METRICS_TOKEN must have 16 to 200 characters, and no spaces among them.")
    return text


def _security_contact(text: str) -> str:
    """The contact as an address that security.txt wants: https: or mailto:."""
    if not text or (text.startswith("https://") and urlsplit(text).netloc and re.fullmatch(r"[!-~]+", text)):
        return text
    try:
        return f"mailto:{canonical(text.removeprefix('mailto:'))}"
    except AddressError as error:
        raise ConfigError(f"DATELINE_SECURITY_CONTACT: {error}") from None


def _secret_key(path: Path) -> str:
    """The deployment's key: made on first use, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path.read_text().strip()
