"""The pages of plans, calendar and public guidance; importing this module registers all of them."""

from handlers.authority import calendar_pages, office_pages, plan_pages, question_pages, text_pages
from handlers.authority.blueprint import pages

__all__ = ["calendar_pages", "office_pages", "pages", "plan_pages", "question_pages", "text_pages"]
