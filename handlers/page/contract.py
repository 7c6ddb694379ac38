"""What stands above the body of a page: what may be sent to it, and what it shows.

    @pages.route("/email", methods=["GET", "POST"])
    @allow("applicant")
    @show("profile/email.html")
    @accept(NewEmail)
    def email(sent: Submission) -> Page:

Read from the top: the address, who may enter, the page, and the form that the page takes. The body shows the
page where nothing was sent, and else does what the form asks for. What refuses the form, its schema or the
body, ends the transaction and shows the same page again, with everything that was typed but passwords.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, cast

from flask import render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from handlers.entry import rate_limits
from handlers.entry.form_owner import ForeignForm
from handlers.page import attachments, form_parsing
from handlers.page.attachments import AttachedFiles
from handlers.page.formfields import FormView, join_dates, submitted_values
from models import db
from models.base.errors import DomainError, Invalid

SAFE_METHODS = frozenset({"GET", "HEAD"})
OF_FORMS = frozenset({403, 409, 422, 429})  # statuses of refusals that the page of a form can show
ON_THE_PAGE = "refusal"  # above the form: where a refusal is told that belongs to no question

Page = Mapping[str, Any] | tuple[Mapping[str, Any], int] | ResponseReturnValue
Handler = Callable[..., Page]


@dataclass(frozen=True, kw_only=True)
class Submission:
    """The form of one request: not sent, sent and readable, or refused and shown again."""

    is_accepted: bool = False  # else the page is only to be shown
    answers: dict[str, Any] = field(default_factory=dict)  # by the schema
    typed: Mapping[str, Any] | None = None  # as it was sent, without passwords
    button: str = ""  # the button that asked for something else than to send the answers
    files: AttachedFiles = attachments.NOTHING
    schema: Schema | None = None
    errors: Mapping[str, Any] = field(default_factory=dict)  # sentences by question
    refusal: str = ""  # a sentence that belongs to no question
    status: int = 200
    more: Mapping[str, Any] = field(default_factory=dict)  # what else the page shows of a refusal

    def view(self, values: Mapping[str, Any] | None = None) -> FormView:
        """The form as it is drawn: as it was typed, or filled with what was known before."""
        if self.typed is None:
            return FormView.blank(self.schema, values)
        return FormView.refused(self.typed, self.errors, self.schema)


class ShowAgain(Exception):
    """Refuses a form with what only its page can show of the refusal; the body raises it."""

    def __init__(self, errors: Mapping[str, Any], status: int = 422, **more: Any) -> None:
        super().__init__(errors)
        self.errors, self.status, self.more = errors, status, more


def show(template: str) -> Callable[[Handler], Callable[..., ResponseReturnValue]]:
    """Draw what the handler returns by a template; another answer, such as a redirect, goes as it is."""

    def decorate(handler: Handler) -> Callable[..., ResponseReturnValue]:
        @wraps(handler)
        def answer(**places: Any) -> ResponseReturnValue:
            found = handler(**places)
            if isinstance(found, Mapping):
                return render_template(template, **found)
            if isinstance(found, tuple) and isinstance(found[0], Mapping):
                return render_template(template, **found[0]), found[1]
            return found  # type: ignore[return-value]

        answer.template = template  # type: ignore[attr-defined]
        return answer

    return decorate


def accept(
    schema: type[Schema] | Callable[..., Schema | None] | None = None,
    *,
    page: Handler | None = None,
    dates: Collection[str] = (),
    buttons: Collection[str] = (),
    files: Callable[[], AttachedFiles] | None = None,
    refusals: str = "",
    read: Callable[[], Mapping[str, Any]] | None = None,
) -> Callable[[Handler], Handler]:
    """Read what was sent by a schema, and show the page again with what refuses it.

    `schema` is a function of the address where the form depends on it; without one the answers are as they
    were typed. `page` shows the page where the handler itself does not. `dates` are questions with three
    boxes; `buttons` are those that ask for something else, such as to keep a draft, and judge no answer;
    `files` judges and stores what comes with the form. `refusals` is the question beside which a
    refusal of the domain is told, or `ON_THE_PAGE`; without it a refusal has the page that all have. `read`
    reads the form where its answers are more than its inputs.
    """

    def decorate(handler: Handler) -> Handler:
        shown_by = page or handler

        @wraps(handler)
        def answer(**places: Any) -> Page:
            if request.method in SAFE_METHODS:
                sent = Submission(schema=_find_schema(schema, places))
                return _complete_page(shown_by(sent, **places), sent)
            received = files() if files else attachments.NOTHING
            typed = read() if read else _read_form(dates)
            sent = Submission(
                typed=_without_passwords(typed),
                button=_find_button(buttons),
                files=received,
                schema=_find_schema(schema, places),
            )
            try:
                answers = _load_answers(sent, typed)
                return _complete_page(
                    handler(replace(sent, is_accepted=True, answers=answers), **places), sent
                )
            except (ValidationError, ShowAgain, DomainError) as refused:
                again = _describe_refusal(sent, refused, refusals)
            db.session.rollback()
            return _complete_page(shown_by(again, **places), again)

        answer.accepts = schema  # type: ignore[attr-defined]
        return answer

    return decorate


def ask(schema: type[Schema]) -> Callable[[Handler], Handler]:
    """Read what an address asks for, in `asked`; what is wrong in it counts as not asked.

    Addresses are kept, sent to colleagues and cut by mail programs: a page is better than a refusal. A form
    that leads back to the page may carry the same words in its body.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(**places: Any) -> Page:
            return handler(asked=read_query(schema), **places)

        answer.asks = schema  # type: ignore[attr-defined]
        return answer

    return decorate


def read_query(schema: type[Schema]) -> dict[str, Any]:
    """What an address, or a form that keeps it, asks for."""
    reader, given = schema(), request.values.to_dict()
    wrong = reader.validate(given)
    found: dict[str, Any] = reader.load({key: value for key, value in given.items() if key not in wrong})
    return found


def _find_button(buttons: Collection[str]) -> str:
    """The button that was pressed, of those known as `name` or `name=value`."""
    for one in buttons:
        name, _, value = one.partition("=")
        sent = request.form.get(name)
        if sent and value in ("", sent):
            return value or name
    return ""


def _find_schema(schema: Any, places: Mapping[str, Any]) -> Schema | None:
    if schema is None or isinstance(schema, type):
        return schema and schema()
    found: Schema | None = schema(**places)
    return found


def _read_form(dates: Collection[str]) -> Mapping[str, Any]:
    return join_dates(request.form, *dates) if dates else request.form


def _without_passwords(typed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in submitted_values(typed).items() if "password" not in name}


def _load_answers(sent: Submission, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The answers; what is wrong with them and with the files is told in one round."""
    if sent.button:
        return submitted_values(typed)
    problems: dict[str, Any] = dict(sent.files.errors)
    answers: dict[str, Any] = {}
    try:
        answers = _load_by_schema(sent.schema, typed)
    except ValidationError as error:
        problems = error.normalized_messages() | problems
    if problems:
        raise ValidationError(problems)
    return answers


def _load_by_schema(schema: Schema | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    if schema is None:
        return form_parsing.read_answers(typed) if isinstance(typed, MultiDict) else dict(typed)
    values = form_parsing.read_values(schema, typed) if isinstance(typed, MultiDict) else typed
    found: dict[str, Any] = schema.load(values)
    return found


def _describe_refusal(sent: Submission, refused: Exception, refusals: str) -> Submission:
    if isinstance(refused, ShowAgain):
        return replace(sent, errors=refused.errors, status=refused.status, more=refused.more)
    if isinstance(refused, ValidationError):
        return replace(sent, errors=refused.normalized_messages(), status=rate_limits.refused_status())
    assert isinstance(refused, DomainError)
    if isinstance(refused, Invalid):
        return replace(sent, errors=refused.fields, status=refused.status)
    if not refusals or refused.status not in OF_FORMS or isinstance(refused, ForeignForm):
        raise refused
    if refusals == ON_THE_PAGE:
        return replace(sent, refusal=refused.sentence, status=refused.status)
    return replace(sent, errors={refused.field or refusals: [refused.sentence]}, status=refused.status)


def _complete_page(found: Page, sent: Submission) -> Page:
    """Add the form to what the page shows; an answer of another kind goes as it is."""
    status = sent.status
    if isinstance(found, tuple) and isinstance(found[0], Mapping):
        found, status = cast("tuple[Mapping[str, Any], int]", found)
    if not isinstance(found, Mapping):
        return found
    form = {} if "form" in found else {"form": sent.view()}
    kept = {"kept": sent.files.kept} if sent.files.uploads else {}
    refusal = {"refusal": sent.refusal} if sent.refusal else {}
    return {**found, **form, **kept, **refusal, **sent.more}, status
