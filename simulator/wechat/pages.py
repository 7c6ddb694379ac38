"""WeChat: a page on which one scans, a page on which one agrees, and the two addresses that tell who it was.

Addresses, parameters and answers are those of WeChat's 网页授权: `connect/oauth2/authorize`,
`sns/oauth2/access_token`, `sns/userinfo`; a refusal is status 200 with an `errcode`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

pages = Blueprint("wechat", __name__)

SEEDED = {"o-xiaoyu": "小雨", "o-linjian": "林间", "o-muzi": "木子"}  # openid → nickname
CODE_SECONDS = 300  # as WeChat says of its codes
LONGEST_NAME = 20
BAD_CODE, USED_CODE, BAD_SECRET, BAD_TOKEN = (
    (40029, "invalid code"),
    (40163, "code been used"),
    (40125, "invalid appsecret"),
    (40001, "invalid credential"),
)


@pages.get("/wechat")
def scan() -> ResponseReturnValue:
    """Where the link of a QR code is pasted, as there is no camera; sent, it opens as WeChat would."""
    link = request.args.get("link", "").strip()
    if link and urlsplit(link).scheme in ("http", "https"):
        return redirect(link)
    return render_template("simulator/wechat.html", link=link, users=list_users())


@pages.get("/connect/oauth2/authorize")
def authorise() -> ResponseReturnValue:
    """Who one is, and whether the site may know."""
    return render_template("simulator/wechat_agree.html", users=list_users(), asked=request.args, refused="")


@pages.post("/connect/oauth2/authorize")
def agree() -> ResponseReturnValue:
    """Give a code to the site that asked, for whoever was chosen or is new."""
    openid = _find_or_add_user(request.form.get("openid", ""), request.form.get("nickname", "").strip())
    back = request.args.get("redirect_uri", "")
    if not openid or urlsplit(back).scheme not in ("http", "https"):
        refused = "请选择一个微信，或者填写新微信的昵称" if back else "链接里没有要返回的地址，请重新扫码"
        return render_template(
            "simulator/wechat_agree.html", users=list_users(), asked=request.args, refused=refused
        ), 400
    code = secrets.token_hex(16)
    _store().put("wechat_code", code, {"openid": openid, "at": time.time()})
    given = urlencode({"code": code, "state": request.args.get("state", "")})
    return redirect(f"{back}{'&' if urlsplit(back).query else '?'}{given}")


@pages.get("/sns/oauth2/access_token")
def access_token() -> ResponseReturnValue:
    """Change a code for a token, once and within five minutes."""
    store, code = _store(), request.args.get("code", "")
    if not hmac.compare_digest(request.args.get("secret", ""), current_app.extensions["key"]):
        return _refuse(BAD_SECRET)
    with store.turn():
        given = store.get("wechat_code", code)
        if given is None or time.time() - given["at"] > CODE_SECONDS:
            return _refuse(BAD_CODE)
        if given.get("used"):
            return _refuse(USED_CODE)
        store.put("wechat_code", code, given | {"used": True})
    token = secrets.token_hex(16)
    store.put("wechat_token", token, given["openid"])
    return jsonify(
        access_token=token,
        expires_in=7200,
        refresh_token=secrets.token_hex(16),
        openid=given["openid"],
        scope="snsapi_userinfo",
    )


@pages.get("/sns/userinfo")
def userinfo() -> ResponseReturnValue:
    """What somebody is called, for the token that their code was changed for."""
    openid = request.args.get("openid", "")
    if _store().get("wechat_token", request.args.get("access_token", "")) != openid:
        return _refuse(BAD_TOKEN)
    return jsonify(openid=openid, nickname=list_users().get(openid, ""), sex=0, headimgurl="", privilege=[])


def list_users() -> dict[str, str]:
    """Everybody who has this WeChat: openid → nickname."""
    return SEEDED | _store().space("wechat_user")


def _store() -> Any:
    return current_app.extensions["world"].store


def _find_or_add_user(openid: str, nickname: str) -> str:
    if not nickname:
        return openid if openid in list_users() else ""
    openid = f"o-{secrets.token_hex(8)}"
    _store().put("wechat_user", openid, nickname[:LONGEST_NAME])
    return openid


def _refuse(refusal: tuple[int, str]) -> Any:
    return jsonify(errcode=refusal[0], errmsg=refusal[1])
