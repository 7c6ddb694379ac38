"""SMS and mail: `send` takes a key, and the same key never sends twice."""

from connectors.channels.sending import Letter, Mail, Receipt, Sms
from connectors.errors import KeyTaken, Malformed, OutsideError, Pending, RateLimited, Rejected, Unavailable

__all__ = [
    "KeyTaken",
    "Letter",
    "Mail",
    "Malformed",
    "OutsideError",
    "Pending",
    "RateLimited",
    "Receipt",
    "Rejected",
    "Sms",
    "Unavailable",
]
