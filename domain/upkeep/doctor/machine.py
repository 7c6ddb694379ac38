"""The machine: time zones, folders, room on disk, typefaces, built assets."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from settings import Settings, privacy

INSTANCE = "ZIGE_INSTANCE_PATH"
LEAST_ROOM = 1024**3  # bytes; a busy day's uploads
WITHOUT_RARE = (
    "rare characters of names cannot be printed; run apt-get install fonts-hanazono, or set ZIGE_RARE_FONTS"
)
ROOT = Path(__file__).resolve().parents[3]


def _check_time_zones(_settings: Settings) -> str:
    offset = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    if offset != timedelta(hours=8):
        raise CheckFailed(f"Asia/Shanghai is {offset} from UTC; install the newest tzdata")
    return "Asia/Shanghai is known"


def _check_instance_folder(settings: Settings) -> str:
    folder = Path(settings.instance_path)
    if not folder.is_dir():
        raise CheckFailed(
            f"{folder} does not exist; make it for the user that Zige runs under, with mode 700"
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise CheckFailed(f"{folder} cannot be written; give it to the user that Zige runs under")
    if settings.production and folder.is_relative_to(tempfile.gettempdir()):
        return f"{folder}; what is kept in a temporary folder may be gone after a restart of the machine"
    return str(folder)


def _check_file_modes(settings: Settings) -> str:
    found = [path for path in privacy.private_places(settings) if privacy.is_open_to_others(path)]
    if found:
        raise CheckFailed(f"other users may read {', '.join(map(str, found))}; run chmod go-rwx on them")
    return "folder, database and secret are closed to other users"


def _check_disk_space(settings: Settings) -> str:
    free = shutil.disk_usage(settings.instance_path).free
    if free < LEAST_ROOM:
        raise CheckFailed(
            f"only {free // 1024**2} MiB are free; make room for at least {LEAST_ROOM // 1024**2} MiB"
        )
    return f"{free // 1024**3} GiB free"


def _check_typefaces(settings: Settings) -> str:
    folder = Path(settings.fonts)
    found = [path for path in folder.rglob("*") if path.suffix.lower() in {".ttf", ".otf", ".ttc"}]
    if not found:
        raise CheckFailed(f"there are no typefaces in {folder}; run ./zige build, or set ZIGE_FONTS")
    return f"{len(found)} typefaces"


def _check_rare_typefaces(settings: Settings) -> str:
    folders = [Path(one) for one in settings.rare_fonts.split(":") if one]
    found = [path for folder in folders for path in folder.glob("*.[to]t[fc]")]
    if not found and settings.production:
        raise CheckFailed(WITHOUT_RARE)
    return WITHOUT_RARE if not found else f"{len(found)} typefaces for rare characters"


def _check_assets(_settings: Settings) -> str:
    missing = [name for name in ("app.css", "app.js") if not (ROOT / "static" / "dist" / name).is_file()]
    if missing:
        raise CheckFailed(f"{' and '.join(missing)} are not built; run ./zige build")
    return "style sheets and scripts are built"


CHECKS = (
    DoctorCheck(what="time zones", look=_check_time_zones),
    DoctorCheck(what="instance folder", look=_check_instance_folder, needs=(INSTANCE,)),
    DoctorCheck(
        what="file modes", look=_check_file_modes, needs=(INSTANCE, "ZIGE_DATABASE_URL", "instance folder")
    ),
    DoctorCheck(what="disk", look=_check_disk_space, needs=(INSTANCE, "instance folder")),
    DoctorCheck(what="typefaces", look=_check_typefaces, needs=("ZIGE_FONTS",)),
    DoctorCheck(what="rare typefaces", look=_check_rare_typefaces, needs=("ZIGE_RARE_FONTS",)),
    DoctorCheck(what="assets", look=_check_assets),
)
