"""SMS and mail: `send` takes a key, and the same key never sends twice."""

from connectors.channels.sending import Letter, Mail, Receipt, Sms
from connectors.errors import Malformed, OutsideError, Pending, RateLimited, Unavailable

__all__ = [
    "Letter",
    "Mail",
    "Malformed",
    "OutsideError",
    "Pending",
    "RateLimited",
    "Receipt",
    "Sms",
    "Unavailable",
]
