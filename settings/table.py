"""`python -m settings.table` writes the tables of settings into docs/operators.md, as they are declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from settings.declared import CHANNELS, HERE, REGISTERS, Settings
from settings.loading import OTHERS

PAGE = HERE / "docs" / "operators.md"
PLACE = re.compile(r"(<!-- settings -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def build_tables() -> str:
    """The tables as Markdown: what is set once, what each register and channel has, what others read."""
    return "\n".join((*_list_settings(), "", *_list_services(), "", *_others(), ""))


def insert_tables(page: str) -> str:
    """A page with the newest tables between its marks."""
    return PLACE.sub(lambda found: f"{found[1]}{build_tables()}{found[2]}", page)


def _list_settings() -> Iterator[str]:
    yield from ("| variable | default | meaning |", "|---|---|---|")
    for one in fields(Settings):
        if "meaning" in one.metadata:
            default = one.metadata["shown"] or f"`{_format_default(one.default)}`"
            yield f"| `ZIGE_{one.name.upper()}` | {default} | {one.metadata['meaning']} |"


def _format_default(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def _list_services() -> Iterator[str]:
    yield from ("| address | key | register or channel |", "|---|---|---|")
    for name, meaning in (REGISTERS | CHANNELS).items():
        yield f"| `ZIGE_{name.upper()}_URL` | `ZIGE_{name.upper()}_KEY` | {meaning} |"


def _others() -> Iterator[str]:
    yield from ("| variable | default | what others read |", "|---|---|---|")
    for name, one in OTHERS.items():
        yield f"| `{name}` | `{one.default}` | {one.meaning} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(insert_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
