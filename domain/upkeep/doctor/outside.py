"""Each register and channel: whether something answers at its address."""

from __future__ import annotations

from functools import partial

from domain import outside
from domain.upkeep.doctor.checks import Check, Unfit
from settings import CHANNELS, REGISTERS, Settings


def _reach(name: str, settings: Settings) -> str:
    address = settings.line(name).base_url
    if silence := outside.why_silent(address):
        own = getattr(settings, f"{name}_url")
        mend = f"mend ZIGE_{name.upper()}_URL or the network" if own else "start the simulator"
        raise Unfit(f"{address}: {silence}; {mend}")
    return f"{address} answers"


CHECKS = tuple(
    Check(
        what=meaning.partition(",")[0],
        look=partial(_reach, name),
        needs=(f"ZIGE_{name.upper()}_URL", "ZIGE_SIMULATOR_URL"),
    )
    for name, meaning in (REGISTERS | CHANNELS).items()
)
