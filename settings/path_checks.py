"""Whether the folders that settings name can be used on this machine; nothing is made by looking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from settings.declared import Settings
from translations import lazy_gettext

FOLDER = lazy_gettext(
    "那里不能存放文件夹，请设为进程可以写入的文件夹 "
    "(no folder can be kept there; set the path of a folder that the processes may write to)"
)
TYPEFACES = lazy_gettext(
    "那里没有字体，请设为存放字体的文件夹 "
    "(no typefaces are there; set the path of the folder that holds them)"
)
FILE = lazy_gettext(
    "那里不能存放数据库，请设为进程可以写入的文件夹里的一个文件 "
    "(no database can be kept there; set the path of a file in a folder that the processes may write to)"
)


def find_path_refusals(settings: Settings) -> dict[str, str]:
    """Variable → sentence, for every place that cannot be used."""
    return dict(_list_refused_paths(settings))


def _list_refused_paths(settings: Settings) -> Iterator[tuple[str, str]]:
    instance = Path(settings.instance_path)
    if not _can_hold_files(instance):
        yield "ZIGE_INSTANCE_PATH", FOLDER
    store = settings.storage_url.removeprefix("file://")
    if store and "://" not in store and not _can_hold_files(Path(store)):
        yield "ZIGE_STORAGE_URL", FOLDER
    # The default comes with the packages, which may still be on their way.
    if settings.fonts != Settings().fonts and not _is_folder(Path(settings.fonts)):
        yield "ZIGE_FONTS", TYPEFACES
    rare = [Path(one) for one in settings.rare_fonts.split(":") if one]
    if any(one.exists() and not _is_folder(one) for one in rare):
        yield "ZIGE_RARE_FONTS", TYPEFACES
    url = make_url(settings.database_url) if settings.database_url else None
    if url is not None and url.drivername == "sqlite" and not _can_be_database(instance, url.database or ""):
        yield "ZIGE_DATABASE_URL", FILE


def _can_hold_files(folder: Path) -> bool:
    """Whether a folder is there, or can be made, and can be written to."""
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK) and not _is_of_the_kernel(nearest)


def _is_folder(folder: Path) -> bool:
    return folder.is_dir() and not _is_of_the_kernel(folder)


def _is_of_the_kernel(folder: Path) -> bool:
    # Files that the kernel shows are no files: to root they look as if they could be written to.
    return any(folder.is_relative_to(root) for root in ("/proc", "/sys"))


def _can_be_database(instance: Path, name: str) -> bool:
    if not name or name.startswith((":", "file:")):
        return True
    file = instance / name
    return _can_hold_files(file.parent) and (file.is_file() or not file.exists())
