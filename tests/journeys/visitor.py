"""One person at their browser: does what the page offers, by the words it shows, and has every page inspected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.journeys.inspection import Inspection
from tests.journeys.portal import Portal

PATIENCE = 30_000  # milliseconds: a busy machine is not a fault of the page
_OPTIONAL = r"(\s*\(facultatif\))?"


class Visitor:
    """Acts on the page it is on; `within` narrows what is looked for to one part of it."""

    def __init__(
        self, portal: Portal, inspection: Inspection, context: BrowserContext, mirror: BrowserContext | None = None
    ) -> None:
        self.portal, self.inspection = portal, inspection
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self._mirror = mirror.new_page() if mirror else None
        self.scripts = mirror is None
        self._expected_status = 200
        self._known_noise: tuple[str, ...] = ()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: inspection.note(self.page, f"script error: {error}"))
        self.part: Locator = self.page.get_by_role("main")

    # Arriving ---------------------------------------------------------------------------------------------------------

    def opens(self, address: str) -> None:
        """Types an address: that of the portal, or one read in a mail."""
        response = self.page.goto(address)
        assert response is not None
        self._arrived(response.status)

    def signs_in(self, email: str, password: str) -> None:
        """Signs in at the page for it."""
        self.opens(f"{self.portal.address}/connexion")
        self.fills({"Adresse électronique": email, "Mot de passe": password})
        self.presses("Se connecter")

    def signs_out(self) -> None:
        """Signs out by the button of the frame."""
        self.navigates(self.page.get_by_role("button", name="Se déconnecter").click)

    def goes_to(self, place: str) -> None:
        """One of the places of the frame."""
        self.navigates(self.page.get_by_role("navigation", name="Principale").get_by_role("link", name=place).click)

    # Acting -----------------------------------------------------------------------------------------------------------

    def within(self, part: Locator | None) -> Visitor:
        """From now on and until the next page, looks only in this part."""
        self.part = part or self.page.get_by_role("main")
        return self

    def panel(self, heading: str) -> Locator:
        """The part of the page under this heading."""
        title = self.page.get_by_role("heading", name=heading, exact=True)
        return self.page.get_by_role("main").locator("section").filter(has=title)

    def follows(self, link: str) -> None:
        """Clicks a link that leads to a page."""
        self.navigates(self.part.get_by_role("link", name=link).click)

    def presses(self, button: str, expect_status: int = 200) -> None:
        """Presses a button that sends its form; one that ends with three dots is known by its beginning."""
        words = re.escape(button.removesuffix("..."))
        name = re.compile(rf"^{words}" if button.endswith("...") else rf"^{words}$")
        self.navigates(self.part.get_by_role("button", name=name).click, expect_status)

    def fills(self, texts: dict[str, str]) -> None:
        """Types in fields named by their label."""
        for label, text in texts.items():
            self.field(label).fill(text)

    def field(self, label: str) -> Locator:
        """The field of that label."""
        return self.part.get_by_label(re.compile(rf"^\s*{re.escape(label)}{_OPTIONAL}\s*$"))

    def ticks(self, labels: Iterable[str]) -> None:
        """Ticks boxes or picks radios by the beginning of their label."""
        for label in labels:
            self.part.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).check()

    def unticks(self, labels: Iterable[str]) -> None:
        """Unticks boxes by the beginning of their label."""
        for label in labels:
            self.part.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).uncheck()

    def picks(self, group: str, option: str) -> None:
        """Picks one answer of a question, known by its first words."""
        question = self.part.get_by_role("group", name=re.compile(rf"^{re.escape(group)}\b"))
        question.get_by_label(option, exact=True).check()

    def chooses(self, label: str, option: str) -> None:
        """Chooses in a list, by the words it shows."""
        options = self.field(label).get_by_role("option")
        shown = options.filter(has_text=option).first.text_content() or ""
        self.field(label).select_option(label=shown)

    def unfolds(self, summary: str) -> None:
        """Opens a fold of the page."""
        self.part.locator("summary").filter(has_text=summary).click()

    def joins(self, label: str, files: Iterable[Path]) -> None:
        """Chooses files of one's own disk."""
        self.part.get_by_label(label).set_input_files(list(files))

    def downloads(self, link: str) -> bytes:
        """Follows the first link of that name to a file; what was received."""
        with self.page.expect_download(timeout=PATIENCE) as started:
            self.part.get_by_role("link", name=link, exact=True).first.click()
        return started.value.path().read_bytes()

    def bears(self, *noise: str) -> None:
        """From now on the console may say this: the journey cuts the line, or is refused in the background."""
        self._known_noise += noise

    # Reading ----------------------------------------------------------------------------------------------------------

    def reads(self, *texts: str) -> None:
        """The part looked at shows each of these texts."""
        for text in texts:
            expect(self.part.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def does_not_read(self, text: str) -> None:
        """Nothing of the part says so."""
        expect(self.part.get_by_text(text)).to_have_count(0, timeout=PATIENCE)

    def is_at(self, heading: str) -> None:
        """The page is called that."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=PATIENCE)

    def cannot_yet(self, button: str) -> None:
        """The button is there and cannot be pressed; the page says why."""
        found = self.part.get_by_role("button", name=button, exact=True).first
        expect(found).to_be_disabled(timeout=PATIENCE)
        why = found.get_attribute("aria-describedby")
        assert why, f"« {button} » is disabled and does not say why"
        expect(self.page.locator(f"#{why}")).not_to_be_empty()

    def navigates(self, act: Callable[[], None], expect_status: int = 200) -> None:
        """Does what leads to another page, and waits until it is there."""
        self._expected_status = expect_status
        with self.page.expect_navigation(wait_until="load", timeout=PATIENCE) as arrival:
            act()
        response = arrival.value
        self._arrived(response.status if response else expect_status, expect_status)

    # Inside -----------------------------------------------------------------------------------------------------------

    def _arrived(self, status: int, expected: int = 200) -> None:
        self.within(None)
        self.inspection.read(self.page, self._mirror)
        self._expected_status = 200
        assert status == expected, f"{self.page.url}: {status} instead of {expected}\n{self.part.inner_text()[:1500]}"

    def _hear(self, message: ConsoleMessage) -> None:
        refused = self._expected_status != 200 and f"status of {self._expected_status}" in message.text
        known = any(words in message.text for words in self._known_noise)
        if message.type == "error" and not refused and not known:
            self.inspection.note(self.page, f"console: {message.text}")
