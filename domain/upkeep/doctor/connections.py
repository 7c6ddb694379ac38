"""Each register and channel: whether something answers at its address."""

from __future__ import annotations

from functools import partial

from domain import outside
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from settings import CHANNELS, REGISTERS, Settings


def _check_address(name: str, settings: Settings) -> str:
    address = settings.line(name).base_url
    if silence := outside.why_unreachable(address):
        own = getattr(settings, f"{name}_url")
        mend = f"mend ZIGE_{name.upper()}_URL or the network" if own else "start the simulator"
        raise CheckFailed(f"{address}: {silence}; {mend}")
    return f"{address} answers"


CHECKS = tuple(
    DoctorCheck(
        what=meaning.partition(",")[0],
        look=partial(_check_address, name),
        needs=(f"ZIGE_{name.upper()}_URL", "ZIGE_SIMULATOR_URL"),
    )
    for name, meaning in (REGISTERS | CHANNELS).items()
)
