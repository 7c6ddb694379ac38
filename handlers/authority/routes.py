"""The pages of plans and calendar; importing this module registers all of them."""

from handlers.authority import calendar, plans
from handlers.authority.blueprint import pages

__all__ = ["calendar", "pages", "plans"]
