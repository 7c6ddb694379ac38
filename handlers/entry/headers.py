"""What surrounds every answer: forms carry token and owner, browsers are told what a page may load."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect

from handlers.entry import access, form_owner

# form-js and bpmn-js compute positions into style attributes; nothing else may bring style or script along.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
# What no page of ours asks a browser for: a page that was tampered with cannot ask for it either.
UNUSED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
)
# A browser shows a PDF in a plugin of its own, which the policy of the PDF itself has to allow.
POLICY_OF_PDF = POLICY.replace("object-src 'none'", "object-src 'self'")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Two years, as browsers' own lists ask; only over TLS, where a browser heeds it.
TRANSPORT = "max-age=63072000; includeSubDomains"


def install(app: Flask) -> None:
    """Check the token of every form, except where a bearer token already proves who asks."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    protection = CSRFProtect(app)
    app.extensions["form_protection"] = protection
    form_owner.install(app)
    app.before_request(_check_token)
    app.after_request(_add_headers)


def _check_token() -> None:
    from_program = access.find_audience(current_app, request.endpoint) == access.TOKEN
    if request.endpoint is None or from_program or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    if request.method in current_app.config["WTF_CSRF_METHODS"]:
        current_app.extensions["form_protection"].protect()


def _add_headers(response: Response) -> Response:
    if response.mimetype == "application/pdf":
        response.headers.setdefault("Content-Security-Policy", POLICY_OF_PDF)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    if request.endpoint != "static":
        # Not no-store: the browser's way back would then lose what was typed into a form.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
