"""Files that the candidate gives: kept as they arrive, then recorded, one transaction for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from storage.errors import FileRefused
from storage.names import download_name, safe_filename
from storage.port import Readable, Received
from vae_portal.actions import disposal, receiving
from vae_portal.actions.editing import Edit, allowed, editing
from vae_portal.actions.services import Services
from vae_portal.errors import InputRefused, NotVisible
from vae_portal.persistence import queue
from vae_portal.persistence.queries import candidacies, dossiers
from vae_portal.persistence.queries import files as files_of
from vae_portal.persistence.tables import Evidence, Situation, SituationEvidence, Upload
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Right

NO_ROOM = (
    "La place prévue pour votre candidature est pleine. Retirez des fichiers inutiles, ou envoyez-en de plus petits."
)
_NO_NAME = "Ce fichier n'a pas de nom : donnez-lui un nom sur votre ordinateur et renvoyez-le."


class NoRoom(FileRefused):
    """The files of the candidacy leave no room for this one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file: kept, under which name, or why not."""

    name: str  # as it was sent, made harmless
    kept_as: str = ""
    refusal: str = ""
    evidence_id: int | None = None
    size: int | None = None

    @property
    def sentence(self) -> str:
        """What the person is told."""
        if self.refusal:
            return self.refusal
        renamed = f" Gardé sous le nom « {self.kept_as} »." if self.kept_as != self.name else ""
        return f"Fichier reçu.{renamed}"


def require_room(services: Services, actor: Actor, number: str, right: Right, announced_bytes: int) -> None:
    """Before anything is read: the right to send, and room for what is announced; raises InputRefused when full."""
    with services.database.reading() as session:
        candidacy = candidacies.by_number(session, actor, number)
        allowed(session, candidacy, actor, right, services.clock(), services.scanning)
        used = files_of.used_bytes(session, candidacy.id)
    if used + announced_bytes > services.settings.max_candidacy_bytes:
        raise InputRefused(f"{NO_ROOM} Rien n'a été lu de cet envoi.")


def give(
    services: Services, actor: Actor, number: str, name: str, stream: Readable, situation_id: int | None = None
) -> Verdict:
    """Keeps one file of the dossier, behind a situation when one is named; raises StreamCut with nothing kept."""
    try:
        with receive(services, name, stream) as (received, kept_as), _dossier(services, actor, number) as edit:
            situations = [situation_id] if situation_id is not None else []
            require_situations(edit, situations)
            evidence = add(services, edit, kept_as, received)
            link_to(edit, evidence.id, situations)
            edit.record(
                "evidence_given",
                evidence=evidence.id,
                sha256=received.sha256,
                size=received.size,
                situations=situations,
            )
    except FileRefused as fault:
        return Verdict(safe_filename(name), refusal=fault.reason)
    return Verdict(name, kept_as, evidence_id=evidence.id, size=received.size)


def _dossier(services: Services, actor: Actor, number: str) -> AbstractContextManager[Edit]:
    return editing(services, actor, number, Right.EDIT_DOSSIER)


@contextmanager
def receive(services: Services, name: str, stream: Readable) -> Iterator[tuple[Received, str]]:
    """Sends the bytes to the store as they come; what it took and its name, to record within the block.

    FileRefused leaves nothing; nor do bytes that were not recorded, or were kept before.
    """
    if not name.strip():
        raise FileRefused(_NO_NAME)
    received = services.store.put_stream(stream, limit_bytes=services.settings.max_file_bytes)
    try:
        yield received, download_name(name, received.type.extensions)
    finally:
        disposal.discard_unused(services, received.key)


def add(services: Services, edit: Edit, name: str, received: Received, message_id: int | None = None) -> Evidence:
    """The rows of a file that the store holds, and its check to come; FileRefused when there is no room left."""
    session = edit.session
    used = files_of.used_bytes(session, edit.candidacy.id, edit.actor.person_id == edit.candidacy.person_id)
    if used + received.size > services.settings.max_candidacy_bytes:
        raise NoRoom(NO_ROOM)
    charset = f"; charset={received.charset}" if received.charset else ""
    media_type = f"{received.media_type}{charset}"
    key = receiving.keep(session, received.key, received.sha256, received.size, media_type, edit.now)
    evidence = Evidence(
        candidacy_id=edit.candidacy.id,
        object_key=key,
        name=name,
        size=received.size,
        state=EvidenceState.CHECKING.value,
        given_by=edit.actor.person_id,
        given_at=edit.now,
        message_id=message_id,
    )
    session.add(evidence)
    session.flush()
    queue.defer(session, queue.CHECK_EVIDENCE, evidence_id=evidence.id)
    return evidence


def remove(services: Services, actor: Actor, number: str, evidence_id: int) -> str:
    """Takes a file out of the dossier; what was deposited before keeps it. Returns its name."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        evidence = _own_evidence(edit, evidence_id)
        evidence.removed_at = edit.now
        upload = edit.session.scalars(select(Upload).where(Upload.evidence_id == evidence_id)).one_or_none()
        if upload is not None and upload.received_at is None and upload.closed_at is None:
            upload.closed_at, upload.writer = edit.now, ""
        edit.record("evidence_removed", evidence=evidence_id)
        return evidence.name


def _own_evidence(edit: Edit, evidence_id: int) -> Evidence:
    for evidence in dossiers.files_of(edit.session, edit.candidacy.id):
        if evidence.id == evidence_id:
            return evidence
    raise NotVisible("Ce fichier n'est pas, ou plus, dans votre dossier.")


def require_situations(edit: Edit, situation_ids: Collection[int]) -> None:
    """Raises NotVisible for a situation that is not in the dossier."""
    live = select(Situation.id).where(Situation.candidacy_id == edit.candidacy.id, Situation.removed_at.is_(None))
    if set(situation_ids) - set(edit.session.scalars(live)):
        raise NotVisible("Cette situation n'est pas, ou plus, dans votre dossier.")


def link_to(edit: Edit, evidence_id: int, situation_ids: Collection[int]) -> None:
    """A file backs these situations too."""
    edit.session.add_all(
        SituationEvidence(situation_id=situation, evidence_id=evidence_id) for situation in situation_ids
    )
