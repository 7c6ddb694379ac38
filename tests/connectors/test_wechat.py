"""WeChat tells once who agreed, and every way in which it can fail says nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.channels import MalformedAnswer, Rejected, Unavailable, WeChat, build_authorise_address
from connectors.channels.wechat import WeChatUser
from simulator.running import RunningSimulator, running_simulator

BACK = "http://site.example/back?from=here"


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """WeChat, played."""
    with running_simulator() as running:
        yield running


def agreed(simulator: RunningSimulator, **form: str) -> str:
    """The code that WeChat gives the browser of somebody who agreed."""
    address = build_authorise_address(f"{simulator.url}/", "app", BACK, "state1")
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(address, data=form or {"openid": "o-xiaoyu"}, timeout=10, allow_redirects=False)
    back = answer.headers["Location"]
    assert back.startswith(f"{BACK}&")
    given = parse_qs(urlsplit(back).query)
    assert given["state"] == ["state1"]
    return given["code"][0]


def client(simulator: RunningSimulator, key: str = "simulator") -> WeChat:
    return WeChat(simulator.url, key, 2.0)


@pytest.mark.manual("A4")
def test_a_code_tells_once_who_agreed(simulator: RunningSimulator) -> None:
    code = agreed(simulator)
    assert client(simulator).find_user("app", code) == WeChatUser(openid="o-xiaoyu", nickname="小雨")
    with pytest.raises(Rejected, match="40163"):
        client(simulator).find_user("app", code)
    with pytest.raises(Rejected, match="40029"):
        client(simulator).find_user("app", "made-up")
    new = client(simulator).find_user("app", agreed(simulator, nickname="新人"))
    assert new.nickname == "新人"


@pytest.mark.manual("A4")
def test_a_wrong_secret_is_ours_to_mend(simulator: RunningSimulator) -> None:
    with pytest.raises(Unavailable, match="40125") as refused:
        client(simulator, "wrong").find_user("app", agreed(simulator))
    assert not isinstance(refused.value, Rejected)


@pytest.mark.manual("A4")
@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        *((mode, Unavailable) for mode in ("down", "failing", "truncated", "pending", "busy")),
        *((mode, MalformedAnswer) for mode in ("garbled", "oversized", "malformed")),
        ("refusing", Rejected),
    ],
)
def test_each_fault_is_told_apart_from_an_answer(
    simulator: RunningSimulator, mode: str, failure: type[Unavailable]
) -> None:
    code = agreed(simulator)
    simulator.behave("wechat", mode)
    with pytest.raises(failure):
        client(simulator).find_user("app", code)
    simulator.behave("wechat", "normal")
    assert client(simulator).find_user("app", code).nickname == "小雨"


@pytest.mark.manual("A4")
def test_scanning_is_pasting_the_link(simulator: RunningSimulator) -> None:
    with requests.Session() as session:
        session.trust_env = False
        scan = f"{simulator.url}/wechat"
        opened = session.get(scan, params={"link": BACK}, timeout=10, allow_redirects=False)
        assert (opened.status_code, opened.headers["Location"]) == (302, BACK)
        assert "不是可以打开的链接" in session.get(scan, params={"link": "javascript:1"}, timeout=10).text
        nobody = build_authorise_address(simulator.url, "app", BACK, "s")
        assert session.post(nobody, data={"openid": "o-nobody"}, timeout=10).status_code == 400
