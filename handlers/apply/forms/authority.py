"""Step 3: kind and subject, the place, the authority and its site."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from domain.rules import authority_levels, eligibility, requirements
from domain.wording import dates
from handlers.apply.choices import bases, kinds, offers
from handlers.apply.choices.offers import Offer
from handlers.apply.forms.wizard_steps import (
    Problems,
    StepSchema,
    Values,
    WizardStep,
    register_step,
)
from models.authorities.places import find_region
from models.base import codes
from models.base.errors import DomainError, Invalid
from models.cases.applications import Application
from translations import gettext, join_words, lazy_gettext
from workflows.forms import FormContext

CODE = 6  # digits of a region's code, GB/T 2260
BASIS_HINT = lazy_gettext("按户籍、居住证、就读学校或者部队驻地申请，确认时要带相应的证明")


def _error_messages(message: str) -> dict[str, Any]:
    return {"required": message, "invalid": message}


def _region_code(label: str, *, required: bool = False) -> fields.String:
    return fields.String(
        required=required,
        validate=validate.Length(max=CODE, error=gettext("请选择%(label)s", label=label)),
        error_messages=_error_messages(gettext("请选择%(label)s", label=label)),
        metadata={"label": label},
    )


class AuthorityStepSchema(StepSchema):
    """Kind and subject follow the exam certificate; they are asked only of those without one."""

    step = "authority"

    kind = fields.String(
        validate=validate.OneOf(list(codes.KINDS), error=lazy_gettext("请选择资格种类")),
        metadata={"label": lazy_gettext("资格种类")},
    )
    subject = fields.String(
        validate=validate.Length(max=60, error=lazy_gettext("请选择任教学科")),
        metadata={"label": lazy_gettext("任教学科")},
    )
    basis = fields.String(
        required=True,
        validate=validate.OneOf(list(codes.BASES), error=lazy_gettext("请选择申请依据")),
        error_messages=_error_messages(lazy_gettext("请选择凭什么在这里申请")),
        metadata={
            "label": lazy_gettext("凭什么在这里申请"),
            "hint": BASIS_HINT,
            "options": tuple(codes.BASES.items()),
        },
    )
    province = _region_code(lazy_gettext("省"), required=True)
    city = _region_code(lazy_gettext("市"), required=True)
    county = _region_code(lazy_gettext("县（市、区）"))
    street = fields.String(
        required=True,
        validate=validate.Length(min=2, max=60, error=lazy_gettext("详细地址应为 2 至 60 个字")),
        error_messages=_error_messages(lazy_gettext("请填写详细地址")),
        metadata={
            "label": lazy_gettext("详细地址"),
            "hint": lazy_gettext("写到楼栋和房间号，不超过 60 个字"),
        },
    )
    authority = fields.Integer(
        required=True,
        error_messages=_error_messages(lazy_gettext("请选择认定机构")),
        metadata={"label": lazy_gettext("认定机构")},
    )
    site = fields.Integer(metadata={"label": lazy_gettext("确认点")})


def read_stored(application: Application) -> dict[str, Any]:
    """The answers as the inputs of the page show them."""
    chain = authority_levels.region_chain(application.region_code or application.authority.region_code)
    province, city, county = ([*reversed(chain), "", ""])[:3]
    return {
        "kind": application.kind,
        "subject": application.subject,
        "basis": application.basis,
        "province": province,
        "city": city,
        "county": county,
        "street": application.street,
        "authority": application.authority_id,
        "site": application.site_id,
    }


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    kind = chosen_kind(application, values)
    found = (
        offers.list_deciding_offers(kind, _chosen_region(values), case.now)
        if kind and _chosen_region(values)
        else []
    )
    chosen = _pick_offer(found, values.get("authority"))
    return {
        "fixed": application.exam_route != "other",
        "kinds": kinds.build_kind_cards(application, codes.KINDS),
        "kind_name": codes.KINDS.get(kind, ""),
        "subjects": kinds.build_subject_options(application, kind),
        "bases": bases.list_bases(application),
        "regions": offers.list_region_choices(values),
        "offers": [*map(_build_offer_card, found), *_list_other_cards(kind, _chosen_region(values), found)],
        "chosen": _describe_offer(chosen) if chosen else None,
        "started_at": application.authority.name,
    }


def _build_offer_card(offer: Offer) -> dict[str, Any]:
    plan = offer.plan
    return {
        "id": offer.authority.id,
        "name": offer.authority.name,
        "kinds": join_words(codes.SHORT_KINDS[one.kind] for one in offer.authority.kinds),
        "window": dates.format_window((plan.apply_from, plan.apply_until)) if plan else "",
        "stage": offer.stage if not offer.refusal or offer.refusal == offers.OUTSIDE else "none",
        "reason": explain_refusal(offer) if offer.refusal else "",
    }


def _list_other_cards(kind: str, region: str, deciding: list[Offer]) -> list[dict[str, Any]]:
    """The authorities of the place that do not decide on the kind, with the reason."""
    if not kind or not region:
        return []
    return [
        {
            "id": one.id,
            "name": one.name,
            "stage": "",
            "reason": authority_levels.why_decided_elsewhere(kind, region),
        }
        for one in offers.list_other_authorities(region, deciding)
    ]


def _describe_offer(offer: Offer) -> dict[str, Any]:
    plan = offer.plan
    return {
        "id": offer.authority.id,
        "name": offer.authority.name,
        "refusal": offer.refusal,
        "explanation": offer.explanation,
        "confirm": dates.format_window((plan.confirm_from, plan.confirm_until)) if plan else "",
        "sites": [
            {"id": part.site_id, "name": part.site.name, "address": part.site.address, "scope": part.scope}
            for part in offer.sites
        ],
    }


def _pick_offer(found: list[Offer], wanted: Any) -> Offer | None:
    for offer in found:
        if str(offer.authority.id) == str(wanted):
            return offer
    return found[0] if len(found) == 1 else None


def chosen_kind(application: Application, values: Values) -> str:
    """The kind that the answers or the application name; what is no kind is none."""
    typed = values.get("kind") if application.exam_route == "other" else None
    return typed if typed in codes.KINDS else application.kind or ""


def _chosen_region(values: Values) -> str:
    return str(values.get("county") or values.get("city") or values.get("province") or "")


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    use_kind_and_region(case, application, answers)
    offer = _find_offer(case, application, answers)
    _use_site(application, offer, answers.get("site"))
    if application.exam_route not in offer.plan.exam_routes:  # type: ignore[union-attr]
        raise Invalid(
            {"authority": [gettext("该机构的认定计划不接受您选择的考试形式，请另选或者返回第二步修改")]}
        )
    check_requirements(application)


def check_requirements(application: Application) -> None:
    """What was chosen at step 2 is enough for the kind and the subject in this place."""
    if reason := requirements.why_education_fails(application):
        raise Invalid({"kind": [gettext("%(reason)s，请返回第二步更换学历", reason=reason)]})
    if reason := kinds.why_putonghua_fails(application):
        raise Invalid({"subject": [gettext("%(reason)s，请返回第二步更换证书", reason=reason)]})


def use_kind_and_region(case: FormContext, application: Application, answers: Values) -> None:
    """Take both; what is wrong with either is told at once."""
    problems = Problems()
    with problems.gathered():
        use_kind(case, application, answers)
    if reason := bases.why_basis_fails(application, answers.get("basis", "")):
        problems.found["basis"] = [reason]
    with problems.gathered():
        use_region(application, answers)
    problems.refuse()


def use_kind(case: FormContext, application: Application, answers: Values) -> None:
    """Take kind and subject of somebody whose exam certificate does not say them."""
    if application.exam_route != "other":
        return
    kind, subject = answers.get("kind"), answers.get("subject")
    if kind not in codes.KINDS:
        raise Invalid({"kind": [gettext("请选择资格种类")]})
    if subject not in codes.SUBJECTS[kind]:
        raise Invalid({"subject": [gettext("请选择任教学科")]})
    if reason := kinds.why_kind_fails(application, kind):
        raise Invalid({"kind": [reason]})
    try:
        eligibility.check_held(application.person_id, kind, subject)
    except DomainError as error:
        raise Invalid({"subject": [error.sentence]}) from None
    application.kind, application.subject = kind, subject


def use_region(application: Application, answers: Values) -> None:
    """Take the place, and on what ground it is chosen."""
    region = find_region(_chosen_region(answers))
    if region is None or not _is_within(region.code, answers):
        raise Invalid({"county": [gettext("请重新选择地区")]})
    counties = offers.list_region_choices(answers)["counties"]
    if counties and answers.get("county") not in {code for code, _ in counties}:
        raise Invalid({"county": [gettext("请选择县（市、区）")]})
    application.region_code = region.code
    application.basis, application.street = answers["basis"], answers["street"]


def _is_within(code: str, answers: Values) -> bool:
    """Whether a region lies in the province and the city that were chosen with it.

    Without script another city leaves the county of the old one chosen until the lists are asked again: to
    follow the county would undo the choice of the city, and nobody would be told.
    """
    chain = authority_levels.region_chain(code)
    return chain[-1] == answers["province"] and answers["city"] in chain


def _find_offer(case: FormContext, application: Application, answers: Values) -> Offer:
    found = offers.list_deciding_offers(application.kind or "", application.region_code or "", case.now)
    for offer in found:
        if offer.authority.id == answers["authority"]:
            if offer.refusal:
                raise Invalid({"authority": [explain_refusal(offer)]})
            return offer
    kind, region = application.kind or "", application.region_code or ""
    if answers["authority"] in {one.id for one in offers.list_other_authorities(region, found)}:
        raise Invalid(
            {
                "authority": [
                    gettext(
                        "请选择认定机构：%(why_decided_elsewhere)s",
                        why_decided_elsewhere=authority_levels.why_decided_elsewhere(kind, region),
                    )
                ]
            }
        )
    raise Invalid({"authority": [gettext("请选择认定机构")]})


def explain_refusal(offer: Offer) -> str:
    """Why nobody can apply there now, in one sentence."""
    if offer.refusal != offers.OUTSIDE:
        return offer.refusal
    return gettext("%(refusal)s：%(explanation)s", refusal=offer.refusal, explanation=offer.explanation)


def _use_site(application: Application, offer: Offer, site: int | None) -> None:
    if site not in {part.site_id for part in offer.sites}:
        raise Invalid({"site": [gettext("请选择确认点")]})
    application.plan = offer.plan  # type: ignore[assignment]
    application.authority, application.site_id = offer.authority, site


register_step(
    WizardStep(
        name="authority",
        schema=AuthorityStepSchema,
        stored=read_stored,
        choices=_list_choices,
        accept=_accept_answers,
    ),
)
