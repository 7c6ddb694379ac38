"""Each register and channel: whether something answers at its address, and how its last answers were."""

from __future__ import annotations

from functools import partial
from itertools import takewhile

from domain import outside
from domain.outside import exchanges
from domain.upkeep.doctor import contents
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from settings import CHANNELS, REGISTERS, Settings
from translations import gettext, gettext_plural, lazy_gettext

FAILURES = 5  # in a row, as many as open a breaker


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


def _check_answers(name: str, _settings: Settings) -> str:
    outcomes = exchanges.list_recent_outcomes(name)
    failed = sum(outcome in exchanges.UNUSABLE for outcome in outcomes)
    lately = tuple(takewhile(exchanges.UNUSABLE.__contains__, outcomes))
    if len(lately) >= FAILURES:
        told = gettext_plural(
            "近一小时最后 %(num)s 次询问都没有可用的应答（最后一次：%(outcome)s），请联系对方"
            " (no answer of use in a row: ask the other side)",
            num=len(lately),
            outcome=lately[0],
        )
        raise CheckFailed(told)
    return gettext_plural(
        "近一小时询问 %(num)s 次，其中没有可用应答的：%(failed)s (questions of the last hour, and failures)",
        num=len(outcomes),
        failed=failed,
    )


CHECKS = tuple(
    DoctorCheck(
        what=meaning.partition(",")[0],
        called=meaning.partition(",")[0],
        look=partial(_check_address, name),
        needs=(f"ZIGE_{name.upper()}_URL", "ZIGE_SIMULATOR_URL"),
    )
    for name, meaning in (REGISTERS | CHANNELS).items()
) + tuple(
    DoctorCheck(
        what=f"answers of {name}",
        called=lazy_gettext("%(register)s的应答", register=meaning.partition(",")[0]),
        look=partial(_check_answers, name),
        needs=contents.TABLES,
    )
    for name, meaning in (REGISTERS | CHANNELS).items()
)
