"""咨询服务: questions that can be searched, how to write, whom to call."""

from __future__ import annotations

import pytest

from domain.site.first_questions import QUESTIONS
from tests.handlers.conftest import Browser


@pytest.mark.manual("P4")
def test_all_questions_are_shown_by_topic(visitor: Browser) -> None:
    page = visitor.open("/help")
    assert page.count("<details") >= len(QUESTIONS)
    assert "学籍同步以后发现专业不对怎么办？" in page


@pytest.mark.manual("P4")
def test_search_needs_every_word(visitor: Browser) -> None:
    page = visitor.open("/help?q=普通话 核验")
    assert "普通话证书核验不到怎么办？" in page
    assert "报名收费吗？" not in page


@pytest.mark.manual("P4")
def test_search_without_result_says_what_to_do(visitor: Browser) -> None:
    page = visitor.open("/help?q=<b>火星")
    assert "没有找到有“&lt;b&gt;火星”的问题" in page
    assert "查看全部问题" in page


@pytest.mark.manual("P4")
def test_letters_have_a_format_and_authorities_a_telephone(visitor: Browser) -> None:
    page = visitor.open("/help/mail")
    assert "邮件标题" in page
    assert "不要写完整的证件号码" in page
    assert "0570-3020 567" in visitor.open("/help")
