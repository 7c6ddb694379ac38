"""WeChat's 网页授权: a person agrees in WeChat, and a code tells once who it was.

The addresses and answers are WeChat's own (`sns/oauth2/access_token`, `sns/userinfo`): the secret goes in the
address, and a refusal comes with status 200 and an `errcode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from connectors import exchange
from connectors.errors import MalformedAnswer, Rejected, Unavailable

AUTHORISE = "/connect/oauth2/authorize"
USED_OR_WRONG = frozenset({40029, 40163, 41008})  # no such code, used before, none given


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    errcode: int = 0
    openid: str = ""


class _Token(_Said, frozen=True, kw_only=True):
    access_token: str = ""


class _User(_Said, frozen=True, kw_only=True):
    nickname: str = ""


Said = TypeVar("Said", bound=_Said)


@dataclass(frozen=True, kw_only=True)
class WeChatUser:
    """Somebody in WeChat, as this site knows them."""

    openid: str
    nickname: str


class WeChat:
    """What WeChat tells the site about those who agreed."""

    def __init__(self, base_url: str, key: str, timeout: float) -> None:
        self._base_url, self._key, self._timeout = base_url.rstrip("/"), key, timeout

    def find_user(self, app_id: str, code: str) -> WeChatUser:
        """Who agreed, by the code that WeChat gave their browser; raises `Rejected` when it is over."""
        asked = {"appid": app_id, "secret": self._key, "code": code, "grant_type": "authorization_code"}
        token = self._ask("/sns/oauth2/access_token", asked, _Token)
        named = {"access_token": token.access_token, "openid": token.openid, "lang": "zh_CN"}
        user = self._ask("/sns/userinfo", named, _User)
        if not token.openid or user.openid != token.openid:
            raise MalformedAnswer("/sns/userinfo: names somebody else")
        return WeChatUser(openid=token.openid, nickname=user.nickname)

    def _ask(self, path: str, asked: dict[str, str], shape: type[Said]) -> Said:
        said = exchange.fetch_answer(self._base_url + path, asked, self._timeout, shape)
        if said.errcode in USED_OR_WRONG:
            raise Rejected(f"{path}: errcode {said.errcode}")
        if said.errcode:
            raise Unavailable(f"{path}: errcode {said.errcode}")
        return said


def build_authorise_address(pages_url: str, app_id: str, back: str, state: str) -> str:
    """The page of WeChat on which a person agrees; it leads back to an address of ours."""
    asked = {
        "appid": app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": state,
    }
    return f"{pages_url.rstrip('/')}{AUTHORISE}?{urlencode(asked)}#wechat_redirect"
