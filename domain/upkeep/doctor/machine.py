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
from translations import gettext, gettext_plural, join_words, lazy_gettext

INSTANCE = "ZIGE_INSTANCE_PATH"
LEAST_ROOM = 1024**3  # bytes; a busy day's uploads
WITHOUT_RARE = lazy_gettext(
    "姓名中的罕用字打印不出来，请运行 apt-get install fonts-hanazono，或者设 ZIGE_RARE_FONTS "
    "(rare characters of names cannot be printed)"
)
ROOT = Path(__file__).resolve().parents[3]


def _check_time_zones(_settings: Settings) -> str:
    offset = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    if offset != timedelta(hours=8):
        raise CheckFailed(
            gettext(
                "Asia/Shanghai 与 UTC 相差 %(offset)s，请安装最新的 tzdata (install the newest tzdata)",
                offset=offset,
            )
        )
    return gettext("认得 Asia/Shanghai (Asia/Shanghai is known)")


def _check_instance_folder(settings: Settings) -> str:
    folder = Path(settings.instance_path)
    if not folder.is_dir():
        raise CheckFailed(
            gettext(
                "%(folder)s 不存在，请为运行 Zige 的用户建立，权限 700 (it does not exist; make it for "
                "the user that Zige runs under, with mode 700)",
                folder=folder,
            )
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise CheckFailed(
            gettext(
                "%(folder)s 不能写入，请交给运行 Zige 的用户 (it cannot be written; give it to the user "
                "that Zige runs under)",
                folder=folder,
            )
        )
    if settings.production and folder.is_relative_to(tempfile.gettempdir()):
        return gettext(
            "%(folder)s，是临时文件夹，重启后内容可能就没有了 (it may be empty after a restart)",
            folder=folder,
        )
    return str(folder)


def _check_file_modes(settings: Settings) -> str:
    found = [path for path in privacy.private_places(settings) if privacy.is_open_to_others(path)]
    if found:
        names = join_words(found)
        raise CheckFailed(
            gettext(
                "其他用户可以读取 %(names)s，请对它们运行 chmod go-rwx (other users may read them)",
                names=names,
            )
        )
    return gettext("文件夹、数据库和密钥不对其他用户开放 (closed to other users)")


def _check_disk_space(settings: Settings) -> str:
    free = shutil.disk_usage(settings.instance_path).free
    if free < LEAST_ROOM:
        here, least = free // 1024**2, LEAST_ROOM // 1024**2
        raise CheckFailed(
            gettext(
                "只剩 %(here)s MiB，请腾出至少 %(least)s MiB (only %(here)s MiB are free; make room for "
                "%(least)s)",
                here=here,
                least=least,
            )
        )
    return gettext("剩余 %(free)s GiB (%(free)s GiB free)", free=free // 1024**3)


def _check_typefaces(settings: Settings) -> str:
    folder = Path(settings.fonts)
    found = [path for path in folder.rglob("*") if path.suffix.lower() in {".ttf", ".otf", ".ttc"}]
    if not found:
        raise CheckFailed(
            gettext(
                "%(folder)s 里没有字体，请运行 ./zige build，或者设 ZIGE_FONTS (there are no typefaces)",
                folder=folder,
            )
        )
    return gettext_plural("%(num)s 个 (%(num)s typefaces)", num=len(found))


def _check_rare_typefaces(settings: Settings) -> str:
    folders = [Path(one) for one in settings.rare_fonts.split(":") if one]
    found = [path for folder in folders for path in folder.glob("*.[to]t[fc]")]
    if not found and settings.production:
        raise CheckFailed(WITHOUT_RARE)
    return (
        WITHOUT_RARE
        if not found
        else gettext_plural("%(num)s 个 (%(num)s typefaces for rare characters)", num=len(found))
    )


def _check_assets(_settings: Settings) -> str:
    missing = [name for name in ("app.css", "app.js") if not (ROOT / "static" / "dist" / name).is_file()]
    if missing:
        raise CheckFailed(
            gettext("没有生成 %(missing)s，请运行 ./zige build (not built)", missing=join_words(missing))
        )
    return gettext("样式和脚本已生成 (style sheets and scripts are built)")


CHECKS = (
    DoctorCheck(what="time zones", called=lazy_gettext("时区"), look=_check_time_zones),
    DoctorCheck(
        what="instance folder",
        called=lazy_gettext("实例文件夹"),
        look=_check_instance_folder,
        needs=(INSTANCE,),
    ),
    DoctorCheck(
        what="file modes",
        called=lazy_gettext("文件权限"),
        look=_check_file_modes,
        needs=(INSTANCE, "ZIGE_DATABASE_URL", "instance folder"),
    ),
    DoctorCheck(
        what="disk", called=lazy_gettext("磁盘"), look=_check_disk_space, needs=(INSTANCE, "instance folder")
    ),
    DoctorCheck(what="typefaces", called=lazy_gettext("字体"), look=_check_typefaces, needs=("ZIGE_FONTS",)),
    DoctorCheck(
        what="rare typefaces",
        called=lazy_gettext("罕用字字体"),
        look=_check_rare_typefaces,
        needs=("ZIGE_RARE_FONTS",),
    ),
    DoctorCheck(what="assets", called=lazy_gettext("前端文件"), look=_check_assets),
)
