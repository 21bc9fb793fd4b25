"""What shows a file in place: pages as pictures with their texts, made once, by a job that may run twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.decoding import samples as whole
from tests.jobs.reading import jobs, row
from tests.jobs.test_evidence import given
from tests.support.database import TestClock
from vae_portal.actions import previews as asking
from vae_portal.actions.disposal import dispose
from vae_portal.actions.services import Services
from vae_portal.decoding import office
from vae_portal.jobs.catching_up import catch_up_files
from vae_portal.jobs.previews import FAILED, make_preview
from vae_portal.persistence.tables import Evidence, Preview, PreviewPage, StoredObject

Work = Callable[..., None]
needs_libreoffice = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not on this machine")


def pages(services: Services, evidence: Evidence) -> list[PreviewPage]:
    """The pages kept of a file, in order."""
    with services.database.reading() as session:
        wanted = select(PreviewPage).where(PreviewPage.source_key == evidence.object_key).order_by(PreviewPage.page)
        return list(session.scalars(wanted))


def preview(services: Services, evidence: Evidence) -> Preview:
    """What is known of the preview of a file."""
    return row(services, Preview, evidence.object_key)


def test_the_pages_of_a_pdf_are_pictures_with_their_texts(services: Services, work: Work) -> None:
    evidence = given(services, whole.long_pdf(3, "Politique QSE, page"))
    work(services)
    known, made = preview(services, evidence), pages(services, evidence)
    assert (known.pages, known.more_pages, known.reason) == (3, False, "")
    assert [page.text for page in made] == [f"Politique QSE, page {n}" for n in (1, 2, 3)]
    assert [(page.width, page.height) for page in made] == [(910, 1287)] * 3
    for page in made:
        stored = row(services, StoredObject, page.object_key)
        assert page.object_key.startswith("previews/")
        assert services.store.read_bytes(stored.key)[:4] == b"RIFF"
        assert services.store.size(stored.key) == stored.size


def test_only_so_many_pages_are_made(services: Services, work: Work) -> None:
    few = replace(services, settings=replace(services.settings, preview_pages=2))
    evidence = given(few, whole.long_pdf(5))
    work(few)
    assert (preview(few, evidence).pages, preview(few, evidence).more_pages) == (2, True)


def test_the_job_changes_nothing_the_second_time(services: Services, work: Work) -> None:
    evidence = given(services, whole.long_pdf(2))
    work(services)
    before = preview(services, evidence).made_at
    make_preview(services, evidence.object_key or "")
    assert preview(services, evidence).made_at == before
    assert len(pages(services, evidence)) == 2


def test_the_same_bytes_twice_are_shown_by_the_same_pages(services: Services, work: Work) -> None:
    first, second = given(services, whole.PDF), given(services, whole.PDF)
    work(services)
    assert first.object_key == second.object_key
    assert [name for name, _, _ in jobs(services)].count("make_preview") == 1
    assert len(pages(services, second)) == 1


@needs_libreoffice
@pytest.mark.slow
def test_an_office_file_is_shown_as_its_pages(services: Services, work: Work) -> None:
    evidence = given(services, whole.word("Le taux de fréquence est passé de 31 à 18."))
    work(services)
    assert preview(services, evidence).pages == 1
    assert "taux de fréquence" in pages(services, evidence)[0].text


def test_without_libreoffice_the_file_is_offered_and_made_when_it_comes(
    services: Services, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    evidence = given(services, whole.word("Bonjour"))
    work(services)
    assert (preview(services, evidence).pages, preview(services, evidence).reason) == (0, asking.NO_CONVERTER)
    catch_up_files(services)
    assert [name for name, _, _ in jobs(services)].count("make_preview") == 1
    monkeypatch.setattr(office, "program", lambda: "/usr/bin/soffice")
    catch_up_files(services)
    assert [name for name, _, _ in jobs(services)].count("make_preview") == 2


def test_a_picture_of_a_telephone_is_shown_as_one_that_browsers_know(services: Services, work: Work) -> None:
    evidence = given(services, whole.picture("HEIF", (640, 480)))
    work(services)
    assert [(page.width, page.height) for page in pages(services, evidence)] == [(640, 480)]


@pytest.mark.parametrize("data", [whole.picture("JPEG"), b"une note\n", whole.FILM])
def test_what_shows_by_itself_needs_none(services: Services, work: Work, data: bytes) -> None:
    evidence = given(services, data)
    work(services)
    assert jobs(services)[0][:2] == ("check_evidence", "succeeded")
    with services.database.reading() as session:
        assert session.get(Preview, evidence.object_key) is None


def test_a_file_that_breaks_the_child_has_no_preview_and_no_stuck_job(services: Services, work: Work) -> None:
    evidence = given(services, whole.PDF)
    work(services)
    key = evidence.object_key or ""
    with services.database.writing() as session:
        session.get_one(Preview, key).pages = None
        session.query(PreviewPage).delete()
    services.store.delete(key)
    services.store.put_bytes(key, whole.PDF[:200], "application/pdf")
    make_preview(services, key)
    assert (preview(services, evidence).pages, preview(services, evidence).reason) == (0, FAILED)


def test_files_from_before_there_were_previews_get_one(services: Services, work: Work) -> None:
    evidence = given(services, whole.PDF)
    work(services)
    with services.database.writing() as session:
        session.query(PreviewPage).delete()
        session.query(Preview).delete()
    catch_up_files(services)
    catch_up_files(services)
    work(services)
    assert len(pages(services, evidence)) == 1
    assert [name for name, _, _ in jobs(services)].count("make_preview") == 2


def test_what_showed_a_file_goes_with_it(services: Services, work: Work, clock: TestClock) -> None:
    evidence = given(services, whole.long_pdf(2))
    work(services)
    keys = [page.object_key for page in pages(services, evidence)]
    with services.database.writing() as session:
        session.get_one(Evidence, evidence.id).removed_at = clock()
    clock.advance(hours=services.settings.removed_hours + 1)
    for _ in range(2):  # the pages are nobody's once the file has gone
        dispose(services)
    with services.database.reading() as session:
        assert session.scalars(select(StoredObject.key)).all() == []
        assert session.scalars(select(Preview.source_key)).all() == []
    assert not any(services.store.exists(key) for key in [*keys, evidence.object_key or ""])
