"""Uploaded PDF files: read and judged, never trusted; nothing active gets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import settings

from connectors.documents import odd_looks, page_sizes, rendering, whole_pdfs
from connectors.documents.errors import UnfitUpload
from translations import gettext, gettext_plural, lazy_gettext

LIMIT = 1024 * 1024
MARK = b"%PDF-"
AROUND = 1024  # bytes at either end in which readers look for these (ISO 32000-1, annex H)
PAGES = 20
OBJECTS = 20_000  # a page of print needs dozens; this many only tire the reader
UNPACKED = 32 * 1024 * 1024  # of one stream: a megabyte of zeros in a file can stand for a gigabyte of memory

# For the whole process and once, as qpdf wants it; nothing else here reads PDF.
settings.set_qpdf_limits(
    flate_max_memory=UNPACKED,
    png_max_memory=UNPACKED,
    tiff_max_memory=UNPACKED,
    run_length_max_memory=UNPACKED,
    max_stream_filters=3,
    parser_max_container_size=100_000,
)
_UNREAD = ("error decoding stream", "unfilterable stream", "limit exceeded")

_ACTIONS = {
    "/JavaScript": lazy_gettext("脚本"),
    "/Launch": lazy_gettext("启动程序的动作"),
    "/ImportData": lazy_gettext("导入数据的动作"),
    "/SubmitForm": lazy_gettext("提交表单的动作"),
    "/GoToE": lazy_gettext("指向附件的动作"),
    "/GoToR": lazy_gettext("指向其他文件的动作"),
    "/Rendition": lazy_gettext("多媒体"),
    "/Movie": lazy_gettext("多媒体"),
    "/Sound": lazy_gettext("多媒体"),
    "/RichMediaExecute": lazy_gettext("多媒体"),
}
# What an action needs to do anything; no part of a tagged text has these.
_ACTING = (
    "/F",
    "/Win",
    "/JS",
    "/D",
    "/AN",
    "/OP",
    "/Operation",
    "/Annotation",
    "/Sound",
    "/TA",
    "/CMD",
    "/Fields",
)
_ANNOTATIONS = {
    "/FileAttachment": lazy_gettext("附件"),
    "/RichMedia": lazy_gettext("多媒体"),
    "/Screen": lazy_gettext("多媒体"),
    "/Movie": lazy_gettext("多媒体"),
    "/Sound": lazy_gettext("多媒体"),
    "/3D": lazy_gettext("多媒体"),
}
# Actions that are fine where somebody presses, and not where a page only has to be opened.
_OPENING = ("/URI", "/Named")
# What a key holds where it does something. Roles, classes, resources and destinations are named freely, so
# that any of these words may also be the name of a typeface or of a kind of paragraph.
_KEYS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "/JS": (lazy_gettext("脚本"), lambda holder, _: "/S" in holder),
    "/JavaScript": (lazy_gettext("脚本"), lambda _, value: _is_name_tree(value)),
    "/EmbeddedFiles": (lazy_gettext("附件"), lambda _, value: _is_name_tree(value)),
    "/EF": (lazy_gettext("附件"), lambda _, value: _has_any(value, "/F", "/UF", "/DOS", "/Mac", "/Unix")),
    "/XFA": (lazy_gettext("动态表单"), lambda holder, value: "/Fields" in holder or _is_xml_form(value)),
}


@dataclass(frozen=True, kw_only=True)
class Pdf:
    """A fit PDF."""

    content: bytes
    pages: int
    warnings: tuple[str, ...] = ()  # what looks odd, with the page: blank:2, large:1, thin:3, hidden:0


def check_pdf(content: bytes, most: int = LIMIT) -> Pdf:
    """The PDF as it can be kept; raises `Unfit` with what to do about it.

    What opens without complaint is kept as it came. What had to be mended to be read (bytes before its head,
    a wrong table or count, no mark at its end, restrictions without a password) is kept mended, so that
    every reader sees the same. `most` is the limit in bytes of a file that will be made smaller.
    """
    if not content:
        raise UnfitUpload(gettext("没有收到文件，请选择 PDF 文件"))
    if MARK not in content[:AROUND]:
        raise UnfitUpload(gettext("只能上传 PDF 文件，请把图片或文档另存为 PDF 后再上传"))
    if len(content) >= most:
        # A file of little more than 1 MB is not told that it is "1.0 MB".
        raise UnfitUpload(
            gettext(
                "PDF 须小于 %(megabytes)s MB（%(most)s KB），这份是 %(kilobytes)s KB，请压缩后再上传",
                megabytes=most // LIMIT,
                most=most // 1024,
                kilobytes=f"{len(content) // 1024:,}",
            )
        )
    kept = _check_or_repair(content, most)
    blank = [f"blank:{number}" for number in rendering.prove_renderable(kept.content)]
    return replace(kept, warnings=(*kept.warnings, *blank))


def _check_or_repair(content: bytes, most: int) -> Pdf:
    try:
        with whole_pdfs.open_as_it_is(content) as document:
            count = whole_pdfs.told_pages(document)
            pages = _check_document(document)
            complaints = [str(one) for one in (*document.get_warnings(), *document.check_pdf_syntax())]
            if any(word in complaint for complaint in complaints for word in _UNREAD):
                # What could not be unpacked here, another reader may still unpack and obey.
                raise UnfitUpload(gettext("PDF 有损坏或过大的内容，请打印成新的 PDF 后再上传"))
            whole_pdfs.refuse_incomplete(content, document, count, complaints)
            odd = complaints or count != pages or document.is_encrypted or not _has_both_marks(content)
            kept = _repair_document(document, most) if odd else content
            return Pdf(content=kept, pages=pages, warnings=odd_looks.find_odd_looks(document))
    except pikepdf.PasswordError:
        raise UnfitUpload(gettext("PDF 设有打开密码，请去掉密码后再上传")) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError) as broken:
        if isinstance(broken, UnfitUpload):
            raise
        raise UnfitUpload(gettext("PDF 已损坏，无法打开，请重新导出后再上传")) from broken


def _has_both_marks(content: bytes) -> bool:
    return content.startswith(MARK) and whole_pdfs.END in content[-AROUND:]


def _repair_document(document: pikepdf.Pdf, most: int) -> bytes:
    target = BytesIO()
    document.save(target, encryption=False, deterministic_id=True)
    content = target.getvalue()
    if len(content) >= most:
        raise UnfitUpload(
            gettext(
                "PDF 有损坏之处，修复后超过 %(megabytes)s MB，请重新导出后再上传", megabytes=most // LIMIT
            )
        )
    with pikepdf.open(BytesIO(content), suppress_warnings=True) as again:
        if len(again.pages) != len(document.pages) or again.check_pdf_syntax():
            raise UnfitUpload(gettext("PDF 已损坏，无法修复，请重新导出后再上传"))
    return content


def _check_document(document: pikepdf.Pdf) -> int:
    pages = len(document.pages)
    if not pages:
        raise UnfitUpload(gettext("PDF 没有页面，请重新导出后再上传"))
    if pages > PAGES:
        raise UnfitUpload(
            gettext_plural(
                "PDF 不超过 %(most)s 页，这份有 %(num)s 页，请只保留需要的页", most=PAGES, num=pages
            )
        )
    if len(document.objects) > OBJECTS:
        raise UnfitUpload(gettext("PDF 内容过于复杂，请打印成新的 PDF 后再上传"))
    page_sizes.refuse_odd_pages(document)
    for active in _find_active_content(document):
        raise UnfitUpload(gettext("PDF 含有%(active)s，请打印成新的 PDF 后再上传", active=active))
    return pages


def _find_active_content(document: pikepdf.Pdf) -> Iterator[str]:
    # Not only what the catalogue reaches: another reader may reach what ours does not.
    # A reader takes the form of the catalogue, whatever its stream says of itself.
    if _has_any(document.Root.get("/AcroForm"), "/XFA"):
        yield _KEYS["/XFA"][0]
    for indirect in document.objects:
        for dictionary in _walk_dictionaries(indirect):
            yield from _list_forbidden(dictionary)


def _walk_dictionaries(value: Any) -> Iterator[Any]:
    """A value and all that is written inside it; what it refers to is met as an object of its own."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (pikepdf.Dictionary, pikepdf.Stream)):
            yield current
            waiting += [child for child in dict(current.items()).values() if _is_inline(child)]
        elif isinstance(current, pikepdf.Array):
            waiting += [child for child in current if _is_inline(child)]


def _is_inline(child: Any) -> bool:
    return isinstance(child, pikepdf.Object) and not child.is_indirect


def _list_forbidden(dictionary: Any) -> Iterator[str]:
    for key, (word, acts) in _KEYS.items():
        if key in dictionary and acts(dictionary, dictionary[key]):
            yield word
    if isinstance(dictionary, pikepdf.Stream) and "/F" in dictionary:
        yield gettext(
            "放在其他文件中的内容"
        )  # a name of a computer there is asked for as soon as the page is shown
    for action in _opening_actions(dictionary):
        if str(action.get("/S", "")) in _OPENING:
            yield gettext("打开时自动执行的动作")
    if (name := str(dictionary.get("/Subtype", ""))) in _ANNOTATIONS:
        yield _ANNOTATIONS[name]
    if (name := str(dictionary.get("/S", ""))) in _ACTIONS and not _is_structure_element(dictionary):
        yield _ACTIONS[name]


def _is_name_tree(value: Any) -> bool:
    """Whether this is a tree of names (ISO 32000-2, 7.9.6)."""
    return _has_any(value, "/Names", "/Kids", "/Limits")


def _is_xml_form(value: Any) -> bool:
    """Whether this is an XML form: a stream that is no picture, or a list that begins with a part's name."""
    if isinstance(value, pikepdf.Stream):
        return str(value.get("/Subtype", "")) not in {"/Image", "/Form"}
    return isinstance(value, pikepdf.Array) and len(value) > 0 and isinstance(value[0], pikepdf.String)


def _has_any(value: Any, *keys: str) -> bool:
    return isinstance(value, pikepdf.Dictionary) and any(key in value for key in keys)


def _opening_actions(dictionary: Any) -> Iterator[Any]:
    """The actions that begin when a document or a page of it is opened, without anybody's pressing."""
    triggers = dictionary.get("/AA")
    found = [dictionary.get("/OpenAction")]
    if isinstance(triggers, pikepdf.Dictionary):
        found += [action for _, action in triggers.items()]
    yield from (action for action in found if isinstance(action, pikepdf.Dictionary))


def _is_structure_element(dictionary: Any) -> bool:
    """Whether this is a part of a tagged text, whose role may have any name, and no action as well."""
    named = str(dictionary.get("/Type", "")) == "/StructElem"
    placed = "/Type" not in dictionary and "/P" in dictionary and ("/K" in dictionary or "/Pg" in dictionary)
    return (named or placed) and not any(key in dictionary for key in _ACTING)
