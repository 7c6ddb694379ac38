"""The pages of the reviewers' side; importing this module registers all of them."""

from handlers.casework import forms
from handlers.casework.blueprint import pages
from handlers.casework.cases import case_pages, certificates, processes, set_back
from handlers.casework.desk import account_requests, desk_pages
from handlers.casework.dossier import filters
from handlers.casework.messages import threads, writing
from handlers.casework.tasks import handing_over, task_pages
from handlers.casework.worklist import posts, worklist_pages

__all__ = [
    "account_requests",
    "case_pages",
    "certificates",
    "desk_pages",
    "filters",
    "forms",
    "handing_over",
    "pages",
    "posts",
    "processes",
    "set_back",
    "task_pages",
    "threads",
    "worklist_pages",
    "writing",
]
