"""What an installation needs, looked at piece by piece; nothing that people work with is read or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from domain.upkeep.doctor import connections, contents, machine, stores
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from settings import Settings
from translations import gettext

__all__ = ["Examination", "ReportLine"]


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One line of the report: `good` is None for what could not be looked at."""

    what: str
    good: bool | None
    told: str


@dataclass(kw_only=True)
class Examination:
    """The checks over some settings; what hangs on a refused setting or a failed check is left out."""

    settings: Settings
    refusals: dict[str, str]  # variable → sentence
    bad: dict[str, str] = field(default_factory=dict)  # failed checks → what operators call them

    def before_start(self) -> Iterator[ReportLine]:
        """The settings, and what can be seen of the machine without starting anything."""
        for name, sentence in self.refusals.items():
            yield ReportLine(what=name, good=False, told=sentence)
        if not self.refusals:
            told = gettext("全部适合 %(mode)s (all fit for %(mode)s)", mode=self.settings.mode)
            yield ReportLine(what=gettext("设置 (settings)"), good=True, told=told)
        yield from self._run_checks(machine.CHECKS)

    def started(self, start: Callable[[Settings], AbstractContextManager[object]]) -> Iterator[ReportLine]:
        """What the app keeps and speaks with, within its context."""
        try:
            context = start(self.settings)
        except Exception as fault:
            yield ReportLine(what=gettext("启动 (start)"), good=False, told=_first_line(fault))
            return
        with context:
            for checks in (stores.CHECKS, contents.CHECKS, connections.CHECKS):
                yield from self._run_checks(checks)

    def _run_checks(self, checks: tuple[DoctorCheck, ...]) -> Iterator[ReportLine]:
        for check in checks:
            result = self._run_check(check)
            if not result.good:
                self.bad[check.what] = check.called
            yield result

    def _run_check(self, check: DoctorCheck) -> ReportLine:
        missing = [name for name in check.needs if name in self.bad or name in self.refusals]
        if missing:
            first = missing[0]
            told = gettext(
                "“%(bad)s”修好之前看不了 (not looked at before %(first)s is mended)",
                bad=self.bad.get(first, first),
                first=first,
            )
            return ReportLine(what=check.title, good=None, told=told)
        try:
            return ReportLine(what=check.title, good=True, told=check.look(self.settings))
        except CheckFailed as unfit:
            return ReportLine(what=check.title, good=False, told=str(unfit))
        except Exception as fault:  # whatever a broken machine comes up with belongs into the report
            return ReportLine(what=check.title, good=False, told=_first_line(fault))


def _first_line(fault: Exception) -> str:
    return gettext(
        "出了故障 (failed)：%(name)s: %(fault)s",
        name=type(fault).__name__,
        fault=str(fault).partition(chr(10))[0],
    )
