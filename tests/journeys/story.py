"""What the stories have in common: somebody with a number, time that passes, and where the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from flask import Flask
from playwright.sync_api import Page, expect

from domain import checking
from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.processes.instances import Job, ProcessInstance, Wait, WorkItem
from tests.journeys import applicant, staff
from tests.journeys.conftest import SignIn
from tests.renaming import Names
from workflows import clock
from workflows.background import due_work

ZHENG = applicant.Chosen(kind="junior", site="衢州学院行政楼108", putonghua="3324012006671")
LOGIN = "330802200403120023"
PATIENCE = 30  # seconds until the worker has done its part


@dataclass(frozen=True, kw_only=True)
class Story:
    """One application in the product, and everybody who has to do with it."""

    product: Flask
    sign_in: SignIn
    page: Page  # the applicant's window
    number: str

    def status(self) -> str:
        """What the applicant reads about the case."""
        self.page.goto("/apply/applications")
        self.page.get_by_role("link", name="查看进度").first.click()
        return self.page.inner_text("main")

    def passes(self, **delta: float) -> None:
        """Let time pass."""
        with self.product.app_context():
            writing.set(True)
            clock.advance_clock(timedelta(**delta))
            db.session.commit()
            writing.set(None)

    def until(self, moment: datetime) -> None:
        """Let time pass until a moment."""
        with self.product.app_context():
            left = moment - clock.now()
        self.passes(seconds=left.total_seconds())

    def name_of(self, element: str) -> str:
        """What an element is called in the library that the product runs on."""
        names: Names = self.product.extensions["names"]
        return names.element(element)

    def comes_to(self, element: str) -> None:
        """Wait until the case rests at an element, as the worker does its part."""
        name = self.name_of(element)
        self._wait(lambda row: name in row.elements, element)

    def ends_at(self, element: str) -> None:
        """Wait until the case has ended at an element, and look that nothing impossible is left."""
        name = self.name_of(element)
        self._wait(lambda row: row.end_element == name, element)
        with self.product.app_context():
            assert checking.list_impossible_states() == []

    def worker_rests(self) -> None:
        """Wait until no job is due or in work, and no moment that a case waits for has passed."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            with self.product.app_context():
                at_work = db.session.query(Job).filter_by(state="leased").count()
                passed = db.session.query(Wait).filter(Wait.due_at <= clock.now()).count()
                if not at_work and not passed and due_work.find_due_work().is_nothing:
                    return
            sleep(0.1)
        raise AssertionError("the worker did not come to rest")

    def application(self) -> Application:
        """The application, read anew; within a context of the app."""
        db.session.rollback()
        return db.session.query(Application).filter_by(registration_number=self.number).one()

    def open_items(self) -> list[str]:
        """The elements whose tasks wait."""
        with self.product.app_context():
            instance = self.application().instance_id
            chosen = db.session.query(WorkItem).filter(WorkItem.instance_id == instance)
            return [item.element for item in chosen if item.state in ("open", "claimed")]

    def decide(self, decision: str, **words: str) -> None:
        """Three people come to a decision."""
        self.comes_to("first_review")
        agreed = {"granted": "grant", "refused": "refuse"}[decision]
        for who, answers in (
            ("zhoumin", {"first": agreed, **words}),
            ("wujian", {"second": "agree"}),
            ("zhengguo", {"decision": decision, **words}),
        ):
            page = self.sign_in(who)
            staff.take(page, self.number)
            staff.finish(page, answers)

    def _wait(self, holds: object, what: str) -> None:
        end = monotonic() + PATIENCE
        while monotonic() < end:
            with self.product.app_context():
                row = db.session.get_one(ProcessInstance, self.application().instance_id)
                if holds(row):  # type: ignore[operator]
                    return
                found = (row.elements, row.end_element)
            sleep(0.1)
        raise AssertionError(f"the case did not come to {what}: {found}")


def begin(product: Flask, sign_in: SignIn, portrait: Path) -> Story:
    """郑雨桐 fills in everything and gets a number."""
    page = sign_in(LOGIN)
    prepare(page, ZHENG)
    applicant.find_place(page, ZHENG)
    applicant.agree(page)
    applicant.identify(page)
    applicant.choose(page, ZHENG)
    applicant.detail(page, portrait)
    number = applicant.submit(page)
    page.goto("/apply/applications")
    expect(page.locator("main")).to_contain_text("网报待确认")
    return Story(product=product, sign_in=sign_in, page=page, number=number)


def prepare(page: Page, chosen: applicant.Chosen) -> None:
    """Fill the personal centre: exam certificates from their register, Putonghua by its number."""
    page.goto("/profile/exams")  # asked for when the person signed in
    expect(page.locator("main")).to_contain_text("20251122330201845")
    page.goto("/profile/putonghua")
    page.fill("[name=number]", chosen.putonghua)
    page.get_by_role("button", name="核验").first.click()
    expect(page.locator("main")).to_contain_text("二级甲等")
