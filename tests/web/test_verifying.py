"""The public page of authenticity: two answers, of the same size and cost, and nothing else told."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.builders import World
from tests.support.client import Page, PageClient
from vae_portal import seal_code
from vae_portal.actions.services import Services
from vae_portal.persistence.tables import Deposit, DepositFile, StoredObject
from workflows.vocabulary import Step

STATIC = Path(__file__).parents[2] / "vae_portal" / "web" / "static"
HASH = "3f2a91c077de04b8a6e5" + "0" * 44
CODE = "3F2A-91C0-77DE-04B8-A6E5"


def ask(client: PageClient, code: str, expect: int = 200) -> Page:
    return client.get("/verifier").submit("Vérifier", {"code": code}, expect=expect)


@pytest.fixture
def sealed(services: Services, world: World) -> Deposit:
    world.candidacy(Step.DOSSIER_REVIEW)
    with services.database.reading() as session:
        return session.scalars(select(Deposit)).one()


# Codes


def test_a_code_is_the_beginning_of_its_hash() -> None:
    assert seal_code.code_of(HASH) == CODE


READ = [
    (CODE, HASH[:20]),
    (CODE.lower(), HASH[:20]),
    (" 3F2A 91C0\N{NO-BREAK SPACE}77DE\N{EN DASH}04B8\nA6E5 ", HASH[:20]),
    (HASH.upper(), HASH),
    (f"{HASH}  dossier/rapport d'audit.pdf\n", HASH),
    (f"{HASH} *a.pdf", HASH),
    (":".join(HASH[i : i + 2] for i in range(0, 64, 2)), HASH),
    (CODE[:-1], None),
    (CODE + "0", None),
    (HASH + "0", None),
    ("G" + CODE[1:], None),
    ("", None),
    ("٣" * 20, None),
]


@pytest.mark.parametrize(("typed", "digits"), READ)
def test_a_code_is_read_however_it_was_typed(typed: str, digits: str | None) -> None:
    assert seal_code.read(typed) == digits


# The page


def test_a_code_a_manifest_and_each_file_are_authentic(client: PageClient, services: Services, sealed: Deposit) -> None:
    with services.database.reading() as session:
        files = session.scalars(select(DepositFile.sha256)).all()
    assert files
    for typed in (seal_code.code_of(sealed.manifest_sha256), sealed.manifest_sha256, *files):
        assert "Authentique : scellé le" in ask(client, typed).text


def test_everything_else_is_unknown(client: PageClient, services: Services, sealed: Deposit) -> None:
    """A file given and not deposited, a hash that begins like a manifest's, the code of a file."""
    with services.database.reading() as session:
        files = set(session.scalars(select(DepositFile.sha256)))
        other = next(sha for sha in session.scalars(select(StoredObject.sha256)) if sha not in files)
    near = sealed.manifest_sha256[:20] + "0" * 44
    for typed in (other, near, seal_code.code_of(next(iter(files))), CODE):
        page = ask(client, typed)
        assert "Inconnu" in page.text
        assert "scellé le" not in page.soup.find(id="verdict").get_text()


def test_both_answers_have_the_same_size_and_cost_and_name_nobody(client: PageClient, sealed: Deposit) -> None:
    yes, no = (ask(client, typed) for typed in (sealed.manifest_sha256, "0" * 64))
    assert len(yes.response.data) == len(no.response.data)
    assert yes.statements == no.statements
    assert yes.sql == no.sql
    for secret in (json.loads(sealed.manifest_text)["candidacy"], "Camille", "28242"):
        assert secret not in yes.text


def test_what_is_no_code_is_said_to_be_none(client: PageClient) -> None:
    page = ask(client, "3F2A", expect=422)
    assert page.soup.find("a", href="#code")
    assert page.soup.find(id="code")["value"] == "3F2A"


def test_a_link_brings_a_code_and_checks_nothing(client: PageClient, sealed: Deposit) -> None:
    page = client.get("/verifier", query={"code": seal_code.code_of(sealed.manifest_sha256)})
    assert page.soup.find(id="verdict") is None
    assert page.statements == 0
    assert "Authentique" in page.submit("Vérifier", expect=200).text


def test_guessing_is_slowed_down(client: PageClient, services: Services, world: World) -> None:
    page = client.get("/verifier")
    for _ in range(services.settings.sign_in_attempts * 10):
        page.submit("Vérifier", {"code": CODE}, expect=200)
    assert "Trop d'essais" in page.submit("Vérifier", {"code": CODE}, expect=429).text
    world.clock.advance(minutes=15)
    page.submit("Vérifier", {"code": CODE}, expect=200)


def test_a_verdict_needs_the_token_of_its_form(client: PageClient) -> None:
    client.post("/verifier", {"code": CODE}, expect=400)


# The hash that the browser computes

_SCRIPT = """
import { Sha256 } from "MODULE";
const cases = JSON.parse(process.argv[2]);
const found = cases.map(([size, piece]) => {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);
  const hash = new Sha256();
  for (let at = 0; at < size; at += piece) hash.update(bytes.subarray(at, at + piece));
  return hash.hex();
});
console.log(JSON.stringify(found));
"""
_SIZES = (0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 65_537, 3_000_001)
_PIECES = (1, 63, 64, 65, 1000, 1 << 22)
_CASES = [(size, piece) for size in _SIZES for piece in _PIECES if size // piece < 100_000]


def test_the_browser_s_hash_is_that_of_hashlib(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the journey in chromium covers the module")
    script = tmp_path / "cases.mjs"
    module = tmp_path / "sha256.mjs"
    module.write_bytes((STATIC / "sha256.js").read_bytes())
    script.write_text(_SCRIPT.replace("MODULE", "./sha256.mjs"))
    told = subprocess.run([node, script, json.dumps(_CASES)], capture_output=True, text=True, check=True, timeout=60)
    expected = [hashlib.sha256(bytes((i * 31 + (i >> 8)) & 255 for i in range(size))).hexdigest() for size, _ in _CASES]
    assert json.loads(told.stdout) == expected


def test_the_page_never_names_the_file_it_hashes(client: PageClient) -> None:
    page = client.get("/verifier")
    chooser = page.soup.find(id="fichier")
    assert not chooser.has_attr("name")
    assert chooser.find_parent("form") is None
    assert page.soup.find(id="par-fichier").has_attr("hidden")
    script = (STATIC / "verify.js").read_text()
    assert not re.search(r"fetch|XMLHttpRequest|FormData|sendBeacon|WebSocket", script)
