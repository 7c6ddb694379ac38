"""Every setting, typed, from the environment; docs/operators.md explains them in one table."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator decides. Development is the default; production says so itself."""

    mode: str = "development"  # development | production
    database_url: str = ""  # ZIGE_DATABASE_URL; empty: SQLite under the instance folder
    instance_path: str = str(HERE / "instance")
    secret_key: str = ""
    simulator_url: str = "http://127.0.0.1:8001"
    registers_key: str = "simulator"
    registers_timeout: float = 5.0
    storage_url: str = ""  # empty: a folder under the instance folder
    public_url: str = "http://127.0.0.1:8000"
    draft_limit: str = "PT2H"  # how long an unfinished application stays open
    claim_minutes: int = 30
    session_hours: int = 8
    test_clock: bool = True
    limits_url: str = "database://"  # database:// | redis://… ; memory:// counts in one process alone
    codes_per_hour: int = 3000  # SMS codes of the whole site; beyond it each one asks for a challenge
    proxies: int = 0  # how many balancers stand in front and may be believed about addresses
    fonts: str = str(HERE / "node_modules" / "@expo-google-fonts" / "noto-sans-sc")

    @property
    def production(self) -> bool:
        """Whether sample accounts, inbox and test clock are refused."""
        return self.mode == "production"

    def flask_config(self) -> dict[str, Any]:
        """The settings under the names that Flask and its extensions read, and ours in capitals."""
        ours = {name.upper(): value for name, value in asdict(self).items()}
        on_server = self.database_url.startswith("postgresql")
        return ours | {
            "PRODUCTION": self.production,
            "SQLALCHEMY_DATABASE_URI": self.database_url or f"sqlite:///{self.instance_path}/zige.db",
            # reading alone, PostgreSQL has no transaction that could be rolled back
            "SQLALCHEMY_ENGINE_OPTIONS": {"skip_autocommit_rollback": True} if on_server else {},
            "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": self.public_url.startswith("https:"),
            "WTF_CSRF_TIME_LIMIT": None,
            "API_TITLE": "Zige",
            "API_VERSION": "v1",
            "OPENAPI_VERSION": "3.1.0",
            "OPENAPI_URL_PREFIX": "/api/v1",
            "OPENAPI_JSON_PATH": "openapi.json",
        }


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read ZIGE_* variables; a value that does not fit its type names its variable."""
    values: dict[str, Any] = {}
    for name, field in Settings.__dataclass_fields__.items():
        text = environment.get(f"ZIGE_{name.upper()}")
        if text is not None:
            values[name] = _typed(name, text, type(field.default))
    settings = Settings(**values)
    return _checked(settings) if settings.production else _with_secret(settings)


def _typed(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        return text.strip().lower() in {"1", "true", "yes", "on"}
    try:
        return kind(text)
    except ValueError:
        raise SystemExit(f"ZIGE_{name.upper()}: {text!r} is not a valid {kind.__name__}") from None


def _checked(settings: Settings) -> Settings:
    if len(settings.secret_key) < 32:
        raise SystemExit("ZIGE_SECRET_KEY: production needs at least 32 characters")
    if settings.test_clock:
        raise SystemExit("ZIGE_TEST_CLOCK: production must set it to 0")
    return settings


def _with_secret(settings: Settings) -> Settings:
    # Development keeps its secret in the instance folder, so that a restart signs nobody out.
    if settings.secret_key:
        return settings
    path = Path(settings.instance_path) / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(secrets.token_hex(32), encoding="ascii")
        path.chmod(0o600)
    return Settings(**{**asdict(settings), "secret_key": path.read_text(encoding="ascii")})
