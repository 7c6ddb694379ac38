"""Every setting, declared once and validated at start; docs/operators.md has the table made from this."""

from settings.declared import CHANNELS, REGISTERS, Settings
from settings.reading import Reading, Refused, from_environment, read

__all__ = ["CHANNELS", "REGISTERS", "Reading", "Refused", "Settings", "from_environment", "read"]
