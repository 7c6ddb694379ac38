"""A stored file whose bytes are no longer those that were stored is neither shown nor printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain import outside
from domain.outside import file_storage
from domain.papers import printing
from tests.faults.test_lost_files import PAGE, applicant, drawn, photo, town, world
from tests.handlers.apply.conftest import Applicant, the_application

__all__ = ["applicant", "drawn", "town", "world"]
pytestmark = [pytest.mark.found("X12"), pytest.mark.corrupts("file_size")]
CHANGES = {
    "cut": lambda content: content[: len(content) // 2],
    "hole": lambda content: content[:-40] + bytes(40),
    "first byte": lambda content: b"\x00" + content[1:],
    "another picture": lambda content: content + b"\xff\xd9",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_neither_shown_nor_printed(
    drawn: Applicant, change: Callable[[bytes], bytes]
) -> None:
    row = photo()
    content = outside.get_store().get(row.key)
    outside.get_store().put(row.key, change(content))
    page = drawn.client.get(f"/apply/files/{row.id}", headers=PAGE)
    assert page.status_code == 404
    assert "与当初保存的不一致" in page.text
    with pytest.raises(file_storage.PictureLost):
        printing.print_application_form(the_application(1), background=False)
    outside.get_store().put(row.key, content)
    assert printing.print_application_form(the_application(1), background=False).startswith(b"%PDF")
