"""The blueprint that the modules of the API add their routes to."""

from __future__ import annotations

from handlers.api import openapi
from translations import lazy_gettext

pages = openapi.DescribedBlueprint("api", __name__, description=lazy_gettext("流程实例、任务、消息和部署"))
pages.after_request(openapi.add_bearer_challenge)
