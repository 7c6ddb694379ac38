"""Refusals and faults become their page or their JSON answer here, once."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from domain.site import agreed_texts
from handlers.entry import safe_redirects
from handlers.entry.consent_gate import FIELD as CONSENT
from handlers.entry.consent_gate import ConsentOwed, name_numbers
from handlers.entry.form_owner import FIELD, ForeignForm
from models import db
from models.base.errors import Changed, DomainError, Invalid, NotAllowed
from translations import gettext, lazy_gettext
from workflows.clock import wall_time
from workflows.engine import LintRefused

CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "too_many"}
SENTENCES = {  # where werkzeug would speak English
    400: lazy_gettext("请求的格式有误，无法读取。"),
    404: lazy_gettext("没有找到您要的内容，可能已被删除，或者地址有误。"),
    405: lazy_gettext("这个地址不支持所用的请求方法。"),
    413: lazy_gettext("请求的内容太大，请分开提交。"),
    414: lazy_gettext("请求的地址太长。"),
    500: lazy_gettext("系统出了问题，故障已经记录。本次请求没有生效，请稍后再试。"),
}
PAGES = frozenset({400, 401, 403, 404, 413, 429, 500, 503})
OWN_PAGES = {
    "file_lost": "errors/lost.html",
    "text_too_long": "errors/text_too_long.html",
}  # by the code of a refusal
PASSING_FAULTS = (OperationalError, InterfaceError, NoConnection)  # locked, full, gone, or asked by too many
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
LISTED = 20  # of the places where something is wrong; the rest is a number
HIDDEN_FIELDS = frozenset({"csrf_token", "transaction", "transaction_id", FIELD})


def install(app: Flask) -> None:
    """Answer every refusal in the form that was asked for."""
    app.register_error_handler(DomainError, _handle_domain_error)
    app.register_error_handler(HTTPException, _handle_http_error)
    for passing in PASSING_FAULTS:
        app.register_error_handler(passing, _handle_database_error)
    app.register_error_handler(OSError, _handle_disk_error)
    app.register_error_handler(DataError, _handle_data_error)
    app.register_error_handler(OverflowError, _handle_data_error)  # as SQLite says it
    app.register_error_handler(IntegrityError, _handle_integrity_error)


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _handle_domain_error(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    if _wants_json():
        code = "invalid" if isinstance(error, LintRefused) else error.code
        return problem_response(error.status, code, error.sentence, **_problem_details(error))
    if error.code in OWN_PAGES:
        return render_template(OWN_PAGES[error.code], sentence=error.sentence), error.status
    if isinstance(error, ForeignForm):
        return _render_foreign_form(error)
    if isinstance(error, ConsentOwed):
        return _render_owed_consent(error)
    return _render_error_page(error.status, error.sentence)


def _render_foreign_form(error: ForeignForm) -> ResponseReturnValue:
    # What was typed is not shown to the person who sits there now. It goes back to the browser that sent it:
    # the server keeps nothing, and only the person whom the mark names can send it on.
    again = _resendable_form() if FIELD in request.form else {}
    return render_template("errors/foreign.html", sentence=error.sentence, **again), error.status


def _render_owed_consent(error: ConsentOwed) -> ResponseReturnValue:
    texts = agreed_texts.list_owed(g.principal.person_id, wall_time())
    again = _resendable_form()
    again["kept"] = [pair for pair in again["kept"] if pair[0] != CONSENT]
    told = {"texts": texts, "titles": agreed_texts.TITLES, "numbers": name_numbers(texts), "name": CONSENT}
    return render_template("errors/consent.html", sentence=error.sentence, **told, **again), error.status


def _handle_http_error(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    status = error.code or 500
    if status < 400:
        return error
    if _wants_json():
        code = "invalid" if status == 422 else CODES.get(status, "error")
        usual = SENTENCES.get(status) or error.description or error.name
        detail = Invalid({}).sentence if status == 422 else usual
        return problem_response(status, code, detail, **_schema_messages(error))
    sentence = (
        gettext("页面停留时间过长，请返回后重新提交，已填内容仍在。") if isinstance(error, CSRFError) else ""
    )
    return _render_error_page(status, sentence)


def _handle_database_error(error: Exception) -> ResponseReturnValue:
    # A database that is locked, full or out of reach is a passing fault, not one of the person's making.
    db.session.rollback()
    current_app.logger.exception("database unavailable", exc_info=error)
    if _wants_json():
        return problem_response(503, "unavailable", gettext("系统繁忙，请稍后重试。"))
    return _render_passing_fault()


def _handle_disk_error(error: OSError) -> ResponseReturnValue:
    # Uploads and documents pass through files, and a disk may be full; anything else is a fault of ours.
    if error.errno not in DISK_ERRORS:
        raise error
    db.session.rollback()
    current_app.logger.exception("no room on disk", exc_info=error)
    if _wants_json():
        return problem_response(503, "unavailable", gettext("系统繁忙，请稍后重试。"))
    return _render_passing_fault()


def _render_passing_fault(sentence: str = "") -> ResponseReturnValue:
    """The page of a passing fault, from which the same can be sent again; it asks the database nothing."""
    g.passing_fault = True
    return render_template("errors/503.html", sentence=sentence, **_resendable_form()), 503


def _resendable_form() -> dict[str, Any]:
    try:
        return {"kept": _typed_fields(), "secrets": _secret_names(), "lost": _files_sent()}
    except (OSError, HTTPException, DomainError):  # the disk had no room for it, or it was too much to read
        return {"kept": [], "secrets": [], "lost": False}


def _typed_fields() -> list[tuple[str, str]]:
    """What was sent, to be sent again as it is, its transaction id too; passwords and files are not kept."""
    fields = list(request.form.items(multi=True))
    only_files = _files_sent() and {name for name, _ in fields} <= HIDDEN_FIELDS
    return [] if only_files else [pair for pair in fields if not _is_secret(pair[0])]


def _secret_names() -> list[str]:
    """The passwords among what was sent: they are asked again."""
    return [name for name in request.form if _is_secret(name)]


def _is_secret(name: str) -> bool:
    return "password" in name


def _files_sent() -> bool:
    return any(file.filename for file in request.files.values())  # an input left empty is sent too


def _handle_data_error(error: DataError | OverflowError) -> ResponseReturnValue:
    # A number beyond its column, a text beyond its length: a schema let through what no row can hold.
    current_app.logger.exception("a value does not fit its column", exc_info=error)
    return _handle_domain_error(Invalid({}))


def _handle_integrity_error(error: IntegrityError) -> ResponseReturnValue:
    # A constraint decides races; where its name has a sentence of its own, the handler has already said it.
    current_app.logger.exception("a constraint refused a row", exc_info=error)
    return _handle_domain_error(Changed())


def _problem_details(error: DomainError) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return _limit_fields(error.fields)
    if isinstance(error, LintRefused):
        return {"problems": [asdict(found) for found in error.problems]}
    return {}


def _schema_messages(error: HTTPException) -> dict[str, Any]:
    """What the API's schemas refused, by field, whether it came in the body or the query."""
    found = getattr(error, "data", {}).get("messages") or {}
    merged: dict[str, Any] = {}
    for place in found.values():
        merged |= place if isinstance(place, dict) else {"_schema": place}
    return _limit_fields(merged) if merged else {}


def _limit_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The first of what was refused, and how many more there are."""
    first = itertools.islice(fields.items(), LISTED)
    shown = {name: found[:LISTED] if isinstance(found, list) else found for name, found in first}
    more = len(fields) - len(shown)
    return {"fields": shown} | ({"more": more} if more else {})


def problem_response(status: int, code: str, detail: str, **more: Any) -> Response:
    """An RFC 9457 problem document with our stable `code`."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    response = jsonify(body | more)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _render_error_page(status: int, sentence: str) -> ResponseReturnValue:
    if status in {404, 405} and (way := safe_redirects.find_nearest_page()):
        return redirect(way)
    shown = status if status in PAGES else (500 if status >= 500 else 409)
    if shown == 503:
        return _render_passing_fault(sentence)
    name = f"errors/{shown}.html" if shown != 409 else "errors/refused.html"
    # Whoever was signed out while typing sends the same again after signing in.
    again = _resendable_form() if status == 401 else {}
    plain = sentence == str(NotAllowed.sentence)  # the page says that much itself
    return render_template(name, sentence=sentence, plain=plain, **again), status
