"""The reviewers' side: work list, desk, review, certificates."""

from flask import Blueprint

pages = Blueprint("casework", __name__)
