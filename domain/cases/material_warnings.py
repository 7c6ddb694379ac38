"""What looks odd in an uploaded file, in words: a warning and no refusal, as it may be right."""

from __future__ import annotations

from collections.abc import Sequence

from translations import gettext, join_words, lazy_gettext

OF_PAGES = {
    "blank": lazy_gettext("第 %(pages)s 页是空白的"),
    "large": lazy_gettext("第 %(pages)s 页的页面尺寸比 A3 大得多"),
    "thin": lazy_gettext("第 %(pages)s 页又窄又长"),
}


def describe_warnings(found: Sequence[str] | None) -> list[str]:
    """The sentences, one for each sort of oddity, about all its pages."""
    pages: dict[str, list[str]] = {}
    for one in found or ():
        sort, _, page = one.partition(":")
        pages.setdefault(sort, []).append(page)
    told = [gettext("文件里有隐藏的图层，别人打开时看不到")] if "hidden" in pages else []
    return told + [
        sentence % {"pages": join_words(pages[sort])} for sort, sentence in OF_PAGES.items() if sort in pages
    ]
