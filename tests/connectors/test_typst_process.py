"""Typst in its child: whatever a template does, it ends with a sentence, and the next document is made."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from connectors.documents import UnfitTemplate
from connectors.documents.typst_child import USUAL
from connectors.documents.typst_process import LONGEST, TypstProcess, find_process

PROJECT = Path(__file__).resolve().parents[2]
FONTS = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FOLDERS = (str(FONTS / "400Regular"),)
GOOD = '#set text(font: "Noto Sans SC")\n证书 #sys.inputs.facts'
ENDLESS = "#let x = 0\n#for i in range(100000) { for j in range(10000) { x += 1 } }"
# What a designer's sheet might do, by mistake or not → where and of what is told.
UNFIT = {
    "syntax": ("证书\n\n#nothing", 3, "unknown variable: nothing"),
    "foreign_file": ('#read("/etc/passwd")', 1, "file not found"),
    "file_above": ('#read("../../../etc/passwd")', 1, "escape the project root"),
    "package": ('\n#import "@preview/cetz:0.3.0": *', 2, "不能使用程序包"),
    "recursion": ("#let f(n) = f(n + 1)\n#f(0)", 1, "maximum function call depth"),
    "nesting": ("#let x = [a]\n#for i in range(30000) { x = block(x) }\n#x", 2, "maximum layout depth"),
    "parentheses": ("#" + "(" * 30000 + ")" * 30000, 1, "maximum parsing depth"),
    "panic": ('#panic("很糟")', 1, "很糟"),
}
EXHAUSTING = {
    "doubling": '#let x = "ab"\n#for i in range(40) { x = x + x }\n#x.len()',
    "range": "#for i in range(100000000) {}",
    "pages": "#for i in range(1000000) [x#pagebreak()]",
}


@pytest.fixture
def process() -> Iterator[TypstProcess]:
    found = TypstProcess(FOLDERS)
    yield found
    found.end()


def _write(folder: Path, text: str) -> Path:
    file = folder / "sheet.typ"
    file.write_text(text, encoding="utf-8")
    return file


def _make(process: TypstProcess, folder: Path) -> bytes:
    return process.compile_document(_write(folder, GOOD), {"facts": "甲"})


def _child(process: TypstProcess) -> psutil.Process:
    """The child of these tests; those of whoever prints with other fonts are others."""
    assert process.child_id is not None
    return psutil.Process(process.child_id)


@pytest.mark.found("D4")
@pytest.mark.parametrize("name", UNFIT)
def test_a_wrong_template_is_told_with_its_file_and_line(
    process: TypstProcess, tmp_path: Path, name: str
) -> None:
    text, line, reason = UNFIT[name]
    with pytest.raises(UnfitTemplate) as refused:
        process.compile_document(_write(tmp_path, text), {"facts": "{}"})
    assert refused.value.line == line
    assert refused.value.sentence.startswith(f"文件 sheet.typ 第 {line} 行不能排版：")
    assert reason in refused.value.sentence
    assert str(tmp_path) not in refused.value.sentence
    assert "Connection refused" not in refused.value.sentence
    assert len(refused.value.sentence) < 500
    assert _make(process, tmp_path).startswith(b"%PDF")


@pytest.mark.found("D4")
@pytest.mark.parametrize("name", EXHAUSTING)
def test_a_template_that_takes_all_memory_is_ended(process: TypstProcess, tmp_path: Path, name: str) -> None:
    with pytest.raises(UnfitTemplate, match=r"文件 sheet\.typ 不能排版：占用的内存过多"):
        process.compile_document(_write(tmp_path, EXHAUSTING[name]), {"facts": "{}"}, seconds=60)
    assert _make(process, tmp_path).startswith(b"%PDF")


@pytest.mark.found("D4")
@pytest.mark.parametrize("text", [ENDLESS, '#("a" * 100000000)'])
def test_a_template_without_end_is_ended(process: TypstProcess, tmp_path: Path, text: str) -> None:
    with pytest.raises(UnfitTemplate, match=r"文件 sheet\.typ 不能排版：1 秒没有完成"):
        process.compile_document(_write(tmp_path, text), {"facts": "{}"}, seconds=1)
    assert LONGEST < 5
    assert _make(process, tmp_path).startswith(b"%PDF")


def test_a_child_that_used_much_is_not_kept(process: TypstProcess, tmp_path: Path) -> None:
    _make(process, tmp_path)
    first = _child(process)
    process.compile_document(
        _write(tmp_path, '#let x = "a" * 500000000\n#x.len()'), {"facts": "{}"}, seconds=60
    )
    assert process.child_id is None
    assert not first.is_running()


def test_a_child_of_a_large_process_is_kept(process: TypstProcess, tmp_path: Path) -> None:
    ours = bytearray(b"a") * (USUAL * 1024)  # what we have in use is not the child's
    _make(process, tmp_path)
    assert len(ours) == USUAL * 1024
    assert process.child_id is not None


def test_one_child_makes_all_documents(process: TypstProcess, tmp_path: Path) -> None:
    made = {(_make(process, tmp_path), process.child_id) for _ in range(3)}
    assert len(made) == 1


def test_a_child_that_was_ended_from_outside_is_followed_by_another(
    process: TypstProcess, tmp_path: Path
) -> None:
    _make(process, tmp_path)
    child = _child(process)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert _make(process, tmp_path).startswith(b"%PDF")


def test_the_child_knows_no_secret_of_ours(
    process: TypstProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIGE_SECRET_KEY", "secret")
    _make(process, tmp_path)
    child = _child(process)
    assert "secret" not in child.environ().values()
    assert child.environ()["https_proxy"] == "http://127.0.0.1:9"


def test_a_forked_process_has_a_child_of_its_own() -> None:
    before = find_process(FOLDERS)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, b"other" if find_process(FOLDERS) is not before else b"same")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 10) == b"other"
    os.close(reader)
    os.close(writer)
    assert find_process(FOLDERS) is before
