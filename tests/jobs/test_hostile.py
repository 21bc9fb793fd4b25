"""What was sent to do harm, through the whole check: refused with a sentence, never a job that stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.decoding import samples as whole
from tests.jobs.reading import jobs, row
from tests.jobs.test_evidence import given, scanned_by, state_of
from tests.storage import samples
from vae_portal.actions.services import Services
from vae_portal.embedded.processes import free_ports
from vae_portal.jobs.catching_up import catch_up_files
from vae_portal.persistence.tables import Evidence
from workflows.vocabulary import EvidenceState

Work = Callable[..., None]

HOSTILE = {
    "zip bomb": (samples.zip_bomb(), "grossit trop"),
    "zip that lies": (samples.lying_zip(), "grossit trop"),
    "macros": (samples.open_xml("docm"), "macros"),
    "hidden macros": (samples.open_xml("docx", {"word/vbaProject.bin": b"x"}), "macros"),
    "image bomb": (whole.image_bomb(), "trop de points"),
    "cut PDF": (whole.long_pdf(40)[:3000], "incomplet ou abîmé"),
    "protected PDF": (whole.protected_pdf(), "mot de passe"),
    "cut JPEG": (whole.picture("JPEG", (1200, 900))[:-900], "incomplète ou abîmée"),
    "picture and archive": (whole.picture("JPEG") + samples.zipped({"a.html": b"<script>"}), "cache une archive"),
    "film without its directory": (whole.FILM_WITHOUT_MOOV, "a été coupé"),
    "sound without sound": (whole.SILENT_TAG, "pas de son"),
    "program": (b"MZ" + bytes(9000), "programme"),
    "page": (b"bonjour\n<script>alert(1)</script>", "page web"),
    "text that is none": (b"une note\n" * 9000 + b"\0\1", "ni un texte"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_harm_is_refused(services: Services, work: Work, name: str) -> None:
    data, words = HOSTILE[name]
    evidence = given(services, data)
    work(services)
    assert state_of(services, evidence)[0] == "refused"
    assert words in state_of(services, evidence)[1]
    assert jobs(services) == [("check_evidence", "succeeded", 1)]


def test_what_is_refused_is_so_without_waiting_for_the_antivirus(services: Services, work: Work) -> None:
    evidence = given(services, whole.image_bomb())
    work(scanned_by(services, f"tcp://127.0.0.1:{free_ports(1)[0]}"))
    assert state_of(services, evidence)[0] == "refused"


def test_an_infected_file_is_not_opened(services: Services, work: Work, clamd_url: str) -> None:
    evidence = given(services, whole.pdf_without_page() + b"marqueur-infecte")
    work(scanned_by(services, clamd_url))
    assert state_of(services, evidence)[0] == "infected"


def test_an_antivirus_that_comes_later_is_given_all_that_was_not_scanned(
    services: Services, work: Work, clamd_url: str
) -> None:
    clean, infected = given(services), given(services, whole.long_pdf(2) + b"marqueur-infecte")
    work(services)
    assert {state_of(services, one)[0] for one in (clean, infected)} == {"not_scanned"}
    scanning = scanned_by(services, clamd_url)
    catch_up_files(services)  # without one, nothing is asked
    assert [name for name, _, _ in jobs(services)].count("check_evidence") == 2
    catch_up_files(scanning)
    catch_up_files(scanning)
    assert [name for name, _, _ in jobs(services)].count("check_evidence") == 4
    work(scanning)
    assert state_of(services, clean)[0] == EvidenceState.USABLE
    assert state_of(services, infected)[0] == EvidenceState.INFECTED


def test_personal_data_are_counted_without_those_of_the_candidate(services: Services, work: Work) -> None:
    evidence = given(services, whole.word("claire@exemple.fr", "06 12 34 56 78", "paul@exemple.fr"))
    work(services)
    assert row(services, Evidence, evidence.id).personal_data == {"email": 2, "phone": 1}
