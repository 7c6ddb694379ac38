"""Where a form may lead afterwards: to an address of our own, and nowhere else."""

from __future__ import annotations

import re

# Browsers read a backslash as a slash and drop tabs and line breaks, so none of these may be in it.
OWN = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,1000}")


def own(address: str) -> str:
    """The address if it is one of ours, else nothing."""
    return address if OWN.fullmatch(address) and address.isprintable() else ""
