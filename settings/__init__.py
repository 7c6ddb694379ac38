"""Every setting, declared once and validated at start; docs/operators.md has the table made from this."""

from settings.declared import CHANNELS, REGISTERS, Settings
from settings.loading import CheckedSettings, SettingsRefused, load_settings, read_settings

__all__ = [
    "CHANNELS",
    "REGISTERS",
    "CheckedSettings",
    "Settings",
    "SettingsRefused",
    "load_settings",
    "read_settings",
]
