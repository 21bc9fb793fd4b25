"""Files sent by the page itself: many at once, through a lost connection and a page closed, every byte right."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.journeys.portal import Portal
from tests.journeys.visitor import PATIENCE, Visitor
from tests.support.builders import PASSWORD, World
from vae_portal.persistence.tables import Evidence, StoredObject
from workflows.vocabulary import Step

pytestmark = pytest.mark.journey

MIB = 1024 * 1024
PICKER = "Choisissez vos fichiers"
# Playwright has no word for a folder dropped: the page is given what a browser would give it.
_DROP_FOLDER = """(names) => {
  const files = names.map((name) => new File(["texte de " + name], name, {type: "text/plain", lastModified: 1}));
  const leaf = (file) => ({isFile: true, file: (found) => found(file)});
  const folder = (inside) => {
    let left = [inside, []];
    return {isFile: false, createReader: () => ({readEntries: (found) => found(left.shift())})};
  };
  const deep = folder([leaf(files[0]), folder(files.slice(1).map(leaf))]);
  const event = new DragEvent("drop", {bubbles: true, cancelable: true});
  const items = [{webkitGetAsEntry: () => deep}];
  Object.defineProperty(event, "dataTransfer", {value: {items, files: [], types: ["Files"]}});
  document.querySelector(".drop").dispatchEvent(event);
}"""


@pytest.fixture
def candidate(arrives: Callable[..., Visitor], portal: Portal, world: World) -> Visitor:
    """Someone at their dossier."""
    story = world.candidacy(Step.DOSSIER_PREPARATION)
    visitor = arrives()
    visitor.signs_in(world.email("candidat"), PASSWORD)
    visitor.opens(f"{portal.address}/ma-candidature/{story.number}/dossier")
    return visitor


def a_file(folder: Path, name: str, size: int) -> Path:
    """A text, every byte of which the check reads."""
    path = folder / name
    path.write_bytes(random.Random(name).randbytes(size // 2 + 1).hex().encode()[:size])
    return path


def kept(portal: Portal) -> dict[str, str]:
    """The files of the dossier with the SHA-256 of what the store holds."""
    portal.do_jobs()
    with portal.services.database.reading() as session:
        rows = session.execute(
            select(Evidence.name, StoredObject.sha256)
            .join(StoredObject, StoredObject.key == Evidence.object_key)
            .where(Evidence.removed_at.is_(None))
        )
        return {row.name: row.sha256 for row in rows}


def received(candidate: Visitor, *names: str) -> None:
    """The page itself comes to list each file as received."""
    for name in names:
        row = candidate.page.locator("#fichiers-recus").get_by_text(name).first
        expect(row).to_be_visible(timeout=2 * PATIENCE)


def test_many_files_at_once_by_choice_and_by_folder(candidate: Visitor, portal: Portal, tmp_path: Path) -> None:
    files = [a_file(tmp_path, f"preuve-{rank}.txt", 200_000 + rank) for rank in range(5)]
    candidate.joins(PICKER, files)
    candidate.page.evaluate(_DROP_FOLDER, ["note-a.txt", "note-b.txt", "note-c.txt"])
    names = [path.name for path in files] + ["note-a.txt", "note-b.txt", "note-c.txt"]
    received(candidate, *names)
    candidate.inspection.read(candidate.page)
    found = kept(portal)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}.items() <= found.items()
    assert found["note-b.txt"] == hashlib.sha256(b"texte de note-b.txt").hexdigest()


def test_a_lost_connection_and_a_closed_page_cost_nothing(candidate: Visitor, portal: Portal, tmp_path: Path) -> None:
    page = candidate.page
    # 409: what was saved of a cut moves the offset while the page asks for it; it asks again.
    candidate.bears("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 409")
    file = a_file(tmp_path, "longue-note.txt", 24 * MIB)
    sent: list[int] = []
    page.on("request", lambda asked: asked.method == "PATCH" and sent.append(int(asked.headers["upload-offset"])))
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    throttle = {"offline": False, "latency": 5, "downloadThroughput": 50 * MIB, "uploadThroughput": 3 * MIB}
    slow.send("Network.emulateNetworkConditions", throttle)
    candidate.joins(PICKER, [file])
    expect(page.locator("#envois-liste [data-said]")).to_contain_text("%", timeout=PATIENCE)
    page.wait_for_function("() => document.querySelector('#envois-liste progress').value > 15", timeout=PATIENCE)
    slow.send("Network.emulateNetworkConditions", {**throttle, "offline": True})
    expect(page.locator("#envois-liste [data-said]")).to_contain_text("Connexion perdue", timeout=PATIENCE)
    slow.send("Network.emulateNetworkConditions", throttle)
    page.wait_for_function("() => document.querySelector('#envois-liste progress').value > 40", timeout=2 * PATIENCE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("button", name="Reprendre l'envoi de longue-note.txt")).to_be_visible()
    slow.send("Network.emulateNetworkConditions", {**throttle, "uploadThroughput": -1})
    before = len(sent)
    candidate.joins(PICKER, [file])
    expect(page.locator("#fichiers-recus").get_by_text("en vérification")).to_be_visible(timeout=2 * PATIENCE)
    assert sent[before] > 5 * MIB  # it went on where it was
    assert kept(portal)[file.name] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert page.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('vae-envoi'))") == []


def test_what_is_refused_says_why_and_stops_nothing_else(candidate: Visitor, portal: Portal, tmp_path: Path) -> None:
    program = tmp_path / "vide.pdf"
    program.write_bytes(b"")
    candidate.joins(PICKER, [program, a_file(tmp_path, "bonne.pdf", 5000)])
    expect(candidate.page.get_by_text("Ce fichier est vide")).to_be_visible()
    received(candidate, "bonne.pdf")
