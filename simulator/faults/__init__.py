"""How a register misbehaves: in place of its answer, or with an answer that it spoils on its way out."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, jsonify, request

PAGE = "text/html; charset=utf-8"
JSON = "application/json"
OVERSIZED = 4 * 1024 * 1024  # bytes
PAUSE = 0.05  # seconds between two bytes of an answer that drips


def refuse(status: int, code: str, note: str, **headers: str) -> Response:
    """An answer that says why there is none about a person."""
    answer = jsonify(request_id=request.headers.get("X-Request-Id", ""), code=code, note=note)
    answer.status_code = status
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def _answer_html(status: int, title: str) -> Response:
    return Response(f"<html><title>{title}</title></html>", status, content_type=PAGE)


def _drip() -> Response:
    def spaces() -> Iterator[bytes]:
        yield b"{"
        for _ in range(10_000):  # whoever asks has gone long before
            time.sleep(PAUSE)
            yield b" "

    return Response(spaces(), content_type=JSON)


def _cut_line() -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(b"")


# What is answered in place of an answer; the number is what the console has set, in seconds.
INSTEAD: dict[str, Callable[[float], Response]] = {
    "down": lambda _: refuse(503, "UNAVAILABLE", "停用"),
    "busy": lambda seconds: refuse(503, "UNAVAILABLE", "繁忙", Retry_After=f"{seconds:.0f}"),
    "limited": lambda seconds: refuse(429, "RATE_LIMITED", "请求过多", Retry_After=f"{seconds:.0f}"),
    "refusing": lambda _: refuse(422, "REFUSED", "永久拒绝"),
    "unauthorised": lambda _: refuse(401, "UNAUTHORISED", "密钥不对"),
    "failing": lambda _: _answer_html(500, "Internal Server Error"),
    "garbled": lambda _: _answer_html(200, "系统维护中"),
    "malformed": lambda _: jsonify(state="fine", records={"number": 7}),
    "oversized": lambda _: Response(" " * OVERSIZED, content_type=JSON),
    # The line goes dead in the middle of what was announced.
    "truncated": lambda _: Response('{"request_id": "', headers={"Content-Length": "400"}, content_type=JSON),
    "redirecting": lambda _: Response(b"", 302, headers={"Location": request.path}),
    "dripping": lambda _: _drip(),
    "closed": lambda _: _cut_line(),
}


def spoil(answer: Response, mode: str) -> Response:
    """The answer as this mode lets it out; other modes let it out as it is."""
    if mode in SPOILING and answer.status_code == 200:
        known = json.loads(answer.get_data())
        SPOILING[mode](answer, known)
    return answer


def _change_json(answer: Response, known: dict[str, Any]) -> None:
    answer.set_data(json.dumps(known, ensure_ascii=False))


# How an answer that would be right is spoilt.
SPOILING: dict[str, Callable[[Response, dict[str, Any]], None]] = {
    "unknown_code": lambda answer, known: _change_json(answer, known | {"code": "PROBABLY"}),
    "incomplete": lambda answer, known: _change_json(
        answer, {name: value for name, value in known.items() if name != "code"}
    ),
    "mistyped": lambda answer, known: _change_json(answer, known | {"records": "none"}),
    "another": lambda answer, known: _change_json(answer, known | {"request_id": "another"}),
    "gbk": lambda answer, known: answer.set_data(
        json.dumps(known | {"note": "查询完成"}, ensure_ascii=False).encode("gbk")
    ),
    "untyped": lambda answer, _: answer.headers.set("Content-Type", "text/plain; charset=utf-8"),
}
