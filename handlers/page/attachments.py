"""Files that come with a message: judged before the first query, and carried when the form comes back."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from flask import g, request

from domain.outside import uploads
from domain.outside.uploads import Upload
from handlers.page import signed_values
from models.base.errors import Invalid
from translations import gettext, lazy_gettext

FIELD, CARRIED, DROPPED = "attachment", "uploaded", "dropped"
MOST = 3
TOO_MANY = lazy_gettext("附件最多 %(most)s 个，多出的没有收下", most=MOST)
EXPIRED = lazy_gettext("刚才的附件已经过期，请重新选择")


@dataclass(frozen=True, kw_only=True)
class AttachedFiles:
    """The fit files, and what is wrong with the others."""

    uploads: tuple[Upload, ...]
    problems: tuple[str, ...]
    field: str = FIELD  # the question whose files they are

    @property
    def errors(self) -> dict[str, list[str]]:
        """The problems as a form shows them."""
        return {self.field: list(self.problems)} if self.problems else {}

    @property
    def kept(self) -> list[dict[str, str | int]]:
        """What a form that comes back carries of the files that are in the store already."""
        return [
            {
                "name": one.name,
                "size": one.size,
                "packed": signed_values.pack_values(_signing_purpose(), asdict(one)),
            }
            for one in self.uploads
        ]


NOTHING = AttachedFiles(uploads=(), problems=())


def receive_files() -> AttachedFiles:
    """Judge and store what was sent with a form; no transaction may be open."""
    fit, problems = _carried_uploads()
    for sent in request.files.getlist(FIELD):
        if not sent.filename:
            continue
        if len(fit) == MOST:
            problems.append(TOO_MANY)
            break
        try:
            fit.append(uploads.store_upload("message", sent.filename, sent.read()))
        except Invalid as refusal:
            problems += [
                gettext("“%(file)s”：%(reason)s", file=sent.filename[-40:], reason=sentence)
                for sentence in refusal.fields["message"]
            ]
    return AttachedFiles(uploads=tuple(fit), problems=tuple(problems))


def message_key() -> str:
    """The key of the form that was sent: sent twice, it is one message."""
    given = request.form.get("transaction", "")[:64]
    return f"form:{given or secrets.token_hex(16)}"


def _carried_uploads() -> tuple[list[Upload], list[str]]:
    dropped = request.form.getlist(DROPPED)
    wanted = [one for one in request.form.getlist(CARRIED) if one not in dropped]
    kept, problems = [], []
    for one in wanted[:MOST]:
        try:
            kept.append(Upload(**signed_values.unpack_values(_signing_purpose(), one)))
        except signed_values.PageExpired:
            problems = [EXPIRED]
    return kept, problems


def _signing_purpose() -> str:
    return f"message.{g.principal.person_id}"
