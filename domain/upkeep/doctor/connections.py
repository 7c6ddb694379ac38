"""Each register and channel: whether something answers at its address."""

from __future__ import annotations

from functools import partial

from domain import outside
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from settings import CHANNELS, REGISTERS, Settings
from translations import gettext


def _check_address(name: str, settings: Settings) -> str:
    address = settings.line(name).base_url
    if silence := outside.why_unreachable(address):
        own = getattr(settings, f"{name}_url")
        variable = f"ZIGE_{name.upper()}_URL"
        here, english = (
            (gettext("请检查 %(variable)s 或者网络", variable=variable), f"mend {variable} or the network")
            if own
            else (gettext("请启动模拟器"), "start the simulator")
        )
        raise CheckFailed(
            gettext(
                "%(address)s 连不上：%(silence)s，%(here)s (%(english)s)",
                address=address,
                silence=silence,
                here=here,
                english=english,
            )
        )
    return gettext("%(address)s 有应答 (it answers)", address=address)


CHECKS = tuple(
    DoctorCheck(
        what=meaning.partition(",")[0],
        called=meaning.partition(",")[0],
        look=partial(_check_address, name),
        needs=(f"ZIGE_{name.upper()}_URL", "ZIGE_SIMULATOR_URL"),
    )
    for name, meaning in (REGISTERS | CHANNELS).items()
)
