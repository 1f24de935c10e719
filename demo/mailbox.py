"""Everybody's mailbox: a real SMTP server on loopback that keeps each letter as a file."""

import email
import email.policy
import itertools
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Mail:
    """A delivered letter."""

    key: str
    to_name: str
    to_email: str
    subject: str


class Mailbox:
    """The letters in one folder, numbered as they came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count(max((int(p.stem) for p in folder.glob("*.eml")), default=0) + 1)
        self._read: dict[str, Mail] = {}

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter that the worker delivers."""
        assert isinstance(envelope.content, bytes)
        path = self.folder / f"{next(self._numbers):08d}.eml"
        temporary = path.with_suffix(".new")
        temporary.write_bytes(envelope.content)
        temporary.replace(path)
        return "250 OK"

    def listen(self, port: int) -> Controller:
        """Start taking letters on this port of the loopback."""
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        return controller

    def all(self, to: str = "") -> list[Mail]:
        """The letters, newest first; only those to one address if given."""
        names = sorted((p.stem for p in self.folder.glob("*.eml")), reverse=True)
        mails = (self._read.get(name) or self._head(name) for name in names)
        return [mail for mail in mails if not to or mail.to_email == to]

    def count(self) -> int:
        """How many letters came."""
        return sum(1 for _ in self.folder.glob("*.eml"))

    def read(self, key: str) -> EmailMessage | None:
        """One letter."""
        path = self.folder / f"{key}.eml"
        if not key.isdigit() or not path.is_file():
            return None
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    def clear(self) -> None:
        """Throw all letters away."""
        for path in self.folder.glob("*.eml"):
            path.unlink()
        self._read.clear()

    def _head(self, key: str) -> Mail:
        message = self.read(key)
        assert message is not None
        name, address = getaddresses([str(message["To"])])[0]
        self._read[key] = Mail(key, name or address, address, str(message["Subject"]))
        return self._read[key]
