"""What people call the browser and the system that a sign-in names: a few words, the most telling first."""

from __future__ import annotations

from translations import lazy_gettext

# Most browsers also carry the names of those that they descend from, so the order decides.
BROWSERS = (
    ("MicroMessenger", lazy_gettext("微信")),
    ("QQBrowser", lazy_gettext("QQ 浏览器")),
    ("UCBrowser", lazy_gettext("UC 浏览器")),
    ("HuaweiBrowser", lazy_gettext("华为浏览器")),
    ("MiuiBrowser", lazy_gettext("小米浏览器")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", lazy_gettext("鸿蒙")),
    ("HarmonyOS", lazy_gettext("鸿蒙")),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """“Chrome · Windows” of what a browser sends; empty when nothing in it is known."""
    found = (_first_match(BROWSERS, agent), _first_match(SYSTEMS, agent))
    return " · ".join(name for name in found if name)


def _first_match(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for word, name in names if word in agent), "")
