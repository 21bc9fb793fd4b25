"""The portal served to a real browser, and people to sit at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.inspection import WIDE, Inspection
from tests.journeys.portal import Mailbox, Portal
from tests.journeys.visitor import Visitor
from vae_portal.actions.services import Services
from vae_portal.embedded.processes import free_ports
from vae_portal.settings import Settings

_CHROMIUM = shutil.which("chromium")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium; for one module, since Playwright keeps an event loop running in the thread it starts in."""
    if _CHROMIUM is None:
        pytest.skip("chromium is not on this machine (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server of this journey's own."""
    mailbox = Mailbox(free_ports(1)[0])
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    """Links lead to the server of the journey, mails to its mailbox."""
    address = f"http://127.0.0.1:{free_ports(1)[0]}"
    return replace(settings, base_url=address, smtp_url=f"smtp://127.0.0.1:{mailbox.port}")


@pytest.fixture
def portal(services: Services, mailbox: Mailbox) -> Iterator[Portal]:
    """The portal, served."""
    portal = Portal(services, mailbox, int(services.settings.base_url.rpartition(":")[2]))
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def inspection(portal: Portal, request: pytest.FixtureRequest) -> Iterator[Inspection]:
    """Every fault of every page, told together at the end of the journey."""
    inspection = Inspection(portal.app)
    yield inspection
    request.node.user_properties.append(("pages", dict(inspection.visits)))
    inspection.conclude()


@pytest.fixture
def arrives(browser: Browser, portal: Portal, inspection: Inspection) -> Iterator[Callable[..., Visitor]]:
    """Someone with a browser of their own; `scripts=False` for one where JavaScript is off."""
    contexts = []

    def arrive(scripts: bool = True) -> Visitor:
        # Without transitions: axe would take the colour of a button on its way for the colour that it has.
        options = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": WIDE, "reduced_motion": "reduce"}
        contexts.append(browser.new_context(**options, java_script_enabled=scripts))
        if scripts:
            return Visitor(portal, inspection, contexts[-1])
        contexts.append(browser.new_context(**options))
        return Visitor(portal, inspection, contexts[-2], contexts[-1])

    yield arrive
    for context in contexts:
        context.close()
