"""The pages of plans and calendar; importing this module registers all of them."""

from handlers.authority import calendar, pages, plans

__all__ = ["calendar", "pages", "plans"]
