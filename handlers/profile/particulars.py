"""个人身份信息: completing it, the real-name check, mobile number and e-mail address."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy import select

from handlers import dates, limits
from handlers.account import carried, codes, documents, passwords, tries
from handlers.formfields import FormView, join_dates
from handlers.profile import locks, schemas
from handlers.profile.blueprint import onward, pages, to
from handlers.profile.overview import VERIFICATION
from handlers.services import eligibility, records
from models import codes as code_lists
from models import db
from models.database import writing
from models.errors import DomainError
from models.people import Person
from workflows.clock import now

PURPOSE = "mobile"
SCHEMAS = {"resident_id": schemas.Ethnicity, "residence_permit": schemas.PermitHolder}
WRONG_CODE = "验证码不正确或已失效，请重新获取"
CONTRARY = "与证件号码不一致，请核对"
WRONG_PASSWORD = "登录密码不正确"
SAID = {
    "verified": ("ok", "实名核验通过。"),
    "mismatch": ("bad", "实名核验没有通过，姓名与证件号码不一致。"),
    "unavailable": ("warn", "核验库暂时无法连接，这次没有计入次数，请稍后重新核验。"),
}


@pages.get("/particulars")
def particulars() -> ResponseReturnValue:
    """What is known of the person, and the form for what may be filled in."""
    person = _person()
    schema = _schema(person)
    return _page(person, FormView.blank(schema, _values(person, schema)))


@pages.post("/particulars")
def complete() -> ResponseReturnValue:
    """Keep what was filled in, unless an application stands on it."""
    person = _person()
    schema = _schema(person)
    typed = join_dates(request.form, "birth_date") if "birth_date" in schema.fields else request.form
    try:
        answers = schema.load(typed)
        _refuse_contrary(person, answers)
        _refuse_locked(person, answers)
    except ValidationError as error:
        db.session.rollback()
        return _page(_person(), FormView.refused(typed, error.normalized_messages(), schema)), 422
    with locks.carried_over():
        for name, value in answers.items():
            setattr(person, name, value)
    db.session.commit()
    flash("个人身份信息已保存。", "ok")
    return onward("profile.particulars")


@pages.post("/particulars/verify")
def verify() -> ResponseReturnValue:
    """Ask the identity register again; three answers a day."""
    own = ("identity", "person", str(g.principal.person_id))
    if not limits.count(limits.IDENTITY_CHECKS, *own):
        flash("今天已经核验 3 次，请明天再试。", "warn")
        return to("profile.particulars")
    outcome = records.verify(records.holder_of(g.principal.person_id))
    if outcome == "unavailable":
        limits.give_back(limits.IDENTITY_CHECKS, *own)
    _keep_verification(outcome)
    state, words = SAID[outcome]
    flash(words, state)
    return to("profile.particulars")


def _keep_verification(outcome: str) -> None:
    person = _person()
    if person.verification != "verified":
        person.verification = outcome
        person.verified_at = now() if outcome == "verified" else None
    db.session.commit()


@pages.get("/mobile")
def mobile() -> ResponseReturnValue:
    """The form for another mobile number."""
    return render_template("profile/mobile.html", form=FormView.blank(schemas.NewMobile()), person=_person())


@pages.post("/mobile")
def change_mobile() -> ResponseReturnValue:
    """Prove the password and send a code to the new number."""
    try:
        typed = schemas.NewMobile().load(request.form)
        _prove(typed["current_password"])
        code = codes.send(typed["mobile"], PURPOSE, proved=f"person {g.principal.person_id}")
    except ValidationError as error:
        return _mobile_refused(error.normalized_messages(), limits.refused_status())
    except DomainError as refusal:
        return _mobile_refused({"mobile": [refusal.sentence]}, refusal.status)
    return _code_page({"mobile": typed["mobile"], "code": code}, FormView.blank(schemas.MobileCode()))


@pages.get("/mobile/code")
def mobile_code() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return to("profile.mobile")


@pages.post("/mobile/code")
def finish_mobile() -> ResponseReturnValue:
    """Accept the code, and the number is the person's."""
    answers = carried.unpack(f"mobile.{g.principal.person_id}", request.form.get("carried", ""))
    try:
        typed = schemas.MobileCode().load(request.form)
    except ValidationError as error:
        return _code_page(answers, _code_refused(error.normalized_messages())), 422
    accepted = codes.accept(answers["code"], answers["mobile"], PURPOSE, typed["code"])
    if accepted:
        _person().mobile = answers["mobile"]
    db.session.commit()
    if not accepted:
        return _code_page(answers, _code_refused({"code": [WRONG_CODE]})), 422
    flash("手机号已更换。", "ok")
    return onward("profile.particulars")


@pages.get("/email")
def email() -> ResponseReturnValue:
    """The form for another e-mail address."""
    return render_template("profile/email.html", form=FormView.blank(schemas.NewEmail()), person=_person())


@pages.post("/email")
def change_email() -> ResponseReturnValue:
    """Prove the password and keep the new address."""
    try:
        typed = schemas.NewEmail().load(request.form)
        _prove(typed["current_password"])
    except ValidationError as error:
        db.session.rollback()
        form = FormView.refused(_without_password(), error.normalized_messages(), schemas.NewEmail())
        return render_template("profile/email.html", form=form, person=_person()), limits.refused_status()
    _person().email = typed["email"]
    db.session.commit()
    flash("电子邮箱已更换。", "ok")
    return onward("profile.particulars")


def _prove(password: str) -> None:
    try:
        tries.begin_proof()
    except limits.TooMany as refusal:
        raise ValidationError(refusal.sentence, "current_password") from refusal
    # Checking takes its time on purpose, so no lock may be held meanwhile.
    writing.set(False)
    known = db.session.scalar(select(Person.password_hash).where(Person.id == g.principal.person_id))
    db.session.rollback()
    if not passwords.matches(known, password):
        raise ValidationError(WRONG_PASSWORD, "current_password")
    tries.succeed_proof()
    writing.set(True)


def _refuse_contrary(person: Person, answers: dict[str, Any]) -> None:
    # A residence permit's number tells both, as an identity card's does.
    told = documents.sex_and_birth(person.document_kind or "", person.document_number or "")
    known = dict(zip(("sex", "birth_date"), told, strict=True))
    wrong = [name for name, value in known.items() if value and name in answers and answers[name] != value]
    if wrong:
        raise ValidationError({name: [CONTRARY] for name in wrong})


def _refuse_locked(person: Person, answers: dict[str, Any]) -> None:
    reason = locks.of_particulars(person.id)
    changed = [name for name, value in answers.items() if getattr(person, name) not in (None, "", value)]
    if reason and changed:
        raise ValidationError({name: [reason] for name in changed[:1]})


def _person() -> Person:
    return db.session.get_one(Person, g.principal.person_id)


def _schema(person: Person) -> Schema:
    return SCHEMAS.get(person.document_kind or "", schemas.LocalHolder)()


def _values(person: Person, schema: Schema) -> dict[str, Any]:
    return {name: getattr(person, name) for name in schema.fields}


def _page(person: Person, form: FormView) -> str:
    return render_template(
        "profile/particulars.html",
        form=form,
        person=person,
        known=_known(person),
        missing=eligibility.missing_particulars(person),
        state=VERIFICATION[person.verification],
        locked=locks.of_particulars(person.id),
    )


def _known(person: Person) -> list[tuple[str, str]]:
    told = [
        ("姓名", person.name),
        ("证件类型", code_lists.DOCUMENT_KINDS.get(person.document_kind or "", "")),
        ("证件号码", person.document_number or ""),
    ]
    if person.document_kind == "resident_id":
        told += [
            ("性别", code_lists.SEXES.get(person.sex or "", "")),
            ("出生日期", dates.day(person.birth_date)),
        ]
    return told


def _mobile_refused(problems: Any, status: int) -> ResponseReturnValue:
    db.session.rollback()
    form = FormView.refused(_without_password(), problems, schemas.NewMobile())
    return render_template("profile/mobile.html", form=form, person=_person()), status


def _without_password() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if "password" not in name}


def _code_refused(problems: Any) -> FormView:
    return FormView.refused(request.form, problems, schemas.MobileCode())


def _code_page(answers: dict[str, Any], form: FormView) -> str:
    packed = carried.pack(f"mobile.{g.principal.person_id}", answers)
    return render_template("profile/mobile_code.html", form=form, mobile=answers["mobile"], carried=packed)
