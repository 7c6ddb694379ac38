"""How our connectors make the request of each contract, and a server that answers what a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connectors.channels import Mail, OutgoingMail, Sms
from connectors.registers import (
    CertificateHistory,
    CriminalRecords,
    Degrees,
    Diplomas,
    DocumentHolder,
    Enrolments,
    ExamCertificates,
    IdentityRegister,
    NormalStudentCertificates,
    Offences,
    Officer,
    PutonghuaCertificates,
    Restrictions,
)

Asked = dict[str, Any]
Call = Callable[[tuple[str, str, float], Asked, str], Any]


def holder(asked: Asked) -> DocumentHolder:
    """The person a request is about."""
    return DocumentHolder(**{name: asked[name] for name in ("document_kind", "document_number", "name")})


def _list(client: Any) -> Call:
    return lambda way, asked, key: client(*way).ask(holder(asked), request_id=key)


def _check(client: Any) -> Call:
    return lambda way, asked, key: client(*way).ask(
        holder(asked), asked["certificate_number"], request_id=key
    )


def _mark(client: Any, act: str) -> Call:
    return lambda way, asked, key: getattr(client(*way), act)(
        holder(asked), asked["certificate_number"], purpose=asked["purpose"], request_id=key
    )


def _background(client: Any) -> Call:
    def ask(way: tuple[str, str, float], asked: Asked, key: str) -> Any:
        who = Officer(**{name: asked[name] for name in ("operator", "organisation", "authorisation")})
        return client(*way).ask(holder(asked), who, request_id=key)

    return ask


def _send_mail(way: tuple[str, str, float], asked: Asked, key: str) -> Any:
    return Mail(*way).send(OutgoingMail(**asked | {"attachments": tuple(asked["attachments"])}), key=key)


CALLS: dict[str, Call] = {
    "/registers/identity/check": _list(IdentityRegister),
    "/registers/exam/list": _list(ExamCertificates),
    "/registers/exam/use": _mark(ExamCertificates, "mark_used"),
    "/registers/exam/release": _mark(ExamCertificates, "mark_free"),
    "/registers/normal_student/list": _list(NormalStudentCertificates),
    "/registers/normal_student/use": _mark(NormalStudentCertificates, "mark_used"),
    "/registers/normal_student/release": _mark(NormalStudentCertificates, "mark_free"),
    "/registers/putonghua/check": _check(PutonghuaCertificates),
    "/registers/enrolment/list": _list(Enrolments),
    "/registers/diploma/check": _check(Diplomas),
    "/registers/degree/check": _check(Degrees),
    "/registers/offence/query": _background(Offences),
    "/registers/criminal_record/query": _background(CriminalRecords),
    "/registers/restriction/list": _list(Restrictions),
    "/registers/certificate_history/list": _list(CertificateHistory),
    "/sms/messages": lambda way, asked, key: Sms(*way).send(asked["to"], asked["text"], key=key),
    "/mail/messages": _send_mail,
}


@dataclass(kw_only=True)
class Canned:
    """A server that answers every question with the same, and remembers the last one."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: Any = None
    times: int = 0

    def say(self, value: Any, status: int = 200, **headers: str) -> None:
        """Answer with JSON from now on."""
        self.status, self.body = status, json.dumps(value).encode()
        self.headers = {"Content-Type": "application/json"} | headers

    def say_bytes(self, body: bytes, content_type: str = "application/json", status: int = 200) -> None:
        """Answer with these bytes from now on."""
        self.status, self.body, self.headers = status, body, {"Content-Type": content_type}


@contextmanager
def canned_answers() -> Iterator[Canned]:
    """Serve canned answers on a free port."""
    canned = Canned()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            canned.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            canned.times += 1
            self.send_response(canned.status)
            for name, value in (canned.headers | {"Content-Length": str(len(canned.body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(canned.body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    canned.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield canned
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
