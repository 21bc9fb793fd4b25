"""The request for admissibility, until it is sent: begun, and filled in section by section."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from vae_portal.actions.editing import Edit, editing
from vae_portal.actions.services import Services
from vae_portal.actions.versions import GOES_ON
from vae_portal.errors import ActionRefused, InputRefused, NotVisible, StaleForm
from vae_portal.persistence import journal, numbering
from vae_portal.persistence.queries import requests as queries
from vae_portal.persistence.tables import (
    Block,
    Candidacy,
    CandidacyBlock,
    CertificationVersion,
    OpeningDecision,
    Person,
)
from workflows import clocks, request_form
from workflows.admissibility import certification_open
from workflows.facts import Actor, Given
from workflows.request_form import Section
from workflows.vocabulary import Right, Step

_CHANGED = "Cette partie de votre demande a été modifiée ailleurs pendant que vous écriviez. Rien n'a été remplacé."


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for: the whole certification or named blocks, and the blocks held already."""

    whole: bool = True
    blocks: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Saved:
    """What was kept of a save: the next one of the same page carries this stamp."""

    stamp: str
    at: datetime


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
        aim(session, candidacy.id, version.blocks, Target(whole, frozenset(block_codes)))
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


def aim(session: Session, candidacy_id: int, blocks: Collection[Block], target: Target, about: str = "whole") -> None:
    """The rows of the blocks: a block held already is not targeted."""
    every = {b.code for b in blocks}
    aimed = (every if target.whole else every & target.blocks) - target.held
    if not aimed:
        sentence = "Choisissez la certification entière ou au moins un bloc que vous ne détenez pas déjà."
        raise InputRefused(sentence, {about: sentence})
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


def stamp(form: Mapping[str, Any], section: Section, target: Target) -> str:
    """What a page carries of the section it shows, to tell whether that section changed since."""
    kept: dict[str, Any] = request_form.part(form, section)
    if section is Section.PURPOSE:
        kept |= {"whole": target.whole, "blocks": [] if target.whole else sorted(target.blocks)}
    if section is Section.HELD_BLOCKS:
        kept |= {"codes": sorted(target.held)}
    return hashlib.sha256(journal.canonical(kept)).hexdigest()


def save_section(
    services: Services,
    actor: Actor,
    number: str,
    section: Section,
    seen: str,
    form: Mapping[str, Any],
    target: Target | None = None,
    typing: bool = False,
) -> Saved:
    """Keeps one section as it is, complete or not, and nothing of the others; `seen` is its stamp as it was shown.

    Raises StaleForm when that section was saved elsewhere since, InputRefused when something is too long.
    What the request is for (`target`) is settled once it has been sent.
    """
    typed = request_form.part(form, section)
    faults = {p.field: p.sentence for p in request_form.oversized(typed)}
    if faults:
        raise InputRefused("Cette partie n'est pas enregistrée : un texte est trop long.", faults)
    with editing(services, actor, number, Right.EDIT_REQUEST) as edit:
        candidacy = edit.candidacy
        stands = _target(edit)
        aimed = aimed_at(section, target if candidacy.step == Step.DRAFT else None, stands)
        form = {**candidacy.request, **typed}
        before = stamp(candidacy.request, section, stands)
        if stamp(form, section, aimed) == before:  # sent twice, or written the same elsewhere
            return Saved(before, edit.now)
        if seen != before:
            raise StaleForm(_CHANGED)
        if aimed != stands:
            candidacy.whole = aimed.whole
            aim(edit.session, candidacy.id, candidacy.version.blocks, aimed, _ABOUT_TARGET[section])
        form["experiences"] = _identified(form.get("experiences") or [])
        candidacy.request = form
        candidacy.request_revision += 1
        _record(edit, section, typing)
        edit.session.flush()
        return Saved(stamp(form, section, _target(edit)), edit.now)


def aimed_at(section: Section, told: Target | None, stands: Target) -> Target:
    """What the request is for once a section has told its part of it; the rest stays as it stands."""
    if told is None:
        return stands
    if section is Section.PURPOSE:
        return Target(told.whole, told.blocks, stands.held)
    return Target(stands.whole, stands.blocks, told.held)


# Where a target without a block left is told.
_ABOUT_TARGET = {Section.PURPOSE: "whole", Section.HELD_BLOCKS: "held"}


def _target(edit: Edit) -> Target:
    rows = edit.session.execute(
        select(Block.code, CandidacyBlock.targeted, CandidacyBlock.declared_held)
        .join(CandidacyBlock, CandidacyBlock.block_id == Block.id)
        .where(CandidacyBlock.candidacy_id == edit.candidacy.id)
    ).all()
    targeted = frozenset(r.code for r in rows if r.targeted)
    return Target(edit.candidacy.whole, targeted, frozenset(r.code for r in rows if r.declared_held))


def _identified(lines: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every line with an identifier of its own, which it keeps wherever it goes."""
    found: list[dict[str, Any]] = []
    for line in lines:
        taken = {other["id"] for other in found}
        key = line.get("id") or ""
        found.append({**line, "id": key if key and key not in taken else new_line()})
    return found


def new_line() -> str:
    """The identifier of a line of experience to come."""
    return secrets.token_hex(6)


def _record(edit: Edit, section: Section, typing: bool) -> None:
    """The journal's row of a save; what is typed on goes on in the row it began."""
    last = journal.last(edit.session, journal.candidacy_chain(edit.candidacy.id))
    if (
        typing
        and last is not None
        and (last.event, last.details.get("section")) == ("request_saved", section.value)
        and edit.now - last.at <= GOES_ON
    ):
        return
    digest = hashlib.sha256(journal.canonical(edit.candidacy.request)).hexdigest()
    revision = edit.candidacy.request_revision
    edit.record("request_saved", section=section.value, request_revision=revision, request_sha256=digest)
