"""The blueprint that the modules of this place hang their pages on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("casework", __name__)
