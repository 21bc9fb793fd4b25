"""Files behind rights: evidence and issued documents that a viewer may open, and the room they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from vae_portal.errors import NotVisible
from vae_portal.persistence.queries import candidacies, conversation, juries
from vae_portal.persistence.tables import (
    Candidacy,
    Deposit,
    DepositFile,
    Document,
    Evidence,
    Message,
    Piece,
    Upload,
)
from workflows.facts import Actor
from workflows.vocabulary import EvidenceState

_NO_FILE = "Ce fichier n'existe pas, ou ne vous est pas ouvert."
_NO_DOCUMENT = "Ce document n'existe pas, ou ne vous est pas ouvert."


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An evidence file of a candidacy that the viewer may know of."""

    evidence: Evidence
    candidacy: Candidacy
    piece: bool  # of the request, not of the dossier
    deposited: bool  # named by a sealed deposit
    message: Message | None = None  # joined to that message, which the viewer may read


def used_bytes(session: Session, candidacy_id: int, by_candidate: bool = True) -> int:
    """What counts against the room of a candidacy: what is in the dossier or on its way, and what deposits keep.

    What staff join to messages and notes has as much room of its own, so that nobody's room tells what others keep.
    A file taken out frees its room at once, since mistakes are taken out to send the right file; but its bytes stay
    until REMOVED_HOURS. So that sending and taking out do not fill the store, half of all that is kept counts at
    least: a candidacy never keeps more than twice its room.
    """
    named = exists().where(DepositFile.evidence_id == Evidence.id)
    coming = exists().where(Upload.evidence_id == Evidence.id, Upload.closed_at.is_(None))
    in_dossier = Evidence.removed_at.is_(None) & (Evidence.state != EvidenceState.REFUSED.value)
    candidate = select(Candidacy.person_id).where(Candidacy.id == candidacy_id).scalar_subquery()
    rows = session.execute(
        select(Evidence.object_key, Evidence.size, Evidence.removed_at.is_(None).label("present"), named.label("named"))
        .where(Evidence.candidacy_id == candidacy_id, Evidence.object_key.is_not(None) | in_dossier | coming)
        .where((Evidence.given_by == candidate) == by_candidate)
        .order_by(Evidence.removed_at.is_not(None), named.desc())
    )
    counted, kept, seen = 0, 0, set[str]()
    for row in rows:
        if not row.present and row.object_key in seen:
            continue  # the same bytes, kept once
        seen |= {row.object_key} - {None}
        kept += row.size
        counted += row.size if row.present or row.named else 0
    return max(counted, -(-kept // 2))


def evidence(session: Session, viewer: Actor, evidence_id: int) -> OpenFile:
    """A file by its id; raises NotVisible when it is nobody's, or of a candidacy or message that is not visible."""
    row = session.scalars(
        select(Evidence).where(Evidence.id == evidence_id).options(joinedload(Evidence.stored))
    ).one_or_none()
    if row is None:
        raise NotVisible(_NO_FILE)
    candidacy = _candidacy(session, viewer, row.candidacy_id, _NO_FILE)
    if row.message_id is not None:
        message = conversation.message_of_file(session, viewer, row)
        if message is None:
            raise NotVisible(_NO_FILE)
        return OpenFile(row, candidacy, piece=False, deposited=False, message=message)
    piece = session.scalar(select(Piece.id).where(Piece.evidence_id == row.id)) is not None
    named = select(DepositFile.deposit_id).join(Deposit, Deposit.id == DepositFile.deposit_id)
    deposited = named.where(Deposit.candidacy_id == candidacy.id, DepositFile.evidence_id == row.id).limit(1)
    return OpenFile(row, candidacy, piece, not piece and session.scalar(deposited) is not None)


def document(session: Session, viewer: Actor, number: str) -> tuple[Document, Candidacy | None]:
    """A document by its reference, with its candidacy when it is about one; raises NotVisible."""
    row = session.scalars(
        select(Document).where(Document.number == number).options(joinedload(Document.stored))
    ).one_or_none()
    if row is None:
        raise NotVisible(_NO_DOCUMENT)
    if row.candidacy_id is not None:
        candidacy = _candidacy(session, viewer, row.candidacy_id, _NO_DOCUMENT)
        if row.staff_only and candidacy.person_id == viewer.person_id:
            raise NotVisible(_NO_DOCUMENT)
        return row, candidacy
    juries.visible_session(session, viewer, row.session_id or 0)
    return row, None


def documents_of(session: Session, candidacy_id: int, staff: bool = False) -> list[Document]:
    """Documents about a candidacy, latest first; those kept to staff only when asked for."""
    wanted = select(Document).where(Document.candidacy_id == candidacy_id)
    if not staff:
        wanted = wanted.where(~Document.staff_only)
    return list(session.scalars(wanted.options(joinedload(Document.stored)).order_by(Document.id.desc())))


def latest_deposit(session: Session, candidacy_id: int) -> Deposit | None:
    """What was last deposited, or None."""
    return session.scalars(
        select(Deposit).where(Deposit.candidacy_id == candidacy_id).order_by(Deposit.number.desc()).limit(1)
    ).first()


def states(session: Session, candidacy_id: int) -> dict[int, Any]:
    """State of every file of a candidacy by id, those taken out since a deposit included; of messages, none."""
    rows = session.execute(
        select(Evidence.id, Evidence.state).where(Evidence.candidacy_id == candidacy_id, Evidence.message_id.is_(None))
    )
    return {row.id: row.state for row in rows}


def names(session: Session, candidacy_id: int) -> dict[int, str]:
    """Names of every file that the candidate gave by id, those taken out or joined to a message included."""
    theirs = select(Evidence.id, Evidence.name).join(Candidacy, Candidacy.person_id == Evidence.given_by)
    rows = session.execute(theirs.where(Candidacy.id == candidacy_id, Evidence.candidacy_id == candidacy_id))
    return {row.id: row.name for row in rows}


def _candidacy(session: Session, viewer: Actor, candidacy_id: int, sentence: str) -> Candidacy:
    wanted = candidacies.visible(viewer).where(Candidacy.id == candidacy_id).options(*candidacies.WHOLE)
    found = session.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotVisible(sentence)
    return found
