"""Forms: what a user task shows, accepts, keeps, and tells the process."""

from workflows import schema_sentences
from workflows.forms.answers import check_plain_answers, is_writable, load_answers
from workflows.forms.description import build_json_schema
from workflows.forms.designed import DesignedSchema, find_definition, find_form_of, get_form_of
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

schema_sentences.install_sentences()  # before any schema makes its fields
register_form(DONE)

__all__ = [
    "DesignedSchema",
    "Form",
    "FormContext",
    "UnknownForm",
    "build_json_schema",
    "check_plain_answers",
    "find_definition",
    "find_form",
    "find_form_of",
    "get_form",
    "get_form_of",
    "is_writable",
    "load_answers",
    "register_form",
    "registered_forms",
]
