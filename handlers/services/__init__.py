"""The operations that service tasks call, and what the process side asks of the application."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

MODULES = (
    "account_requests",
    "contacts",
    "email_proofs",
    "facts",
    "registration",
    "applications",
    "plans",
    "deadlines",
    "decisions",
    "certificates",
    "codes",
    "delivery",
    "incidents",
    "letters",
    "messaging",
    "notices",
    "redating",
    "registers",
)


def install(app: Flask) -> None:
    """Open the connections to the outside and register every operation."""
    from handlers.services import outside

    outside.install(app)
    for name in MODULES:
        import_module(f"handlers.services.{name}")
