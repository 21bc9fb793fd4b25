"""The request for admissibility, until it is sent: begun, filled in, its pieces joined, questions answered."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from storage.errors import FileRefused
from storage.names import safe_filename
from storage.port import Readable
from vae_portal.actions import evidence as files
from vae_portal.actions import supplement
from vae_portal.actions.editing import editing
from vae_portal.actions.evidence import Verdict
from vae_portal.actions.services import Services
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal, numbering
from vae_portal.persistence.queries import requests as queries
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    CandidacyBlock,
    CertificationVersion,
    Evidence,
    OpeningDecision,
    Person,
    Piece,
)
from workflows import clocks, request_form
from workflows.admissibility import certification_open
from workflows.facts import Actor, Given
from workflows.vocabulary import Right, Step

_CHANGED = "Votre demande a été modifiée ailleurs pendant que vous écriviez. Rien n'a été remplacé."


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for: the whole certification or named blocks, and the blocks held already."""

    whole: bool
    blocks: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


def start(services: Services, actor: Actor, version_id: int, whole: bool, block_codes: Collection[str]) -> str:
    """Begins a request and draws its number; raises ActionRefused with the reason, InputRefused without a block."""
    with services.database.writing() as session:
        now = services.clock()
        person = session.get_one(
            Person, actor.person_id, with_for_update={"key_share": True}
        )  # one beginning at a time
        version = _open_version(session, actor, version_id, now)
        begun = [c for c in queries.own(session, actor) if c.step == Step.DRAFT]
        for other in begun:
            if other.version.certification_id == version.certification_id:
                raise ActionRefused(f"Vous préparez déjà la demande {other.number} pour cette certification.")
        candidacy = Candidacy(
            number=numbering.candidacy_number(session, clocks.civil_date(now).year),
            centre_id=person.centre_id,
            person_id=person.id,
            version_id=version.id,
            step=Step.DRAFT.value,
            whole=whole,
            request={"birth_name": person.family_name, "given_names": person.given_names, "nature": "first"},
            request_revision=1,
            created_at=now,
            stepped_at=now,
        )
        session.add(candidacy)
        session.flush()
        _aim(session, candidacy.id, version.blocks, Target(whole, frozenset(block_codes)))
        details = {"version": version.id, "whole": whole, "blocks": sorted(block_codes)}
        chain = journal.candidacy_chain(candidacy.id)
        journal.record(session, chain, "candidacy_started", actor.person_id, now, details)
        return candidacy.number


def _open_version(session: Session, actor: Actor, version_id: int, now: Any) -> CertificationVersion:
    whole = selectinload(CertificationVersion.blocks).selectinload(Block.capabilities)
    version = session.get(
        CertificationVersion, version_id, options=[joinedload(CertificationVersion.certification), whole]
    )
    if version is None or not version.open_to_vae:
        raise NotVisible("Cette certification n'est pas ouverte à la VAE dans votre centre.")
    until = session.scalars(
        select(OpeningDecision.until)
        .where(OpeningDecision.centre_id == actor.centre_id, OpeningDecision.version_id == version.id)
        .order_by(OpeningDecision.id.desc())
        .limit(1)
    ).first()
    refusal = certification_open(queries.not_begun(version, until), actor, now, Given())
    if refusal:
        raise ActionRefused(refusal)
    return version


def _aim(session: Session, candidacy_id: int, blocks: Collection[Block], target: Target) -> None:
    """The rows of the blocks: a block held already is not targeted."""
    every = {b.code for b in blocks}
    aimed = (every if target.whole else every & target.blocks) - target.held
    if not aimed:
        sentence = "Choisissez la certification entière ou au moins un bloc que vous ne détenez pas déjà."
        raise InputRefused(sentence, {"whole": sentence})
    present = {
        row.block_id: row
        for row in session.scalars(select(CandidacyBlock).where(CandidacyBlock.candidacy_id == candidacy_id))
    }
    for block in blocks:
        row = present.get(block.id)
        if row is None:
            row = CandidacyBlock(candidacy_id=candidacy_id, block_id=block.id)
            session.add(row)
        row.targeted = block.code in aimed
        row.declared_held = block.code in target.held


def save_request(
    services: Services,
    actor: Actor,
    number: str,
    request_revision: int,
    form: Mapping[str, Any],
    target: Target | None = None,
) -> int:
    """Keeps the form as it is, complete or not; returns its revision.

    Raises StaleForm when it was saved elsewhere since `request_revision`, InputRefused when something is too long.
    What the request is for (`target`) is settled once it has been sent.
    """
    kept = request_form.cleaned(form)
    faults = {p.field: p.sentence for p in request_form.oversized(kept)}
    if faults:
        raise InputRefused("La demande n'est pas enregistrée : un texte est trop long.", faults)
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        candidacy = edit.candidacy
        if candidacy.request_revision != request_revision:
            raise StaleForm(_CHANGED)
        if target is not None and candidacy.step == Step.DRAFT:
            candidacy.whole = target.whole
            _aim(edit.session, candidacy.id, candidacy.version.blocks, target)
        candidacy.request = kept
        candidacy.request_revision += 1
        digest = hashlib.sha256(journal.canonical(kept)).hexdigest()
        edit.record("request_saved", request_revision=candidacy.request_revision, request_sha256=digest)
        return candidacy.request_revision


def add_piece(
    services: Services,
    actor: Actor,
    number: str,
    kind: str,
    name: str,
    stream: Readable,
    item_id: int | None = None,
) -> Verdict:
    """Joins one file to the request, as the answer to a supplement item when one is named; StreamCut leaves nothing."""
    if kind not in request_form.PIECES:
        raise InputRefused("Choisissez la nature de la pièce.", {"kind": "Choisissez la nature de la pièce."})
    try:
        with (
            files.receive(services, name, stream) as (received, kept_as),
            editing(services, actor, number, Right.EDIT_REQUEST) as edit,
        ):
            row = files.add(services, edit, kept_as, received)
            if item_id is not None:
                kind = supplement.file_given(edit, item_id) or kind
            edit.session.add(Piece(candidacy_id=edit.candidacy.id, kind=kind, evidence_id=row.id, item_id=item_id))
            edit.record(
                "evidence_given",
                evidence=row.id,
                sha256=received.sha256,
                size=received.size,
                piece=kind,
                item=item_id,
            )
    except FileRefused as fault:
        return Verdict(safe_filename(name), refusal=fault.reason)
    return Verdict(name, kept_as, evidence_id=row.id, size=received.size)


def remove_piece(services: Services, actor: Actor, number: str, evidence_id: int) -> str:
    """Takes a piece out of the request; returns its file's name."""
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        mine = select(Evidence).join(Piece, Piece.evidence_id == Evidence.id)
        row = edit.session.scalars(
            mine.where(Evidence.id == evidence_id, Evidence.candidacy_id == edit.candidacy.id)
        ).one_or_none()
        if row is None or row.removed_at is not None:
            raise NotVisible("Cette pièce n'est pas, ou plus, dans votre demande.")
        if edit.candidacy.submitted_on is not None and row.given_at < edit.candidacy.stepped_at:
            raise ActionRefused("Cette pièce a déjà été envoyée à votre centre : elle reste au dossier.")
        row.removed_at = edit.now
        supplement.file_taken_out(edit, evidence_id)
        edit.record("evidence_removed", evidence=evidence_id)
        return row.name
