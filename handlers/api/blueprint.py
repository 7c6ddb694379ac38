"""The blueprint that the modules of the API add their routes to."""

from __future__ import annotations

from handlers.api import document

pages = document.DescribedBlueprint("api", __name__, description="流程实例、任务、消息和部署")
pages.after_request(document.add_bearer_challenge)
