"""An environment that production starts with; tests make one thing of it wrong."""

from __future__ import annotations

import os
from pathlib import Path

from settings import CHANNELS, REGISTERS

KEY = "Vx3q-9fKz_Lw0RtbY7mUeHcJ2sN8dGpA5ioQ"  # drawn at random for this file


def production(instance: Path | str) -> dict[str, str]:
    """Every setting that production asks for."""
    lines: dict[str, str] = {}
    for name in REGISTERS | CHANNELS:
        lines[f"ZIGE_{name.upper()}_URL"] = f"https://{name.replace('_', '-')}.gov.example/v1"
        lines[f"ZIGE_{name.upper()}_KEY"] = f"{name}-4821-key"
    return lines | {
        "ZIGE_MODE": "production",
        "ZIGE_INSTANCE_PATH": str(instance),
        "ZIGE_SECRET_KEY": KEY,
        "ZIGE_PUBLIC_URL": "https://zige.gov.example",
        "ZIGE_LIMITS_URL": "redis://127.0.0.1:6379/0",
    }


def process_environment(given: dict[str, str]) -> dict[str, str]:
    """What a process gets: the machine's own surroundings, and of Zige only what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ZIGE_", "FLASK_"))}
    return own | {"FLASK_APP": "app:create_app"} | given
