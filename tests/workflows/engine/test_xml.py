"""Files from outside: read when they are plain, refused with file and line when they are not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem, LintRefused

BPMN = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
DMN = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10))

MALFORMED = {
    "empty": (b"", "xml-malformed", "是空的"),
    "only space": (b" \n\t ", "xml-malformed", "是空的"),
    "not xml": (b"PK\x03\x04 something", "xml-malformed", "不是 XML"),
    "plain text": ("你好".encode(), "xml-malformed", "不是 XML"),
    "truncated": (f"<definitions {BPMN}>\n<process id='p'>".encode(), "xml-malformed", "第 2 行"),
    "tag unfinished": (f"<definitions {BPMN}>\n<process id=".encode(), "xml-malformed", "第 2 行"),
    "crossed tags": (f"<definitions {BPMN}>\n<a></b></definitions>".encode(), "xml-malformed", "不一致"),
    "after the end": (f"<definitions {BPMN}/>\n<more/>".encode(), "xml-malformed", "第 2 行"),
    "attribute twice": (f"<definitions {BPMN} id='a' id='b'/>".encode(), "xml-malformed", "两次"),
    "unknown prefix": (f"<definitions {BPMN}><x:a/></definitions>".encode(), "xml-malformed", "命名空间"),
    "unknown entity": (f"<definitions {BPMN}>&x;</definitions>".encode(), "xml-malformed", "实体"),
    "control character": (f"<definitions {BPMN}>\x01</definitions>".encode(), "xml-malformed", "第 1 行"),
    "nul": (f"<definitions {BPMN}>\n\0</definitions>".encode(), "xml-malformed", "第 2 行含有空字符"),
    "doctype": (f"<!DOCTYPE x>\n<definitions {BPMN}/>".encode(), "xml-doctype", "第 1 行有 DOCTYPE"),
    "doctype after a comment": (
        b"<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE x [<!ENTITY a 'b'>]><definitions>&a;</definitions>",
        "xml-doctype",
        "第 3 行",
    ),
    "outside entity": (
        b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><definitions>&x;</definitions>",
        "xml-doctype",
        "DOCTYPE",
    ),
    "billion laughs": (
        f"<!DOCTYPE d [{LAUGHS}]><definitions {BPMN}>&l9;</definitions>".encode(),
        "xml-doctype",
        "DOCTYPE",
    ),
    "gbk bytes": (f"<definitions {BPMN} name='资格'/>".encode("gbk"), "xml-encoding", "第 1 行不是 UTF-8"),
    "gbk declared": (
        f"<?xml version='1.0' encoding='GBK'?><definitions {BPMN}/>".encode(),
        "xml-encoding",
        "声明的编码是 GBK",
    ),
    "utf-16": (f"<definitions {BPMN}/>".encode("utf-16"), "xml-encoding", "UTF-8"),
    "wrong root": (f"<process {BPMN}/>".encode(), "xml-root", "根元素是 process"),
    "no namespace": (b"<definitions/>", "xml-root", "definitions"),
    "a table as a diagram": (f"<definitions {DMN}/>".encode(), "xml-root", "不是 BPMN"),
    "html": (b"<html><body/></html>", "xml-root", "根元素是 html"),
    "too large": (b"<a>" + b" " * safe_xml.LARGEST + b"</a>", "xml-too-large", "2 MB"),
    "too deep": (
        f"<definitions {BPMN}>{'<a>' * 150}{'</a>' * 150}</definitions>".encode(),
        "xml-too-deep",
        "嵌套超过",
    ),
    "deeper than the library goes": (
        f"<definitions {BPMN}>{'<a>' * 5000}{'</a>' * 5000}</definitions>".encode(),
        "xml-too-deep",
        "第 1 行的嵌套超过",
    ),
}


def refusal(source: bytes, name: str = "case.bpmn") -> LintProblem:
    with pytest.raises(LintRefused) as caught:
        safe_xml.parse_xml(source, name=name)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


@pytest.mark.parametrize("case", MALFORMED)
def test_refuses_with_file_and_reason(case: str) -> None:
    source, rule, words = MALFORMED[case]
    problem = refusal(source)
    assert problem.rule == rule
    assert problem.file == "case.bpmn"
    assert problem.message.startswith("文件 case.bpmn")
    assert words in problem.message


@pytest.mark.parametrize(
    "source",
    [
        f"<definitions {BPMN}/>",
        f"\ufeff<definitions {BPMN}/>",
        f"<?xml version='1.0' encoding='UTF-8'?>\n<!-- DOCTYPE --><definitions {BPMN}/>",
        f"<definitions {BPMN}><!-- <!DOCTYPE x> --><a><![CDATA[<!DOCTYPE html>]]></a></definitions>",
        f"<?xml-stylesheet href='http://example.org/a.xsl'?><definitions {BPMN}/>",
    ],
)
def test_reads_a_plain_diagram(source: str) -> None:
    assert safe_xml.parse_xml(source.encode(), name="case.bpmn").tag == f"{{{safe_xml.BPMN}}}definitions"


@pytest.mark.parametrize("namespace", sorted(safe_xml.DMN))
def test_reads_tables_of_both_versions(namespace: str) -> None:
    source = f'<definitions xmlns="{namespace}"/>'.encode()
    assert safe_xml.parse_xml(source, name="rules.dmn").tag == f"{{{namespace}}}definitions"


def test_refuses_a_diagram_under_the_name_of_a_table() -> None:
    assert refusal(f"<definitions {BPMN}/>".encode(), "rules.dmn").rule == "xml-root"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="<>&;!-[]?/ ax='\"\n\0", max_size=80).map(str.encode))
def test_any_bytes_give_a_root_or_a_problem(source: bytes) -> None:
    with contextlib.suppress(LintRefused):
        assert safe_xml.parse_xml(source, name="case.bpmn").tag == f"{{{safe_xml.BPMN}}}definitions"
