"""The words that Python knows and designers may use: what a state allows, whom a service is for.

Designers' own names (states, letters, notices, messages, processes) stand in what they deploy. Here stands
what Python can do something with; whoever can do it registers the word at start, with what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TermSort(StrEnum):
    """What kinds of words there are."""

    ABILITY = "ability"  # what a public state allows
    STANDING = "standing"  # what a public state counts as
    SUBJECT = "subject"  # whose facts the cases of a service have
    OCCASION = "occasion"  # something that happens without a diagram saying so, of which people are told
    SHEET = "sheet"  # a paper that pages print
    ACT = "act"  # what a person or another case does by sending a message
    FIELD = "field"  # a datum of a case that letters and notices may name
    REASON = "reason"  # whose written opinion holds the reasons of a refusal


@dataclass(frozen=True, kw_only=True)
class Term:
    """One word with what it means."""

    sort: TermSort
    name: str
    label: str  # Chinese, for designers
    english: str
    description: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


_terms: dict[tuple[TermSort, str], Term] = {}


def register_term(term: Term) -> Term:
    """Make a word known; the newest registration counts."""
    _terms[term.sort, term.name] = term
    return term


def find_term(sort: TermSort, name: str) -> Term | None:
    """What is known of a word."""
    return _terms.get((sort, name))


def list_terms(sort: TermSort) -> dict[str, Term]:
    """All words of a sort by name."""
    return {name: term for (kind, name), term in _terms.items() if kind == sort}


class Kind(StrEnum):
    """What a value is, as far as a diagram has to know."""

    SUBJECT = "subject"  # the number of the row whose case it is
    PERSON = "person"  # the number of a person
    MOMENT = "moment"  # a date and time as text
    DURATION = "duration"  # an ISO 8601 duration as text
    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    LIST = "list"
    OBJECT = "object"
    NOTHING = "none"


@dataclass(frozen=True, kw_only=True)
class ValueType:
    """Any value of a kind, or none at all where it is optional."""

    kind: Kind
    is_optional: bool = False
    of: str = ""  # the variable with which cases of this subject start
    entries: ValueType | None = None  # of a list
    choices: frozenset[str] = frozenset()  # all words that it may be, where they are some

    def __str__(self) -> str:
        """As the vocabulary tells it: "list of person"."""
        said = f"list of {self.entries}" if self.entries is not None else str(self.kind)
        if self.choices:
            said = f"one of {', '.join(sorted(self.choices))}"
        return f"{said} or none" if self.is_optional else said


PERSON, MOMENT, DURATION = (ValueType(kind=kind) for kind in (Kind.PERSON, Kind.MOMENT, Kind.DURATION))
NUMBER, TEXT, TRUTH = (ValueType(kind=kind) for kind in (Kind.NUMBER, Kind.TEXT, Kind.TRUTH))


def name_choices(words: Iterable[str]) -> ValueType:
    """One of some words."""
    return ValueType(kind=Kind.TEXT, choices=frozenset(map(str, words)))


def name_subject(variable: str) -> ValueType:
    """The number of a row whose cases start with it in this variable."""
    return ValueType(kind=Kind.SUBJECT, of=variable)
