"""An uploaded PDF is real, small, open and does nothing by itself."""

from __future__ import annotations

import random
import secrets
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from connectors.documents import UnfitUpload, check_pdf


def _made(
    change: Callable[[Pdf], object] = lambda document: None, *, pages: int = 1, **options: object
) -> bytes:
    with Pdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        change(document)
        target = BytesIO()
        document.save(target, **options)  # type: ignore[arg-type]
        return target.getvalue()


@pytest.mark.parametrize("pages", [1, 20])
def test_a_fit_pdf_is_taken_as_it_is(pages):
    content = _made(pages=pages)
    fit = check_pdf(content)
    assert (fit.content, fit.pages) == (content, pages)


def test_packed_objects_are_read_too():
    assert check_pdf(_made(object_stream_mode=pikepdf.ObjectStreamMode.generate)).pages == 1


def test_too_many_pages_are_refused():
    with pytest.raises(UnfitUpload, match="20 页"):
        check_pdf(_made(pages=21))


def test_no_pages_are_refused():
    with pytest.raises(UnfitUpload):
        check_pdf(_made(pages=0))


@pytest.mark.manual("Q6")
def test_a_heavy_pdf_is_refused():
    padding = secrets.token_bytes(1024 * 1024)
    with pytest.raises(UnfitUpload, match="1 MB"):
        check_pdf(_made(lambda document: document.Root.__setitem__("/Padding", Stream(document, padding))))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0 jpeg",
        b"\xff\xd8" + b" " * 1024 * 1024,
        b"PK\x03\x04 docx",
        b"<html>",
        b" " * 1024 + b"%PDF-1.7",
        b"\x89PNG",
        b"MZ",
    ],
)
def test_another_format_is_refused(content):
    with pytest.raises(UnfitUpload, match="只能上传 PDF"):
        check_pdf(content)


def test_nothing_is_refused():
    with pytest.raises(UnfitUpload, match="没有收到"):
        check_pdf(b"")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 5000, _made()[:60]])
def test_a_broken_pdf_is_refused(content):
    with pytest.raises(UnfitUpload):
        check_pdf(content)


def test_a_locked_pdf_is_refused():
    content = _made(encryption=pikepdf.Encryption(owner="owner", user="secret"))
    with pytest.raises(UnfitUpload, match="去掉密码"):
        check_pdf(content)


def _written(document: Pdf) -> None:
    """Something to see on each page, after the page tree, as most programs write it."""
    for number, page in enumerate(document.pages, start=1):
        lines = b"".join(b"%d %d 90 2 re f\n" % (50, 20 * line) for line in range(1, 30 + number))
        page.Contents = Stream(document, lines)


def _whole(**options: object) -> bytes:
    return _made(_written, pages=3, compress_streams=False, **options)


@pytest.mark.found("A11")
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("linearize", [False, True])
def test_a_pdf_that_was_cut_is_refused(share, linearize):
    content = _whole(linearize=linearize)
    with pytest.raises(UnfitUpload, match=r"不完整|损坏"):
        check_pdf(content[: int(len(content) * share)])


@pytest.mark.found("A11")
def test_a_pdf_with_a_page_that_is_gone_is_refused():
    content = _whole()
    gone = content.replace(b" 0 obj\n<< /Length", b" 0 obx\n<< /Length", 1).replace(
        b"startxref\n", b"startxref\n1"
    )
    assert gone != content
    with pytest.raises(UnfitUpload, match="有的页面读不出来"):
        check_pdf(gone)


@pytest.mark.found("A11")
def test_a_pdf_with_a_wrong_table_is_kept_mended():
    content = _whole()
    moved = content.replace(b"startxref\n", b"startxref\n1")
    fit = check_pdf(moved)
    assert (fit.pages, fit.content == moved) == (3, False)
    with Pdf.open(BytesIO(fit.content)) as again:
        assert again.check_pdf_syntax() == []
        assert b"50 20 90 2 re f" in again.pages[0].Contents.read_bytes()
    assert check_pdf(fit.content).content == fit.content


@pytest.mark.found("A11")
def test_a_page_that_cannot_be_unpacked_is_refused():
    content = _made(_written, pages=2)
    place = content.index(b"stream\n", content.index(b"/FlateDecode")) + 12
    with pytest.raises(UnfitUpload):
        check_pdf(content[:place] + b"\xff" * 8 + content[place + 8 :])


@pytest.mark.found("A12")
@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\0" * 900])
def test_what_stands_before_the_head_of_a_pdf_is_cut_off(before):
    fit = check_pdf(before + _whole())
    assert fit.content.startswith(b"%PDF-")
    assert fit.pages == 3
    assert check_pdf(fit.content).content == fit.content


@pytest.mark.found("A12")
@pytest.mark.parametrize("strength", [3, 4, 6])
def test_restrictions_without_a_password_are_taken_off(strength):
    secured = pikepdf.Encryption(
        owner="owner", user="", R=strength, aes=strength >= 4, metadata=strength >= 4
    )
    fit = check_pdf(_whole(encryption=secured))
    with Pdf.open(BytesIO(fit.content)) as again:
        assert (again.is_encrypted, len(again.pages)) == (False, 3)
        assert b"re f" in again.pages[2].Contents.read_bytes()


def _structured(document: Pdf, **part: object) -> None:
    element = Dictionary({f"/{key}": value for key, value in part.items()})
    document.Root["/StructTreeRoot"] = Dictionary(
        {"/Type": Name.StructTreeRoot, "/K": document.make_indirect(element)}
    )


@pytest.mark.found("A12")
@pytest.mark.parametrize("role", ["Movie", "Sound", "Launch", "Rendition"])
def test_the_parts_of_a_tagged_text_may_have_any_role(role):
    assert check_pdf(_made(lambda one: _structured(one, Type=Name.StructElem, S=Name(f"/{role}")))).pages == 1
    untyped = _made(lambda one: _structured(one, P=Dictionary(), K=1, S=Name(f"/{role}")))
    assert check_pdf(untyped).pages == 1


@pytest.mark.found("A12")
@pytest.mark.parametrize(
    "part",
    [
        {"Type": Name.StructElem, "S": Name.Launch, "F": String("/bin/sh")},
        {"P": Dictionary(), "K": 1, "S": Name.Launch, "Win": Dictionary({"/F": String("cmd.exe")})},
        {"Type": Name.StructElem, "S": Name.Rendition, "OP": 0},
        {"Type": Name.Action, "P": Dictionary(), "K": 1, "S": Name.Movie},
    ],
)
def test_an_action_is_none_the_less_refused_for_calling_itself_a_part(part):
    with pytest.raises(UnfitUpload, match="PDF 含有"):
        check_pdf(_made(lambda one: _structured(one, **part)))


SCRIPT = Dictionary({"/S": Name.JavaScript, "/JS": String("app.alert(1)")})


def _action(kind: str, **more: object) -> Dictionary:
    return Dictionary({"/S": Name(f"/{kind}")} | {f"/{key}": value for key, value in more.items()})


def _link(kind: str, **more: object) -> Dictionary:
    return Dictionary({"/Subtype": Name.Link, "/A": _action(kind, **more)})


def _annotated(document: Pdf, annotation: Dictionary) -> None:
    annotation["/Rect"] = Array([0, 0, 10, 10])
    document.pages[0]["/Annots"] = Array([document.make_indirect(annotation)])


def _attach(document: Pdf) -> None:
    document.attachments["tool.exe"] = b"MZ"


def _named_script(document: Pdf) -> None:
    names = Array([String("run"), SCRIPT])
    document.Root["/Names"] = Dictionary({"/JavaScript": Dictionary({"/Names": names})})


ACTIVE = {
    "script at opening": lambda d: d.Root.__setitem__("/OpenAction", SCRIPT),
    "script behind a reference": lambda d: d.Root.__setitem__(
        "/OpenAction", d.make_indirect(_action("JavaScript", JS=d.make_stream(b"app.alert(1)")))
    ),
    "script by name": _named_script,
    "script of a page": lambda d: d.pages[0].__setitem__("/AA", Dictionary({"/O": SCRIPT})),
    "script after an action": lambda d: d.Root.__setitem__(
        "/OpenAction", Dictionary({"/S": Name.GoTo, "/Next": Array([SCRIPT])})
    ),
    "script that nothing names": lambda d: d.Root.__setitem__(
        "/Odd", d.make_indirect(Array([Array([SCRIPT])]))
    ),
    "launch": lambda d: _annotated(
        d, Dictionary({"/Subtype": Name.Link, "/A": _action("Launch", F=String("cmd.exe"))})
    ),
    "submit": lambda d: _annotated(d, _link("SubmitForm")),
    "another file": lambda d: _annotated(d, _link("GoToR", F=String("//elsewhere/share/a.pdf"))),
    "page elsewhere": lambda d: d.Root.__setitem__("/OpenAction", _action("URI", URI=String("https://x"))),
    "print at once": lambda d: d.pages[0].__setitem__(
        "/AA", Dictionary({"/O": _action("Named", N=Name.Print)})
    ),
    "stream elsewhere": lambda d: d.Root.__setitem__(
        "/Odd", d.make_indirect(Stream(d, b"", F=String("//elsewhere/share/a")))
    ),
    "attachment": _attach,
    "attachment note": lambda d: _annotated(d, Dictionary({"/Subtype": Name.FileAttachment})),
    "film": lambda d: _annotated(d, Dictionary({"/Subtype": Name.RichMedia})),
    "dynamic form": lambda d: d.Root.__setitem__(
        "/AcroForm", Dictionary({"/Fields": Array(), "/XFA": d.make_stream(b"<xdp/>")})
    ),
}


@pytest.mark.parametrize("case", ACTIVE)
@pytest.mark.parametrize("packed", ["plain", "packed"])
def test_active_content_is_refused(case, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed == "packed" else pikepdf.ObjectStreamMode.disable
    with pytest.raises(UnfitUpload, match="含有"):
        check_pdf(_made(ACTIVE[case], object_stream_mode=mode))


def _packed_object(content: bytes) -> bytes:
    """A file whose object 3 lives in the packed stream that holds this content."""
    packed = zlib.compress(b"3 0 " + content, 9)
    sizes = f"/N 1/First 4/Filter/FlateDecode/Length {len(packed)}"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/Odd 3 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[5 0 R]>>",
        4: f"<</Type/ObjStm{sizes}>>\nstream\n".encode() + packed + b"\nendstream",
        5: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>",
    }
    made, places = b"%PDF-1.5\n", {}
    for number, body in objects.items():
        places[number] = (1, len(made), 0)
        made += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    places |= {0: (0, 0, 65535), 3: (2, 4, 0), 6: (1, len(made), 0)}
    table = b"".join(struct.pack(">BIH", *places[number]) for number in range(7))
    head = f"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length {len(table)}>>\nstream\n"
    end = f"\nendstream\nendobj\nstartxref\n{len(made)}\n%%EOF"
    return made + head.encode() + table + end.encode()


def test_a_packed_object_is_judged():
    assert check_pdf(_packed_object(b"<</A 1>>")).pages == 1
    with pytest.raises(UnfitUpload, match="脚本"):
        check_pdf(_packed_object(b"<</S/JavaScript/JS(1)>>"))


def test_a_bomb_is_refused_and_hides_nothing():
    with pytest.raises(UnfitUpload, match="过大"):
        check_pdf(_packed_object(b"<</S/JavaScript/JS(1)>>" + b" " * (40 * 1024 * 1024)))


def test_links_are_fine():
    link = Dictionary({"/Subtype": Name.Link, "/A": _action("URI", URI=String("https://www.example"))})
    assert check_pdf(_made(lambda document: _annotated(document, link))).pages == 1


def _pictured(document: Pdf, content: bytes, **more: object) -> None:
    """A page that is nothing but one picture, as a scanner makes it."""
    head = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 40, "Height": 40, "BitsPerComponent": 8}
    picture = document.make_indirect(Stream(document, content, **head | more))
    document.pages[0].Resources = Dictionary({"/XObject": Dictionary({"/Scan": picture})})
    document.pages[0].Contents = Stream(document, b"q 200 0 0 200 0 0 cm /Scan Do Q")


def _jpeg_2000() -> bytes:
    target = BytesIO()
    Image.frombytes("RGB", (40, 40), random.Random(3).randbytes(4800)).save(target, "JPEG2000")
    return target.getvalue()


@pytest.mark.found("A11")
def test_a_page_whose_picture_cannot_be_read_is_refused():
    # Readers leave such a picture out and say nothing: the page is empty.
    scan = _jpeg_2000()
    kept = check_pdf(_made(lambda one: _pictured(one, scan, Filter=Name.JPXDecode)))
    assert kept.pages == 1
    for lost in (scan[: len(scan) // 2], b"\0" * 400):
        with pytest.raises(UnfitUpload, match="不能显示"):
            check_pdf(_made(lambda one, lost=lost: _pictured(one, lost, Filter=Name.JPXDecode)))


@pytest.mark.parametrize(
    "more",
    [
        {"ColorSpace": Name.DeviceGray},
        {"ColorSpace": Name.DeviceRGB},
        {"ColorSpace": Name.DeviceCMYK, "BitsPerComponent": 4},
        {"ImageMask": True, "BitsPerComponent": 1},
        {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 1, String("abcdef")]), "BitsPerComponent": 1},
    ],
)
def test_a_page_of_one_picture_is_taken(more):
    assert check_pdf(_made(lambda one: _pictured(one, b"\x5a" * 40 * 40 * 4, **more))).pages == 1


FREE = {
    "role": lambda document, word: document.Root.__setitem__(
        "/StructTreeRoot", Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary({word: Name.P}))
    ),
    "class": lambda document, word: document.Root.__setitem__(
        "/StructTreeRoot",
        Dictionary(Type=Name.StructTreeRoot, ClassMap=Dictionary({word: Array([Dictionary(O=Name.Layout)])})),
    ),
    "typeface": lambda document, word: document.pages[0].obj.__setitem__(
        "/Resources",
        Dictionary(
            Font=Dictionary({word: Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)})
        ),
    ),
    "picture": lambda document, word: document.pages[0].obj.__setitem__(
        "/Resources",
        Dictionary(
            XObject=Dictionary(
                {word: Stream(document, b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])}
            )
        ),
    ),
    "destination": lambda document, word: document.Root.__setitem__(
        "/Dests", Dictionary({word: Array([document.pages[0].obj, Name.Fit])})
    ),
}


@pytest.mark.found("A12")
@pytest.mark.parametrize("word", ["/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA"])
@pytest.mark.parametrize("place", FREE)
def test_names_that_are_chosen_freely_are_no_offence(place, word):
    assert check_pdf(_made(lambda document: FREE[place](document, word))).pages == 1


@pytest.mark.found("A12")
@pytest.mark.parametrize(
    ("holder", "told"),
    [
        (Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")), "脚本"),
        (Dictionary(JavaScript=Dictionary(Names=Array())), "脚本"),
        (Dictionary(EmbeddedFiles=Dictionary(Kids=Array())), "附件"),
        (Dictionary(Type=Name.Filespec, EF=Dictionary(UF=Dictionary())), "附件"),
        (Dictionary(Fields=Array(), XFA=Array([String("template")])), "动态表单"),
    ],
)
def test_what_acts_is_refused_wherever_it_hides(holder, told):
    content = _made(lambda document: document.Root.__setitem__("/Hidden", document.make_indirect(holder)))
    with pytest.raises(UnfitUpload, match=told):
        check_pdf(content)


@pytest.mark.found("A12")
@pytest.mark.parametrize("sort", [Name.Image, Name.Form, Name.XML])
@pytest.mark.parametrize("fields", [{}, {"Fields": Array()}])
def test_a_form_that_calls_itself_a_picture_is_a_form(sort, fields):
    def give_form(document):
        stream = Stream(document, b"<xdp/>", Type=Name.XObject, Subtype=sort)
        document.Root.AcroForm = Dictionary(XFA=stream, **fields)

    with pytest.raises(UnfitUpload, match="动态表单"):
        check_pdf(_made(give_form))


@pytest.mark.found("A12")
def test_a_hidden_form_that_calls_itself_a_picture_is_a_form():
    def hide_form(document):
        stream = Stream(document, b"<xdp/>", Type=Name.XObject, Subtype=Name.Image)
        document.Root.Hidden = document.make_indirect(Dictionary(Fields=Array(), XFA=stream))

    with pytest.raises(UnfitUpload, match="动态表单"):
        check_pdf(_made(hide_form))
