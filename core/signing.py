"""The deployment's signature, Ed25519: one private key that signs, and the public keys of all that ever did.

They lie beside the data: `private.pem`, readable by its owner only, and `ID.pem` for each public key. A new key takes
the place of the old private one, which is gone then; what it signed stays good. Each signature reads the key anew, so
that a running server signs with the new key at once.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from core.files import sync_folder

PRIVATE = "private.pem"


@dataclass(frozen=True)
class Signer:
    """A private key: its id, and what it makes of a message."""

    id: str
    sign: Callable[[bytes], bytes]


class Keys:
    """The keys in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_first(self) -> None:
        """Make the key of a deployment that has none; of two processes that start at once, one makes it."""
        if not (self.folder / PRIVATE).exists():
            self._add(os.link)

    def rotate(self) -> str:
        """Sign with a new key from now on; its id. The old private key is gone, its public key stays."""
        return self._add(os.replace)

    def signer(self) -> "Signer":
        """What signs now."""
        key = load_pem_private_key((self.folder / PRIVATE).read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return Signer(key_id(key.public_key()), key.sign)

    def public(self) -> dict[str, Ed25519PublicKey]:
        """Every public key by its id, by the age of their files: the oldest first."""
        files = [path for path in self.folder.glob("*.pem") if re.fullmatch(r"[0-9a-f]{16}", path.stem)]
        found = {}
        for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.stem)):
            key = load_pem_public_key(path.read_bytes())
            if isinstance(key, Ed25519PublicKey):
                found[key_id(key)] = key
        return found

    def _add(self, into_place: Callable[[Path, Path], None]) -> str:
        """Make a key: the public one is there first, so that no signature lacks it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        name = key_id(made.public_key())
        public = self.folder / f"{name}.pem"
        _write(public, pem(made.public_key()).encode(), os.replace, 0o644)
        private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            _write(self.folder / PRIVATE, private, into_place, 0o600)
        except FileExistsError:  # another process was first
            public.unlink()
            return self.signer().id
        return name


_keys: Keys | None = None


def use(folder: Path) -> None:
    """From now on the process signs with the keys of this folder; the first is made if there is none."""
    global _keys
    _keys = Keys(folder)
    _keys.make_first()


def keys() -> Keys:
    """The deployment's keys."""
    assert _keys is not None, "core.config.activate gives the process its keys"
    return _keys


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the key's 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def pem(key: Ed25519PublicKey) -> str:
    """The public key as OpenSSL and others read it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the private half of this key signed these bytes."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _write(path: Path, content: bytes, into_place: Callable[[Path, Path], None], mode: int) -> None:
    """The whole file or none, durable: `into_place` replaces what is there, or is a link and refuses to."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        into_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
