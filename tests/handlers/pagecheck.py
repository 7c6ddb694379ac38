"""Reads a page as a strict checker would: nesting, ids, labels, references, nothing inline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import takewhile

from handlers.entry import form_owner

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
DRAWN = frozenset({"path", "circle", "rect", "use", "ellipse"})
LABELLED = frozenset({"input", "select", "textarea"})
LANDMARKS = {"nav": "navigation", "aside": "complementary", "main": "main"}
NAMED_LANDMARKS = {"section": "region", "form": "form"}  # only with a name of their own
ROLES = frozenset({*LANDMARKS.values(), *NAMED_LANDMARKS.values(), "search", "banner", "contentinfo"})
REFERENCES = ("aria-describedby", "aria-labelledby", "for")


@dataclass(kw_only=True)
class Element:
    """A start tag with the text inside it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    text: str = ""
    named: bool = False  # an img or svg inside it has a name
    marked: bool = False  # a form with the mark of its owner


@dataclass
class Page(HTMLParser):
    """Everything found on a page, and what is wrong with its nesting."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and open it."""
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"<{tag}> repeats an attribute: {names}")
        parents = tuple(one.tag for one in self._open)
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs}, parents=parents)
        self._check_place(element)
        self.elements.append(element)
        if element.attributes.get("name") == form_owner.FIELD:
            for one in self._open:
                one.marked = True
        if element.attributes.get("aria-label") or element.attributes.get("alt"):
            for one in self._open:
                one.named = True
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A closed drawing element."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close an element; the innermost one must be it."""
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {[one.tag for one in self._open[-3:]]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text belongs to everything that is open."""
        for one in self._open:
            one.text += data.strip()

    def _check_place(self, element: Element) -> None:
        if element.tag in {"form", "a", "button"} and element.tag in element.parents:
            self.faults.append(f"<{element.tag}> inside <{element.tag}>")
        blocks = {"div", "p", "ul", "ol", "dl", "table", "form", "fieldset", "section", "h1", "h2", "h3"}
        if element.tag in blocks and "p" in element.parents:
            self.faults.append(f"<{element.tag}> inside <p>")


def read(html: str) -> Page:
    """The elements of a page."""
    page = Page()
    page.feed(html)
    page.close()
    page.faults += [f"<{one.tag}> is never closed" for one in page._open]
    return page


def faults(html: str) -> list[str]:
    """Everything wrong with a page, as sentences; empty when it is sound."""
    page = read(html)
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    found = list(page.faults)
    found += [
        f"id {name} is used {ids.count(name)} times" for name in sorted(set(ids)) if ids.count(name) > 1
    ]
    for one in page.elements:
        found += _unsound(one, set(ids))
    found += [f"two landmarks are {told}" for told in repeated_landmarks(page)]
    current = [one for one in page.elements if one.attributes.get("aria-current") == "page"]
    # The same entry stands in the bar and in the menu of phones.
    if len({one.attributes.get("href") for one in current if "header" in one.parents}) > 1:
        found.append("two entries of the header are current")
    found += _unowned(page)
    found += _misplaced_errors(page, ids)
    labelled = {one.attributes["for"] for one in page.elements if one.tag == "label"}
    found += [_told(one) + " has no label" for one in page.elements if _needs_label(one, labelled)]
    return found


def _misplaced_errors(page: Page, ids: list[str]) -> list[str]:
    """The summary leads to inputs in the order in which they stand on the page."""
    summaries = [one for one in page.elements if "errors" in one.attributes.get("class", "").split()]
    if not summaries:
        return []
    rest = page.elements[page.elements.index(summaries[0]) :]
    # The list of the summary is the first one after it.
    inside = takewhile(lambda one: one.tag in {"ul", "li", "a", "h2", "svg", "use"}, rest[1:])
    linked = [one.attributes["href"].removeprefix("#") for one in inside if one.tag == "a"]
    places = [ids.index(name) for name in linked if name in ids]
    return [] if places == sorted(places) else [f"the summary is out of order: {linked}"]


def repeated_landmarks(page: Page) -> list[str]:
    """Landmarks that no one can tell apart by role and name (axe: landmark-unique)."""
    by_id = {one.attributes["id"]: one for one in page.elements if "id" in one.attributes}
    told = [_landmark(one, by_id) for one in page.elements]
    return sorted({one for one in told if one and told.count(one) > 1})


def _landmark(one: Element, by_id: dict[str, Element]) -> str:
    labels = [by_id[name].text for name in one.attributes.get("aria-labelledby", "").split() if name in by_id]
    name = " ".join(labels) or one.attributes.get("aria-label", "")
    own = one.attributes.get("role")
    if own:
        return f"{own} “{name}”" if own in ROLES else ""
    if name and one.tag in NAMED_LANDMARKS:
        return f"{NAMED_LANDMARKS[one.tag]} “{name}”"
    return f"{LANDMARKS[one.tag]} “{name}”" if one.tag in LANDMARKS else ""


def _unsound(one: Element, ids: set[str]) -> list[str]:
    found = []
    for name in REFERENCES:
        missing = [part for part in one.attributes.get(name, "").split() if part not in ids]
        found += [f"{_told(one)} {name} points to no {part}" for part in missing]
    target = one.attributes.get("href", "")
    if target.startswith("#") and len(target) > 1 and one.tag == "a" and target[1:] not in ids:
        found.append(f"{_told(one)} leads to no {target}")
    found += [f"{_told(one)} has {name}" for name in one.attributes if name.startswith("on")]
    if one.tag == "style" or (one.tag == "script" and "src" not in one.attributes):
        found.append(f"inline <{one.tag}>")
    if one.tag == "img" and "alt" not in one.attributes:
        found.append(f"{_told(one)} has no alt")
    if one.tag in {"button", "a", "summary", "legend", "label", "th"} and not _has_name(one):
        found.append(f"{_told(one)} has no words")
    return found


def _unowned(page: Page) -> list[str]:
    """Forms that write and carry no mark of their owner; those that send again carry what was sent."""
    forms = [one for one in page.elements if one.tag == "form"]
    writing = [one for one in forms if one.attributes.get("method") == "post"]
    unmarked = [one for one in writing if not one.marked and "data-again" not in one.attributes]
    return [f"{_told(one)} does not say whom it belongs to" for one in unmarked]


def _has_name(one: Element) -> bool:
    return bool(one.text or one.named or one.attributes.get("aria-label"))


def _needs_label(one: Element, labelled: set[str]) -> bool:
    if one.tag not in LABELLED or one.attributes.get("type") == "hidden":
        return False
    own = {"aria-label", "aria-labelledby"} & one.attributes.keys()
    return not own and one.attributes.get("id") not in labelled


def _told(one: Element) -> str:
    shown = " ".join(f'{name}="{value}"' for name, value in list(one.attributes.items())[:4])
    return f"<{one.tag} {shown}>"


def list_told_errors(page: str) -> list[str]:
    """The sentences of a page's error summary, in their order."""
    summary = re.search(r'<div class="errors".*?</div>', page, re.DOTALL)
    return [unescape(one) for one in re.findall(r'<a href="#[^"]*">(.*?)</a>', summary[0])] if summary else []
