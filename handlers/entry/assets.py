"""Scripts, style sheets and drawings: compressed when they are built, named by content, kept for ever.

`./zige build` has them written into static/dist; whitenoise gives them out.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from handlers.entry.headers import HEADERS

KINDS = frozenset({".css", ".js", ".svg"})
NAMED = re.compile(r"\.[0-9a-f]{12}\.(?:css|js|svg|woff2)\Z")
OPEN_PAGES = 7 * 24 * 3600  # seconds that files of an earlier build stay, for pages that are open
STATIC = Path(__file__).parents[2] / "static"


def install(app: Flask) -> None:
    """Give the files out before the app is asked; what is not there is the app's to answer."""
    served = WhiteNoise(
        app.wsgi_app,
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(NAMED.search(url)),
        add_headers_function=_add_headers,
    )
    served.add_files(str(STATIC), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = asset_url


def asset_url(name: str) -> str:
    """The address of a file under the name that its content gives it."""
    built = _asset_file(current_app.static_folder or str(STATIC), name, current_app.debug)
    return url_for("static", filename=built)


def asset_path(name: str) -> str:
    """The path of a file, for a page that can build no address."""
    return f"/static/{_asset_file(current_app.static_folder or str(STATIC), name, current_app.debug)}"


def build(static: Path = STATIC) -> None:
    """Copy what was bundled, and the drawings, under their lasting names, compressed beside."""
    dist = static / "dist"
    wanted = {dist / _hashed_name(file): file for file in _source_files(static)}
    for old in dist.iterdir():
        plain = old.with_name(old.name.removesuffix(".br").removesuffix(".gz"))
        outdated = plain not in wanted and time.time() - old.stat().st_mtime > OPEN_PAGES
        if NAMED.search(plain.name) and outdated:
            old.unlink()
    compressor = Compressor(quiet=True)
    for lasting, file in wanted.items():
        shutil.copyfile(file, lasting)
        list(compressor.compress(str(lasting)))


def _source_files(static: Path) -> Iterator[Path]:
    for folder in (static / "dist", static):
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.suffix in KINDS and not NAMED.search(file.name):
                yield file


def _hashed_name(file: Path) -> str:
    return f"{file.stem}.{_content_digest(file)}{file.suffix}"


def _content_digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _asset_file(folder: str, name: str, debug: bool) -> str:
    return _cached_asset_file.__wrapped__(folder, name) if debug else _cached_asset_file(folder, name)


@lru_cache(maxsize=64)
def _cached_asset_file(folder: str, name: str) -> str:
    dist = Path(folder) / "dist"
    file = dist / name if (dist / name).is_file() else Path(folder) / name
    if not file.is_file():
        return name
    lasting = _hashed_name(file)
    # Not built anew since it was changed: then as it is, and asked for again each time.
    return f"dist/{lasting}" if (dist / lasting).is_file() else str(file.relative_to(folder))


def _add_headers(headers: dict[str, str], _path: str, _url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
