"""What is kept of a PDF opens in every reader, with all of its pages, and they can be seen."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf
import pypdf
import pypdfium2
import pytest
from pikepdf import Array, Name, ObjectStreamMode, Pdf, Stream

from connectors.documents import UnfitUpload, check_pdf

PACKED, PLAIN = ObjectStreamMode.generate, ObjectStreamMode.disable


def _written(mode: ObjectStreamMode = PLAIN, **entries: object) -> bytes:
    """Three pages with something on each; the second has entries of its own."""
    with Pdf.new() as document:
        for _ in range(3):
            page = document.add_blank_page(page_size=(595, 842))
            page.Contents = Stream(document, b"50 50 90 2 re f\n" * 20)
        for key, value in entries.items():
            document.pages[1].obj[f"/{key}"] = Array(value) if isinstance(value, list) else value
        target = BytesIO()
        document.save(target, object_stream_mode=mode)
        return target.getvalue()


def _count_pages(content: bytes) -> set[int]:
    """How many pages each of three readers finds; one that does not open the file fails here."""
    with pikepdf.open(BytesIO(content)) as document, pypdfium2.PdfDocument(content) as shown:
        assert document.check_pdf_syntax() == []
        read = pypdf.PdfReader(BytesIO(content), strict=True)
        return {len(document.pages), len(shown), len([page.extract_text() for page in read.pages])}


@pytest.mark.found("A11")
@pytest.mark.parametrize("mode", [PACKED, PLAIN])
@pytest.mark.parametrize("lost", range(2, 8))
def test_a_pdf_without_the_mark_of_its_end_is_kept_with_it(mode: ObjectStreamMode, lost: int) -> None:
    content = _written(mode)
    fit = check_pdf(content[:-lost])
    assert fit.content.endswith(b"%%EOF\n")
    assert (fit.pages, _count_pages(fit.content)) == (3, {3})
    assert check_pdf(fit.content).content == fit.content


@pytest.mark.found("A11")
@pytest.mark.parametrize("mode", [PACKED, PLAIN])
@pytest.mark.parametrize("lost", [8, 9, 12, 18, 60])
def test_a_pdf_that_is_cut_in_the_place_of_its_table_is_refused(mode: ObjectStreamMode, lost: int) -> None:
    with pytest.raises(UnfitUpload, match=r"不完整|损坏"):
        check_pdf(_written(mode)[:-lost])


@pytest.mark.found("A11")
@pytest.mark.parametrize("length", [1, 3000])
def test_a_pdf_whose_last_change_is_cut_is_refused(length: int) -> None:
    # Readers open what was there before the change: another text than the one its owner sees.
    change = b"\n9 0 obj\n<< /A (" + b"x" * length + b") >>\nendobj\nxref\n0 1\n0000"
    with pytest.raises(UnfitUpload, match="后面的内容缺失"):
        check_pdf(_written() + change)


@pytest.mark.parametrize("behind", [b"\r\n", b"<p>1 object</p>" * 3, b"\0" * 3000])
def test_what_stands_behind_the_end_of_a_pdf_does_no_harm(behind: bytes) -> None:
    fit = check_pdf(_written() + behind)
    assert (fit.pages, _count_pages(fit.content)) == (3, {3})


@pytest.mark.found("A11")
@pytest.mark.parametrize("count", [b"1", b"2", b"-1", b"/X"])
def test_a_pdf_that_tells_of_too_few_pages_is_kept_with_their_number(count: bytes) -> None:
    fit = check_pdf(_written().replace(b"/Count 3", b"/Count " + count))
    assert b"/Count 3" in fit.content
    assert _count_pages(fit.content) == {3}


@pytest.mark.found("A11")
@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (rb"/Count 3", b"/Count 5"),
        (rb"(?<=/Kids \[ 3 0 R )4 0 R", b"(a)  "),
        (rb"(?<=/Kids \[ 3 0 R )4 0 R", b"9 0 R"),
        (rb"(?<=/Kids \[ 3 0 R )4 0 R", b"6 0 R"),
        (rb"(?<=/Kids \[ 3 0 R )4 0 R", b"44 0 R"),
    ],
)
def test_a_pdf_that_lacks_a_page_is_refused(entry: bytes, wrong: bytes) -> None:
    content, changed = re.subn(entry, wrong, _written())
    assert changed == 1
    with pytest.raises(UnfitUpload, match="有的页面读不出来"):
        check_pdf(content)


@pytest.mark.found("A11")
@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"MediaBox": [0, 0, 10**9, 10**9]}, "太大"),
        ({"MediaBox": [0, 0, 14_401, 800]}, "太大"),
        ({"MediaBox": [10**9, 10**9, 10**9 + 595, 10**9 + 842]}, "太大"),
        ({"UserUnit": 10**9}, "太大"),
        ({"UserUnit": 75_000}, "太大"),
        ({"MediaBox": [0, 0, 0, 0]}, "太小"),
        ({"MediaBox": [0, 0, 595, 1]}, "太小"),
        ({"UserUnit": 0}, "太小"),
        ({"UserUnit": -1}, "太小"),
        ({"CropBox": [0, 0, 1, 1]}, "太小"),
        ({"CropBox": [1000, 1000, 2000, 2000]}, "太小"),
        ({"UserUnit": Name.Two}, "单位"),
        ({"Rotate": 45}, "旋转"),
        ({"Rotate": 90 * 10**6}, "旋转"),
        ({"Rotate": Name.Left}, "旋转"),
    ],
)
def test_a_page_that_nobody_can_see_is_refused_by_its_number(entries: dict[str, object], told: str) -> None:
    with pytest.raises(UnfitUpload, match=f"第 2 页.*{told}.*打印成新的 PDF"):
        check_pdf(_written(**entries))


@pytest.mark.found("A11")
@pytest.mark.parametrize(("turn", "taken"), [(90, True), (45, False)])
def test_what_the_parent_of_pages_says_counts_for_each(turn: int, taken: bool) -> None:
    content = _written(PLAIN).replace(b"/Count 3 ", b"/Count 3 /Rotate %d " % turn)
    if taken:
        assert _count_pages(check_pdf(content).content) == {3}
    else:
        with pytest.raises(UnfitUpload, match="第 1 页的旋转角度"):
            check_pdf(content)


@pytest.mark.parametrize(
    "entries",
    [
        {"MediaBox": [0, 0, 14_400, 14_400]},
        {"MediaBox": [595, 842, 0, 0]},
        {"MediaBox": [-300, -400, 295, 442]},
        {"MediaBox": [0, 0, 2000, 3000], "UserUnit": 2},
        {"CropBox": [50, 50, 500, 700]},
        {"CropBox": [-100, -100, 5000, 5000]},
        {"CropBox": [0, 0, 0, 0]},  # some scanners write it, and all readers show the whole sheet
        {"CropBox": Name.None_},
        *[{"Rotate": turn} for turn in (0, 90, 180, 270, 360, -90, 450)],
    ],
)
def test_pages_of_any_shape_that_can_be_seen_are_taken_as_they_are(entries: dict[str, object]) -> None:
    content = _written(**entries)
    assert check_pdf(content).content == content


@pytest.mark.found("A11")
@pytest.mark.parametrize("box", [b"[ 0 0 595 ]    ", b"[ 0 0 1E9 842 ]", b"/Unknown       "])
def test_a_page_without_a_size_is_kept_with_one(box: bytes) -> None:
    content = _written().replace(b"[ 0 0 595 842 ]", box, 1)
    fit = check_pdf(content)
    assert fit.content != content
    assert _count_pages(fit.content) == {3}
    first = pypdf.PdfReader(BytesIO(fit.content)).pages[0].mediabox
    assert (first.width, first.height) == (612, 792)
