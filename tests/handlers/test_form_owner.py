"""A tab that outlives its session: what one person typed is never kept as another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from handlers.entry import access, form_owner
from models.persons.people import SignIn
from tests.handlers.conftest import Browser, words, writes

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TYPED = {"ethnicity": "02", "note": "只有郑雨桐知道"}


def mark_on(page: str) -> str:
    """The mark of the forms of a page."""
    found = re.search(rf'name="{form_owner.FIELD}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def kept_in(answer: TestResponse) -> dict[str, str]:
    """What the form that sends again carries."""
    form = words(answer).split("data-again>")[1].split("</form>")[0]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def in_the_tab_of(tab: Browser, other: Browser) -> None:
    """Another person signs in in the same browser."""
    cookie = other.client.get_cookie(access.COOKIE)
    assert cookie is not None
    tab.client.set_cookie(access.COOKIE, cookie.value)


@pytest.mark.found("A3")
def test_a_stale_tab_writes_nothing_into_another_account(sign_in: Callable[[str], Browser]) -> None:
    zheng, chen = sign_in("郑雨桐"), sign_in("陈子昂")
    before = chen.person.ethnicity
    typed = TYPED | {form_owner.FIELD: mark_on(zheng.open("/profile/particulars"))}
    in_the_tab_of(zheng, chen)
    answer = zheng.send("/profile/particulars", **typed)
    assert answer.status_code == 409
    assert chen.person.ethnicity == before
    assert kept_in(answer) == typed
    shown = re.sub(r"<input[^>]*>", "", words(answer))
    assert "只有郑雨桐知道" not in shown
    assert "郑雨桐" not in shown


@pytest.mark.found("A3")
def test_the_right_person_sends_the_kept_form_on(sign_in: Callable[[str], Browser]) -> None:
    zheng, chen, again = sign_in("郑雨桐"), sign_in("陈子昂"), sign_in("郑雨桐")
    typed = TYPED | {form_owner.FIELD: mark_on(zheng.open("/profile/particulars"))}
    in_the_tab_of(zheng, chen)
    refused = zheng.send("/profile/particulars", **typed)
    in_the_tab_of(zheng, again)
    assert zheng.send("/profile/particulars", **kept_in(refused)).status_code == 303
    assert zheng.person.ethnicity == "02"


@pytest.mark.found("A3")
def test_after_an_expired_session_only_the_same_person_goes_on(sign_in: Callable[[str], Browser]) -> None:
    zheng, chen, again = sign_in("郑雨桐"), sign_in("陈子昂"), sign_in("郑雨桐")
    typed = TYPED | {form_owner.FIELD: mark_on(zheng.open("/profile/particulars"))}
    with writes():
        expired = zheng.own(SignIn)
        SignIn.query.filter_by(person_id=zheng.person_id).update({"revoked_at": expired.created_at})
        SignIn.query.filter_by(id=expired.id).update({"revoked_at": None})
    signed_out = zheng.send("/profile/particulars", **typed)
    assert signed_out.status_code == 401
    in_the_tab_of(zheng, chen)
    refused = zheng.send("/profile/particulars", **kept_in(signed_out))
    assert (refused.status_code, chen.person.ethnicity == "02") == (409, False)
    in_the_tab_of(zheng, again)
    assert zheng.send("/profile/particulars", **kept_in(refused)).status_code == 303


@pytest.mark.found("A3")
@pytest.mark.parametrize("sent", [{"do": "keep"}, {"refresh": ""}])
def test_what_scripts_send_is_held_to_the_same(
    sign_in: Callable[[str], Browser], sent: dict[str, str]
) -> None:
    zheng, chen = sign_in("郑雨桐"), sign_in("陈子昂")
    mark = mark_on(zheng.open("/profile/"))
    in_the_tab_of(zheng, chen)
    assert zheng.send("/apply/details", **sent, form_owner=mark).status_code == 409
    answer = zheng.client.post("/apply/details", data=sent, headers={form_owner.HEADER: mark})
    assert answer.status_code == 409


@pytest.mark.found("A3")
def test_staff_get_nothing_of_an_applicant_and_the_other_way_round(sign_in: Callable[[str], Browser]) -> None:
    zheng, clerk = sign_in("郑雨桐"), sign_in("王敏")
    mine, theirs = mark_on(zheng.open("/profile/")), mark_on(clerk.open("/work/"))
    answer = clerk.send("/profile/particulars", **TYPED, form_owner=mine)
    assert (answer.status_code, kept_in(answer)["note"]) == (409, TYPED["note"])
    assert zheng.send("/work/claim-next", form_owner=theirs).status_code == 409


@pytest.mark.found("A3")
def test_the_mark_is_the_persons_and_can_be_made_by_nobody(
    app: Flask, sign_in: Callable[[str], Browser]
) -> None:
    here, there, chen = sign_in("郑雨桐"), sign_in("郑雨桐"), sign_in("陈子昂")
    marks = [mark_on(one.open("/profile/")) for one in (here, there, chen)]
    assert marks[0] == marks[1] != marks[2]
    app.config["SECRET_KEY"] = "of another installation, as long as one has to be"
    assert here.send("/profile/particulars", **TYPED, form_owner=marks[0]).status_code == 409
    assert here.send("/profile/particulars", **TYPED, form_owner="郑").status_code == 409


@pytest.mark.found("A3", "T2")
def test_a_form_that_names_nobody_is_refused(app: Flask, sign_in: Callable[[str], Browser]) -> None:
    zheng = sign_in("郑雨桐")
    app.config["WTF_CSRF_ENABLED"] = True  # as people meet it
    page = zheng.open("/profile/particulars")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    typed = TYPED | {"csrf_token": token[1]}
    for mark in ({}, {form_owner.FIELD: ""}):
        answer = zheng.send("/profile/particulars", **typed, **mark)
        assert (answer.status_code, "无法确认这个页面是打开给谁的" in words(answer)) == (409, True)
    assert zheng.person.ethnicity != "02"
    marked = {form_owner.FIELD: mark_on(page)}
    assert zheng.send("/profile/particulars", **typed, **marked).status_code == 303
