"""The pages of the reviewers' side; importing this module registers all of them."""

from handlers.casework import forms
from handlers.casework.blueprint import pages
from handlers.casework.cases import case_documents, case_pages, certificate_pages, processes, set_back
from handlers.casework.desk import account_request_list, account_request_pages, desk_pages
from handlers.casework.dossier import filters
from handlers.casework.messages import thread_pages, writing_pages
from handlers.casework.tasks import hand_over_pages, task_pages
from handlers.casework.worklist import posts, worklist_pages

__all__ = [
    "account_request_list",
    "account_request_pages",
    "case_documents",
    "case_pages",
    "certificate_pages",
    "desk_pages",
    "filters",
    "forms",
    "hand_over_pages",
    "pages",
    "posts",
    "processes",
    "set_back",
    "task_pages",
    "thread_pages",
    "worklist_pages",
    "writing_pages",
]
