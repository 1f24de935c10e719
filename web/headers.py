"""What every answer says to the browser about safety, and about keeping it."""

from werkzeug import Request

Headers = list[tuple[str, str]]

# No inline script or style anywhere, so no nonce is needed and cached pages stay valid.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# No view sets one of these itself.
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
]
HTTPS = ("Strict-Transport-Security", "max-age=31536000")


def completed(said: Headers, status: str, asked: Request | None, *, is_https: bool) -> Headers:
    """The headers of an answer with those that its view has not set, as they leave.

    Werkzeug's own headers raise an exception for each that they do not have: together they cost as much as a query.
    """
    known = {name.lower(): value for name, value in said}
    if asked and asked.path.startswith(("/static/", "/bootstrap/")) and status in ("200", "206", "304"):
        # With ?v=… the address changes when the file does; without it (a module imports another) the browser asks.
        is_version = asked.query_string.startswith(b"v=")
        keep = "max-age=31536000, immutable" if is_version else "no-cache"
        said = [header for header in said if header[0].lower() != "cache-control"] + [("Cache-Control", keep)]
    else:
        said = list(said)
        if "cookie" not in known.get("vary", "").lower():
            said.append(("Vary", "Cookie"))  # the frame of each page says who is signed in
        if "cache-control" not in known:
            is_for_all = asked is not None and "session" not in asked.cookies
            said.append(("Cache-Control", "no-cache" if is_for_all else "no-store"))
    if "content-security-policy" not in known:
        said.append(("Content-Security-Policy", POLICY))
    return [*said, *ALWAYS, HTTPS] if is_https else [*said, *ALWAYS]
