"""Numbers and addresses that nobody's browser sends by itself: refused quietly, never a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from domain.sample.people import PASSWORD
from handlers.entry import row_numbers
from handlers.entry.access import COOKIE
from handlers.page import form_parsing
from tests.handlers.conftest import Browser

SignIn = Callable[[str], Browser]
BEYOND = (2**31, 10**23)
ANSWERS = {302, 303, 400, 403, 404, 405, 410, 422}


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", " 1", "2147483648", "9" * 5000])
def test_only_plain_digits_number_a_row(text: str) -> None:
    assert not row_numbers.is_row_number(text)
    with pytest.raises(ValueError, match=r"^"):
        row_numbers.read_number(text)


def test_the_rows_of_a_form_are_numbered_in_plain_digits() -> None:
    typed = {"resume.².post": "a", f"resume.{'9' * 5000}.post": "b", "resume.0.post": "学生"}
    assert form_parsing.read_answers(typed) == {"resume": [{"post": "学生"}]}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["郑雨桐", "王敏", "高云"])
def test_a_number_beyond_every_row_is_not_found(app: Flask, sign_in: SignIn, name: str) -> None:
    browser, found = sign_in(name), []
    for rule in app.url_map.iter_rules():
        if "int:" not in rule.rule or rule.rule.startswith("/api/"):
            continue
        for number in BEYOND:
            address = rule.rule.replace("<int:", "<").replace("<step>", "x")
            for part in rule.arguments:
                address = address.replace(f"<{part}>", str(number))
            for method in {"GET", "POST"} & (rule.methods or set()):
                status = browser.client.open(address, method=method).status_code
                if status not in ANSWERS:
                    found.append(f"{method} {address}: {status}")
    assert found == []


@pytest.mark.parametrize("number", ["2147483648", "9" * 23, "²", "-1", "x"])
def test_a_sent_number_beyond_every_row_is_not_found(sign_in: SignIn, number: str) -> None:
    clerk, applicant = sign_in("王敏"), sign_in("郑雨桐")
    assert clerk.send("/work/claim", item=number).status_code == 404
    assert clerk.client.post("/work/claim-many", data={"items": number}).status_code in {200, 302}
    assert applicant.send("/apply/start", place=number, kind="junior").status_code == 404
    for address in (f"?view=done&after={number}", f"?after=2026-01-01T00:00:00%2B00:00~{number}"):
        clerk.open(f"/work/{address}")
    clerk.open(f"/work/?place=site:{number}")


@pytest.mark.parametrize("address", ["//[", "http://[", "/ok\r\nX: y", "/\t/evil.example", "/%09"])
def test_what_is_no_address_of_ours_is_not_followed(visitor: Browser, address: str) -> None:
    answer = visitor.send("/account/sign-in", login="wangmin", password=PASSWORD, next=address)
    assert answer.headers["Location"] == ("/%09" if address == "/%09" else "/work/")
    visitor.client.delete_cookie(COOKIE)
    assert visitor.send("/display", next=address).headers["Location"] in {"/", "/%09"}


def test_a_display_that_is_not_offered_is_refused(visitor: Browser) -> None:
    assert visitor.send("/display", theme='x"><script>').status_code == 400
