"""Every button and link that a staff page offers is pressed as the person it is offered to: none is refused.

What an act answers to somebody who lacks a right is 403 or 404, so a page that offers it shows what it does
not do. Answers that something is missing (422) or has changed (409) are the act's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.handlers import pagecheck
from tests.handlers.casework.conftest import STAFF, SignedIn, World, office, signed_in, world
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered
from tests.handlers.casework.test_turns import decide

__all__ = ["office", "registered", "signed_in", "world"]

STARTS = ("/work/", "/work/?view=mine", "/work/?view=due", "/work/?view=done", "/work/?q=2611000001")
MORE_STARTS = ("/work/desk?q=2611000001", "/work/cases?q=2611000001", "/work/cases/{case}")
STAYS = ("/work/", "/authority/")  # the pages of staff; elsewhere is everybody's
ROLES = [login for login in STAFF if login not in {"clerk2", "officer2", "expert2", "other_expert"}]
MOST = 60  # pages of one person; nobody of this world has as many


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something to press on a page."""

    method: str
    address: str
    sent: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What makes two offers the same: where they lead, and which button it is, without the way back."""
        named = tuple(pair for pair in self.sent if pair[0] in {"act", "do", "item"})
        return (self.method, self.address.partition("?")[0] if self.method == "POST" else self.address, named)


@dataclass(kw_only=True)
class Visit:
    """One person who walks through all pages that are offered to them."""

    client: FlaskClient
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)

    def walk(self, starts: list[str]) -> None:
        """Open every page once, and press every button once where it is still offered."""
        waiting = [Offer(method="GET", address=one) for one in starts]
        buttons: list[tuple[str, Offer]] = []
        while waiting:
            one = waiting.pop(0)
            if one.key in self.seen:
                continue
            self.seen.add(one.key)
            assert len(self.seen) < MOST * 4
            page = self.open(one.address, direct=one.address in starts)
            waiting += [offer for offer in page if offer.method == "GET"]
            buttons += [(one.address, offer) for offer in page if offer.method == "POST"]
        for address, offer in buttons:
            self.press(address, offer)

    def open(self, address: str, *, direct: bool = False) -> list[Offer]:
        """What a page offers; a page that one types oneself may be refused, one that is offered may not."""
        answer = self.client.get(address, follow_redirects=True)
        if answer.status_code in {403, 404} and not direct:
            self.refused.append(f"GET {address}: {answer.status_code}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return []
        self.faults += [f"{address}: {fault}" for fault in pagecheck.faults(answer.text)]
        return list(offers(answer, address))

    def press(self, address: str, offer: Offer) -> None:
        """Press a button, if the page still offers it after what was pressed before."""
        if offer.key in self.seen or offer.key not in {one.key for one in self.open(address, direct=True)}:
            return
        self.seen.add(offer.key)
        answer = self.client.post(offer.address, data=list_of(offer.sent))
        if answer.status_code in {403, 404} or answer.status_code >= 500:
            self.refused.append(f"POST {offer.address} {offer.key[2]}: {answer.status_code}")


def list_of(sent: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """The pairs of a form as a test client takes them."""
    found: dict[str, list[str]] = {}
    for name, value in sent:
        found.setdefault(name, []).append(value)
    return found


def offers(answer: TestResponse, address: str) -> Iterator[Offer]:
    """The links and the buttons of a page."""
    page = html.fromstring(answer.text)
    for link in page.iter("a", "iframe", "img"):
        target = urljoin(address, link.get("href") or link.get("src") or "").partition("#")[0]
        if target.startswith(STAYS):
            yield Offer(method="GET", address=target)
    for form in page.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            yield from _buttons(form, address)


def _buttons(form: html.HtmlElement, address: str) -> Iterator[Offer]:
    hidden = tuple(
        (one.get("name") or "", one.get("value") or "")
        for one in form.iter("input")
        if one.get("type") == "hidden" and one.get("name") != "csrf_token"
    )
    for button in form.iter("button"):
        target = urljoin(address, button.get("formaction") or form.get("action") or address)
        own = ((button.get("name") or "", button.get("value") or ""),) if button.get("name") else ()
        if target.startswith(STAYS) and button.get("type", "submit") == "submit":
            yield Offer(method="POST", address=target, sent=hidden + own)


def at_the_desk(world: World, signed_in: SignedIn) -> None:
    """The applicant is expected."""


def arrived(world: World, signed_in: SignedIn) -> None:
    """The applicant stands there; a clerk holds the check."""
    arrive(signed_in("clerk"), world)


def something_found(world: World, signed_in: SignedIn) -> None:
    """The registers found something, which has to be verified."""
    clerk = signed_in("clerk")
    clerk.post(f"/work/tasks/{arrive(clerk, world)}", data=judged(*ALL, materials="conform"))
    answer_registers("found")
    take(signed_in("officer"), "verify_finding")


def barred(world: World, signed_in: SignedIn) -> None:
    """Whoever did the first review may not do the second, though they hold its role."""
    clerk, second = signed_in("clerk"), signed_in("second")
    clerk.post(f"/work/tasks/{arrive(clerk, world)}", data=judged(*ALL, materials="conform"))
    answer_registers()
    send(second, take(second, "first_review"), first="grant")


def certified(world: World, signed_in: SignedIn) -> None:
    """The certificate has its number and waits to be printed."""
    clerk = signed_in("clerk")
    clerk.post(f"/work/tasks/{arrive(clerk, world)}", data=judged(*ALL, materials="conform"))
    decide(signed_in, "granted")


MOMENTS = (at_the_desk, arrived, something_found, barred, certified)


@pytest.mark.found("S7", "S13")
@pytest.mark.parametrize("moment", MOMENTS, ids=[moment.__name__ for moment in MOMENTS])
def test_what_a_page_offers_its_act_does(registered: World, signed_in: SignedIn, moment: object) -> None:
    assert callable(moment)
    moment(registered, signed_in)
    starts = [one.format(case=registered.application) for one in (*STARTS, *MORE_STARTS)]
    refused, faults = [], []
    for login in ROLES:
        visit = Visit(client=signed_in(login))
        visit.walk(starts)
        assert len(visit.seen) > len(starts), login  # the header at least leads somewhere
        refused += [f"{login}: {told}" for told in visit.refused]
        faults += [f"{login}: {told}" for told in visit.faults]
    assert refused == []
    assert sorted(set(faults)) == []
