"""Pages read as contracts: address, audience, page and form stand above the body, in this order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from handlers.entry import access

HANDLERS = Path(__file__).resolve().parents[2] / "handlers"
ROUTES = ("pages.get", "pages.post", "pages.route")
ORDER = (*ROUTES, "allow", "show", "ask", "accept")
# A refusal that leads to another page than the one that was sent: who is told so, and where.
LEADS_ELSEWHERE = {
    "_render_first_page",  # a password was reset elsewhere meanwhile: the first page again
    "render_taken",  # the number is taken by now: the first page, with the way to contest it
    "_show_name_refusal",  # the register refuses the name after the second page was right
    "_render_choice",  # several enrolments were found: another page asks which
    "find_request",  # the form of an address, not of a body
    "components",  # the show case of components
}


def pages() -> Iterator[tuple[Path, ast.FunctionDef]]:
    """Every function that answers at an address, but those of the API, which its library describes."""
    for path in sorted(HANDLERS.rglob("*.py")):
        if path.relative_to(HANDLERS).parts[0] == "api":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and set(decorators(node)) & set(ROUTES):
                yield path, node


def decorators(function: ast.FunctionDef) -> list[str]:
    """The names of what stands above a function, from the top."""
    return [ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in function.decorator_list]


def test_what_stands_above_a_page_stands_in_one_order() -> None:
    found = list(pages())
    assert len(found) > 90
    wrong = []
    for path, function in found:
        names = decorators(function)
        known = [ORDER.index(name) for name in names if name in ORDER]
        if "allow" not in names or known != sorted(known) or len(known) != len(names):
            wrong.append(f"{path.name}: {function.name} {names}")
    assert wrong == []


def test_every_page_with_a_template_shows_it_above_its_body() -> None:
    """A page that is drawn in its body has its template from the case: by its form, or its state."""
    drawn = [
        f"{path.name}: {function.name}"
        for path, function in pages()
        if "show" not in decorators(function) and _draws_named_template(function)
    ]
    assert drawn == ["thread_pages.py: messages", "case_pages.py: document_number"]


def _draws_named_template(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "render_template"
        and isinstance(node.args[0], ast.Constant)
        for node in ast.walk(function)
    )


def test_a_refused_form_is_shown_again_by_one_thing() -> None:
    others = set()
    for path in HANDLERS.rglob("*.py"):
        if path.name in ("contract.py", "formfields.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "FormView.refused" in ast.unparse(node):
                others.add(node.name)
    assert others <= LEADS_ELSEWHERE, others - LEADS_ELSEWHERE


def test_no_page_looks_by_itself_who_may_enter() -> None:
    """What a place allows its roles stands above it; a body asks only whose row it is."""
    looking = [
        f"{path.name}: {node.name}"
        for path in HANDLERS.rglob("*_pages.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(one, ast.Raise) and one.exc is not None and ast.unparse(one.exc) == "NotAllowed"
            for one in ast.walk(node)
        )
    ]
    assert looking == []


def test_what_only_looks_is_more_than_get() -> None:
    """HEAD comes without the marks of a form; a body that asks for GET would act on it."""
    asking = [
        f"{path.name}: {ast.unparse(node)}"
        for path in HANDLERS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and ast.unparse(node) == "request.method == 'GET'"
    ]
    assert asking == []


@pytest.mark.parametrize("endpoint", ["static", "api-docs.openapi_json"])
def test_pages_of_libraries_are_those_that_are_there(app: Flask, endpoint: str) -> None:
    assert endpoint in access.LIBRARY_PAGES
    assert endpoint in app.view_functions
