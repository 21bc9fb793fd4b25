"""Uploads that can be cut and go on: begun with all that is known before a byte is taken, told about, given up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import Empty, FileRefused, TooLarge
from storage.keys import evidence_key
from storage.names import safe_filename
from vae_portal.actions import disposal
from vae_portal.actions.editing import Edit, allowed, editing
from vae_portal.actions.evidence import NO_ROOM, NoRoom, link_to, require_situations
from vae_portal.actions.services import Services
from vae_portal.errors import NotVisible, PortalError
from vae_portal.persistence import journal
from vae_portal.persistence.queries import candidacies
from vae_portal.persistence.queries import files as files_of
from vae_portal.persistence.tables import Evidence, Upload
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState, Right

_NOBODYS = "Cet envoi n'existe pas, ou n'est pas le vôtre."
_NO_NAME = "Ce fichier n'a pas de nom : donnez-lui un nom sur votre ordinateur et renvoyez-le."


class UploadOver(PortalError):
    """The upload expired, was given up or refused: it is begun again from nothing (410)."""


class OtherOffset(PortalError):
    """The upload does not stand where the sender thinks: they ask, then go on from there (409)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an upload stands."""

    token: str
    size: int
    received: int
    name: str
    expires_at: datetime


def begin(
    services: Services, actor: Actor, number: str, name: str, size: int, situation_id: int | None = None
) -> Standing:
    """Keeps room for a file that will come; raises NotVisible, ActionRefused or FileRefused with nothing recorded."""
    if not name.strip():
        raise FileRefused(_NO_NAME)
    if size == 0:
        raise Empty
    if size > services.settings.max_file_bytes:
        raise TooLarge(services.settings.max_file_bytes)
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        if files_of.used_bytes(edit.session, edit.candidacy.id) + size > services.settings.max_candidacy_bytes:
            raise NoRoom(NO_ROOM)
        situations = [situation_id] if situation_id is not None else []
        require_situations(edit, situations)
        evidence, upload = _rows(services, edit, safe_filename(name), size)
        link_to(edit, evidence.id, situations)
        edit.record("upload_begun", evidence=evidence.id, size=size, situations=situations)
        return _standing(upload, evidence)


def _rows(services: Services, edit: Edit, name: str, size: int) -> tuple[Evidence, Upload]:
    evidence = Evidence(
        candidacy_id=edit.candidacy.id,
        name=name,
        size=size,
        state=EvidenceState.RECEIVING.value,
        given_by=edit.actor.person_id,
        given_at=edit.now,
    )
    edit.session.add(evidence)
    edit.session.flush()
    upload = Upload(
        token=secrets.token_hex(16),
        evidence_id=evidence.id,
        object_key=evidence_key(),
        size=size,
        received=0,
        created_at=edit.now,
        expires_at=edit.now + timedelta(hours=services.settings.upload_hours),
    )
    edit.session.add(upload)
    edit.session.flush()
    return evidence, upload


def standing(services: Services, actor: Actor, number: str, token: str) -> Standing:
    """Where the person's own upload stands; raises NotVisible, UploadOver."""
    with services.database.reading() as session:
        candidacy = candidacies.by_number(session, actor, number)
        if candidacy.person_id != actor.person_id:
            raise NotVisible(_NOBODYS)
        upload, evidence = find(session, candidacy.id, token)
        require_open(upload, evidence, services.clock())
        return _standing(upload, evidence)


def require_right(services: Services, actor: Actor, number: str) -> int:
    """The candidacy's key, if the person may change its dossier now; raises NotVisible or ActionRefused."""
    with services.database.reading() as session:
        candidacy = candidacies.by_number(session, actor, number)
        allowed(session, candidacy, actor, Right.EDIT_DOSSIER, services.clock(), services.scanning)
        return candidacy.id


def give_up(services: Services, actor: Actor, number: str, token: str) -> None:
    """Closes the upload and takes its file out of the dossier; raises NotVisible, UploadOver, ActionRefused."""
    with editing(services, actor, number, Right.EDIT_DOSSIER) as edit:
        upload, evidence = find(edit.session, edit.candidacy.id, token, lock=True)
        require_open(upload, evidence, edit.now)
        evidence.removed_at = edit.now
        if upload.received_at is None:
            close(upload, edit.now)
            edit.record("upload_given_up", evidence=evidence.id, received=upload.received)
        else:
            edit.record("evidence_removed", evidence=evidence.id)
    disposal.discard_upload(services, upload)


def close(upload: Upload, now: datetime) -> None:
    """Nothing more comes by this upload: whoever is still writing is told at their next step."""
    upload.closed_at, upload.writer = now, ""


def tell(session: Session, evidence: Evidence, event: str, now: datetime, **details: object) -> None:
    """The journal's row of what becomes of a file by itself."""
    session.flush()
    chain = journal.candidacy_chain(evidence.candidacy_id)
    journal.record(session, chain, event, None, now, {"evidence": evidence.id, **details})


def find(session: Session, candidacy_id: int, token: str, *, lock: bool = False) -> tuple[Upload, Evidence]:
    """An upload of a candidacy with its file; raises NotVisible."""
    wanted = (
        select(Upload, Evidence)
        .join(Evidence, Evidence.id == Upload.evidence_id)
        .where(Upload.token == token, Evidence.candidacy_id == candidacy_id)
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotVisible(_NOBODYS)
    upload, evidence = row
    if lock:  # in the order of everybody else
        session.refresh(evidence, with_for_update=True)
        session.refresh(upload, with_for_update=True)
    return upload, evidence


def require_open(upload: Upload, evidence: Evidence, now: datetime) -> None:
    """Raises UploadOver for one that nothing can be added to; one that is all there stays known to its sender."""
    if evidence.removed_at is not None:
        raise UploadOver("Cet envoi a été abandonné. Recommencez-le.")
    if upload.received_at is not None:
        return
    if upload.closed_at is not None:
        raise UploadOver(evidence.state_reason or "Cet envoi est terminé. Recommencez-le.")
    if upload.expires_at <= now:
        raise UploadOver("Cet envoi a été interrompu trop longtemps. Recommencez-le.")


def _standing(upload: Upload, evidence: Evidence) -> Standing:
    return Standing(upload.token, upload.size, upload.received, evidence.name, upload.expires_at)
