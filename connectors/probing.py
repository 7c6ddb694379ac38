"""Whether something answers at an address; nothing is asked of it, and no key is sent."""

from __future__ import annotations

import requests

from connectors import deadlines
from connectors.errors import Unavailable
from translations import lazy_gettext

PATIENCE = 3.0  # seconds
REASONS = (
    (requests.exceptions.SSLError, lazy_gettext("证书无效 (its certificate is not valid)")),
    (
        requests.exceptions.Timeout,
        lazy_gettext("%(patience)s 秒内没有应答 (no answer within %(patience)s s)", patience=f"{PATIENCE:g}"),
    ),
    (
        requests.exceptions.ConnectionError,
        lazy_gettext("那里没有服务，或者域名不存在 (nobody listens there, or its name is unknown)"),
    ),
)


def probe_address(base_url: str) -> int:
    """The status of a bare HEAD request, whatever it is; raises `Unavailable` where nothing answers."""
    try:
        with deadlines.open_session(PATIENCE) as session:
            return session.head(base_url, timeout=PATIENCE, allow_redirects=False).status_code
    except requests.RequestException as failure:
        reasons = (reason for kind, reason in REASONS if isinstance(failure, kind))
        raise Unavailable(next(reasons, type(failure).__name__)) from failure
