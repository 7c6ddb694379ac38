"""The blueprint that the account's pages share."""

from flask import Blueprint

from handlers.account.proofs.puzzles import describe_puzzle

pages = Blueprint("account", __name__)
pages.add_app_template_global(describe_puzzle)
