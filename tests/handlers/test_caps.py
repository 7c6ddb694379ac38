"""A request brings no more than our pages send; what is too much is refused before it is read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask, request

from handlers.entry import size_limits
from handlers.page import form_parsing
from tests.handlers.conftest import Browser, words

ROOT = Path(__file__).parents[2]
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
MANY = "&".join(f"a{number}=1" for number in range(size_limits.FIELDS + 1))
PATHS = ("/account/sign-in", "/account/forgotten", "/apply/details", "/profile/email", "/no/such/page")


@pytest.mark.found("X11")
@pytest.mark.parametrize("path", PATHS)
def test_a_form_of_too_many_fields_is_not_read(visitor: Browser, path: str) -> None:
    answer = visitor.client.post(path, data=MANY, content_type=FORM)
    if path == "/no/such/page":
        assert answer.status_code == 404
        return
    page = words(answer)
    assert answer.status_code in {413, 401}  # signed out comes first where one has to be signed in
    assert len(page) < 20_000
    assert "a499" not in page
    if answer.status_code == 413:
        assert "提交的项目太多" in page


@pytest.mark.found("X11")
def test_as_many_parts_of_a_multipart_form_are_too_many(visitor: Browser) -> None:
    data = {f"a{number}": "1" for number in range(size_limits.FIELDS + 1)}
    answer = visitor.client.post("/account/sign-in", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "提交的项目太多" in words(answer)


@pytest.mark.found("X11")
@pytest.mark.parametrize(
    ("path", "form", "size", "told"),
    [
        ("/account/sign-in", FORM, size_limits.FORM_BYTES + 1, "提交的文字太长"),
        ("/account/sign-in", PARTS, size_limits.FORM_BYTES + 1, "提交的文字太长"),
        ("/account/contest", FORM, size_limits.FORM_BYTES + 1, "提交的文字太长"),
        ("/account/contest", PARTS, size_limits.FORM_BYTES + 1, "提交的文字太长"),
        ("/account/contest", PARTS, 4 * size_limits.FORM_BYTES, "上传的文件太大"),
    ],
)
def test_what_is_too_large_is_named(visitor: Browser, path: str, form: str, size: int, told: str) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="statement"\r\n\r\n%s\r\n--x--\r\n'
    body = (b"statement=%s" if form == FORM else field) % (b"a" * size)
    answer = visitor.client.post(path, data=body, content_type=form)
    assert answer.status_code == 413
    assert f'<h1 id="refusal">{told}</h1>' in words(answer)


@pytest.mark.found("X11")
def test_two_hundred_thousand_characters_are_read(visitor: Browser) -> None:
    answer = visitor.client.post("/account/sign-in", data={"login": "学" * 200_000, "password": "a"})
    assert answer.status_code == 422
    assert "证件号码或者登录名不超过 100 个字符" in words(answer)


@pytest.mark.found("X11")
def test_the_largest_form_that_fits_is_read(visitor: Browser) -> None:
    most = "&".join(f"a{number}=1" for number in range(size_limits.FIELDS))
    assert visitor.client.post("/account/sign-in", data=most, content_type=FORM).status_code == 422


@pytest.mark.found("X11")
def test_only_where_files_come_in_a_body_is_large(app: Flask, visitor: Browser) -> None:
    body = b"a=" + b"b" * size_limits.FORM_BYTES
    assert visitor.client.post("/account/sign-in", data=body, content_type=FORM).status_code == 413
    with app.test_request_context("/apply/details", method="POST"):
        assert request.max_content_length == app.config["MAX_CONTENT_LENGTH"] == 4 * size_limits.FORM_BYTES
    with app.test_request_context("/account/sign-in", method="POST"):
        assert request.max_content_length == size_limits.FORM_BYTES


def test_every_page_with_a_file_may_send_it(app: Flask) -> None:
    forms = re.compile(r'<form[^>]*url_for\("([\w.]+)"[^>]*enctype="multipart/form-data"')
    pages = [file.read_text(encoding="utf-8") for file in (ROOT / "templates").rglob("*.html")]
    found = {endpoint for page in pages for endpoint in forms.findall(page)}
    adds = re.findall(r'enctype="multipart/form-data"', "".join(pages))
    assert len(found) >= 6
    assert len(adds) >= len(found)
    assert found <= size_limits.TAKE_FILES <= set(app.view_functions)


@pytest.mark.found("X11")
@pytest.mark.parametrize(
    "query", ["a" * (size_limits.QUERY_BYTES + 1), "&".join(["a=1"] * (size_limits.QUERY_WORDS + 1))]
)
@pytest.mark.parametrize("path", ["/", "/apply/search", "/api/v1/tasks"])
def test_an_address_has_its_length(visitor: Browser, path: str, query: str) -> None:
    answer = visitor.client.get(f"{path}?{query}")
    assert answer.status_code == 414
    if path.startswith("/api/"):
        assert answer.get_json()["code"] == "bad_request"
        assert "地址太长" in answer.get_json()["detail"]
    else:
        assert "地址太长" in words(answer)


@pytest.mark.found("X11")
def test_headers_are_counted(visitor: Browser) -> None:
    many = [(f"X-{number}", "1") for number in range(size_limits.HEADERS + 1)]
    answer = visitor.client.get("/", headers=many)
    assert answer.status_code == 400
    assert "附带的信息太多" in words(answer)


@pytest.mark.found("X11")
def test_rows_are_counted_before_they_are_judged(app: Flask) -> None:
    flat = {f"resume.{number}.post": "x" for number in range(size_limits.ROWS + 1)}
    with app.test_request_context("/", method="POST", data=flat):
        with pytest.raises(size_limits.TooManyRows):
            form_parsing.read_answers(request.form)
        with pytest.raises(size_limits.TooManyRows):
            form_parsing.read_rows(request.form, "resume")
    flat.popitem()
    with app.test_request_context("/", method="POST", data=flat):
        assert len(form_parsing.read_answers(request.form)["resume"]) == size_limits.ROWS


@pytest.mark.found("X11")
@pytest.mark.parametrize(
    "text",
    [
        "[" * 40 + "]" * 40,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 40 + "1" + "}" * 40,
        json.dumps([0] * (size_limits.JSON_VALUES + 1)),
        json.dumps({str(number): 0 for number in range(size_limits.JSON_VALUES + 1)}),
    ],
    ids=["nested", "deeply nested", "objects", "long", "many keys"],
)
def test_json_has_a_depth_and_a_size(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        size_limits.read_json(text)


def test_json_within_bounds_is_read() -> None:
    assert size_limits.read_json('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert (
        len(size_limits.read_json(json.dumps([0] * (size_limits.JSON_VALUES - 1))))
        == size_limits.JSON_VALUES - 1
    )


@pytest.mark.found("X11")
def test_a_page_lists_the_first_of_many_errors(app: Flask) -> None:
    from handlers.page.formfields import FormView

    form = FormView(errors={f"f{number}": (f"错误 {number}",) for number in range(47)})
    with app.test_request_context("/"):
        text = '{% import "macros/ui.html" as ui %}{{ ui.error_summary(form) }}'
        page = app.jinja_env.from_string(text).render(form=form)
    assert "有 47 处需要修改" in page
    assert page.count("<a href=") == 20
    assert "还有 27 处" in page
    assert "错误 20" not in page


@pytest.mark.found("X11")
def test_the_api_lists_the_first_of_many_errors(app: Flask) -> None:
    from handlers.entry.errors import _handle_domain_error
    from models.base.errors import Invalid

    with app.test_request_context("/api/v1/tasks"):
        answer = _handle_domain_error(Invalid({f"f{number}": ["错误"] * 300 for number in range(47)}))
    body = answer.get_json()  # type: ignore[union-attr]
    assert len(body["fields"]) == 20
    assert body["more"] == 27
    assert len(body["fields"]["f0"]) == 20
