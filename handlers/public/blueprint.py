"""The blueprint that the public pages share."""

from flask import Blueprint

pages = Blueprint("public", __name__)
