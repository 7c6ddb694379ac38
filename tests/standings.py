"""What the public states of the library count as, for tests that put an application into one by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.cases.states import Standing

FILE = Path(__file__).parents[1] / "workflows" / "library" / "accreditation" / "states.json"
STANDINGS = {
    name: Standing(state["countsAs"]) for name, state in json.loads(FILE.read_text("utf-8"))["states"].items()
}


def standing_in(state: str) -> dict[str, Any]:
    """The columns of an application in a state."""
    return {"state": state, "standing": STANDINGS[state]}
