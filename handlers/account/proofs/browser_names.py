"""What people call the browser and the system that a sign-in names: a few words, the most telling first."""

from __future__ import annotations

# Most browsers also carry the names of those that they descend from, so the order decides.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "鸿蒙"),
    ("HarmonyOS", "鸿蒙"),
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
