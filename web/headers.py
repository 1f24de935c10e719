"""What every answer says to the browser about safety."""

from flask import Flask, Response, request

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
HTTPS = [("Strict-Transport-Security", "max-age=31536000")]


def add(app: Flask) -> None:
    """Set the headers on every answer of the app."""
    always = ALWAYS + HTTPS if app.config["DATELINE"].is_https else ALWAYS

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.extend(always)
        if request.path.startswith(("/static/", "/bootstrap/")):
            # With ?v=… the address changes when the file does; without it (a module imports another) the browser asks.
            headers["Cache-Control"] = "max-age=31536000, immutable" if "v" in request.args else "no-cache"
        elif "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store" if "session" in request.cookies else "no-cache"
        return response
