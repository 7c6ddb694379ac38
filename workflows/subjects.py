"""Whose case it is: nothing that a diagram or a form says leads a case to somebody else's row."""

from __future__ import annotations

from collections.abc import Mapping

from models.base import business_keys
from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows import vocabulary
from workflows.vocabulary import Kind, TermSort


class AnotherSubject(DomainError):
    """A value that names another row than the one that the case runs for."""

    code = "another_subject"
    status = 409  # nothing was saved; the same again leads to the same
    sentence = lazy_gettext("流程只能办理自己的业务，没有保存任何更改，请联系流程设计人员。")


def check_own(business_key: str | None, values: Mapping[str, object]) -> None:
    """Refuse values under the name of the case's subject that are not its number."""
    found = find_subject(business_key)
    if found is not None and values.get(found[0], found[1]) != found[1]:
        raise AnotherSubject(
            gettext("流程只能办理自己的业务，不能把 %(name)s 换成别的，没有保存任何更改。", name=found[0])
        )


def find_subject(business_key: str | None) -> tuple[str, int] | None:
    """The variable with which a case of this key starts, and the number of its row."""
    for sort, term in vocabulary.list_terms(TermSort.SUBJECT).items():
        number = business_keys.read_key(sort, business_key)
        told = term.details["variables"]
        own = next((name for name, one in told.items() if one is not None and one.kind == Kind.SUBJECT), None)
        if number is not None and own is not None:
            return own, number
    return None
