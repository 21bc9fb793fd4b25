"""What every page that a journey reaches must be: usable by all, silent in the console, never wider than the screen."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from axe_core_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 800}
_GRAVE = ("serious", "critical")
_TOKEN = re.compile(r'(?<=csrf_token" value=")[^"]+|(?<=csrf_token=)[^"&]+')
_AXE_OPTIONS = {"resultTypes": ["violations"]}
_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const past = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 0.5);
  const innermost = past.filter(e => !past.some(other => other !== e && e.contains(other)));
  return ["the page"].concat(innermost.slice(0, 3).map(e => e.outerHTML.slice(0, 120)));
}"""
# What a fold hides is looked at too; axe takes the text of a closed one for text that something covers.
_UNFOLD = """() => {
  for (const fold of document.querySelectorAll("details:not([open])")) { fold.open = true; fold.dataset.folded = ""; }
}"""
_FOLD = """() => {
  for (const fold of document.querySelectorAll("[data-folded]")) { fold.open = false; delete fold.dataset.folded; }
}"""
_HEADINGS = "() => [...document.querySelectorAll('h1, h2')].map(e => e.textContent.trim())"


class Inspection:
    """Collects the faults of the pages of one journey; one that it has seen to the letter is not looked at again."""

    def __init__(self, app: Flask) -> None:
        self._places = app.url_map.bind("portal.example")
        self._axe = Axe()
        self._seen: set[str] = set()
        self._seen_narrow: set[tuple[str, ...]] = set()
        self.visits: Counter[str] = Counter()
        self.faults: list[str] = []

    def read(self, page: Page, mirror: Page | None = None) -> None:
        """Look at the page as it is; `mirror` shows the same page to axe where scripts are off."""
        place = self._place(page)
        self.visits[place] += 1
        words = _TOKEN.sub("", page.content())
        if words in self._seen:
            return
        self._seen.add(words)
        page.mouse.move(0, 0)
        page.evaluate(_UNFOLD)
        self._look(page, mirror, WIDE)
        shape = (place, *page.evaluate(_HEADINGS))
        if shape not in self._seen_narrow:
            self._seen_narrow.add(shape)
            page.set_viewport_size(NARROW)
            self._look(page, mirror, NARROW)
            page.set_viewport_size(WIDE)
        page.evaluate(_FOLD)

    def note(self, page: Page, fault: str) -> None:
        """A fault of this page, told once."""
        told = f"{urlsplit(page.url).path} ({self._place(page)}): {fault}"
        if told not in self.faults:
            self.faults.append(told)

    def _look(self, page: Page, mirror: Page | None, size: dict[str, int]) -> None:
        width = size["width"]
        wide = page.evaluate(_TOO_WIDE)
        if wide:
            self.note(page, f"wider than {width} px: " + " | ".join(wide[1:]))
        for violation in self._violations(page, mirror, size):
            where = [f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:3]]
            told = f"{violation['impact']}, {violation['id']}: {violation['help']}: " + " | ".join(where)
            self.note(page, f"at {width} px, {told}")

    def _violations(self, page: Page, mirror: Page | None, size: dict[str, int]) -> list[dict[str, Any]]:
        looked_at = page
        if mirror is not None:
            mirror.set_viewport_size(size)
            content = page.content()
            mirror.route(page.url, lambda route: route.fulfill(body=content, content_type="text/html; charset=utf-8"))
            mirror.goto(page.url)
            looked_at = mirror
        found = self._axe.run(looked_at, options=_AXE_OPTIONS)["violations"]
        if mirror is not None:
            mirror.unroute_all()
        return [violation for violation in found if violation["impact"] in _GRAVE]

    def _place(self, page: Page) -> str:
        try:
            return str(self._places.match(urlsplit(page.url).path)[0])
        except HTTPException:
            return "unknown page"

    def conclude(self) -> None:
        """Fail with every fault at once."""
        assert not self.faults, f"{len(self.faults)} faults:\n- " + "\n- ".join(self.faults)
