"""Takes the bytes of an upload: a byte that is acknowledged is in the store, and one writer at a time may add."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.errors import ChecksumMismatch, FileRefused, StoreError, StreamCut, TypeRefused
from storage.keys import evidence_key, incoming_key
from storage.port import SentPart
from storage.s3_parts import LEAST_PART, MOST_PARTS
from vae_portal.actions import disposal, uploads
from vae_portal.actions.editing import editing
from vae_portal.actions.incoming import COPIES, Body, Bytes, Checksum, Incoming, Witness, larger, next_part
from vae_portal.actions.services import Services
from vae_portal.actions.uploads import OtherOffset
from vae_portal.errors import StoreUnavailable
from vae_portal.persistence import queue
from vae_portal.persistence.tables import Evidence, Upload, UploadPart
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Right

_ELSEWHERE = "Cet envoi ne se trouve pas à cet endroit : demandez où il en est, puis continuez de là."
_TAKEN_OVER = "Cet envoi continue par une autre connexion."
_TOO_MUCH = "Il est venu plus d'octets qu'annoncé. Recommencez l'envoi."
_OTHER_BYTES = "Les octets reçus ne sont pas ceux qui ont été envoyés. Renvoyez-les."
_BUSY = "Trop d'envois à la fois. Réessayez dans quelques minutes."
_UNKNOWN_TYPE = "application/octet-stream"  # to the store: the check says what the file is
_WAIT_SECONDS = 30.0


class TooMuch(FileRefused):
    """More bytes came than the upload still waits for."""


def write(
    services: Services, actor: Actor, number: str, token: str, offset: int, body: Body, checksum: Checksum | None = None
) -> int:
    """Adds a body to an upload from `offset` on; how many bytes of it are kept now.

    Raises NotVisible, ActionRefused, UploadOver, OtherOffset before anything is read; StreamCut, with what came
    before the cut kept as far as it could be; FileRefused when the upload is over; ChecksumMismatch, nothing kept.
    """
    candidacy_id = uploads.require_right(services, actor, number)
    upload = _take_over(services, candidacy_id, token, offset)
    incoming = Incoming(body, checksum)
    if body.length is not None and body.length > upload.size - offset:
        raise TooMuch(_TOO_MUCH)
    if upload.received == upload.size:
        if body.length is None and incoming.read(1):
            raise TooMuch(_TOO_MUCH)
        return upload.size
    writer = _Writer(services, actor, number, upload, incoming, checksum)
    try:
        if offset == 0:
            writer.incoming.look(upload.size)
        if body.length is None:
            writer.take_until_end()
        else:
            writer.take(body.length)
    except TypeRefused as fault:
        _refuse(services, candidacy_id, token, fault)
        raise
    return writer.finish()


def _take_over(services: Services, candidacy_id: int, token: str, offset: int) -> Upload:
    """From here on this request alone may write; whoever was writing is told at their next step."""
    now = services.clock()
    with services.database.writing() as session:
        upload, evidence = uploads.find(session, candidacy_id, token, lock=True)
        uploads.require_open(upload, evidence, now)
        if upload.received != offset:
            raise OtherOffset(_ELSEWHERE)
        if upload.received_at is None:
            upload.writer = secrets.token_hex(16)
            upload.expires_at = now + timedelta(hours=services.settings.upload_hours)
        return upload


def _refuse(services: Services, candidacy_id: int, token: str, fault: FileRefused) -> None:
    with services.database.writing() as session:
        upload, evidence = uploads.find(session, candidacy_id, token, lock=True)
        if upload.closed_at is not None or upload.received_at is not None:
            return
        now = services.clock()
        uploads.close(upload, now)
        evidence.state, evidence.state_reason = EvidenceState.REFUSED.value, fault.reason[:500]
        uploads.tell(session, evidence, "evidence_checked", now, state=evidence.state)
    disposal.discard_upload(services, upload)


@dataclass(slots=True)
class _Writer:
    """One sending under way. No connection to the database is held while bytes flow."""

    services: Services
    actor: Actor
    number: str
    upload: Upload  # as it was when this writer took over; what is recorded since is below
    incoming: Incoming
    checksum: Checksum | None
    received: int = field(init=False)  # bytes in the store, recorded or about to be
    tail_key: str | None = field(init=False)
    tail_size: int = field(init=False)
    multipart_id: str = field(init=False)
    object_key: str = field(init=False)
    unrecorded: list[SentPart] = field(init=False, default_factory=list)
    outdated: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        upload = self.upload
        self.received, self.tail_key, self.tail_size = upload.received, upload.tail_key, upload.tail_size
        self.multipart_id, self.object_key = upload.multipart_id, upload.object_key

    @property
    def least(self) -> int:
        """The least bytes of a part: what the store takes, and so that a large file does not run out of numbers."""
        return max(LEAST_PART, self.upload.size // (MOST_PARTS // 2))

    def take(self, left: int) -> None:
        """A body of known length, each part streamed as it comes."""
        target = self.least
        while left:
            at_hand = self.tail_size + left
            size = next_part(at_hand, target, self.received + left == self.upload.size)
            fresh = size - self.tail_size if size else left
            began = time.monotonic()
            with COPIES.lent() if target == self.least and not self.checksum else nullcontext() as copy:
                witness = Witness(copy)
                try:
                    self._send(witness, self.incoming.exactly(fresh), fresh, part=bool(size))
                except StreamCut:
                    self._save(witness)
                    raise
            left -= fresh
            target = max(self.least, larger(target, time.monotonic() - began))

    def take_until_end(self) -> None:
        """A body that does not say how long it is: gathered part by part in a buffer lent for it."""
        with COPIES.lent(_WAIT_SECONDS) as buffer:
            if buffer is None:
                raise StoreUnavailable(_BUSY)
            more = True
            while more:
                gathered, cut = self._gather(buffer)
                more = gathered == len(buffer) and cut is None
                if gathered > self.upload.size - self.received:
                    raise TooMuch(_TOO_MUCH)
                if gathered:
                    whole = self.received + gathered == self.upload.size
                    part = whole or self.tail_size + gathered >= self.least
                    view = memoryview(buffer)[:gathered]
                    self._send(Witness(None), iter([view]), gathered, part=part)
                if cut is not None:
                    raise cut

    def _gather(self, buffer: bytearray) -> tuple[int, StreamCut | None]:
        place, view = 0, memoryview(buffer)
        try:
            while place < len(view) and (taken := self.incoming.fill(view[place : place + 65536])):
                place += taken
        except StreamCut as cut:
            return place, cut
        return place, None

    def finish(self) -> int:
        """Records what waited for the checksum; the bytes that are kept. Raises ChecksumMismatch, nothing recorded."""
        if self.checksum is not None:
            if not self.checksum.agrees():
                raise ChecksumMismatch(_OTHER_BYTES)
            self._record()
        return self.received

    def _send(self, witness: Witness, body: Iterator[Bytes], fresh: int, *, part: bool) -> None:
        """Sends the tail kept before and `fresh` bytes, as a part or as the next tail, and records them."""
        size = self.tail_size + fresh
        chunks = witness.watch(self._after_tail(body))
        if part:
            self.unrecorded.append(self._send_part(witness, chunks, size, self.received + fresh == self.upload.size))
            self._tail(None, 0)
        else:
            key = incoming_key(self.upload.token, self.received - self.tail_size)
            self.services.store.put_streamed(key, chunks, size, _UNKNOWN_TYPE)
            self._tail(key, size)
        self.received += fresh
        if self.checksum is None:
            self._record()

    def _after_tail(self, body: Iterator[Bytes]) -> Iterator[Bytes]:
        if self.tail_key is not None:
            yield from self.services.store.open_range(self.tail_key)
        yield from body

    def _send_part(self, witness: Witness, chunks: Iterator[Bytes], size: int, last: bool) -> SentPart:
        store = self.services.store
        if last and size == self.upload.size:
            # Whole at once: no parts. The key is of this writer alone: one who was replaced writes elsewhere.
            key = evidence_key()
            store.put_streamed(key, chunks, size, _UNKNOWN_TYPE, create_only=True)
            self.object_key, self.multipart_id = key, ""
            return SentPart(1, size, witness.sha256.hexdigest(), "")
        if not self.multipart_id:
            self._begin_parts()
        part = self._next_number()
        etag = store.put_part(self.object_key, self.multipart_id, part, chunks, size)
        return SentPart(part, size, witness.sha256.hexdigest(), etag)

    def _begin_parts(self) -> None:
        self.multipart_id = self.services.store.begin_parts(self.object_key, _UNKNOWN_TYPE)
        with self.services.database.writing() as session:
            self._change(session, multipart_id=self.multipart_id)

    def _next_number(self) -> int:
        """A number no other request was given: whoever was replaced cannot overwrite a part."""
        with self.services.database.writing() as session:
            return self._change(session, next_part=Upload.next_part + 1) - 1

    def _save(self, witness: Witness) -> None:
        """After a cut, keeps what was copied: as a part when it makes one, else as the tail."""
        kept = witness.kept()
        fresh = len(kept) - self.tail_size
        if fresh <= 0:
            return
        with suppress(StoreError):  # what cannot be saved is asked again
            # The copy begins with the tail, which is not read again.
            self.received -= self.tail_size
            self._tail(None, 0)
            self._send(Witness(None), iter([kept]), len(kept), part=len(kept) >= self.least)

    def _tail(self, key: str | None, size: int) -> None:
        if self.tail_key is not None:
            self.outdated.append(self.tail_key)
        self.tail_key, self.tail_size = key, size

    def _record(self) -> None:
        """One short transaction; that of the last byte also says that the file is given and asks for its check."""
        if self.received == self.upload.size:
            with editing(self.services, self.actor, self.number, Right.EDIT_DOSSIER) as edit:
                evidence = edit.session.get_one(Evidence, self.upload.evidence_id, with_for_update=True)
                self._add_parts(edit.session, received_at=edit.now)
                evidence.state, evidence.given_at = EvidenceState.CHECKING.value, edit.now
                edit.record("evidence_given", evidence=evidence.id, size=evidence.size)
                queue.defer(edit.session, queue.CHECK_EVIDENCE, evidence_id=evidence.id)
        else:
            with self.services.database.writing() as session:
                self._add_parts(session)
        self.unrecorded.clear()
        while self.outdated:
            disposal.discard_unused(self.services, self.outdated.pop())

    def _add_parts(self, session: Session, **more: object) -> None:
        self._change(
            session,
            received=self.received,
            tail_key=self.tail_key,
            tail_size=self.tail_size,
            object_key=self.object_key,
            multipart_id=self.multipart_id,
            **more,
        )
        session.add_all(
            UploadPart(
                upload_id=self.upload.id, number=part.part_number, size=part.size, sha256=part.sha256, etag=part.etag
            )
            for part in self.unrecorded
        )

    def _change(self, session: Session, **values: object) -> int:
        """Changes the upload while this is still its writer; its next part's number. Raises OtherOffset otherwise."""
        mine = update(Upload).where(
            Upload.id == self.upload.id, Upload.writer == self.upload.writer, Upload.closed_at.is_(None)
        )
        found = session.scalar(mine.values(**values).returning(Upload.next_part))
        if found is None:
            raise OtherOffset(_TAKEN_OVER)
        return int(found)
