"""The ways into the site, and the calendar of plans."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from models import db
from models.authorities.plans import Plan
from tests.handlers.conftest import Browser, words
from workflows.clock import now


def _leads(page: str, label: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<svg.*?</svg>|<span>|<b>)*{label}', page)
    assert found, label
    return found[1].replace("&amp;", "&")


@pytest.mark.manual("P1")
def test_home_leads_to_applying_by_way_of_the_services(visitor: Browser) -> None:
    page = visitor.open("/")
    services = visitor.open(_leads(page, "教师资格认定</b>").partition("#")[0])
    assert visitor.client.get(_leads(services, "认定报名")).headers["Location"].endswith("next=/apply/search")


@pytest.mark.manual("P1")
def test_navigation_leads_to_the_same(visitor: Browser) -> None:
    services = visitor.open(_leads(visitor.open("/"), "网上办事"))
    assert visitor.client.get(_leads(services, "在线办理")).headers["Location"].endswith("next=/apply/")


@pytest.mark.manual("P1")
def test_periodic_registration_has_its_own_entry(visitor: Browser) -> None:
    services = visitor.open("/services")
    last = services[services.index('id="periodic"') :]
    page = visitor.open(_leads(last, "在线办理").partition("#")[0])
    assert "每五年注册一次" in page
    assert "目前没有开通定期注册的网上申报" in page


@pytest.mark.manual("P1")
def test_periodic_registration_is_in_the_navigation(visitor: Browser) -> None:
    home = visitor.open("/")
    header = home[: home.index("</header>")]
    assert header.count('<a href="/services/periodic"') == 2, "wide and on the phone"
    page = visitor.open(_leads(header, "定期注册"))
    assert page.count('<a href="/services/periodic" aria-current="page">') == 2
    assert 'id="online"' in page


@pytest.mark.manual("P1")
def test_certificates_are_on_home_and_in_the_navigation(visitor: Browser) -> None:
    page = visitor.open("/")
    assert page.count('href="/certificates"') >= 3


@pytest.mark.manual("P1")
def test_home_lists_plans_with_kinds_and_windows(visitor: Browser) -> None:
    page = visitor.open("/")
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert "柯城区教育局" in table
    assert "幼儿园、小学、初级中学" in table
    plans = [plan for plan in db.session.query(Plan) if plan.stage(now()) == "open"]
    assert table.count("接受报名") == sum(bool(plan.sites) for plan in plans)
    assert "未设置确认点，暂不能报名" in table  # as the search says of 衢江区
    assert table.index("接受报名") < table.index("未开始")


def test_home_without_plans_says_so(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "目前没有公布报名时间" in words(answer)


def test_home_answers_whether_one_can_apply(visitor: Browser) -> None:
    page = visitor.open("/?city=330800&kind=junior")
    assert "柯城区教育局正在接受报名" in page
    assert "龙游县教育局的网报时间为" in page
    assert "没有查询到认定机构" in visitor.open("/?city=330700&kind=higher")
    assert "请选择市和资格种类" in visitor.open("/?city=330800&kind=")


@pytest.mark.manual("P5")
@pytest.mark.parametrize(
    "address", ["/", "/services", "/services/periodic", "/certificates", "/help", "/help/mail"]
)
def test_pages_need_no_script_and_no_sign_in(visitor: Browser, address: str) -> None:
    page = visitor.open(address)
    assert "width=device-width" in page
    assert 'href="#"' not in page


def test_short_pages_are_there(visitor: Browser) -> None:
    assert "无障碍说明" in visitor.open("/accessibility")
    assert "没有统计和广告" in visitor.open("/privacy")
