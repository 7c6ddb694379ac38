"""Step 3 of an application that has its number: the authority and its plan are fixed, the rest may change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.deadlines import confirmation_window
from domain.rules import authority_levels
from domain.wording import dates
from handlers.apply.choices import bases, kinds, offers
from handlers.apply.forms import authority
from handlers.apply.forms.wizard_steps import Values, WizardStep
from models import db
from models.authorities.plans import PlanSite
from models.base import codes
from models.base.errors import Invalid
from models.cases.applications import Application
from translations import gettext, lazy_gettext
from workflows.forms import FormContext

SITE_BUSY = lazy_gettext("确认点正在核对您的材料，暂时不能更换确认点")


class ChangeAuthoritySchema(authority.AuthorityStepSchema):
    """Kind, subject, place and site under the plan that the number was given for."""

    class Meta:
        """The authority is not asked."""

        exclude = ("authority",)


def _read_stored(application: Application) -> dict[str, Any]:
    stored = authority.read_stored(application)
    stored.pop("authority")
    return stored


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    kind = authority.chosen_kind(application, values)
    plan = application.plan
    return {
        "fixed": application.exam_route != "other",
        "kinds": kinds.build_kind_cards(application, plan.kinds),
        "kind_name": codes.KINDS.get(application.kind or "", ""),
        "subject_name": application.subject or "",
        "subjects": kinds.build_subject_options(application, kind),
        "bases": bases.list_bases(application),
        "regions": offers.list_region_choices(values),
        "authority_name": application.authority.name,
        "sites": [
            {"id": part.site_id, "name": part.site.name, "address": part.site.address, "scope": part.scope}
            for part in plan.sites
        ],
        "confirm": dates.format_window((plan.confirm_from, plan.confirm_until)),
    }


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    authority.use_kind_and_region(case, application, answers)
    use_site(application, answers.get("site"))
    if application.kind in application.plan.kinds:
        authority.check_requirements(application)


def is_fitting(application: Application) -> bool:
    """Whether the authority that the number was given for decides on this kind for this place."""
    found = offers.list_deciding_offers(
        application.kind or "", application.region_code or "", application.created_at
    )
    return application.authority_id in {offer.authority.id for offer in found}


def why_unfitting(application: Application) -> str:
    """Why the place cannot be chosen, and what can be done."""
    reason = authority_levels.why_decided_elsewhere(application.kind or "", application.region_code or "")
    name = application.authority.name
    return gettext(
        "所选地区的%(reason)s，不由%(name)s认定。要向其他机构申请的，请先撤回，再重新报名",
        reason=reason,
        name=name,
    )


def use_site(application: Application, site: int | None) -> None:
    """Take another site of the plan, unless the present one has the case in its hands."""
    part = select(PlanSite.id).where(PlanSite.plan_id == application.plan_id, PlanSite.site_id == site)
    if site is None or db.session.scalar(part) is None:
        raise Invalid({"site": [gettext("请选择确认点")]})
    if site != application.site_id and confirmation_window.is_with_authority(application):
        raise Invalid({"site": [SITE_BUSY]})
    application.site_id = site


STEP = WizardStep(
    name="authority",
    schema=ChangeAuthoritySchema,
    stored=_read_stored,
    choices=_list_choices,
    accept=_accept_answers,
)
