"""Forms: what a user task shows, accepts, keeps, and tells the process."""

from workflows.forms import sentences
from workflows.forms.answers import is_writable, load, plain
from workflows.forms.description import json_schema
from workflows.forms.registry import Case, Form, UnknownForm, find, get, register, registered

sentences.install()  # before any schema makes its fields

__all__ = [
    "Case",
    "Form",
    "UnknownForm",
    "find",
    "get",
    "is_writable",
    "json_schema",
    "load",
    "plain",
    "register",
    "registered",
]
