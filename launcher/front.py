"""The front of `./zige run`: nginx from a wheel, which takes in whole requests before gunicorn sees them."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path
from string import Template

LONGEST_SOCKET = 100  # bytes; the kernel takes 107
SOCKETS = 8192


def prepare_front(root: Path, folder: Path, *, port: int, proxies: int) -> tuple[Path, Path]:
    """Write the front's configuration into a folder of its own; the file, and the web process's socket."""
    for name in (folder, folder / "bodies", folder / "answers"):
        name.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = _choose_socket(folder)
    text = Template((root / "deploy" / "run.conf").read_text(encoding="utf-8")).substitute(
        deploy=root / "deploy",
        folder=folder,
        user="user root;" if os.geteuid() == 0 else "",  # else nginx gives itself up to nobody
        port=port,
        socket=socket,
        sockets=_raise_socket_limit(),
        # Behind a balancer of the operator's the address of a person is what that balancer says.
        address="$proxy_add_x_forwarded_for" if proxies else "$remote_addr",
        scheme="$http_x_forwarded_proto" if proxies else "$scheme",
    )
    file = folder / "nginx.conf"
    _write_private(file, text)
    return file, socket


def _write_private(file: Path, text: str) -> None:
    """Write for our own user alone, as everything in an instance folder is; also over what is there."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text, encoding="utf-8")


def _choose_socket(folder: Path) -> Path:
    socket = folder / "web.sock"
    if len(str(socket).encode()) > LONGEST_SOCKET:
        socket = Path(tempfile.mkdtemp(prefix="zige-")) / "web.sock"
    socket.unlink(missing_ok=True)  # left by a machine that lost its power
    return socket


def _raise_socket_limit() -> int:
    """Lift our own limit of open files as far as it goes; children have it from us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * SOCKETS + 256  # a request that is passed on has two
    if hard == resource.RLIM_INFINITY or hard >= wanted:
        hard = wanted
    if soft == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return (max(hard, 1024) - 256) // 2
