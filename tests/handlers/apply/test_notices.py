"""The notices that an applicant got, each with its state on each channel."""

from __future__ import annotations

import pytest

from models import db
from models.cases.notices import Notice
from models.cases.states import DeliveryState
from tests.handlers.apply.conftest import Applicant, change
from tests.handlers.pagecheck import faults


@pytest.mark.manual("Q1")
def test_each_notice_tells_how_far_it_got(applicant: Applicant, stranger: Applicant) -> None:
    assert "还没有通知" in applicant.open("notices")
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    page = applicant.open("notices")
    assert faults(page) == []
    assert "报名成功，等待确认" in page
    assert "短信待发出" in page
    with change():
        for one in db.session.query(Notice).filter_by(person_id=1):
            one.sms_state, one.mail_state = DeliveryState.FAILED, DeliveryState.SENT
    page = applicant.open("notices")
    assert "短信未能发出" in page
    assert "邮件已发出" in page
    assert "报名成功" not in stranger.open("notices")
    assert "/apply/notices" in applicant.open("applications/1")
