"""The forms of the reviewers' user tasks; importing a module registers its forms."""

from handlers.casework.forms import (
    accounts,
    certificate,
    confirmation,
    decision,
    experts,
    identity,
    messaging,
    online_review,
    review,
)

__all__ = [
    "accounts",
    "certificate",
    "confirmation",
    "decision",
    "experts",
    "identity",
    "messaging",
    "online_review",
    "review",
]
