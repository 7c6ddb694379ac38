"""Forms: what a user task shows, accepts, keeps, and tells the process."""

from workflows.forms import sentences
from workflows.forms.answers import check_plain_answers, is_writable, load_answers
from workflows.forms.description import build_json_schema
from workflows.forms.done import DONE
from workflows.forms.registry import (
    Form,
    FormContext,
    UnknownForm,
    find_form,
    get_form,
    register_form,
    registered_forms,
)

sentences.install_sentences()  # before any schema makes its fields
register_form(DONE)

__all__ = [
    "Form",
    "FormContext",
    "UnknownForm",
    "build_json_schema",
    "check_plain_answers",
    "find_form",
    "get_form",
    "is_writable",
    "load_answers",
    "register_form",
    "registered_forms",
]
