"""The authority's own arrangements: plans and the calendar of working days."""

from flask import Blueprint

pages = Blueprint("authority", __name__)
"""The pages, which the modules of this folder fill."""
