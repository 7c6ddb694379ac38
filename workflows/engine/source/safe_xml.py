"""XML from outside: no entities, no DTD, no network, and bounds on size and depth."""

from __future__ import annotations

import contextlib
import re
from io import BytesIO
from typing import Any

from lxml import etree

from translations import gettext, lazy_gettext
from workflows.engine.source.problems import LintProblem, LintRefused

Element = Any  # an lxml element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = frozenset(
    {"https://www.omg.org/spec/DMN/20191111/MODEL/", "http://www.omg.org/spec/DMN/20180521/MODEL/"}
)

LARGEST = 2 * 1024 * 1024  # bytes
DEEPEST = 100  # elements within elements
MOST_ATTRIBUTES = 60  # of one element
MOST_ELEMENTS = 40_000  # of one file
MOST_NAMESPACES = 500  # declarations in one file

_BPMN_ROOTS = frozenset({f"{{{BPMN}}}definitions"})
_DMN_ROOTS = frozenset(f"{{{namespace}}}definitions" for namespace in DMN)
_ROOTS = {
    "bpmn": (_BPMN_ROOTS, lazy_gettext("BPMN 2.0 流程图")),
    "dmn": (_DMN_ROOTS, lazy_gettext("DMN 1.2 或 1.3 决策表")),
}
_SHOWN = 60  # characters of an id or a name in a sentence
_TOO_DEEP = lazy_gettext("嵌套超过 %(deepest)s 层，请拆成几个流程，用调用活动连接。", deepest=DEEPEST)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CAUSES = {
    "ERR_DOCUMENT_EMPTY": lazy_gettext("没有内容"),
    "ERR_DOCUMENT_END": lazy_gettext("在结束标签之后还有内容"),
    "ERR_TAG_NOT_FINISHED": lazy_gettext("突然中断，文件可能没有传完"),
    "ERR_TAG_NAME_MISMATCH": lazy_gettext("开始标签与结束标签不一致"),
    "ERR_GT_REQUIRED": lazy_gettext("标签没有写完"),
    "ERR_UNDECLARED_ENTITY": lazy_gettext("使用了未定义的实体"),
    "ERR_ATTRIBUTE_REDEFINED": lazy_gettext("同一属性出现了两次"),
    "ERR_INVALID_CHAR": lazy_gettext("含有不允许的控制字符"),
    "NS_ERR_UNDEFINED_NAMESPACE": lazy_gettext("使用了未声明的命名空间前缀"),
}


def parse_xml(source: bytes, *, name: str) -> Element:
    """The root element of a BPMN or DMN file; raises LintRefused with a problem that names file and line."""
    _check_bytes(source, name)
    _check_prolog(source, name)
    root = _parse_tree(source, name)
    _check_shape(root, name)
    _check_root(root, name)
    return root


def _build_refusal(name: str, rule: str, sentence: str) -> LintRefused:
    """The refusal of a file as a whole."""
    return LintRefused(
        [
            LintProblem(
                file=name,
                element=None,
                rule=rule,
                message=sentence,
            )
        ]
    )


def _refuse_at(element: Element, name: str, rule: str, sentence: str) -> LintRefused:
    """The refusal of a file for one place, told with the nearest element that one can select."""
    place, near = gettext("第 %(line)s 行", line=element.sourceline), element
    while near is not None and not near.get("id"):
        near = near.getparent()
    if near is None:
        return _build_refusal(
            name,
            rule,
            gettext("文件 %(file)s %(place)s的%(sentence)s", file=name, place=place, sentence=sentence),
        )
    called, key = (near.get("name") or "")[:_SHOWN], near.get("id")
    named = {"file": name, "id": key[:_SHOWN], "place": place, "sentence": sentence}
    if called:
        message = gettext(
            "文件 %(file)s 中，“%(name)s”（%(id)s）处（%(place)s）的%(sentence)s", name=called, **named
        )
    else:
        message = gettext("文件 %(file)s 中，元素 %(id)s 处（%(place)s）的%(sentence)s", **named)
    return LintRefused([LintProblem(file=name, element=key, rule=rule, message=message)])


def _check_bytes(source: bytes, name: str) -> None:
    if len(source) > LARGEST:
        raise _build_refusal(
            name, "xml-too-large", gettext("文件 %(file)s 超过 2 MB，请拆分后再上传。", file=name)
        )
    if not source.strip():
        raise _build_refusal(name, "xml-malformed", gettext("文件 %(file)s 是空的，请重新导出。", file=name))
    if source.startswith(_OTHER_MARKS):
        raise _build_refusal(
            name,
            "xml-encoding",
            gettext("文件 %(file)s 不是 UTF-8 编码，请另存为 UTF-8 后再上传。", file=name),
        )
    if source.count(b"xmlns") > MOST_NAMESPACES:
        raise _build_refusal(
            name,
            "xml-namespaces",
            gettext(
                "文件 %(file)s 声明了超过 %(most)s 个命名空间，请重新导出。", file=name, most=MOST_NAMESPACES
            ),
        )
    if b"\0" in source:
        raise _build_refusal(
            name,
            "xml-malformed",
            gettext(
                "文件 %(file)s 第 %(line)s 行含有空字符，文件可能已损坏。",
                file=name,
                line=_count_lines(source, source.index(0)),
            ),
        )
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _count_lines(source, error.start)
        raise _build_refusal(
            name,
            "xml-encoding",
            gettext(
                "文件 %(file)s 第 %(line)s 行不是 UTF-8 编码，请另存为 UTF-8 后再上传。", file=name, line=line
            ),
        ) from None


def _check_prolog(source: bytes, name: str) -> None:
    declared = _ENCODING.match(source.removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        stated = declared[1].decode("ascii", "replace")
        raise _build_refusal(
            name,
            "xml-encoding",
            gettext(
                "文件 %(file)s 第 1 行声明的编码是 %(encoding)s，请另存为 UTF-8 后再上传。",
                file=name,
                encoding=stated,
            ),
        )
    place = _find_doctype(source)
    if place is not None:
        sentence = gettext(
            "文件 %(file)s 第 %(line)s 行有 DOCTYPE 声明。为了安全，请删去 DOCTYPE 和实体后再上传。",
            file=name,
            line=_count_lines(source, place),
        )
        raise _build_refusal(name, "xml-doctype", sentence)


def _find_doctype(source: bytes) -> int | None:
    """Where a DOCTYPE stands: only comments, instructions and white space may come before it."""
    place = source.find(b"<")
    while place >= 0:
        if source.startswith(b"<!--", place):
            end = source.find(b"-->", place + 4)
        elif source.startswith(b"<?", place):
            end = source.find(b"?>", place + 2)
        else:
            return place if source[place : place + 9].upper() == b"<!DOCTYPE" else None
        place = source.find(b"<", end) if end >= 0 else -1
    return None


def _parse_tree(source: bytes, name: str) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        _check_depth(source, name)  # the library itself gives up at 256
        raise _build_refusal(name, "xml-malformed", _describe_cause(error, source, name)) from None


def _check_depth(source: bytes, name: str) -> None:
    """Refuse a file that cannot be read when that is for its depth."""
    depth = 0
    with contextlib.suppress(etree.XMLSyntaxError):
        events = etree.iterparse(
            BytesIO(source), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
        )
        for event, element in events:
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise _refuse_depth(element, name)


def _describe_cause(error: Any, source: bytes, name: str) -> str:
    known = {getattr(etree.ErrorTypes, code, None): text for code, text in _CAUSES.items()}
    line = error.lineno or 1
    if not source.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return gettext(
            "文件 %(file)s 第 %(line)s 行不是 XML，请上传由流程设计器导出的文件。", file=name, line=line
        )
    return gettext(
        "文件 %(file)s 第 %(line)s 行%(cause)s，请检查后重新导出。",
        file=name,
        line=line,
        cause=known.get(error.code, gettext("不符合 XML 格式")),
    )


def _refuse_depth(element: Element, name: str) -> LintRefused:
    return _refuse_at(element.getparent(), name, "xml-too-deep", _TOO_DEEP)


def _check_shape(root: Element, name: str) -> None:
    """Depth, number of elements and of their attributes: what grows beyond these nobody has drawn."""
    depth = 0
    for count, (event, element) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise _refuse_depth(element, name)
        if len(element.attrib) > MOST_ATTRIBUTES:
            sentence = gettext(
                "元素有超过 %(most_attributes)s 个属性，请重新导出。", most_attributes=MOST_ATTRIBUTES
            )
            raise _refuse_at(element, name, "xml-too-many-attributes", sentence)
        if count > 2 * MOST_ELEMENTS:
            sentence = gettext(
                "元素已超出一个文件最多的 %(most_elements)s 个，请拆成几个文件。", most_elements=MOST_ELEMENTS
            )
            raise _refuse_at(element, name, "xml-too-many-elements", sentence)


def _check_root(root: Element, name: str) -> None:
    accepted, title = _ROOTS.get(
        name.rpartition(".")[2].lower(), (_BPMN_ROOTS | _DMN_ROOTS, gettext("BPMN 或 DMN 文件"))
    )
    if root.tag not in accepted:
        found = etree.QName(root).localname
        raise _build_refusal(
            name,
            "xml-root",
            gettext(
                "文件 %(file)s 第 %(line)s 行的根元素是 %(found)s，不是 %(wanted)s，请检查后上传。",
                file=name,
                line=root.sourceline,
                found=found,
                wanted=title,
            ),
        )


def _count_lines(source: bytes, place: int) -> int:
    return source.count(b"\n", 0, place) + 1
