"""The pages of plans and calendar; importing this module registers all of them."""

from handlers.authority import calendar_pages, plan_pages
from handlers.authority.blueprint import pages

__all__ = ["calendar_pages", "pages", "plan_pages"]
