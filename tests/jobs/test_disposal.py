"""Bytes are deleted in one place, after a while, and never while something refers to them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from tests.storage import samples
from tests.support.builders import World
from tests.support.dossier import Dossier
from tests.support.tus import Sender
from vae_portal.actions.disposal import discard_unused, dispose
from vae_portal.actions.services import Services
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Evidence, StoredObject, Upload
from vae_portal.persistence.verify import verify

MEBIBYTE = 1024 * 1024
PDF = samples.PDF + bytes(6 * MEBIBYTE)


@pytest.fixture
def sender(app: Flask, services: Services, world: World, clock: Any) -> Sender:
    sender = Sender(Dossier(app, services, world))
    run_until_empty(services)
    # The store dates by the machine's clock, the portal by the test's: both agree from here on.
    newest = max(one.last_modified for one in services.store.list(""))
    clock.move_to(newest)
    return sender


def keys(services: Services) -> set[str]:
    store = services.store
    return {one.key for one in store.list("")} | {one.upload for one in store.open_uploads("")}


def test_what_a_crash_left_goes_after_a_while_and_nothing_else(sender: Sender, services: Services, clock: Any) -> None:
    going_on = sender.begun(len(PDF))
    assert sender.patch(going_on, 0, PDF[: 5 * MEBIBYTE + 10]).status_code == 204
    assert sender.patch(going_on, 5 * MEBIBYTE + 10, b"\0" * 100).status_code == 204
    before = keys(services)
    services.store.put_stream(io.BytesIO(PDF), limit_bytes=10 * MEBIBYTE)
    services.store.put_bytes("incoming/left", b"x", "text/plain")
    services.store.begin_parts("evidence/left", "text/plain")
    assert len(keys(services)) == len(before) + 3
    clock.advance(hours=47)
    assert dispose(services) == 0
    clock.advance(hours=2)
    assert dispose(services) == 3
    assert keys(services) == before
    assert verify(services.database, services.store, 0) == []
    assert sender.offset(going_on) == 5 * MEBIBYTE + 110


def test_an_upload_that_expired_is_told_and_goes(sender: Sender, services: Services, clock: Any) -> None:
    before = keys(services)
    address = sender.begun(len(PDF))
    assert sender.patch(address, 0, PDF[: 6 * MEBIBYTE]).status_code == 204
    clock.advance(hours=169)
    dispose(services)
    assert keys(services) == before
    (file,) = sender.dossier.files()
    assert (file.state, "interrompu trop longtemps" in file.state_reason) == ("refused", True)
    assert sender.dossier.events()[-1] == "upload_expired"
    assert verify(services.database, services.store, 0) == []


def test_a_removed_file_goes_once_nothing_holds_its_bytes(sender: Sender, services: Services, clock: Any) -> None:
    sender.dossier.send(("un.pdf", PDF))
    sender.dossier.send(("deux.pdf", PDF))
    run_until_empty(services)
    one, two = sender.dossier.files()
    assert one.object_key == two.object_key
    assert not discard_unused(services, str(one.object_key))
    for file, left in ((one, 1), (two, 0)):
        sender.dossier.page().submit(f"/fichiers/{file.id}/retirer")
        clock.advance(hours=719)
        dispose(services)
        assert services.store.exists(str(file.object_key))
        clock.advance(hours=2)
        dispose(services)
        assert services.store.exists(str(file.object_key)) == bool(left)
        assert sender.dossier.events()[-1] == "evidence_erased"
    assert {row.object_key for row in sender.dossier.rows(Evidence)} >= {None}
    assert one.object_key not in {row.key for row in sender.dossier.rows(StoredObject)}
    assert verify(services.database, services.store, 0) == []


def test_verification_names_what_an_upload_lost_and_what_nobody_knows(sender: Sender, services: Services) -> None:
    address = sender.begun(len(PDF))
    assert sender.patch(address, 0, PDF[: 5 * MEBIBYTE]).status_code == 204
    assert sender.patch(address, 5 * MEBIBYTE, PDF[5 * MEBIBYTE : 5 * MEBIBYTE + 10]).status_code == 204
    assert verify(services.database, services.store, 0) == []
    (upload,) = sender.dossier.rows(Upload)
    services.store.delete(str(upload.tail_key))
    assert "la fin reçue manque" in str(verify(services.database, services.store)[0])
    with services.database.writing() as session:
        row = session.get_one(Upload, upload.id)
        row.tail_key, row.tail_size, row.received = None, 0, 5 * MEBIBYTE
    assert verify(services.database, services.store) == []
    services.store.abort_parts(upload.object_key, upload.multipart_id)
    assert "des octets reçus manquent" in str(verify(services.database, services.store)[0])
    services.store.put_bytes("previews/nobody", b"x", "image/png")
    assert verify(services.database, services.store)[1:] == []  # young: its row may be about to come
    assert "rien ne s'y réfère" in str(verify(services.database, services.store, 0)[1])
