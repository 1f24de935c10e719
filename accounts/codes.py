"""One-time codes: those of an authenticator app (TOTP, RFC 6238), and the recovery codes that stand in for it."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import segno

STEP = 30  # seconds
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


def new_secret() -> str:
    """What an app and we share, in Base32."""
    return pyotp.random_base32()


def qr(secret: str, address: str, site: str) -> str:
    """The picture that an app reads, as a data: address, so that the secret stands in no address of ours."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=address, issuer_name=f"Dateline {site}")
    return segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="#fff", dark="#000")


def step_of(secret: str, code: str, real: datetime) -> int | None:
    """The half minute whose code this is: the present one, or the one before or after it; None when it is neither."""
    digits = "".join(code.split()).encode()
    now = int(real.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Codes to be shown once, in groups that can be copied by hand: 16 letters hold 79 bits."""
    return ["-".join(_group() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def digest(recovery_code: str) -> str:
    """What is kept of a recovery code. It is long and random, so that a plain hash keeps it."""
    letters = "".join(character for character in recovery_code.lower() if character.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(4))
