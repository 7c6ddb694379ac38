"""The blueprint that the account's pages share."""

from flask import Blueprint

pages = Blueprint("account", __name__)
