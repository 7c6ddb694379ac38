"""Where a site is reached: the ports of its front and of the simulator, as the environment says."""

from __future__ import annotations

import errno
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

WEB, SIMULATOR = "ZIGE_PORT", "ZIGE_SIMULATOR_PORT"
USUAL = {WEB: 8000, SIMULATOR: 8001}
# As configuration files write numbers: Python would also read 8_0, ８０００ and blanks around.
PLAIN = re.compile(r"[1-9][0-9]{0,4}")
HIGHEST = 65535


@dataclass(frozen=True, kw_only=True)
class Ports:
    """A port each."""

    web: int
    simulator: int


def read_ports(environment: Mapping[str, str], *, production: bool) -> Ports:
    """The ports that the environment names, or the usual ones; stops with what to set instead."""
    found = Ports(web=_read_port(environment, WEB), simulator=_read_port(environment, SIMULATOR))
    if found.web == found.simulator and not production:  # there no simulator is started
        sys.exit(
            f"zige: {WEB} 和 {SIMULATOR} 都是 {found.web}，请改其中一个；不设时分别为 8000 和 8001 "
            "(both ports are the same; change one)."
        )
    return found


def demand_free(port: int) -> None:
    """Stop with a sentence when we cannot listen on a port that we need."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"zige: {explain_refusal(port, error)}")


def explain_refusal(port: int, error: OSError) -> str:
    """Why we cannot listen on a port, and what to do about it."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"没有权限使用端口 {port}，请把 {WEB} 设为 1024 以上的端口 (no permission to use port {port})."
    return f"端口 {port} 已被占用，请先停止占用它的程序 (port {port} is in use)."


def _read_port(environment: Mapping[str, str], name: str) -> int:
    given = environment.get(name)
    if given is None:
        return USUAL[name]
    if not PLAIN.fullmatch(given) or int(given) > HIGHEST:
        sys.exit(
            f"zige: {name} 应为 1 到 {HIGHEST} 的整数，例如 {USUAL[name]}，也可以不设 "
            f"(set a whole number from 1 to {HIGHEST}, or nothing): {given!r}"
        )
    return int(given)
