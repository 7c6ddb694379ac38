"""A browser asks again, without the form, for the address that answered one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.handlers.conftest import Browser

SignIn = Callable[[str], Browser]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/account/settings/password", "/account/settings"),
        ("/profile/putonghua/check?next=/apply/identity", "/profile/putonghua?next=/apply/identity"),
        ("/profile/particulars/verify", "/profile/particulars"),
        ("/apply/start", "/apply/search"),  # where a site is chosen anew
        ("/display", "/"),
    ],
)
def test_an_address_for_forms_leads_back_to_its_page(sign_in: SignIn, address: str, page: str) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.client.get(address)
    assert (answer.status_code, answer.location) == (302, page)
    assert browser.client.get(page, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    "address", ["/apply/nowhere", "/nowhere", "/profile/putonghua/99", "/api/v1/tasks/1/x"]
)
def test_what_is_not_there_stays_not_found(sign_in: SignIn, address: str) -> None:
    assert sign_in("郑雨桐").client.get(address).status_code == 404


def test_other_methods_stay_refused(sign_in: SignIn) -> None:
    assert sign_in("郑雨桐").client.put("/account/settings/password").status_code == 405
