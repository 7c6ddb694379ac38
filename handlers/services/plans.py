"""What the plan of a case says about its confirmation."""

from __future__ import annotations

from typing import Any

from handlers.services.facts import plan_of
from handlers.services.parameters import OfApplication
from workflows import operations
from workflows.operations import Call, Operation


def arrangement(call: Call, application: int) -> dict[str, Any]:
    """Read how and until when the case is to be confirmed."""
    plan = plan_of(application)
    return {"mode": plan.mode, "until": plan.confirm_until.isoformat()}


operations.register(
    Operation(
        name="plans.arrangement",
        kind="inward",
        summary="读取该申请所在计划的确认方式和确认截止时间",
        parameters=OfApplication,
        perform=arrangement,
    )
)
