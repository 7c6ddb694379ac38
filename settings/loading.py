"""The environment read against the declarations: all that is wrong is told at once, and nothing starts."""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from settings import path_checks, production, setting_fields
from settings.declared import Settings
from translations import gettext, lazy_gettext

NAMES = {f"ZIGE_{one.name.upper()}": one for one in fields(Settings)}


@dataclass(frozen=True, kw_only=True)
class Other:
    """What the launcher, gunicorn or the simulator read themselves."""

    kind: setting_fields.SettingField
    default: str
    meaning: str


OTHERS = {
    # With none gunicorn takes every request and answers none.
    "WEB_CONCURRENCY": Other(
        kind=setting_fields.integer_field(1, 64),
        default="2",
        meaning="web processes, each with eight threads (gunicorn)",
    ),
    "ZIGE_PORT": Other(
        kind=setting_fields.integer_field(1, 65535),
        default="8000",
        meaning="port of `./zige run` on this machine",
    ),
    "ZIGE_SIMULATOR_PORT": Other(
        kind=setting_fields.integer_field(1, 65535),
        default="8001",
        meaning="port of the simulator of `./zige run`, in development; another one than `ZIGE_PORT`",
    ),
    "ZIGE_SIMULATOR_DATABASE": Other(
        kind=setting_fields.text_field(setting_fields.check_file),
        default="instance/simulator.db",
        meaning="file in which the simulator keeps people, messages and rules",
    ),
    "ZIGE_CORPUS": Other(
        kind=setting_fields.text_field(),
        default="",
        meaning="folder of diagrams that `./zige flask lint` checks one by one when it is given no files",
    ),
}
REFUSED = lazy_gettext("Zige 没有启动，下列设置不能用 (Zige does not start; these settings are refused):")
OF_TESTS = "ZIGE_TEST_"
FAILED_TO_START = 3  # gunicorn starts a worker that ends with any other status again, for ever


@dataclass(frozen=True, kw_only=True)
class CheckedSettings:
    """What the environment says; a setting that is refused has its default here."""

    settings: Settings
    refusals: Mapping[str, str]  # variable → what is wrong and what to set


class SettingsRefused(SystemExit):
    """The settings do not fit; the text lists every refusal."""

    def __init__(self, refusals: Mapping[str, str]) -> None:
        super().__init__(FAILED_TO_START)
        self.refusals = refusals

    def __str__(self) -> str:
        lines = (f"  {name}: {sentence}." for name, sentence in self.refusals.items())
        return "\n".join((REFUSED, *lines))


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings that fit; raises `SettingsRefused`, which ends the process."""
    reading = read_settings(environment)
    refusals = reading.refusals or path_checks.find_path_refusals(reading.settings)
    if refusals:
        raise SettingsRefused(refusals)
    return _add_secret_key(reading.settings)


def read_settings(environment: Mapping[str, str] = os.environ) -> CheckedSettings:
    """Read ZIGE_* variables, and judge them for production where the mode is production."""
    given = {name: value for name, value in environment.items() if _is_ours(name)}
    values, refusals = _load_variables(
        {name: value for name, value in given.items() if name in {*NAMES, *OTHERS}}
    )
    settings = Settings(**{NAMES[name].name: value for name, value in values.items() if name in NAMES})
    settings = replace(settings, public_url=_normalize_address(settings.public_url))
    refusals |= {name: _describe_unknown(name) for name in sorted(given) if _is_unknown(name)}
    if settings.production:
        settings = replace(settings, test_clock=settings.test_clock and "ZIGE_TEST_CLOCK" in values)
        refusals = production.find_production_refusals(settings, environment) | refusals
    return CheckedSettings(settings=settings, refusals=refusals)


def _normalize_address(address: str) -> str:
    scheme, mark, rest = address.rstrip("/").partition("://")
    return f"{scheme.lower()}{mark}{rest}"


def _is_ours(name: str) -> bool:
    return name.upper().startswith("ZIGE_") or name in OTHERS  # zige_mode is no name, and is told so


def _load_variables(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    shapes = {name: one.metadata["kind"] for name, one in NAMES.items()}
    shapes |= {name: one.kind for name, one in OTHERS.items()}
    try:
        return dict(Schema.from_dict(shapes)(unknown=EXCLUDE).load(given)), {}
    except ValidationError as error:
        messages, valid = error.messages_dict, error.valid_data
        return dict(valid or {}), {name: messages[name][0] for name in shapes if name in messages}


def _is_unknown(name: str) -> bool:
    if name in NAMES or name in OTHERS:
        return False
    return not name.startswith(OF_TESTS) or bool(
        _find_similar_names(name, 0.9)
    )  # ZIGE_TEST_CLOK is no test's


def _describe_unknown(name: str) -> str:
    meant = _find_similar_names(name, 0.6)
    if meant:
        return gettext(
            "没有这个设置，是不是 %(meant)s (no setting has this name; did you mean %(meant)s)",
            meant=meant[0],
        )
    return gettext("没有这个设置，请去掉 (no setting has this name; leave it out)")


def _find_similar_names(name: str, likeness: float) -> list[str]:
    return difflib.get_close_matches(name.upper(), [*NAMES, *OTHERS], n=1, cutoff=likeness)


def _add_secret_key(settings: Settings) -> Settings:
    # Development keeps its secret in the instance folder, so that a restart signs nobody out.
    if settings.secret_key:
        return settings
    path = Path(settings.instance_path) / production.DEVELOPMENT_KEY
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return replace(settings, secret_key=path.read_text(encoding="ascii"))
