"""A date is read in one piece: on a telephone no line ends inside one."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.journeys import story
from tests.journeys.conftest import SignIn

BROKEN = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const date of text.data.matchAll(/(\\d{4}年)?\\d{1,2}月\\d{1,2}日/g)) {
      const range = document.createRange();
      range.setStart(text, date.index);
      range.setEnd(text, date.index + date[0].length);
      const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top)));
      if (lines.size > 1) found.push(text.data.trim());
    }
  }
  return found;
}"""


def test_no_line_ends_inside_a_date(product: Flask, sign_in: SignIn, portrait: Path) -> None:
    case = story.begin(product, sign_in, portrait)
    page = case.page
    page.set_viewport_size({"width": 360, "height": 740})
    broken = {}
    for part in ("", "/details", "/change", "/change/authority", "/change/identity", "/notes"):
        answer = page.goto(f"/apply/applications/1{part}")
        assert answer is not None
        assert answer.status == 200
        broken[part] = page.evaluate(BROKEN)
    assert {part: texts for part, texts in broken.items() if texts} == {}
