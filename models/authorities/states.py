"""Kinds and stages of plans and regions, and states of questions."""

from __future__ import annotations

from enum import StrEnum


class PlanMode(StrEnum):
    """Where applications of a plan are confirmed."""

    ON_SITE = "on_site"  # with originals, at a site
    ONLINE = "online"  # 全程网办: by uploaded materials


class PlanStage(StrEnum):
    """Where a moment stands in the application window of a plan."""

    CLOSED = "closed"  # the authority takes no applications over the net
    AHEAD = "ahead"  # it has not begun
    OPEN = "open"  # one can apply now
    OVER = "over"  # it has ended


class RegionLevel(StrEnum):
    """The levels of administrative regions, GB/T 2260."""

    PROVINCE = "province"  # two digits of the code
    CITY = "city"  # four digits
    COUNTY = "county"  # six digits


class QuestionState(StrEnum):
    """Who reads a question."""

    DRAFT = "draft"  # staff only: it was never shown
    PUBLISHED = "published"  # everybody
    WITHDRAWN = "withdrawn"  # staff only, until it is published again
