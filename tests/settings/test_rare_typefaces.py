"""The doctor tells where rare characters of names could not be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.upkeep.doctor import machine
from domain.upkeep.doctor.checks import CheckFailed
from settings import Settings


@pytest.mark.found("A9")
def test_the_doctor_tells_of_absent_rare_typefaces(tmp_path: Path) -> None:
    (look,) = (check.look for check in machine.CHECKS if check.what == "rare typefaces")
    assert "2 typefaces" in look(Settings())
    assert "apt-get install fonts-hanazono" in look(Settings(rare_fonts=f"{tmp_path}:/nowhere"))
    with pytest.raises(CheckFailed, match="fonts-hanazono"):
        look(Settings(mode="production", rare_fonts=""))
