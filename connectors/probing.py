"""Whether something answers at an address; nothing is asked of it, and no key is sent."""

from __future__ import annotations

import requests

from connectors.errors import Unavailable

PATIENCE = 3.0  # seconds
REASONS = (
    (requests.exceptions.SSLError, "its certificate is not valid"),
    (requests.exceptions.Timeout, f"nothing answers within {PATIENCE:g} seconds"),
    (requests.exceptions.ConnectionError, "nobody listens there, or its name is unknown"),
)


def probe_address(base_url: str) -> int:
    """The status of a bare HEAD request, whatever it is; raises `Unavailable` where nothing answers."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.head(base_url, timeout=PATIENCE, allow_redirects=False).status_code
    except requests.RequestException as failure:
        reasons = (reason for kind, reason in REASONS if isinstance(failure, kind))
        raise Unavailable(next(reasons, type(failure).__name__)) from failure
