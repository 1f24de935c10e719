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


def completed(said: Headers, asked: Request | None, *, is_https: bool) -> Headers:
    """The headers of an answer with those that its view has not set, as they leave.

    Werkzeug's own headers raise an exception for each that they do not have: together they cost as much as a query.
    """
    names = {name.lower() for name, _ in said}
    path = asked.path if asked else ""
    if path.startswith(("/static/", "/bootstrap/")):
        # With ?v=… the address changes when the file does; without it (a module imports another) the browser asks.
        keep = "max-age=31536000, immutable" if asked and "v" in asked.args else "no-cache"
        said = [header for header in said if header[0].lower() != "cache-control"] + [("Cache-Control", keep)]
    elif "cache-control" not in names:
        is_for_all = asked is not None and "session" not in asked.cookies
        said = [*said, ("Cache-Control", "no-cache" if is_for_all else "no-store")]
    if "content-security-policy" not in names:
        said = [*said, ("Content-Security-Policy", POLICY)]
    return [*said, *ALWAYS, HTTPS] if is_https else [*said, *ALWAYS]
