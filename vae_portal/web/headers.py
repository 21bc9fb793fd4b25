"""What every answer tells the browser to refuse: inline code, framing, guessing types, and keeping private pages."""

from __future__ import annotations

from flask import Flask, Response, request, session

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws its arrows and ticks with data: pictures
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Add the headers to every answer of the portal."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Security headers; a view that shows a stranger's file keeps the stricter policy it has set itself."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}; includeSubDomains")
    # Asking the session makes an answer vary by cookie: assets, the same for all, do without.
    if not _is_asset() and ("_user_id" in session or "Cache-Control" not in response.headers):
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_asset() -> bool:
    return (request.endpoint or "").rpartition(".")[2] == "static"
