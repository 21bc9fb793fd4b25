"""Uploads that go on after a cut: the protocol held, rights and room first, nothing acknowledged that is lost."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from gunicorn.http.errors import InvalidChunkSize
from sqlalchemy import update

from storage.keys import EVIDENCE, INCOMING
from storage.s3_parts import LEAST_PART
from tests.support.builders import PASSWORD, World
from tests.support.client import PageClient
from tests.support.database import application
from tests.support.dossier import Dossier
from tests.support.tus import BYTES, VERSION, Sender, checksum, metadata
from vae_portal.actions.perform import perform
from vae_portal.actions.services import Services
from vae_portal.jobs.worker import run_until_empty
from vae_portal.persistence.tables import Evidence, Situation, SituationEvidence, Upload, UploadPart
from workflows.facts import Given
from workflows.vocabulary import Action, Role

MEBIBYTE = 1024 * 1024

TEXT = b"Une situation de travail, en quelques mots.\n" * 4


@pytest.fixture
def dossier(app: Flask, services: Services, world: World) -> Dossier:
    return Dossier(app, services, world)


@pytest.fixture
def sender(dossier: Dossier) -> Sender:
    return Sender(dossier)


def a_text(size: int) -> bytes:
    return random.Random(size).randbytes(size // 2 + 1).hex().encode()[:size]  # a text: every byte of it is checked


def cut_patch(sender: Sender, address: str, offset: int, data: bytes, length: int) -> Any:
    given = {"Upload-Offset": str(offset), **VERSION}
    longer = {"CONTENT_LENGTH": str(length)}
    return sender.http.patch(
        address, headers=given, content_type=BYTES, input_stream=io.BytesIO(data), environ_overrides=longer
    )


def chunked_patch(sender: Sender, address: str, offset: int, stream: io.BytesIO) -> Any:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    given = {"Upload-Offset": str(offset), **VERSION}
    return sender.http.patch(address, headers=given, content_type=BYTES, input_stream=stream, environ_overrides=chunked)


def test_what_is_spoken_is_said(sender: Sender) -> None:
    answer = sender.http.options(sender.endpoint)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    }
    assert answer.headers["Tus-Max-Size"] == str(sender.dossier.services.settings.max_file_bytes)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert f'data-tus-endpoint="{sender.endpoint}"' in str(sender.dossier.page().soup)


def test_a_file_comes_in_pieces_is_made_whole_and_checked(sender: Sender) -> None:
    data, services = a_text(13 * MEBIBYTE), sender.dossier.services
    address, place = sender.begun(len(data), "été.txt"), 0
    for size in (100, 3 * MEBIBYTE, 6 * MEBIBYTE, 1, 10 * MEBIBYTE):
        answer = sender.patch(address, place, data[place : place + size])
        assert answer.status_code == 204, answer.get_data(as_text=True)
        place = int(answer.headers["Upload-Offset"])
        assert place == sender.offset(address)
    assert place == len(data)
    assert [f.state for f in sender.dossier.files()] == ["checking"]
    assert sender.dossier.events()[-2:] == ["upload_begun", "evidence_given"]
    run_until_empty(services)
    (file,) = sender.dossier.files()
    assert (file.name, file.state, file.size) == ("été.txt", "not_scanned", len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert services.store.read_bytes(str(file.object_key)) == data
    assert list(services.store.list(INCOMING)) == []
    assert sender.head(address).headers["Upload-Offset"] == str(len(data))  # its sender may ask late
    assert sender.patch(address, len(data), b"").status_code == 204


def test_a_small_file_comes_with_its_creation_behind_its_situation(sender: Sender) -> None:
    sender.dossier.describe("Titre", "C1")
    situation = sender.dossier.rows(Situation)[0].id
    named = metadata(filename="a.txt", filetype="text/plain", situation=str(situation), relativePath="x/a.txt")
    answer = sender.create(len(TEXT), data=TEXT, Upload_Metadata=named)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(TEXT)))
    assert [row.situation_id for row in sender.dossier.rows(SituationEvidence)] == [situation]
    assert len(sender.dossier.rows(UploadPart)) == 1
    run_until_empty(sender.dossier.services)
    assert sender.dossier.files()[0].state == "not_scanned"


def test_the_same_bytes_are_kept_once_whichever_way_they_come(sender: Sender) -> None:
    data = a_text(6 * MEBIBYTE)
    sender.dossier.send(("par formulaire.txt", data))
    for name in ("un.txt", "deux.txt"):
        assert sender.create(len(data), name, data).status_code == 201
    run_until_empty(sender.dossier.services)
    sender.dossier.send(("encore.txt", data))
    assert len({f.object_key for f in sender.dossier.files()}) == 1
    assert len(sender.dossier.files()) == 4
    sizes = [one.size for one in sender.dossier.services.store.list(EVIDENCE)]
    assert sizes.count(len(data)) == 1


REFUSED: dict[str, tuple[dict[str, str], int]] = {
    "no version": ({"Tus-Resumable": ""}, 412),
    "another version": ({"Tus-Resumable": "0.2.2"}, 412),
    "no length": ({"Upload-Length": ""}, 400),
    "a negative length": ({"Upload-Length": "-1"}, 400),
    "a length said later": ({"Upload-Defer-Length": "1"}, 400),
    "an empty file": ({"Upload-Length": "0"}, 400),
    "too large a file": ({"Upload-Length": str(600 * MEBIBYTE)}, 413),
    "no name": ({"Upload-Metadata": ""}, 400),
    "metadata that is none": ({"Upload-Metadata": "filename ***"}, 400),
    "metadata that is not ASCII": ({"Upload-Metadata": "filename é"}, 400),
    "a situation that is none": ({"Upload-Metadata": metadata(filename="a", situation="x")}, 400),
    "somebody's situation": ({"Upload-Metadata": metadata(filename="a", situation="99999")}, 404),
    "another site": ({"Origin": "https://ailleurs.example"}, 403),
    "a site beside": ({"Sec-Fetch-Site": "same-site"}, 403),
    "a sandboxed page": ({"Origin": "null"}, 403),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_creation_that_is_refused_says_why_and_records_nothing(sender: Sender, name: str) -> None:
    changed, status = REFUSED[name]
    headers = {"Upload-Length": "10", "Upload-Metadata": metadata(filename="a.txt"), **VERSION, **changed}
    answer = sender.http.post(sender.endpoint, headers={k: v for k, v in headers.items() if v})
    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert len(answer.get_data(as_text=True)) > 20
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert sender.dossier.rows(Upload) == []
    assert sender.dossier.files() == []


def test_room_is_kept_for_what_is_announced(services: Services, world: World) -> None:
    sender = Sender(Dossier(application(services, max_candidacy_bytes=6500), services, world))
    address = sender.begun(3000)
    assert sender.create(2000).status_code == 413
    assert sender.http.delete(address, headers=VERSION).status_code == 204
    assert sender.create(2000).status_code == 201


class Untouchable(io.BytesIO):
    def readinto(self, buffer: Any, /) -> int:
        raise AssertionError("the body was read")

    read = readinto  # type: ignore[assignment]


def test_rights_are_asked_before_a_byte_is_read(sender: Sender) -> None:
    address = sender.begun(100)
    sender.dossier.world.candidate("autre")
    other = PageClient(sender.dossier.client.app, sender.dossier.services.database.engine)
    other.sign_in(sender.dossier.world.email("autre"), PASSWORD)
    for http, status in ((other.http, 404), (PageClient(sender.dossier.client.app).http, 401)):
        answer = http.patch(
            address,
            headers={"Upload-Offset": "0", **VERSION},
            content_type=BYTES,
            input_stream=Untouchable(b"x"),
            content_length=100,
        )
        assert (answer.status_code, answer.mimetype) == (status, "text/plain")
        assert answer.headers["Connection"] == "close"
        assert http.head(address, headers=VERSION).status_code == status
        assert http.delete(address, headers=VERSION).status_code == status
        assert http.post(sender.endpoint, headers={"Upload-Length": "1", **VERSION}).status_code in (400, status)


def test_an_offset_that_is_not_where_it_stands_changes_nothing(sender: Sender) -> None:
    address = sender.begun(100)
    assert sender.patch(address, 0, TEXT[:10]).status_code == 204
    for wrong in (0, 9, 11):
        assert sender.patch(address, wrong, b"x").status_code == 409
    for much in (sender.patch(address, 10, b"x" * 91), chunked_patch(sender, address, 10, io.BytesIO(b"x" * 91))):
        assert (much.status_code, "plus d'octets qu'annoncé" in much.get_data(as_text=True)) == (413, True)
    assert sender.offset(address) == 10
    assert sender.http.patch(address, headers=VERSION, data=b"x").status_code == 415
    assert sender.patch(address, 10, b"x", Upload_Offset="-3").status_code == 400
    assert sender.patch(f"{address}0", 0, b"x").status_code == 404


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_nothing_is_kept_unless_its_checksum_agrees(sender: Sender, algorithm: str) -> None:
    data = a_text(11 * MEBIBYTE)
    address, half = sender.begun(len(data)), 7 * MEBIBYTE
    wrong = sender.patch(address, 0, data[:half], Upload_Checksum=checksum(algorithm, b"other"))
    assert (wrong.status_code, sender.offset(address)) == (460, 0)
    assert sender.patch(address, 0, data, Upload_Checksum="crc32 AAAA").status_code == 400
    assert sender.patch(address, 0, data, Upload_Checksum=f"{algorithm} ***").status_code == 400
    assert sender.patch(address, 0, data, Upload_Checksum=f"{algorithm} !!!é").status_code == 400
    right = sender.patch(address, 0, data[:half], Upload_Checksum=checksum(algorithm, data[:half]))
    assert (right.status_code, sender.offset(address)) == (204, half)
    assert sender.patch(address, half, data[half:], Upload_Checksum=checksum(algorithm, data[half:])).status_code == 204
    run_until_empty(sender.dossier.services)
    assert sender.dossier.files()[0].sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("cut_at", [1, 9_000, 3 * MEBIBYTE, LEAST_PART + 10, 17 * MEBIBYTE])
def test_a_cut_keeps_what_it_can_and_the_rest_is_asked_again(sender: Sender, cut_at: int) -> None:
    data = a_text(20 * MEBIBYTE)
    address = sender.begun(len(data))
    assert sender.patch(address, 0, data[:100]).status_code == 204
    assert cut_patch(sender, address, 100, data[100 : 100 + cut_at], len(data) - 100).status_code == 400
    kept = sender.offset(address)
    assert 100 <= kept <= 100 + cut_at
    assert kept >= min(100 + cut_at, LEAST_PART)
    assert sender.patch(address, kept, data[kept:]).status_code == 204
    run_until_empty(sender.dossier.services)
    assert sender.dossier.files()[0].sha256 == hashlib.sha256(data).hexdigest()


def test_a_body_that_does_not_say_its_length_is_taken_part_by_part(sender: Sender) -> None:
    data = a_text(12 * MEBIBYTE)
    address = sender.begun(len(data))
    answer = chunked_patch(sender, address, 0, io.BytesIO(data))
    assert answer.status_code == 204, answer.get_data(as_text=True)
    assert sender.offset(address) == len(data)
    run_until_empty(sender.dossier.services)
    assert sender.dossier.files()[0].sha256 == hashlib.sha256(data).hexdigest()


def test_what_comes_after_the_last_byte_is_refused(sender: Sender) -> None:
    data = TEXT
    address = sender.begun(len(data))
    assert sender.patch(address, 0, data).status_code == 204
    more = sender.patch(address, len(data), b"x")
    assert (more.status_code, "plus d'octets qu'annoncé" in more.get_data(as_text=True)) == (413, True)
    assert chunked_patch(sender, address, len(data), io.BytesIO(b"x")).status_code == 413
    assert chunked_patch(sender, address, len(data), io.BytesIO()).status_code == 204


def test_chunks_that_are_none_are_a_cut(sender: Sender) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise InvalidChunkSize(b"zz")

    address = sender.begun(100)
    assert chunked_patch(sender, address, 0, Broken()).status_code == 400
    assert sender.offset(address) == 0


def test_what_is_taken_out_is_free_until_it_is_as_much_again(services: Services, world: World) -> None:
    sender = Sender(Dossier(application(services, max_candidacy_bytes=6900), services, world))
    for turn in range(9):
        answer = sender.create(2000, f"{turn}.txt", b"%03d\n" % turn * 500)
        if answer.status_code != 201:
            break
        run_until_empty(services)
        assert sender.http.delete(answer.headers["Location"], headers=VERSION).status_code == 204
    assert (turn, answer.status_code) == (4, 413)  # 8000 bytes kept, of which half counts: no room for 2000
    with services.database.writing() as session:
        session.execute(update(Evidence).values(object_key=None, state="refused"))  # as once they are erased
    assert sender.create(2000).status_code == 201


NEVER: dict[str, Callable[[], bytes]] = {
    "programme": lambda: b"MZ\x90\x00" + bytes(9000),
    "archive": lambda: b"Rar!\x1a\x07" + bytes(9000),
    "page web": lambda: b"<!doctype html><script>1</script>" + b" " * 9000,
}


@pytest.mark.parametrize("word", NEVER)
def test_what_never_could_be_taken_ends_at_its_first_bytes(sender: Sender, word: str) -> None:
    address = sender.begun(100 * MEBIBYTE, "x.txt")
    answer = cut_patch(sender, address, 0, NEVER[word](), 100 * MEBIBYTE)
    assert answer.status_code == 422
    assert word in answer.get_data(as_text=True)
    assert sender.head(address).status_code == 410
    (file,) = sender.dossier.files()
    assert file.state == "refused"
    assert word in file.state_reason
    assert sender.create(4 * 1024 * MEBIBYTE).status_code == 413  # larger than a file may be
    assert sender.patch(address, 0, b"x").status_code == 410


def test_an_upload_given_up_leaves_nothing(sender: Sender) -> None:
    data, store = a_text(14 * MEBIBYTE), sender.dossier.services.store
    before = list(store.list(""))
    address = sender.begun(len(data))
    for start, end in ((0, 6 * MEBIBYTE), (6 * MEBIBYTE, 7 * MEBIBYTE)):
        assert sender.patch(address, start, data[start:end]).status_code == 204
    answer = sender.http.post(address, headers={**VERSION, "X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 204
    assert [*store.list(""), *store.open_uploads("")] == before
    assert sender.dossier.files() == []
    assert sender.head(address).status_code == 410
    assert sender.dossier.events()[-1] == "upload_given_up"


def test_patch_may_come_as_post(sender: Sender) -> None:
    address = sender.begun(len(TEXT))
    headers = {**VERSION, "X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert sender.http.post(address, headers=headers, content_type=BYTES, data=TEXT).status_code == 204
    assert sender.http.post(address, headers=VERSION, data=b"").status_code == 405


def test_who_was_replaced_can_write_nothing_more(sender: Sender) -> None:
    """The first request is held up in the middle of its bytes while a second one goes on from the same place."""
    data = a_text(12 * MEBIBYTE)
    address = sender.begun(len(data))

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 11 * MEBIBYTE and not replaced:
                replaced.append(sender.patch(address, sender.offset(address), data[sender.offset(address) :]))
            return super().read(size)

    replaced: list[Any] = []
    wrong = data[:100] + b"f" * (len(data) - 100)
    given = {"Upload-Offset": "0", **VERSION}
    late = sender.http.patch(
        address, headers=given, content_type=BYTES, input_stream=Slow(wrong), content_length=len(wrong)
    )
    assert replaced[0].status_code == 204
    assert late.status_code == 409
    run_until_empty(sender.dossier.services)
    (file,) = sender.dossier.files()
    kept = sender.dossier.services.store.read_bytes(str(file.object_key))
    assert kept[-MEBIBYTE:] == data[-MEBIBYTE:]
    assert file.state == "not_scanned"


def test_an_upload_expires_some_time_after_its_last_bytes(sender: Sender, clock: Any) -> None:
    address = sender.begun(100)
    clock.advance(hours=167)
    assert sender.patch(address, 0, TEXT[:10]).status_code == 204
    clock.advance(hours=167)
    assert sender.head(address).status_code == 200
    clock.advance(hours=1)
    assert sender.head(address).status_code == 410
    assert sender.patch(address, 10, b"x").status_code == 410


def test_a_dossier_that_is_closed_meanwhile_takes_nothing_more(sender: Sender) -> None:
    address = sender.begun(100)
    dossier = sender.dossier
    candidate = dossier.world.cast.actor("candidat", Role.CANDIDATE)
    perform(dossier.services, candidate, dossier.number, Action.WITHDRAW, Given(reason="Je renonce."))
    answer = sender.patch(address, 0, TEXT[:10])
    assert answer.status_code == 403
    assert "étape" in answer.get_data(as_text=True)
