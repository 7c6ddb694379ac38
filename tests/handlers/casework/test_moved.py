"""A 留言 of a site from which its applicant has moved to another one meanwhile."""

from __future__ import annotations

import pytest

from models import db
from models.base.database import writing
from models.cases.applications import Application
from tests.handlers.casework import test_messages as messages
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_messages import address, reply, the_thread, write
from tests.handlers.pagecheck import faults
from tests.handlers.papers import attached, paper

lone, case, registered = messages.lone, messages.case, messages.registered


@pytest.mark.manual("Q7", "R5")
def test_the_answer_still_reaches_who_asked_and_the_new_site_reads_it(
    case: World, signed_in: SignedIn
) -> None:
    clerk = signed_in("clerk")
    assert write(clerk, case).status_code == 302
    db.session.rollback()
    writing.set(True)
    db.session.get_one(Application, case.application).site_id = 2
    db.session.commit()
    writing.set(None)
    answer = reply(signed_in("applicant"), case, **attached(paper("证明"), "证明.pdf"))
    assert answer.status_code == 303, answer.text
    item = the_item("read_reply").id
    page = clerk.get(f"/work/tasks/{item}")
    assert page.status_code == 200
    assert faults(page.text) == []
    assert "申请人已更换确认点" in page.text
    file = the_thread().messages[-1].attachments[0].file_id
    assert clerk.get(address(case, f"/messages/files/{file}")).status_code == 200
    there = signed_in("other_clerk").get(address(case))
    assert there.status_code == 200
    assert "曾用名。" in there.text
