"""SMS and mail: `send` takes a key, and the same key never sends twice."""

from connectors.channels.sending import Mail, OutgoingMail, Receipt, Sms
from connectors.errors import (
    KeyTaken,
    MalformedAnswer,
    OutsideError,
    Pending,
    RateLimited,
    Rejected,
    Unavailable,
)

__all__ = [
    "KeyTaken",
    "Mail",
    "MalformedAnswer",
    "OutgoingMail",
    "OutsideError",
    "Pending",
    "RateLimited",
    "Receipt",
    "Rejected",
    "Sms",
    "Unavailable",
]
