"""A stored file as an answer: shown in the browser, never kept there."""

from __future__ import annotations

from flask import Response, request
from markupsafe import escape

from domain.outside import file_storage
from models.persons.files import StoredFile
from translations import lazy_gettext

SANDBOX = "default-src 'none'; sandbox"


# A browser's own reader of PDF does not work in a sandbox; what is active in one was refused on its way in.
POLICIES = {"application/pdf": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"}


LOST = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 270 378" width="270" height="378">'
    '<rect width="270" height="378" fill="#f3f4f6" stroke="#b42318" stroke-width="4"/>'
    '<text x="135" y="196" text-anchor="middle" font-size="30" fill="#b42318">{words}</text></svg>'
)


WORDS = lazy_gettext("文件缺失")


def stream_file(found: StoredFile) -> Response:
    """The bytes of a file, to be shown and not kept; who may see it was asked before."""
    try:
        response = Response(file_storage.read_file(found), mimetype=found.media_type)
    except file_storage.FileLost:
        if not _is_asked_as_picture():
            raise
        response = Response(LOST.format(words=escape(WORDS)), status=404, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICIES.get(found.media_type, SANDBOX)
    response.headers["Content-Disposition"] = "inline"
    return response


def _is_asked_as_picture() -> bool:
    """Whether a page shows it as a picture: no page of words could be read there."""
    accepted = request.accept_mimetypes
    return accepted["image/svg+xml"] > accepted["text/html"]


def pdf_response(content: bytes, name: str) -> Response:
    """A paper made a moment ago; it is kept nowhere on the way."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
